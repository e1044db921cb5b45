package export_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/export"
)

const grants = "grantee_kind,grantee,target_kind,target\n"

func TestParseGrants(t *testing.T) {
	t.Parallel()
	got, err := export.ParseGrants(strings.NewReader(grants +
		"group,readers,account,0071 4420 18\nperson,u-7,account_group,France\n\ngroup,finance,all,\ngroup,audit,all,*\n"))
	want := []export.ParsedGrant{
		{Grant: access.Grant{GranteeKind: "group", Grantee: "readers", TargetKind: "account", Target: "0071 4420 18"}, Line: 2},
		{Grant: access.Grant{GranteeKind: "person", Grantee: "u-7", TargetKind: "account_group", Target: "France"}, Line: 3},
		{Grant: access.Grant{GranteeKind: "group", Grantee: "finance", TargetKind: "all"}, Line: 5},
		{Grant: access.Grant{GranteeKind: "group", Grantee: "audit", TargetKind: "all"}, Line: 6},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	plain := export.GrantsOf(got)
	if len(plain) != len(want) || plain[1] != want[1].Grant {
		t.Errorf("without lines: %+v", plain)
	}
	if export.GrantsHeader()+"\n" != grants {
		t.Errorf("header %q", export.GrantsHeader())
	}
}

func TestParseGrantsNamesEveryBadLine(t *testing.T) {
	t.Parallel()
	const (
		kind    = "grantee_kind must be group or person"
		grantee = "the grantee is missing, longer than 200 characters or holds a control character"
		target  = "target_kind must be account, account_group or all"
	)
	for _, c := range []struct {
		about, rows string
		want        []string
	}{
		{"no kind", ",readers,all,\n", []string{"2: " + kind}},
		{"an e-mail address as kind", "email,a@b,all,\nPerson,x,all,\n", []string{"2: " + kind, "3: " + kind}},
		{"no grantee", "group,,all,\n", []string{"2: " + grantee}},
		{"a long grantee", "group," + strings.Repeat("x", 201) + ",all,\n", []string{"2: " + grantee}},
		{"a grantee of two lines", "group,\"a\nb\",all,\n", []string{"2: " + grantee}},
		{"no target kind", "group,a,,\n", []string{"2: " + target}},
		{"a target kind nobody knows", "group,a,everything,\n", []string{"2: " + target}},
		{"no target", "group,a,account,\ngroup,a,account_group,\n", []string{"2: the target is missing", "3: the target is missing"}},
		{"a wildcard for one account", "group,a,all,FR\n", []string{"2: a grant of all accounts has no target"}},
		{"everything at once", ",,,\n", []string{"2: " + kind, "2: " + grantee, "2: " + target}},
		{"columns", "group,a,all\n", []string{"2: 3 columns instead of 4"}},
	} {
		t.Run(c.about, func(t *testing.T) {
			t.Parallel()
			got, err := export.ParseGrants(strings.NewReader(grants + c.rows))
			if lines := lineErrors(t, err); !slices.Equal(lines, c.want) || got != nil {
				t.Errorf("%v, got\n%s", got, strings.Join(lines, "\n"))
			}
		})
	}
	_, err := export.ParseGrants(strings.NewReader("who,what\n"))
	if lines := lineErrors(t, err); len(lines) != 1 || !strings.Contains(lines[0], "grantee_kind,grantee,target_kind,target") {
		t.Errorf("no header: %v", lines)
	}
}

func TestCheckGrantsNamesWhatTheRegisterDoesNotHold(t *testing.T) {
	t.Parallel()
	parsed, err := export.ParseGrants(strings.NewReader(grants +
		"person,u-7,all,\nperson,u-8,all,\nperson,U-7,all,\ngroup,anybody,account,0071\ngroup,a,account,0072\n" +
		"group,a,account_group,france\ngroup,a,account_group,Spain\ngroup,a,account_group,École\ngroup,a,account_group,école\n"))
	if err != nil {
		t.Fatal(err)
	}
	register := []billing.BillingAccount{{Number: "0071"}, {Number: "0073"}, {Number: "0074"}}
	groups := []billing.AccountGroup{{Name: "France", Accounts: 1}, {Name: "École"}}
	known := export.Known{
		Register: register, Groups: groups, Issuer: "https://id.example",
		People: []access.Person{
			{ID: 1, Issuer: "https://old.example", Subject: "u-7"}, {ID: 2, Issuer: "https://id.example", Subject: "u-7"},
			{ID: 3, Issuer: "https://old.example", Subject: "u-8"}, {ID: 4, Issuer: access.LinkIssuer, Subject: "admin link"},
		},
	}
	want := []string{
		`3: nobody of the subject "u-8" has signed in`, `4: nobody of the subject "U-7" has signed in`,
		`6: the register has no account "0072"`, `8: the register has no account group "Spain"`,
		`10: the register has no account group "école"`, // the database, too, folds the case of ASCII letters only
	}
	if lines := lineErrors(t, export.CheckGrants(parsed, known)); !slices.Equal(lines, want) {
		t.Errorf("got\n%s", strings.Join(lines, "\n"))
	}
	if err := export.CheckGrants(parsed[:1], known); err != nil || parsed[0].Person != 2 {
		t.Errorf("a good line is of person %d: %v", parsed[0].Person, err)
	}
	known.Issuer = ""
	if lines := lineErrors(t, export.CheckGrants(parsed[:1], known)); !slices.Equal(lines, []string{`2: the subject "u-7" is that of 2 people`}) {
		t.Errorf("two people of one subject, and no provider: %q", lines)
	}
	link := []export.ParsedGrant{{Line: 2, Grant: access.Grant{GranteeKind: access.GranteePerson, Grantee: "admin link", TargetKind: access.TargetAll}}}
	if err := export.CheckGrants(link, known); err == nil || link[0].Person != 0 {
		t.Error("the person who signs in by a link is given accounts")
	}
}

func TestGrantsComeBackAsTheyWent(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	kinds := []access.TargetKind{access.TargetAccount, access.TargetAccountGroup, access.TargetAll}
	for range 300 {
		var given []access.Grant
		for range random.IntN(20) {
			g := access.Grant{
				GranteeKind: []access.GranteeKind{access.GranteeGroup, access.GranteePerson}[random.IntN(2)], Grantee: hostile(random) + "x",
				TargetKind: kinds[random.IntN(3)],
			}
			if g.TargetKind != access.TargetAll {
				g.Target = hostile(random) + "*"
			}
			given = append(given, g)
		}
		var out strings.Builder
		if err := export.Grants(&out, given); err != nil {
			t.Fatal(err)
		}
		parsed, err := export.ParseGrants(strings.NewReader(out.String()))
		if back := export.GrantsOf(parsed); err != nil || !slices.Equal(back, given) {
			t.Fatalf("%+v\ncame back as\n%+v\nfrom\n%s\n%v", given, back, out.String(), err)
		}
	}
}
