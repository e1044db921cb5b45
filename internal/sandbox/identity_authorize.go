package sandbox

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// authorize checks an authentication request (OpenID Connect Core 1.0, section
// 3.1.2) and shows the sign-in page. A request whose client or redirect URI is
// not registered is answered here and never redirected (RFC 6749, section
// 4.1.2.1).
func (p *Identity) authorize(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		showProblem(w, http.StatusBadRequest, "The request cannot be read.")
		return
	}
	form := r.Form
	uri := form.Get("redirect_uri")
	switch {
	case form.Get("client_id") != p.clientID:
		showProblem(w, http.StatusBadRequest, "This application is not registered here.")
		return
	case !p.isRedirect(uri):
		showProblem(w, http.StatusBadRequest, "This application may not send you back to that address.")
		return
	}
	if code, description := refusal(form); code != "" {
		back := url.Values{"error": {code}, "error_description": {description}}
		p.redirectBack(w, r, uri, form.Get("state"), back)
		return
	}
	id := p.open(&authRequest{
		redirectURI: uri, state: form.Get("state"), nonce: form.Get("nonce"),
		challenge: form.Get("code_challenge"), scopes: strings.Fields(form.Get("scope")),
	})
	showPicker(w, id, p.Personas())
}

// refusal says what is wrong with a request of a known client; "" is nothing.
func refusal(form url.Values) (code, description string) {
	prompt := strings.Fields(form.Get("prompt"))
	switch {
	case form.Get("response_type") != "code":
		return "unsupported_response_type", "Only the code flow is supported"
	case !slices.Contains(strings.Fields(form.Get("scope")), "openid"):
		return "invalid_scope", "The scope must contain openid"
	case form.Get("code_challenge_method") != "S256" || len(form.Get("code_challenge")) != 43:
		return "invalid_request", "PKCE with S256 is required"
	case form.Has("max_age") && !isSeconds(form.Get("max_age")):
		return "invalid_request", "max_age must be a number of seconds"
	case slices.Contains(prompt, "none"):
		return "login_required", "Nobody stays signed in here"
	}
	return "", ""
}

func isSeconds(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && n >= 0
}

func (p *Identity) isRedirect(uri string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.redirects[uri]
}

// open remembers a request while its sign-in page is shown, and forgets those
// whose page is too old.
func (p *Identity) open(request *authRequest) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	for id, old := range p.interactions {
		if !now.Before(old.ends) {
			delete(p.interactions, id)
		}
	}
	request.ends = now.Add(interactionLife)
	id := rand.Text()
	p.interactions[id] = request
	return id
}

// pick signs a persona in and sends the browser back with a code. Whoever picks is
// there now, so any max_age is kept. The page may be used again, by going back in
// the browser.
func (p *Identity) pick(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	request := p.interactions[r.PathValue("interaction")]
	who := p.indexOf(r.URL.Query().Get("subject"))
	if request == nil || who < 0 || !p.now().Before(request.ends) {
		p.mu.Unlock()
		showProblem(w, http.StatusGone, "This sign-in page is too old. Go back to the application and start again.")
		return
	}
	code := p.newCode(request, p.personas[who].Subject)
	p.mu.Unlock()
	p.redirectBack(w, r, request.redirectURI, request.state, url.Values{"code": {code}})
}

// newCode needs p.mu. It forgets codes that have long ended.
func (p *Identity) newCode(request *authRequest, subject string) string {
	now := p.now()
	for code, old := range p.codes {
		if now.Sub(old.ends) > idTokenLife {
			delete(p.codes, code)
		}
	}
	code := rand.Text()
	p.codes[code] = &grant{
		request: request, subject: subject, sid: rand.Text(),
		signedIn: now, ends: now.Add(codeLife),
	}
	return code
}

// redirectBack goes to a registered redirect URI, which keeps its own query. The
// iss parameter is RFC 9207's.
func (p *Identity) redirectBack(w http.ResponseWriter, r *http.Request, uri, state string, values url.Values) {
	target, err := url.Parse(uri)
	if err != nil {
		showProblem(w, http.StatusBadRequest, "The registered address cannot be read.")
		return
	}
	query := target.Query()
	for name, value := range values {
		query[name] = value
	}
	if state != "" {
		query.Set("state", state)
	}
	query.Set("iss", p.issuer)
	target.RawQuery = query.Encode()
	http.Redirect(w, r, target.String(), http.StatusSeeOther)
}
