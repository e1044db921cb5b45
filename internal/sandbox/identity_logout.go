package sandbox

import (
	"crypto/rand"
	"net/http"
	"net/url"
)

// logout is the end-session endpoint (OpenID Connect RP-Initiated Logout 1.0).
// Nobody stays signed in here, so it only says so, with a link back to the
// registered address that was asked for. A hint that is not ours, or names
// another client, earns no link.
func (p *Identity) logout(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		showProblem(w, http.StatusBadRequest, "The request cannot be read.")
		return
	}
	showSignedOut(w, p.linkBack(r.Form))
}

func (p *Identity) linkBack(form url.Values) string {
	uri := form.Get("post_logout_redirect_uri")
	p.mu.Lock()
	registered := p.postLogouts[uri]
	p.mu.Unlock()
	if !registered {
		return ""
	}
	client := form.Get("client_id")
	if hint := form.Get("id_token_hint"); hint != "" {
		claims, err := p.verify(hint)
		if err != nil || (client != "" && claims["aud"] != client) {
			return ""
		}
		client, _ = claims["aud"].(string)
	}
	if client != p.clientID {
		return ""
	}
	target, err := url.Parse(uri)
	if err != nil {
		return ""
	}
	if state := form.Get("state"); state != "" {
		query := target.Query()
		query.Set("state", state)
		target.RawQuery = query.Encode()
	}
	return target.String()
}

// LogoutToken makes the token a provider posts as logout_token to the client's
// back channel (OpenID Connect Back-Channel Logout 1.0, section 2.4). Subject or
// sid may be empty, not both. The sandbox itself calls nobody.
func (p *Identity) LogoutToken(subject, sid string) string {
	now := p.now()
	claims := map[string]any{
		"iss": p.issuer, "aud": p.clientID, "iat": now.Unix(), "exp": now.Add(codeLife).Unix(), "jti": rand.Text(),
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
	}
	if subject != "" {
		claims["sub"] = subject
	}
	if sid != "" {
		claims["sid"] = sid
	}
	return p.sign("logout+jwt", claims)
}
