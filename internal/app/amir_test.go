package app_test

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"testing"

	"billportal/internal/sandbox"
)

func TestAccountantReadsEveryBillAsItWasIssued(t *testing.T) {
	t.Parallel()
	v := amir(t, reading(t))
	list, pages := v.walk("/bills?issued=any")
	if pages < 10 {
		t.Errorf("%d bills came on %d pages", len(list), pages)
	}
	sameBills(t, list, visible())
	newestFirst(t, list)
	sameTotals(t, v.open("/bills?issued=any"), visible())
}

func TestAccountantGoesBackToThePageBefore(t *testing.T) {
	t.Parallel()
	v := amir(t, reading(t))
	first := v.open("/bills?issued=any")
	second := v.open(first.find(t, `#list a[rel="next"]`).AttrOr("href", ""))
	again := v.open(second.find(t, `#list a[rel="prev"]`).AttrOr("href", ""))
	if got, want := entries(t, again), entries(t, first); !slices.Equal(got, want) {
		t.Errorf("the page before the second has %d bills from %+v instead of %d from %+v", len(got), got[0], len(want), want[0])
	}
}

func TestAccountantOpensBillsWithEveryAmount(t *testing.T) {
	t.Parallel()
	v := amir(t, reading(t))
	list, _ := v.walk("/bills?issued=any")
	opened := 0
	for i, e := range list {
		if i%8 == 0 || storied(e.Number) {
			opened++
			sameBillPage(t, v.open(e.href), candidates(e))
		}
	}
	if opened < 60 {
		t.Errorf("only %d bills were opened", opened)
	}
}

// storied says whether a story of the world is about a bill.
func storied(number string) bool {
	st := world.Stories
	told := append(slices.Clone(st.CreditNotes[:]), st.Double[0], st.BrokenSum, st.CutPDF, st.Spike, st.Corrected)
	return slices.ContainsFunc(told, func(r sandbox.BillRef) bool { return r.Number == number })
}

// candidates are the bills of the world that a row may stand for: one, or both of
// the bill that came under two ids.
func candidates(e entry) []*sandbox.Bill {
	return billsOf(func(b *sandbox.Bill) bool { return b.Number == e.Number && b.AccountNumber == e.AccountNumber })
}

func TestAccountantExportsTheExactTruth(t *testing.T) {
	t.Parallel()
	v := amir(t, reading(t))
	t.Run("one row a bill", func(t *testing.T) {
		got := table(t, v.open("/bills.csv?issued=any"))
		header := "number,kind,account_number,account_name,issued_on,due_on,period_first_on,period_last_on,currency,net,tax,gross"
		if !strings.HasPrefix(got[0], header) {
			t.Errorf("the header is %s instead of %s…", got[0], header)
		}
		want := []string{got[0]}
		for _, b := range visible() {
			want = append(want, csvLine(t, billCells(b)))
		}
		sameSet(t, "lines", got, want)
	})
	t.Run("one row an item", func(t *testing.T) {
		got := table(t, v.open("/bills.csv?issued=any&rows=item"))
		want := []string{got[0]}
		for _, b := range visible() {
			for _, i := range b.Items {
				want = append(want, csvLine(t, append(billCells(b), itemCells(i)...)))
			}
		}
		sameSet(t, "lines", got, want)
	})
	t.Run("the filter of the list", func(t *testing.T) {
		list := v.open("/bills?issued=any&kind=credit_note&currency=EUR")
		export := list.find(t, "#export a").AttrOr("href", "")
		got := table(t, v.open(export))
		want := []string{got[0]}
		for _, b := range visible() {
			if b.Type == sandbox.TypeCreditNote && b.Currency == "EUR" {
				want = append(want, csvLine(t, billCells(b)))
			}
		}
		sameSet(t, "lines", got, want)
	})
}

// table reads a CSV file into lines of one form, its header first.
func table(t *testing.T, a answer) []string {
	t.Helper()
	if got := a.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/csv") {
		t.Fatalf("%s is %s instead of text/csv", a.Request.URL, got)
	}
	if got := a.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment") {
		t.Errorf("%s has the disposition %q instead of attachment", a.Request.URL, got)
	}
	rows, err := csv.NewReader(strings.NewReader(string(a.body))).ReadAll()
	if err != nil || len(rows) == 0 {
		t.Fatalf("%s: %d rows, %v", a.Request.URL, len(rows), err)
	}
	lines := make([]string, 0, len(rows))
	for _, cells := range rows {
		lines = append(lines, csvLine(t, cells))
	}
	return lines
}

func csvLine(t *testing.T, cells []string) string {
	t.Helper()
	var b strings.Builder
	w := csv.NewWriter(&b)
	if err := w.Write(cells); err != nil {
		t.Fatal(err)
	}
	w.Flush()
	return b.String()
}

func billCells(b *sandbox.Bill) []string {
	kind := "invoice"
	if b.Type == sandbox.TypeCreditNote {
		kind = "credit_note"
	}
	return []string{
		b.Number, kind, b.AccountNumber, names[b.AccountNumber], b.IssuedAt, b.DueAt, b.PeriodStart, b.PeriodEnd, b.Currency,
		b.Net, b.Tax, b.Gross, b.AmountDue, b.State, b.PurchaseOrder, b.OriginalNumber,
	}
}

func TestAccountantTakesPDFs(t *testing.T) {
	t.Parallel()
	v := amir(t, reading(t))
	e := entries(t, v.open("/bills?account=0049+2210+72"))[0]
	truth, err := world.PDF(candidates(e)[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	whole := v.open(e.href + "/document?download=1")
	if string(whole.body) != string(truth) {
		t.Errorf("the PDF has %d bytes and is not the %d of the bill", len(whole.body), len(truth))
	}
	sum := sha256.Sum256(truth)
	tag := `"` + hex.EncodeToString(sum[:]) + `"`
	if got := whole.Header.Get("ETag"); got != tag {
		t.Errorf("ETag %s instead of %s", got, tag)
	}
	if got := whole.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment;") || !strings.Contains(got, e.Number+".pdf") {
		t.Errorf("Content-Disposition %q instead of an attachment named after %s", got, e.Number)
	}
	t.Run("a range is 206 and the part asked for", func(t *testing.T) {
		r := v.request(http.MethodGet, e.href+"/document", nil)
		r.Header.Set("Range", "bytes=100-199")
		part := v.do(r)
		part.expect(t, http.StatusPartialContent)
		if string(part.body) != string(truth[100:200]) {
			t.Errorf("bytes 100 to 199 are %q instead of %q", part.body, truth[100:200])
		}
	})
	t.Run("the same again is 304", func(t *testing.T) {
		r := v.request(http.MethodGet, e.href+"/document", nil)
		r.Header.Set("If-None-Match", tag)
		v.do(r).expect(t, http.StatusNotModified)
	})
	t.Run("a range behind the end is 416", func(t *testing.T) {
		r := v.request(http.MethodGet, e.href+"/document", nil)
		r.Header.Set("Range", "bytes=99999999-")
		v.do(r).expect(t, http.StatusRequestedRangeNotSatisfiable)
	})
	t.Run("a cut PDF is refused whole", func(t *testing.T) {
		cut := world.Stories.CutPDF
		found := entries(t, v.open("/bills?issued=any&q="+cut.Number))
		if len(found) != 1 {
			t.Fatalf("%d bills of number %s", len(found), cut.Number)
		}
		answer := v.get(found[0].href + "/document")
		answer.expect(t, http.StatusBadGateway)
		if strings.Contains(string(answer.body), "%PDF-") {
			t.Error("part of a PDF was sent")
		}
	})
}
