package scheduler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/robfig/cron/v3"
	"golang.org/x/sync/errgroup"

	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/store"
)

const (
	noticesIdle     = 2 * time.Second // between looks when nothing waits
	noticesTogether = 100             // read at a time
	noticesAtOnce   = 8               // on their way to a platform: more than its answers take, times its pace
	noticeRetry     = 5 * time.Minute // before one that failed is tried again
	noticeAttempts  = 20              // then it is a dead letter
)

// Notices sends what is said about training: messages to everybody, that can wait. They are rows of the outbox without jobs, sent one
// after another as fast as the platforms allow. A job for each would only wait for its turn, be looked at and put back: at fifty thousand
// people that is work which the machine has better use for, and the pace would be the queue's, not the platform's.
type Notices struct {
	app     *handlers.App
	store   *store.Store
	log     *slog.Logger
	limiter *limiter
	now     func() time.Time
	sleep   func(context.Context, time.Duration)
}

// Notices returns what sends the messages about training with the use cases in app, within the same pace as everything else.
func (s *Scheduler) Notices(app *handlers.App) *Notices {
	return &Notices{app: app, store: s.store, log: s.log, limiter: s.limiter, now: time.Now, sleep: sleep}
}

// ByClock has the pace kept by another clock than the machine's, for simulations.
func (n *Notices) ByClock(now func() time.Time, sleep func(context.Context, time.Duration)) *Notices {
	n.now, n.sleep = now, sleep
	return n
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// noticesLease is the lease of the process that sends: two would each keep to the whole pace.
const noticesLease = "training_notices"

// Run sends until ctx ends, in one process at a time of those that share the register. holder tells this process from the others.
func (n *Notices) Run(ctx context.Context, holder string) error {
	Lead(ctx, n.store, noticesLease, holder, n.log, func(ctx context.Context) error {
		n.syncStaff(ctx) // first: who is not found then is looked for tomorrow
		var syncing sync.WaitGroup
		defer syncing.Wait()
		syncing.Go(func() { n.syncNightly(ctx) })
		for ctx.Err() == nil {
			sent, err := n.Round(ctx)
			if err != nil && ctx.Err() == nil {
				n.log.WarnContext(ctx, "messages about training could not be sent", "error", err)
			}
			if sent == 0 {
				n.sleep(ctx, noticesIdle)
			}
		}
		return nil
	})
	return nil
}

// staffSync is when the accounts of the staff list are looked for, by the machine's clock.
const staffSync = "45 4 * * *"

// syncStaff finds the accounts of the people on the staff list, who cannot be told of anything before.
func (n *Notices) syncStaff(ctx context.Context) {
	if err := n.app.SyncStaff(ctx); err != nil && ctx.Err() == nil {
		n.log.WarnContext(ctx, "the accounts of the staff list could not be looked for", "error", err)
	}
}

// syncNightly is syncStaff every night.
func (n *Notices) syncNightly(ctx context.Context) {
	nightly, err := cron.ParseStandard(staffSync)
	if err != nil {
		n.log.ErrorContext(ctx, "the staff list will not be looked for", "error", err)
		return
	}
	for {
		sleep(ctx, time.Until(nightly.Next(time.Now())))
		if ctx.Err() != nil {
			return
		}
		n.syncStaff(ctx)
	}
}

// Round makes the notices that are due and sends what waits, some of each, and returns how many it tried to send.
func (n *Notices) Round(ctx context.Context) (tried int, err error) {
	if err := n.app.NoticeTraining(ctx); err != nil {
		return 0, fmt.Errorf("looking for who is to be told of training: %w", err)
	}
	var mu sync.Mutex
	var failed []error
	var surfaces sync.WaitGroup
	for _, surface := range n.app.Settings.Surfaces {
		surfaces.Go(func() {
			sent, err := n.send(ctx, surface)
			mu.Lock()
			defer mu.Unlock()
			tried += sent
			failed = append(failed, err)
		})
	}
	surfaces.Wait()
	return tried, errors.Join(failed...)
}

// send sends what waits for a surface.
func (n *Notices) send(ctx context.Context, surface string) (tried int, err error) {
	waiting, err := n.store.WaitingNotices(ctx, surface, n.store.Now().Add(-noticeRetry), noticesTogether)
	if err != nil {
		return 0, err
	}
	var pause pause
	group := errgroup.Group{}
	group.SetLimit(noticesAtOnce)
	for _, d := range waiting {
		lane := strings.TrimPrefix(d.Lane, handlers.NoticeLane) // what is urgent counts towards the same conversation
		for ctx.Err() == nil {
			wait := pause.left(n.now())
			if wait <= 0 {
				wait = n.limiter.reserve(surface, lane, false, n.now())
			}
			if wait <= 0 {
				break
			}
			n.sleep(ctx, wait)
		}
		if ctx.Err() != nil {
			break
		}
		tried++
		group.Go(func() error {
			// What has begun is finished: a message that was sent and not noted would have to be looked for.
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), jobTimeout)
			defer cancel()
			asked, err := n.app.Deliver(ctx, d.ID, d.Attempts+1 >= noticeAttempts)
			if !asked {
				n.limiter.giveBack(lane)
			}
			pause.add(n.now(), handlers.RetryAfter(err))
			return nil // it is in the outbox, and in the log
		})
	}
	return tried, group.Wait()
}

// pause is how long a platform has asked to be left alone.
type pause struct {
	mu    sync.Mutex
	until time.Time
}

func (p *pause) add(now time.Time, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := now.Add(d); d > 0 && until.After(p.until) {
		p.until = until
	}
}

func (p *pause) left(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.until.Sub(now)
}
