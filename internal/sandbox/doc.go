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
// API speaks the native dialect: client-credentials tokens (RFC 6749, section
// 4.4), an API key, bills, items, accounts, status, version, and documents by
// content negotiation, with the error catalogue of the Orange gateway. What
// Orange does not publish is an assumption, chosen to be plausible and strict.
//
// # The identity provider
//
// Identity is an OpenID provider (OpenID Connect Core 1.0, code flow, PKCE with
// S256) whose sign-in page shows one link per Persona.
package sandbox
