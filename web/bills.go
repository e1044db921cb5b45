package web

import (
	"context"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

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
	query, err := s.parseBillQuery(c, page.Texts)
	if err != nil {
		return err
	}
	page.SearchQuery = query.filter.Text
	view, err := s.billList(c, page.Texts, query)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if len(query.errors) > 0 {
		status = http.StatusBadRequest
	} else {
		s.noteSearch(c, query)
		s.readings.offer(listOpening{currentSession(c).ID, "/bills"}, view.Pager)
	}
	if isFragment(c.Request()) {
		// The address that the browser keeps has only what was chosen, not every
		// empty field of the form.
		c.Response().Header().Set("HX-Push-Url", query.address())
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
	view := templates.BillListView{Problems: q.problems(t), Slots: q.slots(t)}
	if len(q.errors) > 0 {
		return view, nil
	}
	ctx, scope := c.Request().Context(), viewer(c).Scope()
	link, err := s.link(c)
	if err != nil {
		return view, err
	}
	chips, err := s.chips(ctx, t, scope, q)
	if err != nil {
		return view, err
	}
	list, err := s.deps.Cache.Bills(ctx, scope, q.filter, q.page)
	if err != nil {
		return view, err
	}
	view.Chips, view.ClearURL = chips, clearURL(q)
	view.SetText = t.N("count.set", len(chips))
	view.Bills = billRows(t, list.Bills)
	if !link.FirstSyncDone() {
		progress := firstSync(t, viewer(c), link)
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
	totals, err := s.deps.Cache.Totals(c.Request().Context(), viewer(c).Scope(), q.filter)
	if err != nil {
		return err
	}
	view.Totals = billTotals(t, totals)
	view.Announce = view.Totals.Count
	view.Printed = printedRows(t, list, totals.Bills)
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

// printedRows says on paper which part of the list is there. Places in the list
// have no numbers beyond its first page.
func printedRows(t *i18n.Texts, list billing.BillPage, all int) string {
	rows, of := t.Number(itoa(len(list.Bills)), 0), t.Number(itoa(all), 0)
	if list.HasNewer {
		return t.S("print.somerows", rows, of)
	}
	return t.S("print.rows", rows, of)
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
		if q.values.Get(name) != "" || name == paramIssued {
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
	if q.issuedInForce() != billing.AnyTime {
		add(paramIssued, "col.issued", issuedText(t, q), q.url("/bills", map[string]string{paramIssued: string(billing.AnyTime), paramFrom: "", paramTo: ""}))
	}
	add(paramMin, "filter.totalmin", decimal(t, q.filter.Min, 0), q.url("/bills", map[string]string{paramMin: ""}))
	add(paramMax, "filter.totalmax", decimal(t, q.filter.Max, 0), q.url("/bills", map[string]string{paramMax: ""}))
	add(paramCurrency, "filter.currency", q.filter.Currency, q.url("/bills", map[string]string{paramCurrency: ""}))
	return chips, nil
}

// accountNames names the accounts and groups in scope by the values of their
// filter.
func (s *Server) accountNames(ctx context.Context, scope access.Scope) (map[string]string, error) {
	accounts, err := s.deps.Cache.Accounts(ctx, scope)
	if err != nil {
		return nil, err
	}
	names := make(map[string]string, len(accounts))
	for _, a := range accounts {
		names[string(a.Number)] = visible(a.DisplayName())
		if a.Group != "" {
			names[groupPrefix+a.Group] = visible(a.Group)
		}
	}
	return names, nil
}

// issuedText is the issue dates of a filter: the preset's name and its days.
func issuedText(t *i18n.Texts, q billQuery) string {
	days := period(t, q.filter.Issued)
	if preset := q.issuedInForce(); slices.Contains(billing.Presets(), preset) {
		return t.S("issued.bounds", t.S("issued."+string(preset)), days)
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
