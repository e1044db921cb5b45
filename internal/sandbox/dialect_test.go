package sandbox_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"billportal/internal/sandbox"
)

// paged pages through a list by the rows that came and believes no count.
func paged(t *testing.T, c *caller, path string, limit int) []map[string]any {
	t.Helper()
	var all []map[string]any
	for range 1000 {
		r := c.get(fmt.Sprintf("%s?limit=%d&offset=%d", path, limit, len(all)))
		rows := rowsIn(t, r.body)
		if len(rows) == 0 {
			return all
		}
		all = append(all, rows...)
	}
	t.Fatal("the list has no end")
	return nil
}

// rowsIn reads a list in any shape.
func rowsIn(t *testing.T, body string) []map[string]any {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(body))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatalf("%v: %.200s", err, body)
	}
	if wrapped, ok := v.(map[string]any); ok {
		for name, inner := range wrapped {
			if name != "page" {
				v = inner
			}
		}
	}
	list, _ := v.([]any)
	rows := make([]map[string]any, len(list))
	for i, row := range list {
		rows[i], _ = row.(map[string]any)
	}
	return rows
}

// at follows a path with dots.
func at(row map[string]any, path string) any {
	var v any = row
	for step := range strings.SplitSeq(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[step]
	}
	return v
}

// says compares one value with the World's text.
func says(d sandbox.Dialect, form sandbox.Form, got any, truth, currency string) bool {
	text := fmt.Sprint(got)
	_, isText := got.(string)
	_, isNumber := got.(json.Number)
	switch form {
	case sandbox.AsText, sandbox.AsDay, sandbox.AsInstant:
		return isText && text == truth || got == nil && truth == ""
	case sandbox.AsNumber:
		return isNumber && text == truth
	case sandbox.AsNumeric:
		return (isNumber || isText) && text == truth
	case sandbox.AsMoney:
		m, ok := got.(map[string]any)
		return ok && m["unit"] == currency && fmt.Sprint(m["value"]) == truth
	case sandbox.AsDayStart:
		return isText && text == truth+"T00:00:00.000Z" || got == nil && truth == ""
	case sandbox.AsDayEnd:
		return isText && text == truth+"T23:59:59.000Z"
	case sandbox.AsWord:
		return isText && text == d.Word(truth)
	case sandbox.AsDoubtful:
		return isText
	}
	return false
}

// sayRecord compares what a dialect tells of one record with the truth.
func sayRecord(t *testing.T, d sandbox.Dialect, record string, row map[string]any, truth any, currency string) {
	t.Helper()
	for _, f := range sandbox.Carried(d) {
		if f.Record != record {
			continue
		}
		value := reflect.ValueOf(truth).FieldByName(f.Field)
		got := at(row, f.Path)
		if f.Form == sandbox.AsList || f.Form == sandbox.AsListOrNull {
			list, _ := got.([]any)
			if len(list) != value.Len() && (f.Form == sandbox.AsList || got != nil) {
				t.Errorf("%s: %s of %v has %d", d, f.Path, row["id"], len(list))
			}
			for i, one := range list {
				m, _ := one.(map[string]any)
				sayRecord(t, d, "Tax", m, value.Index(i).Interface(), currency)
			}
			continue
		}
		if want := fmt.Sprint(value.Interface()); !says(d, f.Form, got, want, currency) {
			t.Errorf("%s: %s %s of %v is %v, want %s as %s", d, record, f.Path, row["id"], got, want, f.Form)
		}
	}
}

// TestEveryDialectTellsTheSameCompany pages through each dialect and compares
// all that it is said to carry with the World.
func TestEveryDialectTellsTheSameCompany(t *testing.T) {
	t.Parallel()
	for _, d := range sandbox.Dialects() {
		t.Run(string(d), func(t *testing.T) {
			t.Parallel()
			c := newCaller(t, sandbox.Options{Dialect: d, CallsPerMinute: -1})
			seen := map[string]bool{}
			foreign := 0
			for _, row := range paged(t, c, "/bills", 100) {
				id, _ := row["id"].(string)
				b, ok := c.s.World.Bill(id)
				if !ok {
					foreign++
					continue
				}
				seen[id] = true
				sayRecord(t, d, "Bill", row, *b, b.Currency)
			}
			if len(seen) != len(c.s.World.Bills()) || (foreign == 8) != (d == sandbox.Hostile) {
				t.Errorf("%d bills of %d, %d foreign ones", len(seen), len(c.s.World.Bills()), foreign)
			}
			accounts := map[string]bool{}
			for _, row := range paged(t, c, "/billingAccounts", 7) {
				for _, a := range c.s.World.Accounts() {
					if row["id"] == a.ID || row["id"] == a.Number {
						accounts[a.ID] = true
						sayRecord(t, d, "Account", row, a, "")
					}
				}
			}
			if len(accounts) != len(c.s.World.Accounts()) {
				t.Errorf("%d accounts", len(accounts))
			}
			b, _ := c.s.World.Bill(c.s.World.Stories.Spike.ID)
			items := map[string]bool{}
			for _, row := range paged(t, c, "/bills/"+b.ID+"/items", 13) {
				for _, item := range b.Items {
					if row["id"] == item.ID {
						items[item.ID] = true
						sayRecord(t, d, "Item", row, item, b.Currency)
					}
				}
			}
			if len(items) != len(b.Items) {
				t.Errorf("%d items of %d", len(items), len(b.Items))
			}
			if r := c.get("/bills/"+b.ID, "Accept", "application/pdf"); !strings.HasPrefix(r.body, "%PDF-") {
				t.Errorf("the document: %d", r.status)
			}
		})
	}
}

