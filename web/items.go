package web

import (
	"errors"
	"net/http"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"billportal/internal/billcache"
	"billportal/internal/billing"
	"billportal/internal/i18n"
	"billportal/templates"
)

// itemGroup is the items of one category, in the order of the bill.
type itemGroup struct {
	category string
	items    []billing.Item
}

// groupItems groups items by category, whatever the case and separators of its
// word; groups stand in the order of their first item.
func groupItems(items []billing.Item) []itemGroup {
	var groups []itemGroup
	index := map[string]int{}
	for _, i := range items {
		key := billing.SearchKey(i.Category)
		at, known := index[key]
		if !known {
			at = len(groups)
			index[key] = at
			groups = append(groups, itemGroup{category: i.Category})
		}
		groups[at].items = append(groups[at].items, i)
	}
	return groups
}

// itemsView is the items grouped by category, with subtotals where every amount
// of a group can be added.
func itemsView(t *i18n.Texts, b billing.Bill, items []billing.Item) templates.BillItemsView {
	var view templates.BillItemsView
	for _, g := range groupItems(items) {
		group := templates.ItemGroup{
			Name: categoryName(t, g.category), Count: t.N("count.items", len(g.items)), Subtotal: amount(t, sumItems(g.items)),
		}
		for _, i := range g.items {
			group.Items = append(group.Items, itemRow(t, i))
		}
		view.Groups = append(view.Groups, group)
	}
	if len(items) == 0 {
		return view
	}
	if missing, err := b.Net.Add(sumItems(items).Neg()); err == nil && !missing.IsZero() {
		view.Mismatch = t.S("bill.itemsless", words(t, missing))
		if missing.IsNegative() {
			view.Mismatch = t.S("bill.itemsmore", words(t, missing.Neg()))
		}
		view.Foot = append(view.Foot, templates.ItemFoot{Label: t.S("items.missing"), Amount: computed(amount(t, missing))})
	}
	view.Foot = append(view.Foot,
		templates.ItemFoot{Label: t.S("items.total.net"), Amount: amount(t, b.Net), Kind: templates.FootSum},
		templates.ItemFoot{Label: t.S("bill.tax"), Amount: amount(t, b.Tax)},
		templates.ItemFoot{Label: t.S("items.total.gross"), Amount: amount(t, b.Gross), Kind: templates.FootTotal})
	return view
}

// computed is an amount that Orange did not supply: it reads as one and carries no
// value for machines.
func computed(a templates.Amount) templates.Amount {
	a.Value = ""
	return a
}

// sumItems adds the amounts before tax. It is not supplied when one of them is
// missing or cannot be added.
func sumItems(items []billing.Item) billing.Money {
	var sum billing.Money
	for n, i := range items {
		if n == 0 {
			sum = i.Net
		} else if next, err := sum.Add(i.Net); err == nil {
			sum = next
		} else {
			return billing.Money{}
		}
	}
	if !sum.Exact() {
		return billing.Money{}
	}
	return sum
}

func itemRow(t *i18n.Texts, i billing.Item) templates.ItemRow {
	details := make([]string, 0, 3)
	if i.SiteName != "" {
		details = append(details, visible(i.SiteName))
	}
	if i.Country != "" {
		details = append(details, t.Country(i.Country))
	}
	if !i.Period.IsZero() {
		details = append(details, period(t, i.Period))
	}
	return templates.ItemRow{
		Name: visible(i.Label), Detail: strings.Join(details, ", "), Quantity: quantity(t, i.Quantity, i.Unit),
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
	return visible(category)
}

// billItems fetches the items of a bill that the copy does not hold yet: the part
// of the page that fills itself in, or a page of its own without JavaScript.
func (s *Server) billItems(c echo.Context) error {
	ctx, scope, id := c.Request().Context(), viewer(c).Scope(), found[billing.Bill](c).ID
	items, err := s.deps.Cache.FetchItems(ctx, scope, id)
	failed := errors.Is(err, billcache.ErrBusy) || errors.Is(err, billcache.ErrUnavailable)
	if err != nil && !failed {
		return err
	}
	b, billErr := s.deps.Cache.Bill(ctx, scope, id)
	if billErr != nil {
		return billErr
	}
	page := s.page(c, "bill.items")
	page.Title = page.Texts.S("items.of", printedNumber(b))
	view, status := itemsView(page.Texts, b, items), http.StatusOK
	if failed {
		s.deps.Log.WarnContext(ctx, "items not fetched", "request_id", requestID(c), "bill", id, "error", err)
		view = templates.BillItemsView{Failed: page.Texts.S("items.error.unavailable"), RetryURL: billURL(id) + "/items"}
		status = http.StatusBadGateway
		if errors.Is(err, billcache.ErrBusy) {
			view.Failed, status = page.Texts.S("items.error.budget"), http.StatusServiceUnavailable
		}
	}
	if isFragment(c.Request()) {
		status = http.StatusOK // htmx puts the reason where the items would stand
	}
	s.noteItems(c, b)
	return s.pageOrFragment(c, status, func() templ.Component {
		return templates.BillItemsPage(templates.BillItemsPageView{
			Page: page, BackURL: billURL(id), Kind: kindName(page.Texts, b), Number: printedNumber(b), Items: view,
		})
	}, func() templ.Component {
		return templates.BillItems(page, view)
	})
}
