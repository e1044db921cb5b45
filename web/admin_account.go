package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"billportal/internal/billing"
	"billportal/internal/export"
	"billportal/internal/i18n"
	"billportal/templates"
)

// adminAccount is the form of one account.
func (s *Server) adminAccount(c echo.Context) error {
	a := found[billing.BillingAccount](c)
	return s.accountForm(c, http.StatusOK, a, a.Status, nil)
}

// saveAccount writes what an admin says of one account.
func (s *Server) saveAccount(c echo.Context) error {
	a := found[billing.BillingAccount](c)
	now := a.Status
	a.Name, a.Group = strings.TrimSpace(posted(c, "name")), strings.TrimSpace(posted(c, "group"))
	a.CostCentre, a.Country = strings.TrimSpace(posted(c, "cost_centre")), strings.ToUpper(strings.TrimSpace(posted(c, "country")))
	a.Status = billing.AccountStatus(posted(c, "status"))
	if posted(c, "was") != string(now) {
		a.Status = now
		return s.accountForm(c, http.StatusConflict, a, now, nil)
	}
	if wrong := accountErrors(s.texts(c), a); len(wrong) > 0 {
		return s.accountForm(c, http.StatusBadRequest, a, now, wrong)
	}
	if err := s.deps.Register.SetAccounts(c.Request().Context(), s.act(c, "account.change"), []billing.BillingAccount{a}); err != nil {
		return err
	}
	return s.leaveNotice(c, notice{Key: "notice.saved", Args: []string{a.DisplayName()}}, "/admin/accounts")
}

// accountErrors says what is wrong with each control of the form.
func accountErrors(t *i18n.Texts, a billing.BillingAccount) map[string]string {
	wrong := map[string]string{}
	for name, value := range map[string]string{"name": a.Name, "group": a.Group, "cost_centre": a.CostCentre} {
		if len([]rune(value)) > export.MaxText || !cleanText(value) {
			wrong[name] = t.S("filter.error.long", itoa(export.MaxText))
		}
	}
	if !export.IsCountry(a.Country) {
		wrong["country"] = t.S("account.error.country")
	}
	if !slices.Contains(billing.Statuses(), a.Status) {
		wrong["status"] = t.S("account.error.status")
	}
	return wrong
}

// accountForm is the form as it was filled. It carries the status as of now, so
// that nobody undoes a decision that they have not seen.
func (s *Server) accountForm(c echo.Context, status int, a billing.BillingAccount, now billing.AccountStatus, wrong map[string]string) error {
	groups, err := s.deps.Register.AccountGroups(c.Request().Context())
	if err != nil {
		return err
	}
	page := s.page(c, "register.title")
	t := page.Texts
	page.Title = t.S("account.heading", string(a.Number))
	if status == http.StatusConflict {
		page.Notice = &templates.Notice{Kind: templates.NoticeBad, Text: t.S("account.error.stale", t.S("status."+string(now)))}
	}
	view := templates.AdminAccountView{
		SeenURL: "/admin/access/explain?account=" + url.QueryEscape(string(a.Number)), LedgerURL: ledgerPath + "?concerns=" + url.QueryEscape(string(a.Number)),
		Page: page, Action: accountURL(a.Number), Number: string(a.Number), OrangeName: visible(a.UpstreamName), OursOnly: !a.Listed,
		Name:       templates.Field{Value: a.Name, Error: wrong["name"]},
		Group:      templates.Field{Value: a.Group, Error: wrong["group"]},
		CostCentre: templates.Field{Value: a.CostCentre, Error: wrong["cost_centre"]},
		Country:    templates.Field{Value: cmp.Or(a.Country, a.UpstreamCountry), Error: wrong["country"]}, StatusError: wrong["status"], Was: string(now),
	}
	for _, fact := range []templates.Fact{
		{Label: t.S("col.country"), Value: t.Country(a.UpstreamCountry)}, {Label: t.S("filter.currency"), Value: a.Currency},
		{Label: t.S("bill.state"), Value: a.UpstreamStatus},
	} {
		if fact.Value != "" {
			view.Facts = append(view.Facts, fact)
		}
	}
	for _, st := range billing.Statuses() {
		view.Statuses = append(view.Statuses, templates.Option{Value: string(st), Label: t.S("status." + string(st)), Selected: a.Status == st})
	}
	for _, g := range groups {
		view.Groups = append(view.Groups, g.Name)
	}
	for _, label := range []struct{ name, key string }{
		{"name", "register.name"}, {"group", "col.group"}, {"cost_centre", "register.costcentre"}, {"country", "account.country"},
		{"status", "col.status"},
	} {
		if sentence, bad := wrong[label.name]; bad {
			view.Problems = append(view.Problems, templates.FieldProblem{ID: label.name, Label: t.S(label.key), Text: sentence})
		}
	}
	return s.render(c, status, templates.AdminAccount(view))
}
