package sandbox

import (
	"encoding/json"
	"strings"
)

// fieldWords spoil the fields of bills, items and accounts, in any dialect.
var fieldWords = map[string]word{
	"field-added": {onBody, nil, maybeText, "a field more, as in name=JSON; without arg two odd ones", func(c *call) bool {
		if c.fault.Arg == "" {
			return editRows(c, func(m map[string]any) bool {
				m["@schemaLocation"], m["x"] = "urn:billing:3", map[string]any{"nested": []any{1, nil, "é"}}
				return true
			})
		}
		return setField(c, true)
	}},
	"field-set":  {onBody, nil, someText, "another value for a field, as in issuedAt=\"0001-01-01\"; dots lead inside", func(c *call) bool { return setField(c, false) }},
	"field-gone": {onBody, nil, someText, "a field is no longer there", func(c *call) bool { return atField(c, func(m map[string]any, key string) { delete(m, key) }) }},
	"field-null": {onBody, nil, someText, "a field is null", func(c *call) bool { return atField(c, func(m map[string]any, key string) { m[key] = nil }) }},
	"field-renamed": {onBody, nil, someText, "a field has another name, as in dueAt>payBy", func(c *call) bool {
		old, renamed, _ := strings.Cut(c.fault.Arg, ">")
		return atPath(c, old, func(m map[string]any, key string) {
			m[renamed] = m[key]
			delete(m, key)
		})
	}},
	"field-retyped": {onBody, nil, someText, "a number becomes a text, a text an object, anything else a text", func(c *call) bool {
		return atField(c, func(m map[string]any, key string) { m[key] = retyped(m[key]) })
	}},
	"field-huge": {onBody, nil, someText, "a text of 1 MiB", func(c *call) bool {
		return atField(c, func(m map[string]any, key string) { m[key] = strings.Repeat("x", 1<<20) })
	}},
	"enum-unknown": {onBody, moneyRoutes, noArg, "words nobody knows for type, state, category and sending format", func(c *call) bool {
		return setAll(c, func(string, any) any { return "quux" }, "type", "state", "category", "sendingFormat", "runType", "status")
	}},

	"amounts-changed":    {onBody, moneyRoutes, noArg, "every amount has one digit more at the front: a correction", amounts(func(s string) string { return sign(s) + "1" + strings.TrimPrefix(s, "-") })},
	"amounts-4-decimals": {onBody, moneyRoutes, noArg, "every amount has four decimals", amounts(fourDecimals)},
	"amounts-18-digits":  {onBody, moneyRoutes, noArg, "every amount has 18 digits", amounts(func(s string) string { return sign(s) + "1234567890123456.78" })},
	"amounts-40-digits":  {onBody, moneyRoutes, noArg, "every amount has 40 digits", amounts(func(s string) string { return sign(s) + strings.Repeat("9", 38) + ".25" })},
	"amounts-zero":       {onBody, moneyRoutes, noArg, "every amount is 0", amounts(func(string) string { return "0" })},
	"amounts-negative":   {onBody, moneyRoutes, noArg, "every amount has the other sign", amounts(opposite)},
	"amounts-exponent":   {onBody, moneyRoutes, noArg, "every amount is 1.5e3", amounts(func(string) string { return "1.5e3" })},
	"amounts-text":       {onBody, moneyRoutes, noArg, "every amount is a text of the same digits", amountsAs(func(s string) any { return s })},
	"amounts-comma":      {onBody, moneyRoutes, noArg, "every amount is a text with a decimal comma", amountsAs(func(s string) any { return strings.ReplaceAll(s, ".", ",") })},
	"amounts-null":       {onBody, moneyRoutes, noArg, "every amount is null", amountsAs(func(string) any { return nil })},
	"currency-unknown": {onBody, moneyRoutes, maybeText, "the currency arg, else XQZ", func(c *call) bool {
		return setAll(c, func(string, any) any { return orText(c.fault.Arg, "XQZ") }, "currency", "unit")
	}},
	"dates": {onBody, moneyRoutes, someText, "every date is this text, as in 0001-01-01, 9999-12-31, 2027-02-29, 2026-10-25T02:30:00 or 20261125", func(c *call) bool {
		return setAll(c, func(string, any) any { return c.fault.Arg }, dateNames...)
	}},
	"dates-epoch": {onBody, moneyRoutes, noArg, "every date is a number of milliseconds", func(c *call) bool {
		return setAll(c, func(string, any) any { return json.Number("1788393600000") }, dateNames...)
	}},
}

