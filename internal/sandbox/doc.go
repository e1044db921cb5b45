// Package sandbox is a simulated Billing API and a simulated OpenID provider,
// for the demo and for every test. It imports nothing of the product: its truth
// is literal text, so that a fault in the product's arithmetic cannot cancel
// itself out. It listens on loopback addresses only and calls nobody.
//
// # The world
//
// World is a pure function of a seed and a day: the company Meridian Foods,
// billed on 24 accounts in eight countries (FR, DE, GB, US, CH, PL, JP, KW), four
// legal entities and seven currencies (EUR, GBP, USD, CHF, PLN, JPY without and
// KWD with three decimals); about 1,090 bills over 36 months that end today,
// with 5 to 400 items each. Lines, discounts, taxes and totals add up to the
// last minor unit, except where a story says otherwise.
//
// # The stories
//
// World.Stories holds the bill numbers and months, which depend on the seed and
// the day; the accounts are always these:
//
//   - a bill that never came, twice: Munich 0049 2210 80 and Leeds 0044 7702 71
//   - one bill under two ids: Lausanne 0041 5120 15
//   - items that do not add up to the net: Łódź 0048 0902 29
//   - a PDF that is cut: Nantes 0071 4420 34
//   - four credit notes: Lyon 0071 4420 26, Chicago 0001 8834 20, Slough
//     0044 7702 55, and Hamburg 0049 2210 64, the one without an original
//   - recurring prices rise by 6.5 % across Germany
//   - calls to international mobiles rise to 6.4 times the usual: Leipzig
//     0049 2210 72
//   - a renumbered account: Fos-sur-Mer 0071 4533 15 goes on as 0071 4533 23
//   - an account nobody admitted: Savannah 0001 8834 53
//   - a bill corrected after issue: Newark 0001 8834 38
//   - a bill of an account the API lists nowhere: 0071 4533 49
//
// # The Billing API
//
// API serves client-credentials tokens (RFC 6749, section 4.4), bills, search,
// items, accounts, reports, installed offers, asynchronous jobs, status and
// version behind a token and an API key, documents by content negotiation, with
// the error catalogue of the Orange gateway. What Orange does not publish is an
// assumption, chosen to be plausible and strict. Where it may be otherwise,
// there is a part to turn:
//
//   - Dialect: how the same World is told. Carried lists what each tells.
//   - Switches: what the API wants and answers where nothing is wrong.
//   - Fault: what goes wrong, on which route, when and how often. Words lists
//     them; Served counts what was really spoilt, so that a test can tell that
//     its fault happened.
//   - the limits: 403/53 above, by a rolling window of the calls that were let
//     through; with StrictLimits by every request that came, token requests and
//     refused ones too, over fixed and rolling windows. Worst tells how hard the
//     API was used by each of those clocks, whatever the limits.
//
// A test arms a fault in its text form:
//
//	sim.API.Arm("bills:503/5,for=10m", "document:cut-length,times=1")
//	…
//	if sim.API.Served("cut-length") != 1 { … }
//
// Faults have their turns in six stages: on the request (a page that shifts),
// instead of the answer (a refusal, HTML, a zip bomb; the first one armed), on
// the start of a job, on the body of a good answer (in the order in which they
// were armed), on the headers of any answer, and on the wire (latencies add up,
// then one way to end). A fault whose turn does not come, because the answer is
// not of its kind or an earlier one took its place, is neither used up nor
// counted. Limits come before faults, and the hook of Fail between the two.
//
// # Without a network
//
// New makes a sandbox that listens nowhere, and RoundTripper calls it. With Now
// and Sleep from a test's clock, latencies and drips pass on that clock, and
// hours of calls take no time. A call that hangs waits for its context.
//
// # The control API
//
// Options.ControlAddr opens a listener of its own, on loopback, for whoever
// cannot call Go: ControlManual lists its calls, and billportal sandbox --help
// prints them with every word. It is not reachable through the Billing API's
// address, and refuses what a page in a browser could send.
//
// # Below HTTP
//
// What an HTTP server cannot do to a client (a connect that hangs, a packet at
// a time, a reset in mid-header) the package wirefault does, for tests alone.
// TLS and names are not simulated.
//
// # The identity provider
//
// Identity is an OpenID provider (OpenID Connect Core 1.0, code flow, PKCE with
// S256) whose sign-in page shows one link per Persona.
package sandbox
