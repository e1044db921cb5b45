package sandbox

import "slices"

// Form says how a dialect writes a value that the World knows as text.
type Form string

// The forms.
const (
	AsText       Form = "text"       // a JSON string, the World's text itself
	AsNumber     Form = "number"     // a JSON number with the digits of the World's text
	AsNumeric    Form = "numeric"    // the same, or a string of the same digits
	AsMoney      Form = "money"      // {"unit": currency, "value": number}
	AsDay        Form = "day"        // YYYY-MM-DD
	AsDayStart   Form = "dayStart"   // the first instant of the day, UTC
	AsDayEnd     Form = "dayEnd"     // the last second of the day, UTC
	AsInstant    Form = "instant"    // RFC 3339
	AsWord       Form = "word"       // a word of the dialect's own for the World's word
	AsDoubtful   Form = "doubtful"   // the World's text, or something nobody knows
	AsList       Form = "list"       // as many as the World has
	AsListOrNull Form = "listOrNull" // the same, or null
)

// Field is one thing a dialect tells.
type Field struct {
	Record string // Bill, Tax, Item or Account
	Field  string // of that Go type, as in Bill.AccountNumber
	Path   string // in the JSON, with dots; from the bill's tax for Tax
	Form   Form
}

// Carried lists what a dialect tells of the World's bills, their taxes, items
// and accounts. What is not in the list cannot be known from the dialect's JSON.
func Carried(d Dialect) []Field {
	switch d {
	case TMF:
		return slices.Clone(tmfCarries)
	case Sparse:
		return slices.Concat(sparseCarries, fieldsOf(nativeCarries, "Item"))
	case Hostile:
		return hostileCarries()
	default:
		return slices.Clone(nativeCarries)
	}
}

func fieldsOf(fields []Field, record string) []Field {
	return slices.DeleteFunc(slices.Clone(fields), func(f Field) bool { return f.Record != record })
}

var nativeCarries = []Field{
	{"Bill", "ID", "id", AsText},
	{"Bill", "Number", "number", AsText},
	{"Bill", "Type", "type", AsText},
	{"Bill", "SendingFormat", "sendingFormat", AsText},
	{"Bill", "AccountID", "billingAccount.id", AsText},
	{"Bill", "AccountNumber", "billingAccount.number", AsText},
	{"Bill", "AccountName", "billingAccount.name", AsText},
	{"Bill", "IssuedAt", "issuedAt", AsDay},
	{"Bill", "PeriodStart", "period.start", AsDay},
	{"Bill", "PeriodEnd", "period.end", AsDay},
	{"Bill", "DueAt", "dueAt", AsDay},
	{"Bill", "State", "state", AsText},
	{"Bill", "Currency", "currency", AsText},
	{"Bill", "Net", "amountExcludingTax", AsNumber},
	{"Bill", "Tax", "taxAmount", AsNumber},
	{"Bill", "Gross", "amountIncludingTax", AsNumber},
	{"Bill", "AmountDue", "amountDue", AsNumber},
	{"Bill", "Taxes", "taxes", AsList},
	{"Bill", "PurchaseOrder", "purchaseOrder", AsText},
	{"Bill", "OriginalID", "originalBill.id", AsText},
	{"Bill", "OriginalNumber", "originalBill.number", AsText},
	{"Bill", "UpdatedAt", "updatedAt", AsInstant},
	{"Tax", "Category", "category", AsText},
	{"Tax", "Rate", "rate", AsNumber},
	{"Tax", "Base", "base", AsNumber},
	{"Tax", "Amount", "amount", AsNumber},
	{"Item", "ID", "id", AsText},
	{"Item", "BillID", "billId", AsText},
	{"Item", "LineNumber", "lineNumber", AsNumber},
	{"Item", "Category", "category", AsText},
	{"Item", "Label", "label", AsText},
	{"Item", "InstalledOfferID", "installedOfferId", AsText},
	{"Item", "SiteName", "site.name", AsText},
	{"Item", "SiteCountry", "site.country", AsText},
	{"Item", "PeriodStart", "period.start", AsDay},
	{"Item", "PeriodEnd", "period.end", AsDay},
	{"Item", "Quantity", "quantity", AsNumber},
	{"Item", "Unit", "unit", AsText},
	{"Item", "UnitPrice", "unitPrice", AsNumber},
	{"Item", "Net", "amountExcludingTax", AsNumber},
	{"Item", "TaxRate", "taxRate", AsNumber},
	{"Item", "Tax", "taxAmount", AsNumber},
	{"Item", "Gross", "amountIncludingTax", AsNumber},
	{"Item", "Currency", "currency", AsText},
	{"Account", "ID", "id", AsText},
	{"Account", "Number", "number", AsText},
	{"Account", "Name", "name", AsText},
	{"Account", "Status", "status", AsText},
	{"Account", "Currency", "currency", AsText},
	{"Account", "Country", "country", AsText},
	{"Account", "SendingFormat", "sendingFormat", AsText},
	{"Account", "PaymentTermDays", "paymentTermDays", AsNumber},
	{"Account", "PostCode", "address.postCode", AsText},
	{"Account", "City", "address.city", AsText},
}

