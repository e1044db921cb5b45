package sqlite_test

import (
	"errors"
	"sync"
	"testing"

	"billportal/internal/ledger"
)

func TestTheLedgerTakesEntriesAndGivesNoneAway(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	for range 3 {
		must(t, p.Record(t.Context(), act))
	}
	for _, statement := range []string{
		`UPDATE ledger SET actor = 'nobody'`, `UPDATE ledger SET hash = '' WHERE sequence = 2`, `DELETE FROM ledger`, `DELETE FROM ledger WHERE sequence = 3`,
		`INSERT OR REPLACE INTO ledger (sequence, at, actor, action, object, detail, request_id, hash) VALUES (2, 0, '', '', '', '', '', '')`,
	} {
		if _, err := p.Writer().ExecContext(t.Context(), statement); err == nil {
			t.Errorf("the ledger lets %s", statement)
		}
	}
	entries := p.entries(t)
	if len(entries) != 3 || entries[1].Act != act || !entries[1].At.Equal(p.clock()) || entries[1].Sequence != 2 {
		t.Errorf("%+v", entries)
	}
}

func TestEntriesOfManyWritersAreOneChain(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 10 {
				if err := p.Record(t.Context(), act); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := len(p.entries(t)); n != 80 {
		t.Errorf("%d entries", n)
	}
}

func TestTamperingBehindThePortalsBackIsFound_L5(t *testing.T) {
	t.Parallel()
	for about, c := range map[string]struct {
		statement string
		broken    int64
	}{
		"changed":  {`UPDATE ledger SET detail = 'nothing' WHERE sequence = 4`, 4},
		"removed":  {`DELETE FROM ledger WHERE sequence = 4`, 4},
		"moved":    {`UPDATE ledger SET at = at + 1 WHERE sequence = 4`, 4},
		"inserted": {`INSERT INTO ledger VALUES (8, 0, 'x', '', '', '', '', 'x')`, 8},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			p := newPortal(t)
			for range 7 {
				must(t, p.Record(t.Context(), act))
			}
			p.exec(t, `DROP TRIGGER ledger_keeps_entries`)
			p.exec(t, `DROP TRIGGER ledger_loses_nothing`)
			p.exec(t, c.statement)
			sound, err := ledger.Verify(p.LedgerEntries(t.Context()))
			var broken *ledger.BrokenError
			if !errors.As(err, &broken) || broken.Sequence != c.broken || sound != c.broken-1 {
				t.Errorf("%d sound, %v", sound, err)
			}
		})
	}
}

func TestReadingTheLedgerMayStopEarly(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	for range 5 {
		must(t, p.Record(t.Context(), act))
	}
	for range 20 { // more often than there are connections
		for e, err := range p.LedgerEntries(t.Context()) {
			must(t, err)
			if e.Sequence == 2 {
				break
			}
		}
	}
	must(t, p.Ready(t.Context()))
}
