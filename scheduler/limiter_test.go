package scheduler_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tyreso.se/incidentbot/scheduler"
)

func morning() time.Time { return time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC) }

func TestLimiter(t *testing.T) {
	pace := map[string]scheduler.Pace{"chat": {PerLane: time.Second, PerMinute: 60, Burst: 4}}
	// ask is one question to the limiter: at so long after the first one, and whether it should be granted.
	type ask struct {
		after   time.Duration
		surface string
		lane    string
		urgent  bool
		granted bool
	}
	for name, asks := range map[string][]ask{
		"a lane rests between two messages": {
			{0, "chat", "a", true, true}, {0, "chat", "a", true, false},
			{999 * time.Millisecond, "chat", "a", true, false}, {time.Second, "chat", "a", true, true},
		},
		"another lane does not wait for it": {{0, "chat", "a", true, true}, {0, "chat", "b", true, true}},
		"the surface as a whole has its pace": {
			{0, "chat", "a", true, true}, {0, "chat", "b", true, true}, {0, "chat", "c", true, true}, {0, "chat", "d", true, true},
			{0, "chat", "e", true, false}, {time.Second, "chat", "e", true, true}, {time.Second, "chat", "f", true, false},
		},
		"another surface does not wait for it": {
			{0, "chat", "a", true, true}, {0, "chat", "b", true, true}, {0, "chat", "c", true, true}, {0, "chat", "d", true, true},
			{0, "web", "e", true, true},
		},
		"bulk leaves half of a burst to what is urgent": {
			{0, "chat", "a", false, true}, {0, "chat", "b", false, true}, {0, "chat", "c", false, false},
			{0, "chat", "d", true, true}, {0, "chat", "e", true, true}, {0, "chat", "f", true, false},
		},
		"a surface without a pace has no limit": {{0, "web", "a", false, true}, {0, "web", "a", false, true}},
	} {
		t.Run(name, func(t *testing.T) {
			l := scheduler.NewLimiter(pace)
			for i, a := range asks {
				wait := l.Reserve(a.surface, a.lane, a.urgent, morning().Add(a.after))
				if (wait == 0) != a.granted || wait < 0 {
					t.Fatalf("question %d is answered wait %s, want granted %v", i+1, wait, a.granted)
				}
			}
		})
	}
}

func TestTurnGivenBackIsFree(t *testing.T) {
	l := scheduler.NewLimiter(map[string]scheduler.Pace{"chat": {PerLane: time.Minute}})
	l.Reserve("chat", "a", true, morning())
	if l.Reserve("chat", "a", true, morning()) == 0 {
		t.Fatal("the turn was not taken")
	}
	l.GiveBack("a")
	if wait := l.Reserve("chat", "a", true, morning()); wait != 0 {
		t.Errorf("it waits for %s", wait)
	}
}

// sender wants to send so many messages in its lane, and asks again when it is told to.
type sender struct {
	lane   string
	urgent bool
	left   int
	asksAt time.Time
	sentAt []time.Time
}

func TestLimiterKeepsThePaceAndLetsEverybodyThrough(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pace := scheduler.Pace{
			PerLane:   time.Duration(rapid.IntRange(0, 3000).Draw(t, "between, ms")) * time.Millisecond,
			PerMinute: rapid.IntRange(1, 600).Draw(t, "a minute"),
			Burst:     rapid.IntRange(1, 20).Draw(t, "burst"),
		}
		l := scheduler.NewLimiter(map[string]scheduler.Pace{"chat": pace})
		var senders []*sender
		for i := range rapid.IntRange(1, 12).Draw(t, "senders") {
			senders = append(senders, &sender{
				lane: fmt.Sprint(i), urgent: rapid.Bool().Draw(t, "urgent"), left: rapid.IntRange(1, 6).Draw(t, "messages"),
				asksAt: morning().Add(time.Duration(rapid.IntRange(0, 2000).Draw(t, "begins, ms")) * time.Millisecond),
			})
		}
		var sent []time.Time
		for asked := 0; ; asked++ {
			var next *sender // who asks first
			for _, s := range senders {
				if s.left > 0 && (next == nil || s.asksAt.Before(next.asksAt)) {
					next = s
				}
			}
			if next == nil {
				break
			}
			if asked > 100_000 {
				t.Fatal("somebody is never let through")
			}
			wait := l.Reserve("chat", next.lane, next.urgent, next.asksAt)
			if wait < 0 {
				t.Fatalf("told to wait for %s", wait)
			}
			if wait > 0 {
				next.asksAt = next.asksAt.Add(wait)
				continue
			}
			next.left--
			next.sentAt, sent = append(next.sentAt, next.asksAt), append(sent, next.asksAt)
		}
		for _, s := range senders {
			for i := 1; i < len(s.sentAt); i++ {
				if gap := s.sentAt[i].Sub(s.sentAt[i-1]); gap < pace.PerLane {
					t.Fatalf("two messages in lane %s within %s, the pace is %s", s.lane, gap, pace.PerLane)
				}
			}
		}
		// A bucket of tokens: in any span of time at most what it held and what was filled in.
		burst := max(pace.Burst, 2)
		for i := range sent {
			for j := i; j < len(sent); j++ {
				filled := sent[j].Sub(sent[i]).Seconds() * float64(pace.PerMinute) / 60
				if n := j - i + 1; float64(n) > float64(burst)+filled+0.01 {
					t.Fatalf("%d messages within %s: the pace is %d a minute and %d at once", n, sent[j].Sub(sent[i]), pace.PerMinute, burst)
				}
			}
		}
	})
}

// However much bulk there is, an urgent message that comes in between finds its turn free.
func TestBulkNeverDelaysWhatIsUrgent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		burst := rapid.IntRange(2, 30).Draw(t, "burst")
		l := scheduler.NewLimiter(map[string]scheduler.Pace{"chat": {PerMinute: rapid.IntRange(1, 600).Draw(t, "a minute"), Burst: burst}})
		now := morning()
		for i := range rapid.IntRange(0, 100).Draw(t, "bulk messages") {
			l.Reserve("chat", fmt.Sprint("bulk ", i), false, now)
			now = now.Add(time.Duration(rapid.IntRange(0, 500).Draw(t, "between, ms")) * time.Millisecond)
		}
		for i := range burst / 2 {
			if wait := l.Reserve("chat", fmt.Sprint("urgent ", i), true, now); wait > 0 {
				t.Fatalf("urgent message %d of %d must wait for %s", i+1, burst/2, wait)
			}
		}
	})
}

func TestBackoff(t *testing.T) {
	for failures, want := range map[int]time.Duration{
		1: time.Second, 2: 2 * time.Second, 3: 4 * time.Second, 10: 512 * time.Second, 11: 10 * time.Minute, 199: 10 * time.Minute,
	} {
		if got := scheduler.Backoff(failures); got != want {
			t.Errorf("after failure %d it waits %s, want %s", failures, got, want)
		}
	}
}
