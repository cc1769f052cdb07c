package surface

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"time"

	"tyreso.se/incidentbot/bot"
)

// ErrPanicked is the error of a handler that panicked, which is logged.
var ErrPanicked = errors.New("the handler panicked")

// Answer is what a handler answered.
type Answer struct {
	Reply bot.Reply
	Err   error
}

// Ask calls the handler in a goroutine that work counts, and gives its answer on the channel that comes back: exactly one,
// which need not be waited for. budget is the handler's deadline. The platform hanging up must not undo what the person did, so
// the handler goes on also when ctx is done.
func Ask(ctx context.Context, work *Tracker, log *slog.Logger, h bot.Handler, req bot.Request, budget time.Duration) <-chan Answer {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), budget)
	answered := make(chan Answer, 1)
	work.Run(func() {
		defer cancel()
		defer func() {
			if fault := recover(); fault != nil { // one request must not end the others
				log.LogAttrs(ctx, slog.LevelError, "handler panicked", slog.String("request", RequestID(req.Key)),
					slog.String("stack", string(debug.Stack())))
				answered <- Answer{Err: ErrPanicked}
			}
		}()
		reply, err := h.Handle(ctx, req)
		answered <- Answer{reply, err}
	})
	return answered
}
