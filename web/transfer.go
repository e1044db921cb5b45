package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"billportal/internal/access"
	"billportal/internal/billing"
)

// Who reads an answer takes it chunk by chunk, each in its time, so that a reader
// who has gone holds nothing for long, and one who is slow gets it all.
const (
	chunkSize = 16 << 10
	chunkTime = 15 * time.Second
)

// recheckEvery is how often somebody's right to a file is looked at again while it
// is sent.
const recheckEvery = 2 * time.Second

var (
	errBrokenOff  = errors.New("web: broken off, because this person may not have it any more")
	errReaderGone = errors.New("web: the reader has gone")
)

// hurriedWriter gives every chunk of an answer its own deadline, and can be cut off
// from outside while it waits for the reader.
type hurriedWriter struct {
	http.ResponseWriter
	control *http.ResponseController
	mu      sync.Mutex
	isCut   bool
	failed  error // of the first write that failed
}

// Unwrap leads http.ResponseController to what is below.
func (w *hurriedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Write sends p in chunks.
func (w *hurriedWriter) Write(p []byte) (written int, err error) {
	for chunk := range slices.Chunk(p, chunkSize) {
		if err = w.renew(); err != nil {
			break
		}
		var n int
		n, err = w.ResponseWriter.Write(chunk)
		written += n
		if err != nil {
			break
		}
	}
	if err != nil && w.failed == nil {
		w.failed = errors.Join(errReaderGone, err)
	}
	return written, err
}

// renew sets the deadline of the next chunk, unless the writer has been cut off. The
// clock is the real one: the kernel keeps no other.
func (w *hurriedWriter) renew() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.isCut {
		return errBrokenOff
	}
	if err := w.control.SetWriteDeadline(time.Now().Add(chunkTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}

// cut ends a write that waits for the reader, and every later one.
func (w *hurriedWriter) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.isCut = true
	_ = w.control.SetWriteDeadline(time.Unix(1, 0)) // without it the next chunk ends it
}

const keyWriter = "writer"

// hurryReaders puts a hurriedWriter under every answer.
func hurryReaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		below := c.Response().Writer
		w := &hurriedWriter{ResponseWriter: below, control: http.NewResponseController(below)}
		c.Response().Writer = w
		c.Set(keyWriter, w)
		return next(c)
	}
}

// rightNow says whether a viewer, as they are at this moment, may have what is sent.
type rightNow func(context.Context, access.Viewer) error

// sendWhile sends a file, and breaks it off when its reader loses the session or the
// right to it on the way. An answer that fails after its first byte is never ended
// as if it were whole.
func (s *Server) sendWhile(c echo.Context, may rightNow, send func() error) error {
	session, _ := c.Get(keySession).(*sessions.Session)
	record, _ := session.Values[valueRecord].(access.Session)
	w, _ := c.Get(keyWriter).(*hurriedWriter)
	ctx, cancel := context.WithCancel(c.Request().Context())
	ended := make(chan error, 1)
	go func() { ended <- s.watch(ctx, record, w, may) }()
	err := func() error {
		defer cancel()
		return send()
	}()
	if why := <-ended; why != nil {
		return fmt.Errorf("%w: %w", errBrokenOff, why)
	}
	return errors.Join(err, w.failed)
}

// watch looks at the right to a file again and again until ctx ends, and cuts it off
// at the first doubt, whose reason it returns.
func (s *Server) watch(ctx context.Context, record access.Session, w *hurriedWriter, may rightNow) (why error) {
	defer func() {
		if p := recover(); p != nil {
			why = fmt.Errorf("panic: %v", p)
		}
		if why != nil {
			w.cut()
		}
	}()
	ticks, stop := s.ticks(recheckEvery)
	defer stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticks:
		}
		err := s.mayStill(ctx, record, may)
		if err != nil && ctx.Err() == nil {
			return err
		}
	}
}

var errSessionOver = errors.New("web: the session is over")

// mayStill looks at session, person and grants as they are now. The session is known
// by its ID, because the browser's reference may have been renewed meanwhile, and
// ends at its absolute limit alone: who takes a file has not gone away.
func (s *Server) mayStill(ctx context.Context, record access.Session, may rightNow) error {
	person, err := s.deps.Sessions.Person(ctx, record.Person)
	if err != nil {
		return err
	}
	live, err := s.deps.Sessions.Sessions(ctx, record.Person)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(live, func(l access.Session) bool { return l.ID == record.ID })
	if at < 0 || s.deps.Now().Sub(live[at].CreatedAt) >= s.sessions.limits.For(person).Max {
		return errSessionOver
	}
	if person.Disabled {
		return access.ErrDisabled
	}
	scope, err := s.deps.Sessions.Scope(ctx, person)
	if err != nil {
		return err
	}
	return may(ctx, access.NewViewer(person, s.settings.Policy, scope))
}

// stillHas is the rightNow of files that belong to nobody's accounts.
func stillHas(needed access.Right) rightNow {
	return func(_ context.Context, v access.Viewer) error {
		if !v.Rights.Has(needed) {
			return access.ErrRight
		}
		return nil
	}
}

// billRight is the rightNow of one bill's document.
func (s *Server) billRight(needed access.Right, id billing.BillID) rightNow {
	return func(ctx context.Context, v access.Viewer) error {
		if err := stillHas(needed)(ctx, v); err != nil {
			return err
		}
		_, err := s.deps.Cache.Bill(ctx, v.Scope(), id)
		return err
	}
}

// listRight is the rightNow of an export: every account in it must still be open to
// its reader.
func (s *Server) listRight(bills []billing.Bill) rightNow {
	numbers := map[billing.AccountNumber]bool{}
	for _, b := range bills {
		numbers[b.Account] = true
	}
	return func(ctx context.Context, v access.Viewer) error {
		if err := stillHas(access.Export)(ctx, v); err != nil {
			return err
		}
		accounts, err := s.deps.Cache.Accounts(ctx, v.Scope())
		if err != nil {
			return err
		}
		open := map[billing.AccountNumber]bool{}
		for _, a := range accounts {
			open[a.Number] = true
		}
		for number := range numbers {
			if !open[number] {
				return billing.ErrNotFound
			}
		}
		return nil
	}
}

// realTicks are those of a real clock.
func realTicks(every time.Duration) (<-chan time.Time, func()) {
	ticker := time.NewTicker(every)
	return ticker.C, ticker.Stop
}
