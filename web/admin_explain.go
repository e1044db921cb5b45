package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/i18n"
	"billportal/templates"
)

// explainAccess answers who sees an account, and what a group or a person sees.
// It reads grants, people and the register, and no bill.
func (s *Server) explainAccess(c echo.Context) error {
	given := c.QueryParams()
	account, group, person := given.Get("account"), strings.TrimSpace(given.Get("group")), given.Get("person")
	if !cleanText(account) || !cleanText(group) || len(group) > maxText*4 {
		return badRequest("", errors.New("the question about access is wrong"))
	}
	ctx := c.Request().Context()
	grants, err := s.deps.Grants.Grants(ctx)
	if err != nil {
		return err
	}
	people, err := s.deps.Grants.People(ctx)
	if err != nil {
		return err
	}
	register, err := s.deps.Register.Register(ctx)
	if err != nil {
		return err
	}
	if at := slices.IndexFunc(people, func(p access.Person) bool { return personKey(p.ID) == person }); at >= 0 {
		return c.Redirect(http.StatusSeeOther, personURL(people[at].ID))
	}
	page := s.page(c, "explain.title")
	t := page.Texts
	view := templates.ExplainView{Page: page, Form: s.explainForm(t, account, group, people, register)}
	switch {
	case person != "":
		return billing.ErrNotFound
	case account != "":
		at := slices.IndexFunc(register, func(a billing.BillingAccount) bool { return string(a.Number) == account })
		if at < 0 {
			return billing.ErrNotFound
		}
		view.Account = s.whoSees(t, register[at], grants, people)
	case group != "":
		view.Group = s.whatGroupSees(t, group, grants, people, register)
	}
	return s.render(c, http.StatusOK, templates.Explain(view))
}

func (s *Server) explainForm(t *i18n.Texts, account, group string, people []access.Person, register []billing.BillingAccount) templates.ExplainForm {
	form := templates.ExplainForm{Group: group, GroupsSeen: s.groupsSeen(people)}
	for _, a := range register {
		form.Accounts = append(form.Accounts, templates.Option{
			Value: string(a.Number), Label: a.DisplayName() + ", " + string(a.Number), Selected: account == string(a.Number),
		})
	}
	for _, p := range people {
		form.People = append(form.People, templates.Option{Value: personKey(p.ID), Label: p.DisplayName() + " (" + p.Subject + ")"})
	}
	sortOptions(t, form.Accounts)
	sortOptions(t, form.People)
	return form
}

// whoSees lists the people who may see an account's bills today, each with the
// grants that let them, and the grants that reach nobody so far.
func (s *Server) whoSees(t *i18n.Texts, a billing.BillingAccount, grants []access.Grant, people []access.Person) *templates.AccountSeen {
	seen := &templates.AccountSeen{Name: accountText(a.DisplayName(), a.Number), URL: accountURL(a.Number), Hidden: a.Status == billing.Hidden}
	grants = slices.DeleteFunc(slices.Clone(grants), func(g access.Grant) bool { return !g.Opens(a) })
	for _, p := range people {
		if !access.NewViewer(p, s.settings.Policy, access.Scope{}).Rights.Has(access.View) {
			continue
		}
		row := templates.SeenByRow{URL: personURL(p.ID), Name: p.DisplayName(), Roles: roleNames(t, s.settings.Policy.RolesOf(p))}
		for _, g := range grants {
			if g.GivenTo(p) {
				row.Through = append(row.Through, t.S("explain.reason", throughText(t, g), targetName(t, g)))
			}
		}
		if len(row.Through) > 0 {
			seen.People = append(seen.People, row)
		}
	}
	for _, g := range grants {
		if !s.reaches(g, people) {
			seen.Idle = append(seen.Idle, t.S("explain.reason", g.GranteeName, targetName(t, g)))
		}
	}
	seen.Count = t.N("count.people", len(seen.People))
	return seen
}

// whatGroupSees lists the accounts that the grants to a group open, the role that
// it confers and who of it has signed in.
func (s *Server) whatGroupSees(t *i18n.Texts, group string, grants []access.Grant, people []access.Person, register []billing.BillingAccount) *templates.GroupSees {
	sees := &templates.GroupSees{Name: group, Roles: t.S("explain.groupnorole")}
	if roles := s.settings.Policy.Roles([]string{group}); len(roles) > 0 {
		sees.Roles = t.S("explain.grouprole", roleNames(t, roles))
	}
	var open []billing.BillingAccount
	for _, a := range register {
		if slices.ContainsFunc(grants, func(g access.Grant) bool {
			return g.GranteeKind == access.GranteeGroup && g.Grantee == group && g.Opens(a)
		}) {
			open = append(open, a)
		}
	}
	for _, p := range people {
		if slices.Contains(p.Groups, group) {
			sees.People = append(sees.People, templates.Link{Label: p.DisplayName(), URL: personURL(p.ID)})
		}
	}
	sortLinks(t, sees.People)
	sees.Accounts, sees.Count = accountLinks(t, open), t.N("count.accounts", len(open))
	return sees
}

// groupsSeen are the groups of people who have signed in and those of the
// configuration.
func (s *Server) groupsSeen(people []access.Person) []string {
	var seen []string
	for _, p := range people {
		seen = append(seen, p.Groups...)
	}
	for _, groups := range s.settings.Policy.Groups {
		seen = append(seen, groups...)
	}
	slices.Sort(seen)
	return slices.Compact(seen)
}

// sortLinks sorts links as the reader's language does.
func sortLinks(t *i18n.Texts, links []templates.Link) {
	order := t.Order()
	slices.SortFunc(links, func(a, b templates.Link) int { return order(a.Label, b.Label) })
}
