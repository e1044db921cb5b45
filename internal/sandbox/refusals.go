package sandbox

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// refusals is the gateway's catalogue of errors: HTTP status and code together
// decide what is meant. A code of zero is an answer without the catalogue.
var refusals = []problem{
	{400, 20, "Invalid URL parameter value", "A part of the path cannot be read."},
	{400, 21, "Missing body", "The request needs a body."},
	{400, 22, "Invalid body", "The body cannot be read."},
	{400, 23, "Missing body field", "A field of the body is missing."},
	{400, 24, "Invalid body field", "A field of the body cannot be read."},
	{400, 25, "Missing header", "The header X-API-Key is missing."},
	{400, 26, "Invalid header value", "The header X-API-Key cannot be read."},
	{400, 27, "Missing query-string parameter", "A parameter is missing."},
	{400, 28, "Invalid query-string parameter value", "A parameter cannot be read."},
	{401, 40, "Missing credentials", "The request carries no bearer token."},
	{401, 41, "Invalid credentials", "The client was revoked or its secret changed."},
	{401, 42, "Expired credentials", "The access token has expired."},
	{403, 50, "Access denied", "The subscription to this API has ended."},
	{403, 51, "Forbidden requester", "The requester may not do this."},
	{403, 52, "Forbidden user", "The user may not do this."},
	{403, 53, "Too many requests", "The spike limit of calls a second has been reached."},
	{404, 60, "Resource not found", "There is no such resource."},
	{405, 61, "Method not allowed", "Another method is needed."},
	{406, 62, "Not acceptable", "The representation asked for does not exist."},
	{408, 63, "Request time-out", "The request came too slowly."},
	{409, 69, "Conflict", "The resource is being changed."},
	{410, 60, "Gone", "This version of the API has ended."},
	{411, 64, "Length required", "A Content-Length is needed."},
	{412, 65, "Precondition failed", "A condition does not hold."},
	{413, 66, "Request entity too large", "The body is too long."},
	{414, 67, "Request-URI too long", "The path is too long."},
	{415, 68, "Unsupported media type", "The body must be application/json."},
	{429, 53, "Too many requests", "The quota of calls has been reached."},
	{500, 1, "Internal error", "Something went wrong."},
	{502, 1, "Bad gateway", "The component behind the gateway answered nonsense."},
	{503, 5, "Service temporarily unavailable", "The API is down for maintenance."},
	{503, 6, "Over capacity", "The API has too much to do."},
	{504, 6, "Gateway time-out", "The component behind the gateway did not answer in time."},
}

// refusalOf finds a refusal by "403/53", or by "503" the first of that status.
func refusalOf(text string) (problem, bool) {
	for _, p := range refusals {
		if text == strconv.Itoa(p.status) || text == fmt.Sprintf("%d/%d", p.status, p.code) {
			return p, true
		}
	}
	return problem{}, false
}

// Shapes lists the forms an error's body can have: the gateway's object, an
// array of it, that of RFC 6749, that of TMF630, an HTML page, plain text, and
// nothing at all.
func Shapes() []string { return []string{"object", "array", "oauth", "tmf", "html", "text", "empty"} }

// shaped is the body of p in one of Shapes, and its media type.
func (p *problem) shaped(shape string) (contentType string, body []byte) {
	js := typeJSON + "; charset=UTF-8"
	switch shape {
	case "array":
		return js, []byte("[" + string(p.body()) + "]")
	case "oauth":
		return js, jsonText(oauthError{strings.ReplaceAll(strings.ToLower(p.message), " ", "_"), p.description})
	case "tmf":
		return js, jsonText(map[string]string{
			"code": strconv.Itoa(p.code), "reason": p.message, "message": p.description, "status": strconv.Itoa(p.status),
		})
	case "html":
		return "text/html; charset=UTF-8", htmlPage(p.status, p.message)
	case "text":
		return "text/plain; charset=UTF-8", []byte(p.message + "\n")
	case "empty":
		return "", nil
	}
	return js, p.body()
}

// htmlPage is what a proxy in front of an API answers.
func htmlPage(status int, message string) []byte {
	return fmt.Appendf(nil, "<!DOCTYPE html>\n<html><head><title>%d %s</title></head>\n<body><center><h1>%[1]d %[2]s</h1></center><hr><center>gateway</center></body></html>\n", status, message)
}

// The words of retry-after, beside a number of seconds: a date a minute ahead,
// one long past, years, less than nothing, and no number at all.
const retryAfterWords = "date, past, absurd, negative, garbage"

var errRetryAfter = errors.New("sandbox: retry-after is a number of seconds or one of " + retryAfterWords)

func checkRetryAfter(text string) error {
	_, ok := retryAfter(text, time.Time{})
	if text == "" || ok {
		return nil
	}
	return fmt.Errorf("%w, not %q", errRetryAfter, text)
}

// retryAfter is the value of the Retry-After header (RFC 9110, section 10.2.3).
func retryAfter(text string, now time.Time) (string, bool) {
	switch text {
	case "date":
		return now.Add(time.Minute).UTC().Format(http.TimeFormat), true
	case "past":
		return now.Add(-time.Hour).UTC().Format(http.TimeFormat), true
	case "absurd":
		return "31536000000", true
	case "negative":
		return "-7", true
	case "garbage":
		return "soon", true
	}
	n, err := strconv.Atoi(text)
	return text, err == nil && n >= 0
}

func setRetryAfter(h http.Header, text string, now time.Time) {
	if value, ok := retryAfter(text, now); ok {
		h.Set("Retry-After", value)
	}
}
