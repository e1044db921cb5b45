package sandbox

import (
	"cmp"
	"slices"
	"sync/atomic"
	"time"
)

// monthsOfHistory is how far back the world goes, the current month included.
const monthsOfHistory = 36

// World is everything the simulated supplier knows: accounts, bills, items. It
// is a pure function of a seed and a day, equal byte for byte wherever it is
// made. Reading it is safe for concurrent use; what it returns must not be
// changed.
type World struct {
	// Stories says where the planted oddities are.
	Stories Stories

	seed     uint64
	today    time.Time
	plot     plot
	accounts []Account // the listed ones, then the unlisted one
	byNumber map[string]*Account

	corrected state // as every bill stands in the end
	asIssued  state // the same with the one bill not yet corrected
	held      atomic.Bool
}

// state is the list of bills at one point of the correction story.
type state struct {
	bills []*Bill // newest first
	byID  map[string]*Bill
}

// NewWorld makes the world of 36 months that end today. Only the calendar day
// of today counts, as it is in today's own location.
func NewWorld(seed uint64, today time.Time) *World {
	y, m, d := today.Date()
	w := &World{
		seed: seed, today: time.Date(y, m, d, 0, 0, 0, 0, time.UTC),
		accounts: allAccounts(), byNumber: map[string]*Account{},
	}
	w.plot = plot{first: monthOf(w.today) - (monthsOfHistory - 1)}
	for i := range w.accounts {
		a := &w.accounts[i]
		a.PaymentTermDays = 30
		if a.Status == "" {
			a.Status = StatusActive
		}
		w.byNumber[a.Number] = a
	}
	bills := w.makeBills()
	w.corrected = newState(bills)
	w.asIssued = newState(w.beforeCorrection(bills))
	return w
}

func newState(bills []*Bill) state {
	s := state{bills: bills, byID: make(map[string]*Bill, len(bills))}
	slices.SortFunc(s.bills, func(a, b *Bill) int {
		return cmp.Or(cmp.Compare(b.IssuedAt, a.IssuedAt), cmp.Compare(b.ID, a.ID))
	})
	for _, b := range s.bills {
		s.byID[b.ID] = b
	}
	return s
}

// makeBills writes every bill as it stands in the end, and the stories.
func (w *World) makeBills() []*Bill {
	var bills []*Bill
	for slot := range w.accounts {
		s := newSubscriber(w.seed, &w.accounts[slot], slot)
		streams := 1
		if s.account.mobile {
			streams = 2
		}
		for i := range monthsOfHistory {
			for stream := range streams {
				bills = append(bills, w.billsOf(s, w.plot.at(i), stream)...)
			}
		}
	}
	w.tellFixedStories()
	return bills
}

// billsOf gives what one account is sent in one month: one invoice, and with
// it what a story hangs on it.
func (w *World) billsOf(s *subscriber, m month, stream int) []*Bill {
	if !w.plot.bills(s.account, m) || s.issueDay(w.seed, m, stream).After(w.today) {
		return nil
	}
	d := w.invoice(s, m, stream)
	bill := d.settle()
	bills := []*Bill{&bill}
	if stream == streamServices {
		bills = append(bills, w.tell(s.account, m, d, &bill)...)
	}
	return bills
}

func (w *World) current() *state {
	if w.held.Load() {
		return &w.asIssued
	}
	return &w.corrected
}

// Today is the last day of the world, at midnight UTC.
func (w *World) Today() time.Time { return w.today }

// Seed is the seed the world was made of.
func (w *World) Seed() uint64 { return w.seed }

// Accounts gives the accounts the API lists.
func (w *World) Accounts() []Account { return w.accounts[:listedAccounts] }

// Account finds a listed account by its number.
func (w *World) Account(number string) (Account, bool) {
	a, ok := w.byNumber[number]
	if !ok || number == numberUnlisted {
		return Account{}, false
	}
	return *a, true
}

// Bills gives every bill, newest first, as the API serves them now.
func (w *World) Bills() []*Bill { return w.current().bills }

// Bill finds a bill by its upstream id, as the API serves it now.
func (w *World) Bill(id string) (*Bill, bool) {
	b, ok := w.current().byID[id]
	return b, ok
}

// HoldCorrection takes the world back to before Stories.Corrected was
// corrected: that bill is again as it was issued.
func (w *World) HoldCorrection() { w.held.Store(true) }

// Correct lets the correction of Stories.Corrected take effect. It has taken
// effect in a new world.
func (w *World) Correct() { w.held.Store(false) }
