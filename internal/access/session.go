package access

import "time"

// SessionLimits are how long a session may go unused, and how long it may last.
type SessionLimits struct{ Idle, Max time.Duration }

// linkSession is how long somebody who signed in by a link from the command line may
// stay.
const linkSession = time.Hour

// For is what the limits are for one person.
func (l SessionLimits) For(p Person) SessionLimits {
	if p.ByLink() {
		l.Max = min(l.Max, linkSession)
	}
	return l
}

// Session is one signed-in browser. The browser holds a random reference, the
// database only its hash.
type Session struct {
	// ID names the session in pages and forms and stays when the reference changes.
	// It opens nothing.
	ID        string
	Person    PersonID
	CreatedAt time.Time
	SeenAt    time.Time
	// ProvedAt is when the person last proved to the identity provider who they
	// are; zero when it did not say.
	ProvedAt time.Time
	// AskedAt is when the identity provider last said which groups the person is in.
	AskedAt time.Time
	// Rights are what the person could do when the reference was made.
	Rights Rights
	// ProviderSession is the identity provider's name of its own session (sid); may
	// be empty.
	ProviderSession string
	// Tokens are the provider's, sealed with the browser's reference.
	Tokens []byte
	// Browser and Address tell the person's own sessions apart, for reading only.
	Browser, Address string
}

// Expired reports whether a session is over: the idle time since it was last
// seen, or the absolute limit since sign-in, has run out.
func (s Session) Expired(now time.Time, limits SessionLimits) bool {
	return now.Sub(s.SeenAt) >= limits.Idle || now.Sub(s.CreatedAt) >= limits.Max
}

// clocks is how far the identity provider's clock may be ahead of ours.
const clocks = time.Minute

// Proved reports whether the person proved who they are within the last while. A
// proof in the future, which would never grow old, is none.
func (s Session) Proved(now time.Time, within time.Duration) bool {
	age := now.Sub(s.ProvedAt)
	return !s.ProvedAt.IsZero() && age >= -clocks && age <= within
}

// SignInAttempt is a sign-in that has begun and not ended: what the answer of
// the identity provider must match, bound to one browser.
type SignInAttempt struct {
	State, Nonce, Verifier string
	MaxAge                 time.Duration // how long ago the person may have proved who they are; 0 is any time
	Browser                []byte        // hash of the browser's reference
	ReturnTo               string        // a path of this portal
	Begun                  time.Time
}
