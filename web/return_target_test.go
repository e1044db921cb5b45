package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"billportal/internal/sandbox"
	"billportal/web"
)

// odd are return targets that no rule makes.
var odd = []string{
	"https://evil.example", "http://evil.example/", "evil.example", "evil.example/bills", "www.evil.example", "@evil.example", "/@evil.example//",
	"http://127.0.0.1.evil.example", "https://127.0.0.1@evil.example", "//127.0.0.1@evil.example", "//evil.example@127.0.0.1", "//evil.example:443\\@127.0.0.1",
	"/%0d%0aLocation:%20https://evil.example", "/\r\nLocation: https://evil.example", "/bills\r\nSet-Cookie: a=b", "/bills%0d%0aSet-Cookie:%20a=b",
	"java\nscript:alert(1)", "java%0ascript:alert(1)", "JavaScript:alert(1)", "vbscript:x", "file:///etc/passwd", "ftp://evil.example", "mailto:x@evil.example",
	"ws://evil.example", "blob:https://evil.example/x", "about:blank", "view-source:https://evil.example", "data:text/html;base64,PHNjcmlwdD4=",
	"", " ", "?", "#", "?//evil.example", "#//evil.example", "/#//evil.example", "/bills#//evil.example", "/bills#", "/bills?a#b", "/;//evil.example",
	"/bills/../..//evil.example", "/bills/..%2f..%2f/evil.example", "/.", "/..", "/./", "/../", "/%2e", "/%2e%2e/signin/callback", "/bills/%2e%2e/signout",
	"/signin", "/signin/", "/signin/start", "/signin/start?return=//evil.example", "/signin/callback?code=x&state=y", "/signin?return=//evil.example", "/signout",
	"/bills/../signout", "/bills/../signin/callback?code=x", "/./signout", "//signout", "/%73ignout", "/sign%6fut", "/signin%2fcallback", "/%2fsignout", "/signout/",
	"/signout?x=1", "/signin%2Fstart", "/SIGNIN", "/Signout", "/%53ignout", "/signin;x/callback", "/signin\\callback",
	"/bills?return=%00", "/\x00", "/\x7f", "/%00//evil.example", "/\u202e//evil.example", "/\ufeff/evil.example", "/a\u2028b", "/é", "/\xff\xfe",
	"/" + strings.Repeat("a", 2048), strings.Repeat("/", 2048), "/" + strings.Repeat("../", 700) + "/evil.example", "//" + strings.Repeat("a", 2048) + ".example",
	"[::1]", "//[::1]", "//[::ffff:127.0.0.1]@evil.example", "http:evil.example", "http:/evil.example", "http:\\\\evil.example", "https\u003a//evil.example",
}

// hostileTargets are return targets that mean another place to some reader of
// addresses: how they begin, what stands between, where they lead, and how all of
// it is written.
func hostileTargets() []string {
	begins := []string{
		"//", "///", "////", "/\\", "\\/", "\\\\", "/\t/", "/\n/", "/\r/", "/ /", "\t//", "\n//", " //", "\x00//", "\x0b//", "/\x0c/", "\\\t\\", "/./\\", "/.//", "/..//",
		"/%2e//", "/%2e%2e//", "/a/..//", "/bills/..//", "/;//", "/%09/", "/%0a/", "/%0d/", "/%2f", "/%5c", "/%2f%2f", "/%5c%5c", "/%252f", "/%255c", "/%00/",
		"https:", "https:/", "https://", "https:///", "HTTPS://", "https:\\\\", "ht\ttps://", "https%3a//", "https:%2f%2f", "javascript:", "javascript://%0a", "java\tscript:",
		"data:text/html,", "data:,", "\uff0f\uff0f", "/\uff0f", "\u2044\u2044", "/\u2215", "/\u29f8", "\u3002\u3002", "//\u3002", "/\u2024/", "//@", "//:@", "//x:y@",
		"///@", "//127.0.0.1@", "//127.0.0.1%40", "//localhost#@", "/\u2028/", "/\u00a0/", "/\u200b/", "/\ufeff/", "?//", "#//", "/#//",
	}
	places := []string{"evil.example", "evil.example/%2f..", "evil\u3002example", "2130706433", "[::1]/"}
	targets := append([]string{}, odd...)
	for _, begin := range begins {
		for _, place := range places {
			targets = append(targets, begin+place)
		}
		plain := begin + "evil.example/bills"
		targets = append(targets, url.PathEscape(plain), url.QueryEscape(url.QueryEscape(plain)), "/"+url.PathEscape(plain), "/bills/.."+plain)
	}
	return targets
}

// resolved is where a browser goes that a portal sends to location, by the steps of
// the URL standard that matter: controls and blanks at the ends fall off, tabs and
// line ends anywhere are nothing, backslashes are slashes, and two slashes at the
// beginning begin a host.
func resolved(t *testing.T, portal, location string) *url.URL {
	t.Helper()
	read := strings.TrimFunc(location, func(r rune) bool { return r <= ' ' })
	read = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(read)
	path, query, asked := strings.Cut(read, "?")
	read = strings.ReplaceAll(path, "\\", "/")
	if asked {
		read += "?" + query
	}
	base, err := url.Parse(portal + "/signin/callback")
	if err != nil {
		t.Fatal(err)
	}
	u, err := base.Parse(read)
	if err != nil {
		t.Errorf("%q is no address: %v", location, err)
		return base
	}
	return u
}

