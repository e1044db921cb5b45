package templates

// AdminAccountsView is the register of accounts, opened by the decisions it waits for.
type AdminAccountsView struct {
	Page
	Lede       string              // "18 admitted, 1 hidden, 1 closed."
	Decisions  string              // "3 decisions for you"; empty hides the section
	Unadmitted []UnadmittedAccount // the API shows them and nobody admitted them
	AdmitAll   *AdmitForm          // nil hides the button
	Quarantine []QuarantineRow
	Silent     []SilentAccount
	Filter     RegisterFilter
	Count      string // "20 accounts"
	Rows       []RegisterRow
	Empty      *Empty
	Import     ImportForm
}

// UnadmittedAccount is an account that waits for somebody to admit it.
type UnadmittedAccount struct {
	Number, Name string // Name is Orange's
	Detail       string // "First seen 28 Nov 2026, 2 bills."
	EditURL      string
}

// AdmitForm admits the accounts that it names.
type AdmitForm struct {
	Label   string // "Admit all 12 accounts"
	Numbers []string
}

// QuarantineRow says that bills exist which nobody may see, and why. It carries no amount.
type QuarantineRow struct {
	Count  string // "2 bills"
	Reason string
}

// SilentAccount is an account of the register that the API does not list.
type SilentAccount struct {
	Number, Name string
	Detail       string
	EditURL      string
}

// RegisterFilter narrows the register.
type RegisterFilter struct {
	Query            Field
	Groups, Statuses []Option
}

// AccountStatus is the state of an account in the register.
type AccountStatus string

// The states of an account in the register.
const (
	StatusAdmitted AccountStatus = "admitted"
	StatusHidden   AccountStatus = "hidden"
	StatusClosed   AccountStatus = "closed"
)

// RegisterRow is one account of the register.
type RegisterRow struct {
	EditURL                    string
	Number, Name, OrangeName   string
	Group, Country, CostCentre string
	LastBill                   Day
	Status                     AccountStatus
	OursOnly                   bool // the API does not list it
}

// icon names the sprite's symbol for a status.
func (s AccountStatus) icon() string {
	switch s {
	case StatusAdmitted:
		return "pass"
	case StatusClosed:
		return "lock"
	}
	return "unknown"
}
