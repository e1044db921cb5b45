package sandbox

import (
	"net/http"
	"net/url"
	"strconv"
)

// The sizes of a page: what is given when none is asked for, and at most.
const (
	defaultLimit = 10
	maxLimit     = 1000
)

// pageOf cuts the page that offset and limit ask for and sets the counts. An
// offset past the end gives an empty page, a limit above the maximum the
// maximum, unless a switch says otherwise.
func pageOf[T any](a *API, w http.ResponseWriter, r *http.Request, all []T) ([]T, *problem) {
	query, s := r.URL.Query(), a.Switches()
	offset, p := wholeNumber(query, "offset", 0, 0)
	if p != nil {
		return nil, p
	}
	limit, p := wholeNumber(query, "limit", defaultLimit, 1)
	if p != nil {
		return nil, p
	}
	if limit > s.pageLimit() && s.RefuseLimit {
		return nil, invalidQuery("limit", "more than "+strconv.Itoa(s.pageLimit()))
	}
	if offset > 0 && offset >= len(all) && s.RefuseOffset {
		w.Header().Set("Content-Range", "items */"+strconv.Itoa(len(all)))
		return nil, &problem{http.StatusRequestedRangeNotSatisfiable, 28, "Requested range not satisfiable", "The offset is past the end."}
	}
	start := min(offset, len(all))
	page := all[start : start+min(limit, s.pageLimit(), len(all)-start)]
	w.Header().Set("X-Total-Count", strconv.Itoa(len(all)))
	w.Header().Set("X-Result-Count", strconv.Itoa(len(page)))
	if a.dialect == Hostile {
		hostileCounts(a.world.seed, w.Header(), r, len(page))
	}
	if s.PartialContent && len(page) < len(all) {
		w.WriteHeader(http.StatusPartialContent)
	}
	return page, nil
}

func wholeNumber(query url.Values, name string, fallback, least int) (int, *problem) {
	if !query.Has(name) {
		return fallback, nil
	}
	n, err := strconv.Atoi(query.Get(name))
	if err != nil || n < least {
		return 0, invalidQuery(name, "not a whole number of at least "+strconv.Itoa(least))
	}
	return n, nil
}

// rowsOfPage puts a page into words.
func rowsOfPage[T any](page []T, wire func(T) any) []any {
	rows := make([]any, len(page))
	for i, one := range page {
		rows[i] = wire(one)
	}
	return rows
}

// writeRecords writes a list of the company's records in the API's dialect:
// a bare JSON array, but for Hostile.
func (a *API) writeRecords(w http.ResponseWriter, r *http.Request, name string, rows []any) *problem {
	var list any = rows
	if a.dialect == Hostile {
		list = hostileList(a.world.seed, r, name, rows)
	}
	writeBytes(w, typeJSON+"; charset=UTF-8", jsonText(list))
	return nil
}

// writeList writes a bare JSON array.
func writeList[T, W any](w http.ResponseWriter, page []T, wire func(T) W) *problem {
	rows := make([]W, len(page))
	for i, one := range page {
		rows[i] = wire(one)
	}
	writeBytes(w, typeJSON+"; charset=UTF-8", jsonText(rows))
	return nil
}

// writeRows writes a page as CSV (RFC 4180) with a header row.
func writeRows[T any](w http.ResponseWriter, columns []string, page []T, row func(T) []string) *problem {
	rows := [][]string{columns}
	for _, one := range page {
		rows = append(rows, row(one))
	}
	writeBytes(w, typeCSV+"; charset=UTF-8", []byte(csvText(rows)))
	return nil
}

func writeBytes(w http.ResponseWriter, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // the client may have gone
}
