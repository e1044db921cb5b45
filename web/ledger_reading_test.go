package web_test

import (
	"encoding/base64"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"billportal/internal/ledger"
	"billportal/internal/sandbox"
)

// TestEveryReadingIsOneEntry_L1_L2 has each act of reading and of being refused leave
// exactly one entry, with whom, what and the request, and never what a bill says.
func TestEveryReadingIsOneEntry_L1_L2(t *testing.T) {
	t.Parallel()
	s := stocked(t, nil)
	b := s.someBills(t, 1)[0]
	elena, amir, ada, nour := s.as(t, sandbox.SubjectEmployee), s.as(t, sandbox.SubjectAccountant), s.as(t, sandbox.SubjectAdmin), s.as(t, sandbox.SubjectNewcomer)
	page, id := "/bills/"+string(b.ID), string(b.ID)
	place := base64.RawURLEncoding.EncodeToString([]byte("|" + id))
	fragment := http.Header{"Hx-Request": {"true"}}
	for _, c := range []struct {
		name, who, method, path string
		client                  *http.Client
		header                  http.Header
		status                  int
		action, object          string // "" for no entry
	}{
		{"a bill", "Elena", "GET", page, elena, nil, 200, "bill.view", id},
		{"its items as a part", "", "GET", page + "/items", elena, fragment, 200, "", ""},
		{"its items as a page", "", "GET", page + "/items", elena, nil, 200, "", ""},
		{"the items of a bill nobody opened", "Amir", "GET", page + "/items", amir, fragment, 200, "bill.view", id},
		{"them once more", "", "GET", page + "/items", amir, fragment, 200, "", ""},
		{"them in another session", "Amir", "GET", page + "/items", s.as(t, sandbox.SubjectAccountant), nil, 200, "bill.view", id},
		{"a list", "", "GET", "/bills", elena, nil, 200, "", ""},
		{"a search", "Elena", "GET", "/bills?q=secretword", elena, nil, 200, "bills.search", "bills"},
		{"a search as a part", "Elena", "GET", "/bills?q=secretword", elena, fragment, 200, "bills.search", "bills"},
		{"a search at a place that nothing led to", "Elena", "GET", "/bills?q=secretword&after=" + place, elena, nil, 200, "bills.search", "bills"},
		{"a search that is refused", "", "GET", "/bills?q=secretword&min=x", elena, nil, 400, "", ""},
		{"a document", "Elena", "GET", page + "/document", elena, nil, 200, "document.view", id},
		{"the document, asked about", "Elena", "HEAD", page + "/document", elena, nil, 200, "document.view", id},
		{"more of the document", "", "GET", page + "/document", elena, http.Header{"Range": {"bytes=100-199"}}, 206, "", ""},
		{"the end of a document nobody opened", "Amir", "GET", page + "/document", amir, http.Header{"Range": {"bytes=1-"}}, 206, "document.view", id},
		{"a download", "Amir", "GET", page + "/document?download=1", amir, nil, 200, "document.download", id},
		{"an export", "Amir", "GET", "/bills.csv?issued=last-month", amir, nil, 200, "bills.export", "bills.csv"},
		{"the register's export", "Ada", "GET", "/admin/accounts.csv", ada, nil, 200, "register.export", "accounts.csv"},
		{"the grants' export", "Ada", "GET", "/admin/access.csv", ada, nil, 200, "grants.export", "grants.csv"},
		{"a download without its right", "Elena", "GET", page + "/document?download=1", elena, nil, 403, "access.refuse", "GET /bills/:id/document " + id},
		{"an export without its right", "Elena", "GET", "/bills.csv", elena, nil, 403, "access.refuse", "GET /bills.csv"},
		{"an admin's page", "Elena", "GET", "/admin/access", elena, nil, 403, "access.refuse", "GET /admin/access"},
		{"a page without a role", "Nour", "GET", "/bills", nour, nil, 403, "access.refuse", "GET /bills"},
		{"no such bill", "Elena", "GET", "/bills/nosuchbill", elena, nil, 404, "access.refuse", "GET /bills/:id nosuchbill"},
		{"no such account", "Ada", "GET", "/admin/accounts/%1b[31mred", ada, nil, 404, "", ""},
		{"a long name of nothing", "Elena", "GET", "/bills/" + strings.Repeat("a", 500), elena, nil, 404, "access.refuse", "GET /bills/:id (not an id)"},
		{"a formula in place of a bill", "Elena", "GET", "/bills/;=HYPERLINK(A1)", elena, nil, 404, "access.refuse", "GET /bills/:id (not an id)"},
		{"a bill's number in place of its key", "Elena", "GET", "/bills/%3dsecret", elena, nil, 404, "access.refuse", "GET /bills/:id (not an id)"},
		{"no such page", "", "GET", "/nothing", elena, nil, 404, "", ""},
		{"a stranger", "", "GET", page, s.browser(t), nil, 303, "", ""},
	} {
		before := len(s.entries(t, 0))
		r := s.request(t, c.method, c.path, nil)
		for name, values := range c.header {
			r.Header[name] = values
		}
		a := do(t, c.client, r)
		if a.StatusCode != c.status {
			t.Errorf("%s: status %d instead of %d", c.name, a.StatusCode, c.status)
		}
		got := s.entries(t, before)
		if c.action == "" {
			if len(got) != 0 {
				t.Errorf("%s leaves %+v", c.name, got)
			}
			continue
		}
		if len(got) != 1 || got[0].Action != c.action || got[0].Object != c.object {
			t.Errorf("%s: %+v instead of one %s of %s", c.name, got, c.action, c.object)
			continue
		}
		checkEntry(t, c.name, got[0], c.who, a.Header.Get("X-Portal-Request-Id"))
		if text := got[0].Object + got[0].Detail; strings.Contains(text, "secretword") || strings.Contains(text, b.Gross.Number()) {
			t.Errorf("%s tells what was read: %s", c.name, text)
		}
	}
}

