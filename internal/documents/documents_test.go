package documents_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"billportal/internal/documents"
)

const pdf = "%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\nstartxref\n9\n%%EOF\n"

type store struct {
	*documents.Store
	dir, tmp string
}

func newStore(t *testing.T) store {
	t.Helper()
	root := t.TempDir()
	s := store{dir: filepath.Join(root, "documents"), tmp: filepath.Join(root, "tmp")}
	var err error
	if s.Store, err = documents.NewStore(s.dir, s.tmp); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s store) put(t *testing.T, content string) documents.Document {
	t.Helper()
	d, err := s.Put(t.Context(), strings.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// files lists what lies below the store's folders.
func (s store) files(t *testing.T) []string {
	t.Helper()
	var found []string
	for _, root := range []string{s.dir, s.tmp} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				found = append(found, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

func (s store) path(d documents.Document) string {
	return filepath.Join(s.dir, d.SHA256[:2], d.SHA256+".pdf")
}

func (s store) read(t *testing.T, d documents.Document) string {
	t.Helper()
	f, err := s.Open(d)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	content, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestPutKeepsWholePDFs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		about    string
		content  string
		declared int64
	}{
		{"with its length announced", pdf, int64(len(pdf))},
		{"with no length announced", pdf, -1},
		{"without a line feed at its end", strings.TrimSpace(pdf), -1},
		{"with some bytes behind its end", pdf + strings.Repeat("\x00", 1024-len("%%EOF\n")), -1},
		{"longer than one buffer", "%PDF-1.4\n" + strings.Repeat("stream ", 50_000) + "%%EOF", -1},
	} {
		t.Run(c.about, func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			d, err := s.Put(t.Context(), iotest.HalfReader(strings.NewReader(c.content)), c.declared)
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256([]byte(c.content))
			if d.SHA256 != hex.EncodeToString(sum[:]) || d.Size != int64(len(c.content)) || s.read(t, d) != c.content {
				t.Errorf("kept as %+v", d)
			}
			if err := s.Verify(t.Context(), d); err != nil {
				t.Error(err)
			}
			if files := s.files(t); len(files) != 1 || files[0] != s.path(d) {
				t.Errorf("files: %v", files)
			}
		})
	}
}

func TestPutReadsMarksThatArriveByteByByte(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	if _, err := s.Put(t.Context(), iotest.OneByteReader(strings.NewReader(pdf)), int64(len(pdf))); err != nil {
		t.Error(err)
	}
	if _, err := s.Put(t.Context(), iotest.DataErrReader(strings.NewReader(pdf+" ")), -1); err != nil {
		t.Error(err)
	}
}

func TestPutRefusesWhatIsNoWholePDF(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		about    string
		content  io.Reader
		declared int64
	}{
		{"nothing", strings.NewReader(""), -1},
		{"nothing, as announced", strings.NewReader(""), 0},
		{"a page that says sorry", strings.NewReader("<!DOCTYPE html><title>Error</title> %PDF- %%EOF"), -1},
		{"an object of JSON", strings.NewReader(`{"code":60,"message":"Resource not found"}`), -1},
		{"a blank before its beginning", strings.NewReader(" " + pdf), -1},
		{"the beginning in small letters", strings.NewReader(strings.ToLower(pdf)), -1},
		{"its beginning alone", strings.NewReader("%PDF"), -1},
		{"cut before its end", strings.NewReader(strings.TrimSuffix(pdf, "%%EOF\n")), -1},
		{"cut inside its last mark", strings.NewReader(strings.TrimSuffix(pdf, "OF\n")), -1},
		{"too much behind its end", strings.NewReader(pdf + strings.Repeat(" ", 1024)), -1},
		{"shorter than announced", strings.NewReader(pdf), int64(len(pdf)) + 1},
		{"longer than announced", strings.NewReader(pdf), int64(len(pdf)) - 1},
		{"announced as empty", strings.NewReader(pdf), 0},
		{"one byte too long", endless(documents.MaxSize + 1), -1},
		{"without end", endless(1 << 50), -1},
	} {
		t.Run(c.about, func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			d, err := s.Put(t.Context(), c.content, c.declared)
			if !errors.Is(err, documents.ErrNotPDF) || d != (documents.Document{}) {
				t.Errorf("%+v, %v", d, err)
			}
			if files := s.files(t); len(files) != 0 {
				t.Errorf("left behind: %v", files)
			}
		})
	}
}

func TestPutKeepsTheLongestDocumentThereMayBe(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	end := "%%EOF"
	r := io.MultiReader(endless(documents.MaxSize-int64(len(end))), strings.NewReader(end))
	d, err := s.Put(t.Context(), r, documents.MaxSize)
	if err != nil || d.Size != documents.MaxSize {
		t.Errorf("%+v, %v", d, err)
	}
}

// endless is size bytes that begin like a PDF, made as they are read.
func endless(size int64) io.Reader {
	return io.MultiReader(strings.NewReader("%PDF-"), io.LimitReader(blanks{}, size-5))
}

type blanks struct{}

func (blanks) Read(p []byte) (int, error) {
	copy(p, bytes.Repeat([]byte{' '}, len(p)))
	return len(p), nil
}

func TestPutTellsTheSendersFaultFromTheDisks(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	cut := errors.New("connection reset")
	_, err := s.Put(t.Context(), io.MultiReader(strings.NewReader(pdf), iotest.ErrReader(cut)), -1)
	if !errors.Is(err, documents.ErrReceiving) || !errors.Is(err, cut) || errors.Is(err, documents.ErrNotPDF) {
		t.Errorf("a sender that fails: %v", err)
	}
	if files := s.files(t); len(files) != 0 {
		t.Errorf("left behind: %v", files)
	}
	if err := os.RemoveAll(s.tmp); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(t.Context(), strings.NewReader(pdf), -1); err == nil || errors.Is(err, documents.ErrReceiving) || errors.Is(err, documents.ErrNotPDF) {
		t.Errorf("a folder that is gone: %v", err)
	}
}

func TestPutStopsWhenItsContextEnds(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	ctx, cancel := context.WithCancel(t.Context())
	r := io.MultiReader(strings.NewReader("%PDF-1.7"), calls(cancel), blanks{})
	if _, err := s.Put(ctx, r, -1); !errors.Is(err, context.Canceled) || errors.Is(err, documents.ErrReceiving) {
		t.Errorf("%v", err)
	}
	if files := s.files(t); len(files) != 0 {
		t.Errorf("left behind: %v", files)
	}
}

// calls runs a function when it is read from, and is empty.
type calls func()

func (f calls) Read([]byte) (int, error) {
	f()
	return 0, io.EOF
}

func TestTheSameBytesTwiceAreOneDocument(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	first := s.put(t, pdf)
	before, err := os.Stat(s.path(first))
	if err != nil {
		t.Fatal(err)
	}
	if again := s.put(t, pdf); again != first {
		t.Errorf("%+v, then %+v", first, again)
	}
	after, err := os.Stat(s.path(first))
	if err != nil || !os.SameFile(before, after) || len(s.files(t)) != 1 {
		t.Errorf("the file was written again: %v", err)
	}
}

func TestManyMayPutAtOnce(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	contents := []string{pdf, pdf + "1", pdf + "2"}
	var wg sync.WaitGroup
	for i := range 30 {
		wg.Go(func() {
			content := contents[i%len(contents)]
			d, err := s.Put(t.Context(), strings.NewReader(content), int64(len(content)))
			if err == nil {
				err = s.Verify(t.Context(), d)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if files := s.files(t); len(files) != len(contents) {
		t.Errorf("files: %v", files)
	}
}