// stays fails when a browser that is sent to location leaves the portal, or is sent
// back into signing in or out.
func stays(t *testing.T, portal, target, location string) {
	t.Helper()
	u := resolved(t, portal, location)
	if got := u.Scheme + "://" + u.Host; got != portal || u.User != nil || !strings.HasPrefix(location, "/") || strings.HasPrefix(u.EscapedPath(), "//") {
		t.Errorf("return=%q leads to %q on %s", target, location, got)
	}
	if u.Path == "/signin" || strings.HasPrefix(u.Path, "/signin/") || u.Path == "/signout" {
		t.Errorf("return=%q leads round in circles to %q", target, location)
	}
	if len(location) > 2000 || strings.ContainsFunc(location, func(r rune) bool { return r <= ' ' || r > '~' }) {
		t.Errorf("return=%q leads to %q, which no header should hold", target, location)
	}
}

// TestReturnTargetsStayHome_A11_case8_pitfall11 takes every target through the whole
// sign-in.
func TestReturnTargetsStayHome_A11_case8_pitfall11(t *testing.T) {
	t.Parallel()
	targets := hostileTargets()
	if len(targets) < 600 {
		t.Fatalf("only %d targets", len(targets))
	}
	t.Logf("%d targets", len(targets))
	const each = 80 // sign-ins a portal, so that none is refused for their number
	for len(targets) > 0 {
		some := targets[:min(each, len(targets))]
		targets = targets[len(some):]
		t.Run("from "+url.QueryEscape(some[0][:min(len(some[0]), 20)]), func(t *testing.T) {
			t.Parallel()
			s := open(t, false, nil)
			for _, target := range some {
				s.ahead.Add(int64(time.Second / 4)) // people do not sign in as fast as this test
				_, ended := s.signIn(t, s.browser(t), sandbox.SubjectEmployee, target)
				if ended.StatusCode != http.StatusSeeOther || len(ended.Header.Values("Location")) != 1 {
					t.Fatalf("return=%q: the sign-in ends with status %d", target, ended.StatusCode)
				}
				stays(t, s.URL, target, ended.Header.Get("Location"))
			}
		})
	}
}

// TestReturnTargetsOfTheSignInPageStayHome_A11 looks at the two other places that a
// target reaches: the page's link, and the answer to somebody who is signed in.
func TestReturnTargetsOfTheSignInPageStayHome_A11(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	known, unknown := s.as(t, sandbox.SubjectEmployee), s.browser(t)
	for _, target := range hostileTargets() {
		path := "/signin?" + url.Values{"return": {target}}.Encode()
		if a := s.get(t, known, path); a.StatusCode != http.StatusBadRequest { // what is no text is refused
			if a.StatusCode != http.StatusSeeOther {
				t.Errorf("return=%q: status %d instead of 303", target, a.StatusCode)
			}
			stays(t, s.URL, target, a.Header.Get("Location"))
		}
		page := s.get(t, unknown, path)
		if page.StatusCode == http.StatusBadRequest {
			continue
		}
		start, err := url.Parse(page.find(t, `main a[href^="/signin/start"]`).AttrOr("href", ""))
		if err != nil || start.Path != "/signin/start" {
			t.Fatalf("return=%q: the page starts at %v, %v", target, start, err)
		}
		stays(t, s.URL, target, start.Query().Get("return"))
	}
}

// kept are addresses of the portal that must come back as they were.
var kept = []string{
	"/", "/bills", "/bills?issued=any&q=a+b%2Fc", "/bills/aaaaaaaaaaaaaaaaaaaa/document?download=1", "/admin/accounts/0071%204420%2018", "/accounts",
	"/bills?account=0071+4420+18&account=0048+0902+11", "/bills?q=%C3%A9t%C3%A9%20%26%20%3D", "/bills.csv?rows=item&issued=2026-10", "/bills?q=https%3A%2F%2Fexample.com",
	"/bills?q=%2F%2Fevil.example", "/admin/access", "/signed",
}

func TestGoodReturnTargetsAreKept_A11(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	for _, target := range kept {
		_, ended := s.signIn(t, s.browser(t), sandbox.SubjectEmployee, target)
		if got := ended.Header.Get("Location"); got != target {
			t.Errorf("return=%q leads to %q", target, got)
		}
	}
}

func FuzzReturnTargetsStayHome_A11(f *testing.F) {
	for _, target := range hostileTargets() {
		f.Add(target)
	}
	f.Fuzz(func(t *testing.T, target string) {
		got := web.ReturnTarget(target)
		if got != "/" && got != target {
			t.Errorf("%q is changed to %q", target, got)
		}
		stays(t, "https://portal.example", target, got)
	})
}
