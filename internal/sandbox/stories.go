package sandbox

// The stories' own numbers.
const (
	priceRiseThousandths = 65 // 6.5 %
	spikeTenths          = 64 // 6.4 times the usual
	correctionDays       = 6  // between issue and correction
	countryPriceRise     = "DE"
)

// BillRef names one bill.
type BillRef struct {
	ID            string
	Number        string
	AccountNumber string
}

// MissingBill is a bill that never came.
type MissingBill struct {
	AccountNumber string
	Month         string // the month of issue, 2026-08
}

// Stories says where in the world the planted oddities are. Everything that is
// not named here adds up and comes in its rhythm.
type Stories struct {
	Missing [2]MissingBill // a month without a bill, in two accounts

	// Double is one bill listed twice: the same number and content under two ids.
	Double [2]BillRef

	// BrokenSum is a bill whose items do not come to its net amount, because one
	// recurring line of BrokenSumBy is not among them.
	BrokenSum   BillRef
	BrokenSumBy string // decimal text, positive

	CutPDF BillRef // its PDF ends early, with a Content-Length to match

	CreditNotes     [4]BillRef
	CreditNoteAlone BillRef // the one of CreditNotes without a reference to an original

	PriceRiseCountry string // recurring prices of its accounts rise by PriceRisePercent
	PriceRiseFrom    string // first month of issue with the new prices, 2026-07
	PriceRisePercent string

	Spike      BillRef // a bill with many times the usual use
	SpikeLabel string  // of the item
	SpikeTimes string  // how many times the usual

	RenumberedOld  string // account number that stops; closed at the supplier
	RenumberedNew  string // account number that goes on, with the same name and address
	RenumberedFrom string // first month of issue under the new number

	NotAdmitted string // account number that is listed, billed, and not in RegisterCSV

	// Corrected is a bill whose amounts changed after issue. AsIssued is how it
	// was served before; World.HoldCorrection and World.Correct switch.
	Corrected   BillRef
	CorrectedAt string // RFC 3339
	AsIssued    Bill

	Unlisted BillRef // a bill of an account that the API lists nowhere
}

// plot places the stories in time, by months since the world's first.
type plot struct{ first month }

func (p plot) at(index int) month { return p.first + month(index) }

func (p plot) renumbered() month  { return p.at(21) }
func (p plot) newcomer() month    { return p.at(26) }
func (p plot) priceRise() month   { return p.at(31) }
func (p plot) spike() month       { return p.at(34) }
func (p plot) double() month      { return p.at(32) }
func (p plot) brokenSum() month   { return p.at(33) }
func (p plot) correction() month  { return p.at(33) }
func (p plot) cutPDF() month      { return p.at(34) }
func (p plot) unlisted() month    { return p.at(34) }
func (p plot) missing() [2]month  { return [2]month{p.at(28), p.at(33)} }
func (p plot) credited() [4]month { return [4]month{p.at(30), p.at(31), p.at(32), p.at(33)} }

// missingAccounts and creditedAccounts go with plot.missing and plot.credited.
var (
	missingAccounts  = [2]string{numberMunich, numberLeeds}
	creditedAccounts = [4]string{numberLyon, numberChicago, numberHamburg, numberSlough}
)

// alone is the place in creditedAccounts of the note that names no original.
const alone = 2

func (p plot) raised(a *Account, issue month) bool {
	return a.Country == countryPriceRise && issue >= p.priceRise()
}

func (p plot) spikes(a *Account, issue month) bool {
	return a.Number == numberLeipzig && issue == p.spike()
}

// bills says whether the account gets its bill in that month at all.
func (p plot) bills(a *Account, issue month) bool {
	switch a.Number {
	case numberFosOld:
		return issue < p.renumbered()
	case numberFosNew:
		return issue >= p.renumbered()
	case numberSavannah:
		return issue >= p.newcomer()
	case numberUnlisted:
		return issue == p.unlisted()
	}
	for i, number := range missingAccounts {
		if a.Number == number && issue == p.missing()[i] {
			return false
		}
	}
	return true
}
