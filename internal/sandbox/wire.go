package sandbox

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// The native dialect of the Billing API. Amounts are json.Number, so that the
// world's decimal text goes out as it stands, trailing zeros included.

type wireCustomer struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Segment string `json:"segment"`
}

type wireAccountRef struct {
	ID     string `json:"id"`
	Number string `json:"number"`
	Name   string `json:"name"`
}

type wirePeriod struct {
	Start string `json:"start"`
	End   string `json:"end"`
}

type wireTax struct {
	Category string      `json:"category"`
	Rate     json.Number `json:"rate"`
	Base     json.Number `json:"base"`
	Amount   json.Number `json:"amount"`
}

type wireBillRef struct {
	ID     string `json:"id"`
	Number string `json:"number"`
}

// wireDocument carries no size: a document is made when it is asked for.
type wireDocument struct {
	Name     string `json:"name"`
	MimeType string `json:"mimeType"`
}

type wireBill struct {
	ID                 string         `json:"id"`
	Number             string         `json:"number"`
	Type               string         `json:"type"`
	SendingFormat      string         `json:"sendingFormat"`
	Customer           wireCustomer   `json:"customer"`
	BillingAccount     wireAccountRef `json:"billingAccount"`
	IssuedAt           string         `json:"issuedAt"`
	Period             wirePeriod     `json:"period"`
	DueAt              *string        `json:"dueAt"`
	State              string         `json:"state"`
	Currency           string         `json:"currency"`
	AmountExcludingTax json.Number    `json:"amountExcludingTax"`
	TaxAmount          json.Number    `json:"taxAmount"`
	AmountIncludingTax json.Number    `json:"amountIncludingTax"`
	AmountDue          json.Number    `json:"amountDue"`
	Taxes              []wireTax      `json:"taxes"`
	PurchaseOrder      *string        `json:"purchaseOrder"`
	OriginalBill       *wireBillRef   `json:"originalBill"`
	Documents          []wireDocument `json:"documents"`
	UpdatedAt          string         `json:"updatedAt"`
}

type wireSite struct {
	Name    string `json:"name"`
	Country string `json:"country"`
}

type wireItem struct {
	ID                 string      `json:"id"`
	BillID             string      `json:"billId"`
	LineNumber         int         `json:"lineNumber"`
	Category           string      `json:"category"`
	Label              string      `json:"label"`
	InstalledOfferID   *string     `json:"installedOfferId"`
	Site               *wireSite   `json:"site"`
	Period             wirePeriod  `json:"period"`
	Quantity           json.Number `json:"quantity"`
	Unit               string      `json:"unit"`
	UnitPrice          json.Number `json:"unitPrice"`
	AmountExcludingTax json.Number `json:"amountExcludingTax"`
	TaxRate            json.Number `json:"taxRate"`
	TaxAmount          json.Number `json:"taxAmount"`
	AmountIncludingTax json.Number `json:"amountIncludingTax"`
	Currency           string      `json:"currency"`
}

type wireAddress struct {
	Lines    []string `json:"lines"`
	PostCode string   `json:"postCode"`
	City     string   `json:"city"`
	Country  string   `json:"country"`
}

type wireAccount struct {
	ID              string       `json:"id"`
	Number          string       `json:"number"`
	Name            string       `json:"name"`
	Status          string       `json:"status"`
	Customer        wireCustomer `json:"customer"`
	Currency        string       `json:"currency"`
	Country         string       `json:"country"`
	SendingFormat   string       `json:"sendingFormat"`
	BillingCycle    string       `json:"billingCycle"`
	PaymentTermDays int          `json:"paymentTermDays"`
	Address         wireAddress  `json:"address"`
}

// theCustomer is the company, as the supplier knows it.
var theCustomer = wireCustomer{ID: "70114", Name: "Meridian Foods SA", Segment: "int"}

