package signin

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"maps"
	"net/url"
	"sync"
	"time"
)

const (
	// logoutEvent is the member that makes a token a logout token.
	logoutEvent = "http://schemas.openid.net/event/backchannel-logout"
	// noticeLife is how long after its issue a logout token is taken.
	noticeLife = 10 * time.Minute
	// longestHint is the longest ID token to put in an address, in bytes: with
	// more, servers on the way refuse the address as a whole.
	longestHint = 4 << 10
)

// SignOutURL is the address that also ends the person's session at the provider
// (RP-Initiated Logout 1.0); afterwards the provider sends the browser to
// postLogoutRedirect, which must be registered there. It is empty when the
// provider has no such address or has not been reached yet. The state in it is
// new each time and kept nowhere: what comes back with the browser is trusted by
// nobody. It calls nobody.
func (p *Provider) SignOutURL(idToken, postLogoutRedirect string) string {
	d := p.known.Load()
	if d == nil || d.EndSession == "" {
		return ""
	}
	u, err := url.Parse(d.EndSession)
	if err != nil {
		return ""
	}
	query := u.Query()
	query.Set("client_id", p.options.ClientID)
	query.Set("state", rand.Text())
	if idToken != "" && len(idToken) <= longestHint {
		query.Set("id_token_hint", idToken)
	}
	if postLogoutRedirect != "" {
		query.Set("post_logout_redirect_uri", postLogoutRedirect)
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// EndedSession names what the provider ended: one session when SessionID is
// set, else every session of the person Subject. At least one is set.
type EndedSession struct {
	Subject, SessionID string
}

// SignedOut verifies a logout token (Back-Channel Logout 1.0 section 2.6), which
// the provider posts, and has end do what it says. A token works until end has
// succeeded with it once: one that could not be obeyed may come again. One that
// comes twice at the same time can be obeyed twice. The error is an ErrToken, an
// ErrUnavailable, or that of end.
func (p *Provider) SignedOut(ctx context.Context, logoutToken string, end func(EndedSession) error) error {
	ended, notice, err := p.verifyNotice(ctx, logoutToken)
	if err != nil {
		return err
	}
	if p.notices.known(notice.id) {
		return failure(ErrToken, "jti was used before")
	}
	if err := end(ended); err != nil {
		return err
	}
	p.notices.first(notice.id, p.options.Now(), notice.until)
	return nil
}

// notice names a logout token for as long as it could come again.
type notice struct {
	id    string
	until time.Time
}

func (p *Provider) verifyNotice(ctx context.Context, logoutToken string) (EndedSession, notice, error) {
	if err := checkHeader(logoutToken, "JWT", "logout+jwt"); err != nil {
		return EndedSession{}, notice{}, failure(ErrToken, "%v", err)
	}
	d, err := p.discover(ctx)
	if err != nil {
		return EndedSession{}, notice{}, err
	}
	verifier, keys := p.verifier(d, p.strange)
	token, err := verifier.VerifyLogout(ctx, logoutToken)
	if err != nil {
		return EndedSession{}, notice{}, keys.failure(err)
	}
	var c claims
	if err := token.Claims(&c); err != nil {
		return EndedSession{}, notice{}, failure(ErrToken, "the claims are malformed")
	}
	if err := p.checkClaims(c); err != nil {
		return EndedSession{}, notice{}, failure(ErrToken, "%v", err)
	}
	return p.checkNotice(c)
}

// checkNotice checks what only logout tokens have. The caller has checked
// signature, issuer, audience and times.
func (p *Provider) checkNotice(c claims) (EndedSession, notice, error) {
	var events map[string]map[string]json.RawMessage
	if json.Unmarshal(c["events"], &events) != nil || events[logoutEvent] == nil {
		return EndedSession{}, notice{}, failure(ErrToken, "events does not hold the logout event")
	}
	if _, present := c["nonce"]; present { // an ID token must not pass for a logout token
		return EndedSession{}, notice{}, failure(ErrToken, "a logout token must have no nonce")
	}
	subject, err := c.identifier("sub")
	if err != nil {
		return EndedSession{}, notice{}, failure(ErrToken, "%v", err)
	}
	session, err := c.identifier("sid")
	if err != nil || subject == "" && session == "" {
		return EndedSession{}, notice{}, failure(ErrToken, "neither sub nor sid can be used")
	}
	now := p.options.Now()
	issued, _ := c.time("iat") // checked with the token
	if now.Sub(issued) > noticeLife {
		return EndedSession{}, notice{}, failure(ErrToken, "iat is longer ago than %s", noticeLife)
	}
	id, err := c.identifier("jti")
	if err != nil || id == "" {
		return EndedSession{}, notice{}, failure(ErrToken, "jti is missing or unusable")
	}
	return EndedSession{Subject: subject, SessionID: session}, notice{id: id, until: issued.Add(noticeLife + leeway)}, nil
}

// once remembers names until a time, to take each a single time. It forgets at a
// restart; what it guards is short-lived and checked elsewhere as well.
type once struct {
	mu   sync.Mutex
	seen map[string]time.Time
}

// first reports whether name is new, and remembers it until the given time.
func (o *once) first(name string, now, until time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	maps.DeleteFunc(o.seen, func(_ string, end time.Time) bool { return now.After(end) })
	if _, known := o.seen[name]; known {
		return false
	}
	if o.seen == nil {
		o.seen = map[string]time.Time{}
	}
	o.seen[name] = until
	return true
}

// known reports whether name is remembered.
func (o *once) known(name string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, known := o.seen[name]
	return known
}
