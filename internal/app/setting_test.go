package app_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestServeRefusesEveryUnsafeSetting_C1_case21 starts the program once for each.
func TestServeRefusesEveryUnsafeSetting_C1_case21(t *testing.T) {
	t.Parallel()
	_, environ := simulated(t, folder(t))
	for name, values := range map[string][]string{
		"PORTAL_URL":               {"http://bills.example.com", "https://bills.example.com/path", "https://user:word@bills.example.com"},
		"PORTAL_TRUSTED_PROXIES":   {"*", "0.0.0.0/0", "::/0", "10.0.0.1,0.0.0.0/0"},
		"PORTAL_INTERNAL_NETWORKS": {"office", "10.1.2.3/8"},
		"PORTAL_SECRET":            {"sixteen-bytes-ab", "change-me-0123456789abcdefghijklmnop", strings.Repeat("a", 40)},
		"PORTAL_SESSION_MAX":       {"1000h"},
		"PORTAL_SESSION_IDLE":      {"0s"},
		"OIDC_ISSUER":              {"http://login.example.com", "login.example.com"},
		"OIDC_ADMIN_GROUPS":        {","},
		"BILLING_URL":              {"http://api.example.com/billing"},
		"BILLING_TOKEN_URL":        {"http://api.example.com/token"},
		"BILLING_PROXY":            {"proxy:3128"},
		"BILLING_CALLS_PER_MONTH":  {"100"},
	} {
		for _, value := range values {
			t.Run(name+"="+value, func(t *testing.T) {
				t.Parallel()
				refusesToServe(t, environ, name, name+"="+value)
			})
		}
	}
	t.Run("an identity provider of this machine for a portal that others reach", func(t *testing.T) {
		t.Parallel()
		refusesToServe(t, environ, "OIDC_ISSUER", "PORTAL_URL=https://bills.example.com")
	})
}

// refusesToServe fails unless the program ends at once, names the variable, and has
// made no database.
func refusesToServe(t *testing.T, environ []string, name, change string) {
	t.Helper()
	dir := folder(t)
	out, errs := run(t, 1, with(environ, "PORTAL_DATA="+dir, change), "serve")
	tells(t, "serve with "+change, errs, name)
	if strings.Contains(out+errs, "portal serves") || strings.Contains(errs, "goroutine ") {
		t.Errorf("it says\n%s%s", out, errs)
	}
	if made, err := os.ReadDir(dir); err != nil || len(made) > 0 && name != "BILLING_CALLS_PER_MONTH" {
		t.Errorf("the data folder holds %v, %v", made, err)
	}
}

// TestTheStartWarnsOfWhatItCannotRefuse_C1 looks at settings that may be meant.
func TestTheStartWarnsOfWhatItCannotRefuse_C1(t *testing.T) {
	t.Parallel()
	_, environ := simulated(t, folder(t))
	for change, warning := range map[string]string{
		"PORTAL_DEBUG=1":                     "PORTAL_DEBUG is not a variable of the portal and is ignored",
		"PORTAL_PPROF=:6060":                 "PORTAL_PPROF is not a variable of the portal and is ignored",
		"PORTAL_INTERNAL_NETWORKS=0.0.0.0/0": "PORTAL_INTERNAL_NETWORKS contains 0.0.0.0/0",
		"OIDC_INSECURE=true":                 "OIDC_INSECURE is not a variable of the portal and is ignored",
	} {
		t.Run(change, func(t *testing.T) {
			t.Parallel()
			out, errs := run(t, 0, with(environ, change), "config")
			tells(t, fmt.Sprintf("config with %s", change), out+errs, warning)
		})
	}
}
