package web

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"billportal/internal/billing"
	"billportal/internal/i18n"
	"billportal/templates"
)

// billFilterForm is the form as it was filled, right or wrong.
func (s *Server) billFilterForm(c echo.Context, t *i18n.Texts, q billQuery) (templates.BillFilterForm, error) {
	ctx, scope := c.Request().Context(), viewer(c).Scope()
	accounts, err := s.deps.Cache.Accounts(ctx, scope)
	if err != nil {
		return templates.BillFilterForm{}, err
	}
	currencies, err := s.deps.Cache.Currencies(ctx, scope)
	if err != nil {
		return templates.BillFilterForm{}, err
	}
	field := func(name string) templates.Field {
		return templates.Field{Value: q.values.Get(name), Error: q.fieldError(t, name)}
	}
	form := templates.BillFilterForm{
		Query: field(paramText), From: field(paramFrom), To: field(paramTo), Min: field(paramMin), Max: field(paramMax),
		Accounts: accountOptions(t, accounts), AccountError: q.fieldError(t, paramAccount),
		Issued: s.issuedOptions(t), IssuedError: q.fieldError(t, paramIssued),
		Kinds: []templates.Option{{Label: t.S("filter.allkinds")}}, KindError: q.fieldError(t, paramKind),
		Currencies: []templates.Option{{Label: t.S("filter.allcurrencies")}}, CurrencyError: q.fieldError(t, paramCurrency),
	}
	for _, k := range billing.Kinds() {
		form.Kinds = append(form.Kinds, templates.Option{Value: string(k), Label: t.S(kindKey(k))})
	}
	for _, code := range currencies {
		form.Currencies = append(form.Currencies, templates.Option{Value: code, Label: code})
	}
	form.Accounts = selectIn(form.Accounts, q.choice(t, paramAccount))
	form.Issued = selectIn(form.Issued, templates.Option{Value: string(q.preset), Label: shorten(string(q.preset))})
	form.Kinds = selectIn([]templates.OptionGroup{{Options: form.Kinds}}, q.choice(t, paramKind))[0].Options
	form.Currencies = selectIn([]templates.OptionGroup{{Options: form.Currencies}}, q.choice(t, paramCurrency))[0].Options
	return form, nil
}

// choice is what a select element was left at, as an option of its own: several
// values at once are one option.
func (q billQuery) choice(t *i18n.Texts, name string) templates.Option {
	values := q.values[name]
	if len(values) > 1 {
		return templates.Option{Value: severalPrefix + url.Values{name: values}.Encode(), Label: t.N("filter.several", len(values))}
	}
	value := q.values.Get(name)
	return templates.Option{Value: value, Label: shorten(strings.TrimPrefix(value, groupPrefix))}
}

// selectIn marks the option of a value as selected. What is not among the options
// is added to them, so that a form never shows another choice than was made.
func selectIn(groups []templates.OptionGroup, choice templates.Option) []templates.OptionGroup {
	for _, g := range groups {
		for i := range g.Options {
			if g.Options[i].Value == choice.Value {
				g.Options[i].Selected = true
				return groups
			}
		}
	}
	choice.Selected = true
	groups[0].Options = append(groups[0].Options, choice)
	return groups
}

// accountOptions offers all, then the groups, then the accounts in scope.
func accountOptions(t *i18n.Texts, accounts []billing.BillingAccount) []templates.OptionGroup {
	all := templates.OptionGroup{Options: []templates.Option{{Label: t.S("filter.allaccounts")}}}
	groups := templates.OptionGroup{Label: t.S("filter.groups")}
	single := templates.OptionGroup{Label: t.S("filter.accounts")}
	sizes := map[string]int{}
	for _, a := range accounts {
		sizes[a.Group]++
		single.Options = append(single.Options, templates.Option{
			Value: string(a.Number), Label: visible(a.DisplayName()) + ", " + string(a.Number),
		})
	}
	delete(sizes, "")
	for _, name := range slices.Sorted(maps.Keys(sizes)) {
		groups.Options = append(groups.Options, templates.Option{
			Value: groupPrefix + name, Label: name + " (" + t.N("count.accounts", sizes[name]) + ")",
		})
	}
	sortOptions(t, single.Options)
	options := []templates.OptionGroup{all}
	for _, g := range []templates.OptionGroup{groups, single} {
		if len(g.Options) > 0 {
			options = append(options, g)
		}
	}
	return options
}

// sortOptions sorts choices as the reader's language does.
func sortOptions(t *i18n.Texts, options []templates.Option) {
	order := t.Order()
	slices.SortFunc(options, func(a, b templates.Option) int { return order(a.Label, b.Label) })
}

// monthsOffered is how many single months the filter offers.
const monthsOffered = 36

// issuedOptions offers the presets, two days of choice, and single months.
func (s *Server) issuedOptions(t *i18n.Texts) []templates.OptionGroup {
	presets := templates.OptionGroup{Label: t.S("issued.presets")}
	for _, p := range append(billing.Presets(), between) {
		presets.Options = append(presets.Options, templates.Option{Value: string(p), Label: t.S("issued." + string(p))})
	}
	months := templates.OptionGroup{Label: t.S("issued.months")}
	for n := range monthsOffered {
		first := s.today().FirstOfMonth(-n)
		value := first.String()[:7]
		months.Options = append(months.Options, templates.Option{
			Value: value, Label: t.Month(first.Year, first.Month),
		})
	}
	return []templates.OptionGroup{presets, months}
}
