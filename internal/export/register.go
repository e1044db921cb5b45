package export

import (
	"encoding/csv"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"billportal/internal/billing"
)

var registerColumns = []string{"number", "name", "group", "cost_centre", "country", "status"}

// RegisterHeader is the first line of a register file.
func RegisterHeader() string { return strings.Join(registerColumns, ",") }

// Register writes the register of accounts as the file that ParseRegister reads.
func Register(w io.Writer, accounts []billing.BillingAccount) error {
	out := csv.NewWriter(w)
	rows := [][]string{registerColumns}
	for _, a := range accounts {
		rows = append(rows, []string{
			text(string(a.Number)), text(a.Name), text(a.Group), text(a.CostCentre), text(a.Country), string(a.Status),
		})
	}
	return out.WriteAll(rows)
}

var countryPattern = regexp.MustCompile(`^([A-Z]{2})?$`)

// IsCountry reports whether s is a country's two letters (ISO 3166-1 alpha-2), or
// nothing.
func IsCountry(s string) bool { return countryPattern.MatchString(s) }

// MaxText is how long a name or number may be, in characters.
const MaxText = 200

// ParseRegister reads a register file. A number that differs from a known one, or
// from one in the same file, by separators alone is a fault: it would be a second
// account that no bill names. The error is LineErrors with every bad line; then no
// account is returned.
func ParseRegister(r io.Reader, known []billing.BillingAccount) ([]billing.BillingAccount, error) {
	lines, errs := readLines(r, registerColumns)
	accounts := make([]billing.BillingAccount, 0, len(lines))
	first := map[billing.AccountNumber]int{}
	spellings := spellingsOf(known)
	for _, l := range lines {
		a := billing.BillingAccount{
			Number: billing.AccountNumber(l.cells["number"]), Name: l.cells["name"], Group: l.cells["group"],
			CostCentre: l.cells["cost_centre"], Country: strings.ToUpper(l.cells["country"]),
			Status: billing.AccountStatus(l.cells["status"]),
		}
		for _, reason := range AccountFaults(a) {
			errs.add(l.number, "%s", reason)
		}
		if before, twice := first[a.Number]; twice && a.Number != "" {
			errs.add(l.number, "account %q stands in line %d already", a.Number, before)
		}
		if other, differs := spellings.other(a.Number); differs {
			errs.add(l.number, "account %q is written %q elsewhere", a.Number, other)
		}
		spellings.add(a.Number)
		first[a.Number] = l.number
		accounts = append(accounts, a)
	}
	if len(errs) > 0 {
		return nil, errs.orNil()
	}
	return accounts, nil
}

// spellings are account numbers as they are written, by the number without
// separators.
type spellings map[string][]billing.AccountNumber

func spellingsOf(accounts []billing.BillingAccount) spellings {
	s := spellings{}
	for _, a := range accounts {
		s.add(a.Number)
	}
	return s
}

func (s spellings) add(n billing.AccountNumber) { s[n.SearchKey()] = append(s[n.SearchKey()], n) }

// other is a number that differs from n by separators alone, unless n itself is known.
func (s spellings) other(n billing.AccountNumber) (billing.AccountNumber, bool) {
	same := s[n.SearchKey()]
	if n.SearchKey() == "" || len(same) == 0 || slices.Contains(same, n) {
		return "", false
	}
	return same[0], true
}

// AccountFaults says what is wrong with what somebody entered about an account.
func AccountFaults(a billing.BillingAccount) []string {
	var faults []string
	if a.Number == "" {
		faults = append(faults, "the number is missing")
	}
	for _, s := range []string{string(a.Number), a.Name, a.Group, a.CostCentre} {
		if !oneLine(s) {
			faults = append(faults, "a text is longer than 200 characters or holds a control character")
			break
		}
	}
	if !IsCountry(a.Country) {
		faults = append(faults, "the country must be two letters, such as FR")
	}
	if !slices.Contains(billing.Statuses(), a.Status) {
		faults = append(faults, "the status must be admitted, hidden or closed")
	}
	return faults
}

// oneLine reports whether a text may be a name or number: of at most MaxText
// characters, none of them a control character.
func oneLine(s string) bool {
	return utf8.RuneCountInString(s) <= MaxText && billing.CleanText(s)
}
