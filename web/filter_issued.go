package web

import (
	"net/url"

	"billportal/internal/billing"
	"billportal/internal/i18n"
)

// parseIssued reads the issue date: a preset, a month, or two days. A list that
// says nothing starts with the last twelve months, and so does one that asks for
// two days and gives neither.
func (s *Server) parseIssued(q *billQuery, t *i18n.Texts, given url.Values) {
	q.preset = billing.Preset(q.take(given, paramIssued))
	from, to := q.take(given, paramFrom), q.take(given, paramTo)
	if q.preset == "" && (from != "" || to != "") {
		q.preset = between
	}
	issued := q.preset
	switch {
	case issued == between && (from != "" || to != ""):
		q.parseDays(t, from, to)
		return
	case issued == between:
		issued, q.undated = defaultPreset, true
		q.values.Del(paramIssued)
	case issued == "":
		issued, q.preset = defaultPreset, defaultPreset
	}
	q.values.Del(paramFrom)
	q.values.Del(paramTo)
	period, err := billing.ResolvePreset(issued, s.today(), s.settings.FinancialYear)
	if err != nil || len(given[paramIssued]) > 1 {
		q.fail(paramIssued, t.S("filter.error.choice", shorten(string(issued))))
	}
	q.filter.Issued = period
}

func (q *billQuery) parseDays(t *i18n.Texts, from, to string) {
	q.filter.Issued.First = q.day(t, paramFrom, from)
	q.filter.Issued.Last = q.day(t, paramTo, to)
	if f := q.filter.Issued; !f.First.IsZero() && !f.Last.IsZero() && f.Last.Before(f.First) {
		q.fail(paramTo, t.S("filter.error.order"))
	}
}

func (q *billQuery) day(t *i18n.Texts, name, value string) billing.Date {
	if value == "" {
		return billing.Date{}
	}
	d, err := billing.ParseDate(value)
	if err != nil {
		q.fail(name, t.S("filter.error.date", shorten(value)))
	}
	return d
}

// issuedInForce is the preset by which the list is filtered.
func (q billQuery) issuedInForce() billing.Preset {
	if q.undated {
		return defaultPreset
	}
	return q.preset
}

// today is the current day where the company is.
func (s *Server) today() billing.Date { return billing.DateOf(s.deps.Now().In(s.settings.TimeZone)) }
