package surface

import (
	"crypto/sha256"
	"sync"
	"time"
)

// Mark tells one signed request from another.
type Mark [sha256.Size]byte

// Replays remembers the requests that were let in for as long as their time would let them in again. They are kept by the
// minute that they are signed with, so that a whole minute can be forgotten at once: with a window of five minutes, eleven
// minutes are kept at most.
type Replays struct {
	window  time.Duration
	mu      sync.Mutex
	minutes map[int64]map[Mark]struct{}
}

// NewReplays makes a memory for requests that are let in when signed within window of now.
func NewReplays(window time.Duration) *Replays {
	return &Replays{window: window, minutes: map[int64]map[Mark]struct{}{}}
}

// Claim tells whether a request is new, and remembers it. signed is its time, in seconds of the Unix epoch.
func (r *Replays) Claim(mark Mark, signed int64, now time.Time) bool {
	minute := signed / 60
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := r.minutes[minute]
	if _, seen := kept[mark]; seen {
		return false
	}
	if kept == nil {
		oldest := now.Add(-r.window).Unix() / 60
		for m := range r.minutes {
			if m < oldest {
				delete(r.minutes, m)
			}
		}
		kept = map[Mark]struct{}{}
		r.minutes[minute] = kept
	}
	kept[mark] = struct{}{}
	return true
}

// Forget lets a request in again.
func (r *Replays) Forget(mark Mark, signed int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.minutes[signed/60], mark)
}
