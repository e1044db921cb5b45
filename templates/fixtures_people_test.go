package templates_test

import (
	"billportal/templates"
)

func (d desk) sessions() []templates.SessionRow {
	t := d.texts
	since, used := t.S("session.since", "30 Nov 2026, 08:55"), t.S("session.used", "29 Nov 2026, 17:40")
	return []templates.SessionRow{
		{ID: "s1", Browser: t.S("session.browser", "Firefox", "Windows"), Address: "10.20.4.17", Since: since, Used: t.S("session.usednow"), Current: true},
		{ID: "s2", Browser: t.S("session.browser", "Edge", "Windows"), Address: "10.20.9.2", Since: since, Used: used, EndURL: "/profile/sessions/s2/end"},
		{ID: "s3", Browser: t.S("session.otherbrowser"), Since: since, Used: used, EndURL: "/profile/sessions/s3/end"},
	}
}

func (d desk) reasons() []templates.ReasonRow {
	t := d.texts
	return []templates.ReasonRow{
		{Target: t.S("access.all"), Through: t.S("explain.bygroup", "MF-Finance-Accounting"), Count: t.N("count.accounts", 18)},
		{Target: longName, Through: t.S("explain.byname"), Count: t.N("count.accounts", 1)},
		{Target: hostile, Through: t.S("explain.bygroup", hostile), Count: t.N("count.accounts", 1)},
	}
}

func (d desk) profile() templates.ProfileView {
	t := d.texts
	return templates.ProfileView{
		Page: d.page(t.S("profile.title"), ""), Name: "Amir Haddad", Count: t.N("count.accounts", 18), Reasons: d.reasons(),
		Facts:  []templates.Fact{{Label: t.S("person.email"), Value: "amir.haddad@meridian.example"}, {Label: t.S("person.subject"), Value: longName}},
		Groups: []string{"MF-Finance-Accounting", hostile}, Sessions: d.sessions(), Others: true,
		Roles: []templates.RoleRow{
			{Name: t.S("role.accountant"), Allows: t.S("rolehint.accountant"), Through: []string{t.S("explain.bygroup", "MF-Finance-Accounting")}},
			{Name: t.S("role.admin"), Allows: t.S("rolehint.admin"), Through: []string{t.S("explain.bygroup", "MF-Bills-Admins"), t.S("explain.bygroup", hostile)}},
		},
		Limits: t.S("session.limits", t.N("count.minutes", 30), t.N("count.hours", 10)),
	}
}

func (d desk) profileNothing() templates.ProfileView {
	v := d.profile()
	v.Page = d.anonymous(d.texts.S("profile.title"))
	v.Person = &templates.PersonMenu{Name: rightToLeft, Detail: d.texts.S("role.none")}
	v.Name, v.Count, v.Why = rightToLeft, d.texts.N("count.accounts", 0), d.texts.S("explain.you.norole")
	v.Facts[0].Value, v.Roles, v.Groups, v.Reasons, v.Sessions, v.Others = "", nil, nil, nil, v.Sessions[:1], false
	return v
}

func (d desk) people() templates.AdminPeopleView {
	t := d.texts
	return templates.AdminPeopleView{
		Page: d.admin(t.S("people.title"), "people"), Count: t.N("count.people", 3), More: t.S("people.more", "200", "1,534"),
		Filter: templates.PeopleFilter{Query: templates.Field{Value: hostile}, Roles: []templates.Option{{Label: t.S("people.allroles")}}, States: []templates.Option{{Label: t.S("people.allstates")}}},
		Rows: []templates.PeopleRow{
			{URL: "/admin/people/1", Name: "Elena Brandt", Email: "elena.brandt@meridian.example", Subject: "u-1", Roles: t.S("role.employee"), LastSignIn: "30 Nov 2026, 08:31", Sessions: "2", Grants: "3"},
			{URL: "/admin/people/2", Name: longName, Subject: hostile, Disabled: true, LastSignIn: "29 Nov 2026, 12:10", Sessions: "0", Grants: "0"},
			{URL: "/admin/people/3", Name: rightToLeft, Subject: "admin link", Roles: t.S("role.admin"), ByLink: true, LastSignIn: "2 Jan 2026, 12:10", Sessions: "0", Grants: "0"},
		},
	}
}

func (d desk) peopleNone() templates.AdminPeopleView {
	v := d.people()
	v.Rows, v.More, v.Count = nil, "", d.texts.N("count.people", 0)
	v.Empty = &templates.Empty{Kind: templates.EmptyNoMatch, Offers: []templates.Link{{Label: d.texts.S("filter.clear"), URL: "/admin/people"}}}
	return v
}

func (d desk) person() templates.AdminPersonView {
	t, profile := d.texts, d.profile()
	v := templates.AdminPersonView{
		Page: d.admin("Amir Haddad", "people"), Action: "/admin/people/2", Name: "Amir Haddad", Facts: profile.Facts, Roles: profile.Roles,
		Groups: profile.Groups, Count: t.N("count.accounts", 2), Reasons: d.reasons(), Sessions: d.sessions(),
		EndAll: t.N("person.endnow", 2), DisableNow: t.N("person.disableends", 2), GrantURL: "/admin/access?person=2", LedgerURL: "/admin/ledger?who=person:2",
		Accounts: []templates.Link{{Label: "Leipzig plant, 0049 2210 72", URL: "/admin/accounts/1"}, {Label: hostile, URL: "/admin/accounts/2"}},
		Reason:   templates.Field{Value: hostile, Error: t.S("person.error.reason")},
	}
	for i := range v.Sessions {
		v.Sessions[i].EndURL = ""
	}
	return v
}

