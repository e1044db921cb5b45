package web_test

import (
	"html"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"billportal/internal/access"
	"billportal/internal/sandbox"
)

// field is something that some may read and others may not.
type field struct {
	text    string
	readers []string
}

// fields are one thing of each kind that the portal knows, and who may read it.
func (f *furnished) fields() map[string]field {
	employee, accountant, admin := sandbox.SubjectEmployee, sandbox.SubjectAccountant, sandbox.SubjectAdmin
	all := map[string]field{
		"the number of a bill of hers":      {string(f.own[0].Number), []string{employee, accountant}},
		"the number of a bill of others":    {string(f.foreign[0].Number), []string{accountant}},
		"an item of a bill of hers":         {"Line of " + string(f.own[0].Number), []string{employee, accountant}},
		"an item of a bill of others":       {"Line of " + string(f.foreign[0].Number), []string{accountant}},
		"an order of a bill of others":      {"canary-order", []string{accountant}},
		"an amount of a bill of others":     {"7,654,321.09", []string{accountant}},
		"the same amount in a file":         {"7654321.09", []string{accountant}},
		"the name of an account of hers":    {siteName + string(ownAccount), []string{employee, accountant, admin}},
		"the name of an account of others":  {siteName + string(foreignAccount), []string{accountant, admin}},
		"a cost centre of an account":       {"canary-cost-centre", []string{admin}},
		"why somebody is disabled":          {"canary-reason", []string{admin}},
		"a group that nobody here is in":    {"canary-group", []string{admin}},
		"what Orange calls a bill of hers":  {"canary-upstream-own", nil},
		"what Orange calls a foreign bill":  {"canary-upstream-foreign", nil},
		"what Orange sent of a bill":        {"canary-payload", nil},
		"the number of a bill in no scope":  {"canary-quarantined", nil},
		"the nonce of a sign-in":            {"canary-nonce", nil},
		"the tokens of somebody's session":  {"canary-tokens", nil},
		"the reference of somebody's grant": {"canary-grantor", []string{admin}},
	}
	for _, p := range f.sim.Identity.Personas() {
		all["the e-mail address of "+p.Name] = field{p.Email, []string{p.Subject, admin}}
		all["the name of "+p.Name] = field{p.Name, []string{p.Subject, admin}}
	}
	return all
}

// plant puts what is in no simulated bill into the database.
func (f *furnished) plant(t *testing.T) {
	t.Helper()
	f.grant(t, "canary-group", access.TargetAccount, string(foreignAccount))
	db := f.other(t)
	for _, statement := range []string{
		`UPDATE bills SET purchase_order = 'canary-order', gross = '7654321.09', gross_units = 76543210900 WHERE id = '` + string(f.foreign[0].ID) + `'`,
		`UPDATE bills SET upstream_id = 'canary-upstream-foreign' WHERE id = '` + string(f.foreign[1].ID) + `'`,
		`UPDATE bills SET upstream_id = 'canary-upstream-own' WHERE id = '` + string(f.own[1].ID) + `'`,
		`UPDATE bill_versions SET payload = 'canary-payload'`,
		`UPDATE bills SET account = NULL, quarantine = 'unknown account', number = 'canary-quarantined', number_key = 'CANARYQUARANTINED' WHERE id = '` + string(f.foreign[4].ID) + `'`,
		`UPDATE accounts SET cost_centre = 'canary-cost-centre' WHERE number = '` + string(foreignAccount) + `'`,
		`UPDATE people SET disabled = 1, disabled_why = 'canary-reason', disabled_by = 'portal' WHERE subject = '` + sandbox.SubjectNewcomer + `'`,
		`UPDATE signin_attempts SET nonce = 'canary-nonce'`,
		`UPDATE grants SET granted_by = 'canary-grantor' WHERE grantee = 'canary-group'`,
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// TestFieldsAreForThoseWhoMayReadThem_Z4_O8 opens everything as everybody and looks
// for every field in every byte, shown or not.
func TestFieldsAreForThoseWhoMayReadThem_Z4_O8(t *testing.T) {
	t.Parallel()
	f := furnish(t)
	clients := map[string]*http.Client{}
	for _, subject := range readers {
		clients[subject] = f.browser(t)
		if subject != "" {
			clients[subject] = f.as(t, subject)
		}
	}
	f.get(t, f.browser(t), "/signin/start") // leaves an attempt
	f.plant(t)
	if _, err := f.other(t).ExecContext(t.Context(), `UPDATE sessions SET tokens = CAST('canary-tokens' AS BLOB) WHERE person = (SELECT id FROM people WHERE subject = ?)`, sandbox.SubjectNewcomer); err != nil {
		t.Fatal(err)
	}
	fields := f.fields()
	seen := map[string]bool{}
	for _, subject := range readers {
		for path, a := range f.crawl(t, clients[subject]) {
			text := a.body + "\n" + html.UnescapeString(a.body)
			for name, values := range a.Header {
				text += name + ": " + strings.Join(values, "\n")
			}
			text = strings.ReplaceAll(text, "\u00a0", " ")
			for what, field := range fields {
				if !strings.Contains(text, field.text) {
					continue
				}
				seen[what] = true
				// The ledger names the bills that people opened, and says no more of them.
				named := subject == sandbox.SubjectAdmin && strings.HasPrefix(path, "/admin/ledger") && strings.HasPrefix(what, "the number of a bill of ")
				if !slices.Contains(field.readers, subject) && !named {
					t.Errorf("%s tells %q %s: %q", path, subject, what, field.text)
				}
			}
		}
	}
	for _, what := range slices.Sorted(maps.Keys(fields)) {
		if !seen[what] && len(fields[what].readers) > 0 && !slices.Contains(fields[what].readers, sandbox.SubjectNewcomer) {
			t.Errorf("nobody was told %s, so it shows nothing", what)
		}
	}
}
