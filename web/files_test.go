package web_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"billportal/internal/ledger"
	"billportal/internal/sandbox"
)

// functionsOf are the functions of the package outside of its tests, by name.
func functionsOf(t *testing.T) map[string]*ast.FuncDecl {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	functions := map[string]*ast.FuncDecl{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
				functions[name+" "+f.Name.Name] = f
			}
		}
	}
	return functions
}

// names reports whether a function calls something by a name, or holds a text.
func names(f *ast.FuncDecl, word string) bool {
	found := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			found = found || n.Name == word
		case *ast.BasicLit:
			found = found || n.Value == `"`+word+`"`
		}
		return true
	})
	return found
}

// TestEveryFileIsSentUnderWatch_S9 reads the sources: whoever attaches a file, or
// names one, sends it so that it is broken off with the right to it.
func TestEveryFileIsSentUnderWatch_S9(t *testing.T) {
	t.Parallel()
	sent := 0
	for name, f := range functionsOf(t) {
		switch f.Name.Name {
		case "attach", "handleError": // the helper itself, and what takes the name away again
			continue
		}
		if !names(f, "attach") && !names(f, "Content-Disposition") {
			continue
		}
		sent++
		if !names(f, "sendWhile") {
			t.Errorf("%s sends a file that nobody watches", name)
		}
	}
	if sent < 5 {
		t.Errorf("only %d functions send files", sent)
	}
}

// TestTheLedgerStopsWithTheRightToIt_S9 ends the session of an admin who reads a
// large ledger slowly.
func TestTheLedgerStopsWithTheRightToIt_S9(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	ticks := make(chan time.Time)
	s.web.Recheck(ticks)
	s.tight.Store(true)
	ada := s.as(t, sandbox.SubjectAdmin)
	s.records(t, ledger.Act{Actor: "portal", Action: "account.hide", Detail: strings.Repeat("x", largeSize)})
	whole := s.get(t, ada, "/admin/ledger.csv")
	response := s.begin(t, ada, "/admin/ledger.csv")
	s.look(t, ticks)
	if _, err := s.db.EndSessionsOf(t.Context(), s.person(t, sandbox.SubjectAdmin).ID, "", testAct); err != nil {
		t.Fatal(err)
	}
	n, err := s.lookOn(response, ticks)
	if err == nil || 1000+n >= int64(len(whole.body)) || len(whole.body) < largeSize {
		t.Errorf("%d of %d bytes arrive, and the end is %v", 1000+n, len(whole.body), err)
	}
}
