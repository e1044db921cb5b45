package signin_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"billportal/internal/signin"
)

// wire stands for the network inside a bubble of simulated time, where no real
// connection can be waited for.
type wire func(*http.Request) (string, error)

func (w wire) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := w(r)
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

const (
	issuer   = "https://login.example.com"
	document = `{"issuer":"https://login.example.com","authorization_endpoint":"https://login.example.com/auth",
		"token_endpoint":"https://login.example.com/token","jwks_uri":"https://login.example.com/keys",
		"end_session_endpoint":"https://login.example.com/logout"}`
)

// running is a provider that Run keeps known, in simulated time.
type running struct {
	*signin.Provider
	mu    sync.Mutex
	asked []time.Duration // when the provider was asked, since the start
	body  string          // its document
	down  bool
}

// becomes changes what the provider answers, and lets time pass.
func (r *running) becomes(down bool, body string, after time.Duration) {
	r.mu.Lock()
	r.down, r.body = down, body
	r.mu.Unlock()
	r.pass(after)
}

// pass lets time pass until everything that happens in it has happened.
func (r *running) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// times is when the provider was asked.
func (r *running) times() []time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.asked)
}

func run(ctx context.Context, t *testing.T, r *running) (ended chan struct{}) {
	t.Helper()
	began := time.Now()
	client := &http.Client{Transport: wire(func(*http.Request) (string, error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.asked = append(r.asked, time.Since(began))
		if r.down {
			return "", errors.New("nobody there")
		}
		return r.body, nil
	})}
	p, err := signin.New(signin.Options{Issuer: issuer, ClientID: clientID, RedirectURL: callback, GroupsClaim: "groups", Client: client})
	if err != nil {
		t.Fatal(err)
	}
	r.Provider, ended = p, make(chan struct{})
	go func() {
		defer close(ended)
		p.Run(ctx)
	}()
	synctest.Wait()
	return ended
}

func TestAProviderThatWasDownIsFoundByItself_pitfall12(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		r := &running{body: document, down: true}
		ended := run(ctx, t, r)
		r.pass(5 * time.Minute)
		asked := r.times()
		for i, want := range []time.Duration{0, 1, 3, 7, 15, 31, 63, 123, 183, 243} {
			if len(asked) <= i || asked[i] != want*time.Second {
				t.Fatalf("asked at %v, want at second %d in place %d", asked, want, i)
			}
		}
		if r.Problem() != nil || r.SignOutURL("", "") != "" {
			t.Errorf("Problem = %v: a provider that cannot be reached is none", r.Problem())
		}
		r.becomes(false, document, time.Minute)
		if r.SignOutURL("", "") == "" {
			t.Error("the provider is back and was not found")
		}
		found := len(r.times())
		r.pass(12 * time.Hour)
		if n := len(r.times()) - found; n != 12 {
			t.Errorf("in 12 hours the document was renewed %d times, want 12", n)
		}
		stop()
		<-ended
	})
}

func TestAnIssuerThatDiffersIsAProblem_A8(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"a slash more":  strings.Replace(document, issuer, issuer+"/", 1),
		"other letters": strings.Replace(document, issuer, strings.ToUpper(issuer), 1),
		"another host":  strings.Replace(document, issuer, "https://evil.example.com", 1),
		"none":          strings.Replace(document, `"issuer"`, `"x"`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancel(t.Context())
				r := &running{body: body}
				ended := run(ctx, t, r)
				if err := r.Problem(); !errors.Is(err, signin.ErrMisconfigured) || !strings.Contains(err.Error(), "OIDC_ISSUER") {
					t.Errorf("Problem = %v, want ErrMisconfigured that names OIDC_ISSUER", err)
				}
				if _, _, err := r.Begin(ctx, 0); !errors.Is(err, signin.ErrMisconfigured) || !errors.Is(err, signin.ErrUnavailable) {
					t.Errorf("Begin = %v, want ErrMisconfigured, which is an ErrUnavailable", err)
				}
				r.becomes(true, body, 5*time.Minute)
				if r.Problem() == nil {
					t.Error("the problem is forgotten because the provider went away")
				}
				r.becomes(false, document, time.Minute)
				if err := r.Problem(); err != nil {
					t.Errorf("after it was put right: %v", err)
				}
				stop()
				<-ended
			})
		})
	}
}

func TestALaterDocumentWithAnotherIssuerLeavesTheEndpointsInUse_A8(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		r := &running{body: document}
		ended := run(ctx, t, r)
		if err := r.Problem(); err != nil {
			t.Fatal(err)
		}
		r.becomes(false, strings.ReplaceAll(document, "login.example.com", "evil.example.com"), 2*time.Hour)
		if err := r.Problem(); !errors.Is(err, signin.ErrMisconfigured) {
			t.Errorf("Problem = %v, want ErrMisconfigured", err)
		}
		_, address, err := r.Begin(ctx, 0)
		if err != nil || !strings.HasPrefix(address, issuer+"/auth?") {
			t.Errorf("Begin = %s, %v; want the endpoints known before", address, err)
		}
		stop()
		<-ended
	})
}

func TestAProviderThatHangsHoldsUpNoQuestionAboutProblems_A8(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		client := &http.Client{Transport: wire(func(r *http.Request) (string, error) {
			<-r.Context().Done()
			return "", r.Context().Err()
		})}
		p, err := signin.New(signin.Options{Issuer: issuer, ClientID: clientID, RedirectURL: callback, GroupsClaim: "groups", Client: client})
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			p.Run(ctx)
		}()
		synctest.Wait()
		before := time.Now()
		if err := p.Problem(); err != nil || !time.Now().Equal(before) {
			t.Errorf("Problem = %v after %s, want nil at once", err, time.Since(before))
		}
		stop()
		<-ended
	})
}
