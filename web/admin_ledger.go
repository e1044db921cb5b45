package web

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/export"
	"billportal/internal/i18n"
	"billportal/internal/ledger"
	"billportal/templates"
)

// LedgerReader reads the ledger: a page from its end, a page in its order, or all
// of it. Nobody changes it.
type LedgerReader interface {
	Ledger(ctx context.Context, f ledger.Filter, before int64, limit int) ([]ledger.Entry, error)
	LedgerAfter(ctx context.Context, f ledger.Filter, after int64, limit int) ([]ledger.Entry, error)
	LedgerEntries(ctx context.Context) iter.Seq2[ledger.Entry, error]
}

const (
	ledgerPath = "/admin/ledger"
	ledgerPage = 50 // entries on a page
)

// adminLedger shows who did what, newest first. Opening it is an entry itself;
// turning the pages of what was opened is not.
func (s *Server) adminLedger(c echo.Context) error {
	people, err := s.deps.Grants.People(c.Request().Context())
	if err != nil {
		return err
	}
	q, err := parseLedgerQuery(s.texts(c), c.QueryParams(), people, s.settings.TimeZone)
	if err != nil {
		return err
	}
	if len(q.wrong) == 0 && !s.readings.turns(listOpening{currentSession(c).ID, ledgerPath}, q.address(), s.deps.Now()) {
		act := s.act(c, "ledger.view")
		act.Detail = strings.TrimPrefix(q.detail()+q.place(), ", ")
		if err := s.deps.Ledger.Record(c.Request().Context(), act); err != nil {
			return err
		}
	}
	return s.ledgerPage(c, q, people)
}

func (s *Server) ledgerPage(c echo.Context, q ledgerQuery, people []access.Person) (err error) {
	page := s.page(c, "ledger.title")
	t := page.Texts
	view := templates.AdminLedgerView{Page: page, Filter: q.form(t, people), ExportURL: q.url("/admin/ledger.csv", "", 0), Kept: q.kept()}
	status := http.StatusBadRequest
	if len(q.wrong) == 0 {
		status = http.StatusOK
		if view.List, err = s.ledgerList(c, t, q); err != nil {
			return err
		}
		s.readings.offer(listOpening{currentSession(c).ID, ledgerPath}, view.List.Pager)
	}
	return s.pageOrFragment(c, status,
		func() templ.Component { return templates.AdminLedger(view) },
		func() templ.Component { return templates.LedgerList(page, view.List) })
}

// ledgerList is one page of entries and the way to those beside it.
func (s *Server) ledgerList(c echo.Context, t *i18n.Texts, q ledgerQuery) (templates.LedgerListView, error) {
	var view templates.LedgerListView
	entries, newer, older, err := s.ledgerEntries(c.Request().Context(), q)
	if err != nil {
		return view, err
	}
	if len(entries) == 0 {
		view.Empty = &templates.Empty{Kind: templates.EmptyNoMatch, Offers: []templates.Link{{Label: t.S("filter.clear"), URL: "/admin/ledger"}}}
		return view, nil
	}
	for _, e := range entries {
		row := templates.LedgerRow{
			Number: t.Number(strconv.FormatInt(e.Sequence, 10), 0), When: s.second(t, e.At), Who: namedLink(t, e.Actor), What: entryDeed(t, e),
			RequestID: e.RequestID, Hash: e.Hash,
		}
		row.Object, row.Detail, row.Key = concerned(t, e)
		view.Rows = append(view.Rows, row)
	}
	first, last := entries[0].Sequence, entries[len(entries)-1].Sequence
	if !newer && !older {
		return view, nil
	}
	pager := &templates.Pager{Text: t.S("ledger.span", view.Rows[0].Number, view.Rows[len(view.Rows)-1].Number)}
	if newer {
		pager.NewerURL = q.url(ledgerPath, paramAfter, first)
	}
	if older {
		pager.OlderURL = q.url(ledgerPath, paramBefore, last)
	}
	view.Pager = pager
	return view, nil
}

// second is an instant to the second; a ledger is read beside logs.
func (s *Server) second(t *i18n.Texts, at time.Time) templates.Day {
	return templates.Day{Text: s.instant(t, at) + at.Format(":05"), ISO: at.Format(time.RFC3339)}
}

// ledgerEntries reads a page, newest first, and says whether there are others.
func (s *Server) ledgerEntries(ctx context.Context, q ledgerQuery) (entries []ledger.Entry, newer, older bool, err error) {
	if q.after > 0 {
		entries, err = s.deps.Entries.LedgerAfter(ctx, q.filter, q.after, ledgerPage+1)
		if err != nil {
			return nil, false, false, err
		}
		if len(entries) > ledgerPage {
			entries = entries[:ledgerPage]
			slices.Reverse(entries)
			return entries, true, true, nil
		}
		q.after = 0 // the newest page, and a full one
	}
	entries, err = s.deps.Entries.Ledger(ctx, q.filter, q.before, ledgerPage+1)
	older = len(entries) > ledgerPage
	return entries[:min(len(entries), ledgerPage)], q.before > 0, older, err
}

