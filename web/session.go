package web

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/ledger"
)

// SessionKeeper keeps people, their sessions and their grants. Sessions are known
// by the hash of the reference that the browser holds.
type SessionKeeper interface {
	SignIn(ctx context.Context, p access.Person, s access.Session, hash []byte, limits access.SessionLimits, act ledger.Act) (access.Person, error)
	Session(ctx context.Context, hash []byte) (access.Session, access.Person, error)
	Sessions(ctx context.Context, person access.PersonID) ([]access.Session, error)
	Person(ctx context.Context, id access.PersonID) (access.Person, error)
	TouchSession(ctx context.Context, hash []byte) error
	EndSession(ctx context.Context, hash []byte, act ledger.Act) error
	Scope(ctx context.Context, p access.Person) (access.Scope, error)
	AddSignInAttempt(ctx context.Context, a access.SignInAttempt, oldest time.Time) error
	TakeSignInAttempt(ctx context.Context, state string, browser []byte, oldest time.Time) (access.SignInAttempt, error)
}

// maxCookie is how long a cookie of the portal's own can be.
const maxCookie = 2048

var errNoSession = errors.New("web: no session")

// touchEvery is how stale the record of a session's last use may be; a write for
// every click would be waste.
const touchEvery = time.Minute

// sessionStore is a store of gorilla/sessions that keeps nothing in the browser
// but a signed random reference.
type sessionStore struct {
	keeper  SessionKeeper
	secrets [][]byte
	codecs  []securecookie.Codec
	options sessions.Options
	name    string
	browser string // name of the cookie that binds sign-ins to a browser
	limits  access.SessionLimits
	now     func() time.Time
}

func newSessionStore(keeper SessionKeeper, settings Settings, secure bool, now func() time.Time) *sessionStore {
	store := &sessionStore{
		keeper: keeper, secrets: settings.Secrets, name: "portal-session", browser: "portal-signin",
		limits: access.SessionLimits{Idle: settings.SessionIdle, Max: settings.SessionMax}, now: now,
		// The flags are fixed. On plain loopback alone browsers would refuse Secure
		// and with it the __Host- prefix.
		options: sessions.Options{Path: "/", Secure: secure, HttpOnly: true, SameSite: http.SameSiteLaxMode},
	}
	if secure {
		store.name, store.browser = "__Host-"+store.name, "__Host-"+store.browser
	}
	for _, secret := range settings.Secrets {
		codec := securecookie.New(derive(secret, "cookie"), nil)
		codec.MaxAge(int(settings.SessionMax / time.Second))
		store.codecs = append(store.codecs, codec)
	}
	return store
}

// derive makes a key of its own for each purpose of a secret.
func derive(secret []byte, purpose string) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("billportal " + purpose))
	return mac.Sum(nil)
}

// Get is the session of a request, looked up once.
func (s *sessionStore) Get(r *http.Request, name string) (*sessions.Session, error) {
	return sessions.GetRegistry(r).Get(s, name)
}

// The values of a session that lives in the database.
const (
	valueRecord = "record" // access.Session
	valuePerson = "person" // access.Person
)

// New looks up the session that a request's cookie refers to. Without one it
// returns a new session and errNoSession.
func (s *sessionStore) New(r *http.Request, name string) (*sessions.Session, error) {
	session := sessions.NewSession(s, name)
	options := s.options
	session.Options, session.IsNew = &options, true
	reference, ok := s.reference(r, name)
	if !ok {
		return session, errNoSession
	}
	record, person, err := s.keeper.Session(r.Context(), hashOf(reference))
	if errors.Is(err, billing.ErrNotFound) || err == nil && (person.Disabled || record.Expired(s.now(), s.limits)) {
		return session, errNoSession
	}
	if err != nil {
		return session, err
	}
	session.ID, session.IsNew = reference, false
	session.Values[valueRecord], session.Values[valuePerson] = record, person
	return session, nil
}

