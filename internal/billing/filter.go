package billing

// BillFilter narrows a list of bills. Its zero value matches every bill; parts
// are joined by "and", the values of one part by "or".
type BillFilter struct {
	Accounts []AccountNumber
	Groups   []string // names of account groups
	Kinds    []Kind
	Issued   Period
	Currency string
	Text     string  // part of the bill number, account number or name, purchase order
	Min, Max Decimal // bounds of the gross amount, included; exact or empty
}

// Page asks for one page of a list that is ordered newest first: by issue date,
// then by key, both descending. At most one of After and Before is set; without
// either the page begins with the newest bill.
type Page struct {
	After  Cursor // the bill before the page's first one
	Before Cursor // the bill after the page's last one
	Limit  int
}

// Cursor is the place of one bill in the order of a list. Paging by cursor
// neither repeats nor loses a bill when others arrive in between.
type Cursor struct {
	IssuedOn Date
	ID       BillID
}

// IsZero reports whether the cursor names no place.
func (c Cursor) IsZero() bool { return c == Cursor{} }

// BillPage is one page of bills and whether the list goes on beyond its ends.
type BillPage struct {
	Bills              []Bill
	HasNewer, HasOlder bool
}

// Total is the sum of the gross amounts of a filtered list in one currency.
type Total struct {
	Currency string
	Gross    Money // not supplied when no amount could be summed
	Bills    int
	Excluded int // bills whose amount is missing or cannot be summed
}

// Totals sums up a filtered list, never across currencies.
type Totals struct {
	Bills       int
	CreditNotes int
	ByCurrency  []Total
}

// MonthTotal is the sum of gross amounts issued in one month in one currency.
type MonthTotal struct {
	Month Date // its first day
	Total
}
