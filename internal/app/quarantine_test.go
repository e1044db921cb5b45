package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// What visitors see anywhere else is searched for the bill as it arrives.
func TestBillOfAnAccountTheAPIListsNowhereIsShownToNobody(t *testing.T) {
	t.Parallel()
	p := reading(t)
	bill, _ := world.Bill(world.Stories.Unlisted.ID)
	var ours string
	db := database(t, p.dir)
	defer db.Close()
	err := db.QueryRowContext(t.Context(), `SELECT id FROM bills WHERE upstream_id = ?`, bill.ID).Scan(&ours)
	if err != nil {
		t.Fatalf("the copy does not hold the bill: %v", err)
	}
	for name, v := range map[string]*visitor{"Amir": amir(t, p), "Elena": elena(t, p), "Ada": ada(t, p)} {
		for _, path := range []string{
			"/", "/accounts", "/bills?issued=any&q=" + bill.Number, "/bills?issued=any&q=" + url.QueryEscape(bill.AccountNumber),
			"/bills?issued=any&account=" + url.QueryEscape(bill.AccountNumber), "/bills?issued=any&min=" + bill.Gross + "&max=" + bill.Gross,
		} {
			page := v.get(path)
			if page.find(t, "#list tbody tr").Length() != 0 {
				t.Errorf("%s finds a bill at %s: %s", name, path, mainText(page))
			}
		}
		for _, suffix := range []string{"", "/items", "/document", "/document?download=1"} {
			if got := v.get("/bills/" + ours + suffix).StatusCode; got != http.StatusNotFound && got != http.StatusForbidden {
				t.Errorf("%s gets status %d for %s of the bill", name, got, suffix)
			}
		}
	}
	t.Run("an admin learns that there is one, and of which account", func(t *testing.T) {
		page := ada(t, p).open("/admin/accounts")
		found := 0
		for _, li := range page.find(t, "main section li").EachIter() {
			if strings.Contains(li.Text(), bill.AccountNumber) {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%d decisions name account %s", found, bill.AccountNumber)
		}
	})
}
