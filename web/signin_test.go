package web_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"billportal/internal/access"
	"billportal/internal/sandbox"
)

func TestNothingIsAskedOfTheProviderBeforeSomebodyChoosesTo_A2_pitfall13(t *testing.T) {
	t.Parallel()
	g := &gate{}
	s, _ := openBehind(t, g, nil)
	client := s.browser(t)
	for _, path := range []string{"/bills", "/signin?return=%2Fbills", "/signin/link", "/"} {
		a := s.get(t, client, path)
		for _, c := range a.Cookies() {
			if c.Name == "portal-session" && c.MaxAge >= 0 {
				t.Errorf("%s: an anonymous browser gets %s", path, c)
			}
		}
	}
	if len(g.paths) > 0 {
		t.Errorf("the provider was asked for %v", g.paths)
	}
	head := do(t, client, s.request(t, http.MethodHead, "/signin/start", nil))
	if head.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("HEAD of the start: status %d instead of 405", head.StatusCode)
	}
}

func TestWhatIsNoPageIsToldSoByItsStatus_A1(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	for _, r := range s.web.Routes() {
		if r.Public {
			continue
		}
		for _, c := range []struct {
			header map[string]string
			want   int
		}{
			{map[string]string{"Accept": "application/json"}, http.StatusUnauthorized},
			{map[string]string{"Accept": "*/*", "Sec-Fetch-Mode": "cors"}, http.StatusUnauthorized},
			{map[string]string{"Accept": "image/avif,*/*", "Sec-Fetch-Mode": "no-cors"}, http.StatusUnauthorized},
			{map[string]string{"Accept": "text/html,*/*;q=0.8"}, http.StatusSeeOther},
			{map[string]string{"Accept": "*/*", "Sec-Fetch-Mode": "navigate"}, http.StatusSeeOther},
		} {
			request := s.request(t, r.Method, example(r), nil)
			for name, value := range c.header {
				request.Header.Set(name, value)
			}
			if a := do(t, s.browser(t), request); a.StatusCode != c.want || a.body != "" && c.want == http.StatusUnauthorized {
				t.Errorf("%s %s %v: status %d instead of %d", r.Method, r.Path, c.header, a.StatusCode, c.want)
			}
		}
	}
}

// callback begins in one browser and returns where the provider sends it back.
func (s *site) callback(t *testing.T, client *http.Client, subject string) string {
	t.Helper()
	at, err := s.get(t, client, "/signin/start").Location()
	if err != nil {
		t.Fatal(err)
	}
	picker := do(t, client, mustRequest(t, at.String()))
	choice, err := picker.Request.URL.Parse(picker.find(t, `.people a[data-subject="`+subject+`"]`).AttrOr("href", ""))
	if err != nil {
		t.Fatal(err)
	}
	return do(t, client, mustRequest(t, choice.String())).Header.Get("Location")
}

func TestAnAnswerOfTheProviderIsForTheBrowserThatAsked_A4_case26(t *testing.T) {
	t.Parallel()
	g := &gate{}
	s, _ := openBehind(t, g, nil)
	mine, other := s.browser(t), s.browser(t)
	s.get(t, other, "/signin/start")
	address := s.callback(t, mine, sandbox.SubjectEmployee)
	late := s.browser(t)
	refused := func(name string, client *http.Client, address string) {
		t.Helper()
		before := g.tokens.Load()
		a := do(t, client, mustRequest(t, address))
		if a.StatusCode != http.StatusBadRequest || g.tokens.Load() != before {
			t.Errorf("%s: status %d, %d calls of the token endpoint", name, a.StatusCode, g.tokens.Load()-before)
		}
	}
	refused("no cookie", s.browser(t), address)
	refused("another browser", other, address)
	refused("another state", mine, strings.Replace(address, "state=", "state=x", 1))
	if a := do(t, mine, mustRequest(t, address)); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("the browser that asked: status %d", a.StatusCode)
	}
	refused("a second time", mine, address)
	address = s.callback(t, late, sandbox.SubjectEmployee)
	s.ahead.Add(int64(10*time.Minute + time.Second))
	refused("ten minutes later", late, address)
}

