package app_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

func copyFile(t testing.TB, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// written is a new file with the given lines.
func written(t testing.TB, lines ...string) string {
	t.Helper()
	path := filepath.Join(folder(t), "file.csv")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// importOf is the form of an admin's page that takes a file.
func importOf(t *testing.T, page answer) *goquery.Selection {
	t.Helper()
	return page.find(t, `form[enctype="multipart/form-data"]`)
}

func TestAdminsFilesGoOutAndComeInAgain(t *testing.T) {
	t.Parallel()
	p := changing(t)
	v := ada(t, p)
	for _, file := range []struct {
		page, csv, truth string
		header           string
	}{
		{"/admin/accounts", "/admin/accounts.csv", world.RegisterCSV(), "number,name,group,cost_centre,country,status\n"},
		{"/admin/access", "/admin/access.csv", world.GrantsCSV(), "grantee_kind,grantee,target_kind,target\n"},
	} {
		t.Run(file.csv+" is what was imported", func(t *testing.T) {
			out := v.open(file.csv)
			var want []string
			for line := range strings.Lines(file.truth) {
				want = append(want, line)
			}
			if strings.HasPrefix(file.page, "/admin/accounts") {
				want = append(want, world.Stories.NotAdmitted+",,,,US,hidden\n")
			}
			sameSet(t, "lines", table(t, out), want)
		})
		t.Run(file.csv+" comes in again and changes nothing, even as the whole truth", func(t *testing.T) {
			before := string(v.open(file.csv).body)
			for _, values := range []url.Values{nil, {"replace": {"1"}}} {
				page := v.open(file.page)
				v.upload(page, importOf(t, page), "again.csv", []byte(before), values).expect(t, http.StatusOK)
				if after := string(v.open(file.csv).body); after != before {
					t.Errorf("with %v it became\n%s\ninstead of\n%s", values, after, before)
				}
			}
		})
		t.Run(file.page+" takes what a spreadsheet saves", func(t *testing.T) {
			before := string(v.open(file.csv).body)
			saved := "\ufeff" + strings.ReplaceAll(strings.ReplaceAll(before, ",", ";"), "\n", "\r\n")
			page := v.open(file.page)
			v.upload(page, importOf(t, page), "saved.csv", []byte(saved), nil).expect(t, http.StatusOK)
			if after := string(v.open(file.csv).body); after != before {
				t.Errorf("it became\n%s\ninstead of\n%s", after, before)
			}
		})
	}
	for _, file := range []struct {
		page, csv string
		lines     []string
		bad       []string // words that name each bad line
	}{
		{"/admin/accounts", "/admin/accounts.csv", []string{
			"number,name,group,cost_centre,country,status",
			"0071 4420 18,Renamed,France,41100,FR,admitted",
			"0071 4420 26,Lyon,France,41110,France,admitted",
			",nameless,France,41110,FR,admitted",
			"0071 4533 07,Le Havre,France,41120,FR,open",
			"0071 4420 18,Twice,France,41120,FR,hidden",
			"0071 4420 34,too,few",
		}, []string{"3", "4", "5", "6", "7"}},
		{"/admin/access", "/admin/access.csv", []string{
			"grantee_kind,grantee,target_kind,target",
			"group,everybody,all,",
			"person,nobody.here,all,",
			"group,mf-bills-readers,account,9999 9999 99",
			"group,mf-bills-readers,account_group,Atlantis",
		}, []string{"3", "4", "5"}},
		{"/admin/access", "/admin/access.csv", []string{
			"grantee_kind,grantee,target_kind,target",
			"group,everybody,all,",
			"crowd,everybody,all,",
			"group,,all,",
			"group,x,world,",
		}, []string{"3", "4", "5"}},
	} {
		t.Run(file.page+" refuses a file with bad lines and names each", func(t *testing.T) {
			before := string(v.open(file.csv).body)
			page := v.open(file.page)
			refused := v.upload(page, importOf(t, page), "bad.csv", []byte(strings.Join(file.lines, "\n")), url.Values{"replace": {"1"}})
			refused.expect(t, http.StatusBadRequest)
			var named []string
			for _, li := range refused.find(t, `main [role="alert"] li b`).EachIter() {
				named = append(named, lastWord(li.Text()))
			}
			sameSet(t, "bad lines", named, file.bad)
			if after := string(v.open(file.csv).body); after != before {
				t.Errorf("something changed:\n%s\ninstead of\n%s", after, before)
			}
			if _, checked := refused.find(t, `input[name="replace"]`).Attr("checked"); !checked {
				t.Error("the form has forgotten its choice")
			}
		})
	}
	t.Run("no file at all is refused", func(t *testing.T) {
		page := v.open("/admin/accounts")
		r := v.request(http.MethodPost, "/admin/accounts/import", strings.NewReader(controls(importOf(t, page)).Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		v.do(r).expect(t, http.StatusBadRequest)
	})
	t.Run("more than a few megabytes are refused", func(t *testing.T) {
		page := v.open("/admin/accounts")
		v.upload(page, importOf(t, page), "big.csv", make([]byte, 5<<20), nil).expect(t, http.StatusRequestEntityTooLarge)
	})
}
