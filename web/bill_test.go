package web

import (
	"strings"
	"testing"
	"time"

	"billportal/internal/billing"
	"billportal/internal/i18n"
)

// desk is a server that only puts words together, on a day in November 2026.
func desk() *Server {
	now := time.Date(2026, time.November, 23, 18, 0, 0, 0, time.UTC)
	return &Server{Settings: Settings{TimeZone: time.UTC}, Deps: Deps{Now: func() time.Time { return now }}}
}

func TestAChangedBillSaysWhichVersionAndSinceWhen(t *testing.T) {
	t.Parallel()
	b := billing.Bill{Version: 2, SyncedAt: time.Date(2026, time.November, 20, 6, 30, 0, 0, time.UTC)}
	for lang, want := range map[i18n.Lang]string{i18n.En: "Version 2, received 20 Nov 2026, 06:30.", i18n.Fr: "Version 2, reçue le 20 nov. 2026, 06:30."} {
		if got := desk().billNotices(i18n.For(lang), b, nil); len(got) != 1 || strings.TrimSpace(got[0].Text) != want {
			t.Errorf("%+v instead of %q", got, want)
		}
	}
}

func TestRelativeDaysAreForBillsThatAreNotSettled(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		state string
		days  int
		want  string
	}{
		{"sent", 12, "in 12 days"}, {"sent", 0, "today"}, {"sent", -29, "29 days late"}, {"", -1, "1 day late"},
		{"settled", -29, ""}, {"SETTLED", 12, ""}, {" Paid ", -1, ""}, {"closed", 0, ""}, {"Cancelled", 3, ""}, {"unsettled", -2, "2 days late"},
	} {
		if got := dueNote(i18n.For(i18n.En), c.state, c.days); got != c.want {
			t.Errorf("%s, %d days: %q instead of %q", c.state, c.days, got, c.want)
		}
	}
}
