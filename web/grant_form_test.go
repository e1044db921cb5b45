package web_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"billportal/internal/sandbox"
)

func TestTheGrantFormChoosesNothingByItself(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	s.lists(t, "1")
	admin := s.as(t, sandbox.SubjectAdmin)
	s.file(t, admin, "/admin/accounts", registerHead+"1,Chicago,West,,,admitted\n")
	form := s.get(t, admin, "/admin/access").find(t, `form[action="/admin/access"]`)
	for _, name := range []string{"person", "account", "account_group"} {
		first := form.Find(`select[name="` + name + `"] option`).First()
		if value, has := first.Attr("value"); !has || value != "" || first.Text() != "Choose…" || form.Find(`select[name="`+name+`"] option[selected]`).Length() != 0 {
			t.Errorf("%s begins with %q, %q", name, value, first.Text())
		}
		kinds := map[string]url.Values{
			"person":        {"grantee_kind": {"person"}, "person": {""}, "target_kind": {"all"}},
			"account":       {"grantee_kind": {"group"}, "group": {"auditors"}, "target_kind": {"account"}, "account": {""}},
			"account_group": {"grantee_kind": {"group"}, "group": {"auditors"}, "target_kind": {"account_group"}, "account_group": {""}},
		}
		a := s.send(t, admin, form, kinds[name])
		if a.StatusCode != http.StatusBadRequest || a.find(t, `select[name="`+name+`"][aria-invalid="true"]`).Length() != 1 || len(s.granted(t)) != 0 {
			t.Errorf("nothing chosen as %s: status %d, granted is %v", name, a.StatusCode, s.granted(t))
		}
	}
}

func TestAPersonsPageLeadsToTheFormThatNamesThem(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	admin := s.as(t, sandbox.SubjectAdmin)
	s.as(t, sandbox.SubjectEmployee)
	people, err := s.db.People(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range people {
		key := strconv.FormatInt(int64(p.ID), 10)
		to := s.get(t, admin, "/admin/people/"+key).find(t, `main a[href^="/admin/access?person="]`).AttrOr("href", "")
		if to != "/admin/access?person="+key+"#grant" {
			t.Fatalf("the page of %s leads to %q", p.Subject, to)
		}
		form := s.get(t, admin, strings.TrimSuffix(to, "#grant")).find(t, `form[action="/admin/access"]`)
		if form.Find(`input[value="person"][checked]`).Length() != 1 || form.Find(`select[name="person"] option[selected]`).AttrOr("value", "") != key {
			t.Errorf("the form does not name %s", p.Subject)
		}
	}
	if a := s.get(t, admin, "/admin/access?person=999"); a.StatusCode != http.StatusNotFound {
		t.Errorf("nobody: status %d", a.StatusCode)
	}
}

func TestAGrantToAGroupOfNobodyAsksForASecondLook(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	s.lists(t, "1")
	admin := s.as(t, sandbox.SubjectAdmin)
	s.file(t, admin, "/admin/accounts", registerHead+"1,Chicago,West,,,admitted\n")
	s.as(t, sandbox.SubjectEmployee)
	for typed, meant := range map[string]string{
		"mf-bill-readers": sandbox.GroupReaders, "MF BILLS READERS": sandbox.GroupReaders, "mf-bills-reeders": sandbox.GroupReaders,
		"mf-bіlls-readers": sandbox.GroupReaders, "mf-bil1s-readers": sandbox.GroupReaders, "the board": "", "x": "", sandbox.GroupAccounting: "", // configured, and nobody has come yet
		sandbox.GroupReaders: "-",
	} {
		form := s.get(t, admin, "/admin/access").find(t, `form[action="/admin/access"]`)
		a := s.send(t, admin, form, url.Values{"grantee_kind": {"group"}, "group": {typed}, "target_kind": {"account"}, "account": {"1"}})
		if a.StatusCode != http.StatusSeeOther {
			t.Fatalf("%q: status %d: %s", typed, a.StatusCode, a.find(t, "main").Text())
		}
		page := s.get(t, admin, "/admin/access")
		want := typed + " may now see Chicago, 1."
		if meant != "-" {
			want += " Nobody who has signed in is in this group."
		}
		if len(meant) > 1 {
			want += " Did you mean " + meant + "?"
		}
		if got := words(page.find(t, ".page-notice")); got != want || page.find(t, ".page-notice .warn").Length() == 1 != (meant != "-") {
			t.Errorf("%q: it says %q", typed, got)
		}
		if page.find(t, `form[action="/admin/access/revoke"] button`).FilterFunction(func(_ int, b *goquery.Selection) bool { return strings.Contains(b.Text(), typed) }).Length() != 1 {
			t.Errorf("%q cannot be revoked in the list", typed)
		}
	}
}