var (
	actor  = regexp.MustCompile(`^person:[1-9][0-9]* [^\p{Cc}]+$`)
	action = regexp.MustCompile(`^[a-z]+\.[a-z]+$`)
)

// checkEntry holds an entry to the form that all have.
func checkEntry(t *testing.T, name string, e ledger.Entry, who, requestID string) {
	t.Helper()
	if !actor.MatchString(e.Actor) || !strings.Contains(e.Actor, who) || !action.MatchString(e.Action) || e.At.IsZero() ||
		e.RequestID != requestID || len(requestID) != 16 || e.Object == "" || len(e.Object)+len(e.Detail) > 300 {
		t.Errorf("%s: the entry is %+v", name, e)
	}
}

// TestReadingGoesOnWithoutALedgerAndFilesDoNot_L5 fills the disk as far as the ledger
// can tell: pages and documents are still read, and the log says that it is not on
// record; nothing leaves as a file.
func TestReadingGoesOnWithoutALedgerAndFilesDoNot_L5(t *testing.T) {
	t.Parallel()
	s := stocked(t, nil)
	b := s.someBills(t, 1)[0]
	page := "/bills/" + string(b.ID)
	elena, amir, ada := s.as(t, sandbox.SubjectEmployee), s.as(t, sandbox.SubjectAccountant), s.as(t, sandbox.SubjectAdmin)
	if _, err := s.other(t).ExecContext(t.Context(), `CREATE TRIGGER full BEFORE INSERT ON ledger BEGIN SELECT raise(FAIL, 'database or disk is full'); END`); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		client *http.Client
		path   string
		status int
	}{
		{elena, page, 200}, {elena, page + "/document", 200}, {elena, "/bills?q=x", 200}, {elena, "/admin/access", 403}, {elena, "/bills/nosuchbill", 404},
		{amir, page + "/document?download=1", 500}, {amir, "/bills.csv?issued=last-month", 500}, {amir, "/bills.csv?rows=item&account=nobodys", 500},
		{ada, "/admin/accounts.csv", 500}, {ada, "/admin/access.csv", 500},
	} {
		a := s.get(t, c.client, c.path)
		if a.StatusCode != c.status {
			t.Errorf("%s: status %d instead of %d", c.path, a.StatusCode, c.status)
		}
		if kind := a.Header.Get("Content-Type"); c.status == 500 && (!strings.HasPrefix(kind, "text/html") || a.Header.Get("Content-Disposition") != "") {
			t.Errorf("%s is refused as %s", c.path, kind)
		}
		if log := s.log.String(); !strings.Contains(log, a.Header.Get("X-Portal-Request-Id")) || !strings.Contains(log, "disk is full") {
			t.Errorf("%s: the log does not say why", c.path)
		}
	}
}

