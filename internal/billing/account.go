package billing

// AccountNumber is a billing account number, as printed on bills. It is opaque:
// spaces and leading zeros belong to it.
type AccountNumber string

// SearchKey is the number without separators.
func (n AccountNumber) SearchKey() string { return SearchKey(string(n)) }

// AccountStatus is what the company decided about a billing account.
type AccountStatus string

// The statuses of an account in the register. An account that the API shows and
// nobody has admitted is hidden: nobody sees its bills. The bills of a closed
// account stay readable.
const (
	Hidden   AccountStatus = "hidden"
	Admitted AccountStatus = "admitted"
	Closed   AccountStatus = "closed"
)

// Statuses lists every status in the order in which admins are offered them.
func Statuses() []AccountStatus { return []AccountStatus{Admitted, Hidden, Closed} }

// BillingAccount is a billing account: what the company's register says of it
// and, apart from that, what Orange says.
type BillingAccount struct {
	Number     AccountNumber
	Name       string // ours
	Group      string // name of the AccountGroup, "" for none
	CostCentre string
	Country    string // ISO 3166-1 alpha-2
	Status     AccountStatus
	// Decided says that somebody decided about the account, be it to hide it.
	Decided bool

	// Listed says that the API listed the account at the last complete sync; an
	// account that only the register knows is "ours only".
	Listed          bool
	UpstreamID      UpstreamID
	UpstreamName    string
	UpstreamStatus  string
	UpstreamCountry string
	Currency        string
}

// DisplayName is our name of the account, else Orange's, else its number.
func (a BillingAccount) DisplayName() string {
	switch {
	case a.Name != "":
		return a.Name
	case a.UpstreamName != "":
		return a.UpstreamName
	}
	return string(a.Number)
}

// Quarantine counts the bills that nobody may see because they could not be
// attributed to an account. It tells that they exist and under which account
// number, and nothing else of what they say.
type Quarantine struct {
	Reason  QuarantineReason
	Account AccountNumber // as the bills name it; may be empty
	Bills   int
}

// QuarantineReason says why a bill is in quarantine.
type QuarantineReason string

// The reasons for which a bill is in quarantine.
const (
	NoAccount            QuarantineReason = "no-account"            // it names no account
	UnknownAccount       QuarantineReason = "unknown-account"       // it names one that is not in the register
	ContradictoryAccount QuarantineReason = "contradictory-account" // its account number and key belong to two accounts
)

// AccountGroup is a named set of billing accounts, the unit of views and
// grants at once: a country, an entity.
type AccountGroup struct {
	Name     string
	Accounts int // how many accounts it holds
}

// AccountActivity is what the copy holds of one account.
type AccountActivity struct {
	Account AccountNumber
	Bills   int
	Last    Bill // the newest one
}
