package sandbox

import "fmt"

// title is what kind of document this is, as printed.
func (s *sheet) title() string {
	if s.bill.Type == TypeCreditNote {
		return "CREDIT NOTE"
	}
	return "INVOICE"
}

// firstHead prints the band, the address and the facts of the bill.
func (s *sheet) firstHead() {
	s.box(0, 0, pageWidth, 24, inkBlack)
	s.box(pageMargin, 7, 10, 10, inkMark)
	s.font("B", 14, inkWhite)
	s.left(pageMargin+14, 9.4, 100, supplierPrinted)
	s.font("B", 12, inkWhite)
	s.right(pageRight, 9.4, s.title())

	s.font("", 7.5, inkGrey)
	for i, text := range []string{supplierPrinted, "1 place des Exemples, 75000 Paris, France", "VAT FR 00 000000000"} {
		s.left(pageMargin, 32+float64(i)*4, 80, text)
	}
	address := []string{s.account.Entity, s.account.AddressLine, s.account.PostCode + " " + s.account.City, countryNames[s.account.Country]}
	s.font("B", 10, inkBlack)
	for i, text := range address {
		s.left(115, 32+float64(i)*5, 80, text)
		s.font("", 10, inkBlack)
	}
	s.font("B", 17, inkBlack)
	s.left(pageMargin, 57, 120, s.bill.Number)
	s.facts()
}

// facts prints the bill's data in two rows of four.
func (s *sheet) facts() {
	b := s.bill
	due := b.DueAt
	if due == "" {
		due = "nothing to pay"
	}
	last := [2]string{"Purchase order", b.PurchaseOrder}
	if b.Type == TypeCreditNote {
		last = [2]string{"Credits invoice", b.OriginalNumber}
	}
	if last[1] == "" {
		last[1] = "none given"
	}
	rows := [][][2]string{
		{{"Account number", b.AccountNumber}, {"Account name", b.AccountName}},
		{{"Period", b.PeriodStart + " to " + b.PeriodEnd}, {"Issue date", b.IssuedAt}, {"Due date", due}, last},
	}
	s.rule(pageMargin, pageRight, 66.5, 0.4, inkBlack)
	for i, row := range rows {
		for j, fact := range row {
			x, y := pageMargin+float64(j)*48, 68.5+float64(i)*11
			s.font("", 7, inkGrey)
			s.left(x, y-0.6, 46, fact[0])
			s.font("", 9, inkBlack)
			width := 46.0
			if j == len(row)-1 {
				width = pageRight - x
			}
			s.left(x, y+3.4, width, fact[1])
		}
	}
}

// nextHead prints the short head of the pages after the first.
func (s *sheet) nextHead() {
	s.box(0, 0, pageWidth, 6, inkBlack)
	s.box(pageMargin, 0, 10, 6, inkMark)
	s.font("B", 9, inkBlack)
	s.left(pageMargin, 9.5, 100, s.bill.Number)
	s.font("", 8, inkGrey)
	s.right(pageRight, 9.5, "Account "+s.bill.AccountNumber)
}

func (s *sheet) columnHeads(y float64) {
	s.font("", 7, inkGrey)
	s.left(columnItem, y, 60, "Item")
	s.left(columnSite, y, 20, "Site")
	s.right(columnQuantity, y, "Quantity")
	s.right(columnPrice, y, "Unit price")
	s.right(columnNet, y, "Net, "+s.bill.Currency)
	s.rule(pageMargin, pageRight, y+rowHeight+0.4, 0.4, inkBlack)
}

func (s *sheet) foot(page int) {
	s.rule(pageMargin, pageRight, pageFoot, 0.2, inkLine)
	s.font("", 7, inkGrey)
	s.left(pageMargin, pageFoot+1.5, 140, "Made by a simulator for demonstration and tests. Not a demand for payment.")
	s.right(pageRight, pageFoot+1.5, fmt.Sprintf("Page %d of %d", page, len(s.pages)))
}
