package web_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/billingapi"
	"billportal/internal/ledger"
	"billportal/web"
)

// object says whose a thing is that a request names.
type object int

const (
	ownObject object = iota
	foreignObject
	missingObject
	malformedObject
)

func (o object) String() string {
	return [...]string{"own", "foreign", "missing", "malformed"}[o]
}

// line is a line of the table: how a route answers.
type line struct {
	at      int // in the file
	methods []string
	pattern string
	public  bool
	rights  []access.Right // none for a session
	target  string
	form    string
	answers []int // by object; one for a route that takes none
	others  map[string]int
	alone   bool // it ends everybody's sessions
}

func (l line) String() string {
	return fmt.Sprintf("line %d (%s %s)", l.at, strings.Join(l.methods, ","), l.target)
}

const table = "testdata/sweep.txt"

var rightWords = map[string]access.Right{
	"view": access.View, "download": access.Download, "export": access.Export, "review": access.Review, "administer": access.Administer,
}

func readTable(t *testing.T) []line {
	t.Helper()
	text, err := os.ReadFile(table)
	if err != nil {
		t.Fatal(err)
	}
	var lines []line
	for n, row := range strings.Split(string(text), "\n") {
		if row = strings.TrimSpace(row); row == "" || row[0] == '#' {
			continue
		}
		l, err := parseLine(row)
		if err != nil {
			t.Fatalf("%s, line %d: %v", table, n+1, err)
		}
		l.at = n + 1
		lines = append(lines, l)
	}
	return lines
}

func parseLine(row string) (line, error) {
	fields := strings.Fields(row)
	if len(fields) < 8 {
		return line{}, fmt.Errorf("%d fields", len(fields))
	}
	l := line{methods: strings.Split(fields[0], ","), pattern: fields[1], target: fields[3], others: map[string]int{}}
	for word := range strings.SplitSeq(fields[2], "+") {
		switch right, known := rightWords[word]; {
		case word == "public":
			l.public = true
		case word == "session":
		case known:
			l.rights = append(l.rights, right)
		default:
			return l, fmt.Errorf("no right is called %q", word)
		}
	}
	for _, answer := range fields[4:8] {
		if answer == "-" {
			continue
		}
		status, err := strconv.Atoi(answer)
		if err != nil {
			return l, err
		}
		l.answers = append(l.answers, status)
	}
	for _, field := range fields[8:] {
		name, value, _ := strings.Cut(field, "=")
		if field == "alone" {
			l.alone = true
			continue
		}
		if name == "form" {
			l.form = value
			continue
		}
		status, err := strconv.Atoi(value)
		if err != nil || !slices.Contains([]string{"alive", "norole", "part"}, name) {
			return l, fmt.Errorf("%q is not WHO=STATUS", field)
		}
		l.others[name] = status
	}
	if len(l.answers) != 1 && len(l.answers) != 4 || len(l.answers) == 1 != (placeholders(l) == 0) {
		return l, fmt.Errorf("%d answers, though it names %d things", len(l.answers), placeholders(l))
	}
	return l, nil
}

// placeholders counts the things that a line names. Leaving takes the session that
// everybody asks with.
func placeholders(l line) int {
	return strings.Count(strings.ReplaceAll(l.target+l.form, "{leaving}", ""), "{")
}

// nonsense is no key of anything, and plain text all the same.
var nonsense = strings.Repeat("x", 300)

// covers reports every route without a line and every line without a route.
func covers(t *testing.T, w *world, lines []line) {
	t.Helper()
	for _, l := range lines {
		for _, method := range l.methods {
			if !slices.ContainsFunc(w.web.Routes(), func(r web.Route) bool { return r.Method == method && r.Path == l.pattern }) {
				t.Errorf("%s, %v: there is no route %s %s: delete the line or correct it", table, l, method, l.pattern)
			}
		}
	}
	for _, r := range w.web.Routes() {
		found := false
		for _, l := range lines {
			if l.pattern != r.Path || !slices.Contains(l.methods, r.Method) {
				continue
			}
			found = true
			var right access.Right
			if len(l.rights) > 0 {
				right = l.rights[0]
			}
			if l.public != r.Public || right != r.Right {
				t.Errorf("%s, %v: the table and web/routes.go disagree about who may ask for %s %s", table, l, r.Method, r.Path)
			}
		}
		if !found {
			t.Errorf("nothing says who may ask for %s %s: add a line to web/%s with its right, what to ask for, and the answers for own, foreign, missing and malformed; "+
				"a new kind of thing in braces gets its four values in world.thing", r.Method, r.Path, table)
		}
	}
}

