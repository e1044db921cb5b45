package templates

// OverviewView is the first page after signing in.
type OverviewView struct {
	Page
	Lede  string
	Setup *SetupSteps    // what an admin still has to do; nil when the portal is set up
	Sync  *FirstSyncView // nil unless the first copy is running
	Empty *Empty         // in place of figures and tables, when there is nothing to show
	Month MonthView
	New   *NewBills
}

// MonthView compares the running month with those before it, a column a currency.
type MonthView struct {
	Heading string // "November 2026, by currency"
	Heroes  []Hero
	Now     string // legend of the running month: "November so far"
	Table   MonthTable
}

// Hero is one currency's figure of the month, with its chart.
type Hero struct {
	URL      string // its bills of the month
	Currency string // its name: "Euro"
	Total    Amount
	Excluded string   // names the months whose sums leave bills out, or empty
	Versus   []Versus // against the month before and the mean; words alone where that is not known
	Chart    Chart
}

// Versus is one comparison: "+5.1%" and "on October". Without a figure Text stands alone.
type Versus struct {
	Figure, Text string
}

// MonthTable holds the same figures as the charts.
type MonthTable struct {
	Caption    string
	Currencies []string // codes, one a column
	Rows       []MonthRow
	Mean       []Amount // empty when there is no mean yet
}

// MonthRow is one month with an amount a currency; amounts carry no currency code here.
type MonthRow struct {
	Label   string
	URL     string // its bills
	Amounts []Amount
}

// NewBills are the bills that came since the person's last visit or, on a first one, the newest.
type NewBills struct {
	Heading string
	Since   string // "Since 23 Nov 2026, 17:41.", or empty
	Bills   []BillRow
}
