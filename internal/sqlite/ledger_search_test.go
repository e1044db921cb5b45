package sqlite_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"billportal/internal/ledger"
)

// TestTheLedgerFindsWhatAnEntryConcerns_L1 asks for numbers with other separators
// than they were recorded with, for names, groups and people, and for what is none
// of them.
func TestTheLedgerFindsWhatAnEntryConcerns_L1(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	digest := strings.Repeat("12345678", 8)
	for _, e := range []ledger.Act{
		{Action: "bill.view", Object: "xk3", Detail: "FA-2026/0815"},
		{Action: "document.view", Object: "xk3", Detail: "FA-2026/0815, 900 bytes, SHA-256 " + digest},
		{Action: "account.change", Object: "0071 4420 18", Detail: `status admitted, name "Café 100%", group "", cost centre "", country ""`},
		{Action: "grant.add", Object: "person:7 Elena Brandt (u-7): account 0071 4420 18"},
		{Action: "grant.add", Object: "person:71 Jonas (u-71): all"},
		{Action: "grant.add", Object: "group mf-readers: all"},
		{Action: "person.disable", Object: "person:7 Elena Meyer", Detail: "left"},
	} {
		e.Actor = "person:1 Ada"
		must(t, p.Record(t.Context(), e))
	}
	for _, c := range []struct {
		concerns string
		about    []string
		want     []int64
	}{
		{"FA20260815", nil, []int64{2, 1}}, {"fa 2026 0815", nil, []int64{2, 1}}, {"FA-2026/0816", nil, nil},
		{"0071442018", nil, []int64{4, 3}}, {"0071-4420-18", nil, []int64{4, 3}}, {"Elena Brandt", nil, []int64{4}},
		{"Elena Meyer", []string{"person:7 "}, []int64{7, 4}}, {"nobody", []string{"person:9 "}, nil}, {"MF-Readers", nil, []int64{6}}, {"café", nil, []int64{3}},
		{"5678123", nil, nil}, {digest, nil, []int64{2}}, {"%", nil, nil}, {"' OR 1=1 --", nil, nil},
	} {
		f := ledger.Filter{Concerns: c.concerns, About: c.about}
		entries, err := p.Ledger(t.Context(), f, 0, 50)
		must(t, err)
		var got []int64
		for _, e := range entries {
			got = append(got, e.Sequence)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q finds %v instead of %v", c.concerns, got, c.want)
		}
		onward, err := p.LedgerAfter(t.Context(), f, 0, 50)
		must(t, err)
		if slices.Reverse(onward); fmt.Sprint(onward) != fmt.Sprint(entries) {
			t.Errorf("%q finds others in the other order", c.concerns)
		}
	}
	narrow, err := p.Ledger(t.Context(), ledger.Filter{Concerns: "FA20260815", Action: "bill."}, 0, 50)
	must(t, err)
	if len(narrow) != 1 || narrow[0].Sequence != 1 {
		t.Errorf("with an action it finds %+v", narrow)
	}
}
