package sqlite

import (
	"context"
	"database/sql"
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

// checkSchema refuses a database whose schema is not exactly this program's.
func checkSchema(ctx context.Context, pool *sql.DB) error {
	names, err := fs.Glob(migrations(), "*.sql")
	if err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	var newest int64
	for _, name := range names {
		version, err := goose.NumericComponent(name)
		if err != nil {
			return fmt.Errorf("sqlite: %w", err)
		}
		newest = max(newest, version)
	}
	var current int64
	err = pool.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema WHERE name = 'goose_db_version'`).Scan(&current)
	if err == nil && current > 0 {
		err = pool.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version`).Scan(&current)
	}
	switch {
	case err != nil:
		return fmt.Errorf("sqlite: %w", err)
	case current < newest:
		return fmt.Errorf("%w: its schema is version %d, this program's is %d", ErrTooOld, current, newest)
	case current > newest:
		return fmt.Errorf("%w: its schema is version %d, this program knows %d", ErrTooNew, current, newest)
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
