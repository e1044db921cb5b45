package web

import (
	"errors"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/ledger"
)

// maxNoted is how much of what a request asked for is put on record, in characters.
const maxNoted = 64

// note records what somebody read, or was refused. Reading goes on when the record
// cannot be kept, on a full disk for instance: the log says so. What leaves the
// portal as a file, and what changes something, is recorded by its handler, and
// fails when that fails.
func (s *Server) note(c echo.Context, act ledger.Act) {
	if err := s.deps.Ledger.Record(c.Request().Context(), act); err != nil {
		s.deps.Log.ErrorContext(c.Request().Context(), "not in the ledger", "request_id", requestID(c), "action", act.Action, "error", err)
	}
}

// noteBill records that somebody opened the page of a bill.
func (s *Server) noteBill(c echo.Context, b billing.Bill) {
	s.openings.opensPage(viewer(c).Person.ID, sessionOpening{currentSession(c).ID, b.ID}, s.deps.Now())
	s.recordBill(c, b)
}

// noteItems records that somebody read the items of a bill, unless this session was
// shown the bill a few minutes ago: then they are part of that reading.
func (s *Server) noteItems(c echo.Context, b billing.Bill) {
	if !s.openings.opensPage(viewer(c).Person.ID, sessionOpening{currentSession(c).ID, b.ID}, s.deps.Now()) {
		s.recordBill(c, b)
	}
}

func (s *Server) recordBill(c echo.Context, b billing.Bill) {
	act := s.act(c, "bill.view")
	act.Object, act.Detail = string(b.ID), clipText(printedNumber(b), maxNoted)
	s.note(c, act)
}

// noteSearch records that somebody searched, and not for what. Turning the pages of
// a search that is on record adds nothing.
func (s *Server) noteSearch(c echo.Context, q billQuery) {
	if q.filter.Text == "" || s.readings.turns(listOpening{currentSession(c).ID, "/bills"}, q.address(), s.deps.Now()) {
		return
	}
	act := s.act(c, "bills.search")
	act.Object = "bills"
	s.note(c, act)
}

// What an entry says of a refusal.
const (
	detailNoRight   = "the right is missing"
	detailNotTheirs = "not there or not theirs"
)

// noteRefusal records that somebody asked for what is not theirs: a page without its
// right, or a thing that is not among what they may touch.
func (s *Server) noteRefusal(c echo.Context, err error) {
	act := s.act(c, "access.refuse")
	switch {
	case errors.Is(err, access.ErrRight):
		act.Detail = detailNoRight
	case errors.Is(err, billing.ErrNotFound):
		act.Detail = detailNotTheirs
	default:
		return
	}
	act.Object = c.Request().Method + " " + c.Path()
	for _, value := range c.ParamValues() {
		act.Object += " " + idText(value)
	}
	if s.refusals.count(actorKey(viewer(c).Person), act, s.deps.Now()) {
		s.note(c, act)
	}
}

// idText is an id from an address, if it has the shape of one that the portal makes
// or a number of an account: anything else was typed by somebody, and is not kept.
func idText(id string) string {
	plain, err := url.PathUnescape(id)
	if err != nil || !idShape.MatchString(plain) {
		return "(not an id)"
	}
	return plain
}

var idShape = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9 _-]{0,63}$`)

// clipText is text from outside on one line, with what cannot be seen made visible,
// at most so many characters long.
func clipText(text string, most int) string {
	text = visible(strings.ToValidUTF8(text, "\ufffd"))
	if utf8.RuneCountInString(text) > most {
		return string([]rune(text)[:most]) + "…"
	}
	return text
}
