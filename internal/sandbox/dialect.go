package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Dialect is a way to tell the same World. Nobody outside Orange knows which
// one the real API speaks, so a client must understand them all; Carried says
// what each of them tells.
type Dialect string

// The dialects.
const (
	// Native is what Orange documents, filled up with plausible names.
	Native Dialect = "native"

	// TMF has the names and shapes of TMF678 v4 (Customer Bill Management) for
	// bills and items and of TMF666 v4 (Account Management) for accounts:
	// amounts are objects of unit and value, days are instants. An account's id
	// is its billing account number; amounts keep their sign.
	TMF Dialect = "tmf"

	// Sparse tells of a bill the six fields that Orange documents and nothing
	// else: id, type, sendingFormat, customer.id, customer.name and
	// customer.segment. What can be known beyond them has to be asked for: the
	// account, by listing with billingAccountId, once that filter is seen to
	// filter; the day of issue and the period, by listing with narrow issuedAt
	// and period; currency and net and tax by line, from the items, which are
	// told as in Native; everything printed, from the document. The bill's
	// number, due day, state, totals as billed, purchase order, original and
	// last change are in no JSON at all. Of accounts it tells id, number and
	// customer. There is no CSV.
	Sparse Dialect = "sparse"

	// Hostile has the names of Native and breaks every habit: counts that are
	// absent, wrong or below what came, rows told twice and out of order, null
	// for arrays, lists inside an object, numbers as text, words nobody knows,
	// fields nobody asked for, no account filter, and bills of ForeignAccount
	// among the company's. Every bill of the world is still told: a client that
	// pages by the rows it received, and believes no count, misses none.
	Hostile Dialect = "hostile"
)

// Dialects lists every dialect.
func Dialects() []Dialect { return []Dialect{Native, TMF, Sparse, Hostile} }

// ErrUnknownDialect is what Start returns for a dialect that is none of
// Dialects.
var ErrUnknownDialect = errors.New("sandbox: unknown dialect")

func (d Dialect) check() error {
	if !slices.Contains(Dialects(), d) {
		return fmt.Errorf("%w %q", ErrUnknownDialect, string(d))
	}
	return nil
}

// offers is what lists are served as; only Native has CSV.
func (d Dialect) offers() []string {
	if d == Native {
		return []string{typeJSON, typeCSV}
	}
	return []string{typeJSON}
}

// wireBill is b in the dialect of the API.
func (a *API) wireBill(b *Bill) any {
	if a.Switches().PositiveCreditNotes {
		b = b.unsigned()
	}
	switch a.dialect {
	case TMF:
		return b.tmf()
	case Sparse:
		return b.sparse()
	case Hostile:
		return hostileBill(a.world.seed, b)
	default:
		return b.wire()
	}
}

func (a *API) wireItem(b *Bill, i *Item) any {
	if a.Switches().PositiveCreditNotes && b.Type == TypeCreditNote {
		i = i.unsigned()
	}
	switch a.dialect {
	case TMF:
		return i.tmf(b)
	case Hostile:
		return hostileItem(a.world.seed, i)
	default:
		return i.wire()
	}
}

func (a *API) wireAccount(account *Account) any {
	switch a.dialect {
	case TMF:
		return account.tmf()
	case Sparse:
		return sparseAccount{account.ID, account.Number, theCustomer}
	case Hostile:
		return hostileAccount(a.world.seed, account)
	default:
		return account.wire()
	}
}

// sparseBill is what Orange's own sample shows of a bill.
type sparseBill struct {
	ID            string       `json:"id"`
	Type          string       `json:"type"`
	SendingFormat string       `json:"sendingFormat"`
	Customer      wireCustomer `json:"customer"`
}

type sparseAccount struct {
	ID       string       `json:"id"`
	Number   string       `json:"number"`
	Customer wireCustomer `json:"customer"`
}

func (b *Bill) sparse() sparseBill {
	return sparseBill{b.ID, b.Type, b.SendingFormat, theCustomer}
}

// unsigned is a credit note with positive amounts; any other bill is itself.
func (b *Bill) unsigned() *Bill {
	if b.Type != TypeCreditNote {
		return b
	}
	note := *b
	for _, amount := range []*string{&note.Net, &note.Tax, &note.Gross, &note.AmountDue} {
		*amount = strings.TrimPrefix(*amount, "-")
	}
	note.Taxes = slices.Clone(b.Taxes)
	for i := range note.Taxes {
		note.Taxes[i].Base = strings.TrimPrefix(note.Taxes[i].Base, "-")
		note.Taxes[i].Amount = strings.TrimPrefix(note.Taxes[i].Amount, "-")
	}
	return &note
}

// unsigned is the item of a credit note with the other sign.
func (i *Item) unsigned() *Item {
	item := *i
	for _, amount := range []*string{&item.UnitPrice, &item.Net, &item.Tax, &item.Gross} {
		if text, negative := strings.CutPrefix(*amount, "-"); negative {
			*amount = text
		} else if strings.Trim(text, "0.") != "" {
			*amount = "-" + text
		}
	}
	return &item
}

// generic is v as its JSON reads: objects as maps, numbers with their digits.
func generic(v any) any {
	parsed, err := parseJSON(jsonText(v))
	if err != nil {
		panic("sandbox: the wire types must be JSON: " + err.Error())
	}
	return parsed
}

func number(text string) json.Number { return json.Number(text) }

// Word is what the dialect says for one of the World's words (a type of bill, a
// category of item, a state of account) where Carried has AsWord; the word
// itself where it has none of its own.
func (d Dialect) Word(word string) string {
	if d != TMF {
		return word
	}
	for _, words := range []map[string]string{tmfCategories, tmfRates, tmfStates} {
		if own, ok := words[word]; ok {
			return own
		}
	}
	return word
}