// verifyLedger walks the whole chain and says how many entries are sound, or which
// is the first that is not.
func (s *Server) verifyLedger(c echo.Context) error {
	ctx, t := c.Request().Context(), s.texts(c)
	var last ledger.Entry
	sound, err := ledger.Verify(func(yield func(ledger.Entry, error) bool) {
		for e, err := range s.deps.Entries.LedgerEntries(ctx) {
			last = e
			if !yield(e, err) {
				return
			}
		}
	})
	act := s.act(c, "ledger.verify")
	said := notice{Key: "ledger.sound", Counted: true, Count: int(sound), Args: []string{last.Hash}}
	act.Detail = fmt.Sprintf("%d entries are sound", sound)
	var broken *ledger.BrokenError
	if errors.As(err, &broken) {
		number := strconv.FormatInt(broken.Sequence, 10)
		said = notice{
			Kind: templates.NoticeBad, Key: "ledger.broken", Args: []string{t.Number(number, 0)},
			Next: "ledger.showbroken", NextURL: ledgerPath + "?before=" + strconv.FormatInt(broken.Sequence+1, 10),
		}
		act.Detail = "entry " + number + " is broken"
	} else if err != nil {
		return err
	}
	if err := s.deps.Ledger.Record(ctx, act); err != nil {
		return err
	}
	return s.leaveNotice(c, said, s.ledgerPlace(c))
}

// ledgerPlace is the list that a form was sent from, by the filter and place that
// travelled with it; the ledger's first page when they cannot be read.
func (s *Server) ledgerPlace(c echo.Context) string {
	people, err := s.deps.Grants.People(c.Request().Context())
	if err != nil {
		return ledgerPath
	}
	given := url.Values{}
	for _, name := range ledgerParams {
		given.Set(name, posted(c, name))
	}
	q, err := parseLedgerQuery(s.texts(c), given, people, s.settings.TimeZone)
	if err != nil || len(q.wrong) > 0 {
		return ledgerPath
	}
	return q.address()
}

// verifiedLedger leads whoever opens or reloads the address of the verification to
// the ledger.
func (s *Server) verifiedLedger(c echo.Context) error {
	return c.Redirect(http.StatusSeeOther, ledgerPath)
}

// ledgerCSV is the entries that a filter chooses, in their order, as far as there
// were any when it was asked for. It is read page by page; no transaction is open
// while it is sent.
func (s *Server) ledgerCSV(c echo.Context) error {
	ctx := c.Request().Context()
	people, err := s.deps.Grants.People(ctx)
	if err != nil {
		return err
	}
	q, err := parseLedgerQuery(s.texts(c), c.QueryParams(), people, s.settings.TimeZone)
	if err != nil {
		return err
	}
	for name := range c.QueryParams() {
		if !slices.Contains(ledgerParams, name) {
			return badRequest("", errors.New("a parameter is not known"))
		}
	}
	if len(q.wrong) > 0 || !q.opens() {
		return badRequest("", errors.New("the filter of an export is wrong"))
	}
	newest, err := s.deps.Entries.Ledger(ctx, q.filter, 0, 1)
	if err != nil {
		return err
	}
	act := s.act(c, "ledger.export")
	act.Object, act.Detail = "ledger.csv", q.detail()
	if err := s.deps.Ledger.Record(ctx, act); err != nil {
		return err
	}
	attach(c, "ledger-"+s.today().String()+".csv")
	return s.sendWhile(c, stillHas(access.Administer), func() error { return s.writeLedger(c, q.filter, newest, people) })
}

// writeLedger writes the entries of a filter up to the newest, with what is known of
// the people who acted.
func (s *Server) writeLedger(c echo.Context, f ledger.Filter, newest []ledger.Entry, people []access.Person) error {
	known := make(map[string]access.Person, len(people))
	for _, p := range people {
		known[actorKey(p)] = p
	}
	w := export.NewLedger(c.Response())
	for after := int64(0); len(newest) > 0 && after < newest[0].Sequence; {
		entries, err := s.deps.Entries.LedgerAfter(c.Request().Context(), f, after, exportPage)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if e.Sequence > newest[0].Sequence {
				break
			}
			key, _, _ := strings.Cut(e.Actor, " ")
			if err := w.Write(e, known[key]); err != nil {
				return err
			}
		}
		if len(entries) == 0 {
			return errors.New("web: entries of the ledger went missing during an export")
		}
		after = entries[len(entries)-1].Sequence
	}
	return w.Flush()
}
