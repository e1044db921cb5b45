package web_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"billportal/internal/access"
	"billportal/internal/ledger"
	"billportal/internal/sandbox"
)

// truth is what holds for somebody for a while: from a moment before the change that
// began it to a moment after the one that ended it.
type truth struct {
	session    int    // which of their sessions counts; 0 is none
	side       string // letters of the accounts that are granted
	begun, end time.Time
}

// member is one of a crowd.
type member struct {
	visitor
	mu       sync.Mutex
	sessions int // opened so far
	truths   []truth
	grants   map[string]access.GrantID
}

// crowd is many people who use one portal while what they may do changes.
type crowd struct {
	*world
	members  []*member
	requests atomic.Int64
	changes  atomic.Int64
	aborted  atomic.Int64
	findings chan string
	statuses [600]atomic.Int64
}

// TestACrowdIsNeverConfused has people of all roles ask at once while grants come and
// go, people are disabled and sign out, and requests break off. Every answer must
// be right for a moment during its request, and hold nobody else's name.
func TestACrowdIsNeverConfused_case14_case30_D5(t *testing.T) {
	t.Parallel()
	c := newCrowd(t)
	began := time.Now()
	over := func() bool {
		return len(c.findings) == cap(c.findings) || time.Since(began) >= crowdSpan && c.requests.Load() >= crowdRequests
	}
	var everybody sync.WaitGroup
	for i, m := range c.members {
		everybody.Go(func() {
			dice := rand.New(rand.NewPCG(uint64(i), rand.Uint64()))
			for !over() {
				c.ask(m, dice)
			}
		})
	}
	everybody.Go(func() {
		for !over() {
			c.change(t, c.members[rand.IntN(len(c.members))])
		}
	})
	everybody.Wait()
	close(c.findings)
	for finding := range c.findings {
		t.Error(finding)
	}
	t.Logf("%d people, %d requests, %d of them broken off, %d changes in %v; status 200 %d times, 303 %d, 403 %d, 404 %d", len(c.members),
		c.requests.Load(), c.aborted.Load(), c.changes.Load(), time.Since(began).Round(time.Second),
		c.statuses[200].Load(), c.statuses[303].Load(), c.statuses[403].Load(), c.statuses[404].Load())
	for _, status := range []int{200, 303, 403, 404} {
		if c.statuses[status].Load() == 0 {
			t.Errorf("nobody was ever answered with %d", status)
		}
	}
}

func newCrowd(t *testing.T) *crowd {
	t.Helper()
	c := &crowd{world: newWorld(t), findings: make(chan string, 20)}
	kinds := []visitor{
		{groups: []string{sandbox.GroupReaders}, rights: employee, roles: true}, {groups: []string{sandbox.GroupAccounting}, rights: accountant, roles: true},
		{groups: []string{sandbox.GroupAdmins}, rights: admin, roles: true}, {groups: []string{"sweep-nothing"}},
	}
	for i := range crowdPeople {
		m := &member{visitor: kinds[[]int{0, 1, 0, 1, 0, 2, 1, 3}[i%8]], grants: map[string]access.GrantID{}}
		m.name = fmt.Sprintf("crowd-%03d", i)
		m.truths = []truth{{}}
		c.members = append(c.members, m)
		c.signIn(t, m)
		c.turn(t, m, "AB"[i%2])
		c.canary("person "+m.name, "name of "+m.name, bodyName(&m.visitor))
	}
	c.finder = newAviary(c.canaries)
	return c
}

