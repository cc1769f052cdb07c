package handlers

import (
	"context"
	"errors"
	"fmt"

	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// anonymiseAtOnce is how many cases are anonymised in a row. Each has its cards drawn anew, and a channel must not be busy with old cases
// for longer than a moment when a new one comes.
const anonymiseAtOnce = 10

// Anonymise empties who reported and what people wrote in cases that were closed so long ago as the municipality has decided, each in a
// transaction of its own. A case that is held stays as it is. more tells that others are due: it is to be run again after a while.
func (a *App) Anonymise(ctx context.Context) (more bool, err error) {
	if a.Settings.RetentionMonths == 0 {
		return false, nil
	}
	oldest, err := a.Store.OldestToAnonymise(ctx, anonymiseAtOnce)
	if err != nil {
		return false, err
	}
	more = len(oldest) == anonymiseAtOnce
	var failed []error
	for _, c := range oldest {
		if !a.isToAnonymise(c) {
			more = false // the others were closed later still
			break
		}
		if err := a.anonymise(ctx, c); err != nil {
			failed = append(failed, fmt.Errorf("anonymising %s: %w", c.Number, err))
		}
	}
	// Also when nothing was due: an earlier run may have been cut short before this.
	failed = append(failed, a.Store.Scrub(ctx))
	return more, errors.Join(failed...)
}

// isToAnonymise tells whether a case has been closed for long enough.
func (a *App) isToAnonymise(c store.Incident) bool {
	return c.Status == store.Closed && c.ClosedAt != nil &&
		!a.Store.Now().Before(policy.AnonymiseAt(*c.ClosedAt, a.Settings.RetentionMonths, a.Settings.Location))
}

func (a *App) anonymise(ctx context.Context, c store.Incident) error {
	return a.Store.InTx(ctx, func(tx *store.Tx) error {
		now, err := tx.IncidentByID(ctx, c.ID)
		if err != nil {
			return err
		}
		if now.Version != c.Version { // it was held, taken up again or anonymised a moment ago
			return nil
		}
		now, err = tx.Anonymise(ctx, c.ID, reporterKinds())
		if err != nil {
			return err
		}
		if err := a.redraw(ctx, tx, now); err != nil {
			return err
		}
		return a.audit(ctx, tx, "system", "incident.anonymised", now.Number, map[string]any{
			"closed": c.ClosedAt, "months": a.Settings.RetentionMonths, "reporter_removed": now.ReporterRemoved,
		})
	})
}
