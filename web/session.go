package web

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
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
	EndSessionOf(ctx context.Context, person access.PersonID, id string, act ledger.Act) error
	EndProviderSessions(ctx context.Context, issuer, subject, sid string, act ledger.Act) (int, error)
	DropSession(ctx context.Context, hash []byte) error
	Scope(ctx context.Context, p access.Person) (access.Scope, error)
	sessionRenewer
	attemptKeeper
}

// sessionRenewer changes what a session rests on while it lasts.
type sessionRenewer interface {
	RenewSession(ctx context.Context, hash, renewed []byte, rights access.Rights, tokens []byte) error
	ProveSession(ctx context.Context, id string, renewed []byte, p access.Person, s access.Session, act ledger.Act) error
	RecordIdentity(ctx context.Context, p access.Person, session string, tokens []byte, act ledger.Act) error
	KeepTokens(ctx context.Context, session string, tokens []byte) error
}

// attemptKeeper keeps sign-ins that are under way.
type attemptKeeper interface {
	AddSignInAttempt(ctx context.Context, a access.SignInAttempt, oldest time.Time) error
	TakeSignInAttempt(ctx context.Context, state string, browser []byte, oldest time.Time) (access.SignInAttempt, error)
}

// maxCookie is how long a cookie of the portal's own can be.
const maxCookie = 2048

// errNoSession says that nobody is signed in; errDeadSession is that, for a browser
// whose session has run out or whose person may not come in any more.
var (
	errNoSession   = errors.New("web: no session")
	errDeadSession = fmt.Errorf("%w: it is over", errNoSession)
)

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
	switch {
	case errors.Is(err, billing.ErrNotFound):
		return session, errNoSession
	case err != nil:
		return session, err
	case person.Disabled || record.Expired(s.now(), s.limits.For(person)):
		return session, errDeadSession
	}
	session.ID, session.IsNew = reference, false
	hold(session, record, person)
	return session, nil
}

// hold puts into a session what the database says of it.
func hold(session *sessions.Session, record access.Session, person access.Person) {
	session.Values[valueRecord], session.Values[valuePerson] = record, person
}

// held is the reverse of hold; both are zero for a session that is none.
func held(session *sessions.Session) (access.Session, access.Person) {
	record, _ := session.Values[valueRecord].(access.Session)
	person, _ := session.Values[valuePerson].(access.Person)
	return record, person
}

// forget takes the reference away from the browser.
func (s *sessionStore) forget(c echo.Context) error {
	gone := sessions.NewSession(s, s.name)
	options := s.options
	options.MaxAge = -1
	gone.Options = &options
	return s.Save(c.Request(), c.Response(), gone)
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
