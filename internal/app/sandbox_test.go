package app_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// TestSandboxCommandTakesFaultsAndObeysItsControl starts the simulator as people
// do, with a fault and limits, and turns it while it runs.
func TestSandboxCommandTakesFaultsAndObeysItsControl(t *testing.T) {
	t.Parallel()
	p := start(t, nil, "sandbox", "--dialect", "tmf", "--seed", "7", "--calls-per-minute", "60", "--calls-per-second", "5",
		"--strict-limits", "--fault", "token:503/5,times=2", "--fault", "api:header,arg=X-A: b, c", "--switch", "maxLimit=40", "--switch", "openStatus")
	await(t, "sandbox prints its variables", func() (bool, error) {
		return strings.Contains(p.stdout.String(), "OIDC_ADMIN_GROUPS"), fmt.Errorf("%s%s", &p.stdout, &p.stderr)
	})
	tells(t, "sandbox", p.stdout.String(), "export BILLING_CALLS_PER_MINUTE='60'", "export BILLING_CALLS_PER_SECOND='5'")
	control := regexp.MustCompile(`http://127\.0\.0\.1:\d+/control/`).FindString(p.stdout.String())
	base := regexp.MustCompile(`BILLING_URL='(.*)'`).FindStringSubmatch(p.stdout.String())
	if control == "" || base == nil || strings.HasPrefix(base[1], strings.TrimSuffix(control, "/control/")+"/") {
		t.Fatalf("the control API has no address of its own:\n%s", &p.stdout)
	}
	ask := func(method, url, body string) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(response.Body)
		if err := errors.Join(err, response.Body.Close()); err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(text)
	}
	_, faults := ask(http.MethodGet, control+"faults", "")
	tells(t, "faults", faults, "token:503/5,times=2", "api:header,arg=X-A: b, c")
	_, switches := ask(http.MethodGet, control+"switches", "")
	tells(t, "switches", switches, `"maxLimit":40`, `"openStatus":true`)
	if status, body := ask(http.MethodGet, base[1]+"/status", ""); status != http.StatusOK {
		t.Errorf("status: %d %s", status, body)
	}
	if status, body := ask(http.MethodPost, control+"faults", `{"fault":"status:504"}`); status != http.StatusOK {
		t.Errorf("arming: %d %s", status, body)
	}
	if status, body := ask(http.MethodGet, base[1]+"/status", ""); status != http.StatusGatewayTimeout {
		t.Errorf("status under a fault: %d %s", status, body)
	}
}

func TestSandboxCommandRefusesWhatItCannotDo(t *testing.T) {
	t.Parallel()
	for flag, value := range map[string]string{
		"--fault": "bills:nonsense", "--switch": "maxLimit=many", "--dialect": "klingon", "--control": "0.0.0.0:0",
	} {
		_, errs := run(t, 1, nil, "sandbox", flag, value)
		if !strings.Contains(errs, value) && !strings.Contains(errs, "nonsense") {
			t.Errorf("%s %s: %s", flag, value, errs)
		}
	}
	out, _ := run(t, 0, nil, "sandbox", "--help")
	tells(t, "help", out, "zip-bomb", "document:cut-length,times=1", "retryAfter=", "/control/faults", "--strict-limits")
}
