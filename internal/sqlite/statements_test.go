package sqlite_test

import (
	"os"
	"strings"
	"testing"
)

func TestStatementsAreWrittenAndNeverMade_V3(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), ".go") && !strings.HasSuffix(entry.Name(), "_test.go") {
			content, err := os.ReadFile(entry.Name())
			if err != nil {
				t.Fatal(err)
			}
			files[entry.Name()] = string(content)
		}
	}
	s := readStatements(t, files)
	for _, text := range s.found {
		t.Errorf("%s is not written in the source: bind what is a value, or choose among texts that are", text)
	}
	if s.seen < 100 {
		t.Errorf("only %d statements were followed", s.seen)
	}
}

func TestAStatementThatIsMadeIsFound_V3(t *testing.T) {
	t.Parallel()
	for source, faulty := range map[string]bool{
		`func a(db D, id string) { db.QueryContext(ctx, "SELECT 1 WHERE id = '" + id + "'") }; func b(db D, in R) { a(db, in.Form()) }`:     true,
		`func a(db D, in R) { db.ExecContext(ctx, fmt.Sprintf("DELETE FROM %s", in.table)) }`:                                               true,
		`func a(db D, in R) { order := "id"; if in.sort != "" { order = in.sort }; db.QueryContext(ctx, "SELECT 1 ORDER BY " + order) }`:    true,
		`func a(c clause, in R) { c.and("x = " + in.value) }`:                                                                               true,
		`func a(in R) clause { return clause{sql: in.value} }`:                                                                              true,
		`func a(db D, in R) { add := func(x string) { db.ExecContext(ctx, x) }; add(in.value) }`:                                            true,
		`func a(db D, id string) { db.QueryContext(ctx, "SELECT 1 WHERE id = ?", id) }`:                                                     false,
		`const cols = "a, b"; func a(db D) { order := "a"; order += ", b"; db.QueryContext(ctx, "SELECT " + cols + " ORDER BY " + order) }`: false,
		`func a() (string, int) { return "SELECT 1", 2 }; func b(db D) { q, n := a(); db.QueryContext(ctx, q, n) }`:                         false,
		`func a(db D, w string) { db.ExecContext(ctx, "DELETE " + w) }; func b(db D) { a(db, "WHERE 1") }`:                                  false,
	} {
		s := readStatements(t, map[string]string{"a.go": "package a\n" + source})
		if got := len(s.found) > 0; got != faulty {
			t.Errorf("%s\nfound %q, though faulty is %v", source, s.found, faulty)
		}
	}
}
