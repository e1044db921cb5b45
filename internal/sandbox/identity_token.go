package sandbox

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// token exchanges a code (OpenID Connect Core 1.0, section 3.1.3). Whatever the
// outcome, a code is good for one try; a second one also ends the access token
// that the first one gave (RFC 6749, section 4.1.2).
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
	if r.PostForm.Get("grant_type") != "authorization_code" {
		writeOAuthError(w, http.StatusBadRequest, "unsupported_grant_type", "Only authorization_code is supported")
		return
	}
	g, why := p.redeem(r.PostForm)
	if why != "" {
		writeOAuthError(w, http.StatusBadRequest, "invalid_grant", why)
		return
	}
	writeNoStoreJSON(w, http.StatusOK, struct {
		AccessToken string `json:"access_token"`
		TokenType   string `json:"token_type"`
		ExpiresIn   int    `json:"expires_in"`
		IDToken     string `json:"id_token"`
		Scope       string `json:"scope"`
	}{g.token, "Bearer", int(idTokenLife / time.Second), p.idToken(g), strings.Join(g.request.scopes, " ")})
}

// redeem spends a code; the second result says why it cannot be had.
func (p *Identity) redeem(form url.Values) (*grant, string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.codes[form.Get("code")]
	if g == nil {
		return nil, "The code is not known"
	}
	if g.spent {
		delete(p.access, g.token)
		return nil, "The code was used before"
	}
	g.spent = true
	now := p.now()
	switch {
	case !now.Before(g.ends):
		return nil, "The code has expired"
	case form.Get("redirect_uri") != g.request.redirectURI:
		return nil, "The redirect URI is not the one of the request"
	case !same(challengeOf(form.Get("code_verifier")), g.request.challenge):
		return nil, "The code verifier is wrong"
	}
	g.token, g.ends = rand.Text(), now.Add(idTokenLife)
	for token, old := range p.access {
		if !now.Before(old.ends) {
			delete(p.access, token)
		}
	}
	p.access[g.token] = g
	return g, ""
}

// challengeOf is the S256 transformation of RFC 7636, section 4.2.
func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// idToken signs who signed in, and when (OpenID Connect Core 1.0, section 2).
func (p *Identity) idToken(g *grant) string {
	claims := g.claims()
	now := p.now()
	claims["iss"] = p.issuer
	claims["aud"] = p.clientID
	claims["azp"] = p.clientID
	claims["iat"] = now.Unix()
	claims["exp"] = now.Add(idTokenLife).Unix()
	claims["auth_time"] = g.signedIn.Unix()
	claims["sid"] = g.sid
	if g.request.nonce != "" {
		claims["nonce"] = g.request.nonce
	}
	return p.sign("JWT", claims)
}

// claims is what the granted scopes tell about the persona.
func (g *grant) claims() map[string]any {
	claims := map[string]any{"sub": g.persona.Subject}
	if slices.Contains(g.request.scopes, "profile") {
		claims["name"] = g.persona.Name
		claims["preferred_username"] = g.persona.Username
	}
	if slices.Contains(g.request.scopes, "email") {
		claims["email"] = g.persona.Email
		claims["email_verified"] = true
	}
	if slices.Contains(g.request.scopes, "groups") {
		claims["groups"] = append([]string{}, g.persona.Groups...)
	}
	return claims
}

// userinfo tells the same claims to the holder of the access token (section 5.3).
func (p *Identity) userinfo(w http.ResponseWriter, r *http.Request) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	p.mu.Lock()
	g := p.access[token]
	good := g != nil && strings.EqualFold(scheme, "Bearer") && p.now().Before(g.ends)
	p.mu.Unlock()
	if !good {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	writeNoStoreJSON(w, http.StatusOK, g.claims())
}
