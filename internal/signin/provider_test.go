package signin_test

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"billportal/internal/signin"

	"github.com/go-jose/go-jose/v4"
)

const (
	clientID     = "portal"
	clientSecret = "tell-tale-secret"
	callback     = "https://bills.example.com/signin/callback"
)

type object = map[string]any

var curve = elliptic.P256()

// fakeProvider is an identity provider that does everything right until a test
// sets a switch. It answers the calls of one test, one after another.
type fakeProvider struct {
	*httptest.Server
	t *testing.T

	discovery func(object)               // changes the discovery document
	header    func(object)               // changes the token's header
	claims    func(object)               // changes the ID token's claims
	forge     func(claims []byte) string // replaces the signed token
	keys      func([]jose.JSONWebKey) []jose.JSONWebKey
	userinfo  object // nil: answers 500
	formOnly  bool   // the client secret is taken from the form only
	status    int    // of the token endpoint when it refuses
	refusal   string // the error code of that refusal
	refresh   string // the refresh token that is good now; "" gives none
	rotates   bool   // each refresh gives a new one
	bare      bool   // a refresh gives no ID token

	key              *ecdsa.PrivateKey
	keyID            string
	nonce, challenge string
	maxAge           string
	asked            struct{ discovery, keys, token, userinfo atomic.Int32 }

	mu  sync.Mutex
	now time.Time
}

