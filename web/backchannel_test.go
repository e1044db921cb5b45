package web_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"billportal/internal/access"
	"billportal/internal/ledger"
	"billportal/internal/sandbox"
)

// backchannel posts a logout token as the provider does.
func (s *site) backchannel(t *testing.T, token string) answer {
	t.Helper()
	return s.post(t, s.browser(t), "/signin/backchannel-logout", url.Values{"logout_token": {token}}, nil)
}

func TestTheProviderEndsSessions_S7_L1(t *testing.T) {
	t.Parallel()
	s, sim := openInTime(t, nil)
	one, other, colleague := s.as(t, sandbox.SubjectEmployee), s.as(t, sandbox.SubjectEmployee), s.as(t, sandbox.SubjectAccountant)
	record, _, err := s.db.Session(t.Context(), s.hashOf(t, one))
	if err != nil || record.ProviderSession == "" {
		t.Fatal(record, err)
	}
	token := sim.Identity.LogoutToken(sandbox.SubjectEmployee, record.ProviderSession)
	a := s.backchannel(t, token)
	if a.StatusCode != http.StatusOK || a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("status %d, %q", a.StatusCode, a.Header.Get("Cache-Control"))
	}
	if s.signedIn(t, one) || !s.signedIn(t, other) || !s.signedIn(t, colleague) {
		t.Error("not the one session has ended")
	}
	if a := s.backchannel(t, token); a.StatusCode != http.StatusBadRequest {
		t.Errorf("the same token again: status %d", a.StatusCode)
	}
	if a := s.backchannel(t, sim.Identity.LogoutToken(sandbox.SubjectEmployee, "")); a.StatusCode != http.StatusOK {
		t.Errorf("status %d", a.StatusCode)
	}
	if s.signedIn(t, other) || !s.signedIn(t, colleague) {
		t.Error("not all sessions of the person have ended")
	}
	entries, elena := s.told(t, "session.provider"), access.ActorName(s.person(t, sandbox.SubjectEmployee))
	if len(entries) != 2 || entries[0].Actor != "identity provider" || entries[0].Object != elena || entries[1].Object != elena {
		t.Errorf("%+v", entries)
	}
}

func TestADefectiveLogoutTokenEndsNothing_S7(t *testing.T) {
	t.Parallel()
	var idToken string
	g := &gate{change: func(answer map[string]any) { idToken, _ = answer["id_token"].(string) }}
	s, sim := openBehind(t, g, nil)
	client := s.as(t, sandbox.SubjectEmployee)
	good := func() string { return sim.Identity.LogoutToken(sandbox.SubjectEmployee, "") }
	part := func(token string, n int) string { return strings.Split(token, ".")[n] }
	encode := func(v map[string]any) string {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(text)
	}
	late := good()
	stranger, err := sandbox.Start(t.Context(), sandbox.Options{CallsPerMinute: -1, Now: s.now, OIDCClientID: "another client"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stranger.Close)
	for name, token := range map[string]string{
		"nothing": "", "no token": "a.b.c", "no signature": part(good(), 0) + "." + part(good(), 1) + ".",
		"alg none":             encode(map[string]any{"alg": "none", "typ": "logout+jwt"}) + "." + part(good(), 1) + ".",
		"another claim":        part(good(), 0) + "." + encode(map[string]any{"sub": sandbox.SubjectAccountant}) + "." + part(good(), 2),
		"the signature of one": part(good(), 0) + "." + part(good(), 1) + "." + part(late, 2),
		"of another provider":  stranger.Identity.LogoutToken(sandbox.SubjectEmployee, ""),
		"neither sub nor sid":  sim.Identity.LogoutToken("", ""),
		"an ID token":          idToken,
		"very long":            strings.Repeat("x", 60000),
	} {
		a := s.backchannel(t, token)
		var told struct {
			Error string `json:"error"`
		}
		if err := json.Unmarshal([]byte(a.body), &told); err != nil || a.StatusCode != http.StatusBadRequest || told.Error != "invalid_request" {
			t.Errorf("%s: status %d: %s", name, a.StatusCode, a.body)
		}
		if a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %q", name, a.Header.Get("Cache-Control"))
		}
	}
	s.ahead.Add(int64(12 * time.Minute))
	if a := s.backchannel(t, late); a.StatusCode != http.StatusBadRequest {
		t.Errorf("a token of long ago: status %d", a.StatusCode)
	}
	if !s.signedIn(t, client) {
		t.Error("the session has ended")
	}
	if a := s.get(t, client, "/signin/backchannel-logout"); a.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: status %d", a.StatusCode)
	}
}

func TestANoticeThatCouldNotBeObeyedMayComeAgain_S7(t *testing.T) {
	t.Parallel()
	s, sim := openInTime(t, nil)
	client := s.as(t, sandbox.SubjectEmployee)
	token := sim.Identity.LogoutToken(sandbox.SubjectEmployee, "")
	s.fill(t)
	if a := s.backchannel(t, token); a.StatusCode != http.StatusInternalServerError || !s.signedIn(t, client) {
		t.Fatalf("status %d while nothing can be recorded", a.StatusCode)
	}
	s.unfill(t)
	if a := s.backchannel(t, token); a.StatusCode != http.StatusOK || s.signedIn(t, client) {
		t.Errorf("status %d when there is space again, the session goes on: %v", a.StatusCode, s.signedIn(t, client))
	}
	if a := s.backchannel(t, token); a.StatusCode != http.StatusBadRequest {
		t.Errorf("obeyed, and then: status %d", a.StatusCode)
	}
}

// TestANameOfTheLedgerLeadsToItsPersonAlone_L1 has entries about things that others
// have named like the portal's key of a person.
func TestANameOfTheLedgerLeadsToItsPersonAlone_L1(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	admin := s.as(t, sandbox.SubjectAdmin)
	path := s.personPath(t, sandbox.SubjectAdmin)
	forged := "person:" + strings.TrimPrefix(path, "/admin/people/") + " Ada"
	for _, act := range []ledger.Act{
		{Actor: "portal", Action: "grant.add", Object: forged}, {Actor: "portal", Action: "document.view", Object: forged},
		{Actor: "portal", Action: "session.revoke", Object: "person:../access Ada"},
	} {
		if err := s.db.Record(t.Context(), act); err != nil {
			t.Fatal(err)
		}
	}
	page := s.get(t, admin, "/admin/ledger?who=portal")
	if n := page.find(t, "tbody tr").Length(); n != 3 {
		t.Errorf("%d entries", n)
	}
	if links := page.find(t, `tbody a[href^="/admin/people"]`); links.Length() != 0 {
		t.Errorf("%q lead to a person", links.Text())
	}
	own := s.get(t, admin, "/admin/ledger")
	if own.find(t, `tbody a[href="`+path+`"]`).Length() == 0 {
		t.Error("nothing leads to the person who acted")
	}
}
