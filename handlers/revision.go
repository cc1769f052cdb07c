package handlers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// Kinds of delivery about the revision of a governing document, and the kind of its reminders.
const (
	revisionDelivery         = "revision" // its card in this lane, posted or brought up to date
	revisionReminderDelivery = "revision_reminder"
	revisionReminders        = "revision"
)

// askForRevisions asks for the revisions whose time has come, however long ago that was: each document's of a year once.
func (a *App) askForRevisions(ctx context.Context) error {
	if len(a.Settings.Documents) == 0 {
		return nil
	}
	known, err := a.Store.KnownDocuments(ctx)
	if err != nil {
		return err
	}
	asked, err := a.Store.AskedRevisions(ctx)
	if err != nil {
		return err
	}
	now := a.Store.Now()
	var failed []error
	for _, d := range a.Settings.Documents {
		since, ok := known[d.Key]
		if !ok {
			since = now
			failed = append(failed, a.Store.InTx(ctx, func(tx *store.Tx) error { return tx.KnowDocument(ctx, d.Key) }))
		}
		if years := d.DueRevisions(since, asked[d.Key], now, a.Settings.Location, a.Settings.Holidays); len(years) > 0 {
			failed = append(failed, a.askForRevision(ctx, d, years))
		}
	}
	return errors.Join(failed...)
}

// askForRevision asks for the revision of the last of the years. Those before it, and one of an earlier year that is not decided, were
// missed: the register says so, and nobody is asked for them any longer.
func (a *App) askForRevision(ctx context.Context, d policy.Document, years []int) error {
	err := a.Store.InTx(ctx, func(tx *store.Tx) error {
		earlier, err := tx.Revisions(ctx, d.Key)
		if err != nil {
			return err
		}
		if n := len(earlier); n > 0 && earlier[n-1].Year >= years[0] {
			return nil // another process was first
		}
		for _, r := range earlier {
			if err := a.missRevision(ctx, tx, r); err != nil {
				return err
			}
		}
		var r store.Revision
		for i, year := range years {
			deadline := d.RevisionDeadline(year, a.Settings.Location)
			r = store.Revision{
				Ref: a.NewRef(), Document: d.Key, Title: d.Title, Owner: d.Owner, Year: year, State: store.RevisionOpen,
				PromptedAt: tx.Now, DueOn: deadline.Format(time.DateOnly),
			}
			if i < len(years)-1 {
				r.State, r.EndedAt = store.RevisionMissed, &tx.Now
			}
			if err := tx.AddRevision(ctx, &r); err != nil {
				return err
			}
			action := map[bool]string{true: "revision.missed", false: "revision.asked"}[r.State == store.RevisionMissed]
			if err := a.audit(ctx, tx, "system", action, revisionSubject(r), map[string]any{"due": r.DueOn}); err != nil {
				return err
			}
		}
		deliveries, err := a.revisionDeliveries(ctx, tx, r)
		if err != nil {
			return err
		}
		if err := a.post(ctx, tx, deliveries); err != nil {
			return err
		}
		return a.planRevision(ctx, tx, r, true)
	})
	if err != nil {
		return fmt.Errorf("asking for the revision of %s: %w", d.Key, err)
	}
	return nil
}

// missRevision ends a revision that was not decided before the next one is asked for.
func (a *App) missRevision(ctx context.Context, tx *store.Tx, r store.Revision) error {
	if r.State.Ended() {
		return nil
	}
	missed, err := tx.UpdateRevision(ctx, r.ID, func(old store.Revision) (store.Revision, error) {
		old.State, old.EndedAt = store.RevisionMissed, &tx.Now
		return old, nil
	})
	if err != nil {
		return err
	}
	if _, err := tx.Supersede(ctx, missed.Clock()); err != nil {
		return err
	}
	if err := a.redrawRevision(ctx, tx, missed); err != nil {
		return err
	}
	return a.audit(ctx, tx, "system", "revision.missed", revisionSubject(missed), map[string]any{"due": missed.DueOn})
}

// revisionSubject is how the audit chain names a revision.
func revisionSubject(r store.Revision) string { return fmt.Sprintf("%s %d", r.Document, r.Year) }

// revisionDeliveries are the cards of a revision: to the configured channels and to who owns the document.
func (a *App) revisionDeliveries(ctx context.Context, tx *store.Tx, r store.Revision) ([]store.Delivery, error) {
	var deliveries []store.Delivery
	for _, channel := range a.Settings.Revision {
		deliveries = append(deliveries, store.Delivery{
			Lane: channel.String(), Surface: channel.Surface, Channel: channel.Channel, Kind: revisionDelivery, RevisionID: &r.ID, Urgent: true,
		})
	}
	revisers, err := a.toRevisers(ctx, tx, []policy.Role{r.Owner}, revisionDelivery, r)
	return append(deliveries, revisers...), err
}

