package access_test

import (
	"slices"
	"testing"
	"time"

	"billportal/internal/access"
	"billportal/internal/billing"
)

var policy = access.Policy{Groups: map[access.Role][]string{
	access.Employee:   {"readers", "readers-2"},
	access.Accountant: {"finance accounting"},
	access.Admin:      {"Portal-Admins", ""},
}}

func TestRolesComeFromExactGroupNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		about  string
		groups []string
		want   []access.Role
	}{
		{"one group", []string{"readers"}, []access.Role{access.Employee}},
		{"another group of the same role", []string{"other", "readers-2"}, []access.Role{access.Employee}},
		{"both groups of one role", []string{"readers", "readers-2"}, []access.Role{access.Employee}},
		{"all roles in their order", []string{"Portal-Admins", "finance accounting", "readers"}, []access.Role{access.Employee, access.Accountant, access.Admin}},
		{"a group named twice", []string{"readers", "readers"}, []access.Role{access.Employee}},
		{"no groups", nil, nil},
		{"a group without a name", []string{""}, nil},
		{"other case", []string{"portal-admins", "Readers", "FINANCE ACCOUNTING"}, nil},
		{"a blank behind", []string{"Portal-Admins "}, nil},
		{"a blank before", []string{" readers"}, nil},
		{"a line feed behind", []string{"readers\n"}, nil},
		{"a NUL behind", []string{"readers\x00"}, nil},
		{"a part of the name", []string{"reader", "Portal-Admin", "finance"}, nil},
		{"more than the name", []string{"readers-3", "CN=readers"}, nil},
		{"two names in one", []string{"readers,Portal-Admins"}, nil},
		{"a wildcard", []string{"*", "%"}, nil},
		{"a letter of another script that looks alike", []string{"rеaders"}, nil},
		{"a soft hyphen inside", []string{"rea\u00adders"}, nil},
		{"a wide hyphen", []string{"Portal‑Admins"}, nil},
	} {
		t.Run(c.about, func(t *testing.T) {
			t.Parallel()
			if got := policy.Roles(c.groups); !slices.Equal(got, c.want) {
				t.Errorf("%q gives %v, want %v", c.groups, got, c.want)
			}
		})
	}
	if got := (access.Policy{}).Roles([]string{"", "readers"}); got != nil {
		t.Errorf("the zero policy gives %v", got)
	}
}

func TestRightsAreTheUnionOfRoles(t *testing.T) {
	t.Parallel()
	generous := policy
	generous.EmployeesDownload = true
	accountant := access.RightsOf(access.View, access.Download, access.Export, access.Review)
	for _, c := range []struct {
		about  string
		policy access.Policy
		roles  []access.Role
		want   access.Rights
	}{
		{"no role", policy, nil, 0},
		{"a role nobody knows", policy, []access.Role{"root", "Admin", ""}, 0},
		{"employee", policy, []access.Role{access.Employee}, access.RightsOf(access.View)},
		{"employee who may download", generous, []access.Role{access.Employee}, access.RightsOf(access.View, access.Download)},
		{"accountant", policy, []access.Role{access.Accountant}, accountant},
		{"admin sees no bill", generous, []access.Role{access.Admin}, access.RightsOf(access.Administer)},
		{"employee and admin", policy, []access.Role{access.Employee, access.Admin}, access.RightsOf(access.View, access.Administer)},
		{"employee and accountant", policy, []access.Role{access.Employee, access.Accountant}, accountant},
	} {
		if got := c.policy.Rights(c.roles); got != c.want {
			t.Errorf("%s: %b, want %b", c.about, got, c.want)
		}
	}
}

func TestSetsHoldWhatWasPutIn(t *testing.T) {
	t.Parallel()
	rights := []access.Right{access.View, access.Download, access.Export, access.Review, access.Administer}
	for i, r := range rights {
		if set := access.RightsOf(r); !set.Has(r) || set.Has(0) {
			t.Errorf("the set of right %d", r)
		}
		for j, other := range rights {
			if i != j && access.RightsOf(r).Has(other) {
				t.Errorf("right %d holds right %d", r, other)
			}
		}
		if (access.Rights(0)).Has(r) {
			t.Errorf("the empty set holds right %d", r)
		}
		if access.RightsOf(r).Has(r | 1<<7) {
			t.Errorf("half of two rights is enough for both")
		}
	}
}

