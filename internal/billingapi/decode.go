package billingapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"billportal/internal/billing"
)

// record is a JSON object read loosely: numbers keep their text.
type record map[string]any

// decodeRecord reads one JSON object; ok is false for anything else.
func decodeRecord(raw []byte) (r record, ok bool) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if decoder.Decode(&r) != nil || r == nil {
		return nil, false
	}
	_, err := decoder.Token()
	return r, errors.Is(err, io.EOF)
}

// listNames are the members under which a wrapped list is looked for first.
var listNames = []string{
	"items", "data", "results", "content", "records", "elements", "bills", "billingAccounts", "accounts",
}

// decodeList reads a list as the exact bytes of its records: a bare array, an
// object around one array, null, or nothing at all.
func decodeList(body []byte) ([]json.RawMessage, error) {
	body = bytes.TrimSpace(body)
	if len(body) == 0 || string(body) == "null" {
		return nil, nil
	}
	var list []json.RawMessage
	if body[0] == '[' {
		err := json.Unmarshal(body, &list)
		return list, err
	}
	var wrapped map[string]json.RawMessage
	if err := json.Unmarshal(body, &wrapped); err != nil {
		return nil, err
	}
	inner, ok := innerList(wrapped)
	if !ok {
		return nil, errors.New("the answer is an object without a list")
	}
	err := json.Unmarshal(inner, &list)
	return list, err
}

// innerList finds the list in the object around it: a member of a known name, or
// the only member that is an array, or the only member when that is null.
func innerList(wrapped map[string]json.RawMessage) (json.RawMessage, bool) {
	isArray := func(raw json.RawMessage) bool { return bytes.HasPrefix(bytes.TrimSpace(raw), []byte("[")) }
	isNull := func(raw json.RawMessage) bool { return string(raw) == "null" }
	for _, name := range listNames {
		if raw, ok := wrapped[name]; ok && (isArray(raw) || isNull(raw)) {
			return raw, true
		}
	}
	var only json.RawMessage
	arrays := 0
	for _, raw := range wrapped {
		if isArray(raw) || len(wrapped) == 1 && isNull(raw) {
			only = raw
			arrays++
		}
	}
	return only, arrays == 1
}

// at follows a path of dots; a list of one element stands for that element.
func (r record) at(path string) any {
	var value any = map[string]any(r)
	for name, rest, more := "", path, true; more; {
		name, rest, more = strings.Cut(rest, ".")
		if list, ok := value.([]any); ok && len(list) == 1 {
			value = list[0]
		}
		object, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = object[name]
	}
	return value
}

// text is the first scalar that is neither null nor "", as received; numbers
// keep their text.
func (r record) text(paths ...string) string {
	for _, path := range paths {
		if s := scalar(r.at(path)); s != "" {
			return s
		}
	}
	return ""
}

// scalar is the text of a string, number or truth value, and "" of the rest.
func scalar(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "true"
		}
		return "false"
	}
	return ""
}

// objects is the first list found, as its elements that are objects; a single
// object stands for a list of one.
func (r record) objects(paths ...string) []record {
	for _, path := range paths {
		switch v := r.at(path).(type) {
		case map[string]any:
			return []record{v}
		case []any:
			var list []record
			for _, element := range v {
				if object, ok := element.(map[string]any); ok {
					list = append(list, object)
				}
			}
			return list
		}
	}
	return nil
}

// money is the first amount supplied: a number, a numeric string, or an object
// of value and unit. An amount that does not name its own currency is in the
// one given. What is no number is kept as received.
func (r record) money(currency string, paths ...string) billing.Money {
	for _, path := range paths {
		number, unit := amount(r.at(path))
		if number == "" {
			continue
		}
		if unit == "" {
			unit = currency
		}
		return billing.NewMoney(number, unit)
	}
	return billing.Money{}
}

// amount takes an amount apart; number is "" when none was supplied.
func amount(value any) (number, unit string) {
	switch v := value.(type) {
	case nil:
		return "", ""
	case map[string]any:
		object := record(v)
		unit = object.text("unit", "currency", "currencyCode")
		if number = object.text("value", "amount"); number != "" || unit != "" || len(v) == 0 {
			return number, unit
		}
	case []any:
		if len(v) == 1 {
			return amount(v[0])
		}
		return "", ""
	default:
		return scalar(v), ""
	}
	text, err := json.Marshal(value)
	if err != nil {
		return "", ""
	}
	return string(text), ""
}

// currency is the record's own currency, else that of its first amount with
// one, else the given one.
func (r record) currency(names Aliases, otherwise string, amounts ...string) string {
	if s := r.text(names["currency"]...); s != "" {
		return s
	}
	for _, notion := range amounts {
		for _, path := range names[notion] {
			if _, unit := amount(r.at(path)); unit != "" {
				return unit
			}
		}
	}
	return otherwise
}

// decimal is a number that is shown and never summed.
func (r record) decimal(paths ...string) billing.Decimal { return billing.NewDecimal(r.text(paths...)) }
