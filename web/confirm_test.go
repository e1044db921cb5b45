package web_test

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"billportal/internal/access"
	"billportal/internal/sandbox"
)

// TestQuestionsCanBeTakenBackAndSayWhatTheyWillDo looks at every question before an
// act: what opens it is what closes it, what carries it out stands outside of that,
// and says how many it is about.
func TestQuestionsCanBeTakenBackAndSayWhatTheyWillDo(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	s.as(t, sandbox.SubjectEmployee)
	s.as(t, sandbox.SubjectEmployee)
	s.as(t, sandbox.SubjectAccountant)
	admin := s.as(t, sandbox.SubjectAdmin)
	s.grantTo(t, access.Grant{GranteeKind: access.GranteeGroup, Grantee: sandbox.GroupReaders, TargetKind: access.TargetAll})
	person := s.personPath(t, sandbox.SubjectEmployee)
	asked := func(path string) map[string]string {
		said := map[string]string{}
		s.get(t, admin, path).find(t, "details.confirm").Each(func(_ int, question *goquery.Selection) {
			form := question.ChildrenFiltered("form")
			if question.ChildrenFiltered("summary").Find(".ask, .cancel").Length() != 2 || question.Find("summary button").Length() != 0 || form.Length() != 1 {
				t.Errorf("%s: %s cannot be taken back", path, question.Text())
			}
			if cancel := question.Find("summary .cancel").Contents().First().Text(); strings.TrimSpace(cancel) != "Cancel" {
				t.Errorf("%s: an open question is closed by %q", path, cancel)
			}
			said[form.AttrOr("action", "")] = strings.TrimSpace(form.Find("button").Contents().First().Text())
		})
		return said
	}
	for path, want := range map[string]map[string]string{
		"/admin/people":                       {"/admin/people/end-sessions": "Yes, sign out 2 people"},
		"/admin/access":                       {"/admin/access/revoke": "Yes, revoke 0 accounts"},
		person:                                {person + "/end-sessions": "Yes, end 2 sessions", person + "/disable": "Yes, disable and end 2 sessions"},
		s.personPath(t, sandbox.SubjectAdmin): {}, // the present session ends by signing out
	} {
		got := asked(path)
		if len(got) != len(want) {
			t.Errorf("%s asks %v", path, got)
		}
		for action, button := range want {
			if got[action] != button {
				t.Errorf("%s: %s is carried out by %q instead of %q", path, action, got[action], button)
			}
		}
	}
	s.as(t, sandbox.SubjectAdmin)
	if got := asked("/admin/people")["/admin/people/end-sessions"]; got != "Yes, sign out 3 people" {
		t.Errorf("with a second session of the admin: %q", got)
	}
}
