package web

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"billportal/internal/ledger"
	"billportal/internal/signin"
)

// oauthError is how OAuth 2.0 says what was wrong (RFC 6749 section 5.2).
type oauthError struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

// providerSignOut ends the sessions that the identity provider has ended (OpenID
// Connect Back-Channel Logout 1.0 section 2.5). The provider itself posts here, with
// no browser; its signed token is the only proof that it does.
func (s *Server) providerSignOut(c echo.Context) error {
	ctx, r := c.Request().Context(), c.Request()
	if err := r.ParseForm(); err != nil || len(r.PostForm["logout_token"]) != 1 {
		return c.JSON(http.StatusBadRequest, oauthError{"invalid_request", "There must be one logout_token in a form."})
	}
	err := s.deps.SignIn.SignedOut(ctx, r.PostForm.Get("logout_token"), func(ended signin.EndedSession) error {
		return s.endProviderSessions(c, ended)
	})
	switch {
	case err == nil:
		return c.NoContent(http.StatusOK)
	case errors.Is(err, signin.ErrToken):
		s.deps.Log.WarnContext(ctx, "a logout token is refused", "request_id", requestID(c), "error", err)
		return c.JSON(http.StatusBadRequest, oauthError{"invalid_request", "The logout token is refused; the portal's log says why."})
	case errors.Is(err, signin.ErrUnavailable):
		s.deps.Log.ErrorContext(ctx, "a logout token cannot be checked", "request_id", requestID(c), "error", err)
		return c.JSON(http.StatusServiceUnavailable, oauthError{"temporarily_unavailable", "The provider's keys cannot be had."})
	}
	return err
}

// endProviderSessions does what a good logout token says.
func (s *Server) endProviderSessions(c echo.Context, ended signin.EndedSession) error {
	ctx := c.Request().Context()
	act := ledger.Act{Actor: actorProvider, Action: "session.provider", RequestID: requestID(c)}
	n, err := s.deps.Sessions.EndProviderSessions(ctx, s.deps.SignIn.Issuer(), ended.Subject, ended.SessionID, act)
	if err != nil {
		return err
	}
	s.deps.Log.InfoContext(ctx, "the identity provider ended sessions", "request_id", requestID(c), "sessions", n)
	return nil
}
