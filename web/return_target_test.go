package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"billportal/internal/sandbox"
)

// hostile are return targets that must lead to the first page or stay where they
// say; a browser must never leave the portal through one.
var hostile = []string{
	"https://evil.example", "http://evil.example/", "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example",
	"/\\/evil.example", "\\/evil.example", "/\t/evil.example", "/\n/evil.example", "/\r/evil.example", "\t//evil.example", " //evil.example",
	"/ /evil.example", "//evil.example/%2f..", "/%2f/evil.example", "/%5cevil.example", "/%2f%2fevil.example", "/%09/evil.example", "/%0a/evil.example",
	"/%0d%0aLocation:%20https://evil.example", "/\r\nLocation: https://evil.example", "javascript:alert(1)", "JavaScript:alert(1)", "java\nscript:alert(1)",
	"data:text/html,x", "vbscript:x", "file:///etc/passwd", "ftp://evil.example", "mailto:x@evil.example", "evil.example", "evil.example/bills",
	"www.evil.example", "@evil.example", "/@evil.example//", "https:evil.example", "https:/evil.example", "http:///evil.example", "https://127.0.0.1@evil.example",
	"//evil.example@127.0.0.1", "//127.0.0.1@evil.example", "http://127.0.0.1.evil.example", "/.//evil.example", "/..//evil.example", "/bills/..//evil.example",
	"/bills/../..//evil.example", "/./\\evil.example", "/%2e%2e//evil.example", "/%2e//evil.example", "//\u3002evil.example", "/\u2028/evil.example", "/\u00a0/evil.example",
	"//evil\u3002example", "/\x00/evil.example", "/\x7f/evil.example", "\x00//evil.example", "?//evil.example", "#//evil.example", "/#//evil.example", "/signin",
	"/signin/start", "/signin?return=//evil.example", "/signout", "/signin/callback?code=x", "//[::1]", "/\\\\evil.example", "https\u003a//evil.example",
	"//%65vil.example", "/;//evil.example", "http:\\\\evil.example", "///\\;@evil.example", "/%E3%80%82evil.example", "/bills\r\nSet-Cookie: a=b", "",
	strings.Repeat("/", 3000), "/" + strings.Repeat("a", 3000),
}

// stays fails when a browser that is sent to location leaves the portal, as the
// URL standard reads it: backslashes are slashes, tabs and line ends are nothing.
func stays(t *testing.T, target, location string) {
	t.Helper()
	read := strings.NewReplacer("\\", "/", "\t", "", "\n", "", "\r", "").Replace(strings.TrimFunc(location, func(r rune) bool { return r <= ' ' }))
	base, _ := url.Parse("https://portal.example/signin/callback")
	u, err := base.Parse(read)
	if err != nil || u.Host != "portal.example" || u.Scheme != "https" || !strings.HasPrefix(read, "/") || strings.HasPrefix(u.EscapedPath(), "//") {
		t.Errorf("return=%q leads to %q", target, location)
	}
	if u != nil && strings.HasPrefix(u.Path, "/signin") {
		t.Errorf("return=%q leads round in circles to %q", target, location)
	}
}

func TestReturnTargetsStayInThePortal(t *testing.T) {
	t.Parallel()
	if len(hostile) < 60 {
		t.Fatalf("only %d targets", len(hostile))
	}
	s := open(t, false, nil)
	known, unknown := s.as(t, sandbox.SubjectEmployee), s.browser(t)
	for _, target := range hostile {
		path := "/signin?" + url.Values{"return": {target}}.Encode()
		a := s.get(t, known, path)
		if a.StatusCode != http.StatusSeeOther {
			t.Errorf("return=%q: status %d instead of 303", target, a.StatusCode)
		}
		stays(t, target, a.Header.Get("Location"))
		start, err := url.Parse(s.get(t, unknown, path).find(t, `main a[href^="/signin/start"]`).AttrOr("href", ""))
		if err != nil || start.Path != "/signin/start" {
			t.Fatalf("return=%q: the page starts at %v, %v", target, start, err)
		}
		stays(t, target, start.Query().Get("return"))
	}
	for i, target := range hostile {
		if i%3 == 0 && len(target) < 1000 {
			_, ended := s.signIn(t, s.browser(t), sandbox.SubjectEmployee, target)
			if ended.StatusCode != http.StatusSeeOther {
				t.Errorf("return=%q: sign-in ends with status %d", target, ended.StatusCode)
			}
			stays(t, target, ended.Header.Get("Location"))
		}
	}
}

func TestReturnTargetsOfThePortalAreKept(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	for _, target := range []string{
		"/", "/bills", "/bills?issued=any&q=a+b%2Fc", "/bills/aaaaaaaaaaaaaaaaaaaa/document?download=1", "/admin/accounts/0071%204420%2018", "/accounts",
	} {
		_, ended := s.signIn(t, s.browser(t), sandbox.SubjectEmployee, target)
		if got := ended.Header.Get("Location"); got != target {
			t.Errorf("return=%q leads to %q", target, got)
		}
	}
}
