//go:build long

package app_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// servedBy is the real portal in a process of its own, which signs people in at
// the provider.
func servedBy(t *testing.T, p *provider) *portal {
	t.Helper()
	dir := settled(t)
	_, base := simulated(t, dir)
	server := start(t, p.environ(base), "serve")
	portal := &portal{url: p.portal, dir: dir, log: &server.stderr}
	await(t, "serve answers", func() (bool, error) {
		select {
		case <-server.ended:
			t.Fatalf("serve ended: %s", &server.stderr)
		default:
		}
		return answers(portal.url)
	})
	return portal
}

// comesFrom signs somebody in at the portal by way of the provider's own pages.
func comesFrom(t *testing.T, p *provider, site *portal, who string) (*visitor, *applicant, answer) {
	t.Helper()
	v, b := anonymous(t, site), newApplicant(t, who)
	v.http.Jar = b.http.Jar
	page := v.open("/signin")
	begin, ok := page.find(t, `main a[href^="/signin/start"]`).Attr("href")
	if !ok {
		t.Fatal("the portal offers no way to sign in")
	}
	back := b.until(site.url+begin, p.callback())
	home := v.get(back.String())
	home.expect(t, http.StatusOK)
	return v, b, home
}

// isSignedOut fails unless the visitor is asked to sign in.
func isSignedOut(t *testing.T, v *visitor) {
	t.Helper()
	if a := v.get("/bills"); a.Request.URL.Path != "/signin" {
		t.Errorf("/bills led to %s, want /signin", a.Request.URL)
	}
}

func TestPeopleOfNPMProviderUseThePortal_S8(t *testing.T) {
	t.Parallel()
	for _, groupsIn := range []string{"token", "userinfo"} {
		t.Run("groups in "+groupsIn, func(t *testing.T) {
			t.Parallel()
			p := npm(t, "http://"+freeAddress(t), groupsIn, "")
			portal := servedBy(t, p)
			v, b, home := comesFrom(t, p, portal, "anna")
			if name := home.find(t, "header").Text(); !strings.Contains(name, "Anna Example") {
				t.Errorf("the header names nobody: %q", strings.Join(strings.Fields(name), " "))
			}
			page := v.open("/bills") // needs the role that her groups give
			out := v.submit(page, page.find(t, `header form[action="/signout"]`), nil)
			out.expect(t, http.StatusOK)
			isSignedOut(t, v)
			address, ok := out.find(t, `main a[href^="`+p.issuer+`"]`).Attr("href")
			if !ok {
				t.Fatalf("no way to sign out at the provider:\n%s", out.body)
			}
			if asked, err := url.Parse(address); err != nil || asked.Query().Get("state") == "" || asked.Query().Get("id_token_hint") == "" {
				t.Errorf("the way to sign out is %s, %v", address, err)
			}
			back := b.until(address, p.afterSignOut())
			v.get(back.String()+"x").expect(t, http.StatusOK) // whatever state comes back
			isSignedOut(t, v)

			p.change("rotate", nil)
			if _, again, _ := comesFrom(t, p, portal, "anna"); again.typed != 1 {
				t.Error("no pass phrase was asked for")
			}
		})
	}
}

func TestPeopleOfDexUseThePortal(t *testing.T) {
	t.Parallel()
	p := dex(t, "http://"+freeAddress(t))
	portal := servedBy(t, p)
	v, _, home := comesFrom(t, p, portal, "anna@example.test")
	if name := home.find(t, "header").Text(); !strings.Contains(name, "Anna Example") {
		t.Errorf("the header names nobody: %q", strings.Join(strings.Fields(name), " "))
	}
	page := v.open("/bills")
	out := v.submit(page, page.find(t, `header form[action="/signout"]`), nil)
	out.expect(t, http.StatusOK)
	if out.find(t, `main a[href^="`+p.issuer+`"]`).Length() != 0 {
		t.Error("a way to sign out at Dex, which has none")
	}
	isSignedOut(t, v)
}

func TestAWrongIssuerSignsNobodyIn_A8(t *testing.T) {
	t.Parallel()
	p := npm(t, "http://"+freeAddress(t), "token", "")
	honest := p.issuer
	p.issuer = strings.Replace(honest, "127.0.0.1", "localhost", 1)
	portal := servedBy(t, p)
	a := anonymous(t, portal).get("/signin/start")
	a.expect(t, http.StatusServiceUnavailable)
	if strings.Contains(string(a.body), honest) || strings.Contains(string(a.body), p.issuer) {
		t.Error("the page tells the addresses")
	}
	await(t, "the log says what is wrong", func() (bool, error) {
		return strings.Contains(portal.log.String(), "OIDC_ISSUER"), errors.New(portal.log.String())
	})
}

// The session ends at the provider, whose own process posts that to the portal.
func TestNPMProviderEndsASessionOfThePortal_S7(t *testing.T) {
	t.Parallel()
	site := "http://" + freeAddress(t)
	p := npm(t, site, "token", site+"/signin/backchannel-logout")
	portal := servedBy(t, p)
	v, b, _ := comesFrom(t, p, portal, "anna")
	other, _, _ := comesFrom(t, p, portal, "anna")
	leaving := url.Values{"client_id": {p.clientID}, "post_logout_redirect_uri": {p.afterSignOut()}}
	b.until(p.issuer+"/session/end?"+leaving.Encode(), p.afterSignOut())
	isSignedOut(t, v)
	if a := other.open("/bills"); a.Request.URL.Path != "/bills" {
		t.Errorf("the session in another browser ended too: /bills led to %s", a.Request.URL)
	}
}
