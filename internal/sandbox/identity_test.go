package sandbox_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"billportal/internal/sandbox"

	"github.com/PuerkitoBio/goquery"
	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const callback = "http://127.0.0.1:9/signin/callback?keep=1"

// relyingParty is a client of the provider, on libraries nobody here wrote.
type relyingParty struct {
	t        *testing.T
	provider *oidc.Provider
	config   oauth2.Config
	browser  *http.Client
}

func newRelyingParty(t *testing.T, s *sandbox.Sandbox) *relyingParty {
	t.Helper()
	s.RegisterRedirectURI(callback)
	provider, err := oidc.NewProvider(t.Context(), s.Issuer)
	if err != nil {
		t.Fatal(err)
	}
	return &relyingParty{
		t: t, provider: provider,
		config: oauth2.Config{
			ClientID: s.OIDCClientID, ClientSecret: s.OIDCClientSecret, Endpoint: provider.Endpoint(),
			RedirectURL: callback, Scopes: []string{"openid", "profile", "email", "groups"},
		},
		browser: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
}

// get fetches a page without following redirects.
func (rp *relyingParty) get(target string) *http.Response {
	rp.t.Helper()
	response, err := rp.browser.Get(target)
	if err != nil {
		rp.t.Fatal(err)
	}
	rp.t.Cleanup(func() { _ = response.Body.Close() })
	return response
}

// signIn picks a persona by name and returns what the callback is given.
func (rp *relyingParty) signIn(name, verifier string) url.Values {
	rp.t.Helper()
	at := rp.config.AuthCodeURL("a state", oidc.Nonce("a nonce"), oauth2.S256ChallengeOption(verifier))
	page, err := goquery.NewDocumentFromReader(rp.get(at).Body)
	if err != nil {
		rp.t.Fatal(err)
	}
	card := page.Find(".people a").FilterFunction(func(_ int, s *goquery.Selection) bool {
		return s.Find(".name").Text() == name
	})
	href, ok := card.Attr("href")
	if !ok {
		rp.t.Fatalf("the page has no link for %s", name)
	}
	base, _ := url.Parse(at)
	link, err := base.Parse(href)
	if err != nil {
		rp.t.Fatal(err)
	}
	response := rp.get(link.String())
	target, err := response.Location()
	if err != nil {
		rp.t.Fatal(response.Status, err)
	}
	if !strings.HasPrefix(target.String(), strings.SplitN(callback, "?", 2)[0]+"?") {
		rp.t.Fatalf("sent back to %s", target)
	}
	return target.Query()
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	rp := newRelyingParty(t, s)
	verifier := oauth2.GenerateVerifier()
	back := rp.signIn("Amir Haddad", verifier)
	if back.Get("state") != "a state" || back.Get("iss") != s.Issuer || back.Get("keep") != "1" {
		t.Errorf("the callback is given %v", back)
	}
	for _, style := range []oauth2.AuthStyle{oauth2.AuthStyleInHeader, oauth2.AuthStyleInParams} {
		rp.config.Endpoint.AuthStyle = style
		token, err := rp.config.Exchange(t.Context(), rp.signIn("Amir Haddad", verifier).Get("code"), oauth2.VerifierOption(verifier))
		if err != nil {
			t.Fatal(err)
		}
		checkIDToken(t, s, rp, token)
		info, err := rp.provider.UserInfo(t.Context(), oauth2.StaticTokenSource(token))
		if err != nil {
			t.Fatal(err)
		}
		if info.Subject != sandbox.SubjectAccountant || info.Email != "amir.haddad@meridian.example" {
			t.Errorf("userinfo is %+v", info)
		}
	}
}

func checkIDToken(t *testing.T, s *sandbox.Sandbox, rp *relyingParty, token *oauth2.Token) {
	t.Helper()
	raw, _ := token.Extra("id_token").(string)
	id, err := rp.provider.Verifier(&oidc.Config{ClientID: s.OIDCClientID}).Verify(context.Background(), raw)
	if err != nil {
		t.Fatal(err)
	}
	var claims struct {
		Name     string   `json:"name"`
		Username string   `json:"preferred_username"`
		Groups   []string `json:"groups"`
		SID      string   `json:"sid"`
		AuthTime int64    `json:"auth_time"`
	}
	if err := id.Claims(&claims); err != nil {
		t.Fatal(err)
	}
	if id.Subject != sandbox.SubjectAccountant || id.Nonce != "a nonce" || claims.Name != "Amir Haddad" ||
		claims.Username != "amir.haddad" || claims.SID == "" || claims.AuthTime == 0 ||
		strings.Join(claims.Groups, " ") != sandbox.GroupStaff+" "+sandbox.GroupAccounting {
		t.Errorf("the ID token says %+v, %+v", id, claims)
	}
}

func TestPickerNamesEveryPersona(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	rp := newRelyingParty(t, s)
	response := rp.get(rp.config.AuthCodeURL("x", oauth2.S256ChallengeOption(oauth2.GenerateVerifier())))
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	page, err := goquery.NewDocumentFromReader(strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	cards := page.Find(".people a")
	for i, p := range s.Identity.Personas() {
		card := cards.Eq(i)
		if card.Find(".name").Text() != p.Name || card.Find(".role").Text() != p.Role {
			t.Errorf("card %d shows %q, want %s, %s", i, card.Text(), p.Name, p.Role)
		}
	}
	if cards.Length() != 4 || page.Find("script, style, [style]").Length() != 0 {
		t.Errorf("%d cards, or the page needs script or inline style", cards.Length())
	}
}
