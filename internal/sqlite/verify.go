package sqlite

import (
	"context"
	"fmt"
)

// Verify asks SQLite for every fault of the database: damaged pages and indexes,
// and references that lead nowhere. It returns one line for each.
func (db *DB) Verify(ctx context.Context) ([]string, error) {
	findings, err := collect(ctx, db.read, func(s scanner) (string, error) {
		var line string
		err := s.Scan(&line)
		return line, err
	}, `PRAGMA integrity_check`)
	if err != nil {
		return nil, err
	}
	if len(findings) == 1 && findings[0] == "ok" {
		findings = nil
	}
	broken, err := collect(ctx, db.read, func(s scanner) (string, error) {
		var table, parent string
		var row *int64
		var constraint int
		err := s.Scan(&table, &row, &parent, &constraint)
		return fmt.Sprintf("a row of %s refers to a row of %s that is missing", table, parent), err
	}, `PRAGMA foreign_key_check`)
	if err != nil {
		return nil, err
	}
	return append(findings, broken...), nil
}
