package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/export"
	"billportal/internal/i18n"
	"billportal/internal/ledger"
	"billportal/templates"
)

// GrantKeeper keeps grants and the people they are given to.
type GrantKeeper interface {
	Grants(ctx context.Context) ([]access.Grant, error)
	GrantsTo(ctx context.Context, p access.Person) ([]access.Grant, error)
	AddGrants(ctx context.Context, act ledger.Act, grants []access.Grant, replace bool) (added, removed []access.Grant, err error)
	RemoveGrant(ctx context.Context, act ledger.Act, id access.GrantID) (access.Grant, error)
	People(ctx context.Context) ([]access.Person, error)
}

// adminAccess shows who may see what. The address may name a person for the form.
func (s *Server) adminAccess(c echo.Context) error {
	form := newGrantForm()
	if key := c.QueryParam("person"); key != "" {
		people, err := s.deps.Grants.People(c.Request().Context())
		if err != nil {
			return err
		}
		form.GranteeKind, form.Person = access.GranteePerson, key
		if form.choose(s.grantees(people)); form.grantee.ID == 0 {
			return billing.ErrNotFound
		}
	}
	return s.accessPage(c, http.StatusOK, form, templates.ImportForm{})
}

func (s *Server) accessPage(c echo.Context, status int, form grantForm, imported templates.ImportForm) error {
	ctx := c.Request().Context()
	grants, err := s.deps.Grants.Grants(ctx)
	if err != nil {
		return err
	}
	people, err := s.deps.Grants.People(ctx)
	if err != nil {
		return err
	}
	register, err := s.deps.Register.Register(ctx)
	if err != nil {
		return err
	}
	page := s.page(c, "access.title")
	t := page.Texts
	announceImport(&page, imported)
	imported.Action, imported.Format = "/admin/access/import", export.GrantsHeader()
	view := templates.AdminAccessView{Page: page, Count: t.N("count.grants", len(grants)), Import: imported}
	for _, g := range grants {
		view.Grants = append(view.Grants, s.grantRow(t, g, people))
	}
	for _, p := range people {
		view.People = append(view.People, templates.PersonRow{
			URL: personURL(p.ID), Name: visible(p.DisplayName()), Roles: roleNames(t, s.settings.Policy.Roles(p.Groups)), Groups: visible(strings.Join(p.Groups, ", ")),
			LastSeen: s.instant(t, p.LastSignIn),
		})
	}
	view.Form = s.grantFormView(t, form, people, register)
	return s.render(c, status, templates.AdminAccess(view))
}

func (s *Server) grantRow(t *i18n.Texts, g access.Grant, people []access.Person) templates.GrantRow {
	kind := t.S("access.group")
	if g.GranteeKind == access.GranteePerson {
		kind = t.S("access.person")
	}
	at := billing.DateOf(g.At.In(s.settings.TimeZone))
	return templates.GrantRow{
		Idle: !s.reaches(g, people),
		ID:   strconv.FormatInt(int64(g.ID), 10), Grantee: granteeText(g, people), Kind: kind, Target: targetName(t, g),
		Count: t.N("count.accounts", g.Accounts), By: visible(namedLink(t, g.By).Label), Since: day(t, at, ""),
	}
}

