package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

// report is a table of bills that the API serves as one file.
type report struct {
	id      string
	name    string
	account string // id of the account it is about; empty is all
	period  span
	bills   []*Bill
}

type wireReport struct {
	ID       string         `json:"id"`
	Name     string         `json:"name"`
	Account  *string        `json:"billingAccountId"`
	Period   wirePeriod     `json:"period"`
	Document []wireDocument `json:"documents"`
}

func (r *report) wire() any {
	return wireReport{r.id, r.name, orNull(r.account), wirePeriod{r.period.from, r.period.to}, []wireDocument{{r.id + ".csv", typeCSV}}}
}

// monthlyReports has one report for each month in which bills were issued,
// newest first.
func monthlyReports(w *World) []*report {
	var all []*report
	for _, b := range w.Bills() { // newest first
		month := b.IssuedAt[:7]
		if n := len(all); n == 0 || all[n-1].id != "RPT-"+month {
			all = append(all, &report{id: "RPT-" + month, name: "Bills of " + month, period: span{month + "-01", month + "-31"}})
		}
		last := all[len(all)-1]
		last.bills = append(last.bills, b)
	}
	return all
}

// accountReports has one report for each listed account.
func accountReports(w *World) []*report {
	listed := w.Accounts()
	all := make([]*report, len(listed))
	for i := range listed {
		all[i] = &report{id: "CSR-" + listed[i].ID, name: "Bills of " + listed[i].Name, account: listed[i].ID, period: span{"", text(w.today)}}
		for _, b := range w.Bills() {
			if b.AccountID == listed[i].ID {
				all[i].bills = append(all[i].bills, b)
			}
		}
	}
	return all
}

func (a *API) listReports(of func(*World) []*report) handler {
	return func(w http.ResponseWriter, r *http.Request) *problem {
		if _, p := negotiate(r, typeJSON); p != nil {
			return p
		}
		q, p := parseBillQuery(r.URL.Query(), a.world.today, invalidQuery)
		if p != nil {
			return p
		}
		found := slices.DeleteFunc(of(a.world), func(one *report) bool {
			if len(q.accounts) > 0 && one.account != "" && !slices.Contains(q.accounts, one.account) {
				return true
			}
			return slices.ContainsFunc(q.periods, func(s span) bool { return !s.overlaps(one.period.from, one.period.to) })
		})
		page, p := pageOf(a, w, r, found)
		if p != nil {
			return p
		}
		return writeList(w, page, (*report).wire)
	}
}

// oneReport serves a report's file, which is CSV.
func (a *API) oneReport(of func(*World) []*report) handler {
	return func(w http.ResponseWriter, r *http.Request) *problem {
		if _, p := negotiate(r, typeCSV); p != nil {
			return p
		}
		id := r.PathValue("id")
		for _, one := range of(a.world) {
			if one.id == id {
				w.Header().Set("Content-Disposition", `attachment; filename="`+id+`.csv"`)
				return writeRows(w, billColumns, one.bills, (*Bill).row)
			}
		}
		return notFound("No report has the id " + id + ".")
	}
}

// installedOfferIDs lists every offer that a bill of the last month charges
// for.
func (a *API) installedOfferIDs(w http.ResponseWriter, r *http.Request) *problem {
	if _, p := negotiate(r, typeJSON); p != nil {
		return p
	}
	var ids []string
	month := text(a.world.today.AddDate(0, -1, 0))
	for _, b := range a.world.Bills() {
		if strings.Compare(b.IssuedAt, month) < 0 {
			break
		}
		for i := range b.Items {
			if id := b.Items[i].InstalledOfferID; id != "" {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	page, p := pageOf(a, w, r, slices.Compact(ids))
	if p != nil {
		return p
	}
	return writeList(w, page, func(id string) string { return id })
}
