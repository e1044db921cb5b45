package sandbox

import (
	"net/http"
	"sync"
	"time"
)

// How long things of the identity provider live.
const (
	interactionLife = 10 * time.Minute // an open sign-in page
	codeLife        = time.Minute      // an authorization code
	idTokenLife     = time.Hour        // ID and access tokens
	refreshLife     = 12 * time.Hour   // a refresh token that is not used
)

// Identity is the simulated identity provider: OpenID Connect Core 1.0 with the
// authorization code flow, PKCE with S256 (RFC 7636) required, one confidential
// client, and a sign-in page on which one picks who to be. It is an
// http.Handler; its methods may be called while it serves.
type Identity struct {
	issuer       string
	clientID     string
	clientSecret string
	now          func() time.Time
	mux          *http.ServeMux

	mu           sync.Mutex
	personas     []Persona
	redirects    map[string]bool
	postLogouts  map[string]bool
	interactions map[string]*authRequest
	codes        map[string]*grant
	access       map[string]*grant
	refresh      map[string]*refreshToken
	keys         []signer // the last one signs; empty until the first is needed
	tamper       func(header, claims map[string]any)
}

// authRequest is an authorization request that was found good.
type authRequest struct {
	redirectURI string
	state       string
	nonce       string
	challenge   string
	scopes      []string
	ends        time.Time
}

// grant is what a code, and later its tokens, stand for: a session of somebody.
// What is told about them is looked up each time, so that a change of their
// groups is seen by whoever asks again.
type grant struct {
	request  *authRequest
	subject  string
	sid      string
	signedIn time.Time
	ends     time.Time
	spent    bool   // the code was used
	token    string // the access token given last
}

// refreshToken is good once.
type refreshToken struct {
	grant *grant
	ends  time.Time
}

func newIdentity(issuer string, o *Options) *Identity {
	p := &Identity{
		issuer: issuer, clientID: o.OIDCClientID, clientSecret: o.OIDCClientSecret, now: o.Now,
		mux:          http.NewServeMux(),
		personas:     defaultPersonas(),
		redirects:    map[string]bool{},
		postLogouts:  map[string]bool{},
		interactions: map[string]*authRequest{},
		codes:        map[string]*grant{},
		access:       map[string]*grant{},
		refresh:      map[string]*refreshToken{},
	}
	for _, uri := range o.RedirectURIs {
		p.redirects[uri] = true
	}
	for _, uri := range o.PostLogoutURIs {
		p.postLogouts[uri] = true
	}
	go firstKey() // so that a start does not wait for it
	p.routes()
	return p
}

// routes is the map of the provider.
func (p *Identity) routes() {
	p.mux.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	p.mux.HandleFunc("GET /jwks", p.jwks)
	p.mux.HandleFunc("GET /authorize", p.authorize)
	p.mux.HandleFunc("POST /authorize", p.authorize)
	p.mux.HandleFunc("GET /signin/{interaction}", p.pick)
	p.mux.HandleFunc("POST /token", p.token)
	p.mux.HandleFunc("GET /userinfo", p.userinfo)
	p.mux.HandleFunc("POST /userinfo", p.userinfo)
	p.mux.HandleFunc("GET /logout", p.logout)
	p.mux.HandleFunc("POST /logout", p.logout)
	p.mux.HandleFunc("GET /signin.css", p.stylesheet)
}

// ServeHTTP answers with the headers every page of the provider carries.
func (p *Identity) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	p.mux.ServeHTTP(w, r)
}

// RegisterRedirectURI lets the client be called back at uri, compared exactly.
func (p *Identity) RegisterRedirectURI(uri string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.redirects[uri] = true
}

// RegisterPostLogoutURI lets the signed-out page link back to uri, compared
// exactly.
func (p *Identity) RegisterPostLogoutURI(uri string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.postLogouts[uri] = true
}

// discovery is the provider's metadata (OpenID Connect Discovery 1.0, section 3).
func (p *Identity) discovery(w http.ResponseWriter, _ *http.Request) {
	writeBytes(w, typeJSON, jsonText(map[string]any{
		"issuer":                                         p.issuer,
		"authorization_endpoint":                         p.issuer + "/authorize",
		"token_endpoint":                                 p.issuer + "/token",
		"userinfo_endpoint":                              p.issuer + "/userinfo",
		"jwks_uri":                                       p.issuer + "/jwks",
		"end_session_endpoint":                           p.issuer + "/logout",
		"scopes_supported":                               []string{"openid", "profile", "email", "groups"},
		"response_types_supported":                       []string{"code"},
		"response_modes_supported":                       []string{"query"},
		"grant_types_supported":                          []string{"authorization_code", "refresh_token"},
		"subject_types_supported":                        []string{"public"},
		"id_token_signing_alg_values_supported":          []string{"RS256"},
		"token_endpoint_auth_methods_supported":          []string{"client_secret_basic", "client_secret_post"},
		"code_challenge_methods_supported":               []string{"S256"},
		"authorization_response_iss_parameter_supported": true,
		"backchannel_logout_supported":                   true,
		"backchannel_logout_session_supported":           true,
		"claims_supported": []string{"iss", "aud", "azp", "sub", "exp", "iat", "auth_time", "nonce", "sid",
			"name", "preferred_username", "email", "email_verified", "groups"},
	}))
}
