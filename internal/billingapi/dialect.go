package billingapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"slices"
	"strings"
)

// Dialect is what the client assumes about the API because Orange does not say
// it publicly. The zero value stands for BuiltInDialect; any other starts from
// BuiltInDialect or ParseDialect. An empty name of a parameter means that the
// parameter is not sent.
type Dialect struct {
	AccountParam string `json:"accountParam"` // filters bills by the account's upstream id
	IssuedParam  string `json:"issuedParam"`  // filters bills by issue date
	OffsetParam  string `json:"offsetParam"`
	LimitParam   string `json:"limitParam"`
	PageSize     int    `json:"pageSize"` // records asked for in one page
	MaxPages     int    `json:"maxPages"` // of one listing
	SortParam    string `json:"sortParam"`
	SortNewest   string `json:"sortNewest"` // its value for newest first

	DocumentWays []DocumentWay `json:"documentWays"` // tried in this order
	DocumentType string        `json:"documentType"` // media type of a bill's document
	DocumentPath string        `json:"documentPath"` // below the bill, for DocumentBySubPath

	CreditNoteWords []string `json:"creditNoteWords"` // compared without case or separators
	InvoiceWords    []string `json:"invoiceWords"`

	Headers         map[string]string `json:"headers"` // sent with every call, credentials excepted
	Language        string            `json:"language"`
	CallSeconds     int               `json:"callSeconds"` // time-out of a whole call
	DocumentSeconds int               `json:"documentSeconds"`

	Bill    Aliases `json:"bill"`
	Tax     Aliases `json:"tax"` // one line of a bill's tax table
	Item    Aliases `json:"item"`
	Account Aliases `json:"account"`

	set bool
}

// Aliases says where each notion is found in a record: paths with dots, the
// first that leads to a value wins. A list of exactly one element stands for
// that element on the way.
type Aliases map[string][]string

// DocumentWay is a way to ask for a bill's PDF.
type DocumentWay string

// The ways to ask for a PDF.
const (
	DocumentByAccept   DocumentWay = "accept"         // the bill, with an Accept header
	DocumentByOverride DocumentWay = "overrideAccept" // the bill, with the parameter of that name
	DocumentBySubPath  DocumentWay = "subPath"        // DocumentPath below the bill
)

// BuiltInDialect is what Orange documents, and where it says nothing what its
// other APIs and TMF678 (Customer Bill Management) do. Each call returns a copy.
func BuiltInDialect() Dialect {
	return Dialect{
		AccountParam: "billingAccountId", IssuedParam: "issuedAt",
		OffsetParam: "offset", LimitParam: "limit", PageSize: 500, MaxPages: 10_000,
		SortParam: "sort", SortNewest: "-issuedAt",
		DocumentWays: []DocumentWay{DocumentByAccept, DocumentByOverride},
		DocumentType: "application/pdf", DocumentPath: "/document",
		CreditNoteWords: []string{"credit", "creditnote", "avoir"},
		InvoiceWords:    []string{"invoice", "facture", "bill"},
		Headers:         map[string]string{}, Language: "en", CallSeconds: 60, DocumentSeconds: 300,
		Bill: billAliases(), Tax: taxAliases(), Item: itemAliases(), Account: accountAliases(),
		set: true,
	}
}

// ParseDialect reads a dialect file: a JSON object whose keys replace those of
// BuiltInDialect, key by key, inside the alias tables too. Keys that do not
// exist are an error that names every one of them.
func ParseDialect(r io.Reader) (Dialect, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return Dialect{}, fmt.Errorf("billingapi: dialect: %w", err)
	}
	d := BuiltInDialect()
	known, err := json.Marshal(d)
	if err != nil {
		return Dialect{}, fmt.Errorf("billingapi: dialect: %w", err)
	}
	if unknown := unknownKeys("", data, known); len(unknown) > 0 {
		return Dialect{}, fmt.Errorf("billingapi: dialect: unknown keys: %s", strings.Join(unknown, ", "))
	}
	if err := json.Unmarshal(data, &d); err != nil {
		return Dialect{}, fmt.Errorf("billingapi: dialect: %w", err)
	}
	return d, d.check()
}

// unknownKeys lists the keys of the object got that known does not have, and
// looks into the objects that both have; headers may have any name.
func unknownKeys(prefix string, got, known []byte) []string {
	var gotKeys, knownKeys map[string]json.RawMessage
	if json.Unmarshal(got, &gotKeys) != nil || json.Unmarshal(known, &knownKeys) != nil {
		return nil
	}
	var unknown []string
	for key, value := range gotKeys {
		below, ok := knownKeys[key]
		switch {
		case !ok:
			unknown = append(unknown, prefix+key)
		case prefix+key != "headers":
			unknown = append(unknown, unknownKeys(prefix+key+".", value, below)...)
		}
	}
	slices.Sort(unknown)
	return unknown
}

// ownHeaders are those that the client sets itself on every call.
var ownHeaders = []string{
	"Authorization", "X-Api-Key", "Accept", "Accept-Language", "User-Agent", "Host", "Cookie", "Content-Length",
}

// check refuses a dialect that the client cannot follow.
func (d Dialect) check() error {
	var faults []error
	fault := func(bad bool, format string, values ...any) {
		if bad {
			faults = append(faults, fmt.Errorf("billingapi: dialect: "+format, values...))
		}
	}
	fault(d.PageSize < 1 || d.MaxPages < 1, "pageSize and maxPages must be at least 1")
	fault(d.OffsetParam == "", "offsetParam must be given")
	fault(d.CallSeconds < 1 || d.CallSeconds > 3600, "callSeconds must be from 1 to 3600")
	fault(d.DocumentSeconds < 1 || d.DocumentSeconds > 3600, "documentSeconds must be from 1 to 3600")
	fault(!strings.HasPrefix(d.DocumentPath, "/") || strings.ContainsAny(d.DocumentPath, "?#"), "documentPath must be a path")
	for _, way := range d.DocumentWays {
		known := slices.Contains([]DocumentWay{DocumentByAccept, DocumentByOverride, DocumentBySubPath}, way)
		fault(!known, "unknown document way %q", way)
	}
	for name, value := range d.Headers {
		own := slices.Contains(ownHeaders, textproto.CanonicalMIMEHeaderKey(name))
		fault(own, "the header %q is the client's own", name)
		fault(!headerSafe(name) || strings.ContainsAny(value, "\r\n\x00"), "the header %q cannot be sent", name)
	}
	return errors.Join(faults...)
}