func TestSeveralTabsSignInAtOnce_A5(t *testing.T) {
	t.Parallel()
	for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}, {1, 2, 0}} {
		s := open(t, false, nil)
		client := s.browser(t)
		var answers []string
		for range 3 {
			answers = append(answers, s.callback(t, client, sandbox.SubjectEmployee))
		}
		for _, i := range order {
			if a := do(t, client, mustRequest(t, answers[i])); a.StatusCode != http.StatusSeeOther {
				t.Errorf("%v: start %d ends with status %d", order, i, a.StatusCode)
			}
		}
	}
	s := open(t, false, nil)
	client := s.browser(t)
	first := s.callback(t, client, sandbox.SubjectEmployee)
	for range 20 {
		s.get(t, client, "/signin/start")
	}
	base, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	size := 0
	for _, c := range client.Jar.Cookies(base) {
		size += len(c.Name) + len(c.Value) + 3
	}
	if n := len(client.Jar.Cookies(base)); n > 5 || size > 4<<10 {
		t.Errorf("%d cookies of %d bytes", n, size)
	}
	if a := do(t, client, mustRequest(t, first)); a.StatusCode != http.StatusBadRequest {
		t.Errorf("the first of 21 starts still counts: status %d", a.StatusCode)
	}
}

// Whoever sees the sign-in page on a shared computer is signed out.
func TestTheSignInPageBuriesTheSession_case5(t *testing.T) {
	t.Parallel()
	s, _ := openInTime(t, nil)
	client := s.as(t, sandbox.SubjectEmployee)
	hash := s.hashOf(t, client)
	if a := s.get(t, client, "/signin/callback?code=x&state=y"); a.StatusCode != http.StatusBadRequest || a.find(t, `a[href^="/signin/start"]`).Length() != 0 {
		t.Errorf("somebody who is signed in is shown the sign-in page: status %d", a.StatusCode)
	}
	if !s.signedIn(t, client) {
		t.Fatal("a stray answer of the provider ends the session")
	}
	s.ahead.Add(int64(2 * time.Hour))
	page := s.get(t, client, "/signin")
	if page.StatusCode != http.StatusOK {
		t.Fatalf("status %d", page.StatusCode)
	}
	gone := slices.ContainsFunc(page.Cookies(), func(c *http.Cookie) bool { return c.Name == "portal-session" && c.MaxAge < 0 })
	if _, _, err := s.db.Session(t.Context(), hash); err == nil || !gone {
		t.Errorf("the session is still there (%v), or its cookie (%t)", err, !gone)
	}
}

