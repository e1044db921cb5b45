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
	AddGrants(ctx context.Context, act ledger.Act, grants []access.Grant, replace bool) (added, removed []access.Grant, err error)
	RemoveGrant(ctx context.Context, act ledger.Act, id access.GrantID) (access.Grant, error)
	People(ctx context.Context) ([]access.Person, error)
}

// adminAccess shows who may see what.
func (s *Server) adminAccess(c echo.Context) error {
	return s.accessPage(c, http.StatusOK, grantForm{GranteeKind: access.GranteeGroup, TargetKind: access.TargetAccount}, templates.ImportForm{})
}

// grantForm is the form of a new grant as it was filled, and what is wrong with
// it by control.
type grantForm struct {
	GranteeKind                 access.GranteeKind
	Group, Person               string
	TargetKind                  access.TargetKind
	Account, AccountGroup       string
	groupError, personError     string
	accountError, accountsError string
}

// grant is what the form asks for.
func (f grantForm) grant() access.Grant {
	g := access.Grant{GranteeKind: f.GranteeKind, TargetKind: f.TargetKind, Grantee: f.Group}
	if f.GranteeKind == access.GranteePerson {
		g.Grantee = f.Person
	}
	switch f.TargetKind {
	case access.TargetAccount:
		g.Target = f.Account
	case access.TargetAccountGroup:
		g.Target = f.AccountGroup
	}
	return g
}

func (s *Server) accessPage(c echo.Context, status int, form grantForm, imported templates.ImportForm) error {
	ctx := c.Request().Context()
	grants, err := s.Grants.Grants(ctx)
	if err != nil {
		return err
	}
	people, err := s.Grants.People(ctx)
	if err != nil {
		return err
	}
	register, err := s.Register.Register(ctx)
	if err != nil {
		return err
	}
	page := s.page(c, "access.title")
	t := page.Texts
	announceImport(&page, imported)
	imported.Action, imported.Format = "/admin/access/import", export.GrantsHeader()
	view := templates.AdminAccessView{Page: page, Count: t.N("count.grants", len(grants)), Import: imported}
	for _, g := range grants {
		view.Grants = append(view.Grants, s.grantRow(t, g))
	}
	for _, p := range people {
		view.People = append(view.People, templates.PersonRow{
			Name: p.DisplayName(), Roles: roleNames(t, s.Policy.Roles(p.Groups)), Groups: strings.Join(p.Groups, ", "),
			LastSeen: s.instant(t, p.LastSignIn),
		})
	}
	view.Form = grantFormView(t, form, people, register)
	return s.render(c, status, templates.AdminAccess(view))
}

func (s *Server) grantRow(t *i18n.Texts, g access.Grant) templates.GrantRow {
	kind := t.S("access.group")
	if g.GranteeKind == access.GranteePerson {
		kind = t.S("access.person")
	}
	at := billing.DateOf(g.At.In(s.TimeZone))
	return templates.GrantRow{
		ID: strconv.FormatInt(int64(g.ID), 10), Grantee: g.GranteeName, Kind: kind, Target: targetName(t, g),
		Count: t.N("count.accounts", g.Accounts), By: actorText(g.By), Since: day(t, at, ""),
	}
}

// actorText is the readable part of an actor of the ledger.
func actorText(actor string) string {
	if key, name, ok := strings.Cut(actor, " "); ok && strings.HasPrefix(key, "person:") {
		return name
	}
	return actor
}

func grantFormView(t *i18n.Texts, f grantForm, people []access.Person, register []billing.BillingAccount) templates.GrantForm {
	view := templates.GrantForm{
		GranteeKind: string(f.GranteeKind), Group: templates.Field{Value: f.Group, Error: f.groupError}, PersonError: f.personError,
		TargetKind: string(f.TargetKind), AccountError: f.accountError, AccountGroupError: f.accountsError,
	}
	for _, p := range people {
		view.GroupsSeen = append(view.GroupsSeen, p.Groups...)
		view.People = append(view.People, templates.Option{Value: p.Subject, Label: p.DisplayName() + " (" + p.Subject + ")", Selected: f.Person == p.Subject})
	}
	slices.Sort(view.GroupsSeen)
	view.GroupsSeen = slices.Compact(view.GroupsSeen)
	var groups []string
	for _, a := range register {
		if a.Group != "" {
			groups = append(groups, a.Group)
		}
		if a.Status != billing.Hidden {
			view.Accounts = append(view.Accounts, templates.Option{
				Value: string(a.Number), Label: a.DisplayName() + ", " + string(a.Number), Selected: f.Account == string(a.Number),
			})
		}
	}
	sortOptions(t, view.Accounts)
	slices.Sort(groups)
	for _, name := range slices.Compact(groups) {
		view.AccountGroups = append(view.AccountGroups, templates.Option{Value: name, Label: name, Selected: f.AccountGroup == name})
	}
	for _, problem := range []templates.FieldProblem{
		{ID: "group", Label: t.S("grant.groupname"), Text: f.groupError}, {ID: "person", Label: t.S("grant.personname"), Text: f.personError},
		{ID: "account", Label: t.S("grant.account"), Text: f.accountError}, {ID: "account_group", Label: t.S("grant.accountgroup"), Text: f.accountsError},
	} {
		if problem.Text != "" {
			view.Problems = append(view.Problems, problem)
		}
	}
	return view
}

