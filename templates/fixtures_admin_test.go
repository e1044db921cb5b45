package templates_test

import (
	"billportal/templates"
)

func (d desk) accounts() templates.AccountsView {
	t := d.texts
	return templates.AccountsView{
		Page: d.page(t.S("accounts.title"), "accounts"), Lede: t.S("accounts.lede"),
		Rows: []templates.AccountRow{
			{BillsURL: "/bills?account=1", Name: "Paris head office", Number: "0071 4420 18", Group: "France", Country: t.Country("FR"), Bills: t.Number("1214", 0), LastBill: d.day("2026-11-05"), LastTotal: d.amount("19405.93", "EUR")},
			{BillsURL: "/bills?account=2", Name: longName, Number: "0071 9001 00", Group: "Group IT", Country: t.Country("FR"), Bills: "36", LastBill: d.day("2026-11-04"), LastTotal: d.amount("65993.39", "EUR")},
			{BillsURL: "/bills?account=3", Name: "Leipzig plant, until 2023", Number: "0049 2210 39", Country: t.Country("DE"), Closed: true, Bills: "0"},
			{BillsURL: "/bills?account=4", Name: rightToLeft, Number: "0971 0001 01", Group: "Gulf", Country: t.Country("AE"), Bills: "3", LastBill: d.day("2026-10-31")},
		},
	}
}

func (d desk) register() templates.AdminAccountsView {
	t := d.texts
	return templates.AdminAccountsView{
		Page: d.admin(t.S("register.title"), "register"), Lede: t.S("register.counts", t.N("count.admitted", 18), t.N("count.hidden", 1), t.N("count.closed", 1)), Decisions: t.N("count.decisions", 4),
		Unadmitted: []templates.UnadmittedAccount{
			{Number: "0071 4533 23", Name: "MERIDIAN LOGISTIQUE SAS", Detail: "28 Nov 2026", EditURL: "/admin/accounts/0071453323"},
			{Number: hostile, Name: hostile, Detail: "28 Nov 2026", EditURL: "/admin/accounts/x"},
		},
		AdmitAll:   &templates.AdmitForm{Label: t.N("register.admitall", 2), Numbers: []string{"0071 4533 23", hostile}},
		Quarantine: []templates.QuarantineRow{{Count: t.N("count.bills", 2), Reason: t.S("register.unknownaccount", "0071 0000 00")}},
		Silent:     []templates.SilentAccount{{Number: "0353 0120 08", Name: "Cork", Detail: t.S("register.silent"), EditURL: "/admin/accounts/0353012008"}},
		Filter:     templates.RegisterFilter{Groups: []templates.Option{{Label: t.S("filter.allgroups")}}, Statuses: []templates.Option{{Label: t.S("filter.allstatuses")}}},
		Count:      t.N("count.accounts", 4),
		Rows: []templates.RegisterRow{
			{EditURL: "/admin/accounts/1", Number: "0071 4420 18", Name: "Paris head office", OrangeName: "Meridian Foods SA", Group: "France", Country: t.Country("FR"), CostCentre: "41100", LastBill: d.day("2026-11-05"), Status: templates.StatusAdmitted},
			{EditURL: "/admin/accounts/2", Number: "0071 4533 23", OrangeName: "MERIDIAN LOGISTIQUE SAS", LastBill: d.day("2026-11-28"), Status: templates.StatusHidden},
			{EditURL: "/admin/accounts/3", Number: "0353 0120 08", Name: "Cork", OrangeName: "Meridian Ingredients DAC", Group: "UK and Ireland", Country: t.Country("IE"), CostCentre: "42100", Status: templates.StatusAdmitted, OursOnly: true},
			{EditURL: "/admin/accounts/4", Number: "0049 2210 39", Name: longName, OrangeName: longName, Group: "Germany", Country: t.Country("DE"), Status: templates.StatusClosed},
		},
		Import: d.importForm("/admin/accounts/import"),
	}
}

func (d desk) importForm(action string) templates.ImportForm {
	return templates.ImportForm{Action: action, Format: "number,name,group,cost_centre,country,status"}
}

func (d desk) registerRefused() templates.AdminAccountsView {
	v := d.register()
	v.Decisions, v.Unadmitted, v.Quarantine, v.Silent = "", nil, nil, nil
	v.Rows, v.Empty = nil, &templates.Empty{Kind: templates.EmptyNothing}
	v.Import.Summary = d.texts.N("import.failed", 2)
	v.Import.Errors = []templates.LineError{
		{Line: d.texts.S("import.line", 3), Text: d.texts.S("account.error.country")},
		{Line: d.texts.S("import.line", 12), Text: hostile},
	}
	return v
}

func (d desk) account() templates.AdminAccountView {
	t := d.texts
	v := templates.AdminAccountView{
		Page: d.admin(t.S("account.heading", "0071 4420 18"), "register"), Action: "/admin/accounts/0071442018", Number: "0071 4420 18", OrangeName: "Meridian Foods SA", OursOnly: true,
		Facts: []templates.Fact{{Label: t.S("col.bills"), Value: "36"}, {Label: t.S("col.lastbill"), Value: "5 Nov 2026"}},
		Name:  templates.Field{Value: "Paris head office"}, Group: templates.Field{Value: "France"}, CostCentre: templates.Field{Value: "41100"},
		Country: templates.Field{Value: "FRA", Error: t.S("account.error.country")}, Groups: []string{"France", "Germany"},
		Problems: []templates.FieldProblem{{ID: "country", Label: t.S("col.country"), Text: t.S("account.error.country")}},
	}
	for _, status := range []string{"admitted", "hidden", "closed"} {
		v.Statuses = append(v.Statuses, templates.Option{Value: status, Label: t.S("status." + status), Selected: status == "admitted"})
	}
	return v
}

