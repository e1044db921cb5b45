package web

import (
	"context"
	"slices"
	"time"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/i18n"
	"billportal/templates"
)

// explanation is what a person may see and why. It tells of accounts, never of a
// bill.
type explanation struct {
	viewer access.Viewer
	grants []access.Grant           // theirs and their groups'
	open   []billing.BillingAccount // whose bills they may see today
	zone   *time.Location
}

// explain asks for what decides over a person's next click.
func (s *Server) explain(ctx context.Context, p access.Person) (explanation, error) {
	scope, err := s.deps.Sessions.Scope(ctx, p)
	if err != nil {
		return explanation{}, err
	}
	e := explanation{viewer: access.NewViewer(p, s.settings.Policy, scope), zone: s.settings.TimeZone}
	if e.grants, err = s.deps.Grants.GrantsTo(ctx, p); err != nil {
		return e, err
	}
	e.open, err = s.deps.Cache.Accounts(ctx, e.viewer.Scope())
	return e, err
}

// why is the key of the sentence that says why nothing is open, without who it is
// said to; empty when something is.
func (e explanation) why() string {
	switch {
	case len(e.open) > 0:
		return ""
	case e.viewer.Person.Disabled:
		return "disabled"
	case len(e.viewer.Roles) == 0:
		return "norole"
	case !e.viewer.Rights.Has(access.View):
		return "noview"
	case !slices.ContainsFunc(e.grants, func(g access.Grant) bool { return g.Accounts > 0 }):
		return "nogrant"
	}
	return ""
}

// reasons are the grants that open something, each with how the person comes by
// it.
func (e explanation) reasons(t *i18n.Texts) []templates.ReasonRow {
	if !e.viewer.Rights.Has(access.View) {
		return nil
	}
	var rows []templates.ReasonRow
	for _, g := range e.grants {
		if g.Accounts == 0 {
			continue
		}
		rows = append(rows, e.reasonRow(t, g, g.Accounts))
	}
	return rows
}

// everyGrant is each grant that reaches the person and who gave it, those that open
// nothing today as well.
func (e explanation) everyGrant(t *i18n.Texts) []templates.ReasonRow {
	rows := make([]templates.ReasonRow, 0, len(e.grants))
	for _, g := range e.grants {
		opens := g.Accounts
		if !e.viewer.Rights.Has(access.View) {
			opens = 0
		}
		row := e.reasonRow(t, g, opens)
		row.By = visible(namedLink(t, g.By).Label)
		rows = append(rows, row)
	}
	return rows
}

func (e explanation) reasonRow(t *i18n.Texts, g access.Grant, opens int) templates.ReasonRow {
	return templates.ReasonRow{
		Since:  day(t, billing.DateOf(g.At.In(e.zone)), ""),
		Target: targetName(t, g), Through: throughText(t, g), Count: t.N("count.accounts", opens),
	}
}

// throughText is how a grant reaches a person: by name or by a group.
func throughText(t *i18n.Texts, g access.Grant) string {
	if g.GranteeKind == access.GranteePerson {
		return t.S("explain.byname")
	}
	return t.S("explain.bygroup", g.Grantee)
}

// roleRows are a person's roles, what each allows and which groups confer it.
func (s *Server) roleRows(t *i18n.Texts, p access.Person) []templates.RoleRow {
	var rows []templates.RoleRow
	for _, role := range s.settings.Policy.RolesOf(p) {
		row := templates.RoleRow{Name: roleNames(t, []access.Role{role}), Allows: t.S("rolehint." + string(role))}
		if role == access.Employee && s.settings.Policy.EmployeesDownload {
			row.Allows = t.S("rolehint.download")
		}
		if p.ByLink() {
			row.Through = []string{t.S("explain.bylink")}
		}
		for _, group := range s.settings.Policy.Conferring(role, p.Groups) {
			row.Through = append(row.Through, t.S("explain.bygroup", group))
		}
		rows = append(rows, row)
	}
	return rows
}
