package wirefault

import (
	"errors"
	"net"
	"os"
	"syscall"
	"testing"
	"time"
)

// Blackhole is the host and port of a listener that answers no SYN: a connect
// hangs until its own time-out. It skips the test where the system will not
// have it so.
func Blackhole(tb testing.TB) string {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it does not block
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = l.Close() }) // the test is over
	raw, err := l.(*net.TCPListener).SyscallConn()
	if err != nil {
		tb.Fatal(err)
	}
	var shrunk error
	if err := raw.Control(func(fd uintptr) { shrunk = syscall.Listen(int(fd), 0) }); err != nil || shrunk != nil {
		tb.Fatal(errors.Join(err, shrunk))
	}
	const tries = 16
	for range tries { // until the queue of those nobody accepts is full
		c, err := net.DialTimeout("tcp", l.Addr().String(), 100*time.Millisecond) //nolint:noctx // it has a time-out
		if os.IsTimeout(err) {
			return l.Addr().String()
		}
		if err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() { _ = c.Close() })
	}
	tb.Skip("this system's queue of connections has no end")
	return ""
}
