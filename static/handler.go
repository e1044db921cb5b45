package static

import (
	"net/http"
	"strconv"
	"strings"
)

// Handler serves the embedded files under [Prefix] by their hashed addresses, and nothing else: plain
// names, old hashes and directories are not found. Answers may be kept for a year, the longest that
// RFC 9111 caches commonly honour, and never be asked for again.
func Handler() http.Handler {
	return http.HandlerFunc(serve)
}

func serve(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("X-Content-Type-Options", "nosniff")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	file, ok := assets[r.URL.Path]
	if !ok {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	body := file.plain
	if file.gzipped != nil {
		header.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Get("Accept-Encoding")) {
			header.Set("Content-Encoding", "gzip")
			body = file.gzipped
		}
	}
	header.Set("Content-Type", file.contentType)
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	header.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	// A write fails only when the client has gone; nobody is left to be told.
	_, _ = w.Write(body)
}

// acceptsGzip reads an Accept-Encoding header (RFC 9110, section 12.5.3). A weight of zero refuses.
func acceptsGzip(header string) bool {
	for item := range strings.SplitSeq(header, ",") {
		coding, parameter, _ := strings.Cut(strings.TrimSpace(item), ";")
		if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			weight, weighted := strings.CutPrefix(strings.ReplaceAll(parameter, " ", ""), "q=")
			return !weighted || strings.Trim(weight, "0.") != ""
		}
	}
	return false
}
