package sqlite

import (
	"context"
	"database/sql"
	"io/fs"

	"billportal/internal/access"
	"billportal/internal/billing"
)

// Readers is the number of reading connections.
const Readers = readers

// OlderRelease is the comparison that refuses an old SQLite.
var OlderRelease = olderRelease

// Reader and Writer give tests what no program may have: the connections.
func (db *DB) Reader() *sql.DB { return db.read }

// Writer is the writing connection.
func (db *DB) Writer() *sql.DB { return db.write }

// Migrate applies other migrations than the program's.
func (db *DB) Migrate(ctx context.Context, files fs.FS) error { return db.migrate(ctx, files) }

// Migrations are the program's own.
func Migrations() fs.FS { return migrations() }

// Plan is how SQLite goes about a page of bills.
func (db *DB) Plan(ctx context.Context, scope access.Scope, f billing.BillFilter, page billing.Page) ([]string, error) {
	query, args := billsQuery(scope, f, page)
	return db.explain(ctx, query, args)
}

// PlanOfNew is how SQLite goes about the bills that are new.
func PlanOfNew(ctx context.Context, db *DB, scope access.Scope) ([]string, error) {
	query, args := newBillsQuery(scope, db.now(), 10)
	return db.explain(ctx, query, args)
}

func (db *DB) explain(ctx context.Context, query string, args []any) ([]string, error) {
	return collect(ctx, db.read, func(s scanner) (string, error) {
		var id, parent, unused int
		var detail string
		err := s.Scan(&id, &parent, &unused, &detail)
		return detail, err
	}, `EXPLAIN QUERY PLAN `+query, args...)
}

// PlanOfAttribution is how SQLite goes about the bills of a chunk.
func PlanOfAttribution(ctx context.Context, db *DB) ([]string, error) {
	query, args := chunkAttribution([]int64{1})
	return db.explain(ctx, query, args)
}
