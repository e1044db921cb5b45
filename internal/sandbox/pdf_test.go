package sandbox_test

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"strconv"
	"testing"

	"billportal/internal/sandbox"
)

// pageObject matches the dictionary of one page, not that of the page tree.
var pageObject = regexp.MustCompile(`/Type /Page\b[^s]`)

func TestDocuments(t *testing.T) {
	t.Parallel()
	w := theWorld()
	again := sandbox.NewWorld(1, testDay)
	most := 0
	for i, b := range w.Bills() {
		if i%80 != 0 && b.Type != sandbox.TypeCreditNote && len(b.Items) < 384 {
			continue
		}
		pdf := document(t, w, b.ID)
		whole := bytes.HasPrefix(pdf, []byte("%PDF-")) && bytes.HasSuffix(bytes.TrimSpace(pdf), []byte("%%EOF"))
		pages := len(pageObject.FindAll(pdf, -1))
		if !whole || pages < 1 || pages > 6 {
			t.Errorf("document %s: whole %v, %d pages", b.Number, whole, pages)
		}
		most = max(most, pages)
		if i%240 == 0 && !bytes.Equal(pdf, document(t, again, b.ID)) {
			t.Errorf("document %s differs between two equal worlds", b.Number)
		}
	}
	if most != 6 {
		t.Errorf("the longest document has %d pages, want 6", most)
	}
}

func document(t *testing.T, w *sandbox.World, id string) []byte {
	t.Helper()
	pdf, err := w.PDF(id)
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

func TestCutDocument(t *testing.T) {
	t.Parallel()
	w := theWorld()
	pdf := document(t, w, w.Stories.CutPDF.ID)
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) || bytes.Contains(pdf, []byte("%%EOF")) {
		t.Error("the cut document is not cut")
	}
	if _, err := w.PDF("1"); err == nil {
		t.Error("an unknown bill has a document")
	}
}

var (
	streamObject = regexp.MustCompile(`(?s)/Length (\d+)>>\nstream\n`)
	shownText    = regexp.MustCompile(`(?s)\(((?:[^()\\]|\\.)*)\) ?Tj`)
)

// textOf takes the text out of a document the way fpdf puts it in: two bytes a
// character, in compressed streams.
func textOf(t *testing.T, pdf []byte) string {
	t.Helper()
	var out []rune
	for _, at := range streamObject.FindAllSubmatchIndex(pdf, -1) {
		length, err := strconv.Atoi(string(pdf[at[2]:at[3]]))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := zlib.NewReader(bytes.NewReader(pdf[at[1] : at[1]+length]))
		if err != nil {
			continue
		}
		content, _ := io.ReadAll(plain)
		for _, shown := range shownText.FindAllSubmatch(content, -1) {
			raw := regexp.MustCompile(`(?s)\\(.)`).ReplaceAll(shown[1], []byte("$1"))
			for i := 0; i+1 < len(raw); i += 2 {
				out = append(out, rune(raw[i])<<8|rune(raw[i+1]))
			}
			out = append(out, '\n')
		}
	}
	return string(out)
}

func TestDocumentSaysWhatTheBillSays(t *testing.T) {
	t.Parallel()
	w := theWorld()
	polish := billsIn(w, "0048 0902 29", "2026-08")[0]
	note := mustBill(t, w, w.Stories.CreditNotes[3])
	for _, c := range []struct {
		bill *sandbox.Bill
		want []string
	}{
		{polish, []string{"INVOICE", polish.Number, polish.AccountNumber, "MERIDIAN FOODS GMBH - OPAKOWANIA ŁÓDŹ", "ul. Żeligowskiego 8/10",
			polish.PeriodStart + " to " + polish.PeriodEnd, polish.IssuedAt, polish.DueAt, "Recurring", "Usage", "Total due", "Page 1 of 1"}},
		{note, []string{"CREDIT NOTE", note.Number, note.OriginalNumber, "Total credited", "nothing to pay", note.Gross + " GBP"}},
	} {
		text := "\n" + textOf(t, document(t, w, c.bill.ID))
		for _, want := range c.want {
			if !bytes.Contains([]byte(text), []byte("\n"+want+"\n")) {
				t.Errorf("the document of %s does not say %q", c.bill.Number, want)
			}
		}
	}
}

func BenchmarkDocument(b *testing.B) {
	w := theWorld()
	for b.Loop() {
		if _, err := w.PDF(w.Stories.Spike.ID); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWorld(b *testing.B) {
	for b.Loop() {
		sandbox.NewWorld(1, testDay)
	}
}
