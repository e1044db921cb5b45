package billingapi

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

var kinds = map[string]error{
	"ErrNotFound": ErrNotFound, "ErrLimited": ErrLimited, "ErrDenied": ErrDenied, "ErrCredentials": ErrCredentials,
	"ErrNotAcceptable": ErrNotAcceptable, "ErrUnavailable": ErrUnavailable, "ErrBusy": ErrBusy, "ErrMalformed": ErrMalformed,
}

// TestErrorsOfTheGateway goes through the gateway's catalogue and the shapes in
// which errors come.
func TestErrorsOfTheGateway(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		status           int
		body, code, kind string
	}{
		{400, `{"code":20,"message":"Invalid URL parameter value"}`, "20", "ErrNotFound"},
		{400, `{"code":22}`, "22", ""},
		{400, `{"code":25}`, "25", "ErrCredentials"},
		{400, `{"code":"26"}`, "26", "ErrCredentials"},
		{400, `{"code":28}`, "28", ""},
		{401, `{"code":40}`, "40", "ErrCredentials"},
		{401, `{"code":41}`, "41", "ErrCredentials"},
		{401, `<html>`, "", "ErrCredentials"},
		{403, `{"code":50}`, "50", "ErrDenied"},
		{403, `{"code":52}`, "52", "ErrDenied"},
		{403, ``, "", "ErrDenied"},
		{403, `{"code":53,"message":"Too many requests"}`, "53", "ErrLimited"},
		{403, `{"code":"53"}`, "53", "ErrLimited"},
		{403, `[{"code":53}]`, "53", "ErrLimited"},
		{404, `{"code":60}`, "60", "ErrNotFound"},
		{405, `{"code":61}`, "61", ""},
		{406, `{"code":62}`, "62", "ErrNotAcceptable"},
		{408, `{"code":63}`, "63", "ErrUnavailable"},
		{409, `{"code":69}`, "69", ""},
		{429, `{"code":53}`, "53", "ErrLimited"},
		{429, ``, "", "ErrLimited"},
		{500, `{"code":1}`, "1", "ErrUnavailable"},
		{502, `<html><h1>Bad gateway`, "", "ErrUnavailable"},
		{503, `{"code":5}`, "5", "ErrUnavailable"},
		{503, `{"code":6}`, "6", "ErrUnavailable"},
		{504, `null`, "", "ErrUnavailable"},
		{400, `{"error":"invalid_request","error_description":"d"}`, "invalid_request", ""},
		{404, `{"code":"ERR-1","reason":"r","message":"m","status":"404"}`, "ERR-1", "ErrNotFound"},
	} {
		c, _, _ := newTest(t, map[string]http.HandlerFunc{statusPath: say(tc.status, tc.body)})
		_, err := c.Status(t.Context())
		var failure *APIError
		if !errors.As(err, &failure) {
			t.Fatalf("%d %s: %v", tc.status, tc.body, err)
		}
		equal(t, "code of "+tc.body, failure.Code, tc.code)
		equal(t, "request id", failure.RequestID, "request-7")
		equal(t, "method and path", failure.Method+" "+failure.Path, "GET /status")
		for name, kind := range kinds {
			if errors.Is(err, kind) != (name == tc.kind) {
				t.Errorf("%d %s: is %s: %v", tc.status, tc.body, name, errors.Is(err, kind))
			}
		}
	}
}

func TestErrorIsOneLineForTheLog(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 10_000)
	c, _, _ := newTest(t, map[string]http.HandlerFunc{statusPath: say(500, `{"code":1,"message":"a\nb","description":"`+long+`"}`)})
	_, err := c.Status(t.Context())
	if text := err.Error(); strings.ContainsAny(text, "\n") || len(text) > 1200 ||
		!strings.HasPrefix(text, `billingapi: GET /status: status 500, code "1", "a\nb", "é`) {
		t.Errorf("got %s", text)
	}
	if s := c.State().LastError; s != (Failure{Kind: "unavailable", Status: 500, Code: "1", RequestID: "request-7"}) {
		t.Errorf("state %+v", s)
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 9, 3, 12, 0, 0, 0, time.UTC)
	c := &Client{now: func() time.Time { return now }}
	for value, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "-1": 0, "99999": time.Hour, "soon": 0,
		"Thu, 03 Sep 2026 12:00:30 GMT": 30 * time.Second, "Thu, 03 Sep 2026 11:00:00 GMT": 0,
	} {
		equal(t, value, c.retryAfter(http.Header{"Retry-After": {value}}), want)
	}
}
