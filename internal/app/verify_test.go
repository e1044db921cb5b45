package app_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestVerifyFindsWhatIsBroken_L5(t *testing.T) {
	t.Parallel()
	p := changing(t)
	v := amir(t, p)
	v.open(entries(t, v.open("/bills"))[0].href + "/document?download=1")
	if err := p.stop(); err != nil {
		t.Fatal(err)
	}
	environ := []string{"PORTAL_DATA=" + p.dir}
	t.Run("a sound folder", func(t *testing.T) {
		before := tree(t, p.dir)
		out, errs := run(t, 0, environ, "verify")
		oneLine(t, "verify", out)
		tells(t, "verify", out, "sound", "1 documents")
		if errs != "" {
			t.Errorf("it complains: %s", errs)
		}
		if after := tree(t, p.dir); !slices.Equal(after, before) {
			t.Errorf("it changed files:\n%s\ninstead of\n%s", strings.Join(after, "\n"), strings.Join(before, "\n"))
		}
	})
	files, err := filepath.Glob(filepath.Join(p.dir, "documents", "*", "*.pdf"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%d documents are kept, %v", len(files), err)
	}
	name := strings.TrimSuffix(filepath.Base(files[0]), ".pdf")
	whole, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	t.Run("a document with one wrong byte", func(t *testing.T) {
		damaged := slices.Clone(whole)
		damaged[len(damaged)/2] ^= 1
		write(t, files[0], damaged)
		out, _ := run(t, 1, environ, "verify")
		tells(t, "verify", out, name, "damaged")
	})
	t.Run("a document that is cut", func(t *testing.T) {
		write(t, files[0], whole[:100])
		out, _ := run(t, 1, environ, "verify")
		tells(t, "verify", out, name, "damaged")
	})
	t.Run("a document that is gone", func(t *testing.T) {
		if err := os.Remove(files[0]); err != nil {
			t.Fatal(err)
		}
		out, _ := run(t, 1, environ, "verify")
		tells(t, "verify", out, name, "missing")
		write(t, files[0], whole)
	})
	t.Run("two entries of the ledger that changed places", func(t *testing.T) {
		query(t, p.dir, `DROP TRIGGER ledger_keeps_entries; UPDATE ledger SET sequence = -5 WHERE sequence = 5;
			UPDATE ledger SET sequence = 5 WHERE sequence = 6; UPDATE ledger SET sequence = 6 WHERE sequence = -5`)
		out, _ := run(t, 1, environ, "verify")
		tells(t, "verify", out, "ledger", "entry 5")
	})
	t.Run("an entry of the ledger that was changed", func(t *testing.T) {
		query(t, p.dir, `UPDATE ledger SET actor = 'nobody' WHERE sequence = 2`)
		out, _ := run(t, 1, environ, "verify")
		tells(t, "verify", out, "ledger", "entry 2")
	})
	t.Run("an entry of the ledger that is gone", func(t *testing.T) {
		query(t, p.dir, `DROP TRIGGER ledger_loses_nothing; DELETE FROM ledger WHERE sequence = 1`)
		out, _ := run(t, 1, environ, "verify")
		tells(t, "verify", out, "ledger", "entry 1")
	})
	t.Run("a reference that leads nowhere", func(t *testing.T) {
		query(t, p.dir, `PRAGMA foreign_keys = off; DELETE FROM accounts WHERE number = '0081 3300 61'`)
		out, _ := run(t, 1, environ, "verify")
		tells(t, "verify", out, "accounts")
	})
}

func TestVerifyNeedsAPortal(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	_, errs := run(t, 1, []string{"PORTAL_DATA=" + dir}, "verify")
	oneLine(t, "verify", errs)
	if left := tree(t, dir); len(left) != 0 {
		t.Errorf("it made %v", left)
	}
}

func write(t testing.TB, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
