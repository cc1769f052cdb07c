package scheduler

import (
	"context"
	"log/slog"
	"time"

	"tyreso.se/incidentbot/store"
)

// How leadership is kept. A leader that dies is followed within leaseLife and one more try.
const (
	leaseLife = 10 * time.Second
	// leaseEvery is how often the leader renews its lease and the others try to take it.
	leaseEvery = 3 * time.Second
	// leaseMargin is how long before its lease could run out a leader that cannot renew it begins to stop.
	leaseMargin = 2 * time.Second
	// leadPauseMax bounds the growing pauses between a leader's tries at work that ends at once.
	leadPauseMax = 30 * time.Second
)

// Lead runs run in one process at a time of those that share the register and call it with the same name, until ctx ends.
// holder tells this process from the others.
//
// The context given to run ends when ctx does, and early enough before the lease could run out when the database cannot be
// asked; run must then return within leaseMargin. When run returns by itself, whoever asks first has the next try: another
// process may have a network that works. A leader that ends gives its lease back, so that nobody has to wait.
//
// A process that was frozen, with its clock, finds out when it wakes and renews; until then two may believe that they lead.
// So the work must bear that: a request that comes twice is known by its key.
func Lead(ctx context.Context, s *store.Store, name, holder string, log *slog.Logger, run func(context.Context) error) {
	l := leadership{
		store: s, name: name, holder: holder, log: log.With("lease", name),
		life: leaseLife, every: leaseEvery, margin: leaseMargin, pauseMax: leadPauseMax,
	}
	l.follow(ctx, run)
}

// leadership is one process's part in who leads.
type leadership struct {
	store                         *store.Store
	name, holder                  string
	log                           *slog.Logger
	life, every, margin, pauseMax time.Duration
}

// follow tries to lead, and leads when it can, until ctx ends.
func (l leadership) follow(ctx context.Context, run func(context.Context) error) {
	pause := l.every
	for ctx.Err() == nil {
		wait := l.every
		until, held, err := l.acquire(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			l.log.WarnContext(ctx, "the lease could not be asked for", "error", err)
		case held:
			began := time.Now()
			l.log.InfoContext(ctx, "this process leads")
			err = l.lead(ctx, until, run)
			l.release(ctx)
			if time.Since(began) > l.pauseMax {
				pause = l.every
			}
			if ctx.Err() == nil {
				l.log.WarnContext(ctx, "this process no longer leads", "error", err)
			}
			wait, pause = pause, min(2*pause, l.pauseMax)
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// lead runs run and keeps the lease until run has returned. until is when run must have been told to stop unless the lease
// is renewed. It goes on renewing while run stops, so that nobody begins before it has.
func (l leadership) lead(ctx context.Context, until time.Time, run func(context.Context) error) error {
	leading, stepDown := context.WithCancel(ctx)
	defer stepDown()
	expiry := time.AfterFunc(time.Until(until), stepDown)
	defer expiry.Stop()
	renew := time.NewTicker(l.every)
	defer renew.Stop()
	ended := make(chan error, 1)
	go func() { ended <- run(leading) }()
	for {
		select {
		case err := <-ended:
			return err
		case <-renew.C:
		}
		until, held, err := l.acquire(context.WithoutCancel(ctx))
		switch {
		case err != nil:
			l.log.WarnContext(ctx, "the lease could not be renewed", "error", err)
		case held:
			expiry.Reset(time.Until(until))
		default: // somebody else has it
			stepDown()
		}
	}
}

// acquire takes or renews the lease, and returns until when its holder may work: counted from before the question, the
// database's count begins later.
func (l leadership) acquire(ctx context.Context) (until time.Time, held bool, err error) {
	until = time.Now().Add(l.life - l.margin)
	ctx, cancel := context.WithTimeout(ctx, l.every)
	defer cancel()
	held, err = l.store.AcquireLease(ctx, l.name, l.holder, l.life)
	return until, held, err
}

// release gives the lease back. When that fails it runs out.
func (l leadership) release(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.every)
	defer cancel()
	if err := l.store.ReleaseLease(ctx, l.name, l.holder); err != nil {
		l.log.WarnContext(ctx, "the lease could not be given back", "error", err)
	}
}
