package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"billportal/internal/sandbox"
)

func TestAdminOpensAnAccountToAGroupAndClosesItAgain(t *testing.T) {
	t.Parallel()
	p := changing(t)
	admin, reader := ada(t, p), signedIn(t, p, sandbox.SubjectEmployee)
	newcomer := world.Stories.NotAdmitted
	billsURL := "/bills?issued=any&account=" + url.QueryEscape(newcomer)

	t.Run("her first page says what is done and what waits", func(t *testing.T) {
		page := admin.open("/")
		if got := page.find(t, "#setup > li").Length(); got != 4 {
			t.Errorf("%d steps instead of 4", got)
		}
		if page.find(t, `#setup form[action="/admin/accounts/admit"] button`).Length() != 1 {
			t.Error("the step of the account that waits offers nothing")
		}
	})
	t.Run("the register has one account that waits", func(t *testing.T) {
		page := admin.open("/admin/accounts")
		buttons := page.find(t, `form[action="/admin/accounts/admit"] button[name="number"]`)
		if buttons.Length() != 1 || buttons.AttrOr("value", "") != newcomer {
			t.Errorf("%d accounts wait, the first is %q instead of %s", buttons.Length(), buttons.AttrOr("value", ""), newcomer)
		}
		if got, want := page.find(t, "table tbody tr").Length(), len(world.Accounts()); got != want {
			t.Errorf("the register has %d accounts instead of %d", got, want)
		}
	})
	t.Run("an account that waits cannot be seen by anybody", func(t *testing.T) {
		if list := entries(t, amir(t, p).open(billsURL)); len(list) != 0 {
			t.Errorf("%d of its bills are shown", len(list))
		}
	})
	t.Run("she admits it", func(t *testing.T) {
		page := admin.open("/admin/accounts")
		form := page.find(t, `form[action="/admin/accounts/admit"]:has(button[value="`+newcomer+`"])`)
		after := admin.submit(page, form, url.Values{"number": {newcomer}})
		after.expect(t, http.StatusOK)
		if after.find(t, `main [role="status"]`).Length() == 0 {
			t.Error("nothing confirms it")
		}
		if after.find(t, `form[action="/admin/accounts/admit"]`).Length() != 0 {
			t.Error("an account still waits")
		}
	})
	t.Run("she gives it a name and a group", func(t *testing.T) {
		page := admin.open("/admin/accounts/" + url.PathEscape(newcomer))
		form := page.find(t, `main form[method="post"]`)
		admin.submit(page, form, url.Values{"name": {"Savannah cold store"}, "group": {"Georgia"}, "country": {"us"}, "cost_centre": {"43150"}}).
			expect(t, http.StatusOK)
		again := admin.open("/admin/accounts/" + url.PathEscape(newcomer))
		for name, want := range map[string]string{"name": "Savannah cold store", "group": "Georgia", "country": "US", "cost_centre": "43150"} {
			if got := again.find(t, `input[name="`+name+`"]`).AttrOr("value", ""); got != want {
				t.Errorf("%s is %q instead of %q", name, got, want)
			}
		}
	})
	t.Run("what she types wrong is refused and kept in the form", func(t *testing.T) {
		page := admin.open("/admin/accounts/" + url.PathEscape(newcomer))
		refused := admin.submit(page, page.find(t, `main form[method="post"]`), url.Values{"country": {"Georgia"}})
		refused.expect(t, http.StatusBadRequest)
		control := refused.find(t, `input[name="country"]`)
		if control.AttrOr("aria-invalid", "") != "true" || !strings.EqualFold(control.AttrOr("value", ""), "georgia") {
			t.Errorf("the country holds %q, invalid: %s", control.AttrOr("value", ""), control.AttrOr("aria-invalid", "false"))
		}
		linksToControls(t, refused)
	})
	t.Run("an employee does not see it before it is granted", func(t *testing.T) {
		if list := entries(t, reader.open(billsURL)); len(list) != 0 {
			t.Errorf("%d bills are shown", len(list))
		}
	})
	t.Run("she grants its group to the employees", func(t *testing.T) {
		page := admin.open("/admin/access")
		after := admin.submit(page, page.find(t, `form[action="/admin/access"]`), url.Values{
			"grantee_kind": {"group"}, "group": {sandbox.GroupReaders}, "target_kind": {"account_group"}, "account_group": {"Georgia"},
		})
		after.expect(t, http.StatusOK)
		if grantRow(t, after, sandbox.GroupReaders, "Georgia").Length() != 1 {
			t.Error("the grant is not among the grants")
		}
	})
	t.Run("an employee who is signed in sees its bills at the next request", func(t *testing.T) {
		list := entries(t, reader.open(billsURL))
		truth := billsOf(func(b *sandbox.Bill) bool { return b.AccountNumber == newcomer })
		if len(list) != len(truth) || len(list) == 0 || list[0].AccountName != "Savannah cold store" {
			t.Fatalf("%d bills instead of %d, the first of %+v", len(list), len(truth), list)
		}
		items := reader.open(list[0].href+"/items").find(t, "#bill-items tbody tr:not(.group)").Length()
		if want := len(candidates(list[0])[0].Items); items != want {
			t.Errorf("the newest has %d items instead of %d", items, want)
		}
		reader.open(list[0].href + "/document")
	})
	t.Run("she takes the grant back and it is gone at the next request", func(t *testing.T) {
		seen := entries(t, reader.open(billsURL))[0].href
		page := admin.open("/admin/access")
		form := grantRow(t, page, sandbox.GroupReaders, "Georgia").Find("form")
		id := form.Find("button").AttrOr("value", "")
		after := admin.submit(page, form, url.Values{"id": {id}})
		after.expect(t, http.StatusOK)
		if grantRow(t, after, sandbox.GroupReaders, "Georgia").Length() != 0 {
			t.Error("the grant is still there")
		}
		for _, path := range []string{seen, seen + "/items", seen + "/document"} {
			reader.get(path).expect(t, http.StatusNotFound)
		}
		if list := entries(t, reader.open(billsURL)); len(list) != 0 {
			t.Errorf("%d bills are still shown", len(list))
		}
	})
	t.Run("everything she did is in the ledger, in one chain", func(t *testing.T) {
		for _, action := range []string{"account.admit", "account.change", "grant.add", "grant.remove"} {
			if n := count(t, p.dir, `SELECT count(*) FROM ledger WHERE action = '`+action+`' AND actor LIKE 'person:%Ada Okafor' AND request_id <> ''`); n != 1 {
				t.Errorf("%d entries of %s by her instead of 1", n, action)
			}
		}
	})
}

