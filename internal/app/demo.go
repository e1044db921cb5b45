package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"billportal/internal/sandbox"
	"billportal/internal/sqlite"
)

// DemoOptions are the choices of somebody who runs the demo.
type DemoOptions struct {
	Data string // kept and used again; "" is a fresh folder that goes with the demo
	Addr string // loopback address to listen on; "" is 127.0.0.1:8080, or a free port
}

// demoCallsPerMinute lets the demo fill in seconds.
const demoCallsPerMinute = 6000

// Demo runs the real portal with the simulated Billing API and identity provider
// behind it until ctx ends: the same configuration check, client, sign-in and
// database as in production.
func Demo(ctx context.Context, c Command, o DemoOptions) (err error) {
	log := c.logger(slog.LevelWarn)
	dir, fresh, err := demoFolder(o.Data)
	if err != nil {
		return err
	}
	if fresh {
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	sim, err := sandbox.Start(ctx, sandbox.Options{CallsPerMinute: demoCallsPerMinute, Now: c.Now})
	if err != nil {
		return err
	}
	defer sim.Close()
	l, err := demoListener(ctx, o.Addr)
	if err != nil {
		return err
	}
	url := "http://" + l.Addr().String()
	sim.RegisterRedirectURI(url + "/signin/callback")
	sim.RegisterPostLogoutURI(url + "/signin")
	c.Environ = DemoEnviron(sim, url, dir)
	cfg, err := c.load(log)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	p, err := openPortal(ctx, cfg, c, log)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	if err := seedRegister(ctx, p.store.db, sim.World); err != nil {
		return errors.Join(err, l.Close())
	}
	if err := tellDemo(c.Stdout, url, dir, fresh, sim); err != nil {
		return errors.Join(err, l.Close())
	}
	return p.run(ctx, l)
}

func demoFolder(chosen string) (dir string, fresh bool, err error) {
	if chosen != "" {
		dir, err = filepath.Abs(chosen)
		return dir, false, err
	}
	dir, err = os.MkdirTemp("", "billportal-demo-")
	return dir, true, err
}

// demoListener opens the chosen loopback address. Without a choice it takes any
// free port when the usual one is taken.
func demoListener(ctx context.Context, address string) (net.Listener, error) {
	if address == "" {
		if l, err := listen(ctx, "127.0.0.1:8080"); err == nil {
			return l, nil
		}
		address = "127.0.0.1:0"
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("the demo listens on loopback addresses only, not on %s", address)
	}
	return listen(ctx, address)
}

// DemoEnviron is the environment of a portal that has a sandbox behind it.
func DemoEnviron(sim *sandbox.Sandbox, url, dir string) []string {
	return []string{
		"PORTAL_ADDR=" + strings.TrimPrefix(url, "http://"),
		"PORTAL_URL=" + url,
		"PORTAL_DATA=" + dir,
		"PORTAL_SECRET=" + rand.Text() + rand.Text(),
		"PORTAL_INTERNAL_NETWORKS=127.0.0.0/8,::1/128",
		"PORTAL_COMPANY=Meridian Foods",
		"PORTAL_SUPPORT=bills-help@meridian.example",
		"BILLING_URL=" + sim.BillingURL,
		"BILLING_TOKEN_URL=" + sim.TokenURL,
		"BILLING_CLIENT_ID=" + sim.ClientID,
		"BILLING_CLIENT_SECRET=" + sim.ClientSecret,
		"BILLING_API_KEY=" + sim.APIKey,
		"BILLING_API_KEY_ISSUED=" + sim.World.Today().AddDate(0, -3, 0).Format(time.DateOnly),
		fmt.Sprintf("BILLING_CALLS_PER_MINUTE=%d", demoCallsPerMinute),
		fmt.Sprintf("BILLING_CALLS_PER_SECOND=%d", demoCallsPerMinute),
		"OIDC_ISSUER=" + sim.Issuer,
		"OIDC_CLIENT_ID=" + sim.OIDCClientID,
		"OIDC_CLIENT_SECRET=" + sim.OIDCClientSecret,
		"OIDC_EMPLOYEE_GROUPS=" + sandbox.GroupReaders,
		"OIDC_ACCOUNTANT_GROUPS=" + sandbox.GroupAccounting,
		"OIDC_ADMIN_GROUPS=" + sandbox.GroupAdmins,
	}
}

// seedRegister loads the simulated company's register and grants as its admin
// would, through the same import. A folder that has a register keeps it.
func seedRegister(ctx context.Context, db *sqlite.DB, world *sandbox.World) error {
	register, err := db.Register(ctx)
	if err != nil || len(register) > 0 {
		return err
	}
	if _, _, err := importAccounts(ctx, db, strings.NewReader(world.RegisterCSV()), false); err != nil {
		return err
	}
	_, _, err = importGrants(ctx, db, strings.NewReader(world.GrantsCSV()), "", false)
	return err
}

func tellDemo(w io.Writer, url, dir string, fresh bool, sim *sandbox.Sandbox) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\n  The bill portal of Meridian Foods, a company that does not exist\n\n    %s\n\n  Sign in as\n", url)
	for _, p := range sim.Identity.Personas() {
		fmt.Fprintf(&b, "    %-14s %s\n", p.Name, p.Role)
	}
	fmt.Fprintf(&b, "\n  Data in  %s", dir)
	if fresh {
		b.WriteString(" (removed at the end; --data DIR keeps it)")
	}
	b.WriteString("\n  Stop with Ctrl+C\n\n")
	_, err := io.WriteString(w, b.String())
	return err
}
