package templates

// SignInView is the page an anonymous visitor sees. StartURL begins the sign-in and carries the way back.
type SignInView struct {
	Page
	StartURL string
}

// SignedOutView follows the end of a session. ProviderURL also ends the session at the identity
// provider and may be empty.
type SignedOutView struct {
	Page
	ProviderURL string
}

// NoRoleView greets somebody whose groups give no role in the portal.
type NoRoleView struct {
	Page
	Name   string   // who is signed in
	Groups []string // the groups the identity provider named
}

// NoAccountsView greets somebody who has a role but was granted no account.
type NoAccountsView struct {
	Page
	Name   string
	Role   string // finished name of the role
	Groups []string
}
