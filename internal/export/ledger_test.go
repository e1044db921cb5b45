package export_test

import (
	"encoding/csv"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"billportal/internal/access"
	"billportal/internal/export"
	"billportal/internal/ledger"
)

func TestTheLedgerIsAFileThatRunsNothing_F5(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 9, 15, 8, 0, 0, 7_000_000, time.FixedZone("CEST", 7200))
	first := ledger.Seal(ledger.Entry{}, at, ledger.Act{Actor: "person:7 Ada, Okafor", Action: "grant.add", Object: "=1+1", Detail: "-2", RequestID: "@x"})
	var out strings.Builder
	l := export.NewLedger(&out)
	if err := errors.Join(l.Write(first, access.Person{ID: 7, Subject: "u-7", Email: "=ada@x.example"}), l.Flush()); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("%q, %v", rows, err)
	}
	if got := strings.Join(rows[0], ","); got != "sequence,at,actor,actor_key,actor_subject,actor_email,action,object,detail,request_id,hash" {
		t.Errorf("header %q", got)
	}
	if want := []string{"1", "2026-09-15T06:00:00.007Z", "person:7 Ada, Okafor", "7", "u-7", "'=ada@x.example", "grant.add", "'=1+1", "'-2", "'@x", first.Hash}; !slices.Equal(rows[1], want) {
		t.Errorf("%q", rows[1])
	}
	broken := export.NewLedger(&full{})
	if err := errors.Join(broken.Write(first, access.Person{}), broken.Flush()); !errors.Is(err, errFull) {
		t.Errorf("nowhere to write to: %v", err)
	}
}
