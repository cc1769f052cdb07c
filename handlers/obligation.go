package handlers

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// Field ids of the dialog about a duty, and the answers to its outcome.
const (
	fieldStep      = "step"
	fieldOutcome   = "outcome"
	fieldEnded     = "ended"
	fieldReference = "reference"
	fieldStart     = "start"

	outcomeDone      = "done"
	outcomeMore      = "done_more" // done, and information follows later: GDPR article 33.4
	outcomeNotNeeded = "not_needed"
	outcomeMoved     = "moved"
)

// The step that may be done in phases, and the one that then follows.
const (
	phasedStep   = "gdpr-33-1"
	followUpStep = "gdpr-33-4"
)

// maxReference is the length of the recipient's reference number, in characters.
const maxReference = 100

// step returns the municipality's step with a key, or one that only has the key when there is no such step any longer.
func (a *App) step(key string) policy.Step {
	i := slices.IndexFunc(a.Settings.Steps, func(s policy.Step) bool { return s.Key == key })
	if i < 0 {
		return policy.Step{Key: key}
	}
	return a.Settings.Steps[i]
}

// openObligation begins a duty whose clock started at start.
func (a *App) openObligation(ctx context.Context, tx *store.Tx, incidentID int64, step policy.Step, start time.Time) error {
	o := store.Obligation{IncidentID: incidentID, Step: step.Key, State: store.ObligationOpen, StartAt: start}
	if err := tx.AddObligation(ctx, &o); err != nil {
		return err
	}
	return a.startClock(ctx, tx, step, o, start)
}

// startClock starts an open duty's clock anew from a time, with new reminders in place of those that wait.
func (a *App) startClock(ctx context.Context, tx *store.Tx, step policy.Step, o store.Obligation, start time.Time) error {
	if _, err := tx.Supersede(ctx, o.Clock()); err != nil {
		return err
	}
	o.Round++
	o.StartAt, o.DueAt = start, nil
	reminders := []policy.Reminder{policy.NextReminder(policy.Daily, tx.Now, tx.Now)}
	if due, ok := step.Deadline(start, a.Settings.Location); ok {
		o.DueAt = &due
		reminders = policy.Reminders(start, tx.Now, due)
	}
	if err := tx.SaveObligation(ctx, o); err != nil {
		return err
	}
	rows := make([]store.Reminder, len(reminders))
	for i, r := range reminders {
		rows[i] = obligationReminder(o, r)
	}
	return tx.AddReminders(ctx, rows)
}

func obligationReminder(o store.Obligation, r policy.Reminder) store.Reminder {
	key := fmt.Sprintf("%s:%d:%s", o.Clock(), o.Round, r.Stage)
	if r.Stage == policy.Overdue || r.Stage == policy.Daily { // which come again and again
		key += r.At.UTC().Format(":2006-01-02T15:04")
	}
	return store.Reminder{
		Key: key, Clock: o.Clock(), IncidentID: o.IncidentID, ObligationID: &o.ID, Kind: obligationReminders, Stage: r.Stage, DueAt: r.At,
	}
}

// endClock saves a duty that has ended, and takes back what was still to be reminded of it.
func (a *App) endClock(ctx context.Context, tx *store.Tx, o store.Obligation) error {
	if err := tx.SaveObligation(ctx, o); err != nil {
		return err
	}
	_, err := tx.Supersede(ctx, o.Clock())
	return err
}

// openObligations opens the dialog where a duty is done, found not to be needed, or its start is moved.
func (a *App) openObligations(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.MeetObligation)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	obligations, err := a.Store.Obligations(ctx, incident.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	dialog := a.obligationDialog(lang, incident, obligations)
	if dialog == nil {
		return a.private(lang, "obligation.none", locale.Data{"Number": incident.Number}), nil
	}
	return bot.Reply{Dialog: dialog}, nil
}

