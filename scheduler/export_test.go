package scheduler

import (
	"context"
	"log/slog"
	"time"

	"github.com/riverqueue/river/rivertype"

	"tyreso.se/incidentbot/store"
)

// Limiter lets the tests see how fast deliveries go without waiting for them.
type Limiter = limiter

// NewLimiter makes a limiter.
func NewLimiter(pace map[string]Pace) *Limiter { return newLimiter(pace) }

// Reserve takes a turn.
func (l *limiter) Reserve(surface, lane string, urgent bool, now time.Time) time.Duration {
	return l.reserve(surface, lane, urgent, now)
}

// GiveBack returns a turn.
func (l *limiter) GiveBack(lane string) { l.giveBack(lane) }

// Backoff is how long after its n-th failure a job is run again.
func Backoff(n int) time.Duration {
	job := &rivertype.JobRow{Errors: make([]rivertype.AttemptError, n-1)}
	return time.Until(backoff{}.NextRetry(job)).Round(time.Second)
}

// Terms are how leadership is kept, instead of the constants.
type Terms struct{ Life, Every, Margin, PauseMax time.Duration }

// LeadFor is Lead on other terms.
func LeadFor(
	ctx context.Context, terms Terms, s *store.Store, name, holder string, log *slog.Logger, run func(context.Context) error,
) {
	leadership{s, name, holder, log, terms.Life, terms.Every, terms.Margin, terms.PauseMax}.follow(ctx, run)
}
