package billingapi

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"billportal/internal/billing"
)

// counted answers a list with the headers that a faithful API sends.
func counted(total int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Total-Count", strconv.Itoa(total))
		say(200, body)(w, r)
	}
}

func str(b bool) string { return strconv.FormatBool(b) }

// bills writes a page of bills with the given ids.
func bills(ids ...int) string {
	records := make([]string, len(ids))
	for i, id := range ids {
		records[i] = fmt.Sprintf(`{"id":"%d"}`, id)
	}
	return "[" + strings.Join(records, ",") + "]"
}

// listed is what a listing came to: its ids, the malformed records, the last
// page's word on its completeness, and the calls it took.
type listed struct {
	ids, malformed string
	complete       bool
	calls          int
}

func listAll(t *testing.T, answer http.HandlerFunc, change ...func(*Options)) (listed, error) {
	t.Helper()
	c, u, _ := newTest(t, map[string]http.HandlerFunc{"/api/bills": answer}, change...)
	var all listed
	var failed error
	for page, err := range c.Bills(t.Context(), BillQuery{}) {
		if all.complete {
			t.Error("a page came after the complete one")
		}
		failed = err
		for _, r := range page.Bills {
			all.ids += string(r.Bill.UpstreamID) + " "
		}
		for _, raw := range page.Malformed {
			all.malformed += string(raw) + " "
		}
		all.complete = page.Complete
	}
	all.calls = u.to("/api/bills")
	return all, failed
}

func TestListingsOfAnyShape(t *testing.T) {
	t.Parallel()
	withResult := func(result, total int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Result-Count", strconv.Itoa(result))
			counted(total, body)(w, r)
		}
	}
	end := say(200, "[]")
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		want   listed
	}{
		"one page":                   {withResult(2, 2, bills(1, 2)), listed{"1 2 ", "", true, 1}},
		"several pages":              {sayInTurn(counted(5, bills(1, 2)), counted(5, bills(3, 4)), counted(5, bills(5))), listed{"1 2 3 4 5 ", "", true, 3}},
		"no total":                   {sayInTurn(say(200, bills(1, 2)), say(206, bills(3)), end), listed{"1 2 3 ", "", true, 3}},
		"no bills":                   {counted(0, "[]"), listed{"", "", true, 1}},
		"null":                       {say(200, "null"), listed{"", "", true, 1}},
		"no content":                 {say(204, ""), listed{"", "", true, 1}},
		"wrapped":                    {counted(2, `{"page":1,"bills":`+bills(1, 2)+`}`), listed{"1 2 ", "", true, 1}},
		"wrapped in an unknown word": {counted(2, `{"list":`+bills(1, 2)+`,"links":{"next":null}}`), listed{"1 2 ", "", true, 1}},
		"wrapped null":               {say(200, `{"documents":null}`), listed{"", "", true, 1}},
		"404 past the end":           {sayInTurn(say(200, bills(1)), say(404, "")), listed{"1 ", "", true, 2}},
		"416 past the end":           {sayInTurn(say(206, bills(1)), say(416, "")), listed{"1 ", "", true, 2}},
		"total never reached":        {sayInTurn(counted(9, bills(1, 2)), counted(9, "[]")), listed{"1 2 ", "", false, 2}},
		"same page for ever":         {say(200, bills(1, 2)), listed{"1 2 ", "", false, 2}},
		"offset ignored, total told": {counted(2, bills(1, 2)), listed{"1 2 ", "", true, 1}},
		"total below what came":      {sayInTurn(counted(1, bills(1, 2)), counted(1, bills(3)), counted(1, "[]")), listed{"1 2 3 ", "", false, 3}},
		"result above total":         {sayInTurn(withResult(106, 25, bills(1, 2)), withResult(106, 25, "[]")), listed{"1 2 ", "", false, 2}},
		"doubles within a page":      {counted(3, bills(1, 1, 2)), listed{"1 2 ", "", false, 1}},
		"doubles between pages":      {sayInTurn(counted(4, bills(1, 2)), counted(4, bills(2, 3))), listed{"1 2 3 ", "", false, 2}},
		"doubles without a total":    {sayInTurn(say(200, bills(1, 2)), say(200, bills(2, 3)), end), listed{"1 2 3 ", "", false, 3}},
		"a bill arrived meanwhile":   {sayInTurn(counted(3, bills(1, 2)), counted(4, bills(2, 3))), listed{"1 2 3 ", "", false, 2}},
		"odd counts":                 {sayInTurn(withResult(-1, -1, bills(1)), end), listed{"1 ", "", true, 2}},
		"records that are none": {counted(6, `[{"id":1},null,"x",{"id":""},{"number":"N"},[]]`),
			listed{"1 ", `null "x" {"id":""} {"number":"N"} [] `, false, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := listAll(t, tc.answer)
			if err != nil || got != tc.want {
				t.Errorf("got %+v, %v; want %+v", got, err, tc.want)
			}
		})
	}
}

