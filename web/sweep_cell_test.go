package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"billportal/internal/access"
)

// cell is one request of the sweep.
type cell struct {
	number int
	line   line
	// answering is the line that says what the answer is: another one where the path
	// has the form of another route, which names nothing that exists.
	answering line
	person    *visitor
	method    string
	object    object
	part      bool // htmx asks
	token     bool // the form token comes along
	target    string
	form      string

	elsewhere string // the session of the person in another browser
	another   string // the session of somebody else
	anotherID access.PersonID
}

func (c cell) String() string {
	extra := ""
	if c.part {
		extra = ", in part"
	}
	if c.method == http.MethodPost && !c.token {
		extra += ", without form token"
	}
	return fmt.Sprintf("%s %.200s as %s, %v object%s [%s]", c.method, c.target, c.person.name, c.object, extra, c.line.pattern)
}

// newCell is a cell of a whole page, with the form token if there is a form.
func newCell(l line, people []*visitor, person *visitor, method string, o object) cell {
	other := another(people, person)
	c := cell{line: l, answering: l, person: person, method: method, object: o, token: true, another: other.sessionID, anotherID: other.person.ID}
	if c.elsewhere = person.sessionID; !person.alive {
		c.elsewhere = c.another // they have none of their own
	}
	return c
}

// another is somebody else who is signed in.
func another(people []*visitor, besides *visitor) *visitor {
	return people[slices.IndexFunc(people, func(v *visitor) bool { return v.alive && v != besides })]
}

// session is the session that a cell ends: the same person's in another browser, or
// somebody else's.
func (c cell) session() string {
	if c.object == foreignObject {
		return c.another
	}
	return c.elsewhere
}

// want is the status that the table expects.
func (c cell) want() int {
	l, p := c.answering, c.person
	status := l.answers[min(int(c.object), len(l.answers)-1)]
	if l.at != c.line.at {
		status = l.answers[missingObject]
	}
	if p.side == "" && c.object == ownObject && len(l.answers) > 1 && strings.HasPrefix(l.pattern, "/bills") {
		status = l.answers[foreignObject] // nothing is theirs
	}
	for who, is := range map[string]bool{"alive": p.alive, "norole": p.alive && !p.roles, "part": c.part} {
		if other, said := l.others[who]; said && is {
			status = other
		}
	}
	switch {
	case c.method == http.MethodOptions:
		return http.StatusNoContent
	case !slices.Contains(l.methods, c.method):
		return http.StatusMethodNotAllowed
	case l.public:
		return status
	case !p.alive && c.part:
		return http.StatusUnauthorized
	case !p.alive:
		return http.StatusSeeOther
	case c.method == http.MethodPost && !c.token:
		return http.StatusForbidden
	case !p.has(l.rights):
		// A right that a parameter asks for is looked at after the thing itself.
		if p.has(l.rights[:1]) && status == http.StatusNotFound {
			return status
		}
		return http.StatusForbidden
	}
	return status
}

// request is a cell on the wire. It asks for another method in every way that some
// servers listen to.
func (c cell) request() *http.Request {
	r := httptest.NewRequest(c.method, c.target, nil)
	if c.method == http.MethodPost {
		r = formRequest(c.target, c.form, map[bool]string{true: c.person.FormToken, false: ""}[c.token])
	}
	r.RemoteAddr = fmt.Sprintf("127.%d.%d.%d:40000", c.number>>16&0xff, c.number>>8&0xff, c.number&0xff) // so that nobody keeps another waiting
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for _, name := range []string{"X-Http-Method-Override", "X-Http-Method", "X-Method-Override"} {
		r.Header.Set(name, http.MethodPost)
	}
	if c.part {
		r.Header.Set("HX-Request", "true")
	}
	if c.person.Cookie != nil {
		r.AddCookie(c.person.Cookie)
	}
	return r
}

// newSweep is the world with its people.
func newSweep(t *testing.T) (*world, []*visitor) {
	t.Helper()
	w, people := newWorld(t), visitors()
	w.people(t, people)
	w.finder = newAviary(w.canaries)
	return w, people
}
