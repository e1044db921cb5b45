package sandbox_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"billportal/internal/sandbox"
)

// controls calls the control API of a sandbox.
func (c *caller) control(method, path, body string, headers ...string) reply {
	c.t.Helper()
	request := c.request(method, c.s.ControlURL+path, body)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			request.Host = headers[i+1]
		}
		request.Header.Set(headers[i], headers[i+1])
	}
	return send(c.t, request)
}

func TestControlDoesWhatTheMethodsDo(t *testing.T) {
	t.Parallel()
	c := newCaller(t, sandbox.Options{ControlAddr: "127.0.0.1:0"})
	r := c.control(http.MethodPost, "faults", `{"fault":"version:503/5,times=1"}`)
	if r.status != http.StatusOK || !strings.Contains(r.body, `"fault":"version:503/5,times=1"`) {
		t.Fatalf("%d %s", r.status, r.body)
	}
	refused(t, "under the fault", c.get("/version"), 503, 5)
	if r := c.control(http.MethodGet, "faults", ""); !strings.Contains(r.body, `"served":1,"over":true`) || !strings.Contains(r.body, `"503/5":1`) {
		t.Errorf("faults: %s", r.body)
	}
	if r := c.control(http.MethodDelete, "faults/1", ""); r.status != http.StatusOK || len(c.s.API.Faults()) != 0 {
		t.Errorf("%d %s", r.status, r.body)
	}
	c.control(http.MethodPost, "faults", `{"faults":["version:500","bills:list-empty"]}`)
	if c.control(http.MethodDelete, "faults", ""); len(c.s.API.Faults()) != 0 {
		t.Error("faults are still armed")
	}
	if c.control(http.MethodPatch, "switches", `{"partialContent":true,"maxLimit":7}`); c.s.API.Switches() != (sandbox.Switches{PartialContent: true, MaxLimit: 7}) {
		t.Errorf("%+v", c.s.API.Switches())
	}
	if c.control(http.MethodPatch, "switches", `{"maxLimit":0}`); !c.s.API.Switches().PartialContent {
		t.Error("a switch that was not named was turned")
	}
	c.control(http.MethodPut, "api-key", `{"revoked":true}`)
	refused(t, "a revoked key", c.get("/version"), 403, 50)
	c.control(http.MethodPut, "api-key", `{"revoked":false}`)
	c.control(http.MethodPost, "revoke-tokens", "")
	refused(t, "a revoked token", c.get("/version"), 401, 41)
	c.fetchToken()
	story := c.s.World.Stories
	c.control(http.MethodPut, "correction", `{"held":true}`)
	if b, _ := c.s.World.Bill(story.Corrected.ID); b.Gross != story.AsIssued.Gross {
		t.Error("the correction is not held back")
	}
	c.control(http.MethodPut, "correction", `{"held":false}`)
	var told struct {
		Calls  int
		Worst  sandbox.Worst
		Routes map[string]int
	}
	if r := c.control(http.MethodGet, "calls", ""); json.Unmarshal([]byte(r.body), &told) != nil || told.Calls != c.s.API.AllCalls() ||
		told.Worst.Month.Calls != told.Calls || told.Routes["GET /version"] != c.s.API.Calls("GET /version") {
		t.Errorf("calls: %s", r.body)
	}
	if c.control(http.MethodDelete, "calls", ""); c.s.API.AllCalls() != 0 || len(c.s.API.Requests()) != 0 {
		t.Error("calls are not forgotten")
	}
	c.control(http.MethodPatch, "limits", `{"callsPerMinute":1,"callsPerSecond":9,"callsPerMonth":99,"tokenCallsPerMinute":9}`)
	refused(t, "above the new limit", c.get("/version"), 403, 53)
	if r := c.control(http.MethodGet, "words", ""); !strings.Contains(r.body, `"word":"zip-bomb"`) || !strings.Contains(r.body, `"everything"`) {
		t.Errorf("words: %.300s", r.body)
	}
}

func TestControlIsForThisMachineAlone(t *testing.T) {
	t.Parallel()
	c := newCaller(t, sandbox.Options{ControlAddr: "127.0.0.1:0"})
	for what, r := range map[string]struct {
		got  reply
		want int
	}{
		"a name in place of the address": {c.control(http.MethodGet, "faults", "", "Host", "rebound.example"), http.StatusForbidden},
		"a page's origin":                {c.control(http.MethodPost, "faults", `{"fault":"api:500"}`, "Origin", "http://127.0.0.1:8080"), http.StatusForbidden},
		"a form":                         {c.control(http.MethodPost, "faults", `{"fault":"api:500"}`, "Content-Type", "text/plain"), http.StatusUnsupportedMediaType},
		"an unknown fault":               {c.control(http.MethodPost, "faults", `{"fault":"api:nonsense"}`), http.StatusBadRequest},
		"an unknown field":               {c.control(http.MethodPost, "faults", `{"mistake":1}`), http.StatusBadRequest},
		"no fault":                       {c.control(http.MethodPost, "faults", `{}`), http.StatusBadRequest},
		"a number nobody has":            {c.control(http.MethodDelete, "faults/77", ""), http.StatusBadRequest},
		"a switch that cannot be":        {c.control(http.MethodPatch, "switches", `{"maxLimit":-1}`), http.StatusBadRequest},
		"another path":                   {c.control(http.MethodGet, "nothing", ""), http.StatusNotFound},
	} {
		if r.got.status != r.want {
			t.Errorf("%s: %d %s", what, r.got.status, r.got.body)
		}
	}
	if faults := c.s.API.Faults(); len(faults) != 0 {
		t.Errorf("armed are %+v", faults)
	}
	refused(t, "the control API below the Billing API", c.get("/control/faults"), 404, 60)
	if r := send(t, c.request(http.MethodGet, strings.Replace(c.s.BillingURL, "/billing/b2b/v1", "/control/faults", 1), "")); r.status != http.StatusNotFound {
		t.Errorf("beside the Billing API: %d", r.status)
	}
	if s := start(t, sandbox.Options{}); s.ControlURL != "" {
		t.Errorf("a control API nobody asked for is at %s", s.ControlURL)
	}
	if _, err := sandbox.Start(t.Context(), sandbox.Options{ControlAddr: "0.0.0.0:0"}); err == nil {
		t.Error("the control API listens to the network")
	}
}
