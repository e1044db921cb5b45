package billing

import (
	"strings"
	"time"
	"unicode"
)

// BillID is the portal's own opaque key of a bill, the one in URLs: at least 96
// random bits, so that it tells nothing and cannot be guessed.
type BillID string

// UpstreamID is an opaque key of the Billing API.
type UpstreamID string

// BillNumber is the number printed on a bill.
type BillNumber string

// SearchKey is the number without separators and case, the form in which
// numbers are compared when people search.
func (n BillNumber) SearchKey() string { return SearchKey(string(n)) }

// SearchKey keeps the letters and digits of s, in upper case.
func SearchKey(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, s)
}

// Kind says what a bill is.
type Kind string

// The kinds of bill. Other is a bill whose type Orange names in a word that is
// not known; the word itself is kept in Bill.Type and shown.
const (
	Invoice    Kind = "invoice"
	CreditNote Kind = "credit_note"
	Other      Kind = "other"
)

// Kinds lists every kind in the order in which people are offered them.
func Kinds() []Kind { return []Kind{Invoice, CreditNote, Other} }

// Bill is one invoice or credit note as Orange supplies it. Fields that Orange
// did not send have their zero value, which means "not supplied".
type Bill struct {
	ID         BillID
	UpstreamID UpstreamID
	Number     BillNumber
	Kind       Kind
	Type       string // the API's own word for Kind
	State      string
	// Account is the billing account number that the bill itself names; empty
	// for a bill in quarantine that names none.
	Account AccountNumber
	// AccountUpstreamID is the API's key of that account, where the bill has it.
	AccountUpstreamID UpstreamID
	AccountName       string

	IssuedOn, DueOn Date
	Period          Period

	Currency            string
	Net, Tax, Gross     Money
	Due                 Money // what Orange asks to be paid
	Taxes               []Tax
	SignTurned          bool // a credit note that arrived positive; see TurnCreditNote
	PurchaseOrder       string
	SendingFormat       string
	Original            Reference // the invoice that a credit note refers to
	UpdatedAt, SyncedAt time.Time
	Items               ItemsState
	Version             int // which state of the bill this is, counted from 1
}

// Tax is one line of a bill's tax table.
type Tax struct {
	Category string
	Rate     Decimal // per cent
	Base     Money
	Amount   Money
}

// Reference names another bill by the API's key, its printed number, or both.
type Reference struct {
	UpstreamID UpstreamID
	Number     BillNumber
}

// IsZero reports whether no bill is named.
func (r Reference) IsZero() bool { return r == Reference{} }

// ItemsState says what the copy knows of a bill's items.
type ItemsState string

// The states of a bill's items in the copy.
const (
	ItemsUnknown ItemsState = ""      // never fetched
	ItemsHeld    ItemsState = "held"  // fetched and complete, maybe none
	ItemsStale   ItemsState = "stale" // the bill changed after they were fetched
)

// TurnCreditNote applies the portal's sign rule: credit notes are negative. When
// every header amount that a credit note carries arrived as zero or more, header,
// taxes and items are negated and the bill says so; a credit note that carries a
// negative amount, or one that is no number and so may be negative, is left as it
// is.
func TurnCreditNote(b *Bill, items []Item) {
	header := []*Money{&b.Net, &b.Tax, &b.Gross, &b.Due}
	if b.Kind != CreditNote || !b.SignTurned && !allPositive(header) {
		return
	}
	if !b.SignTurned {
		b.SignTurned = true
		for _, m := range header {
			*m = m.Neg()
		}
		for i := range b.Taxes {
			b.Taxes[i].Base, b.Taxes[i].Amount = b.Taxes[i].Base.Neg(), b.Taxes[i].Amount.Neg()
		}
	}
	for i := range items {
		items[i].Net, items[i].Tax, items[i].Gross = items[i].Net.Neg(), items[i].Tax.Neg(), items[i].Gross.Neg()
	}
}

// allPositive reports whether at least one amount is above zero and every other that
// was supplied is known not to be below.
func allPositive(amounts []*Money) bool {
	some := false
	for _, m := range amounts {
		if m.IsNegative() || m.Supplied() && !m.Exact() {
			return false
		}
		some = some || m.Supplied() && !m.IsZero()
	}
	return some
}
