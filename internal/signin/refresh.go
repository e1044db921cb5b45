package signin

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Refresh asks the provider again who the person is, and which groups they have
// now (Core section 12). The subject is the one that signed in; anybody else is an
// ErrToken. The groups follow the rules of a sign-in. What the provider need not
// repeat is empty when it does not: IDToken, SessionID, AuthTime, Name and Email
// then stay what they were.
//
// The error is ErrEnded when the provider no longer vouches for the person, or wants
// to talk to them first; ErrUnanswered or another ErrUnavailable when it could not
// be asked, or did not say; and ErrToken when its answer does
// not pass. Identity.RefreshToken is the one to keep next, beside an error too:
// when it is not empty there, the token that was given is spent.
//
// Providers that rotate refresh tokens take each once, and some end the session
// when one comes twice, so calls for one session must not overlap.
//
// A nonce in the new token is not compared: it ties a token to the browser that
// began a sign-in, and here the token comes from the provider itself.
func (p *Provider) Refresh(ctx context.Context, refreshToken, subject string) (Identity, error) {
	if refreshToken == "" || subject == "" {
		return Identity{}, failure(ErrUnavailable, "refresh: there is no refresh token to ask with")
	}
	d, err := p.discover(ctx)
	if err != nil {
		return Identity{}, err
	}
	ctx = oidc.ClientContext(ctx, p.options.Client)
	token, err := d.oauth2.TokenSource(ctx, &oauth2.Token{RefreshToken: refreshToken}).Token()
	if err != nil {
		return Identity{}, refreshFailure(err)
	}
	if len(token.RefreshToken) > maxToken {
		return Identity{}, failure(ErrToken, "refresh: the refresh token has more than %d bytes", maxToken)
	}
	id, err := p.reidentify(ctx, d, token, subject)
	id.RefreshToken = token.RefreshToken
	return id, err
}

// reidentify reads who the answer is about, from its ID token if there is one.
// An error leaves no identity.
func (p *Provider) reidentify(ctx context.Context, d *discovered, token *oauth2.Token, subject string) (Identity, error) {
	raw, _ := token.Extra("id_token").(string)
	c := claims{"sub": quoted(subject)}
	if raw != "" {
		var err error
		if c, err = p.verifyIDToken(ctx, d, raw, token.AccessToken); err != nil {
			return Identity{}, err
		}
		if got, _ := c.identifier("sub"); got != subject {
			return Identity{}, failure(ErrToken, "refresh: the token is about somebody else")
		}
		if _, err := c.time("auth_time"); err != nil {
			return Identity{}, failure(ErrToken, "refresh: %v", err)
		}
	}
	id, err := p.identify(ctx, d, c, token.AccessToken)
	if err != nil {
		return Identity{}, err
	}
	id.IDToken = raw
	return id, nil
}

// aboutUs are the error codes of a token endpoint that blame the client, the
// question or the provider, and say nothing about the person (RFC 6749 sections
// 4.1.2.1 and 5.2, RFC 8628 section 3.5).
var aboutUs = []string{
	"invalid_client", "unauthorized_client", "invalid_request", "unsupported_grant_type", "temporarily_unavailable", "server_error", "slow_down",
}

// refreshFailure tells a provider that refuses the person from one that cannot be
// asked, or cannot be asked with this token.
func refreshFailure(err error) error {
	var answer *oauth2.RetrieveError
	if !errors.As(err, &answer) {
		return failure(unanswered(err), "refresh: %v", network(err))
	}
	status, kind := answer.Response.StatusCode, ErrUnanswered
	switch {
	case status >= http.StatusInternalServerError, status == http.StatusTooManyRequests:
		kind = ErrUnavailable
	case endsSession(status, answer.ErrorCode):
		kind = ErrEnded
	}
	return failure(kind, "refresh: status %d, error %s", status, safeCode(answer.ErrorCode))
}

// endsSession reports whether a refusal is about the person. Codes that nobody has
// heard of are: who is refused must not go on for their sake.
func endsSession(status int, code string) bool {
	switch status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
		return code != "" && !slices.Contains(aboutUs, code)
	}
	return code == "invalid_grant"
}

// unanswered is the kind of a call's failure: ErrUnavailable where the network or
// the server failed, which everybody will meet, and ErrUnanswered where the answer
// was late or made no sense.
func unanswered(err error) error {
	var call *url.Error
	if errors.As(err, &call) && !late(err) {
		return ErrUnavailable
	}
	return ErrUnanswered
}

// late reports whether a call took longer than it was given.
func late(err error) bool {
	var limited interface{ Timeout() bool }
	return errors.As(err, &limited) && limited.Timeout()
}