func TestOnlyIssuerAndSubjectMakeAPerson_A9_case10_case11(t *testing.T) {
	t.Parallel()
	s, sim := openInTime(t, nil)
	s.as(t, sandbox.SubjectAdmin)
	ada := s.person(t, sandbox.SubjectAdmin)
	for _, subject := range []string{"1", fmt.Sprint(ada.ID), "admin", "🦉", strings.ToUpper(sandbox.SubjectAdmin), ada.Email} {
		sim.Identity.SetPersona(sandbox.Persona{Subject: subject, Name: ada.Name, Email: ada.Email, Username: "admin"})
		client := s.as(t, subject)
		got := s.person(t, subject)
		if got.ID == ada.ID || got.Issuer != sim.Issuer {
			t.Errorf("%q is %+v", subject, got)
		}
		if a := s.get(t, client, "/admin/access"); a.StatusCode != http.StatusForbidden {
			t.Errorf("%q: status %d", subject, a.StatusCode)
		}
	}
	sim.Identity.SetPersona(sandbox.Persona{Subject: sandbox.SubjectAdmin, Name: ada.Name, Email: "new@meridian.example", Groups: ada.Groups})
	s.as(t, sandbox.SubjectAdmin)
	if now := s.person(t, sandbox.SubjectAdmin); now.ID != ada.ID || now.Email != "new@meridian.example" {
		t.Errorf("with another address: %+v", now)
	}
	people, err := s.db.People(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sim.Identity.Tamper(func(_, claims map[string]any) { claims["sub"] = strings.Repeat("x", 2048) })
	if _, ended := s.signIn(t, s.browser(t), sandbox.SubjectAdmin, "/"); ended.StatusCode != http.StatusUnauthorized {
		t.Errorf("a subject of 2 KiB: status %d", ended.StatusCode)
	}
	if after, err := s.db.People(t.Context()); err != nil || len(after) != len(people) {
		t.Errorf("%d people instead of %d, %v", len(after), len(people), err)
	}
}

func TestWhatTheProviderSaysOfAFailureStaysInTheLog_A12(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	client := s.browser(t)
	at, err := s.get(t, client, "/signin/start").Location()
	if err != nil {
		t.Fatal(err)
	}
	query := url.Values{
		"state": {at.Query().Get("state")}, "iss": {at.Scheme + "://" + at.Host}, "error": {"<script>canary</script>"}, "error_description": {"canary words"},
		"error_uri": {"https://canary.example"},
	}
	a := s.get(t, client, "/signin/callback?"+query.Encode())
	reference := a.Header.Get("X-Portal-Request-Id")
	if a.StatusCode != http.StatusBadRequest || strings.Contains(a.body, "canary") || !strings.Contains(a.find(t, `main [role="alert"]`).Text(), reference) {
		t.Errorf("status %d: %s", a.StatusCode, a.find(t, "main").Text())
	}
	if !strings.Contains(s.log.String(), reference) || strings.Contains(s.log.String(), "canary") {
		t.Error("the log does not know the reference, or repeats what came along")
	}
}

func TestADisabledPersonStaysOutAfterAGoodSignIn_A13_case19(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	client := s.as(t, sandbox.SubjectEmployee)
	s.as(t, sandbox.SubjectAdmin)
	elena := s.person(t, sandbox.SubjectEmployee)
	policy := access.Policy{Groups: map[access.Role][]string{access.Admin: {sandbox.GroupAdmins}}}
	if err := s.db.SetDisabled(t.Context(), elena.ID, true, "left", policy, testAct); err != nil {
		t.Fatal(err)
	}
	if s.signedIn(t, client) {
		t.Error("the session stands")
	}
	_, ended := s.signIn(t, client, sandbox.SubjectEmployee, "/")
	if ended.StatusCode != http.StatusForbidden || s.signedIn(t, client) {
		t.Errorf("status %d", ended.StatusCode)
	}
	if !s.person(t, sandbox.SubjectEmployee).Disabled {
		t.Error("signing in enables again")
	}
}

func TestAPersonHasFiveSessionsAtMost_S10(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	var clients []*http.Client
	for range 6 {
		clients = append(clients, s.as(t, sandbox.SubjectEmployee))
		s.ahead.Add(int64(time.Second))
	}
	for i, client := range clients {
		if s.signedIn(t, client) != (i > 0) {
			t.Errorf("sign-in %d of 6: signed in %t", i+1, i == 0)
		}
	}
}

func TestTheDatabaseHoldsNoReference_S2(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	client := s.as(t, sandbox.SubjectEmployee)
	cookie := s.cookie(t, client)
	reference := s.web.Reference(cookie)
	if len(reference) < 22 { // 128 bits
		t.Fatalf("a reference of %d characters", len(reference))
	}
	rows, err := s.other(t).QueryContext(t.Context(), `SELECT hash, id, tokens, provider_session FROM sessions`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var hash, tokens []byte
		var id, provider string
		if err := rows.Scan(&hash, &id, &tokens, &provider); err != nil {
			t.Fatal(err)
		}
		for _, column := range []string{string(hash), id, string(tokens), provider} {
			if strings.Contains(column, reference) || strings.Contains(column, cookie.Value) {
				t.Errorf("a column holds the reference: %.40q", column)
			}
		}
		n++
	}
	if rows.Err() != nil || n != 1 {
		t.Errorf("%d sessions, %v", n, rows.Err())
	}
	for name, value := range map[string]string{
		"cut": cookie.Value[:len(cookie.Value)-1], "longer": cookie.Value + "A", "in another case": strings.ToUpper(cookie.Value), "the bare reference": reference,
	} {
		if a := s.replay(t, &http.Cookie{Name: cookie.Name, Value: value}, "/accounts"); a.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: status %d", name, a.StatusCode)
		}
	}
}

