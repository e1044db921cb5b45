package billingapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"billportal/internal/billing"
)

// Options says where the Billing API is, who calls it, and how often it may be
// called. BaseURL, TokenURL and the three credentials are required.
type Options struct {
	BaseURL  string // e.g. https://api.orange.com/billing/b2b/v1; http only on loopback
	TokenURL string // the OAuth 2.0 token endpoint, on the same terms
	Scope    string // optional

	ClientID, ClientSecret string // only the token endpoint sees them
	APIKey                 string // only the API sees it

	// CallsPerMinute and CallsPerSecond are Orange's thresholds, 60 and 5 when
	// zero. 80 % of each is used, at least 1.
	CallsPerMinute, CallsPerSecond int

	Proxy  string // URL of a forward proxy; the environment is never asked
	CAFile string // PEM file of authorities to trust beside the system's

	Dialect   Dialect           // the zero value is BuiltInDialect
	Now       func() time.Time  // nil is time.Now
	Log       *slog.Logger      // nil is silence
	Transport http.RoundTripper // nil is the client's own; for tests
}

// Format writes where the options lead and none of their credentials, whatever
// the verb.
func (o Options) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "billingapi.Options{%s}", hostOf(o.BaseURL))
}

// LogValue is the text of Format, for slog.
func (o Options) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(o)) }

// Client calls the Billing API. It is safe for concurrent use, starts no
// goroutine of its own between calls, and needs no closing.
type Client struct {
	base, tokenURL *url.URL
	options        Options
	dialect        Dialect
	http           *http.Client
	now            func() time.Time
	log            *slog.Logger
	budget         *budget
	tokens         tokens
	history        history
	documentWay    atomic.Pointer[DocumentWay] // the last one that gave a PDF
	refused        sync.Map                    // names of query parameters the API will not take
}

// New checks the options and makes a client. It makes no call. Its errors name
// the option at fault and never quote a value.
func New(o Options) (*Client, error) {
	base, err := endpoint("BaseURL", o.BaseURL)
	if err != nil {
		return nil, err
	}
	tokenURL, err := endpoint("TokenURL", o.TokenURL)
	if err != nil {
		return nil, err
	}
	for name, value := range map[string]string{"ClientID": o.ClientID, "ClientSecret": o.ClientSecret, "APIKey": o.APIKey} {
		if !headerSafe(value) {
			return nil, fmt.Errorf("billingapi: %s is empty or holds a space or control character", name)
		}
	}
	dialect := o.Dialect
	if !dialect.set {
		dialect = BuiltInDialect()
	}
	if err := dialect.check(); err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	httpClient, err := newHTTPClient(o)
	if err != nil {
		return nil, err
	}
	return &Client{
		base: base, tokenURL: tokenURL, options: o, dialect: dialect, http: httpClient, now: o.Now, log: o.Log,
		budget: newBudget(o.Now, cmp.Or(o.CallsPerMinute, 60), cmp.Or(o.CallsPerSecond, 5)),
	}, nil
}

// Format writes the API's host and nothing that the client holds, whatever the
// verb.
func (c *Client) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "billingapi.Client{%s}", c.base.Host) }

// LogValue is the text of Format, for slog.
func (c *Client) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(c)) }

// SetThreshold changes Orange's thresholds at run time; 80 % of each is used, at
// least 1. Calls already made count against the new budget.
func (c *Client) SetThreshold(perMinute, perSecond int) { c.budget.setThreshold(perMinute, perSecond) }

// Status is the API's own report on its components, in whatever shape it comes:
// no error means that the API answered.
func (c *Client) Status(ctx context.Context) (raw []byte, err error) {
	a, err := c.get(ctx, resource{path: "/status", route: "/status"})
	if err != nil {
		return nil, err
	}
	return a.body, nil
}

// resource is one thing to GET below the base URL.
type resource struct {
	path   string // escaped
	route  string // its pattern, the form that logs may hold
	query  url.Values
	accept string // "" is JSON
	stream bool   // hand the body on unread: a document
}

// exchange is one HTTP request as do sends it.
type exchange struct {
	method  string
	url     string
	path    string
	route   string
	header  http.Header
	body    string
	class   Class
	limit   int64 // of a successful body, in bytes
	timeout time.Duration
	stream  bool
}

// answer is a successful answer: status 2xx, with its body read unless it was
// asked for as a stream.
type answer struct {
	status int
	header http.Header
	body   []byte
	stream io.ReadCloser
	length int64 // as announced, -1 unknown
}

