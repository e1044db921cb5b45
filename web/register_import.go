package web

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/export"
	"billportal/internal/i18n"
	"billportal/templates"
)

// importRegister takes a register file, all or nothing. One that is to be the whole
// truth is shown before it counts.
func (s *Server) importRegister(c echo.Context) error {
	ctx := c.Request().Context()
	asked, err := importAsked(c)
	if err != nil {
		return err
	}
	known, err := s.deps.Register.Register(ctx)
	if err != nil {
		return err
	}
	t := s.texts(c)
	accounts, err := importFile(c, asked.replace, func(r io.Reader) ([]billing.BillingAccount, error) { return export.ParseRegister(r, known) })
	if err != nil {
		form, ok := importErrors(t, err, asked.replace)
		if !ok {
			return err
		}
		return s.registerPage(c, http.StatusBadRequest, form)
	}
	plan, err := s.planRegister(ctx, t, accounts, known, asked.replace)
	if err != nil {
		return err
	}
	if asked.toShow(plan) {
		return s.previewImport(c, asked, plan, templates.ImportPreviewView{
			Page: s.page(c, "preview.title"), BackURL: "/admin/accounts", Who: t.S("col.account"), What: t.S("preview.what"),
		})
	}
	act := s.act(c, "register.import")
	if asked.replace {
		_, err = s.deps.Register.ReplaceRegister(ctx, act, accounts)
	} else {
		err = s.deps.Register.SetAccounts(ctx, act, accounts)
	}
	if err != nil {
		return err
	}
	said := notice{Key: "notice.registerimported", Next: "notice.next.ledger", Args: []string{
		t.N("count.added", plan.added), t.N("count.changed", plan.changed), t.N("count.kept", plan.kept),
	}}
	if asked.replace {
		said.Key, said.Args = "notice.registerreplaced", append(said.Args, t.N("count.removed", plan.removed))
	}
	return s.leaveNotice(c, said, "/admin/accounts")
}

// planRegister is what a register file does to the register, and to those who were
// granted its accounts.
func (s *Server) planRegister(ctx context.Context, t *i18n.Texts, file, register []billing.BillingAccount, replace bool) (importPlan, error) {
	grants, err := s.deps.Grants.Grants(ctx)
	if err != nil {
		return importPlan{}, err
	}
	var plan importPlan
	var added, changed []export.AccountChange
	for _, change := range export.ChangesOfRegister(file, register, replace) {
		switch {
		case change.Before.Number == "":
			added = append(added, change)
		case !change.After.Decided:
			plan.remove(t, accountText(change.Before.DisplayName(), change.Before.Number), accountChange(t, change, grants))
		default:
			changed = append(changed, change)
		}
	}
	for _, change := range changed {
		plan.change(t, accountText(change.Before.DisplayName(), change.Before.Number), accountChange(t, change, grants))
	}
	for _, change := range added {
		plan.add(t, accountText(change.After.DisplayName(), change.After.Number), accountChange(t, change, grants))
	}
	plan.kept = len(file) - len(added) - len(changed)
	return plan, nil
}

// accountChange says what becomes of an account: first who loses it or gains it,
// then what is written differently.
func accountChange(t *i18n.Texts, change export.AccountChange, grants []access.Grant) string {
	var lose, gain, said []string
	for _, g := range grants {
		before := change.Before.Number != "" && g.Opens(change.Before)
		switch after := g.Opens(change.After); {
		case before && !after:
			lose = append(lose, visible(g.GranteeName))
		case after && !before:
			gain = append(gain, visible(g.GranteeName))
		}
	}
	if len(lose) > 0 {
		said = append(said, t.S("preview.lose", someNames(t, lose)))
	}
	if len(gain) > 0 {
		said = append(said, t.S("preview.gain", someNames(t, gain)))
	}
	before, after := change.Before, change.After
	for _, field := range []struct{ label, before, after string }{
		{"col.status", statusText(t, before.Status), statusText(t, after.Status)}, {"register.name", before.Name, after.Name},
		{"col.group", before.Group, after.Group}, {"register.costcentre", before.CostCentre, after.CostCentre}, {"col.country", before.Country, after.Country},
	} {
		switch {
		case field.before == field.after:
		case field.before == "":
			said = append(said, t.S("preview.set", t.S(field.label), visible(field.after)))
		case field.after == "":
			said = append(said, t.S("preview.cleared", t.S(field.label), visible(field.before)))
		default:
			said = append(said, t.S("preview.becomes", t.S(field.label), visible(field.before), visible(field.after)))
		}
	}
	if len(said) == 0 {
		said = []string{t.S("preview.decided", statusText(t, after.Status))}
	}
	return strings.Join(said, "; ")
}

func statusText(t *i18n.Texts, status billing.AccountStatus) string {
	if status == "" {
		return ""
	}
	return t.S("status." + string(status))
}