func (d desk) personDisabled() templates.AdminPersonView {
	t, v := d.texts, d.person()
	v.Disabled, v.Why, v.Count = t.S("person.disabled", "30 Nov 2026, 08:31", "Ada Okafor", hostile), t.S("explain.they.disabled"), t.N("count.accounts", 0)
	v.Roles, v.Groups, v.Reasons, v.Accounts, v.Sessions, v.Reason = nil, nil, nil, nil, nil, templates.Field{}
	return v
}

func (d desk) explain() templates.ExplainView {
	t := d.texts
	return templates.ExplainView{
		Page: d.admin(t.S("explain.title"), "access"),
		Form: templates.ExplainForm{Accounts: []templates.Option{{Value: "1", Label: longName}}, People: []templates.Option{{Value: "1", Label: "Elena Brandt (u-1)"}}, GroupsSeen: []string{"MF-Staff-DE"}},
		Account: &templates.AccountSeen{
			Name: "Leipzig plant, 0049 2210 72", URL: "/admin/accounts/1", Count: t.N("count.people", 2), Idle: []string{t.S("explain.reason", hostile, t.S("access.all"))},
			People: []templates.SeenByRow{
				{URL: "/admin/people/1", Name: "Elena Brandt", Roles: t.S("role.employee"), Through: []string{t.S("explain.byname")}},
				{URL: "/admin/people/2", Name: rightToLeft, Roles: t.S("role.accountant"), Through: []string{t.S("explain.bygroup", "MF-Finance-Accounting"), t.S("explain.bygroup", hostile)}},
			},
		},
	}
}

func (d desk) explainHidden() templates.ExplainView {
	v := d.explain()
	v.Account.Hidden, v.Account.People, v.Account.Idle = true, nil, nil
	return v
}

func (d desk) explainGroup() templates.ExplainView {
	v := d.explain()
	v.Account, v.Form.Group = nil, "MF-Staff-DE"
	v.Group = &templates.GroupSees{
		Name: "MF-Staff-DE", Roles: d.texts.S("explain.groupnorole"), Count: d.texts.N("count.accounts", 2), Accounts: d.person().Accounts,
		People: []templates.Link{{Label: "Elena Brandt", URL: "/admin/people/1"}},
	}
	return v
}

func (d desk) explainGroupNothing() templates.ExplainView {
	v := d.explainGroup()
	v.Group.Accounts, v.Group.People, v.Group.Count = nil, nil, d.texts.N("count.accounts", 0)
	return v
}

func (d desk) ledger() templates.AdminLedgerView {
	t, hash := d.texts, "c1d09f8e7d6c5b4a39281706f5e4d3c2b1a0998877665544332211ffeeddccbb"
	at := templates.Day{Text: "30 Nov 2026, 09:13:58", ISO: "2026-11-30T08:13:58Z"}
	return templates.AdminLedgerView{
		Page: d.admin(t.S("ledger.title"), "ledger"), ExportURL: "/admin/ledger.csv",
		Filter: templates.LedgerFilter{
			What: []templates.OptionGroup{{Options: []templates.Option{{Label: t.S("ledger.anything")}}}, {Label: t.S("ledger.noun.grant"), Options: []templates.Option{{Value: "grant.", Label: t.S("ledger.whole.grant")}}}},
			Who:  []templates.OptionGroup{{Options: []templates.Option{{Label: t.S("ledger.anybody")}}}},
		},
		List: templates.LedgerListView{
			Rows: []templates.LedgerRow{
				{Number: "48,213", When: at, Who: templates.Link{Label: "Ada Okafor", URL: "/admin/people/1"}, What: t.S("ledger.action.person.disable"), Object: templates.Link{Label: "Elena Brandt", URL: "/admin/people/2"}, Detail: hostile, RequestID: "54auhcax2fxjdxwx", Hash: hash},
				{Number: "48,212", When: at, Who: templates.Link{Label: t.S("ledger.commandline")}, What: t.S("ledger.action.register.import"), Object: templates.Link{Label: "0071 4420 18", URL: "/admin/accounts/1"}, Detail: longName, Hash: hash},
				{Number: "48,211", When: at, Who: templates.Link{Label: hostile}, What: "odd deed", Object: templates.Link{Label: rightToLeft}, Hash: hash},
			},
			Pager: &templates.Pager{Text: t.S("ledger.span", "48,213", "48,211"), OlderURL: "/admin/ledger?before=48211"},
		},
	}
}

func (d desk) ledgerBroken() templates.AdminLedgerView {
	v := d.ledger()
	v.Page.Notice = &templates.Notice{Kind: templates.NoticeBad, Text: d.texts.S("ledger.broken", "48,212"), Links: []templates.Link{{Label: d.texts.S("ledger.showbroken"), URL: "/admin/ledger?before=48213"}}}
	v.List = templates.LedgerListView{Empty: &templates.Empty{Kind: templates.EmptyNoMatch, Offers: []templates.Link{{Label: d.texts.S("filter.clear"), URL: "/admin/ledger"}}}}
	return v
}

func (d desk) ledgerRefused() templates.AdminLedgerView {
	v := d.ledger()
	v.List = templates.LedgerListView{}
	v.Filter.From = templates.Field{Value: "2026-02-31", Error: d.texts.S("filter.error.date", "2026-02-31")}
	v.Filter.Problems = []templates.FieldProblem{{ID: "l-from", Label: d.texts.S("ledger.from"), Text: v.Filter.From.Error}}
	return v
}
