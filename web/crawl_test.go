package web_test

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"billportal/internal/sandbox"
)

// effects are the routes whose GET begins or ends something, as their place in the
// map says.
var effects = []string{"/signin/start", "/signin/callback", "/signin/confirmed"}

// readers are those who crawl: one of each role, one without, and nobody.
var readers = []string{sandbox.SubjectEmployee, sandbox.SubjectAccountant, sandbox.SubjectAdmin, sandbox.SubjectNewcomer, ""}

// crawl opens every page that can be read, by the map of the site and by the links
// of what it opens, and returns what was answered by address.
func (f *furnished) crawl(t *testing.T, client *http.Client) map[string]answer {
	t.Helper()
	var waiting []string
	for _, r := range f.web.Routes() {
		if r.Method == http.MethodGet && !slices.Contains(effects, r.Path) {
			waiting = append(waiting, strings.NewReplacer("/bills/:id", "/bills/"+string(f.own[0].ID), ":number", url.PathEscape(string(ownAccount)), ":id", "1", "*", "css/portal.css").Replace(r.Path))
		}
	}
	waiting = append(waiting, "/bills?issued=any", "/bills.csv?issued=any", "/bills.csv?issued=any&rows=item", "/bills?issued=any&q=canary-query", "/bills/"+string(f.foreign[0].ID))
	answers := map[string]answer{}
	for len(waiting) > 0 && len(answers) < 250 {
		path := waiting[0]
		waiting = waiting[1:]
		if _, done := answers[path]; done {
			continue
		}
		f.later(50 * time.Millisecond)
		a := f.get(t, client, path)
		if a.StatusCode == http.StatusInternalServerError {
			t.Errorf("%s: status %d", path, a.StatusCode)
		}
		answers[path] = a
		for _, address := range addressesOf(t, a) {
			next, _, _ := strings.Cut(address, "#")
			if strings.HasPrefix(next, "/") && !slices.Contains(effects, strings.Split(next, "?")[0]) {
				waiting = append(waiting, next)
			}
		}
	}
	return answers
}

// addressesOf are the addresses that an answer sends a browser to.
func addressesOf(t *testing.T, a answer) (addresses []string) {
	t.Helper()
	for _, name := range []string{"Location", "Hx-Redirect", "Hx-Push-Url", "Refresh", "Link"} {
		addresses = append(addresses, a.Header.Values(name)...)
	}
	if !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
		return addresses
	}
	names := []string{"href", "src", "action", "formaction", "hx-get", "hx-post", "data-url", "poster", "cite"}
	a.find(t, "*").Each(func(_ int, n *goquery.Selection) {
		for _, name := range names {
			if address, ok := n.Attr(name); ok {
				addresses = append(addresses, address)
			}
		}
	})
	return addresses
}

// fingerprint is what every table but the ledger holds, by table. When a session was
// last used is no change of anything.
func (f *furnished) fingerprint(t *testing.T) map[string]string {
	t.Helper()
	db := f.other(t)
	rows, err := db.QueryContext(t.Context(), `SELECT m.name, group_concat('quote("' || c.name || '")', ' || '','' || ') FROM sqlite_schema m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT IN ('ledger', 'sqlite_sequence') AND c.name <> 'seen_at' GROUP BY m.name`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns := map[string]string{}
	for rows.Next() {
		var table, list string
		if err := rows.Scan(&table, &list); err != nil {
			t.Fatal(err)
		}
		columns[table] = list
	}
	if err := rows.Err(); err != nil || len(columns) < 10 {
		t.Fatalf("%d tables, %v", len(columns), err)
	}
	sums := map[string]string{}
	for table, list := range columns {
		var all string
		if err := db.QueryRowContext(t.Context(), `SELECT coalesce(group_concat(line, ';'), '') FROM (SELECT `+list+` AS line FROM "`+table+`" ORDER BY 1)`).Scan(&all); err != nil {
			t.Fatal(err)
		}
		sums[table] = fmt.Sprintf("%x of %d bytes", sha256.Sum256([]byte(all)), len(all))
	}
	return sums
}

// TestReadingChangesNothing_H2 lets everybody open everything, twice, and compares
// every table but the ledger.
func TestReadingChangesNothing_H2(t *testing.T) {
	t.Parallel()
	f := furnish(t)
	clients := map[string]*http.Client{"": f.browser(t)}
	for _, subject := range readers[:len(readers)-1] {
		clients[subject] = f.as(t, subject)
	}
	for _, b := range append(f.own, f.foreign...) { // what is not held yet is fetched once
		f.get(t, clients[sandbox.SubjectAccountant], "/bills/"+string(b.ID)+"/document")
	}
	before := f.fingerprint(t)
	for round := range 2 {
		for _, subject := range readers {
			pages := f.crawl(t, clients[subject])
			if len(pages) < 20 {
				t.Errorf("%q opened only %d pages", subject, len(pages))
			}
			for path := range pages {
				if !strings.HasPrefix(path, "/bills.csv") {
					f.asked(t, clients[subject], http.MethodHead, path, nil)
				}
			}
			after := f.fingerprint(t)
			for table, sum := range before {
				if after[table] != sum {
					t.Errorf("round %d: after %q has read, the table %s is %s and was %s", round+1, subject, table, after[table], sum)
				}
			}
			before = after
		}
	}
}

// TestAddressesHoldNothingThatMatters_D3 reads every address that a page, a form or
// a header holds, and the log of the requests.
func TestAddressesHoldNothingThatMatters_D3(t *testing.T) {
	t.Parallel()
	f := furnish(t)
	for _, subject := range readers {
		client, secrets := f.browser(t), map[string]string{}
		if subject != "" {
			client = f.as(t, subject)
			base, _ := url.Parse(f.URL)
			for _, c := range client.Jar.Cookies(base) {
				secrets["the cookie "+c.Name] = c.Value
			}
		}
		for _, p := range f.sim.Identity.Personas() {
			secrets["the e-mail address of "+p.Name], secrets["the subject "+p.Subject] = p.Email, p.Subject
		}
		for _, b := range append(f.own, f.foreign...) {
			secrets["a bill's number"+string(b.ID)], secrets["a bill's key at Orange"+string(b.ID)] = string(b.Number), string(b.UpstreamID)
			secrets["an amount"+string(b.ID)] = b.Gross.Number()
		}
		read := 0
		for path, a := range f.crawl(t, client) {
			tokens := a.find(t, `input[name="csrf"]`).Map(func(_ int, n *goquery.Selection) string { return n.AttrOr("value", "") })
			for _, address := range addressesOf(t, a) {
				read++
				for what, secret := range secrets {
					if strings.Contains(address, secret) || strings.Contains(address, url.QueryEscape(secret)) {
						t.Errorf("%s for %q holds %s: %s", path, subject, what, address)
					}
				}
				for _, token := range tokens {
					if strings.Contains(address, token) {
						t.Errorf("%s for %q holds the form's token: %s", path, subject, address)
					}
				}
			}
		}
		if read < 50 {
			t.Errorf("only %d addresses were read by %q", read, subject)
		}
	}
	for line := range strings.Lines(f.log.String()) {
		for _, trace := range []string{"canary-query", string(f.own[0].ID), string(f.foreign[0].ID), "issued=any", "?code=", "state="} {
			if strings.Contains(line, trace) {
				t.Errorf("the log holds %q: %s", trace, line)
			}
		}
	}
}
