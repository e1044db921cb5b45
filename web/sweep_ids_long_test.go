//go:build long && !race

package web_test

import "testing"

func TestSweepOfAMillionGuessedIDs_Z3_Z9(t *testing.T) {
	t.Parallel()
	w, people := newSweep(t)
	w.guess(t, people, 1_000_000)
}
