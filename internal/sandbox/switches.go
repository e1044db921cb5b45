package sandbox

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Switches are the ways in which the real API may differ in what it wants and
// answers, where nothing is wrong. The zero value is the contract of the
// package comment. The JSON names are the words of the control API and of
// the command's --switch.
type Switches struct {
	ExpiresInText   bool `json:"expiresInText"`   // expires_in is a string
	InvalidClient41 bool `json:"invalidClient41"` // an unknown client at the token endpoint is 401/41, not invalid_client

	MissingKey string `json:"missingKey"` // refusal without an API key; default 400/25
	WrongKey   string `json:"wrongKey"`   // of an unknown one; default 401/41
	RevokedKey string `json:"revokedKey"` // of a lapsed one; default 403/50

	StrictAccept     bool `json:"strictAccept"`     // no Accept header is 406/62
	StrictParameters bool `json:"strictParameters"` // an unknown query parameter is 400/28
	OpenStatus       bool `json:"openStatus"`       // GET /status wants no credentials

	MaxLimit       int  `json:"maxLimit"`       // rows of a page at most; default 1000
	RefuseLimit    bool `json:"refuseLimit"`    // a limit above it is 400/28, not cut down
	PartialContent bool `json:"partialContent"` // a page that is not the whole list is 206
	RefuseOffset   bool `json:"refuseOffset"`   // an offset past the end is 416, not an empty list

	DocumentPath     bool `json:"documentPath"`     // GET /bills/{billId}/document exists
	RedirectDocument bool `json:"redirectDocument"` // and answers 302 to /files/{billId}
	NoPDFByAccept    bool `json:"noPDFByAccept"`    // GET /bills/{billId} has JSON alone
	NoAsync          bool `json:"noAsync"`          // X-RESPONSE-MODE means nothing

	PositiveCreditNotes bool `json:"positiveCreditNotes"` // amounts of credit notes carry the other sign

	Throttle429 bool   `json:"throttle429"` // a limit is 429/53, not 403/53
	RetryAfter  string `json:"retryAfter"`  // given with it: seconds, or a word of retry-after
	ErrorShape  string `json:"errorShape"`  // of every refusal: object, array, oauth, tmf, html, text or empty
}

func (s *Switches) check() error {
	var faults []error
	for name, text := range map[string]string{"missingKey": s.MissingKey, "wrongKey": s.WrongKey, "revokedKey": s.RevokedKey} {
		if _, known := refusalOf(text); text != "" && !known {
			faults = append(faults, fmt.Errorf("sandbox: switch %s: no refusal %q", name, text))
		}
	}
	if s.MaxLimit < 0 {
		faults = append(faults, fmt.Errorf("sandbox: switch maxLimit: %d is negative", s.MaxLimit))
	}
	if s.ErrorShape != "" && !slices.Contains(Shapes(), s.ErrorShape) {
		faults = append(faults, fmt.Errorf("sandbox: switch errorShape: none of %s", strings.Join(Shapes(), ", ")))
	}
	return errors.Join(append(faults, checkRetryAfter(s.RetryAfter))...)
}

// Set turns a switch: its JSON name alone, or name=value.
func (s *Switches) Set(text string) error {
	name, value, given := strings.Cut(text, "=")
	if !given {
		value = "true"
	}
	for _, candidate := range []string{value, string(jsonText(value))} {
		changed := *s
		dec := json.NewDecoder(strings.NewReader("{" + string(jsonText(name)) + ":" + candidate + "}"))
		dec.DisallowUnknownFields()
		if dec.Decode(&changed) == nil {
			if err := changed.check(); err != nil {
				return err
			}
			*s = changed
			return nil
		}
	}
	return fmt.Errorf("sandbox: no switch takes %q", text)
}

// Switches gives the switches as they stand.
func (a *API) Switches() Switches { return *a.switches.Load() }

// SetSwitches turns all switches at once, from the next request on.
func (a *API) SetSwitches(s Switches) error {
	if err := s.check(); err != nil {
		return err
	}
	a.switches.Store(&s)
	return nil
}

// insteadOf is p, or the one a switch names instead of it.
func insteadOf(chosen string, p *problem) *problem {
	if other, known := refusalOf(chosen); known {
		return &problem{other.status, other.code, other.message, p.description}
	}
	return p
}

// throttled refuses a call above a limit as the switches say.
func (a *API) throttled(out *answer, status int, limit string) {
	s := a.Switches()
	if s.Throttle429 {
		status = http.StatusTooManyRequests
	}
	setRetryAfter(out.header, s.RetryAfter, a.now())
	tooManyRequests(status, limit).write(out, s.ErrorShape)
}

// parameters are what each route takes in its query; the rest is ignored, or
// refused by a switch.
var parameters = map[string][]string{
	RouteBills:    {"billingAccountId", "type", "issuedAt", "period", "offset", "limit", "sort"},
	RouteSearch:   {"offset", "limit", "sort"},
	RouteItems:    {"offset", "limit"},
	RouteAccounts: {"status", "offset", "limit"},
	RouteReports:  {"billingAccountId", "period", "offset", "limit"},
	RouteOffers:   {"offset", "limit"},
	RouteAsync:    {"offset", "limit"},
}

// strict refuses what only a lenient API lets pass.
func (a *API) strict(r *http.Request, route string) *problem {
	s := a.Switches()
	if s.StrictAccept && r.Header.Get("Accept") == "" && r.URL.Query().Get("overrideAccept") == "" {
		return notAcceptable([]string{typeJSON})
	}
	if !s.StrictParameters {
		return nil
	}
	for name := range r.URL.Query() {
		if name != "overrideAccept" && !slices.Contains(parameters[route], name) {
			return invalidQuery(name, "no such parameter")
		}
	}
	return nil
}

// pageLimit is the greatest page.
func (s *Switches) pageLimit() int { return cmp.Or(s.MaxLimit, maxLimit) }

// SwitchNames lists the words of Set, those with a value as NAME=.
func SwitchNames() []string {
	var fields map[string]any
	_ = json.Unmarshal(jsonText(Switches{}), &fields) // an object of Go's own making
	var names []string
	for name, value := range fields {
		if _, isBool := value.(bool); !isBool {
			name += "="
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
