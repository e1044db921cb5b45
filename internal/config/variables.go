package config

import (
	"slices"
	"strings"
	"time"
)

// variable is one line of the documentation.
type variable struct {
	name     string
	fallback string // the text in force when the variable is not set
	required bool
	secret   bool // may come from name_FILE, and is never printed
	// set parses text, which is not empty, into the Config. Its error completes
	// the sentence that begins with the name, and must not contain a secret.
	set func(c *Config, text string) error
}

func (v variable) describe(text, source string) Setting {
	if v.secret && text != "" {
		text = redacted
	}
	return Setting{Name: v.name, Value: text, Source: source}
}

// privateNetworks are loopback (RFC 1122, RFC 4291), private (RFC 1918, RFC 4193)
// and link-local IPv6 (RFC 4291) ranges.
const privateNetworks = "127.0.0.0/8,::1/128,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7,fe80::/10"

// variables is the whole interface to the environment, in the order in which
// people read it.
var variables = slices.Concat(portalVariables, billingVariables, oidcVariables)

var portalVariables = []variable{
	{name: "PORTAL_ADDR", fallback: ":8080", set: func(c *Config, text string) error { return parseAddr(&c.Portal.Addr, text) }},
	{name: "PORTAL_URL", required: true, set: func(c *Config, text string) error { return parseOrigin(&c.Portal.URL, text) }},
	{name: "PORTAL_DATA", fallback: "data", set: func(c *Config, text string) error { return parseText(&c.Portal.Data, text) }},
	{name: "PORTAL_SECRET", required: true, secret: true, set: func(c *Config, text string) error { return parseKeys(&c.Portal.Secrets, text) }},
	{name: "PORTAL_INTERNAL_NETWORKS", fallback: privateNetworks, set: func(c *Config, text string) error {
		return parseNetworks(&c.Portal.InternalNetworks, text)
	}},
	{name: "PORTAL_TRUSTED_PROXIES", set: func(c *Config, text string) error { return parseProxies(&c.Portal.TrustedProxies, text) }},
	{name: "PORTAL_METRICS_ADDR", fallback: "off", set: func(c *Config, text string) error {
		if text == "off" {
			return nil
		}
		return parseAddr(&c.Portal.MetricsAddr, text)
	}},
	{name: "PORTAL_SESSION_IDLE", fallback: "30m", set: func(c *Config, text string) error {
		return parseDuration(&c.Portal.SessionIdle, text, longestSession)
	}},
	{name: "PORTAL_SESSION_MAX", fallback: "10h", set: func(c *Config, text string) error {
		return parseDuration(&c.Portal.SessionMax, text, longestSession)
	}},
	{name: "PORTAL_RETENTION_MONTHS", fallback: "120", set: func(c *Config, text string) error {
		return parseCount(&c.Portal.RetentionMonths, text)
	}},
	{name: "PORTAL_TIMEZONE", fallback: "Europe/Paris", set: func(c *Config, text string) error { return parseZone(&c.Portal.TimeZone, text) }},
	{name: "PORTAL_FINANCIAL_YEAR", fallback: "01", set: func(c *Config, text string) error { return parseMonth(&c.Portal.FinancialYear, text) }},
	{name: "PORTAL_EMPLOYEES_DOWNLOAD", fallback: "false", set: func(c *Config, text string) error {
		return parseBool(&c.Portal.EmployeesDownload, text)
	}},
	{name: "PORTAL_LANG", fallback: "en", set: func(c *Config, text string) error { return parseChoice(&c.Portal.Lang, text, "en", "fr") }},
	{name: "PORTAL_COMPANY", set: func(c *Config, text string) error { return parseText(&c.Portal.Company, text) }},
	{name: "PORTAL_SUPPORT", set: func(c *Config, text string) error { return parseText(&c.Portal.Support, text) }},
}

