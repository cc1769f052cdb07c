package discord

import (
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// Places where a fault strikes that are not API routes.
const (
	AtGateway  = "gateway"  // events sent over the gateway
	AtEndpoint = "endpoint" // interactions sent to the interactions endpoint URL
)

// Fault is something that goes wrong in the platform. Chances lie between 0 and 1.
type Fault struct {
	Route   string // route it concerns, such as "POST /channels/{channel}/messages", or AtGateway or AtEndpoint; "": every API route
	Channel string // channel it concerns; "": all

	Limited    float64       // chance of 429, with the scope "shared"
	RetryAfter time.Duration // what 429 asks for; at least 1 s
	Broken     float64       // chance of 500
	AfterDoing bool          // 500 comes after the thing was done: the caller cannot know
	Delay      time.Duration // added before the answer, real time
	Drop       float64       // chance that the connection drops instead of an event being sent; AtGateway only
	Repeat     float64       // chance that an event or interaction is sent twice; AtGateway and AtEndpoint only
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

// misfortune is what befalls one call or event.
type misfortune struct {
	delay      time.Duration
	limited    bool
	retryAfter time.Duration
	broken     bool
	afterDoing bool
	drop       bool
	repeat     bool
}

func (f *Faults) draw(route, channel string) misfortune {
	f.mu.Lock()
	defer f.mu.Unlock()
	var m misfortune
	for _, fault := range f.list {
		elsewhere := fault.Route != route && (fault.Route != "" || route == AtGateway || route == AtEndpoint)
		if elsewhere || (fault.Channel != "" && fault.Channel != channel) {
			continue
		}
		m.delay += fault.Delay
		if f.random.Float64() < fault.Limited {
			m.limited, m.retryAfter = true, max(m.retryAfter, fault.RetryAfter, time.Second)
		}
		if f.random.Float64() < fault.Broken {
			m.broken, m.afterDoing = true, fault.AfterDoing
		}
		m.drop = m.drop || f.random.Float64() < fault.Drop
		m.repeat = m.repeat || f.random.Float64() < fault.Repeat
	}
	return m
}
