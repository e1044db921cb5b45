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
	"billportal/internal/sqlite"
)

// Document is the verified PDF of a bill, open for reading; the caller closes it.
type Document struct {
	io.ReadSeekCloser
	SHA256 string
	Size   int64 // bytes
}

// HeldDocument is what the copy knows of the PDF of a bill.
type HeldDocument struct {
	SHA256    string
	Size      int64 // bytes
	FetchedAt time.Time
}

// HeldDocument tells of the PDF of a bill in scope without opening it, or returns
// billing.ErrNotFound while the copy has none.
func (c *Cache) HeldDocument(ctx context.Context, scope access.Scope, id billing.BillID) (HeldDocument, error) {
	held, err := c.db.Document(ctx, scope, id)
	return HeldDocument(held), err
}

// Document opens the PDF of a bill in scope. One that is not held yet is fetched
// from the API, verified whole and kept first; people who ask for it at once
// share one call. Besides billing.ErrNotFound it returns ErrBusy, ErrUnavailable
// and ErrNoDocument.
func (c *Cache) Document(ctx context.Context, scope access.Scope, id billing.BillID) (*Document, error) {
	b, err := c.db.Bill(ctx, scope, id)
	if err != nil {
		return nil, err
	}
	doc, err := c.openHeld(ctx, scope, id)
	if !errors.Is(err, billing.ErrNotFound) && !errors.Is(err, documents.ErrMissing) && !errors.Is(err, documents.ErrDamaged) {
		return doc, err
	}
	if err := c.once(ctx, "document "+string(id), func(ctx context.Context) error { return c.fetchDocument(ctx, b) }); err != nil {
		return nil, err
	}
	return c.openHeld(ctx, scope, id)
}

func (c *Cache) openHeld(ctx context.Context, scope access.Scope, id billing.BillID) (*Document, error) {
	held, err := c.db.Document(ctx, scope, id)
	if err != nil {
		return nil, err
	}
	f, err := c.documents.Open(documents.Document{SHA256: held.SHA256, Size: held.Size})
	if err != nil {
		c.log.ErrorContext(ctx, "a kept document cannot be read; it is fetched again", "bill", id, "sha256", held.SHA256, "error", err)
		return nil, err
	}
	return &Document{ReadSeekCloser: f, SHA256: held.SHA256, Size: held.Size}, nil
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
	if errors.Is(err, documents.ErrNotPDF) {
		return errors.Join(ErrNoDocument, err)
	}
	if err != nil {
		return upstream(err)
	}
	return c.db.AddDocument(ctx, b.ID, sqlite.HeldDocument{SHA256: doc.SHA256, Size: doc.Size})
}
