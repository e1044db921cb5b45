// Package signin proves who a person is, with OpenID Connect's authorization
// code flow and PKCE against the company's identity provider.
//
// The provider decides who somebody is and which groups they belong to; what
// that allows in the portal is decided elsewhere. A person is the pair of issuer
// and subject: names and addresses are for reading only, because the provider's
// users can often change them.
//
// Standards: OpenID Connect Core 1.0 and Discovery 1.0, RP-Initiated and
// Back-Channel Logout 1.0, RFC 6749, RFC 7636 (PKCE), RFC 9207 (iss parameter).
package signin

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

const (
	// leeway is how far the provider's clock may be from ours.
	leeway = time.Minute
	// attemptLife is how long a person may take at the provider.
	attemptLife = 10 * time.Minute
	// maxToken bounds an ID or logout token in bytes.
	maxToken = 64 << 10
	// maxName bounds sub, sid and jti in bytes; Core section 2 allows a subject no more.
	maxName = 255
)

// Kinds of failure. Every error of this package is of one kind and adds a
// reason for the log that holds no token, code or secret. The text is not for
// the reader's page.
var (
	// ErrUnavailable means the provider cannot be reached, or its answers make no
	// sense; trying again later may help.
	ErrUnavailable = errors.New("identity provider unavailable")
	// ErrUnanswered means that one question got an answer too late, or one that says
	// nothing of the person. It is an ErrUnavailable; about others the provider may
	// well answer.
	ErrUnanswered = fmt.Errorf("%w: this question has no answer", ErrUnavailable)
	// ErrMisconfigured means the provider answered and contradicts our
	// configuration: somebody has to change one of the two. Nobody can sign in
	// until then, so it is an ErrUnavailable as well.
	ErrMisconfigured = fmt.Errorf("%w: it contradicts the configuration", ErrUnavailable)
	// ErrCallback means the request is not the answer to a sign-in that this
	// browser began a short while ago.
	ErrCallback = errors.New("sign-in callback refused")
	// ErrDenied means the provider did not sign the person in.
	ErrDenied = errors.New("identity provider denied the sign-in")
	// ErrToken means the provider's token or claims did not pass a check.
	ErrToken = errors.New("identity token refused")
	// ErrEnded means the provider no longer vouches for a person who had signed in:
	// the person, or the session there, is gone.
	ErrEnded = errors.New("identity provider ended the session")
)

// Options are what a Provider needs to know.
type Options struct {
	// Issuer is compared byte for byte with what the provider says of itself.
	Issuer       string
	ClientID     string
	ClientSecret string
	// Scopes must contain "openid".
	Scopes []string
	// GroupsClaim is the top-level claim that lists a person's groups.
	GroupsClaim string
	// RedirectURL is the callback, from configuration and never from a request.
	RedirectURL string
	// Client makes every call to the provider; nil means NewClient().
	Client *http.Client
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Provider is the company's identity provider. It is safe for concurrent use,
// and makes no call before it is asked something or Run is called.
type Provider struct {
	options Options
	known   atomic.Pointer[discovered] // nil until the provider has answered
	problem atomic.Pointer[error]      // what the last answer contradicts

	turn    turn // held while the provider is asked; guards the three fields below
	fails   int
	retryAt time.Time
	lastErr error

	limiter *rate.Limiter // of refetches caused by unknown keys of ID tokens
	strange *rate.Limiter // of those caused by logout tokens, which anybody can send
	states  once          // states of finished attempts
	notices once          // jti of logout tokens
}

// New returns the provider without calling it, so that the portal starts while
// the provider is down. The error names an option that cannot work.
func New(o Options) (*Provider, error) {
	if o.Client == nil {
		o.Client = NewClient()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Issuer == "" || o.ClientID == "" || o.RedirectURL == "" || o.GroupsClaim == "" {
		return nil, errors.New("signin: issuer, client id, redirect URL and groups claim are all needed")
	}
	if _, err := endpoint(o.Issuer); err != nil {
		return nil, fmt.Errorf("signin: issuer: %w", err)
	}
	return &Provider{
		options: o,
		turn:    newTurn(),
		// A rotation needs one refetch; three leave room for a rotation right after
		// another, and then forged key names cost the provider one call in 5 minutes.
		limiter: rate.NewLimiter(rate.Every(5*time.Minute), 3),
		strange: rate.NewLimiter(rate.Every(5*time.Minute), 1),
	}, nil
}

// Issuer is the provider's name, which every person of it has.
func (p *Provider) Issuer() string { return p.options.Issuer }

// endpoint accepts https, and http on this machine only: everything that proves
// an identity travels there.
func endpoint(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.User != nil || u.Fragment != "" {
		return nil, fmt.Errorf("%q is not a usable URL", clip(text))
	}
	if u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname()) {
		return u, nil
	}
	return nil, fmt.Errorf("%q is not https", clip(text))
}

// failure makes an error of the given kind with a reason for the log.
func failure(kind error, format string, args ...any) error {
	return fmt.Errorf("%w: %s", kind, clip(fmt.Sprintf(format, args...)))
}

// clip bounds text that others chose before it goes to a log.
func clip(text string) string {
	const most = 300
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}
