package sandbox_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"billportal/internal/sandbox"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// session signs a persona in and returns the tokens.
func (rp *relyingParty) session(name string) *oauth2.Token {
	rp.t.Helper()
	verifier := oauth2.GenerateVerifier()
	token, err := rp.config.Exchange(rp.t.Context(), rp.signIn(name, verifier).Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		rp.t.Fatal(err)
	}
	if token.RefreshToken == "" {
		rp.t.Fatal("a sign-in gave no refresh token")
	}
	return token
}

// refresh spends a refresh token.
func (rp *relyingParty) refresh(token string) (*oauth2.Token, error) {
	rp.t.Helper()
	return rp.config.TokenSource(rp.t.Context(), &oauth2.Token{RefreshToken: token}).Token()
}

// told is what an ID token says.
type told struct {
	Groups   []string `json:"groups"`
	SID      string   `json:"sid"`
	AuthTime int64    `json:"auth_time"`
	Nonce    string   `json:"nonce"`
}

func (rp *relyingParty) read(token *oauth2.Token, clientID string, now func() time.Time) told {
	rp.t.Helper()
	raw, _ := token.Extra("id_token").(string)
	id, err := rp.provider.Verifier(&oidc.Config{ClientID: clientID, Now: now}).Verify(rp.t.Context(), raw)
	if err != nil {
		rp.t.Fatal(err)
	}
	var claims told
	if err := id.Claims(&claims); err != nil {
		rp.t.Fatal(err)
	}
	return claims
}

func TestARefreshTellsTheGroupsOfNowAndRotates(t *testing.T) {
	t.Parallel()
	now := newClock()
	s := start(t, sandbox.Options{Now: now.Now})
	rp := newRelyingParty(t, s)
	first := rp.session("Amir Haddad")
	before := rp.read(first, s.OIDCClientID, now.Now)
	if before.AuthTime != now.Now().Unix() {
		t.Errorf("auth_time = %d, want now: whoever picks is there", before.AuthTime)
	}
	now.advance(30 * time.Minute)
	s.Identity.SetGroups(sandbox.SubjectAccountant, "leavers")
	second, err := rp.refresh(first.RefreshToken)
	if err != nil {
		t.Fatal(err)
	}
	after := rp.read(second, s.OIDCClientID, now.Now)
	if strings.Join(after.Groups, " ") != "leavers" || after.SID != before.SID || after.AuthTime != before.AuthTime || after.Nonce != "" {
		t.Errorf("after: %+v, before: %+v", after, before)
	}
	info, err := rp.provider.UserInfo(t.Context(), oauth2.StaticTokenSource(second))
	if err != nil {
		t.Fatal(err)
	}
	var claims told
	if err := info.Claims(&claims); err != nil || strings.Join(claims.Groups, " ") != "leavers" {
		t.Errorf("userinfo tells %v, %v", claims.Groups, err)
	}
	if _, err := rp.refresh(first.RefreshToken); !failedWith(err, "invalid_grant") {
		t.Errorf("a spent refresh token: %v", err)
	}
	if _, err := rp.refresh(second.RefreshToken); err != nil {
		t.Errorf("the new refresh token: %v", err)
	}
}

func TestRefreshTokensEndWithTheSession(t *testing.T) {
	t.Parallel()
	now := newClock()
	s := start(t, sandbox.Options{Now: now.Now})
	rp := newRelyingParty(t, s)
	var metadata struct {
		EndSession string `json:"end_session_endpoint"`
	}
	if err := rp.provider.Claims(&metadata); err != nil {
		t.Fatal(err)
	}
	bystander := rp.session("Elena Brandt").RefreshToken
	for _, end := range []struct {
		name string
		how  func(token *oauth2.Token)
	}{
		{"forgotten", func(*oauth2.Token) { s.Identity.Forget(sandbox.SubjectAccountant) }},
		{"logged out", func(token *oauth2.Token) {
			hint, _ := token.Extra("id_token").(string)
			rp.get(metadata.EndSession + "?" + url.Values{"id_token_hint": {hint}}.Encode())
		}},
		{"too old", func(*oauth2.Token) {
			now.advance(11 * time.Hour)
			next, err := rp.refresh(bystander)
			if err != nil {
				t.Fatal(err)
			}
			bystander = next.RefreshToken
			now.advance(time.Hour)
		}},
		{"removed", func(*oauth2.Token) { s.Identity.RemovePersona(sandbox.SubjectAccountant) }},
	} {
		token := rp.session("Amir Haddad")
		end.how(token)
		if _, err := rp.refresh(token.RefreshToken); !failedWith(err, "invalid_grant") {
			t.Errorf("%s: %v", end.name, err)
		}
		if _, err := rp.provider.UserInfo(t.Context(), oauth2.StaticTokenSource(token)); err == nil {
			t.Errorf("%s: the access token is still good", end.name)
		}
	}
	if _, err := rp.refresh(bystander); err != nil {
		t.Errorf("somebody else's session: %v", err)
	}
}

