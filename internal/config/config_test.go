package config_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones must load on a machine without any

	"billportal/internal/config"
)

const (
	goodKey  = "0123456789abcdefghijklmnopqrstuv"
	otherKey = "ZYXWVUTSRQPONMLKJIHGFEDCBA987654"
)

// noon is 23 November 2026, 12:00 in Paris.
var noon = time.Date(2026, time.November, 23, 11, 0, 0, 0, time.UTC)

// complete returns the smallest environment that is in order, changed by the
// given NAME=value entries; NAME= takes one away.
func complete(changes ...string) []string {
	return append([]string{
		"PORTAL_URL=https://bills.example.com",
		"PORTAL_SECRET=" + goodKey,
		"PORTAL_TRUSTED_PROXIES=10.0.0.1",
		"BILLING_CLIENT_ID=client",
		"BILLING_CLIENT_SECRET=billing-secret",
		"BILLING_API_KEY=api-key",
		"BILLING_API_KEY_ISSUED=2026-11-01",
		"OIDC_ISSUER=https://login.example.com/",
		"OIDC_CLIENT_ID=portal",
		"OIDC_CLIENT_SECRET=oidc-secret",
		"OIDC_EMPLOYEE_GROUPS=staff",
		"OIDC_ADMIN_GROUPS=admins",
	}, changes...)
}

func TestTheSmallestEnvironmentHasTheDocumentedDefaults(t *testing.T) {
	t.Parallel()
	cfg, warnings, err := config.Load(complete(), noon)
	if err != nil || len(warnings) != 0 {
		t.Fatalf("Load: %v, warnings %q", err, warnings)
	}
	for _, c := range []struct{ name, got, want string }{
		{"address", cfg.Portal.Addr, ":8080"},
		{"data", cfg.Portal.Data, "data"},
		{"metrics", cfg.Portal.MetricsAddr, ""},
		{"idle", cfg.Portal.SessionIdle.String(), "30m0s"},
		{"max", cfg.Portal.SessionMax.String(), "10h0m0s"},
		{"zone", cfg.Portal.TimeZone.String(), "Europe/Paris"},
		{"financial year", cfg.Portal.FinancialYear.String(), "January"},
		{"language", cfg.Portal.Lang, "en"},
		{"API", cfg.Billing.URL, "https://api.orange.com/billing/b2b/v1"},
		{"tokens", cfg.Billing.TokenURL, "https://api.orange.com/oauth/v3/token"},
		{"key issued", cfg.Billing.APIKeyIssued.Format(time.RFC3339), "2026-11-01T00:00:00Z"},
		{"sync", cfg.Billing.SyncEvery.String(), "30m0s"},
		{"issuer, byte for byte", cfg.OIDC.Issuer, "https://login.example.com/"},
		{"scopes", strings.Join(cfg.OIDC.Scopes, "|"), "openid|profile|email|groups"},
		{"groups claim", cfg.OIDC.GroupsClaim, "groups"},
		{"admins", strings.Join(cfg.OIDC.AdminGroups, "|"), "admins"},
	} {
		if c.got != c.want {
			t.Errorf("%s = %q, want %q", c.name, c.got, c.want)
		}
	}
	if got := [3]int{cfg.Billing.CallsPerMinute, cfg.Billing.CallsPerSecond, cfg.Billing.CallsPerMonth}; got != [3]int{60, 5, 0} {
		t.Errorf("calls per minute, second, month = %v", got)
	}
	if cfg.Portal.RetentionMonths != 120 || cfg.Portal.EmployeesDownload || len(cfg.Portal.InternalNetworks) != 7 {
		t.Errorf("portal = %+v", cfg.Portal)
	}
}

