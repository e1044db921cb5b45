package web

import (
	"context"

	"billportal/internal/access"
	"billportal/internal/ledger"
)

// PeopleKeeper keeps who has signed in, whether they may again, and their
// sessions. Every change adds its ledger entry in the same transaction.
type PeopleKeeper interface {
	Person(ctx context.Context, id access.PersonID) (access.Person, error)
	SetDisabled(ctx context.Context, id access.PersonID, disabled bool, why string, policy access.Policy, act ledger.Act) error
	Sessions(ctx context.Context, person access.PersonID) ([]access.Session, error)
	SessionCounts(ctx context.Context, limits access.SessionLimits) (map[access.PersonID]int, error)
	EndSessionOf(ctx context.Context, person access.PersonID, id string, act ledger.Act) error
	EndSessionsOf(ctx context.Context, person access.PersonID, except string, act ledger.Act) (int, error)
	EndEverySession(ctx context.Context, except string, act ledger.Act) (int, error)
}
