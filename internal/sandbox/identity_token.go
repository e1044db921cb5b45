package sandbox

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// token exchanges a code (OpenID Connect Core 1.0, section 3.1.3) or a refresh
// token (section 12). Whatever the outcome, a code is good for one try; a second
// one also ends the tokens that the first one gave (RFC 6749, section 4.1.2).
func (p *Identity) token(w http.ResponseWriter, r *http.Request) {
	if !isForm(r) || r.ParseForm() != nil {
		writeOAuthError(w, http.StatusBadRequest, "invalid_request", "The body must be a form")
		return
	}
	id, secret := clientOf(r)
	if !same(id, p.clientID) || !same(secret, p.clientSecret) {
		writeOAuthError(w, http.StatusUnauthorized, "invalid_client", "The client is not known or its secret is wrong")
		return
	}
	var given issued
	var why string
	switch r.PostForm.Get("grant_type") {
	case "authorization_code":
		given, why = p.redeem(r.PostForm)
	case "refresh_token":
		given, why = p.renew(r.PostForm)
	default:
		writeOAuthError(w, http.StatusBadRequest, "unsupported_grant_type", "Only authorization_code and refresh_token are supported")
		return
	}
	if why != "" {
		writeOAuthError(w, http.StatusBadRequest, "invalid_grant", why)
		return
	}
	writeNoStoreJSON(w, http.StatusOK, struct {
		AccessToken  string `json:"access_token"`
		TokenType    string `json:"token_type"`
		ExpiresIn    int    `json:"expires_in"`
		RefreshToken string `json:"refresh_token"`
		IDToken      string `json:"id_token"`
		Scope        string `json:"scope"`
	}{given.access, "Bearer", int(idTokenLife / time.Second), given.refresh, p.idToken(given), strings.Join(given.grant.request.scopes, " ")})
}

// issued is what a request at the token endpoint is given.
type issued struct {
	grant           *grant
	persona         Persona
	nonce           string
	access, refresh string
}

// issue needs p.mu. It gives new tokens for a session; the second result says why
// it cannot.
func (p *Identity) issue(g *grant) (issued, string) {
	who := p.indexOf(g.subject)
	if who < 0 {
		return issued{}, "The person is not known any more"
	}
	now := p.now()
	maps.DeleteFunc(p.access, func(_ string, old *grant) bool { return !now.Before(old.ends) })
	maps.DeleteFunc(p.refresh, func(_ string, old *refreshToken) bool { return !now.Before(old.ends) })
	delete(p.access, g.token)
	g.token, g.ends = rand.Text(), now.Add(idTokenLife)
	p.access[g.token] = g
	refresh := rand.Text()
	p.refresh[refresh] = &refreshToken{g, now.Add(refreshLife)}
	return issued{grant: g, persona: p.personas[who], access: g.token, refresh: refresh}, ""
}

// renew spends a refresh token (OpenID Connect Core 1.0, section 12). The new ID
// token tells the groups of now, and when the person signed in.
func (p *Identity) renew(form url.Values) (issued, string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	old := p.refresh[form.Get("refresh_token")]
	delete(p.refresh, form.Get("refresh_token"))
	if old == nil || !p.now().Before(old.ends) {
		return issued{}, "The refresh token is not known, was used before, or has ended"
	}
	return p.issue(old.grant)
}

// redeem spends a code; the second result says why it cannot be had.
func (p *Identity) redeem(form url.Values) (issued, string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.codes[form.Get("code")]
	if g == nil {
		return issued{}, "The code is not known"
	}
	if g.spent {
		delete(p.access, g.token)
		maps.DeleteFunc(p.refresh, func(_ string, r *refreshToken) bool { return r.grant == g })
		return issued{}, "The code was used before"
	}
	g.spent = true
	switch {
	case !p.now().Before(g.ends):
		return issued{}, "The code has expired"
	case form.Get("redirect_uri") != g.request.redirectURI:
		return issued{}, "The redirect URI is not the one of the request"
	case !same(challengeOf(form.Get("code_verifier")), g.request.challenge):
		return issued{}, "The code verifier is wrong"
	}
	given, why := p.issue(g)
	given.nonce = g.request.nonce
	return given, why
}

// challengeOf is the S256 transformation of RFC 7636, section 4.2.
func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// idToken signs who signed in, and when (OpenID Connect Core 1.0, section 2).
func (p *Identity) idToken(given issued) string {
	g, now := given.grant, p.now()
	claims := g.claims(given.persona)
	claims["iss"] = p.issuer
	claims["aud"] = p.clientID
	claims["azp"] = p.clientID
	claims["iat"] = now.Unix()
	claims["exp"] = now.Add(idTokenLife).Unix()
	claims["auth_time"] = g.signedIn.Unix()
	claims["sid"] = g.sid
	if given.nonce != "" {
		claims["nonce"] = given.nonce
	}
	p.mu.Lock()
	tamper := p.tamper
	p.mu.Unlock()
	if tamper != nil {
		return p.sign("JWT", claims, tamper)
	}
	return p.sign("JWT", claims)
}

// claims is what the granted scopes tell about the persona.
func (g *grant) claims(persona Persona) map[string]any {
	claims := map[string]any{"sub": persona.Subject}
	if slices.Contains(g.request.scopes, "profile") {
		claims["name"] = persona.Name
		claims["preferred_username"] = persona.Username
	}
	if slices.Contains(g.request.scopes, "email") {
		claims["email"] = persona.Email
		claims["email_verified"] = true
	}
	if slices.Contains(g.request.scopes, "groups") {
		claims["groups"] = append([]string{}, persona.Groups...)
	}
	return claims
}

// userinfo tells the same claims, as they are now, to the holder of the access token (section 5.3).
func (p *Identity) userinfo(w http.ResponseWriter, r *http.Request) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	p.mu.Lock()
	g := p.access[token]
	var persona Persona
	good := g != nil && strings.EqualFold(scheme, "Bearer") && p.now().Before(g.ends) && p.indexOf(g.subject) >= 0
	if good {
		persona = p.personas[p.indexOf(g.subject)]
	}
	p.mu.Unlock()
	if !good {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	writeNoStoreJSON(w, http.StatusOK, g.claims(persona))
}
