package templates

// AdminLedgerView shows who did what.
type AdminLedgerView struct {
	Page
	Filter    LedgerFilter
	List      LedgerListView
	ExportURL string
	Kept      []HiddenField // the filter and place that a verification comes back to
}

// LedgerFilter chooses entries of the ledger.
type LedgerFilter struct {
	Problems    []FieldProblem
	What, Who   []OptionGroup
	Concerns    Field // what entries are about
	From, Until Field
}

// LedgerListView is one page of entries. Without rows and Empty it shows nothing.
type LedgerListView struct {
	Rows  []LedgerRow
	Pager *Pager
	Empty *Empty
}

// LedgerRow is one entry. A link without an address is plain text.
type LedgerRow struct {
	Number    string
	When      Day // to the second
	Who       Link
	What      string
	Object    Link
	Detail    string
	Key       string // the portal's own key of the object, or empty
	RequestID string
	Hash      string
}
