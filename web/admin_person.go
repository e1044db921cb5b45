package web

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/i18n"
	"billportal/templates"
)

// maxReason is how long the reason for disabling somebody may be, in characters.
const maxReason = 200

// findPerson looks a person up by the portal's key.
func (s *Server) findPerson(c echo.Context) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil || strconv.FormatInt(id, 10) != c.Param("id") {
		return billing.ErrNotFound
	}
	p, err := s.deps.People.Person(c.Request().Context(), access.PersonID(id))
	c.Set(keyObject, p)
	return err
}

// adminPerson explains what a person may see and why, and where they are signed
// in.
func (s *Server) adminPerson(c echo.Context) error {
	return s.personPage(c, http.StatusOK, templates.Field{}, nil)
}

// personPage is the page of the person that the route names: with the reason as it
// was typed, and with what kept a change from being made.
func (s *Server) personPage(c echo.Context, status int, reason templates.Field, refused *templates.Notice) error {
	ctx, p := c.Request().Context(), found[access.Person](c)
	enabled := p
	enabled.Disabled = false // whoever is out is shown what they would have
	explained, err := s.explain(ctx, enabled)
	if err != nil {
		return err
	}
	live, err := s.liveSessions(c, p.ID)
	if err != nil {
		return err
	}
	people, err := s.deps.Grants.People(ctx)
	if err != nil {
		return err
	}
	page := s.page(c, "people.title")
	t := page.Texts
	page.Title = visible(p.DisplayName())
	page.Notice = cmp.Or(refused, page.Notice)
	view := templates.AdminPersonView{
		Page: page, Action: personURL(p.ID), Name: visible(p.DisplayName()), Disabled: s.disabledText(t, p), Facts: s.personFacts(t, p),
		Roles: s.roleRows(t, enabled), Groups: p.Groups, Reasons: explained.everyGrant(t), Count: t.N("count.accounts", len(explained.open)),
		Accounts: accountLinks(t, explained.open), Sessions: s.sessionRows(t, live, currentSession(c).ID), Reason: reason,
	}
	view.LedgerURL = ledgerPath + "?who=" + url.QueryEscape(actorKey(p))
	view.DisableNow = t.S("person.disablenow")
	if len(live) > 0 {
		view.DisableNow = t.N("person.disableends", len(live))
	}
	if ends := othersThan(live, currentSession(c)); ends > 0 {
		view.EndAll = t.N("person.endnow", ends)
	}
	if why := explained.why(); why != "" {
		view.Why = t.S("explain.they." + why)
	}
	if len(s.grantees([]access.Person{p})) > 0 {
		view.GrantURL = "/admin/access?person=" + personKey(p.ID) + "#grant"
	}
	if key := staysKey(viewer(c).Person, p); key != "" {
		view.Stays = t.S(key)
	} else if !s.settings.Policy.OthersAdminister(people, p) {
		view.Stays = t.S("person.stays.last")
	}
	return s.render(c, status, templates.AdminPerson(view))
}

func (s *Server) personFacts(t *i18n.Texts, p access.Person) []templates.Fact {
	provider := p.Issuer
	if p.ByLink() {
		provider = t.S("explain.bylink")
	}
	return []templates.Fact{
		{Label: t.S("person.email"), Value: p.Email}, {Label: t.S("person.subjectof"), Value: p.Subject}, {Label: t.S("person.provider"), Value: provider},
		{Label: t.S("person.first"), Value: s.instant(t, p.FirstSeen)}, {Label: t.S("person.last"), Value: s.instant(t, p.LastSignIn)},
	}
}

// disabledText says since when, by whom and why somebody is out; empty when they
// are not.
func (s *Server) disabledText(t *i18n.Texts, p access.Person) string {
	if !p.Disabled {
		return ""
	}
	return t.S("person.disabled", s.instant(t, p.DisabledAt), visible(namedLink(t, p.DisabledBy).Label), p.DisabledWhy)
}

// accountLinks leads to accounts of the register.
func accountLinks(t *i18n.Texts, accounts []billing.BillingAccount) []templates.Link {
	links := make([]templates.Link, 0, len(accounts))
	for _, a := range accounts {
		links = append(links, templates.Link{Label: accountText(a.DisplayName(), a.Number), URL: accountURL(a.Number)})
	}
	sortLinks(t, links)
	return links
}

// staysKey is the key of the sentence that says why an admin may not disable a
// person, whoever else there is; or empty.
func staysKey(admin, p access.Person) string {
	switch {
	case p.ByLink():
		return "person.stays.link"
	case p.ID == admin.ID:
		return "person.stays.self"
	}
	return ""
}

// disablePerson takes a person out of the portal and ends their sessions.
func (s *Server) disablePerson(c echo.Context) error {
	p, t := found[access.Person](c), s.texts(c)
	reason := templates.Field{Value: strings.TrimSpace(posted(c, "reason"))}
	if key := staysKey(viewer(c).Person, p); key != "" {
		return s.personStays(c, reason, key)
	}
	switch {
	case reason.Value == "":
		reason.Error = t.S("person.error.reason")
	case utf8.RuneCountInString(reason.Value) > maxReason || !cleanText(reason.Value):
		reason.Error = t.S("filter.error.long", itoa(maxReason))
	}
	if reason.Error != "" {
		return s.personPage(c, http.StatusBadRequest, reason, nil)
	}
	err := s.deps.People.SetDisabled(c.Request().Context(), p.ID, true, reason.Value, s.settings.Policy, s.act(c, "person.disable"))
	if errors.Is(err, access.ErrLastAdmin) {
		return s.personStays(c, reason, "person.stays.last")
	}
	if err != nil {
		return err
	}
	return s.leaveNotice(c, notice{Key: "notice.disabled", Args: []string{p.DisplayName()}}, personURL(p.ID))
}

// personStays says why a person was not disabled.
func (s *Server) personStays(c echo.Context, reason templates.Field, key string) error {
	return s.personPage(c, http.StatusConflict, reason, &templates.Notice{Kind: templates.NoticeBad, Text: s.texts(c).S(key)})
}

// enablePerson lets a person in again, from their next sign-in on.
func (s *Server) enablePerson(c echo.Context) error {
	p := found[access.Person](c)
	if err := s.deps.People.SetDisabled(c.Request().Context(), p.ID, false, "", s.settings.Policy, s.act(c, "person.enable")); err != nil {
		return err
	}
	return s.leaveNotice(c, notice{Key: "notice.enabled", Args: []string{p.DisplayName()}}, personURL(p.ID))
}

// endPersonSessions signs a person out everywhere; an admin who asks it for
// themselves keeps the present session.
func (s *Server) endPersonSessions(c echo.Context) error {
	p := found[access.Person](c)
	act := s.act(c, "session.revoke")
	n, err := s.deps.People.EndSessionsOf(c.Request().Context(), p.ID, currentSession(c).ID, act)
	if err != nil {
		return err
	}
	return s.leaveNotice(c, notice{Key: "notice.sessionsended", Counted: true, Count: n}, personURL(p.ID))
}
