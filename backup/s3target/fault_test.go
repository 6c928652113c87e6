package s3target_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/s3target"
	"github.com/shugo-data/shugo/internal/servertest"
)

// proxy stands between a target and the server, by TCP, and handles each request that fault says something of.
type proxy struct {
	listener net.Listener
	server   string
	fault    atomic.Pointer[fault]
	faults   atomic.Int32 // how often one was applied
	running  sync.WaitGroup
}

// fault is what happens to the next connections that carry a request.
type fault struct {
	times  int32         // to how many connections; later ones pass
	up     int64         // cut after so many bytes from the client; 0: not
	answer string        // sent in place of the server's, which is not asked
	lost   bool          // the server's answer is not passed on: the connection is cut when it comes
	slow   chan struct{} // the server's answer is held until it is closed
}

func newProxy(t *testing.T, server string) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: listener, server: server}
	p.running.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			p.running.Go(func() { p.serve(client) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		p.running.Wait()
	})
	return p
}

func (p *proxy) serve(client net.Conn) {
	defer client.Close()
	f := p.fault.Load()
	if f == nil || p.faults.Add(1) > f.times {
		f = &fault{}
	}
	if f.answer != "" {
		buffer := make([]byte, 64<<10)
		if _, err := client.Read(buffer); err == nil {
			io.WriteString(client, f.answer)
		}
		return
	}
	server, err := net.Dial("tcp", p.server)
	if err != nil {
		return
	}
	defer server.Close()
	p.running.Go(func() {
		defer server.(*net.TCPConn).CloseWrite()
		if f.up > 0 {
			io.CopyN(server, client, f.up)
			client.Close()
			return
		}
		io.Copy(server, client)
	})
	first := make([]byte, 1)
	if _, err := server.Read(first); err != nil || f.lost {
		return
	}
	if f.slow != nil {
		<-f.slow
	}
	client.Write(first)
	io.Copy(client, server)
}

// through returns a target that reaches the server by way of a proxy, with a connection for each request.
func through(t *testing.T, attempts int) (*s3target.Target, *proxy, *s3target.Target) {
	t.Helper()
	server := servertest.NewS3(t)
	c, _ := bucket(t, server, "bucket", false)
	direct := open(t, c)
	p := newProxy(t, server.Endpoint)
	c.Endpoint = p.listener.Addr().String()
	c.Attempts = attempts
	c.Transport = &http.Transport{DisableKeepAlives: true}
	return open(t, c), p, direct
}

const failure = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

func TestFaults(t *testing.T) {
	t.Parallel()
	target, p, direct := through(t, 3)
	data := make([]byte, 4<<20)
	for name, c := range map[string]struct {
		fault fault
		err   error // of Put; nil: it succeeds
		kept  bool  // the object is there afterwards
	}{
		"once-503":    {fault{times: 1, answer: failure}, nil, true},
		"always-503":  {fault{times: 99, answer: failure}, backup.ErrUnavailable, false},
		"once-500":    {fault{times: 1, answer: "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"}, nil, true},
		"quota":       {fault{times: 99, answer: "HTTP/1.1 507 Full\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"}, backup.ErrFull, false},
		"not-http":    {fault{times: 99, answer: "rubbish\r\n\r\n"}, backup.ErrUnavailable, false},
		"torn-once":   {fault{times: 1, up: 1 << 20}, nil, true},
		"torn-always": {fault{times: 99, up: 1 << 20}, backup.ErrUnavailable, false},
		"lost-once":   {fault{times: 1, lost: true}, nil, true},
		"lost-twice":  {fault{times: 2, lost: true}, nil, true},
		"lost-always": {fault{times: 99, lost: true}, backup.ErrUnavailable, true},
	} {
		p.faults.Store(0)
		p.fault.Store(&c.fault)
		err := target.Put(t.Context(), name, data)
		if !errors.Is(err, c.err) {
			t.Errorf("%s: Put = %v, want %v", name, err, c.err)
		}
		if p.faults.Load() == 0 {
			t.Errorf("%s: the fault was not met", name)
		}
		p.fault.Store(nil)
		got, err := direct.Get(t.Context(), name, 0, -1)
		switch {
		case c.kept && (err != nil || len(got) != len(data)):
			t.Errorf("%s: the place has %d bytes, %v, want all", name, len(got), err)
		case !c.kept && !errors.Is(err, backup.ErrNotFound):
			t.Errorf("%s: the place has %d bytes, %v, want nothing", name, len(got), err)
		}
	}
}

// That the answer was lost must not make a caller believe that the object of another is its own, even if it is the same.
func TestLostAnswerOfAnother(t *testing.T) {
	t.Parallel()
	target, p, direct := through(t, 3)
	if err := direct.Put(t.Context(), "a", []byte("same")); err != nil {
		t.Fatal(err)
	}
	p.faults.Store(0)
	p.fault.Store(&fault{times: 1, lost: true})
	if err := target.Put(t.Context(), "a", []byte("same")); !errors.Is(err, backup.ErrExists) {
		t.Errorf("Put = %v, want ErrExists", err)
	}
}

func TestFaultsOfOtherCalls(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	target, p, direct := through(t, 2)
	for _, name := range []string{"a", "b"} {
		if err := direct.Put(ctx, name, make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	calls := map[string]func() error{
		"get":  func() error { _, err := target.Get(ctx, "a", 0, -1); return err },
		"part": func() error { _, err := target.Get(ctx, "a", 5, 10); return err },
		"list": func() (last error) {
			for _, last = range target.List(ctx, "") {
			}
			return last
		},
		"delete": func() error { return target.Delete(ctx, "b") },
	}
	for name, call := range calls {
		p.faults.Store(0)
		p.fault.Store(&fault{times: 99, answer: failure})
		if err := call(); !errors.Is(err, backup.ErrUnavailable) {
			t.Errorf("%s while the place is down = %v, want ErrUnavailable", name, err)
		}
		p.faults.Store(0)
		p.fault.Store(&fault{times: 1, answer: failure})
		if err := call(); err != nil {
			t.Errorf("%s after one failure = %v", name, err)
		}
	}
}

func TestDeadline(t *testing.T) {
	t.Parallel()
	target, p, _ := through(t, 3)
	slow := make(chan struct{})
	defer close(slow)
	p.faults.Store(0)
	p.fault.Store(&fault{times: 99, slow: slow})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := target.Put(ctx, "a", []byte("data")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Put = %v, want DeadlineExceeded", err)
	}
}
