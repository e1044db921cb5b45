// Package wirefault spoils the TCP connection between a client and a server on
// this machine, for tests alone: below HTTP, where the sandbox cannot reach.
// Nothing of the product may import it.
//
//	wire := wirefault.New(t, sim.BillingURL)
//	client := …(wire.URL(sim.BillingURL))
//	wire.Latency(200*time.Millisecond, 0)
//
// A fault holds for connections that are open and for new ones, until Clear.
// What a fault costs in time passes on the wall's clock: keep it short.
package wirefault

import (
	"bytes"
	"encoding/json"
	"net/url"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// Wire is a proxy before one server.
type Wire struct {
	tb    testing.TB
	proxy *toxiproxy.Proxy
}

// New starts a proxy on a free port of 127.0.0.1 before the host of an URL, and
// stops it with the test.
func New(tb testing.TB, upstream string) *Wire {
	tb.Helper()
	u, err := url.Parse(upstream)
	if err != nil || u.Host == "" {
		tb.Fatalf("wirefault: %q leads to no host", upstream)
	}
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	w := &Wire{tb, toxiproxy.NewProxy(server, "wire", "127.0.0.1:0", u.Host)}
	w.Up()
	tb.Cleanup(w.proxy.Stop)
	return w
}

// URL leads where original leads, through the wire.
func (w *Wire) URL(original string) string {
	w.tb.Helper()
	u, err := url.Parse(original)
	if err != nil {
		w.tb.Fatal(err)
	}
	u.Host = w.proxy.Listen
	return u.String()
}

// Down closes every connection and refuses new ones; Up takes them again, at
// the same address.
func (w *Wire) Down() { w.proxy.Stop() }

// Up lets connections through, as New does.
func (w *Wire) Up() {
	w.tb.Helper()
	if err := w.proxy.Start(); err != nil {
		w.tb.Fatal(err)
	}
}

// Clear takes every fault away.
func (w *Wire) Clear() { w.proxy.Toxics.ResetToxics(w.tb.Context()) }

// Latency delays all that the server sends, jitter more or less.
func (w *Wire) Latency(delay, jitter time.Duration) {
	w.tb.Helper()
	w.add("latency", "downstream", map[string]any{"latency": delay.Milliseconds(), "jitter": jitter.Milliseconds()})
}

// Bandwidth lets so many kilobytes a second through to the client; 0 lets
// nothing through and keeps the connection.
func (w *Wire) Bandwidth(kilobytes int) {
	w.tb.Helper()
	w.add("bandwidth", "downstream", map[string]any{"rate": kilobytes})
}

// Slice cuts what the server sends into packets of so many bytes, with a pause
// before each: a body that drips.
func (w *Wire) Slice(size int, pause time.Duration) {
	w.tb.Helper()
	w.add("slicer", "downstream", map[string]any{"average_size": size, "size_variation": 0, "delay": pause.Microseconds()})
}

// Limit closes a connection once so many bytes have come from the server.
func (w *Wire) Limit(size int) {
	w.tb.Helper()
	w.add("limit_data", "downstream", map[string]any{"bytes": size})
}

// Reset resets a connection so long after its first byte.
func (w *Wire) Reset(after time.Duration) {
	w.tb.Helper()
	w.add("reset_peer", "downstream", map[string]any{"timeout": after.Milliseconds()})
}

// Swallow lets nothing of the client's reach the server and closes the
// connection after that long; 0 keeps it open until Clear.
func (w *Wire) Swallow(after time.Duration) {
	w.tb.Helper()
	w.add("timeout", "upstream", map[string]any{"timeout": after.Milliseconds()})
}

// Silence lets nothing of the server's reach the client, otherwise as Swallow.
func (w *Wire) Silence(after time.Duration) {
	w.tb.Helper()
	w.add("timeout", "downstream", map[string]any{"timeout": after.Milliseconds()})
}

// SlowClose keeps a connection that the server has closed open that much
// longer.
func (w *Wire) SlowClose(delay time.Duration) {
	w.tb.Helper()
	w.add("slow_close", "downstream", map[string]any{"delay": delay.Milliseconds()})
}

func (w *Wire) add(kind, stream string, attributes map[string]any) {
	w.tb.Helper()
	text, err := json.Marshal(map[string]any{"type": kind, "stream": stream, "toxicity": 1, "attributes": attributes})
	if err != nil {
		w.tb.Fatal(err)
	}
	if _, err := w.proxy.Toxics.AddToxicJson(bytes.NewReader(text)); err != nil {
		w.tb.Fatalf("wirefault: %s: %v", kind, err)
	}
}
