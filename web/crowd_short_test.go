//go:build !long

package web_test

import "time"

// The crowd of the gate.
const (
	crowdPeople   = 32
	crowdRequests = 500 // at least, all together
	crowdSpan     = 20 * time.Second
)
