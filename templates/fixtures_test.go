package templates_test

import (
	"strings"
	"time"

	"billportal/internal/i18n"
	"billportal/static"
	"billportal/templates"
)

// desk makes canned views in one language. today is Mon 30 Nov 2026.
type desk struct{ texts *i18n.Texts }

const (
	longName    = "Société européenne de transformation et de distribution alimentaire Méridien-Lagardère-Vandenbroucke et associés, entrepôt frigorifique"
	rightToLeft = "شركة ميريديان للأغذية"
	hostile     = `<script>alert("x")</script>" onmouseover="alert(1)`
)

func (d desk) page(title, current string) templates.Page {
	p := templates.Page{
		Texts: d.texts, Lang: d.texts.Lang(), Title: title, Company: "Meridian Foods", Version: "1.4.2",
		Support: templates.Link{Label: "bills-help@meridian.example", URL: "mailto:bills-help@meridian.example"},
		Assets: templates.Assets{
			CSS: static.Path("css/portal.css"), Script: static.Path("js/portal.js"), HTMX: static.Path("js/htmx.js"),
			Icons: static.Path("icons/icons.svg"), Favicon: static.Path("icons/favicon.svg"),
		},
		Person: &templates.PersonMenu{Name: "Amir Haddad", Detail: d.texts.S("role.accountant") + ", " + d.texts.N("count.accounts", 18)},
		Search: true,
		Freshness: &templates.Freshness{
			Text: d.texts.S("fresh.ok", d.texts.DateTime(time.Date(2026, 11, 30, 9, 2, 0, 0, time.UTC))), DateTime: "2026-11-30T09:02:00+01:00",
		},
		CSRF: "c5rf-token", RequestID: "req-7K2M-91QX",
	}
	for _, key := range []string{"overview", "bills", "accounts"} {
		p.Nav = append(p.Nav, templates.NavItem{Label: d.texts.S("nav." + key), URL: "/" + strings.TrimPrefix(key, "overview"), Current: key == current})
	}
	return p
}

func (d desk) anonymous(title string) templates.Page {
	p := d.page(title, "")
	p.Person, p.Search, p.Freshness, p.Nav = nil, false, nil, nil
	return p
}

func (d desk) admin(title, current string) templates.Page {
	p := d.page(title, "")
	p.Person = &templates.PersonMenu{Name: "Ada Okafor", Detail: d.texts.S("role.admin")}
	p.Search = false
	p.Nav = []templates.NavItem{
		{Label: d.texts.S("nav.register"), URL: "/admin/accounts", Current: current == "register"},
		{Label: d.texts.S("nav.access"), URL: "/admin/access", Current: current == "access"},
		{Label: d.texts.S("nav.people"), URL: "/admin/people", Current: current == "people"},
		{Label: d.texts.S("nav.ledger"), URL: "/admin/ledger", Current: current == "ledger"},
	}
	return p
}

func (d desk) amount(decimal, currency string) templates.Amount {
	if decimal == "" {
		return templates.Amount{}
	}
	text := d.texts.Number(decimal, 2)
	whole, cents := d.texts.Split(text)
	return templates.Amount{Text: text, Whole: whole, Cents: cents, Value: decimal, Currency: currency}
}

func (d desk) day(iso string) templates.Day {
	at, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		panic(err)
	}
	return templates.Day{Text: d.texts.Date(at.Date()), ISO: iso}
}

func (d desk) bill(number, account, accountNumber, issued, total, currency string, tags ...templates.Tag) templates.BillRow {
	due := templates.Day{Text: d.texts.S("bill.nodue")}
	if !strings.HasPrefix(total, "-") {
		due = d.day(issued[:5] + "12" + issued[7:])
	}
	return templates.BillRow{
		URL: "/bills/" + number, Number: number, Tags: tags, AccountName: account, AccountNumber: accountNumber,
		Period: d.texts.ShortMonth(2026, time.October), Issued: d.day(issued), Due: due,
		DocumentURL: "/bills/" + number + "/document", Total: d.amount(total, currency),
	}
}

func (d desk) bills() []templates.BillRow {
	creditNote := templates.Tag{Text: d.texts.S("kind.creditnote")}
	changed := templates.Tag{Text: d.texts.S("tag.changed"), Kind: templates.TagWarn}
	rows := []templates.BillRow{
		d.bill("SG26-0101012", "Singapore", "0065 0310 77", "2026-11-27", "12228.78", "USD"),
		d.bill("GB26-0110729", "Slough", "0044 7702 55", "2026-11-26", "12318.32", "GBP"),
		d.bill("GB26-C004132", "Slough", "0044 7702 55", "2026-11-24", "-1944.00", "GBP", creditNote),
		d.bill("IT26-0108397", "Parma", "0039 0711 40", "2026-11-20", "4579.18", "EUR", changed),
		d.bill("MA26-0097971", "Agadir", "0212 0440 19", "2026-11-16", "2930.8512", "EUR"),
		d.bill("FR26-0142277", "Group backbone", "0071 9001 00", "2026-11-04", "65993.39", "EUR"),
		d.bill("FR26-X000017", "Lyon plant", "0071 4420 26", "2026-11-03", "", "EUR", templates.Tag{Text: d.texts.S("kind.other")}),
		d.bill("PL26-C000411", "Wrocław plant", "0048 0902 11", "2026-11-02", "-12345678901.10", "PLN", creditNote, changed),
	}
	rows[4].DocumentURL = ""
	rows[4].Period = d.texts.Period(i18n.Day{Year: 2026, Month: 8, Day: 1}, i18n.Day{Year: 2026, Month: 10, Day: 31})
	return rows
}