func newFake(t *testing.T) *fakeProvider {
	t.Helper()
	f := &fakeProvider{t: t, key: newKey(t), keyID: "first", now: time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", f.serveDiscovery)
	mux.HandleFunc("GET /keys", f.serveKeys)
	mux.HandleFunc("POST /token", f.serveToken)
	mux.HandleFunc("GET /userinfo", f.serveUserInfo)
	f.Server = httptest.NewServer(mux)
	t.Cleanup(f.Close)
	return f
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (f *fakeProvider) clock() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *fakeProvider) pass(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
}

// portal returns our side, as it is in production but for the clock.
func (f *fakeProvider) portal() *signin.Provider {
	f.t.Helper()
	p, err := signin.New(signin.Options{
		Issuer: f.URL, ClientID: clientID, ClientSecret: clientSecret, RedirectURL: callback,
		Scopes: []string{"openid", "profile"}, GroupsClaim: "groups", Now: f.clock,
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return p
}

// begin starts a sign-in and keeps what a browser would carry to the provider.
func (f *fakeProvider) begin(p *signin.Provider, maxAge time.Duration) (signin.Attempt, url.Values) {
	f.t.Helper()
	attempt, address, err := p.Begin(f.t.Context(), maxAge)
	if err != nil {
		f.t.Fatal(err)
	}
	return attempt, f.carry(address)
}

// carry is the browser's way to the provider and back.
func (f *fakeProvider) carry(address string) url.Values {
	f.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		f.t.Fatal(err)
	}
	query := u.Query()
	f.nonce, f.challenge, f.maxAge = query.Get("nonce"), query.Get("code_challenge"), query.Get("max_age")
	return url.Values{"state": {query.Get("state")}, "code": {"good-code"}}
}

// signIn goes all the way.
func (f *fakeProvider) signIn(p *signin.Provider) (signin.Identity, error) {
	f.t.Helper()
	attempt, answer := f.begin(p, 0)
	return p.Finish(f.t.Context(), attempt, answer)
}

func (f *fakeProvider) serveDiscovery(w http.ResponseWriter, _ *http.Request) {
	f.asked.discovery.Add(1)
	document := object{
		"issuer": f.URL, "authorization_endpoint": f.URL + "/auth?tenant=1", "token_endpoint": f.URL + "/token",
		"jwks_uri": f.URL + "/keys", "end_session_endpoint": f.URL + "/logout?tenant=1",
		"id_token_signing_alg_values_supported": []string{"ES256", "HS256", "none"},
	}
	if f.userinfo != nil {
		document["userinfo_endpoint"] = f.URL + "/userinfo"
	}
	if f.discovery != nil {
		f.discovery(document)
	}
	answer(w, http.StatusOK, document)
}

func (f *fakeProvider) serveKeys(w http.ResponseWriter, _ *http.Request) {
	f.asked.keys.Add(1)
	keys := []jose.JSONWebKey{{Key: f.key.Public(), KeyID: f.keyID, Algorithm: "ES256", Use: "sig"}}
	if f.keys != nil {
		keys = f.keys(keys)
	}
	answer(w, http.StatusOK, object{"keys": keys})
}

func (f *fakeProvider) serveToken(w http.ResponseWriter, r *http.Request) {
	f.asked.token.Add(1)
	user, password, inHeader := r.BasicAuth()
	if f.formOnly && !inHeader {
		user, password = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	switch {
	case f.status != 0:
		answer(w, f.status, object{"error": cmp.Or(f.refusal, "server_error"), "error_description": clientSecret})
	case user != clientID || password != clientSecret:
		answer(w, http.StatusUnauthorized, object{"error": "invalid_client"})
	case r.PostFormValue("grant_type") == "refresh_token":
		f.serveRefresh(w, r)
	case r.PostFormValue("redirect_uri") != callback:
		answer(w, http.StatusBadRequest, object{"error": "invalid_grant"})
	case r.PostFormValue("code") != "good-code" || base64.RawURLEncoding.EncodeToString(sum[:]) != f.challenge:
		answer(w, http.StatusBadRequest, object{"error": "invalid_grant"})
	default:
		body := object{"access_token": "access", "token_type": "Bearer", "id_token": f.idToken()}
		if f.refresh != "" {
			body["refresh_token"] = f.refresh
		}
		answer(w, http.StatusOK, body)
	}
}

func (f *fakeProvider) serveRefresh(w http.ResponseWriter, r *http.Request) {
	if f.refresh == "" || r.PostFormValue("refresh_token") != f.refresh {
		answer(w, http.StatusBadRequest, object{"error": "invalid_grant"})
		return
	}
	body := object{"access_token": "access", "token_type": "Bearer"}
	if f.rotates {
		f.refresh += "+"
		body["refresh_token"] = f.refresh
	}
	if !f.bare {
		f.nonce = "" // as Core section 12.2 advises
		body["id_token"] = f.idToken()
	}
	answer(w, http.StatusOK, body)
}

func (f *fakeProvider) serveUserInfo(w http.ResponseWriter, r *http.Request) {
	f.asked.userinfo.Add(1)
	if r.Header.Get("Authorization") != "Bearer access" || len(f.userinfo) == 0 {
		answer(w, http.StatusInternalServerError, object{})
		return
	}
	answer(w, http.StatusOK, f.userinfo)
}

func (f *fakeProvider) idToken() string {
	now := f.clock()
	claims := object{
		"iss": f.URL, "aud": clientID, "sub": "subject-1", "nonce": f.nonce, "sid": "session-1",
		"iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(), "auth_time": now.Add(-10 * time.Minute).Unix(),
		"name": "Ada Lovelace", "email": "ada@example.com", "groups": []string{"staff", "Paris"},
	}
	if f.claims != nil {
		f.claims(claims)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		f.t.Error(err)
	}
	if f.forge != nil {
		return f.forge(payload)
	}
	return f.sign(payload)
}

func (f *fakeProvider) sign(payload []byte) string {
	header := object{"kid": f.keyID, "typ": "JWT"}
	if f.header != nil {
		f.header(header)
	}
	options := &jose.SignerOptions{}
	for name, value := range header {
		options.WithHeader(jose.HeaderKey(name), value)
	}
	return serialize(f.t, jose.SigningKey{Algorithm: jose.ES256, Key: f.key}, options, payload)
}

// logoutToken is what the provider posts when a session ends there.
func (f *fakeProvider) logoutToken(change func(object)) string {
	now := f.clock()
	claims := object{
		"iss": f.URL, "aud": clientID, "sub": "subject-1", "sid": "session-1", "jti": "notice-1",
		"iat": now.Unix(), "exp": now.Add(2 * time.Minute).Unix(),
		"events": object{"http://schemas.openid.net/event/backchannel-logout": object{}},
	}
	if change != nil {
		change(claims)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		f.t.Error(err)
	}
	return f.sign(payload)
}

func serialize(t *testing.T, key jose.SigningKey, options *jose.SignerOptions, payload []byte) string {
	signer, err := jose.NewSigner(key, options)
	if err != nil {
		t.Error(err)
		return ""
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		t.Error(err)
		return ""
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		t.Error(err)
	}
	return text
}

func answer(w http.ResponseWriter, status int, body object) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func set(values object) func(object) {
	return func(o object) { maps.Copy(o, values) }
}

func drop(name string) func(object) {
	return func(o object) { delete(o, name) }
}
