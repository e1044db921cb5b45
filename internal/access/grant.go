package access

import (
	"errors"
	"slices"
	"time"

	"billportal/internal/billing"
)

// ErrUnknownGrantee and ErrUnknownTarget say that a grant cannot be given: nobody
// of that subject has signed in, or more than one person has, or the register holds no such account or group.
var (
	ErrUnknownGrantee = errors.New("access: nobody of that subject has signed in")
	ErrUnknownTarget  = errors.New("access: no such account or account group")
)

// GranteeKind says to whom a grant is given.
type GranteeKind string

// The kinds of grantee: a group of the identity provider, by its exact name, or
// one person.
const (
	GranteeGroup  GranteeKind = "group"
	GranteePerson GranteeKind = "person"
)

// TargetKind says what a grant opens.
type TargetKind string

// The kinds of target. TargetAll means every admitted account, now and later.
const (
	TargetAccount      TargetKind = "account"
	TargetAccountGroup TargetKind = "account_group"
	TargetAll          TargetKind = "all"
)

// GrantID is the key of a grant.
type GrantID int64

// Grant opens accounts to people; what they may do there is the matter of their
// role.
type Grant struct {
	ID          GrantID
	GranteeKind GranteeKind
	Grantee     string   // group name, or the person's subject
	Person      PersonID // of a grant to a person, in force or to be given; it counts, not the subject
	GranteeName string   // shown in place of a subject
	TargetKind  TargetKind
	Target      string // account number or group name; "" for all
	TargetName  string // our name of the account
	Accounts    int    // how many accounts it opens today
	By          string
	At          time.Time
}

// GivenTo reports whether a grant in force is a person's own or one of their
// groups'.
func (g Grant) GivenTo(p Person) bool {
	if g.GranteeKind == GranteePerson {
		return g.Person == p.ID && p.ID != 0
	}
	return g.GranteeKind == GranteeGroup && slices.Contains(p.Groups, g.Grantee)
}

// Opens reports whether a grant in force opens an account of the register today.
// It explains what the scope of a query decides, and decides nothing itself.
func (g Grant) Opens(a billing.BillingAccount) bool {
	if a.Status == billing.Hidden {
		return false
	}
	switch g.TargetKind {
	case TargetAll:
		return true
	case TargetAccount:
		return g.Target == string(a.Number)
	case TargetAccountGroup:
		return a.Group != "" && g.Target == a.Group
	}
	return false
}
