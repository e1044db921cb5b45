//go:build !race

package web_test

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/billingapi"
	"billportal/internal/ledger"
	"billportal/internal/sandbox"
	"billportal/internal/sqlite"
)

// walkSteps is how far the reader of two worlds goes.
const walkSteps = 500

// TestWhatIsHiddenChangesNothing has one reader go the same way through two worlds
// that differ only in what this reader may not see: more bills, accounts, currencies,
// people, grants and faults of the others. Every answer is the same, byte for byte,
// but for request id and form token; so nothing is told by totals, pages, order,
// choices offered, errors or limits either.
func TestWhatIsHiddenChangesNothing_Z5(t *testing.T) {
	t.Parallel()
	base, reader := newReadersWorld(t)
	one, two := base.copied(t), base.copied(t)
	two.crowdWithHidden(t)
	if plain, crowded := one.counts(t), two.counts(t); crowded[0] < plain[0]+300 || crowded[1] < plain[1]+3 || crowded[2] < plain[2]+3 {
		t.Fatalf("bills, accounts and people number %v in one world and %v in the other: they hardly differ", plain, crowded)
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	walk := newWalk(seed, base, two)
	statuses := map[int]int{}
	for step := range walkSteps {
		target, part := walk.next()
		a, b := one.look(reader, target, part), two.look(reader, target, part)
		statuses[a.Code]++
		if first, second := one.unsigned(a), two.unsigned(b); first != second {
			t.Fatalf("step %d, %s: the worlds differ: %s", step, target, firstDifference(first, second))
		}
		walk.read(a)
	}
	t.Logf("%d steps, by status %v", walkSteps, statuses)
	if statuses[http.StatusOK] < walkSteps/2 || statuses[http.StatusNotFound] == 0 {
		t.Errorf("the walk was answered by %v: it saw too little", statuses)
	}
}

// newReadersWorld is a world with people, of whom one with every right to read and
// the grants of side one goes through copies of it.
func newReadersWorld(t *testing.T) (*world, *visitor) {
	t.Helper()
	w, people := newWorld(t), visitors()
	reader := &visitor{name: "reader", groups: []string{sandbox.GroupAccounting, "sweep-one"}, side: sideOne, rights: accountant, roles: true, alive: true}
	w.people(t, append(people, reader))
	return w, reader
}

// copied is a portal on a copy of the database and documents as they are now.
func (w *world) copied(t *testing.T) *world {
	t.Helper()
	dir := inMemory(t)
	db, err := sql.Open("sqlite", w.path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), `VACUUM INTO ?`, filepath.Join(dir, "portal.db"))
	err = errors.Join(err, db.Close(), os.CopyFS(filepath.Join(dir, "documents"), os.DirFS(filepath.Join(filepath.Dir(w.path), "documents"))))
	if err != nil {
		t.Fatal(err)
	}
	twin := *w
	twin.site = &site{log: &lines{}, path: filepath.Join(dir, "portal.db"), began: w.began}
	twin.ahead.Store(w.ahead.Load())
	twin.open(t, w.sandbox, false, nil)
	return &twin
}

// counts are the bills, accounts and people of a world.
func (w *world) counts(t *testing.T) (counts [3]int) {
	t.Helper()
	db, err := sql.Open("sqlite", w.path)
	if err != nil {
		t.Fatal(err)
	}
	for i, from := range []string{"bills", "accounts", "people"} {
		err = errors.Join(err, db.QueryRowContext(t.Context(), `SELECT count(*) FROM `+from).Scan(&counts[i]))
	}
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return counts
}

// crowdWithHidden adds everything that the reader may not see.
func (w *world) crowdWithHidden(t *testing.T) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, letter := range []string{"V", "W", "X"} { // V and W beside the reader's own in their group
		unit, status := "One", billing.Admitted
		if letter == "X" {
			unit, status = "Only here", billing.Hidden
		}
		w.account(t, letter, unit)
		w.decide(t, letter, unit, status)
	}
	own := w.bills["A"][0]
	for n := range 320 {
		letter := []string{"B", "M", "H", "V", "W", "X", "Q", "B"}[n%8]
		b := billing.Bill{
			UpstreamID: billing.UpstreamID(fmt.Sprintf("hidden-%d", n)), Number: billing.BillNumber(fmt.Sprintf("QXNO26-A%07d", 1000001+n)), Kind: billing.Kinds()[n%3],
			Type: "invoice", State: "sent", Account: numberOf(letter), AccountUpstreamID: billing.UpstreamID("BAQX71" + letter + "77"),
			IssuedOn: own.IssuedOn.AddDays(-n), Currency: []string{"EUR", "CHF", "JPY", "GBP"}[n%4], PurchaseOrder: "QXPOA1000001",
		}
		if n%5 == 0 {
			b.Original = billing.Reference{UpstreamID: own.UpstreamID, Number: own.Number}
		}
		b.Gross = billing.NewMoney(fmt.Sprintf("%d.99", 100+n), b.Currency)
		if n%50 == 0 {
			b.Gross = billing.NewMoney("1e30", b.Currency) // cannot be summed
		}
		_, err := w.db.UpsertBills(t.Context(), []billingapi.BillRecord{{Bill: b, Raw: []byte(b.UpstreamID)}})
		must(err)
	}
	for _, b := range w.bills["B"] {
		must(w.db.PostponeItems(t.Context(), b.ID, 1))
		must(w.db.AddDocument(t.Context(), b.Bill, billing.HeldDocument{SHA256: strings.Repeat("e", 64), Size: 7}))
	}
	must(w.db.KeepMalformed(t.Context(), sqlite.BillList, [][]byte{[]byte("not a bill")}))
	for n := range 5 {
		v := &visitor{name: fmt.Sprintf("only-here-%d", n), groups: []string{sandbox.GroupAccounting, "only here"}, rights: accountant}
		w.signInVisitor(t, v)
	}
	act := ledger.Act{Actor: "test", Action: "grant.add"}
	_, _, err := w.db.AddGrants(t.Context(), act, []access.Grant{
		{GranteeKind: access.GranteeGroup, Grantee: "only here", TargetKind: access.TargetAll},
		{GranteeKind: access.GranteePerson, Grantee: "quixbody-employee-b", TargetKind: access.TargetAccount, Target: string(numberOf("V"))},
	}, false)
	must(err)
}

