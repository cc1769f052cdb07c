package discord

import (
	"context"
	"time"
)

// SkipPauses makes the surface try again at once, and calls paused with how long it would have waited.
func (s *Surface) SkipPauses(paused func(time.Duration)) {
	s.pause = func(ctx context.Context, d time.Duration) {
		if paused != nil {
			paused(d)
		}
		pauseFor(ctx, 0)
	}
}

// Remember keeps the token of an interaction, as a person doing something does.
func (s *Surface) Remember(user, token string, at time.Time) { s.tokens.remember(user, token, at) }

// RegisterCommands is one attempt of Run.
func (s *Surface) RegisterCommands(ctx context.Context) error { return s.registerCommands(ctx) }
