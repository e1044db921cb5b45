package web

import (
	"billportal/internal/i18n"
	"billportal/templates"
)

// fieldError is what is wrong with a control, or missing from it.
func (q billQuery) fieldError(t *i18n.Texts, name string) string {
	sentence, bad := q.errors[name]
	switch {
	case bad && sentence == "":
		return t.S("filter.error.choice", shorten(q.values.Get(name)))
	case name == paramFrom && q.undated:
		return t.S("filter.error.nodates")
	}
	return sentence
}

// slots are the messages under the controls of the form, those that are empty too.
func (q billQuery) slots(t *i18n.Texts) []templates.FieldProblem {
	var slots []templates.FieldProblem
	for _, name := range listParams {
		if name != paramAfter && name != paramBefore {
			slots = append(slots, templates.FieldProblem{ID: "f-" + name, Text: q.fieldError(t, name)})
		}
	}
	return slots
}

// problems lists what is wrong, each with the control that it concerns.
func (q billQuery) problems(t *i18n.Texts) []templates.FieldProblem {
	labels := []struct{ name, key string }{
		{paramText, "filter.text"}, {paramAccount, "filter.account"}, {paramKind, "filter.kind"}, {paramIssued, "filter.issued"},
		{paramFrom, "filter.from"}, {paramTo, "filter.to"}, {paramMin, "filter.totalmin"}, {paramMax, "filter.totalmax"},
		{paramCurrency, "filter.currency"}, {paramAfter, "pager.label"}, {paramBefore, "pager.label"},
	}
	var problems []templates.FieldProblem
	for _, l := range labels {
		if _, bad := q.errors[l.name]; bad {
			problems = append(problems, templates.FieldProblem{ID: "f-" + l.name, Label: t.S(l.key), Text: q.fieldError(t, l.name)})
		}
	}
	return problems
}
