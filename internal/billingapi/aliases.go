package billingapi

// The alias tables name each notion first as Orange's own APIs do, then as
// TMF678 and TMF666 do, then in other ways seen in the field.

func billAliases() Aliases {
	return Aliases{
		"id":            {"id", "billId"},
		"number":        {"number", "billNo", "billNumber", "invoiceNumber"},
		"type":          {"type", "category", "billType"},
		"state":         {"state", "status"},
		"accountNumber": {"billingAccount.number", "billingAccount.accountNumber", "billingAccountNumber", "accountNumber", "account.number", "billingAccount", "account"},
		"accountID":     {"billingAccount.id", "billingAccountId", "account.id", "accountId"},
		"accountName":   {"billingAccount.name", "billingAccountName", "account.name", "accountName"},
		"issuedOn":      {"issuedAt", "billDate", "issueDate", "issuedOn", "invoiceDate"},
		"dueOn":         {"dueAt", "paymentDueDate", "dueDate", "dueOn"},
		"periodFirst":   {"period.start", "billingPeriod.startDateTime", "period.startDateTime", "period.startDate", "periodStart"},
		"periodLast":    {"period.end", "billingPeriod.endDateTime", "period.endDateTime", "period.endDate", "periodEnd"},
		"period":        {"period", "billingPeriod"},
		"currency":      {"currency", "currencyCode"},
		"net":           {"amountExcludingTax", "taxExcludedAmount", "netAmount"},
		"tax":           {"taxAmount", "taxItem.taxAmount"},
		"gross":         {"amountIncludingTax", "taxIncludedAmount", "grossAmount", "totalAmount"},
		"due":           {"amountDue", "remainingAmount"},
		"taxes":         {"taxes", "taxItem"},
		"purchaseOrder": {"purchaseOrder", "purchaseOrder.number", "purchaseOrderNumber"},
		"sendingFormat": {"sendingFormat"},
		"originalID":    {"originalBill.id", "originalBillId"},
		"originalNo":    {"originalBill.number", "originalBill.billNo", "originalBillNumber", "originalBill"},
		"updatedAt":     {"updatedAt", "lastUpdate", "lastModified"},
	}
}

func taxAliases() Aliases {
	return Aliases{
		"category": {"category", "taxCategory", "type"},
		"rate":     {"rate", "taxRate"},
		"base":     {"base", "taxBase", "taxableAmount"},
		"amount":   {"amount", "taxAmount"},
	}
}

func itemAliases() Aliases {
	return Aliases{
		"id":          {"id"},
		"line":        {"lineNumber", "line"},
		"category":    {"category", "appliedBillingRateType", "type"},
		"label":       {"label", "name", "description"},
		"offer":       {"installedOfferId", "installedOffer.id", "product.id"},
		"site":        {"site.name", "site", "siteName"},
		"country":     {"site.country", "country"},
		"periodFirst": {"period.start", "periodCoverage.startDateTime", "period.startDateTime", "period.startDate"},
		"periodLast":  {"period.end", "periodCoverage.endDateTime", "period.endDateTime", "period.endDate"},
		"period":      {"period", "periodCoverage"},
		"quantity":    {"quantity", "quantity.amount", "quantity.value"},
		"unit":        {"unit", "quantity.units", "quantity.unit"},
		"unitPrice":   {"unitPrice", "unitPrice.value", "unitPrice.amount"},
		"currency":    {"currency", "currencyCode"},
		"net":         {"amountExcludingTax", "taxExcludedAmount", "netAmount"},
		"taxRate":     {"taxRate", "appliedTax.taxRate"},
		"tax":         {"taxAmount", "appliedTax.taxAmount"},
		"gross":       {"amountIncludingTax", "taxIncludedAmount", "grossAmount"},
	}
}

func accountAliases() Aliases {
	return Aliases{
		"id":       {"id", "billingAccountId"},
		"number":   {"number", "accountNumber", "billingAccountNumber"},
		"name":     {"name"},
		"status":   {"status", "state"},
		"country":  {"country", "address.country"},
		"currency": {"currency", "currencyCode"},
	}
}