// get makes an authorised call. When the API says that the token has expired
// (401 with code 42) it takes one new token and repeats the call once.
func (c *Client) get(ctx context.Context, r resource) (*answer, error) {
	t, err := c.token(ctx)
	if err != nil {
		return nil, err
	}
	a, err := c.do(ctx, c.authorised(ctx, r, t))
	if !c.tokenRefused(t, err) {
		return a, err
	}
	if t, err = c.token(ctx); err != nil {
		return nil, err
	}
	a, err = c.do(ctx, c.authorised(ctx, r, t))
	c.tokenRefused(t, err)
	return a, err
}

// authorised is the exchange for a resource of the API.
func (c *Client) authorised(ctx context.Context, r resource, t *token) exchange {
	x := exchange{
		method: http.MethodGet, path: r.path, route: r.route, class: classOf(ctx), stream: r.stream,
		url: strings.TrimSuffix(c.base.String(), "/") + r.path, header: http.Header{},
		limit: maxList, timeout: time.Duration(c.dialect.CallSeconds) * time.Second,
	}
	if len(r.query) > 0 {
		x.url += "?" + r.query.Encode()
	}
	for name, value := range c.dialect.Headers {
		x.header.Set(name, value)
	}
	x.header.Set("Accept", "application/json")
	if r.accept != "" {
		x.header.Set("Accept", r.accept)
	}
	x.header.Set("Accept-Language", c.dialect.Language)
	x.header.Set("Authorization", "Bearer "+t.value)
	x.header.Set("X-API-Key", c.options.APIKey)
	if r.stream {
		x.limit, x.timeout = maxDocument, time.Duration(c.dialect.DocumentSeconds)*time.Second
	}
	return x
}

// do is the one way out: every call passes through it, token requests included.
// A slot of the budget is taken before the call, and the outcome is recorded.
func (c *Client) do(ctx context.Context, x exchange) (*answer, error) {
	s, err := c.budget.reserve(ctx, x.class)
	if err != nil {
		return nil, fmt.Errorf("billingapi: %s %s: %w", x.method, x.route, err)
	}
	start := c.now()
	a, err := c.send(ctx, x, s)
	c.record(ctx, x, a, err, c.now().Sub(start))
	return a, err
}

// send makes the HTTP exchange on a slot and ends the slot when the last byte
// has been read, given up or timed out.
func (c *Client) send(caller context.Context, x exchange, s *slot) (*answer, error) {
	ctx, cancel := context.WithTimeout(caller, x.timeout)
	context.AfterFunc(ctx, s.end)
	request, err := http.NewRequestWithContext(ctx, x.method, x.url, strings.NewReader(x.body))
	if err != nil {
		cancel()
		return nil, c.noAnswer(caller, x, errors.New("the address cannot be called"))
	}
	request.Header = x.header
	request.Header.Set("User-Agent", "billportal")
	response, err := c.http.Do(request)
	s.answered()
	if err != nil {
		cancel()
		return nil, c.noAnswer(caller, x, err)
	}
	a := &answer{status: response.StatusCode, header: response.Header, length: response.ContentLength}
	if x.stream && ok2xx(a.status) && a.length <= x.limit {
		a.stream = &stream{body: response.Body, left: x.limit, finish: cancel}
		return a, nil
	}
	defer cancel()
	defer response.Body.Close()
	return c.readAnswer(caller, x, a, response.Body)
}

// readAnswer reads a body within its cap and tells success from failure.
func (c *Client) readAnswer(caller context.Context, x exchange, a *answer, body io.Reader) (*answer, error) {
	if !ok2xx(a.status) {
		data, _ := io.ReadAll(io.LimitReader(body, maxError)) // the status counts, whatever the body
		return nil, c.refusal(x, a, data)
	}
	if a.length > x.limit {
		return nil, c.malformed(x, a, tooLong)
	}
	data, err := io.ReadAll(io.LimitReader(body, x.limit+1))
	switch {
	case err != nil:
		return nil, c.noAnswer(caller, x, err)
	case int64(len(data)) > x.limit:
		return nil, c.malformed(x, a, tooLong)
	}
	a.body = data
	return a, nil
}

const tooLong = "the answer is longer than the client accepts"

func ok2xx(status int) bool { return status >= 200 && status <= 299 }

// segment escapes an opaque key of the API as one segment of a path. The keys
// that no path can hold, "", "." and "..", are not found.
func segment(id billing.UpstreamID) (string, error) {
	if id == "" || id == "." || id == ".." {
		return "", fmt.Errorf("billingapi: the key %q: %w", string(id), ErrNotFound)
	}
	return url.PathEscape(string(id)), nil
}
