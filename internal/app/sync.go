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
// request and waits for the portal's sync to end, or does it when the portal ends
// before.
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
	if s.egress == nil {
		if err := c.awaitSync(ctx, s); err != nil || s.egress == nil {
			return err
		}
	}
	cache, err := newCache(cfg, s, c.Now, log)
	if err != nil {
		return err
	}
	defer cache.Close()
	err = cache.Sync(ctx)
	run, runErr := s.db.LastRun(ctx)
	if runErr != nil {
		return errors.Join(err, runErr)
	}
	return errors.Join(err, c.tellRun(run))
}

// awaitEvery is how often the other process's progress is looked at.
const awaitEvery = 200 * time.Millisecond

// awaitSync leaves a request for a sync to the process that has the link to the API
// and tells how it ended. When that process ends before, it takes the link over.
func (c Command) awaitSync(ctx context.Context, s *store) error {
	request, err := s.db.RequestSync(ctx)
	if err != nil {
		return err
	}
	tick := time.NewTicker(awaitEvery)
	defer tick.Stop()
	for {
		run, err := s.db.RequestedRun(ctx, request)
		if err == nil && run.Outcome != sqlite.SyncRunning {
			return c.tellRun(run)
		}
		if err != nil && !errors.Is(err, billing.ErrNotFound) {
			return err
		}
		if s.egress, err = lockEgress(s.dir); !errors.Is(err, errEgressTaken) {
			return err
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
