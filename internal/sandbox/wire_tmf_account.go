package sandbox

// The TMF dialect, accounts: TMF666 v4, resource billingAccount.

type tmfName struct {
	Name string `json:"name"`
}

type tmfCycle struct {
	Name          string `json:"name"`
	Frequency     string `json:"frequency"`
	BillingPeriod string `json:"billingPeriod"`
	DueDateOffset int    `json:"paymentDueDateOffset"`
}

type tmfStructure struct {
	Format tmfName   `json:"format"`
	Media  []tmfName `json:"presentationMedia"`
	Cycle  tmfCycle  `json:"cycleSpecification"`
}

type tmfPlace struct {
	Street   string `json:"street1"`
	PostCode string `json:"postCode"`
	City     string `json:"city"`
	Country  string `json:"country"`
}

type tmfMedium struct {
	Type  string   `json:"mediumType"`
	Place tmfPlace `json:"characteristic"`
}

type tmfContact struct {
	Type   string      `json:"contactType"`
	Name   string      `json:"contactName"`
	Medium []tmfMedium `json:"contactMedium"`
}

type tmfAccount struct {
	ID            string       `json:"id"`
	Href          string       `json:"href"`
	Name          string       `json:"name"`
	AccountType   string       `json:"accountType"`
	State         string       `json:"state"`
	PaymentStatus string       `json:"paymentStatus"`
	BillStructure tmfStructure `json:"billStructure"`
	Contact       []tmfContact `json:"contact"`
	RelatedParty  []tmfParty   `json:"relatedParty"`
	Type          string       `json:"@type"`
}

// tmfStates are the words of TMF666 for the states of an account.
var tmfStates = map[string]string{StatusActive: "Active", StatusClosed: "Closed"}

func (a *Account) tmf() tmfAccount {
	ref := tmfAccountRef(a.Number, a.Name)
	return tmfAccount{
		ID: ref.ID, Href: ref.Href, Name: a.Name, AccountType: "business", State: tmfStates[a.Status], PaymentStatus: "due",
		BillStructure: tmfStructure{
			Format: tmfName{"detailed"}, Media: []tmfName{{a.SendingFormat}},
			Cycle: tmfCycle{"monthly", "monthly", "1 month", a.PaymentTermDays},
		},
		Contact: []tmfContact{{"billing", a.Entity, []tmfMedium{{
			"postalAddress", tmfPlace{a.AddressLine, a.PostCode, a.City, a.Country},
		}}}},
		RelatedParty: tmfCustomer(), Type: "BillingAccount",
	}
}
