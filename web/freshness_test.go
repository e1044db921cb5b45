package web

import (
	"testing"
	"time"

	"billportal/internal/billcache"
	"billportal/internal/billingapi"
	"billportal/internal/i18n"
)

func TestFreshnessSaysThatOrangeIsSilent(t *testing.T) {
	t.Parallel()
	s := desk()
	s.deps.Cache = billcache.New(billcache.Options{SyncEvery: 30 * time.Minute})
	at := func(clock string) time.Time {
		day, err := time.Parse("2006-01-02 15:04", "2026-11-23 "+clock)
		if err != nil {
			t.Fatal(err)
		}
		return day
	}
	up := billingapi.State{LastSuccess: at("17:48"), LastFailure: at("17:30")}
	down := billingapi.State{LastSuccess: at("17:48"), LastFailure: at("17:50"), LastError: billingapi.Failure{Kind: "unavailable"}}
	missing := billingapi.State{LastSuccess: at("17:48"), LastFailure: at("17:50"), LastError: billingapi.Failure{Kind: "not_found"}}
	never := billingapi.State{LastFailure: at("17:50"), LastError: billingapi.Failure{Kind: "unavailable"}}
	for _, c := range []struct {
		about string
		link  billcache.Link
		want  string
		late  bool
	}{
		{"up", billcache.Link{API: up, Sound: true}, "As of 23 Nov 2026, 17:46. Orange’s API answers normally. Next sync 18:19.", false},
		{"one thing missing", billcache.Link{API: missing, Sound: true}, "As of 23 Nov 2026, 17:46. Orange’s API answers normally. Next sync 18:19.", false},
		{"down", billcache.Link{API: down, Sound: true, Failure: "x"}, "As of 23 Nov 2026, 17:46. Orange has not answered since 17:48; newer bills may be missing. Next try 18:19.", true},
		{"down since the start", billcache.Link{API: never, Sound: true}, "As of 23 Nov 2026, 17:46. Orange did not answer at 17:50; newer bills may be missing. Next try 18:19.", true},
		{"failed otherwise", billcache.Link{API: up, Sound: true, Failure: "x"}, "As of 23 Nov 2026, 17:46. The last sync failed; newer bills may be missing. Next try 18:19.", true},
	} {
		c.link.AsOf, c.link.NextSync = at("17:46"), at("18:19")
		if got := s.freshness(i18n.For(i18n.En), c.link); got.Text != c.want || got.Late != c.late {
			t.Errorf("%s: %q, late %v", c.about, got.Text, got.Late)
		}
	}
}
