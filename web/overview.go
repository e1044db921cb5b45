package web

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/i18n"
	"billportal/templates"
)

// monthsShown is how many months an overview's chart has: the running one and
// the twelve before it.
const monthsShown = 13

// newShown is how many new bills the overview lists.
const newShown = 10

// overview is the first page after signing in: what is new and how the month
// compares, for people who may see bills; the way to an open portal, for admins;
// and whom to ask, for people without a role.
func (s *Server) overview(c echo.Context) error {
	v := viewer(c)
	switch {
	case len(v.Roles) == 0:
		return s.noRole(c)
	case !v.Rights.Has(access.View):
		return s.setup(c)
	case v.Scope().Empty() && !v.Rights.Has(access.Administer):
		return s.noAccounts(c)
	}
	ctx := c.Request().Context()
	link, err := s.link(c)
	if err != nil {
		return err
	}
	view := templates.OverviewView{Page: s.page(c, "overview.title")}
	if v.Rights.Has(access.Administer) {
		steps, err := s.setupSteps(c, view.Texts, link)
		if err != nil {
			return err
		}
		if steps.Grant.State != templates.StepDone {
			view.Setup = &steps
		}
	}
	switch {
	case v.Scope().Empty():
		view.Empty = &templates.Empty{Kind: templates.EmptyNoGrants}
	case !link.FirstSyncDone():
		progress := firstSync(view.Texts, v, link)
		view.Sync = &progress
	default:
		if err := s.fillOverview(ctx, v, &view); err != nil {
			return err
		}
	}
	return s.render(c, http.StatusOK, templates.Overview(view))
}

func (s *Server) noAccounts(c echo.Context) error {
	page, v := s.page(c, "noaccounts.title"), viewer(c)
	return s.render(c, http.StatusOK, templates.NoAccounts(templates.NoAccountsView{
		Page: page, Name: v.Person.DisplayName(), Role: roleNames(page.Texts, v.Roles), Groups: v.Person.Groups,
	}))
}

// fillOverview adds the month by currency and the bills that are new.
func (s *Server) fillOverview(ctx context.Context, v access.Viewer, view *templates.OverviewView) error {
	t, today := view.Texts, s.today()
	first := today.FirstOfMonth(-(monthsShown - 1))
	totals, err := s.deps.Cache.MonthTotals(ctx, v.Scope(), billing.Period{First: first, Last: billing.MonthOf(today).Last})
	if err != nil {
		return err
	}
	view.Month = monthView(t, today, totals)
	thisMonth := 0
	for _, m := range totals {
		if m.Month == today.FirstOfMonth(0) {
			thisMonth += m.Bills
		}
	}
	view.Lede = t.S("overview.issued", t.Month(today.Year, today.Month), t.N("count.bills", thisMonth))
	if len(totals) == 0 {
		view.Empty = &templates.Empty{Kind: templates.EmptyNothing}
	}
	return s.addNew(ctx, v, view)
}

// addNew lists the bills that came into the copy since the person's last visit. On
// a first visit, when everything would be new, it lists the newest.
func (s *Server) addNew(ctx context.Context, v access.Viewer, view *templates.OverviewView) error {
	t := view.Texts
	if v.Person.LastVisit.IsZero() {
		newest, err := s.deps.Cache.Bills(ctx, v.Scope(), billing.BillFilter{}, billing.Page{Limit: newShown})
		if err != nil {
			return err
		}
		view.New = &templates.NewBills{Heading: t.S("overview.newest"), Bills: billRows(t, newest.Bills)}
		return nil
	}
	bills, err := s.deps.Cache.NewBills(ctx, v.Scope(), v.Person.LastVisit, newShown)
	if err != nil {
		return err
	}
	view.New = &templates.NewBills{
		Heading: t.S("overview.new"), Since: t.S("overview.since", s.instant(t, v.Person.LastVisit)), Bills: billRows(t, bills),
	}
	return nil
}

// currencyMonths are the sums of one currency by month, oldest first. A month
// without bills has no sum.
type currencyMonths struct {
	code  string
	bills int
	sums  [monthsShown]billing.Money
	// excluded is how many bills a month's sum leaves out; such a month is compared
	// with nothing.
	excluded [monthsShown]int
}

func byCurrency(today billing.Date, totals []billing.MonthTotal) []currencyMonths {
	first := today.FirstOfMonth(-(monthsShown - 1))
	index := map[string]int{}
	var currencies []currencyMonths
	for _, m := range totals {
		at, known := index[m.Currency]
		if !known {
			at = len(currencies)
			index[m.Currency] = at
			currencies = append(currencies, currencyMonths{code: m.Currency})
		}
		n := (m.Month.Year-first.Year)*12 + int(m.Month.Month) - int(first.Month)
		if n >= 0 && n < monthsShown {
			currencies[at].sums[n], currencies[at].excluded[n] = m.Gross, m.Excluded
			currencies[at].bills += m.Bills
		}
	}
	slices.SortStableFunc(currencies, func(a, b currencyMonths) int {
		return cmp.Or(cmp.Compare(b.bills, a.bills), cmp.Compare(a.code, b.code))
	})
	return currencies
}

