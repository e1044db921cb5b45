//go:build !race

package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// pathTricks are ways to write a path so that one part of a server may take it for
// another than the next part does.
func pathTricks(path string) map[string]string {
	tricks := map[string]string{}
	add := func(name, changed string) {
		if changed != path {
			tricks[name] = changed
		}
	}
	last := strings.LastIndex(path, "/")
	first := 1 + strings.Index(path[1:]+"/", "/")
	add("// before", "/"+path)
	add("/// before", "//"+path)
	add("// inside", path[:last]+"/"+path[last:])
	add("// behind", path+"//")
	add("/ behind", path+"/")
	add("/. behind", path+"/.")
	add("/./ inside", path[:last]+"/."+path[last:])
	add("/x/../ inside", path[:last]+"/x/.."+path[last:])
	add("public path and ..", "/static/.."+path)
	add("public path and %2e%2e", "/static/%2e%2e"+path)
	add("public path and ..%2f", "/static/..%2f"+path[1:])
	add("probe and ..", "/healthz/.."+path)
	add("sign-in and ;", "/signin;"+path)
	for _, escape := range []string{"%2f", "%2F", "%5c", "%252f", "\\", "%c0%af"} {
		add("last slash as "+escape, path[:last]+escape+path[last+1:])
		add("all slashes as "+escape, "/"+strings.ReplaceAll(path[1:], "/", escape))
		add(escape+" behind", path+escape)
	}
	for _, tail := range []string{";x", ";x=1", "%3bx", "%00", "%00.css", "%20", "%09", "%0a", ".", "%2e", "~", ".css", ".json", "%23", "%23/static/", "%3f", "%3fx=/static/"} {
		add("behind: "+tail, path+tail)
		add("behind the first part: "+tail, path[:first]+tail+path[first:])
	}
	add("upper case", strings.ToUpper(path))
	add("first letter upper case", path[:1]+strings.ToUpper(path[1:min(2, len(path))])+path[min(2, len(path)):])
	add("first letter escaped", fmt.Sprintf("/%%%02x%s", path[min(1, len(path)-1)], path[min(2, len(path)):]))
	add("absolute", "http://127.0.0.1"+path)
	add("absolute with another host", "http://elsewhere.example"+path)
	return tricks
}

// queryTricks are parameters that a rule for public paths, or a second reading of the
// first ones, may go by.
func queryTricks(w *world, c cell) map[string]string {
	own, foreign := c, c
	own.object, foreign.object = ownObject, foreignObject
	account := func(c cell) string { return url.QueryEscape(string(numberOf(c.side()[:1]))) }
	id := func(c cell) string { return string(w.bills[c.side()[:1]][0].ID) }
	return map[string]string{
		"a public path as parameter":       "path=/static/&url=/healthz",
		"own and foreign account":          "account=" + account(own) + "&account=" + account(foreign),
		"foreign and own account":          "account=" + account(foreign) + "&account=" + account(own),
		"own account, and one escaped":     "account=" + account(own) + "&%61ccount=" + account(foreign),
		"own account, and after semicolon": "account=" + account(own) + ";account=" + account(foreign),
		"the id twice":                     "id=" + id(own) + "&id=" + id(foreign) + "&:id=" + id(own),
		"another number":                   "number=" + account(own),
	}
}

// headerTricks are headers by which something in front of a server tells it of
// another path, another person or another place.
func headerTricks() map[string]http.Header {
	tricks := map[string]http.Header{}
	for _, name := range []string{"X-Original-Url", "X-Rewrite-Url", "X-Forwarded-Uri", "X-Forwarded-Prefix", "X_Forwarded_Uri"} {
		tricks[name] = http.Header{name: {"/static/css/portal.css"}}
	}
	for name, value := range map[string]string{
		"X-Forwarded-User": "quixbody-admin", "X-Remote-User": "quixbody-admin", "Remote-User": "quixbody-admin", "X-Webauth-User": "quixbody-admin",
		"X-Forwarded-Email": "admin@quixmail.example", "X-Forwarded-Groups": "mf-it-portal-admins", "Authorization": "Basic YWRtaW46YWRtaW4=",
		"User-Agent": "kube-probe/1.30", "X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1",
	} {
		tricks[name] = http.Header{name: {value}}
	}
	return tricks
}

