package i18n

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		header         string
		fallback, want Lang
	}{
		{"fr-FR,fr;q=0.9,en;q=0.8", En, Fr}, {"de,en-US;q=0.7,fr;q=0.3", Fr, En}, {"fr;q=0.2,en;q=0.9", Fr, En},
		{"de-CH", Fr, Fr}, {"", Fr, Fr}, {"*", En, En}, {";;;q=x", En, En}, {"fr-CA", En, Fr}, {"fr;q=0", En, En},
	} {
		if got := Match(c.header, c.fallback); got != c.want {
			t.Errorf("%q: %s, want %s", c.header, got, c.want)
		}
	}
}

func TestForAndParse(t *testing.T) {
	if For("xx") != For(En) {
		t.Error("an unknown language does not read English")
	}
	if lang, ok := Parse(" FR "); !ok || lang != Fr {
		t.Error("FR is not French")
	}
	if _, ok := Parse("de"); ok {
		t.Error("German is spoken")
	}
}

func TestPlurals(t *testing.T) {
	for _, c := range []struct {
		lang Lang
		n    int
		want string
	}{
		{En, 0, "0 bills"}, {En, 1, "1 bill"}, {En, 2, "2 bills"}, {En, 12345, "12,345 bills"},
		{Fr, 0, "0 facture"}, {Fr, 1, "1 facture"}, {Fr, 2, "2 factures"}, {Fr, 12345, "12" + nn + "345 factures"}, {Fr, 1_000_000, "1" + nn + "000" + nn + "000 factures"},
	} {
		if got := For(c.lang).N("count.bills", c.n); got != c.want {
			t.Errorf("%s %d: %q, want %q", c.lang, c.n, got, c.want)
		}
	}
}

func TestArgumentsAreInsertedOnce(t *testing.T) {
	if got := fill("{0} and {1}", []any{"{1}", "{0}"}, ""); got != "{1} and {0}" {
		t.Errorf("%q", got)
	}
	if got := For(En).S("no.such.key"); got != "no.such.key" {
		t.Errorf("%q", got)
	}
	if got := For(En).N("no.such.key", 2); got != "no.such.key" {
		t.Errorf("%q", got)
	}
}

func TestCatalogueRefusesWhatItCannotRead(t *testing.T) {
	for _, raw := range []string{"no equals sign", "a = 1\na = 2"} {
		if err := parseCatalogue(make(map[string]string), raw); err == nil {
			t.Errorf("%q was read", raw)
		}
	}
}

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

func TestBothLanguagesSayTheSame(t *testing.T) {
	en, fr := For(En).messages, For(Fr).messages
	for _, key := range slices.Sorted(maps.Keys(en)) {
		text, ok := fr[key]
		if !ok {
			t.Errorf("%s has no French text", key)
			continue
		}
		want, got := placeholder.FindAllString(en[key], -1), placeholder.FindAllString(text, -1)
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) {
			t.Errorf("%s takes %v in English and %v in French", key, want, got)
		}
	}
	for key := range fr {
		if _, ok := en[key]; !ok {
			t.Errorf("%s has no English text", key)
		}
	}
}

// Sources name texts as the first argument of S, N, or a helper t that passes it on. A literal that ends
// in a dot and is added to something stands for every key that begins with it.
var (
	call    = regexp.MustCompile(`\b[SNt]\(\s*"([a-z0-9._-]+)"(\s*\+)?`)
	literal = regexp.MustCompile(`"([a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*\.?)"`)
)

func TestEveryTextIsThereAndUsed(t *testing.T) {
	sources := readSources(t, "../../templates", "../../web")
	messages := For(En).messages
	for _, found := range call.FindAllStringSubmatch(sources, -1) {
		key, prefix := found[1], found[2] != ""
		if !prefix && messages[key] == "" && messages[key+".other"] == "" {
			t.Errorf("%s is used and does not exist", key)
		}
	}
	named := make(map[string]bool)
	for _, found := range literal.FindAllStringSubmatch(sources, -1) {
		named[found[1]] = true
	}
	for _, key := range slices.Sorted(maps.Keys(messages)) {
		if !used(key, named) {
			t.Errorf("%s is used nowhere", key)
		}
	}
}

