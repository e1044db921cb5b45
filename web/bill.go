package web

import (
	"errors"
	"net/http"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/billcache"
	"billportal/internal/billing"
	"billportal/internal/i18n"
	"billportal/templates"
)

// bill is the page of one bill. It shows what the copy holds; items and document
// that are not held fill themselves in.
func (s *Server) bill(c echo.Context) error {
	ctx, scope := c.Request().Context(), viewer(c).Scope()
	b, err := s.Cache.Bill(ctx, scope, billing.BillID(c.Param("id")))
	if err != nil {
		return err
	}
	related, err := s.Cache.Related(ctx, scope, b)
	if err != nil {
		return err
	}
	page := s.page(c, "bills.title")
	page.Title = kindName(page.Texts, b) + " " + printedNumber(b)
	view := s.billView(c, page, b, related)
	held, err := s.Cache.HeldDocument(ctx, scope, b.ID)
	switch {
	case err == nil:
		s.describeDocument(page.Texts, held, &view.Document)
	case !errors.Is(err, billing.ErrNotFound):
		return err
	}
	if b.Items == billing.ItemsHeld {
		items, err := s.Cache.Items(ctx, scope, b.ID)
		if err != nil {
			return err
		}
		shown := itemsView(page.Texts, b, items)
		view.Items = &shown
	}
	return s.render(c, http.StatusOK, templates.Bill(view))
}

func (s *Server) billView(c echo.Context, page templates.Page, b billing.Bill, related []billing.Bill) templates.BillView {
	t := page.Texts
	view := templates.BillView{
		Page: page, BackURL: "/bills", Kind: kindName(t, b), Number: printedNumber(b), Tags: versionTags(t, b),
		Account:    templates.Link{Label: accountText(b.AccountName, b.Account), URL: accountBillsURL(b.Account)},
		TotalLabel: t.S("bill.total"), Total: amount(t, b.Gross),
		Facts: s.billFacts(t, b), Notices: billNotices(t, b, related),
		ItemsURL: billURL(b.ID) + "/items", References: billReferences(t, b, related),
		Document: templates.DocumentView{URL: billURL(b.ID) + "/document"},
	}
	if b.Kind == billing.CreditNote {
		view.TotalLabel = t.S("bill.credited")
	}
	if viewer(c).Rights.Has(access.Download) {
		view.Document.DownloadURL = view.Document.URL + "?download=1"
	}
	for _, tax := range b.Taxes {
		view.Taxes = append(view.Taxes, templates.TaxRow{
			Name: tax.Category, Rate: rate(t, tax.Rate), Base: amount(t, tax.Base), Amount: amount(t, tax.Amount),
		})
	}
	return view
}

// hashShown is how many digits of a digest a page shows; the whole one is in the
// document's Repr-Digest.
const hashShown = 12

func (s *Server) describeDocument(t *i18n.Texts, held billcache.HeldDocument, view *templates.DocumentView) {
	view.State = templates.DocumentHeld
	view.Detail = t.S("document.detail", fileSize(t, held.Size))
	view.Fetched = t.S("document.fetched", s.instant(t, held.FetchedAt))
	view.Hash = held.SHA256[:hashShown] + "…"
}

func (s *Server) billFacts(t *i18n.Texts, b billing.Bill) templates.BillFacts {
	facts := templates.BillFacts{
		Period: period(t, b.Period), Issued: day(t, b.IssuedOn, t.S("amount.none")), Due: billRow(t, b).Due,
		State: b.State, PurchaseOrder: b.PurchaseOrder, SendingFormat: b.SendingFormat,
		Net: amount(t, b.Net), Tax: amount(t, b.Tax), AmountDue: amount(t, b.Due), HasAmountDue: b.Due.Supplied(),
	}
	if order, err := b.Due.Cmp(b.Gross); err == nil && order == 0 {
		facts.HasAmountDue = false
	}
	if !b.DueOn.IsZero() {
		facts.DueNote = dueNote(t, daysBetween(s.today(), b.DueOn))
	}
	return facts
}

func dueNote(t *i18n.Texts, days int) string {
	switch {
	case days > 0:
		return t.N("bill.duein", days)
	case days < 0:
		return t.N("bill.dueago", -days)
	}
	return t.S("bill.duetoday")
}

// billNotices are what a reader must know before trusting a figure of this bill.
func billNotices(t *i18n.Texts, b billing.Bill, related []billing.Bill) []templates.Notice {
	var notices []templates.Notice
	if b.SignTurned {
		notices = append(notices, templates.Notice{Title: t.S("bill.negated.title"), Text: t.S("bill.negated")})
	}
	if b.Version > 1 {
		notices = append(notices, templates.Notice{Title: t.S("bill.changed.title"), Text: t.S("bill.changed", itoa(b.Version))})
	}
	for _, m := range []billing.Money{b.Net, b.Tax, b.Gross, b.Due} {
		if _, fits := m.TenThousandths(); m.Supplied() && !fits {
			notices = append(notices, templates.Notice{Kind: templates.NoticeWarn, Title: t.S("bill.inexact.title"), Text: t.S("bill.inexact")})
			break
		}
	}
	for _, r := range related {
		if b.Number != "" && r.Number.SearchKey() == b.Number.SearchKey() {
			notices = append(notices, templates.Notice{Kind: templates.NoticeWarn, Title: t.S("bill.duplicate.title"),
				Text: t.S("bill.duplicate", day(t, r.IssuedOn, t.S("amount.none")).Text+", "+words(t, r.Gross))})
		}
	}
	return notices
}

