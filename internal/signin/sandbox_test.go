package signin_test

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"billportal/internal/sandbox"
	"billportal/internal/signin"

	"github.com/PuerkitoBio/goquery"
)

// demo is the provider of the demo, which shares no code with this package's own
// fake, and a portal that it knows.
func demo(t *testing.T) (*sandbox.Sandbox, *signin.Provider) {
	t.Helper()
	s, err := sandbox.Start(t.Context(), sandbox.Options{RedirectURIs: []string{callback}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	p, err := signin.New(signin.Options{
		Issuer: s.Issuer, ClientID: s.OIDCClientID, ClientSecret: s.OIDCClientSecret, RedirectURL: callback,
		Scopes: []string{"openid", "profile", "email", "groups"}, GroupsClaim: "groups",
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, p
}

// picked signs a persona in.
func picked(t *testing.T, p *signin.Provider, subject string) (signin.Identity, error) {
	t.Helper()
	attempt, address, err := p.Begin(t.Context(), 15*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return p.Finish(t.Context(), attempt, pick(t, address, subject))
}

func TestThePickedPersonaSignsInAndIsSignedOut(t *testing.T) {
	t.Parallel()
	s, p := demo(t)
	id, err := picked(t, p, sandbox.SubjectAccountant)
	if err != nil {
		t.Fatal(err)
	}
	if id.Subject != sandbox.SubjectAccountant || id.Name == "" || id.Email == "" || len(id.Groups) == 0 || id.AuthTime.IsZero() {
		t.Errorf("identity = %+v", id)
	}
	told, err := ended(t, p, s.Identity.LogoutToken(id.Subject, id.SessionID))
	if want := (signin.EndedSession{Subject: id.Subject, SessionID: id.SessionID}); err != nil || told != want {
		t.Errorf("ended = %+v, %v; want %+v", told, err, want)
	}
}

func TestAPersonaIsAskedAboutAgain(t *testing.T) {
	t.Parallel()
	s, p := demo(t)
	id, err := picked(t, p, sandbox.SubjectAccountant)
	if err != nil {
		t.Fatal(err)
	}
	s.Identity.SetGroups(sandbox.SubjectAccountant, "leavers")
	s.Identity.RotateKey()
	again, err := p.Refresh(t.Context(), id.RefreshToken, id.Subject)
	if err != nil || again.Subject != id.Subject || again.SessionID != id.SessionID || !slices.Equal(again.Groups, []string{"leavers"}) {
		t.Fatalf("identity = %+v, %v", again, err)
	}
	if _, err := p.Refresh(t.Context(), id.RefreshToken, id.Subject); !errors.Is(err, signin.ErrEnded) {
		t.Errorf("a spent token: %v, want ErrEnded", err)
	}
	s.Identity.RemovePersona(sandbox.SubjectAccountant)
	if _, err := p.Refresh(t.Context(), again.RefreshToken, id.Subject); !errors.Is(err, signin.ErrEnded) {
		t.Errorf("somebody who left: %v, want ErrEnded", err)
	}
}

// The browser that signs out at the provider takes the refresh token along.
func TestSigningOutAtTheProviderEndsTheSessionThere_S8(t *testing.T) {
	t.Parallel()
	s, p := demo(t)
	const home = "https://bills.example.com/signin"
	s.RegisterPostLogoutURI(home)
	id, err := picked(t, p, sandbox.SubjectEmployee)
	if err != nil {
		t.Fatal(err)
	}
	address := p.SignOutURL(id.IDToken, home)
	page, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = page.Body.Close() }()
	document, err := goquery.NewDocumentFromReader(page.Body)
	if err != nil {
		t.Fatal(err)
	}
	asked, _ := url.Parse(address)
	back, err := url.Parse(document.Find("a.back").AttrOr("href", ""))
	if err != nil || back.Host != "bills.example.com" || back.Query().Get("state") != asked.Query().Get("state") {
		t.Errorf("the way back is %s, %v", back, err)
	}
	if _, err := p.Refresh(t.Context(), id.RefreshToken, id.Subject); !errors.Is(err, signin.ErrEnded) {
		t.Errorf("error = %v, want ErrEnded", err)
	}
}

// pick opens the provider's page as a browser would, chooses a persona, and
// returns the query with which the browser is sent back.
func pick(t *testing.T, address, subject string) url.Values {
	t.Helper()
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	page, err := browser.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = page.Body.Close() }()
	document, err := goquery.NewDocumentFromReader(page.Body)
	if err != nil {
		t.Fatal(err)
	}
	link, err := page.Request.URL.Parse(document.Find("a[data-subject='"+subject+"']").AttrOr("href", ""))
	if err != nil {
		t.Fatal(err)
	}
	sent, err := browser.Get(link.String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sent.Body.Close() }()
	back, err := sent.Location()
	if err != nil {
		t.Fatalf("%s: %v", sent.Status, err)
	}
	return back.Query()
}
