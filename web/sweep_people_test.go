package web_test

import (
	"crypto/rand"
	"database/sql"
	"slices"
	"strings"
	"testing"
	"time"

	"billportal/internal/access"
	"billportal/internal/ledger"
	"billportal/internal/sandbox"
	"billportal/web"
)

// visitor is somebody who asks for every route.
type visitor struct {
	name   string
	groups []string
	side   string // letters of the accounts that grants open
	rights access.Rights
	roles  bool
	alive  bool // whether their session counts
	person access.Person
	web.Opening
	sessionID string
}

// Rights as roles give them in the sweep's world.
var (
	employee   = access.RightsOf(access.View)
	accountant = access.RightsOf(access.View, access.Download, access.Export, access.Review)
	admin      = access.RightsOf(access.Administer)
)

// visitors are the people of the sweep. Their groups of the identity provider carry
// role and grants; the second employee is granted in person.
func visitors() []*visitor {
	const one, two, adminOne = "sweep-one", "sweep-two", "sweep-admin-one"
	return []*visitor{
		{name: "anonymous"},
		{name: "expired", groups: []string{sandbox.GroupAccounting, one}},
		{name: "logged-out", groups: []string{sandbox.GroupAccounting, one}},
		{name: "disabled", groups: []string{sandbox.GroupAccounting, sandbox.GroupAdmins, one}},
		{name: "no-role", groups: []string{"sweep-nothing", one}, alive: true},
		{name: "employee-without-grant", groups: []string{sandbox.GroupReaders}, rights: employee, roles: true, alive: true},
		{name: "employee-a", groups: []string{sandbox.GroupReaders, one}, side: sideOne, rights: employee, roles: true, alive: true},
		{name: "employee-b", groups: []string{sandbox.GroupReaders}, side: sideTwo, rights: employee, roles: true, alive: true},
		{name: "accountant-one", groups: []string{sandbox.GroupAccounting, "sweep-unit-one"}, side: sideOne, rights: accountant, roles: true, alive: true},
		{name: "accountant-two", groups: []string{sandbox.GroupAccounting, two}, side: sideTwo, rights: accountant, roles: true, alive: true},
		{name: "admin", groups: []string{sandbox.GroupAdmins}, rights: admin, roles: true, alive: true},
		{name: "admin-with-grant", groups: []string{sandbox.GroupAdmins, sandbox.GroupReaders, adminOne}, side: sideOne, rights: admin | employee, roles: true, alive: true},
		{name: "admin-with-grant-but-no-view", groups: []string{sandbox.GroupAdmins, adminOne}, rights: admin, roles: true, alive: true},
	}
}

// sweepGrants open the sides, in every way in which a grant can.
func sweepGrants() []access.Grant {
	account := func(group, letter string) access.Grant {
		return access.Grant{GranteeKind: access.GranteeGroup, Grantee: group, TargetKind: access.TargetAccount, Target: string(numberOf(letter))}
	}
	unit := func(group, unit string) access.Grant {
		return access.Grant{GranteeKind: access.GranteeGroup, Grantee: group, TargetKind: access.TargetAccountGroup, Target: unitName(unit)}
	}
	person := func(letter string) access.Grant {
		return access.Grant{GranteeKind: access.GranteePerson, Grantee: "quixbody-employee-b", TargetKind: access.TargetAccount, Target: string(numberOf(letter))}
	}
	return []access.Grant{
		account("sweep-one", "A"), account("sweep-one", "K"), account("sweep-one", "H"), unit("sweep-unit-one", "One"), unit("sweep-two", "Two"),
		person("B"), person("M"), account("sweep-admin-one", "A"), unit("sweep-admin-one", "One"),
	}
}

// bodyName is a name that does not begin another's.
func bodyName(v *visitor) string { return "Quixbody " + v.name + " Zed" }

