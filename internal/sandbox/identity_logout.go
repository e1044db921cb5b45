package sandbox

import (
	"crypto/rand"
	"maps"
	"net/http"
	"net/url"
)

// logout is the end-session endpoint (OpenID Connect RP-Initiated Logout 1.0). It
// ends the session that the hint names and says so, with a link back to the
// registered address that was asked for. A hint that is not ours, or names
// another client, ends nothing and earns no link.
func (p *Identity) logout(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		showProblem(w, http.StatusBadRequest, "The request cannot be read.")
		return
	}
	link := ""
	if p.knowsClient(r.Form) {
		link = p.linkBack(r.Form)
	}
	showSignedOut(w, link)
}

// knowsClient reports whether the request comes from our client, and ends the
// session that its hint names.
func (p *Identity) knowsClient(form url.Values) bool {
	client, hint := form.Get("client_id"), form.Get("id_token_hint")
	if hint == "" {
		return client == p.clientID
	}
	claims, err := p.verify(hint)
	if err != nil || claims["aud"] != p.clientID || client != "" && client != p.clientID {
		return false
	}
	p.endSessions(func(g *grant) bool { return g.sid == claims["sid"] })
	return true
}

// endSessions forgets everything that was given out for some sessions.
func (p *Identity) endSessions(ends func(*grant) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	maps.DeleteFunc(p.codes, func(_ string, g *grant) bool { return ends(g) })
	maps.DeleteFunc(p.access, func(_ string, g *grant) bool { return ends(g) })
	maps.DeleteFunc(p.refresh, func(_ string, r *refreshToken) bool { return ends(r.grant) })
}

func (p *Identity) linkBack(form url.Values) string {
	uri := form.Get("post_logout_redirect_uri")
	p.mu.Lock()
	registered := p.postLogouts[uri]
	p.mu.Unlock()
	if !registered {
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
// sid may be empty, not both. The sandbox itself calls nobody, and ends nothing by
// this: see Forget.
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
