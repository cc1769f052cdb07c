// Package scheduler does what must happen outside the register, and at its time: River keeps the jobs in the same database
// as what they are about and runs them, robfig/cron says when what recurs is due. It decides nothing itself: every job is a
// use case in handlers.
package scheduler

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
	"github.com/robfig/cron/v3"

	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/store"
)

// The queues. Bulk work has workers of its own, so that it never delays a notice.
const (
	urgentQueue = "urgent"
	bulkQueue   = "bulk"
)

// How jobs are run.
const (
	// pollInterval is how often waiting jobs are looked for. Polling works alike on both databases and through connection
	// poolers; see docs/adr.
	pollInterval = 100 * time.Millisecond
	jobTimeout   = 30 * time.Second
	// rescueAfter is when a job is taken over whose process died while it ran. It must exceed jobTimeout.
	rescueAfter = time.Minute
	// maxAttempts with maxBackoff between them makes more than a day: longer than an outage that nobody mends.
	maxAttempts = 200
	maxBackoff  = 10 * time.Minute
)

// unfinished are the states of a job that is still to be run, or being run.
var unfinished = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning,
	rivertype.JobStateScheduled,
}

// Options are what a Scheduler is made of.
type Options struct {
	Store    *store.Store
	Pace     map[string]Pace // by surface
	Logger   *slog.Logger
	Registry prometheus.Registerer
}

// Scheduler runs jobs. Make it with New, bind the use cases with Start.
type Scheduler struct {
	store   *store.Store
	log     *slog.Logger
	limiter *limiter
	workers *river.Workers
	client  *river.Client[*sql.Tx]
	backlog *backlog
	leave   func() // ends followModels; nil before Start
}

