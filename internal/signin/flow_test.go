package signin_test

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"billportal/internal/signin"
)

func TestAPersonSignsIn(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	id, err := f.signIn(f.portal())
	if err != nil {
		t.Fatal(err)
	}
	if id.Issuer != f.URL || id.Subject != "subject-1" || id.Name != "Ada Lovelace" || id.Email != "ada@example.com" || id.SessionID != "session-1" {
		t.Errorf("identity = %+v", id)
	}
	if !slices.Equal(id.Groups, []string{"Paris", "staff"}) || id.NoGroups != "" {
		t.Errorf("groups = %q (%s)", id.Groups, id.NoGroups)
	}
	if want := f.clock().Add(-10 * time.Minute); !id.AuthTime.Equal(want) {
		t.Errorf("auth time = %s, want %s", id.AuthTime, want)
	}
	if strings.Count(id.IDToken, ".") != 2 {
		t.Error("the raw token is needed to sign out at the provider")
	}
}

func TestTenThousandRequestsCarryTheirOwnStateNonceAndPKCE_A3_case24_pitfall3_pitfall10(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	p := f.portal()
	seen := map[string]bool{}
	for range 10_000 {
		attempt, address, err := p.Begin(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, value := range []string{attempt.State, attempt.Nonce, attempt.Verifier} {
			if len(value) < 22 || seen[value] {
				t.Fatalf("%q is short or was used before", value)
			}
			seen[value] = true
		}
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{
			"response_type": "code", "client_id": clientID, "redirect_uri": callback, "scope": "openid profile", "tenant": "1",
			"state": attempt.State, "nonce": attempt.Nonce, "code_challenge_method": "S256", "max_age": "",
		} {
			if got := u.Query().Get(name); got != want {
				t.Fatalf("%s = %q, want %q", name, got, want)
			}
		}
		if len(attempt.Verifier) < 43 || u.Query().Get("code_verifier") != "" {
			t.Fatal("the verifier is short, or is shown to the provider too early")
		}
	}
}

func TestACallbackThatAnswersNothingAsksNobody_A4_A8_case26_pitfall1(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(f *fakeProvider, a *signin.Attempt, query url.Values)
		kind   error
	}{
		{"another state", func(_ *fakeProvider, _ *signin.Attempt, q url.Values) { q.Set("state", "other") }, signin.ErrCallback},
		{"no state", func(_ *fakeProvider, _ *signin.Attempt, q url.Values) { q.Del("state") }, signin.ErrCallback},
		{"two states", func(_ *fakeProvider, _ *signin.Attempt, q url.Values) { q.Add("state", "other") }, signin.ErrCallback},
		{"no attempt", func(_ *fakeProvider, a *signin.Attempt, q url.Values) { *a = signin.Attempt{}; q.Set("state", "") }, signin.ErrCallback},
		{"ten minutes and a second later", func(f *fakeProvider, _ *signin.Attempt, _ url.Values) { f.pass(10*time.Minute + time.Second) }, signin.ErrCallback},
		{"an attempt from the future", func(_ *fakeProvider, a *signin.Attempt, _ url.Values) { a.Begun = a.Begun.Add(time.Hour) }, signin.ErrCallback},
		{"no code", func(_ *fakeProvider, _ *signin.Attempt, q url.Values) { q.Del("code") }, signin.ErrCallback},
		{"two codes", func(_ *fakeProvider, _ *signin.Attempt, q url.Values) { q.Add("code", "other") }, signin.ErrCallback},
		{"another iss", func(_ *fakeProvider, _ *signin.Attempt, q url.Values) { q.Set("iss", "https://evil.example.com") }, signin.ErrCallback},
		{"no iss in it", func(_ *fakeProvider, _ *signin.Attempt, q url.Values) { q.Set("iss", "") }, signin.ErrCallback},
		{"an iss with a slash more", func(f *fakeProvider, _ *signin.Attempt, q url.Values) { q.Set("iss", f.URL+"/") }, signin.ErrCallback},
		{"another browser's attempt", func(_ *fakeProvider, a *signin.Attempt, _ url.Values) { a.State = strings.Repeat("A", 26) }, signin.ErrCallback},
		{"an attempt without its verifier", func(_ *fakeProvider, a *signin.Attempt, _ url.Values) { a.Verifier = "" }, signin.ErrCallback},
		{"two iss", func(f *fakeProvider, _ *signin.Attempt, q url.Values) { q["iss"] = []string{f.URL, f.URL} }, signin.ErrCallback},
		{"an error of the provider", func(_ *fakeProvider, _ *signin.Attempt, q url.Values) { q.Set("error", "access_denied") }, signin.ErrDenied},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			p := f.portal()
			attempt, query := f.begin(p, 0)
			c.change(f, &attempt, query)
			if _, err := p.Finish(t.Context(), attempt, query); !errors.Is(err, c.kind) {
				t.Errorf("error = %v, want %v", err, c.kind)
			}
			if f.asked.token.Load() != 0 {
				t.Error("the code was sent to the provider")
			}
		})
	}
}