// look is a GET by the reader, who comes from the list.
func (w *world) look(v *visitor, target string, part bool) *httptest.ResponseRecorder {
	r := cell{person: v, method: http.MethodGet, target: target, part: part}.request()
	r.Header.Set("Referer", w.URL+"/bills?kind=invoice")
	return w.serve(r)
}

// unsigned is an answer without what is random in it, and without the port that this
// world's server has.
func (w *world) unsigned(a *httptest.ResponseRecorder) string {
	text := strings.ReplaceAll(masked(a), w.URL, "http://portal")
	return signedCookie.ReplaceAllString(strings.ReplaceAll(text, url.QueryEscape(w.URL), "http%3A%2F%2Fportal"), "$1=SIGNED")
}

// signedCookie is a cookie with its signature, which holds the time.
var signedCookie = regexp.MustCompile(`(Set-Cookie: [^=]+)=[^;\n]*`)

// walk is a way through the portal: links of the pages seen, and what somebody types
// who knows of the hidden things.
type walk struct {
	dice  *rand.Rand
	typed []string
	links []string
	known map[string]bool
}

func newWalk(seed uint64, base, crowded *world) *walk {
	w := &walk{dice: rand.New(rand.NewPCG(seed, 1)), known: map[string]bool{}}
	for _, start := range []string{"/", "/bills", "/bills?issued=any", "/accounts", "/profile", "/bills.csv?issued=any", "/bills.csv?issued=2026-09&rows=item"} {
		w.add(start)
	}
	for _, world := range []*world{base, crowded} {
		for _, bird := range world.canaries {
			w.typed = append(w.typed, bird.text)
		}
	}
	for _, letter := range []string{"A", "K", "B", "M", "H", "V", "X", "Q"} {
		w.typed = append(w.typed, string(numberOf(letter)), "QXNO26-"+letter, "Quixotic works "+letter)
	}
	for _, bills := range base.bills {
		for _, b := range bills {
			w.typed = append(w.typed, string(b.ID), string(b.Number))
		}
	}
	return w
}

func (w *walk) add(target string) {
	if !w.known[target] {
		w.known[target] = true
		w.links = append(w.links, target)
	}
}

// next is the next address, and whether htmx asks for it.
func (w *walk) next() (target string, part bool) {
	word := w.typed[w.dice.IntN(len(w.typed))]
	escaped := url.QueryEscape(word)
	switch w.dice.IntN(10) {
	case 0:
		target = "/bills?issued=any&q=" + escaped
	case 1:
		target = "/bills?issued=any&account=" + escaped
	case 2:
		target = []string{
			"/bills?account=group%3AQuixunit+of+One&issued=any", "/bills?account=group%3AQuixunit+of+Two&issued=any", "/bills?account=group%3AQuixunit+of+Only+here",
			"/bills?issued=any&currency=CHF", "/bills?issued=any&currency=JPY", "/bills?issued=any&min=100&max=420", "/bills?issued=any&kind=other", "/bills?issued=any&kind=credit_note",
		}[w.dice.IntN(8)]
	case 3:
		target = "/bills/" + url.PathEscape(word) + []string{"", "/items", "/document", "/document?download=1"}[w.dice.IntN(4)]
	case 4:
		target = "/bills.csv?issued=any&q=" + escaped
	default:
		target = w.links[w.dice.IntN(len(w.links))]
	}
	return target, w.dice.IntN(4) == 0
}

// read takes up the links of a page, and makes filters of the choices that its form
// offers.
func (w *walk) read(a *httptest.ResponseRecorder) {
	if !strings.HasPrefix(a.Header().Get("Content-Type"), "text/html") {
		return
	}
	page, err := goquery.NewDocumentFromReader(io.NopCloser(strings.NewReader(a.Body.String())))
	if err != nil {
		return
	}
	for _, link := range page.Find("a[href], [hx-get]").EachIter() {
		for _, name := range []string{"href", "hx-get"} {
			if target := link.AttrOr(name, ""); strings.HasPrefix(target, "/") && !strings.HasPrefix(target, "/static") {
				w.add(target)
			}
		}
	}
	for _, choice := range page.Find("select[name] option[value]").EachIter() {
		name := choice.Closest("select").AttrOr("name", "")
		filter := url.Values{"issued": {"any"}}
		filter.Set(name, choice.AttrOr("value", ""))
		w.add("/bills?" + filter.Encode())
	}
}
