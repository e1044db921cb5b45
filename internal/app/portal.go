// Package app joins the parts of the portal and runs them. Every command of the
// command line is a function here; the end-to-end tests call the same ones.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"billportal/internal/access"
	"billportal/internal/billcache"
	"billportal/internal/billingapi"
	"billportal/internal/config"
	"billportal/internal/documents"
	"billportal/internal/i18n"
	"billportal/internal/signin"
	"billportal/internal/sqlite"
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

// store is the database and the documents of a data folder.
type store struct {
	dir       string
	db        *sqlite.DB
	documents *documents.Store
}

// openStore opens a data folder and makes it when missing. Every temporary file
// of the process goes below it from then on.
func openStore(ctx context.Context, dir string, now func() time.Time) (*store, error) {
	tmp := filepath.Join(dir, "tmp")
	if err := os.MkdirAll(tmp, 0o700); err != nil {
		return nil, fmt.Errorf("the data folder cannot be used: %w", err)
	}
	if err := os.Setenv("TMPDIR", tmp); err != nil {
		return nil, err
	}
	docs, err := documents.NewStore(filepath.Join(dir, "documents"), tmp)
	if err != nil {
		return nil, err
	}
	db, err := sqlite.Open(ctx, filepath.Join(dir, "portal.db"), now)
	if err != nil {
		return nil, err
	}
	return &store{dir: dir, db: db, documents: docs}, nil
}

func (s *store) Close() error { return s.db.Close() }

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
	cfg    config.Config
	store  *store
	egress *egress
	cache  *billcache.Cache
	server *web.Server
	log    *slog.Logger
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
	if p.store, err = openStore(ctx, cfg.Portal.Data, c.Now); err != nil {
		return p, err
	}
	if p.egress, err = lockEgress(cfg.Portal.Data); err != nil {
		return p, err
	}
	if p.cache, err = newCache(cfg, p.store, c.Now, log); err != nil {
		return p, err
	}
	provider, err := signin.New(signin.Options{
		Issuer: cfg.OIDC.Issuer, ClientID: cfg.OIDC.ClientID, ClientSecret: cfg.OIDC.ClientSecret.Reveal(),
		Scopes: cfg.OIDC.Scopes, GroupsClaim: cfg.OIDC.GroupsClaim,
		RedirectURL: portalURL(cfg) + "/signin/callback", Now: c.Now,
	})
	if err != nil {
		return p, err
	}
	p.server, err = web.New(settings(cfg, c.Version), web.Deps{
		Cache: p.cache, SignIn: provider, Sessions: p.store.db, Register: p.store.db, Grants: p.store.db, Ledger: p.store.db,
		Ready: p.store.db.Ready, Now: c.Now, Log: log,
	})
	return p, err
}

func (p *portal) Close() error {
	var errs []error
	if p.egress != nil {
		errs = append(errs, p.egress.Close())
	}
	if p.store != nil {
		errs = append(errs, p.store.Close())
	}
	return errors.Join(errs...)
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
		SessionIdle: p.SessionIdle, SessionMax: p.SessionMax, TimeZone: p.TimeZone, FinancialYear: p.FinancialYear,
		Lang: lang, Company: p.Company, Support: p.Support, Version: version, BillingURL: cfg.Billing.URL,
		Policy: access.Policy{
			Groups: map[access.Role][]string{
				access.Employee: cfg.OIDC.EmployeeGroups, access.Accountant: cfg.OIDC.AccountantGroups, access.Admin: cfg.OIDC.AdminGroups,
			},
			EmployeesDownload: p.EmployeesDownload,
		},
	}
}

// stopTime is how long requests under way may take when the portal stops.
const stopTime = 10 * time.Second

// run serves on l and syncs until ctx ends.
func (p *portal) run(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler:           p.server,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(p.log.Handler(), slog.LevelWarn),
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return p.cache.Run(ctx) })
	group.Go(func() error {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
		defer cancel()
		return server.Shutdown(stopping)
	})
	return group.Wait()
}

// listen opens the portal's address.
func listen(ctx context.Context, address string) (net.Listener, error) {
	var config net.ListenConfig
	return config.Listen(ctx, "tcp", address)
}