func TestEveryMissingVariableIsNamedOnItsOwnLine(t *testing.T) {
	t.Parallel()
	_, _, err := config.Load(nil, noon)
	if err == nil {
		t.Fatal("an empty environment was accepted")
	}
	want := []string{
		"PORTAL_URL is required",
		"PORTAL_SECRET is required (or PORTAL_SECRET_FILE)",
		"BILLING_CLIENT_ID is required",
		"BILLING_CLIENT_SECRET is required (or BILLING_CLIENT_SECRET_FILE)",
		"BILLING_API_KEY is required (or BILLING_API_KEY_FILE)",
		"BILLING_API_KEY_ISSUED is required",
		"OIDC_ISSUER is required",
		"OIDC_CLIENT_ID is required",
		"OIDC_CLIENT_SECRET is required (or OIDC_CLIENT_SECRET_FILE)",
		"OIDC_ADMIN_GROUPS is required",
	}
	if got := strings.Split(err.Error(), "\n"); !slices.Equal(got, want) {
		t.Errorf("problems:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestABadValueStopsTheStartAndNamesItsVariable(t *testing.T) {
	t.Parallel()
	notPEM := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(notPEM, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, values := range map[string][]string{
		"PORTAL_ADDR":               {"8080", "localhost", ":http", ":70000", "a:b:c"},
		"PORTAL_URL":                {"http://bills.example.com", "bills.example.com", "ftp://localhost", "https://", "https://h/path", "https://u:p@h", "https://h/?q", "https://h#f", "https://h?", "https:h", "http://127.0.0.1.example.com"},
		"PORTAL_DATA":               {"a\nb", "\xff"},
		"PORTAL_SECRET":             {"short", goodKey[:31], goodKey + ",short", strings.Repeat("a", 64), strings.Repeat("abcdefgh", 8), goodKey + "," + goodKey, goodKey + ",", "change-me-" + goodKey, "this-is-an-EXAMPLE-key-0123456789"},
		"PORTAL_INTERNAL_NETWORKS":  {"10.1.2.3/8", "10.0.0.0/33", "office", "10.0.0.0/8,", "fe80::1%eth0"},
		"PORTAL_TRUSTED_PROXIES":    {"0.0.0.0/0", "::/0", "10.0.0.1,0.0.0.0/0", "proxy.example.com"},
		"PORTAL_METRICS_ADDR":       {"on", ":8080"},
		"PORTAL_SESSION_IDLE":       {"30", "0s", "-1m", "11h", "half an hour"},
		"PORTAL_SESSION_MAX":        {"0s", "200h"},
		"PORTAL_RETENTION_MONTHS":   {"0", "-1", "ten", "1.5"},
		"PORTAL_TIMEZONE":           {"Europe/Atlantis", "Local"},
		"PORTAL_FINANCIAL_YEAR":     {"0", "13", "00", "april"},
		"PORTAL_EMPLOYEES_DOWNLOAD": {"yes", "TRUE", "1"},
		"PORTAL_LANG":               {"de", "EN"},
		"PORTAL_COMPANY":            {"a\x00b"},
		"BILLING_URL":               {"http://api.orange.com", "http://10.0.0.1", "/v1", "https://h/v1?x=1"},
		"BILLING_TOKEN_URL":         {"http://api.orange.com/token"},
		"BILLING_CLIENT_SECRET":     {"two\nlines", " blank", "api-key\x00"},
		"BILLING_API_KEY_ISSUED":    {"2026-02-30", "01/11/2026", "2026-11-24", "2026-11-1"},
		"BILLING_CALLS_PER_MINUTE":  {"0", "-5", "many", "99999999999"},
		"BILLING_CALLS_PER_SECOND":  {"0"},
		"BILLING_CALLS_PER_MONTH":   {"0"},
		"BILLING_SYNC_EVERY":        {"0", "1000h"},
		"BILLING_PROXY":             {"proxy:3128", "ftp://proxy", "http://"},
		"BILLING_CA_FILE":           {"/does/not/exist", notPEM},
		"OIDC_ISSUER":               {"http://login.example.com", "https://login.example.com?x", "http://127.0.0.1:5556"},
		"OIDC_SCOPES":               {"profile email", "openid,profile"},
		"OIDC_ADMIN_GROUPS":         {",", "a,,b", "a,a", "a\tb\x01"},
		"OIDC_MAX_AGE":              {"15", "-15m", "30s", "200h", "never"},
	} {
		for _, value := range values {
			t.Run(name+"="+value, func(t *testing.T) {
				t.Parallel()
				_, _, err := config.Load(complete(name+"="+value), noon)
				if err == nil {
					t.Fatal("was accepted")
				}
				if lines := strings.Split(err.Error(), "\n"); len(lines) != 1 || !strings.HasPrefix(lines[0], name+" ") {
					t.Errorf("problems = %q, want one that begins with %s", lines, name)
				}
			})
		}
	}
}

func TestGoodValuesAreAccepted(t *testing.T) {
	t.Parallel()
	for _, changes := range [][]string{
		{"PORTAL_URL=https://bills.example.com/"},
		{"PORTAL_URL=http://localhost:8080", "OIDC_ISSUER=http://127.0.0.1:5556/dex"},
		{"PORTAL_URL=http://[::1]:8080"},
		{"PORTAL_SECRET=" + goodKey + ", " + otherKey},
		{"PORTAL_INTERNAL_NETWORKS=10.0.0.0/8, 2001:db8::/32, 192.0.2.7"},
		{"PORTAL_METRICS_ADDR=off"},
		{"PORTAL_FINANCIAL_YEAR=12"},
		{"PORTAL_LANG=fr", "PORTAL_COMPANY=Société Générale d’Exemples", "PORTAL_SUPPORT=it@example.com"},
		{"BILLING_URL=http://127.0.0.1:9000/any/base/", "BILLING_TOKEN_URL=http://localhost:9000/token"},
		{"BILLING_API_KEY_ISSUED=2026-11-23"},
		{"BILLING_PROXY=http://user:pass@proxy.example.com:3128"},
		{"OIDC_EMPLOYEE_GROUPS=admins", "OIDC_ACCOUNTANT_GROUPS=admins, Paris accountants"},
	} {
		t.Run(strings.Join(changes, " "), func(t *testing.T) {
			t.Parallel()
			if _, warnings, err := config.Load(complete(changes...), noon); err != nil || len(warnings) > 0 {
				t.Errorf("error %v, warnings %q", err, warnings)
			}
		})
	}
}

func TestTheDayOfTheKeyIsJudgedInTheZoneOfThePortal(t *testing.T) {
	t.Parallel()
	lateInParis := time.Date(2026, time.November, 23, 23, 30, 0, 0, time.UTC) // already the 24th there
	if _, _, err := config.Load(complete("BILLING_API_KEY_ISSUED=2026-11-24"), lateInParis); err != nil {
		t.Errorf("today in Paris was refused: %v", err)
	}
}

func TestKeysKeepTheirOrderAndListsTheirSpelling(t *testing.T) {
	t.Parallel()
	cfg, _, err := config.Load(complete("PORTAL_SECRET="+otherKey+","+goodKey, "OIDC_ADMIN_GROUPS=Admins, IT Billing Admins "), noon)
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.Portal.Secrets) != 2 || cfg.Portal.Secrets[0].Reveal() != otherKey || cfg.Portal.Secrets[1].Reveal() != goodKey {
		t.Error("the first key of the list must sign, the others verify")
	}
	if want := []string{"Admins", "IT Billing Admins"}; !slices.Equal(cfg.OIDC.AdminGroups, want) {
		t.Errorf("admin groups = %q, want %q", cfg.OIDC.AdminGroups, want)
	}
}

func TestASharedSecretIsRefused(t *testing.T) {
	t.Parallel()
	_, _, err := config.Load(complete("OIDC_CLIENT_SECRET="+goodKey), noon)
	if err == nil || !strings.HasPrefix(err.Error(), "PORTAL_SECRET ") {
		t.Errorf("error = %v, want one about PORTAL_SECRET", err)
	}
}

func TestDoubtfulSettingsAreWarnings(t *testing.T) {
	t.Parallel()
	for name, changes := range map[string][]string{
		"OIDC_MAX_AGE is 0: admins change what others may see, and people take many bills away, without proving again who they are":                                                 {"OIDC_MAX_AGE=0"},
		"PORTAL_BASEURL is not a variable of the portal and is ignored; the nearest is PORTAL_URL":                                                                                  {"PORTAL_BASEURL=x"},
		"BILLING_CALL_PER_MINUTE is not a variable of the portal and is ignored; the nearest is BILLING_CALLS_PER_MINUTE":                                                           {"BILLING_CALL_PER_MINUTE=6"},
		"OIDC_CLIENT_SECRET_FIEL is not a variable of the portal and is ignored; the nearest is OIDC_CLIENT_SECRET_FILE":                                                            {"OIDC_CLIENT_SECRET_FIEL=/x"},
		"PORTAL_INTERNAL_NETWORKS contains 0.0.0.0/0: the portal answers everybody who reaches it":                                                                                  {"PORTAL_INTERNAL_NETWORKS=0.0.0.0/0"},
		"OIDC_EMPLOYEE_GROUPS and OIDC_ACCOUNTANT_GROUPS are both empty: nobody can read bills":                                                                                     {"OIDC_EMPLOYEE_GROUPS="},
		"PORTAL_METRICS_ADDR is set, but this version serves no metrics":                                                                                                            {"PORTAL_METRICS_ADDR=127.0.0.1:9090"},
		"PORTAL_RETENTION_MONTHS is set, but this version removes nothing from the copy":                                                                                            {"PORTAL_RETENTION_MONTHS=36"},
		"PORTAL_TRUSTED_PROXIES is empty although PORTAL_URL is https: every client seems to come from the proxy that ends TLS, so PORTAL_INTERNAL_NETWORKS cannot tell them apart": {"PORTAL_TRUSTED_PROXIES="},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, warnings, err := config.Load(complete(append(changes, "HOME=/root", "MALFORMED")...), noon)
			if err != nil || !slices.Equal(warnings, []string{name}) {
				t.Errorf("error %v, warnings %q", err, warnings)
			}
		})
	}
}