// addGrant opens accounts to a group or a person, from their next click on.
func (s *Server) addGrant(c echo.Context) error {
	t := s.texts(c)
	form := grantForm{
		GranteeKind: access.GranteeKind(posted(c, "grantee_kind")), Group: strings.TrimSpace(posted(c, "group")), Person: posted(c, "person"),
		TargetKind: access.TargetKind(posted(c, "target_kind")), Account: posted(c, "account"), AccountGroup: posted(c, "account_group"),
	}
	people, err := s.deps.Grants.People(c.Request().Context())
	if err != nil {
		return err
	}
	form.choose(s.grantees(people))
	if !form.complete(t) {
		return s.accessPage(c, http.StatusBadRequest, form, templates.ImportForm{})
	}
	grant := form.grant()
	added, _, err := s.deps.Grants.AddGrants(c.Request().Context(), s.act(c, "grant.add"), []access.Grant{grant}, false)
	switch {
	case errors.Is(err, access.ErrUnknownGrantee):
		form.personError = t.S("access.error.required")
	case errors.Is(err, access.ErrUnknownTarget) && grant.TargetKind == access.TargetAccount:
		form.accountError = t.S("access.error.required")
	case errors.Is(err, access.ErrUnknownTarget):
		form.accountsError = t.S("access.error.required")
	case err != nil:
		return err
	case len(added) == 0 && grant.GranteeKind == access.GranteePerson:
		form.personError = t.S("access.error.duplicate")
	case len(added) == 0:
		form.groupError = t.S("access.error.duplicate")
	default:
		return s.leaveGranted(c, t, grant, people)
	}
	return s.accessPage(c, http.StatusBadRequest, form, templates.ImportForm{})
}

// leaveGranted confirms a grant. A group that nobody has come from yet may be
// mistyped: then it says so, and which one may have been meant.
func (s *Server) leaveGranted(c echo.Context, t *i18n.Texts, g access.Grant, people []access.Person) error {
	register, err := s.deps.Register.Register(c.Request().Context())
	if err != nil {
		return err
	}
	said := notice{Key: "notice.granted", Args: []string{granteeText(g, people), targetName(t, named(g, register))}}
	var known []string
	for _, p := range people {
		known = append(known, p.Groups...)
	}
	if g.GranteeKind == access.GranteeGroup && !slices.Contains(known, g.Grantee) {
		said.Key, said.Warn = "notice.grantednobody", true
		if meant := guessGroup(g.Grantee, known); meant != "" && !slices.Contains(s.groupsSeen(people), g.Grantee) {
			said.Key, said.Args = "notice.grantedmeant", append(said.Args, visible(meant))
		}
	}
	return s.leaveNotice(c, said, "/admin/access")
}

// reaches reports whether a grant opens bills to somebody who has signed in with
// a role that reads bills.
func (s *Server) reaches(g access.Grant, people []access.Person) bool {
	return slices.ContainsFunc(people, func(p access.Person) bool {
		return g.GivenTo(p) && access.NewViewer(p, s.settings.Policy, access.Scope{}).Rights.Has(access.View)
	})
}

// opensBills reports whether a grant reaches somebody, or a group that the company
// named for reading bills.
func (s *Server) opensBills(g access.Grant, people []access.Person) bool {
	if g.GranteeKind == access.GranteeGroup {
		for _, role := range s.settings.Policy.Roles([]string{g.Grantee}) {
			if role != access.Admin {
				return true
			}
		}
	}
	return s.reaches(g, people)
}

// revokeGrant takes a grant away, from the next click of those who had it.
func (s *Server) revokeGrant(c echo.Context) error {
	id, err := strconv.ParseInt(posted(c, "id"), 10, 64)
	if err != nil {
		return badRequest("", err)
	}
	people, err := s.deps.Grants.People(c.Request().Context())
	if err != nil {
		return err
	}
	gone, err := s.deps.Grants.RemoveGrant(c.Request().Context(), s.act(c, "grant.remove"), access.GrantID(id))
	if err != nil {
		return err
	}
	return s.leaveNotice(c, notice{Key: "notice.revoked", Args: []string{granteeText(gone, people), targetName(s.texts(c), gone)}}, "/admin/access")
}

// grantsCSV is the grants as a file that can be imported again.
func (s *Server) grantsCSV(c echo.Context) error {
	grants, err := s.deps.Grants.Grants(c.Request().Context())
	if err != nil {
		return err
	}
	people, err := s.deps.Grants.People(c.Request().Context())
	if err != nil {
		return err
	}
	s.nameFormer(grants, people)
	act := s.act(c, "grants.export")
	act.Object = "grants.csv"
	if err := s.deps.Ledger.Record(c.Request().Context(), act); err != nil {
		return err
	}
	attach(c, "grants.csv")
	return s.sendWhile(c, stillHas(access.Administer), func() error { return export.Grants(c.Response(), grants) })
}
