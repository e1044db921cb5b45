package sqlite_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"billportal/internal/sqlite"
)

func TestTheNewestMalformedRecordsAreKept(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	kept := func(where string) (n int) {
		t.Helper()
		must(t, p.Reader().QueryRowContext(t.Context(), `SELECT count(*) FROM malformed_records WHERE `+where).Scan(&n))
		return n
	}
	must(t, p.KeepMalformed(t.Context(), sqlite.AccountList, [][]byte{[]byte(`"a"`), bytes.Repeat([]byte("x"), 1<<20), {}}))
	must(t, p.KeepMalformed(t.Context(), sqlite.BillList, [][]byte{[]byte(`"a"`)}))
	if kept("1") != 3 || kept("list = 'bills'") != 1 || kept("length(payload) > 20000") != 0 {
		t.Errorf("%d are kept, %d of bills, %d that are long", kept("1"), kept("list = 'bills'"), kept("length(payload) > 20000"))
	}
	for n := range 3 {
		p.wait(time.Second)
		var many [][]byte
		for i := range 70 {
			many = append(many, fmt.Appendf(nil, "%d %d", n, i))
		}
		must(t, p.KeepMalformed(t.Context(), sqlite.ItemList, many))
	}
	if newest := kept("CAST(payload AS TEXT) LIKE '2 %'"); kept("1") != 100 || newest != 70 {
		t.Errorf("%d are kept, %d of the newest 70", kept("1"), newest)
	}
}
