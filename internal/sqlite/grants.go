package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/ledger"
)

// mine chooses the grants gr to person ?1 and to the groups ?2.
const mine = `(gr.grantee_kind = 'person' AND gr.person = ?1
	OR gr.grantee_kind = 'group' AND gr.grantee IN (SELECT value FROM json_each(?2)))`

// Scope is what the grants to a person and to their groups open today.
func (db *DB) Scope(ctx context.Context, p access.Person) (access.Scope, error) {
	groups := jsonList(p.Groups)
	var all bool
	if err := db.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM grants gr WHERE gr.target_kind = 'all' AND `+mine+`)`,
		p.ID, groups).Scan(&all); err != nil {
		return access.Scope{}, fmt.Errorf("sqlite: scope: %w", err)
	}
	if all {
		return access.ScopeAll(), nil
	}
	accounts, err := collect(ctx, db.read, func(s scanner) (billing.AccountNumber, error) {
		var n billing.AccountNumber
		err := s.Scan(&n)
		return n, err
	}, `SELECT gr.account FROM grants gr WHERE gr.target_kind = 'account' AND `+mine+`
		UNION SELECT a.number FROM grants gr JOIN accounts a ON a.group_id = gr.group_id
			WHERE gr.target_kind = 'account_group' AND `+mine, p.ID, groups)
	if err != nil {
		return access.Scope{}, err
	}
	return access.ScopeOf(accounts...), nil
}

const grantSelect = `SELECT gr.id, gr.grantee_kind, CASE gr.grantee_kind WHEN 'group' THEN gr.grantee ELSE p.subject END, coalesce(gr.person, 0),
		CASE gr.grantee_kind WHEN 'group' THEN gr.grantee ELSE coalesce(nullif(p.name, ''), p.subject) END,
		gr.target_kind, coalesce(gr.account, ag.name, ''), coalesce(nullif(a.name, ''), nullif(a.upstream_name, ''), ag.name, ''),
		CASE gr.target_kind
		  WHEN 'all' THEN (SELECT count(*) FROM accounts WHERE status <> 'hidden')
		  WHEN 'account' THEN a.status <> 'hidden'
		  ELSE (SELECT count(*) FROM accounts m WHERE m.group_id = gr.group_id AND m.status <> 'hidden') END,
		gr.granted_by, gr.granted_at
	FROM grants gr
	LEFT JOIN people p ON p.id = gr.person
	LEFT JOIN accounts a ON a.number = gr.account
	LEFT JOIN account_groups ag ON ag.id = gr.group_id`

func scanGrant(row scanner) (access.Grant, error) {
	var g access.Grant
	var at int64
	err := row.Scan(&g.ID, &g.GranteeKind, &g.Grantee, &g.Person, &g.GranteeName, &g.TargetKind, &g.Target, &g.TargetName, &g.Accounts, &g.By, &at)
	g.At = instant(at)
	return g, err
}

// Grants lists the grants in force, newest last.
func (db *DB) Grants(ctx context.Context) ([]access.Grant, error) {
	return collect(ctx, db.read, scanGrant, grantSelect+` ORDER BY gr.id`)
}

// GrantsTo lists the grants that a person has, themselves or by a group of theirs.
func (db *DB) GrantsTo(ctx context.Context, p access.Person) ([]access.Grant, error) {
	return collect(ctx, db.read, scanGrant, grantSelect+` WHERE `+mine+` ORDER BY gr.id`, p.ID, jsonList(p.Groups))
}

// AddGrants adds grants, all or none; one that is in force already is no error
// and no entry of the ledger. replace removes every other grant. It returns the
// grants that were added and those that were removed.
func (db *DB) AddGrants(ctx context.Context, act ledger.Act, grants []access.Grant, replace bool) (added, removed []access.Grant, err error) {
	err = db.inTx(ctx, func(tx *sql.Tx) error {
		kept := make([]access.GrantID, 0, len(grants))
		for _, g := range grants {
			id, isNew, err := db.addGrant(ctx, tx, act, g)
			if err != nil {
				return err
			}
			kept = append(kept, id)
			if isNew {
				added = append(added, g)
			}
		}
		if !replace {
			return nil
		}
		if removed, err = db.removeOtherGrants(ctx, tx, act, kept); err != nil {
			return err
		}
		return dropEmptyGroups(ctx, tx)
	})
	return added, removed, err
}

func (db *DB) addGrant(ctx context.Context, tx *sql.Tx, act ledger.Act, g access.Grant) (access.GrantID, bool, error) {
	person, err := granteePerson(ctx, tx, g)
	if err != nil {
		return 0, false, err
	}
	account, group, err := grantTarget(ctx, tx, g)
	if err != nil {
		return 0, false, err
	}
	var grantee string
	if g.GranteeKind == access.GranteeGroup {
		grantee = g.Grantee
	}
	key := []any{g.GranteeKind, grantee, sql.NullInt64{Int64: int64(person.ID), Valid: person.ID != 0}, g.TargetKind, account, group}
	var id access.GrantID
	err = tx.QueryRowContext(ctx, `SELECT id FROM grants WHERE grantee_kind = ? AND grantee = ? AND person IS ?
		AND target_kind = ? AND account IS ? AND group_id IS ?`, key...).Scan(&id)
	if err == nil {
		return id, false, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return 0, false, fmt.Errorf("sqlite: grant: %w", err)
	}
	result, err := tx.ExecContext(ctx, `INSERT INTO grants (grantee_kind, grantee, person, target_kind, account, group_id, granted_by, granted_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, append(key, act.Actor, millis(db.now()))...)
	if err != nil {
		return 0, false, fmt.Errorf("sqlite: grant: %w", err)
	}
	last, err := result.LastInsertId()
	if err != nil {
		return 0, false, fmt.Errorf("sqlite: grant: %w", err)
	}
	act.Object = grantText(g, person)
	return access.GrantID(last), true, db.appendLedger(ctx, tx, act)
}

