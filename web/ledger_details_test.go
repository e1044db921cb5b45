package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"billportal/internal/ledger"
	"billportal/internal/sandbox"
)

// TestTheLedgerSpeaksTheReadersLanguage_L1 reads in French what the portal wrote in
// English; the file keeps what was written.
func TestTheLedgerSpeaksTheReadersLanguage_L1(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	admin := s.as(t, sandbox.SubjectAdmin)
	const key = "q7hdkcyf3u5b2xzm"
	for about, c := range map[string]struct {
		act  ledger.Act
		want []string // in this order
		not  string
	}{
		"a role's refusal": {ledger.Act{Action: "access.refuse", Object: "GET /bills.csv", Detail: "the right is missing"}, []string{"Refusé\u00a0: hors de son rôle", "Le droit manque"}, "right"},
		"a thing's":        {ledger.Act{Action: "access.refuse", Object: "GET /bills/:id x", Detail: "not there or not theirs"}, []string{"Refusé\u00a0: pas à cette personne"}, "theirs"},
		"groups":           {ledger.Act{Action: "person.groups", Object: "person:1 Ada", Detail: "groups: a, b"}, []string{"Groupes\u00a0: a, b"}, "groups:"},
		"an account":       {ledger.Act{Action: "account.change", Object: "0071", Detail: `status admitted, name "Café", group "", cost centre "", country "FR"`}, []string{"Admis", "Café", "FR"}, "admitted"},
		"everybody":        {ledger.Act{Action: "session.revoke", Object: "everybody", Detail: "12 sessions"}, []string{"Tout le monde", "Sessions\u00a0: 12"}, "everybody"},
		"a grant":          {ledger.Act{Action: "grant.add", Object: "group readers: account 0071"}, []string{"Groupe readers\u00a0: compte 0071"}, "account"},
		"a person's":       {ledger.Act{Action: "grant.add", Object: "person:1 Ada (u-1): all"}, []string{"Ada (u-1)\u00a0: tous les comptes"}, "person:"},
		"a verification":   {ledger.Act{Action: "ledger.verify", Detail: "entry 10 is broken"}, []string{"L’entrée 10 est rompue"}, "broken"},
		"a document":       {ledger.Act{Action: "document.view", Object: key, Detail: "FA-1, 900 bytes, SHA-256 c0ffee"}, []string{"FA-1", "900 octets, SHA-256 c0ffee", key}, "bytes"},
		"an export":        {ledger.Act{Action: "bills.export", Object: "bills.csv", Detail: "3 bills, a row per item, issued from 2026-01-01 to 2026-01-31, SHA-256 c0ffee"}, []string{"factures\u00a0: 3, une ligne par article, émises du 2026-01-01 au 2026-01-31"}, "row"},
		"a reason":         {ledger.Act{Action: "person.disable", Object: "person:1 Ada", Detail: "left the company"}, []string{"left the company"}, "person:"},
	} {
		c.act.Actor, c.act.RequestID = "portal", strings.ReplaceAll(about, " ", "-")
		s.records(t, c.act)
		r := s.request(t, http.MethodGet, "/admin/ledger?who=portal", nil)
		r.Header.Set("Accept-Language", "fr")
		row := do(t, admin, r).find(t, "tbody tr").First()
		text := strings.Join(strings.Fields(strings.ReplaceAll(row.Find("th.main").Text()+" "+row.Find("td.wide").Text(), "\u00a0", "~")), " ")
		text = strings.ReplaceAll(text, "~", "\u00a0")
		rest := text
		for _, want := range c.want {
			_, after, found := strings.Cut(rest, want)
			if !found {
				t.Errorf("%s: %q lacks %q", about, text, want)
			}
			rest = after
		}
		if strings.Contains(text, c.not) {
			t.Errorf("%s: %q says %q", about, text, c.not)
		}
	}
	if file := s.get(t, admin, "/admin/ledger.csv?who=portal"); !strings.Contains(file.body, "group readers: account 0071") || !strings.Contains(file.body, "the right is missing") {
		t.Error(fmt.Sprint("the file is translated: ", file.body))
	}
}