// become makes something true of a member: both what was and what comes hold while
// act brings it about.
func (c *crowd) become(m *member, next func(*truth), act func() error) {
	m.mu.Lock()
	before := len(m.truths) - 1
	coming := m.truths[before]
	next(&coming)
	coming.begun = time.Now()
	m.truths = append(m.truths, coming)
	m.mu.Unlock()
	if err := act(); err != nil {
		c.say("%s cannot be changed: %v", m.name, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.truths[before].end = time.Now()
	if len(m.truths) > 64 {
		m.truths = slices.Clone(m.truths[32:])
	}
	c.changes.Add(1)
}

// now is what holds of a member while nothing is being changed.
func (m *member) now() truth {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.truths[len(m.truths)-1]
}

// during are the truths of a span of time.
func (m *member) during(from, to time.Time) []truth {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(m.truths), func(h truth) bool {
		return h.begun.After(to) || !h.end.IsZero() && h.end.Before(from)
	})
}

// say takes down a finding; the first few are enough.
func (c *crowd) say(format string, args ...any) {
	select {
	case c.findings <- fmt.Sprintf(format, args...):
	default:
	}
}

// change changes one thing about a member.
func (c *crowd) change(t *testing.T, m *member) {
	switch is := m.now(); {
	case is.session == 0:
		c.signIn(t, m)
	case rand.IntN(24) == 0:
		c.become(m, func(next *truth) { next.session = 0 }, func() error {
			return c.db.EndSession(t.Context(), m.opened().Hash, ledger.Act{Actor: "test", Action: "session.end"})
		})
	case rand.IntN(24) == 0 && !m.rights.Has(access.Administer):
		c.become(m, func(next *truth) { next.session = 0 }, func() error { return c.disable(t, m, true) })
	default:
		c.turn(t, m, "AB"[rand.IntN(2)])
	}
}

func (c *crowd) disable(t *testing.T, m *member, disabled bool) error {
	return c.db.SetDisabled(t.Context(), m.person.ID, disabled, "of the test", access.Policy{}, ledger.Act{Actor: "test", Action: "person.disable"})
}

// signIn lets a member in again, with a session of its own number.
func (c *crowd) signIn(t *testing.T, m *member) {
	number := m.sessions + 1
	c.become(m, func(next *truth) { next.session = number }, func() error {
		if m.sessions > 0 {
			if err := c.disable(t, m, false); err != nil {
				return err
			}
		}
		fresh := m.visitor
		c.signInVisitor(t, &fresh)
		m.mu.Lock()
		defer m.mu.Unlock()
		m.visitor, m.sessions = fresh, number
		return nil
	})
}

// turn gives a member the grant for an account, or takes it away.
func (c *crowd) turn(t *testing.T, m *member, letter byte) {
	account, act := string(letter), ledger.Act{Actor: "test", Action: "grant"}
	grant := access.Grant{GranteeKind: access.GranteePerson, Grantee: m.person.Subject, TargetKind: access.TargetAccount, Target: string(numberOf(account))}
	if strings.Contains(m.now().side, account) {
		c.become(m, func(next *truth) { next.side = strings.ReplaceAll(next.side, account, "") }, func() error {
			_, err := c.db.RemoveGrant(t.Context(), act, m.grants[account])
			return err
		})
		return
	}
	c.become(m, func(next *truth) { next.side += account }, func() error {
		if _, _, err := c.db.AddGrants(t.Context(), act, []access.Grant{grant}, false); err != nil {
			return err
		}
		all, err := c.db.GrantsTo(t.Context(), m.person)
		if err != nil {
			return err
		}
		for _, g := range all {
			if g.Target == grant.Target {
				m.grants[account] = g.ID
			}
		}
		return nil
	})
}

// opened is what the browser of a member holds.
func (m *member) opened() visitor {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.visitor
}

// question is something to ask, and who is answered.
type question struct {
	target string
	rights []access.Right
	letter string // of the account whose bill it is
	norole int    // the answer to people without a role, where a session is enough
}

func (c *crowd) question(dice *rand.Rand) question {
	letter := "AB"[dice.IntN(2):][:1]
	bill := "/bills/" + string(c.bills[letter][0].ID)
	view := []access.Right{access.View}
	all := []question{
		{target: bill, rights: view, letter: letter}, {target: bill + "/items", rights: view, letter: letter}, {target: bill + "/document", rights: view, letter: letter},
		{target: "/bills?issued=any", rights: view}, {target: "/accounts", rights: view}, {target: "/bills.csv?issued=any", rights: []access.Right{access.Export}},
		{target: "/profile"}, {target: "/", norole: http.StatusForbidden},
		{target: "/admin/accounts", rights: []access.Right{access.Administer}}, {target: "/admin/access", rights: []access.Right{access.Administer}},
	}
	return all[dice.IntN(len(all))]
}

// answer is what a question is answered with when something is true.
func (q question) answer(m visitor, h truth, session int) int {
	switch {
	case h.session != session:
		return http.StatusSeeOther
	case !m.has(q.rights):
		return http.StatusForbidden
	case q.letter != "" && !strings.Contains(h.side, q.letter):
		return http.StatusNotFound
	case q.norole != 0 && !m.roles:
		return q.norole
	}
	return http.StatusOK
}

// ask asks one question and judges the answer by what was true meanwhile. One in
// eight asks no further before it is answered.
func (c *crowd) ask(m *member, dice *rand.Rand) {
	q := c.question(dice)
	m.mu.Lock()
	as, session, from := m.visitor, m.sessions, time.Now()
	m.mu.Unlock()
	r := cell{person: &as, method: http.MethodGet, target: q.target}.request()
	aborts := dice.IntN(8) == 0
	if aborts {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		defer time.AfterFunc(time.Duration(dice.IntN(8000))*time.Microsecond, cancel).Stop()
		r = r.WithContext(ctx)
		c.aborted.Add(1)
	}
	a := c.serve(r)
	c.requests.Add(1)
	truths := m.during(from, time.Now())
	c.judgeCrowd(a, q, as, truths, session, aborts, typed(c.finder, r, ""))
}

func (c *crowd) judgeCrowd(a *httptest.ResponseRecorder, q question, as visitor, truths []truth, session int, aborts bool, repeated []canary) {
	if !aborts {
		c.statuses[a.Code].Add(1)
	}
	// Session and grants are read one after the other, so either may be of another
	// moment.
	right := false
	for _, h := range truths {
		for _, other := range truths {
			mixed := h
			mixed.side = other.side
			right = right || a.Code == q.answer(as, mixed, session)
		}
	}
	if !right && !aborts || a.Code >= http.StatusInternalServerError {
		c.say("%s asks %s: status %d, which was right at no moment: %+v, session %d", as.name, q.target, a.Code, truths, session)
	}
	named := false
	for _, bird := range c.canariesOf(a) {
		named = named || bird.of == "person "+as.name
		if !slices.Contains(repeated, bird) && !slices.ContainsFunc(truths, func(h truth) bool {
			then := as
			then.side, then.alive = h.side, true
			return then.may(bird)
		}) {
			c.say("%s asks %s: status %d tells the %v of %s, which was not theirs at any moment: %+v", as.name, q.target, a.Code, bird, bird.of, truths)
		}
	}
	if !named && !aborts && a.Code == http.StatusOK && strings.HasPrefix(a.Header().Get("Content-Type"), "text/html") {
		c.say("%s asks %s: the page does not name them", as.name, q.target)
	}
}
