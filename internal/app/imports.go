package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/export"
	"billportal/internal/ledger"
	"billportal/internal/sqlite"
)

// commandLine is how the ledger names whoever has a shell on the machine.
const commandLine = "command line"

// ImportAccounts loads a register file, all or nothing. With replace the file is
// the whole register, and what it removes is printed.
func ImportAccounts(ctx context.Context, c Command, path string, replace bool) error {
	return c.withFile(ctx, path, func(ctx context.Context, s *store, r io.Reader) error {
		n, removed, err := importAccounts(ctx, s.db, r, replace)
		if err != nil {
			return err
		}
		for _, number := range removed {
			if _, err := fmt.Fprintf(c.Stdout, "removed: %s\n", number); err != nil {
				return err
			}
		}
		_, err = fmt.Fprintf(c.Stdout, "%d accounts imported into %s\n", n, s.dir)
		return err
	})
}

func importAccounts(ctx context.Context, db *sqlite.DB, r io.Reader, replace bool) (int, []billing.AccountNumber, error) {
	known, err := db.Register(ctx)
	if err != nil {
		return 0, nil, err
	}
	accounts, err := export.ParseRegister(r, known)
	if err != nil {
		return 0, nil, err
	}
	act := ledger.Act{Actor: commandLine, Action: "register.import"}
	if replace {
		if err := export.RefuseEmpty(accounts); err != nil {
			return 0, nil, err
		}
	}
	if !replace {
		return len(accounts), nil, db.SetAccounts(ctx, act, accounts)
	}
	removed, err := db.ReplaceRegister(ctx, act, accounts)
	return len(accounts), removed, err
}

// ImportGrants loads a grants file, all or nothing. With replace the file is the
// whole truth, and what it removes is printed.
func ImportGrants(ctx context.Context, c Command, path string, replace bool) error {
	return c.withFile(ctx, path, func(ctx context.Context, s *store, r io.Reader) error {
		cfg, _ := c.load(c.logger(slog.LevelError)) // what is missing matters to serve
		added, removed, err := importGrants(ctx, s.db, r, cfg.OIDC.Issuer, replace)
		if err != nil {
			return err
		}
		for _, g := range removed {
			if _, err := fmt.Fprintf(c.Stdout, "removed: %s %s, %s %s\n", g.GranteeKind, g.Grantee, g.TargetKind, g.Target); err != nil {
				return err
			}
		}
		_, err = fmt.Fprintf(c.Stdout, "%d grants added in %s\n", len(added), s.dir)
		return err
	})
}

func importGrants(ctx context.Context, db *sqlite.DB, r io.Reader, issuer string, replace bool) (added, removed []access.Grant, err error) {
	parsed, err := export.ParseGrants(r)
	if err != nil {
		return nil, nil, err
	}
	if replace {
		if err := export.RefuseEmpty(parsed); err != nil {
			return nil, nil, err
		}
	}
	register, err := db.Register(ctx)
	if err != nil {
		return nil, nil, err
	}
	groups, err := db.AccountGroups(ctx)
	if err != nil {
		return nil, nil, err
	}
	people, err := db.People(ctx)
	if err != nil {
		return nil, nil, err
	}
	if err := export.CheckGrants(parsed, export.Known{Register: register, Groups: groups, People: people, Issuer: issuer}); err != nil {
		return nil, nil, err
	}
	return db.AddGrants(ctx, ledger.Act{Actor: commandLine, Action: "grant.add"}, export.GrantsOf(parsed), replace)
}

// withFile opens the database and a file for do.
func (c Command) withFile(ctx context.Context, path string, do func(context.Context, *store, io.Reader) error) (err error) {
	dir, err := c.dataFolder()
	if err != nil {
		return err
	}
	f, err := os.Open(path) //nolint:gosec // the file that whoever has the shell named
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	s, err := openStore(ctx, dir, c.Now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return do(ctx, s, f)
}

// dataFolder is PORTAL_DATA. Commands that only need the data work without the
// rest of the configuration.
func (c Command) dataFolder() (string, error) {
	cfg, err := c.load(c.logger(slog.LevelError))
	if cfg.Portal.Data == "" {
		return "", err
	}
	return cfg.Portal.Data, nil
}
