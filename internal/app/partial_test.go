package app_test

import (
	"net/http"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

func TestPartOfTheListIsWhatTheWholePageShows(t *testing.T) {
	t.Parallel()
	v := amir(t, reading(t))
	second := v.open("/bills?issued=any").find(t, `#list a[rel="next"]`).AttrOr("href", "")
	for _, path := range []string{
		"/bills", "/bills?issued=any&kind=credit_note", "/bills?issued=2026-10&currency=JPY", "/bills?issued=any&q=nothing-like-it", second,
	} {
		whole := v.open(path)
		r := v.request(http.MethodGet, path, nil)
		r.Header.Set("HX-Request", "true")
		r.Header.Set("HX-Current-URL", v.portal.url+"/bills")
		part := v.do(r)
		part.expect(t, http.StatusOK)
		for _, id := range []string{"#list", "#export", "#filter-count"} {
			got, want := part.find(t, id), whole.find(t, id)
			got.RemoveAttr("hx-swap-oob")
			if outer(t, got) != outer(t, want) {
				t.Errorf("%s of %s\n%s\ninstead of\n%s", id, path, outer(t, got), outer(t, want))
			}
		}
		if part.find(t, "header, footer, nav.nav").Length() != 0 {
			t.Errorf("the part of %s brings the frame of the page along", path)
		}
		if got := whole.Header.Get("Vary"); got != "Cookie, HX-Request" {
			t.Errorf("%s varies by %q instead of Cookie, HX-Request", path, got)
		}
	}
	t.Run("a page from the browser's history is whole", func(t *testing.T) {
		r := v.request(http.MethodGet, "/bills", nil)
		r.Header.Set("HX-Request", "true")
		r.Header.Set("HX-History-Restore-Request", "true")
		if v.do(r).find(t, "header").Length() == 0 {
			t.Error("only a part came back")
		}
	})
}

func outer(t *testing.T, s *goquery.Selection) string {
	t.Helper()
	if s.Length() != 1 {
		t.Errorf("%d such elements instead of one", s.Length())
		return ""
	}
	html, err := goquery.OuterHtml(s)
	if err != nil {
		t.Fatal(err)
	}
	return html
}
