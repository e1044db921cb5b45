package sandbox

import (
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// billQuery is what a list of bills can be narrowed by. Of accounts and types
// any may match; of the spans every one must.
type billQuery struct {
	accounts []string
	types    []string
	issued   []span
	periods  []span
}

func (q *billQuery) matches(b *Bill) bool {
	if len(q.accounts) > 0 && !slices.Contains(q.accounts, b.AccountID) && !slices.Contains(q.accounts, b.AccountNumber) {
		return false
	}
	if len(q.types) > 0 && !slices.Contains(q.types, b.Type) {
		return false
	}
	for _, s := range q.issued {
		if !s.overlaps(b.IssuedAt, b.IssuedAt) {
			return false
		}
	}
	for _, s := range q.periods {
		if !s.overlaps(b.PeriodStart, b.PeriodEnd) {
			return false
		}
	}
	return true
}

// parseBillQuery reads the filters; wrong words a refusal of one of them.
func parseBillQuery(values url.Values, today time.Time, wrong func(name, why string) *problem) (*billQuery, *problem) {
	q := &billQuery{accounts: splitList(values["billingAccountId"]), types: splitList(values["type"])}
	for name, spans := range map[string]*[]span{"issuedAt": &q.issued, "period": &q.periods} {
		for _, value := range values[name] {
			s, err := parseSpan(value, today)
			if err != nil {
				return nil, wrong(name, err.Error())
			}
			*spans = append(*spans, s)
		}
	}
	return q, nil
}

// splitList takes a repeated parameter, a comma list, or both.
func splitList(values []string) []string {
	var list []string
	for _, value := range values {
		for part := range strings.SplitSeq(value, ",") {
			if part = strings.TrimSpace(part); part != "" {
				list = append(list, part)
			}
		}
	}
	return list
}

func (a *API) bills(w http.ResponseWriter, r *http.Request) *problem {
	q, p := parseBillQuery(r.URL.Query(), a.world.today, invalidQuery)
	if p != nil {
		return p
	}
	return a.listBills(w, r, q)
}

// searchBills is the same list; its filters come in a JSON object whose values
// are texts or arrays of texts.
func (a *API) searchBills(w http.ResponseWriter, r *http.Request) *problem {
	values, p := searchValues(r)
	if p != nil {
		return p
	}
	for _, name := range callOf(r).ignored {
		delete(values, name)
	}
	q, p := parseBillQuery(values, a.world.today, invalidField)
	if p != nil {
		return p
	}
	return a.listBills(w, r, q)
}

func searchValues(r *http.Request) (url.Values, *problem) {
	if name, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || name != typeJSON {
		return nil, unsupportedMediaType()
	}
	if r.ContentLength == 0 {
		return nil, missingBody()
	}
	var body map[string]json.RawMessage
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body == nil {
		return nil, invalidBody("The body is no JSON object.")
	}
	values := url.Values{}
	for name, raw := range body {
		var one string
		var many []string
		switch {
		case json.Unmarshal(raw, &many) == nil:
			values[name] = many
		case json.Unmarshal(raw, &one) == nil:
			values[name] = []string{one}
		default:
			return nil, invalidField(name, "neither text nor an array of texts")
		}
	}
	return values, nil
}

func (a *API) listBills(w http.ResponseWriter, r *http.Request, q *billQuery) *problem {
	media, p := negotiate(r, a.dialect.offers()...)
	if p != nil {
		return p
	}
	if a.dialect == Hostile {
		q.accounts = nil
	}
	var found []*Bill
	for _, b := range a.world.Bills() {
		if q.matches(b) {
			found = append(found, b)
		}
	}
	switch r.URL.Query().Get("sort") {
	case "", "-issuedAt":
	case "issuedAt":
		slices.Reverse(found)
	default:
		return invalidQuery("sort", "only issuedAt and -issuedAt are known")
	}
	if a.dialect == Hostile {
		found = hostileBills(a.world, found)
	}
	page, p := pageOf(a, w, r, found)
	if p != nil {
		return p
	}
	if media == typeCSV {
		return writeRows(w, billColumns, page, (*Bill).row)
	}
	return a.writeRecords(w, r, "bills", rowsOfPage(page, a.wireBill))
}

// bill serves one bill, as JSON or as its PDF.
func (a *API) bill(w http.ResponseWriter, r *http.Request) *problem {
	offers := []string{typeJSON, typePDF}
	if a.Switches().NoPDFByAccept {
		offers = offers[:1]
	}
	media, p := negotiate(r, offers...)
	if p != nil {
		return p
	}
	b, p := a.findBill(r)
	if p != nil {
		return p
	}
	if media == typePDF {
		return a.document(w, b)
	}
	writeBytes(w, typeJSON+"; charset=UTF-8", jsonText(a.wireBill(b)))
	return nil
}

func (a *API) findBill(r *http.Request) (*Bill, *problem) {
	id := r.PathValue("billId")
	b, ok := a.bookedBill(id)
	if !ok {
		return nil, notFound("No bill has the id " + id + ".")
	}
	return b, nil
}

// bookedBill finds a bill of the world, or one of ForeignAccount.
func (a *API) bookedBill(id string) (*Bill, bool) {
	if b, ok := a.world.Bill(id); ok {
		return b, true
	}
	for n := range foreignBills {
		if b := a.world.ForeignBill(n); b.ID == id {
			return b, true
		}
	}
	return nil, false
}

// documentPath is the second way to a PDF, where a switch has opened it.
func (a *API) documentPath(w http.ResponseWriter, r *http.Request) *problem {
	if !a.Switches().DocumentPath {
		return notFound("There is no resource at " + r.URL.Path + ".")
	}
	b, p := a.findBill(r)
	if p != nil {
		return p
	}
	if a.Switches().RedirectDocument {
		w.Header().Set("Location", apiBase+"/files/"+b.ID)
		w.WriteHeader(http.StatusFound)
		return nil
	}
	return a.document(w, b)
}

// file is where documentPath leads when it redirects.
func (a *API) file(w http.ResponseWriter, r *http.Request) *problem {
	if s := a.Switches(); !s.DocumentPath || !s.RedirectDocument {
		return notFound("There is no resource at " + r.URL.Path + ".")
	}
	b, p := a.findBill(r)
	if p != nil {
		return p
	}
	return a.document(w, b)
}

func (a *API) document(w http.ResponseWriter, b *Bill) *problem {
	pdf, err := a.world.print(b)
	if err != nil {
		return &problem{http.StatusInternalServerError, 1, "Internal error", "The document cannot be made."}
	}
	w.Header().Set("Content-Disposition", `attachment; filename="`+b.Number+`.pdf"`)
	writeBytes(w, typePDF, pdf)
	return nil
}

func (a *API) items(w http.ResponseWriter, r *http.Request) *problem {
	media, p := negotiate(r, a.dialect.offers()...)
	if p != nil {
		return p
	}
	b, p := a.findBill(r)
	if p != nil {
		return p
	}
	all := make([]*Item, len(b.Items))
	for i := range b.Items {
		all[i] = &b.Items[i]
	}
	if a.dialect == Hostile {
		all = hostileOrder(a.world.seed, b.ID, all)
	}
	page, p := pageOf(a, w, r, all)
	if p != nil {
		return p
	}
	if media == typeCSV {
		return writeRows(w, itemColumns, page, (*Item).row)
	}
	return a.writeRecords(w, r, "items", rowsOfPage(page, func(i *Item) any { return a.wireItem(b, i) }))
}
