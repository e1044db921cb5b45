package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// errEgressTaken says that another process talks to the Billing API from this
// data folder.
var errEgressTaken = errors.New("another process already talks to the Billing API with this data folder")

// egress is the right to talk to the Billing API: an operating system's lock on a
// file of the data folder, so that two processes never share one budget without
// knowing, and a crash frees it.
type egress struct{ file *os.File }

func lockEgress(dir string) (*egress, error) {
	f, err := os.OpenFile(filepath.Join(dir, "egress.lock"), os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the folder is PORTAL_DATA
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errors.Join(errEgressTaken, f.Close())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("egress lock: %w", err), f.Close())
	}
	return &egress{file: f}, nil
}

// Close gives the right up.
func (e *egress) Close() error { return e.file.Close() }
