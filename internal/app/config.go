package app

import (
	"errors"
	"fmt"
	"text/tabwriter"

	"billportal/internal/config"
)

// Config prints the configuration in force with secrets redacted, then what is
// wrong with it.
func Config(c Command) error {
	cfg, warnings, problems := config.Load(c.Environ, c.Now())
	w := tabwriter.NewWriter(c.Stdout, 0, 0, 2, ' ', 0)
	for _, s := range cfg.Describe() {
		if _, err := fmt.Fprintf(w, "%s\t%s\t%s\n", s.Name, s.Value, s.Source); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, line := range warnings {
		if _, err := fmt.Fprintln(c.Stderr, "warning:", line); err != nil {
			return errors.Join(err, problems)
		}
	}
	return problems
}
