package app_test

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"billportal/internal/app"
	"billportal/internal/sandbox"
)

func TestRequestsThatTakeTooLongDoNotHoldUpTheEnd(t *testing.T) {
	t.Parallel()
	arrived, log := make(chan struct{}), &output{}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	}))
	defer server.Close()
	broken := make(chan error, 1)
	go func() {
		resp, err := http.Get(server.URL)
		if err == nil {
			err = resp.Body.Close()
		}
		broken <- err
	}()
	<-arrived
	if err := app.Stop(t.Context(), server.Config, time.Millisecond, slog.New(slog.NewTextHandler(log, nil))); err != nil {
		t.Errorf("the end is a failure: %v", err)
	}
	if err := <-broken; err == nil {
		t.Error("the request was answered")
	}
	tells(t, "the log", log.String(), "broken off")
}

func TestASecondSignalEndsTheProgramAtOnce(t *testing.T) {
	t.Parallel()
	_, environ := simulated(t, folder(t))
	address := freeAddress(t)
	server := start(t, with(environ, "PORTAL_ADDR="+address, "PORTAL_URL=http://"+address), "serve")
	await(t, "serve answers", func() (bool, error) { return answers("http://" + address) })
	// A request under way, whose body never ends, and one behind it, whose answer
	// tells that both connections were accepted.
	var answer []byte
	for _, request := range []string{
		"POST /signout HTTP/1.1\r\nHost: " + address + "\r\nContent-Length: 1000\r\n\r\n", "GET /readyz HTTP/1.0\r\nHost: " + address + "\r\n\r\n",
	} {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		if _, err := io.WriteString(conn, request); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(request, "GET") {
			answer, err = io.ReadAll(conn)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	tells(t, "serve", string(answer), "200 OK")
	await(t, "serve ends", func() (bool, error) {
		_ = server.Process.Signal(syscall.SIGINT) // once more, until it has ended
		select {
		case <-server.ended:
			return true, nil
		default:
			return false, nil
		}
	})
	if status, ok := server.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() {
		t.Errorf("it ended by itself: %s\n%s", server.ProcessState, &server.stderr)
	}
}

// TestWhatThePortalWritesIsItsOwn looks at every file and folder that serve and sync
// make while they run.
func TestWhatThePortalWritesIsItsOwn(t *testing.T) {
	t.Parallel()
	dir := settled(t)
	p, _ := served(t, dir)
	v := signedIn(t, p, sandbox.SubjectAccountant)
	v.open(entries(t, v.open("/bills?issued=any"))[5].href + "/document?download=1")
	var kinds []string
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		kinds = append(kinds, filepath.Ext(path))
		if info.Mode().Perm()&0o077 != 0 && path != dir {
			t.Errorf("%s is %s", path, info.Mode())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{".db", ".db-wal", ".pdf", ".lock"} {
		if !strings.Contains(" "+strings.Join(kinds, " ")+" ", " "+kind+" ") {
			t.Errorf("there is no %s among %v", kind, kinds)
		}
	}
}

func TestSyncTakesOverFromAPortalThatDies(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	sim, environ := simulated(t, dir)
	asked, release := make(chan struct{}, 100), make(chan struct{})
	sim.API.Fail(func(*http.Request) *sandbox.Failure {
		asked <- struct{}{}
		<-release
		return nil
	})
	address := freeAddress(t)
	server := start(t, with(environ, "PORTAL_ADDR="+address, "PORTAL_URL=http://"+address), "serve")
	<-asked
	beside := start(t, environ, "sync")
	await(t, "sync leaves its request", func() (bool, error) {
		return count(t, dir, `SELECT count(*) FROM sync_requests`) == 1, nil
	})
	if err := server.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	sim.API.Fail(nil)
	close(release)
	if code := beside.code(t); code != 0 {
		t.Errorf("sync ended with %d: %s%s", code, &beside.stdout, &beside.stderr)
	}
	tells(t, "sync", beside.stdout.String(), "complete", fmt.Sprintf("%d bills", len(world.Bills())))
}

func TestCommandsBesideAnotherVersionRefuse(t *testing.T) {
	t.Parallel()
	dir := settled(t)
	query(t, dir, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)`)
	before := tree(t, dir)
	_, errs := run(t, 1, []string{"PORTAL_DATA=" + dir}, "verify")
	oneLine(t, "verify", errs)
	tells(t, "verify", errs, "newer version")
	if after := tree(t, dir); strings.Join(after, "\n") != strings.Join(before, "\n") {
		t.Errorf("verify changed files: %v instead of %v", after, before)
	}
	lock, err := os.Create(filepath.Join(dir, "egress.lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	query(t, dir, `UPDATE goose_db_version SET version_id = 0`)
	_, errs = run(t, 1, []string{"PORTAL_DATA=" + dir}, "import", "grants", written(t, world.GrantsCSV()))
	oneLine(t, "import", errs)
	tells(t, "import", errs, "older version")
}
