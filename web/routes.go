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
	kind  ruleKind
	right access.Right
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

// documentPath is the route of a bill's PDF, which pages show in a frame.
const documentPath = "/bills/:id/document"

type route struct {
	methods []string
	path    string
	rule    rule
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
		{read, "/healthz", public, s.health},
		{read, "/readyz", public, s.readiness},
		{read, "/static/*", public, echo.WrapHandler(static.Handler())},
		{read, "/favicon.ico", public, s.favicon},

		{read, "/signin", public, s.signInPage},
		{get, "/signin/start", public, s.startSignIn},
		{get, "/signin/callback", public, s.finishSignIn},
		{post, "/signout", signedIn, s.signOut},

		{read, "/", signedIn, s.overview},
		{read, "/setup", needs(access.Administer), s.setupProgress},
		{read, "/sync", signedIn, s.syncProgress},
		{read, "/bills", needs(access.View), s.bills},
		{get, "/bills.csv", needs(access.Export), s.billsCSV},
		{read, "/bills/:id", needs(access.View), s.bill},
		{read, "/bills/:id/items", needs(access.View), s.billItems},
		{read, documentPath, needs(access.View), s.document},
		{read, "/accounts", needs(access.View), s.accounts},

		{read, "/admin/accounts", needs(access.Administer), s.adminAccounts},
		{get, "/admin/accounts.csv", needs(access.Administer), s.registerCSV},
		{post, "/admin/accounts/admit", needs(access.Administer), s.admitAccounts},
		{post, "/admin/accounts/hide", needs(access.Administer), s.hideAccount},
		{post, "/admin/accounts/import", needs(access.Administer), s.importRegister},
		{read, "/admin/accounts/:number", needs(access.Administer), s.adminAccount},
		{post, "/admin/accounts/:number", needs(access.Administer), s.saveAccount},
		{read, "/admin/access", needs(access.Administer), s.adminAccess},
		{post, "/admin/access", needs(access.Administer), s.addGrant},
		{get, "/admin/access.csv", needs(access.Administer), s.grantsCSV},
		{post, "/admin/access/revoke", needs(access.Administer), s.revokeGrant},
		{post, "/admin/access/import", needs(access.Administer), s.importGrants},
	}
}

// mount registers the routes behind their rules.
func (s *Server) mount() error {
	for _, r := range s.routes() {
		if r.rule.kind == ruleMissing {
			return fmt.Errorf("web: %s %s has no rule", r.methods[0], r.path)
		}
		s.echo.Match(r.methods, r.path, s.guard(r.rule, r.handler))
	}
	return nil
}
