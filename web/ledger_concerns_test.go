package web_test

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"billportal/internal/ledger"
	"billportal/internal/sandbox"
)

// TestTheLedgerSaysWhoSawABill_L1 opens bills as two people and asks the page and the
// file, as an auditor does, who saw one of them.
func TestTheLedgerSaysWhoSawABill_L1(t *testing.T) {
	t.Parallel()
	s := stocked(t, nil)
	bills := s.someBills(t, 2)
	elena, amir, ada := s.as(t, sandbox.SubjectEmployee), s.as(t, sandbox.SubjectAccountant), s.as(t, sandbox.SubjectAdmin)
	for _, path := range []string{"/bills/" + string(bills[0].ID), "/bills/" + string(bills[0].ID) + "/document"} {
		s.get(t, elena, path)
	}
	s.get(t, amir, "/bills/"+string(bills[0].ID))
	s.get(t, amir, "/bills/"+string(bills[1].ID))
	other := url.QueryEscape(strings.ToLower(bills[0].Number.SearchKey()))
	page := s.get(t, ada, "/admin/ledger?concerns="+other)
	if got, want := textsOf(page.find(t, "tbody th")), []string{"Read a bill", "Opened a document", "Read a bill"}; !slices.Equal(got, want) {
		t.Fatalf("%s: %q", other, got)
	}
	if got := textsOf(page.find(t, "tbody td.actor")); !slices.Equal(got, []string{"Amir Haddad", "Elena Brandt", "Elena Brandt"}) {
		t.Errorf("it was seen by %q", got)
	}
	if got := page.find(t, "#l-concerns").AttrOr("value", ""); got != strings.ToLower(bills[0].Number.SearchKey()) {
		t.Errorf("the field holds %q", got)
	}
	if action, _, detail := s.lastEntry(t); action != "ledger.view" || detail != "by what it concerns" {
		t.Errorf("the entry about it is %s: %s", action, detail)
	}
	file := s.get(t, ada, page.find(t, `a[download]`).AttrOr("href", ""))
	if rows, err := csv.NewReader(strings.NewReader(file.body)).ReadAll(); err != nil || len(rows) != 4 {
		t.Errorf("the file has %d rows, %v", len(rows), err)
	}
	if a := s.get(t, ada, "/admin/ledger?concerns="+strings.Repeat("a", 201)); a.StatusCode != http.StatusBadRequest || a.find(t, "#l-concerns[aria-invalid]").Length() != 1 {
		t.Errorf("a text that is too long: status %d", a.StatusCode)
	}
}

// TestSomebodyIsFoundUnderFormerNames_L1 asks by name, subject and key for what
// concerns a person.
func TestSomebodyIsFoundUnderFormerNames_L1(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	ada := s.as(t, sandbox.SubjectAdmin)
	s.as(t, sandbox.SubjectEmployee)
	elena := s.person(t, sandbox.SubjectEmployee)
	key := fmt.Sprint("person:", elena.ID)
	s.records(t, ledger.Act{Actor: "portal", Action: "person.disable", Object: key + " Elena Meyer"},
		ledger.Act{Actor: "portal", Action: "person.disable", Object: key + "0 Somebody"})
	for _, typed := range []string{"elena brandt", elena.Subject, elena.Email, "Elena Meyer"} {
		page := s.get(t, ada, "/admin/ledger?what=person.disable&concerns="+url.QueryEscape(typed))
		if got := textsOf(page.find(t, "tbody td.wide")); !slices.Equal(got, []string{"Elena Meyer"}) {
			t.Errorf("%s: %q", typed, got)
		}
	}
}

// TestAnExportTellsWhatLeft_L1 exports by a filter and compares the entry with the
// file.
func TestAnExportTellsWhatLeft_L1(t *testing.T) {
	t.Parallel()
	s := stocked(t, nil)
	amir := s.as(t, sandbox.SubjectAccountant)
	b := s.someBills(t, 1)[0]
	number := string(b.Account)
	day := b.IssuedOn.String()
	file := s.get(t, amir, "/bills.csv?"+url.Values{"account": {number, "typed text"}, "issued": {"between"}, "from": {day}, "to": {day}, "q": {string(b.Number)}, "max": {"999999999"}}.Encode())
	if file.StatusCode != http.StatusOK || !strings.Contains(file.body, string(b.Number)) {
		t.Fatalf("status %d: %s", file.StatusCode, file.body)
	}
	_, object, detail := s.lastEntry(t)
	sum := sha256.Sum256([]byte(string(b.ID) + "\n"))
	want := fmt.Sprintf("1 bills, a row per bill, account %s, 1 accounts not named, issued from %s to %s, narrowed further, SHA-256 %s", number, day, day, hex.EncodeToString(sum[:]))
	if object != "bills.csv" || detail != want {
		t.Errorf("%s: %s\ninstead of %s", object, detail, want)
	}
	for _, kind := range []string{"invoice", "credit_note"} {
		s.get(t, amir, "/bills.csv?issued=any&kind="+kind)
		if _, _, detail := s.lastEntry(t); !strings.Contains(detail, strings.ReplaceAll(kind, "_", " ")+"s only") {
			t.Errorf("%s: %s", kind, detail)
		}
	}
}
