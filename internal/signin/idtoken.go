package signin

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/time/rate"
)

// verifyIDToken does Core section 3.1.3.7, except for what depends on the
// attempt, and returns the claims.
func (p *Provider) verifyIDToken(ctx context.Context, d *discovered, raw, accessToken string) (claims, error) {
	if raw == "" {
		return nil, failure(ErrToken, "the provider sent no ID token")
	}
	if err := checkHeader(raw, "JWT"); err != nil {
		return nil, failure(ErrToken, "%v", err)
	}
	verifier, keys := p.verifier(d, p.limiter)
	token, err := verifier.Verify(ctx, raw)
	if err != nil {
		return nil, keys.failure(err)
	}
	var c claims
	if err := token.Claims(&c); err != nil {
		return nil, failure(ErrToken, "the claims are malformed")
	}
	if err := p.checkClaims(c); err != nil {
		return nil, failure(ErrToken, "%v", err)
	}
	if subject, err := c.identifier("sub"); err != nil || subject == "" {
		return nil, failure(ErrToken, "sub is missing or unusable")
	}
	if token.AccessTokenHash != "" && token.VerifyAccessToken(accessToken) != nil {
		return nil, failure(ErrToken, "at_hash does not fit the access token")
	}
	return c, nil
}

// verifier checks signature and algorithm. Times are left to checkTimes, because
// go-oidc has another leeway for each of them.
func (p *Provider) verifier(d *discovered, limiter *rate.Limiter) (*oidc.IDTokenVerifier, *witness) {
	keys := &witness{keys: d.keys, limiter: limiter}
	return oidc.NewVerifier(p.options.Issuer, keys, &oidc.Config{
		ClientID:             p.options.ClientID,
		SupportedSigningAlgs: d.Algorithms,
		SkipExpiryCheck:      true,
		Now:                  p.options.Now,
	}), keys
}

// witness remembers why one token's signature could not be checked: go-oidc
// passes on the text of that error and not the error.
type witness struct {
	keys    *keySet
	limiter *rate.Limiter
	err     error
}

// VerifySignature implements oidc.KeySet.
func (w *witness) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	payload, err := w.keys.verify(ctx, token, w.limiter)
	w.err = err
	return payload, err
}

// failure tells keys that could not be had from a bad token.
func (w *witness) failure(err error) error {
	if errors.Is(w.err, ErrUnavailable) {
		return w.err
	}
	return failure(ErrToken, "%v", err)
}

// checkClaims checks who issued the token, for whom, and when. It holds for ID
// and logout tokens.
func (p *Provider) checkClaims(c claims) error {
	// Again here, and exactly: go-oidc lets one provider leave out its scheme.
	if issuer, err := c.text("iss"); err != nil || issuer != p.options.Issuer {
		return errors.New("iss is another provider")
	}
	audience, err := c.strings("aud")
	if err != nil || !slices.Contains(audience, p.options.ClientID) {
		return errors.New("aud does not name this client")
	}
	party, err := c.text("azp")
	if err != nil || (len(audience) > 1 || party != "") && party != p.options.ClientID {
		return errors.New("aud names several clients, or azp another than this one")
	}
	return checkTimes(c, p.options.Now())
}

func checkTimes(c claims, now time.Time) error {
	expiry, err := c.time("exp")
	if err != nil || expiry.IsZero() || now.After(expiry.Add(leeway)) {
		return errors.New("exp is missing or past")
	}
	issued, err := c.time("iat")
	if err != nil || issued.IsZero() || issued.After(now.Add(leeway)) {
		return errors.New("iat is missing or in the future")
	}
	if start, err := c.time("nbf"); err != nil || start.After(now.Add(leeway)) {
		return errors.New("nbf is in the future")
	}
	return nil
}

// checkFresh ties the token to this attempt.
func (p *Provider) checkFresh(a Attempt, c claims) error {
	nonce, err := c.text("nonce")
	if err != nil || subtle.ConstantTimeCompare([]byte(nonce), []byte(a.Nonce)) != 1 {
		return errors.New("nonce is missing or differs")
	}
	proved, err := c.time("auth_time")
	if err != nil {
		return err
	}
	age := p.options.Now().Sub(proved)
	if age < -leeway {
		return errors.New("auth_time is in the future")
	}
	if a.MaxAge > 0 && (proved.IsZero() || age > a.MaxAge+leeway) {
		return errors.New("auth_time is missing or longer ago than was asked for (max_age)")
	}
	return nil
}

// identify collects what is known about the person whom c names, from the
// userinfo endpoint too when c leaves something out. With an ErrUnavailable the
// identity is good but for its groups: the endpoint that could have told them
// cannot be reached. Any other error leaves no identity.
func (p *Provider) identify(ctx context.Context, d *discovered, c claims, accessToken string) (Identity, error) {
	subject, _ := c.identifier("sub") // checked by the caller
	session, err := c.identifier("sid")
	if err != nil {
		return Identity{}, failure(ErrToken, "%v", err)
	}
	proved, _ := c.time("auth_time") // checked by the caller
	id := Identity{
		Issuer: p.options.Issuer, Subject: subject, SessionID: session, AuthTime: proved,
		Name: c.readable("name", "preferred_username"), Email: c.readable("email"),
	}
	_, hasGroups := c[p.options.GroupsClaim]
	pointer := c.elsewhere(p.options.GroupsClaim)
	source, reason := c, error(nil)
	if d.UserInfo != "" && (!hasGroups && !pointer || id.Name == "" || id.Email == "") {
		info, err := p.userInfo(ctx, d, subject, accessToken)
		if errors.Is(err, ErrToken) {
			return Identity{}, err
		}
		if id.Name == "" {
			id.Name = info.readable("name", "preferred_username")
		}
		if id.Email == "" {
			id.Email = info.readable("email")
		}
		if !hasGroups {
			source, reason = info, err
		}
	}
	if reason == nil {
		id.Groups, reason = groupsFrom(source, p.options.GroupsClaim, pointer)
	}
	if reason != nil {
		id.NoGroups = clip(reason.Error())
	}
	if errors.Is(reason, ErrUnavailable) {
		return id, reason
	}
	return id, nil
}

func groupsFrom(c claims, name string, pointer bool) ([]string, error) {
	if _, present := c[name]; !present && pointer {
		return nil, fmt.Errorf("the provider sent a pointer in place of %s: too many groups", name)
	} else if !present {
		return nil, errNoGroups
	}
	return c.groups(name)
}

// userInfo returns the claims of the userinfo endpoint (Core section 5.3). An
// answer about somebody else is an ErrToken, no answer an ErrUnavailable, and a
// refusal or an answer without sense neither.
func (p *Provider) userInfo(ctx context.Context, d *discovered, subject, accessToken string) (claims, error) {
	var c claims
	err := p.fetchJSON(ctx, d.UserInfo, accessToken, &c)
	var told answered
	if errors.As(err, &told) {
		return nil, fmt.Errorf("userinfo: %w", err)
	}
	if late(err) {
		return nil, failure(ErrUnanswered, "userinfo: %v", err)
	}
	if err != nil {
		return nil, failure(ErrUnavailable, "userinfo: %v", err)
	}
	if got, err := c.text("sub"); err != nil || got != subject {
		return nil, failure(ErrToken, "userinfo is about somebody else")
	}
	return c, nil
}
