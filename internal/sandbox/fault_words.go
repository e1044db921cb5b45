package sandbox

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// stage is when in the life of a request a fault has its turn.
type stage int

const (
	onRequest stage = iota // before the API looks at it
	onAnswer               // instead of the API's answer; one fault at most
	onJob                  // when it starts an asynchronous job
	onBody                 // on the API's good answer
	onHead                 // on the headers of any answer
	onWire                 // on the way back; one fault at most, after every latency
)

// word is a kind of fault.
type word struct {
	stage  stage
	routes []string // where it can happen; nil is everywhere
	arg    argument
	help   string
	do     func(*call) bool // false: the answer is not of its kind, nothing was done
}

// argument says what a word's arg may be.
type argument int

const (
	noArg        argument = iota
	someText              // anything, required
	maybeText             // anything
	duration              // as in 1.5s
	maybeSize             // bytes, as in 10MiB
	address               // an absolute URL
	maybeAddress          //
	maybeNumber           // a whole number
)

func (a argument) check(text string) error {
	switch {
	case a == noArg && text != "":
		return errors.New("takes no arg")
	case (a == someText || a == duration || a == address) && text == "":
		return errors.New("needs an arg")
	case a == duration:
		_, err := time.ParseDuration(text)
		return err
	case a == maybeSize && text != "":
		_, err := parseSize(text)
		return err
	case (a == address || a == maybeAddress) && text != "":
		if u, err := url.Parse(text); err != nil || u.Host == "" {
			return fmt.Errorf("%q is no absolute URL", text)
		}
	case a == maybeNumber && text != "":
		_, err := strconv.Atoi(text)
		return err
	}
	return nil
}

// String is how the argument is shown in a list of words.
func (a argument) String() string {
	return map[argument]string{
		someText: "TEXT", maybeText: "[TEXT]", duration: "DURATION", maybeSize: "[SIZE]",
		address: "URL", maybeAddress: "[URL]", maybeNumber: "[NUMBER]",
	}[a]
}

// parseSize reads a number of bytes, with KiB, MiB or GiB behind it or nothing.
func parseSize(text string) (int64, error) {
	shift := 0
	for i, unit := range []string{"KiB", "MiB", "GiB"} {
		if number, ok := strings.CutSuffix(text, unit); ok {
			text, shift = number, 10*(i+1)
		}
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%q is no size", text)
	}
	return n << shift, nil
}

// Word is a kind of fault, as it is told to people.
type Word struct {
	Word   string   `json:"word"`
	Arg    string   `json:"arg,omitempty"`
	Routes []string `json:"routes,omitempty"` // none is any
	Help   string   `json:"help"`
}

// words is every kind of fault by its word.
var words = allWords()

func allWords() map[string]word {
	all := map[string]word{}
	for _, table := range []map[string]word{
		statusWords(), answerWords, bodyWords, listWords, fieldWords, headWords, documentWords, tokenWords, jobWords, wireWords,
	} {
		maps.Copy(all, table)
	}
	return all
}

// Words lists every kind of fault, in the order of their words.
func Words() []Word {
	var list []Word
	for _, name := range slices.Sorted(maps.Keys(words)) {
		w := words[name]
		list = append(list, Word{name, w.arg.String(), w.routes, w.help})
	}
	return list
}

// canonical is the word itself, or for a status alone its first row in the
// gateway's catalogue.
func canonical(name string) string {
	if p, known := refusalOf(name); known {
		return fmt.Sprintf("%d/%d", p.status, p.code)
	}
	return name
}

// statusWords are the rows of the gateway's catalogue, as 503/5.
func statusWords() map[string]word {
	all := map[string]word{}
	for _, p := range refusals {
		w := word{stage: onAnswer, help: fmt.Sprintf("refusal %d, code %d: %s", p.status, p.code, p.message), do: func(c *call) bool {
			contentType, body := p.shaped(c.fault.Shape)
			c.out.replace(p.status, contentType, body)
			setRetryAfter(c.out.header, c.fault.RetryAfter, c.api.now())
			return true
		}}
		all[fmt.Sprintf("%d/%d", p.status, p.code)] = w
	}
	return all
}

// listRoutes answer with lists, moneyRoutes with amounts; asyncRoutes can start
// a job.
var (
	listRoutes  = []string{RouteAccounts, RouteBills, RouteSearch, RouteItems, RouteReports, RouteOffers, RouteAsync}
	moneyRoutes = []string{RouteBills, RouteSearch, RouteBill, RouteItems}
	asyncRoutes = []string{RouteBills, RouteSearch, RouteBill, RouteItems, RouteDocument, RouteReports}
	pdfRoutes   = []string{RouteDocument}
	tokenRoutes = []string{RouteToken}
)

func contains(list []string, one string) bool { return slices.Contains(list, one) }

// headWords change headers and leave the rest.
var headWords = map[string]word{
	"header": {onHead, nil, someText, "a header more, as in Name: value", func(c *call) bool {
		name, value, ok := strings.Cut(c.fault.Arg, ":")
		if ok {
			c.out.header.Add(strings.TrimSpace(name), strings.TrimSpace(value))
		}
		return ok
	}},
	"date-skew": {onHead, nil, duration, "the Date header is that much ahead, or behind with a minus", func(c *call) bool {
		skew, _ := time.ParseDuration(c.fault.Arg) // checked when armed
		c.out.header.Set("Date", c.api.now().Add(skew).UTC().Format(http.TimeFormat))
		return true
	}},
	"deprecation": {onHead, nil, noArg, "the headers Deprecation and Sunset, 30 days ahead (RFC 9745, RFC 8594)", func(c *call) bool {
		now := c.api.now().UTC()
		c.out.header.Set("Deprecation", "@"+strconv.FormatInt(now.Unix(), 10))
		c.out.header.Set("Sunset", now.AddDate(0, 0, 30).Format(http.TimeFormat))
		return true
	}},
	"sunset": {onHead, nil, someText, "the header Sunset with this value", func(c *call) bool {
		c.out.header.Set("Sunset", c.fault.Arg)
		return true
	}},
	"no-request-id": {onHead, nil, noArg, "no X-OAPI-Request-Id", func(c *call) bool {
		c.out.header["X-Oapi-Request-Id"] = nil
		return true
	}},
	"wrong-type": {onHead, nil, maybeText, "another Content-Type; without arg application/octet-stream", func(c *call) bool {
		if !c.out.ok() {
			return false
		}
		c.out.header.Set("Content-Type", orText(c.fault.Arg, "application/octet-stream"))
		return true
	}},
}

func orText(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
