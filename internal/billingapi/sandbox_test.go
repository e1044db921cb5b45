package billingapi_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"billportal/internal/billing"
	"billportal/internal/billingapi"
	"billportal/internal/sandbox"
)

func simulated(t testing.TB) (*sandbox.Sandbox, *billingapi.Client) {
	t.Helper()
	s, err := sandbox.Start(t.Context(), sandbox.Options{
		Seed: 7, Today: time.Date(2026, 9, 15, 0, 0, 0, 0, time.UTC), CallsPerMinute: -1,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	c, err := billingapi.New(billingapi.Options{
		BaseURL: s.BillingURL, TokenURL: s.TokenURL, ClientID: s.ClientID, ClientSecret: s.ClientSecret, APIKey: s.APIKey,
		CallsPerMinute: 100_000, CallsPerSecond: 100_000,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, c
}

// TestWholeWorldIsReadAsItIs compares every bill of the simulator, as it arrives
// through the client, with what the simulator knows of it.
func TestWholeWorldIsReadAsItIs(t *testing.T) {
	t.Parallel()
	s, c := simulated(t)
	got := map[string]billing.Bill{}
	complete := false
	for page, err := range c.Bills(t.Context(), billingapi.BillQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		complete = page.Complete
		for _, r := range page.Bills {
			got[string(r.Bill.UpstreamID)] = r.Bill
		}
	}
	if !complete || len(got) != len(s.World.Bills()) {
		t.Fatalf("%d bills of %d, complete: %v", len(got), len(s.World.Bills()), complete)
	}
	for _, want := range s.World.Bills() {
		sameBill(t, got[want.ID], want)
	}
}

// sameBill compares a bill with the simulator's truth, which is text.
func sameBill(t *testing.T, b billing.Bill, want *sandbox.Bill) {
	t.Helper()
	kind := billing.Invoice
	if want.Type == sandbox.TypeCreditNote {
		kind = billing.CreditNote
	}
	for _, pair := range [][2]string{
		{string(b.Number), want.Number}, {string(b.Kind), string(kind)}, {b.SendingFormat, want.SendingFormat},
		{string(b.Account), want.AccountNumber}, {string(b.AccountUpstreamID), want.AccountID}, {b.AccountName, want.AccountName},
		{b.IssuedOn.String(), want.IssuedAt}, {b.DueOn.String(), want.DueAt}, {b.State, want.State},
		{b.Period.First.String(), want.PeriodStart}, {b.Period.Last.String(), want.PeriodEnd}, {b.Currency, want.Currency},
		{b.Net.Number(), want.Net}, {b.Tax.Number(), want.Tax}, {b.Gross.Number(), want.Gross}, {b.Due.Number(), want.AmountDue},
		{b.PurchaseOrder, want.PurchaseOrder}, {b.UpdatedAt.Format(time.RFC3339), want.UpdatedAt},
		{string(b.Original.UpstreamID), want.OriginalID}, {string(b.Original.Number), want.OriginalNumber},
	} {
		if pair[0] != pair[1] {
			t.Errorf("bill %s: got %q, want %q", want.ID, pair[0], pair[1])
		}
	}
	if len(b.Taxes) != len(want.Taxes) {
		t.Errorf("bill %s: %d taxes, want %d", want.ID, len(b.Taxes), len(want.Taxes))
	}
}

func TestAccountsItemsAndDocumentOfTheWorld(t *testing.T) {
	t.Parallel()
	s, c := simulated(t)
	accounts := 0
	for page, err := range c.Accounts(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		accounts += len(page.Accounts)
	}
	if accounts != len(s.World.Accounts()) {
		t.Errorf("%d accounts, want %d", accounts, len(s.World.Accounts()))
	}
	want := s.World.Bills()[0]
	list, err := c.Items(t.Context(), billing.UpstreamID(want.ID), want.Currency)
	if err != nil || !list.Complete || len(list.Items) != len(want.Items) {
		t.Errorf("%d items of %d, complete: %v, %v", len(list.Items), len(want.Items), list.Complete, err)
	}
	d, err := c.Document(t.Context(), billing.UpstreamID(want.ID))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Body.Close()
	body, err := io.ReadAll(d.Body)
	pdf, _ := s.World.PDF(want.ID)
	if err != nil || !bytes.Equal(body, pdf) {
		t.Errorf("a PDF of %d bytes, want %d, %v", len(body), len(pdf), err)
	}
}

func TestRevokedCredentialsAreTold(t *testing.T) {
	t.Parallel()
	s, c := simulated(t)
	s.API.RevokeAPIKey(true)
	if _, err := c.Items(t.Context(), "1", "EUR"); !errors.Is(err, billingapi.ErrDenied) {
		t.Errorf("a revoked key: %v", err)
	}
	s.API.RevokeAPIKey(false)
	s.API.Fail(func(*http.Request) *sandbox.Failure {
		return sandbox.GatewayFailure(403, 53, "Too many requests", "Quota")
	})
	if _, err := c.Status(t.Context()); !errors.Is(err, billingapi.ErrLimited) {
		t.Errorf("a limit: %v", err)
	}
}

func BenchmarkCall(b *testing.B) {
	_, c := simulated(b)
	for b.Loop() {
		if _, err := c.Status(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkListing(b *testing.B) {
	_, c := simulated(b)
	n := 0
	for b.Loop() {
		for page, err := range c.Bills(b.Context(), billingapi.BillQuery{}) {
			if err != nil {
				b.Fatal(err)
			}
			n += len(page.Bills)
		}
	}
	b.Logf("%d bills a second", int64(n)*int64(time.Second)/int64(b.Elapsed()))
}
