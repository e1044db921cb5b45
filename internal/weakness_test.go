package internal_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// guarded packages decide who somebody is and what they may do, and make what must
// not be guessed.
var guarded = []string{"web", "internal/access", "internal/signin", "internal/sqlite", "internal/ledger", "internal/app", "internal/config"}

// keepers are the packages that hold things between requests; what they hold must
// not be able to be somebody's headers or cookies.
var keepers = []string{"internal/billcache", "internal/sqlite", "internal/documents", "internal/billing", "internal/access", "internal/i18n", "templates"}

// weaknesses are what a file of a package must not hold, whoever asks for it.
func weaknesses(file *ast.File, pkg string) (found []string) {
	for _, spec := range file.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		switch {
		case below(imported, "math/rand") && slices.Contains(guarded, pkg):
			found = append(found, "imports "+imported+", which can be guessed")
		case (imported == "net/http" || imported == "net/textproto") && slices.Contains(keepers, pkg):
			found = append(found, "imports "+imported+" and could keep headers of a request")
		case imported == "net/http/pprof" || imported == "expvar":
			found = append(found, "imports "+imported+", which shows the inside of the process")
		case slices.Contains([]string{"crypto/md5", "crypto/sha1", "crypto/des", "crypto/rc4", "unsafe", "plugin"}, imported):
			found = append(found, "imports "+imported)
		}
	}
	tlsName := importName(file, "crypto/tls")
	ast.Inspect(file, func(node ast.Node) bool {
		switch n := node.(type) {
		case *ast.Ident:
			if slices.Contains([]string{"InsecureSkipVerify", "VerifyPeerCertificate", "InsecureIssuerURLContext", "InsecureSkipSignatureCheck"}, n.Name) {
				found = append(found, "uses "+n.Name)
			}
		case *ast.CompositeLit:
			if from, ok := n.Type.(*ast.SelectorExpr); ok && tlsName != "" && fmt.Sprint(from.X) == tlsName && from.Sel.Name == "Config" && !atLeastTLS12(n) {
				found = append(found, "has a tls.Config that does not ask for TLS 1.2 or newer")
			}
		}
		return true
	})
	return found
}

// atLeastTLS12 reports whether a literal tls.Config names the lowest version.
func atLeastTLS12(config *ast.CompositeLit) bool {
	for _, element := range config.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok || fmt.Sprint(pair.Key) != "MinVersion" {
			continue
		}
		version, ok := pair.Value.(*ast.SelectorExpr)
		return ok && (version.Sel.Name == "VersionTLS12" || version.Sel.Name == "VersionTLS13")
	}
	return false
}

// source calls do for every Go file of the product that is not a test.
func source(t *testing.T, root string, do func(relative string, file *ast.File, set *token.FileSet)) {
	t.Helper()
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return skip(name, filepath.ToSlash(relative), entry.Name())
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err == nil {
			do(filepath.ToSlash(relative), file, set)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestNothingWeakensTLSRandomnessOrCaches_K3_K5_case12_case24(t *testing.T) {
	t.Parallel()
	files := 0
	source(t, "..", func(relative string, file *ast.File, _ *token.FileSet) {
		files++
		for _, weakness := range weaknesses(file, path.Dir(relative)) {
			t.Errorf("%s %s", relative, weakness)
		}
	})
	if files < 100 {
		t.Errorf("only %d files were read", files)
	}
	for _, c := range []struct{ pkg, source, want string }{
		{"web", `package web; import _ "math/rand/v2"`, "imports math/rand/v2"},
		{"internal/billcache", `package billcache; import _ "net/http"`, "could keep headers"},
		{"internal/signin", `package signin; import "crypto/tls"; var _ = &tls.Config{}`, "does not ask for TLS 1.2"},
		{"internal/signin", `package signin; import "crypto/tls"; var _ = tls.Config{MinVersion: tls.VersionTLS11}`, "does not ask for TLS 1.2"},
		{"internal/signin", `package signin; import "crypto/tls"; var _ = tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: true}`, "uses InsecureSkipVerify"},
		{"internal/app", `package app; import _ "net/http/pprof"`, "imports net/http/pprof"},
		{"internal/signin", `package signin; import "crypto/tls"; var _ = tls.Config{MinVersion: tls.VersionTLS12}`, ""},
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "a.go", c.source, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if found := strings.Join(weaknesses(file, c.pkg), "; "); c.want == "" && found != "" || !strings.Contains(found, c.want) {
			t.Errorf("in %q is found %q instead of %q", c.source, found, c.want)
		}
	}
}
