package sandbox

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// wireWords spoil the way back. Of those that end the answer one has its turn;
// latencies add up before it.
var wireWords = map[string]word{
	"latency": {onWire, nil, duration, "the answer comes that much later", func(c *call) bool {
		d, _ := time.ParseDuration(c.fault.Arg) // checked when armed
		c.wait += d
		return true
	}},
	"drop":             ends(noArg, "the connection is closed without a byte", func(*delivery) { panic(http.ErrAbortHandler) }),
	"reset":            ends(noArg, "the connection is reset without a byte", (*delivery).reset),
	"hang":             ends(noArg, "the headers never come", (*delivery).hang),
	"stall":            ends(noArg, "half of the body comes, and then nothing", (*delivery).stall),
	"drip":             ends(duration, "the body comes a byte at a time, this far apart", (*delivery).drip),
	"cut-length":       ends(noArg, "60 % of the body, Content-Length that of the whole", (*delivery).cutLength),
	"cut-short-length": ends(noArg, "60 % of the body, Content-Length agreeing", (*delivery).cutShortLength),
	"cut-no-length":    ends(noArg, "60 % of the body, no Content-Length, an end like any other", (*delivery).cutNoLength),
	"cut-chunked":      ends(noArg, "60 % of the body in chunks, the last chunk missing", (*delivery).cutChunked),
	"length-long":      ends(noArg, "the whole body, Content-Length 1000 more", (*delivery).lengthLong),
	"length-short":     ends(noArg, "the whole body, Content-Length 60 % of it", (*delivery).lengthShort),
	"close-after":      ends(noArg, "the answer, and then the connection is closed, which no header told", (*delivery).closeAfter),
}

// ends is a word whose fault sends the answer itself, or does not.
func ends(arg argument, help string, send func(*delivery)) word {
	return word{onWire, nil, arg, help, func(c *call) bool {
		if c.send != nil {
			return false
		}
		fault := c.fault
		c.send = func(w http.ResponseWriter) { send(&delivery{c, fault.Arg, w}) }
		return true
	}}
}

// delivery is an answer on its way.
type delivery struct {
	*call
	arg string
	w   http.ResponseWriter
}

// part is what is sent of a body that is cut.
func (d *delivery) part() []byte { return d.out.body[:len(d.out.body)*6/10] }

func (d *delivery) reset() {
	conn, _, err := http.NewResponseController(d.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // there is no connection to reset
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // what is closed now is reset
	}
	_ = conn.Close()
}

func (d *delivery) hang() {
	d.patient()
	<-d.r.Context().Done()
	panic(http.ErrAbortHandler)
}

func (d *delivery) stall() {
	d.patient()
	d.out.writeHead(d.w, int64(len(d.out.body)))
	d.write(d.out.body[:len(d.out.body)/2])
	<-d.r.Context().Done()
	panic(http.ErrAbortHandler)
}

func (d *delivery) drip() {
	d.patient()
	apart, _ := time.ParseDuration(d.arg) // checked when armed
	d.out.writeHead(d.w, int64(len(d.out.body)))
	for i := range d.out.body {
		if i > 0 && d.api.sleep(d.r.Context(), apart) != nil {
			panic(http.ErrAbortHandler)
		}
		d.write(d.out.body[i : i+1])
	}
}

func (d *delivery) cutLength() {
	d.out.writeHead(d.w, int64(len(d.out.body)))
	d.write(d.part())
	panic(http.ErrAbortHandler)
}

func (d *delivery) cutShortLength() {
	d.out.body = d.part()
	d.out.send(d.w)
}

func (d *delivery) cutChunked() {
	d.out.writeHead(d.w, -1)
	d.write(d.part())
	panic(http.ErrAbortHandler)
}

func (d *delivery) lengthLong() {
	d.out.writeHead(d.w, int64(len(d.out.body))+1000)
	d.write(d.out.body)
	panic(http.ErrAbortHandler)
}

// cutNoLength ends the body with the connection, as HTTP/1.0 did: nothing tells
// the reader that it is cut.
func (d *delivery) cutNoLength() { d.raw(-1, d.part()) }

func (d *delivery) lengthShort() { d.raw(len(d.out.body)*6/10, d.out.body) }

func (d *delivery) closeAfter() { d.raw(len(d.out.body), d.out.body) }

// raw writes the answer past net/http, which would keep to the rules, and
// closes the connection. Without a connection the rules are kept.
func (d *delivery) raw(length int, body []byte) {
	conn, buffer, err := http.NewResponseController(d.w).Hijack()
	if err != nil {
		d.out.writeHead(d.w, int64(length))
		_, _ = d.w.Write(body) // what is longer than announced is cut
		return
	}
	defer func() { _ = conn.Close() }()
	_, _ = fmt.Fprintf(buffer, "HTTP/1.1 %d %s\r\n", d.out.status, http.StatusText(d.out.status))
	head := d.w.Header().Clone()
	for name, values := range d.out.header {
		head[name] = values
	}
	head.Del("Content-Length")
	_ = head.Write(buffer) // the client may have gone, here and below
	if length >= 0 {
		_, _ = fmt.Fprintf(buffer, "Content-Length: %d\r\n", length)
	}
	_, _ = io.WriteString(buffer, "\r\n")
	_, _ = buffer.Write(body)
	_ = buffer.Flush()
}

// patient takes away the times in which the server wants a request read, which
// would end its context, and an answer written. Without a connection there are
// none.
func (d *delivery) patient() {
	control := http.NewResponseController(d.w)
	_ = control.SetReadDeadline(time.Time{})
	_ = control.SetWriteDeadline(time.Time{})
}

// write sends bytes at once.
func (d *delivery) write(body []byte) {
	if _, err := d.w.Write(body); err != nil {
		panic(http.ErrAbortHandler)
	}
	_ = http.NewResponseController(d.w).Flush()
}
