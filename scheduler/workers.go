package scheduler

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/store"
)

type riverJob = rivertype.JobRow

// The arguments of the jobs. Kinds and JSON names stand in the database: once released they keep their meaning.
type (
	deliverArgs struct {
		ID int64 `json:"id"`
	}
	identifyArgs struct {
		ID int64 `json:"id"`
	}
	fetchArgs struct {
		ID int64 `json:"id"`
	}
	identifyRolesArgs struct{}
	sweepArgs         struct{}
	remindArgs        struct{}
	anonymiseArgs     struct{}
)

func (deliverArgs) Kind() string       { return "deliver" }
func (identifyArgs) Kind() string      { return "identify" }
func (fetchArgs) Kind() string         { return "fetch_attachment" }
func (identifyRolesArgs) Kind() string { return "identify_roles" }
func (sweepArgs) Kind() string         { return "sweep" }
func (remindArgs) Kind() string        { return "remind" }
func (anonymiseArgs) Kind() string     { return "anonymise" }

// snooze turns a platform's request to wait into River's, which does not count as an attempt.
func snooze(err error) error {
	if wait := handlers.RetryAfter(err); wait > 0 {
		return river.JobSnooze(wait)
	}
	return err
}

type deliverWorker struct {
	river.WorkerDefaults[deliverArgs]
	app     *handlers.App
	store   *store.Store
	limiter *limiter
}

// Work sends one message when its lane's turn has come.
func (w *deliverWorker) Work(ctx context.Context, job *river.Job[deliverArgs]) error {
	d, err := w.store.Delivery(ctx, job.Args.ID)
	if err != nil {
		return fmt.Errorf("reading a delivery: %w", err)
	}
	if d.SentAt != nil || d.SkippedAt != nil || d.DeadAt != nil {
		return nil
	}
	if wait := w.limiter.reserve(d.Surface, d.Lane, d.Urgent, time.Now()); wait > 0 {
		return river.JobSnooze(wait)
	}
	asked, err := w.app.Deliver(ctx, d.ID, job.Attempt >= job.MaxAttempts)
	if !asked {
		w.limiter.giveBack(d.Lane)
	}
	return snooze(err)
}

type identifyWorker struct {
	river.WorkerDefaults[identifyArgs]
	app *handlers.App
}

func (w *identifyWorker) Work(ctx context.Context, job *river.Job[identifyArgs]) error {
	return snooze(w.app.Identify(ctx, job.Args.ID))
}

type identifyRolesWorker struct {
	river.WorkerDefaults[identifyRolesArgs]
	app *handlers.App
}

func (w *identifyRolesWorker) Work(ctx context.Context, _ *river.Job[identifyRolesArgs]) error {
	return snooze(w.app.IdentifyRoles(ctx))
}

type fetchWorker struct {
	river.WorkerDefaults[fetchArgs]
	app *handlers.App
}

func (w *fetchWorker) Work(ctx context.Context, job *river.Job[fetchArgs]) error {
	return snooze(w.app.FetchAttachment(ctx, job.Args.ID))
}

type remindWorker struct {
	river.WorkerDefaults[remindArgs]
	app *handlers.App
}

// Work sends what is due. The job is only what wakes it: what is due are rows, and wait for however long nothing did.
func (w *remindWorker) Work(ctx context.Context, _ *river.Job[remindArgs]) error {
	return w.app.Remind(ctx)
}

type anonymiseWorker struct {
	river.WorkerDefaults[anonymiseArgs]
	app *handlers.App
}

// anonymiseAgain is when others are anonymised after some: see handlers.App.Anonymise.
const anonymiseAgain = time.Minute

// Work anonymises some cases, and comes back for more.
func (w *anonymiseWorker) Work(ctx context.Context, _ *river.Job[anonymiseArgs]) error {
	more, err := w.app.Anonymise(ctx)
	if err == nil && more {
		return river.JobSnooze(anonymiseAgain)
	}
	return err
}

type sweepWorker struct {
	river.WorkerDefaults[sweepArgs]
	scheduler *Scheduler
	draftAge  time.Duration
}

// stalledAfter is when the first message of a lane should have been tried. claimAge is how long a repeated request is
// recognised: far longer than any platform retries.
const (
	stalledAfter = 2 * time.Minute
	claimAge     = 30 * 24 * time.Hour
	// noticeAge is how long it is kept that somebody was told of training on a day. How often they were told in a period is kept apart.
	noticeAge = 90 * 24 * time.Hour
)

// Work mends what a crash may have left, deletes what has had its time, and measures the backlog.
func (w *sweepWorker) Work(ctx context.Context, _ *river.Job[sweepArgs]) error {
	s := w.scheduler
	now := s.store.Now()
	stalled, err := s.store.StalledLanes(ctx, now.Add(-stalledAfter))
	if err != nil {
		return fmt.Errorf("looking for stalled lanes: %w", err)
	}
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		for _, id := range stalled {
			if err := s.Enqueue(ctx, tx, handlers.Job{Kind: handlers.DeliverJob, ID: id, Urgent: true}); err != nil {
				return err
			}
		}
		if _, err := tx.ExpireDrafts(ctx, now.Add(-w.draftAge)); err != nil {
			return err
		}
		if _, err := tx.ExpireKeptDialogs(ctx, now.Add(-w.draftAge)); err != nil {
			return err
		}
		if err := tx.ExpireLinkCodes(ctx, now.Add(-handlers.LinkCodeAge), now.Add(-handlers.LinkCodeWindow)); err != nil {
			return err
		}
		if _, err := tx.ExpireNotices(ctx, now.Add(-noticeAge).Format(time.DateOnly)); err != nil {
			return err
		}
		_, err := tx.ExpireClaims(ctx, now.Add(-claimAge))
		return err
	})
	if err != nil {
		return fmt.Errorf("sweeping: %w", err)
	}
	return s.backlog.measure(ctx, s.store)
}
