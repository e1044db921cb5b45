package web

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"
)

// reportsPath takes what browsers refused by the portal's content security policy.
const reportsPath = "/csp-reports"

// The limits of reports: one body in bytes, and a pace for each client.
const (
	maxReport        = 16 << 10
	maxReportText    = 200
	reportsPerSecond = 1
	reportsAtOnce    = 20
)

var errNoReport = errors.New("web: the body holds no report")

// cspReport is what a browser tells (CSP level 3, section 5.3); everything in it can
// be made up.
type cspReport struct {
	Page      string `json:"document-uri"`
	Directive string `json:"effective-directive"`
	Violated  string `json:"violated-directive"`
	Blocked   string `json:"blocked-uri"`
	Source    string `json:"source-file"`
	Line      int    `json:"line-number"`
}

// cspReports logs a line for a report. Addresses are logged without their query,
// which may hold a search.
func (s *Server) cspReports(c echo.Context) error {
	if !s.reportPace.allow(client(c), s.deps.Now()) {
		return &pageError{status: http.StatusTooManyRequests, cause: echo.ErrTooManyRequests}
	}
	kind, _, err := mime.ParseMediaType(c.Request().Header.Get("Content-Type"))
	if err != nil || kind != "application/csp-report" && kind != "application/json" {
		return badRequest("", echo.ErrUnsupportedMediaType)
	}
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return err
	}
	var sent struct {
		Report *cspReport `json:"csp-report"`
	}
	if err := json.Unmarshal(body, &sent); err != nil {
		return badRequest("", err)
	}
	if sent.Report == nil {
		return badRequest("", errNoReport)
	}
	r := sent.Report
	if r.Directive == "" {
		r.Directive = r.Violated
	}
	s.deps.Log.WarnContext(c.Request().Context(), "a browser refused by the content security policy", "request_id", requestID(c),
		"page", reported(r.Page), "directive", clipText(r.Directive, maxReportText), "blocked", reported(r.Blocked), "source", reported(r.Source), "line", r.Line)
	return c.NoContent(http.StatusNoContent)
}

// reported is an address of a report without query and fragment.
func reported(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "unreadable"
	}
	u.RawQuery, u.ForceQuery, u.Fragment, u.RawFragment, u.User = "", false, "", "", nil
	return clipText(u.String(), maxReportText)
}
