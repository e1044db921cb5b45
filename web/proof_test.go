package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"billportal/internal/sandbox"
	"billportal/web"
)

func quarterHour(settings *web.Settings) { settings.MaxAge = 15 * time.Minute }

// through goes from an address of the provider to the portal's answer, as one of the
// provider's people.
func (s *site) through(t *testing.T, client *http.Client, address, subject string) answer {
	t.Helper()
	picker := do(t, client, mustRequest(t, address))
	choice, err := picker.Request.URL.Parse(picker.find(t, `.people a[data-subject="`+subject+`"]`).AttrOr("href", ""))
	if err != nil {
		t.Fatal(err)
	}
	back := do(t, client, mustRequest(t, choice.String())).Header.Get("Location")
	return do(t, client, mustRequest(t, back))
}

func TestWhatAdminsChangeNeedsAFreshProof_A14(t *testing.T) {
	t.Parallel()
	s, _ := openInTime(t, quarterHour)
	changing := 0
	for _, r := range s.web.Routes() {
		if r.Method != http.MethodPost || !strings.HasPrefix(r.Path, "/admin/") || r.Path == "/admin/ledger/verify" { // which changes nothing
			continue
		}
		changing++
		if !r.Proved {
			t.Errorf("POST %s needs no proof", r.Path)
		}
	}
	if changing < 7 {
		t.Errorf("only %d routes change anything", changing)
	}
	client := s.as(t, sandbox.SubjectAdmin)
	form := groupForm(s.token(t, client))
	form["group"] = []string{`odd "group" <b>`}
	if a := s.post(t, client, "/admin/access", form, nil); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("after signing in: status %d instead of 303", a.StatusCode)
	}
	s.ahead.Add(int64(16 * time.Minute))
	form["group"] = []string{`second "group" <b>`}
	asked := s.post(t, client, "/admin/access", form, nil)
	if asked.StatusCode != http.StatusUnauthorized {
		t.Fatalf("after 16 minutes: status %d instead of 401", asked.StatusCode)
	}
	if grants := len(s.told(t, "grant.add")); grants != 1 {
		t.Errorf("%d grants before the proof", grants)
	}
	waiting := asked.find(t, "#confirm-first")
	if strings.Contains(asked.find(t, "main").Text(), "second") || asked.find(t, `main a[target="_blank"][href="/signin/confirm"]`).Length() != 1 {
		t.Error("the page shows what was filled in, or no way to confirm")
	}
	before := s.cookie(t, client)
	start := s.get(t, client, "/signin/confirm")
	at, err := start.Location()
	if err != nil || at.Query().Get("max_age") != "900" {
		t.Fatalf("confirming leads to %v, %v", at, err)
	}
	ended := s.through(t, client, at.String(), sandbox.SubjectAdmin)
	if ended.StatusCode != http.StatusSeeOther || ended.Header.Get("Location") != "/signin/confirmed" {
		t.Fatalf("status %d to %q: %s", ended.StatusCode, ended.Header.Get("Location"), ended.body)
	}
	if a := s.get(t, client, "/signin/confirmed"); a.StatusCode != http.StatusOK || a.find(t, "main h1").Length() != 1 {
		t.Errorf("status %d", a.StatusCode)
	}
	if a := s.replay(t, before, "/admin/access"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("the reference from before the proof: status %d", a.StatusCode)
	}
	if a := s.send(t, client, waiting, nil); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("the form that waited: status %d: %s", a.StatusCode, a.find(t, "main").Text())
	}
	grants, err := s.db.Grants(t.Context())
	if err != nil || len(grants) != 2 || grants[1].Grantee != `second "group" <b>` && grants[0].Grantee != `second "group" <b>` {
		t.Errorf("%+v, %v", grants, err)
	}
	if entries := s.told(t, "session.replace"); len(entries) != 1 {
		t.Errorf("%+v", entries)
	}
}

