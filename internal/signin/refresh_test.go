package signin_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"billportal/internal/signin"
)

// signedIn is a person whose provider gives refresh tokens.
func signedIn(t *testing.T, f *fakeProvider) (*signin.Provider, signin.Identity) {
	t.Helper()
	if f.refresh == "" {
		f.refresh = "tell-tale-refresh"
	}
	p := f.portal()
	id, err := f.signIn(p)
	if err != nil {
		t.Fatal(err)
	}
	if id.RefreshToken != f.refresh {
		t.Fatalf("refresh token = %q, want %q", id.RefreshToken, f.refresh)
	}
	return p, id
}

func TestARefreshTellsTheGroupsOfNow(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.rotates = true
	p, id := signedIn(t, f)
	f.claims = set(object{"groups": []string{"leavers"}, "name": "Ada King"})
	again, err := p.Refresh(t.Context(), id.RefreshToken, id.Subject)
	if err != nil {
		t.Fatal(err)
	}
	if again.Issuer != f.URL || again.Subject != id.Subject || again.Name != "Ada King" || again.SessionID != id.SessionID ||
		!slices.Equal(again.Groups, []string{"leavers"}) || again.NoGroups != "" || again.AuthTime.IsZero() {
		t.Errorf("identity = %+v", again)
	}
	if again.RefreshToken != "tell-tale-refresh+" || strings.Count(again.IDToken, ".") != 2 {
		t.Errorf("to keep next: refresh token %q, ID token %q", again.RefreshToken, again.IDToken)
	}
}

func TestARefreshTokenThatDoesNotRotateIsKept(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	p, id := signedIn(t, f)
	for range 3 {
		again, err := p.Refresh(t.Context(), id.RefreshToken, id.Subject)
		if err != nil || again.RefreshToken != id.RefreshToken {
			t.Fatalf("%q, %v; want the same token again", again.RefreshToken, err)
		}
	}
}

func TestAProviderWithoutRefreshTokensGivesNone(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	p := f.portal()
	id, err := f.signIn(p)
	if err != nil || id.RefreshToken != "" {
		t.Fatalf("refresh token = %q, %v; want none", id.RefreshToken, err)
	}
	if _, err := p.Refresh(t.Context(), id.RefreshToken, id.Subject); !errors.Is(err, signin.ErrUnavailable) || f.asked.token.Load() != 1 {
		t.Errorf("error = %v, want ErrUnavailable and no call", err)
	}
}

func TestARefreshWithoutAnIDTokenAsksUserinfo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		userinfo object // nil: there is no such endpoint; empty: it fails
		groups   []string
		noGroups string
		kind     error
	}{
		{"with groups", object{"sub": "subject-1", "name": "Ada", "groups": []string{"b", "a"}}, []string{"a", "b"}, "", nil},
		{"without groups", object{"sub": "subject-1"}, nil, "no groups claim", nil},
		{"with groups that make no sense", object{"sub": "subject-1", "groups": object{"a": true}}, nil, "neither a string nor a list", nil},
		{"an endpoint that is not there", nil, nil, "no groups claim", nil},
		{"about somebody else", object{"sub": "subject-2", "groups": []string{"admins"}}, nil, "", signin.ErrToken},
		{"an endpoint that fails", object{}, nil, "", signin.ErrUnavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.userinfo, f.bare, f.rotates = c.userinfo, true, true
			p, id := signedIn(t, f)
			again, err := p.Refresh(t.Context(), id.RefreshToken, id.Subject)
			if !errors.Is(err, c.kind) {
				t.Fatalf("error = %v, want %v", err, c.kind)
			}
			if again.RefreshToken != "tell-tale-refresh+" {
				t.Errorf("the token to keep is %q: the one before is spent, error or not", again.RefreshToken)
			}
			if err != nil && again.Subject != "" || err == nil && again.Subject != id.Subject {
				t.Errorf("subject = %q", again.Subject)
			}
			if !slices.Equal(again.Groups, c.groups) || (c.noGroups == "") != (again.NoGroups == "") || !strings.Contains(again.NoGroups, c.noGroups) {
				t.Errorf("groups = %q (%s), want %q (%s)", again.Groups, again.NoGroups, c.groups, c.noGroups)
			}
			if again.IDToken != "" {
				t.Error("an ID token was made up")
			}
		})
	}
}

