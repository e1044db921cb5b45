package sandbox_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"billportal/internal/sandbox"
)

// turn sets switches by the words of the command line; all others are off.
func turn(t *testing.T, s *sandbox.Sandbox, switches ...string) {
	t.Helper()
	var all sandbox.Switches
	for _, one := range switches {
		if err := all.Set(one); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.API.SetSwitches(all); err != nil {
		t.Fatal(err)
	}
}

func TestSwitchesOfCredentials(t *testing.T) {
	t.Parallel()
	c := newCaller(t, sandbox.Options{Switches: sandbox.Switches{MissingKey: "403/50", WrongKey: "400/26", RevokedKey: "401/41"}})
	refused(t, "no key", c.get("/bills", "X-API-Key", ""), 403, 50)
	refused(t, "wrong key", c.get("/bills", "X-API-Key", "wrong"), 400, 26)
	c.s.API.RevokeAPIKey(true)
	refused(t, "lapsed key", c.get("/bills"), 401, 41)
	turn(t, c.s, "expiresInText", "invalidClient41", "openStatus")
	if r := c.askToken(url.Values{"grant_type": {"client_credentials"}}, nil); !strings.Contains(r.body, `"expires_in":"3600"`) {
		t.Errorf("a token with its life as text: %s", r.body)
	}
	wrong := c.askToken(url.Values{"grant_type": {"client_credentials"}}, func(r *http.Request) { r.SetBasicAuth("who", "what") })
	refused(t, "an unknown client", wrong, 401, 41)
	if r := c.get("/status", "Authorization", "", "X-API-Key", ""); r.status != http.StatusOK {
		t.Errorf("status without credentials: %d", r.status)
	}
	turn(t, c.s)
	refused(t, "with the switch off", c.get("/status", "Authorization", ""), 401, 40)
}

func TestSwitchesOfRequests(t *testing.T) {
	t.Parallel()
	c := newCaller(t, sandbox.Options{})
	if r := c.get("/bills?colour=red"); r.status != http.StatusOK {
		t.Errorf("an unknown parameter: %d", r.status)
	}
	turn(t, c.s, "strictAccept", "strictParameters")
	refused(t, "no Accept", c.get("/bills", "Accept", ""), 406, 62)
	refused(t, "an unknown parameter", c.get("/bills?colour=red", "Accept", "*/*"), 400, 28)
	if r := c.get("/bills?overrideAccept=application/json&issuedAt=last30days&sort=issuedAt"); r.status != http.StatusOK {
		t.Errorf("known parameters: %d %s", r.status, r.body)
	}
	turn(t, c.s, "errorShape=array")
	if r := c.get("/bills/1"); !strings.HasPrefix(r.body, `[{"code":60`) {
		t.Errorf("as an array: %s", r.body)
	}
}

func TestSwitchesOfPaging(t *testing.T) {
	t.Parallel()
	c := newCaller(t, sandbox.Options{})
	if n := len(c.get("/bills?limit=5000").ids(t)); n != 1000 {
		t.Errorf("a page has %d rows", n)
	}
	turn(t, c.s, "maxLimit=40")
	if r := c.get("/bills?limit=5000"); len(r.ids(t)) != 40 || r.status != http.StatusOK {
		t.Errorf("%d: %d rows", r.status, len(r.ids(t)))
	}
	turn(t, c.s, "maxLimit=40", "refuseLimit", "partialContent", "refuseOffset")
	refused(t, "too high a limit", c.get("/bills?limit=41"), 400, 28)
	if r := c.get("/bills?limit=40"); r.status != http.StatusPartialContent || len(r.ids(t)) != 40 {
		t.Errorf("a part: %d", r.status)
	}
	if r := c.get("/billingAccounts?limit=40"); r.status != http.StatusOK {
		t.Errorf("the whole: %d", r.status)
	}
	if r := c.get("/bills?offset=99999"); r.status != http.StatusRequestedRangeNotSatisfiable || !strings.HasPrefix(r.header.Get("Content-Range"), "items */") {
		t.Errorf("past the end: %d %v", r.status, r.header)
	}
}

func TestWaysToADocument(t *testing.T) {
	t.Parallel()
	v := newVictim(t, sandbox.Options{})
	path := "/bills/" + v.s.World.Stories.Spike.ID
	refused(t, "the second way is closed", v.fetch(path+"/document").reply, 404, 60)
	turn(t, v.s, "documentPath", "noPDFByAccept")
	refused(t, "the first way is closed", v.fetch(path, "Accept", "application/pdf").reply, 406, 62)
	if r := v.fetch(path + "/document"); r.status != http.StatusOK || !strings.HasPrefix(r.body, "%PDF-") {
		t.Errorf("the second way: %d", r.status)
	}
	turn(t, v.s, "documentPath", "redirectDocument")
	r := v.fetch(path + "/document")
	if want := "/billing/b2b/v1/files/" + v.s.World.Stories.Spike.ID; r.status != http.StatusFound || r.header.Get("Location") != want {
		t.Fatalf("%d to %s", r.status, r.header.Get("Location"))
	}
	if r := v.fetch("/files/" + v.s.World.Stories.Spike.ID); !strings.HasPrefix(r.body, "%PDF-") {
		t.Errorf("where it leads: %d", r.status)
	}
	v.under("document:404,times=3", 3, func() {
		for _, r := range []spoilt{v.fetch(path + "/document"), v.pdf(), v.fetch(path + "?overrideAccept=application/pdf")} {
			refused(t, "every way is the route document", r.reply, 404, 60)
		}
		if r := v.fetch(path); r.status != http.StatusOK {
			t.Errorf("and the bill is not: %d", r.status)
		}
	})
}

func TestThrottlingSwitches(t *testing.T) {
	t.Parallel()
	now := newClock()
	c := newCaller(t, sandbox.Options{Now: now.Now, CallsPerMinute: 1, TokenCallsPerMinute: 2, Switches: sandbox.Switches{Throttle429: true, RetryAfter: "7"}})
	c.get("/version")
	r := c.get("/version")
	if refused(t, "above the limit", r, 429, 53); r.header.Get("Retry-After") != "7" {
		t.Errorf("Retry-After is %q", r.header.Get("Retry-After"))
	}
	c.fetchToken()
	r = c.askToken(url.Values{"grant_type": {"client_credentials"}}, nil)
	if refused(t, "the token's limit", r, 429, 53); r.header.Get("Retry-After") != "7" {
		t.Errorf("Retry-After is %q", r.header.Get("Retry-After"))
	}
	now.advance(time.Minute)
	turn(t, c.s, "retryAfter=date")
	c.get("/version")
	r = c.get("/version")
	if refused(t, "as Orange words it", r, 403, 53); r.header.Get("Retry-After") != now.Now().Add(time.Minute).Format(http.TimeFormat) {
		t.Errorf("Retry-After is %q", r.header.Get("Retry-After"))
	}
}

func TestSwitchesThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "nonsense", "strictAccept=perhaps", "maxLimit=-1", "maxLimit=x", "errorShape=round", "wrongKey=418", "retryAfter=never"} {
		var s sandbox.Switches
		if err := s.Set(text); err == nil || s != (sandbox.Switches{}) {
			t.Errorf("%q made %+v", text, s)
		}
	}
	if _, err := sandbox.New(sandbox.Options{Switches: sandbox.Switches{ErrorShape: "round"}}); err == nil {
		t.Error("a sandbox started with a switch that cannot be")
	}
	if _, err := sandbox.New(sandbox.Options{Faults: []string{"bills:nonsense"}}); err == nil {
		t.Error("a sandbox started with a fault that cannot be")
	}
}
