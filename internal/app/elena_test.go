package app_test

import (
	"bytes"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"billportal/internal/sandbox"
)

func elenasBills(wanted func(*sandbox.Bill) bool) []*sandbox.Bill {
	return billsOf(func(b *sandbox.Bill) bool {
		return slices.Contains(elenasAccounts, b.AccountNumber) && (wanted == nil || wanted(b))
	})
}

func TestEmployeeSeesHerThreeAccountsAndNoOther(t *testing.T) {
	t.Parallel()
	v := elena(t, reading(t))
	t.Run("her overview speaks of their currencies", func(t *testing.T) {
		var got []string
		v.open("/").find(t, ".figure .cur").Each(func(_ int, s *goquery.Selection) { got = append(got, strings.TrimSpace(s.Text())) })
		slices.Sort(got)
		if want := []string{"EUR", "GBP", "PLN"}; !slices.Equal(slices.Compact(got), want) {
			t.Errorf("figures in %v instead of %v", got, want)
		}
	})
	t.Run("her accounts are listed by the company's names", func(t *testing.T) {
		var got, want []string
		v.open("/accounts").find(t, "main table tbody tr").Each(func(_ int, tr *goquery.Selection) {
			got = append(got, tr.Find("th bdi").Text()+" "+tr.Find("td.one .sub").Text())
		})
		for _, number := range elenasAccounts {
			want = append(want, names[number]+" "+number)
		}
		sameSet(t, "accounts", got, want)
	})
	t.Run("her list holds all their bills of all time", func(t *testing.T) {
		list, _ := v.walk("/bills?issued=any")
		sameBills(t, list, elenasBills(nil))
		sameTotals(t, v.open("/bills?issued=any"), elenasBills(nil))
	})
	t.Run("her list begins with the last twelve months", func(t *testing.T) {
		list, _ := v.walk("/bills")
		sameBills(t, list, elenasBills(func(b *sandbox.Bill) bool { return b.IssuedAt >= "2025-12-01" }))
	})
}

func TestEmployeeFiltersHerList(t *testing.T) {
	t.Parallel()
	v := elena(t, reading(t))
	for _, filter := range []struct {
		name, query string
		wanted      func(*sandbox.Bill) bool
	}{
		{"by account", "issued=any&account=0048+0902+11", func(b *sandbox.Bill) bool { return b.AccountNumber == "0048 0902 11" }},
		{"by two accounts", "issued=any&account=0048+0902+11&account=0049+2210+72", func(b *sandbox.Bill) bool { return b.AccountNumber != "0044 7702 55" }},
		{"by kind", "issued=any&kind=credit_note", func(b *sandbox.Bill) bool { return b.Type == sandbox.TypeCreditNote }},
		{"by month", "issued=2026-09", func(b *sandbox.Bill) bool { return strings.HasPrefix(b.IssuedAt, "2026-09-") }},
		{"by two days", "from=2026-08-13&to=2026-09-22", func(b *sandbox.Bill) bool { return b.IssuedAt >= "2026-08-13" && b.IssuedAt <= "2026-09-22" }},
		{"by currency", "issued=any&currency=GBP", func(b *sandbox.Bill) bool { return b.Currency == "GBP" }},
		{"by all at once", "issued=2026-10&kind=invoice&account=0049+2210+72", func(b *sandbox.Bill) bool {
			return strings.HasPrefix(b.IssuedAt, "2026-10-") && b.AccountNumber == "0049 2210 72"
		}},
	} {
		t.Run(filter.name, func(t *testing.T) {
			want := elenasBills(filter.wanted)
			if len(want) == 0 {
				t.Fatal("the world has no such bill")
			}
			list, _ := v.walk("/bills?" + filter.query)
			sameBills(t, list, want)
			sameTotals(t, v.open("/bills?"+filter.query), want)
		})
	}
	t.Run("each filter in force has a chip that takes it off", func(t *testing.T) {
		for query, chips := range map[string]int{"": 1, "issued=any": 0, "issued=any&kind=invoice&currency=EUR": 2, "q=00&min=1": 3} {
			if got := v.open("/bills?"+query).find(t, "#list .chip a").Length(); got != chips {
				t.Errorf("/bills?%s has %d chips instead of %d", query, got, chips)
			}
		}
	})
	t.Run("a foreign account shows nothing, as one that does not exist", func(t *testing.T) {
		for _, number := range []string{"0071+4420+18", "9999+9999+99"} {
			page := v.open("/bills?issued=any&account=" + number)
			if list := entries(t, page); len(list) > 0 {
				t.Errorf("account %s shows %d bills", number, len(list))
			}
			if page.find(t, "#list .empty").Length() != 1 {
				t.Errorf("account %s does not say that nothing matches", number)
			}
		}
	})
	t.Run("a filter that is wrong is refused with its form as it was filled", func(t *testing.T) {
		page := v.get("/bills?issued=between&from=2026-02-30&min=a+lot")
		page.expect(t, http.StatusBadRequest)
		for id, value := range map[string]string{"from": "2026-02-30", "min": "a lot"} {
			control := page.find(t, `input[name="`+id+`"]`)
			if control.AttrOr("value", "") != value || control.AttrOr("aria-invalid", "") != "true" {
				t.Errorf("%s holds %q, invalid: %s", id, control.AttrOr("value", ""), control.AttrOr("aria-invalid", "false"))
			}
		}
		if list := entries(t, page); len(list) > 0 {
			t.Errorf("%d bills are shown for a filter that was not understood", len(list))
		}
	})
}