func TestWhyARefreshFailedIsTold_Z6(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		status  int
		refusal string
		kind    error
	}{
		{"the person is gone", http.StatusBadRequest, "invalid_grant", signin.ErrEnded},
		{"the session is gone, said another way", http.StatusUnauthorized, "invalid_grant", signin.ErrEnded},
		{"somebody has to talk to the person", http.StatusBadRequest, "interaction_required", signin.ErrEnded},
		{"the person has to sign in", http.StatusBadRequest, "login_required", signin.ErrEnded},
		{"the person has to agree", http.StatusForbidden, "consent_required", signin.ErrEnded},
		{"the person is not let in", http.StatusForbidden, "access_denied", signin.ErrEnded},
		{"the person has to choose", http.StatusUnauthorized, "account_selection_required", signin.ErrEnded},
		{"something else is wrong with the person", http.StatusBadRequest, "mfa_enrolment_missing", signin.ErrEnded},
		{"a client that may not ask", http.StatusBadRequest, "unauthorized_client", signin.ErrUnanswered},
		{"a question that is not understood", http.StatusBadRequest, "invalid_request", signin.ErrUnanswered},
		{"a kind of question that is not taken", http.StatusBadRequest, "unsupported_grant_type", signin.ErrUnanswered},
		{"a provider that is busy", http.StatusBadRequest, "temporarily_unavailable", signin.ErrUnanswered},
		{"a provider that fails and blames nobody", http.StatusForbidden, "server_error", signin.ErrUnanswered},
		{"an address that is not there", http.StatusNotFound, "no_such_person", signin.ErrUnanswered},
		{"our secret was changed there", http.StatusUnauthorized, "invalid_client", signin.ErrUnavailable},
		{"a provider that fails", http.StatusBadGateway, "", signin.ErrUnavailable},
		{"a provider that fails and blames the grant", http.StatusInternalServerError, "invalid_grant", signin.ErrUnavailable},
		{"too many calls", http.StatusTooManyRequests, "slow_down", signin.ErrUnavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			p, id := signedIn(t, f)
			f.status, f.refusal = c.status, c.refusal
			got, err := p.Refresh(t.Context(), id.RefreshToken, id.Subject)
			everybody := c.status >= http.StatusInternalServerError || c.status == http.StatusTooManyRequests
			if errors.Is(err, signin.ErrUnavailable) && errors.Is(err, signin.ErrUnanswered) == everybody {
				t.Errorf("error = %v; is it everybody's: want %v", err, everybody)
			}
			if !errors.Is(err, c.kind) || strings.Contains(err.Error(), clientSecret) || strings.Contains(err.Error(), "tell-tale") {
				t.Errorf("error = %v, want %v and no secret", err, c.kind)
			}
			if got.Subject != "" || got.RefreshToken != "" {
				t.Errorf("identity = %+v, want none", got)
			}
			if n := f.asked.token.Load(); n != 2 {
				t.Errorf("the provider was asked %d times, want 2", n)
			}
		})
	}
}

func TestAProviderThatIsDownEndsNobody(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	p, id := signedIn(t, f)
	f.Close()
	if _, err := p.Refresh(t.Context(), id.RefreshToken, id.Subject); !errors.Is(err, signin.ErrUnavailable) || errors.Is(err, signin.ErrEnded) || errors.Is(err, signin.ErrUnanswered) {
		t.Errorf("error = %v, want ErrUnavailable", err)
	}
}

func TestASpentRefreshTokenEndsTheSession(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.rotates = true
	p, id := signedIn(t, f)
	if _, err := p.Refresh(t.Context(), id.RefreshToken, id.Subject); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Refresh(t.Context(), id.RefreshToken, id.Subject); !errors.Is(err, signin.ErrEnded) {
		t.Errorf("second use: %v, want ErrEnded", err)
	}
}

func TestADefectiveTokenOfARefreshIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		defect func(f *fakeProvider)
		reason string
	}{
		{"somebody else", func(f *fakeProvider) { f.claims = set(object{"sub": "subject-2"}) }, "somebody else"},
		{"nobody", func(f *fakeProvider) { f.claims = drop("sub") }, "sub is missing"},
		{"wrong iss", func(f *fakeProvider) { f.claims = set(object{"iss": "https://evil.example.com"}) }, "different provider"},
		{"wrong aud", func(f *fakeProvider) { f.claims = set(object{"aud": "other"}) }, "audience"},
		{"another azp", func(f *fakeProvider) { f.claims = set(object{"azp": "other"}) }, "azp"},
		{"expired", func(f *fakeProvider) { f.claims = set(object{"exp": f.clock().Add(-time.Hour).Unix()}) }, "exp"},
		{"issued in the future", func(f *fakeProvider) { f.claims = set(object{"iat": f.clock().Add(time.Hour).Unix()}) }, "iat"},
		{"auth_time that is no time", func(f *fakeProvider) { f.claims = set(object{"auth_time": "noon"}) }, "auth_time"},
		{"alg none", func(f *fakeProvider) { f.forge = unsigned }, "signature algorithm"},
		{"HS256 with the client secret", func(f *fakeProvider) { f.forge = withHMAC(t, []byte(clientSecret)) }, "signature algorithm"},
		{"unknown kid", func(f *fakeProvider) { f.header = set(object{"kid": "other"}) }, "unknown key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.rotates = true
			p, id := signedIn(t, f)
			c.defect(f)
			again, err := p.Refresh(t.Context(), id.RefreshToken, id.Subject)
			if !errors.Is(err, signin.ErrToken) || !strings.Contains(err.Error(), c.reason) {
				t.Errorf("error = %v, want ErrToken because of %q", err, c.reason)
			}
			if again.Subject != "" || len(again.Groups) != 0 || again.IDToken != "" {
				t.Errorf("identity = %+v, want none", again)
			}
		})
	}
}

func TestAHugeRefreshTokenIsRefused_case33(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.refresh = strings.Repeat("x", 64<<10+1)
	if _, err := f.signIn(f.portal()); !errors.Is(err, signin.ErrToken) {
		t.Errorf("error = %v, want ErrToken", err)
	}
}
