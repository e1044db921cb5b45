// Package billingapi is the one door to the Billing API: token, budget,
// decoding. Whatever leaves for the API leaves through Client.do, one call, one
// slot of the budget.
//
// The API's reference is given only to signed-in customers, so the client
// trusts little of it: names of fields and parameters live in a Dialect, lists
// are read in any shape, counts are compared and never believed, and the exact
// bytes of each record are kept beside what was understood of them. No amount
// passes through binary floating point.
package billingapi
