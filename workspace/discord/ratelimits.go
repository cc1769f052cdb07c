package discord

import (
	"encoding/hex"
	"hash/fnv"
	"math"
	"net/http"
	"strconv"
	"time"
)

// rate is so many calls in so long a time.
type rate struct {
	calls int
	every time.Duration
}

// The documentation publishes no figures but the global limit and asks that headers be read; these are what is commonly seen
// for messages and webhooks, and otherwise this package's own, on the careful side.
// https://discord.com/developers/docs/topics/rate-limits
func messageRate() rate { return rate{5, 5 * time.Second} }
func webhookRate() rate { return rate{5, 2 * time.Second} }
func commonRate() rate  { return rate{10, 5 * time.Second} }

// span counts calls in a span of time that begins with the first of them.
type span struct {
	used  int
	until time.Time
}

// take counts a call, or tells that none is left.
func (b *span) take(r rate, now time.Time) bool {
	if !now.Before(b.until) {
		b.used, b.until = 0, now.Add(r.every)
	}
	if b.used >= r.calls {
		return false
	}
	b.used++
	return true
}

// limiter holds the rate limits in force: a bucket per route and top-level resource, the global one, and the count of
// invalid requests.
type limiter struct {
	buckets map[string]*span
	global  span
	invalid span
	warned  bool
}

func newLimiter() limiter { return limiter{buckets: map[string]*span{}} }

// limited is a 429. Its scope is user, global or shared.
type limited struct {
	wait  time.Duration
	scope string
}

func (e *limited) Error() string { return "rate limited (" + e.scope + ")" }

// limit takes from the buckets of a call's route and returns a *limited when one is empty; the lock is held. The headers that
// tell how a route's bucket stands go into h.
func (c *call) limit(h http.Header) error {
	w, now := c.w, c.w.now()
	if w.opt.NoRateLimits || c.route.rate.calls == 0 {
		return nil
	}
	if !c.route.open && !w.limits.global.take(rate{maxGlobalRequests, globalRequestWindow}, now) {
		return &limited{w.limits.global.until.Sub(now), "global"}
	}
	bucket := c.route.method + " " + c.route.pattern
	key := bucket + " " + c.params["channel"] + c.params["guild"] + c.params["token"]
	b := w.limits.buckets[key]
	if b == nil {
		w.limits.sweep(now)
		b = &span{}
		w.limits.buckets[key] = b
	}
	ok := b.take(c.route.rate, now)
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(bucket)) // a hash never fails
	h.Set("X-RateLimit-Bucket", hex.EncodeToString(sum.Sum(nil)))
	h.Set("X-RateLimit-Limit", strconv.Itoa(c.route.rate.calls))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(c.route.rate.calls-b.used))
	h.Set("X-RateLimit-Reset", strconv.FormatFloat(float64(b.until.UnixMilli())/1000, 'f', 3, 64))
	h.Set("X-RateLimit-Reset-After", seconds(b.until.Sub(now)))
	if !ok {
		return &limited{b.until.Sub(now), "user"}
	}
	return nil
}

// sweep forgets buckets that are full again, now and then, so that a long load test does not grow the map.
func (l *limiter) sweep(now time.Time) {
	if len(l.buckets) < 10_000 {
		return
	}
	for key, b := range l.buckets {
		if !now.Before(b.until) {
			delete(l.buckets, key)
		}
	}
}

// banned counts invalid requests, and tells whether there have been so many that the platform no longer listens.
// https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans. The lock is held.
func (w *Workspace) banned() bool {
	return w.now().Before(w.limits.invalid.until) && w.limits.invalid.used >= maxInvalidRequests
}

// countInvalid notes an answer with status 401, 403 or 429, which are the invalid ones; the lock is held.
func (w *Workspace) countInvalid(status int, err error) {
	if slow, ok := err.(*limited); ok && slow.scope == "shared" { //nolint:errorlint // made in this package and never wrapped
		return
	}
	if status != http.StatusUnauthorized && status != http.StatusForbidden && status != http.StatusTooManyRequests {
		return
	}
	invalid := &w.limits.invalid
	if !w.now().Before(invalid.until) {
		w.limits.warned = false
	}
	invalid.take(rate{maxInvalidRequests, invalidWindow}, w.now())
	if invalid.used >= invalidWorthSaying && !w.limits.warned {
		w.limits.warned = true
		w.problem("%d requests answered with 401, 403 or 429 within %s", invalid.used, invalidWindow)
	}
}

// seconds writes a duration in seconds with milliseconds, rounded up.
func seconds(d time.Duration) string {
	return strconv.FormatFloat(math.Ceil(d.Seconds()*1000)/1000, 'f', 3, 64)
}
