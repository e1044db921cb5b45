package templates

// AdminAccountView is the form of one account of the register.
type AdminAccountView struct {
	Page
	Action              string // where the form goes: /admin/accounts/:number
	Number, OrangeName  string
	SeenURL, LedgerURL  string // who sees the account; what the ledger says of it
	OursOnly            bool
	Facts               []Fact
	Problems            []FieldProblem
	Name, Group         Field
	CostCentre, Country Field
	Groups              []string // existing groups, offered while typing
	Statuses            []Option // radio buttons, in this order
	StatusError         string
	Was                 string // the status that the reader was shown
}
