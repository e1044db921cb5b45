package billingapi

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"billportal/internal/billing"
)

func TestParseDialectReplacesKeyByKey(t *testing.T) {
	t.Parallel()
	d, err := ParseDialect(strings.NewReader(`{
		"accountParam": "account.id", "sortParam": "", "documentWays": ["subPath"], "creditNoteWords": ["CN"],
		"bill": {"number": ["ref.no"]}, "headers": {"X-Contract": "7"}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := BuiltInDialect()
	want.AccountParam, want.SortParam = "account.id", ""
	want.DocumentWays, want.CreditNoteWords = []DocumentWay{DocumentBySubPath}, []string{"CN"}
	want.Bill["number"] = []string{"ref.no"}
	want.Headers["X-Contract"] = "7"
	if !reflect.DeepEqual(d, want) {
		t.Errorf("got  %+v\nwant %+v", d, want)
	}
	r, _ := decodeRecord([]byte(`{"id":1,"number":"x","ref":[{"no":"N-1"}],"type":"cn"}`))
	if b := d.bill(r); b.Number != "N-1" || b.Kind != billing.CreditNote {
		t.Errorf("bill %+v", b)
	}
}

func TestParseDialectNamesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for text, names := range map[string][]string{
		`{"pagesize": 3, "colour": 1, "bill": {"amount": ["x"]}}`: {"bill.amount", "colour", "pagesize"},
		`{"headers": {"authorization": "x"}}`:                     {`"authorization"`},
		`{"headers": {"X-A": "b\r\nc"}}`:                          {`"X-A"`},
		`{"documentWays": ["fax"], "callSeconds": 0}`:             {"fax", "callSeconds"},
		`{"documentPath": "http://x"}`:                            {"documentPath"},
		`{"pageSize": 1.5}`:                                       {"pageSize"},
		`[]`:                                                      {"dialect"},
		``:                                                        {"dialect"},
		`{} {}`:                                                   {"dialect"},
	} {
		_, err := ParseDialect(strings.NewReader(text))
		if err == nil {
			t.Errorf("%s: accepted", text)
			continue
		}
		for _, name := range names {
			if !strings.Contains(err.Error(), name) {
				t.Errorf("%s: %v does not name %s", text, err, name)
			}
		}
	}
	if _, err := ParseDialect(broken{}); !errors.Is(err, errBroken) {
		t.Errorf("a file that cannot be read: %v", err)
	}
}

var errBroken = errors.New("broken")

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errBroken }

func TestBuiltInDialectIsACopy(t *testing.T) {
	t.Parallel()
	d := BuiltInDialect()
	d.Bill["id"], d.Headers["X"] = nil, "y"
	if err := d.check(); err != nil {
		t.Error(err)
	}
	if again := BuiltInDialect(); again.Bill["id"] == nil || len(again.Headers) > 0 {
		t.Error("changing one changes the next")
	}
}
