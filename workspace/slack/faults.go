package slack

import (
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// Fault is something that goes wrong in the platform. Chances lie between 0 and 1.
type Fault struct {
	Method  string // API method it concerns; "": all. "socket" concerns Socket Mode envelopes
	Channel string // channel argument it concerns; "": all

	Limited    float64       // chance of 429
	RetryAfter time.Duration // what 429 asks for, rounded up to whole seconds; at least 1 s
	Broken     float64       // chance of 500
	AfterDoing bool          // 500 comes after the thing was done: the caller cannot know
	Delay      time.Duration // added before the answer, real time
	Drop       float64       // chance that the connection drops instead of an envelope being sent; Method "socket" only
}

// Faults are the faults in force. Safe for concurrent use.
type Faults struct {
	mu     sync.Mutex
	random *rand.Rand
	list   []*Fault
}

// NewFaults returns an empty set; seed makes what happens by chance repeatable.
func NewFaults(seed uint64) *Faults {
	return &Faults{random: rand.New(rand.NewPCG(seed, seed))}
}

// Add puts a fault in force and returns what ends it.
func (f *Faults) Add(fault Fault) (end func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	added := &fault
	f.list = append(f.list, added)
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.list = slices.DeleteFunc(f.list, func(x *Fault) bool { return x == added })
	}
}

// Clear ends every fault.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = nil
}

// misfortune is what befalls one call.
type misfortune struct {
	delay      time.Duration
	limited    bool
	retryAfter time.Duration
	broken     bool
	afterDoing bool
	drop       bool
}

func (f *Faults) draw(method, channel string) misfortune {
	f.mu.Lock()
	defer f.mu.Unlock()
	var m misfortune
	for _, fault := range f.list {
		if (fault.Method != "" && fault.Method != method) || (fault.Channel != "" && fault.Channel != channel) {
			continue
		}
		m.delay += fault.Delay
		if f.random.Float64() < fault.Limited {
			m.limited, m.retryAfter = true, max(m.retryAfter, fault.RetryAfter, time.Second)
		}
		if f.random.Float64() < fault.Broken {
			m.broken, m.afterDoing = true, fault.AfterDoing
		}
		if f.random.Float64() < fault.Drop {
			m.drop = true
		}
	}
	return m
}
