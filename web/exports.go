package web

import (
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"billportal/internal/billing"
	"billportal/internal/export"
)

// exportPage is how many bills one query of an export reads; no transaction is
// open between them.
const exportPage = 500

// bulkExport is how many bills somebody can take away without having proved a short
// while ago who they are.
const bulkExport = 500

// billsCSV is the filtered list as a file, one row a bill or, with rows=item, one
// row an item. It is refused when it cannot be complete; when that shows after its
// first byte, the connection is cut.
func (s *Server) billsCSV(c echo.Context) error {
	q, perItem, err := s.parseExport(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	bills, err := s.allBills(c, q.filter)
	if err != nil {
		return err
	}
	if len(bills) > bulkExport && !s.proved(c) {
		return s.askForProof(c)
	}
	if perItem {
		for _, b := range bills {
			if b.Items != billing.ItemsHeld {
				return &pageError{status: http.StatusServiceUnavailable, sentence: "export.noitems", cause: errors.New("items are missing from the copy")}
			}
		}
	}
	act := s.act(c, "bills.export")
	act.Object = "bills.csv"
	if act.Detail, err = s.exportDetail(c, bills, q.filter, perItem); err != nil {
		return err
	}
	if err := s.deps.Ledger.Record(ctx, act); err != nil {
		return err
	}
	attach(c, "bills-"+s.today().String()+".csv")
	return s.sendWhile(c, s.listRight(bills), func() error { return s.writeBills(c, bills, perItem) })
}

func (s *Server) writeBills(c echo.Context, bills []billing.Bill, perItem bool) (err error) {
	w := export.NewBills(c.Response(), perItem)
	for _, b := range bills {
		var items []billing.Item
		if perItem {
			if items, err = s.itemsOf(c, b); err != nil {
				return err
			}
		}
		if err := w.Write(b, items); err != nil {
			return err
		}
	}
	return w.Flush()
}

// parseExport reads an export's filter and rows=bill or rows=item. A file is used
// without being looked at, so a parameter that is not known, which a page would
// pass over, is refused.
func (s *Server) parseExport(c echo.Context) (q billQuery, perItem bool, err error) {
	if q, err = s.parseBillQuery(c, s.texts(c)); err != nil {
		return q, false, err
	}
	if len(q.errors) > 0 || q.undated {
		return q, false, badRequest("", errors.New("the filter of an export is wrong"))
	}
	for name, values := range c.QueryParams() {
		known := name == paramRows || slices.Contains(listParams, name)
		if !known || name == paramRows && len(values) > 1 {
			return q, false, badRequest("", errors.New("a parameter is not known or is there twice"))
		}
	}
	switch c.QueryParam(paramRows) {
	case "", "bill":
		return q, false, nil
	case "item":
		return q, true, nil
	}
	return q, false, badRequest("", errors.New("rows is neither bill nor item"))
}

// errBillMoved ends an export whose bills changed under it.
var errBillMoved = errors.New("a bill of the export changed meanwhile")

// itemsOf reads the items of a bill as it was when the export began.
func (s *Server) itemsOf(c echo.Context, b billing.Bill) ([]billing.Item, error) {
	ctx, scope := c.Request().Context(), viewer(c).Scope()
	items, err := s.deps.Cache.Items(ctx, scope, b.ID)
	if err != nil {
		return nil, err
	}
	now, err := s.deps.Cache.Bill(ctx, scope, b.ID)
	if err != nil {
		return nil, err
	}
	if now.Items != billing.ItemsHeld || now.Version != b.Version {
		return nil, errBillMoved
	}
	return items, nil
}

// allBills reads every bill of a filter before the first byte of an answer, so
// that an answer which begins as a success is one.
func (s *Server) allBills(c echo.Context, f billing.BillFilter) ([]billing.Bill, error) {
	var bills []billing.Bill
	page := billing.Page{Limit: exportPage}
	for {
		next, err := s.deps.Cache.Bills(c.Request().Context(), viewer(c).Scope(), f, page)
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
