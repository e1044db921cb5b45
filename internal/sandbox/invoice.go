package sandbox

import (
	"fmt"
	"time"
)

// The two invoices an account may get each month.
const (
	streamServices = iota
	streamMobile
)

// streamNames tell the dice of the two apart.
var streamNames = [2]string{"services", "mobile"}

// maxItems is the length of the longest bill.
const maxItems = 400

// subscriber is an account with what is installed there.
type subscriber struct {
	account  *Account
	slot     int // position of the account in the world, numbers its bills
	services [2][]service
	usages   [2][]service
}

func newSubscriber(seed uint64, a *Account, slot int) *subscriber {
	s := &subscriber{account: a, slot: slot}
	first := roll(seed, "install", a.Number).below(len(recurringProducts))
	s.services[streamServices] = install(seed, a, recurringProducts, first, a.services)
	s.usages[streamServices] = install(seed, a, usageProducts, 0, a.usages)
	if a.mobile {
		few := *a
		few.sites = min(a.sites, 4)
		s.services[streamMobile] = install(seed, &few, mobileProducts, 0, 4*few.sites)
		s.usages[streamMobile] = install(seed, &few, usageProducts[2:7], 0, 4*few.sites)
	}
	return s
}

// issueDay is the rhythm of the account, a day more or less.
func (s *subscriber) issueDay(seed uint64, m month, stream int) time.Time {
	day := s.account.rhythm
	if stream == streamMobile {
		day = (day+9)%26 + 2
	}
	jitter := roll(seed, "issue", s.account.Number, m.String(), streamNames[stream]).between(-1, 1)
	return m.day(max(1, day+jitter))
}

// cycle is what all lines of one invoice share.
type cycle struct {
	period month
	first  string // its first and last day
	last   string
	stream int
	rate   decimal // of tax, in the account's country
}

// invoice drafts the bill that is issued to s in month m, about the month
// before. The caller sets what a story changes and settles it.
func (w *World) invoice(s *subscriber, m month, stream int) *draft {
	issued := s.issueDay(w.seed, m, stream)
	period := m - 1
	taxName, rate := taxOf(s.account.Country, period)
	c := &cycle{period, text(period.first()), text(period.last()), stream, rate}
	d := &draft{head: w.head(s.account, issued, s.slot*2+stream), taxName: taxName}
	d.head.PeriodStart, d.head.PeriodEnd = c.first, c.last
	if stream == streamServices && s.slot%3 == 0 {
		d.head.PurchaseOrder = fmt.Sprintf("PO-%05d", 70000+s.slot*311+period.year()%100)
	}
	d.lines = w.recurringLines(s, c)
	recurring := len(d.lines)
	used := w.usageLines(s, c)
	oneTime := installationLines(s, c)
	room := maxItems - recurring - len(oneTime) - 2
	d.lines = append(d.lines, used[:min(len(used), room)]...)
	d.lines = append(d.lines, oneTime...)
	d.lines = append(d.lines, discountLine(d, recurring, rate)...)
	d.lines = append(d.lines, w.outageLine(s, c)...)
	return d
}

// head fills what does not depend on the lines. Ids and numbers are made of the
// day of issue and the slot alone, so that they stay as the days go by.
func (w *World) head(a *Account, issued time.Time, slot int) Bill {
	m := monthOf(issued)
	extra := roll(w.seed, "id", a.Number, text(issued)).below(7)
	id := 1000000 + (int(m)-2020*12)*400 + slot*7 + extra
	due := issued.AddDate(0, 0, a.PaymentTermDays)
	state := "sent"
	if due.Before(w.today) {
		state = "settled"
	}
	stamp := issued.Add(4*time.Hour + time.Duration(slot*67%3600)*time.Second)
	return Bill{
		ID:            fmt.Sprint(id),
		Number:        fmt.Sprintf("%s%02d-%07d", a.Country, issued.Year()%100, 90000+issued.YearDay()*60+slot),
		Type:          TypeInvoice,
		SendingFormat: a.SendingFormat,
		AccountID:     a.ID,
		AccountNumber: a.Number,
		AccountName:   a.Name,
		IssuedAt:      text(issued),
		DueAt:         text(due),
		State:         state,
		Currency:      a.Currency,
		UpdatedAt:     stamp.Format(time.RFC3339),
	}
}

