package web_test

import (
	"database/sql"
	"encoding/csv"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"billportal/internal/billing"
	"billportal/internal/ledger"
	"billportal/internal/sandbox"
	"billportal/web"
)

// all is the ledger in its order.
func (s *site) all(t *testing.T) []ledger.Entry {
	t.Helper()
	var entries []ledger.Entry
	for e, err := range s.db.LedgerEntries(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, e)
	}
	return entries
}

// records adds entries to the ledger.
func (s *site) records(t *testing.T, acts ...ledger.Act) {
	t.Helper()
	for _, act := range acts {
		if err := s.db.Record(t.Context(), act); err != nil {
			t.Fatal(err)
		}
	}
}

// deedsOfSources are the actions that the sources name where they act.
func deedsOfSources(t *testing.T) []string {
	t.Helper()
	acts := regexp.MustCompile(`(?:act\(c, |Action(?:: | = ))"([a-z]+\.[a-z]+)"`)
	var deeds []string
	for _, pattern := range []string{"*.go", "../internal/app/*.go", "../internal/sqlite/*.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, match := range acts.FindAllStringSubmatch(string(source), -1) {
				deeds = append(deeds, match[1])
			}
		}
	}
	return deeds
}

func TestTheLedgerIsReadPageByPageAndItsOpeningIsAnEntry(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	admin := s.as(t, sandbox.SubjectAdmin)
	for n := range 130 {
		s.records(t, ledger.Act{Actor: "portal", Action: "bill.view", Object: fmt.Sprint("bill ", n)})
	}
	before := len(s.all(t))
	var seen []string
	path, pages := "/admin/ledger?what=bill.view", 0
	for path != "" {
		page := s.get(t, admin, path)
		if page.StatusCode != http.StatusOK || pages > 5 {
			t.Fatalf("%s: status %d", path, page.StatusCode)
		}
		pages++
		seen = append(seen, textsOf(page.find(t, "tbody td.wide"))...)
		if prev := page.find(t, `a[rel="prev"]`); (prev.Length() == 1) != (pages > 1) {
			t.Errorf("page %d leads back: %d", pages, prev.Length())
		} else if pages == 3 {
			back := s.get(t, admin, prev.AttrOr("href", ""))
			if got := textsOf(back.find(t, "tbody td.wide")); len(got) != 50 || got[0] != "bill 79" || got[49] != "bill 30" {
				t.Errorf("the page before the last shows %d from %q", len(got), got[0])
			}
		}
		path = page.find(t, `a[rel="next"]`).AttrOr("href", "")
	}
	if pages != 3 || len(seen) != 130 || seen[0] != "bill 129" || seen[129] != "bill 0" {
		t.Errorf("%d pages show %d entries", pages, len(seen))
	}
	entries := s.all(t)
	if opened := entries[before:]; len(opened) != 1 || opened[0].Action != "ledger.view" || opened[0].Detail != "what bill.view" || !strings.HasSuffix(opened[0].Actor, "Ada Okafor") {
		t.Errorf("reading it adds %+v", opened)
	}
	part := s.request(t, http.MethodGet, "/admin/ledger?what=bill.view&before=100", nil)
	part.Header.Set("HX-Request", "true")
	if a := do(t, admin, part); a.find(t, "#list").Length() != 1 || a.find(t, "main").Length() != 0 {
		t.Error("htmx gets more than the list")
	}
}

