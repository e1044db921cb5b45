package sandbox_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"billportal/internal/sandbox"

	"github.com/PuerkitoBio/goquery"
	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// failedWith says whether an exchange failed with that OAuth error.
func failedWith(err error, code string) bool {
	var refusal *oauth2.RetrieveError
	return errors.As(err, &refusal) && refusal.ErrorCode == code
}

func TestCodeIsGoodForOneRightTry(t *testing.T) {
	t.Parallel()
	now := newClock()
	s := start(t, sandbox.Options{Now: now.Now})
	rp := newRelyingParty(t, s)
	verifier := oauth2.GenerateVerifier()
	exchange := func(code string, options ...oauth2.AuthCodeOption) error {
		_, err := rp.config.Exchange(t.Context(), code, options...)
		return err
	}
	right := oauth2.VerifierOption(verifier)

	code := rp.signIn("Elena Brandt", verifier).Get("code")
	if err := exchange(code, oauth2.VerifierOption(oauth2.GenerateVerifier())); !failedWith(err, "invalid_grant") {
		t.Errorf("wrong verifier: %v", err)
	}
	if err := exchange(code, right); !failedWith(err, "invalid_grant") {
		t.Errorf("second try after a wrong verifier: %v", err)
	}
	if err := exchange(rp.signIn("Elena Brandt", verifier).Get("code")); !failedWith(err, "invalid_grant") {
		t.Errorf("no verifier: %v", err)
	}
	other := oauth2.SetAuthURLParam("redirect_uri", callback+"&more=1")
	if err := exchange(rp.signIn("Elena Brandt", verifier).Get("code"), right, other); !failedWith(err, "invalid_grant") {
		t.Errorf("wrong redirect URI: %v", err)
	}
	if err := exchange("made up", right); !failedWith(err, "invalid_grant") {
		t.Errorf("unknown code: %v", err)
	}
	late := rp.signIn("Elena Brandt", verifier).Get("code")
	now.advance(time.Minute)
	if err := exchange(late, right); !failedWith(err, "invalid_grant") {
		t.Errorf("a code of a minute: %v", err)
	}
	inTime := rp.signIn("Elena Brandt", verifier).Get("code")
	now.advance(time.Minute - 1)
	if err := exchange(inTime, right); err != nil {
		t.Errorf("a code of just under a minute: %v", err)
	}
	rp.config.ClientSecret = "wrong"
	if err := exchange(rp.signIn("Elena Brandt", verifier).Get("code"), right); !failedWith(err, "invalid_client") {
		t.Errorf("wrong secret: %v", err)
	}
}

