package templates

// BillsView is the list of bills with its filters.
type BillsView struct {
	Page
	Form BillFilterForm
	List BillListView
}

// BillFilterForm is the filter form as it is filled. Every control keeps what was typed, refused or not.
type BillFilterForm struct {
	Query      Field
	Accounts   []OptionGroup // name "account": all, groups, accounts
	Kinds      []Option      // name "kind"
	Issued     []OptionGroup // name "issued": presets, months, and "between" which shows From and To
	From, To   Field         // days as 2026-09-03
	Min, Max   Field         // amounts
	Currencies []Option      // name "currency"

	AccountError, KindError, IssuedError, CurrencyError string
}

// BillListView is what changes when a filter changes: chips, totals, table and pager. It is rendered
// inside the page, and alone as the answer to htmx.
type BillListView struct {
	Problems  []FieldProblem // why the filter was refused; then there are no rows
	Slots     []FieldProblem // the message under each control of the form; an empty one takes it away
	Chips     []Chip
	ClearURL  string         // the list without any filter; empty hides the link
	SetText   string         // "2 set", beside the filters' button on small screens
	ExportURL string         // CSV of exactly this list; empty hides the link
	Sync      *FirstSyncView // while the first copy runs: no totals, no export
	Totals    *BillTotalsView
	Bills     []BillRow
	Empty     *Empty
	Pager     *Pager
	Announce  string // "214 bills", spoken after a change
	Printed   string // "Rows 1–50 of 360; totals are of all 360.", on paper only; may be empty
}

// Chip is a filter in force and the address of the list without it.
type Chip struct {
	Label, Value, RemoveURL string
}

// BillTotalsView counts and adds up every bill of a filter, not only those of the page shown.
type BillTotalsView struct {
	Count       string // "214 bills"
	CreditNotes string // "8 credit notes among them", or empty
	Totals      []Amount
	Excluded    string // names the amounts that could not be added, or empty
}

// BillRow is a bill in a table.
type BillRow struct {
	URL, Number                string
	Tags                       []Tag
	AccountName, AccountNumber string
	Period                     string
	Issued, Due                Day
	DocumentURL                string // the PDF; empty when there is none
	Total                      Amount
}
