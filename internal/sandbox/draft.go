package sandbox

import "strconv"

// line is an item before it is priced.
type line struct {
	category string
	label    string
	offer    string
	site     string
	country  string
	first    string
	last     string
	quantity decimal
	unit     string
	price    decimal
	rate     decimal
}

// draft is a bill whose lines are known and whose amounts are not.
type draft struct {
	head    Bill
	taxName string
	lines   []line
}

// rateSum gathers what is taxed at one rate.
type rateSum struct {
	rate decimal
	base decimal
	tax  decimal
}

// settle prices the lines and adds them up, in minor units throughout.
func (d *draft) settle() Bill {
	bill := d.head
	digits := currencyDigits(bill.Currency)
	net, tax := decimal{0, digits}, decimal{0, digits}
	var rates []rateSum
	bill.Items = make([]Item, 0, len(d.lines))
	for i, l := range d.lines {
		amount := l.quantity.times(l.price, digits)
		sum := rateFor(&rates, l.rate, digits)
		lineTax := sum.add(amount, digits)
		net.coef += amount.coef
		tax.coef += lineTax.coef
		bill.Items = append(bill.Items, newItem(&bill, i+1, l, amount, lineTax))
	}
	gross := decimal{net.coef + tax.coef, digits}
	bill.Net, bill.Tax, bill.Gross = net.String(), tax.String(), gross.String()
	bill.AmountDue = bill.Gross
	for _, r := range rates {
		bill.Taxes = append(bill.Taxes, Tax{Category: d.taxName, Rate: r.rate.String(), Base: r.base.String(), Amount: r.tax.String()})
	}
	return bill
}

func rateFor(rates *[]rateSum, rate decimal, digits int) *rateSum {
	for i := range *rates {
		if (*rates)[i].rate == rate {
			return &(*rates)[i]
		}
	}
	*rates = append(*rates, rateSum{rate: rate, base: decimal{0, digits}, tax: decimal{0, digits}})
	return &(*rates)[len(*rates)-1]
}

// add takes one line's net amount and returns its share of the tax: what the
// tax of the running total grows by. The shares therefore sum to the tax of the
// whole base, to the last minor unit.
func (r *rateSum) add(net decimal, digits int) decimal {
	r.base.coef += net.coef
	tax := r.base.times(r.rate.percent(), digits)
	share := decimal{tax.coef - r.tax.coef, digits}
	r.tax = tax
	return share
}

func newItem(bill *Bill, number int, l line, net, tax decimal) Item {
	return Item{
		ID:               itemID(bill.ID, number),
		BillID:           bill.ID,
		LineNumber:       number,
		Category:         l.category,
		Label:            l.label,
		InstalledOfferID: l.offer,
		SiteName:         l.site,
		SiteCountry:      l.country,
		PeriodStart:      l.first,
		PeriodEnd:        l.last,
		Quantity:         l.quantity.String(),
		Unit:             l.unit,
		UnitPrice:        l.price.String(),
		Net:              net.String(),
		TaxRate:          l.rate.String(),
		Tax:              tax.String(),
		Gross:            decimal{net.coef + tax.coef, net.scale}.String(),
		Currency:         bill.Currency,
	}
}

// itemID is a bill's id and a line number of four digits.
func itemID(billID string, number int) string {
	return billID + "-" + strconv.Itoa(10000 + number)[1:]
}
