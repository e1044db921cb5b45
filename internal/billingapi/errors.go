package billingapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// The kinds of failure. An *APIError matches exactly one of them with
// errors.Is, except for a refusal that has no kind of its own, which matches
// none; ErrBusy comes without an APIError because no call was made.
var (
	ErrNotFound      = errors.New("the Billing API knows no such thing")
	ErrLimited       = errors.New("the Billing API refused a call above its threshold")
	ErrDenied        = errors.New("the Billing API denied access")
	ErrCredentials   = errors.New("the Billing API refused the credentials")
	ErrNotAcceptable = errors.New("the Billing API does not have that representation")
	ErrUnavailable   = errors.New("the Billing API is unavailable")
	ErrBusy          = errors.New("the budget of calls is used up for now")
	ErrMalformed     = errors.New("the Billing API's answer makes no sense")
)

// APIError is a call that failed after it was let go. No field holds a
// credential, even where the answer repeated one.
type APIError struct {
	Status       int    // of HTTP; 0 when no answer came
	Code         string // the gateway's number, or a word such as "invalid_client"
	Message      string // Orange's words, for logs and admins, never for a page as they are
	Description  string
	RequestID    string        // X-OAPI-Request-Id, which Orange's support asks for
	Method, Path string        // Path without query
	RetryAfter   time.Duration // as the answer asked; 0 when it did not

	cause error
}

// Error is one line for the log.
func (e *APIError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "billingapi: %s %s: ", e.Method, e.Path)
	if e.Status == 0 {
		b.WriteString("no answer")
	} else {
		fmt.Fprintf(&b, "status %d", e.Status)
	}
	if e.Code != "" {
		fmt.Fprintf(&b, ", code %q", e.Code)
	}
	for _, text := range []string{e.Message, e.Description} {
		if text != "" {
			fmt.Fprintf(&b, ", %q", text)
		}
	}
	if e.RequestID != "" {
		fmt.Fprintf(&b, ", request %s", e.RequestID)
	}
	return b.String()
}

// Is matches the kinds: by HTTP status first, by code second, because the
// gateway uses some codes with two statuses.
func (e *APIError) Is(target error) bool { return target == e.kind() && target != nil }

// Unwrap is the error of the network, if that was it.
func (e *APIError) Unwrap() error { return e.cause }

// kind follows the gateway's catalogue of errors.
func (e *APIError) kind() error {
	switch s := e.Status; {
	case s == 0 || s == http.StatusRequestTimeout || s >= 500:
		return ErrUnavailable
	case s < 400:
		return ErrMalformed // a body that cannot be read, or a redirect
	case s == http.StatusUnauthorized:
		return ErrCredentials
	case s == http.StatusTooManyRequests || s == http.StatusForbidden && e.Code == "53":
		return ErrLimited
	case s == http.StatusForbidden:
		return ErrDenied
	case s == http.StatusNotFound:
		return ErrNotFound
	case s == http.StatusNotAcceptable:
		return ErrNotAcceptable
	case s == http.StatusBadRequest:
		return badRequestKinds[e.Code]
	}
	return nil
}

// badRequestKinds are the codes of status 400 that mean something else than a
// fault of ours: 20 an id that cannot exist, 25 and 26 the API key's header, and
// the words of RFC 6749 section 5.2 for a client that is not let in.
var badRequestKinds = map[string]error{
	"20": ErrNotFound,
	"25": ErrCredentials, "26": ErrCredentials,
	"invalid_client": ErrCredentials, "unauthorized_client": ErrCredentials,
}

// kindName is the kind in one word, for admins.
func kindName(err error) string {
	for name, kind := range map[string]error{
		"not_found": ErrNotFound, "limited": ErrLimited, "denied": ErrDenied, "credentials": ErrCredentials,
		"not_acceptable": ErrNotAcceptable, "unavailable": ErrUnavailable, "busy": ErrBusy, "malformed": ErrMalformed,
	} {
		if errors.Is(err, kind) {
			return name
		}
	}
	return "other"
}

// noAnswer is a call that ended without a whole answer. When it is the caller
// who gave up, the error is the caller's own.
func (c *Client) noAnswer(caller context.Context, x exchange, err error) error {
	if caller.Err() != nil {
		return fmt.Errorf("billingapi: %s %s: %w", x.method, x.route, context.Cause(caller))
	}
	var outer *url.Error // its text holds the whole address
	if errors.As(err, &outer) {
		err = outer.Err
	}
	return &APIError{Method: x.method, Path: x.path, Message: c.redact(err.Error()), cause: hiddenCause{err}}
}

// hiddenCause lets errors.Is and errors.As see an error whose text is not shown.
type hiddenCause struct{ err error }

func (hiddenCause) Error() string   { return "network error" }
func (h hiddenCause) Unwrap() error { return h.err }

// malformed is an answer that cannot be understood.
func (c *Client) malformed(x exchange, a *answer, reason string) error {
	return &APIError{
		Status: a.status, Method: x.method, Path: x.path, RequestID: requestID(a.header), Message: reason,
	}
}

// refusal is an answer of status 3xx to 5xx, whatever its body: the gateway's
// object, an array of such, the shapes of OAuth 2.0 and TM Forum, HTML, nothing.
func (c *Client) refusal(x exchange, a *answer, body []byte) error {
	e := &APIError{
		Status: a.status, Method: x.method, Path: x.path,
		RequestID: requestID(a.header), RetryAfter: c.retryAfter(a.header),
	}
	r, ok := decodeRecord(body)
	if list, err := decodeList(body); !ok && err == nil && len(list) > 0 {
		r, ok = decodeRecord(list[0])
	}
	if ok {
		e.Code = c.redact(clip(r.text("code", "error.code", "error")))
		e.Message = c.redact(clip(r.text("message", "error.message", "reason")))
		e.Description = c.redact(clip(r.text("description", "error.description", "error_description")))
	}
	return e
}

// retryAfter reads RFC 9110 section 10.2.3: seconds or a date. It is at most an
// hour.
func (c *Client) retryAfter(h http.Header) time.Duration {
	value := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil {
		return time.Duration(min(max(seconds, 0), 3600)) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(c.now()), 0), time.Hour)
	}
	return 0
}

func requestID(h http.Header) string { return clip(h.Get("X-OAPI-Request-Id")) }

// clip bounds a text that somebody else wrote.
func clip(s string) string {
	const most = 500
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// redact takes our credentials out of a text that somebody else wrote.
func (c *Client) redact(s string) string {
	credentials := []string{c.options.ClientSecret, c.options.APIKey, c.options.ClientID}
	if t := c.tokens.any(); t != nil {
		credentials = append(credentials, t.value)
	}
	for _, credential := range credentials {
		s = strings.ReplaceAll(s, credential, "[redacted]")
	}
	return s
}
