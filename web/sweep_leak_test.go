//go:build !race

package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// mutant is a fault put into a copy of a source file, for one run of tests.
type mutant struct {
	about    string
	file     string // below the root of the module
	old, now string // old stands in the file exactly once
}

// insideMutant keeps the runs that tests start from starting runs of their own.
const insideMutant = "BILLPORTAL_TEST_MUTANT"

// run runs tests of this package with the fault in place of what stands in the tree,
// and returns what they said. Without an error they found nothing.
func (m mutant) run(t *testing.T, tests string, tags ...string) (string, error) {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	original := filepath.Join(root, filepath.FromSlash(m.file))
	source, err := os.ReadFile(original)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(source, []byte(m.old)); n != 1 {
		t.Fatalf("%s: %q stands %d times in %s instead of once: name what to take out there now", m.about, m.old, n, m.file)
	}
	changed := filepath.Join(t.TempDir(), filepath.Base(m.file))
	if err := os.WriteFile(changed, bytes.Replace(source, []byte(m.old), []byte(m.now), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{original: changed}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(file, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	args := append([]string{"test", "-overlay", file, "-count=1", "-run", tests}, tags...)
	cmd := exec.CommandContext(ctx, "go", append(args, "./web")...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), insideMutant+"=1", "GOFLAGS=")
	out, err := cmd.CombinedOutput()
	if strings.Contains(string(out), "[build failed]") || strings.Contains(string(out), "[setup failed]") {
		t.Fatalf("%s does not build:\n%s", m.about, out)
	}
	return string(out), err
}

// TestTheSweepFindsASeededLeak takes the scope out of the query for one bill and has
// the whole sweep run: it must fail, and say what was told on which route.
func TestTheSweepFindsASeededLeak_Z2(t *testing.T) {
	t.Parallel()
	if os.Getenv(insideMutant) != "" {
		t.Skip("this is the run with the leak")
	}
	leak := mutant{
		about: "a bill is read without its scope", file: "internal/sqlite/bill_query.go",
		old: `where := scoped(scope).and("b.id = ?", id)`, now: `where := clause{sql: "b.id = ?", args: []any{id}}`,
	}
	began := time.Now()
	out, err := leak.run(t, "^TestSweep")
	_, sweep, _ := strings.Cut(out, "--- FAIL: TestSweep_")
	t.Logf("after %v:\n--- FAIL: TestSweep_%s", time.Since(began).Round(time.Second), firstLines(sweep, 10))
	if err == nil {
		t.Fatal("the sweep is green though one query has lost its scope")
	}
	for _, said := range []string{"--- FAIL: TestSweep_", "tells the ", " of bill ", "[/bills/:id"} {
		if !strings.Contains(out, said) {
			t.Errorf("the sweep does not say %q", said)
		}
	}
}

func firstLines(text string, n int) string {
	lines := strings.SplitN(text, "\n", n+1)
	for i := range lines {
		lines[i] = lines[i][:min(len(lines[i]), 240)]
	}
	return strings.Join(lines[:min(n, len(lines))], "\n")
}