func TestSweepOfPathTricks_Z7_case1_case3_case4_case15(t *testing.T) {
	t.Parallel()
	w, people := newSweep(t)
	lines := readTable(t)
	asked := map[string]bool{}
	var cells []trick
	for _, l := range lines {
		for _, person := range people {
			for _, o := range []object{ownObject, foreignObject} {
				c := newCell(l, people, person, l.methods[0], o)
				if l.public || o > object(len(l.answers)-1) || c.changes() {
					continue
				}
				c = w.prepared(t, c)
				if key := person.name + c.method + c.target; asked[key] {
					continue
				} else {
					asked[key] = true
				}
				cells = append(cells, w.tricks(c)...)
			}
		}
	}
	w.settle(t, people)
	findings := parallel(cells, func(x trick) []string { return w.judgeTrick(x) })
	for _, f := range findings {
		t.Error(f)
	}
	t.Logf("%d requests in disguise", len(cells))
}

// trick is a request in disguise beside the plain one.
type trick struct {
	cell
	name   string
	target string
	header http.Header
}

func (w *world) tricks(c cell) []trick {
	var all []trick
	path, query, _ := strings.Cut(c.target, "?")
	for name, changed := range pathTricks(path) {
		target := changed
		if query != "" {
			target += "?" + query
		}
		all = append(all, trick{c, "path: " + name, target, nil})
	}
	for name, more := range queryTricks(w, c) {
		target := path + "?" + more
		if query != "" {
			target = path + "?" + query + "&" + more
		}
		all = append(all, trick{c, "query: " + name, target, nil})
	}
	for name, header := range headerTricks() {
		all = append(all, trick{c, "header: " + name, c.target, header})
	}
	return all
}

// judgeTrick expects the answer to the plain request, or a refusal that leads
// nowhere. Headers change nothing at all.
func (w *world) judgeTrick(x trick) (findings []string) {
	plain := x.want()
	r, err := x.disguised()
	if err != nil {
		return nil // no server would take it for a request
	}
	a := w.serve(r)
	refused := []int{http.StatusBadRequest, http.StatusNotFound, http.StatusMethodNotAllowed}
	if x.header != nil {
		refused = nil
	}
	leadsIn := a.Code == http.StatusSeeOther && !x.person.alive && strings.HasPrefix(a.Header().Get("Location"), "/signin")
	if a.Code != plain && !slices.Contains(refused, a.Code) && !leadsIn && !(a.Code == http.StatusForbidden && !x.person.has(x.line.rights)) {
		findings = append(findings, fmt.Sprintf("%v, %s, %s: status %d instead of %d", x.cell, x.name, x.target, a.Code, plain))
	}
	if location := a.Header().Get("Location"); strings.HasPrefix(location, "//") || strings.Contains(location, "elsewhere") {
		findings = append(findings, fmt.Sprintf("%v, %s, %s: leads to %s", x.cell, x.name, x.target, location))
	}
	repeated := typed(w.finder, r, x.form)
	for _, bird := range w.canariesOf(a) {
		if !x.may(bird) && !slices.Contains(repeated, bird) {
			findings = append(findings, fmt.Sprintf("%v, %s, %s: tells the %v of %s", x.cell, x.name, x.target, bird, bird.of))
		}
	}
	return findings
}

// disguised is the request as a server reads it off the wire.
func (x trick) disguised() (r *http.Request, err error) {
	defer func() {
		if fault := recover(); fault != nil { // httptest refuses what http.ReadRequest does
			err = fmt.Errorf("%v", fault)
		}
	}()
	c := x.cell
	c.target = "/"
	r = c.request()
	like := httptest.NewRequest(c.method, x.target, nil)
	r.URL, r.RequestURI, r.Host = like.URL, like.RequestURI, like.Host
	for name, values := range x.header {
		r.Header[name] = values
	}
	return r, nil
}
