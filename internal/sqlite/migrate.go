package sqlite

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"os"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var embedded embed.FS

// migrations are the numbered files of this program.
func migrations() fs.FS {
	files, err := fs.Sub(embedded, "migrations")
	if err != nil {
		panic(fmt.Sprintf("sqlite: a valid name of a folder is refused: %v", err))
	}
	return files
}

// migrate applies the migrations in files that are missing, each in its own
// transaction. A database with data is copied first; one with migrations that
// files does not hold is refused with ErrTooNew.
func (db *DB) migrate(ctx context.Context, files fs.FS) error {
	provider, err := goose.NewProvider(goose.DialectSQLite3, db.write, files)
	if err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	switch {
	case current > target:
		return fmt.Errorf("%w: its schema is version %d, this program knows %d", ErrTooNew, current, target)
	case current == target:
		return nil
	case current > 0:
		if err := db.copyTo(ctx, db.backupPath(current)); err != nil {
			return err
		}
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("sqlite: migrating from version %d: %w", current, err)
	}
	return nil
}

// copyTo writes a consistent copy of the database, replacing an older one.
func (db *DB) copyTo(ctx context.Context, path string) error {
	if fileExists(path) {
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("sqlite: %w", err)
		}
	}
	if _, err := db.write.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return fmt.Errorf("sqlite: copying the database: %w", err)
	}
	return nil
}
