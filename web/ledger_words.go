package web

import (
	"slices"
	"strconv"
	"strings"

	"billportal/internal/access"
	"billportal/internal/i18n"
	"billportal/internal/ledger"
	"billportal/templates"
)

// deeds are the actions of the ledger in the order in which a filter offers them,
// under the noun that heads them; whole says that the noun chooses all of them.
var deeds = []struct {
	noun    string
	whole   bool
	actions []string
}{
	{"session", true, []string{"session.open", "session.end", "session.replace", "session.refuse", "session.revoke", "session.provider"}},
	{"person", true, []string{"person.groups", "person.disable", "person.enable", "adminlink.make"}},
	{"bill", false, []string{"bill.view", "bills.search", "bills.export"}},
	{"document", true, []string{"document.view", "document.download"}},
	{"refusal", false, []string{"access.refuse", "pull.refuse"}},
	{"account", true, []string{"account.admit", "account.change", "account.hide", "register.import", "register.export"}},
	{"grant", true, []string{"grant.add", "grant.remove", "grants.export"}},
	{"ledger", true, []string{"ledger.view", "ledger.verify", "ledger.export"}},
}

// knownDeed reports whether a filter may ask for an action or a noun with its dot.
func knownDeed(what string) bool {
	for _, d := range deeds {
		if d.whole && what == d.noun+"." || slices.Contains(d.actions, what) {
			return true
		}
	}
	return false
}

// deedOptions offers nouns and actions to filter by.
func deedOptions(t *i18n.Texts, chosen string) []templates.OptionGroup {
	groups := []templates.OptionGroup{{Options: []templates.Option{{Label: t.S("ledger.anything")}}}}
	for _, d := range deeds {
		group := templates.OptionGroup{Label: t.S("ledger.noun." + d.noun)}
		if d.whole {
			group.Options = append(group.Options, templates.Option{Value: d.noun + ".", Label: t.S("ledger.whole." + d.noun), Selected: chosen == d.noun+"."})
		}
		for _, action := range d.actions {
			group.Options = append(group.Options, templates.Option{Value: action, Label: deed(t, action), Selected: chosen == action})
		}
		groups = append(groups, group)
	}
	return groups
}

// entryDeed is what an entry says was done. A refusal is of two kinds: a page without
// its right, and a thing that is not there for them.
func entryDeed(t *i18n.Texts, e ledger.Entry) string {
	switch {
	case e.Action == "access.refuse" && e.Detail == detailNoRight:
		return t.S("ledger.refused.right")
	case e.Action == "access.refuse" && e.Detail == detailNotTheirs:
		return t.S("ledger.refused.nottheirs")
	}
	return deed(t, e.Action)
}

// deed is an action in the reader's words; one without words stays as it is kept.
func deed(t *i18n.Texts, action string) string {
	key := "ledger.action." + action
	if text := t.S(key); text != key {
		return text
	}
	return action
}

// Actors that are nobody's.
const (
	actorPortal      = "portal"
	actorCommandLine = "command line"
	actorAnonymous   = "anonymous"
	actorProvider    = "identity provider" // changes people and ends sessions from its side
)

// nobodys are the actors who are no person, as a filter offers them.
var nobodys = []string{actorPortal, actorCommandLine, actorProvider, actorAnonymous}

// actorName is an actor who is no person in the reader's words.
func actorName(t *i18n.Texts, actor string) string {
	switch actor {
	case actorPortal:
		return t.S("ledger.portal")
	case actorCommandLine:
		return t.S("ledger.commandline")
	case actorAnonymous:
		return t.S("ledger.anonymous")
	case actorProvider:
		return t.S("ledger.provider")
	}
	return actor
}

// actorOptions offers everybody who can stand in the ledger.
func actorOptions(t *i18n.Texts, people []access.Person, chosen string) []templates.OptionGroup {
	nobody := templates.OptionGroup{Options: []templates.Option{{Label: t.S("ledger.anybody")}}}
	for _, actor := range nobodys {
		nobody.Options = append(nobody.Options, templates.Option{Value: actor, Label: actorName(t, actor), Selected: chosen == actor})
	}
	named := templates.OptionGroup{Label: t.S("nav.people")}
	for _, p := range people {
		value := actorKey(p)
		named.Options = append(named.Options, templates.Option{Value: value, Label: p.DisplayName() + " (" + p.Subject + ")", Selected: chosen == value})
	}
	sortOptions(t, named.Options)
	if len(people) == 0 {
		return []templates.OptionGroup{nobody}
	}
	return []templates.OptionGroup{nobody, named}
}

// actorKey is what begins every name that the ledger has for a person.
func actorKey(p access.Person) string { return "person:" + personKey(p.ID) }

// namedLink leads to the person of a name of the ledger, and says other names as
// they are.
func namedLink(t *i18n.Texts, name string) templates.Link {
	key, shown, ok := strings.Cut(name, " ")
	id, isPerson := strings.CutPrefix(key, "person:")
	if _, err := strconv.ParseInt(id, 10, 64); !ok || !isPerson || err != nil {
		return templates.Link{Label: actorName(t, name)}
	}
	return templates.Link{Label: shown, URL: "/admin/people/" + id}
}