func (w *World) recurringLines(s *subscriber, c *cycle) []line {
	lines := make([]line, 0, len(s.services[c.stream])+len(s.usages[c.stream])+4)
	raised := w.plot.raised(s.account, c.period+1)
	for i := range s.services[c.stream] {
		v := &s.services[c.stream][i]
		age := v.age(c.period)
		if age < 0 {
			continue
		}
		l := v.line(s.account, CategoryRecurring, c)
		l.quantity, l.price = v.installedQuantity(c.period), v.priceIn(c.period, raised)
		if age == 0 {
			l.prorate(v, c.period)
		}
		lines = append(lines, l)
	}
	return lines
}

// prorate bills the first month from the day of installation on.
func (l *line) prorate(v *service, period month) {
	days := period.last().Day()
	from := 4 + v.start%20
	l.first = text(period.day(from))
	share := decimal{int64(days-from+1) * 10000 / int64(days), 4}
	l.quantity = l.quantity.times(share, 4)
}

func (v *service) line(a *Account, category string, c *cycle) line {
	rate := c.rate
	if v.country != a.Country {
		rate = decimal{0, 1} // a site abroad is outside the scope of the account's tax
	}
	return line{
		category: category, label: v.product.label, offer: v.offer, site: v.site, country: v.country,
		first: c.first, last: c.last, unit: v.product.unit, rate: rate,
	}
}

func (w *World) usageLines(s *subscriber, c *cycle) []line {
	all := s.usages[c.stream]
	if len(all) > 40 && int(c.period)%3 != 2 {
		all = all[:36] // the detail of every site comes once a quarter
	}
	lines := make([]line, 0, len(all))
	for i := range all {
		v := &all[i]
		l := v.line(s.account, CategoryUsage, c)
		l.quantity, l.price = v.usedQuantity(w.seed, s.account, c), v.priceIn(c.period, false)
		if i == 0 && w.plot.spikes(s.account, c.period+1) {
			l.quantity = l.quantity.times(decimal{spikeTenths, 1}, v.product.decimals)
		}
		lines = append(lines, l)
	}
	return lines
}

func installationLines(s *subscriber, c *cycle) []line {
	var lines []line
	for i := range s.services[c.stream] {
		v := &s.services[c.stream][i]
		if v.age(c.period) != 0 {
			continue
		}
		l := v.line(s.account, CategoryOneTime, c)
		l.label, l.unit = "Installation, "+v.product.label, "piece"
		l.quantity = decimal{1, 0}
		l.price = decimal{45000, 2}.times(exchange(s.account.Currency), currencyDigits(s.account.Currency))
		lines = append(lines, l)
	}
	return lines
}

// discountLine takes 4 % off recurring lines that are many.
func discountLine(d *draft, recurring int, rate decimal) []line {
	if recurring < 9 {
		return nil
	}
	digits := currencyDigits(d.head.Currency)
	sum := decimal{0, digits}
	for _, l := range d.lines[:recurring] {
		sum.coef += l.quantity.times(l.price, digits).coef
	}
	return []line{{
		category: CategoryDiscount, label: "Volume discount 4 % on recurring items",
		first: d.head.PeriodStart, last: d.head.PeriodEnd, quantity: decimal{1, 0}, unit: "piece",
		price: sum.times(decimal{4, 2}, digits).negative(), rate: rate,
	}}
}

// outageLine is a service credit that comes now and then.
func (w *World) outageLine(s *subscriber, c *cycle) []line {
	d := roll(w.seed, "outage", s.account.Number, c.first, streamNames[c.stream])
	if d.below(14) != 0 {
		return nil
	}
	v := &s.services[c.stream][d.below(4)]
	l := v.line(s.account, CategoryAdjustment, c)
	day := text(c.period.day(d.between(2, 26)))
	l.label = "Service credit, outage of " + day
	l.first, l.last = day, day
	l.quantity, l.unit = decimal{1, 0}, "piece"
	l.price = decimal{int64(d.between(40, 220)) * 100, 2}.times(exchange(s.account.Currency), currencyDigits(s.account.Currency)).negative()
	return []line{l}
}
