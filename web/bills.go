package web

import (
	"context"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/billcache"
	"billportal/internal/billing"
	"billportal/internal/i18n"
	"billportal/templates"
)

// bills is the list: one query for its rows, with the viewer's scope and the
// filter both in it, and one for its totals.
func (s *Server) bills(c echo.Context) error {
	page := s.page(c, "bills.title")
	query := s.parseBillQuery(c, page.Texts)
	page.SearchQuery = query.filter.Text
	view, err := s.billList(c, page.Texts, query)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if len(query.errors) > 0 {
		status = http.StatusBadRequest
	}
	return s.pageOrFragment(c, status, func() templ.Component {
		form, formErr := s.billFilterForm(c, page.Texts, query)
		if formErr != nil {
			return failing(formErr)
		}
		return templates.Bills(templates.BillsView{Page: page, Form: form, List: view})
	}, func() templ.Component {
		return templates.BillListPartial(page, view)
	})
}

// failing is a component that cannot be made.
func failing(err error) templ.Component {
	return templ.ComponentFunc(func(context.Context, io.Writer) error { return err })
}

// billList is what changes when a filter changes: chips, totals, rows, pager.
func (s *Server) billList(c echo.Context, t *i18n.Texts, q billQuery) (templates.BillListView, error) {
	view := templates.BillListView{Problems: q.problems(t)}
	if len(q.errors) > 0 {
		return view, nil
	}
	ctx, scope := c.Request().Context(), viewer(c).Scope()
	link, err := s.Cache.Link(ctx)
	if err != nil {
		return view, err
	}
	chips, err := s.chips(ctx, t, scope, q)
	if err != nil {
		return view, err
	}
	list, err := s.Cache.Bills(ctx, scope, q.filter, q.page)
	if err != nil {
		return view, err
	}
	view.Chips, view.ClearURL = chips, clearURL(q)
	view.SetText = t.N("count.set", len(chips))
	view.Bills = billRows(t, list.Bills)
	if !link.FirstSyncDone() {
		progress := firstSync(t, link)
		view.Sync = &progress
	} else if err := s.addTotals(c, t, q, list, &view); err != nil {
		return view, err
	}
	if len(list.Bills) == 0 {
		view.Empty = s.whyEmpty(t, scope, q, link)
	}
	return view, nil
}

// addTotals adds what is true only of a whole copy: totals, count, pager text and
// the export of the list.
func (s *Server) addTotals(c echo.Context, t *i18n.Texts, q billQuery, list billing.BillPage, view *templates.BillListView) error {
	totals, err := s.Cache.Totals(c.Request().Context(), viewer(c).Scope(), q.filter)
	if err != nil {
		return err
	}
	view.Totals = billTotals(t, totals)
	view.Announce = view.Totals.Count
	view.Pager = pager(t, q, list)
	if viewer(c).Rights.Has(access.Export) && totals.Bills > 0 {
		view.ExportURL = q.url("/bills.csv", nil)
	}
	if totals.Bills == 0 {
		view.Totals = nil
	}
	return nil
}

func billTotals(t *i18n.Texts, totals billing.Totals) *templates.BillTotalsView {
	view := &templates.BillTotalsView{Count: t.N("count.bills", totals.Bills)}
	if totals.CreditNotes > 0 {
		view.CreditNotes = t.N("count.creditnotes", totals.CreditNotes)
	}
	excluded := 0
	var currencies []string
	for _, total := range totals.ByCurrency {
		if total.Excluded > 0 {
			excluded += total.Excluded
			currencies = append(currencies, total.Currency)
		}
		if total.Gross.Supplied() {
			view.Totals = append(view.Totals, amount(t, total.Gross))
		}
	}
	if excluded > 0 {
		view.Excluded = t.N("totals.excluded", excluded, strings.Join(currencies, ", "))
	}
	return view
}

// pager leads to the pages beside the one shown. Pages are places in the list, so
// they have no numbers.
func pager(t *i18n.Texts, q billQuery, list billing.BillPage) *templates.Pager {
	if len(list.Bills) == 0 || !list.HasNewer && !list.HasOlder {
		return nil
	}
	first, last := list.Bills[0], list.Bills[len(list.Bills)-1]
	p := &templates.Pager{Text: t.S("count.days", day(t, first.IssuedOn, "").Text, day(t, last.IssuedOn, "").Text)}
	if list.HasNewer {
		p.NewerURL = q.url("/bills", map[string]string{paramBefore: cursorText(first)})
	}
	if list.HasOlder {
		p.OlderURL = q.url("/bills", map[string]string{paramAfter: cursorText(last)})
	}
	return p
}

