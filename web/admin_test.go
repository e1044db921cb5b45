package web_test

import (
	"bytes"
	"errors"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"billportal/internal/billing"
	"billportal/internal/billingapi"
	"billportal/internal/sandbox"
)

// lists has the API list accounts, which nobody has decided about.
func (s *site) lists(t *testing.T, numbers ...string) {
	t.Helper()
	records := make([]billingapi.AccountRecord, 0, len(numbers))
	for _, n := range numbers {
		records = append(records, billingapi.AccountRecord{Account: billing.BillingAccount{
			Number: billing.AccountNumber(n), UpstreamID: billing.UpstreamID("BA " + n), UpstreamName: "ORANGE'S NAME OF " + n,
		}})
	}
	if err := s.db.UpsertAccounts(t.Context(), records); err != nil {
		t.Fatal(err)
	}
}

// send posts a form of a page as it stands, with some of its values changed.
func (s *site) send(t *testing.T, client *http.Client, form *goquery.Selection, changes url.Values) answer {
	t.Helper()
	if form.Length() != 1 {
		t.Fatalf("%d forms instead of one", form.Length())
	}
	values := url.Values{}
	form.Find(`input[type="hidden"], input:not([type]), select`).Each(func(_ int, control *goquery.Selection) {
		values.Add(control.AttrOr("name", ""), control.AttrOr("value", ""))
	})
	for name, v := range changes {
		values[name] = v
	}
	r := s.request(t, http.MethodPost, form.AttrOr("action", ""), strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return do(t, client, r)
}

// statuses are the accounts of the register by number.
func (s *site) statuses(t *testing.T) map[billing.AccountNumber]billing.BillingAccount {
	t.Helper()
	register, err := s.db.Register(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	accounts := map[billing.AccountNumber]billing.BillingAccount{}
	for _, a := range register {
		accounts[a.Number] = a
	}
	return accounts
}

func TestAdmitAllAdmitsWhatWasShownAndStillWaits(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	s.lists(t, "1", "2", "3", "4")
	admin := s.as(t, sandbox.SubjectAdmin)
	page := s.get(t, admin, "/admin/accounts")
	hide := page.find(t, `form[action="/admin/accounts/hide"]:has(button[value="1"])`)
	if a := s.send(t, admin, hide, url.Values{"number": {"1"}}); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("status %d", a.StatusCode)
	}
	if got := s.statuses(t)["1"]; got.Name != "" || !got.Decided {
		t.Errorf("leaving it hidden made of it %+v", got)
	}
	page = s.get(t, admin, "/admin/accounts")
	s.lists(t, "5")
	all := page.find(t, `form[action="/admin/accounts/admit"]:has(.primary)`)
	stale := s.get(t, admin, "/admin/accounts").find(t, `form[action="/admin/accounts/hide"]:has(button[value="2"])`)
	s.send(t, admin, stale, url.Values{"number": {"2"}})
	s.send(t, admin, all, nil)
	var admitted []string
	for number, a := range s.statuses(t) {
		if a.Status == billing.Admitted {
			admitted = append(admitted, string(number))
		}
	}
	slices.Sort(admitted)
	if !slices.Equal(admitted, []string{"3", "4"}) {
		t.Errorf("%v were admitted, not those that were shown and still waited", admitted)
	}
	if got := s.get(t, admin, "/").find(t, "#setup .btn.primary").Text(); got != "Admit 5, ORANGE'S NAME OF 5" {
		t.Errorf("the step of the one that waits offers %q", got)
	}
	named := s.get(t, admin, "/admin/accounts").find(t, `form[action="/admin/accounts/admit"]`)
	if a := s.send(t, admin, named, url.Values{"number": {"1"}}); a.StatusCode != http.StatusNotFound || s.statuses(t)["1"].Status != billing.Hidden {
		t.Errorf("status %d for an account that was decided to stay hidden", a.StatusCode)
	}
}

// file sends a file with an import form.
func (s *site) file(t *testing.T, client *http.Client, page, content string) answer {
	t.Helper()
	return s.fileAs(t, client, page, content, "")
}

// fileAs sends a file with an import form whose box for replacing everything has a
// value.
func (s *site) fileAs(t *testing.T, client *http.Client, page, content, replace string) answer {
	t.Helper()
	form := s.get(t, client, page).find(t, "#import form")
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", "x.csv")
	if err == nil {
		_, err = part.Write([]byte(content))
	}
	if err = errors.Join(err, w.WriteField("csrf", form.Find(`[name="csrf"]`).AttrOr("value", "")), w.WriteField("replace", replace), w.Close()); err != nil {
		t.Fatal(err)
	}
	r := s.request(t, http.MethodPost, form.AttrOr("action", ""), &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return do(t, client, r)
}

func TestAnImportSaysAtTheTopHowItWent(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	admin := s.as(t, sandbox.SubjectAdmin)
	refused := s.file(t, admin, "/admin/accounts", "number,name,group,cost_centre,country,status\n1,A,B,C,France,hidden\n")
	if refused.StatusCode != http.StatusBadRequest || refused.find(t, `.page-notice [role="alert"] a[href="#import"]`).Length() != 1 {
		t.Errorf("status %d: %s", refused.StatusCode, refused.find(t, "main").Text())
	}
	s.file(t, admin, "/admin/accounts", "number,name,group,cost_centre,country,status\n")
	if got := strings.Join(strings.Fields(s.get(t, admin, "/admin/accounts").find(t, ".page-notice").Text()), " "); got != "Imported: 0 added, 0 changed, 0 there already. See the ledger" {
		t.Errorf("an empty file: %q", got)
	}
}

func TestAFormThatIsOlderThanADecisionIsRefused(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	s.lists(t, "1")
	admin := s.as(t, sandbox.SubjectAdmin)
	form := s.get(t, admin, "/admin/accounts/1").find(t, `main form[action="/admin/accounts/1"]`)
	s.send(t, admin, s.get(t, admin, "/admin/accounts").find(t, `form[action="/admin/accounts/admit"]`), url.Values{"number": {"1"}})
	changes := url.Values{"name": {"Mine"}, "status": {"hidden"}}
	refused := s.send(t, admin, form, changes)
	if got := s.statuses(t)["1"]; refused.StatusCode != http.StatusConflict || got.Status != billing.Admitted || got.Name != "" {
		t.Errorf("status %d leaves %+v", refused.StatusCode, got)
	}
	if refused.find(t, `.page-notice [role="alert"]`).Length() != 1 || refused.find(t, `input[name="name"]`).AttrOr("value", "") != "Mine" {
		t.Errorf("the answer does not say why: %s", refused.find(t, "main").Text())
	}
	if a := s.send(t, admin, refused.find(t, `main form[action="/admin/accounts/1"]`), changes); a.StatusCode != http.StatusSeeOther || s.statuses(t)["1"].Status != billing.Hidden {
		t.Errorf("sent again: status %d", a.StatusCode)
	}
}

func TestAccountNumbersMayHoldAnything(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	odd := []string{"50%", "1/2", "a b", "%41", "x%2Fy", "?&#", "é"}
	s.lists(t, odd...)
	admin := s.as(t, sandbox.SubjectAdmin)
	links := s.get(t, admin, "/admin/accounts").find(t, "table a.lead-action")
	if links.Length() != len(odd) {
		t.Fatalf("%d rows instead of %d", links.Length(), len(odd))
	}
	var shown []string
	for _, link := range links.EachIter() {
		page := s.get(t, admin, link.AttrOr("href", ""))
		shown = append(shown, page.find(t, "main h1 .nowrap").Text())
	}
	slices.Sort(shown)
	slices.Sort(odd)
	if !slices.Equal(shown, odd) {
		t.Errorf("the rows lead to %q instead of %q", shown, odd)
	}
}

func TestAGrantThatReachesNobodyIsMarked(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	s.lists(t, "1")
	admin := s.as(t, sandbox.SubjectAdmin)
	s.send(t, admin, s.get(t, admin, "/admin/accounts").find(t, `form[action="/admin/accounts/admit"]`), url.Values{"number": {"1"}})
	if got := s.get(t, admin, "/admin/access").find(t, `#groups-seen option[value="`+sandbox.GroupReaders+`"]`).Length(); got != 1 {
		t.Error("a group of the configuration is not offered")
	}
	step := func() string {
		return s.get(t, admin, "/").find(t, "#setup > li").Eq(3).Find(".step-state").Text()
	}
	grant := func(group string) (said string, idle int) {
		t.Helper()
		form := s.get(t, admin, "/admin/access").find(t, `form[action="/admin/access"]`)
		a := s.send(t, admin, form, url.Values{"grantee_kind": {"group"}, "group": {group}, "target_kind": {"all"}})
		if a.StatusCode != http.StatusSeeOther {
			t.Fatalf("status %d: %s", a.StatusCode, a.body)
		}
		page := s.get(t, admin, "/admin/access")
		return page.find(t, ".page-notice").Text(), page.find(t, "tr:has(form) .tag.warn").Length()
	}
	if said, idle := grant("nobody's"); !strings.Contains(said, "Nobody who has signed in is in this group.") || idle != 1 {
		t.Errorf("it says %q and marks %d grants", said, idle)
	}
	if got := step(); got != "now" {
		t.Errorf("with a grant to nobody the step is %q", got)
	}
	s.as(t, sandbox.SubjectEmployee)
	if said, idle := grant(sandbox.GroupReaders); strings.Contains(said, "Nobody") || idle != 1 {
		t.Errorf("it says %q and marks %d grants", said, idle)
	}
	if got := step(); got != "done" {
		t.Errorf("with a grant to a reader the step is %q", got)
	}
}