func TestALogoutOfOneSessionLeavesTheOthers(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	rp := newRelyingParty(t, s)
	one, other := rp.session("Amir Haddad"), rp.session("Amir Haddad")
	hint, _ := one.Extra("id_token").(string)
	for _, c := range []struct {
		hint string
		ends bool
	}{{hint[:len(hint)-4] + "AAAA", false}, {hint, true}} {
		rp.get(s.Issuer + "/logout?" + url.Values{"id_token_hint": {c.hint}}.Encode())
		next, err := rp.refresh(one.RefreshToken)
		if (err != nil) != c.ends {
			t.Fatalf("ended = %t, want %t: %v", err != nil, c.ends, err)
		}
		if err == nil {
			one = next
		}
	}
	if _, err := rp.refresh(other.RefreshToken); err != nil {
		t.Errorf("the other session: %v", err)
	}
}

func TestAReusedCodeEndsItsRefreshToken(t *testing.T) {
	t.Parallel()
	rp := newRelyingParty(t, start(t, sandbox.Options{}))
	verifier := oauth2.GenerateVerifier()
	code := rp.signIn("Ada Okafor", verifier).Get("code")
	token, err := rp.config.Exchange(t.Context(), code, oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	_, _ = rp.config.Exchange(t.Context(), code, oauth2.VerifierOption(verifier))
	if _, err := rp.refresh(token.RefreshToken); !failedWith(err, "invalid_grant") {
		t.Errorf("the refresh token of a reused code: %v", err)
	}
}

func TestARotatedKeyLeavesTheSet(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	rp := newRelyingParty(t, s)
	old, _ := rp.session("Amir Haddad").Extra("id_token").(string)
	s.Identity.RotateKey()
	fresh := oidc.NewVerifier(s.Issuer, oidc.NewRemoteKeySet(t.Context(), s.Issuer+"/jwks"), &oidc.Config{ClientID: s.OIDCClientID})
	if _, err := fresh.Verify(t.Context(), old); err == nil {
		t.Error("a token of the old key is still good")
	}
	rp.read(rp.session("Amir Haddad"), s.OIDCClientID, nil)
	s.RegisterPostLogoutURI("http://127.0.0.1:9/signin")
	page := rp.get(s.Issuer + "/logout?" + url.Values{"id_token_hint": {old}, "post_logout_redirect_uri": {"http://127.0.0.1:9/signin"}}.Encode())
	if body := readAll(t, page); !strings.Contains(body, "Back to the portal") {
		t.Error("the provider does not know its own token any more")
	}
}

func TestTamperedTokensAreBadOnes(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	rp := newRelyingParty(t, s)
	verifier := rp.provider.Verifier(&oidc.Config{ClientID: s.OIDCClientID})
	for name, change := range map[string]func(header, claims map[string]any){
		"aud":     func(_, claims map[string]any) { claims["aud"] = "other" },
		"kid":     func(header, _ map[string]any) { header["kid"] = "other" },
		"no alg":  func(header, _ map[string]any) { header["alg"] = "none" },
		"HS256":   func(header, _ map[string]any) { header["alg"] = "HS256" },
		"missing": func(_, claims map[string]any) { delete(claims, "exp") },
	} {
		s.Identity.Tamper(change)
		raw, _ := rp.session("Amir Haddad").Extra("id_token").(string)
		if _, err := verifier.Verify(t.Context(), raw); err == nil {
			t.Errorf("%s: the token is good", name)
		}
	}
	s.Identity.Tamper(nil)
	rp.read(rp.session("Amir Haddad"), s.OIDCClientID, nil)
}

func TestMaxAgeMustBeSeconds(t *testing.T) {
	t.Parallel()
	rp := newRelyingParty(t, start(t, sandbox.Options{}))
	challenge := oauth2.S256ChallengeOption(oauth2.GenerateVerifier())
	for value, status := range map[string]int{"0": 200, "900": 200, "-1": 303, "soon": 303, "": 303} {
		r := rp.get(rp.config.AuthCodeURL("x", challenge, oauth2.SetAuthURLParam("max_age", value)))
		if r.StatusCode != status {
			t.Errorf("max_age=%s: %s, want %d", value, r.Status, status)
		}
	}
}

func readAll(t *testing.T, r *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