// Save hands the browser its reference, or takes it away when MaxAge is below
// zero.
func (s *sessionStore) Save(_ *http.Request, w http.ResponseWriter, session *sessions.Session) error {
	var value string
	if session.Options.MaxAge >= 0 {
		var err error
		if value, err = securecookie.EncodeMulti(session.Name(), session.ID, s.codecs...); err != nil {
			return err
		}
	}
	http.SetCookie(w, sessions.NewCookie(session.Name(), value, session.Options))
	return nil
}

// reference reads a signed reference from a cookie; anything else counts as none.
func (s *sessionStore) reference(r *http.Request, name string) (string, bool) {
	cookie, err := r.Cookie(name)
	if err != nil || len(cookie.Value) > maxCookie {
		return "", false
	}
	var reference string
	if err := securecookie.DecodeMulti(name, cookie.Value, &reference, s.codecs...); err != nil {
		return "", false
	}
	return reference, true
}

// randomReference is 256 random bits in letters, digits, "-" and "_".
func randomReference() string {
	bits := make([]byte, 32)
	_, _ = rand.Read(bits) // never fails, as crypto/rand documents
	return base64.RawURLEncoding.EncodeToString(bits)
}

func hashOf(reference string) []byte {
	sum := sha256.Sum256([]byte(reference))
	return sum[:]
}

// identify finds the viewer of a request from its session, or returns
// errNoSession.
func (s *Server) identify(c echo.Context) (access.Viewer, error) {
	session, err := s.sessions.Get(c.Request(), s.sessions.name)
	if err != nil {
		return access.Viewer{}, err
	}
	person, _ := session.Values[valuePerson].(access.Person)
	record, _ := session.Values[valueRecord].(access.Session)
	if !polls(c) && s.deps.Now().Sub(record.SeenAt) >= touchEvery {
		if err := s.deps.Sessions.TouchSession(c.Request().Context(), hashOf(session.ID)); err != nil {
			// The session ends earlier than it might, which is safe; people read on.
			s.deps.Log.ErrorContext(c.Request().Context(), "recording the use of a session", "request_id", requestID(c), "error", err)
		}
	}
	scope, err := s.deps.Sessions.Scope(c.Request().Context(), person)
	if err != nil {
		return access.Viewer{}, err
	}
	viewer := access.NewViewer(person, s.settings.Policy, scope)
	c.Set(keySession, session)
	c.Set(keyViewer, viewer)
	return viewer, nil
}

// polls reports whether a request is one that a page makes by itself: those do
// not count as use of the session.
func polls(c echo.Context) bool {
	return c.Path() == "/setup" || c.Path() == "/sync"
}

// csrfKey is what the form tokens of a request's session are made of.
func (s *Server) csrfKey(c echo.Context) []byte {
	session, ok := c.Get(keySession).(*sessions.Session)
	if !ok {
		return nil
	}
	return derive(s.settings.Secrets[0], "form "+session.ID)
}

// formToken is the token for the hidden field of forms, masked afresh for every
// answer, so that compressing answers tells nothing about it (BREACH).
func (s *Server) formToken(c echo.Context) string {
	key := s.csrfKey(c)
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
	key := s.csrfKey(c)
	token, err := base64.RawURLEncoding.DecodeString(c.Request().PostFormValue("csrf"))
	if err != nil || len(token) != 2*len(key) {
		return &pageError{status: http.StatusForbidden, sentence: "error.form", cause: errors.New("form token missing or malformed")}
	}
	unmasked := make([]byte, len(key))
	subtle.XORBytes(unmasked, token[:len(key)], token[len(key):])
	if subtle.ConstantTimeCompare(unmasked, key) != 1 {
		return &pageError{status: http.StatusForbidden, sentence: "error.form", cause: errors.New("form token of another session")}
	}
	return nil
}

// act begins a ledger entry for what the person of a request does.
func (s *Server) act(c echo.Context, action string) ledger.Act {
	return ledger.Act{Actor: access.ActorName(viewer(c).Person), Action: action, RequestID: requestID(c)}
}

func isSecure(url string) bool { return strings.HasPrefix(url, "https://") }
