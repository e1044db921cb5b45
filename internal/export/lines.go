package export

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// MaxLines is how many lines an imported file may have.
const MaxLines = 20_000

// maxLineErrors is how many bad lines are named before the rest of a file is left
// unread.
const maxLineErrors = 100

// LineError says what is wrong with one line of an imported file.
type LineError struct {
	Line   int // as an editor counts: the header is line 1
	Reason string
}

// LineErrors are all bad lines of a file that was refused as a whole.
type LineErrors []LineError

// Error names every bad line.
func (e LineErrors) Error() string {
	lines := make([]string, 0, len(e))
	for _, l := range e {
		lines = append(lines, fmt.Sprintf("line %d: %s", l.Line, l.Reason))
	}
	return strings.Join(lines, "\n")
}

// add notes a bad line.
func (e *LineErrors) add(line int, format string, args ...any) {
	*e = append(*e, LineError{Line: line, Reason: fmt.Sprintf(format, args...)})
}

// orNil is the error value of a list that may be empty, in the order of lines.
func (e LineErrors) orNil() error {
	if len(e) == 0 {
		return nil
	}
	slices.SortStableFunc(e, func(a, b LineError) int { return cmp.Compare(a.Line, b.Line) })
	return e
}

// RefuseEmpty is LineErrors when a file that is to replace everything has no line:
// it would take everything away.
func RefuseEmpty[T any](lines []T) error {
	var errs LineErrors
	if len(lines) == 0 {
		errs.add(1, "the file has no line below its header and would remove everything")
	}
	return errs.orNil()
}

// line is one line of a file by the names of its columns.
type line struct {
	number int
	cells  map[string]string
}

// readLines reads a CSV file that begins with exactly the given header, in any
// order of columns, with commas or semicolons. Everything wrong with its form is
// in the LineErrors.
func readLines(r io.Reader, header []string) ([]line, LineErrors) {
	var errs LineErrors
	raw, err := io.ReadAll(r)
	if err != nil {
		errs.add(1, "the file cannot be read")
		return nil, errs
	}
	content := strings.TrimPrefix(string(raw), "\ufeff")
	if !utf8.ValidString(content) {
		errs.add(1, "the file is not UTF-8 text; save it as \"CSV UTF-8\"")
		return nil, errs
	}
	reader := csv.NewReader(strings.NewReader(content))
	first, _, _ := strings.Cut(content, "\n")
	if strings.Count(first, ";") > strings.Count(first, ",") {
		reader.Comma = ';'
	}
	reader.FieldsPerRecord = -1
	names, err := reader.Read()
	if err != nil || !sameNames(names, header) {
		errs.add(1, "the file must begin with the line %s", strings.Join(header, ","))
		return nil, errs
	}
	return readRest(reader, names, errs)
}

func readRest(reader *csv.Reader, names []string, errs LineErrors) ([]line, LineErrors) {
	var lines []line
	records := 0
	for len(errs) < maxLineErrors {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return lines, errs
		}
		if bad := (*csv.ParseError)(nil); errors.As(err, &bad) {
			errs.add(bad.StartLine, "the quotes of this line do not match")
			continue
		}
		number, _ := reader.FieldPos(0)
		if records++; records > MaxLines {
			errs.add(number, "the file has more than %d lines", MaxLines)
			return lines, errs
		}
		if len(record) != len(names) {
			errs.add(number, "%d columns instead of %d", len(record), len(names))
			continue
		}
		cells := make(map[string]string, len(names))
		for i, name := range names {
			cells[strings.TrimSpace(name)] = unguarded(strings.TrimSpace(record[i]))
		}
		lines = append(lines, line{number: number, cells: cells})
	}
	return lines, errs
}

func sameNames(names, header []string) bool {
	if len(names) != len(header) {
		return false
	}
	seen := map[string]bool{}
	for _, n := range names {
		seen[strings.TrimSpace(n)] = true
	}
	for _, h := range header {
		if !seen[h] {
			return false
		}
	}
	return true
}
