package templates

// Amount is a sum of money ready to be read. Whole and Cents are Text divided at the decimal
// separator, Cents with the separator. The zero value reads as "not supplied".
type Amount struct {
	Text, Whole, Cents string
	Value              string // plain decimal text for machines; empty when it cannot be computed with
	Currency           string // ISO 4217 code; may be empty where a column's heading says it
}

// Day is a calendar day ready to be read. ISO is the same day as 2026-09-03; without it Text is words
// such as "not due" and set quietly.
type Day struct {
	Text, ISO string
}

// TagKind colours a tag; the zero value is neutral.
type TagKind string

// The kinds of tags.
const (
	TagPlain TagKind = ""
	TagWarn  TagKind = "warn"
)

// Tag is an outlined word that says what a thing is, such as "Credit note".
type Tag struct {
	Text string
	Kind TagKind
}

// Field is the content of one control of a form, and what is wrong with it, if anything.
type Field struct {
	Value, Error string
}

// FieldProblem says which control of a form was refused. ID is the control's id, so that the message
// can lead there.
type FieldProblem struct {
	ID, Label, Text string
}

// Option is a choice of a select element.
type Option struct {
	Value, Label string
	Selected     bool
}

// OptionGroup is a headed part of a select element; without a label its options stand alone.
type OptionGroup struct {
	Label   string
	Options []Option
}

// Fact is a label above a value.
type Fact struct {
	Label, Value string
}

// Pager leads to the pages beside this one; an empty address disables its direction.
type Pager struct {
	Text               string // "23 Nov 2026 – 4 Oct 2026", the days that the page spans
	NewerURL, OlderURL string
}

// EmptyKind says why a list has nothing to show.
type EmptyKind string

// The reasons for an empty list.
const (
	EmptyNoGrants EmptyKind = "nogrants" // no account is open to the viewer
	EmptyNoMatch  EmptyKind = "nomatch"  // the filters leave nothing
	EmptyNothing  EmptyKind = "nothing"  // there is nothing at all yet
)

// Empty stands in place of a list without entries. Text adds a sentence to the fixed heading; Offers
// are ways out, such as removing a filter.
type Empty struct {
	Kind   EmptyKind
	Text   string
	Offers []Link
}

// icon names the sprite's symbol for a reason.
func (k EmptyKind) icon() string {
	switch k {
	case EmptyNoGrants:
		return "lock"
	case EmptyNoMatch:
		return "search"
	}
	return "document"
}

// describedBy is the id of the message under a control.
func describedBy(id string) string { return id + "-error" }