var braces = regexp.MustCompile(`\{[a-z]+\}`)

// fill puts things of an object into a target or a form. What comes before the
// question mark is escaped as a path.
func (w *world) fill(t *testing.T, text string, c cell, form bool) string {
	t.Helper()
	path, query, asks := strings.Cut(text, "?")
	if form {
		path, query, asks = "", text, false
	}
	path = braces.ReplaceAllStringFunc(path, func(name string) string { return url.PathEscape(w.thing(t, name[1:len(name)-1], c)) })
	query = braces.ReplaceAllStringFunc(query, func(name string) string { return url.QueryEscape(w.thing(t, name[1:len(name)-1], c)) })
	if asks {
		path += "?"
	}
	return path + query
}

// sides are the accounts in which things are looked for: what is somebody's own is in
// the first, what is another's in the second.
func (c cell) side() string {
	mine := c.person.side
	if mine == "" {
		mine = sideOne
	}
	if c.object != foreignObject {
		return mine
	}
	if mine == sideOne {
		return sideTwo
	}
	return sideOne
}

// thing is what a word in braces stands for in a cell.
func (w *world) thing(t *testing.T, name string, c cell) string {
	t.Helper()
	account := c.side()[:1]
	bill := w.bills[account][0]
	switch name {
	case "unheld":
		bill, name = w.bills[c.side()[1:]][1], "bill"
	case "unread":
		bill, name = w.bills[c.side()[1:]][2], "bill"
	}
	if name == "person" && (c.object == foreignObject || c.person.person.ID == 0) {
		return strconv.FormatInt(int64(c.anotherID), 10)
	}
	values, known := map[string][3]string{ // own or foreign, missing, malformed
		"leaving":   {""},
		"session":   {c.session(), "aaaaaaaaaaaaaaaaaaaa", nonsense},
		"bill":      {string(bill.ID), "aaaaaaaaaaaaaaaaaaaa", "' OR 1=1 --"},
		"account":   {string(numberOf(account)), "0099 9999 99", nonsense},
		"register":  {string(numberOf(account)), "0099 9999 99", nonsense},
		"group":     {unitName(map[string]string{"A": "One", "B": "Two"}[account]), "No such unit", nonsense},
		"number":    {string(bill.Number), "NO26-0000000", nonsense},
		"cursor":    {cursorOf(bill.IssuedOn.String(), string(bill.ID)), cursorOf("2026-01-01", "aaaaaaaaaaaaaaaaaaaa"), "%"},
		"waiting":   {w.scrap(t, c, "waiting"), "0099 9999 99", nonsense},
		"hideable":  {w.scrap(t, c, "hideable"), "0099 9999 99", nonsense},
		"bystander": {w.scrap(t, c, "bystander"), "999999999", "1x"},
		"person":    {strconv.FormatInt(int64(c.person.person.ID), 10), "999999999", "1x"},
		"grant":     {w.scrap(t, c, "grant"), "999999999", "x"},
		"newgroup":  {fmt.Sprintf("scrap-%d", c.number), fmt.Sprintf("scrap-%d", c.number), fmt.Sprintf("scrap-%d", c.number)},

		"registername":   {"Quixotic works " + account, "Nothing", "Nothing"},
		"registergroup":  {unitName(map[string]string{"A": "One", "B": "Two"}[account]), "Nothing", "Nothing"},
		"registercentre": {"QXCC" + account + "0001", "Nothing", "Nothing"},
		"registerstatus": {"admitted", "admitted", "admitted"},
		"registerfile": {
			"number,name,group,cost_centre,country,status\n" + strings.Join([]string{string(numberOf(account)), "Quixotic works " + account,
				unitName(map[string]string{"A": "One", "B": "Two"}[account]), "QXCC" + account + "0001", "FR", "admitted"}, ",") + "\n",
			"number,name,group,cost_centre,country,status\nSCRAP NEW,,,,FR,hidden\n", "number\nx\n",
		},
		"grantsfile": {
			"grantee_kind,grantee,target_kind,target\ngroup,scrap-import,account," + string(numberOf(account)) + "\n",
			"grantee_kind,grantee,target_kind,target\ngroup,scrap-import,account,0099 9999 99\n", "x\n",
		},
	}[name]
	if !known {
		t.Fatalf("%s, %v: no thing is called {%s}: add its values to world.thing", table, c.line, name)
	}
	return values[map[object]int{ownObject: 0, foreignObject: 0, missingObject: 1, malformedObject: 2}[c.object]]
}

