package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"billportal/internal/documents"
	"billportal/internal/sqlite"
)

// store is the database and the documents of a data folder.
type store struct {
	dir       string
	egress    *egress // nil while another process holds it
	db        *sqlite.DB
	documents *documents.Store
}

const databaseName = "portal.db"

// openAlone takes the link to the API, then opens a data folder, makes it when
// missing and brings its schema up to date: no other process of this program has it
// open to write. Every temporary file of the process goes below the folder from then
// on. The error is errEgressTaken beside another process.
func openAlone(ctx context.Context, dir string, now func() time.Time) (_ *store, err error) {
	s := &store{dir: dir}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if err := s.makeFolder(); err != nil {
		return nil, err
	}
	if s.egress, err = lockEgress(dir); err != nil {
		return nil, err
	}
	s.db, err = sqlite.Open(ctx, filepath.Join(dir, databaseName), now)
	return s, err
}

// openStore opens a data folder alone where it can, or else beside the process that
// has it, with its schema as it is and without the link to the API.
func openStore(ctx context.Context, dir string, now func() time.Time) (*store, error) {
	s, err := openAlone(ctx, dir, now)
	if !errors.Is(err, errEgressTaken) {
		return s, err
	}
	s = &store{dir: dir}
	if err := s.makeFolder(); err != nil {
		return nil, err
	}
	if s.db, err = sqlite.OpenExisting(ctx, filepath.Join(dir, databaseName), now); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *store) makeFolder() (err error) {
	tmp := filepath.Join(s.dir, "tmp")
	if err := os.MkdirAll(tmp, 0o700); err != nil {
		return fmt.Errorf("the data folder cannot be used: %w", err)
	}
	if err := os.Setenv("TMPDIR", tmp); err != nil {
		return err
	}
	s.documents, err = documents.NewStore(filepath.Join(s.dir, "documents"), tmp)
	return err
}

// Close closes the database, then gives the link to the API up: whoever takes it
// may migrate.
func (s *store) Close() error {
	var errs []error
	if s.db != nil {
		errs = append(errs, s.db.Close())
	}
	if s.egress != nil {
		errs = append(errs, s.egress.Close())
	}
	return errors.Join(errs...)
}
