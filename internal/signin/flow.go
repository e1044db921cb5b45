package signin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Attempt is one sign-in between its beginning and its end. It belongs to the
// browser that began it: keep it where only that browser can bring it back,
// unreadable and unalterable to others, and drop it when it has been used.
type Attempt struct {
	// State and Nonce have 128 random bits or more; Verifier is PKCE's secret.
	State, Nonce, Verifier string
	// Begun is when; an attempt ends ten minutes later.
	Begun time.Time
	// MaxAge is how long ago the person may have proved who they are to the
	// provider; 0 is any time.
	MaxAge time.Duration
}

// Identity is a person as the provider vouches for them.
type Identity struct {
	// Issuer and Subject together are the person, and nothing else is.
	Issuer, Subject string
	// Name and Email are for reading, unverified, and may be empty.
	Name, Email string
	// Groups are the provider's groups, byte for byte, sorted.
	Groups []string
	// NoGroups says, for the log, why Groups is empty although that is odd.
	NoGroups string
	// SessionID is the provider's session (sid), which EndedSession names; may be empty.
	SessionID string
	// IDToken is the raw token, up to 64 KiB, for SignOutURL. It must not reach
	// the browser otherwise.
	IDToken string
	// RefreshToken is for Refresh, up to 64 KiB; empty when the provider gave none.
	// It is as good as a password: keep it unreadable to others.
	RefreshToken string
	// AuthTime is when the person last proved who they are; zero when not told.
	AuthTime time.Time
}

// Begin starts a sign-in and returns the address to send the browser to. With a
// maxAge above zero the provider is asked to have the person prove who they are
// again when that was longer ago, and Finish insists on it. The error is an
// ErrUnavailable.
func (p *Provider) Begin(ctx context.Context, maxAge time.Duration) (Attempt, string, error) {
	d, err := p.discover(ctx)
	if err != nil {
		return Attempt{}, "", err
	}
	a := Attempt{
		State:    rand.Text(),
		Nonce:    rand.Text(),
		Verifier: oauth2.GenerateVerifier(),
		Begun:    p.options.Now(),
		MaxAge:   maxAge,
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)}
	if maxAge > 0 {
		options = append(options, oauth2.SetAuthURLParam("max_age", strconv.Itoa(int(maxAge.Seconds()))))
	}
	return a, d.oauth2.AuthCodeURL(a.State, options...), nil
}

// Finish turns the provider's answer, the query of the callback, into an
// Identity. The attempt is used up, whatever the outcome: nothing is sent to the
// provider for a second try. The error is of one of the kinds above.
func (p *Provider) Finish(ctx context.Context, a Attempt, query url.Values) (Identity, error) {
	if err := p.checkAttempt(a, query); err != nil {
		return Identity{}, err
	}
	d, err := p.discover(ctx)
	if err != nil {
		return Identity{}, err
	}
	code, err := p.checkCallback(d, query)
	if err != nil {
		return Identity{}, err
	}
	ctx = oidc.ClientContext(ctx, p.options.Client)
	token, err := d.oauth2.Exchange(ctx, code, oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return Identity{}, exchangeFailure(err)
	}
	raw, _ := token.Extra("id_token").(string)
	c, err := p.verifyIDToken(ctx, d, raw, token.AccessToken)
	if err != nil {
		return Identity{}, err
	}
	if err := p.checkFresh(a, c); err != nil {
		return Identity{}, failure(ErrToken, "%v", err)
	}
	if len(token.RefreshToken) > maxToken {
		return Identity{}, failure(ErrToken, "the refresh token has more than %d bytes", maxToken)
	}
	id, err := p.identify(ctx, d, c, token.AccessToken)
	if err != nil && !errors.Is(err, ErrUnavailable) { // without groups somebody may do nothing, which is safe
		return Identity{}, err
	}
	id.IDToken, id.RefreshToken = raw, token.RefreshToken
	return id, nil
}

// checkAttempt makes sure that the query answers the attempt, in time and for
// the first time.
func (p *Provider) checkAttempt(a Attempt, query url.Values) error {
	now := p.options.Now()
	states := query["state"]
	switch {
	case a.State == "" || a.Nonce == "" || a.Verifier == "":
		return failure(ErrCallback, "this browser has not begun to sign in")
	case len(states) != 1 || subtle.ConstantTimeCompare([]byte(states[0]), []byte(a.State)) != 1:
		return failure(ErrCallback, "state differs")
	case now.Sub(a.Begun) > attemptLife || a.Begun.Sub(now) > leeway:
		return failure(ErrCallback, "the attempt is older than %s", attemptLife)
	case !p.states.first(a.State, now, a.Begun.Add(attemptLife+leeway)):
		return failure(ErrCallback, "the attempt has been used")
	}
	return nil
}

// errorCode is the shape of the registered error codes (RFC 6749 section
// 4.1.2.1, Core section 3.1.2.6); anything else stays out of the log.
var errorCode = regexp.MustCompile(`^[a-z_]{1,40}$`)

// checkCallback returns the code of a good answer.
func (p *Provider) checkCallback(d *discovered, query url.Values) (string, error) {
	issuers, codes := query["iss"], query["code"]
	switch {
	case len(issuers) == 0 && d.SendsIssuer:
		return "", failure(ErrCallback, "the iss parameter is missing")
	case len(issuers) > 1 || len(issuers) == 1 && issuers[0] != p.options.Issuer:
		return "", failure(ErrCallback, "the iss parameter names another provider")
	case query.Has("error"):
		return "", failure(ErrDenied, "error %s", safeCode(query.Get("error")))
	case len(codes) != 1 || codes[0] == "" || len(codes[0]) > maxToken:
		return "", failure(ErrCallback, "there is not exactly one code")
	}
	return codes[0], nil
}

func safeCode(code string) string {
	if errorCode.MatchString(code) {
		return code
	}
	return "of an unknown kind"
}

// exchangeFailure keeps status and code of the token endpoint's answer only: the
// rest may repeat what was sent.
func exchangeFailure(err error) error {
	var answer *oauth2.RetrieveError
	if !errors.As(err, &answer) {
		return failure(ErrUnavailable, "code exchange: %v", network(err))
	}
	kind := ErrDenied
	if answer.Response.StatusCode >= http.StatusInternalServerError {
		kind = ErrUnavailable
	}
	return failure(kind, "code exchange: status %d, error %s", answer.Response.StatusCode, safeCode(answer.ErrorCode))
}
