package templates

// SessionRow is one signed-in browser.
type SessionRow struct {
	ID      string // opens nothing
	Browser string // "Firefox on Windows"
	Address string // may be empty
	Since   string
	Used    string
	Current bool   // the one that this page was asked for with
	EndURL  string // empty when it cannot be ended here
}
