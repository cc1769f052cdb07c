package surface

import (
	"context"
	"sync"
)

// Tracker counts what is under way. Unlike a sync.WaitGroup it may be waited for while new work begins. The zero value is
// ready.
type Tracker struct {
	mu      sync.Mutex
	running int
	idle    chan struct{} // closed when running falls to zero; nil when nobody waits
}

// Run counts f while it runs in a goroutine of its own.
func (t *Tracker) Run(f func()) {
	t.Start()
	go func() {
		defer t.Done()
		f()
	}()
}

// Start counts one more thing under way, until Done.
func (t *Tracker) Start() {
	t.mu.Lock()
	t.running++
	t.mu.Unlock()
}

// Done says that what Start counted has ended.
func (t *Tracker) Done() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.running--
	if t.running == 0 && t.idle != nil {
		close(t.idle)
		t.idle = nil
	}
}

// Wait returns when nothing is under way, or with ctx's error.
func (t *Tracker) Wait(ctx context.Context) error {
	t.mu.Lock()
	if t.running == 0 {
		t.mu.Unlock()
		return nil
	}
	if t.idle == nil {
		t.idle = make(chan struct{})
	}
	idle := t.idle
	t.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