func TestTheLedgerIsFilteredByWhatWhoAndWhen_L1(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	admin := s.as(t, sandbox.SubjectAdmin)
	s.as(t, sandbox.SubjectEmployee)
	s.lists(t, "0071 4420 18")
	s.records(t, ledger.Act{Actor: "command line", Action: "grant.add", Object: "group x: all", Detail: "hand made"},
		ledger.Act{Actor: "identity provider", Action: "session.provider", Object: "x"}, ledger.Act{Actor: "anonymous", Action: "session.refuse", Object: "sign-in"},
		ledger.Act{Actor: "person:1000 Somebody", Action: "account.hide", Object: "0071 4420 18"}, ledger.Act{Actor: "portal", Action: "odd.deed", RequestID: "req-1"})
	who := s.person(t, sandbox.SubjectEmployee)
	tomorrow := billing.DateOf(s.now().UTC()).AddDays(1).String()
	for query, want := range map[string][]string{
		"?what=grant.": {"Granted access"}, "?what=grant.add": {"Granted access"}, "?what=grant.remove": nil, "?who=portal": {"odd.deed"},
		"?who=identity+provider": {"Signed out by the provider"}, "?who=anonymous": {"Sign-in refused"},
		"?who=command+line": {"Granted access"}, fmt.Sprint("?who=person:", who.ID): {"Signed in"}, "?what=account.": {"Left an account hidden"},
		"?from=" + tomorrow: nil, "?until=2020-01-01": nil, "?what=session.&until=" + tomorrow: {"Sign-in refused", "Signed out by the provider", "Signed in", "Signed in"},
	} {
		if got := textsOf(s.get(t, admin, "/admin/ledger"+query).find(t, "tbody th")); !slices.Equal(got, want) {
			t.Errorf("%s: %q instead of %q", query, got, want)
		}
	}
	row := s.get(t, admin, "/admin/ledger?what=account.hide").find(t, "tbody tr")
	if got := row.Find("td.wide a").AttrOr("href", ""); got != "/admin/accounts/0071%204420%2018" {
		t.Errorf("the account leads to %q", got)
	}
	row = s.get(t, admin, fmt.Sprint("/admin/ledger?who=person:", who.ID)).find(t, "tbody tr")
	if got := row.Find("td a").First(); got.AttrOr("href", "") != fmt.Sprint("/admin/people/", who.ID) || got.Text() != "Elena Brandt" {
		t.Errorf("the person %q leads to %q", got.Text(), got.AttrOr("href", ""))
	}
	if hash := row.Find("details code").Text(); !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(hash) || row.Find("details[open]").Length() != 0 {
		t.Errorf("its hash is %q", hash)
	}
	for query, id := range map[string]string{"?from=2026-02-30": "l-from", "?until=x": "l-until", "?from=2026-02-02&until=2026-02-01": "l-until"} {
		a := s.get(t, admin, "/admin/ledger"+query)
		if a.StatusCode != http.StatusBadRequest || a.find(t, "#"+id+"[aria-invalid]").Length() != 1 || a.find(t, "tbody").Length() != 0 {
			t.Errorf("%s: status %d", query, a.StatusCode)
		}
		if a := s.get(t, admin, "/admin/ledger.csv"+query); a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s as a file: status %d", query, a.StatusCode)
		}
	}
	for _, query := range []string{"?what=x", "?what=bill.", "?who=person:999", "?who=x", "?before=0", "?before=-1", "?after=x", "?before=1&after=1", "?what=grant.&what=grant.add"} {
		if a := s.get(t, admin, "/admin/ledger"+query); a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: status %d", query, a.StatusCode)
		}
	}
	if a := s.get(t, admin, "/admin/ledger.csv?kind=x"); a.StatusCode != http.StatusBadRequest {
		t.Errorf("a parameter that is not known: status %d", a.StatusCode)
	}
}

func TestDaysOfTheLedgerAreThoseOfThePortal(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Pacific/Auckland")
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, false, func(settings *web.Settings) { settings.TimeZone = zone })
	admin := s.as(t, sandbox.SubjectAdmin)
	at := s.all(t)[0].At
	for days, want := range map[int]int{-1: 0, 0: 1, 1: 0} {
		day := billing.DateOf(at.In(zone)).AddDays(days).String()
		page := s.get(t, admin, "/admin/ledger?what=session.open&from="+day+"&until="+day)
		if got := page.find(t, "tbody tr").Length(); got != want {
			t.Errorf("%d days off: %d entries", days, got)
		}
	}
}

