package sandbox_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"billportal/internal/sandbox"
)

// statuses asks n times and writes . for a good answer, x for 503.
func statuses(c *caller, path string, n int) string {
	c.t.Helper()
	var b strings.Builder
	for range n {
		switch r := c.get(path); r.status {
		case http.StatusOK:
			b.WriteByte('.')
		case http.StatusServiceUnavailable:
			b.WriteByte('x')
		default:
			c.t.Fatalf("%d %s", r.status, r.body)
		}
	}
	return b.String()
}

func TestFaultsComeWhenTheyShould(t *testing.T) {
	t.Parallel()
	now := newClock()
	c := newCaller(t, sandbox.Options{Now: now.Now})
	for _, test := range []struct {
		fault, path, want string
		later             time.Duration
	}{
		{"version:503", "/version", "xxxxxx", 0},
		{"version:503,times=2", "/version", "xx....", 0},
		{"version:503,times=2,after=1", "/version", ".xx...", 0},
		{"version:503,for=10m", "/version", "xxxxxx", 10*time.Minute - 1},
		{"version:503,for=10m", "/version", "......", 10 * time.Minute},
		{"version:503,only=overrideAccept", "/version", "......", 0},
		{"version:503,only=overrideAccept", "/version?overrideAccept=application/json", "xxxxxx", 0},
		{"status:503", "/version", "......", 0},
		{"api:503", "/version", "xxxxxx", 0},
		{"everything:503", "/version", "xxxxxx", 0},
		{"token:503", "/version", "......", 0},
		{"version:503,chance=1", "/version", "xxxxxx", 0},
	} {
		if _, err := c.s.API.Arm(test.fault); err != nil {
			t.Fatal(err)
		}
		now.advance(test.later)
		if got := statuses(c, test.path, 6); got != test.want {
			t.Errorf("%s after %s: %s, want %s", test.fault, test.later, got, test.want)
		}
		c.s.API.DisarmAll()
		c.fetchToken()
	}
}

func TestChanceIsDrawnFromTheSeed(t *testing.T) {
	t.Parallel()
	draw := func(seed uint64) string {
		c := newCaller(t, sandbox.Options{Seed: seed, Faults: []string{"version:503,chance=0.3"}})
		return statuses(c, "/version", 200)
	}
	first := draw(1)
	if n := strings.Count(first, "x"); n < 40 || n > 80 {
		t.Errorf("30 %% of 200 came %d times", n)
	}
	if draw(1) != first || draw(2) == first {
		t.Error("the same seed must draw the same, another one something else")
	}
}

// A fault whose turn never came was not served.
func TestOnlyServedFaultsCount(t *testing.T) {
	t.Parallel()
	c := newCaller(t, sandbox.Options{})
	id, err := c.s.API.Arm("version:list-empty,times=1")
	if err == nil {
		t.Fatalf("version has no list, but fault %d is armed", id)
	}
	if id, err = c.s.API.Arm("api:list-empty,times=1", "bills:503,times=1", "everything:500,after=9"); err != nil {
		t.Fatal(err)
	}
	c.get("/version") // no list
	c.get("/bills")   // refused before it was one
	if n := c.s.API.Served("list-empty"); n != 0 || c.s.API.Served("503") != 1 {
		t.Errorf("served %d times too early", n)
	}
	if r := c.get("/bills"); r.body != "[]" || c.s.API.Served("list-empty") != 1 {
		t.Errorf("%s, served %d times", r.body, c.s.API.Served("list-empty"))
	}
	faults := c.s.API.Faults()
	if len(faults) != 3 || faults[0].ID != id || !faults[0].Over || faults[0].Served != 1 || !faults[1].Over || faults[2].Over || faults[2].Served != 0 {
		t.Errorf("armed are %+v", faults)
	}
	if !c.s.API.Disarm(id) || c.s.API.Disarm(id) || len(c.s.API.Faults()) != 2 {
		t.Error("a fault is taken away once")
	}
}

func TestFaultsReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"bills:503/5", "token:expires-text", "everything:403/53,times=3,shape=array,retry-after=7",
		"document:cut-length,for=10m0s,chance=0.25,after=2,only=1013390", "bills:latency,arg=1.5s",
		"api:sunset,arg=Sat, 31 Dec 2027 23:59:59 GMT,times=1", `bill:field-set,arg=taxes=[1,2,{"a":"b,c"}],times=1`,
		"bills:429/53,retry-after=date",
	} {
		f, err := sandbox.ParseFault(text)
		if err != nil || f.String() != text {
			t.Errorf("%s reads as %+v, %s, %v", text, f, f, err)
		}
	}
	for _, text := range []string{
		"", "bills", "bills:", "bills:nonsense", "nowhere:503", "bills:418", "bills:503,times=-1", "bills:503,times=x",
		"bills:503,chance=1.5", "bills:503,for=soon", "bills:503,shape=round", "bills:503,retry-after=never", "bills:503,arg=x",
		"bills:latency", "bills:latency,arg=x", "bills:huge,arg=-1", "bills:redirect-302,arg=/local", "token:pdf-zip",
		"bills:count-wrong,arg=x", "document:list-empty", "bills:503,unknown=1",
	} {
		if f, err := sandbox.ParseFault(text); !errors.Is(err, sandbox.ErrFault) {
			t.Errorf("%q reads as %+v, %v", text, f, err)
		}
	}
}

func TestRefusalsHaveShapes(t *testing.T) {
	t.Parallel()
	now := newClock()
	c := newCaller(t, sandbox.Options{Now: now.Now})
	bodies := map[string]string{
		"object": `{"code":53,"message":"Too many requests",`, "array": `[{"code":53,`, "oauth": `{"error":"too_many_requests","error_description":`,
		"tmf": `"reason":"Too many requests"`, "html": "<!DOCTYPE html>", "text": "Too many requests\n", "empty": "",
	}
	for _, shape := range sandbox.Shapes() {
		if _, err := c.s.API.Arm("version:403/53,shape=" + shape); err != nil {
			t.Fatal(err)
		}
		r := c.get("/version")
		if want, known := bodies[shape]; !known || r.status != 403 || !strings.Contains(r.body, want) || (r.body == "") != (shape == "empty") {
			t.Errorf("%s: %d %s", shape, r.status, r.body)
		}
		c.s.API.DisarmAll()
	}
	for text, want := range map[string]string{
		"7": "7", "date": "Mon, 30 Nov 2026 09:01:00 GMT", "past": "Mon, 30 Nov 2026 08:00:00 GMT",
		"absurd": "31536000000", "negative": "-7", "garbage": "soon",
	} {
		if _, err := c.s.API.Arm("version:429,retry-after=" + text); err != nil {
			t.Fatal(err)
		}
		if r := c.get("/version"); r.header.Get("Retry-After") != want {
			t.Errorf("%s: %q", text, r.header.Get("Retry-After"))
		}
		c.s.API.DisarmAll()
	}
}

func TestAStatusAloneIsItsFirstCode(t *testing.T) {
	t.Parallel()
	f, err := sandbox.ParseFault("version:503")
	if err != nil || f.Word != "503/5" {
		t.Errorf("503 reads as %s, %v", f, err)
	}
	c := newCaller(t, sandbox.Options{Faults: []string{"version:503"}})
	refused(t, "503", c.get("/version"), 503, 5)
	if c.s.API.Served("503") != 1 || c.s.API.Served("503/5") != 1 || c.s.API.Served("503/6") != 0 {
		t.Error("503 is not counted as 503/5")
	}
}
