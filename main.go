// Command billportal is an internal web portal where a company reads what Orange
// Business bills it. README.md tells how to run it.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata" // time zones, for images that have none

	"github.com/alecthomas/kong"

	"billportal/internal/app"
)

// version is set by the linker.
var version = "dev"

// commandLine is every command of the program, a line each; the work is done in
// package app.
type commandLine struct {
	Serve     serveCommand     `cmd:"" help:"Run the portal. The environment configures it; see config."`
	Demo      demoCommand      `cmd:"" help:"Run the portal of a simulated company; nothing to configure."`
	Sandbox   sandboxCommand   `cmd:"" help:"Run the simulated Billing API and identity provider alone."`
	Sync      syncCommand      `cmd:"" help:"Bring the local copy up to date once."`
	Config    configCommand    `cmd:"" help:"Print the configuration in force, secrets redacted."`
	Import    importCommand    `cmd:"" help:"Load accounts or grants from a CSV file, all or nothing."`
	AdminLink adminLinkCommand `cmd:"" help:"Print a link that signs an admin in, once, for ten minutes."`
	Verify    verifyCommand    `cmd:"" help:"Check database, documents and ledger; a line per finding."`
	Version   versionCommand   `cmd:"" help:"Print the version."`
}

type serveCommand struct{}

func (serveCommand) Run(ctx context.Context, c app.Command) error { return app.Serve(ctx, c) }

type demoCommand struct {
	Data string `help:"Folder to keep the data in. Default: a fresh one that goes with the demo." type:"path" placeholder:"DIR"`
	Addr string `help:"Loopback address to listen on. Default: 127.0.0.1:8080 or a free port." placeholder:"HOST:PORT"`
}

func (d demoCommand) Run(ctx context.Context, c app.Command) error {
	return app.Demo(ctx, c, app.DemoOptions{Data: d.Data, Addr: d.Addr})
}

type sandboxCommand struct {
	Portal   string   `help:"Base URL of the portal that signs in here." default:"http://127.0.0.1:8080"`
	Dialect  string   `help:"How the Billing API words the company's bills: ${enum}." enum:"native,tmf,sparse,hostile" default:"native"`
	Seed     uint64   `help:"What the company, and everything else that is drawn, is made of."`
	Minute   int      `name:"calls-per-minute" help:"Calls let through in any 60 seconds; 0 is no limit." default:"6000"`
	Second   int      `name:"calls-per-second" help:"Calls let through in any second; 0 is no limit."`
	Month    int      `name:"calls-per-month" help:"Calls let through in a calendar month; 0 is no limit."`
	Strict   bool     `name:"strict-limits" help:"Count token requests and refused ones too, over fixed and rolling windows."`
	Faults   []string `name:"fault" help:"A fault from the start; may be repeated." sep:"none" placeholder:"ROUTE:WORD[,OPTION=…]"`
	Switches []string `name:"switch" help:"A switch from the start; may be repeated." sep:"none" placeholder:"NAME[=VALUE]"`
	Control  string   `help:"Loopback address of the control API." default:"127.0.0.1:0" placeholder:"HOST:PORT"`
}

func (s sandboxCommand) Run(ctx context.Context, c app.Command) error {
	return app.Sandbox(ctx, c, app.SandboxOptions{
		Portal: s.Portal, Dialect: s.Dialect, Seed: s.Seed, CallsPerMinute: s.Minute, CallsPerSecond: s.Second,
		CallsPerMonth: s.Month, StrictLimits: s.Strict, Faults: s.Faults, Switches: s.Switches, ControlAddr: s.Control,
	})
}

// Help lists what --fault and --switch take.
func (sandboxCommand) Help() string { return app.SandboxHelp() }

type syncCommand struct{}

func (syncCommand) Run(ctx context.Context, c app.Command) error { return app.Sync(ctx, c) }

type configCommand struct{}

func (configCommand) Run(c app.Command) error { return app.Config(c) }

type importCommand struct {
	Accounts importAccountsCommand `cmd:"" help:"Load the register: number,name,group,cost_centre,country,status."`
	Grants   importGrantsCommand   `cmd:"" help:"Load grants: grantee_kind,grantee,target_kind,target."`
}

type importFile struct {
	File    string `arg:"" help:"The CSV file." type:"path"`
	Replace bool   `help:"Make the file the whole truth and print what that removes."`
}

type importAccountsCommand struct{ importFile }

func (i importAccountsCommand) Run(ctx context.Context, c app.Command) error {
	return app.ImportAccounts(ctx, c, i.File, i.Replace)
}

type importGrantsCommand struct{ importFile }

func (i importGrantsCommand) Run(ctx context.Context, c app.Command) error {
	return app.ImportGrants(ctx, c, i.File, i.Replace)
}

type adminLinkCommand struct{}

func (adminLinkCommand) Run(ctx context.Context, c app.Command) error { return app.AdminLink(ctx, c) }

type verifyCommand struct{}

func (verifyCommand) Run(ctx context.Context, c app.Command) error { return app.Verify(ctx, c) }

type versionCommand struct{}

func (versionCommand) Run(c app.Command) error {
	_, err := fmt.Fprintln(c.Stdout, "billportal", c.Version)
	return err
}

func main() {
	syscall.Umask(0o077) // whatever the portal writes is for its own account alone
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "billportal:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	command := app.Command{Environ: os.Environ(), Stdout: os.Stdout, Stderr: os.Stderr, Version: version, Now: time.Now}
	parser, err := kong.New(&commandLine{}, kong.Name("billportal"), kong.UsageOnError(),
		kong.Description("What Orange Business bills a company, for the people who may see it."),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(command))
	if err != nil {
		return err
	}
	chosen, err := parser.Parse(args)
	if err != nil {
		return err
	}
	return chosen.Run()
}
