package sqlite_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"billportal/internal/sqlite"
)

func TestADatabaseBesideOthersIsOpenedAsItIs(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "", "0071")
	openers := map[string]func() (*sqlite.DB, error){
		"existing":  func() (*sqlite.DB, error) { return sqlite.OpenExisting(t.Context(), p.path, p.clock) },
		"read-only": func() (*sqlite.DB, error) { return sqlite.OpenReadOnly(t.Context(), p.path) },
	}
	for about, open := range openers {
		beside, err := open()
		must(t, err)
		if register, err := beside.Register(t.Context()); err != nil || len(register) != 1 {
			t.Errorf("%s: %v, %v", about, register, err)
		}
		must(t, beside.Close())
	}
	for version, want := range map[int]error{99: sqlite.ErrTooNew, 0: sqlite.ErrTooOld} {
		p.exec(t, `UPDATE goose_db_version SET version_id = ? WHERE version_id > 0`, version)
		for about, open := range openers {
			if _, err := open(); !errors.Is(err, want) {
				t.Errorf("%s, schema %d: %v", about, version, err)
			}
		}
		p.exec(t, `UPDATE goose_db_version SET version_id = 1 WHERE version_id <> 0 OR id > 1`)
	}
	path := filepath.Join(t.TempDir(), "portal.db")
	for _, open := range []func() (*sqlite.DB, error){
		func() (*sqlite.DB, error) { return sqlite.OpenExisting(t.Context(), path, p.clock) },
		func() (*sqlite.DB, error) { return sqlite.OpenReadOnly(t.Context(), path) },
	} {
		if _, err := open(); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%v", err)
		}
	}
	if files, err := os.ReadDir(filepath.Dir(path)); err != nil || len(files) != 0 {
		t.Errorf("%v, %v", files, err)
	}
}

func TestReadingAloneChangesNothing(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.admit(t, "", "0071")
	dir := t.TempDir()
	for _, suffix := range []string{"", "-wal"} { // as a crash leaves them
		content, err := os.ReadFile(p.path + suffix)
		must(t, err)
		must(t, os.WriteFile(filepath.Join(dir, "portal.db"+suffix), content, 0o600))
	}
	before, err := os.ReadFile(filepath.Join(dir, "portal.db"))
	must(t, err)
	db, err := sqlite.OpenReadOnly(t.Context(), filepath.Join(dir, "portal.db"))
	must(t, err)
	if register, err := db.Register(t.Context()); err != nil || len(register) != 1 {
		t.Errorf("%v, %v", register, err)
	}
	must(t, db.Close())
	after, err := os.ReadFile(filepath.Join(dir, "portal.db"))
	if must(t, err); !bytes.Equal(before, after) {
		t.Error("the file is another")
	}
}
