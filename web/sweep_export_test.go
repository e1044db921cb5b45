package web

import (
	"encoding/base64"
	"net/http"

	"github.com/gorilla/securecookie"
)

// Opening is what a browser holds of a session that a test opens in the database
// itself: without the way over the identity provider a sweep would take hours.
type Opening struct {
	Cookie    *http.Cookie
	Hash      []byte // what the database knows the session by
	FormToken string
}

// Open makes a reference as signing in does, signed for the browser, and the form
// token of the session that it is for.
func (s *Server) Open(session string) (Opening, error) {
	reference := randomReference()
	value, err := securecookie.EncodeMulti(s.sessions.name, reference, s.sessions.codecs...)
	if err != nil {
		return Opening{}, err
	}
	key := derive(s.settings.Secrets[0], "form "+session)
	masked := append(make([]byte, len(key)), key...) // a mask of zeros, which is as good as any
	return Opening{
		Cookie: &http.Cookie{Name: s.sessions.name, Value: value}, Hash: hashOf(reference),
		FormToken: base64.RawURLEncoding.EncodeToString(masked),
	}, nil
}
