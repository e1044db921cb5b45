//go:build browser

package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"billportal/web"
)

// TestABrowserReadsReturnTargetsAsThePortalDoes_A11_case8 has Chromium judge where
// each target leads, before and after the portal has judged it.
func TestABrowserReadsReturnTargetsAsThePortalDoes_A11_case8(t *testing.T) {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath("/usr/bin/chromium"), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.UserDataDir(t.TempDir()))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	const origin = "https://portal.example"
	var asked, given []string
	for _, target := range append(hostileTargets(), kept...) {
		asked, given = append(asked, target), append(given, web.ReturnTarget(target))
	}
	before, after := judged(ctx, t, origin, asked), judged(ctx, t, origin, given)
	left := 0
	for i, target := range asked {
		if before[i].Origin != origin {
			left++
			if given[i] != "/" {
				t.Errorf("%q leads to %s, and the portal takes it", target, before[i].Origin)
			}
		}
		if after[i].Origin != origin {
			t.Errorf("%q became %q, which leads to %s", target, given[i], after[i].Origin)
		}
		if given[i] == target && after[i].Path != target {
			t.Errorf("%q is taken and leads to %q", target, after[i].Path)
		}
	}
	t.Logf("of %d targets %d would have led away", len(asked), left)
	if left < 150 {
		t.Errorf("only %d targets would have led away", left)
	}
}

// place is where a browser goes; an address that is none has no origin.
type place struct{ Origin, Path string }

func judged(ctx context.Context, t *testing.T, origin string, addresses []string) []place {
	t.Helper()
	list, err := json.Marshal(addresses)
	if err != nil {
		t.Fatal(err)
	}
	script := fmt.Sprintf(`%s.map(a => { try { const u = new URL(a, %q); return {Origin: u.origin, Path: u.href.slice(u.origin.length)} } catch { return {Origin: %q, Path: ''} } })`,
		list, origin+"/signin/callback", origin)
	places, err := chromedp.Run(ctx, chromedp.Evaluate[[]place](script))
	if err != nil || len(places) != len(addresses) {
		t.Fatalf("%d places of %d addresses: %v", len(places), len(addresses), err)
	}
	return places
}
