package sandbox

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"unicode/utf16"
)

// bodyWords spoil the bytes of a good answer.
var bodyWords = map[string]word{
	"json-invalid":        {onBody, nil, noArg, "JSON with a word in it that is none", onJSON(func(b []byte) []byte { return bytes.Replace(b, []byte(":"), []byte(": undefined,"), 1) })},
	"json-cut":            {onBody, nil, noArg, "JSON that ends at 60 %, its Content-Length agreeing", onJSON(func(b []byte) []byte { return b[:len(b)*6/10] })},
	"json-trailing":       {onBody, nil, noArg, "garbage behind the JSON", onJSON(func(b []byte) []byte { return append(b, "\n<!-- served by node 7 -->{"...) })},
	"json-twice":          {onBody, nil, noArg, "the same JSON value two times in a row", onJSON(func(b []byte) []byte { return append(append(b, '\n'), b...) })},
	"json-duplicate-keys": {onBody, nil, noArg, "every object has its first key once more, with another value", onJSON(duplicateKeys)},
	"bom":                 {onBody, nil, noArg, "a byte order mark before the JSON", onJSON(func(b []byte) []byte { return append([]byte("\xef\xbb\xbf"), b...) })},
	"utf-16":              {onBody, nil, noArg, "JSON in UTF-16, little-endian with a byte order mark", onJSON(inUTF16)},
	"utf-8-invalid":       {onBody, nil, noArg, "a byte in every text that is not UTF-8", onJSON(func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(`":"`), []byte("\":\"\xff")) })},
	"gzip":                {onBody, nil, noArg, "gzip that nobody asked for", gzipped},
	"null":                {onBody, nil, noArg, "null instead of the JSON", onJSON(func([]byte) []byte { return []byte("null") })},
	"text-instead": {onBody, nil, maybeText, "a JSON string instead of what was asked for", func(c *call) bool {
		return onJSON(func([]byte) []byte { return jsonText(orText(c.fault.Arg, "see the portal")) })(c)
	}},
}

// onJSON changes the bytes of a good JSON answer.
func onJSON(change func([]byte) []byte) func(*call) bool {
	return func(c *call) bool {
		if !c.out.ok() || len(c.out.body) == 0 || !json.Valid(c.out.body) {
			return false
		}
		c.out.body = change(bytes.Clone(c.out.body))
		return true
	}
}

// duplicateKeys writes the first key of every object twice. Inside texts of the
// world there is no brace.
func duplicateKeys(body []byte) []byte {
	var out bytes.Buffer
	for i := range body {
		out.WriteByte(body[i])
		if body[i] != '{' || i+1 >= len(body) || body[i+1] != '"' {
			continue
		}
		end := bytes.IndexByte(body[i+2:], '"')
		if end < 0 {
			continue
		}
		out.Write(body[i+1 : i+end+3])
		out.WriteString(`:"first of two",`)
	}
	return out.Bytes()
}

func inUTF16(body []byte) []byte {
	out := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(string(body))) {
		out = binary.LittleEndian.AppendUint16(out, unit)
	}
	return out
}

func gzipped(c *call) bool {
	if !c.out.ok() || len(c.out.body) == 0 || c.out.stream != nil {
		return false
	}
	c.out.body = zipped(c.out.body)
	c.out.header.Set("Content-Encoding", "gzip")
	return true
}

// parseJSON reads one JSON value whose numbers keep their digits.
func parseJSON(body []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("sandbox: more than one JSON value")
	}
	return v, nil
}

// editValue changes the value of a good JSON answer; edit says whether it did.
func editValue(c *call, edit func(v any) (any, bool)) bool {
	if !c.out.ok() || len(c.out.body) == 0 {
		return false
	}
	v, err := parseJSON(c.out.body)
	if err != nil {
		return false
	}
	v, changed := edit(v)
	if changed {
		c.out.body = jsonText(v)
	}
	return changed
}

// rowsOfList finds the rows of a list, bare or inside an object, and how to put
// others in their place.
func rowsOfList(v any) (rows []any, put func([]any) any, ok bool) {
	switch list := v.(type) {
	case []any:
		return list, func(rows []any) any { return rows }, true
	case map[string]any:
		for name, value := range list {
			if inner, is := value.([]any); is && (name == "bills" || name == "billingAccounts" || name == "items") {
				return inner, func(rows []any) any { list[name] = rows; return list }, true
			}
		}
	}
	return nil, nil, false
}

// editRows changes the objects of a list, or the one object of an answer; it
// says whether any was changed.
func editRows(c *call, edit func(row map[string]any) bool) bool {
	return editValue(c, func(v any) (any, bool) {
		rows, _, isList := rowsOfList(v)
		if !isList {
			rows = []any{v}
		}
		changed := false
		for _, row := range rows {
			if m, ok := row.(map[string]any); ok && edit(m) {
				changed = true
			}
		}
		return v, changed
	})
}

func numberOr(text string, other int) int {
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	return other
}