// grantRow is the row of a grant.
func grantRow(t *testing.T, a answer, grantee, target string) *goquery.Selection {
	t.Helper()
	return a.find(t, "main table tbody tr:has(form)").FilterFunction(func(_ int, tr *goquery.Selection) bool {
		return tr.Find("th bdi").Text() == grantee && tr.Find("td.wide bdi").Text() == target
	})
}

// linksToControls fails when a refused form names a problem without a link to a
// control that is in the page.
func linksToControls(t *testing.T, a answer) {
	t.Helper()
	links := a.find(t, `main [role="alert"] a`)
	if links.Length() == 0 {
		t.Errorf("%s names no problem: %s", a.Request.URL, mainText(a))
	}
	for _, link := range links.EachIter() {
		if href := link.AttrOr("href", ""); a.find(t, href).Length() != 1 {
			t.Errorf("%s leads from a problem to %s, which is not in the page", a.Request.URL, href)
		}
	}
}

func TestAdminGrantsToAPersonWhoSignedIn(t *testing.T) {
	t.Parallel()
	p := changing(t)
	admin, reader := ada(t, p), signedIn(t, p, sandbox.SubjectEmployee)
	page := admin.open("/admin/access")
	form := page.find(t, `form[action="/admin/access"]`)
	elena := form.Find(`#person option:contains("(`+sandbox.SubjectEmployee+`)")`).AttrOr("value", "")
	after := admin.submit(page, form, url.Values{
		"grantee_kind": {"person"}, "person": {elena}, "target_kind": {"account"}, "account": {"0081 3300 61"},
	})
	after.expect(t, http.StatusOK)
	if list := entries(t, reader.open("/bills?issued=any&account=0081+3300+61")); len(list) == 0 {
		t.Error("she does not see the account that was granted to her")
	}
	t.Run("the same grant twice is refused", func(t *testing.T) {
		admin.submit(after, after.find(t, `form[action="/admin/access"]`), url.Values{
			"grantee_kind": {"person"}, "person": {elena}, "target_kind": {"account"}, "account": {"0081 3300 61"},
		}).expect(t, http.StatusBadRequest)
	})
	t.Run("a grant without a target is refused with a link to its control", func(t *testing.T) {
		refused := admin.submit(after, after.find(t, `form[action="/admin/access"]`), url.Values{
			"grantee_kind": {"group"}, "group": {""}, "target_kind": {"account"}, "account": {""},
		})
		refused.expect(t, http.StatusBadRequest)
		linksToControls(t, refused)
	})
}

func TestAdminSeesNoBill(t *testing.T) {
	t.Parallel()
	p := reading(t)
	v := ada(t, p)
	href := entries(t, amir(t, p).open("/bills"))[0].href
	for _, path := range []string{"/bills", "/bills?issued=any", "/bills.csv", href, href + "/items", href + "/document", "/accounts"} {
		v.get(path).expect(t, http.StatusForbidden)
	}
	for _, link := range v.open("/").find(t, "a[href]").EachIter() {
		if path := link.AttrOr("href", ""); strings.HasPrefix(path, "/bills") || strings.HasPrefix(path, "/accounts") {
			t.Errorf("her first page leads to %s", path)
		}
	}
	v.check = func(a answer) {
		holdsBackUnlisted(t, a)
		for _, number := range numberPattern.FindAllString(string(a.body), -1) {
			t.Errorf("%s tells of bill %s", a.Request.URL, number)
		}
	}
	for _, path := range []string{"/", "/admin/accounts", "/admin/access", "/admin/accounts.csv", "/admin/access.csv", "/admin/accounts/0071%204420%2018"} {
		v.open(path)
	}
}