func TestAnAttemptIsUsedOnce_A4_case26_pitfall4(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	p := f.portal()
	attempt, query := f.begin(p, 0)
	if _, err := p.Finish(t.Context(), attempt, query); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Finish(t.Context(), attempt, query); !errors.Is(err, signin.ErrCallback) {
		t.Errorf("second use: %v, want ErrCallback", err)
	}
	if n := f.asked.token.Load(); n != 1 {
		t.Errorf("the provider was asked %d times, want once", n)
	}
}

func TestSeveralTabsFinishInAnyOrder(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	p := f.portal()
	one, answerOne := f.begin(p, 0)
	nonce, challenge := f.nonce, f.challenge
	two, answerTwo := f.begin(p, 0)
	if _, err := p.Finish(t.Context(), two, answerTwo); err != nil {
		t.Error(err)
	}
	f.nonce, f.challenge = nonce, challenge
	if _, err := p.Finish(t.Context(), one, answerOne); err != nil {
		t.Error(err)
	}
}

func TestTheIssParameterIsDemandedFromProvidersThatSendIt_A8(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.discovery = set(object{"authorization_response_iss_parameter_supported": true})
	p := f.portal()
	attempt, query := f.begin(p, 0)
	if _, err := p.Finish(t.Context(), attempt, query); !errors.Is(err, signin.ErrCallback) {
		t.Errorf("without iss: %v, want ErrCallback", err)
	}
	attempt, query = f.begin(p, 0)
	query.Set("iss", f.URL)
	if _, err := p.Finish(t.Context(), attempt, query); err != nil {
		t.Errorf("with iss: %v", err)
	}
}

func TestRecentAuthenticationIsInsistedOn_A14_pitfall14(t *testing.T) {
	t.Parallel()
	noon := newFake(t).clock().Unix()
	for _, c := range []struct {
		name   string
		claims func(object)
		maxAge time.Duration
		ok     bool
	}{
		{"recent enough", nil, 15 * time.Minute, true},
		{"too long ago", nil, 5 * time.Minute, false},
		{"a provider that ignores max_age by seconds", set(object{"auth_time": noon - 15*60 - 61}), 15 * time.Minute, false},
		{"recent enough with a minute for the clocks", set(object{"auth_time": noon - 15*60 - 60}), 15 * time.Minute, true},
		{"tomorrow", set(object{"auth_time": noon + 24*60*60}), 15 * time.Minute, false},
		{"a provider that does not tell", drop("auth_time"), 15 * time.Minute, false},
		{"a provider that tells nonsense", set(object{"auth_time": "noon"}), 15 * time.Minute, false},
		{"not asked for", drop("auth_time"), 0, true},
		{"tomorrow, though nobody asked", set(object{"auth_time": noon + 24*60*60}), 0, false},
		{"as soon as clocks differ", set(object{"auth_time": noon + 60}), 0, true},
		{"later than clocks differ", set(object{"auth_time": noon + 61}), 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.claims = c.claims
			p := f.portal()
			attempt, address, err := p.Begin(t.Context(), c.maxAge)
			if err != nil {
				t.Fatal(err)
			}
			query := f.carry(address)
			if got, want := f.maxAge, strconv.Itoa(int(c.maxAge.Seconds())); got != strings.TrimPrefix(want, "0") {
				t.Errorf("max_age = %q, want %s", got, want)
			}
			if _, err := p.Finish(t.Context(), attempt, query); (err == nil) != c.ok || err != nil && !errors.Is(err, signin.ErrToken) {
				t.Errorf("error = %v, want good = %t", err, c.ok)
			}
		})
	}
}

func TestWhatTheProviderSaysOfAFailureIsNotEchoed_A12(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	p := f.portal()
	attempt, query := f.begin(p, 0)
	query.Set("error", "<script>alert(1)</script>")
	query.Set("error_description", "tell-tale")
	_, err := p.Finish(t.Context(), attempt, query)
	if !errors.Is(err, signin.ErrDenied) || strings.Contains(err.Error(), "script") || strings.Contains(err.Error(), "tell-tale") {
		t.Errorf("error = %v", err)
	}
}

func TestARefusedCodeIsToldFromABrokenProvider(t *testing.T) {
	t.Parallel()
	for status, kind := range map[int]error{
		http.StatusBadRequest: signin.ErrDenied, http.StatusUnauthorized: signin.ErrDenied, http.StatusBadGateway: signin.ErrUnavailable,
	} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.status = status
			_, err := f.signIn(f.portal())
			if !errors.Is(err, kind) || strings.Contains(err.Error(), clientSecret) {
				t.Errorf("error = %v, want %v and no secret", err, kind)
			}
			if n := f.asked.token.Load(); n != 1 {
				t.Errorf("the code was sent %d times, want once", n)
			}
		})
	}
}