var billingVariables = []variable{
	{name: "BILLING_URL", fallback: "https://api.orange.com/billing/b2b/v1", set: func(c *Config, text string) error {
		if err := parseURL(&c.Billing.URL, text); err != nil {
			return err
		}
		c.Billing.URL = strings.TrimRight(c.Billing.URL, "/")
		return nil
	}},
	{name: "BILLING_TOKEN_URL", fallback: "https://api.orange.com/oauth/v3/token", set: func(c *Config, text string) error {
		return parseURL(&c.Billing.TokenURL, text)
	}},
	{name: "BILLING_SCOPE", set: func(c *Config, text string) error { return parseText(&c.Billing.Scope, text) }},
	{name: "BILLING_CLIENT_ID", required: true, set: func(c *Config, text string) error { return parseText(&c.Billing.ClientID, text) }},
	{name: "BILLING_CLIENT_SECRET", required: true, secret: true, set: func(c *Config, text string) error {
		return parseSecret(&c.Billing.ClientSecret, text)
	}},
	{name: "BILLING_API_KEY", required: true, secret: true, set: func(c *Config, text string) error { return parseSecret(&c.Billing.APIKey, text) }},
	{name: "BILLING_API_KEY_ISSUED", required: true, set: func(c *Config, text string) error { return parseDay(&c.Billing.APIKeyIssued, text) }},
	{name: "BILLING_CALLS_PER_MINUTE", fallback: "60", set: func(c *Config, text string) error { return parseCount(&c.Billing.CallsPerMinute, text) }},
	{name: "BILLING_CALLS_PER_SECOND", fallback: "5", set: func(c *Config, text string) error { return parseCount(&c.Billing.CallsPerSecond, text) }},
	{name: "BILLING_CALLS_PER_MONTH", set: func(c *Config, text string) error { return parseCount(&c.Billing.CallsPerMonth, text) }},
	{name: "BILLING_SYNC_EVERY", fallback: "30m", set: func(c *Config, text string) error {
		return parseDuration(&c.Billing.SyncEvery, text, 31*24*time.Hour)
	}},
	{name: "BILLING_DIALECT_FILE", set: func(c *Config, text string) error { return parseText(&c.Billing.DialectFile, text) }},
	{name: "BILLING_PROXY", secret: true, set: func(c *Config, text string) error { return parseProxyURL(&c.Billing.Proxy, text) }},
	{name: "BILLING_CA_FILE", set: func(c *Config, text string) error { return parseCertificates(&c.Billing.CAFile, text) }},
}

var oidcVariables = []variable{
	{name: "OIDC_ISSUER", required: true, set: func(c *Config, text string) error { return parseURL(&c.OIDC.Issuer, text) }},
	{name: "OIDC_CLIENT_ID", required: true, set: func(c *Config, text string) error { return parseText(&c.OIDC.ClientID, text) }},
	{name: "OIDC_CLIENT_SECRET", required: true, secret: true, set: func(c *Config, text string) error {
		return parseSecret(&c.OIDC.ClientSecret, text)
	}},
	{name: "OIDC_SCOPES", fallback: "openid profile email groups", set: func(c *Config, text string) error { return parseScopes(&c.OIDC.Scopes, text) }},
	{name: "OIDC_GROUPS_CLAIM", fallback: "groups", set: func(c *Config, text string) error { return parseText(&c.OIDC.GroupsClaim, text) }},
	{name: "OIDC_EMPLOYEE_GROUPS", set: func(c *Config, text string) error { return parseList(&c.OIDC.EmployeeGroups, text) }},
	{name: "OIDC_ACCOUNTANT_GROUPS", set: func(c *Config, text string) error { return parseList(&c.OIDC.AccountantGroups, text) }},
	{name: "OIDC_ADMIN_GROUPS", required: true, set: func(c *Config, text string) error { return parseList(&c.OIDC.AdminGroups, text) }},
	{name: "OIDC_MAX_AGE", fallback: "15m", set: func(c *Config, text string) error { return parseMaxAge(&c.OIDC.MaxAge, text) }},
}