func cursorOf(issued, id string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(issued + "|" + id))
}

// scrap is a thing that a cell may use up: one of its own where it is expected to
// succeed, else one that must still be there when everything is over.
func (w *world) scrap(t *testing.T, c cell, kind string) string {
	t.Helper()
	if c.object > foreignObject || !strings.Contains(c.line.target+c.line.form, "{"+kind+"}") {
		return ""
	}
	number := 0
	if c.changes() {
		number = c.number
	}
	key := fmt.Sprintf("SCRAP %s %d", strings.ToUpper(kind), number)
	if known, ok := w.scraps[key]; ok {
		return known
	}
	act := ledger.Act{Actor: "test", Action: "test"}
	made := key
	switch kind {
	case "waiting", "hideable":
		w.upsertScrap(t, key)
	case "bystander":
		p, err := w.db.SignIn(t.Context(), access.Person{Issuer: w.sandbox.Issuer, Subject: key, Name: key}, access.Session{ID: key}, []byte(fmt.Sprintf("%032d", len(w.scraps))),
			access.SessionLimits{Idle: time.Hour, Max: time.Hour}, act)
		if err != nil {
			t.Fatal(err)
		}
		made = strconv.FormatInt(int64(p.ID), 10)
	case "grant":
		grant := access.Grant{GranteeKind: access.GranteeGroup, Grantee: key, TargetKind: access.TargetAccount, Target: string(numberOf("M"))}
		if _, _, err := w.db.AddGrants(t.Context(), act, []access.Grant{grant}, false); err != nil {
			t.Fatal(err)
		}
		all, err := w.db.Grants(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		made = strconv.FormatInt(int64(all[len(all)-1].ID), 10)
	}
	w.scraps[key] = made
	return made
}

// changes reports whether a cell is expected to change something.
func (c cell) changes() bool {
	return c.method == http.MethodPost && c.token && c.want() < http.StatusBadRequest && c.person.alive
}

// upsertScrap puts an account into the register that waits for a decision.
func (w *world) upsertScrap(t *testing.T, number string) {
	t.Helper()
	a := billing.BillingAccount{Number: billing.AccountNumber(number), UpstreamID: billing.UpstreamID("BA " + number), UpstreamName: number}
	if err := w.db.UpsertAccounts(t.Context(), []billingapi.AccountRecord{{Account: a, Raw: []byte("{}")}}); err != nil {
		t.Fatal(err)
	}
}

// formRequest posts a form, as a file upload where a field is called file.
func formRequest(target, form, token string) *http.Request {
	values, err := url.ParseQuery(form)
	if err != nil {
		panic(err)
	}
	if token != "" {
		values.Set("csrf", token)
	}
	if !values.Has("file") {
		r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(values.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return r
	}
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for name, value := range values {
		var w io.Writer
		if name == "file" {
			w, err = m.CreateFormFile(name, "file.csv")
		} else {
			w, err = m.CreateFormField(name)
		}
		if err == nil {
			_, err = io.WriteString(w, value[0])
		}
		if err != nil {
			panic(err)
		}
	}
	if err := m.Close(); err != nil {
		panic(err)
	}
	r := httptest.NewRequest(http.MethodPost, target, &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return r
}
