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
	Groups          []string // as the identity provider said last
	Disabled        bool
	DisabledAt      time.Time
	DisabledBy      string // as the ledger names them
	DisabledWhy     string
	FirstSeen       time.Time
	LastSignIn      time.Time
	// LastVisit is when the visit before the present one ended; zero on the first.
	LastVisit time.Time
}

// LinkIssuer stands where the identity provider's address stands for others: the
// person who signs in by a link from the command line, for when nobody can sign in
// otherwise. It is no address, so no provider can be it.
const LinkIssuer = "portal:admin-link"

// ByLink reports whether this is the person who signs in by a link from the
// command line.
func (p Person) ByLink() bool { return p.Issuer == LinkIssuer }

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

// Reasons to refuse a change of people.
var (
	// ErrDisabled says that a person may not sign in to this portal any more, whatever
	// the identity provider says.
	ErrDisabled = errors.New("access: the person is disabled")
	// ErrLastAdmin says that a change would leave nobody who can administer.
	ErrLastAdmin = errors.New("access: this is the last admin")
)

// Viewer is a person in one request: who they are, what they may do and which
// accounts they may see.
type Viewer struct {
	Person Person
	Roles  []Role
	Rights Rights
	scope  Scope
}

// NewViewer joins a person with the roles that policy gives them and with the
// scope of their grants. A viewer without the right View has an empty scope,
// whatever was granted; a disabled person has neither role nor scope.
func NewViewer(p Person, policy Policy, granted Scope) Viewer {
	v := Viewer{Person: p}
	v.Roles = policy.RolesOf(p)
	v.Rights = policy.Rights(v.Roles)
	if v.Rights.Has(View) {
		v.scope = granted
	}
	return v
}

// Scope is what the viewer may see.
func (v Viewer) Scope() Scope { return v.scope }
