package app_test

import (
	"fmt"
	"net"
	"regexp"
	"strings"
	"testing"

	"billportal/internal/sandbox"
)

func TestSyncAloneFillsAnEmptyFolder(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	sim, environ := simulated(t, dir)
	out, _ := run(t, 0, environ, "sync")
	oneLine(t, "sync", out)
	tells(t, "sync", out, "complete", fmt.Sprintf("%d accounts", len(world.Accounts())), fmt.Sprintf("%d bills", len(world.Bills())))
	if got := count(t, dir, `SELECT count(*) FROM bills`); got != len(world.Bills()) {
		t.Errorf("the copy has %d bills instead of %d", got, len(world.Bills()))
	}
	if sim.API.Calls("GET /bills") == 0 {
		t.Error("the API was not called")
	}
	t.Run("a second one asks only for what is late", func(t *testing.T) {
		sim.API.ForgetRequests()
		again, _ := run(t, 0, environ, "sync")
		tells(t, "sync", again, "complete")
		var calls int
		for _, r := range sim.API.Requests() {
			if r.Route == "GET /bills" {
				calls++
			}
		}
		if calls == 0 || strings.Contains(again, fmt.Sprintf("%d bills", len(world.Bills()))) {
			t.Errorf("%d calls, and it says %s", calls, again)
		}
	})
	t.Run("verify finds it sound", func(t *testing.T) {
		sound, _ := run(t, 0, []string{"PORTAL_DATA=" + dir}, "verify")
		tells(t, "verify", sound, "sound")
	})
}

func TestSyncSaysWhyItFailed(t *testing.T) {
	t.Parallel()
	_, environ := simulated(t, folder(t))
	_, errs := run(t, 1, with(environ, "BILLING_API_KEY=wrong"), "sync")
	tells(t, "sync", errs, "billportal: ", "sync failed")
	if strings.Contains(errs, "goroutine") {
		t.Errorf("it panics: %s", errs)
	}
}

var exported = regexp.MustCompile(`(?m)^export ([A-Z_]+)='(.*)'$`)

// served is a portal that serve runs, configured by what sandbox prints.
func served(t *testing.T, dir string) (*portal, []string) {
	t.Helper()
	url := "http://" + freeAddress(t)
	sim := start(t, nil, "sandbox", "--portal", url)
	var environ []string
	await(t, "sandbox prints its variables", func() (bool, error) {
		environ = nil
		for _, line := range exported.FindAllStringSubmatch(sim.stdout.String(), -1) {
			environ = append(environ, line[1]+"="+line[2])
		}
		return strings.Contains(sim.stdout.String(), "OIDC_ADMIN_GROUPS"), fmt.Errorf("%s%s", &sim.stdout, &sim.stderr)
	})
	environ = with(environ, "PORTAL_DATA="+dir)
	server := start(t, environ, "serve")
	p := &portal{url: url, dir: dir, log: &server.stderr}
	await(t, "serve answers", func() (bool, error) {
		select {
		case <-server.ended:
			t.Fatalf("serve ended: %s", &server.stderr)
		default:
		}
		return answers(url)
	})
	return p, environ
}

// freeAddress is a loopback address that nothing listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestWhatSandboxPrintsRunsAPortal(t *testing.T) {
	t.Parallel()
	dir := settled(t)
	p, environ := served(t, dir)
	t.Run("people sign in and read bills", func(t *testing.T) {
		if list := entries(t, signedIn(t, p, sandbox.SubjectAccountant).open("/bills?issued=any")); len(list) == 0 {
			t.Error("there are no bills")
		}
	})
	t.Run("sync beside it leaves the work to it, waits and prints", func(t *testing.T) {
		out, _ := run(t, 0, environ, "sync")
		oneLine(t, "sync", out)
		tells(t, "sync", out, "complete")
		if n := count(t, dir, `SELECT count(*) FROM sync_requests WHERE run IS NOT NULL`); n != 1 {
			t.Errorf("%d requests were served instead of 1", n)
		}
	})
	t.Run("a second serve on its folder fails with one clear line", func(t *testing.T) {
		_, errs := run(t, 1, with(environ, "PORTAL_ADDR="+freeAddress(t)), "serve")
		oneLine(t, "serve", errs)
		tells(t, "serve", errs, "another process")
	})
	t.Run("verify beside it finds it sound", func(t *testing.T) {
		out, _ := run(t, 0, environ, "verify")
		tells(t, "verify", out, "sound")
	})
	t.Run("a grant that is imported beside it counts at the next request", func(t *testing.T) {
		reader := signedIn(t, p, sandbox.SubjectEmployee)
		const path = "/bills?issued=any&account=0081+3300+61"
		if list := entries(t, reader.open(path)); len(list) != 0 {
			t.Fatalf("%d bills before", len(list))
		}
		run(t, 0, environ, "import", "grants", written(t, "grantee_kind,grantee,target_kind,target", "group,"+sandbox.GroupReaders+",account,0081 3300 61"))
		if list := entries(t, reader.open(path)); len(list) == 0 {
			t.Error("no bills after")
		}
	})
	t.Run("its log tells no query and no secret", func(t *testing.T) {
		for _, line := range environ {
			name, value, _ := strings.Cut(line, "=")
			if strings.HasSuffix(name, "SECRET") || strings.HasSuffix(name, "KEY") {
				if strings.Contains(p.log.String(), value) {
					t.Errorf("the log tells %s", name)
				}
			}
		}
		for _, typed := range []string{"0081+3300", "0081 3300", "0081%203300"} {
			if strings.Contains(p.log.String(), typed) {
				t.Error("the log tells what somebody looked for")
			}
		}
	})
}
