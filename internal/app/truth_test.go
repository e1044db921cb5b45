package app_test

import (
	"encoding/csv"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"billportal/internal/sandbox"
)

// elenasAccounts are what the demo grants to employees.
var elenasAccounts = []string{"0049 2210 72", "0044 7702 55", "0048 0902 11"}

// visible are the bills of accounts that were admitted, by what the company
// imported and not by what the portal made of it.
func visible() []*sandbox.Bill {
	return billsOf(func(b *sandbox.Bill) bool {
		return b.AccountNumber != world.Stories.NotAdmitted && b.AccountNumber != world.Stories.Unlisted.AccountNumber
	})
}

func billsOf(wanted func(*sandbox.Bill) bool) []*sandbox.Bill {
	var bills []*sandbox.Bill
	for _, b := range world.Bills() {
		if wanted(b) {
			bills = append(bills, b)
		}
	}
	return bills
}

// names are the company's own names of its accounts by their numbers.
var names = func() map[string]string {
	rows, err := csv.NewReader(strings.NewReader(world.RegisterCSV())).ReadAll()
	if err != nil {
		panic(err)
	}
	names := map[string]string{}
	for _, row := range rows[1:] {
		names[row[0]] = row[1]
	}
	return names
}()

// english is decimal text as English readers write it: digits in threes, and a
// minus sign that is none of the keyboard's.
func english(decimal string) string {
	rest, negative := strings.CutPrefix(decimal, "-")
	whole, fraction, has := strings.Cut(rest, ".")
	var groups []string
	for len(whole) > 3 {
		groups = append(groups, whole[len(whole)-3:])
		whole = whole[:len(whole)-3]
	}
	groups = append(groups, whole)
	slices.Reverse(groups)
	text := strings.Join(groups, ",")
	if has {
		text += "." + fraction
	}
	if negative {
		return "\u2212" + text
	}
	return text
}

// dayText is a day as English readers write it.
func dayText(t *testing.T, day string) string {
	t.Helper()
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	return d.Format("2 Jan 2006")
}

// digitsOf is how many digits behind the point the currency's amounts have.
func digitsOf(currency string) int {
	switch currency {
	case "JPY":
		return 0
	case "KWD":
		return 3
	}
	return 2
}

// sums adds up the totals of bills by currency, as decimal text.
func sums(t *testing.T, bills []*sandbox.Bill) map[string]string {
	t.Helper()
	exact := map[string]*big.Rat{}
	for _, b := range bills {
		gross, ok := new(big.Rat).SetString(b.Gross)
		if !ok {
			t.Fatalf("%s is no number", b.Gross)
		}
		if exact[b.Currency] == nil {
			exact[b.Currency] = new(big.Rat)
		}
		exact[b.Currency].Add(exact[b.Currency], gross)
	}
	texts := map[string]string{}
	for currency, sum := range exact {
		texts[currency] = sum.FloatString(digitsOf(currency))
	}
	return texts
}

var (
	accountPattern = regexp.MustCompile(`\b\d{4}(?: |%20|\+)\d{4}(?: |%20|\+)\d{2}\b`)
	numberPattern  = regexp.MustCompile(`\b[A-Z]{2}\d{2}-C?\d{6,7}\b`)
	accountOf      = func() map[string]string {
		of := map[string]string{}
		for _, b := range world.Bills() {
			of[b.Number] = b.AccountNumber
		}
		return of
	}()
)

// tellsOnlyOf fails when an answer names an account or a bill outside of the
// given accounts, wherever it does.
func tellsOnlyOf(t *testing.T, a answer, accounts []string) {
	t.Helper()
	asked := a.Request.Method + " " + a.Request.URL.String()
	for _, found := range accountPattern.FindAllString(string(a.body), -1) {
		number := strings.NewReplacer("%20", " ", "+", " ").Replace(found)
		if !slices.Contains(accounts, number) && !typed(a, number) {
			t.Errorf("%s tells of account %s", asked, number)
		}
	}
	for _, number := range numberPattern.FindAllString(string(a.body), -1) {
		if account, known := accountOf[number]; known && !slices.Contains(accounts, account) && !typed(a, number) {
			t.Errorf("%s tells of bill %s of account %s", asked, number, account)
		}
	}
}

// holdsBackUnlisted fails when an answer tells anything of the bill whose account
// the API lists nowhere. Admins may learn the number of that account, so that
// they can add it; whoever types something sees again what they typed.
func holdsBackUnlisted(t *testing.T, a answer) {
	t.Helper()
	bill, ok := world.Bill(world.Stories.Unlisted.ID)
	if !ok {
		t.Fatal("the world has no bill of an unlisted account")
	}
	secrets := []string{bill.ID, bill.Number, bill.AccountName, bill.AccountID, bill.Gross, english(bill.Gross)}
	if !strings.HasPrefix(a.Request.URL.Path, "/admin/") {
		secrets = append(secrets, bill.AccountNumber, strings.ReplaceAll(bill.AccountNumber, " ", "%20"), strings.ReplaceAll(bill.AccountNumber, " ", "+"))
	}
	body := string(a.body)
	for _, secret := range secrets {
		at := strings.Index(body, secret)
		if at >= 0 && !typed(a, secret) {
			t.Errorf("%s %s tells %q of the bill in quarantine: …%s…", a.Request.Method, a.Request.URL, secret, body[max(0, at-80):min(len(body), at+80)])
		}
	}
}

// typed says whether a text stands in the query that was asked for.
func typed(a answer, text string) bool {
	plain := strings.NewReplacer("+", "", "%20", "", " ", "", ",", "")
	for _, values := range a.Request.URL.Query() {
		if strings.Contains(plain.Replace(strings.Join(values, "")), plain.Replace(text)) {
			return true
		}
	}
	return false
}
