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
	Group, Person               string // the person by the portal's key
	grantee                     access.Person
	TargetKind                  access.TargetKind
	Account, AccountGroup       string
	groupError, personError     string
	accountError, accountsError string
}

// newGrantForm is the form as nobody has filled it yet.
func newGrantForm() grantForm {
	return grantForm{GranteeKind: access.GranteeGroup, TargetKind: access.TargetAccount}
}

// grant is what the form asks for.
func (f grantForm) grant() access.Grant {
	g := access.Grant{GranteeKind: f.GranteeKind, TargetKind: f.TargetKind, Grantee: f.Group}
	if f.GranteeKind == access.GranteePerson {
		g.Grantee, g.Person = f.grantee.Subject, f.grantee.ID
	}
	switch f.TargetKind {
	case access.TargetAccount:
		g.Target = f.Account
	case access.TargetAccountGroup:
		g.Target = f.AccountGroup
	}
	return g
}

// grantees are the people who can be given accounts: those of the present identity
// provider. Whoever a former one called by a subject may be somebody else, and who
// signs in by a link is given nothing.
func (s *Server) grantees(people []access.Person) []access.Person {
	return slices.DeleteFunc(slices.Clone(people), func(p access.Person) bool { return p.ByLink() || p.Issuer != s.deps.SignIn.Issuer() })
}

// personText tells a person from all others: by name and subject, and by who vouches
// for them where another has the same subject.
func personText(p access.Person, people []access.Person) string {
	text := p.DisplayName() + " (" + p.Subject
	if slices.ContainsFunc(people, func(other access.Person) bool { return other.Subject == p.Subject && other.ID != p.ID }) {
		text += ", " + p.Issuer
	}
	return visible(text + ")")
}

// granteeText tells to whom a grant is given.
func granteeText(g access.Grant, people []access.Person) string {
	at := slices.IndexFunc(people, func(p access.Person) bool { return p.ID == g.Person })
	if g.GranteeKind != access.GranteePerson || at < 0 {
		return visible(g.Grantee)
	}
	return personText(people[at], people)
}

func (s *Server) grantFormView(t *i18n.Texts, f grantForm, people []access.Person, register []billing.BillingAccount) templates.GrantForm {
	view := templates.GrantForm{
		GranteeKind: string(f.GranteeKind), Group: templates.Field{Value: f.Group, Error: f.groupError}, PersonError: f.personError,
		TargetKind: string(f.TargetKind), AccountError: f.accountError, AccountGroupError: f.accountsError,
	}
	view.GroupsSeen = s.groupsSeen(people)
	none := templates.Option{Label: t.S("grant.choose")}
	view.People = []templates.Option{none}
	for _, p := range s.grantees(people) {
		view.People = append(view.People, templates.Option{Value: personKey(p.ID), Label: personText(p, people), Selected: f.Person == personKey(p.ID)})
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
	view.Accounts = slices.Insert(view.Accounts, 0, none)
	slices.Sort(groups)
	if len(groups) > 0 {
		view.AccountGroups = []templates.Option{none}
	}
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

// choose finds the person that the form names among those who can be given accounts.
func (f *grantForm) choose(grantees []access.Person) {
	for _, p := range grantees {
		if personKey(p.ID) == f.Person {
			f.grantee = p
		}
	}
}

// nameFormer writes out whose the grants to people of a former identity provider
// are, so that nobody of the present one is taken for them when the file comes in
// again.
func (s *Server) nameFormer(grants []access.Grant, people []access.Person) {
	for _, p := range people {
		for i := range grants {
			if grants[i].Person == p.ID && p.Issuer != s.deps.SignIn.Issuer() {
				grants[i].Grantee = p.Subject + " of " + p.Issuer
			}
		}
	}
}

// complete notes which controls were left empty; the kinds are radio buttons, so
// a value that is none of theirs was not typed by a person and counts as empty.
func (f *grantForm) complete(t *i18n.Texts) bool {
	switch {
	case f.GranteeKind == access.GranteePerson && f.grantee.ID == 0:
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

// targetName is how a grant's target is said.
func targetName(t *i18n.Texts, g access.Grant) string {
	switch g.TargetKind {
	case access.TargetAll:
		return t.S("access.all")
	case access.TargetAccount:
		if g.TargetName != "" {
			return accountText(g.TargetName, billing.AccountNumber(g.Target))
		}
	}
	return visible(g.Target)
}

// named is a grant with the name that the register has for its account.
func named(g access.Grant, register []billing.BillingAccount) access.Grant {
	at := slices.IndexFunc(register, func(a billing.BillingAccount) bool { return string(a.Number) == g.Target })
	if g.TargetKind == access.TargetAccount && at >= 0 {
		g.TargetName = register[at].DisplayName()
	}
	return g
}
