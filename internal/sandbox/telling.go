package sandbox

import (
	"fmt"
	"time"
)

// The slots, after the accounts', that number the bills of stories.
const (
	slotCredit = 52 // to 55
	slotDouble = 56
)

func refOf(b *Bill) BillRef { return BillRef{b.ID, b.Number, b.AccountNumber} }

// tellFixedStories records the stories that are about accounts, not bills.
func (w *World) tellFixedStories() {
	st := &w.Stories
	for i, number := range missingAccounts {
		st.Missing[i] = MissingBill{number, w.plot.missing()[i].String()}
	}
	st.PriceRiseCountry = countryPriceRise
	st.PriceRiseFrom = w.plot.priceRise().String()
	st.PriceRisePercent = decimal{priceRiseThousandths, 1}.String()
	st.RenumberedOld, st.RenumberedNew = numberFosOld, numberFosNew
	st.RenumberedFrom = w.plot.renumbered().String()
	st.NotAdmitted = numberSavannah
}

// tell plants the story that hangs on this invoice, if one does: it changes
// the bill, or returns another one.
func (w *World) tell(a *Account, m month, d *draft, bill *Bill) []*Bill {
	st := &w.Stories
	switch {
	case a.Number == numberLausanne && m == w.plot.double():
		twin := w.twin(a, bill)
		st.Double = [2]BillRef{refOf(bill), refOf(twin)}
		return []*Bill{twin}
	case a.Number == numberLodz && m == w.plot.brokenSum():
		st.BrokenSum, st.BrokenSumBy = refOf(bill), bill.Items[0].Net
		bill.Items = bill.Items[1:]
	case a.Number == numberNantes && m == w.plot.cutPDF():
		st.CutPDF = refOf(bill)
	case a.Number == numberNewark && m == w.plot.correction():
		w.correct(d, bill)
	case a.Number == numberUnlisted:
		st.Unlisted = refOf(bill)
	case w.plot.spikes(a, m):
		st.Spike, st.SpikeTimes = refOf(bill), decimal{spikeTenths, 1}.String()
		st.SpikeLabel = usageProducts[0].label
	}
	return w.creditNotes(a, m, d, bill)
}

// twin lists the same bill once more, under another id, a day later.
func (w *World) twin(a *Account, bill *Bill) *Bill {
	twin := *bill
	issued, _ := time.Parse(dayLayout, bill.IssuedAt) // written by text
	head := w.head(a, issued, slotDouble)
	twin.ID = head.ID
	twin.UpdatedAt = issued.AddDate(0, 0, 1).Add(5 * time.Hour).Format(time.RFC3339)
	twin.Items = make([]Item, len(bill.Items))
	for i, item := range bill.Items {
		item.BillID = twin.ID
		item.ID = itemID(twin.ID, item.LineNumber)
		twin.Items[i] = item
	}
	return &twin
}

// correct keeps the bill as it was first issued, with ten times the use on one
// line, and marks the bill itself as changed later.
func (w *World) correct(d *draft, bill *Bill) {
	wrong := *d
	wrong.lines = append([]line(nil), d.lines...)
	for i, l := range wrong.lines {
		if l.category == CategoryUsage {
			wrong.lines[i].quantity.coef *= 10
			break
		}
	}
	w.Stories.AsIssued = wrong.settle()
	issued, _ := time.Parse(time.RFC3339, bill.UpdatedAt) // written by head
	bill.UpdatedAt = issued.AddDate(0, 0, correctionDays).Format(time.RFC3339)
	w.Stories.Corrected, w.Stories.CorrectedAt = refOf(bill), bill.UpdatedAt
}

// beforeCorrection is the list of bills with the one not yet corrected.
func (w *World) beforeCorrection(bills []*Bill) []*Bill {
	before := make([]*Bill, 0, len(bills))
	for _, b := range bills {
		if b.ID == w.Stories.Corrected.ID {
			b = &w.Stories.AsIssued
		}
		before = append(before, b)
	}
	return before
}

// creditNotes gives the credit note that takes back part of the invoice, if one
// does. It is issued within the next days of the same month.
func (w *World) creditNotes(a *Account, m month, d *draft, invoice *Bill) []*Bill {
	for i, number := range creditedAccounts {
		if a.Number != number || m != w.plot.credited()[i] {
			continue
		}
		note := w.creditNote(a, d, invoice, i)
		w.Stories.CreditNotes[i] = refOf(note)
		if i == alone {
			note.OriginalID, note.OriginalNumber = "", ""
			w.Stories.CreditNoteAlone = refOf(note)
		}
		return []*Bill{note}
	}
	return nil
}

// creditNote takes back 8 % of the price of the invoice's first six lines.
func (w *World) creditNote(a *Account, d *draft, invoice *Bill, i int) *Bill {
	issued, _ := time.Parse(dayLayout, invoice.IssuedAt) // written by text
	issued = issued.AddDate(0, 0, 4)
	note := draft{head: w.head(a, issued, slotCredit+i), taxName: d.taxName}
	h := &note.head
	h.Type, h.DueAt = TypeCreditNote, ""
	h.Number = fmt.Sprintf("%s%02d-C%06d", a.Country, issued.Year()%100, 4000+issued.YearDay()*4+i)
	h.PeriodStart, h.PeriodEnd = invoice.PeriodStart, invoice.PeriodEnd
	h.OriginalID, h.OriginalNumber = invoice.ID, invoice.Number
	for _, l := range d.lines[:6] {
		l.category, l.label = CategoryAdjustment, l.label+", price correction"
		l.price = l.price.times(decimal{8, 2}, l.price.scale).negative()
		note.lines = append(note.lines, l)
	}
	bill := note.settle()
	return &bill
}
