package web

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"billportal/internal/i18n"
	"billportal/templates"
)

// maxPreviewed is how many changes a preview names; the rest are counted.
const maxPreviewed = 50

// importOrder is how an import was asked for.
type importOrder struct {
	replace   bool   // the file is to be the whole truth
	previewed string // digest of the preview that was agreed to, "" for none
}

// importAsked reads how an import was asked for.
func importAsked(c echo.Context) (importOrder, error) {
	asked := importOrder{previewed: posted(c, "previewed")}
	switch posted(c, "replace") {
	case "":
	case "1":
		asked.replace = true
	default:
		return asked, badRequest("", errors.New("replace is not 1"))
	}
	if digest, err := base64.RawURLEncoding.DecodeString(asked.previewed); err != nil || asked.previewed != "" && len(digest) != sha256.Size {
		return asked, badRequest("", errors.New("previewed is no digest"))
	}
	return asked, nil
}

// toShow reports whether a plan must be agreed to first: it takes something away or
// changes it for everybody, and is not the one that was agreed to.
func (o importOrder) toShow(plan importPlan) bool {
	return o.replace && len(plan.rows) > 0 && o.previewed != plan.digest()
}

// importPlan is what a file does, in the words of its reader: first what it removes,
// then what it changes, then what it adds.
type importPlan struct {
	rows                          []templates.PreviewRow
	added, changed, removed, kept int
}

func (p *importPlan) add(t *i18n.Texts, who, what string) {
	p.added++
	p.rows = append(p.rows, templates.PreviewRow{Change: t.S("preview.added"), Who: who, What: what})
}

func (p *importPlan) change(t *i18n.Texts, who, what string) {
	p.changed++
	p.rows = append(p.rows, templates.PreviewRow{Change: t.S("preview.changed"), Who: who, What: what})
}

func (p *importPlan) remove(t *i18n.Texts, who, what string) {
	p.removed++
	p.rows = append(p.rows, templates.PreviewRow{Change: t.S("preview.removed"), Removes: true, Who: who, What: what})
}

// summary counts what the plan does.
func (p *importPlan) summary(t *i18n.Texts) string {
	var parts []string
	for _, part := range []struct {
		key   string
		count int
	}{{"count.adds", p.added}, {"count.changes", p.changed}, {"count.removes", p.removed}, {"count.keeps", p.kept}} {
		if part.count > 0 {
			parts = append(parts, t.N(part.key, part.count))
		}
	}
	return t.S("preview.summary", strings.Join(parts, ", "))
}

// digest tells a plan from one that does anything else. Marshalling rows of text
// cannot fail.
func (p *importPlan) digest() string {
	text, _ := json.Marshal(p.rows)
	sum := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// previewImport shows what a file would do and carries it along, to be sent again by
// whoever agrees. Whoever agreed to something else is told so.
func (s *Server) previewImport(c echo.Context, asked importOrder, plan importPlan, view templates.ImportPreviewView) error {
	fields, err := keepForm(c.Request())
	if err != nil {
		return badRequest("", err)
	}
	fields = slices.DeleteFunc(fields, func(f templates.HiddenField) bool { return f.Name == "previewed" })
	fields = append(fields, templates.HiddenField{Name: "previewed", Value: plan.digest()})
	view.Fields = fields
	t := view.Page.Texts
	view.Action, view.Summary, view.Rows = c.Request().URL.Path, plan.summary(t), plan.rows
	if more := len(plan.rows) - maxPreviewed; more > 0 {
		view.Rows, view.More = plan.rows[:maxPreviewed], t.N("preview.more", more)
	}
	if asked.previewed != "" {
		view.Page.Notice = &templates.Notice{Kind: templates.NoticeWarn, Text: t.S("preview.again")}
	}
	return s.render(c, http.StatusOK, templates.ImportPreview(view))
}

// someNames joins a few names, each once, and counts the others.
func someNames(t *i18n.Texts, names []string) string {
	const most = 5
	slices.Sort(names)
	names = slices.Compact(names)
	if more := len(names) - most; more > 0 {
		return strings.Join(names[:most], ", ") + " " + t.N("preview.others", more)
	}
	return strings.Join(names, ", ")
}
