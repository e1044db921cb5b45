package documents_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"billportal/internal/documents"
)

func TestDamagedDocumentsAreFoundAndReplaced(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		about string
		harm  func(path string) error
		open  error
		found error
	}{
		{"cut", func(p string) error { return os.Truncate(p, 20) }, documents.ErrDamaged, documents.ErrDamaged},
		{"emptied", func(p string) error { return os.Truncate(p, 0) }, documents.ErrDamaged, documents.ErrDamaged},
		{"removed", os.Remove, documents.ErrMissing, documents.ErrMissing},
		{"one byte changed", func(p string) error {
			return os.WriteFile(p, []byte(strings.Replace(pdf, "1.7", "1.6", 1)), 0o600)
		}, nil, documents.ErrDamaged},
	} {
		t.Run(c.about, func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			d := s.put(t, pdf)
			if err := c.harm(s.path(d)); err != nil {
				t.Fatal(err)
			}
			f, err := s.Open(d)
			if !errors.Is(err, c.open) {
				t.Errorf("Open: %v", err)
			}
			if err == nil {
				defer f.Close()
			}
			if err := s.Verify(t.Context(), d); !errors.Is(err, c.found) {
				t.Errorf("Verify: %v", err)
			}
			s.put(t, pdf)
			if err := s.Verify(t.Context(), d); err != nil || s.read(t, d) != pdf {
				t.Errorf("after it was kept again: %v", err)
			}
		})
	}
}

func TestNamesThatAreNoHashLeadNowhere(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	d := s.put(t, pdf)
	secret := filepath.Join(s.dir, "..", "secret.pdf")
	if err := os.WriteFile(secret, []byte(pdf), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"", "..", "../secret", "/etc/passwd", d.SHA256[:2], d.SHA256 + "0", strings.ToUpper(d.SHA256), d.SHA256 + "\n",
		d.SHA256[:62] + "\x00\x00", "../" + d.SHA256[3:], strings.Repeat(".", 64), strings.Repeat("/", 64), strings.Repeat("é", 32),
		strings.Repeat("0", 64),
	} {
		if f, err := s.Open(documents.Document{SHA256: name, Size: int64(len(pdf))}); !errors.Is(err, documents.ErrMissing) {
			t.Errorf("Open(%q): %v, %v", name, f, err)
		}
		if err := s.Verify(t.Context(), documents.Document{SHA256: name, Size: int64(len(pdf))}); !errors.Is(err, documents.ErrMissing) {
			t.Errorf("Verify(%q): %v", name, err)
		}
	}
}

func TestVerifyStopsWhenItsContextEnds(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	d := s.put(t, pdf)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Verify(ctx, d); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestFoldersThatCannotBeMadeAreTold(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := documents.NewStore(filepath.Join(file, "documents"), t.TempDir()); err == nil {
		t.Error("a folder inside a file")
	}
}

func TestOnlyTheOwnerMayReadDocuments(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	d := s.put(t, pdf)
	for path, want := range map[string]fs.FileMode{s.dir: 0o700, s.tmp: 0o700, filepath.Dir(s.path(d)): 0o700, s.path(d): 0o600} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
}
