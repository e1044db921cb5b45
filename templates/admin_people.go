package templates

// AdminPeopleView lists everybody who has signed in.
type AdminPeopleView struct {
	Page
	Filter PeopleFilter
	Count  string // "12 people"
	Rows   []PeopleRow
	More   string // that not all are listed, or empty
	EndAll string // what signing everybody out would do, or empty when it does nothing
	Empty  *Empty
}

// PeopleFilter narrows the list of people.
type PeopleFilter struct {
	Query         Field
	Roles, States []Option
}

// PeopleRow is somebody who has signed in.
type PeopleRow struct {
	URL, Name, Email, Subject string
	Roles                     string
	Disabled                  bool
	ByLink                    bool // signs in by a link from the command line
	LastSignIn                string
	Sessions, Grants          string // how many
}
