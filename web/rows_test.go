package web_test

import (
	"bufio"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// leftOut are the rows without a test, and why there is none.
var leftOut = map[string]string{
	"F4":  "archives, and limits of exports by person and day, come with the packs of a month",
	"L6":  "the copy of the ledger that leaves the machine comes with operation of the portal",
	"D4":  "nothing is purged yet, and PORTAL_RETENTION_MONTHS warns of that",
	"C5":  "the bill of materials and the check for known vulnerabilities come with releases",
	"C6":  "the list of expensive functions comes with archives and jobs",
	"O7":  "there is no background work for people yet, only syncing, which serves nobody in particular",
	"O19": "there are no archives yet",
	"O22": "there is no XLSX yet",
}

// promised reads the ids of the rows.
func promised(t *testing.T) []string {
	t.Helper()
	file, err := os.Open("testdata/rows.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var ids []string
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		id, statement, _ := strings.Cut(line, " ")
		if statement == "" || slices.Contains(ids, id) {
			t.Errorf("the line %q says nothing or is there twice", line)
		}
		ids = append(ids, id)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return ids
}

// tested lists the tests of every package below root by the ids in their names.
func tested(t *testing.T, root string) map[string][]string {
	t.Helper()
	tests := map[string][]string{}
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && name != root && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata") {
			return fs.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, test := range testsOf(file) {
			for _, id := range strings.Split(test, "_")[1:] {
				tests[id] = append(tests[id], test)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return tests
}

// testsOf names the tests and fuzz targets of a file.
func testsOf(file *ast.File) (names []string) {
	for _, declared := range file.Decls {
		f, ok := declared.(*ast.FuncDecl)
		if ok && f.Recv == nil && (strings.HasPrefix(f.Name.Name, "Test") && f.Name.Name != "TestMain" || strings.HasPrefix(f.Name.Name, "Fuzz")) {
			names = append(names, f.Name.Name)
		}
	}
	return names
}

func TestEveryRowHasATestOrAReason(t *testing.T) {
	t.Parallel()
	rows, tests := promised(t), tested(t, "..")
	if len(rows) < 145 {
		t.Fatalf("only %d rows were read", len(rows))
	}
	for _, id := range rows {
		reason, left := leftOut[id]
		switch {
		case left && len(tests[id]) > 0:
			t.Errorf("%s is tested by %v and left out because %s", id, tests[id], reason)
		case !left && len(tests[id]) == 0:
			t.Errorf("%s has neither a test nor a reason to have none", id)
		}
	}
	for id, names := range tests {
		if !slices.Contains(rows, id) {
			t.Errorf("%v name the row %s, which does not exist", names, id)
		}
	}
	for id := range leftOut {
		if !slices.Contains(rows, id) {
			t.Errorf("%s is left out and does not exist", id)
		}
	}
}
