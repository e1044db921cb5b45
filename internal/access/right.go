// Package access says who may do and see what: people, their sessions, roles
// and rights, grants, and the scope that every query for bills takes. It is
// pure: it decides, and leaves reading and writing to others.
package access

import (
	"errors"
	"slices"
)

// ErrRight says that a person lacks the right to what they asked for.
var ErrRight = errors.New("access: the right is missing")

// Right is one thing that a person may do. Which accounts it may be done with
// is the matter of grants.
type Right uint8

// The rights. Administer is about accounts, grants and the link to Orange; it
// shows no bill.
const (
	View Right = 1 << iota
	Download
	Export
	Review
	Administer
)

// Rights is a set of rights; its zero value holds none.
type Rights uint8

// RightsOf is the set of the given rights.
func RightsOf(rights ...Right) Rights {
	var set Rights
	for _, r := range rights {
		set |= Rights(r)
	}
	return set
}

// Has reports whether the set holds a right. No set holds the right zero.
func (s Rights) Has(r Right) bool { return r != 0 && s&Rights(r) == Rights(r) }

// Role is a named set of rights that groups of the identity provider confer.
type Role string

// The roles. A person may hold several.
const (
	Employee   Role = "employee"
	Accountant Role = "accountant"
	Admin      Role = "admin"
)

// Policy is the company's choice of which groups confer which role.
type Policy struct {
	Issuer            string            // of the identity provider that people sign in at
	Groups            map[Role][]string // exact group names
	EmployeesDownload bool              // employees may download single PDFs
}

// Roles is the set of roles that membership of groups confers, in the order
// employee, accountant, admin. Names match byte for byte; no match is no role.
func (p Policy) Roles(groups []string) []Role {
	member := make(map[string]bool, len(groups))
	for _, g := range groups {
		member[g] = g != ""
	}
	var roles []Role
	for _, role := range []Role{Employee, Accountant, Admin} {
		for _, g := range p.Groups[role] {
			if member[g] {
				roles = append(roles, role)
				break
			}
		}
	}
	return roles
}

// Conferring is those of some groups that confer a role.
func (p Policy) Conferring(role Role, groups []string) []string {
	var confer []string
	for _, g := range groups {
		if g != "" && slices.Contains(p.Groups[role], g) && !slices.Contains(confer, g) {
			confer = append(confer, g)
		}
	}
	return confer
}

// RolesOf is the set of roles of a person: what their groups confer. Whoever
// signed in by a link from the command line is an admin and nothing else.
func (p Policy) RolesOf(person Person) []Role {
	switch {
	case person.Disabled:
		return nil
	case person.ByLink():
		return []Role{Admin}
	}
	return p.Roles(person.Groups)
}

// OthersAdminister reports whether one of some people can administer besides one
// person, or that person cannot anyway. Who signs in by a link does not count, and
// neither does anybody of another issuer, who cannot sign in any more.
func (p Policy) OthersAdminister(people []Person, besides Person) bool {
	admin := func(one Person) bool { return one.Issuer == p.Issuer && slices.Contains(p.RolesOf(one), Admin) }
	return !admin(besides) || slices.ContainsFunc(people, func(other Person) bool { return other.ID != besides.ID && admin(other) })
}

// Rights is the union of the rights of roles; a role that is not known gives
// none.
func (p Policy) Rights(roles []Role) Rights {
	var set Rights
	for _, role := range roles {
		switch role {
		case Employee:
			set |= RightsOf(View)
			if p.EmployeesDownload {
				set |= RightsOf(Download)
			}
		case Accountant:
			set |= RightsOf(View, Download, Export, Review)
		case Admin:
			set |= RightsOf(Administer)
		}
	}
	return set
}