// clearURL is the list without any filter; nothing when there is none to clear.
func clearURL(q billQuery) string {
	set := slices.DeleteFunc(slices.Collect(maps.Keys(q.values)), func(name string) bool { return name == paramAfter || name == paramBefore })
	if len(set) == 0 {
		return ""
	}
	return "/bills"
}

// chips are the filters in force, each with the list without it.
func (s *Server) chips(ctx context.Context, t *i18n.Texts, scope access.Scope, q billQuery) ([]templates.Chip, error) {
	var chips []templates.Chip
	add := func(name, label, value, remove string) {
		if q.values.Get(name) != "" || name == paramIssued && q.preset != billing.AnyTime {
			chips = append(chips, templates.Chip{Label: t.S(label), Value: value, RemoveURL: remove})
		}
	}
	add(paramText, "filter.text", q.filter.Text, q.url("/bills", map[string]string{paramText: ""}))
	if len(q.values[paramAccount]) > 0 {
		names, err := s.accountNames(ctx, scope)
		if err != nil {
			return nil, err
		}
		for _, value := range q.values[paramAccount] {
			label := names[value]
			if label == "" {
				label = strings.TrimPrefix(value, groupPrefix)
			}
			add(paramAccount, "col.account", label, q.without(paramAccount, value))
		}
	}
	for _, kind := range q.filter.Kinds {
		add(paramKind, "filter.kind", t.S(kindKey(kind)), q.without(paramKind, string(kind)))
	}
	add(paramIssued, "col.issued", issuedText(t, q), q.url("/bills", map[string]string{paramIssued: string(billing.AnyTime), paramFrom: "", paramTo: ""}))
	add(paramMin, "filter.totalmin", decimal(t, q.filter.Min, 0), q.url("/bills", map[string]string{paramMin: ""}))
	add(paramMax, "filter.totalmax", decimal(t, q.filter.Max, 0), q.url("/bills", map[string]string{paramMax: ""}))
	add(paramCurrency, "filter.currency", q.filter.Currency, q.url("/bills", map[string]string{paramCurrency: ""}))
	return chips, nil
}

// accountNames names the accounts and groups in scope by the values of their
// filter.
func (s *Server) accountNames(ctx context.Context, scope access.Scope) (map[string]string, error) {
	accounts, err := s.Cache.Accounts(ctx, scope)
	if err != nil {
		return nil, err
	}
	names := make(map[string]string, len(accounts))
	for _, a := range accounts {
		names[string(a.Number)] = a.DisplayName()
		if a.Group != "" {
			names[groupPrefix+a.Group] = a.Group
		}
	}
	return names, nil
}

// issuedText is the issue dates of a filter: the preset's name and its days.
func issuedText(t *i18n.Texts, q billQuery) string {
	days := period(t, q.filter.Issued)
	switch {
	case q.preset == between || strings.Contains(string(q.preset), "20"):
		return days
	case slices.Contains(billing.Presets(), q.preset):
		return t.S("issued.bounds", t.S("issued."+string(q.preset)), days)
	}
	return days
}

func kindKey(k billing.Kind) string {
	switch k {
	case billing.Invoice:
		return "filter.invoices"
	case billing.CreditNote:
		return "filter.creditnotes"
	}
	return "filter.others"
}

// whyEmpty says why a list shows nothing and what to do about it.
func (s *Server) whyEmpty(t *i18n.Texts, scope access.Scope, q billQuery, link billcache.Link) *templates.Empty {
	switch {
	case scope.Empty():
		return &templates.Empty{Kind: templates.EmptyNoGrants}
	case !link.FirstSyncDone() && link.Syncing:
		return nil
	case len(q.values) == 0 && q.preset == billing.AnyTime:
		return &templates.Empty{Kind: templates.EmptyNothing}
	}
	empty := &templates.Empty{Kind: templates.EmptyNoMatch}
	if q.preset != billing.AnyTime {
		empty.Offers = append(empty.Offers, templates.Link{Label: t.S("issued.any"),
			URL: q.url("/bills", map[string]string{paramIssued: string(billing.AnyTime), paramFrom: "", paramTo: ""})})
	}
	if clearURL(q) != "" {
		empty.Offers = append(empty.Offers, templates.Link{Label: t.S("filter.clear"), URL: "/bills"})
	}
	return empty
}

