package templates

// AccountsView lists the accounts that are open to the viewer.
type AccountsView struct {
	Page
	Lede  string
	Rows  []AccountRow
	Empty *Empty
}

// AccountRow is one account of the viewer.
type AccountRow struct {
	BillsURL       string // its bills
	Name, Number   string
	Group, Country string
	Closed         bool
	Bills          string // how many there are
	LastBill       Day
	LastTotal      Amount
}
