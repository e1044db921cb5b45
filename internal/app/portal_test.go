package app_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"billportal/internal/app"

	_ "modernc.org/sqlite" // the driver of the portal's database
)

// portal is a running demo.
type portal struct {
	url, dir string
	told     string // what the demo printed
	log      *output
	stop     func() error // ends the demo and returns its error; once
}

// output is what a command prints, readable while it runs.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

var printedURL = regexp.MustCompile(`(?m)^ +(http://127\.0\.0\.1:\d+)$`)

// startDemo runs the demo in a folder and learns its address from what it prints.
func startDemo(t testing.TB, dir string) *portal {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	stdout, stderr := &output{}, &output{}
	ended := make(chan error, 1)
	go func() {
		command := app.Command{Stdout: stdout, Stderr: stderr, Version: "test", Now: clock}
		ended <- app.Demo(ctx, command, app.DemoOptions{Data: dir, Addr: "127.0.0.1:0"})
	}()
	p := &portal{dir: dir, log: stderr, stop: sync.OnceValue(func() error {
		cancel()
		return <-ended
	})}
	await(t, "the demo prints its address and answers", func() (bool, error) {
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("the demo ended: %v\n%s", err, stderr)
		default:
		}
		found := printedURL.FindStringSubmatch(stdout.String())
		if found == nil {
			return false, errors.New("nothing printed yet")
		}
		p.url, p.told = found[1], stdout.String()
		return answers(p.url)
	})
	return p
}

// answers reports whether a portal is ready.
func answers(url string) (bool, error) {
	ready, err := http.Get(url + "/readyz")
	if err != nil {
		return false, err
	}
	return ready.StatusCode == http.StatusOK, ready.Body.Close()
}

// shared is the portal that tests read and leave as it is.
var shared struct {
	sync.Mutex
	portal   *portal
	snapshot string                    // a database with a whole copy, before anybody came
	browsers map[string]http.CookieJar // by subject; see known
}

// reading is the shared portal, its copy whole.
func reading(t testing.TB) *portal {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.portal == nil {
		shared.snapshot = fill(t)
		dir := folder(t)
		copyFile(t, shared.snapshot, filepath.Join(dir, "portal.db"))
		shared.portal = startDemo(t, dir)
		shared.browsers = map[string]http.CookieJar{}
	}
	return shared.portal
}

// fill makes a database with the commands that a company begins with, and returns
// its path. The commands are the ordinary program, which is many times as fast as
// tests with the race detector.
func fill(t testing.TB) string {
	t.Helper()
	dir := folder(t)
	_, environ := simulated(t, dir)
	run(t, 0, environ, "import", "accounts", written(t, world.RegisterCSV()))
	run(t, 0, environ, "import", "grants", written(t, world.GrantsCSV()))
	out, _ := run(t, 0, environ, "sync")
	tells(t, "sync", out, "complete")
	missing := count(t, dir, `SELECT count(*) FROM bills JOIN accounts a ON a.number = account WHERE items <> 'held' AND a.status <> 'hidden'`)
	if missing != 0 {
		t.Fatalf("after sync %d bills have no items", missing)
	}
	if _, err := os.Stat(filepath.Join(dir, "portal.db-wal")); err == nil {
		t.Fatal("part of the database is still in its log")
	}
	return filepath.Join(dir, "portal.db")
}

func stopShared() error {
	if shared.portal == nil {
		return nil
	}
	return shared.portal.stop()
}

// filled is a new data folder with a whole copy, the demo's register and its
// grants, which nobody has signed in to.
func filled(t testing.TB) string {
	t.Helper()
	reading(t)
	dir := folder(t)
	copyFile(t, shared.snapshot, filepath.Join(dir, "portal.db"))
	return dir
}

// changing is a portal of the test's own, its copy whole.
func changing(t testing.TB) *portal {
	t.Helper()
	p := startDemo(t, filled(t))
	t.Cleanup(func() {
		if err := p.stop(); err != nil {
			t.Errorf("the demo ended with %v", err)
		}
	})
	return p
}

// database opens the database of a folder beside whoever else has it open.
func database(t testing.TB, dir string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "portal.db")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// query runs statements on the database of a folder.
func query(t testing.TB, dir, statements string) {
	t.Helper()
	db := database(t, dir)
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), statements); err != nil {
		t.Fatalf("%s: %v", statements, err)
	}
}

// count is the number that a query on the database of a folder returns.
func count(t testing.TB, dir, question string) (n int) {
	t.Helper()
	db := database(t, dir)
	defer db.Close()
	if err := db.QueryRowContext(t.Context(), question).Scan(&n); err != nil {
		t.Fatalf("%s: %v", question, err)
	}
	return n
}

func TestDemoTellsWhatSomebodyNeedsToStart(t *testing.T) {
	t.Parallel()
	p := reading(t)
	for _, part := range []string{
		p.url, p.dir, "Ctrl+C", "Elena Brandt", "Employee", "Amir Haddad", "Accountant", "Ada Okafor", "Admin", "Nour Benali",
	} {
		if !strings.Contains(p.told, part) {
			t.Errorf("the demo does not print %q:\n%s", part, p.told)
		}
	}
}
