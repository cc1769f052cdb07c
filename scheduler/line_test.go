package scheduler_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"tyreso.se/incidentbot/scheduler"
)

// A phishing wave leaves a receipt to send to everybody at once. Each question is two writes to the database.
func TestWhoStandsInLineAsksSeldom(t *testing.T) {
	l := scheduler.NewLimiter(map[string]scheduler.Pace{"chat": {PerLane: time.Second, PerMinute: 300, Burst: 50}})
	const lanes = 500
	type sender struct {
		lane   string
		asksAt time.Time
	}
	waiting := make([]sender, lanes)
	for i := range waiting {
		waiting[i] = sender{fmt.Sprint(i), morning()}
	}
	questions := 0
	var last time.Time
	for len(waiting) > 0 {
		slices.SortStableFunc(waiting, func(a, b sender) int { return a.asksAt.Compare(b.asksAt) })
		now := waiting[0].asksAt
		questions++
		if wait := l.Reserve("chat", waiting[0].lane, false, now); wait > 0 {
			waiting[0].asksAt = now.Add(wait)
			continue
		}
		last = now
		waiting = waiting[1:]
	}
	if questions > 3*lanes {
		t.Errorf("%d lanes asked %d times", lanes, questions)
	}
	// 25 of the burst at once, the rest at five a second.
	if took := last.Sub(morning()); took > 2*time.Minute {
		t.Errorf("the last one was sent after %s", took)
	}
}
