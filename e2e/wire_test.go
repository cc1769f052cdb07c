package e2e_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
)

// wire knows the connections that programs hold to a platform. What a program sent before it was killed may still lie on one of them: a
// dialog that it opened with its last breath, which takes the place of the one that the next program has opened.
type wire struct {
	url string

	mu   sync.Mutex
	open map[net.Conn]bool
}

// watch follows the connections of a server that has not started.
func watch(server *httptest.Server) *wire {
	w := &wire{url: "http://" + server.Listener.Addr().String(), open: map[net.Conn]bool{}}
	server.Config.ConnState = func(c net.Conn, state http.ConnState) {
		w.mu.Lock()
		defer w.mu.Unlock()
		switch state {
		case http.StateNew:
			w.open[c] = true
		case http.StateClosed, http.StateHijacked:
			delete(w.open, c)
		}
	}
	return w
}

// remains returns a function that tells whether all has arrived that was on its way when remains was called, with no program running:
// a server closes the connection of who is gone when it has done what stood on it.
func (w *wire) remains(ctx context.Context) (arrived func() bool, err error) {
	// Connections are taken in order: when this one is served, those of the program are known.
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, w.url, nil)
	if err != nil {
		return nil, err
	}
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	if err := resp.Body.Close(); err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var left []net.Conn
	for c := range w.open {
		left = append(left, c)
	}
	return func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, c := range left {
			if w.open[c] {
				return false
			}
		}
		return true
	}, nil
}
