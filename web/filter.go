package web

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"billportal/internal/billing"
	"billportal/internal/i18n"
)

// billQuery is the list of bills as a URL asks for it: what was typed, what it
// means, and what is wrong with it.
type billQuery struct {
	values url.Values // only the parameters that the list knows
	filter billing.BillFilter
	preset billing.Preset
	page   billing.Page
	errors map[string]string // parameter -> finished sentence
	// undated says that two days were asked for and none given: the list shows what
	// it starts with, and the form asks for them.
	undated bool
}

// The list's parameters. groupPrefix marks a group among the values of account.
const (
	paramText     = "q"
	paramAccount  = "account"
	paramKind     = "kind"
	paramIssued   = "issued"
	paramFrom     = "from"
	paramTo       = "to"
	paramMin      = "min"
	paramMax      = "max"
	paramCurrency = "currency"
	paramAfter    = "after"
	paramBefore   = "before"
	paramRows     = "rows" // of an export
	groupPrefix   = "group:"
	severalPrefix = "several:" // of one option that stands for several values
	between       = "between"
)

// listParams are the parameters of the list.
var listParams = []string{
	paramText, paramAccount, paramKind, paramIssued, paramFrom, paramTo, paramMin, paramMax, paramCurrency, paramAfter, paramBefore,
}

const (
	defaultPreset = billing.Last12Months
	pageSize      = 50
	maxText       = 200 // characters of a typed text
	maxChoices    = 100 // values of one repeated parameter
)

// parseBillQuery reads the filter of a list. It always returns a query; when
// something in it is wrong, errors says what, and its filter must not be used.
func (s *Server) parseBillQuery(c echo.Context, t *i18n.Texts) (billQuery, error) {
	q := billQuery{values: url.Values{}, errors: map[string]string{}}
	given, err := url.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		// What cannot be read must not widen the list.
		return q, badRequest("", err)
	}
	q.parseText(t, given)
	q.parseAccounts(t, given)
	q.parseKinds(t, given)
	s.parseIssued(&q, t, given)
	q.parseAmounts(t, given)
	if code := q.take(given, paramCurrency); code != "" {
		if !currencyCode.MatchString(code) {
			q.fail(paramCurrency, t.S("filter.error.choice", shorten(code)))
		}
		q.filter.Currency = code
	}
	q.parsePage(t, given)
	return q, nil
}

// take moves the one value of a parameter over; more than one, or text that is
// not UTF-8 or holds control characters, is wrong.
func (q *billQuery) take(given url.Values, name string) string {
	values := given[name]
	if len(values) == 0 || values[0] == "" {
		return ""
	}
	value := values[0]
	if len(values) > 1 || !cleanText(value) {
		q.errors[name] = "" // the sentence follows where the texts are at hand
	}
	q.values.Set(name, value)
	return value
}

func (q *billQuery) fail(name, sentence string) { q.errors[name] = sentence }

func cleanText(s string) bool { return billing.CleanText(s) }

// shorten bounds what a sentence repeats of what was typed.
func shorten(s string) string {
	const most = 40
	s = strings.ToValidUTF8(s, "?")
	if utf8.RuneCountInString(s) > most {
		return string([]rune(s)[:most]) + "…"
	}
	return s
}

func (q *billQuery) parseText(t *i18n.Texts, given url.Values) {
	text := strings.TrimSpace(q.take(given, paramText))
	if utf8.RuneCountInString(text) > maxText {
		q.fail(paramText, t.S("filter.error.long", maxText))
	}
	q.filter.Text = text
	if _, bad := q.errors[paramText]; bad && q.errors[paramText] == "" {
		q.fail(paramText, t.S("filter.error.choice", shorten(text)))
	}
}

// chosen are the values of a parameter that may be repeated. An option of the form
// stands for several at once.
func chosen(given url.Values, name string) []string {
	var values []string
	for _, value := range given[name] {
		if list, ok := strings.CutPrefix(value, severalPrefix); ok {
			if several, err := url.ParseQuery(list); err == nil && len(several) == 1 && len(several[name]) > 0 {
				values = append(values, several[name]...)
				continue
			}
		}
		if value != "" {
			values = append(values, value)
		}
	}
	return values
}

func (q *billQuery) parseAccounts(t *i18n.Texts, given url.Values) {
	for _, value := range chosen(given, paramAccount) {
		q.values.Add(paramAccount, value)
		if group, ok := strings.CutPrefix(value, groupPrefix); ok {
			q.filter.Groups = append(q.filter.Groups, group)
		} else {
			q.filter.Accounts = append(q.filter.Accounts, billing.AccountNumber(value))
		}
		if len(value) > maxText || !cleanText(value) || len(q.values[paramAccount]) > maxChoices {
			q.fail(paramAccount, t.S("filter.error.choice", shorten(value)))
		}
	}
}

func (q *billQuery) parseKinds(t *i18n.Texts, given url.Values) {
	for _, value := range chosen(given, paramKind) {
		q.values.Add(paramKind, value)
		kind := billing.Kind(value)
		if !slices.Contains(billing.Kinds(), kind) || slices.Contains(q.filter.Kinds, kind) {
			q.fail(paramKind, t.S("filter.error.choice", shorten(value)))
		}
		q.filter.Kinds = append(q.filter.Kinds, kind)
	}
}

// parsePage reads the place in the list. One that cannot be read is refused like a
// wrong filter.
func (q *billQuery) parsePage(t *i18n.Texts, given url.Values) {
	q.page.Limit = pageSize
	for name, cursor := range map[string]*billing.Cursor{paramAfter: &q.page.After, paramBefore: &q.page.Before} {
		text := q.take(given, name)
		if text == "" {
			continue
		}
		var ok bool
		if *cursor, ok = parseCursor(text); !ok {
			q.fail(name, t.S("filter.error.choice", shorten(text)))
		}
	}
	if !q.page.After.IsZero() && !q.page.Before.IsZero() {
		q.fail(paramBefore, t.S("filter.error.choice", paramBefore))
	}
}

// url is the list's address with the given parameters changed; an empty value
// drops one. The place in the list is dropped unless it is among them.
func (q billQuery) url(path string, changes map[string]string) string {
	values := url.Values{}
	for name, v := range q.values {
		if name != paramAfter && name != paramBefore {
			values[name] = v
		}
	}
	for name, v := range changes {
		if v == "" {
			values.Del(name)
		} else {
			values.Set(name, v)
		}
	}
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

// address is the list as it stands, its place included.
func (q billQuery) address() string {
	return q.url("/bills", map[string]string{paramAfter: q.values.Get(paramAfter), paramBefore: q.values.Get(paramBefore)})
}

// without is the list's address without one value of a parameter.
func (q billQuery) without(name, value string) string {
	rest := slices.DeleteFunc(slices.Clone(q.values[name]), func(v string) bool { return v == value })
	copied := billQuery{values: url.Values{}}
	for n, v := range q.values {
		copied.values[n] = v
	}
	copied.values[name] = rest
	if len(rest) == 0 {
		copied.values.Del(name)
	}
	return copied.url("/bills", nil)
}
