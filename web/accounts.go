package web

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"billportal/internal/billing"
	"billportal/templates"
)

// accounts lists the accounts that are open to the viewer, with what the copy
// holds of each.
func (s *Server) accounts(c echo.Context) error {
	ctx, scope := c.Request().Context(), viewer(c).Scope()
	accounts, err := s.deps.Cache.Accounts(ctx, scope)
	if err != nil {
		return err
	}
	activities, err := s.deps.Cache.Activities(ctx, scope)
	if err != nil {
		return err
	}
	page := s.page(c, "accounts.title")
	t := page.Texts
	view := templates.AccountsView{Page: page, Lede: t.S("accounts.lede")}
	order := t.Order()
	slices.SortFunc(accounts, func(a, b billing.BillingAccount) int {
		return order(a.DisplayName(), b.DisplayName())
	})
	for _, a := range accounts {
		activity := activities[a.Number]
		view.Rows = append(view.Rows, templates.AccountRow{
			BillsURL: accountBillsURL(a.Number), Name: visible(a.DisplayName()), Number: string(a.Number), Group: visible(a.Group),
			Country: t.Country(a.Country), Closed: a.Status == billing.Closed, Bills: t.Number(itoa(activity.Bills), 0),
			LastBill: day(t, activity.Last.IssuedOn, t.S("none")), LastTotal: amount(t, activity.Last.Gross),
		})
	}
	if len(accounts) == 0 {
		view.Lede, view.Empty = "", &templates.Empty{Kind: templates.EmptyNoGrants}
	}
	return s.render(c, http.StatusOK, templates.Accounts(view))
}

// accountBillsURL is the list of every bill of an account.
func accountBillsURL(number billing.AccountNumber) string {
	return "/bills?" + url.Values{paramAccount: {string(number)}, paramIssued: {string(billing.AnyTime)}}.Encode()
}