func TestScopes(t *testing.T) {
	t.Parallel()
	var none access.Scope
	if !none.Empty() || none.All() || len(none.Accounts()) != 0 || !access.ScopeOf().Empty() {
		t.Error("the zero scope holds something")
	}
	if all := access.ScopeAll(); !all.All() || all.Empty() || len(all.Accounts()) != 0 {
		t.Error("the scope of all")
	}
	given := []billing.AccountNumber{"2", "1", "2"}
	some := access.ScopeOf(given...)
	given[0] = "9"
	if some.All() || some.Empty() || !slices.Equal(some.Accounts(), []billing.AccountNumber{"1", "2"}) {
		t.Errorf("a scope of two accounts holds %v", some.Accounts())
	}
}

func TestViewersSeeNothingWithoutTheRightTo(t *testing.T) {
	t.Parallel()
	granted := access.ScopeAll()
	for _, c := range []struct {
		about  string
		person access.Person
		sees   bool
		roles  int
	}{
		{"an employee", access.Person{Groups: []string{"readers"}}, true, 1},
		{"an accountant who is admin too", access.Person{Groups: []string{"finance accounting", "Portal-Admins"}}, true, 2},
		{"an admin", access.Person{Groups: []string{"Portal-Admins"}}, false, 1},
		{"somebody without a role", access.Person{Groups: []string{"staff"}}, false, 0},
		{"somebody without a group", access.Person{}, false, 0},
		{"a disabled employee", access.Person{Groups: []string{"readers"}, Disabled: true}, false, 0},
		{"a disabled admin", access.Person{Groups: []string{"Portal-Admins"}, Disabled: true}, false, 0},
	} {
		v := access.NewViewer(c.person, policy, granted)
		if v.Scope().Empty() == c.sees || v.Rights.Has(access.View) != c.sees || len(v.Roles) != c.roles {
			t.Errorf("%s: scope empty %v, rights %b, roles %v", c.about, v.Scope().Empty(), v.Rights, v.Roles)
		}
		if c.person.Disabled && v.Rights != 0 {
			t.Errorf("%s holds rights %b", c.about, v.Rights)
		}
	}
	if scope := (access.Viewer{}).Scope(); !scope.Empty() {
		t.Error("the zero viewer sees something")
	}
	if v := access.NewViewer(access.Person{Groups: []string{"readers"}}, policy, access.Scope{}); !v.Scope().Empty() {
		t.Error("a role alone shows accounts")
	}
}

func TestSessionsEndAfterIdlenessAndInAnyCase(t *testing.T) {
	t.Parallel()
	begun := time.Date(2026, 9, 15, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		about   string
		seen    time.Duration // after begun
		now     time.Duration
		expired bool
	}{
		{"just begun", 0, 0, false},
		{"shortly before the idle time", time.Hour, time.Hour + 30*time.Minute - 1, false},
		{"at the idle time", time.Hour, time.Hour + 30*time.Minute, true},
		{"busy until shortly before the limit", 10*time.Hour - 2, 10*time.Hour - 1, false},
		{"busy at the limit", 10*time.Hour - 1, 10 * time.Hour, true},
	} {
		s := access.Session{CreatedAt: begun, SeenAt: begun.Add(c.seen)}
		if got := s.Expired(begun.Add(c.now), access.SessionLimits{Idle: 30 * time.Minute, Max: 10 * time.Hour}); got != c.expired {
			t.Errorf("%s: %v", c.about, got)
		}
	}
}

func TestPeopleAreShownByTheBestNameKnown(t *testing.T) {
	t.Parallel()
	p := access.Person{ID: 7, Subject: "u-7"}
	for _, want := range []string{"u-7", "ada@example.com", "Ada Okafor"} {
		switch want {
		case "ada@example.com":
			p.Email = want
		case "Ada Okafor":
			p.Name = want
		}
		if p.DisplayName() != want || access.ActorName(p) != "person:7 "+want {
			t.Errorf("%q, %q", p.DisplayName(), access.ActorName(p))
		}
	}
}

func TestAProofOfTheFutureIsNone_A14(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)
	for ago, want := range map[time.Duration]bool{
		0: true, 15 * time.Minute: true, 15*time.Minute + time.Second: false, -time.Minute: true, -61 * time.Second: false, -24 * time.Hour: false,
	} {
		if got := (access.Session{ProvedAt: now.Add(-ago)}).Proved(now, 15*time.Minute); got != want {
			t.Errorf("proved %s ago counts: %v", ago, got)
		}
	}
	if (access.Session{}).Proved(now, 15*time.Minute) {
		t.Error("no proof counts")
	}
}
