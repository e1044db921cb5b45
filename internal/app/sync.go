package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"billportal/internal/billing"
	"billportal/internal/sqlite"
)

// Sync brings the copy up to date once. Beside a running portal it leaves a
// request and waits for the portal's sync to end.
func Sync(ctx context.Context, c Command) (err error) {
	log := c.logger(slog.LevelWarn)
	cfg, err := c.load(log)
	if err != nil {
		return err
	}
	s, err := openStore(ctx, cfg.Portal.Data, c.Now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	lock, err := lockEgress(cfg.Portal.Data)
	if errors.Is(err, errEgressTaken) {
		return c.awaitSync(ctx, s.db)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	cache, err := newCache(cfg, s, c.Now, log)
	if err != nil {
		return err
	}
	err = cache.Sync(ctx)
	run, runErr := s.db.LastRun(ctx)
	if runErr != nil {
		return errors.Join(err, runErr)
	}
	return errors.Join(err, c.tellRun(run))
}

// awaitEvery is how often the other process's progress is looked at.
const awaitEvery = 200 * time.Millisecond

func (c Command) awaitSync(ctx context.Context, db *sqlite.DB) error {
	request, err := db.RequestSync(ctx)
	if err != nil {
		return err
	}
	tick := time.NewTicker(awaitEvery)
	defer tick.Stop()
	for {
		run, err := db.RequestedRun(ctx, request)
		switch {
		case errors.Is(err, billing.ErrNotFound) || err == nil && run.Outcome == sqlite.SyncRunning:
		case err != nil:
			return err
		default:
			return c.tellRun(run)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// tellRun prints how a run ended; a failed one is an error.
func (c Command) tellRun(run sqlite.SyncRun) error {
	if run.Outcome == sqlite.SyncFailed {
		return fmt.Errorf("sync failed: %s", run.Message)
	}
	_, err := fmt.Fprintf(c.Stdout, "sync %s: %d accounts, %d bills in %s\n",
		run.Outcome, run.Accounts, run.Bills, run.EndedAt.Sub(run.StartedAt).Round(time.Millisecond))
	return err
}
