package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/i18n"
	"billportal/templates"
)

// bill is the page of one bill. It shows what the copy holds; items and document
// that are not held fill themselves in.
func (s *Server) bill(c echo.Context) error {
	ctx, scope, b := c.Request().Context(), viewer(c).Scope(), found[billing.Bill](c)
	related, err := s.deps.Cache.Related(ctx, scope, b)
	if err != nil {
		return err
	}
	page := s.page(c, "bills.title")
	page.Title = kindName(page.Texts, b) + " " + printedNumber(b)
	view := s.billView(c, page, b, related)
	held, err := s.deps.Cache.HeldDocument(ctx, scope, b.ID)
	switch {
	case err == nil:
		s.describeDocument(page.Texts, held, &view.Document)
	case !errors.Is(err, billing.ErrNotFound):
		return err
	}
	if b.Items == billing.ItemsHeld {
		items, err := s.deps.Cache.Items(ctx, scope, b.ID)
		if err != nil {
			return err
		}
		shown := itemsView(page.Texts, b, items)
		if shown.Mismatch != "" {
			view.Notices = slices.Insert(view.Notices, 0, templates.Notice{Kind: templates.NoticeWarn, Text: shown.Mismatch})
			shown.Mismatch = ""
		}
		view.Items = &shown
	}
	s.noteBill(c, b)
	return s.render(c, http.StatusOK, templates.Bill(view))
}

func (s *Server) billView(c echo.Context, page templates.Page, b billing.Bill, related []billing.Bill) templates.BillView {
	t := page.Texts
	view := templates.BillView{
		Page: page, BackURL: s.backToList(c.Request().Referer()), Kind: kindName(t, b), Number: printedNumber(b), Tags: versionTags(t, b),
		Account:    templates.Link{Label: accountText(b.AccountName, b.Account), URL: accountBillsURL(b.Account)},
		TotalLabel: t.S("bill.total"), Total: amount(t, b.Gross),
		Facts: s.billFacts(t, b), Notices: s.billNotices(t, b, related),
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

// backToList is the list that a reader came from, with its filters, or the list as
// it begins.
func (s *Server) backToList(referer string) string {
	from, err := url.Parse(referer)
	if err != nil || len(referer) > 2000 || from.Scheme+"://"+from.Host != s.settings.URL || from.User != nil || from.Path != "/bills" || from.RawQuery == "" {
		return "/bills"
	}
	return "/bills?" + from.Query().Encode()
}

// hashShown is how many digits of a digest a page shows; the whole one is in the
// document's Repr-Digest.
const hashShown = 12

func (s *Server) describeDocument(t *i18n.Texts, held billing.HeldDocument, view *templates.DocumentView) {
	view.State = templates.DocumentHeld
	view.Detail = t.S("document.detail", fileSize(t, held.Size))
	view.Fetched = t.S("document.fetched", s.instant(t, held.FetchedAt))
	view.Hash = held.SHA256[:hashShown] + "…"
}

func (s *Server) billFacts(t *i18n.Texts, b billing.Bill) templates.BillFacts {
	facts := templates.BillFacts{
		Period: period(t, b.Period), Issued: day(t, b.IssuedOn, t.S("amount.none")), Due: billRow(t, b).Due,
		State: word(t, "word.state.", b.State), PurchaseOrder: b.PurchaseOrder, SendingFormat: word(t, "word.format.", b.SendingFormat),
		Net: amount(t, b.Net), Tax: amount(t, b.Tax), AmountDue: amount(t, b.Due), HasAmountDue: b.Due.Supplied(),
	}
	if order, err := b.Due.Cmp(b.Gross); err == nil && order == 0 {
		facts.HasAmountDue = false
	}
	if !b.DueOn.IsZero() {
		facts.DueNote = dueNote(t, b.State, daysBetween(s.today(), b.DueOn))
	}
	return facts
}

// dueNote says how far a due day is, while there is something left to pay.
func dueNote(t *i18n.Texts, state string, days int) string {
	switch {
	case settled(state):
		return ""
	case days > 0:
		return t.N("bill.duein", days)
	case days < 0:
		return t.N("bill.late", -days)
	}
	return t.S("bill.duetoday")
}

// settled reports whether a state, in Orange's words, leaves nothing to pay.
func settled(state string) bool {
	return slices.Contains([]string{"settled", "paid", "closed", "cancelled", "canceled"}, strings.ToLower(strings.TrimSpace(state)))
}

// billNotices are what a reader must know before trusting a figure of this bill.
func (s *Server) billNotices(t *i18n.Texts, b billing.Bill, related []billing.Bill) []templates.Notice {
	var notices []templates.Notice
	if b.SignTurned {
		notices = append(notices, templates.Notice{Title: t.S("bill.negated.title"), Text: t.S("bill.negated")})
	}
	if b.Version > 1 {
		notices = append(notices, templates.Notice{Title: t.S("bill.changed.title"), Text: t.S("bill.changed", itoa(b.Version), s.instant(t, b.SyncedAt))})
	}
	for _, m := range []billing.Money{b.Net, b.Tax, b.Gross, b.Due} {
		if _, fits := m.TenThousandths(); m.Supplied() && !fits {
			notices = append(notices, templates.Notice{Kind: templates.NoticeWarn, Title: t.S("bill.inexact.title"), Text: t.S("bill.inexact")})
			break
		}
	}
	if note, ok := creditNotice(t, b, related); ok {
		notices = append(notices, note)
	}
	for _, r := range related {
		if b.Number != "" && r.Number.SearchKey() == b.Number.SearchKey() {
			notices = append(notices, templates.Notice{Kind: templates.NoticeWarn, Title: t.S("bill.duplicate.title"),
				Text: t.S("bill.duplicate", day(t, r.IssuedOn, t.S("amount.none")).Text+", "+words(t, r.Gross))})
		}
	}
	return notices
}

// creditNotice says what became of an invoice, or that a credit note belongs to
// none.
func creditNotice(t *i18n.Texts, b billing.Bill, related []billing.Bill) (templates.Notice, bool) {
	if b.Kind == billing.CreditNote {
		return templates.Notice{Text: t.S("bill.nooriginal")}, b.Original == billing.Reference{}
	}
	notice := templates.Notice{Text: t.S("bill.credits")}
	for _, r := range related {
		if r.Kind == billing.CreditNote && r.Original.UpstreamID != "" && r.Original.UpstreamID == b.UpstreamID {
			notice.Links = append(notice.Links, templates.Link{Label: printedNumber(r) + ", " + words(t, r.Gross), URL: billURL(r.ID)})
		}
	}
	return notice, len(notice.Links) > 0
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
