package servertest

import (
	"net"
	"net/url"
	"testing"
)

// Proxy returns the address of a server through a listener of the test's own: pass is called for each connection of a client,
// with the host and port of the server, in a goroutine of its own, and closes what it opens and the connection.
func Proxy(t testing.TB, address string, pass func(client net.Conn, server string)) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	server := u.Host
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go pass(client, server)
		}
	}()
	u.Host = listener.Addr().String()
	return u.String()
}
