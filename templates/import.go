package templates

// ImportForm takes a CSV file. Errors name each bad line; then nothing was taken over.
type ImportForm struct {
	Action  string // where the file goes
	Format  string // the header line that the file begins with
	Summary string // "3 lines are wrong. Nothing was changed.", or empty
	Errors  []LineError
	Replace bool
}

// LineError is one bad line of an imported file.
type LineError struct {
	Line string // "Line 12"
	Text string
}

// ImportPreviewView says what a file would do that is to replace everything. Fields post to Action once
// more what was posted, the file included.
type ImportPreviewView struct {
	Page
	Summary   string // "This file adds 1, removes 4."
	Who, What string // heads of the columns
	Rows      []PreviewRow
	More      string // "and 12 more", or empty
	Action    string
	Fields    []HiddenField
	BackURL   string
}

// PreviewRow is one change: what happens to whom.
type PreviewRow struct {
	Change    string // "Removed"
	Removes   bool
	Who, What string
}
