package web

import (
	"strings"
	"testing"
	"time"

	"billportal/internal/billing"
	"billportal/internal/i18n"
)

// desk is a server that only puts words together, on a day in November 2026.
func desk() *Server {
	now := time.Date(2026, time.November, 23, 18, 0, 0, 0, time.UTC)
	return &Server{settings: Settings{TimeZone: time.UTC}, deps: Deps{Now: func() time.Time { return now }}}
}

func TestAChangedBillSaysWhichVersionAndSinceWhen(t *testing.T) {
	t.Parallel()
	b := billing.Bill{Version: 2, SyncedAt: time.Date(2026, time.November, 20, 6, 30, 0, 0, time.UTC)}
	for lang, want := range map[i18n.Lang]string{i18n.En: "Version 2, received 20 Nov 2026, 06:30.", i18n.Fr: "Version 2, reçue le 20 nov. 2026, 06:30."} {
		if got := desk().billNotices(i18n.For(lang), b, nil); len(got) != 1 || strings.TrimSpace(got[0].Text) != want {
			t.Errorf("%+v instead of %q", got, want)
		}
	}
}

func TestRelativeDaysAreForBillsThatAreNotSettled(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		state string
		days  int
		want  string
	}{
		{"sent", 12, "in 12 days"}, {"sent", 0, "today"}, {"sent", -29, "29 days late"}, {"", -1, "1 day late"},
		{"settled", -29, ""}, {"SETTLED", 12, ""}, {" Paid ", -1, ""}, {"closed", 0, ""}, {"Cancelled", 3, ""}, {"unsettled", -2, "2 days late"},
	} {
		if got := dueNote(i18n.For(i18n.En), c.state, c.days); got != c.want {
			t.Errorf("%s, %d days: %q instead of %q", c.state, c.days, got, c.want)
		}
	}
}

func TestItemsThatDoNotAddUpSayByHowMuch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ net, item, want, foot string }{
		{"100.00", "100.0", "", ""},
		{"100.00", "90.50", "The items come to 9.50\u00a0EUR less than the total before tax.", "9.50"},
		{"100.00", "101", "The items come to 1.00\u00a0EUR more than the total before tax.", "−1.00"},
		{"", "101", "", ""}, {"100.00", "lots", "", ""},
	} {
		view := itemsView(i18n.For(i18n.En), billing.Bill{Net: billing.NewMoney(c.net, "EUR")}, []billing.Item{item("usage", c.item)})
		foot := ""
		if len(view.Foot) == 4 {
			foot = view.Foot[0].Amount.Text
		}
		if view.Mismatch != c.want || foot != c.foot {
			t.Errorf("%s of %s: %q with %q in the foot", c.item, c.net, view.Mismatch, foot)
		}
	}
}

func TestABillSaysWhatWasCredited(t *testing.T) {
	t.Parallel()
	texts := i18n.For(i18n.En)
	invoice := billing.Bill{ID: "aa", UpstreamID: "1", Kind: billing.Invoice, Number: "GB26-1"}
	credit := billing.Bill{
		ID: "bb", UpstreamID: "2", Kind: billing.CreditNote, Number: "GB26-C2", Gross: billing.NewMoney("-314.77", "GBP"),
		Original: billing.Reference{UpstreamID: "1"},
	}
	got := desk().billNotices(texts, invoice, []billing.Bill{credit})
	if len(got) != 1 || len(got[0].Links) != 1 || got[0].Links[0].URL != "/bills/bb" || got[0].Links[0].Label != "GB26-C2, −314.77\u00a0GBP" {
		t.Errorf("the invoice says %+v", got)
	}
	if got := desk().billNotices(texts, credit, []billing.Bill{invoice}); len(got) != 0 {
		t.Errorf("a credit note with an invoice says %+v", got)
	}
	credit.Original = billing.Reference{}
	if got := desk().billNotices(texts, credit, nil); len(got) != 1 || got[0].Text != "Orange names no original invoice." {
		t.Errorf("a credit note without an invoice says %+v", got)
	}
}

func TestABillLeadsBackToTheListItWasOpenedFrom(t *testing.T) {
	t.Parallel()
	s := desk()
	s.settings.URL = "https://bills.example:8443"
	for referer, want := range map[string]string{
		"https://bills.example:8443/bills?issued=any&q=a+b&after=x": "/bills?after=x&issued=any&q=a+b",
		"https://bills.example:8443/bills":                          "/bills", "": "/bills", "://": "/bills",
		"https://bills.example:8443/bills/aaaa?issued=any": "/bills", "https://bills.example:8443/accounts?x=1": "/bills",
		"https://other.example/bills?issued=any": "/bills", "http://bills.example:8443/bills?issued=any": "/bills",
		"https://bills.example:8443@other.example/bills?q=1": "/bills", "//other.example/bills?q=1": "/bills",
	} {
		if got := s.backToList(referer); got != want {
			t.Errorf("%q leads back to %q instead of %q", referer, got, want)
		}
	}
}
