//go:build long && !race

package web_test

import (
	"os"
	"strings"
	"testing"
)

// mutants are the places that decide who sees what, each with the decision taken
// out. Those behind which another one stands, so that no request can tell, are the
// matter of the tests of their own package: the scopes of items and documents.
func mutants() []mutant {
	const (
		scopes = "internal/sqlite/scope.go"
		query  = "internal/sqlite/bill_query.go"
	)
	return []mutant{
		{"hidden accounts are in everybody's scope", scopes, `"a.status <> 'hidden' AND a.number IN`, `"a.number IN`},
		{"a scope of accounts holds all", scopes, "a.number IN (SELECT value FROM json_each(?))", "? IS NOT NULL"},
		{"an empty scope holds all", scopes, `clause{sql: "0"}`, `clause{sql: "1"}`},
		{"one bill is read without scope", query, `where := scoped(scope).and("b.id = ?", id)`, `where := clause{sql: "b.id = ?", args: []any{id}}`},
		{"lists and totals are made without scope", query, "where := scoped(scope)\n\tif len(f.Accounts)", "where := clause{sql: \"1\"}\n\tif len(f.Accounts)"},
		{"related bills are read without scope", query, "where := scoped(scope).and(`b.id <> ?", "where := scoped(access.ScopeAll()).and(`b.id <> ?"},
		{"currencies are listed without scope", query, "where := scoped(scope)\n\treturn collect", "where := scoped(access.ScopeAll())\n\treturn collect"},
		{"new bills are listed without scope", query, `where := scoped(scope).and("b.first_seen > ?"`, `where := scoped(access.ScopeAll()).and("b.first_seen > ?"`},
		{"totals are summed without scope", "internal/sqlite/totals.go", "where := matching(scope, f)", "where := matching(access.ScopeAll(), f)"},
		{"months are summed without scope", "internal/sqlite/totals.go", "where := matching(scope, billing.BillFilter{Issued: issued})", "where := matching(access.ScopeAll(), billing.BillFilter{Issued: issued})"},
		{"accounts are listed without scope", "internal/sqlite/accounts.go", "where := scoped(scope)", "where := scoped(access.ScopeAll())"},
		{"accounts' activities are told without scope", "internal/sqlite/activities.go", "where := scoped(scope)", "where := scoped(access.ScopeAll())"},
		{"grants to one group are everybody's", "internal/sqlite/grants.go", "gr.grantee_kind = 'group' AND gr.grantee IN (SELECT value FROM json_each(?2))", "gr.grantee_kind = 'group' AND ?2 IS NOT NULL"},
		{"grants to one person are everybody's", "internal/sqlite/grants.go", "gr.grantee_kind = 'person' AND gr.person = ?1", "gr.grantee_kind = 'person' AND ?1 IS NOT NULL"},
		{"whoever may not view has a scope", "internal/access/person.go", "if v.Rights.Has(View) {", "if true {"},
		{"disabled people are let in", "web/session.go", "case person.Disabled || record.Expired", "case record.Expired"},
		{"expired sessions are let in", "web/session.go", "case person.Disabled || record.Expired(s.now(), s.limits.For(person)):", "case person.Disabled:"},
		{"signatures of cookies are not looked at", "web/session.go", "if err := securecookie.DecodeMulti(name, cookie.Value, &reference, s.codecs...); err != nil {", "if reference = cookie.Value; reference == \"\" {"},
		{"rights are not looked at", "web/middleware.go", "if r.rule.kind == ruleRight && !viewer(c).Rights.Has(r.rule.right) {", "if false {"},
		{"objects are not looked up", "web/middleware.go", "if r.object.find != nil {", "if r.object.find != nil && false {"},
		{"form tokens are not looked at", "web/middleware.go", "if err := s.checkForm(c); err != nil {", "if err := s.checkForm(c); err != nil && false {"},
		{"form tokens may be anybody's", "web/form_token.go", "if subtle.ConstantTimeCompare(unmasked, s.formKey(c, secret)) == 1 {", "if len(secret) > 0 {"},
		{"clients outside are let in", "web/middleware.go", "if err != nil || !contains(", "if err != nil && !contains("},
		{"other sites are let in", "web/sites.go", "if err != nil {\n\t\t\t\treturn &pageError", "if false {\n\t\t\t\treturn &pageError"},
		{"employees download", "web/document.go", "!viewer(c).Rights.Has(access.Download)", "false"},
		{"an account's page is found for everybody", "web/routes.go", `{read, "/admin/accounts/:number", needs(access.Administer)`, `{read, "/admin/accounts/:number", signedIn`},
		{"sessions of others are found", "web/profile.go", "record.ID == c.Param(\"id\")", "true"},
	}
}

// TestTheSweepKillsMutants takes out one decision after the other and has the tests
// of this package run: they must fail each time.
func TestTheSweepKillsMutants_Z2_O13(t *testing.T) {
	if os.Getenv(insideMutant) != "" {
		t.Skip("this is the run of a mutant")
	}
	killed, all := 0, mutants()
	for _, m := range all {
		// The sweep finds most; only what it leaves alive is worth the time of the others.
		out, err := m.run(t, "^Test(Sweep|WhatIsHidden)")
		if err == nil {
			out, err = m.run(t, ".")
		}
		if err == nil {
			t.Errorf("nothing fails though %s", m.about)
			continue
		}
		killed++
		_, failed, _ := strings.Cut(out, "--- FAIL: ")
		t.Logf("killed: %s, by %s", m.about, firstLines(failed, 1))
	}
	t.Logf("%d of %d mutants killed", killed, len(all))
}
