package templates

// BillView is the page of one bill.
type BillView struct {
	Page
	BackURL    string // the list the reader came from, filters and all
	Kind       string // "Invoice", "Credit note", "Bill"
	Number     string
	Tags       []Tag
	Account    Link
	TotalLabel string // "Total, tax included"
	Total      Amount
	Facts      BillFacts
	Notices    []Notice
	Taxes      []TaxRow
	Items      *BillItemsView // nil until they were fetched; then ItemsURL fills them in
	ItemsURL   string
	References []BillReference
	Document   DocumentView
}

// BillFacts are the header of a bill. Optional ones are hidden when empty.
type BillFacts struct {
	Period        string
	Issued, Due   Day
	DueNote       string // "in 12 days", or empty
	State         string // optional, in Orange's words
	PurchaseOrder string // optional
	SendingFormat string // optional
	Net, Tax      Amount
	AmountDue     Amount // shown when HasAmountDue
	HasAmountDue  bool
}

// TaxRow is one line of the tax summary.
type TaxRow struct {
	Name, Rate string
	Base       Amount
	Amount     Amount
}

// BillReference is another bill that belongs to this one.
type BillReference struct {
	Relation    string // "Original invoice", "Credit note"
	URL, Number string // no URL when that bill is not in the copy
	Issued      Day
	Total       Amount
}

// DocumentState is what the portal knows of a bill's PDF.
type DocumentState string

// The states of a document; the zero value means that it is fetched when the frame asks for it.
const (
	DocumentOnDemand DocumentState = ""
	DocumentHeld     DocumentState = "held"
)

// DocumentView is the PDF beside a bill.
type DocumentView struct {
	State       DocumentState
	URL         string
	DownloadURL string // empty for people without the right to download
	Detail      string // "PDF, 184 KB", or empty
	Fetched     string // "Fetched 12 Nov 2026, 06:20.", or empty
	Hash        string // shortened SHA-256, or empty
}

// BillItemsView are the items of a bill, grouped by category.
type BillItemsView struct {
	Groups   []ItemGroup
	Foot     []ItemFoot
	Mismatch string // says that the items do not add up to the bill, or empty
	Failed   string // why the items could not be had, or empty
	RetryURL string // where to ask again, or empty
}

// BillItemsPageView is the items of a bill as a page of their own, for browsers without JavaScript.
type BillItemsPageView struct {
	Page
	BackURL      string // the bill
	Kind, Number string
	Items        BillItemsView
}

// ItemGroup is a category with its subtotal.
type ItemGroup struct {
	Name, Count string // "Recurring", "8 items"
	Subtotal    Amount
	Items       []ItemRow
}

// ItemRow is one item.
type ItemRow struct {
	Name, Detail        string
	Quantity, UnitPrice string
	Amount              Amount
}

// ItemFoot is a line under the items.
type ItemFoot struct {
	Label  string
	Amount Amount
	Kind   FootKind
}

// FootKind is the weight of a line under the items; the zero value is an ordinary one.
type FootKind string

// The kinds of lines under the items.
const (
	FootLine  FootKind = ""
	FootSum   FootKind = "sum"
	FootTotal FootKind = "total" // the grand total, double-ruled; at most one
)
