package app_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"billportal/internal/app"
	"billportal/internal/sandbox"
)

// binary is the program as people run it, built once.
var binary = sync.OnceValues(func() (string, error) {
	path := filepath.Join(root, "billportal")
	build := exec.Command("go", "build", "-trimpath", "-o", path, "billportal")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "TMPDIR="+root)
	if out, err := build.CombinedOutput(); err != nil {
		return "", errors.Join(err, errors.New(string(out)))
	}
	return path, nil
})

// program is a command that runs in a folder of its own, in which it must leave
// nothing.
type program struct {
	*exec.Cmd
	stdout, stderr output
	ended          chan struct{}
}

// start runs the program with an environment that holds nothing but the given
// variables, and no folder for temporary files.
func start(t testing.TB, environ []string, args ...string) *program {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	empty := folder(t)
	p := &program{Cmd: exec.Command(path, args...), ended: make(chan struct{})}
	p.Dir = empty
	p.Env = append([]string{"TMPDIR=/nonexistent", "HOME=/nonexistent"}, environ...)
	p.Stdout, p.Stderr = &p.stdout, &p.stderr
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.Wait() // its exit code says the same
		close(p.ended)
	}()
	t.Cleanup(func() {
		p.terminate()
		if left, err := os.ReadDir(empty); err != nil || len(left) > 0 {
			t.Errorf("%v left %v in the folder where it ran: %v", args, left, err)
		}
	})
	return p
}

// terminate ends a program as a supervisor does, and waits for it.
func (p *program) terminate() {
	_ = p.Process.Signal(syscall.SIGTERM) // it may have ended
	<-p.ended
}

// code waits for the end of a program.
func (p *program) code(t testing.TB) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	select {
	case <-p.ended:
	case <-ctx.Done():
		t.Fatalf("%v does not end: %s%s", p.Args[1:], &p.stdout, &p.stderr)
	}
	return p.ProcessState.ExitCode()
}

// run runs the program to its end, which must be the given exit code.
func run(t testing.TB, code int, environ []string, args ...string) (stdout, stderr string) {
	t.Helper()
	p := start(t, environ, args...)
	if got := p.code(t); got != code {
		t.Errorf("%v ended with %d instead of %d:\n%s%s", args, got, code, &p.stdout, &p.stderr)
	}
	return p.stdout.String(), p.stderr.String()
}

// tells fails unless a text holds all parts.
func tells(t testing.TB, what, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s does not tell %q:\n%s", what, part, text)
		}
	}
}

// oneLine fails unless a program said one line for people.
func oneLine(t testing.TB, what, text string) {
	t.Helper()
	if n := strings.Count(text, "\n"); n != 1 || strings.Contains(text, "goroutine") || strings.HasPrefix(text, "{") {
		t.Errorf("%s says %d lines instead of one:\n%s", what, n, text)
	}
}

// simulated is a sandbox and the environment of a portal before it.
func simulated(t testing.TB, dir string) (*sandbox.Sandbox, []string) {
	t.Helper()
	sim, err := sandbox.Start(t.Context(), sandbox.Options{CallsPerMinute: -1, Today: dayZero})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	issued := "BILLING_API_KEY_ISSUED=" + time.Now().Format(time.DateOnly) // commands live today
	return sim, with(app.DemoEnviron(sim, "http://127.0.0.1:9", dir), issued)
}

// with is an environment with some variables changed; one without a value is
// taken out.
func with(environ []string, changes ...string) []string {
	changed := slices.Clone(environ)
	for _, change := range changes {
		name, value, _ := strings.Cut(change, "=")
		changed = slices.DeleteFunc(changed, func(line string) bool { return strings.HasPrefix(line, name+"=") })
		if value != "" {
			changed = append(changed, change)
		}
	}
	return changed
}

func TestVersionIsPrinted(t *testing.T) {
	t.Parallel()
	out, _ := run(t, 0, nil, "version")
	oneLine(t, "version", out)
	tells(t, "version", out, "billportal ")
}

func TestCommandsExplainThemselves(t *testing.T) {
	t.Parallel()
	out, _ := run(t, 0, nil, "--help")
	tells(t, "help", out, "serve", "demo", "sandbox", "sync", "config", "import accounts", "import grants", "verify", "version")
}

func TestConfigPrintsNoSecret(t *testing.T) {
	t.Parallel()
	canaries := []string{
		"PORTAL_SECRET=canary-portal-0123456789abcdefghijkl,canary-rotated-0123456789abcdefghij", "BILLING_CLIENT_SECRET=canary-client",
		"BILLING_API_KEY=canary-key", "OIDC_CLIENT_SECRET=canary-oidc", "BILLING_PROXY=http://canary-user:canary-password@127.0.0.1:3128",
	}
	_, environ := simulated(t, folder(t))
	out, errs := run(t, 0, with(environ, canaries...), "config")
	if strings.Contains(out+errs, "canary") {
		t.Errorf("a secret is printed:\n%s%s", out, errs)
	}
	tells(t, "config", out, "PORTAL_URL", "http://127.0.0.1:9", "BILLING_CLIENT_SECRET", "OIDC_ADMIN_GROUPS", "PORTAL_TIMEZONE", "Europe/Paris")
}

func TestServeNamesEveryVariableThatIsMissing(t *testing.T) {
	t.Parallel()
	_, errs := run(t, 1, []string{"PORTAL_DATA=" + folder(t)}, "serve")
	tells(t, "serve", errs, "PORTAL_URL", "PORTAL_SECRET", "BILLING_CLIENT_ID", "BILLING_CLIENT_SECRET", "BILLING_API_KEY",
		"BILLING_API_KEY_ISSUED", "OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_ADMIN_GROUPS")
}

func TestServeRefusesAWeakSecret(t *testing.T) {
	t.Parallel()
	_, environ := simulated(t, folder(t))
	_, errs := run(t, 1, with(environ, "PORTAL_SECRET=short"), "serve")
	tells(t, "serve", errs, "PORTAL_SECRET")
	if strings.Contains(errs, "short\"") {
		t.Errorf("the secret is repeated: %s", errs)
	}
}

// settled is a folder whose portal has stopped, its copy whole.
func settled(t testing.TB) string {
	t.Helper()
	dir := filled(t)
	if err := os.MkdirAll(filepath.Join(dir, "documents"), 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

// tree lists the files of a folder with their sizes and times, so that what a
// command writes shows. SQLite's own files beside the database come and go.
func tree(t testing.TB, dir string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil && !strings.HasSuffix(path, "-wal") && !strings.HasSuffix(path, "-shm") {
			files = append(files, path+" "+info.ModTime().Format(time.RFC3339Nano))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
