// Package app joins the parts of the portal and runs them. Every command of the
// command line is a function here; the end-to-end tests call the same ones.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"billportal/internal/access"
	"billportal/internal/billcache"
	"billportal/internal/billingapi"
	"billportal/internal/config"
	"billportal/internal/i18n"
	"billportal/internal/signin"
	"billportal/web"
)

// Command is what a command has at hand.
type Command struct {
	Environ        []string // in the form of os.Environ
	Stdout, Stderr io.Writer
	Version        string
	Now            func() time.Time
}

// logger writes one JSON object a line to standard error.
func (c Command) logger(level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(c.Stderr, &slog.HandlerOptions{Level: level}))
}

// load reads and checks the configuration, and logs its warnings.
func (c Command) load(log *slog.Logger) (config.Config, error) {
	cfg, warnings, err := config.Load(c.Environ, c.Now())
	for _, w := range warnings {
		log.Warn(w)
	}
	return cfg, err
}

// newCache joins the store with the one client of the Billing API.
func newCache(cfg config.Config, s *store, now func() time.Time, log *slog.Logger) (*billcache.Cache, error) {
	b := cfg.Billing
	if b.CallsPerMonth > 0 {
		return nil, errors.New("BILLING_CALLS_PER_MONTH: this version keeps no count of a month and cannot promise to stay below it")
	}
	dialect, err := readDialect(b.DialectFile)
	if err != nil {
		return nil, err
	}
	api, err := billingapi.New(billingapi.Options{
		BaseURL: b.URL, TokenURL: b.TokenURL, Scope: b.Scope,
		ClientID: b.ClientID, ClientSecret: b.ClientSecret.Reveal(), APIKey: b.APIKey.Reveal(),
		CallsPerMinute: b.CallsPerMinute, CallsPerSecond: b.CallsPerSecond,
		Proxy: b.Proxy.Reveal(), CAFile: b.CAFile, Dialect: dialect, Log: log,
	})
	if err != nil {
		return nil, err
	}
	return billcache.New(billcache.Options{
		DB: s.db, Documents: s.documents, API: api, SyncEvery: b.SyncEvery, Now: now, Log: log,
	}), nil
}

func readDialect(path string) (dialect billingapi.Dialect, err error) {
	if path == "" {
		return billingapi.BuiltInDialect(), nil
	}
	f, err := os.Open(path) //nolint:gosec // the path is BILLING_DIALECT_FILE
	if err != nil {
		return dialect, fmt.Errorf("BILLING_DIALECT_FILE: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return billingapi.ParseDialect(f)
}

// portal is everything of a running portal.
type portal struct {
	cfg      config.Config
	store    *store
	cache    *billcache.Cache
	provider *signin.Provider
	server   *web.Server
	log      *slog.Logger
}

// openPortal opens the parts and joins them. The link to the API is this
// process's alone from now on.
func openPortal(ctx context.Context, cfg config.Config, c Command, log *slog.Logger) (_ *portal, err error) {
	p := &portal{cfg: cfg, log: log}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.Close())
		}
	}()
	if p.store, err = openAlone(ctx, cfg.Portal.Data, c.Now); err != nil {
		return p, err
	}
	if p.cache, err = newCache(cfg, p.store, c.Now, log); err != nil {
		return p, err
	}
	p.provider, err = signin.New(signin.Options{
		Issuer: cfg.OIDC.Issuer, ClientID: cfg.OIDC.ClientID, ClientSecret: cfg.OIDC.ClientSecret.Reveal(),
		Scopes: cfg.OIDC.Scopes, GroupsClaim: cfg.OIDC.GroupsClaim,
		RedirectURL: portalURL(cfg) + "/signin/callback", Now: c.Now,
	})
	if err != nil {
		return p, err
	}
	p.server, err = web.New(settings(cfg, c.Version), web.Deps{
		Cache: p.cache, SignIn: p.provider, Sessions: p.store.db, AdminLinks: p.store.db, Register: p.store.db, Grants: p.store.db,
		People: p.store.db, Ledger: p.store.db, Entries: p.store.db, Ready: p.store.db.Ready, Now: c.Now, Log: log,
	})
	return p, err
}

// Close ends what still runs for pages and the cache, then closes what they write to.
func (p *portal) Close() error {
	if p.server != nil {
		p.server.Close()
	}
	if p.cache != nil {
		p.cache.Close()
	}
	if p.store != nil {
		return p.store.Close()
	}
	return nil
}

func portalURL(cfg config.Config) string { return strings.TrimRight(cfg.Portal.URL, "/") }

func settings(cfg config.Config, version string) web.Settings {
	p := cfg.Portal
	secrets := make([][]byte, 0, len(p.Secrets))
	for _, s := range p.Secrets {
		secrets = append(secrets, []byte(s.Reveal()))
	}
	lang, _ := i18n.Parse(p.Lang)
	return web.Settings{
		URL: portalURL(cfg), Secrets: secrets, InternalNetworks: p.InternalNetworks, TrustedProxies: p.TrustedProxies,
		SessionIdle: p.SessionIdle, SessionMax: p.SessionMax, MaxAge: cfg.OIDC.MaxAge, TimeZone: p.TimeZone, FinancialYear: p.FinancialYear,
		Lang: lang, Company: p.Company, Support: p.Support, Version: version, BillingURL: cfg.Billing.URL,
		Policy: access.Policy{
			Groups: map[access.Role][]string{
				access.Employee: cfg.OIDC.EmployeeGroups, access.Accountant: cfg.OIDC.AccountantGroups, access.Admin: cfg.OIDC.AdminGroups,
			},
			EmployeesDownload: p.EmployeesDownload,
		},
	}
}