func TestSparseBillsHaveSixFields(t *testing.T) {
	t.Parallel()
	c := newCaller(t, sandbox.Options{Dialect: sandbox.Sparse})
	row := rowsIn(t, c.get("/bills?limit=1").body)[0]
	customer, _ := row["customer"].(map[string]any)
	if got := slices.Sorted(maps.Keys(row)); fmt.Sprint(got) != "[customer id sendingFormat type]" || len(customer) != 3 {
		t.Errorf("a bill has %v, its customer %v", got, customer)
	}
	refused(t, "CSV tells more than the dialect may", c.get("/bills", "Accept", "text/csv"), 406, 62)
}

// TestHostileBreaksEveryHabit finds each of the dialect's habits in one world.
func TestHostileBreaksEveryHabit(t *testing.T) {
	t.Parallel()
	c := newCaller(t, sandbox.Options{Dialect: sandbox.Hostile, CallsPerMinute: -1})
	found := map[string]bool{}
	ids := map[string]int{}
	last, offset := "9999", 0
	for {
		r := c.get(fmt.Sprintf("/bills?limit=25&offset=%d&billingAccountId=BA-410072", offset))
		rows := rowsIn(t, r.body)
		if len(rows) == 0 {
			break
		}
		offset += len(rows)
		total := r.header.Get("X-Total-Count")
		found["no counts"] = found["no counts"] || total == ""
		found["a total below the rows"] = found["a total below the rows"] || total == fmt.Sprint(len(rows)/2)
		found["a wrong result count"] = found["a wrong result count"] || r.header.Get("X-Result-Count") != "" && r.header.Get("X-Result-Count") != fmt.Sprint(len(rows))
		found["a total in words"] = found["a total in words"] || total == "many"
		found["a bare list"] = found["a bare list"] || r.body[0] == '['
		found["a wrapped list"] = found["a wrapped list"] || r.body[0] == '{'
		for _, row := range rows {
			id, _ := row["id"].(string)
			ids[id]++
			issued, _ := row["issuedAt"].(string)
			found["out of order"] = found["out of order"] || issued > last
			last = issued
			_, text := row["amountIncludingTax"].(string)
			found["an amount as text"] = found["an amount as text"] || text
			found["null for an array"] = found["null for an array"] || row["taxes"] == nil
			found["an unknown state"] = found["an unknown state"] || row["state"] == "inDispute"
			found["a field more"] = found["a field more"] || row["loyaltyPoints"] != nil
			found["the filter ignored"] = found["the filter ignored"] || at(row, "billingAccount.id") != "BA-410072"
			found["a foreign bill"] = found["a foreign bill"] || at(row, "billingAccount.number") == sandbox.ForeignAccount
			found["a row twice"] = found["a row twice"] || ids[id] == 2
		}
	}
	for habit, broken := range found {
		if !broken {
			t.Errorf("no page had %s", habit)
		}
	}
	if empty := c.get("/bills?issuedAt=before1990-01-01").body; empty != "null" && empty != `{"bills":null}` {
		t.Errorf("an empty list is %s", empty)
	}
	foreign := c.s.World.ForeignBill(0)
	if r := c.get("/bills/"+foreign.ID, "Accept", "application/pdf"); !strings.HasPrefix(r.body, "%PDF-") {
		t.Errorf("the document of a foreign bill: %d %s", r.status, r.body)
	}
}

func TestDialectsAreTheSameEachTime(t *testing.T) {
	t.Parallel()
	for _, d := range sandbox.Dialects() {
		one, other := newCaller(t, sandbox.Options{Dialect: d}), newCaller(t, sandbox.Options{Dialect: d})
		for _, path := range []string{"/bills?limit=300&offset=200", "/billingAccounts?limit=30"} {
			if one.get(path).body != other.get(path).body {
				t.Errorf("%s tells %s in two ways", d, path)
			}
		}
	}
	if _, err := sandbox.New(sandbox.Options{Dialect: "klingon"}); !errors.Is(err, sandbox.ErrUnknownDialect) {
		t.Errorf("an unknown dialect: %v", err)
	}
}

func TestPositiveCreditNotes(t *testing.T) {
	t.Parallel()
	for _, d := range []sandbox.Dialect{sandbox.Native, sandbox.TMF, sandbox.Hostile} {
		c := newCaller(t, sandbox.Options{Dialect: d, Switches: sandbox.Switches{PositiveCreditNotes: true}})
		note := c.s.World.Stories.CreditNotes[0].ID
		b, _ := c.s.World.Bill(note)
		positive := strings.TrimPrefix(b.Gross, "-")
		body := c.get("/bills/" + note).body
		if !strings.Contains(body, positive) || strings.Contains(body, ":-") || strings.Contains(body, `:"-`) {
			t.Errorf("%s: %s", d, body)
		}
		if items := c.get("/bills/" + note + "/items").body; strings.Contains(items, ":-") || strings.Contains(items, `:"-`) {
			t.Errorf("%s items: %s", d, items)
		}
	}
}
