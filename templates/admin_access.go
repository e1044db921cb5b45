package templates

// AdminAccessView shows who may see what, and changes it.
type AdminAccessView struct {
	Page
	Count  string // "8 grants"
	Grants []GrantRow
	Form   GrantForm
	Import ImportForm
	People []PersonRow
}

// GrantRow is one grant. ID goes into the form that revokes it.
type GrantRow struct {
	ID      string
	Grantee string
	Kind    string // "Group", "Person"
	Target  string // what may be seen: an account, a group of accounts, all accounts
	Count   string // "3 accounts"
	Idle    bool   // reaches nobody so far
	By      string
	Since   Day
}

// GrantForm is the form of a new grant as it is filled. GranteeKind is "group" or "person", TargetKind
// "account", "account_group" or "all".
type GrantForm struct {
	Problems          []FieldProblem
	GranteeKind       string
	Group             Field    // name of a group of the identity provider
	GroupsSeen        []string // offered while typing
	People            []Option // subjects of people who have signed in
	PersonError       string
	TargetKind        string
	Accounts          []Option
	AccountError      string
	AccountGroups     []Option
	AccountGroupError string
}

// PersonRow is somebody who has signed in.
type PersonRow struct {
	URL                 string
	Name, Roles, Groups string
	LastSeen            string
}
