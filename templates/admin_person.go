package templates

// AdminPersonView explains what one person may see, and takes them out of the portal.
type AdminPersonView struct {
	Page
	Action    string // address of the person; the forms post below it
	Name      string
	Disabled  string // since when, by whom and why, or empty
	Stays     string // why the person cannot be disabled, or empty
	Reason    Field  // why the person is to be disabled
	Facts     []Fact
	Roles     []RoleRow
	Groups    []string
	Why       string // why nothing is open, or empty
	Count     string // "3 accounts"
	Reasons   []ReasonRow
	Accounts  []Link // that are open today
	GrantURL  string // where the person is given accounts, or empty
	Sessions  []SessionRow
	LedgerURL string // what they did
	// What ending the sessions would do, or empty when it does nothing, and what disabling would.
	EndAll, DisableNow string
}
