package app

import (
	"context"
	"fmt"
	"strings"

	"billportal/internal/sandbox"
)

// SandboxOptions are the choices of somebody who runs the simulator alone. A
// limit of 0 is none.
type SandboxOptions struct {
	Portal  string // base URL of the portal that signs in here
	Dialect string
	Seed    uint64

	CallsPerMinute, CallsPerSecond, CallsPerMonth int
	StrictLimits                                  bool

	Faults      []string // in the text form of sandbox.Fault
	Switches    []string // NAME or NAME=VALUE of sandbox.Switches
	ControlAddr string
}

// Sandbox runs the simulated Billing API and identity provider alone until ctx
// ends, and prints the variables that point a portal at them.
func Sandbox(ctx context.Context, c Command, o SandboxOptions) error {
	var switches sandbox.Switches
	for _, text := range o.Switches {
		if err := switches.Set(text); err != nil {
			return err
		}
	}
	sim, err := sandbox.Start(ctx, sandbox.Options{
		Seed: o.Seed, Now: c.Now, Dialect: sandbox.Dialect(o.Dialect), Faults: o.Faults, Switches: switches, ControlAddr: o.ControlAddr,
		CallsPerMinute: orNone(o.CallsPerMinute), CallsPerSecond: orNone(o.CallsPerSecond), CallsPerMonth: orNone(o.CallsPerMonth),
		StrictLimits: o.StrictLimits,
	})
	if err != nil {
		return err
	}
	defer sim.Close()
	sim.RegisterRedirectURI(o.Portal + "/signin/callback")
	sim.RegisterPostLogoutURI(o.Portal + "/signin")
	var b strings.Builder
	if sim.ControlURL != "" {
		fmt.Fprintf(&b, "# faults, switches, limits and counts: %sfaults and so on, see billportal sandbox --help\n", sim.ControlURL)
	}
	for _, line := range withLimits(DemoEnviron(sim, o.Portal, "data"), o) {
		b.WriteString("export " + shellQuoted(line) + "\n")
	}
	if _, err := fmt.Fprint(c.Stdout, b.String()); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// orNone is the sandbox's word for no limit.
func orNone(limit int) int {
	if limit <= 0 {
		return -1
	}
	return limit
}

// withLimits tells a portal the limits it will meet.
func withLimits(environ []string, o SandboxOptions) []string {
	for i, line := range environ {
		for name, limit := range map[string]int{"BILLING_CALLS_PER_MINUTE": o.CallsPerMinute, "BILLING_CALLS_PER_SECOND": o.CallsPerSecond} {
			if strings.HasPrefix(line, name+"=") && limit > 0 {
				environ[i] = fmt.Sprintf("%s=%d", name, limit)
			}
		}
	}
	return environ
}

// SandboxHelp is the list of faults and switches, for people.
func SandboxHelp() string {
	var b strings.Builder
	b.WriteString("A fault is ROUTE:WORD, with options behind commas: arg=, times=N, for=10m, chance=0.3, after=N, only=TEXT, " +
		"shape= and retry-after=, as in bills:503/5,for=10m or document:cut-length,times=1. The routes are\n\n")
	fmt.Fprintf(&b, "    %s\n\nthe shapes of an error %s, and the words (a status alone, as in 503, is its first code)\n\n", strings.Join(sandbox.Routes(), " "), strings.Join(sandbox.Shapes(), ", "))
	for _, w := range sandbox.Words() {
		name := w.Word
		if w.Arg != "" {
			name += ",arg=" + w.Arg
		}
		fmt.Fprintf(&b, "    %-32s %s\n", name, w.Help)
	}
	fmt.Fprintf(&b, "\nThe switches, each off or as Orange documents it at first:\n\n    %s\n\n", strings.Join(sandbox.SwitchNames(), "\n    "))
	b.WriteString("While it runs, the control API takes the same words as JSON. Its address is printed at the start.\n\n")
	for _, line := range strings.Split(strings.TrimSpace(sandbox.ControlManual), "\n") {
		b.WriteString("    " + line + "\n")
	}
	return b.String()
}

// shellQuoted makes NAME=value safe for a POSIX shell.
func shellQuoted(line string) string {
	name, value, _ := strings.Cut(line, "=")
	return name + "='" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}
