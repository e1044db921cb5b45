//go:build long

package web_test

import "time"

// The crowd that has more time.
const (
	crowdPeople   = 64
	crowdRequests = 1_000_000
	crowdSpan     = 2 * time.Minute
)