func TestEmployeeReadsABillAndItsPDF(t *testing.T) {
	t.Parallel()
	v := elena(t, reading(t))
	found := entries(t, v.open("/bills?issued=any&q="+world.Stories.Spike.Number))
	if len(found) != 1 {
		t.Fatalf("%d bills of number %s", len(found), world.Stories.Spike.Number)
	}
	page := v.open(found[0].href)
	sameBillPage(t, page, candidates(found[0]))
	frame, ok := page.find(t, "iframe").Attr("src")
	if !ok {
		t.Fatal("the page has no frame for the PDF")
	}
	if page.find(t, `a[href*="download=1"]`).Length() != 0 {
		t.Error("the page offers a download to somebody who may not")
	}
	pdf := v.open(frame)
	truth, err := world.PDF(world.Stories.Spike.ID)
	if err != nil || !bytes.Equal(pdf.body, truth) {
		t.Errorf("the frame shows %d bytes that begin with %q instead of the %d of the bill, %v", len(pdf.body), pdf.body[:min(20, len(pdf.body))], len(truth), err)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/pdf", "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store",
		"Content-Security-Policy": "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'", "Accept-Ranges": "bytes",
	} {
		if got := pdf.Header.Get(name); got != want {
			t.Errorf("%s: %q instead of %q", name, got, want)
		}
	}
	if got := pdf.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "inline") {
		t.Errorf("Content-Disposition %q instead of inline", got)
	}
}

func TestEmployeeIsRefusedWhatIsNotHers(t *testing.T) {
	t.Parallel()
	p := reading(t)
	v := elena(t, p)
	own := entries(t, v.open("/bills"))[0]
	for _, path := range []string{
		own.href + "/document?download=1", "/bills.csv", "/bills.csv?rows=item", "/setup", "/admin/accounts", "/admin/accounts.csv",
		"/admin/accounts/0049%202210%2072", "/admin/access", "/admin/access.csv",
	} {
		t.Run("403 for "+path, func(t *testing.T) { v.get(path).expect(t, http.StatusForbidden) })
	}
	foreign := entries(t, amir(t, p).open("/bills?account=0071+4420+18"))[0].href
	for _, suffix := range []string{"", "/items", "/document"} {
		t.Run("a foreign bill is what a missing one is: "+suffix, func(t *testing.T) {
			theirs, nobodys := v.get(foreign+suffix), v.get("/bills/aaaaaaaaaaaaaaaaaaaa"+suffix)
			theirs.expect(t, http.StatusNotFound)
			if got, want := masked(theirs), masked(nobodys); got != want {
				t.Errorf("a foreign bill:\n%s\na missing one:\n%s", got, want)
			}
		})
	}
}

var volatile = []struct {
	what *regexp.Regexp
	mask string
}{
	{regexp.MustCompile(`name="csrf" value="[^"]*"`), `name="csrf" value="…"`},
	{regexp.MustCompile(`data-copy="[^"]*"`), `data-copy="…"`},
	{regexp.MustCompile(`\d\d:\d\d`), "…"},
	{regexp.MustCompile(`/bills/[a-z0-9]{20}`), "/bills/…"},
}

// masked is an answer without what differs from request to request.
func masked(a answer) string {
	id := a.Header.Get("X-Portal-Request-Id")
	text := strings.ReplaceAll(string(a.body), id, "…")
	for _, c := range volatile {
		text = c.what.ReplaceAllString(text, c.mask)
	}
	header := a.Header.Clone()
	for _, name := range []string{"X-Portal-Request-Id", "Date", "Content-Length"} {
		header.Del(name)
	}
	var b strings.Builder
	if err := header.Write(&b); err != nil {
		return err.Error()
	}
	return a.Status + "\n" + b.String() + "\n" + text
}
