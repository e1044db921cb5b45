// Package documents keeps the bytes of PDFs. A document is verified whole before
// it has a name; its name is the SHA-256 of its bytes; it is written once and
// never changed.
package documents

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// MaxSize is the largest document that is kept, in bytes.
const MaxSize = 64 << 20

// Document names one kept PDF.
type Document struct {
	SHA256 string // lower-case hexadecimal, the document's name
	Size   int64  // bytes
}

// The errors of keeping and reading documents.
var (
	// ErrNotPDF says that what was received is not a whole PDF.
	ErrNotPDF = errors.New("documents: not a whole PDF")
	// ErrMissing says that no document of that name is kept.
	ErrMissing = errors.New("documents: not kept")
	// ErrDamaged says that the kept bytes do not match their name.
	ErrDamaged = errors.New("documents: damaged")
	// ErrReceiving says that the sender's bytes could not be read to their end.
	ErrReceiving = errors.New("documents: receiving")
)

// Store is a folder of documents.
type Store struct {
	dir, tmp string
}

// NewStore keeps documents under dir and writes unfinished ones under tmp, which
// must be on the same file system. Both are made when missing.
func NewStore(dir, tmp string) (*Store, error) {
	for _, d := range []string{dir, tmp} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return nil, fmt.Errorf("documents: %w", err)
		}
	}
	return &Store{dir: dir, tmp: tmp}, nil
}

// Existing is a store to read and verify what dir holds; nothing is made, and nothing
// can be put into it.
func Existing(dir string) *Store { return &Store{dir: dir} }

// Put reads a PDF to its end, verifies it and keeps it: temporary file, fsync,
// rename, fsync of the folder. declared is the length that the sender announced,
// -1 when it announced none. Bytes that are no whole PDF leave nothing behind and
// return ErrNotPDF with the reason; a sender that fails returns ErrReceiving with
// its error. Keeping the same bytes twice is no error.
func (s *Store) Put(ctx context.Context, r io.Reader, declared int64) (Document, error) {
	f, err := os.CreateTemp(s.tmp, "document-*")
	if err != nil {
		return Document{}, fmt.Errorf("documents: %w", err)
	}
	defer func() {
		_ = f.Close()
		_ = os.Remove(f.Name())
	}()
	seen := &inspector{hash: sha256.New()}
	if _, err := io.Copy(io.MultiWriter(f, seen), io.LimitReader(contextReader{ctx, sender{r}}, MaxSize+1)); err != nil {
		return Document{}, fmt.Errorf("documents: %w", err)
	}
	if err := seen.verify(declared); err != nil {
		return Document{}, err
	}
	if err := f.Sync(); err != nil {
		return Document{}, fmt.Errorf("documents: %w", err)
	}
	doc := Document{SHA256: hex.EncodeToString(seen.hash.Sum(nil)), Size: seen.size}
	if err := s.settle(ctx, f.Name(), doc); err != nil {
		return Document{}, err
	}
	return doc, nil
}

// settle gives a finished temporary file its name. A document that is kept under
// that name stays, unless it was damaged.
func (s *Store) settle(ctx context.Context, tmp string, doc Document) error {
	path := s.path(doc.SHA256)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("documents: %w", err)
	}
	if s.Verify(ctx, doc) == nil {
		return nil
	}
	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("documents: %w", err)
	}
	for _, dir := range []string{filepath.Dir(path), s.dir} {
		if err := syncDir(dir); err != nil {
			return err
		}
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // a folder of the store's own, never named by a request
	if err != nil {
		return fmt.Errorf("documents: %w", err)
	}
	defer func() { _ = d.Close() }()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("documents: %w", err)
	}
	return nil
}

// Open opens a kept document for reading; the caller closes it. The errors are
// ErrMissing, and ErrDamaged when the file's length is not the document's.
func (s *Store) Open(doc Document) (*os.File, error) {
	if !namePattern.MatchString(doc.SHA256) {
		return nil, ErrMissing
	}
	f, err := os.Open(s.path(doc.SHA256))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrMissing
	}
	if err != nil {
		return nil, fmt.Errorf("documents: %w", err)
	}
	info, err := f.Stat()
	if err != nil || info.Size() != doc.Size {
		_ = f.Close()
		return nil, errors.Join(ErrDamaged, err)
	}
	return f, nil
}

// Verify re-reads a kept document and returns ErrMissing or ErrDamaged when its
// bytes are not those it is named after.
func (s *Store) Verify(ctx context.Context, doc Document) error {
	f, err := s.Open(doc)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, contextReader{ctx, f}); err != nil {
		return fmt.Errorf("documents: %w", err)
	}
	if hex.EncodeToString(h.Sum(nil)) != doc.SHA256 {
		return ErrDamaged
	}
	return nil
}

var namePattern = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (s *Store) path(name string) string {
	return filepath.Join(s.dir, name[:2], name+".pdf")
}

// inspector looks at the bytes of a document as they pass.
type inspector struct {
	hash hash.Hash
	size int64
	head []byte
	tail []byte
}

// A PDF begins with its mark and ends with the end-of-file mark, behind which
// readers allow some bytes (ISO 32000-1, 7.5.5 and annex H.3).
const (
	headSize = 5
	tailSize = 1024
)

func (i *inspector) Write(p []byte) (int, error) {
	i.hash.Write(p)
	i.size += int64(len(p))
	if missing := headSize - len(i.head); missing > 0 {
		i.head = append(i.head, p[:min(missing, len(p))]...)
	}
	i.tail = append(i.tail, p[max(0, len(p)-tailSize):]...)
	i.tail = i.tail[max(0, len(i.tail)-tailSize):]
	return len(p), nil
}

func (i *inspector) verify(declared int64) error {
	switch {
	case i.size > MaxSize:
		return fmt.Errorf("%w: longer than %d bytes", ErrNotPDF, MaxSize)
	case declared >= 0 && declared != i.size:
		return fmt.Errorf("%w: %d bytes announced, %d received", ErrNotPDF, declared, i.size)
	case string(i.head) != "%PDF-":
		return fmt.Errorf("%w: it does not begin as one", ErrNotPDF)
	case !bytes.Contains(i.tail, []byte("%%EOF")):
		return fmt.Errorf("%w: its end is missing", ErrNotPDF)
	}
	return nil
}

// contextReader stops reading when its context ends.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// sender marks the errors of who sends a document, so that they are told from
// those of the disk it is written to.
type sender struct{ r io.Reader }

func (s sender) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("%w: %w", ErrReceiving, err)
	}
	return n, err
}
