package web

import (
	"slices"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/export"
	"billportal/internal/i18n"
	"billportal/templates"
)

// grantForm is the form of a new grant as it was filled, and what is wrong with
// it by control.
type grantForm struct {
	GranteeKind                 access.GranteeKind
	Group, Person               string
	TargetKind                  access.TargetKind
	Account, AccountGroup       string
	groupError, personError     string
	accountError, accountsError string
}

// grant is what the form asks for.
func (f grantForm) grant() access.Grant {
	g := access.Grant{GranteeKind: f.GranteeKind, TargetKind: f.TargetKind, Grantee: f.Group}
	if f.GranteeKind == access.GranteePerson {
		g.Grantee = f.Person
	}
	switch f.TargetKind {
	case access.TargetAccount:
		g.Target = f.Account
	case access.TargetAccountGroup:
		g.Target = f.AccountGroup
	}
	return g
}

func (s *Server) grantFormView(t *i18n.Texts, f grantForm, people []access.Person, register []billing.BillingAccount) templates.GrantForm {
	view := templates.GrantForm{
		GranteeKind: string(f.GranteeKind), Group: templates.Field{Value: f.Group, Error: f.groupError}, PersonError: f.personError,
		TargetKind: string(f.TargetKind), AccountError: f.accountError, AccountGroupError: f.accountsError,
	}
	view.GroupsSeen = s.groupsSeen(people)
	for _, p := range people {
		view.People = append(view.People, templates.Option{Value: p.Subject, Label: visible(p.DisplayName() + " (" + p.Subject + ")"), Selected: f.Person == p.Subject})
	}
	var groups []string
	for _, a := range register {
		if a.Group != "" {
			groups = append(groups, a.Group)
		}
		if a.Status != billing.Hidden {
			view.Accounts = append(view.Accounts, templates.Option{
				Value: string(a.Number), Label: visible(a.DisplayName()) + ", " + string(a.Number), Selected: f.Account == string(a.Number),
			})
		}
	}
	sortOptions(t, view.Accounts)
	slices.Sort(groups)
	for _, name := range slices.Compact(groups) {
		view.AccountGroups = append(view.AccountGroups, templates.Option{Value: name, Label: visible(name), Selected: f.AccountGroup == name})
	}
	for _, problem := range []templates.FieldProblem{
		{ID: "group", Label: t.S("grant.groupname"), Text: f.groupError}, {ID: "person", Label: t.S("grant.personname"), Text: f.personError},
		{ID: "account", Label: t.S("grant.account"), Text: f.accountError}, {ID: "account_group", Label: t.S("grant.accountgroup"), Text: f.accountsError},
	} {
		if problem.Text != "" {
			view.Problems = append(view.Problems, problem)
		}
	}
	return view
}

// complete notes which controls were left empty; the kinds are radio buttons, so
// a value that is none of theirs was not typed by a person and counts as empty.
func (f *grantForm) complete(t *i18n.Texts) bool {
	switch {
	case f.GranteeKind == access.GranteePerson && f.Person == "":
		f.personError = t.S("access.error.required")
	case f.GranteeKind != access.GranteePerson && f.GranteeKind != access.GranteeGroup:
		f.GranteeKind, f.groupError = access.GranteeGroup, t.S("access.error.required")
	case f.GranteeKind == access.GranteeGroup && (f.Group == "" || len([]rune(f.Group)) > export.MaxText || !cleanText(f.Group)):
		f.groupError = t.S("access.error.group")
	}
	switch f.TargetKind {
	case access.TargetAll:
	case access.TargetAccountGroup:
		if f.AccountGroup == "" {
			f.accountsError = t.S("access.error.required")
		}
	case access.TargetAccount:
		if f.Account == "" {
			f.accountError = t.S("access.error.required")
		}
	default:
		f.TargetKind, f.accountError = access.TargetAccount, t.S("access.error.required")
	}
	return f.groupError == "" && f.personError == "" && f.accountError == "" && f.accountsError == ""
}
