// Package config turns the process environment into one checked Config.
//
// The environment is the only source, so that a start can be repeated from what
// the process manager shows. Every variable stands once in the table in
// variables.go, with its default, its parser and whether it is a secret;
// loading, describing and the search for misspelt names all read that table.
//
// A secret X may be given as X_FILE, the path of a file that holds it, which
// keeps it out of process listings and crash dumps.
package config

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// Config is everything an administrator can set before the portal starts.
// Values are parsed and checked; no other package reads the environment.
type Config struct {
	Portal  Portal
	Billing Billing
	OIDC    OIDC

	settings []Setting
}

// Portal is what concerns the portal itself (PORTAL_…).
type Portal struct {
	// Addr is where the portal listens, as net.Listen takes it.
	Addr string
	// URL is the public base URL: scheme and host, no path, no final slash.
	URL string
	// Data is the directory of the database, documents, exports and temporary files.
	Data string
	// Secrets sign cookies and tickets: the first signs, all verify. Never empty,
	// each of 32 bytes or more.
	Secrets []Secret
	// InternalNetworks are the only client addresses that get an answer.
	InternalNetworks []netip.Prefix
	// TrustedProxies are the peers whose X-Forwarded-* headers are believed.
	TrustedProxies []netip.Prefix
	// MetricsAddr is the listener for metrics and health; empty is off.
	MetricsAddr string
	// SessionIdle and SessionMax end a session after so long unused, and in any case.
	SessionIdle, SessionMax time.Duration
	// RetentionMonths is how long bills and PDFs stay in the copy.
	RetentionMonths int
	// TimeZone decides what "today" and "last month" mean.
	TimeZone *time.Location
	// FinancialYear is the first month of the company's financial year.
	FinancialYear time.Month
	// EmployeesDownload lets employees download single PDFs.
	EmployeesDownload bool
	// Lang is the language of a person who has not chosen one: "en" or "fr".
	Lang string
	// Company is the name shown on pages; may be empty.
	Company string
	// Support tells people whom to ask; may be empty.
	Support string
}

// Billing is the link to the Billing API (BILLING_…).
type Billing struct {
	// URL is the API's base, without final slash; TokenURL issues access tokens.
	URL, TokenURL string
	// Scope is asked for with the token; empty asks for none.
	Scope string
	// ClientID and ClientSecret obtain a token; APIKey accompanies every call.
	ClientID             string
	ClientSecret, APIKey Secret
	// APIKeyIssued is midnight UTC of the calendar day on which Orange issued the key.
	APIKeyIssued time.Time
	// CallsPerMinute and CallsPerSecond are Orange's thresholds, at least 1.
	// CallsPerMonth is 0 when there is none.
	CallsPerMinute, CallsPerSecond, CallsPerMonth int
	// SyncEvery is the time from the start of one sync to the next.
	SyncEvery time.Duration
	// DialectFile is the path of a JSON file that overrides the built-in dialect
	// of the API; empty keeps it. Its content is not checked here.
	DialectFile string
	// Proxy is the URL of the proxy towards the API, empty for none. It is a
	// Secret because it may carry a password.
	Proxy Secret
	// CAFile is the path of extra PEM certificates to trust; empty for none.
	CAFile string
}

// OIDC is the company's identity provider (OIDC_…).
type OIDC struct {
	// Issuer is kept byte for byte: the provider's tokens must name exactly this.
	Issuer       string
	ClientID     string
	ClientSecret Secret
	// Scopes are asked for at sign-in and contain "openid".
	Scopes []string
	// GroupsClaim is the name of the claim that lists a person's groups.
	GroupsClaim string
	// Groups that give each role, compared byte for byte. A group may give several.
	EmployeeGroups, AccountantGroups, AdminGroups []string
	// MaxAge is how long ago whoever administers, or takes many bills away, may have proved who they are; 0 is any time.
	MaxAge time.Duration
}

// Setting is one variable as it is in force, for people to read.
type Setting struct {
	Name string
	// Value is the text in force, "redacted" for a secret, empty when not set.
	Value string
	// Source is "default", "environment", "file PATH" or "not set".
	Source string
}

// Describe lists every variable in the order of the documentation. It prints no
// secret, and also describes a Config that came with an error.
func (c Config) Describe() []Setting {
	return append([]Setting(nil), c.settings...)
}

// Problem is one variable that keeps the portal from starting.
type Problem struct {
	Name   string
	Reason string
}

// Problems is the error of Load: every problem found, in the order of the
// documentation. Its text has one line a problem and contains no secret.
type Problems []Problem

// Error lists the problems, one line each.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.Name + " " + problem.Reason
	}
	return strings.Join(lines, "\n")
}

// Load reads environ, in the form of os.Environ, as of the instant now. A
// variable that is set to nothing counts as not set.
//
// The error is nil or a Problems that names everything missing, weak or
// contradictory at once. With an error the Config holds what could be read,
// enough to describe it or to find PORTAL_DATA, and must not be served from.
// Warnings are sentences for the log and hold in both cases.
func Load(environ []string, now time.Time) (cfg Config, warnings []string, err error) {
	env := parseEnviron(environ)
	var problems Problems
	for _, v := range variables {
		text, source, warning, err := env.read(v)
		if warning != "" {
			warnings = append(warnings, warning)
		}
		if err == nil && text == "" && v.required {
			err = fmt.Errorf("is required%s", orFile(v))
		}
		if err == nil && text != "" {
			err = v.set(&cfg, text)
		}
		if err != nil {
			problems = append(problems, Problem{v.name, err.Error()})
		}
		cfg.settings = append(cfg.settings, v.describe(text, source))
	}
	problems = append(problems, contradictions(&cfg, now)...)
	warnings = append(warnings, doubts(&cfg)...)
	warnings = append(warnings, env.misspelt()...)
	if len(problems) > 0 {
		return cfg, warnings, problems
	}
	return cfg, warnings, nil
}

func orFile(v variable) string {
	if v.secret {
		return " (or " + v.name + "_FILE)"
	}
	return ""
}
