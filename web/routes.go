package web

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/static"
)

// rule says who may ask for a route. The zero rule is none at all, and a route
// that has it stops the start.
type rule struct {
	kind   ruleKind
	right  access.Right
	proved bool // who they are, a short while ago
}

type ruleKind int

const (
	ruleMissing ruleKind = iota
	rulePublic
	ruleSignedIn
	ruleRight
)

var (
	public   = rule{kind: rulePublic}   // anybody inside the network
	signedIn = rule{kind: ruleSignedIn} // anybody with a session, a role or not
)

// needs asks for one right.
func needs(right access.Right) rule { return rule{kind: ruleRight, right: right} }

// proven asks for one right, of a person who has proved who they are a short while
// ago. Whatever changes what others may see asks for it.
func proven(right access.Right) rule { return rule{kind: ruleRight, right: right, proved: true} }

// documentPath is the route of a bill's PDF, which pages show in a frame.
const documentPath = "/bills/:id/document"

type route struct {
	methods []string
	path    string
	rule    rule
	object  object
	handler echo.HandlerFunc
}

// routes is the map of the site.
func (s *Server) routes() []route {
	var (
		read = []string{http.MethodGet, http.MethodHead}
		get  = []string{http.MethodGet} // asking has an effect: a sign-in, a ledger entry
		post = []string{http.MethodPost}
	)
	return []route{
		{read, "/healthz", public, nothing, s.health},
		{read, "/readyz", public, nothing, s.readiness},
		{read, "/static/*", public, nothing, echo.WrapHandler(static.Handler())},
		{read, "/favicon.ico", public, nothing, s.favicon},
		{post, reportsPath, public, nothing, s.cspReports},

		{read, "/signin", public, nothing, s.signInPage},
		{get, "/signin/start", public, nothing, s.startSignIn},
		{get, "/signin/callback", public, nothing, s.finishSignIn},
		{post, "/signin/backchannel-logout", public, nothing, s.providerSignOut},
		{read, adminLinkPath, public, nothing, s.adminLink},
		{post, adminLinkPath, public, nothing, s.useAdminLink},
		{get, confirmPath, signedIn, own, s.confirm},
		{read, confirmedPath, signedIn, own, s.confirmed},
		{post, "/signout", signedIn, own, s.signOut},

		{read, "/profile", signedIn, own, s.profile},
		{post, "/profile/sessions/end-others", signedIn, own, s.endOtherSessions},
		{post, "/profile/sessions/:id/end", signedIn, ownSession, s.endOwnSession},

		{read, "/", signedIn, billsInScope, s.overview},
		{read, "/setup", needs(access.Administer), register, s.setupProgress},
		{read, "/sync", signedIn, billsInScope, s.syncProgress},
		{read, "/bills", needs(access.View), billsInScope, s.bills},
		{get, "/bills.csv", needs(access.Export), billsInScope, s.billsCSV},
		{read, "/bills/:id", needs(access.View), oneBill, s.bill},
		{read, "/bills/:id/items", needs(access.View), oneBill, s.billItems},
		{read, documentPath, needs(access.View), oneBill, s.document},
		{read, "/accounts", needs(access.View), billsInScope, s.accounts},

		{read, "/admin/accounts", needs(access.Administer), register, s.adminAccounts},
		{get, "/admin/accounts.csv", needs(access.Administer), register, s.registerCSV},
		{post, "/admin/accounts/admit", proven(access.Administer), register, s.admitAccounts},
		{post, "/admin/accounts/hide", proven(access.Administer), register, s.hideAccount},
		{post, "/admin/accounts/import", proven(access.Administer), register, s.importRegister},
		{read, "/admin/accounts/:number", needs(access.Administer), oneAccount, s.adminAccount},
		{post, "/admin/accounts/:number", proven(access.Administer), oneAccount, s.saveAccount},
		{read, "/admin/access", needs(access.Administer), grants, s.adminAccess},
		{post, "/admin/access", proven(access.Administer), grants, s.addGrant},
		{get, "/admin/access.csv", needs(access.Administer), grants, s.grantsCSV},
		{post, "/admin/access/revoke", proven(access.Administer), grants, s.revokeGrant},
		{post, "/admin/access/import", proven(access.Administer), grants, s.importGrants},
		{read, "/admin/access/explain", needs(access.Administer), grants, s.explainAccess},
		{read, "/admin/people", needs(access.Administer), people, s.adminPeople},
		{post, "/admin/people/end-sessions", proven(access.Administer), people, s.endEverySession},
		{read, "/admin/people/:id", needs(access.Administer), onePerson, s.adminPerson},
		{post, "/admin/people/:id/disable", proven(access.Administer), onePerson, s.disablePerson},
		{post, "/admin/people/:id/enable", proven(access.Administer), onePerson, s.enablePerson},
		{post, "/admin/people/:id/end-sessions", proven(access.Administer), onePerson, s.endPersonSessions},
		{get, "/admin/ledger", needs(access.Administer), entries, s.adminLedger},
		{read, "/admin/ledger/verify", needs(access.Administer), entries, s.verifiedLedger},
		{post, "/admin/ledger/verify", needs(access.Administer), entries, s.verifyLedger},
		{get, "/admin/ledger.csv", needs(access.Administer), entries, s.ledgerCSV},
	}
}

// mount registers routes behind their rules. One without a rule for people or for
// objects is an error.
func (s *Server) mount(routes []route) error {
	for _, r := range routes {
		if r.rule.kind == ruleMissing {
			return fmt.Errorf("web: %s %s has no rule", r.methods[0], r.path)
		}
		if err := r.object.check(r.path); err != nil {
			return fmt.Errorf("web: %s %s: %w", r.methods[0], r.path, err)
		}
		s.echo.Match(r.methods, r.path, s.guard(r, r.handler))
	}
	return nil
}
