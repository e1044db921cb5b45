// Package billing holds the words and rules of the portal: bills, billing
// accounts, items, money, calendar dates and periods. It does no input or
// output and knows no other package of the portal.
package billing

import "errors"

// ErrNotFound is returned by every reading function that looks for one thing
// and finds none, and equally for a thing outside the caller's scope: the two
// must not be told apart.
var ErrNotFound = errors.New("billing: not found")