func TestVerifyingNamesTheFirstBrokenEntry_L5(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	admin := s.as(t, sandbox.SubjectAdmin)
	for range 8 {
		s.records(t, ledger.Act{Actor: "portal", Action: "bill.view"})
	}
	const at = "/admin/ledger?concerns=bill&until=2099-01-01&what=ledger.view"
	verified := func() ledger.Entry {
		entries := s.all(t)
		for _, e := range slices.Backward(entries) {
			if e.Action == "ledger.verify" {
				return e
			}
		}
		return ledger.Entry{}
	}
	verify := func() (kind, said, link string) {
		t.Helper()
		form := s.get(t, admin, at).find(t, `form[action="/admin/ledger/verify"]`)
		sent := s.send(t, admin, form, nil)
		if sent.StatusCode != http.StatusSeeOther || sent.Header.Get("Location") != at {
			t.Fatalf("status %d, to %s", sent.StatusCode, sent.Header.Get("Location"))
		}
		a := s.get(t, admin, at)
		return a.find(t, ".page-notice .notice").AttrOr("role", ""), a.find(t, ".page-notice p").Text(), a.find(t, ".page-notice a").AttrOr("href", "")
	}
	role, said, _ := verify()
	last := verified()
	checked := s.all(t)[last.Sequence-2]
	if want := fmt.Sprintf("All %d entries are sound. The last hash is %s.", checked.Sequence, checked.Hash); role != "status" || strings.TrimSpace(said) != want {
		t.Errorf("%s: %q instead of %q", role, said, want)
	}
	if last.Action != "ledger.verify" || last.Detail != fmt.Sprint(checked.Sequence, " entries are sound") {
		t.Errorf("the ledger says %s, %s", last.Action, last.Detail)
	}
	behind, err := sql.Open("sqlite", s.path)
	if err != nil {
		t.Fatal(err)
	}
	defer behind.Close()
	// Each breaks an earlier entry than the one before.
	for _, c := range []struct{ about, statement, entry string }{
		{"reordered", `DROP TRIGGER ledger_keeps_entries; UPDATE ledger SET sequence = -6 WHERE sequence = 6;
			UPDATE ledger SET sequence = 6 WHERE sequence = 7; UPDATE ledger SET sequence = 7 WHERE sequence = -6`, "6"},
		{"edited", `UPDATE ledger SET object = 'x' WHERE sequence = 4`, "4"},
		{"deleted", `DROP TRIGGER ledger_loses_nothing; DELETE FROM ledger WHERE sequence = 2`, "2"},
	} {
		if _, err := behind.ExecContext(t.Context(), c.statement); err != nil {
			t.Fatal(err)
		}
		role, said, link := verify()
		if role != "alert" || !strings.HasPrefix(strings.TrimSpace(said), "Entry "+c.entry+" does not follow") {
			t.Errorf("%s: %s, %q", c.about, role, said)
		}
		if detail := verified().Detail; detail != "entry "+c.entry+" is broken" {
			t.Errorf("%s: the ledger says %s", c.about, detail)
		}
		if a := s.get(t, admin, link); a.StatusCode != http.StatusOK || !strings.Contains(link, "before=") {
			t.Errorf("%s: %q leads to status %d", c.about, link, a.StatusCode)
		}
	}
	if a := s.get(t, admin, "/admin/ledger/verify"); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/admin/ledger" {
		t.Errorf("asking for the verification: status %d, to %s", a.StatusCode, a.Header.Get("Location"))
	}
}

func TestTheLedgerIsExportedWholeInItsOrderAndRecordedFirst(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	admin := s.as(t, sandbox.SubjectAdmin)
	for n := range 1100 { // more than two pages of an export
		s.records(t, ledger.Act{Actor: "portal", Action: []string{"bill.view", "bills.export"}[n%2], Object: "=1+1"})
	}
	was := s.all(t)
	file := s.get(t, admin, "/admin/ledger.csv")
	rows, err := csv.NewReader(strings.NewReader(file.body)).ReadAll()
	if err != nil || len(rows) != len(was)+1 {
		t.Fatalf("%d rows for %d entries, %v", len(rows), len(was), err)
	}
	for i, e := range was {
		row := rows[i+1]
		if row[0] != fmt.Sprint(e.Sequence) || row[10] != e.Hash || strings.HasPrefix(row[7], "=") {
			t.Fatalf("entry %d stands as %q", e.Sequence, row)
		}
		if ada := s.person(t, sandbox.SubjectAdmin); i == 0 && !slices.Equal(row[3:6], []string{fmt.Sprint(ada.ID), ada.Subject, ada.Email}) || e.Actor == "portal" && row[3]+row[4]+row[5] != "" {
			t.Fatalf("the actor of entry %d is told by %q", e.Sequence, row[3:6])
		}
	}
	if action, object, _ := s.lastEntry(t); action != "ledger.export" || object != "ledger.csv" || len(s.all(t)) != len(was)+1 {
		t.Errorf("the ledger says %s of %s", action, object)
	}
	if got := file.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment") || !strings.Contains(got, "ledger-") {
		t.Errorf("Content-Disposition: %s", got)
	}
	some := s.get(t, admin, s.get(t, admin, "/admin/ledger?what=bills.export").find(t, `a[download]`).AttrOr("href", ""))
	if rows, err = csv.NewReader(strings.NewReader(some.body)).ReadAll(); err != nil || len(rows) != 551 {
		t.Errorf("%d rows of one kind, %v", len(rows), err)
	}
}

// TestEveryDeedHasWords looks through the sources for what can stand in the ledger.
func TestEveryDeedHasWords(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	offered := map[string]bool{}
	for _, option := range s.get(t, s.as(t, sandbox.SubjectAdmin), "/admin/ledger").find(t, "#l-what option").EachIter() {
		offered[option.AttrOr("value", "")] = true
		if value := option.AttrOr("value", ""); option.Text() == value {
			t.Errorf("%s has no words", value)
		}
	}
	found := 0
	for _, action := range deedsOfSources(t) {
		found++
		if !offered[action] {
			t.Errorf("nobody can ask the ledger for %s", action)
		}
	}
	if found < 15 {
		t.Errorf("only %d deeds were found", found)
	}
}
