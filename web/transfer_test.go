package web_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/sandbox"
)

// largeSize is that of the PDF which the tests let people read slowly, in bytes: more
// than all buffers between the portal and a reader hold.
const largeSize = 24 << 20

var largePDF = sync.OnceValue(func() []byte {
	pdf := bytes.Repeat([]byte("% a bill of many pages\n"), largeSize/23+1)[:largeSize]
	copy(pdf, "%PDF-1.7\n")
	copy(pdf[len(pdf)-8:], "\n%%EOF\n")
	return pdf
})

// stockedWithLargeFiles is a whole copy whose documents and lists are large, and the
// word with which the right to what is sent is looked at again.
func stockedWithLargeFiles(t *testing.T) (*site, chan<- time.Time) {
	t.Helper()
	simulated, err := sim()
	if err != nil {
		t.Fatal(err)
	}
	own, err := sandbox.Start(t.Context(), sandbox.Options{CallsPerMinute: -1, Today: simulated.World.Today()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(own.Close)
	own.API.Fail(func(r *http.Request) *sandbox.Failure {
		if !strings.Contains(r.Header.Get("Accept"), "application/pdf") {
			return nil
		}
		return &sandbox.Failure{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/pdf"}}, Body: largePDF()}
	})
	s := stockedBefore(t, own, nil)
	if _, err := s.other(t).ExecContext(t.Context(), `UPDATE bills SET number = number || printf('%.*c', 8000, 'x')`); err != nil {
		t.Fatal(err)
	}
	ticks := make(chan time.Time)
	s.web.Recheck(ticks)
	s.tight.Store(true)
	return s, ticks
}

// slow is the browser of somebody behind a thin line: what it has not read stays with
// the portal.
func (s *site) slow(client *http.Client) *http.Client {
	thin := *client
	dialer := net.Dialer{Control: func(_, _ string, raw syscall.RawConn) error {
		return raw.Control(func(fd uintptr) { _ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 64<<10) })
	}}
	thin.Transport = &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true, DisableCompression: true}
	return &thin
}

// begin asks for a file and reads its first bytes.
func (s *site) begin(t *testing.T, client *http.Client, path string) *http.Response {
	t.Helper()
	response, err := s.slow(client).Do(s.request(t, http.MethodGet, path, nil))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	if _, err := io.ReadFull(response.Body, make([]byte, 1000)); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s begins with status %d, %v", path, response.StatusCode, err)
	}
	return response
}

// look has the right to the file under way looked at again.
func (s *site) look(t *testing.T, ticks chan<- time.Time) {
	t.Helper()
	select {
	case ticks <- time.Now():
	case <-time.After(5 * time.Second):
		t.Fatalf("nothing is under way any more:\n%s", s.log)
	}
}

// lookOn reads a file to its end while the right to it is looked at again and again,
// as the clock does.
func (s *site) lookOn(response *http.Response, ticks chan<- time.Time) (int64, error) {
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		for {
			select {
			case ticks <- time.Now():
			case <-ended:
				return
			}
		}
	}()
	return io.Copy(io.Discard, response.Body)
}

// endings are the ways in which somebody loses what they read.
func endings(t *testing.T, s *site, bill billing.Bill) map[string]func(reader *http.Client, token string, who access.Person) error {
	t.Helper()
	ctx := t.Context()
	return map[string]func(*http.Client, string, access.Person) error{
		"the person signs out": func(reader *http.Client, token string, _ access.Person) error {
			if a := s.post(t, reader, "/signout", url.Values{"csrf": {token}}, nil); a.StatusCode != http.StatusOK {
				return errors.New(a.Status)
			}
			return nil
		},
		"an admin ends the session": func(_ *http.Client, _ string, who access.Person) error {
			_, err := s.db.EndSessionsOf(ctx, who.ID, "", testAct)
			return err
		},
		"the person is disabled": func(_ *http.Client, _ string, who access.Person) error {
			return s.db.SetDisabled(ctx, who.ID, true, "left", access.Policy{}, testAct)
		},
		"the grant is revoked": func(*http.Client, string, access.Person) error {
			grants, err := s.db.Grants(ctx)
			for _, g := range grants {
				if g.Grantee == sandbox.GroupAccounting {
					_, err = s.db.RemoveGrant(ctx, testAct, g.ID)
				}
			}
			return err
		},
		"the account is hidden": func(*http.Client, string, access.Person) error {
			a, err := s.db.RegisterEntry(ctx, bill.Account)
			a.Status = billing.Hidden
			return errors.Join(err, s.db.SetAccounts(ctx, testAct, []billing.BillingAccount{a}))
		},
		"the session is ten hours old": func(*http.Client, string, access.Person) error {
			s.ahead.Add(int64(10 * time.Hour))
			return nil
		},
	}
}

// TestFilesUnderWayStopWithTheRightToThem_S9_Z6 has somebody read a large document
// slowly, and an export, and takes away what lets them: at the next look, two seconds
// later at most, the connection is cut short of the end.
func TestFilesUnderWayStopWithTheRightToThem_S9_Z6(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"/document", "/document?download=1", ".csv"} {
		for _, name := range []string{
			"the person signs out", "an admin ends the session", "the person is disabled", "the grant is revoked", "the account is hidden", "the session is ten hours old",
		} {
			t.Run(file+" until "+name, func(t *testing.T) {
				t.Parallel()
				s, ticks := stockedWithLargeFiles(t)
				b := s.someBills(t, 1)[0]
				amir := s.as(t, sandbox.SubjectAccountant)
				path := "/bills/" + string(b.ID) + file
				if file == ".csv" {
					path = "/bills.csv?issued=any"
				}
				token := s.token(t, amir)
				whole := s.get(t, amir, path)
				response := s.begin(t, amir, path)
				s.look(t, ticks) // nothing has changed
				s.look(t, ticks)
				if err := endings(t, s, b)[name](amir, token, s.person(t, sandbox.SubjectAccountant)); err != nil {
					t.Fatal(err)
				}
				n, err := s.lookOn(response, ticks)
				if err == nil || 1000+n >= int64(len(whole.body)) {
					t.Errorf("%d of %d bytes arrive, and the end is %v", 1000+n, len(whole.body), err)
				}
				s.Close() // every answer is over
				if !strings.Contains(s.log.String(), "may not have it any more") {
					t.Errorf("after %d bytes (%v) the log does not say why the file was broken off:\n%s", n, err, s.log)
				}
			})
		}
	}
}

// TestFilesGoOnWhileTheRightStands reads a document and an export slowly and whole,
// looked at again on the way, under a reference that is renewed meanwhile.
func TestFilesGoOnWhileTheRightStands(t *testing.T) {
	t.Parallel()
	s, ticks := stockedWithLargeFiles(t)
	for _, path := range []string{"/bills/" + string(s.someBills(t, 1)[0].ID) + "/document", "/bills.csv?issued=any"} {
		amir := s.as(t, sandbox.SubjectAccountant)
		whole := s.get(t, amir, path)
		response := s.begin(t, amir, path)
		s.look(t, ticks)
		if _, err := s.other(t).ExecContext(t.Context(), `UPDATE sessions SET hash = randomblob(32)`); err != nil {
			t.Fatal(err)
		}
		s.look(t, ticks)
		rest, err := io.ReadAll(response.Body)
		if err != nil || 1000+len(rest) != len(whole.body) {
			t.Errorf("%s: %d of %d bytes arrive, %v", path, 1000+len(rest), len(whole.body), err)
		}
		if s.signedIn(t, amir) {
			t.Errorf("%s: the reference was not renewed", path)
		}
	}
}
