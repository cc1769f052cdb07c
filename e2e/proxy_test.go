package e2e_test

import (
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"tyreso.se/incidentbot/store/storetest"
)

// silentPostgres is a PostgreSQL server that nothing is heard of for a while, as when a network or a disk hangs: connections
// stay, new ones are accepted, and no byte comes through.
func silentPostgres(t *testing.T) outage {
	address, err := url.Parse(storetest.PostgresURL(t))
	if err != nil {
		t.Fatal(err)
	}
	line := newLine(t, address.Host)
	address.Host = line.listener.Addr().String()
	return outage{
		address: address.String(), unreachable: true,
		begin: func(*testing.T) { line.hold() },
		end:   func(*testing.T) { line.release() },
	}
}

// line passes bytes between clients and a server, and can hold them back.
type line struct {
	listener net.Listener
	server   string
	ended    sync.WaitGroup

	mu   sync.Mutex
	open chan struct{} // closed while bytes may pass
	all  []net.Conn
	over bool
}

func newLine(t *testing.T, server string) *line {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{listener: listener, server: server, open: make(chan struct{})}
	close(l.open)
	l.ended.Go(l.accept)
	t.Cleanup(l.close)
	return l
}

func (l *line) accept() {
	for {
		client, err := l.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.DialTimeout("tcp", l.server, 10*time.Second)
		if err != nil {
			client.Close()
			continue
		}
		l.mu.Lock()
		l.all = append(l.all, client, server)
		over := l.over
		l.mu.Unlock()
		if over {
			client.Close()
			server.Close()
			return
		}
		l.ended.Go(func() { l.pass(client, server) })
		l.ended.Go(func() { l.pass(server, client) })
	}
}

// pass copies until one side ends, and then ends the other.
func (l *line) pass(from, to net.Conn) {
	defer from.Close()
	defer to.Close()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		l.mu.Lock()
		open := l.open
		l.mu.Unlock()
		<-open
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (l *line) hold() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open = make(chan struct{})
}

func (l *line) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.open:
	default:
		close(l.open)
	}
}

func (l *line) close() {
	l.listener.Close()
	l.release()
	l.mu.Lock()
	l.over = true
	for _, conn := range l.all {
		conn.Close()
	}
	l.mu.Unlock()
	l.ended.Wait()
}