// billReferences are the bills that belong to this one. The invoice that a credit
// note names is shown by its number even when the viewer cannot open it.
func billReferences(t *i18n.Texts, b billing.Bill, related []billing.Bill) []templates.BillReference {
	var references []templates.BillReference
	found := false
	for _, r := range related {
		reference := templates.BillReference{URL: billURL(r.ID), Number: printedNumber(r), Issued: day(t, r.IssuedOn, ""), Total: amount(t, r.Gross)}
		switch {
		case b.Original.UpstreamID != "" && r.UpstreamID == b.Original.UpstreamID:
			reference.Relation, found = t.S("bill.original"), true
		case r.Original.UpstreamID != "" && r.Original.UpstreamID == b.UpstreamID:
			reference.Relation = t.S("bill.itscreditnote")
		default:
			reference.Relation = t.S("bill.samenumber")
		}
		references = append(references, reference)
	}
	if !found && b.Original.Number != "" {
		references = append(references, templates.BillReference{Relation: t.S("bill.original"), Number: string(b.Original.Number)})
	}
	return references
}

// itemsView is the items grouped by category, with subtotals where every amount
// of a group can be added.
func itemsView(t *i18n.Texts, b billing.Bill, items []billing.Item) templates.BillItemsView {
	var view templates.BillItemsView
	groups := map[string]int{}
	for _, i := range items {
		at, known := groups[i.Category]
		if !known {
			at = len(view.Groups)
			groups[i.Category] = at
			view.Groups = append(view.Groups, templates.ItemGroup{Name: categoryName(t, i.Category)})
		}
		view.Groups[at].Items = append(view.Groups[at].Items, itemRow(t, i))
	}
	for category, at := range groups {
		view.Groups[at].Count = t.N("count.items", len(view.Groups[at].Items))
		view.Groups[at].Subtotal = amount(t, sumItems(items, category))
	}
	if len(items) == 0 {
		return view
	}
	view.Foot = []templates.ItemFoot{
		{Label: t.S("items.total.net"), Amount: amount(t, b.Net), Kind: templates.FootSum},
		{Label: t.S("bill.tax"), Amount: amount(t, b.Tax)},
		{Label: t.S("items.total.gross"), Amount: amount(t, b.Gross), Kind: templates.FootTotal},
	}
	sum := sumItems(items, "")
	if order, err := sum.Cmp(b.Net); err == nil && order != 0 {
		view.Mismatch = t.S("bill.mismatch", words(t, sum), words(t, b.Net))
	}
	return view
}

// sumItems adds the amounts before tax of a category, of all with "". It is not
// supplied when one of them is missing or cannot be added.
func sumItems(items []billing.Item, category string) billing.Money {
	var sum billing.Money
	for _, i := range items {
		if category != "" && i.Category != category {
			continue
		}
		if !sum.Supplied() {
			if !i.Net.Exact() {
				return billing.Money{}
			}
			sum = i.Net
			continue
		}
		var err error
		if sum, err = sum.Add(i.Net); err != nil {
			return billing.Money{}
		}
	}
	return sum
}

func itemRow(t *i18n.Texts, i billing.Item) templates.ItemRow {
	details := make([]string, 0, 3)
	if i.SiteName != "" {
		details = append(details, i.SiteName)
	}
	if i.Country != "" {
		details = append(details, t.Country(i.Country))
	}
	if !i.Period.IsZero() {
		details = append(details, period(t, i.Period))
	}
	quantity := decimal(t, i.Quantity, 0)
	if quantity != "" && i.Unit != "" {
		quantity += "\u00a0" + i.Unit
	}
	return templates.ItemRow{
		Name: i.Label, Detail: strings.Join(details, ", "), Quantity: quantity,
		UnitPrice: decimal(t, i.UnitPrice, currencyDigits(i.Net.Currency())), Amount: amount(t, i.Net),
	}
}

// categoryName is the name of a category; the word of one that is not known is
// Orange's.
func categoryName(t *i18n.Texts, category string) string {
	switch billing.SearchKey(category) {
	case "RECURRING":
		return t.S("items.recurring")
	case "USAGE":
		return t.S("items.usage")
	case "ONETIME":
		return t.S("items.onetime")
	case "DISCOUNT":
		return t.S("items.discount")
	case "ADJUSTMENT":
		return t.S("items.adjustment")
	case "":
		return t.S("items.other")
	}
	return category
}

// billItems fetches the items of a bill that the copy does not hold yet: the part
// of the page that fills itself in, or a page of its own without JavaScript.
func (s *Server) billItems(c echo.Context) error {
	ctx, scope := c.Request().Context(), viewer(c).Scope()
	id := billing.BillID(c.Param("id"))
	items, err := s.Cache.FetchItems(ctx, scope, id)
	failed := errors.Is(err, billcache.ErrBusy) || errors.Is(err, billcache.ErrUnavailable)
	if err != nil && !failed {
		return err
	}
	b, billErr := s.Cache.Bill(ctx, scope, id)
	if billErr != nil {
		return billErr
	}
	page := s.page(c, "bill.items")
	page.Title = page.Texts.S("items.of", printedNumber(b))
	view, status := itemsView(page.Texts, b, items), http.StatusOK
	if failed {
		s.Log.WarnContext(ctx, "items not fetched", "request_id", requestID(c), "bill", id, "error", err)
		view = templates.BillItemsView{Failed: page.Texts.S("items.error.unavailable"), RetryURL: billURL(id) + "/items"}
		if errors.Is(err, billcache.ErrBusy) {
			view.Failed = page.Texts.S("items.error.budget")
		}
	}
	return s.pageOrFragment(c, status, func() templ.Component {
		return templates.BillItemsPage(templates.BillItemsPageView{
			Page: page, BackURL: billURL(id), Kind: kindName(page.Texts, b), Number: printedNumber(b), Items: view,
		})
	}, func() templ.Component {
		return templates.BillItems(page, view)
	})
}
