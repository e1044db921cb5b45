package web

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/i18n"
	"billportal/internal/ledger"
	"billportal/templates"
)

// The parameters of the ledger's pages.
var ledgerParams = []string{"what", "who", paramConcerns, "from", "until", paramBefore, paramAfter}

// paramConcerns is what entries are about: a number, a person or a group.
const paramConcerns = "concerns"

// ledgerQuery is a filter of the ledger as it was asked for, and a place in it.
type ledgerQuery struct {
	values        url.Values // without what is empty
	filter        ledger.Filter
	before, after int64
	wrong         map[string]string // what is wrong with what was typed, by its parameter
}

// parseLedgerQuery reads a filter. What was typed wrong is for the form to say;
// anything else that nobody can have chosen is refused.
func parseLedgerQuery(t *i18n.Texts, given url.Values, people []access.Person, zone *time.Location) (ledgerQuery, error) {
	q := ledgerQuery{values: url.Values{}, wrong: map[string]string{}}
	for _, name := range ledgerParams {
		if len(given[name]) > 1 {
			return q, badRequest("", errors.New("a parameter of the ledger is there twice"))
		}
		if value := given.Get(name); value != "" {
			q.values.Set(name, value)
		}
	}
	what, who := q.values.Get("what"), q.values.Get("who")
	if what != "" && !knownDeed(what) {
		return q, badRequest("", errors.New("the ledger knows no such action"))
	}
	q.filter.Action = what
	switch {
	case slices.ContainsFunc(people, func(p access.Person) bool { return actorKey(p) == who }):
		q.filter.Actor = who + " "
	case who == "" || slices.Contains(nobodys, who):
		q.filter.Actor = who
	default:
		return q, badRequest("", errors.New("the ledger knows no such person"))
	}
	q.parseConcerns(t, people)
	q.parseDays(t, zone)
	err := q.parsePlace()
	return q, err
}

// parseConcerns reads what entries are to be about. Somebody whose name, subject or
// e-mail it is now is found under their former names as well.
func (q *ledgerQuery) parseConcerns(t *i18n.Texts, people []access.Person) {
	typed := strings.TrimSpace(q.values.Get(paramConcerns))
	if utf8.RuneCountInString(typed) > maxText || !cleanText(typed) {
		q.wrong[paramConcerns] = t.S("filter.error.long", itoa(maxText))
		return
	}
	q.filter.Concerns = typed
	for _, p := range people {
		if slices.ContainsFunc([]string{p.Name, p.Subject, p.Email, actorKey(p)}, func(name string) bool { return strings.EqualFold(name, typed) }) {
			q.filter.About = append(q.filter.About, actorKey(p)+" ")
		}
	}
}

// parseDays reads the first and the last day of the filter, both included.
func (q *ledgerQuery) parseDays(t *i18n.Texts, zone *time.Location) {
	day := func(name string) billing.Date {
		value := q.values.Get(name)
		if value == "" {
			return billing.Date{}
		}
		d, err := billing.ParseDate(value)
		if err != nil || d.Year < 1900 {
			q.wrong[name] = t.S("filter.error.date", shorten(value))
		}
		return d
	}
	first, last := day("from"), day("until")
	if q.wrong["from"]+q.wrong["until"] != "" {
		return
	}
	if !first.IsZero() {
		q.filter.From = first.In(zone)
	}
	if !last.IsZero() {
		q.filter.Until = last.AddDays(1).In(zone)
	}
	if !first.IsZero() && !last.IsZero() && last.Before(first) {
		q.wrong["until"] = t.S("filter.error.order")
	}
}

// parsePlace reads the sequence of the entry beside the page.
func (q *ledgerQuery) parsePlace() error {
	for name, place := range map[string]*int64{paramBefore: &q.before, paramAfter: &q.after} {
		value := q.values.Get(name)
		if value == "" {
			continue
		}
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n <= 0 {
			return badRequest("", errors.New("a place in the ledger is no number"))
		}
		*place = n
	}
	if q.before > 0 && q.after > 0 {
		return badRequest("", errors.New("two places in the ledger at once"))
	}
	return nil
}

// opens reports whether the query is for the first page, not for a page beside one.
func (q ledgerQuery) opens() bool { return q.before == 0 && q.after == 0 }

// url is an address with the same filter and, with a name, a place.
func (q ledgerQuery) url(path, name string, place int64) string {
	values := url.Values{}
	for _, param := range ledgerParams {
		if value := q.values.Get(param); value != "" && param != paramBefore && param != paramAfter {
			values.Set(param, value)
		}
	}
	if name != "" {
		values.Set(name, strconv.FormatInt(place, 10))
	}
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

// detail is the filter for the ledger's own entry about being read. What entries were
// to be about is typed text, which no entry holds.
func (q ledgerQuery) detail() string {
	var parts []string
	for _, name := range []string{"what", "who", "from", "until"} {
		if value := q.values.Get(name); value != "" {
			parts = append(parts, name+" "+value)
		}
	}
	if q.filter.Concerns != "" {
		parts = append(parts, "by what it concerns")
	}
	return strings.Join(parts, ", ")
}

// address is where the query leads.
func (q ledgerQuery) address() string {
	switch {
	case q.before > 0:
		return q.url(ledgerPath, paramBefore, q.before)
	case q.after > 0:
		return q.url(ledgerPath, paramAfter, q.after)
	}
	return q.url(ledgerPath, "", 0)
}

// kept is the filter and the place for the hidden fields of a form.
func (q ledgerQuery) kept() []templates.HiddenField {
	var fields []templates.HiddenField
	for _, name := range ledgerParams {
		if value := q.values.Get(name); value != "" {
			fields = append(fields, templates.HiddenField{Name: name, Value: value})
		}
	}
	return fields
}

// place is the page of the ledger, in words that follow the filter; "" for the first.
func (q ledgerQuery) place() string {
	switch {
	case q.before > 0:
		return ", before " + strconv.FormatInt(q.before, 10)
	case q.after > 0:
		return ", after " + strconv.FormatInt(q.after, 10)
	}
	return ""
}

// form is the filter as it was filled, and what is wrong with it.
func (q ledgerQuery) form(t *i18n.Texts, people []access.Person) templates.LedgerFilter {
	form := templates.LedgerFilter{
		What: deedOptions(t, q.values.Get("what")), Who: actorOptions(t, people, q.values.Get("who")),
		Concerns: templates.Field{Value: q.values.Get(paramConcerns), Error: q.wrong[paramConcerns]},
		From:     templates.Field{Value: q.values.Get("from"), Error: q.wrong["from"]},
		Until:    templates.Field{Value: q.values.Get("until"), Error: q.wrong["until"]},
	}
	for _, name := range []string{paramConcerns, "from", "until"} {
		if text := q.wrong[name]; text != "" {
			form.Problems = append(form.Problems, templates.FieldProblem{ID: "l-" + name, Label: t.S("ledger." + name), Text: text})
		}
	}
	return form
}