// A code that is used twice was stolen: what it gave ends (RFC 6749, 4.1.2).
func TestReusedCodeEndsItsToken(t *testing.T) {
	t.Parallel()
	rp := newRelyingParty(t, start(t, sandbox.Options{}))
	verifier := oauth2.GenerateVerifier()
	code := rp.signIn("Ada Okafor", verifier).Get("code")
	token, err := rp.config.Exchange(t.Context(), code, oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rp.config.Exchange(t.Context(), code, oauth2.VerifierOption(verifier)); !failedWith(err, "invalid_grant") {
		t.Errorf("reused code: %v", err)
	}
	if _, err := rp.provider.UserInfo(t.Context(), oauth2.StaticTokenSource(token)); err == nil {
		t.Error("the access token of a reused code is still good")
	}
}

// A request that cannot be trusted is answered on the spot and never redirected.
func TestUnknownClientIsNotRedirected(t *testing.T) {
	t.Parallel()
	rp := newRelyingParty(t, start(t, sandbox.Options{}))
	challenge := oauth2.S256ChallengeOption(oauth2.GenerateVerifier())
	for name, option := range map[string]oauth2.AuthCodeOption{
		"another redirect URI": oauth2.SetAuthURLParam("redirect_uri", "https://evil.example/callback"),
		"longer redirect URI":  oauth2.SetAuthURLParam("redirect_uri", callback+"/x"),
		"no redirect URI":      oauth2.SetAuthURLParam("redirect_uri", ""),
		"another client":       oauth2.SetAuthURLParam("client_id", "other"),
	} {
		r := rp.get(rp.config.AuthCodeURL("x", challenge, option))
		if r.StatusCode != http.StatusBadRequest || r.Header.Get("Location") != "" {
			t.Errorf("%s: %s to %q", name, r.Status, r.Header.Get("Location"))
		}
	}
}

func TestBadRequestsGoBackWithAnError(t *testing.T) {
	t.Parallel()
	rp := newRelyingParty(t, start(t, sandbox.Options{}))
	challenge := oauth2.S256ChallengeOption(oauth2.GenerateVerifier())
	for name, test := range map[string]struct {
		options []oauth2.AuthCodeOption
		want    string
	}{
		"no PKCE":       {nil, "invalid_request"},
		"plain PKCE":    {[]oauth2.AuthCodeOption{challenge, oauth2.SetAuthURLParam("code_challenge_method", "plain")}, "invalid_request"},
		"implicit flow": {[]oauth2.AuthCodeOption{challenge, oauth2.SetAuthURLParam("response_type", "id_token")}, "unsupported_response_type"},
		"no openid":     {[]oauth2.AuthCodeOption{challenge, oauth2.SetAuthURLParam("scope", "profile")}, "invalid_scope"},
		"prompt none":   {[]oauth2.AuthCodeOption{challenge, oauth2.SetAuthURLParam("prompt", "none")}, "login_required"},
	} {
		target, err := rp.get(rp.config.AuthCodeURL("my state", test.options...)).Location()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		query := target.Query()
		if query.Get("error") != test.want || query.Get("state") != "my state" || query.Has("code") {
			t.Errorf("%s: sent back with %v", name, query)
		}
	}
}

func TestSignInPageGetsTooOld(t *testing.T) {
	t.Parallel()
	now := newClock()
	s := start(t, sandbox.Options{Now: now.Now})
	rp := newRelyingParty(t, s)
	at := rp.config.AuthCodeURL("x", oauth2.S256ChallengeOption(oauth2.GenerateVerifier()))
	page, err := goquery.NewDocumentFromReader(rp.get(at).Body)
	if err != nil {
		t.Fatal(err)
	}
	href, _ := page.Find(".people a").First().Attr("href")
	if r := rp.get(s.Issuer + strings.Replace(href, sandbox.SubjectEmployee, "nobody", 1)); r.StatusCode != http.StatusGone {
		t.Errorf("an unknown persona: %s", r.Status)
	}
	now.advance(10 * time.Minute)
	if r := rp.get(s.Issuer + href); r.StatusCode != http.StatusGone {
		t.Errorf("ten minutes later: %s", r.Status)
	}
}

func TestPersonasChangeWhileRunning(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	rp := newRelyingParty(t, s)
	verifier := oauth2.GenerateVerifier()
	groups := func(name string) []string {
		t.Helper()
		token, err := rp.config.Exchange(t.Context(), rp.signIn(name, verifier).Get("code"), oauth2.VerifierOption(verifier))
		if err != nil {
			t.Fatal(err)
		}
		info, err := rp.provider.UserInfo(t.Context(), oauth2.StaticTokenSource(token))
		if err != nil {
			t.Fatal(err)
		}
		var claims struct {
			Groups []string `json:"groups"`
		}
		if err := info.Claims(&claims); err != nil {
			t.Fatal(err)
		}
		return claims.Groups
	}
	s.Identity.SetPersona(sandbox.Persona{Subject: "auth0|o'neil / <b>&?", Name: "Zoë <O’Neil>", Role: "Auditor", Groups: []string{"a", "b"}})
	if got := groups("Zoë <O’Neil>"); strings.Join(got, " ") != "a b" {
		t.Errorf("the new persona is in %v", got)
	}
	if !s.Identity.SetGroups(sandbox.SubjectNewcomer, sandbox.GroupReaders) || s.Identity.SetGroups("nobody") {
		t.Error("SetGroups finds the wrong personas")
	}
	if got := groups("Nour Benali"); strings.Join(got, " ") != sandbox.GroupReaders {
		t.Errorf("the newcomer is in %v", got)
	}
	s.Identity.RemovePersona(sandbox.SubjectNewcomer)
	for _, p := range s.Identity.Personas() {
		if p.Subject == sandbox.SubjectNewcomer {
			t.Error("the newcomer is still there")
		}
	}
}

func TestScopesDecideClaims(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	rp := newRelyingParty(t, s)
	rp.config.Scopes = []string{oidc.ScopeOpenID}
	verifier := oauth2.GenerateVerifier()
	token, err := rp.config.Exchange(t.Context(), rp.signIn("Amir Haddad", verifier).Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := rp.provider.Verifier(&oidc.Config{ClientID: s.OIDCClientID}).Verify(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	claims := map[string]any{}
	if err := id.Claims(&claims); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"name", "preferred_username", "email", "groups"} {
		if _, told := claims[name]; told {
			t.Errorf("%s is told without its scope", name)
		}
	}
}

func TestSignOut(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	const home = "http://127.0.0.1:9/signin"
	s.RegisterPostLogoutURI(home)
	rp := newRelyingParty(t, s)
	verifier := oauth2.GenerateVerifier()
	token, err := rp.config.Exchange(t.Context(), rp.signIn("Amir Haddad", verifier).Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	hint, _ := token.Extra("id_token").(string)
	var metadata struct {
		EndSession string `json:"end_session_endpoint"`
	}
	if err := rp.provider.Claims(&metadata); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		query url.Values
		link  string
	}{
		"hint":              {url.Values{"id_token_hint": {hint}, "post_logout_redirect_uri": {home}, "state": {"s 1"}}, home + "?state=s+1"},
		"client":            {url.Values{"client_id": {s.OIDCClientID}, "post_logout_redirect_uri": {home}}, home},
		"nothing":           {nil, ""},
		"address only":      {url.Values{"post_logout_redirect_uri": {home}}, ""},
		"unregistered":      {url.Values{"id_token_hint": {hint}, "post_logout_redirect_uri": {"https://evil.example/"}}, ""},
		"foreign hint":      {url.Values{"id_token_hint": {hint[:len(hint)-4] + "AAAA"}, "post_logout_redirect_uri": {home}}, ""},
		"hint and stranger": {url.Values{"id_token_hint": {hint}, "client_id": {"other"}, "post_logout_redirect_uri": {home}}, ""},
	} {
		page, err := goquery.NewDocumentFromReader(rp.get(metadata.EndSession + "?" + test.query.Encode()).Body)
		if err != nil {
			t.Fatal(err)
		}
		if got := page.Find("a.back").AttrOr("href", ""); got != test.link || page.Find("h1").Text() != "Signed out" {
			t.Errorf("%s: %q leads to %q, want %q", name, page.Find("h1").Text(), got, test.link)
		}
	}
}

func TestLogoutTokenIsSigned(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	rp := newRelyingParty(t, s)
	verifier := rp.provider.Verifier(&oidc.Config{ClientID: s.OIDCClientID})
	token, err := verifier.Verify(context.Background(), s.Identity.LogoutToken(sandbox.SubjectAdmin, "a session"))
	if err != nil {
		t.Fatal(err)
	}
	var claims struct {
		SID    string                    `json:"sid"`
		Events map[string]map[string]any `json:"events"`
	}
	if err := token.Claims(&claims); err != nil {
		t.Fatal(err)
	}
	if _, ok := claims.Events["http://schemas.openid.net/event/backchannel-logout"]; !ok || claims.SID != "a session" || token.Subject != sandbox.SubjectAdmin {
		t.Errorf("the logout token says %+v", claims)
	}
}
