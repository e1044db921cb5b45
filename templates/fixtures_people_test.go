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
