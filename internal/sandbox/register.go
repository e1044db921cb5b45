package sandbox

import (
	"encoding/csv"
	"strings"
)

// The groups of the simulated identity provider.
const (
	GroupStaff      = "mf-staff"              // everybody
	GroupReaders    = "mf-bills-readers"      // employees who look at bills
	GroupAccounting = "mf-finance-accounting" // accountants
	GroupAdmins     = "mf-it-portal-admins"   // admins of the portal
)

// readersAccounts are the three accounts of GroupReaders: a usage spike and a
// price rise in euro, a credit note in pounds, and one in złoty.
var readersAccounts = [3]string{numberLeipzig, numberSlough, numberWroclaw}

// countryNames are the groups of accounts in the register.
var countryNames = map[string]string{
	"FR": "France", "DE": "Germany", "GB": "United Kingdom", "US": "United States",
	"CH": "Switzerland", "PL": "Poland", "JP": "Japan", "KW": "Kuwait",
}

// RegisterCSV is the company's own list of its accounts, as a portal imports it:
// number,name,group,cost_centre,country,status. Every account the API lists is in
// it, except Stories.NotAdmitted; the renumbered one is closed.
func (w *World) RegisterCSV() string {
	rows := [][]string{{"number", "name", "group", "cost_centre", "country", "status"}}
	for _, a := range w.Accounts() {
		if a.Number == numberSavannah {
			continue
		}
		status := "admitted"
		if a.Status == StatusClosed {
			status = "closed"
		}
		rows = append(rows, []string{a.Number, a.alias, countryNames[a.Country], a.costCentre, a.Country, status})
	}
	return csvText(rows)
}

// GrantsCSV is who may see what: grantee_kind,grantee,target_kind,target.
// GroupReaders sees three accounts, GroupAccounting all; the target of all is
// empty.
func (w *World) GrantsCSV() string {
	rows := [][]string{{"grantee_kind", "grantee", "target_kind", "target"}}
	for _, number := range readersAccounts {
		rows = append(rows, []string{"group", GroupReaders, "account", number})
	}
	rows = append(rows, []string{"group", GroupAccounting, "all", ""})
	return csvText(rows)
}

// csvText writes rows as RFC 4180 asks, with plain line feeds.
func csvText(rows [][]string) string {
	var b strings.Builder
	_ = csv.NewWriter(&b).WriteAll(rows) // a strings.Builder cannot fail
	return b.String()
}
