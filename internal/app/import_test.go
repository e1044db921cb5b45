package app_test

import (
	"path/filepath"
	"strings"
	"testing"

	"billportal/internal/sandbox"
)

func TestImportLoadsFilesAllOrNothing(t *testing.T) {
	t.Parallel()
	dir := settled(t)
	environ := []string{"PORTAL_DATA=" + dir}
	accounts, grants := func() int { return count(t, dir, `SELECT count(*) FROM accounts WHERE status = 'admitted'`) },
		func() int { return count(t, dir, `SELECT count(*) FROM grants`) }
	const header = "number,name,group,cost_centre,country,status"
	admitted, granted := accounts(), grants()
	t.Run("accounts merge by number", func(t *testing.T) {
		out, _ := run(t, 0, environ, "import", "accounts", written(t, header, world.Stories.NotAdmitted+",Savannah,Georgia,43150,US,admitted"))
		tells(t, "import", out, "1 accounts imported")
		if got := accounts(); got != admitted+1 {
			t.Errorf("%d accounts are admitted instead of %d", got, admitted+1)
		}
	})
	t.Run("bad lines are named and nothing is changed", func(t *testing.T) {
		_, errs := run(t, 1, environ, "import", "accounts", written(t, header, "0071 4420 18,A,B,C,FR,hidden", "x,A,B,C,France,hidden", "y,A,B,C,FR,lost"))
		tells(t, "import", errs, "line 3", "line 4")
		if got := accounts(); got != admitted+1 {
			t.Errorf("%d accounts are admitted instead of %d", got, admitted+1)
		}
	})
	t.Run("grants add", func(t *testing.T) {
		out, _ := run(t, 0, environ, "import", "grants", written(t, "grantee_kind,grantee,target_kind,target", "group,auditors,account_group,Georgia"))
		tells(t, "import", out, "1 grants added")
		if got := grants(); got != granted+1 {
			t.Errorf("there are %d grants instead of %d", got, granted+1)
		}
	})
	t.Run("grants for people who never signed in are refused", func(t *testing.T) {
		_, errs := run(t, 1, environ, "import", "grants", written(t, "grantee_kind,grantee,target_kind,target", "person,"+sandbox.SubjectAdmin+",all,"))
		tells(t, "import", errs, "line 2", sandbox.SubjectAdmin)
	})
	t.Run("replacing grants prints what goes", func(t *testing.T) {
		out, _ := run(t, 0, environ, "import", "grants", "--replace", written(t, "grantee_kind,grantee,target_kind,target", "group,auditors,account_group,Georgia"))
		tells(t, "import", out, "removed: group "+sandbox.GroupAccounting+", all", "removed: group "+sandbox.GroupReaders+", account 0049 2210 72")
		if got := grants(); got != 1 {
			t.Errorf("there are %d grants instead of 1", got)
		}
	})
	t.Run("replacing the register prints what goes", func(t *testing.T) {
		out, _ := run(t, 0, environ, "import", "accounts", "--replace", written(t, header, world.Stories.NotAdmitted+",Savannah,Georgia,43150,US,admitted"))
		tells(t, "import", out, "removed: 0071 4420 18")
		if n := strings.Count(out, "removed: "); n != len(world.Accounts())-1 {
			t.Errorf("%d accounts are removed instead of %d", n, len(world.Accounts())-1)
		}
		if got := accounts(); got != 1 {
			t.Errorf("%d accounts are admitted instead of 1", got)
		}
	})
	t.Run("a file that is not there is said", func(t *testing.T) {
		_, errs := run(t, 1, environ, "import", "accounts", filepath.Join(dir, "none.csv"))
		oneLine(t, "import", errs)
	})
	t.Run("what it did is in the ledger", func(t *testing.T) {
		if n := count(t, dir, `SELECT count(*) FROM ledger WHERE actor = 'command line' AND action IN ('register.import', 'grant.add')`); n < 4 {
			t.Errorf("%d entries", n)
		}
		out, _ := run(t, 0, environ, "verify")
		tells(t, "verify", out, "sound")
	})
}
