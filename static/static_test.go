package static

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func get(t *testing.T, method, target, encoding string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	r.Header.Set("Accept-Encoding", encoding)
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r io.Reader) []byte {
	t.Helper()
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestEveryFileIsServedForGood(t *testing.T) {
	hashed := regexp.MustCompile(`^/static/[a-z]+/[a-z]+\.[0-9a-f]{8}\.(css|js|svg)$`)
	for name := range sources {
		if !hashed.MatchString(Path(name)) {
			t.Errorf("%s has the address %s", name, Path(name))
		}
		plain := get(t, http.MethodGet, Path(name), "")
		content := body(t, plain.Body)
		for header, want := range map[string]string{
			"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff", "Content-Encoding": "",
			"Content-Type": contentTypes[filepath.Ext(name)],
		} {
			if got := plain.Header.Get(header); got != want {
				t.Errorf("%s: %s is %q", name, header, got)
			}
		}
		if plain.StatusCode != http.StatusOK || len(content) == 0 {
			t.Errorf("%s: status %d, %d bytes", name, plain.StatusCode, len(content))
		}
		packed := get(t, http.MethodGet, Path(name), "br, gzip;q=0.8")
		if packed.Header.Get("Content-Encoding") != "gzip" {
			continue
		}
		reader, err := gzip.NewReader(packed.Body)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(body(t, reader), content) {
			t.Errorf("%s: compressed and plain bytes differ", name)
		}
	}
}

func TestOnlyHashedAddressesExist(t *testing.T) {
	for _, target := range []string{
		"/static/", "/static/css/", "/static/css/portal.css", "/static/css/base.css", "/static/css/portal.00000000.css",
		"/static/js/portal.js", "/static/htmx/LICENSE", "/static/../static.go", "/static/css/portal." + strings.Repeat("f", 8) + ".css",
	} {
		if status := get(t, http.MethodGet, target, "gzip").StatusCode; status != http.StatusNotFound {
			t.Errorf("%s: status %d", target, status)
		}
	}
}

func TestOnlyReadingIsAllowed(t *testing.T) {
	if status := get(t, http.MethodPost, Path("js/portal.js"), "").StatusCode; status != http.StatusMethodNotAllowed {
		t.Errorf("POST: status %d", status)
	}
	head := get(t, http.MethodHead, Path("js/portal.js"), "")
	if head.StatusCode != http.StatusOK || len(body(t, head.Body)) != 0 || head.Header.Get("Content-Length") == "0" {
		t.Errorf("HEAD: status %d, length %s", head.StatusCode, head.Header.Get("Content-Length"))
	}
}

func TestAcceptsGzip(t *testing.T) {
	for header, want := range map[string]bool{
		"": false, "br": false, "gzip": true, "GZIP": true, "br, gzip ; q=0.5": true, "gzip;q=0": false, "gzip;q=0.000": false, "identity;q=1, *;q=0": false,
	} {
		if acceptsGzip(header) != want {
			t.Errorf("%q: %t", header, !want)
		}
	}
}

func TestMisspeltNamePanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a misspelt name went unnoticed")
		}
	}()
	Path("css/protal.css")
}

func TestVendoredFilesAreUnchanged(t *testing.T) {
	list, err := os.Open("htmx/SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	checked := 0
	for lines := bufio.NewScanner(list); lines.Scan(); checked++ {
		digest, name, _ := strings.Cut(lines.Text(), "  ")
		content, err := os.ReadFile(filepath.Join("htmx", filepath.Base(name)))
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != digest {
			t.Errorf("%s was changed", name)
		}
	}
	if checked != 2 {
		t.Errorf("%d files checked", checked)
	}
}

// TestStyleSheetNeedsNothingElse keeps the content security policy possible: no other file, no data URL.
func TestStyleSheetNeedsNothingElse(t *testing.T) {
	sheet := join(sources["css/portal.css"])
	for _, forbidden := range []string{"url(", "@import", "data:", "http:", "https:", "expression("} {
		if bytes.Contains(sheet, []byte(forbidden)) {
			t.Errorf("the style sheet contains %s", forbidden)
		}
	}
	if bytes.Count(sheet, []byte("{")) != bytes.Count(sheet, []byte("}")) {
		t.Error("braces do not match")
	}
}
