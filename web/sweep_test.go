//go:build !race

package web_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"billportal/internal/sandbox"
	"billportal/web"
)

// sweepMethods are those of HTTP, and one that nobody knows.
var sweepMethods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions, http.MethodTrace, "BREW",
}

// TestSweep asks every route as everybody, by every method, for their own things and
// for others', whole and in part. The expected answers are in testdata/sweep.txt;
// whatever is answered holds no canary of what the viewer may not read.
func TestSweep_Z2_Z8_Z9_case17_case18(t *testing.T) {
	t.Parallel()
	began := time.Now()
	w, people := newSweep(t)
	lines := readTable(t)
	if covers(t, w, lines); t.Failed() {
		return
	}
	cells, product := w.cells(t, lines, people)
	w.settle(t, people)
	before := w.digest(t)
	run := w.run(t, cells)
	t.Logf("%d cells of %d ran in %v: %d lines of the table, %d people, %d methods", run, product, time.Since(began).Round(time.Millisecond),
		len(lines), len(people), len(sweepMethods))
	if int(run) != product && !t.Failed() {
		t.Errorf("%d cells ran instead of %d", run, product)
	}
	if t.Failed() {
		return
	}
	after := w.digest(t)
	for _, changed := range slices.DeleteFunc(slices.Clone(after), func(s string) bool { return slices.Contains(before, s) }) {
		t.Errorf("refused requests made this of the register, grants or people: %s", changed)
	}
	for _, gone := range slices.DeleteFunc(slices.Clone(before), func(s string) bool { return slices.Contains(after, s) }) {
		t.Errorf("refused requests took this out of the register, grants or people: %s", gone)
	}
	w.askedFor(t, people)
}

// cells is the whole product, nothing left out, and how many it must be. A method that
// a route declares is tried with the things of its own lines.
func (w *world) cells(t *testing.T, lines []line, people []*visitor) (all []cell, product int) {
	t.Helper()
	for _, l := range lines {
		perMethod := 0
		for _, method := range sweepMethods {
			if w.ofAnotherLine(l, method) {
				continue
			}
			answering, asked := l, l.answers
			if other, ok := instead(lines, l, method); ok {
				answering = other
			}
			tokens := []bool{true}
			if method == http.MethodPost {
				tokens = []bool{true, false}
			}
			perMethod += len(tokens)
			for _, person := range people {
				for o := range asked {
					for _, part := range []bool{false, true} {
						for _, token := range tokens {
							c := newCell(l, people, person, method, object(o))
							c.number, c.answering, c.part, c.token = len(all)+1, answering, part, token
							all = append(all, w.prepared(t, c))
						}
					}
				}
			}
		}
		product += perMethod * len(people) * len(l.answers) * 2
	}
	return all, product
}

// ofAnotherLine reports whether a method of a line's route is the matter of another
// line.
func (w *world) ofAnotherLine(l line, method string) bool {
	return !slices.Contains(l.methods, method) &&
		slices.ContainsFunc(w.web.Routes(), func(r web.Route) bool { return r.Path == l.pattern && r.Method == method })
}

// instead is the line of a route with a parameter that a method of a line's path
// leads to: /admin/accounts/hide is posted to, and read it is an account's number.
func instead(lines []line, l line, method string) (line, bool) {
	if slices.Contains(l.methods, method) {
		return l, false
	}
	at := slices.IndexFunc(lines, func(other line) bool {
		ok, err := path.Match(pathParameter.ReplaceAllString(other.pattern, "*"), l.pattern)
		return err == nil && ok && other.at != l.at && strings.Contains(other.pattern, ":") && !strings.Contains(l.pattern, ":") &&
			slices.Contains(other.methods, method)
	})
	if at < 0 {
		return l, false
	}
	return lines[at], true
}

var pathParameter = regexp.MustCompile(`:[a-z]+`)

// prepared fills in what a cell asks for. Whatever ends sessions is done by somebody
// of the same kind who does nothing else.
func (w *world) prepared(t *testing.T, c cell) cell {
	t.Helper()
	if ends := c.line.target + c.line.form; c.changes() && (strings.Contains(ends, "{leaving}") || strings.Contains(ends, "{session}")) {
		other := *c.person
		other.name = fmt.Sprintf("%s-%d", c.person.name, c.number)
		w.signInVisitor(t, &other)
		c.elsewhere = other.sessionID
		w.signInVisitor(t, &other)
		c.person = &other
	}
	c.target = w.fill(t, c.line.target, c, false)
	if c.method == http.MethodPost {
		c.form = w.fill(t, c.line.form, c, true)
	}
	return c
}