// billFilterForm is the form as it was filled, right or wrong.
func (s *Server) billFilterForm(c echo.Context, t *i18n.Texts, q billQuery) (templates.BillFilterForm, error) {
	ctx, scope := c.Request().Context(), viewer(c).Scope()
	accounts, err := s.Cache.Accounts(ctx, scope)
	if err != nil {
		return templates.BillFilterForm{}, err
	}
	currencies, err := s.Cache.Currencies(ctx, scope)
	if err != nil {
		return templates.BillFilterForm{}, err
	}
	field := func(name string) templates.Field {
		return templates.Field{Value: q.values.Get(name), Error: q.errors[name]}
	}
	form := templates.BillFilterForm{
		Query: field(paramText), From: field(paramFrom), To: field(paramTo), Min: field(paramMin), Max: field(paramMax),
		Accounts: accountOptions(t, accounts, q.values.Get(paramAccount)),
		Issued:   s.issuedOptions(t, q),
		Kinds:    []templates.Option{{Label: t.S("filter.allkinds")}},
	}
	for _, k := range billing.Kinds() {
		form.Kinds = append(form.Kinds, templates.Option{Value: string(k), Label: t.S(kindKey(k)), Selected: q.values.Get(paramKind) == string(k)})
	}
	form.Currencies = []templates.Option{{Label: t.S("filter.allcurrencies")}}
	for _, code := range currencies {
		form.Currencies = append(form.Currencies, templates.Option{Value: code, Label: code, Selected: q.filter.Currency == code})
	}
	return form, nil
}

// accountOptions offers all, then the groups, then the accounts in scope.
func accountOptions(t *i18n.Texts, accounts []billing.BillingAccount, selected string) []templates.OptionGroup {
	all := templates.OptionGroup{Options: []templates.Option{{Label: t.S("filter.allaccounts")}}}
	groups := templates.OptionGroup{Label: t.S("filter.groups")}
	single := templates.OptionGroup{Label: t.S("filter.accounts")}
	sizes := map[string]int{}
	for _, a := range accounts {
		sizes[a.Group]++
		single.Options = append(single.Options, templates.Option{
			Value: string(a.Number), Label: a.DisplayName() + ", " + string(a.Number), Selected: selected == string(a.Number),
		})
	}
	delete(sizes, "")
	for _, name := range slices.Sorted(maps.Keys(sizes)) {
		groups.Options = append(groups.Options, templates.Option{
			Value: groupPrefix + name, Label: name + " (" + t.N("count.accounts", sizes[name]) + ")", Selected: selected == groupPrefix+name,
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
func (s *Server) issuedOptions(t *i18n.Texts, q billQuery) []templates.OptionGroup {
	presets := templates.OptionGroup{Label: t.S("issued.presets")}
	for _, p := range append(billing.Presets(), between) {
		presets.Options = append(presets.Options, templates.Option{Value: string(p), Label: t.S("issued." + string(p)), Selected: q.preset == p})
	}
	months := templates.OptionGroup{Label: t.S("issued.months")}
	for n := range monthsOffered {
		first := s.today().FirstOfMonth(-n)
		value := first.String()[:7]
		months.Options = append(months.Options, templates.Option{
			Value: value, Label: t.Month(first.Year, first.Month), Selected: string(q.preset) == value,
		})
	}
	return []templates.OptionGroup{presets, months}
}

// firstSync is the progress of the first copy.
func firstSync(t *i18n.Texts, link billcache.Link) templates.FirstSyncView {
	view := templates.FirstSyncView{Done: link.Bills, Of: max(link.BillsTotal, 0), Text: t.N("sync.count", link.Bills)}
	if link.BillsTotal > 0 {
		view.Text = t.S("sync.progress", t.Number(itoa(link.Bills), 0), t.Number(itoa(link.BillsTotal), 0))
	}
	switch {
	case link.FirstSyncDone():
		view.State = templates.SyncDone
	case link.Syncing || link.Failure == "":
		view.RefreshURL = "/sync"
	default:
		view.State = templates.SyncFailed
		view.RefreshURL = "/sync"
	}
	return view
}

// syncProgress is the progress of the first copy, which pages ask for again and
// again until it has ended.
func (s *Server) syncProgress(c echo.Context) error {
	link, err := s.Cache.Link(c.Request().Context())
	if err != nil {
		return err
	}
	page := s.frame(c)
	return s.render(c, http.StatusOK, templates.FirstSync(page, firstSync(page.Texts, link)))
}

// since is how a list names the instant after which it shows what came.
func (s *Server) since(t *i18n.Texts, at time.Time) string {
	return t.S("overview.since", s.instant(t, at))
}
