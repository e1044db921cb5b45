package billcache

import (
	"context"
	"errors"
	"io"
	"time"

	"billportal/internal/access"
	"billportal/internal/billing"
	"billportal/internal/billingapi"
	"billportal/internal/documents"
)

// Document is the verified PDF of a bill, open for reading; the caller closes it.
type Document struct {
	io.ReadSeekCloser
	SHA256 string
	Size   int64 // bytes
}

// HeldDocument tells of the PDF of a bill in scope without opening it, or returns
// billing.ErrNotFound while the copy has none.
func (c *Cache) HeldDocument(ctx context.Context, scope access.Scope, id billing.BillID) (billing.HeldDocument, error) {
	return c.db.Document(ctx, scope, id)
}

// refreshPatience is how long a reader waits for a newer document when an older one
// is at hand.
const refreshPatience = 5 * time.Second

// Document opens the PDF of a bill in scope. One that is not held yet is fetched
// from the API, verified whole and kept first; people who ask for it at once
// share one call. One that was fetched before the bill last changed is fetched
// again, and given as it is while that fails. Besides billing.ErrNotFound it
// returns ErrBusy, ErrUnavailable and ErrNoDocument.
func (c *Cache) Document(ctx context.Context, scope access.Scope, id billing.BillID) (*Document, error) {
	b, err := c.db.Bill(ctx, scope, id)
	if err != nil {
		return nil, err
	}
	held, current, err := c.openHeld(ctx, scope, id)
	if err != nil || current {
		return held, err
	}
	fetch := func(ctx context.Context) error {
		// Somebody else's fetch may have ended since the copy was asked.
		if now, current, err := c.openHeld(ctx, scope, id); err != nil || current {
			return errors.Join(err, closed(now))
		} else if err := closed(now); err != nil {
			return err
		}
		return c.fetchDocument(ctx, b)
	}
	if held != nil {
		patient, cancel := context.WithTimeout(ctx, refreshPatience)
		defer cancel()
		if err := c.once(patient, "document "+string(id), fetch); err != nil {
			c.log.WarnContext(ctx, "the document of a changed bill is not fetched again", "bill", id, "error", err)
			return held, nil
		}
		_ = held.Close() // it was only read
	} else if err := c.once(ctx, "document "+string(id), fetch); err != nil {
		return nil, err
	}
	held, _, err = c.openHeld(ctx, scope, id)
	if held == nil && err == nil {
		err = documents.ErrMissing
	}
	return held, err
}

// closed closes a document that was only looked at; there may be none.
func closed(d *Document) error {
	if d == nil {
		return nil
	}
	return d.Close()
}

// openHeld opens the document that the copy holds, nil when it holds none that can
// be read. current says that it belongs to the bill's present state.
func (c *Cache) openHeld(ctx context.Context, scope access.Scope, id billing.BillID) (d *Document, current bool, err error) {
	held, err := c.db.Document(ctx, scope, id)
	if errors.Is(err, billing.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	f, err := c.documents.Open(documents.Document{SHA256: held.SHA256, Size: held.Size})
	if errors.Is(err, documents.ErrMissing) || errors.Is(err, documents.ErrDamaged) {
		c.log.ErrorContext(ctx, "a kept document cannot be read; it is fetched again", "bill", id, "sha256", held.SHA256, "error", err)
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	return &Document{ReadSeekCloser: f, SHA256: held.SHA256, Size: held.Size}, held.Current, nil
}

// fetchDocument brings the PDF of one bill into the store. What is no whole PDF is
// neither kept nor passed on.
func (c *Cache) fetchDocument(ctx context.Context, b billing.Bill) error {
	received, err := c.api.Document(ctx, b.UpstreamID)
	if errors.Is(err, billingapi.ErrNotFound) || errors.Is(err, billingapi.ErrNotAcceptable) || errors.Is(err, billingapi.ErrMalformed) {
		return errors.Join(ErrNoDocument, err)
	}
	if err != nil {
		return upstream(err)
	}
	defer func() { _ = received.Body.Close() }()
	doc, err := c.documents.Put(ctx, received.Body, received.Length)
	switch {
	case errors.Is(err, documents.ErrNotPDF), errors.Is(err, billingapi.ErrMalformed):
		return errors.Join(ErrNoDocument, err)
	case errors.Is(err, documents.ErrReceiving):
		return upstream(err)
	case err != nil:
		return err
	}
	return c.db.AddDocument(ctx, b, billing.HeldDocument{SHA256: doc.SHA256, Size: doc.Size})
}
