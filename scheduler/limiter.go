package scheduler

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Pace is how fast a surface may be written to.
type Pace struct {
	PerLane   time.Duration // between two messages in one channel or to one person
	PerMinute int           // messages in all; 0: unlimited
	Burst     int           // of these at once
}

// urgentShare is the part of a surface's burst that bulk messages leave for urgent ones, as one in urgentShare.
const urgentShare = 2

// maxIdleLanes is how many lanes are remembered before those that have rested are forgotten.
const maxIdleLanes = 4096

// limiter keeps the deliveries of this process within the platforms' documented rates. It never makes anybody wait
// itself: a job that comes too early is put back, so that a limited lane occupies no worker. What other processes send is
// not seen here; for that there is the platform's own answer, which is obeyed likewise.
type limiter struct {
	pace    map[string]Pace
	mu      sync.Mutex
	overall map[string]*rate.Limiter
	lanes   map[string]time.Time // when the lane may be written to next
	slots   map[string]time.Time // when a lane that stands in its surface's line should ask again
	lines   map[string]time.Time // where the line ends, by surface: the next slot to give
}

func newLimiter(pace map[string]Pace) *limiter {
	l := &limiter{
		pace: pace, overall: map[string]*rate.Limiter{},
		lanes: map[string]time.Time{}, slots: map[string]time.Time{}, lines: map[string]time.Time{},
	}
	for surface, p := range pace {
		if p.PerMinute > 0 {
			l.overall[surface] = rate.NewLimiter(rate.Limit(float64(p.PerMinute)/60), max(p.Burst, urgentShare))
		}
	}
	return l
}

// reserve returns 0 and takes the turn when a message may be sent now, else how long to wait before asking again.
func (l *limiter) reserve(surface, lane string, urgent bool, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if wait := l.lanes[lane].Sub(now); wait > 0 {
		return wait
	}
	if overall := l.overall[surface]; overall != nil {
		if wait := l.share(surface, lane, overall, urgent, now); wait > 0 {
			return wait
		}
		overall.AllowN(now, 1)
	}
	forgetBefore(l.lanes, now)
	l.lanes[lane] = now.Add(l.pace[surface].PerLane)
	return 0
}

// share returns 0 when the surface as a whole has a message to spare, else how long to wait before asking again. What is
// urgent asks often and goes first. The rest stands in line: each is told when its turn should come, so that a thousand who
// wait do not ask, and write to the database that they still wait, many times a second.
func (l *limiter) share(surface, lane string, overall *rate.Limiter, urgent bool, now time.Time) time.Duration {
	need := 1
	if !urgent {
		need += overall.Burst() / urgentShare
	}
	seconds := func(messages float64) time.Duration {
		return time.Duration(messages / float64(overall.Limit()) * float64(time.Second))
	}
	short := seconds(float64(need) - overall.TokensAt(now))
	if urgent {
		if short > 0 {
			return max(time.Millisecond, short) // never 0, which would mean that the turn is taken
		}
		return 0
	}
	slot, inLine := l.slots[lane]
	if inLine && slot.After(now) {
		return slot.Sub(now)
	}
	if end := l.lines[surface]; short > 0 || !inLine && end.After(now) {
		slot = now.Add(max(time.Millisecond, short))
		if end.After(slot) {
			slot = end
		}
		forgetBefore(l.slots, now)
		l.slots[lane], l.lines[surface] = slot, slot.Add(seconds(1))
		return slot.Sub(now)
	}
	delete(l.slots, lane)
	return 0
}

// forgetBefore forgets what is past when there is much of it.
func forgetBefore(times map[string]time.Time, now time.Time) {
	if len(times) < maxIdleLanes {
		return
	}
	for lane, at := range times {
		if at.Before(now) {
			delete(times, lane)
		}
	}
}

// giveBack returns a lane's turn that was not used.
func (l *limiter) giveBack(lane string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.lanes, lane)
}