var tmfCarries = []Field{
	{"Bill", "ID", "id", AsText},
	{"Bill", "Number", "billNo", AsText},
	{"Bill", "Type", "category", AsWord},
	{"Bill", "AccountNumber", "billingAccount.id", AsText},
	{"Bill", "AccountName", "billingAccount.name", AsText},
	{"Bill", "IssuedAt", "billDate", AsDayStart},
	{"Bill", "PeriodStart", "billingPeriod.startDateTime", AsDayStart},
	{"Bill", "PeriodEnd", "billingPeriod.endDateTime", AsDayEnd},
	{"Bill", "DueAt", "paymentDueDate", AsDayStart},
	{"Bill", "State", "state", AsText},
	{"Bill", "Currency", "taxIncludedAmount.unit", AsText},
	{"Bill", "Net", "taxExcludedAmount", AsMoney},
	{"Bill", "Gross", "taxIncludedAmount", AsMoney},
	{"Bill", "AmountDue", "amountDue", AsMoney},
	{"Bill", "Taxes", "taxItem", AsList},
	{"Bill", "UpdatedAt", "lastUpdate", AsInstant},
	{"Tax", "Category", "taxCategory", AsText},
	{"Tax", "Rate", "taxRate", AsNumber},
	{"Tax", "Amount", "taxAmount", AsMoney},
	{"Item", "ID", "id", AsText},
	{"Item", "BillID", "bill.id", AsText},
	{"Item", "Category", "type", AsWord},
	{"Item", "Label", "name", AsText},
	{"Item", "InstalledOfferID", "product.id", AsText},
	{"Item", "PeriodStart", "periodCoverage.startDateTime", AsDayStart},
	{"Item", "PeriodEnd", "periodCoverage.endDateTime", AsDayEnd},
	{"Item", "Net", "taxExcludedAmount", AsMoney},
	{"Item", "Gross", "taxIncludedAmount", AsMoney},
	{"Item", "Currency", "taxExcludedAmount.unit", AsText},
	{"Account", "Number", "id", AsText},
	{"Account", "Name", "name", AsText},
	{"Account", "Status", "state", AsWord},
	{"Account", "PaymentTermDays", "billStructure.cycleSpecification.paymentDueDateOffset", AsNumber},
}

var sparseCarries = []Field{
	{"Bill", "ID", "id", AsText},
	{"Bill", "Type", "type", AsText},
	{"Bill", "SendingFormat", "sendingFormat", AsText},
	{"Account", "ID", "id", AsText},
	{"Account", "Number", "number", AsText},
}

// hostileCarries is the native list, less sure of some of it.
func hostileCarries() []Field {
	fields := slices.Clone(nativeCarries)
	for i := range fields {
		f := &fields[i]
		switch {
		case f.Record == "Bill" && f.Field == "Type":
			f.Form = AsDoubtful
		case f.Record == "Bill" && (f.Field == "State" || f.Field == "SendingFormat"):
			f.Form = AsDoubtful
		case f.Record == "Item" && f.Field == "Category":
			f.Form = AsDoubtful
		case f.Form == AsList:
			f.Form = AsListOrNull
		case f.Form == AsNumber && f.Record != "Tax":
			f.Form = AsNumeric
		}
	}
	return fields
}