func TestAFileWaitsForTheProofByteForByte_A14(t *testing.T) {
	t.Parallel()
	s, _ := openInTime(t, quarterHour)
	client := s.as(t, sandbox.SubjectAdmin)
	s.ahead.Add(int64(16 * time.Minute))
	const content = "number,name,group,cost_centre,country,status\n1,\"Café\r\nof \"\"two\"\" lines\",,,FR,admitted\n"
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", "x.csv")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write([]byte(content))
	_ = w.WriteField("csrf", s.token(t, client))
	_ = w.Close()
	r := s.request(t, http.MethodPost, "/admin/accounts/import", &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	asked := do(t, client, r)
	if asked.StatusCode != http.StatusUnauthorized || len(s.statuses(t)) != 0 {
		t.Fatalf("status %d, %d accounts", asked.StatusCode, len(s.statuses(t)))
	}
	at, err := s.get(t, client, "/signin/confirm").Location()
	if err != nil {
		t.Fatal(err)
	}
	s.through(t, client, at.String(), sandbox.SubjectAdmin)
	a := s.send(t, client, asked.find(t, "#confirm-first"), nil)
	if a.StatusCode != http.StatusBadRequest && a.StatusCode != http.StatusSeeOther {
		t.Fatalf("status %d: %s", a.StatusCode, a.find(t, "main").Text())
	}
	// The same file straight away says the same, whatever that is.
	straight := s.file(t, client, "/admin/accounts", content)
	if straight.StatusCode != a.StatusCode || straight.find(t, "#import .problem-list").Text() != a.find(t, "#import .problem-list").Text() {
		t.Errorf("kept: %d %s\nstraight: %d %s", a.StatusCode, a.find(t, "#import").Text(), straight.StatusCode, straight.find(t, "#import").Text())
	}
	if bad := s.post(t, client, "/admin/accounts/import", url.Values{"csrf": {s.token(t, client)}, "file_kept": {"!"}}, nil); bad.StatusCode != http.StatusBadRequest {
		t.Errorf("a kept file that is none: status %d", bad.StatusCode)
	}
}

func TestABulkExportNeedsAFreshProof_A14(t *testing.T) {
	t.Parallel()
	s := stocked(t, quarterHour)
	client := s.as(t, sandbox.SubjectAccountant)
	const all = "/bills.csv?issued=any"
	if a := s.get(t, client, all); a.StatusCode != http.StatusOK || strings.Count(a.body, "\n") <= web.BulkExport+1 {
		t.Fatalf("status %d with %d lines", a.StatusCode, strings.Count(a.body, "\n"))
	}
	s.ahead.Add(int64(16 * time.Minute))
	a := s.get(t, client, all)
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/signin/confirm?return=%2Fbills.csv%3Fissued%3Dany" {
		t.Fatalf("status %d to %q", a.StatusCode, a.Header.Get("Location"))
	}
	at, err := s.get(t, client, a.Header.Get("Location")).Location()
	if err != nil || at.Query().Get("max_age") != "900" {
		t.Fatal(at, err)
	}
	if few := s.get(t, client, "/bills.csv?issued=any&kind=credit_note"); few.StatusCode != http.StatusOK {
		t.Errorf("a small export: status %d with %d lines", few.StatusCode, strings.Count(few.body, "\n"))
	}
}

func TestSomebodyElsesProofReplacesTheSession_A14(t *testing.T) {
	t.Parallel()
	s, _ := openInTime(t, quarterHour)
	client := s.as(t, sandbox.SubjectAdmin)
	s.ahead.Add(int64(16 * time.Minute))
	form := groupForm(s.token(t, client))
	at, err := s.get(t, client, "/signin/confirm?return=%2Fadmin%2Faccess").Location()
	if err != nil {
		t.Fatal(err)
	}
	ended := s.through(t, client, at.String(), sandbox.SubjectEmployee)
	if ended.StatusCode != http.StatusSeeOther || ended.Header.Get("Location") != "/" {
		t.Errorf("status %d to %q", ended.StatusCode, ended.Header.Get("Location"))
	}
	if a := s.post(t, client, "/admin/access", form, nil); a.StatusCode != http.StatusForbidden {
		t.Errorf("the first person's form: status %d", a.StatusCode)
	}
}

func TestAProviderThatIgnoresTheAgeOfAProofIsRefused_A14_pitfall14(t *testing.T) {
	t.Parallel()
	for name, tamper := range map[string]func(site *site) func(_, claims map[string]any){
		"an old proof": func(s *site) func(_, claims map[string]any) {
			return func(_, claims map[string]any) { claims["auth_time"] = s.now().Add(-20 * time.Minute).Unix() }
		},
		"none": func(*site) func(_, claims map[string]any) {
			return func(_, claims map[string]any) { delete(claims, "auth_time") }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, sim := openInTime(t, quarterHour)
			client := s.as(t, sandbox.SubjectAdmin)
			s.ahead.Add(int64(16 * time.Minute))
			s.get(t, client, "/") // the provider has been asked again
			sim.Identity.Tamper(tamper(s))
			at, err := s.get(t, client, "/signin/confirm").Location()
			if err != nil {
				t.Fatal(err)
			}
			if a := s.through(t, client, at.String(), sandbox.SubjectAdmin); a.StatusCode != http.StatusUnauthorized || a.find(t, `a[href^="/signin/start"]`).Length() != 0 {
				t.Errorf("status %d: %s", a.StatusCode, a.find(t, "main").Text())
			}
			if a := s.get(t, client, "/signin/confirmed"); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/" {
				t.Errorf("confirmed: status %d to %q", a.StatusCode, a.Header.Get("Location"))
			}
			if a := s.post(t, client, "/admin/access", groupForm(s.token(t, client)), nil); a.StatusCode != http.StatusUnauthorized {
				t.Errorf("the change: status %d", a.StatusCode)
			}
		})
	}
}
