package billingapi

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

const statusPath = "/api/status"

var statusOK = map[string]http.HandlerFunc{statusPath: say(200, `{"status":"OK"}`)}

func TestTokenIsAskedForAsOrangeDocuments(t *testing.T) {
	t.Parallel()
	c, u, _ := newTest(t, statusOK, func(o *Options) { o.Scope = "b2b:billing:readonly" })
	if _, err := c.Status(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := u.requests[0]
	request := http.Request{Header: r.header}
	id, secret, _ := request.BasicAuth()
	equal(t, "path", r.path, "/token")
	equal(t, "id", id, testID)
	equal(t, "secret", secret, testSecret)
	equal(t, "body", r.body, "grant_type=client_credentials&scope=b2b%3Abilling%3Areadonly")
	equal(t, "content type", r.header.Get("Content-Type"), "application/x-www-form-urlencoded")
	equal(t, "accept", r.header.Get("Accept"), "application/json")
	equal(t, "API key at the token endpoint", r.header.Get("X-API-Key"), "")
}

func TestTokenIsSharedAndReused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{answerTo: statusOK}
		u.tokenTo = func(w http.ResponseWriter, r *http.Request) {
			<-time.After(time.Second) // long enough for everybody to want it
			say(200, `{"token_type":"Bearer","access_token":"t","expires_in":"3600"}`)(w, r)
		}
		c := newBubble(t, u, 10_000, 10_000)
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				if _, err := c.Status(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		equal(t, "token requests", u.tokens, 1)
		equal(t, "calls", u.to(statusPath), 50)
	})
}

func TestTokenFetchOutlivesTheCallerWhoBeganIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{answerTo: statusOK}
		u.tokenTo = func(w http.ResponseWriter, r *http.Request) {
			<-time.After(time.Second)
			say(200, `{"access_token":"t"}`)(w, r)
		}
		c := newBubble(t, u, 1000, 1000)
		impatient, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		var all sync.WaitGroup
		all.Go(func() {
			if _, err := c.Status(impatient); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("the impatient caller got %v", err)
			}
		})
		all.Go(func() {
			synctest.Wait()
			if _, err := c.Status(t.Context()); err != nil {
				t.Errorf("the patient caller got %v", err)
			}
		})
		all.Wait()
		equal(t, "token requests", u.tokens, 1)
	})
}

func TestTokenIsRenewedAtFourFifthsOfItsLife(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{answerTo: statusOK}
		c := newBubble(t, u, 1000, 1000)
		call := func() {
			t.Helper()
			if _, err := c.Status(t.Context()); err != nil {
				t.Error(err)
			}
		}
		call()
		<-time.After(48*time.Minute - time.Second)
		call()
		equal(t, "token requests before 80 %", u.tokens, 1)
		<-time.After(time.Second)
		call()
		equal(t, "token requests at 80 %", u.tokens, 2)
		u.tokenTo = say(503, "")
		<-time.After(50 * time.Minute)
		call()
		call()
		equal(t, "token requests while renewal fails", u.tokens, 3)
		<-time.After(10 * time.Minute)
		if _, err := c.Status(t.Context()); !errors.Is(err, ErrUnavailable) {
			t.Errorf("with a token that ran out: %v", err)
		}
		if c.State().TokenHeld {
			t.Error("a token that ran out is held")
		}
	})
}

func TestExpiredTokenIsReplacedOnce(t *testing.T) {
	t.Parallel()
	expired := say(401, `{"code":42,"message":"Expired credentials"}`)
	answers := sayInTurn(expired, statusOK[statusPath])
	c, u, _ := newTest(t, map[string]http.HandlerFunc{statusPath: answers})
	if _, err := c.Status(t.Context()); err != nil {
		t.Fatal(err)
	}
	equal(t, "bearer of the repeat", u.last().header.Get("Authorization"), "Bearer canary-token-2")
	equal(t, "calls", u.to(statusPath), 2)
	u.answerTo[statusPath] = expired
	_, err := c.Status(t.Context())
	if !errors.Is(err, ErrCredentials) {
		t.Errorf("got %v, want ErrCredentials", err)
	}
	equal(t, "calls when the new token is refused too", u.to(statusPath), 4)
	equal(t, "tokens", u.tokens, 3)
}

func TestInvalidTokenIsNotAskedForAgainAndAgain(t *testing.T) {
	t.Parallel()
	invalid := say(401, `{"code":"41","message":"Invalid credentials"}`)
	c, u, _ := newTest(t, map[string]http.HandlerFunc{statusPath: sayInTurn(statusOK[statusPath], invalid)})
	_, _ = c.Status(t.Context())
	for range 5 {
		if _, err := c.Status(t.Context()); !errors.Is(err, ErrCredentials) {
			t.Fatalf("got %v, want ErrCredentials", err)
		}
	}
	equal(t, "calls", u.to(statusPath), 6)
	equal(t, "tokens: one, and one more because the first had been good", u.tokens, 2)
}

func TestDecodeToken(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]time.Duration{
		`{"access_token":"t","expires_in":3600}`:                       time.Hour,
		`{"access_token":"t","expires_in":"7776000"}`:                  90 * 24 * time.Hour,
		`{"access_token":"t","expires_in":3.6e3}`:                      time.Hour,
		`{"access_token":"t","expires_in":5.9,"token_type":"bearer"}`:  5 * time.Second,
		`{"access_token":"t"}`:                                         59 * time.Minute,
		`{"access_token":"t","expires_in":null}`:                       59 * time.Minute,
		`{"access_token":"t","expires_in":-1}`:                         59 * time.Minute,
		`{"access_token":"t","expires_in":99999999999999999999999999}`: 59 * time.Minute,
		`{"access_token":"t","expires_in":999999999999}`:               90 * 24 * time.Hour,
		`{"access_token":"t","expires_in":"soon"}`:                     59 * time.Minute,
		``:                        -1,
		`[]`:                      -1,
		`null`:                    -1,
		`{"access_token":""}`:     -1,
		`{"access_token":["x"]}`:  -1,
		`{"access_token":"a\nb"}`: -1,
		`{"access_token":"t","token_type":"mac"}`: -1,
		`{"access_token":"t"} trailing`:           -1,
	} {
		value, life, err := decodeToken([]byte(body))
		if (err != nil) != (want < 0) || err == nil && (value != "t" || life != want) {
			t.Errorf("%s: token %q for %v, %v; want %v", body, value, life, err, want)
		}
	}
}

func TestTokenEndpointFailures(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		want   error
	}{
		"wrong secret":          {say(401, `{"error":"invalid_client","error_description":"no `+testSecret+`"}`), ErrCredentials},
		"wrong secret as a 400": {say(400, `{"error":"invalid_client"}`), ErrCredentials},
		"limit":                 {say(429, `{"code":53}`), ErrLimited},
		"maintenance":           {say(503, `<html>`), ErrUnavailable},
		"page instead of token": {say(200, `<html>`), ErrMalformed},
		"endless":               {say(200, strings.Repeat(" ", maxToken+1)), ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, u, log := newTest(t, statusOK)
			u.tokenTo = tc.answer
			_, err := c.Status(t.Context())
			if !errors.Is(err, tc.want) {
				t.Fatalf("got %v, want %v", err, tc.want)
			}
			noCanary(t, "the error", err.Error())
			noCanary(t, "the log", log.String())
			equal(t, "calls without a token", u.to(statusPath), 0)
		})
	}
}
