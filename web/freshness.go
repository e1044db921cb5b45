package web

import (
	"time"

	"billportal/internal/billcache"
	"billportal/internal/billing"
	"billportal/internal/i18n"
	"billportal/templates"
)

// lateAfter is how many sync periods without a sound sync make the copy late.
const lateAfter = 2

// freshness says how old the copy is, as a fact.
func (s *Server) freshness(t *i18n.Texts, link billcache.Link) *templates.Freshness {
	if link.AsOf.IsZero() {
		if link.Syncing {
			return &templates.Freshness{Text: t.S("fresh.running")}
		}
		return &templates.Freshness{Text: t.S("fresh.never"), Late: link.Failure != ""}
	}
	at := link.AsOf.In(s.settings.TimeZone)
	f := &templates.Freshness{DateTime: at.Format(time.RFC3339), Late: true}
	asOf, next := t.DateTime(at), "fresh.nexttry"
	switch {
	case silent(link) && link.API.LastSuccess.IsZero():
		f.Text = t.S("fresh.noanswer", asOf, s.moment(t, link.API.LastFailure))
	case silent(link):
		f.Text = t.S("fresh.silent", asOf, s.moment(t, link.API.LastSuccess))
	case link.Failure != "":
		f.Text = t.S("fresh.failed", asOf)
	case s.deps.Now().Sub(link.AsOf) > lateAfter*s.deps.Cache.SyncEvery():
		f.Text = t.S("fresh.late", asOf)
	case !link.Sound:
		f.Text, f.Late, next = t.S("fresh.incomplete", asOf), false, "fresh.next"
	default:
		f.Text, f.Late, next = t.S("fresh.ok", asOf), false, "fresh.next"
	}
	if !link.NextSync.IsZero() {
		f.Text += " " + t.S(next, s.moment(t, link.NextSync))
	}
	return f
}

// silent reports whether the API's last word was a failure that concerns more
// than the one thing asked for.
func silent(link billcache.Link) bool {
	switch link.API.LastError.Kind {
	case "not_found", "not_acceptable":
		return false
	}
	return link.API.LastFailure.After(link.API.LastSuccess)
}

// moment is the time of an instant, with its day unless that is today.
func (s *Server) moment(t *i18n.Texts, at time.Time) string {
	local := at.In(s.settings.TimeZone)
	if billing.DateOf(local) == s.today() {
		return t.Clock(local)
	}
	return t.DateTime(local)
}
