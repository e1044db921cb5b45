package web_test

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"billportal/internal/sandbox"
)

// asked is an answer to a request with some fields.
func (s *site) asked(t *testing.T, client *http.Client, method, path string, fields map[string]string) answer {
	t.Helper()
	r := s.request(t, method, path, nil)
	for name, value := range fields {
		r.Header.Set(name, value)
	}
	return do(t, client, r)
}

func TestRangesAreServedFromTheWholeAndNeverAmplified_O17_O15(t *testing.T) {
	t.Parallel()
	f := furnish(t)
	client := f.as(t, sandbox.SubjectEmployee)
	path := "/bills/" + string(f.own[0].ID) + "/document"
	whole := f.get(t, client, path)
	if whole.StatusCode != http.StatusOK || !strings.HasPrefix(whole.body, "%PDF-") {
		t.Fatalf("status %d with %d bytes", whole.StatusCode, len(whole.body))
	}
	etag, size := whole.Header.Get("ETag"), len(whole.body)
	overlapping := "bytes=0-" + strings.Repeat(",0-", 200)
	for _, c := range []struct {
		name   string
		fields map[string]string
		status int
		want   string
	}{
		{"the first ten bytes", map[string]string{"Range": "bytes=0-9"}, 206, whole.body[:10]},
		{"from the middle on", map[string]string{"Range": fmt.Sprintf("bytes=%d-", size-100)}, 206, whole.body[size-100:]},
		{"the last ten", map[string]string{"Range": "bytes=-10"}, 206, whole.body[size-10:]},
		{"past the end", map[string]string{"Range": fmt.Sprintf("bytes=%d-", size)}, 416, ""},
		{"if it is still the same", map[string]string{"Range": "bytes=0-9", "If-Range": etag}, 206, whole.body[:10]},
		{"if it was another", map[string]string{"Range": "bytes=0-9", "If-Range": `"other"`}, 200, whole.body},
		{"what is held already", map[string]string{"If-None-Match": etag}, 304, ""},
		{"two ranges", map[string]string{"Range": "bytes=0-9,20-29"}, 200, whole.body},
		{"ranges that overlap", map[string]string{"Range": overlapping}, 200, whole.body},
		{"a range of another unit", map[string]string{"Range": "pages=1-2"}, 416, ""},
		{"no range at all", map[string]string{"Range": "bytes=x"}, 416, ""},
	} {
		a := f.asked(t, client, http.MethodGet, path, c.fields)
		if a.StatusCode != c.status || c.status < 300 && a.body != c.want {
			t.Errorf("%s: status %d with %d bytes instead of %d with %d", c.name, a.StatusCode, len(a.body), c.status, len(c.want))
		}
		if len(a.body) > size+10_000 {
			t.Errorf("%s: %d bytes of a document of %d", c.name, len(a.body), size)
		}
		if cc := a.Header.Get("Cache-Control"); !strings.Contains(cc, "no-store") {
			t.Errorf("%s: Cache-Control is %q", c.name, cc)
		}
	}
	kept := f.get(t, f.as(t, sandbox.SubjectAccountant), path+"?download=1")
	if d := kept.Header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment; filename=") || kept.Header.Get("Cache-Control") != "private, no-store" ||
		kept.Header.Get("X-Content-Type-Options") != "nosniff" || kept.Header.Get("Cross-Origin-Resource-Policy") != "same-origin" || kept.body != whole.body {
		t.Errorf("a download is answered with %v", kept.Header)
	}
}

func TestConditionsDoNotTellOfForeignDocuments_O4(t *testing.T) {
	t.Parallel()
	f := furnish(t)
	foreign := "/bills/" + string(f.foreign[0].ID)
	etag := f.get(t, f.as(t, sandbox.SubjectAccountant), foreign+"/document").Header.Get("ETag")
	if len(etag) < 60 {
		t.Fatalf("the document has the ETag %q", etag)
	}
	client := f.as(t, sandbox.SubjectEmployee)
	for _, path := range []string{foreign + "/document", foreign + "/document?download=1", foreign, foreign + "/items"} {
		missing := strings.Replace(path, string(f.foreign[0].ID), "aaaaaaaaaaaaaaaaaaaa", 1)
		for name, fields := range map[string]map[string]string{
			"nothing": nil, "its tag": {"If-None-Match": etag}, "any tag": {"If-None-Match": "*"}, "its tag to be matched": {"If-Match": etag},
			"another tag to be matched": {"If-Match": `"other"`}, "a range": {"Range": "bytes=0-9"}, "a range past the end": {"Range": "bytes=999999999-"},
			"a range of its tag": {"Range": "bytes=0-9", "If-Range": etag}, "a day": {"If-Modified-Since": "Mon, 23 Nov 2037 19:47:50 GMT"},
			"an old day": {"If-Unmodified-Since": "Mon, 23 Nov 1998 19:47:50 GMT"},
		} {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				theirs, nobodys := f.asked(t, client, method, path, fields), f.asked(t, client, method, missing, fields)
				if theirs.StatusCode != nobodys.StatusCode || theirs.StatusCode != http.StatusNotFound && !(theirs.StatusCode == http.StatusForbidden && strings.Contains(path, "download")) {
					t.Errorf("%s %s with %s: status %d, and %d of what is missing", method, path, name, theirs.StatusCode, nobodys.StatusCode)
				}
				if theirs.Header.Get("ETag")+theirs.Header.Get("Content-Range")+theirs.Header.Get("Accept-Ranges") != "" {
					t.Errorf("%s %s with %s: %v", method, path, name, theirs.Header)
				}
			}
		}
	}
}