// run asks everything, in an order that differs each time, and counts what was asked.
func (w *world) run(t *testing.T, cells []cell) int64 {
	t.Helper()
	var run atomic.Int64
	cells = slices.Clone(cells)
	rand.Shuffle(len(cells), func(i, j int) { cells[i], cells[j] = cells[j], cells[i] })
	var last []cell
	cells = slices.DeleteFunc(cells, func(c cell) bool {
		if c.line.alone && c.changes() {
			last = append(last, c)
			return true
		}
		return false
	})
	findings := parallel(cells, func(c cell) []string {
		defer run.Add(1)
		return w.judge(c)
	})
	for _, c := range last {
		again := *c.person
		w.signInVisitor(t, &again)
		c.person = &again
		findings = append(findings, w.judge(c)...)
		run.Add(1)
	}
	for _, finding := range findings {
		t.Error(finding)
	}
	return run.Load()
}

// judge asks one thing and says what is wrong with the answer.
func (w *world) judge(c cell) (findings []string) {
	defer func() {
		for i := range findings {
			findings[i] = c.String() + ": " + findings[i]
		}
	}()
	r := c.request()
	a := w.serve(r)
	if want := c.want(); a.Code != want {
		findings = append(findings, fmt.Sprintf("status %d instead of %d", a.Code, want))
	}
	if c.method == http.MethodOptions && a.Body.Len() > 0 {
		findings = append(findings, "a body")
	}
	seen := w.canariesOf(a)
	repeated := typed(w.finder, r, c.form)
	for _, bird := range seen {
		if !c.may(bird) && !slices.Contains(repeated, bird) {
			findings = append(findings, fmt.Sprintf("tells the %v of %s", bird, bird.of))
		}
	}
	if c.showsOwn() && !slices.ContainsFunc(seen, func(bird canary) bool {
		return strings.HasPrefix(bird.of, "bill ") && !slices.Contains(repeated, bird)
	}) {
		findings = append(findings, "holds nothing of the viewer's own bill, so that finding nothing of others' proves nothing")
	}
	return findings
}

// showsOwn reports whether the answer must tell of the viewer's own bills.
func (c cell) showsOwn() bool {
	return c.method == http.MethodGet && c.object == ownObject && c.person.side != "" && c.want() == http.StatusOK &&
		strings.HasPrefix(c.line.pattern, "/bills") && !strings.Contains(c.line.target, "{cursor}") && !strings.Contains(c.line.target, "{unread}")
}

// digest is what no refused request may change: everything of register, grants and
// people but the things that cells were given to use up.
func (w *world) digest(t *testing.T) []string {
	t.Helper()
	var out []string
	register, err := w.db.Register(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	kept := w.kept()
	for _, a := range register {
		if !strings.HasPrefix(string(a.Number), "SCRAP") || kept[string(a.Number)] {
			out = append(out, fmt.Sprintf("%+v", a))
		}
	}
	grants, err := w.db.Grants(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range grants {
		if !strings.HasPrefix(strings.ToUpper(g.Grantee), "SCRAP") || kept[g.Grantee] {
			out = append(out, fmt.Sprintf("%+v", g))
		}
	}
	people, err := w.db.People(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range people {
		if !strings.HasPrefix(p.Subject, "SCRAP") || kept[p.Subject] {
			out = append(out, fmt.Sprintf("%d %s %v %v", p.ID, p.Subject, p.Groups, p.Disabled))
		}
	}
	return out
}

// kept are the scraps that no cell may use up.
func (w *world) kept() map[string]bool {
	kept := map[string]bool{}
	for key := range maps.Keys(w.scraps) {
		kept[key] = strings.HasSuffix(key, " 0")
	}
	return kept
}

// askedFor looks at what the portal asked the API for: nothing that belongs to
// accounts which nobody may see, and of the others only what those asked for who may.
func (w *world) askedFor(t *testing.T, people []*visitor) {
	t.Helper()
	asked := 0
	for _, r := range w.sandbox.API.Requests() {
		if strings.HasPrefix(r.Route, "POST /oauth") {
			continue
		}
		asked++
		w.checkAsked(t, r, people)
	}
	if asked == 0 {
		t.Error("the portal asked the API for nothing, so that asking for nothing foreign proves nothing")
	}
}

// checkAsked refuses a request for anything but the one document and the one list of
// items of each side that the copy does not hold.
func (w *world) checkAsked(t *testing.T, r sandbox.Request, people []*visitor) {
	t.Helper()
	for _, side := range []string{sideOne, sideTwo} {
		bills := w.bills[side[1:]]
		if r.Path == "/billing/b2b/v1/bills/"+string(bills[1].UpstreamID) || r.Path == "/billing/b2b/v1/bills/"+string(bills[2].UpstreamID)+"/items" {
			if !slices.ContainsFunc(people, func(v *visitor) bool { return v.side == side }) {
				t.Errorf("%s %s was asked for, though nobody may see it", r.Method, r.Path)
			}
			return
		}
	}
	t.Errorf("the API was asked for %s %s, which no viewer's own request leads to", r.Method, r.Path)
}
