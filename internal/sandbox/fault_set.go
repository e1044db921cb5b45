package sandbox

import (
	"strconv"
	"sync"
	"time"
)

// Armed is a fault in force.
type Armed struct {
	ID     int
	Fault  Fault
	Served int // answers it has spoilt so far
	Over   bool
}

// armed is the same with what decides whether it is due.
type armed struct {
	Armed
	word   word
	since  time.Time
	passed int // requests it was asked about
}

// faultSet holds the faults in force.
type faultSet struct {
	mu     sync.Mutex
	seed   uint64
	lastID int
	all    []*armed
	served map[string]int // by word, those taken away included
}

// Arm puts faults in force, in the text form of Fault. It arms all or none and
// returns the number of the first; the others follow it.
func (a *API) Arm(texts ...string) (id int, err error) {
	faults := make([]Fault, len(texts))
	for i, text := range texts {
		if faults[i], err = ParseFault(text); err != nil {
			return 0, err
		}
	}
	return a.ArmFaults(faults...)
}

// ArmFaults is Arm for faults that are not text.
func (a *API) ArmFaults(faults ...Fault) (id int, err error) {
	for i := range faults {
		if err := faults[i].check(); err != nil {
			return 0, err
		}
	}
	s := &a.faults
	now := a.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	id = s.lastID + 1
	for _, f := range faults {
		s.lastID++
		s.all = append(s.all, &armed{Armed: Armed{ID: s.lastID, Fault: f}, word: words[f.Word], since: now})
	}
	return id, nil
}

// Disarm takes one fault away and says whether it was there.
func (a *API) Disarm(id int) bool {
	s := &a.faults
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, one := range s.all {
		if one.ID == id {
			s.all = append(s.all[:i:i], s.all[i+1:]...)
			return true
		}
	}
	return false
}

// DisarmAll takes every fault away; what Served counted stays.
func (a *API) DisarmAll() {
	a.faults.mu.Lock()
	defer a.faults.mu.Unlock()
	a.faults.all = nil
}

// Faults gives the faults that were armed and not taken away, those that are
// over included.
func (a *API) Faults() []Armed {
	now := a.now()
	s := &a.faults
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Armed, len(s.all))
	for i, one := range s.all {
		all[i] = one.Armed
		all[i].Over = one.over(now)
	}
	return all
}

// Served counts the answers that faults of a word have really spoilt since the
// start: one that a limit, another fault or the wrong kind of answer kept from
// its turn is not counted.
func (a *API) Served(word string) int {
	a.faults.mu.Lock()
	defer a.faults.mu.Unlock()
	return a.faults.served[canonical(word)]
}

func (f *armed) over(now time.Time) bool {
	return f.Fault.Times > 0 && f.Served >= f.Fault.Times || f.Fault.For > 0 && now.Sub(f.since) >= f.Fault.For
}

// due asks for the turn of f on one request, and counts it as served; nothing
// else may then be asked of the request before settle.
func (s *faultSet) due(f *armed, now time.Time) bool {
	if f.over(now) {
		return false
	}
	f.passed++
	if f.passed <= f.Fault.After {
		return false
	}
	if chance := f.Fault.Chance; chance > 0 {
		const scale = 1 << 20
		d := roll(s.seed, "fault", strconv.Itoa(f.ID), strconv.Itoa(f.passed))
		if float64(d.below(scale)) >= chance*scale {
			return false
		}
	}
	f.Served++
	s.served[f.Fault.Word]++
	return true
}

// apply lets the faults of one stage that cover the call have their turn, in
// the order in which they were armed. It stops after the first that was served
// when only one can be.
func (s *faultSet) apply(c *call, at stage, onlyOne bool) {
	for _, f := range s.covering(c, at) {
		s.mu.Lock()
		taken := s.due(f, c.api.now())
		c.turn = f.Served
		s.mu.Unlock()
		if !taken {
			continue
		}
		c.fault = &f.Fault
		if f.word.do(c) {
			if onlyOne {
				return
			}
			continue
		}
		s.mu.Lock() // the answer was not of its kind: it never happened
		f.Served--
		f.passed--
		s.served[f.Fault.Word]--
		s.mu.Unlock()
	}
}

func (s *faultSet) covering(c *call, at stage) []*armed {
	target := c.r.URL.RequestURI()
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []*armed
	for _, f := range s.all {
		if f.word.stage == at && f.Fault.covers(c.route, target) {
			if f.word.routes == nil || contains(f.word.routes, c.route) {
				found = append(found, f)
			}
		}
	}
	return found
}
