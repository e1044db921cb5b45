package web_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// mostFindings is after how many the sweep gives up: one fault has thousands.
const mostFindings = 25

// parallel judges everything with as many workers as there are processors, and gives
// up after a number of findings.
func parallel[T any](all []T, judge func(T) []string) []string {
	var workers sync.WaitGroup
	var mu sync.Mutex
	var findings []string
	enough := make(chan struct{})
	queue := make(chan T)
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for x := range queue {
				found := judge(x)
				mu.Lock()
				before := len(findings)
				findings = append(findings, found...)
				if before < mostFindings && len(findings) >= mostFindings {
					close(enough)
				}
				mu.Unlock()
			}
		})
	}
hand:
	for _, x := range all {
		select {
		case queue <- x:
		case <-enough:
			break hand
		}
	}
	close(queue)
	workers.Wait()
	return findings[:min(len(findings), mostFindings)]
}

// serve answers a request in process. A connection that is cut on purpose has the
// status 0.
func (w *world) serve(r *http.Request) (a *httptest.ResponseRecorder) {
	a = httptest.NewRecorder()
	defer func() {
		if fault := recover(); fault != nil {
			a.Code = 0
		}
	}()
	w.web.ServeHTTP(a, r)
	return a
}

func (w *world) canariesOf(a *httptest.ResponseRecorder) []canary {
	var seen []canary
	for _, reading := range readings(a.Header(), a.Body.Bytes()) {
		for _, bird := range w.finder.in(reading) {
			if !slices.Contains(seen, bird) {
				seen = append(seen, bird)
			}
		}
	}
	return seen
}

// as is a GET by somebody, in process.
func (w *world) as(v *visitor, target string, part bool) (*http.Request, *httptest.ResponseRecorder) {
	c := cell{person: v, method: http.MethodGet, target: target, part: part}
	r := c.request()
	return r, w.serve(r)
}

func personOf(people []*visitor, name string) *visitor {
	return people[slices.IndexFunc(people, func(v *visitor) bool { return v.name == name })]
}

// random are the parts of an answer that differ each time.
var random = regexp.MustCompile(`(name="csrf" value="|content="[^"]*csrf[^"]*)[^"]*"`)

// masked is an answer, head and body, without the request id and the form token.
func masked(a *httptest.ResponseRecorder) string {
	var out bytes.Buffer
	fmt.Fprintln(&out, a.Code)
	_ = a.Header().Write(&out) // a buffer takes everything
	out.Write(a.Body.Bytes())
	text := strings.ReplaceAll(out.String(), a.Header().Get("X-Portal-Request-Id"), "REQUEST")
	return random.ReplaceAllString(text, `$1"`)
}

// firstDifference is the first line in which two texts differ.
func firstDifference(one, two string) string {
	ones, twos := strings.Split(one, "\n"), strings.Split(two, "\n")
	for i := range min(len(ones), len(twos)) {
		if ones[i] != twos[i] {
			return fmt.Sprintf("line %d is %.300q instead of %.300q", i+1, ones[i], twos[i])
		}
	}
	return fmt.Sprintf("%d lines instead of %d", len(ones), len(twos))
}
