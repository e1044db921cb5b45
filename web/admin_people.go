package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/i18n"
	"billportal/internal/ledger"
	"billportal/templates"
)

// PeopleKeeper keeps who has signed in, whether they may again, and their
// sessions. Every change adds its ledger entry in the same transaction.
type PeopleKeeper interface {
	Person(ctx context.Context, id access.PersonID) (access.Person, error)
	SetDisabled(ctx context.Context, id access.PersonID, disabled bool, why string, policy access.Policy, act ledger.Act) error
	Sessions(ctx context.Context, person access.PersonID) ([]access.Session, error)
	SessionCounts(ctx context.Context, limits access.SessionLimits) (map[access.PersonID]int, error)
	EndSessionOf(ctx context.Context, person access.PersonID, id string, act ledger.Act) error
	EndSessionsOf(ctx context.Context, person access.PersonID, except string, act ledger.Act) (int, error)
	EndEverySession(ctx context.Context, except string, act ledger.Act) (int, error)
}

// maxPeople is how many people a page lists; more are found by narrowing the
// search.
const maxPeople = 200

// The states that people are filtered by.
const (
	stateMayEnter = "enabled"
	stateDisabled = "disabled"
	stateSignedIn = "signedin"
)

// roleless stands in the filter for people without a role.
const roleless = "none"

// peopleFilter is the little form above the list of people.
type peopleFilter struct {
	text, role, state string
}

func parsePeopleFilter(given url.Values) (peopleFilter, error) {
	f := peopleFilter{text: strings.TrimSpace(given.Get("q")), role: given.Get("role"), state: given.Get("state")}
	roles := []string{"", string(access.Employee), string(access.Accountant), string(access.Admin), roleless}
	states := []string{"", stateMayEnter, stateDisabled, stateSignedIn}
	if utf8.RuneCountInString(f.text) > maxText || !cleanText(f.text) || !slices.Contains(roles, f.role) || !slices.Contains(states, f.state) {
		return f, badRequest("", errors.New("the filter of people is wrong"))
	}
	return f, nil
}

// matches reports whether a filter chooses a person who has some roles and
// sessions.
func (f peopleFilter) matches(p access.Person, roles []access.Role, sessions int) bool {
	switch {
	case f.role == roleless && len(roles) > 0,
		f.role != "" && f.role != roleless && !slices.Contains(roles, access.Role(f.role)),
		f.state == stateMayEnter && p.Disabled,
		f.state == stateDisabled && !p.Disabled,
		f.state == stateSignedIn && sessions == 0:
		return false
	}
	said := strings.ToLower(p.Name + "\n" + p.Email + "\n" + p.Subject + "\n" + strings.Join(p.Groups, "\n"))
	return strings.Contains(said, strings.ToLower(f.text))
}

// adminPeople lists everybody who has signed in.
func (s *Server) adminPeople(c echo.Context) error {
	f, err := parsePeopleFilter(c.QueryParams())
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	people, err := s.deps.Grants.People(ctx)
	if err != nil {
		return err
	}
	live, err := s.deps.People.SessionCounts(ctx, s.sessions.limits)
	if err != nil {
		return err
	}
	grants, err := s.deps.Grants.Grants(ctx)
	if err != nil {
		return err
	}
	page := s.page(c, "people.title")
	t := page.Texts
	people = slices.DeleteFunc(people, func(p access.Person) bool { return !f.matches(p, s.settings.Policy.RolesOf(p), live[p.ID]) })
	order := t.Order()
	slices.SortStableFunc(people, func(a, b access.Person) int { return order(a.DisplayName(), b.DisplayName()) })
	view := templates.AdminPeopleView{Page: page, Filter: f.form(t), Count: t.N("count.people", len(people))}
	if n := losing(live, viewer(c).Person.ID); n > 0 {
		view.EndAll = t.N("people.endallnow", n)
	}
	if len(people) > maxPeople {
		view.More = t.S("people.more", t.Number(itoa(maxPeople), 0), t.Number(itoa(len(people)), 0))
		people = people[:maxPeople]
	}
	for _, p := range people {
		view.Rows = append(view.Rows, s.peopleRow(t, p, live[p.ID], grants))
	}
	if len(view.Rows) == 0 {
		view.Empty = &templates.Empty{Kind: templates.EmptyNoMatch, Offers: []templates.Link{{Label: t.S("filter.clear"), URL: "/admin/people"}}}
	}
	return s.render(c, http.StatusOK, templates.AdminPeople(view))
}

// losing is how many people an end of every session but the present one signs out,
// out of the number of sessions of each. The admin who asks for it counts when they
// are signed in elsewhere too.
func losing(live map[access.PersonID]int, admin access.PersonID) int {
	n := 0
	for person, sessions := range live {
		if sessions > 1 || sessions == 1 && person != admin {
			n++
		}
	}
	return n
}

func (s *Server) peopleRow(t *i18n.Texts, p access.Person, live int, grants []access.Grant) templates.PeopleRow {
	given := 0
	for _, g := range grants {
		if g.GivenTo(p) {
			given++
		}
	}
	roles := roleNames(t, s.settings.Policy.RolesOf(p))
	if p.Disabled {
		roles = ""
	}
	return templates.PeopleRow{
		URL: personURL(p.ID), Name: visible(p.DisplayName()), Email: visible(p.Email), Subject: p.Subject, Roles: roles, Disabled: p.Disabled, ByLink: p.ByLink(),
		LastSignIn: s.instant(t, p.LastSignIn), Sessions: t.Number(itoa(live), 0), Grants: t.Number(itoa(given), 0),
	}
}

// personKey is the portal's key of a person in addresses and forms.
func personKey(id access.PersonID) string { return strconv.FormatInt(int64(id), 10) }

func personURL(id access.PersonID) string { return "/admin/people/" + personKey(id) }

// form is the filter as it was filled.
func (f peopleFilter) form(t *i18n.Texts) templates.PeopleFilter {
	view := templates.PeopleFilter{Query: templates.Field{Value: f.text}}
	for _, role := range []string{"", string(access.Employee), string(access.Accountant), string(access.Admin), roleless} {
		label := t.S("people.allroles")
		if role != "" {
			label = t.S("role." + role)
		}
		view.Roles = append(view.Roles, templates.Option{Value: role, Label: label, Selected: role == f.role})
	}
	for _, state := range []string{"", stateMayEnter, stateDisabled, stateSignedIn} {
		label := t.S("people.allstates")
		if state != "" {
			label = t.S("people.state." + state)
		}
		view.States = append(view.States, templates.Option{Value: state, Label: label, Selected: state == f.state})
	}
	return view
}

// endEverySession signs everybody out but the admin who asks for it.
func (s *Server) endEverySession(c echo.Context) error {
	act := s.act(c, "session.revoke")
	n, err := s.deps.People.EndEverySession(c.Request().Context(), currentSession(c).ID, act)
	if err != nil {
		return err
	}
	return s.leaveNotice(c, notice{Key: "notice.sessionsended", Counted: true, Count: n}, "/admin/people")
}
