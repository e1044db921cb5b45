package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"
)

// askToSignIn leads somebody without a session to the sign-in page and from there
// back to where they were going. Whatever asks for something else than a page is
// told so by the status alone.
func (s *Server) askToSignIn(c echo.Context) error {
	r := c.Request()
	target := url.Values{}
	if _, err := r.Cookie(s.sessions.name); err == nil {
		target.Set("expired", "1")
	}
	back := r.URL.RequestURI()
	if isFragment(r) {
		back = currentPath(r)
	}
	if to := returnTarget(back); r.Method == http.MethodGet && to != "/" {
		target.Set("return", to)
	}
	location := "/signin"
	if len(target) > 0 {
		location += "?" + target.Encode()
	}
	if isFragment(r) {
		c.Response().Header().Set("HX-Redirect", location)
		return c.NoContent(http.StatusUnauthorized)
	}
	if !wantsPage(r) {
		return c.NoContent(http.StatusUnauthorized)
	}
	return c.Redirect(http.StatusSeeOther, location)
}

// wantsPage reports whether a request is a browser's for a page: it navigates, or
// takes HTML by name or because it names nothing.
func wantsPage(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return r.Header.Get("Sec-Fetch-Mode") == "navigate" || accept == "" || strings.Contains(strings.ToLower(accept), "text/html")
}

// currentPath is the path and query of the page that an htmx request came from.
func currentPath(r *http.Request) string {
	u, err := url.Parse(r.Header.Get("HX-Current-URL"))
	if err != nil {
		return "/"
	}
	return u.RequestURI()
}

// returnTarget is where to go after signing in: a path of this portal with its
// query, or "/" for anything that a browser could take for another place.
func returnTarget(s string) string {
	if len(s) > 2000 || !strings.HasPrefix(s, "/") || strings.ContainsFunc(s, func(r rune) bool {
		return r == '\\' || r <= ' ' || r > '~'
	}) {
		return "/"
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" || u.Fragment != "" {
		return "/"
	}
	for _, path := range []string{u.Path, u.EscapedPath()} {
		if strings.Contains(path, "//") || strings.ContainsAny(path, "\\\r\n\t\x00") || strings.Contains(path, "/.") ||
			path == "/signin" || strings.HasPrefix(path, "/signin/") || path == "/signout" {
			return "/"
		}
	}
	return s
}