// obligationDialog is nil when no duty is open.
func (a *App) obligationDialog(lang string, incident store.Incident, obligations []store.Obligation) *bot.Dialog {
	t := func(key string) string { return a.Texts.T(lang, key) }
	var open []bot.Option
	for _, o := range obligations {
		if o.State == store.ObligationOpen {
			open = append(open, bot.Option{Value: o.Step, Label: t("step." + o.Step), Help: a.dueText(lang, o)})
		}
	}
	if len(open) == 0 {
		return nil
	}
	var outcomes []bot.Option
	for _, outcome := range []string{outcomeDone, outcomeMore, outcomeNotNeeded, outcomeMoved} {
		if outcome == outcomeMore && !slices.ContainsFunc(open, func(o bot.Option) bool { return o.Value == phasedStep }) {
			continue
		}
		outcomes = append(outcomes, bot.Option{Value: outcome, Label: t("obligation.outcome." + outcome)})
	}
	done := &bot.Condition{Field: fieldOutcome, OneOf: []string{outcomeDone, outcomeMore}}
	moved := &bot.Condition{Field: fieldOutcome, OneOf: []string{outcomeMoved}}
	reasoned := &bot.Condition{Field: fieldOutcome, OneOf: []string{outcomeNotNeeded, outcomeMoved}}
	return &bot.Dialog{
		ID: obligationButton, Subject: incident.Ref, Title: incident.Number, Submit: t("button.save"), Cancel: t("button.cancel"),
		Fields: []bot.Field{
			{ID: fieldStep, Kind: bot.Choice, Required: true, Label: t("obligation.step"), Options: open},
			{ID: fieldOutcome, Kind: bot.Choice, Required: true, Label: t("obligation.outcome"), Options: outcomes},
			{ID: fieldEnded, Kind: bot.DateTime, NotFuture: true, Required: true, ShowIf: done, Label: t("obligation.ended")},
			{ID: fieldReference, Kind: bot.Text, Max: maxReference, ShowIf: done,
				Label: t("obligation.reference"), Help: t("obligation.reference.help")},
			{ID: fieldStart, Kind: bot.DateTime, NotFuture: true, Required: true, ShowIf: moved,
				Label: t("obligation.start"), Help: t("obligation.start.help")},
			{ID: fieldReason, Kind: bot.LongText, Required: true, Min: 3, Max: maxNote, ShowIf: reasoned,
				Label: t("obligation.reason"), Help: t("obligation.reason.help")},
		},
		Values: bot.Values{
			fieldStep: {open[0].Value}, fieldOutcome: {outcomeDone},
			fieldEnded: {a.Store.Now().Truncate(time.Minute).Format(time.RFC3339)},
			fieldStart: {incident.DiscoveredAt.Truncate(time.Minute).Format(time.RFC3339)},
		},
	}
}

// meetObligation ends a duty, or moves its start.
func (a *App) meetObligation(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.MeetObligation)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	obligations, err := a.Store.Obligations(ctx, incident.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	dialog := a.obligationDialog(lang, incident, obligations)
	if dialog == nil {
		return bot.Reply{Errors: map[string]string{fieldStep: a.Texts.T(lang, "problem.ended")}}, nil
	}
	if found := dialog.Check(req.Values, 0, a.Store.Now()); len(found) > 0 {
		return bot.Reply{Errors: a.problems(lang, found)}, nil
	}
	v := req.Values
	if v.Get(fieldOutcome) == outcomeMore && v.Get(fieldStep) != phasedStep {
		return bot.Reply{Errors: map[string]string{fieldOutcome: a.Texts.T(lang, "problem.not_phased")}}, nil
	}
	ended := false
	err = a.change(ctx, req, incident, "obligation."+strings.TrimSuffix(v.Get(fieldOutcome), "_more"),
		func(tx *store.Tx, actor store.Account, c *store.Incident) (map[string]any, error) {
			now, err := tx.Obligations(ctx, c.ID)
			if err != nil {
				return nil, err
			}
			i := slices.IndexFunc(now, func(o store.Obligation) bool {
				return o.Step == v.Get(fieldStep) && o.State == store.ObligationOpen
			})
			if ended = i < 0; ended { // somebody else was first: the first submission counts
				return nil, errDone
			}
			return a.meet(ctx, tx, actor, now[i], v)
		}, nil)
	if ended {
		return bot.Reply{Errors: map[string]string{fieldStep: a.Texts.T(lang, "problem.ended")}}, nil
	}
	return bot.Reply{}, err
}