func TestOddCookiesNeverBreakThePortal_S12(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	client := s.as(t, sandbox.SubjectEmployee)
	good := s.cookie(t, client)
	dice := rand.New(rand.NewPCG(1, 2))
	headers := []string{
		"", ";", "=", "portal-session", "portal-session=", `portal-session="`, "portal-session=;portal-session=", strings.Repeat("a=b; ", 3000),
		"portal-session=" + strings.Repeat("A", 9000), "portal-session=x; portal-session=" + good.Value, "portal-session-notice=%; portal-signin=x",
		"portal-session=" + good.Value + "; portal-session=x",
	}
	for range 300 {
		text := make([]byte, dice.IntN(200))
		for i := range text {
			text[i] = byte(' ' + dice.IntN(95))
		}
		at := dice.IntN(len(good.Value))
		headers = append(headers, "portal-session="+string(text), "portal-session="+good.Value[:at]+string(text[:len(text)/40])+good.Value[at:])
	}
	for _, header := range headers {
		for _, path := range []string{"/accounts", "/signin/callback?state=x"} {
			r := s.request(t, http.MethodGet, path, nil)
			r.Header.Set("Cookie", header)
			bare := *s.browser(t)
			bare.Jar = nil
			if a := do(t, &bare, r); a.StatusCode >= http.StatusInternalServerError {
				t.Errorf("%s with %.60q: status %d", path, header, a.StatusCode)
			}
		}
	}
	if !s.signedIn(t, client) {
		t.Error("the session has ended")
	}
}

func TestReadinessNamesAProviderThatContradicts_A8(t *testing.T) {
	t.Parallel()
	g := &gate{}
	s, _ := openBehind(t, g, nil)
	g.set(func(g *gate) { g.down = true })
	s.get(t, s.browser(t), "/signin/start")
	if a := s.get(t, s.browser(t), "/readyz"); a.StatusCode != http.StatusOK {
		t.Errorf("a provider that cannot be reached: status %d", a.StatusCode)
	}
	g.set(func(g *gate) { g.down, g.issuer = false, "https://another.example" })
	s.ahead.Add(int64(2 * time.Minute))
	s.get(t, s.browser(t), "/signin/start")
	if a := s.get(t, s.browser(t), "/readyz"); a.StatusCode != http.StatusServiceUnavailable || !strings.Contains(a.body, "https://another.example") {
		t.Errorf("status %d: %s", a.StatusCode, a.body)
	}
	g.set(func(g *gate) { g.issuer = "" })
	s.ahead.Add(int64(2 * time.Minute))
	s.get(t, s.browser(t), "/signin/start")
	if a := s.get(t, s.browser(t), "/readyz"); a.StatusCode != http.StatusOK {
		t.Errorf("after it was put right: status %d", a.StatusCode)
	}
}

func TestSigningOutIsAFormOfThePersonsOwn_S6(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	client := s.as(t, sandbox.SubjectEmployee)
	old, token := s.cookie(t, client), s.token(t, client)
	if a := s.get(t, client, "/signout"); a.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: status %d", a.StatusCode)
	}
	if a := s.post(t, client, "/signout", nil, nil); a.StatusCode != http.StatusForbidden || !s.signedIn(t, client) {
		t.Errorf("without its token: status %d", a.StatusCode)
	}
	a := s.post(t, client, "/signout", url.Values{"csrf": {token}}, nil)
	if a.StatusCode != http.StatusOK || a.Header.Get("Clear-Site-Data") == "" || a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("status %d, %v", a.StatusCode, a.Header)
	}
	if !slices.ContainsFunc(a.Cookies(), func(c *http.Cookie) bool { return c.Name == old.Name && c.MaxAge < 0 }) {
		t.Error("the cookie stays")
	}
	if a := s.replay(t, old, "/bills", "Accept", "application/json"); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("the old cookie: status %d", a.StatusCode)
	}
	if n := len(s.told(t, "session.end")); n != 1 {
		t.Errorf("%d entries", n)
	}
}
