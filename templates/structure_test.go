package templates_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"billportal/internal/i18n"
	"billportal/templates"
)

// eachSpecimen runs a check on every specimen in both languages.
func eachSpecimen(t *testing.T, check func(t *testing.T, s specimen, doc *goquery.Document)) {
	t.Helper()
	for _, lang := range []i18n.Lang{i18n.En, i18n.Fr} {
		for _, s := range specimens(lang) {
			t.Run(s.name+"-"+string(lang), func(t *testing.T) {
				doc, err := goquery.NewDocumentFromReader(bytes.NewReader(render(t, s.view)))
				if err != nil {
					t.Fatal(err)
				}
				check(t, s, doc)
			})
		}
	}
}

func TestNothingIsInline(t *testing.T) {
	eachSpecimen(t, func(t *testing.T, _ specimen, doc *goquery.Document) {
		doc.Find("*").Each(func(_ int, el *goquery.Selection) {
			for _, attr := range el.Nodes[0].Attr {
				if attr.Key == "style" || strings.HasPrefix(attr.Key, "on") || strings.HasPrefix(attr.Key, "hx-on") {
					t.Errorf("%s carries %s=%q", goquery.NodeName(el), attr.Key, attr.Val)
				}
				if strings.Contains(attr.Val, "javascript:") {
					t.Errorf("%s carries %s=%q", goquery.NodeName(el), attr.Key, attr.Val)
				}
			}
		})
		doc.Find("style").Each(func(_ int, el *goquery.Selection) { t.Error("inline style sheet") })
		doc.Find("script").Each(func(_ int, el *goquery.Selection) {
			if src := el.AttrOr("src", ""); !strings.HasPrefix(src, "/static/") || el.Text() != "" {
				t.Errorf("script from %q with text %q", src, el.Text())
			}
		})
	})
}

func TestNothingComesFromAnotherOrigin(t *testing.T) {
	eachSpecimen(t, func(t *testing.T, _ specimen, doc *goquery.Document) {
		for selector, attr := range map[string]string{"link": "href", "use": "href", "img": "src", "iframe": "src", "form": "action", "[hx-get]": "hx-get"} {
			doc.Find(selector).Each(func(_ int, el *goquery.Selection) {
				if target := el.AttrOr(attr, ""); !strings.HasPrefix(target, "/") || strings.HasPrefix(target, "//") {
					t.Errorf("%s leads to %q", selector, target)
				}
			})
		}
	})
}

func TestIDsAreUniqueAndReferencesResolve(t *testing.T) {
	eachSpecimen(t, func(t *testing.T, s specimen, doc *goquery.Document) {
		ids := make(map[string]int)
		doc.Find("[id]").Each(func(_ int, el *goquery.Selection) { ids[el.AttrOr("id", "")]++ })
		for id, count := range ids {
			if count > 1 {
				t.Errorf("id %q stands %d times", id, count)
			}
		}
		for _, attr := range []string{"for", "aria-labelledby", "aria-describedby", "list", "popovertarget"} {
			doc.Find("[" + attr + "]").Each(func(_ int, el *goquery.Selection) {
				if id := el.AttrOr(attr, ""); ids[id] == 0 {
					t.Errorf("%s=%q leads nowhere", attr, id)
				}
			})
		}
		if s.part {
			return
		}
		doc.Find(`a[href^="#"]`).Each(func(_ int, el *goquery.Selection) {
			if id := el.AttrOr("href", "")[1:]; ids[id] == 0 {
				t.Errorf("link to #%s leads nowhere", id)
			}
		})
	})
}

func TestHeadingsDescendInOrder(t *testing.T) {
	eachSpecimen(t, func(t *testing.T, s specimen, doc *goquery.Document) {
		if s.part {
			return
		}
		if n := doc.Find("h1").Length(); n != 1 {
			t.Errorf("%d first headings", n)
		}
		level := 0
		doc.Find("h1,h2,h3,h4,h5,h6").Each(func(_ int, el *goquery.Selection) {
			next := int(goquery.NodeName(el)[1] - '0')
			if next > level+1 {
				t.Errorf("heading %q jumps from level %d to %d", strings.TrimSpace(el.Text()), level, next)
			}
			if strings.TrimSpace(el.Text()) == "" {
				t.Errorf("empty heading of level %d", next)
			}
			level = next
		})
	})
}

func TestEveryPageHasItsFrame(t *testing.T) {
	eachSpecimen(t, func(t *testing.T, s specimen, doc *goquery.Document) {
		if s.part || s.name == "last-resort" {
			return
		}
		for _, selector := range []string{"html[lang]", "head > title", "main#main", "header", "footer", "a.skip", "#live[aria-live]", "#notices[aria-live]"} {
			if doc.Find(selector).Length() != 1 {
				t.Errorf("%s stands %d times", selector, doc.Find(selector).Length())
			}
		}
		if title := doc.Find("title").Text(); strings.HasPrefix(strings.TrimSpace(title), "–") {
			t.Errorf("the title is %q", title)
		}
		if current := doc.Find(`.nav [aria-current="page"]`).Length(); current > 1 {
			t.Errorf("%d current pages", current)
		}
	})
}

