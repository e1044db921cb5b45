package config

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

const (
	// shortestKey is the least length of a signing key in bytes: HMAC-SHA-256
	// gains nothing from more and loses strength with less (RFC 2104 section 3).
	shortestKey = 32
	// fewestBytes is how many different byte values a key must use at least.
	// Random hexadecimal of 32 digits has fewer less than once in 10 million times.
	fewestBytes = 8
)

// placeholders mark keys copied from an example.
var placeholders = []string{"changeme", "change-me", "change_me", "replaceme", "replace-me", "replace_me", "example"}

// parseKeys reads the comma list of signing keys. Its errors name a key by its
// position, never by its text.
func parseKeys(to *[]Secret, text string) error {
	var keys []Secret
	seen := map[string]bool{}
	for key := range strings.SplitSeq(text, ",") {
		key = strings.TrimSpace(key)
		weakness := weakKey(key)
		if weakness == nil && seen[key] {
			weakness = errors.New("is there twice")
		}
		if weakness != nil {
			return fmt.Errorf("is weak: key %d %w", len(keys)+1, weakness)
		}
		seen[key] = true
		keys = append(keys, NewSecret(key))
	}
	*to = keys
	return nil
}

func weakKey(key string) error {
	if len(key) < shortestKey {
		return fmt.Errorf("has %d bytes; at least %d are needed", len(key), shortestKey)
	}
	var used [256]bool
	different := 0
	for i := range len(key) {
		if !used[key[i]] {
			used[key[i]] = true
			different++
		}
	}
	// A text made of copies of a shorter one is found again inside its double
	// before its end.
	period := strings.Index((key + key)[1:], key) + 1
	if different < fewestBytes || period < shortestKey/2 {
		return errors.New("repeats itself")
	}
	for _, word := range placeholders {
		if strings.Contains(strings.ToLower(key), word) {
			return errors.New("looks like the placeholder of an example")
		}
	}
	return nil
}

// contradictions finds what is wrong between variables that are each in order.
// Values that could not be read are zero and are passed over.
func contradictions(c *Config, now time.Time) Problems {
	var problems Problems
	add := func(name, format string, args ...any) {
		problems = append(problems, Problem{name, fmt.Sprintf(format, args...)})
	}
	if c.Portal.MetricsAddr != "" && c.Portal.MetricsAddr == c.Portal.Addr {
		add("PORTAL_METRICS_ADDR", "must differ from PORTAL_ADDR (%s): metrics have their own listener", c.Portal.Addr)
	}
	if c.Portal.SessionMax > 0 && c.Portal.SessionIdle > c.Portal.SessionMax {
		add("PORTAL_SESSION_IDLE", "must not be longer than PORTAL_SESSION_MAX (%s)", c.Portal.SessionMax)
	}
	if zone := c.Portal.TimeZone; zone != nil && c.Billing.APIKeyIssued.Format(time.DateOnly) > now.In(zone).Format(time.DateOnly) {
		add("BILLING_API_KEY_ISSUED", "must not be in the future, it is %s", c.Billing.APIKeyIssued.Format(time.DateOnly))
	}
	if onThisMachine(c.OIDC.Issuer) && c.Portal.URL != "" && !onThisMachine(c.Portal.URL) {
		add("OIDC_ISSUER", "is on this machine, but PORTAL_URL is not: browsers could not reach the identity provider")
	}
	for _, key := range c.Portal.Secrets {
		switch key.Reveal() {
		case c.Billing.ClientSecret.Reveal(), c.Billing.APIKey.Reveal(), c.OIDC.ClientSecret.Reveal():
			add("PORTAL_SECRET", "must not be one of the other secrets: whoever holds that one could sign sessions")
		}
	}
	return problems
}

// defaultRetentionMonths is PORTAL_RETENTION_MONTHS when nobody chose.
const defaultRetentionMonths = 120

// doubts are the settings that may be meant and more often are not.
//
// Some of them name what this version does not do yet: a setting must not look as
// if it were in force.
func doubts(c *Config) []string {
	var warnings []string
	for _, prefix := range c.Portal.InternalNetworks {
		if prefix.Bits() == 0 {
			warnings = append(warnings, fmt.Sprintf("PORTAL_INTERNAL_NETWORKS contains %s: the portal answers everybody who reaches it", prefix))
		}
	}
	if strings.HasPrefix(c.Portal.URL, "https:") && len(c.Portal.TrustedProxies) == 0 {
		warnings = append(warnings, "PORTAL_TRUSTED_PROXIES is empty although PORTAL_URL is https: "+
			"every client seems to come from the proxy that ends TLS, so PORTAL_INTERNAL_NETWORKS cannot tell them apart")
	}
	if c.Portal.MetricsAddr != "" {
		warnings = append(warnings, "PORTAL_METRICS_ADDR is set, but this version serves no metrics")
	}
	if c.Portal.RetentionMonths > 0 && c.Portal.RetentionMonths != defaultRetentionMonths {
		warnings = append(warnings, "PORTAL_RETENTION_MONTHS is set, but this version removes nothing from the copy")
	}
	if c.OIDC.Issuer != "" && c.OIDC.MaxAge == 0 {
		warnings = append(warnings, "OIDC_MAX_AGE is 0: admins change what others may see, and people take many bills away, "+
			"without proving again who they are")
	}
	if len(c.OIDC.EmployeeGroups) == 0 && len(c.OIDC.AccountantGroups) == 0 {
		warnings = append(warnings, "OIDC_EMPLOYEE_GROUPS and OIDC_ACCOUNTANT_GROUPS are both empty: nobody can read bills")
	}
	return warnings
}

func onThisMachine(rawURL string) bool {
	u, err := url.Parse(rawURL)
	return err == nil && isLoopback(u.Hostname())
}
