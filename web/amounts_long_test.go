//go:build long

package web

import "testing"

func TestAMillionAmountsAreShownAsReceived_V5(t *testing.T) {
	t.Parallel()
	amountsShown(t, 1_000_000)
}
