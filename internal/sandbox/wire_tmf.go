package sandbox

import (
	"encoding/json"
	"strings"
)

// The TMF dialect, bills: TMF678 v4, resource customerBill.

type tmfMoney struct {
	Unit  string      `json:"unit"`
	Value json.Number `json:"value"`
}

type tmfSpan struct {
	Start string `json:"startDateTime"`
	End   string `json:"endDateTime"`
}

type tmfRef struct {
	ID   string `json:"id"`
	Href string `json:"href"`
	Name string `json:"name,omitempty"`
	Type string `json:"@referredType,omitempty"`
}

type tmfParty struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Role string `json:"role"`
	Type string `json:"@referredType"`
}

type tmfTax struct {
	Category string      `json:"taxCategory"`
	Rate     json.Number `json:"taxRate"`
	Amount   tmfMoney    `json:"taxAmount"`
}

type tmfPayment struct {
	Applied tmfMoney `json:"appliedAmount"`
	Payment tmfRef   `json:"payment"`
}

type tmfAttachment struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Kind     string `json:"attachmentType"`
	MimeType string `json:"mimeType"`
	URL      string `json:"url"`
}

type tmfBill struct {
	ID             string          `json:"id"`
	Href           string          `json:"href"`
	BillNo         string          `json:"billNo"`
	BillDate       string          `json:"billDate"`
	BillingPeriod  tmfSpan         `json:"billingPeriod"`
	PaymentDueDate *string         `json:"paymentDueDate,omitempty"`
	Category       string          `json:"category"`
	RunType        string          `json:"runType"`
	State          string          `json:"state"`
	LastUpdate     string          `json:"lastUpdate"`
	TaxExcluded    tmfMoney        `json:"taxExcludedAmount"`
	TaxIncluded    tmfMoney        `json:"taxIncludedAmount"`
	AmountDue      tmfMoney        `json:"amountDue"`
	Remaining      tmfMoney        `json:"remainingAmount"`
	TaxItem        []tmfTax        `json:"taxItem"`
	AppliedPayment []tmfPayment    `json:"appliedPayment"`
	BillingAccount tmfRef          `json:"billingAccount"`
	RelatedParty   []tmfParty      `json:"relatedParty"`
	BillDocument   []tmfAttachment `json:"billDocument"`
	Type           string          `json:"@type"`
}

// tmfCustomer is the company as a related party.
func tmfCustomer() []tmfParty {
	return []tmfParty{{theCustomer.ID, theCustomer.Name, "customer", "Organization"}}
}

// tmfStart and tmfEnd are the instants at which a day begins and ends.
func tmfStart(day string) string { return day + "T00:00:00.000Z" }

func tmfEnd(day string) string { return day + "T23:59:59.000Z" }

// tmfCategories are the words of TMF678 for the types of a bill.
var tmfCategories = map[string]string{TypeInvoice: "normal", TypeCreditNote: "credit note"}

func tmfAccountRef(number, name string) tmfRef {
	return tmfRef{number, apiBase + "/billingAccounts/" + strings.ReplaceAll(number, " ", "%20"), name, "BillingAccount"}
}

func (b *Bill) tmf() tmfBill {
	money := func(text string) tmfMoney { return tmfMoney{b.Currency, number(text)} }
	href := apiBase + "/bills/" + b.ID
	bill := tmfBill{
		ID: b.ID, Href: href, BillNo: b.Number, BillDate: tmfStart(b.IssuedAt),
		BillingPeriod: tmfSpan{tmfStart(b.PeriodStart), tmfEnd(b.PeriodEnd)},
		Category:      tmfCategories[b.Type], RunType: "onCycle", State: b.State, LastUpdate: b.UpdatedAt,
		TaxExcluded: money(b.Net), TaxIncluded: money(b.Gross), AmountDue: money(b.AmountDue), Remaining: money(b.AmountDue),
		TaxItem: make([]tmfTax, len(b.Taxes)), AppliedPayment: []tmfPayment{},
		BillingAccount: tmfAccountRef(b.AccountNumber, b.AccountName), RelatedParty: tmfCustomer(),
		BillDocument: []tmfAttachment{{b.ID, b.Number + ".pdf", "bill", typePDF, href}},
		Type:         "CustomerBill",
	}
	if b.DueAt != "" {
		due := tmfStart(b.DueAt)
		bill.PaymentDueDate = &due
	}
	for i, t := range b.Taxes {
		bill.TaxItem[i] = tmfTax{t.Category, number(t.Rate), money(t.Amount)}
	}
	if b.State == "settled" {
		bill.Remaining = money(decimal{0, currencyDigits(b.Currency)}.String())
		bill.AppliedPayment = []tmfPayment{{money(b.AmountDue), tmfRef{ID: "PAY-" + b.ID, Href: "/payments/PAY-" + b.ID, Type: "Payment"}}}
	}
	return bill
}

// tmfItem is an appliedCustomerBillingRate of TMF678 v4.
type tmfItem struct {
	ID             string   `json:"id"`
	Href           string   `json:"href"`
	Name           string   `json:"name"`
	Type           string   `json:"type"`
	Date           string   `json:"date"`
	IsBilled       bool     `json:"isBilled"`
	PeriodCoverage tmfSpan  `json:"periodCoverage"`
	Product        *tmfRef  `json:"product,omitempty"`
	TaxExcluded    tmfMoney `json:"taxExcludedAmount"`
	TaxIncluded    tmfMoney `json:"taxIncludedAmount"`
	AppliedTax     []tmfTax `json:"appliedTax"`
	Bill           tmfRef   `json:"bill"`
	BillingAccount tmfRef   `json:"billingAccount"`
}

// tmfRates are the words of TMF678 for the categories of an item.
var tmfRates = map[string]string{
	CategoryRecurring: "recurring", CategoryUsage: "usage", CategoryOneTime: "one-time",
	CategoryDiscount: "rebate", CategoryAdjustment: "product alteration",
}

func (i *Item) tmf(b *Bill) tmfItem {
	money := func(text string) tmfMoney { return tmfMoney{i.Currency, number(text)} }
	category := "VAT"
	if len(b.Taxes) > 0 {
		category = b.Taxes[0].Category
	}
	item := tmfItem{
		ID: i.ID, Href: apiBase + "/bills/" + i.BillID + "/items/" + i.ID, Name: i.Label, Type: tmfRates[i.Category],
		Date: tmfStart(b.IssuedAt), IsBilled: true,
		PeriodCoverage: tmfSpan{tmfStart(i.PeriodStart), tmfEnd(i.PeriodEnd)},
		TaxExcluded:    money(i.Net), TaxIncluded: money(i.Gross),
		AppliedTax:     []tmfTax{{category, number(i.TaxRate), money(i.Tax)}},
		Bill:           tmfRef{ID: b.ID, Href: apiBase + "/bills/" + b.ID, Type: "CustomerBill"},
		BillingAccount: tmfAccountRef(b.AccountNumber, b.AccountName),
	}
	if i.InstalledOfferID != "" {
		item.Product = &tmfRef{ID: i.InstalledOfferID, Href: "/products/" + i.InstalledOfferID, Type: "Product"}
	}
	return item
}
