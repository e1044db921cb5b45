package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/ledger"
	"billportal/templates"
)

// AdminLinkKeeper knows, by their hash, the links that sign an admin in without the
// identity provider. Whatever is wrong with a link is billing.ErrNotFound.
type AdminLinkKeeper interface {
	AdminLink(ctx context.Context, hash []byte, oldest time.Time) error
	SignInByLink(ctx context.Context, link []byte, oldest time.Time, p access.Person, s access.Session, hash []byte, limits access.SessionLimits, act ledger.Act) (access.Person, error)
}

// AdminLinkLife is how long such a link can be used.
const AdminLinkLife = 10 * time.Minute

const adminLinkPath = "/signin/link"

// NewAdminLink makes a link of the portal at a base URL, and the hash to keep of it.
// The link itself is for the one who asked, and for no log.
func NewAdminLink(portal string) (link string, hash []byte) {
	token := randomReference()
	return portal + adminLinkPath + "?" + url.Values{"token": {token}}.Encode(), hashOf(token)
}

// adminLink shows what a link is for. Looking at it does not use it up: programs
// that check links before people follow them must not.
func (s *Server) adminLink(c echo.Context) error {
	c.Response().Header().Set("Referrer-Policy", "no-referrer") // the address is the secret
	token := c.QueryParam("token")
	if err := s.deps.AdminLinks.AdminLink(c.Request().Context(), hashOf(token), s.deps.Now().Add(-AdminLinkLife)); err != nil {
		return refusedLink(err)
	}
	return s.render(c, http.StatusOK, templates.AdminLink(templates.AdminLinkView{Page: s.page(c, "adminlink.title"), Token: token}))
}

// useAdminLink signs in whoever holds a link, and uses it up with that: where
// signing in fails it can be tried again.
func (s *Server) useAdminLink(c echo.Context) error {
	if err := withoutQuery(c.Request()); err != nil {
		return err
	}
	link, oldest := hashOf(posted(c, "token")), s.deps.Now().Add(-AdminLinkLife)
	if err := s.deps.AdminLinks.AdminLink(c.Request().Context(), link, oldest); err != nil {
		return refusedLink(err)
	}
	if err := s.endSession(c, "session.replace"); err != nil {
		return err
	}
	person := access.Person{Issuer: access.LinkIssuer, Subject: "admin-link", Name: "Emergency link"}
	keep := func(ctx context.Context, p access.Person, record access.Session, hash []byte, limits access.SessionLimits, act ledger.Act) (access.Person, error) {
		return s.deps.AdminLinks.SignInByLink(ctx, link, oldest, p, record, hash, limits, act)
	}
	if err := s.openSession(c, person, access.Session{ProvedAt: s.deps.Now()}, providerTokens{}, keep); err != nil {
		return refusedLink(err)
	}
	return c.Redirect(http.StatusSeeOther, "/")
}

func refusedLink(err error) error {
	if errors.Is(err, billing.ErrNotFound) {
		return badRequest("adminlink.refused", errors.New("the admin link is unknown, used up or too old"))
	}
	return err
}
