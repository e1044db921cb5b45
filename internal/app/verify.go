package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"billportal/internal/documents"
	"billportal/internal/ledger"
	"billportal/internal/sqlite"
)

// ErrFindings says that verify found something; each finding has been printed.
var ErrFindings = errors.New("the data is not sound")

// Verify checks the database, every kept document against its name, and the chain
// of the ledger, and prints a line for each finding. It changes nothing.
func Verify(ctx context.Context, c Command) (err error) {
	dir, err := c.dataFolder()
	if err != nil {
		return err
	}
	s := &store{dir: dir, documents: documents.Existing(filepath.Join(dir, "documents"))}
	s.db, err = sqlite.OpenReadOnly(ctx, filepath.Join(dir, databaseName))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no portal in %s: %w", dir, err)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	findings, err := s.db.Verify(ctx)
	if err != nil {
		return err
	}
	kept, damaged, err := s.verifyDocuments(ctx)
	if err != nil {
		return err
	}
	findings = append(findings, damaged...)
	entries, err := ledger.Verify(s.db.LedgerEntries(ctx))
	var broken *ledger.BrokenError
	if errors.As(err, &broken) {
		findings = append(findings, broken.Error())
	} else if err != nil {
		return err
	}
	for _, line := range findings {
		if _, err := fmt.Fprintln(c.Stdout, line); err != nil {
			return err
		}
	}
	if len(findings) > 0 {
		return ErrFindings
	}
	_, err = fmt.Fprintf(c.Stdout, "sound: database, %d documents, %d ledger entries\n", kept, entries)
	return err
}

// verifyDocuments re-reads every document that the database names.
func (s *store) verifyDocuments(ctx context.Context) (kept int, findings []string, err error) {
	held, err := s.db.AllDocuments(ctx)
	if err != nil {
		return 0, nil, err
	}
	for _, d := range held {
		switch err := s.documents.Verify(ctx, documents.Document{SHA256: d.SHA256, Size: d.Size}); {
		case err == nil:
			kept++
		case errors.Is(err, documents.ErrMissing):
			findings = append(findings, fmt.Sprintf("document %s is missing", d.SHA256))
		case errors.Is(err, documents.ErrDamaged):
			findings = append(findings, fmt.Sprintf("document %s is damaged", d.SHA256))
		default:
			return kept, findings, err
		}
	}
	return kept, findings, nil
}
