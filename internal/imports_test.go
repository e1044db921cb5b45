// Package internal_test holds the tests that guard the architecture: which
// package may know which, and which outside libraries stay where they are.
package internal_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "billportal"

// imports says which of our packages each package may import, by path below the
// module; "." is main. A package that is not here must not exist. Tests are not
// held to it: end-to-end tests join what the product keeps apart.
var imports = map[string][]string{
	".": {"internal/app", "internal/config"},
	"internal/app": {
		"web", "internal/access", "internal/billcache", "internal/billing", "internal/billingapi", "internal/checks",
		"internal/config", "internal/documents", "internal/export", "internal/i18n", "internal/jobs", "internal/ledger",
		"internal/sandbox", "internal/signin", "internal/sqlite",
	},
	"web": {
		"templates", "static", "internal/i18n", "internal/billcache", "internal/signin", "internal/access",
		"internal/billing", "internal/checks", "internal/export", "internal/jobs", "internal/ledger",
	},
	"templates": {"internal/i18n"},
	"internal/billcache": {
		"internal/sqlite", "internal/documents", "internal/billingapi", "internal/checks", "internal/access", "internal/billing",
	},
	"internal/sqlite":     {"internal/access", "internal/billing", "internal/billingapi", "internal/jobs", "internal/ledger"},
	"internal/export":     {"internal/access", "internal/billing", "internal/documents", "internal/ledger"},
	"internal/jobs":       {"internal/ledger"},
	"internal/checks":     {"internal/billing"},
	"internal/billingapi": {"internal/billing"},
	"internal/access":     {"internal/billing"},
	"static":              {},
	"internal":            {},
	"internal/i18n":       {},
	"internal/documents":  {},
	"internal/ledger":     {},
	"internal/signin":     {},
	"internal/config":     {},
	"internal/billing":    {},
	"internal/sandbox":    {}, // its truth must not share our faults

	"internal/sandbox/wirefault": {}, // for tests alone: nobody may import it
}

// confined says where alone an outside package, or any package below it, may be
// imported, and why.
var confined = []struct {
	prefix string
	only   []string
	reason string
}{
	{"github.com/labstack/echo", []string{"web"}, "the move to the next Echo must stay mechanical"},
	{"database/sql", []string{"internal/sqlite"}, "SQL lives in one package"},
	{"modernc.org/sqlite", []string{"internal/sqlite"}, "SQL lives in one package"},
	{"math/rand", []string{"internal/sandbox", "internal/billingapi"}, "what is random elsewhere must not be guessed; pauses between retries may be"},
}

// callers may make HTTP requests. Everything towards the Billing API goes through
// billingapi, which alone knows budget and kill switch.
var callers = []string{"internal/billingapi", "internal/signin", "internal/sandbox"}

// requesters are the names in net/http that make or send a request.
var requesters = []string{"Client", "DefaultClient", "DefaultTransport", "Transport", "NewRequest", "NewRequestWithContext", "Get", "Head", "Post", "PostForm"}

// exact packages count money, in which a float would lose cents.
var exact = []string{"internal/billing", "internal/billingapi", "internal/sqlite", "internal/export", "internal/checks"}

// vague names say nothing about what a package is for.
var vague = []string{"util", "utils", "common", "helpers", "models", "model", "service", "services", "repository", "usecase"}

// testOnly modules must not be linked into the binary.
var testOnly = []string{
	"github.com/PuerkitoBio/goquery", "github.com/chromedp", "github.com/Shopify/toxiproxy", "github.com/rs/zerolog",
	"billportal/internal/sandbox/wirefault", "github.com/tsenart/vegeta",
	"github.com/stretchr/testify", "github.com/getkin/kin-openapi", "github.com/pb33f", "github.com/dexidp/dex", "pgregory.net/rapid",
	"testing", "net/http/httptest",
}

func TestPackagesKeepToTheirPlaces(t *testing.T) {
	t.Parallel()
	for _, violation := range violations(t, "..") {
		t.Error(violation)
	}
}

func TestNoTestLibraryIsInTheBinary(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", ".")
	cmd.Dir = ".."
	cmd.Stderr = os.Stderr
	list, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for dependency := range strings.FieldsSeq(string(list)) {
		for _, library := range testOnly {
			if below(dependency, library) {
				t.Errorf("%s is linked into the binary", dependency)
			}
		}
	}
}

