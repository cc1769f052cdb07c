package scheduler

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"tyreso.se/incidentbot/handlers"
)

type learnArgs struct{}

func (learnArgs) Kind() string { return "learn" }

type learnWorker struct {
	river.WorkerDefaults[learnArgs]
	app *handlers.App
}

// Work makes a model of what has been decided, when there is enough of it.
func (w *learnWorker) Work(ctx context.Context, _ *river.Job[learnArgs]) error {
	return w.app.Learn(ctx)
}

// lookEvery is how often a process looks which model is in force: a job runs in one process, and all of them categorise.
const lookEvery = time.Minute

// followModels has this process use the model that is in force, also when another process or a command put it there, until the returned
// function is called.
func (s *Scheduler) followModels(ctx context.Context, use func(context.Context) error) (stop func()) {
	looking, cancel := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(lookEvery)
		defer ticker.Stop()
		for {
			if err := use(looking); err != nil && looking.Err() == nil {
				s.log.WarnContext(looking, "looking for the model in force", "error", err)
			}
			select {
			case <-looking.Done():
				return
			case <-ticker.C:
			}
		}
	}()
	return func() {
		cancel()
		<-done
	}
}