func monthView(t *i18n.Texts, today billing.Date, totals []billing.MonthTotal) templates.MonthView {
	name := t.Month(today.Year, today.Month)
	first := today.FirstOfMonth(-(monthsShown - 1))
	view := templates.MonthView{
		Heading: t.S("overview.heading", name), Now: t.S("overview.sofar", name),
		Table: templates.MonthTable{Caption: t.S("overview.tablecaption", t.Month(first.Year, first.Month), name)},
	}
	currencies := byCurrency(today, totals)
	for _, c := range currencies {
		view.Heroes = append(view.Heroes, hero(t, today, c))
		view.Table.Currencies = append(view.Table.Currencies, c.code)
		mean, _ := meanOf(c)
		view.Table.Mean = append(view.Table.Mean, bare(t, mean))
	}
	for n := range monthsShown {
		month := first.FirstOfMonth(n)
		row := templates.MonthRow{
			Label: t.Month(month.Year, month.Month), URL: issuedURL(month.String()[:len("2006-01")], ""),
		}
		for _, c := range currencies {
			row.Amounts = append(row.Amounts, bare(t, c.sums[n]))
		}
		view.Table.Rows = append(view.Table.Rows, row)
	}
	return view
}

// hero is one currency's column: its sum so far, two comparisons and a chart.
func hero(t *i18n.Texts, today billing.Date, c currencyMonths) templates.Hero {
	first, last := today.FirstOfMonth(-(monthsShown - 1)), today.FirstOfMonth(-1)
	now, before := c.sums[monthsShown-1], c.sums[monthsShown-2]
	mean, meanUnits := meanOf(c)
	h := templates.Hero{URL: issuedURL(string(billing.ThisMonth), c.code), Currency: t.Currency(c.code), Total: amount(t, now), Excluded: excludedText(t, first, c)}
	month, short := t.MonthName(last.Month), c.excluded[monthsShown-1] > 0
	h.Versus = []templates.Versus{
		versus(t, now, before, short || c.excluded[monthsShown-2] > 0, t.S("overview.onmonth", month), t.S("overview.nolast", month)),
		versus(t, now, mean, short, t.S("overview.onmean"), t.S("overview.nomean")),
	}
	months := make([]templates.ChartMonth, 0, monthsShown)
	for n, sum := range c.sums {
		month := first.FirstOfMonth(n)
		units, known := sum.TenThousandths()
		months = append(months, templates.ChartMonth{
			Label: t.MonthLetter(month.Month), Title: t.Month(month.Year, month.Month) + ": " + words(t, sum),
			Value: units, Known: known, Now: n == monthsShown-1,
		})
	}
	h.Chart = templates.NewChart(t.S("overview.chart", h.Currency, t.Month(first.Year, first.Month), t.Month(today.Year, today.Month),
		t.Month(today.Year, today.Month)+": "+words(t, now)), months, meanUnits)
	return h
}

// issuedURL is the list of what was issued in a period, in one currency or in all.
func issuedURL(preset, currency string) string {
	values := url.Values{paramIssued: {preset}}
	if currencyCode.MatchString(currency) {
		values.Set(paramCurrency, currency)
	}
	return "/bills?" + values.Encode()
}

// currencyCode is the form in which a list is filtered by currency.
var currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)

// excludedText names the months whose sums leave bills out, and how many in all.
func excludedText(t *i18n.Texts, first billing.Date, c currencyMonths) string {
	count := 0
	var months []string
	for n, excluded := range c.excluded {
		if excluded > 0 {
			month := first.FirstOfMonth(n)
			count, months = count+excluded, append(months, t.Month(month.Year, month.Month))
		}
	}
	if count == 0 {
		return ""
	}
	return t.N("totals.excluded", count, strings.Join(months, ", "))
}

// meanOf is the mean of the twelve months before the running one, rounded to the
// currency's digits for reading; it is not known unless each of them has a sum
// that leaves nothing out.
func meanOf(c currencyMonths) (billing.Money, *int64) {
	sum := billing.MoneyOf(0, c.code)
	for n, m := range c.sums[:monthsShown-1] {
		var err error
		if sum, err = sum.Add(m); err != nil || c.excluded[n] > 0 {
			return billing.Money{}, nil
		}
	}
	mean, err := sum.Share(monthsShown-1, currencyDigits(c.code))
	if err != nil {
		return billing.Money{}, nil
	}
	units, ok := mean.TenThousandths()
	if !ok {
		return billing.Money{}, nil
	}
	return mean, &units
}

// versus compares two sums in per cent, to one decimal, unless one of them is
// short of a bill.
func versus(t *i18n.Texts, now, before billing.Money, short bool, text, unknown string) templates.Versus {
	if short {
		return templates.Versus{Text: t.S("overview.short")}
	}
	change, err := billing.Change(before, now)
	if err != nil {
		return templates.Versus{Text: unknown}
	}
	return templates.Versus{Figure: t.SignedPercent(string(change)), Text: text}
}
