package sandbox_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"billportal/internal/sandbox"
)

// jobAnswer is what a client reads of a job.
type jobAnswer struct {
	ID          string
	State       string
	CompletedAt *string
	Result      *struct{ Href, MimeType string }
	Error       *struct{ Code int }
}

// begin starts a job and gives the path to ask about it.
func (c *caller) begin(path string, headers ...string) string {
	c.t.Helper()
	r := c.get(path, append([]string{"X-Response-Mode", "asynchronous"}, headers...)...)
	var j jobAnswer
	if err := json.Unmarshal([]byte(r.body), &j); err != nil || r.status != http.StatusAccepted || j.State != "inProgress" {
		c.t.Fatalf("%s: %d %s", path, r.status, r.body)
	}
	if got := r.header.Get("Location"); got != "/billing/b2b/v1/asyncJobs/"+j.ID {
		c.t.Errorf("the job is at %s", got)
	}
	return "/asyncJobs/" + j.ID
}

func (c *caller) job(path string) jobAnswer {
	c.t.Helper()
	var j jobAnswer
	if r := c.get(path); json.Unmarshal([]byte(r.body), &j) != nil || r.status != http.StatusOK {
		c.t.Fatalf("%s: %d %s", path, r.status, r.body)
	}
	return j
}

func TestSixCallsBecomeJobs(t *testing.T) {
	t.Parallel()
	now := newClock()
	c := newCaller(t, sandbox.Options{Now: now.Now, TokenLifetime: 9 * time.Hour})
	bill := "/bills/" + c.s.World.Stories.Spike.ID
	for _, call := range []struct{ path, accept, mime string }{
		{"/bills?limit=3", "application/json", "application/json; charset=UTF-8"}, {bill, "application/json", "application/json; charset=UTF-8"},
		{bill, "application/pdf", "application/pdf"}, {bill + "?overrideAccept=application/pdf", "application/json", "application/pdf"},
		{bill + "/items", "text/csv", "text/csv; charset=UTF-8"},
		{"/reports/RPT-2026-10", "text/csv", "text/csv; charset=UTF-8"}, {"/customerSpecificReports/CSR-BA-410072", "text/csv", "text/csv; charset=UTF-8"},
	} {
		at := c.begin(call.path, "Accept", call.accept)
		refused(t, "a result too early", c.get(at+"/result"), 404, 60)
		now.advance(2 * time.Second)
		j := c.job(at)
		if j.State != "done" || j.Result == nil || j.Result.MimeType != call.mime || j.CompletedAt == nil {
			t.Fatalf("%s: %+v", call.path, j)
		}
		got, want := c.get(strings.TrimPrefix(j.Result.Href, "/billing/b2b/v1")), c.get(call.path, "Accept", call.accept)
		if got.status != http.StatusOK || got.body != want.body || got.header.Get("Content-Type") != call.mime {
			t.Errorf("%s: %d %s", call.path, got.status, got.header)
		}
	}
	r := c.do(http.MethodPost, "/bills/search?limit=2", `{"type":["creditNote"]}`, "Content-Type", "application/json", "X-RESPONSE-MODE", "ASYNCHRONOUS")
	var j jobAnswer
	if json.Unmarshal([]byte(r.body), &j) != nil || r.status != http.StatusAccepted {
		t.Fatalf("a search: %d %s", r.status, r.body)
	}
	now.advance(2 * time.Second)
	if ids := c.get("/asyncJobs/" + j.ID + "/result").ids(t); len(ids) != 2 {
		t.Errorf("the search found %v", ids)
	}
	if r := c.get("/billingAccounts", "X-Response-Mode", "asynchronous"); r.status != http.StatusOK {
		t.Errorf("accounts are no job: %d", r.status)
	}
	if all := c.get("/asyncJobs?limit=20").ids(t); len(all) != 8 {
		t.Errorf("%d jobs are listed", len(all))
	}
	lost := c.begin("/bills/1013999")
	now.advance(2 * time.Second)
	if j := c.job(lost); j.State != "terminatedWithError" || j.Error == nil || j.Error.Code != 60 {
		t.Errorf("a job about nothing: %+v", j)
	}
	now.advance(time.Hour)
	refused(t, "a result an hour later", c.get("/asyncJobs/"+j.ID+"/result"), 404, 60)
	if j := c.job("/asyncJobs/" + j.ID); j.State != "done" {
		t.Errorf("an hour later the job is %s", j.State)
	}
	turn(t, c.s, "noAsync")
	if r := c.get("/bills", "X-Response-Mode", "asynchronous"); r.status != http.StatusOK {
		t.Errorf("without the mode: %d", r.status)
	}
}

