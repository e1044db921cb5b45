package signin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

const (
	// discoveryLife is how long a discovery document is used before it is read
	// again; the old one stays in use while the provider does not answer.
	discoveryLife = time.Hour
	// firstRetry and lastRetry bound the pause after a failed discovery, which
	// doubles each time.
	firstRetry, lastRetry = time.Second, time.Minute
)

// algorithms are the asymmetric signatures we accept (RFC 7518 section 3.1, RFC
// 8037). HS* is missing on purpose: its key is the client secret, which more
// parties know than the provider's private key.
var algorithms = []string{"RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "EdDSA"}

// metadata is what we use of a discovery document (Discovery 1.0 section 3, RFC
// 9207 section 3, RP-Initiated Logout 1.0 section 2.1).
type metadata struct {
	Issuer        string   `json:"issuer"`
	Authorization string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	Keys          string   `json:"jwks_uri"`
	UserInfo      string   `json:"userinfo_endpoint"`
	EndSession    string   `json:"end_session_endpoint"`
	Algorithms    []string `json:"id_token_signing_alg_values_supported"`
	AuthMethods   []string `json:"token_endpoint_auth_methods_supported"`
	SendsIssuer   bool     `json:"authorization_response_iss_parameter_supported"`
}

// discovered is a checked discovery document; it does not change.
type discovered struct {
	metadata
	oauth2 oauth2.Config
	keys   *keySet
	at     time.Time
}

// Run keeps the provider known until ctx ends: it asks until the provider
// answers, with growing pauses, and again whenever the answer has become old. So
// a provider that was down when the portal started is found without anybody
// trying to sign in, and Problem is up to date.
func (p *Provider) Run(ctx context.Context) {
	for {
		timer := time.NewTimer(p.look(ctx))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

// look asks the provider if it is time to, and returns the pause until it is
// time again.
func (p *Provider) look(ctx context.Context) time.Duration {
	now := p.options.Now()
	_ = p.renew(ctx, now) // kept for Problem and for those who want to sign in
	if p.turn.take(ctx) != nil {
		return 0 // ctx has ended
	}
	defer p.turn.give()
	next := p.retryAt
	if d := p.known.Load(); d.fresh(now) {
		next = d.at.Add(discoveryLife)
	}
	return max(next.Sub(p.options.Now()), firstRetry)
}

// Problem says what somebody has to put right before people can sign in: nil,
// or an ErrMisconfigured with the reason, as of the provider's last discovery
// answer. A provider that cannot be reached is no problem of this kind. It calls
// nobody and never waits.
func (p *Provider) Problem() error {
	if problem := p.problem.Load(); problem != nil {
		return *problem
	}
	return nil
}

// Ready says why nobody can sign in now: it is nil, or an ErrUnavailable with the
// reason. It asks the provider when that has not succeeded yet, at most once in
// the pause after a failure, so it may be polled.
func (p *Provider) Ready(ctx context.Context) error {
	_, err := p.discover(ctx)
	return err
}

// discover returns the provider's endpoints, the last ones known when it does
// not answer now.
func (p *Provider) discover(ctx context.Context) (*discovered, error) {
	now := p.options.Now()
	if d := p.known.Load(); d.fresh(now) {
		return d, nil
	}
	err := p.renew(ctx, now)
	if d := p.known.Load(); d != nil {
		return d, nil
	}
	return nil, err
}

func (d *discovered) fresh(now time.Time) bool {
	return d != nil && now.Sub(d.at) < discoveryLife
}

// renew asks the provider, unless it answered lately or failed a moment ago; the
// error is then that failure. One caller asks while others wait.
func (p *Provider) renew(ctx context.Context, now time.Time) error {
	if err := p.turn.take(ctx); err != nil {
		return failure(ErrUnavailable, "waiting for discovery: %v", err)
	}
	defer p.turn.give()
	if p.known.Load().fresh(now) {
		return nil
	}
	if p.lastErr != nil && now.Before(p.retryAt) {
		return p.lastErr
	}
	d, err := p.fetchMetadata(ctx)
	if errors.Is(err, ErrMisconfigured) {
		p.problem.Store(&err)
	}
	switch {
	case err == nil:
		p.fails, p.lastErr = 0, nil
		p.known.Store(d)
		p.problem.Store(nil)
	case ctx.Err() == nil: // a caller that left says nothing about the provider
		p.retryAt = now.Add(min(firstRetry<<min(p.fails, 10), lastRetry))
		p.fails++
		p.lastErr = err
	}
	return err
}

func (p *Provider) fetchMetadata(ctx context.Context) (*discovered, error) {
	// Discovery section 4: the path is appended after removing a final slash.
	address := strings.TrimSuffix(p.options.Issuer, "/") + "/.well-known/openid-configuration"
	var m metadata
	if err := p.fetchJSON(ctx, address, "", &m); err != nil {
		return nil, failure(ErrUnavailable, "discovery: %v", err)
	}
	if m.Issuer != p.options.Issuer {
		return nil, failure(ErrMisconfigured, "discovery: the provider calls itself %q, but OIDC_ISSUER is %q; they must be equal to the last slash", clip(m.Issuer), p.options.Issuer)
	}
	for _, e := range []struct {
		name, address string
		optional      bool
	}{
		{"authorization_endpoint", m.Authorization, false},
		{"token_endpoint", m.Token, false},
		{"jwks_uri", m.Keys, false},
		{"userinfo_endpoint", m.UserInfo, true},
		{"end_session_endpoint", m.EndSession, true},
	} {
		if e.address == "" && e.optional {
			continue
		}
		if _, err := endpoint(e.address); err != nil {
			return nil, failure(ErrUnavailable, "discovery: %s: %v", e.name, err)
		}
	}
	m.Algorithms = usable(m.Algorithms)
	if len(m.Algorithms) == 0 {
		return nil, failure(ErrUnavailable, "discovery: the provider signs with no algorithm that we accept")
	}
	return p.describe(m), nil
}

// usable keeps the algorithms that we accept; RS256 is what a provider that
// names none must support (Discovery section 3).
func usable(offered []string) []string {
	if len(offered) == 0 {
		return []string{"RS256"}
	}
	return slices.DeleteFunc(offered, func(alg string) bool { return !slices.Contains(algorithms, alg) })
}

func (p *Provider) describe(m metadata) *discovered {
	// Choosing from the document avoids x/oauth2's probing, which sends a code
	// twice: a provider takes that for a stolen code. The default is Discovery's.
	style := oauth2.AuthStyleInHeader
	if slices.Contains(m.AuthMethods, "client_secret_post") && !slices.Contains(m.AuthMethods, "client_secret_basic") {
		style = oauth2.AuthStyleInParams
	}
	return &discovered{
		metadata: m,
		oauth2: oauth2.Config{
			ClientID:     p.options.ClientID,
			ClientSecret: p.options.ClientSecret,
			RedirectURL:  p.options.RedirectURL,
			Scopes:       p.options.Scopes,
			Endpoint:     oauth2.Endpoint{AuthURL: m.Authorization, TokenURL: m.Token, AuthStyle: style},
		},
		keys: newKeySet(p, m.Keys),
		at:   p.options.Now(),
	}
}

// answered is an error of an endpoint that works and does not give what was asked
// for: asking again would change nothing.
type answered string

func (a answered) Error() string { return string(a) }

// fetchJSON gets address, with a bearer token when there is one, into target.
// Its errors hold neither the token nor the answer.
func (p *Provider) fetchJSON(ctx context.Context, address, bearer string, target any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return errors.New("the address is malformed")
	}
	req.Header.Set("Accept", "application/json")
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	resp, err := p.options.Client.Do(req)
	if err != nil {
		return network(err)
	}
	defer func() { _ = resp.Body.Close() }()
	switch {
	case resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= http.StatusInternalServerError:
		return fmt.Errorf("%s answered with status %d", req.URL.Host, resp.StatusCode)
	case resp.StatusCode != http.StatusOK:
		return answered(fmt.Sprintf("%s answered with status %d", req.URL.Host, resp.StatusCode))
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return network(err)
	}
	if err := json.Unmarshal(body, target); err != nil {
		return answered(req.URL.Host + " did not answer with the expected JSON")
	}
	return nil
}

// network keeps the cause and the host of a failed call and drops the rest of
// the address.
func network(err error) error {
	var urlError *url.Error
	if !errors.As(err, &urlError) {
		return err
	}
	if u, parseErr := url.Parse(urlError.URL); parseErr == nil {
		return fmt.Errorf("%s: %w", u.Host, urlError.Err)
	}
	return urlError.Err
}
