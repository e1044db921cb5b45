package web

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"
)

// formKey is what the form tokens of a request's session are made of, with one of
// the secrets. It follows the session's ID: a form that was open when the reference
// changed still works.
func (s *Server) formKey(c echo.Context, secret []byte) []byte {
	session := currentSession(c).ID
	if session == "" {
		return nil
	}
	return derive(secret, "form "+session)
}

// formToken is the token for the hidden field of forms, masked afresh for every
// answer, so that compressing answers tells nothing about it (BREACH).
func (s *Server) formToken(c echo.Context) string {
	key := s.formKey(c, s.settings.Secrets[0])
	if key == nil {
		return ""
	}
	token := make([]byte, 2*len(key))
	_, _ = rand.Read(token[:len(key)]) // never fails, as crypto/rand documents
	subtle.XORBytes(token[len(key):], key, token[:len(key)])
	return base64.RawURLEncoding.EncodeToString(token)
}

// checkForm refuses a changing request whose form does not carry the session's
// token. Requests from other sites have been refused before.
func (s *Server) checkForm(c echo.Context) error {
	switch c.Request().Method {
	case http.MethodGet, http.MethodHead:
		return nil
	}
	token, err := base64.RawURLEncoding.DecodeString(c.Request().PostFormValue("csrf"))
	if err != nil || len(token) != 2*sha256.Size {
		return &pageError{status: http.StatusForbidden, sentence: "error.form", cause: errors.New("form token missing or malformed")}
	}
	unmasked := make([]byte, sha256.Size)
	subtle.XORBytes(unmasked, token[:sha256.Size], token[sha256.Size:])
	for _, secret := range s.settings.Secrets {
		if subtle.ConstantTimeCompare(unmasked, s.formKey(c, secret)) == 1 {
			return nil
		}
	}
	return &pageError{status: http.StatusForbidden, sentence: "error.form", cause: errors.New("form token of another session")}
}
