package templates

// ExplainView answers who sees an account, or what a group sees. At most one of Account and Group is
// there.
type ExplainView struct {
	Page
	Form    ExplainForm
	Account *AccountSeen
	Group   *GroupSees
}

// ExplainForm asks about access.
type ExplainForm struct {
	Accounts   []Option
	People     []Option
	Group      string
	GroupsSeen []string // offered while typing
}

// AccountSeen says who sees one account.
type AccountSeen struct {
	Name, URL string
	Hidden    bool   // nobody sees it, whatever was granted
	Count     string // "2 people"
	People    []SeenByRow
	Idle      []string // grants that open it and reach nobody so far
}

// SeenByRow is a person who sees an account.
type SeenByRow struct {
	URL, Name, Roles string
	Through          []string
}

// GroupSees says what a group of the identity provider sees.
type GroupSees struct {
	Name     string
	Roles    string // which role it gives, in a sentence
	Count    string // "3 accounts"
	Accounts []Link
	People   []Link // of the group, who have signed in
}
