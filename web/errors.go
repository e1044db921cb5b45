package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/billcache"
	"billportal/internal/billing"
	"billportal/templates"
)

// pageError is an error that knows its status and, where the usual words for the
// status do not do, the sentence for the reader. The cause is for the log.
type pageError struct {
	status   int
	sentence string // key of the catalogue, "" for the usual words
	cause    error
}

func (e *pageError) Error() string { return fmt.Sprintf("%d: %v", e.status, e.cause) }

func (e *pageError) Unwrap() error { return e.cause }

func badRequest(sentence string, cause error) error {
	return &pageError{status: http.StatusBadRequest, sentence: sentence, cause: cause}
}

func forbidden(cause error) error {
	return &pageError{status: http.StatusForbidden, cause: cause}
}

// statusClientGone is what the log shows for a request whose client went away;
// nobody receives it. The number is nginx's habit.
const statusClientGone = 499

// statusOf is the status that an error is answered with, and the key of a
// sentence for it. What is not known is an internal error.
func statusOf(err error) (status int, sentence string) {
	var page *pageError
	var http4xx *echo.HTTPError
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &page):
		return page.status, page.sentence
	case errors.As(err, &http4xx):
		return http4xx.Code, ""
	case errors.As(err, &large):
		return http.StatusRequestEntityTooLarge, ""
	case errors.Is(err, errBrokenOff):
		return http.StatusForbidden, ""
	case errors.Is(err, errReaderGone):
		return statusClientGone, ""
	case errors.Is(err, billing.ErrNotFound):
		return http.StatusNotFound, ""
	case errors.Is(err, access.ErrDisabled):
		return http.StatusForbidden, ""
	case errors.Is(err, billcache.ErrBusy):
		return http.StatusServiceUnavailable, "items.error.budget"
	case errors.Is(err, billcache.ErrNoDocument):
		return http.StatusBadGateway, "document.error.invalid"
	case errors.Is(err, billcache.ErrUnavailable):
		return http.StatusBadGateway, ""
	case errors.Is(err, context.Canceled):
		return statusClientGone, ""
	}
	return http.StatusInternalServerError, ""
}

// handleError answers a request that failed, unless its answer has begun: then
// nothing true could be added to it.
func (s *Server) handleError(err error, c echo.Context) {
	status, sentence := statusOf(err)
	level := slog.LevelInfo
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	s.deps.Log.LogAttrs(c.Request().Context(), level, "request failed",
		slog.String("request_id", requestID(c)), slog.Int("status", status), slog.Any("error", err))
	if c.Response().Committed {
		return
	}
	if status == statusClientGone {
		c.Response().Status = status
		return
	}
	h := c.Response().Header()
	h.Set("Content-Security-Policy", pageCSP)
	if c.Path() == documentPath {
		// The page of the bill frames what is sent in the document's place.
		h.Set("Content-Security-Policy", strings.Replace(pageCSP, "frame-ancestors 'none'", "frame-ancestors 'self'", 1))
	}
	h.Del("Content-Disposition")
	h.Del("Content-Length")
	if status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests {
		h.Set("Retry-After", "5")
	}
	err = s.tryErrorPage(c, status, sentence)
	if errors.Is(err, context.Canceled) {
		c.Response().Status = statusClientGone
		return
	}
	if err != nil {
		s.deps.Log.ErrorContext(c.Request().Context(), "error page", "request_id", requestID(c), "error", err)
		if err := c.HTMLBlob(http.StatusInternalServerError, s.lastResort); err != nil {
			s.deps.Log.ErrorContext(c.Request().Context(), "last resort", "request_id", requestID(c), "error", err)
		}
	}
}

// tryErrorPage makes the page of an error; a page that panics is an error too.
func (s *Server) tryErrorPage(c echo.Context, status int, sentence string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return s.errorPage(c, status, sentence)
}

func (s *Server) errorPage(c echo.Context, status int, sentence string) error {
	page := s.frame(c)
	view := templates.ErrorView{
		Page: page, Code: templates.ErrorCode(strconv.Itoa(status)), When: page.Texts.DateTime(s.deps.Now().In(s.settings.TimeZone)),
	}
	if sentence != "" {
		view.Sentence = page.Texts.S(sentence)
	}
	if c.Path() == documentPath && status >= http.StatusInternalServerError {
		view.Heading = page.Texts.S("document.missing")
	}
	if c.Request().Method == http.MethodGet && status >= http.StatusInternalServerError {
		view.RetryURL = c.Request().URL.RequestURI()
	}
	switch {
	case isFragment(c.Request()):
		return s.render(c, status, templates.ErrorFragment(view))
	case c.Path() == documentPath && c.Request().Header.Get("Sec-Fetch-Dest") == "iframe":
		return s.render(c, status, templates.ErrorFrame(view))
	}
	return s.render(c, status, templates.ErrorPage(view))
}