// meet does with an open duty what the answers say, and returns what the audit event says.
func (a *App) meet(ctx context.Context, tx *store.Tx, actor store.Account, o store.Obligation, v bot.Values) (map[string]any, error) {
	step := a.step(o.Step)
	detail := map[string]any{"step": o.Step}
	reason, _ := policy.MaskPersonalNumbers(strings.TrimSpace(v.Get(fieldReason)))
	outcome := v.Get(fieldOutcome)
	switch outcome {
	case outcomeMoved:
		detail["old"], detail["new"], detail["reason_sha256"] = o.StartAt, v.Time(fieldStart), digest(reason)
		o.StartReason = reason
		return detail, a.startClock(ctx, tx, step, o, v.Time(fieldStart))
	case outcomeNotNeeded:
		detail["reason_sha256"] = digest(reason)
		o.State, o.EndedAt, o.EndedBy, o.Reason = store.ObligationNotNeeded, &tx.Now, &actor.ID, reason
		return detail, a.endClock(ctx, tx, o)
	}
	at := v.Time(fieldEnded)
	o.State, o.EndedAt, o.EndedBy, o.Reference = store.ObligationDone, &at, &actor.ID, strings.TrimSpace(v.Get(fieldReference))
	detail["at"] = at
	if err := a.endClock(ctx, tx, o); err != nil {
		return nil, err
	}
	known, err := tx.Obligations(ctx, o.IncidentID)
	if err != nil {
		return nil, err
	}
	for _, next := range a.Settings.Steps {
		begun := slices.ContainsFunc(known, func(k store.Obligation) bool { return k.Step == next.Key })
		if next.After != o.Step || begun || next.Key == followUpStep && outcome != outcomeMore {
			continue
		}
		if err := a.openObligation(ctx, tx, o.IncidentID, next, at); err != nil {
			return nil, err
		}
	}
	return detail, nil
}

// dueText is until when a duty must be done, with zone, and what is left.
func (a *App) dueText(lang string, o store.Obligation) string {
	if o.DueAt == nil {
		return a.Texts.T(lang, "obligation.no_limit")
	}
	left := o.DueAt.Sub(a.Store.Now())
	key := "obligation.due"
	if left < 0 {
		key, left = "obligation.overdue", -left
	}
	return a.Texts.T(lang, key, locale.Data{"Time": locale.Deadline(*o.DueAt, a.Settings.Location), "Left": a.duration(lang, left)})
}

// duration is a length of time in whole days, hours or minutes, the largest unit of which there are two.
func (a *App) duration(lang string, d time.Duration) string {
	unit, n := "minutes", int(d/time.Minute)
	switch {
	case d >= 48*time.Hour:
		unit, n = "days", int(d/(24*time.Hour))
	case d >= 2*time.Hour:
		unit, n = "hours", int(d/time.Hour)
	}
	return a.Texts.T(lang, "duration."+unit, locale.Data{"Count": n})
}

// obligationFacts are the duties of a case as they stand on its card.
func (a *App) obligationFacts(lang string, obligations []store.Obligation) bot.Facts {
	facts := make(bot.Facts, len(obligations))
	for i, o := range obligations {
		var value string
		switch o.State {
		case store.ObligationOpen:
			value = a.dueText(lang, o)
		case store.ObligationDone:
			value = a.Texts.T(lang, "obligation.done", locale.Data{"Time": locale.Time(*o.EndedAt, a.Settings.Location)})
			if o.Reference != "" {
				value += " (" + o.Reference + ")"
			}
		case store.ObligationNotNeeded:
			value = a.Texts.T(lang, "obligation.not_needed", locale.Data{"Time": locale.Time(*o.EndedAt, a.Settings.Location)})
		}
		facts[i] = bot.Fact{Label: a.Texts.T(lang, "step."+o.Step), Value: value}
	}
	return facts
}
