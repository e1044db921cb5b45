package sandbox

// The types of a bill, as the Billing API's native dialect uses them.
const (
	TypeInvoice    = "invoice"
	TypeCreditNote = "creditNote"
)

// The categories of an item.
const (
	CategoryRecurring  = "recurring"
	CategoryUsage      = "usage"
	CategoryOneTime    = "oneTime"
	CategoryDiscount   = "discount"
	CategoryAdjustment = "adjustment"
)

// Bill is what the simulated supplier knows about one bill. Every amount is the
// decimal text that the API serves, with exactly the currency's digits; days
// are YYYY-MM-DD. Amounts of a credit note are negative.
type Bill struct {
	ID             string // the API's key, digits
	Number         string // as printed, FR26-0091745
	Type           string // TypeInvoice or TypeCreditNote
	SendingFormat  string // paper, electronic or edi
	AccountID      string // BA-400217
	AccountNumber  string // 0071 4420 18
	AccountName    string
	IssuedAt       string
	PeriodStart    string
	PeriodEnd      string // the last day, included
	DueAt          string // empty on a credit note
	State          string // sent, or settled once the due day has passed
	Currency       string // ISO 4217
	Net            string // before tax
	Tax            string
	Gross          string // tax included
	AmountDue      string
	Taxes          []Tax
	PurchaseOrder  string // may be empty
	OriginalID     string // of the bill that a credit note takes back; may be empty
	OriginalNumber string
	UpdatedAt      string // RFC 3339, UTC
	Items          []Item
}

// Tax is the tax of one rate on one bill.
type Tax struct {
	Category string // VAT, Sales tax, Consumption tax
	Rate     string // percent, at least one digit behind the point
	Base     string // the net amount taxed at this rate
	Amount   string // Base × Rate, rounded half away from zero
}

// Item is one line of a bill. Net is Quantity × UnitPrice rounded half away
// from zero to the currency's digits. The items' Tax amounts are rounded on
// their running total, so that they sum to the bill's tax of that rate; one
// item may therefore differ by one minor unit from its own product.
type Item struct {
	ID               string // bill id and line number, 1013390-0004
	BillID           string
	LineNumber       int
	Category         string
	Label            string
	InstalledOfferID string // empty where no installed service stands behind the line
	SiteName         string // DE-LEJ-01; empty when the line belongs to no site
	SiteCountry      string // ISO 3166-1 alpha-2
	PeriodStart      string
	PeriodEnd        string
	Quantity         string
	Unit             string
	UnitPrice        string // may carry more digits than the currency
	Net              string
	TaxRate          string // percent
	Tax              string
	Gross            string
	Currency         string
}
