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
