package sandbox

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The routes a fault can be armed on. RouteDocument is every way to ask for a
// bill's PDF, RouteBill the bill itself; RouteReports is both kinds of report,
// list and single one; RouteAsync is everything about jobs.
const (
	RouteToken      = "token"
	RouteAccounts   = "accounts"
	RouteAccount    = "account"
	RouteBills      = "bills"
	RouteSearch     = "search"
	RouteBill       = "bill"
	RouteItems      = "items"
	RouteDocument   = "document"
	RouteReports    = "reports"
	RouteOffers     = "offers"
	RouteAsync      = "asyncJobs"
	RouteStatus     = "status"
	RouteVersion    = "version"
	RouteAPI        = "api"        // all but the token
	RouteEverything = "everything" // also what no route matches
)

// Routes lists the routes a fault can be armed on.
func Routes() []string {
	return []string{
		RouteToken, RouteAccounts, RouteAccount, RouteBills, RouteSearch, RouteBill, RouteItems, RouteDocument,
		RouteReports, RouteOffers, RouteAsync, RouteStatus, RouteVersion, RouteAPI, RouteEverything,
	}
}

// Fault is one way to misbehave, and when. Its text form is
//
//	ROUTE:WORD[,arg=…][,times=N][,for=DURATION][,chance=P][,after=N][,only=TEXT][,shape=…][,retry-after=…]
//
// as in bills:503/5,for=10m or document:cut-length,times=1. A value ends at the
// next comma that is followed by one of these names and an equals sign.
type Fault struct {
	Route string `json:"route"`
	Word  string `json:"word"` // one of Words; a status alone is its first row in the catalogue
	Arg   string `json:"arg,omitempty"`

	Times  int           `json:"times,omitempty"`  // how many answers it spoils; 0 is all
	For    time.Duration `json:"for,omitempty"`    // from when it was armed, by the sandbox's clock; 0 is for good
	Chance float64       `json:"chance,omitempty"` // of each request, drawn from the seed; 0 is always
	After  int           `json:"after,omitempty"`  // how many requests it lets pass first
	Only   string        `json:"only,omitempty"`   // what path and query must contain

	Shape      string `json:"shape,omitempty"`      // of a refusal's body, one of Shapes
	RetryAfter string `json:"retryAfter,omitempty"` // seconds, or date, past, absurd, negative, garbage
}

// ErrFault is what ParseFault and Arm return for a fault that cannot be.
var ErrFault = errors.New("sandbox: no such fault")

var faultOptions = []string{"arg", "times", "for", "chance", "after", "only", "shape", "retry-after"}

// ParseFault reads the text form.
func ParseFault(text string) (Fault, error) {
	var f Fault
	head, options, _ := strings.Cut(text, ",")
	var ok bool
	if f.Route, f.Word, ok = strings.Cut(head, ":"); !ok {
		return f, fmt.Errorf("%w: %q is not ROUTE:WORD", ErrFault, text)
	}
	for _, option := range splitOptions(options) {
		name, value, _ := strings.Cut(option, "=")
		if err := f.set(name, value); err != nil {
			return f, fmt.Errorf("%w: %s in %q: %w", ErrFault, name, text, err)
		}
	}
	err := f.check()
	return f, err
}

// splitOptions cuts at the commas that begin an option.
func splitOptions(text string) []string {
	var options []string
	for part := range strings.SplitSeq(text, ",") {
		name, _, given := strings.Cut(part, "=")
		switch {
		case given && slices.Contains(faultOptions, name) || len(options) == 0 && part != "":
			options = append(options, part)
		case len(options) > 0:
			options[len(options)-1] += "," + part
		}
	}
	return options
}

func (f *Fault) set(name, value string) (err error) {
	switch name {
	case "arg":
		f.Arg = value
	case "times":
		f.Times, err = strconv.Atoi(value)
	case "for":
		f.For, err = time.ParseDuration(value)
	case "chance":
		f.Chance, err = strconv.ParseFloat(value, 64)
	case "after":
		f.After, err = strconv.Atoi(value)
	case "only":
		f.Only = value
	case "shape":
		f.Shape = value
	case "retry-after":
		f.RetryAfter = value
	default:
		err = errors.New("no such option")
	}
	return err
}

// String is the text form.
func (f Fault) String() string {
	var b strings.Builder
	b.WriteString(f.Route + ":" + f.Word)
	write := func(name, value string, given bool) {
		if given {
			b.WriteString("," + name + "=" + value)
		}
	}
	write("arg", f.Arg, f.Arg != "")
	write("times", strconv.Itoa(f.Times), f.Times != 0)
	write("for", f.For.String(), f.For != 0)
	write("chance", strconv.FormatFloat(f.Chance, 'g', -1, 64), f.Chance != 0)
	write("after", strconv.Itoa(f.After), f.After != 0)
	write("only", f.Only, f.Only != "")
	write("shape", f.Shape, f.Shape != "")
	write("retry-after", f.RetryAfter, f.RetryAfter != "")
	return b.String()
}

// check refuses a fault that cannot be; of one that can it completes the word.
func (f *Fault) check() error {
	f.Word = canonical(f.Word)
	w, known := words[f.Word]
	switch {
	case !slices.Contains(Routes(), f.Route):
		return fmt.Errorf("%w: no route %q, only %s", ErrFault, f.Route, strings.Join(Routes(), ", "))
	case !known:
		return fmt.Errorf("%w: no word %q", ErrFault, f.Word)
	case w.routes != nil && f.Route != RouteAPI && f.Route != RouteEverything && !slices.Contains(w.routes, f.Route):
		return fmt.Errorf("%w: %s is for %s", ErrFault, f.Word, strings.Join(w.routes, ", "))
	case f.Times < 0 || f.For < 0 || f.After < 0 || f.Chance < 0 || f.Chance > 1:
		return fmt.Errorf("%w: %s: a number out of range", ErrFault, f.Word)
	case f.Shape != "" && !slices.Contains(Shapes(), f.Shape):
		return fmt.Errorf("%w: no shape %q, only %s", ErrFault, f.Shape, strings.Join(Shapes(), ", "))
	}
	if err := checkRetryAfter(f.RetryAfter); err != nil {
		return fmt.Errorf("%w: %w", ErrFault, err)
	}
	if err := w.arg.check(f.Arg); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrFault, f.Word, err)
	}
	return nil
}

// covers says whether a request of route is for f at all.
func (f *Fault) covers(route string, target string) bool {
	return (f.Route == route || f.Route == RouteEverything || f.Route == RouteAPI && route != RouteToken) &&
		strings.Contains(target, f.Only)
}
