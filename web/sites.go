package web

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"
)

var errOtherSite = errors.New("web: another site asked")

// ownPagesOnly refuses what other sites make a browser ask for: whatever changes
// something, and whatever is not a page that the person goes to. Links from mails
// and the way back from the identity provider are navigations and pass. Programs
// that are no browsers say nothing of sites; they have no session.
func ownPagesOnly() echo.MiddlewareFunc {
	protection := http.NewCrossOriginProtection()
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			err := protection.Check(c.Request())
			if err == nil && embedded(c.Request()) {
				err = errOtherSite
			}
			if err != nil {
				return &pageError{status: http.StatusForbidden, sentence: "error.othersite", cause: err}
			}
			return next(c)
		}
	}
}

// embedded reports whether another site has the browser load something into itself
// (Fetch Metadata: every destination but a navigation of the whole window).
func embedded(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return false
	}
	return r.Header.Get("Sec-Fetch-Mode") != "navigate" || r.Header.Get("Sec-Fetch-Dest") != "document"
}
