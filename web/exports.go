package web

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"billportal/internal/billing"
	"billportal/internal/export"
)

// exportPage is how many bills one query of an export reads; no transaction is
// open between them.
const exportPage = 500

// billsCSV is the filtered list as a file, one row a bill or, with rows=item, one
// row an item. It is complete or it is refused.
func (s *Server) billsCSV(c echo.Context) error {
	t := s.texts(c)
	q := s.parseBillQuery(c, t)
	if len(q.errors) > 0 {
		return badRequest("", errors.New("the filter of an export is wrong"))
	}
	perItem := c.QueryParam("rows") == "item"
	if rows := c.QueryParam("rows"); rows != "" && rows != "bill" && !perItem {
		return badRequest("", fmt.Errorf("rows=%q", rows))
	}
	ctx, scope := c.Request().Context(), viewer(c).Scope()
	bills, err := s.allBills(c, q.filter)
	if err != nil {
		return err
	}
	if perItem {
		for _, b := range bills {
			if b.Items != billing.ItemsHeld {
				return &pageError{status: http.StatusServiceUnavailable, sentence: "export.noitems", cause: errors.New("items are missing from the copy")}
			}
		}
	}
	act := s.act(c, "bills.export")
	act.Object, act.Detail = "bills.csv", fmt.Sprintf("%d bills", len(bills))
	if err := s.Ledger.Record(ctx, act); err != nil {
		return err
	}
	attach(c, "bills-"+s.today().String()+".csv")
	w := export.NewBills(c.Response(), perItem)
	for _, b := range bills {
		var items []billing.Item
		if perItem {
			if items, err = s.Cache.Items(ctx, scope, b.ID); err != nil {
				return err
			}
		}
		if err := w.Write(b, items); err != nil {
			return err
		}
	}
	return w.Flush()
}

// allBills reads every bill of a filter before the first byte of an answer, so
// that an answer which begins as a success is one.
func (s *Server) allBills(c echo.Context, f billing.BillFilter) ([]billing.Bill, error) {
	var bills []billing.Bill
	page := billing.Page{Limit: exportPage}
	for {
		next, err := s.Cache.Bills(c.Request().Context(), viewer(c).Scope(), f, page)
		if err != nil {
			return nil, err
		}
		bills = append(bills, next.Bills...)
		if !next.HasOlder || len(next.Bills) == 0 {
			return bills, nil
		}
		last := next.Bills[len(next.Bills)-1]
		page.After = billing.Cursor{IssuedOn: last.IssuedOn, ID: last.ID}
	}
}

// attach has the browser keep the answer as a CSV file.
func attach(c echo.Context, name string) {
	h := c.Response().Header()
	h.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	h.Set("Content-Disposition", contentDisposition("attachment", name))
	h.Set("Cache-Control", "private, no-store")
}
