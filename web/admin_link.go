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
	"billportal/templates"
)

// AdminLinkKeeper knows, by their hash, the links that sign an admin in without the
// identity provider. Whatever is wrong with a link is billing.ErrNotFound.
type AdminLinkKeeper interface {
	AdminLink(ctx context.Context, hash []byte, oldest time.Time) error
	TakeAdminLink(ctx context.Context, hash []byte, oldest time.Time) error
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

// useAdminLink uses a link up and signs in whoever holds it.
func (s *Server) useAdminLink(c echo.Context) error {
	if err := withoutQuery(c.Request()); err != nil {
		return err
	}
	token := posted(c, "token")
	if err := s.deps.AdminLinks.TakeAdminLink(c.Request().Context(), hashOf(token), s.deps.Now().Add(-AdminLinkLife)); err != nil {
		return refusedLink(err)
	}
	if err := s.endSession(c, "session.replace"); err != nil {
		return err
	}
	person := access.Person{Issuer: access.LinkIssuer, Subject: "admin-link", Name: "Emergency link"}
	if err := s.openSession(c, person, providerTokens{}, "", s.deps.Now()); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/")
}

func refusedLink(err error) error {
	if errors.Is(err, billing.ErrNotFound) {
		return badRequest("adminlink.refused", errors.New("the admin link is unknown, used up or too old"))
	}
	return err
}