// TestEveryTextGetsItsArguments counts the arguments of every call that names its
// text, in the generated code of the templates as well.
func TestEveryTextGetsItsArguments(t *testing.T) {
	before := map[string]int{"S": 1, "t": 1, "N": 2} // arguments that fill no placeholder
	calls := 0
	for _, name := range goFiles(t, "../../templates", "../../web") {
		parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			call, isCall := n.(*ast.CallExpr)
			if !isCall || call.Ellipsis.IsValid() || len(call.Args) == 0 {
				return true
			}
			method, isMethod := call.Fun.(*ast.SelectorExpr)
			key, isText := call.Args[0].(*ast.BasicLit)
			if isMethod && isText && before[method.Sel.Name] > 0 {
				calls++
				if got, want := len(call.Args)-before[method.Sel.Name], placeholders(strings.Trim(key.Value, `"`)); got != want {
					t.Errorf("%s: %s gets %d arguments instead of %d", name, key.Value, got, want)
				}
			}
			return true
		})
	}
	if calls < 200 {
		t.Errorf("only %d calls were found", calls)
	}
}

// placeholders is how many arguments a text takes.
func placeholders(key string) int {
	messages, n := For(En).messages, 0
	for text := messages[key] + messages[key+".one"] + messages[key+".other"]; strings.Contains(text, "{"+strconv.Itoa(n)+"}"); {
		n++
	}
	return n
}

// goFiles are the Go files of directories, without their tests.
func goFiles(t *testing.T, dirs ...string) []string {
	t.Helper()
	var files []string
	for _, dir := range dirs {
		names, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, names...)
	}
	return slices.DeleteFunc(files, func(name string) bool { return strings.HasSuffix(name, "_test.go") })
}

// used reports whether a key is named in the sources: itself, without its plural form, or by a prefix
// that ends in a dot.
func used(key string, named map[string]bool) bool {
	base := strings.TrimSuffix(strings.TrimSuffix(key, ".one"), ".other")
	if named[key] || named[base] {
		return true
	}
	for i, r := range base {
		if r == '.' && named[base[:i+1]] {
			return true
		}
	}
	return false
}

// readSources joins the hand-written sources of directories that exist. Tests and generated code do not
// count as use.
func readSources(t *testing.T, dirs ...string) string {
	t.Helper()
	var b strings.Builder
	for _, dir := range dirs {
		for _, pattern := range []string{"*.go", "*.templ"} {
			names, err := filepath.Glob(filepath.Join(dir, pattern))
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range names {
				if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_templ.go") {
					continue
				}
				raw, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				b.Write(raw)
			}
		}
	}
	return b.String()
}

// TestFrenchPunctuationStaysWithItsWord looks for a space that a line may break at, or none, before the
// marks that French sets apart, and inside of its quotation marks.
func TestFrenchPunctuationStaysWithItsWord(t *testing.T) {
	loose := regexp.MustCompile(`[^\x{A0}\x{202F}][:;!?»]|^[:;!?»]|«[^\x{A0}\x{202F}]|«$`)
	for text, wrong := range map[string]bool{
		"par {1} : {2}": true, "par {1}: {2}": true, "«{0}»": true, "« {0} »": true, "par {1}\u00a0: {2}": false, "«\u202f{0}\u202f»": false,
	} {
		if loose.MatchString(text) != wrong {
			t.Errorf("%q: the check is wrong", text)
		}
	}
	for key, text := range For(Fr).messages {
		if at := loose.FindString(text); at != "" {
			t.Errorf("%s has %q in %q", key, at, text)
		}
	}
}
