//go:build browser

package app_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"billportal/internal/sandbox"
)

// TestPagesAskNoOtherOrigin_T1 opens every page that a person can click to, a few
// of each kind, and looks at every request.
func TestPagesAskNoOtherOrigin_T1(t *testing.T) {
	p := reading(t)
	chrome := startChromium(t)
	for _, subject := range []string{sandbox.SubjectAccountant, sandbox.SubjectAdmin, sandbox.SubjectNewcomer} {
		t.Run(subject, func(t *testing.T) {
			w := chrome.window(t, p, true)
			w.refused = append(w.refused, "/", "/bills", "/admin/accounts")
			w.signIn(subject)
			w.mu.Lock()
			w.asked = nil // signing in leads to the provider and back
			w.mu.Unlock()
			pages := w.crawl(func(string) {})
			if len(pages) < 1 || subject != sandbox.SubjectNewcomer && len(pages) < 5 {
				t.Errorf("the crawl found %v", pages)
			}
			w.mu.Lock()
			defer w.mu.Unlock()
			for _, address := range w.asked {
				if scheme, _, _ := strings.Cut(address, ":"); scheme != "data" && scheme != "chrome-extension" && scheme != "chrome" && !strings.HasPrefix(address, p.url+"/") {
					t.Errorf("a page asked %s", address)
				}
			}
		})
	}
}

// crawl opens what links lead to, two addresses of each kind, looks at each page,
// and returns the addresses.
func (w *tab) crawl(look func(path string)) (opened []string) {
	kinds := map[string]int{}
	queue := []string{"/"}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		if slices.Contains(opened, path) {
			continue
		}
		opened = append(opened, path)
		w.open(path)
		w.until(`document.readyState === 'complete' && document.querySelector('.items-later') === null`)
		look(path)
		for _, link := range strings.Fields(w.read(`[...document.querySelectorAll('a[href]:not([download]):not([target])')].map(a => a.href).join(' ')`)) {
			u, err := url.Parse(link)
			if err != nil || !strings.HasPrefix(link, w.portal.url+"/") || strings.HasSuffix(u.Path, ".csv") || strings.HasSuffix(u.Path, "/document") {
				continue
			}
			kind := kindOf(u)
			if kinds[kind]++; kinds[kind] <= 2 {
				queue = append(queue, u.RequestURI())
			}
		}
	}
	return opened
}

// kindOf is an address without what tells one thing from another.
func kindOf(u *url.URL) string {
	parts := strings.Split(u.Path, "/")
	if len(parts) > 2 && parts[1] != "admin" {
		parts[2] = "*"
	}
	if len(parts) > 3 {
		parts[3] = "*"
	}
	var names []string
	for name := range u.Query() {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(parts, "/") + "?" + strings.Join(names, "&")
}
