package sandbox

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// tokenPath is where the API's tokens are asked for.
const tokenPath = "/oauth/v3/token" // #nosec G101 -- a path

// tokens remembers the access tokens that were given out and when each ends.
type tokens struct {
	mu   sync.Mutex
	ends map[string]time.Time
}

// issue makes a token that lives until end, and forgets those long over.
func (t *tokens) issue(now, end time.Time) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	for token, ended := range t.ends {
		if now.Sub(ended) > time.Hour {
			delete(t.ends, token)
		}
	}
	token := "sim-" + rand.Text()
	t.ends[token] = end
	return token
}

// check says what is wrong with a token at the instant now; nil is nothing.
func (t *tokens) check(token string, now time.Time) *problem {
	t.mu.Lock()
	defer t.mu.Unlock()
	end, known := t.ends[token]
	switch {
	case !known:
		return invalidCredentials("access token")
	case !now.Before(end):
		return expiredCredentials()
	}
	return nil
}

// revoke makes every token given out so far unknown.
func (t *tokens) revoke() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.ends)
}

// oauthError is the error body of RFC 6749, section 5.2.
type oauthError struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

func writeOAuthError(w http.ResponseWriter, status int, code, description string) {
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Basic realm="token"`)
	}
	writeNoStoreJSON(w, status, oauthError{code, description})
}

// writeNoStoreJSON answers as RFC 6749, section 5.1 wants tokens answered.
func writeNoStoreJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", typeJSON+"; charset=UTF-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Pragma", "no-cache")
	w.WriteHeader(status)
	_, _ = w.Write(jsonText(v)) // the client may have gone
}

// isForm says whether the body is a form, as token requests must be.
func isForm(r *http.Request) bool {
	name, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && name == "application/x-www-form-urlencoded"
}

// clientOf reads the client's credentials from Basic authentication or the form
// (RFC 6749, section 2.3.1, which has both parts form-encoded inside Basic).
func clientOf(r *http.Request) (id, secret string) {
	id, secret, ok := r.BasicAuth()
	if !ok {
		return r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	plainID, err1 := url.QueryUnescape(id)
	plainSecret, err2 := url.QueryUnescape(secret)
	if err1 != nil || err2 != nil {
		return id, secret
	}
	return plainID, plainSecret
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// token answers a client-credentials request (RFC 6749, section 4.4).
func (a *API) token(w http.ResponseWriter, r *http.Request) {
	now := a.now()
	if !a.tokenMinute.take(now) {
		s := a.Switches()
		setRetryAfter(w.Header(), s.RetryAfter, now)
		tooManyRequests(http.StatusTooManyRequests, "limit of token requests a minute").write(w, s.ErrorShape)
		return
	}
	if !isForm(r) {
		writeOAuthError(w, http.StatusUnsupportedMediaType, "invalid_request", "The body must be application/x-www-form-urlencoded")
		return
	}
	if err := r.ParseForm(); err != nil {
		writeOAuthError(w, http.StatusBadRequest, "invalid_request", "The body cannot be read")
		return
	}
	switch r.PostForm.Get("grant_type") {
	case "":
		writeOAuthError(w, http.StatusBadRequest, "invalid_request", "Missing grant_type in body")
		return
	case "client_credentials":
	default:
		writeOAuthError(w, http.StatusBadRequest, "unsupported_grant_type", "Only client_credentials is supported")
		return
	}
	id, secret := clientOf(r)
	if !same(id, a.clientID) || !same(secret, a.clientSecret) {
		if a.Switches().InvalidClient41 {
			invalidCredentials("client").write(w, a.Switches().ErrorShape)
			return
		}
		writeOAuthError(w, http.StatusUnauthorized, "invalid_client", "The client is not known or its secret is wrong")
		return
	}
	var life any = int(a.tokenLifetime / time.Second)
	if a.Switches().ExpiresInText {
		life = fmt.Sprint(life)
	}
	writeNoStoreJSON(w, http.StatusOK, struct {
		TokenType   string `json:"token_type"`
		AccessToken string `json:"access_token"`
		ExpiresIn   any    `json:"expires_in"`
	}{"Bearer", a.tokens.issue(now, now.Add(a.tokenLifetime)), life})
}
