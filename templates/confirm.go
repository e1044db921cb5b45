package templates

// ConfirmFirstView stands in the place of the answer to a form whose sender must prove again who they
// are. Fields post to Action once more what was posted; nothing of it is shown.
type ConfirmFirstView struct {
	Page
	ConfirmURL string
	Action     string
	Fields     []HiddenField
}

// HiddenField is a value that a form carries along.
type HiddenField struct {
	Name, Value string
}

// ConfirmedView follows the proof. ContinueURL is where the person was going, or empty when that waits
// in another tab.
type ConfirmedView struct {
	Page
	ContinueURL string
}

// AdminLinkView is what a link from the command line leads to. Token is the link's secret.
type AdminLinkView struct {
	Page
	Token string
}

// Confirm is a question before an act, opened by a button. Label says what is asked; About, which may be
// empty, says of what to those who do not see the row; Class makes the button smaller or quieter.
type Confirm struct {
	Label, About, Class string
	Open                bool
}