// What the dialects call amounts and dates.
var (
	amountNames = []string{
		"amountExcludingTax", "taxAmount", "amountIncludingTax", "amountDue", "amount", "base", "unitPrice",
		"taxExcludedAmount", "taxIncludedAmount", "remainingAmount",
	}
	dateNames = []string{
		"issuedAt", "dueAt", "start", "end", "billDate", "paymentDueDate", "startDateTime", "endDateTime",
	}
)

func sign(s string) string {
	if strings.HasPrefix(s, "-") {
		return "-"
	}
	return ""
}

func opposite(s string) string {
	if text, negative := strings.CutPrefix(s, "-"); negative {
		return text
	}
	return "-" + s
}

func fourDecimals(s string) string {
	whole, fraction, _ := strings.Cut(s, ".")
	return whole + "." + (fraction + "1234")[:4]
}

// amounts writes every amount anew, a number as before.
func amounts(change func(string) string) func(*call) bool {
	return amountsAs(func(s string) any { return json.Number(change(s)) })
}

// amountsAs changes every amount, whatever its depth; one of unit and value
// keeps its unit.
func amountsAs(change func(string) any) func(*call) bool {
	again := func(v any) any {
		switch amount := v.(type) {
		case json.Number:
			return change(amount.String())
		case string:
			return change(amount)
		case map[string]any:
			if n, ok := amount["value"].(json.Number); ok {
				amount["value"] = change(n.String())
			}
		}
		return v
	}
	return func(c *call) bool { return setAll(c, func(_ string, v any) any { return again(v) }, amountNames...) }
}

// setAll gives every field of one of the names, however deep, another value; it
// says whether there was one. Nulls stay.
func setAll(c *call, change func(name string, v any) any, names ...string) bool {
	return editRows(c, func(m map[string]any) bool { return setIn(m, change, names) })
}

func setIn(v any, change func(name string, v any) any, names []string) bool {
	changed := false
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			changed = setIn(one, change, names) || changed
		}
	case map[string]any:
		for name, value := range v {
			if value != nil && contains(names, name) {
				v[name] = change(name, value)
				changed = true
				continue
			}
			changed = setIn(value, change, names) || changed
		}
	}
	return changed
}

func retyped(v any) any {
	switch v := v.(type) {
	case json.Number:
		return v.String()
	case string:
		return map[string]any{"value": v}
	}
	return string(jsonText(v))
}

// setField gives the field that arg names the JSON value, or text, behind the
// equals sign; absent fields are made only when they may.
func setField(c *call, create bool) bool {
	path, text, _ := strings.Cut(c.fault.Arg, "=")
	value, err := parseJSON([]byte(text))
	if err != nil {
		value = text
	}
	if create {
		return editRows(c, func(m map[string]any) bool { m[path] = value; return true })
	}
	return atPath(c, path, func(m map[string]any, key string) { m[key] = value })
}

func atField(c *call, change func(m map[string]any, key string)) bool {
	return atPath(c, c.fault.Arg, change)
}

// atPath finds the object that holds the last name of path, in every row.
func atPath(c *call, path string, change func(m map[string]any, key string)) bool {
	steps := strings.Split(path, ".")
	last := len(steps) - 1
	return editRows(c, func(m map[string]any) bool {
		for _, step := range steps[:last] {
			inner, ok := m[step].(map[string]any)
			if !ok {
				return false
			}
			m = inner
		}
		if _, there := m[steps[last]]; !there {
			return false
		}
		change(m, steps[last])
		return true
	})
}
