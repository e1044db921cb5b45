package billingapi

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"billportal/internal/billing"

	"golang.org/x/sync/singleflight"
)

// The life of a token. One that does not say how long it lives is taken to live
// the gateway's usual hour, less a margin.
const (
	assumedLife  = time.Hour - time.Minute
	longestLife  = 90 * 24 * time.Hour
	slotDeadline = 3 * time.Minute // for the wait of a token request for its slot
)

// token is one access token.
type token struct {
	value     string
	expiresAt time.Time
	renewAt   time.Time   // 80 % of its life
	accepted  atomic.Bool // by the API, at least once
}

// tokens holds the one token in use.
type tokens struct {
	mu     sync.Mutex
	held   *token
	flight singleflight.Group
}

// fresh is the held token, or nil when it is time for a new one.
func (t *tokens) fresh(now time.Time) *token {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.held == nil || !now.Before(t.held.renewAt) {
		return nil
	}
	return t.held
}

// any is the held token, however old, or nil.
func (t *tokens) any() *token {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.held
}

func (t *tokens) hold(held *token) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.held = held
}

// drop forgets a token, unless another has taken its place.
func (t *tokens) drop(old *token) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.held == old {
		t.held = nil
	}
}

// postpone keeps a token that could not be renewed until a twentieth of its
// life has passed. It returns nil when the token has run out.
func (t *tokens) postpone(now time.Time) *token {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.held == nil || !now.Before(t.held.expiresAt) {
		return nil
	}
	t.held = &token{
		value: t.held.value, expiresAt: t.held.expiresAt,
		renewAt: now.Add(max(t.held.expiresAt.Sub(now)/4, time.Second)),
	}
	t.held.accepted.Store(true)
	return t.held
}

// token is a token to call with. All who need a new one at the same time share
// one request for it, which outlives the caller who happened to be first.
func (c *Client) token(ctx context.Context) (*token, error) {
	if t := c.tokens.fresh(c.now()); t != nil {
		return t, nil
	}
	if classOf(ctx) == Interactive && c.budget.busy() {
		return nil, fmt.Errorf("billingapi: token: %w", ErrBusy)
	}
	shared := c.tokens.flight.DoChan("token", func() (any, error) {
		deadline := slotDeadline + time.Duration(c.dialect.CallSeconds)*time.Second
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), deadline)
		defer cancel()
		return c.renewToken(ctx)
	})
	select {
	case result := <-shared:
		if result.Err != nil {
			return nil, result.Err
		}
		return result.Val.(*token), nil
	case <-ctx.Done():
		return nil, fmt.Errorf("billingapi: token: %w", context.Cause(ctx))
	}
}

// renewToken fetches a token, unless another flight has just done so. While the
// old token lives, failing to renew it fails nobody.
func (c *Client) renewToken(ctx context.Context) (*token, error) {
	if t := c.tokens.fresh(c.now()); t != nil {
		return t, nil
	}
	t, err := c.fetchToken(ctx)
	if err == nil {
		c.tokens.hold(t)
		return t, nil
	}
	if old := c.tokens.postpone(c.now()); old != nil {
		return old, nil
	}
	return nil, err
}

// fetchToken asks for a token by client credentials (RFC 6749 section 4.4). The
// credentials go into the Basic header as they are, as Orange documents it,
// without the form encoding of RFC 6749 section 2.3.1.
func (c *Client) fetchToken(ctx context.Context) (*token, error) {
	form := url.Values{"grant_type": {"client_credentials"}}
	if c.options.Scope != "" {
		form.Set("scope", c.options.Scope)
	}
	basic := base64.StdEncoding.EncodeToString([]byte(c.options.ClientID + ":" + c.options.ClientSecret))
	x := exchange{
		method: http.MethodPost, url: c.tokenURL.String(), path: c.tokenURL.EscapedPath(), route: "token",
		body: form.Encode(), class: tokenClass, limit: maxToken,
		timeout: time.Duration(c.dialect.CallSeconds) * time.Second,
		header: http.Header{
			"Authorization":   {"Basic " + basic},
			"Content-Type":    {"application/x-www-form-urlencoded"},
			"Accept":          {"application/json"},
			"Accept-Language": {c.dialect.Language},
		},
	}
	start := c.now() // the life is counted from before the request, the safe side
	a, err := c.do(ctx, x)
	if err != nil {
		return nil, err
	}
	value, life, err := decodeToken(a.body)
	if err != nil {
		err = c.malformed(x, a, err.Error())
		c.fail(err)
		return nil, err
	}
	return &token{value: value, expiresAt: start.Add(life), renewAt: start.Add(life / 5 * 4)}, nil
}

// decodeToken reads an access token response (RFC 6749 section 5.1). Its errors
// quote nothing of the answer.
func decodeToken(body []byte) (value string, life time.Duration, err error) {
	r, ok := decodeRecord(body)
	if !ok {
		return "", 0, errors.New("the token answer is not a JSON object")
	}
	if kind := r.text("token_type"); kind != "" && !strings.EqualFold(kind, "Bearer") {
		return "", 0, errors.New("the token is not of type Bearer")
	}
	value = r.text("access_token")
	if !headerSafe(value) {
		return "", 0, errors.New("the token answer holds no usable access_token")
	}
	whole, _, _ := strings.Cut(string(billing.NewDecimal(r.text("expires_in"))), ".")
	seconds, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || seconds <= 0 {
		return value, assumedLife, nil
	}
	return value, time.Duration(min(seconds, int64(longestLife/time.Second))) * time.Second, nil
}

// tokenRefused looks at the outcome of a call and reports whether a new token
// may mend it: only when the API called the token expired. A token refused for
// another reason is dropped if it had been good before, and kept if it was new,
// for then the next one would be refused too.
func (c *Client) tokenRefused(t *token, err error) bool {
	var failure *APIError
	switch {
	case err == nil:
		t.accepted.Store(true)
	case errors.As(err, &failure) && failure.Status == http.StatusUnauthorized:
		if failure.Code == "42" || t.accepted.Load() {
			c.tokens.drop(t)
		}
		return failure.Code == "42"
	}
	return false
}
