package templates

// RoleRow is a role of a person.
type RoleRow struct {
	Name    string
	Allows  string   // what the role allows here
	Through []string // what confers it: "Group MF-Staff-DE"
}

// ReasonRow is a grant that opens accounts to a person.
type ReasonRow struct {
	Target  string // an account, a group of accounts, all accounts
	Through string // "Group MF-Staff-DE", "Given by name"
	Count   string // "3 accounts"
	Since   Day
	By      string // who granted it; empty where that is not told
}