func (d desk) access() templates.AdminAccessView {
	t := d.texts
	return templates.AdminAccessView{
		Page: d.admin(t.S("access.title"), "access"), Count: t.N("count.grants", 3),
		Grants: []templates.GrantRow{
			{ID: "g1", Grantee: "MF-Finance-Accounting", Kind: t.S("access.group"), Target: t.S("access.all"), Count: t.N("count.accounts", 18), By: "Ada Okafor", Since: d.day("2025-02-03")},
			{ID: "g2", Grantee: "Elena Brandt", Kind: t.S("access.person"), Target: "Wrocław plant, 0048 0902 11", Count: t.N("count.accounts", 1), By: "Ada Okafor", Since: d.day("2025-01-14")},
			{ID: hostile, Grantee: hostile, Kind: t.S("access.person"), Target: longName, Count: t.N("count.accounts", 0), Idle: true, By: rightToLeft, Since: d.day("2025-01-14")},
		},
		Form: templates.GrantForm{
			GranteeKind: "group", TargetKind: "account", GroupsSeen: []string{"MF-Finance-Accounting", "MF-Staff-DE"},
			People:        []templates.Option{{Value: "s1", Label: "Elena Brandt"}},
			Accounts:      []templates.Option{{Value: "0071442018", Label: "Paris head office, 0071 4420 18"}},
			AccountGroups: []templates.Option{{Value: "France", Label: "France"}},
		},
		Import: templates.ImportForm{Action: "/admin/access/import", Format: "grantee_kind,grantee,target_kind,target"},
		People: []templates.PersonRow{
			{URL: "/admin/people/2", Name: "Elena Brandt", Roles: t.S("role.employee"), Groups: "MF-Staff-DE, MF-Site-Leipzig", LastSeen: "30 Nov 2026, 08:31"},
			{URL: "/admin/people/3", Name: "Tomás Ribeiro", Groups: "MF-Everyone", LastSeen: "29 Nov 2026, 12:10"},
		},
	}
}

func (d desk) preview() templates.ImportPreviewView {
	t := d.texts
	return templates.ImportPreviewView{
		Page: d.admin(t.S("preview.title"), "access"), Summary: t.S("preview.summary", t.N("count.removes", 61)), Who: t.S("access.grantee"), What: t.S("access.target"),
		Rows: []templates.PreviewRow{
			{Change: t.S("preview.removed"), Removes: true, Who: "Elena Brandt (u-7)", What: "Wrocław plant, 0048 0902 11"},
			{Change: t.S("preview.added"), Who: hostile, What: longName},
		},
		More: t.N("preview.more", 59), Action: "/admin/access/import", BackURL: "/admin/access",
		Fields: []templates.HiddenField{{Name: "replace", Value: "1"}, {Name: "file_kept", Value: hostile}},
	}
}

func (d desk) accessRefused() templates.AdminAccessView {
	v := d.access()
	v.Grants, v.People, v.Form.AccountGroups = nil, nil, nil
	v.Form.GranteeKind, v.Form.TargetKind = "person", "account_group"
	v.Form.PersonError = d.texts.S("access.error.required")
	v.Form.Problems = []templates.FieldProblem{{ID: "person", Label: d.texts.S("grant.personname"), Text: v.Form.PersonError}}
	return v
}

func (d desk) setup() templates.SetupView {
	t := d.texts
	sync := d.firstSync(templates.SyncRunning)
	return templates.SetupView{
		Page: d.admin(t.S("setup.title"), ""),
		Steps: templates.SetupSteps{
			RefreshURL: "/setup",
			Connect: templates.SetupStep{State: templates.StepDone, Why: t.S("setup.connected"), Facts: []templates.Fact{
				{Label: t.S("setup.address"), Value: "https://api.orange.com/bills/v1"}, {Label: t.S("setup.lastanswer"), Value: "200"}, {Label: t.S("setup.calls"), Value: "41 / 48"},
			}},
			Sync:  templates.SetupStep{State: templates.StepNow},
			Admit: templates.SetupStep{State: templates.StepNow, Why: t.S("setup.admitwhy")},
			Grant: templates.SetupStep{Why: t.S("setup.grantwhy")}, Progress: &sync,
			AdmitForm: &templates.AdmitForm{Label: t.S("register.admitone", "0001 8834 53", hostile), Numbers: []string{"0001 8834 53"}},
		},
	}
}

func (d desk) setupDone() templates.SetupView {
	v, done := d.setup(), templates.SetupStep{State: templates.StepDone, Why: d.texts.S("setup.synced")}
	v.Steps = templates.SetupSteps{
		Connect: done, Sync: done, Admit: done, Grant: done,
		Summary: d.texts.S("setup.open", d.texts.N("count.accounts", 18), d.texts.N("count.grants", 3)),
	}
	return v
}

func (d desk) setupFailed() templates.SetupView {
	v := d.setup()
	v.Steps = templates.SetupSteps{
		Connect: templates.SetupStep{State: templates.StepFailed, Why: d.texts.S("setup.notconnected", "401 "+hostile)},
		Admit:   templates.SetupStep{Why: d.texts.S("setup.admitwhy")}, Grant: templates.SetupStep{Why: d.texts.S("setup.grantwhy")},
	}
	return v
}