// TestItemsAreOnRecordAgainAfterAWhile_L1 reads the items of a bill whose page was
// opened too long ago.
func TestItemsAreOnRecordAgainAfterAWhile_L1(t *testing.T) {
	t.Parallel()
	s := stocked(t, nil)
	b := s.someBills(t, 1)[0]
	elena := s.as(t, sandbox.SubjectEmployee)
	for n, after := range []time.Duration{0, 4 * time.Minute, 2 * time.Minute} {
		s.ahead.Add(int64(after))
		path := "/bills/" + string(b.ID)
		if n > 0 {
			path += "/items"
		}
		s.get(t, elena, path)
		if told, want := len(s.told(t, "bill.view")), []int{1, 1, 2}[n]; told != want {
			t.Errorf("%s %s later: %d entries instead of %d", path, after, told, want)
		}
	}
}

// TestPagesThatNothingLedToAreOnRecord_L1_L2 turns the pages of the ledger and of a
// search, and asks for pages of them that nobody was led to.
func TestPagesThatNothingLedToAreOnRecord_L1_L2(t *testing.T) {
	t.Parallel()
	s := stocked(t, nil)
	ada, other, amir := s.as(t, sandbox.SubjectAdmin), s.as(t, sandbox.SubjectAdmin), s.as(t, sandbox.SubjectAccountant)
	for range 120 {
		s.records(t, ledger.Act{Actor: "portal", Action: "account.hide"})
	}
	older := func(a answer) string { return a.find(t, `a[rel="next"]`).AttrOr("href", "none") }
	second := older(s.get(t, ada, "/admin/ledger?what=account.hide"))
	third := older(s.get(t, ada, second))
	found := older(s.get(t, amir, "/bills?issued=any&q=0"))
	for _, c := range []struct {
		name, path, action string
		client             *http.Client
		more               int
	}{
		{"the next page", third, "ledger.view", ada, 0}, {"back again", second, "ledger.view", ada, 0},
		{"in another session", second, "ledger.view", other, 1},
		{"without its filter", "/admin/ledger?" + second[strings.Index(second, "before="):strings.Index(second, "&")], "ledger.view", ada, 1},
		{"a page of what was noted before the last", third, "ledger.view", ada, 1},
		{"a page at will", "/admin/ledger?what=account.hide&before=77", "ledger.view", ada, 1},
		{"the next page of a search", found, "bills.search", amir, 0},
		{"that page of another search", strings.Replace(found, "q=0", "q=1", 1), "bills.search", amir, 1},
	} {
		before := len(s.told(t, c.action))
		if a := s.get(t, c.client, c.path); a.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s: status %d", c.name, c.path, a.StatusCode)
		}
		told := s.told(t, c.action)
		if len(told)-before != c.more {
			t.Errorf("%s: %s: %d entries instead of %d", c.name, c.path, len(told)-before, c.more)
		}
	}
	if told := s.told(t, "ledger.view"); told[len(told)-1].Detail != "what account.hide, before 77" {
		t.Errorf("the ledger says %q", told[len(told)-1].Detail)
	}
}
