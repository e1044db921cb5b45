package billing

// Item is one line of a bill.
type Item struct {
	UpstreamID UpstreamID
	Line       int // as numbered by Orange, or by position from 1
	Category   string
	Label      string
	OfferID    string // the installed offer that the line bills
	SiteName   string
	Country    string // ISO 3166-1 alpha-2 of the site
	Period     Period
	Quantity   Decimal
	Unit       string
	UnitPrice  Decimal
	Net        Money
	TaxRate    Decimal // per cent
	Tax, Gross Money
}
