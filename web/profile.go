package web

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/i18n"
	"billportal/templates"
)

// profile shows a person who they are here, what they may see and why, and where
// they are signed in.
func (s *Server) profile(c echo.Context) error {
	ctx, person := c.Request().Context(), viewer(c).Person
	explained, err := s.explain(ctx, person)
	if err != nil {
		return err
	}
	live, err := s.liveSessions(c, person.ID)
	if err != nil {
		return err
	}
	page := s.page(c, "profile.title")
	t := page.Texts
	view := templates.ProfileView{
		Page: page, Name: visible(person.DisplayName()), Roles: s.roleRows(t, person), Groups: visibleAll(person.Groups),
		Facts:   []templates.Fact{{Label: t.S("person.email"), Value: person.Email}, {Label: t.S("person.subject"), Value: person.Subject}},
		Reasons: explained.reasons(t), Count: t.N("count.accounts", len(explained.open)),
		Sessions: s.sessionRows(t, live, currentSession(c).ID), Limits: s.sessionLimits(t), Others: len(live) > 1,
	}
	if why := explained.why(); why != "" {
		view.Why = t.S("explain.you." + why)
	}
	for i := range view.Sessions {
		if !view.Sessions[i].Current {
			view.Sessions[i].EndURL = "/profile/sessions/" + view.Sessions[i].ID + "/end"
		}
	}
	return s.render(c, http.StatusOK, templates.Profile(view))
}

// currentSession is the session of a request behind a rule that asks for one.
func currentSession(c echo.Context) access.Session {
	session, ok := c.Get(keySession).(*sessions.Session)
	if !ok {
		return access.Session{}
	}
	record, _ := held(session)
	return record
}

// liveSessions are a person's sessions that have not expired, the one used last
// first.
func (s *Server) liveSessions(c echo.Context, person access.PersonID) ([]access.Session, error) {
	all, err := s.deps.People.Sessions(c.Request().Context(), person)
	return slices.DeleteFunc(all, func(record access.Session) bool { return record.Expired(s.deps.Now(), s.sessions.limits) }), err
}

// othersThan is how many of some sessions are not the present one.
func othersThan(live []access.Session, present access.Session) int {
	n := 0
	for _, record := range live {
		if record.ID != present.ID {
			n++
		}
	}
	return n
}

// sessionRows tells sessions apart by browser, address and time.
func (s *Server) sessionRows(t *i18n.Texts, live []access.Session, current string) []templates.SessionRow {
	rows := make([]templates.SessionRow, 0, len(live))
	for _, record := range live {
		row := templates.SessionRow{
			ID: record.ID, Browser: browserName(t, record.Browser), Current: record.ID == current, Address: record.Address,
			Since: t.S("session.since", s.instant(t, record.CreatedAt)), Used: t.S("session.used", s.instant(t, record.SeenAt)),
		}
		if row.Current {
			row.Used = t.S("session.usednow")
		}
		rows = append(rows, row)
	}
	return rows
}

// sessionLimits says when sessions end by themselves.
func (s *Server) sessionLimits(t *i18n.Texts) string {
	return t.S("session.limits", durationText(t, s.settings.SessionIdle), durationText(t, s.settings.SessionMax))
}

// durationText is a length of time in whole hours, else in minutes, rounded up.
func durationText(t *i18n.Texts, d time.Duration) string {
	if d >= time.Hour && d%time.Hour == 0 {
		return t.N("count.hours", int(d/time.Hour))
	}
	return t.N("count.minutes", int((d+time.Minute-1)/time.Minute))
}

// findOwnSession looks a session up among the viewer's own.
func (s *Server) findOwnSession(c echo.Context) error {
	live, err := s.liveSessions(c, viewer(c).Person.ID)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(live, func(record access.Session) bool { return record.ID == c.Param("id") })
	if at < 0 {
		return billing.ErrNotFound
	}
	c.Set(keyObject, live[at])
	return nil
}

// endOwnSession ends another session of the viewer. The present one ends by
// signing out, which tidies the browser too.
func (s *Server) endOwnSession(c echo.Context) error {
	record, person := found[access.Session](c), viewer(c).Person
	if record.ID == currentSession(c).ID {
		return badRequest("session.signout", errors.New("the present session ends by signing out"))
	}
	act := s.act(c, "session.revoke")
	if err := s.deps.People.EndSessionOf(c.Request().Context(), person.ID, record.ID, act); err != nil {
		return err
	}
	return s.leaveNotice(c, notice{Key: "notice.sessionended", Args: []string{browserName(s.texts(c), record.Browser)}}, "/profile")
}

// endOtherSessions ends every session of the viewer but the present one.
func (s *Server) endOtherSessions(c echo.Context) error {
	person := viewer(c).Person
	act := s.act(c, "session.revoke")
	n, err := s.deps.People.EndSessionsOf(c.Request().Context(), person.ID, currentSession(c).ID, act)
	if err != nil {
		return err
	}
	return s.leaveNotice(c, notice{Key: "notice.sessionsended", Counted: true, Count: n}, "/profile")
}