// signInVisitor opens a session for somebody without the way over the provider.
func (w *world) signInVisitor(t *testing.T, v *visitor) {
	t.Helper()
	v.sessionID = "quixsession" + rand.Text()
	opening, err := w.web.Open(v.sessionID)
	if err != nil {
		t.Fatal(err)
	}
	v.Opening = opening
	person := access.Person{
		Issuer: w.sandbox.Issuer, Subject: "quixbody-" + v.name, Name: bodyName(v), Email: v.name + "@quixmail.example", Groups: v.groups,
	}
	session := access.Session{ID: v.sessionID, AskedAt: w.now(), ProvedAt: w.now(), Rights: v.rights, Browser: "test", Address: "127.0.0.1"}
	limits := access.SessionLimits{Idle: time.Hour, Max: 10 * time.Hour}
	if v.person, err = w.db.SignIn(t.Context(), person, session, opening.Hash, limits, ledger.Act{Action: "session.open"}); err != nil {
		t.Fatal(err)
	}
}

// people brings the visitors in: one session has expired when they are all there, one
// has ended, and one is of somebody who was disabled since.
func (w *world) people(t *testing.T, all []*visitor) {
	t.Helper()
	for _, v := range all {
		switch v.name {
		case "anonymous":
			continue
		case "expired":
			w.signInVisitor(t, v)
			w.ahead.Add(int64(50 * time.Minute))
		default:
			w.signInVisitor(t, v)
		}
		w.canary("person "+v.name, "name of "+v.name, bodyName(v))
		w.canary("person "+v.name, "session of "+v.name, v.sessionID)
		w.canary("person "+v.name, "e-mail of "+v.name, v.name+"@quixmail")
	}
	if _, _, err := w.db.AddGrants(t.Context(), ledger.Act{Actor: "test", Action: "grant.add"}, sweepGrants(), false); err != nil {
		t.Fatal(err)
	}
}

// settle ends the sessions that are not to count, after everybody has come.
func (w *world) settle(t *testing.T, all []*visitor) {
	t.Helper()
	w.ahead.Add(int64(11 * time.Minute))
	for _, v := range all {
		switch v.name {
		case "logged-out":
			if err := w.db.EndSession(t.Context(), v.Hash, ledger.Act{Actor: "test", Action: "session.end"}); err != nil {
				t.Fatal(err)
			}
		case "disabled":
			w.disableInPlace(t, v.person)
		}
	}
	w.sandbox.API.ForgetRequests()
}

// disableInPlace disables somebody whose session stays in the database, which
// SetDisabled would not leave there: that nobody asks with it must not be all that
// keeps them out.
func (w *world) disableInPlace(t *testing.T, p access.Person) {
	t.Helper()
	db, err := sql.Open("sqlite", w.path+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), `UPDATE people SET disabled = 1 WHERE id = ?`, p.ID); err != nil {
		t.Fatal(err)
	}
}

// may reports whether somebody may read what a canary belongs to: bills by grants,
// what the register says of an account by grants or as an admin, people as an admin.
func (v *visitor) may(c canary) bool {
	kind, of, _ := strings.Cut(c.of, " ")
	if !v.alive {
		return false
	}
	switch kind {
	case "bill":
		return strings.Contains(v.side, of)
	case "sum":
		return of == v.side
	case "register":
		return v.rights.Has(access.Administer) || v.rights.Has(access.View) && strings.ContainsAny(v.side, of)
	case "person":
		return v.rights.Has(access.Administer) || v.name == of
	}
	return false
}

// named begin what the ledger says of the bills that people opened: which they were,
// and nothing that stands in them.
var named = []string{"id of ", "number of ", "digest of "}

// may reports whether a cell's answer may tell a canary. The ledger names the bills
// that people opened, to admins.
func (c cell) may(bird canary) bool {
	if c.person.may(bird) {
		return true
	}
	return c.person.alive && c.person.rights.Has(access.Administer) && strings.HasPrefix(c.line.pattern, "/admin/ledger") &&
		slices.ContainsFunc(named, func(kind string) bool { return strings.HasPrefix(bird.what, kind) })
}

func (v *visitor) has(rights []access.Right) bool {
	return !slices.ContainsFunc(rights, func(r access.Right) bool { return !v.rights.Has(r) })
}