// violations reads every Go file of the module at root that is not a test, and
// returns a sentence for each rule it breaks.
func violations(t *testing.T, root string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		relative = filepath.ToSlash(relative)
		if entry.IsDir() {
			return skip(name, relative, entry.Name())
		}
		if strings.HasSuffix(relative, ".go") && !strings.HasSuffix(relative, "_test.go") {
			broken, err := inFile(name, relative)
			found = append(found, broken...)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// skip leaves out what the go command leaves out: hidden folders, test data and
// other modules.
func skip(name, relative, base string) error {
	if relative == "." {
		return nil
	}
	_, err := os.Stat(filepath.Join(name, "go.mod"))
	if err == nil || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "testdata" || base == "node_modules" {
		return fs.SkipDir
	}
	return nil
}

func inFile(name, relative string) ([]string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	pkg := path.Dir(relative)
	var found []string
	report := func(format string, args ...any) { found = append(found, relative+" "+fmt.Sprintf(format, args...)) }

	allowed, known := imports[pkg]
	if !known {
		report("is in %s, which is not a package of the product", pkg)
	}
	for _, word := range append(strings.Split(pkg, "/"), file.Name.Name) {
		if slices.Contains(vague, word) {
			report("is in a package named %s, which says nothing", word)
			break
		}
	}
	for _, spec := range file.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		if ours := strings.TrimPrefix(imported, module+"/"); ours != imported && !slices.Contains(allowed, ours) {
			report("imports %s", ours)
		}
		for _, rule := range confined {
			if below(imported, rule.prefix) && !slices.Contains(rule.only, pkg) {
				report("imports %s, which only %s may: %s", imported, strings.Join(rule.only, ", "), rule.reason)
			}
		}
	}
	for _, use := range uses(file, pkg) {
		report("%s", use)
	}
	return found, nil
}

// uses finds the identifiers that a package must not use.
func uses(file *ast.File, pkg string) []string {
	httpName := importName(file, "net/http")
	var found []string
	ast.Inspect(file, func(node ast.Node) bool {
		switch n := node.(type) {
		case *ast.SelectorExpr:
			if from, ok := n.X.(*ast.Ident); ok && from.Name == httpName && slices.Contains(requesters, n.Sel.Name) && !slices.Contains(callers, pkg) {
				found = append(found, "uses http."+n.Sel.Name+", which only "+strings.Join(callers, ", ")+" may")
			}
		case *ast.Ident:
			if (n.Name == "float32" || n.Name == "float64") && slices.Contains(exact, pkg) {
				found = append(found, "uses "+n.Name+" where money is counted")
			}
		}
		return true
	})
	return found
}

// importName is how file calls the package at path; empty when it does not.
func importName(file *ast.File, importPath string) string {
	for _, spec := range file.Imports {
		if spec.Path.Value != strconv.Quote(importPath) {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		return path.Base(importPath)
	}
	return ""
}

// below reports whether pkg is prefix or lies below it.
func below(pkg, prefix string) bool {
	return pkg == prefix || strings.HasPrefix(pkg, prefix+"/")
}

// TestTheCheckItselfFindsViolations seeds one violation a time.
func TestTheCheckItselfFindsViolations(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, file, source, want string }{
		{"an import against the table", "internal/billing/a.go", `package billing; import _ "billportal/internal/sqlite"`, "internal/billing/a.go imports internal/sqlite"},
		{"main that reaches past app", "main.go", `package main; import _ "billportal/web"`, "main.go imports web"},
		{"the sandbox borrowing our Money", "internal/sandbox/a.go", `package sandbox; import _ "billportal/internal/billing"`, "internal/sandbox/a.go imports internal/billing"},
		{"a package out of the table", "internal/newthing/a.go", `package newthing`, "internal/newthing/a.go is in internal/newthing, which is not a package of the product"},
		{"a vague package", "internal/util/a.go", `package util`, "internal/util/a.go is in a package named util, which says nothing"},
		{"Echo below the web", "internal/billcache/a.go", `package billcache; import _ "github.com/labstack/echo/v4/middleware"`, "internal/billcache/a.go imports github.com/labstack/echo/v4/middleware, which only web may"},
		{"SQL in the web", "web/a.go", `package web; import _ "database/sql"`, "web/a.go imports database/sql, which only internal/sqlite may"},
		{"guessable randomness", "internal/signin/a.go", `package signin; import _ "math/rand/v2"`, "internal/signin/a.go imports math/rand/v2, which only internal/sandbox"},
		{"a call past the door", "internal/billcache/a.go", `package billcache; import h "net/http"; var _ = h.DefaultClient`, "internal/billcache/a.go uses http.DefaultClient"},
		{"a float among money", "internal/export/a.go", `package export; var rate float64`, "internal/export/a.go uses float64 where money is counted"},
		{"nothing wrong", "web/a.go", `package web; import ("net/http"; _ "billportal/internal/billing"); var _ http.Handler; var share float64`, ""},
		{"a test that joins everything", "internal/billing/a_test.go", `package billing_test; import _ "billportal/internal/app"`, ""},
		{"test data", "web/testdata/util/a.go", `package util`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			name := filepath.Join(root, c.file)
			if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(c.source), 0o600); err != nil {
				t.Fatal(err)
			}
			found := violations(t, root)
			if got := strings.Join(found, "\n"); c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

// TestTheTableNamesOnlyItself keeps a misspelt name from allowing nothing quietly.
func TestTheTableNamesOnlyItself(t *testing.T) {
	t.Parallel()
	for pkg, allowed := range imports {
		for _, name := range allowed {
			if _, known := imports[name]; !known {
				t.Errorf("%s may import %s, which is not in the table", pkg, name)
			}
		}
	}
}
