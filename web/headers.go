package web

import (
	"strings"

	"github.com/labstack/echo/v4"
)

// pageCSP allows the portal's own files and nothing inline; a frame may show the
// portal's own documents. What a browser refuses by it is reported.
const pageCSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
	"connect-src 'self'; frame-src 'self'; object-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
	"report-uri " + reportsPath

// documentCSP is for PDFs, which the portal's own pages may frame. A body that a
// browser took for HTML could load, run and send nothing. It has no sandbox: the
// browsers of Apple show no PDF under one.
const documentCSP = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"

// securityHeaders are on every answer. They are set before anything can fail and
// made good when the status is written, because the standard library takes some of
// them off its own error answers.
func (s *Server) securityHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", pageCSP)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin") // a bill leads back to the list it was opened from
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("X-Robots-Tag", "noindex")
		if s.secure {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		if !strings.HasPrefix(c.Request().URL.Path, "/static/") {
			h.Set("Cache-Control", "no-store")
			h.Set("Vary", "Cookie, HX-Request")
		}
		c.Response().Before(func() {
			if h.Get("Cache-Control") == "" {
				h.Set("Cache-Control", "no-store")
			}
		})
		return next(c)
	}
}
