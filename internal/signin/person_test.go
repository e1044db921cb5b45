package signin_test

import (
	"errors"
	"strings"
	"testing"

	"billportal/internal/access"
	"billportal/internal/signin"
)

// What names a person is issuer and subject, byte for byte. Everything else may
// be chosen by the person, or given to somebody else later.
func TestAPersonIsIssuerAndSubject_A9_case10_case11_pitfall8(t *testing.T) {
	t.Parallel()
	signIn := func(claims func(object)) (*fakeProvider, signin.Identity) {
		f := newFake(t)
		f.claims = claims
		id, err := f.signIn(f.portal())
		if err != nil {
			t.Fatal(err)
		}
		if id.Issuer != f.URL {
			t.Errorf("issuer = %q, want %q", id.Issuer, f.URL)
		}
		return f, id
	}
	for name, subject := range map[string]string{
		"a number":        "1",
		"a role":          "admin",
		"another's mail":  "ada@example.com",
		"an owl":          "🦉",
		"composed":        "é",
		"decomposed":      "e\u0301",
		"upper case":      "SUBJECT-1",
		"blanks":          " subject-1 ",
		"as long as can":  strings.Repeat("x", 255),
		"looks like SQL":  "' OR 1=1 --",
		"looks like path": "../../admin",
	} {
		_, id := signIn(set(object{"sub": subject, "email": "ada@example.com", "preferred_username": "admin", "name": "Ada Lovelace"}))
		if id.Subject != subject {
			t.Errorf("%s: subject = %q, want %q byte for byte", name, id.Subject, subject)
		}
	}
	_, before := signIn(nil)
	_, after := signIn(set(object{"email": "other@example.com", "name": "Somebody Else", "email_verified": false}))
	if before.Subject != after.Subject || before.Email == after.Email {
		t.Errorf("the same person with another address: %q, then %q", before.Subject, after.Subject)
	}
}

func TestASubjectThatNamesNobodyIsRefused_A9(t *testing.T) {
	t.Parallel()
	for name, subject := range map[string]any{
		"2 KiB": strings.Repeat("x", 2048), "256 bytes": strings.Repeat("x", 256), "empty": "", "null": nil,
		"a real number": 1, "a list": []string{"subject-1"}, "a line break": "a\nb", "NUL": "a\x00", "DEL": "a\x7f",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.claims = set(object{"sub": subject})
			if id, err := f.signIn(f.portal()); !errors.Is(err, signin.ErrToken) || id.Subject != "" {
				t.Errorf("subject = %q, error = %v; want ErrToken and nobody", id.Subject, err)
			}
		})
	}
}

// Groups that are not exactly the ones that the company named give no role.
func TestOddGroupsGiveNoRole_A10_pitfall9(t *testing.T) {
	t.Parallel()
	policy := access.Policy{Groups: map[access.Role][]string{
		access.Employee: {"staff"}, access.Accountant: {"finance"}, access.Admin: {"admins"},
	}}
	hidden := make([]any, 10_000)
	for i := range hidden {
		hidden[i] = "x"
	}
	hidden[5000] = "admins"
	for name, c := range map[string]struct {
		claim func(object)
		roles int
		loud  bool // NoGroups says why
	}{
		"exactly":            {set(object{"groups": []string{"admins"}}), 1, false},
		"absent":             {drop("groups"), 0, true},
		"other case":         {set(object{"groups": []string{"Admins", "ADMINS"}}), 0, false},
		"blanks":             {set(object{"groups": []string{"admins ", " admins", "admins\u00a0"}}), 0, false},
		"a look-alike":       {set(object{"groups": []string{"аdmins", "admins\u200b", "ａｄｍｉｎｓ"}}), 0, false},
		"a list in a string": {set(object{"groups": "staff,admins"}), 0, false},
		"JSON in a string":   {set(object{"groups": `["admins"]`}), 0, false},
		"a path":             {set(object{"groups": []string{"/admins", "CN=admins,DC=example"}}), 0, false},
		"nested":             {set(object{"groups": []any{[]string{"admins"}}}), 0, true},
		"an object":          {set(object{"groups": object{"admins": true}}), 0, true},
		"half right":         {set(object{"groups": []any{"admins", 1}}), 0, true},
		"ten thousand":       {set(object{"groups": hidden}), 0, true},
		"a pointer": {func(c object) {
			delete(c, "groups")
			c["_claim_names"], c["_claim_sources"] = object{"groups": "s"}, object{"s": object{"endpoint": "https://graph.example.com"}}
		}, 0, true},
		"another claim":       {func(c object) { delete(c, "groups"); c["Groups"], c["roles"] = []string{"admins"}, []string{"admins"} }, 0, true},
		"a control character": {set(object{"groups": []string{"admins\n"}}), 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.claims = c.claim
			id, err := f.signIn(f.portal())
			if err != nil {
				t.Fatal(err)
			}
			if roles := policy.Roles(id.Groups); len(roles) != c.roles {
				t.Errorf("groups %.100q give roles %q, want %d", id.Groups, roles, c.roles)
			}
			if loud := id.NoGroups != ""; loud != c.loud {
				t.Errorf("reason for the log = %q, want one = %t", id.NoGroups, c.loud)
			}
		})
	}
}