// TestEveryFaultOfJobs follows each kind of unlucky job over HTTP.
func TestEveryFaultOfJobs(t *testing.T) {
	t.Parallel()
	now := newClock()
	c := newCaller(t, sandbox.Options{Now: now.Now, TokenLifetime: 900 * time.Hour})
	path := "/bills/" + c.s.World.Stories.Spike.ID
	// states gives the job's states now, after 2 s, after 4 s and after 6 s.
	states := func(at string) string {
		var all []string
		for range 4 {
			all = append(all, c.job(at).State)
			now.advance(2 * time.Second)
		}
		return strings.Join(all, " ")
	}
	for fault, want := range map[string]string{
		"document:job-never":            "inProgress inProgress inProgress inProgress",
		"document:job-slow,arg=5s":      "inProgress inProgress inProgress done",
		"document:job-error":            "inProgress terminatedWithError terminatedWithError terminatedWithError",
		"document:job-rejected":         "inProgress rejected rejected rejected",
		"document:job-lost":             "inProgress done done done",
		"document:job-expired":          "inProgress done done done",
		"document:job-twice":            "inProgress done inProgress done",
		"document:job-state,arg=FERTIG": "FERTIG FERTIG FERTIG FERTIG",
	} {
		if _, err := c.s.API.Arm(fault + ",times=1"); err != nil {
			t.Fatal(err)
		}
		r := c.get(path, "X-Response-Mode", "asynchronous", "Accept", "application/pdf")
		at := strings.TrimPrefix(r.header.Get("Location"), "/billing/b2b/v1")
		if got := states(at); got != want {
			t.Errorf("%s: %s, want %s", fault, got, want)
		}
		_, result := c.job(at), c.get(at+"/result")
		gone := strings.Contains(fault, "never") || strings.Contains(fault, "error") || strings.Contains(fault, "rejected") || strings.Contains(fault, "lost") || strings.Contains(fault, "expired")
		if (result.status == http.StatusNotFound) != gone || !gone && !strings.HasPrefix(result.body, "%PDF-") {
			t.Errorf("%s: its result is %d", fault, result.status)
		}
		c.s.API.DisarmAll()
	}
	for fault, good := range map[string]func(r reply) bool{
		"bill:job-forgotten": func(r reply) bool {
			return c.get(strings.TrimPrefix(r.header.Get("Location"), "/billing/b2b/v1")).status == 404
		},
		"bill:job-no-location": func(r reply) bool { return r.status == 202 && r.header.Get("Location") == "" && r.body != "" },
		"bill:job-no-body":     func(r reply) bool { return r.status == 202 && r.header.Get("Location") != "" && r.body == "" },
		"bill:job-at-once":     func(r reply) bool { return r.status == 200 && strings.HasPrefix(r.body, `{"id":"`) },
	} {
		if _, err := c.s.API.Arm(fault); err != nil {
			t.Fatal(err)
		}
		if r := c.get(path, "X-Response-Mode", "asynchronous"); !good(r) {
			t.Errorf("%s: %d %v %s", fault, r.status, r.header, r.body)
		}
		c.s.API.DisarmAll()
	}
	for _, w := range sandbox.Words() {
		if strings.HasPrefix(w.Word, "job-") && c.s.API.Served(w.Word) != 1 {
			t.Errorf("%s was served %d times", w.Word, c.s.API.Served(w.Word))
		}
	}
}

func TestReportsAndOffers(t *testing.T) {
	t.Parallel()
	c := newCaller(t, sandbox.Options{})
	if ids := c.get("/reports?limit=50&period=2026-08-15/2026-09-15").ids(t); strings.Join(ids, " ") != "RPT-2026-09 RPT-2026-08" {
		t.Errorf("reports are %v", ids)
	}
	if ids := c.get("/customerSpecificReports?billingAccountId=BA-410072").ids(t); strings.Join(ids, " ") != "CSR-BA-410072" {
		t.Errorf("reports of one account are %v", ids)
	}
	r := c.get("/reports/RPT-2026-10", "Accept", "text/csv")
	rows := 0
	for _, b := range c.s.World.Bills() {
		if strings.HasPrefix(b.IssuedAt, "2026-10") {
			rows++
		}
	}
	if got := strings.Count(r.body, "\n"); r.status != http.StatusOK || got != rows+1 {
		t.Errorf("%d: %d lines for %d bills", r.status, got, rows)
	}
	refused(t, "an unknown report", c.get("/reports/RPT-1999-01", "Accept", "text/csv"), 404, 60)
	refused(t, "a report as JSON", c.get("/reports/RPT-2026-10", "Accept", "application/json"), 406, 62)
	var offers []string
	r = c.get("/installedOfferIds?limit=1000")
	if err := json.Unmarshal([]byte(r.body), &offers); err != nil || len(offers) < 100 || r.header.Get("X-Result-Count") == "" {
		t.Errorf("%d offers, %v", len(offers), err)
	}
}
