package billingapi

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// listing is a list to read page by page.
type listing struct {
	path, route string // route is path when empty
	query       url.Values
	optional    []param  // what the listing can do without, the most dispensable first
	key         []string // where a record's id is
	keyless     bool     // records without an id are welcome
}

type param struct{ name, value string }

// page is one page of a listing, without the records that came before.
type page struct {
	records   []rawRecord
	malformed [][]byte
	total     int
	complete  bool
}

// rawRecord is a record and the bytes it was read from.
type rawRecord struct {
	fields record
	raw    []byte
}

// reader is how far the reading of a listing has come.
type reader struct {
	listing
	client   *Client
	dropped  []string // parameters that this listing goes without
	seen     map[string]bool
	received int // records, doubles and malformed ones too
	distinct int
	total    int  // as last told, -1 unknown
	suspect  bool // a count was wrong: the total is no reason to stop
}

// pages reads a listing to its end: an empty page, a page that brings nothing
// new, a status that says so, the total reached, or the ceiling on pages. It
// advances by the records that came, not by those asked for.
func (c *Client) pages(ctx context.Context, l listing) iter.Seq2[page, error] {
	return func(yield func(page, error) bool) {
		r := &reader{listing: l, client: c, seen: map[string]bool{}, total: -1}
		for n := 1; ; n++ {
			list, err := r.fetch(ctx)
			if err != nil {
				yield(page{total: -1}, err)
				return
			}
			p, fresh := r.take(list)
			reached := r.received == r.total && !r.suspect
			last := len(list) == 0 || !fresh || reached || n == c.dialect.MaxPages
			p.complete = last && r.complete(len(list) == 0)
			if !yield(p, nil) || last {
				return
			}
		}
	}
}

// complete reports whether a listing that has ended holds all there is, doubles
// and malformed records being signs that it may not. Without a total only an
// empty page proves the end.
func (r *reader) complete(exhausted bool) bool {
	if r.suspect || r.distinct != r.received {
		return false
	}
	return r.distinct == r.total || r.total < 0 && exhausted
}

// fetch gets the records of the next page; none is the end. When the API will
// not take a parameter of the first page, the listing goes without the optional
// ones, one after the other, and the client remembers what it went without.
func (r *reader) fetch(ctx context.Context) ([]json.RawMessage, error) {
	route := r.route
	if route == "" {
		route = r.path
	}
	for {
		query, spare := r.nextQuery()
		a, err := r.client.get(ctx, resource{path: r.path, route: route, query: query})
		switch {
		case err == nil:
			for _, name := range r.dropped {
				r.client.refused.Store(name, true)
			}
			return r.read(a, r.path)
		case r.received > 0 && hasStatus(err, http.StatusNotFound, http.StatusRequestedRangeNotSatisfiable):
			return nil, nil
		case r.received > 0 || spare == "" || !badParameter(err):
			return nil, err
		}
		r.dropped = append(r.dropped, spare)
	}
}

// nextQuery is the query of the next page, and the optional parameter to drop
// first if the API refuses it.
func (r *reader) nextQuery() (query url.Values, spare string) {
	d := r.client.dialect
	query = maps.Clone(r.query)
	if query == nil {
		query = url.Values{}
	}
	if r.received > 0 {
		query.Set(d.OffsetParam, strconv.Itoa(r.received))
	}
	for _, p := range append(slices.Clone(r.optional), param{d.LimitParam, strconv.Itoa(d.PageSize)}) {
		_, refused := r.client.refused.Load(p.name)
		if p.name == "" || p.value == "" || refused || slices.Contains(r.dropped, p.name) {
			continue
		}
		query.Set(p.name, p.value)
		if spare == "" {
			spare = p.name
		}
	}
	return query, spare
}

// read takes the list and its counts out of an answer.
func (r *reader) read(a *answer, path string) ([]json.RawMessage, error) {
	list, err := decodeList(a.body)
	if err != nil {
		err = r.client.malformed(exchange{method: http.MethodGet, path: path}, a, "the answer is not a JSON list")
		r.client.fail(err)
		return nil, err
	}
	if total, ok := count(a.header, "X-Total-Count"); ok {
		r.total = total
	}
	if result, ok := count(a.header, "X-Result-Count"); ok && result != len(list) {
		r.suspect = true
	}
	r.received += len(list)
	if r.total >= 0 && r.received > r.total {
		r.suspect = true
	}
	return list, nil
}

// take reads the records of a page and leaves out those whose id came before.
// fresh is false when nothing in the page is new: the API repeats itself.
func (r *reader) take(list []json.RawMessage) (p page, fresh bool) {
	p.total = r.total
	read := make([]rawRecord, len(list))
	ids := make([]string, len(list))
	sums := make([]string, len(list))
	for i, raw := range list {
		read[i].raw = raw
		read[i].fields, _ = decodeRecord(raw)
		ids[i] = read[i].fields.text(r.key...)
		sum := sha256.Sum256(raw)
		sums[i] = "raw " + string(sum[:])
		if ids[i] != "" {
			sums[i] = "id " + ids[i]
		}
		fresh = fresh || !r.seen[sums[i]]
	}
	if !fresh {
		return p, false
	}
	for i, candidate := range read {
		switch {
		case candidate.fields == nil || ids[i] == "" && !r.keyless:
			p.malformed = append(p.malformed, candidate.raw)
		case ids[i] == "" || !r.seen[sums[i]]:
			p.records = append(p.records, candidate)
			r.distinct++
		}
		r.seen[sums[i]] = true
	}
	return p, true
}

// count reads a count from a header; what is no count is not there.
func count(h http.Header, name string) (int, bool) {
	n, err := strconv.Atoi(h.Get(name))
	return n, err == nil && n >= 0
}

// badParameter reports whether the API refused a parameter of the query: codes
// 27 and 28 of status 400.
func badParameter(err error) bool {
	var failure *APIError
	return hasStatus(err, http.StatusBadRequest) && errors.As(err, &failure) &&
		(failure.Code == "27" || failure.Code == "28")
}

func hasStatus(err error, statuses ...int) bool {
	var failure *APIError
	return errors.As(err, &failure) && slices.Contains(statuses, failure.Status)
}
