package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"billportal/internal/billing"
)

// maxNamed is how many accounts or groups of a filter an entry names.
const maxNamed = 5

// exportDetail is the record of an export: how many bills, by what filter, and the
// SHA-256 of their keys, a line each, in their order, by which two lists can be
// compared. It names only accounts and groups that the viewer sees: anything else
// in the filter is typed text.
func (s *Server) exportDetail(c echo.Context, bills []billing.Bill, f billing.BillFilter, perItem bool) (string, error) {
	open, err := s.deps.Cache.Accounts(c.Request().Context(), viewer(c).Scope())
	if err != nil {
		return "", err
	}
	var accounts, groups []string
	for _, a := range open {
		if slices.Contains(f.Accounts, a.Number) {
			accounts = append(accounts, string(a.Number))
		}
		if a.Group != "" && slices.Contains(f.Groups, a.Group) && !slices.Contains(groups, a.Group) {
			groups = append(groups, a.Group)
		}
	}
	rows := "bill"
	if perItem {
		rows = "item"
	}
	parts := []string{fmt.Sprintf("%d bills", len(bills)), "a row per " + rows}
	for _, kind := range f.Kinds {
		parts = append(parts, strings.ReplaceAll(string(kind), "_", " ")+"s only")
	}
	parts = append(parts, chosenNames("account", accounts, len(f.Accounts))...)
	parts = append(parts, chosenNames("group", groups, len(f.Groups))...)
	if !f.Issued.First.IsZero() || !f.Issued.Last.IsZero() {
		parts = append(parts, strings.TrimSpace("issued "+spanEnd("from ", f.Issued.First)+spanEnd("to ", f.Issued.Last)))
	}
	if f.Text != "" || f.Min != "" || f.Max != "" || f.Currency != "" {
		parts = append(parts, "narrowed further")
	}
	return strings.Join(parts, ", ") + ", SHA-256 " + digestOf(bills), nil
}

// chosenNames names what a filter chose, and counts the rest.
func chosenNames(noun string, names []string, chosen int) []string {
	var parts []string
	for _, name := range names[:min(len(names), maxNamed)] {
		parts = append(parts, noun+" "+clipText(name, maxNoted/2))
	}
	if rest := chosen - len(parts); rest > 0 {
		parts = append(parts, fmt.Sprintf("%d %ss not named", rest, noun))
	}
	return parts
}

// spanEnd is an end of a span of days; empty when it is open.
func spanEnd(word string, d billing.Date) string {
	if d.IsZero() {
		return ""
	}
	return word + d.String() + " "
}

// digestOf tells one list of bills from another.
func digestOf(bills []billing.Bill) string {
	h := sha256.New()
	for _, b := range bills {
		_, _ = io.WriteString(h, string(b.ID)+"\n") // never fails, as hash documents
	}
	return hex.EncodeToString(h.Sum(nil))
}
