package discord

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"tyreso.se/incidentbot/bot"
)

// limits knows what may be called when, from what Discord's answers say: https://discord.com/developers/docs/topics/rate-limits.
// Nobody waits here: who may not call is told for how long, and comes back. The zero value is ready.
type limits struct {
	mu      sync.Mutex
	names   map[string]string // Discord's name of the bucket, by route
	buckets map[string]bucket // by that name and the major resource, which buckets of one name are counted by
	global  time.Time         // no call that is bound by the global limit before this
	token   time.Time         // no call with the token before this, since it was refused
}

type bucket struct {
	remaining int
	reset     time.Time
}

const (
	// bucketsKept is how many buckets are remembered before those are dropped whose time is over.
	bucketsKept = 2000
	// tokenPause is how long a token that was refused is not tried again: refused calls in great numbers have the machine's
	// address banned (https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans).
	tokenPause = 10 * time.Second
	// rateLimitWait is how long to wait when Discord says that it is too much and not for how long.
	rateLimitWait = time.Second
)

// admit returns nil when c may be called now, and counts it.
func (l *limits) admit(c call, now time.Time) *bot.SendError {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !c.byToken {
		if now.Before(l.token) {
			return &bot.SendError{Code: "unauthorized"}
		}
		if wait := l.global.Sub(now); wait > 0 {
			return &bot.SendError{Code: "global_rate_limit", Wait: wait}
		}
	}
	name, known := l.names[c.route]
	if !known {
		return nil
	}
	at := name + "/" + c.major
	b, known := l.buckets[at]
	wait := b.reset.Sub(now)
	if !known || wait <= 0 {
		return nil
	}
	if b.remaining <= 0 {
		return &bot.SendError{Code: "rate_limit", Wait: wait}
	}
	b.remaining--
	l.buckets[at] = b
	return nil
}

// learn takes what an answer says of its bucket.
func (l *limits) learn(c call, h http.Header, now time.Time) {
	name := h.Get("X-RateLimit-Bucket")
	remaining, err := strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	after := seconds(h.Get("X-RateLimit-Reset-After"))
	if name == "" || err != nil || after <= 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.keep(c, name, remaining, now, after)
}

func (l *limits) keep(c call, name string, remaining int, now time.Time, after time.Duration) {
	if l.names == nil {
		l.names, l.buckets = map[string]string{}, map[string]bucket{}
	}
	l.names[c.route] = name
	at := name + "/" + c.major
	if old, known := l.buckets[at]; known && now.Before(old.reset) {
		// Answers overtake each other: within one period what remains only falls.
		remaining = min(remaining, old.remaining)
	} else if !known && len(l.buckets) >= bucketsKept {
		for key, b := range l.buckets {
			if !now.Before(b.reset) {
				delete(l.buckets, key)
			}
		}
	}
	l.buckets[at] = bucket{remaining: remaining, reset: now.Add(after)}
}

// exceeded takes that c was refused as too much, and returns how long to wait.
func (l *limits) exceeded(c call, h http.Header, body refusal, now time.Time) *bot.SendError {
	wait := max(time.Duration(body.RetryAfter*float64(time.Second)), seconds(h.Get("Retry-After")))
	if wait <= 0 {
		wait = rateLimitWait
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if body.Global || h.Get("X-RateLimit-Global") == "true" || h.Get("X-RateLimit-Scope") == "global" {
		l.global = now.Add(wait)
		return &bot.SendError{Code: "global_rate_limit", Wait: wait}
	}
	name := h.Get("X-RateLimit-Bucket")
	if name == "" {
		name = c.route // not named, as when a proxy before the API answers
	}
	l.keep(c, name, 0, now, wait)
	return &bot.SendError{Code: "rate_limit", Wait: wait}
}

// refuseToken takes that the token was refused.
func (l *limits) refuseToken(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.token = now.Add(tokenPause)
}

// seconds reads a number of seconds, which may have decimals, from a header.
func seconds(text string) time.Duration {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n < 0 || n > float64(24*time.Hour/time.Second) {
		return 0
	}
	return time.Duration(n * float64(time.Second))
}