// addGrant opens accounts to a group or a person, from their next click on.
func (s *Server) addGrant(c echo.Context) error {
	t := s.texts(c)
	form := grantForm{
		GranteeKind: access.GranteeKind(c.FormValue("grantee_kind")), Group: strings.TrimSpace(c.FormValue("group")), Person: c.FormValue("person"),
		TargetKind: access.TargetKind(c.FormValue("target_kind")), Account: c.FormValue("account"), AccountGroup: c.FormValue("account_group"),
	}
	if !form.complete(t) {
		return s.accessPage(c, http.StatusBadRequest, form, templates.ImportForm{})
	}
	grant := form.grant()
	added, _, err := s.Grants.AddGrants(c.Request().Context(), s.act(c, "grant.add"), []access.Grant{grant}, false)
	switch {
	case errors.Is(err, access.ErrUnknownGrantee):
		form.personError = t.S("access.error.required")
	case errors.Is(err, access.ErrUnknownTarget) && grant.TargetKind == access.TargetAccount:
		form.accountError = t.S("access.error.required")
	case errors.Is(err, access.ErrUnknownTarget):
		form.accountsError = t.S("access.error.required")
	case err != nil:
		return err
	case len(added) == 0:
		form.groupError = t.S("access.error.duplicate")
	default:
		return s.leaveNotice(c, notice{Key: "notice.granted", Args: []string{s.granteeName(c, grant), targetName(t, withTargetName(grant))}}, "/admin/access")
	}
	return s.accessPage(c, http.StatusBadRequest, form, templates.ImportForm{})
}

// complete notes which controls were left empty; the kinds are radio buttons, so
// a value that is none of theirs was not typed by a person and counts as empty.
func (f *grantForm) complete(t *i18n.Texts) bool {
	switch {
	case f.GranteeKind == access.GranteePerson && f.Person == "":
		f.personError = t.S("access.error.required")
	case f.GranteeKind != access.GranteePerson && f.GranteeKind != access.GranteeGroup:
		f.GranteeKind, f.groupError = access.GranteeGroup, t.S("access.error.required")
	case f.GranteeKind == access.GranteeGroup && (f.Group == "" || len([]rune(f.Group)) > export.MaxText || !cleanText(f.Group)):
		f.groupError = t.S("access.error.group")
	}
	switch f.TargetKind {
	case access.TargetAll:
	case access.TargetAccountGroup:
		if f.AccountGroup == "" {
			f.accountsError = t.S("access.error.required")
		}
	case access.TargetAccount:
		if f.Account == "" {
			f.accountError = t.S("access.error.required")
		}
	default:
		f.TargetKind, f.accountError = access.TargetAccount, t.S("access.error.required")
	}
	return f.groupError == "" && f.personError == "" && f.accountError == "" && f.accountsError == ""
}

// granteeName is the name of the person behind a subject, or the group's own.
func (s *Server) granteeName(c echo.Context, g access.Grant) string {
	if g.GranteeKind == access.GranteePerson {
		people, err := s.Grants.People(c.Request().Context())
		if err != nil {
			return g.Grantee
		}
		for _, p := range people {
			if p.Subject == g.Grantee {
				return p.DisplayName()
			}
		}
	}
	return g.Grantee
}

// withTargetName lets a grant that was just made name its target.
func withTargetName(g access.Grant) access.Grant {
	if g.TargetKind == access.TargetAccount && g.TargetName == "" {
		g.TargetKind = access.TargetAccountGroup
	}
	return g
}

// revokeGrant takes a grant away, from the next click of those who had it.
func (s *Server) revokeGrant(c echo.Context) error {
	id, err := strconv.ParseInt(c.FormValue("id"), 10, 64)
	if err != nil {
		return badRequest("", err)
	}
	gone, err := s.Grants.RemoveGrant(c.Request().Context(), s.act(c, "grant.remove"), access.GrantID(id))
	if err != nil {
		return err
	}
	return s.leaveNotice(c, notice{Key: "notice.revoked", Args: []string{gone.GranteeName, targetName(s.texts(c), gone)}}, "/admin/access")
}

// grantsCSV is the grants as a file that can be imported again.
func (s *Server) grantsCSV(c echo.Context) error {
	grants, err := s.Grants.Grants(c.Request().Context())
	if err != nil {
		return err
	}
	act := s.act(c, "grants.export")
	act.Object = "grants.csv"
	if err := s.Ledger.Record(c.Request().Context(), act); err != nil {
		return err
	}
	attach(c, "grants.csv")
	return export.Grants(c.Response(), grants)
}

// importGrants takes a grants file, all or nothing.
func (s *Server) importGrants(c echo.Context) error {
	replace := c.FormValue("replace") == "1"
	parsed, err := importFile(c, replace, export.ParseGrants)
	if err == nil {
		err = s.addParsed(c, parsed, replace)
	}
	if err == nil {
		return s.leaveNotice(c, notice{Key: "notice.imported", Counted: true, Count: len(parsed)}, "/admin/access")
	}
	form, ok := importErrors(s.texts(c), err, replace)
	if !ok {
		return err
	}
	return s.accessPage(c, http.StatusBadRequest, grantForm{GranteeKind: access.GranteeGroup, TargetKind: access.TargetAccount}, form)
}

func (s *Server) addParsed(c echo.Context, parsed []export.ParsedGrant, replace bool) error {
	register, err := s.Register.Register(c.Request().Context())
	if err != nil {
		return err
	}
	people, err := s.Grants.People(c.Request().Context())
	if err != nil {
		return err
	}
	if err := export.CheckGrants(parsed, register, people); err != nil {
		return err
	}
	_, _, err = s.Grants.AddGrants(c.Request().Context(), s.act(c, "grant.add"), export.GrantsOf(parsed), replace)
	return err
}