// Migrate brings River's own tables up to date.
func Migrate(ctx context.Context, s *store.Store) error {
	migrator, err := rivermigrate.New(driver(s, s.Writer()), nil)
	if err != nil {
		return fmt.Errorf("preparing the job tables: %w", err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrating the job tables: %w", err)
	}
	return nil
}

// Current returns nil when River's own tables are up to date. It changes nothing, and works on a store that is open for
// reading only.
func Current(ctx context.Context, s *store.Store) error {
	migrator, err := rivermigrate.New(driver(s, s.Reader()), nil)
	if err != nil {
		return fmt.Errorf("checking the job tables: %w", err)
	}
	result, err := migrator.Validate(ctx, nil)
	if err != nil {
		return fmt.Errorf("checking the job tables: %w", err)
	}
	if !result.OK {
		return errors.New("the job tables are not migrated: run incidentbot migrate up")
	}
	return nil
}

func driver(s *store.Store, db *sql.DB) riverdriver.Driver[*sql.Tx] {
	if s.Dialect() == "sqlite" {
		return riversqlite.New(db)
	}
	return riverdatabasesql.New(db)
}

// New makes a scheduler whose jobs can be put in transactions at once; they are run after Start.
func New(opts Options) (*Scheduler, error) {
	s := &Scheduler{
		store: opts.Store, log: opts.Logger, limiter: newLimiter(opts.Pace), workers: river.NewWorkers(),
		backlog: newBacklog(opts.Registry),
	}
	everyMinute, err := cron.ParseStandard("@every 1m")
	if err != nil {
		return nil, fmt.Errorf("reading a schedule: %w", err)
	}
	// Not between 02:00 and 03:00: that hour comes twice or not at all when summer time changes.
	nightly, err := cron.ParseStandard("15 4 * * *")
	if err != nil {
		return nil, fmt.Errorf("reading a schedule: %w", err)
	}
	s.client, err = river.NewClient(driver(opts.Store, opts.Store.Writer()), &river.Config{
		Queues: map[string]river.QueueConfig{
			urgentQueue: {MaxWorkers: 20, FetchPollInterval: pollInterval, FetchCooldown: pollInterval / 2},
			bulkQueue:   {MaxWorkers: 4, FetchPollInterval: time.Second},
		},
		Workers: s.workers, Logger: slog.New(quiet{opts.Logger.Handler()}), PollOnly: true,
		JobTimeout: jobTimeout, RescueStuckJobsAfter: rescueAfter, MaxAttempts: maxAttempts,
		RetryPolicy: backoff{},
		// The use cases need the queue before the queue has its workers: see Start.
		SkipUnknownJobCheck: true,
		PeriodicJobs: []*river.PeriodicJob{
			river.NewPeriodicJob(everyMinute, func() (river.JobArgs, *river.InsertOpts) {
				return sweepArgs{}, &river.InsertOpts{Queue: bulkQueue, MaxAttempts: 1}
			}, &river.PeriodicJobOpts{RunOnStart: true}),
			river.NewPeriodicJob(everyMinute, func() (river.JobArgs, *river.InsertOpts) {
				return remindArgs{}, &river.InsertOpts{Queue: urgentQueue, MaxAttempts: 1}
			}, &river.PeriodicJobOpts{RunOnStart: true}),
			river.NewPeriodicJob(nightly, func() (river.JobArgs, *river.InsertOpts) {
				return identifyRolesArgs{}, &river.InsertOpts{Queue: bulkQueue, MaxAttempts: 5}
			}, &river.PeriodicJobOpts{RunOnStart: true}),
			river.NewPeriodicJob(nightly, func() (river.JobArgs, *river.InsertOpts) {
				return learnArgs{}, &river.InsertOpts{Queue: bulkQueue, MaxAttempts: 5}
			}, &river.PeriodicJobOpts{RunOnStart: true}),
			river.NewPeriodicJob(nightly, func() (river.JobArgs, *river.InsertOpts) {
				// One at a time: one that comes back for more may still be there the next night.
				one := river.UniqueOpts{ByArgs: true, ByState: unfinished}
				return anonymiseArgs{}, &river.InsertOpts{Queue: bulkQueue, MaxAttempts: 5, UniqueOpts: one}
			}, &river.PeriodicJobOpts{RunOnStart: true}),
		},
	})
	if err != nil {
		return nil, fmt.Errorf("preparing the job queue: %w", err)
	}
	return s, nil
}

// Enqueue puts jobs in a transaction: they run when it has committed, and never when it is rolled back. A job that is
// already waiting is not put there twice. The statements run on the transaction's own context: see store.Tx.Context.
func (s *Scheduler) Enqueue(_ context.Context, tx *store.Tx, jobs ...handlers.Job) error {
	params := make([]river.InsertManyParams, len(jobs))
	for i, job := range jobs {
		opts := &river.InsertOpts{Queue: bulkQueue, UniqueOpts: river.UniqueOpts{ByArgs: true}}
		if job.Urgent {
			opts.Queue = urgentQueue
		}
		var args river.JobArgs
		switch job.Kind {
		case handlers.DeliverJob:
			args = deliverArgs{ID: job.ID}
		case handlers.IdentifyJob:
			args = identifyArgs{ID: job.ID}
			// Asked again when what is known has grown old, but not by everything that a person does until it is known.
			opts.UniqueOpts.ByState = unfinished
		case handlers.FetchJob:
			args = fetchArgs{ID: job.ID}
		default:
			return fmt.Errorf("putting a job in the queue: unknown kind %q", job.Kind)
		}
		params[i] = river.InsertManyParams{Args: args, InsertOpts: opts}
	}
	if _, err := s.client.InsertManyFastTx(tx.Context(), tx.SQL(), params); err != nil {
		return fmt.Errorf("putting jobs in the queue: %w", err)
	}
	return nil
}

// Start runs the jobs with the use cases in app, until Stop. It returns when the workers are running.
func (s *Scheduler) Start(ctx context.Context, app *handlers.App) error {
	for _, err := range []error{
		river.AddWorkerSafely(s.workers, &deliverWorker{app: app, store: s.store, limiter: s.limiter}),
		river.AddWorkerSafely(s.workers, &identifyWorker{app: app}),
		river.AddWorkerSafely(s.workers, &identifyRolesWorker{app: app}),
		river.AddWorkerSafely(s.workers, &fetchWorker{app: app}),
		river.AddWorkerSafely(s.workers, &remindWorker{app: app}),
		river.AddWorkerSafely(s.workers, &learnWorker{app: app}),
		river.AddWorkerSafely(s.workers, &anonymiseWorker{app: app}),
		river.AddWorkerSafely(s.workers, &sweepWorker{scheduler: s, draftAge: app.Settings.DraftAge}),
	} {
		if err != nil {
			return fmt.Errorf("adding a worker: %w", err)
		}
	}
	if s.store.Dialect() == "sqlite" {
		// One process per file: whoever was running a job, or led, when this one started is gone. What it asked of a platform just
		// before may still be on its way there: a moment later, Surface.Send finds the message instead of sending it again.
		for _, takeOver := range []string{
			`UPDATE river_job SET state = 'available', scheduled_at = datetime('now', 'subsec', '+2 seconds') WHERE state = 'running'`,
			`DELETE FROM leases`,
		} {
			if _, err := s.store.Writer().ExecContext(ctx, takeOver); err != nil {
				return fmt.Errorf("taking over from the process before: %w", err)
			}
		}
	}
	// Start's context outlives the call: River stops hard when it ends, which is Stop's decision.
	if err := s.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("starting the job queue: %w", err)
	}
	s.leave = s.followModels(ctx, app.UseModelInForce)
	return nil
}

// Stop lets running jobs finish until ctx ends, then cancels them; they will be run again.
func (s *Scheduler) Stop(ctx context.Context) error {
	if s.leave != nil {
		s.leave()
	}
	if err := s.client.Stop(ctx); err == nil {
		return nil
	}
	hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := s.client.StopAndCancel(hard); err != nil {
		return fmt.Errorf("stopping the job queue: %w", err)
	}
	return nil
}

// backoff waits 1, 2, 4 … seconds between attempts, at most maxBackoff.
type backoff struct{}

func (backoff) NextRetry(job *riverJob) time.Time {
	wait := maxBackoff
	if n := len(job.Errors); n < 10 { // 2^10 s exceeds maxBackoff
		wait = min(maxBackoff, time.Duration(math.Exp2(float64(n)))*time.Second)
	}
	return time.Now().Add(wait)
}