func TestEveryControlHasAName(t *testing.T) {
	eachSpecimen(t, func(t *testing.T, _ specimen, doc *goquery.Document) {
		doc.Find(`input:not([type="hidden"]), select, textarea`).Each(func(_ int, el *goquery.Selection) {
			label := doc.Find(`label[for="` + el.AttrOr("id", "none") + `"]`)
			if label.Length() == 0 {
				label = el.Closest("label")
			}
			if strings.TrimSpace(label.Text()) == "" {
				t.Errorf("control %q has no label", el.AttrOr("name", ""))
			}
		})
		doc.Find("a, button, summary").Each(func(_ int, el *goquery.Selection) {
			if strings.TrimSpace(el.Text()) == "" && el.AttrOr("aria-label", "") == "" {
				html, _ := goquery.OuterHtml(el)
				t.Errorf("no accessible name: %s", html)
			}
		})
		doc.Find("iframe").Each(func(_ int, el *goquery.Selection) {
			if el.AttrOr("title", "") == "" {
				t.Error("frame without title")
			}
		})
	})
}

func TestEveryPostFormCarriesTheToken(t *testing.T) {
	eachSpecimen(t, func(t *testing.T, _ specimen, doc *goquery.Document) {
		doc.Find("form").Each(func(_ int, form *goquery.Selection) {
			token := form.Find(`input[type="hidden"][name="csrf"]`)
			if form.AttrOr("action", "") == "/signin/link" { // there is no session yet for a token to belong to
				return
			}
			if form.AttrOr("method", "get") == "post" {
				if token.Length() != 1 || token.AttrOr("value", "") != "c5rf-token" {
					t.Errorf("form to %s has no token", form.AttrOr("action", ""))
				}
			} else if token.Length() != 0 {
				t.Errorf("form to %s would put the token into the address", form.AttrOr("action", ""))
			}
		})
	})
}

func TestTablesKeepTheirRoles(t *testing.T) {
	roles := map[string]string{"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tfoot": "rowgroup", "tr": "row", "td": "cell", "thead th": "columnheader", "tbody th": "rowheader"}
	eachSpecimen(t, func(t *testing.T, _ specimen, doc *goquery.Document) {
		for selector, role := range roles {
			doc.Find(selector).Each(func(_ int, el *goquery.Selection) {
				if el.AttrOr("role", "") != role {
					t.Errorf("%s has role %q", selector, el.AttrOr("role", ""))
				}
			})
		}
		doc.Find("table").Each(func(_ int, table *goquery.Selection) {
			if strings.TrimSpace(table.Find("caption").Text()) == "" {
				t.Error("table without caption")
			}
			columns := table.Find("thead th").Length()
			table.Find("tr").Each(func(_ int, row *goquery.Selection) {
				width := 0
				row.Children().Each(func(_ int, cell *goquery.Selection) {
					width += len(cell.AttrOr("colspan", "x"))
					if cell.AttrOr("colspan", "") != "" {
						width += int(cell.AttrOr("colspan", "")[0]-'0') - 1
					}
				})
				if width != columns {
					t.Errorf("row %q has %d cells under %d columns", strings.TrimSpace(row.Text()), width, columns)
				}
			})
		})
	})
}

// placeholder is a gap of a text that nothing was put into.
var placeholder = regexp.MustCompile(`\{(\d+|n)\}`)

func TestNoTextHasAGap(t *testing.T) {
	for _, lang := range []i18n.Lang{i18n.En, i18n.Fr} {
		for _, s := range specimens(lang) {
			if gap := placeholder.FindString(string(render(t, s.view))); gap != "" {
				t.Errorf("%s in %s shows %s", s.name, lang, gap)
			}
		}
	}
}

// TestTextsAreComplete finds keys that came out instead of texts.
func TestTextsAreComplete(t *testing.T) {
	texts := i18n.For(i18n.En)
	eachSpecimen(t, func(t *testing.T, _ specimen, doc *goquery.Document) {
		doc.Find("*").Each(func(_ int, el *goquery.Selection) {
			own := strings.TrimSpace(el.Clone().Children().Remove().End().Text())
			if own != "" && !strings.Contains(own, " ") && strings.Count(own, ".") > 0 && texts.S(own) == own && strings.ToLower(own) == own && strings.Trim(own, "abcdefghijklmnopqrstuvwxyz._") == "" {
				t.Errorf("a key instead of a text: %q", own)
			}
		})
	})
}

func TestHostileTextStaysText(t *testing.T) {
	eachSpecimen(t, func(t *testing.T, _ specimen, doc *goquery.Document) {
		doc.Find("script:not([src])").Each(func(_ int, el *goquery.Selection) { t.Errorf("injected: %s", el.Text()) })
		if doc.Find("[onmouseover]").Length() > 0 {
			t.Error("injected attribute")
		}
	})
}

func TestFirstSyncAsksUntilItIsOver(t *testing.T) {
	d := desk{i18n.For(i18n.En)}
	for state, asks := range map[templates.SyncState]int{templates.SyncRunning: 1, templates.SyncDone: 0, templates.SyncFailed: 0} {
		doc, err := goquery.NewDocumentFromReader(bytes.NewReader(render(t, templates.FirstSync(d.page("x", ""), d.firstSync(state)))))
		if err != nil {
			t.Fatal(err)
		}
		if n := doc.Find("[hx-trigger]").Length(); n != asks {
			t.Errorf("state %q asks %d times", state, n)
		}
	}
}