// grantText is how the ledger names a grant. A person's begins as every name of a
// person does.
func grantText(g access.Grant, person access.Person) string {
	target := string(g.TargetKind)
	if g.Target != "" {
		target += " " + g.Target
	}
	if g.GranteeKind == access.GranteePerson {
		return fmt.Sprintf("%s (%s): %s", access.ActorName(person), person.Subject, target)
	}
	return fmt.Sprintf("%s %s: %s", g.GranteeKind, g.Grantee, target)
}

// granteePerson finds the person of a grant by the portal's key or, where that is
// not given, by a subject that is of one person alone. The one who signs in by a link
// is given nothing.
func granteePerson(ctx context.Context, tx *sql.Tx, g access.Grant) (access.Person, error) {
	if g.GranteeKind != access.GranteePerson {
		return access.Person{}, nil
	}
	found, err := collect(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM people p
		WHERE (p.id = ?1 OR ?1 = 0 AND p.subject = ?2) AND p.issuer <> ?3`, g.Person, g.Grantee, access.LinkIssuer)
	if err != nil {
		return access.Person{}, err
	}
	if len(found) != 1 {
		return access.Person{}, fmt.Errorf("%w: %q is of %d people", access.ErrUnknownGrantee, g.Grantee, len(found))
	}
	return found[0], nil
}

// granteePersonOf is the person of a grant in force.
func granteePersonOf(ctx context.Context, tx *sql.Tx, g access.Grant) (access.Person, error) {
	if g.GranteeKind != access.GranteePerson {
		return access.Person{}, nil
	}
	p, err := scanPerson(tx.QueryRowContext(ctx, `SELECT `+personColumns+` FROM people p WHERE p.id = ?`, g.Person))
	if err != nil {
		return p, fmt.Errorf("sqlite: grant: %w", err)
	}
	return p, nil
}

func grantTarget(ctx context.Context, tx *sql.Tx, g access.Grant) (account sql.NullString, group sql.NullInt64, err error) {
	switch g.TargetKind {
	case access.TargetAccount:
		err = tx.QueryRowContext(ctx, `SELECT number FROM accounts WHERE number = ?`, g.Target).Scan(&account)
	case access.TargetAccountGroup:
		err = tx.QueryRowContext(ctx, `SELECT id FROM account_groups WHERE name = ?`, g.Target).Scan(&group)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return account, group, fmt.Errorf("%w: %q", access.ErrUnknownTarget, g.Target)
	}
	if err != nil {
		return account, group, fmt.Errorf("sqlite: grant: %w", err)
	}
	return account, group, nil
}

func (db *DB) removeOtherGrants(ctx context.Context, tx *sql.Tx, act ledger.Act, kept []access.GrantID) ([]access.Grant, error) {
	keep := make(map[access.GrantID]bool, len(kept))
	for _, id := range kept {
		keep[id] = true
	}
	inForce, err := db.Grants(ctx)
	if err != nil {
		return nil, err
	}
	var removed []access.Grant
	for _, g := range inForce {
		if keep[g.ID] {
			continue
		}
		act.Action = "grant.remove"
		if err := db.removeGrant(ctx, tx, act, g); err != nil {
			return nil, err
		}
		removed = append(removed, g)
	}
	return removed, nil
}

func (db *DB) removeGrant(ctx context.Context, tx *sql.Tx, act ledger.Act, g access.Grant) error {
	result, err := tx.ExecContext(ctx, `DELETE FROM grants WHERE id = ?`, g.ID)
	if err != nil {
		return fmt.Errorf("sqlite: grant: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(billing.ErrNotFound, err)
	}
	person, err := granteePersonOf(ctx, tx, g)
	if err != nil {
		return err
	}
	act.Object = grantText(g, person)
	return db.appendLedger(ctx, tx, act)
}

// RemoveGrant takes a grant away and returns it; one that is gone already is
// billing.ErrNotFound.
func (db *DB) RemoveGrant(ctx context.Context, act ledger.Act, id access.GrantID) (access.Grant, error) {
	grants, err := db.Grants(ctx)
	if err != nil {
		return access.Grant{}, err
	}
	at := slices.IndexFunc(grants, func(g access.Grant) bool { return g.ID == id })
	if at < 0 {
		return access.Grant{}, billing.ErrNotFound
	}
	return grants[at], db.inTx(ctx, func(tx *sql.Tx) error {
		if err := db.removeGrant(ctx, tx, act, grants[at]); err != nil {
			return err
		}
		return dropEmptyGroups(ctx, tx)
	})
}
