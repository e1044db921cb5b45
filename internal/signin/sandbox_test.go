package signin_test

import (
	"net/http"
	"net/url"
	"testing"

	"billportal/internal/sandbox"
	"billportal/internal/signin"

	"github.com/PuerkitoBio/goquery"
)

// TestThePickedPersonaSignsInAndIsSignedOut uses the provider of the demo, which
// shares no code with this package's own fake.
func TestThePickedPersonaSignsInAndIsSignedOut(t *testing.T) {
	t.Parallel()
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
	attempt, address, err := p.Begin(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	id, err := p.Finish(t.Context(), attempt, pick(t, address, sandbox.SubjectAccountant))
	if err != nil {
		t.Fatal(err)
	}
	if id.Subject != sandbox.SubjectAccountant || id.Name == "" || id.Email == "" || len(id.Groups) == 0 || id.AuthTime.IsZero() {
		t.Errorf("identity = %+v", id)
	}
	ended, err := p.SignedOut(t.Context(), s.Identity.LogoutToken(id.Subject, id.SessionID))
	if want := (signin.EndedSession{Subject: id.Subject, SessionID: id.SessionID}); err != nil || ended != want {
		t.Errorf("ended = %+v, %v; want %+v", ended, err, want)
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
