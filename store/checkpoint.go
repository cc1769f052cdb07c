package store

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// checkpointer copies what was committed from SQLite's journal to the database file, beside the committer: left to SQLite, one
// commit in some dozens does it, and the person whose report that is waits for it. A passive checkpoint waits for nobody and
// nobody for it; what it does not get done is done by the next, and by a commit after all when the journal has grown to
// journalPages (https://www.sqlite.org/wal.html#automatic_checkpoint).
type checkpointer struct {
	store   *Store
	wanted  chan struct{} // holds one: something was committed
	stopped chan struct{}
	cancel  context.CancelFunc
	running sync.Mutex // held during a checkpoint: SQLite refuses a second one at once
}

const (
	checkpointEvery = 200 * time.Millisecond // at most; nothing happens while nothing is committed
	journalPages    = "16000"                // 64 MiB
)

func newCheckpointer(s *Store) *checkpointer {
	ctx, cancel := context.WithCancel(context.Background())
	c := &checkpointer{store: s, wanted: make(chan struct{}, 1), stopped: make(chan struct{}), cancel: cancel}
	go c.loop(ctx)
	return c
}

// want asks for a checkpoint.
func (c *checkpointer) want() {
	select {
	case c.wanted <- struct{}{}:
	default:
	}
}

func (c *checkpointer) loop(ctx context.Context) {
	defer close(c.stopped)
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.wanted:
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(checkpointEvery):
		}
		// Also a connection that only reads may do it: https://www.sqlite.org/pragma.html#pragma_query_only
		c.running.Lock()
		_, err := c.store.reader.ExecContext(ctx, `PRAGMA wal_checkpoint(PASSIVE)`)
		c.running.Unlock()
		if err != nil && ctx.Err() == nil {
			c.store.logger.Warn("the journal could not be copied to the database", slog.Any("error", err))
		}
	}
}

func (c *checkpointer) close() {
	c.cancel()
	<-c.stopped
}
