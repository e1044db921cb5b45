package export

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"billportal/internal/access"
	"billportal/internal/billing"
)

var grantColumns = []string{"grantee_kind", "grantee", "target_kind", "target"}

// GrantsHeader is the first line of a grants file.
func GrantsHeader() string { return strings.Join(grantColumns, ",") }

// Grants writes grants as the file that ParseGrants reads.
func Grants(w io.Writer, grants []access.Grant) error {
	out := csv.NewWriter(w)
	rows := [][]string{grantColumns}
	for _, g := range grants {
		rows = append(rows, []string{string(g.GranteeKind), text(g.Grantee), string(g.TargetKind), text(g.Target)})
	}
	return out.WriteAll(rows)
}

// ParsedGrant is a grant and the line of the file that it stands in.
type ParsedGrant struct {
	access.Grant
	Line int
}

// ParseGrants reads a grants file. The error is LineErrors with every bad line;
// then no grant is returned. Whether the people, accounts and groups exist is for
// the register to say.
func ParseGrants(r io.Reader) ([]ParsedGrant, error) {
	lines, errs := readLines(r, grantColumns)
	grants := make([]ParsedGrant, 0, len(lines))
	for _, l := range lines {
		g := access.Grant{
			GranteeKind: access.GranteeKind(l.cells["grantee_kind"]), Grantee: l.cells["grantee"],
			TargetKind: access.TargetKind(l.cells["target_kind"]), Target: l.cells["target"],
		}
		if g.TargetKind == access.TargetAll && g.Target == "*" {
			g.Target = ""
		}
		for _, reason := range GrantFaults(g) {
			errs.add(l.number, "%s", reason)
		}
		grants = append(grants, ParsedGrant{Grant: g, Line: l.number})
	}
	if len(errs) > 0 {
		return nil, errs.orNil()
	}
	return grants, nil
}

// Known is what the lines of a grants file can name.
type Known struct {
	Register []billing.BillingAccount
	Groups   []billing.AccountGroup
	People   []access.Person
	Issuer   string // of the present identity provider; "" when that is not configured here
}

// person finds who signs in by a subject. Somebody whom a former provider called so
// is not meant, nor is the one who signs in by a link. Where the provider is not
// known, a subject of two people names neither.
func (k Known) person(subject string) (access.PersonID, error) {
	var found []access.PersonID
	for _, p := range k.People {
		if p.Subject == subject && !p.ByLink() && (k.Issuer == "" || p.Issuer == k.Issuer) {
			found = append(found, p.ID)
		}
	}
	switch len(found) {
	case 0:
		return 0, fmt.Errorf("nobody of the subject %q has signed in", subject)
	case 1:
		return found[0], nil
	}
	return 0, fmt.Errorf("the subject %q is that of %d people", subject, len(found))
}

// CheckGrants finds the person of each line that names one, and says which lines
// name somebody who never signed in, or an account or group that the register does
// not hold. Groups need no account: one that a grant names stays. The error is
// LineErrors.
func CheckGrants(grants []ParsedGrant, known Known) error {
	accounts, groups := map[string]bool{}, map[string]bool{}
	for _, a := range known.Register {
		accounts[string(a.Number)] = true
	}
	for _, g := range known.Groups {
		groups[foldedGroup(g.Name)] = true
	}
	var errs LineErrors
	for i := range grants {
		g := &grants[i]
		var err error
		if g.GranteeKind == access.GranteePerson {
			g.Person, err = known.person(g.Grantee)
		}
		switch {
		case err != nil:
			errs.add(g.Line, "%s", err)
		case g.TargetKind == access.TargetAccount && !accounts[g.Target]:
			errs.add(g.Line, "the register has no account %q", g.Target)
		case g.TargetKind == access.TargetAccountGroup && !groups[foldedGroup(g.Target)]:
			errs.add(g.Line, "the register has no account group %q", g.Target)
		}
	}
	return errs.orNil()
}

// foldedGroup is the name of an account group as the register compares it: without
// regard to the case of ASCII letters.
func foldedGroup(name string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r - 'A' + 'a'
		}
		return r
	}, name)
}

// GrantsOf drops the line numbers.
func GrantsOf(parsed []ParsedGrant) []access.Grant {
	grants := make([]access.Grant, 0, len(parsed))
	for _, g := range parsed {
		grants = append(grants, g.Grant)
	}
	return grants
}

// GrantFaults says what is wrong with a grant as somebody entered it.
func GrantFaults(g access.Grant) []string {
	var faults []string
	if g.GranteeKind != access.GranteeGroup && g.GranteeKind != access.GranteePerson {
		faults = append(faults, "grantee_kind must be group or person")
	}
	if g.Grantee == "" || !oneLine(g.Grantee) {
		faults = append(faults, "the grantee is missing, longer than 200 characters or holds a control character")
	}
	switch g.TargetKind {
	case access.TargetAll:
		if g.Target != "" {
			faults = append(faults, "a grant of all accounts has no target")
		}
	case access.TargetAccount, access.TargetAccountGroup:
		if g.Target == "" {
			faults = append(faults, "the target is missing")
		}
	default:
		faults = append(faults, "target_kind must be account, account_group or all")
	}
	return faults
}
