package export

import (
	"billportal/internal/access"
	"billportal/internal/billing"
)

// GrantChanges is what a grants file does to the grants in force.
type GrantChanges struct {
	Added   []access.Grant // of the file, each once
	Kept    int            // grants of the file that are in force already
	Removed []access.Grant // in force and not in the file
}

// ChangesOfGrants compares the grants of a file that CheckGrants has passed with those
// in force. Without replace nothing is removed.
func ChangesOfGrants(file, inForce []access.Grant, replace bool) GrantChanges {
	var changes GrantChanges
	there, named := map[grantKey]bool{}, map[grantKey]bool{}
	for _, g := range inForce {
		there[keyOf(g)] = true
	}
	for _, g := range file {
		key := keyOf(g)
		switch {
		case named[key]:
		case there[key]:
			changes.Kept++
		default:
			changes.Added = append(changes.Added, g)
		}
		named[key] = true
	}
	for _, g := range inForce {
		if replace && !named[keyOf(g)] {
			changes.Removed = append(changes.Removed, g)
		}
	}
	return changes
}

// grantKey tells grants apart as the database does.
type grantKey struct {
	granteeKind access.GranteeKind
	group       string
	person      access.PersonID
	targetKind  access.TargetKind
	target      string
}

func keyOf(g access.Grant) grantKey {
	key := grantKey{granteeKind: g.GranteeKind, person: g.Person, targetKind: g.TargetKind, target: g.Target}
	if g.GranteeKind == access.GranteeGroup {
		key.group = g.Grantee
	}
	if g.TargetKind == access.TargetAccountGroup {
		key.target = foldedGroup(g.Target)
	}
	return key
}

// AccountChange is an account of the register before and after a file. One that was
// not in the register before has no number there.
type AccountChange struct {
	Before, After billing.BillingAccount
}

// ChangesOfRegister is what a register file does to the register, without the
// accounts that stay as they are. With replace an account that is not in the file
// loses what the company said of it.
func ChangesOfRegister(file, register []billing.BillingAccount, replace bool) []AccountChange {
	before := make(map[billing.AccountNumber]billing.BillingAccount, len(register))
	for _, a := range register {
		before[a.Number] = a
	}
	var changes []AccountChange
	named := map[billing.AccountNumber]bool{}
	for _, a := range file {
		named[a.Number] = true
		after := before[a.Number]
		after.Number, after.Name, after.Group, after.CostCentre, after.Country = a.Number, a.Name, a.Group, a.CostCentre, a.Country
		after.Status, after.Decided = a.Status, true
		if after != before[a.Number] {
			changes = append(changes, AccountChange{Before: before[a.Number], After: after})
		}
	}
	for _, a := range register {
		if !replace || named[a.Number] || !a.Decided {
			continue
		}
		after := a
		after.Name, after.Group, after.CostCentre, after.Country = "", "", "", a.UpstreamCountry
		after.Status, after.Decided = billing.Hidden, false
		changes = append(changes, AccountChange{Before: a, After: after})
	}
	return changes
}