// orNull is nil for an empty text, which JSON writes as null.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (b *Bill) wire() wireBill {
	taxes := make([]wireTax, len(b.Taxes))
	for i, t := range b.Taxes {
		taxes[i] = wireTax{t.Category, json.Number(t.Rate), json.Number(t.Base), json.Number(t.Amount)}
	}
	var original *wireBillRef
	if b.OriginalID != "" {
		original = &wireBillRef{b.OriginalID, b.OriginalNumber}
	}
	return wireBill{
		ID: b.ID, Number: b.Number, Type: b.Type, SendingFormat: b.SendingFormat,
		Customer:       theCustomer,
		BillingAccount: wireAccountRef{b.AccountID, b.AccountNumber, b.AccountName},
		IssuedAt:       b.IssuedAt, Period: wirePeriod{b.PeriodStart, b.PeriodEnd}, DueAt: orNull(b.DueAt),
		State: b.State, Currency: b.Currency,
		AmountExcludingTax: json.Number(b.Net), TaxAmount: json.Number(b.Tax),
		AmountIncludingTax: json.Number(b.Gross), AmountDue: json.Number(b.AmountDue),
		Taxes: taxes, PurchaseOrder: orNull(b.PurchaseOrder), OriginalBill: original,
		Documents: []wireDocument{{b.Number + ".pdf", typePDF}},
		UpdatedAt: b.UpdatedAt,
	}
}

func (i *Item) wire() wireItem {
	var site *wireSite
	if i.SiteName != "" {
		site = &wireSite{i.SiteName, i.SiteCountry}
	}
	return wireItem{
		ID: i.ID, BillID: i.BillID, LineNumber: i.LineNumber, Category: i.Category, Label: i.Label,
		InstalledOfferID: orNull(i.InstalledOfferID), Site: site,
		Period:   wirePeriod{i.PeriodStart, i.PeriodEnd},
		Quantity: json.Number(i.Quantity), Unit: i.Unit, UnitPrice: json.Number(i.UnitPrice),
		AmountExcludingTax: json.Number(i.Net), TaxRate: json.Number(i.TaxRate),
		TaxAmount: json.Number(i.Tax), AmountIncludingTax: json.Number(i.Gross), Currency: i.Currency,
	}
}

func (a *Account) wire() wireAccount {
	return wireAccount{
		ID: a.ID, Number: a.Number, Name: a.Name, Status: a.Status, Customer: theCustomer,
		Currency: a.Currency, Country: a.Country, SendingFormat: a.SendingFormat,
		BillingCycle: "monthly", PaymentTermDays: a.PaymentTermDays,
		Address: wireAddress{[]string{a.AddressLine}, a.PostCode, a.City, a.Country},
	}
}

// jsonText writes v without escaping HTML characters, which Orange does not do
// either. It is only called with types that always marshal.
func jsonText(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("sandbox: the wire types must marshal: " + err.Error())
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

var billColumns = []string{
	"id", "number", "type", "billingAccountId", "billingAccountNumber", "issuedAt", "periodStart", "periodEnd",
	"dueAt", "state", "currency", "amountExcludingTax", "taxAmount", "amountIncludingTax", "amountDue",
	"purchaseOrder", "originalBillNumber", "updatedAt",
}

func (b *Bill) row() []string {
	return []string{
		b.ID, b.Number, b.Type, b.AccountID, b.AccountNumber, b.IssuedAt, b.PeriodStart, b.PeriodEnd,
		b.DueAt, b.State, b.Currency, b.Net, b.Tax, b.Gross, b.AmountDue,
		b.PurchaseOrder, b.OriginalNumber, b.UpdatedAt,
	}
}

var itemColumns = []string{
	"id", "billId", "lineNumber", "category", "label", "installedOfferId", "siteName", "siteCountry",
	"periodStart", "periodEnd", "quantity", "unit", "unitPrice", "amountExcludingTax", "taxRate", "taxAmount",
	"amountIncludingTax", "currency",
}

func (i *Item) row() []string {
	return []string{
		i.ID, i.BillID, strconv.Itoa(i.LineNumber), i.Category, i.Label, i.InstalledOfferID, i.SiteName, i.SiteCountry,
		i.PeriodStart, i.PeriodEnd, i.Quantity, i.Unit, i.UnitPrice, i.Net, i.TaxRate, i.Tax,
		i.Gross, i.Currency,
	}
}