// toRevisers addresses those who hold the roles about a revision, or stand in for them; those who work the cases when nobody does, because
// somebody must be told.
func (a *App) toRevisers(
	ctx context.Context, tx *store.Tx, roles []policy.Role, kind string, r store.Revision,
) ([]store.Delivery, error) {
	onDuty, err := a.roster(ctx, tx, tx.Now)
	if err != nil {
		return nil, err
	}
	var deliveries []store.Delivery
	for _, role := range roles {
		deliveries = addLanes(deliveries, a.toHolders(onDuty.of(role), kind, nil))
	}
	if len(deliveries) == 0 {
		deliveries = a.toHolders(onDuty.triage(), kind, nil)
	}
	for i := range deliveries {
		deliveries[i].RevisionID = &r.ID
	}
	return deliveries, nil
}

// planRevision puts the next reminder of a revision in place of what waits. When it has just been asked for, and its last day has passed,
// that day's is sent nevertheless.
func (a *App) planRevision(ctx context.Context, tx *store.Tx, r store.Revision, justAsked bool) error {
	if _, err := tx.Supersede(ctx, r.Clock()); err != nil {
		return err
	}
	deadline, err := policy.RevisionDay(r.DueOn, a.Settings.Location)
	if err != nil {
		return fmt.Errorf("reading the last day of a revision: %w", err)
	}
	next := policy.NextRevisionReminder(tx.Now, deadline, a.Settings.Location, a.Settings.Holidays)
	if justAsked && !deadline.After(tx.Now) {
		next = policy.Reminder{Stage: policy.LastDay, At: deadline}
	}
	return tx.AddReminders(ctx, []store.Reminder{{
		Key: fmt.Sprintf("v%d:%s", r.Version, next.At.UTC().Format("2006-01-02")), Clock: r.Clock(), RevisionID: &r.ID,
		Kind: revisionReminders, Stage: next.Stage, DueAt: next.At,
	}})
}

// remindOfRevision sends a reminder of a revision that is not decided, and plans the next.
func (a *App) remindOfRevision(ctx context.Context, tx *store.Tx, reminder store.Reminder) error {
	r, err := tx.Revision(ctx, *reminder.RevisionID)
	if err != nil || r.State.Ended() {
		return err
	}
	deadline, err := policy.RevisionDay(r.DueOn, a.Settings.Location)
	if err != nil {
		return fmt.Errorf("reading the last day of a revision: %w", err)
	}
	deliveries, err := a.toRevisers(ctx, tx, policy.RevisionReminded(r.Owner, tx.Now, deadline), revisionReminderDelivery, r)
	if err != nil {
		return err
	}
	for i := range deliveries {
		deliveries[i].ReminderID = &reminder.ID
	}
	if err := a.post(ctx, tx, deliveries); err != nil {
		return err
	}
	// The figures on the card are brought up to date with it.
	r, err = tx.UpdateRevision(ctx, r.ID, func(old store.Revision) (store.Revision, error) { return old, nil })
	if err != nil {
		return err
	}
	if err := a.redrawRevision(ctx, tx, r); err != nil {
		return err
	}
	if err := a.planRevision(ctx, tx, r, false); err != nil {
		return err
	}
	return a.audit(ctx, tx, "system", "reminder.sent", revisionSubject(r), map[string]any{
		"kind": reminder.Kind, "stage": reminder.Stage, "due": reminder.DueAt,
	})
}

// redrawRevision has every copy of a revision's card brought up to date.
func (a *App) redrawRevision(ctx context.Context, tx *store.Tx, r store.Revision) error {
	targets, err := tx.RevisionTargets(ctx, r.ID, revisionDelivery)
	if err != nil {
		return err
	}
	return a.post(ctx, tx, targets)
}

// showRevision brings the copy of a revision's card in a delivery's lane up to date.
func (a *App) showRevision(
	ctx context.Context, surface bot.Surface, to bot.Address, d store.Delivery, account store.Account,
) (*store.Card, error) {
	r, err := a.Store.RevisionByID(ctx, *d.RevisionID)
	if err != nil {
		return nil, fmt.Errorf("reading the revision of a card: %w", err)
	}
	copies, err := a.Store.RevisionCards(ctx, r.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the copies of a card: %w", err)
	}
	draw := func(bool) (bot.Message, error) {
		view, err := a.revisionViewOf(ctx, r)
		if d.Channel == "" {
			view.Roles = a.rolesOfKnown(bot.Actor{Surface: to.Surface, ID: to.User}, account.Email)
		}
		return a.revisionCard(a.recipientLanguage(account), view), err
	}
	return a.bringUpToDate(ctx, surface, to, d, picture{version: r.Version, copies: copies, draw: draw})
}