func TestHeadIsGetWithoutABodyAndOnRecord_O18(t *testing.T) {
	t.Parallel()
	f := furnish(t)
	path := "/bills/" + string(f.own[0].ID) + "/document"
	client := f.as(t, sandbox.SubjectEmployee)
	head, get := f.asked(t, client, http.MethodHead, path, nil), f.get(t, client, path)
	if head.StatusCode != http.StatusOK || head.body != "" || head.ContentLength != int64(len(get.body)) {
		t.Errorf("HEAD is answered with %d, %d bytes of %d", head.StatusCode, len(head.body), head.ContentLength)
	}
	for _, name := range []string{"Content-Type", "Content-Disposition", "Content-Security-Policy", "Cache-Control", "ETag", "Accept-Ranges", "Repr-Digest", "Content-Length"} {
		if got, want := head.Header.Get(name), get.Header.Get(name); got != want || got == "" && name != "Content-Length" {
			t.Errorf("%s of HEAD is %q, of GET %q", name, got, want)
		}
	}
	const views = `SELECT count(*) FROM ledger WHERE request_id = ? AND action = 'document.view' AND object = ?`
	if n := f.counted(t, views, head.Header.Get("X-Portal-Request-Id"), f.own[0].ID); n != 1 {
		t.Errorf("HEAD left %d entries in the ledger", n)
	}
}

// TestOnlyAPDFLeavesAsOne_F2_O14 has the API send in its place what none is.
func TestOnlyAPDFLeavesAsOne_F2_O14(t *testing.T) {
	t.Parallel()
	f := furnish(t)
	client := f.as(t, sandbox.SubjectAccountant)
	truth, err := f.sim.World.PDF(string(f.own[0].UpstreamID))
	if err != nil {
		t.Fatal(err)
	}
	path := "/bills/" + string(f.own[0].ID) + "/document"
	for name, body := range map[string][]byte{
		"HTML": []byte("<html><script>alert(1)</script></html>"), "nothing": {}, "half a PDF": truth[:len(truth)/2], "a PDF without its end": bytes.ReplaceAll(truth, []byte("%%EOF"), nil),
		"an error in JSON": []byte(`{"code":60,"message":"canary"}`), "a PDF behind much else": append(bytes.Repeat([]byte("<!-- -->"), 500), truth...), "a ZIP": []byte("PK\x03\x04%%EOF"),
	} {
		for _, kind := range []string{"application/pdf", "text/html", "application/octet-stream"} {
			f.sim.API.Fail(func(*http.Request) *sandbox.Failure {
				return &sandbox.Failure{Status: http.StatusOK, Header: http.Header{"Content-Type": {kind}}, Body: body}
			})
			for _, want := range []string{path, path + "?download=1"} {
				a := f.get(t, client, want)
				if a.StatusCode != http.StatusBadGateway || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") || a.Header.Get("Content-Disposition") != "" {
					t.Errorf("%s as %s: status %d, %s", name, kind, a.StatusCode, a.Header.Get("Content-Type"))
				}
				if strings.Contains(a.body, "alert(1)") || strings.Contains(a.body, "canary") || strings.Contains(a.body, "PK\x03") {
					t.Errorf("%s as %s is shown: %s", name, kind, a.body)
				}
			}
		}
	}
	if n := f.counted(t, `SELECT count(*) FROM documents`); n != 0 {
		t.Errorf("%d of them are kept", n)
	}
	f.sim.API.Fail(nil)
	if a := f.get(t, client, path); a.StatusCode != http.StatusOK || a.body != string(truth) {
		t.Errorf("then the document comes with status %d and %d bytes instead of %d", a.StatusCode, len(a.body), len(truth))
	}
}

func TestInlineDocumentsHaveAPolicyOfTheirOwn_O16(t *testing.T) {
	t.Parallel()
	f := furnish(t)
	a := f.get(t, f.as(t, sandbox.SubjectEmployee), "/bills/"+string(f.own[0].ID)+"/document")
	for name, want := range map[string]string{
		"Content-Type": "application/pdf", "X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "private, no-store",
	} {
		if got := a.Header.Get(name); got != want {
			t.Errorf("%s is %q instead of %q", name, got, want)
		}
	}
	policy := strings.Split(a.Header.Get("Content-Security-Policy"), "; ")
	if !slices.Contains(policy, "default-src 'none'") || !slices.Contains(policy, "frame-ancestors 'self'") || strings.Contains(strings.Join(policy, " "), "unsafe") || strings.Contains(strings.Join(policy, " "), "script-src") {
		t.Errorf("the policy is %q", policy)
	}
	if d := a.Header.Get("Content-Disposition"); !strings.HasPrefix(d, "inline; filename=") {
		t.Errorf("Content-Disposition is %q", d)
	}
}
