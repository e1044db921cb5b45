package app_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"billportal/internal/sandbox"
)

func TestDemoLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	tmp := folder(t)
	demo := start(t, []string{"TMPDIR=" + tmp}, "demo", "--addr", "127.0.0.1:0")
	p := &portal{}
	await(t, "the demo answers", func() (bool, error) {
		found := printedURL.FindStringSubmatch(demo.stdout.String())
		if found == nil {
			return false, errors.New(demo.stderr.String())
		}
		p.url = found[1]
		return answers(p.url)
	})
	if made, err := filepath.Glob(filepath.Join(tmp, "billportal-demo-*")); err != nil || len(made) != 1 {
		t.Errorf("the demo made %v, %v", made, err)
	}
	today := sandbox.NewWorld(0, time.Now().UTC())
	v := signedIn(t, p, sandbox.SubjectAccountant)
	v.check = nil // of another day's world
	await(t, "the first copy is whole", func() (bool, error) {
		page := v.open("/bills?issued=any&account=0081+3300+61")
		return page.find(t, "#totals").Length() == 1, errors.New(mainText(page))
	})
	sameBills(t, entries(t, v.open("/bills?issued=any&account=0081+3300+61")), slices.DeleteFunc(slices.Clone(today.Bills()), func(b *sandbox.Bill) bool {
		return b.AccountNumber != "0081 3300 61"
	}))
	demo.terminate()
	if code := demo.ProcessState.ExitCode(); code != 0 {
		t.Errorf("the demo ended with %d: %s", code, &demo.stderr)
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) != 0 {
		t.Errorf("the demo left %v, %v", left, err)
	}
}

func TestDemoListensOnLoopbackOnly(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"0.0.0.0:0", ":0", "192.0.2.1:80", "localhost.example:80"} {
		_, errs := run(t, 1, []string{"TMPDIR=" + folder(t)}, "demo", "--addr", address)
		oneLine(t, "demo --addr "+address, errs)
		tells(t, "demo --addr "+address, errs, "loopback")
	}
}