func TestListingThatMakesNoSense(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`<html>`, `{"code":60}`, `"text"`, `7`, `[{"id":1}`, `{"a":[],"b":[]}`, `[] []`, "\xff"} {
		if got, err := listAll(t, say(200, body)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: got %+v, %v; want ErrMalformed", body, got, err)
		}
	}
	if _, err := listAll(t, say(200, "["+strings.Repeat(" ", maxList)+"]")); !errors.Is(err, ErrMalformed) {
		t.Errorf("a list above the cap: %v", err)
	}
}

func TestListingHasACeiling(t *testing.T) {
	t.Parallel()
	endless := func(w http.ResponseWriter, r *http.Request) {
		from, _ := strconv.Atoi(r.URL.Query().Get("offset"))
		_, _ = io.WriteString(w, bills(from+1))
	}
	got, err := listAll(t, endless, func(o *Options) {
		o.Dialect = BuiltInDialect()
		o.Dialect.MaxPages = 3
	})
	if want := (listed{"1 2 3 ", "", false, 3}); err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

func TestListingStopsAfterAnError(t *testing.T) {
	t.Parallel()
	got, err := listAll(t, sayInTurn(counted(3, bills(1)), say(500, "")))
	if want := (listed{"1 ", "", false, 2}); !errors.Is(err, ErrUnavailable) || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

func TestListingStopsWithItsReader(t *testing.T) {
	t.Parallel()
	c, u, _ := newTest(t, map[string]http.HandlerFunc{"/api/bills": counted(9, bills(1))})
	for _, err := range c.Bills(t.Context(), BillQuery{}) {
		if err != nil {
			t.Error(err)
		}
		break
	}
	equal(t, "calls", u.to("/api/bills"), 1)
}

func TestListingGoesWithoutWhatTheAPIWillNotTake(t *testing.T) {
	t.Parallel()
	strict := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("sort") {
			say(400, `{"code":28,"message":"Invalid query-string parameter"}`)(w, r)
			return
		}
		counted(1, bills(1))(w, r)
	}
	c, u, _ := newTest(t, map[string]http.HandlerFunc{"/api/bills": strict})
	q := BillQuery{Issued: billing.Period{First: billing.NewDate(2026, 1, 2)}}
	for range 2 {
		for page, err := range c.Bills(t.Context(), q) {
			if err != nil || !page.Complete {
				t.Fatalf("got %+v, %v", page, err)
			}
		}
	}
	equal(t, "calls: one refused, then none", u.to("/api/bills"), 3)
	equal(t, "query", u.last().query, "issuedAt=atOrAfter2026-01-01&limit=500")
	if _, err := listAll(t, say(400, `{"code":28}`)); err == nil || errors.Is(err, ErrMalformed) {
		t.Errorf("a refusal for ever ends as %v", err)
	}
}

func TestRawKeepsTheBytesReceived(t *testing.T) {
	t.Parallel()
	const raw = `{ "id" : 1 , "amount":1.10, "é":"é", "new field":[1e5] }`
	c, _, _ := newTest(t, map[string]http.HandlerFunc{"/api/bills": counted(1, "[\n"+raw+" ]")})
	for page, err := range c.Bills(t.Context(), BillQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "raw", string(page.Bills[0].Raw), raw)
	}
}
