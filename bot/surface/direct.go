package surface

import (
	"cmp"
	"sync"
)

// DirectChannels remembers the conversations of direct messages by person. They do not change, so they are kept until there
// are many; what was used lately then stays. The zero value is ready.
type DirectChannels struct {
	mu       sync.Mutex
	new, old map[string]string
}

// directChannelsKept is how many conversations are remembered at least, once there are as many.
const directChannelsKept = 5000

// Get returns the conversation of a person, or "".
func (d *DirectChannels) Get(user string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	id := cmp.Or(d.new[user], d.old[user])
	if id != "" {
		d.keep(user, id)
	}
	return id
}

// Put remembers the conversation of a person.
func (d *DirectChannels) Put(user, id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.keep(user, id)
}

func (d *DirectChannels) keep(user, id string) {
	if d.new == nil || len(d.new) >= directChannelsKept {
		d.new, d.old = map[string]string{}, d.new
	}
	d.new[user] = id
}