// oddBills are rows with names that are too long, run the other way or mean harm.
func (d desk) oddBills() []templates.BillRow {
	rows := []templates.BillRow{
		d.bill("FR26-0000000000000000000000000000000000000000000000000000001", longName, "0071 4420 18", "2026-11-05", "123456789012345.6789", "EUR",
			templates.Tag{Text: d.texts.S("kind.creditnote")}, templates.Tag{Text: d.texts.S("tag.changed"), Kind: templates.TagWarn}),
		d.bill("AE26-0000007", rightToLeft, "0971 0001 01", "2026-11-04", "18.00", "AED"),
		d.bill(hostile, hostile, hostile, "2026-11-03", "1.00", "USD", templates.Tag{Text: hostile}),
	}
	rows[1].Total = templates.Amount{Text: "1e9999", Whole: "1e9999", Currency: "AED"}
	return rows
}

func (d desk) overview() templates.OverviewView {
	return templates.OverviewView{
		Page:  d.page(d.texts.S("overview.title"), "overview"),
		Lede:  d.texts.S("overview.issued", d.texts.MonthName(11), d.texts.N("count.bills", 17)),
		Month: d.month(),
		New:   &templates.NewBills{Heading: d.texts.S("overview.new"), Since: d.texts.S("overview.since", d.texts.DateTime(time.Date(2026, 11, 23, 17, 41, 0, 0, time.UTC))), Bills: d.bills()[:6]},
	}
}

func (d desk) month() templates.MonthView {
	t := d.texts
	november := t.Month(2026, 11)
	return templates.MonthView{
		Heading: t.S("overview.heading", november), Now: t.S("overview.sofar", t.MonthName(11)),
		Heroes: []templates.Hero{
			d.hero("EUR", "164899.34", 15858874, 14889768, 14343423, 15127815, 15148438, 14942934, 15623310, 16273637, 16331331, 14339550, 15922701, 15687081, 16489934),
			d.hero("GBP", "15703.37", 1704390, 1465298, 1461798, 1570254, -317198, 1568064, 1433588, 1708038, 1528285, 1456035, 1762351, 1665888, 1570337),
			d.hero("USD", "31974.62", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3879331, 3312782, 3197462),
		},
		Table: templates.MonthTable{
			Caption: t.S("overview.tablecaption", t.Month(2025, 11), november), Currencies: []string{"EUR", "GBP", "USD"},
			Rows: []templates.MonthRow{
				{Label: november, URL: "/bills?issued=2026-11", Amounts: []templates.Amount{d.amount("164899.34", ""), d.amount("15703.37", ""), d.amount("31974.62", "")}},
				{Label: t.Month(2026, 10), URL: "/bills?issued=2026-10", Amounts: []templates.Amount{d.amount("156870.81", ""), d.amount("16658.88", ""), d.amount("", "")}},
			},
			Mean: []templates.Amount{d.amount("153740.72", ""), d.amount("15784.32", ""), d.amount("34112.83", "")},
		},
	}
}

// hero draws values in cents; zero stands for a month without a bill.
func (d desk) hero(currency, total string, cents ...int64) templates.Hero {
	var months []templates.ChartMonth
	var sum int64
	for i, value := range cents {
		month := time.Month((i+10)%12 + 1)
		months = append(months, templates.ChartMonth{Label: d.texts.MonthLetter(month), Title: d.texts.MonthName(month), Value: value, Known: value != 0, Now: i == len(cents)-1})
		sum += value
	}
	mean := sum / int64(len(cents))
	hero := templates.Hero{
		URL: "/bills?issued=month", Currency: d.texts.Currency(currency), Total: d.amount(total, currency),
		Chart: templates.NewChart(d.texts.S("overview.chart", d.texts.Currency(currency), "a", "b", "c"), months, &mean),
		Versus: []templates.Versus{
			{Figure: d.texts.SignedPercent("5.1"), Text: d.texts.S("overview.onmonth", d.texts.MonthName(10))},
			{Figure: d.texts.SignedPercent("-7.3"), Text: d.texts.S("overview.onmean")},
		},
	}
	if currency == "GBP" {
		hero.Excluded = d.texts.N("totals.excluded", 1, d.texts.Month(2026, 10))
		hero.Versus[0] = templates.Versus{Text: d.texts.S("overview.short")}
	}
	if currency == "USD" {
		hero.Versus[1] = templates.Versus{Text: d.texts.S("overview.nomean")}
		hero.Chart = templates.NewChart(hero.Chart.Summary, months, nil)
	}
	return hero
}
