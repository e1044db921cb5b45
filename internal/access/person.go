package access

import (
	"errors"
	"fmt"
	"time"
)

// PersonID is the portal's own key of a person.
type PersonID int64

// Person is somebody who has signed in. People are matched by issuer and
// subject together and never by e-mail, which an identity provider may give to
// somebody else.
type Person struct {
	ID              PersonID
	Issuer, Subject string
	Name, Email     string
	Groups          []string // as of the last sign-in
	Disabled        bool
	FirstSeen       time.Time
	LastSignIn      time.Time
	// LastVisit is when the visit before the present one ended; zero on the first.
	LastVisit time.Time
}

// DisplayName is the person's name, else e-mail, else subject.
func (p Person) DisplayName() string {
	switch {
	case p.Name != "":
		return p.Name
	case p.Email != "":
		return p.Email
	}
	return p.Subject
}

// ActorName is how the ledger names a person: by the portal's key, which never
// changes, and a name for the reader.
func ActorName(p Person) string {
	return fmt.Sprintf("person:%d %s", p.ID, p.DisplayName())
}

// ErrDisabled says that a person may not sign in to this portal any more, whatever
// the identity provider says.
var ErrDisabled = errors.New("access: the person is disabled")

// SessionLimits are how long a session may go unused, and how long it may last.
type SessionLimits struct{ Idle, Max time.Duration }

// Session is one signed-in browser. The browser holds a random reference, the
// database only its hash.
type Session struct {
	Person    PersonID
	CreatedAt time.Time
	SeenAt    time.Time
	IDToken   string // handed back to the identity provider at sign-out
}

// Expired reports whether a session is over: idle time since it was last seen,
// or the absolute limit since sign-in, has run out.
func (s Session) Expired(now time.Time, idle, limit time.Duration) bool {
	return now.Sub(s.SeenAt) >= idle || now.Sub(s.CreatedAt) >= limit
}

// Viewer is a person in one request: who they are, what they may do and which
// accounts they may see.
type Viewer struct {
	Person Person
	Roles  []Role
	Rights Rights
	scope  Scope
}

// NewViewer joins a person with the roles that policy gives their groups and
// with the scope of their grants. A viewer without the right View has an empty
// scope, whatever was granted; a disabled person has neither role nor scope.
func NewViewer(p Person, policy Policy, granted Scope) Viewer {
	v := Viewer{Person: p}
	if p.Disabled {
		return v
	}
	v.Roles = policy.Roles(p.Groups)
	v.Rights = policy.Rights(v.Roles)
	if v.Rights.Has(View) {
		v.scope = granted
	}
	return v
}

// Scope is what the viewer may see.
func (v Viewer) Scope() Scope { return v.scope }

// SignInAttempt is a sign-in that has begun and not ended: what the answer of
// the identity provider must match, bound to one browser.
type SignInAttempt struct {
	State, Nonce, Verifier string
	Browser                []byte // hash of the browser's reference
	ReturnTo               string // a path of this portal
	Begun                  time.Time
}
