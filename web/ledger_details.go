package web

import (
	"regexp"
	"strings"

	"billportal/internal/billing"
	"billportal/internal/i18n"
	"billportal/internal/ledger"
	"billportal/templates"
)

// detailWords are what the portal itself writes into an entry, by the key of the
// text that says it to the reader with what the groups of the pattern hold. The entry
// stays as it was written, and so does what matches none.
var detailWords = []struct {
	pattern *regexp.Regexp
	key     string
}{
	{regexp.MustCompile(`^the right is missing$`), "ledger.detail.right"},
	{regexp.MustCompile(`^not there or not theirs$`), "ledger.detail.nottheirs"},
	{regexp.MustCompile(`^the person is disabled$`), "ledger.detail.disabled"},
	{regexp.MustCompile(`^everybody$`), "ledger.detail.everybody"},
	{regexp.MustCompile(`^proved again; groups: (.*)$`), "ledger.detail.proved"},
	{regexp.MustCompile(`^groups: (.*)$`), "ledger.detail.groups"},
	{regexp.MustCompile(`^entry (\d+) is broken$`), "ledger.detail.broken"},
	{regexp.MustCompile(`^(\d+) entries are sound$`), "ledger.detail.sound"},
	{regexp.MustCompile(`^(\d+) sessions$`), "ledger.detail.sessions"},
	{regexp.MustCompile(`^more than (\d+) different bills in (\d+) minutes$`), "ledger.detail.pull"},
	{regexp.MustCompile(`^group ([^:]*): account (.*)$`), "ledger.detail.groupaccount"},
	{regexp.MustCompile(`^group ([^:]*): account_group (.*)$`), "ledger.detail.groupgroup"},
	{regexp.MustCompile(`^group ([^:]*): all$`), "ledger.detail.groupall"},
	{regexp.MustCompile(`^(.*)\): account_group (.*)$`), "ledger.detail.persongroup"},
	{regexp.MustCompile(`^(.*)\): account (.*)$`), "ledger.detail.personaccount"},
	{regexp.MustCompile(`^(.*)\): all$`), "ledger.detail.personall"},
}

// exportWords are the parts of what an entry about an export or a document says.
var exportWords = []struct {
	pattern *regexp.Regexp
	key     string
}{
	{regexp.MustCompile(`^(\d+) bills$`), "ledger.part.bills"},
	{regexp.MustCompile(`^a row per bill$`), "ledger.part.perbill"},
	{regexp.MustCompile(`^a row per item$`), "ledger.part.peritem"},
	{regexp.MustCompile(`^invoices only$`), "ledger.part.invoices"},
	{regexp.MustCompile(`^credit notes only$`), "ledger.part.creditnotes"},
	{regexp.MustCompile(`^account (.*)$`), "ledger.part.account"},
	{regexp.MustCompile(`^group (.*)$`), "ledger.part.group"},
	{regexp.MustCompile(`^(\d+) (?:account|group)s not named$`), "ledger.part.unnamed"},
	{regexp.MustCompile(`^issued from (\S+) to (\S+)$`), "ledger.part.issued"},
	{regexp.MustCompile(`^issued from (\S+)$`), "ledger.part.issuedfrom"},
	{regexp.MustCompile(`^issued to (\S+)$`), "ledger.part.issuedto"},
	{regexp.MustCompile(`^narrowed further$`), "ledger.part.narrowed"},
	{regexp.MustCompile(`^(\d+) bytes$`), "ledger.part.bytes"},
}

var accountSaid = regexp.MustCompile(`^status (\w+), name "(.*)", group "(.*)", cost centre "(.*)", country "(.*)"$`)

// detailText is what an entry says in the reader's words.
func detailText(t *i18n.Texts, action, stored string) string {
	if m := accountSaid.FindStringSubmatch(stored); m != nil {
		return t.S("ledger.detail.account", t.S("status."+m[1]), m[2], m[3], m[4], m[5])
	}
	for _, known := range detailWords {
		if m := known.pattern.FindStringSubmatch(stored); m != nil {
			return t.S(known.key, groupsOf(m)...)
		}
	}
	if action != "bills.export" && !aboutBill(action) {
		return stored
	}
	parts := strings.Split(stored, ", ")
	for i, part := range parts {
		for _, known := range exportWords {
			if m := known.pattern.FindStringSubmatch(part); m != nil {
				parts[i] = t.S(known.key, groupsOf(m)...)
			}
		}
	}
	return strings.Join(parts, ", ")
}

func groupsOf(match []string) []any {
	var groups []any
	for _, text := range match[1:] {
		groups = append(groups, visible(text))
	}
	return groups
}

// aboutBill reports whether an action has the portal's key of a bill as its object
// and the printed number at the beginning of its detail.
func aboutBill(action string) bool {
	return action == "bill.view" || strings.HasPrefix(action, "document.")
}

// concerned is what an entry is about, in the reader's words: a link where that is a
// person or an account, more about it, and a key of no use to most. The number printed
// on a bill leads and its key follows.
func concerned(t *i18n.Texts, e ledger.Entry) (object templates.Link, detail, key string) {
	if aboutBill(e.Action) && e.Detail != "" {
		number, rest, _ := strings.Cut(e.Detail, ", ")
		return templates.Link{Label: visible(number)}, visible(detailText(t, e.Action, rest)), e.Object
	}
	detail = visible(detailText(t, e.Action, e.Detail))
	noun, _, _ := strings.Cut(e.Action, ".")
	if e.Object != "" && (noun == "account" || e.Action == "register.import") {
		return templates.Link{Label: visible(e.Object), URL: accountURL(billing.AccountNumber(e.Object))}, detail, ""
	}
	object = templates.Link{Label: visible(e.Object)} // what others have typed or named is nobody's key
	switch noun {
	case "session", "person", "grant":
		object = namedLink(t, e.Object)
		object.Label = visible(detailText(t, "", object.Label))
	}
	if noun == "grant" {
		object.URL = "" // it names more than a person
	}
	return object, detail, ""
}
