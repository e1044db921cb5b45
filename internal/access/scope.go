package access

import (
	"slices"

	"billportal/internal/billing"
)

// Scope is the set of billing accounts whose bills a viewer may see. Whatever shows
// bills to people takes it as its first argument after the context. The zero value
// sees nothing. Hidden accounts and bills in quarantine are outside of every
// scope, which the queries see to.
type Scope struct {
	all      bool
	accounts []billing.AccountNumber
}

// ScopeAll holds every admitted or closed account, now and later.
func ScopeAll() Scope { return Scope{all: true} }

// ScopeOf holds exactly the given accounts.
func ScopeOf(accounts ...billing.AccountNumber) Scope {
	sorted := slices.Clone(accounts)
	slices.Sort(sorted)
	return Scope{accounts: slices.Compact(sorted)}
}

// All reports whether the scope holds every account.
func (s Scope) All() bool { return s.all }

// Accounts lists the accounts of a scope that does not hold all; the caller
// must not change it.
func (s Scope) Accounts() []billing.AccountNumber { return s.accounts }

// Empty reports whether nothing can be seen.
func (s Scope) Empty() bool { return !s.all && len(s.accounts) == 0 }
