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
