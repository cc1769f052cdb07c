package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// The kinds of reminders.
const (
	obligationReminders     = "obligation"     // a duty's clock runs
	unacknowledgedReminders = "unacknowledged" // nobody has taken a new case
	decideReminders         = "decide"         // whether personal data was breached is not decided
)

// Kinds of delivery that a reminder makes.
const reminderDelivery = "reminder"

// decideWithin is how long it may stay unknown whether personal data is involved, before somebody is asked to decide: a third of what
// GDPR article 33.1 allows for the notification itself.
const decideWithin = 24 * time.Hour

// decideClock and unacknowledgedClock are the clocks of a case that are not a duty's.
func decideClock(incidentID int64) string { return fmt.Sprintf("decide:%d", incidentID) }
func unacknowledgedClock(incidentID int64) string {
	return fmt.Sprintf("unacknowledged:%d", incidentID)
}

// levelPrefix begins the stages of the escalation; its steps follow, from 0.
const levelPrefix = "level_"

// newReminders are the clocks of a case that was just reported.
func (a *App) newReminders(c store.Incident) []store.Reminder {
	reminders := []store.Reminder{a.escalation(c, "", 0)}
	if c.PersonalData == policy.Unknown && !c.NearMiss && !c.StopQuestion {
		clock := decideClock(c.ID)
		reminders = append(reminders, store.Reminder{
			Key: clock + ":", Clock: clock, IncidentID: c.ID, Kind: decideReminders, Stage: policy.Daily, DueAt: c.RegisteredAt.Add(decideWithin),
		})
	}
	return reminders
}

// escalations are when each in line is told that a case is not taken.
func (a *App) escalations(c store.Incident) []time.Time {
	return a.Settings.Waits.Escalations(c.Severity, c.RegisteredAt, a.Settings.Location, a.Settings.Holidays)
}

// escalation is the reminder, to one of those in line, that a new case is not taken. The one to the next is added when it is sent: most
// cases are taken long before. again tells those of a severity that was changed from those before.
func (a *App) escalation(c store.Incident, again string, level int) store.Reminder {
	clock := unacknowledgedClock(c.ID)
	return store.Reminder{
		Key: fmt.Sprintf("%s:%s%d", clock, again, level), Clock: clock, IncidentID: c.ID, Kind: unacknowledgedReminders,
		Stage: policy.Stage(levelPrefix + strconv.Itoa(level)), DueAt: a.escalations(c)[level],
	}
}

// looking are the events of a person who only looks at a case, or is refused: they are no answer to a reminder.
var looking = []string{
	"access.refused", "incident.shown", "incident.text_shown", "incident.attachments_sent", "incident.drafts_sent", "reporter.answered",
	"incident.reported",
}

// remindAtOnce is how many clocks are looked up at a time.
const remindAtOnce = 100

// Remind asks for what is due, and sends what is due, once, however long ago it was due. Of several reminders of one clock, the latest is
// sent. A clock that fails holds none of the others up, and is tried again the next time.
func (a *App) Remind(ctx context.Context) error {
	asking := errors.Join(a.askForRevisions(ctx), a.askForFollowup(ctx), a.askToClassify(ctx))
	for {
		due, err := a.Store.DueClocks(ctx, remindAtOnce)
		if err != nil {
			return errors.Join(asking, fmt.Errorf("looking for what is due: %w", err))
		}
		failed := []error{asking}
		for _, clock := range slices.Compact(due) {
			if err := a.remind(ctx, clock); err != nil {
				failed = append(failed, fmt.Errorf("reminding of %s: %w", clock, err))
			}
		}
		if err := errors.Join(failed...); err != nil || len(due) < remindAtOnce {
			return err
		}
	}
}

// remind sends the latest reminder of a clock that is due. What it says is drawn when it is sent, from how things then stand.
func (a *App) remind(ctx context.Context, clock string) error {
	err := a.Store.InTx(ctx, func(tx *store.Tx) error {
		r, err := tx.TakeReminder(ctx, clock)
		if err != nil {
			return err
		}
		if r.RevisionID != nil {
			return a.remindOfRevision(ctx, tx, r)
		}
		var deliveries []store.Delivery
		subject := ""
		if r.Kind == measureReminders {
			deliveries, subject, err = a.remindOfMeasure(ctx, tx, r)
		} else {
			deliveries, err = a.remindOfCase(ctx, tx, r)
		}
		if err != nil || len(deliveries) == 0 {
			return err
		}
		if err := a.post(ctx, tx, deliveries); err != nil {
			return err
		}
		if r.IncidentID != 0 { // so that what is left of the time is right on the card as well
			incident, err := a.touch(ctx, tx, r.IncidentID)
			if err != nil {
				return err
			}
			subject = incident.Number
		}
		return a.audit(ctx, tx, "system", "reminder.sent", subject, map[string]any{"kind": r.Kind, "stage": r.Stage, "due": r.DueAt})
	})
	if errors.Is(err, store.ErrNotFound) { // another process was first, or it has been taken back
		return nil
	}
	return err
}

// remindOfCase addresses a reminder that a case's clock runs, none when it has lost its point, and adds what follows it.
func (a *App) remindOfCase(ctx context.Context, tx *store.Tx, r store.Reminder) ([]store.Delivery, error) {
	c, err := tx.IncidentByID(ctx, r.IncidentID)
	if err != nil {
		return nil, err
	}
	roles, next, err := a.reminded(ctx, tx, r, c)
	if err != nil || len(roles) == 0 {
		return nil, err
	}
	if err := tx.AddReminders(ctx, next); err != nil {
		return nil, err
	}
	onDuty, err := a.roster(ctx, tx, tx.Now)
	if err != nil {
		return nil, err
	}
	deliveries, err := a.toRoles(ctx, onDuty, roles, reminderDelivery, c)
	if err != nil {
		return nil, err
	}
	if len(deliveries) == 0 { // nobody holds them, and somebody must be told
		deliveries = a.toHolders(onDuty.triage(), reminderDelivery, &c.ID)
	}
	for i := range deliveries {
		deliveries[i].ReminderID = &r.ID
	}
	return deliveries, nil
}

// remindOfMeasure addresses a reminder of a measure to who owns it, once its day has passed to the CISO as well, and adds the next one.
// risk is the number of the risk that the measure is of, "" of a case's.
func (a *App) remindOfMeasure(ctx context.Context, tx *store.Tx, r store.Reminder) (deliveries []store.Delivery, risk string, err error) {
	m, err := tx.Measure(ctx, *r.MeasureID)
	if err != nil || m.State != store.MeasureOpen {
		return nil, "", err
	}
	due, err := time.ParseInLocation(time.DateOnly, m.DueOn, a.Settings.Location)
	if err != nil {
		return nil, "", fmt.Errorf("reading the day of a measure: %w", err)
	}
	next := policy.NextMeasureReminder(due, tx.Now, a.Settings.Location, a.Settings.Holidays)
	if err := tx.AddReminders(ctx, []store.Reminder{measureReminder(m, next)}); err != nil {
		return nil, "", err
	}
	if m.RiskID != nil {
		risk = store.RiskNumber(*m.RiskID)
	}
	deliveries = a.toOwner(m, &r.ID)
	if tx.Now.Before(due.AddDate(0, 0, 1)) {
		return deliveries, risk, nil
	}
	onDuty, err := a.roster(ctx, tx, tx.Now)
	if err != nil {
		return nil, "", err
	}
	return addLanes(deliveries, aboutMeasure(a.toHolders(onDuty.triage(), measureDelivery, m.IncidentID), m, &r.ID)), risk, nil
}

// reminded is whom a reminder goes to, none when it has lost its point, and what follows it.
func (a *App) reminded(ctx context.Context, tx *store.Tx, r store.Reminder, c store.Incident) ([]policy.Role, []store.Reminder, error) {
	if c.Status == store.Closed {
		return nil, nil, nil
	}
	switch r.Kind {
	case unacknowledgedReminders:
		if c.Status != store.New {
			return nil, nil, nil
		}
		return a.escalated(ctx, tx, r, c)
	case decideReminders:
		next := policy.NextReminder(policy.Daily, r.DueAt, tx.Now)
		return []policy.Role{policy.CISO, policy.DPO}, []store.Reminder{{
			Key: r.Clock + next.At.Format(":2006-01-02T15:04"), Clock: r.Clock, IncidentID: c.ID, Kind: r.Kind, Stage: next.Stage, DueAt: next.At,
		}}, nil
	case obligationReminders:
		o, err := tx.Obligation(ctx, *r.ObligationID)
		if err != nil || o.State != store.ObligationOpen {
			return nil, nil, err
		}
		unanswered, err := tx.Unanswered(ctx, r, c.Number, looking)
		if err != nil {
			return nil, nil, err
		}
		roles := a.step(o.Step).Reminded(r.Stage, unanswered)
		if r.Stage != policy.AtDeadline && r.Stage != policy.Overdue && r.Stage != policy.Daily {
			return roles, nil, nil
		}
		next := policy.NextReminder(r.Stage, r.DueAt, tx.Now)
		return roles, []store.Reminder{obligationReminder(o, next)}, nil
	}
	return nil, nil, fmt.Errorf("unknown kind of reminder %q", r.Kind)
}

// escalated is who is told now that a case is not taken, and the reminder to the next in line. Whose time passed while nothing ran is
// passed over.
func (a *App) escalated(ctx context.Context, tx *store.Tx, r store.Reminder, c store.Incident) ([]policy.Role, []store.Reminder, error) {
	level, err := strconv.Atoi(strings.TrimPrefix(string(r.Stage), levelPrefix))
	if err != nil {
		return nil, nil, fmt.Errorf("reading the stage %q: %w", r.Stage, err)
	}
	times := a.escalations(c)
	for level+1 < len(times) && !times[level+1].After(tx.Now) {
		level++
	}
	told, err := a.inLine(ctx, tx, policy.EscalationLine()[level:], c)
	if err != nil {
		return nil, nil, err
	}
	if level+1 == len(times) {
		return told, nil, nil
	}
	return told, []store.Reminder{a.escalation(c, fmt.Sprintf("v%d:", c.Version), level+1)}, nil
}

// inLine is the first of the roles in line that may take the case and whose own people are there. Who was told of the case at once, a
// deputy in the place of a CISO who was away for instance, is passed over: the line goes on to the next.
func (a *App) inLine(ctx context.Context, tx *store.Tx, line []policy.Role, c store.Incident) ([]policy.Role, error) {
	onDuty, err := a.roster(ctx, tx, tx.Now)
	if err != nil {
		return nil, err
	}
	then, err := a.roster(ctx, tx, c.RegisteredAt)
	if err != nil {
		return nil, err
	}
	told := then.atOnce(c)
	for _, role := range line {
		untold := slices.DeleteFunc(onDuty.present(role), func(h Holder) bool { return h.among(told) })
		if len(untold) > 0 && policy.May([]policy.Role{role}, policy.Acknowledge, facts(c)) {
			return []policy.Role{role}, nil
		}
	}
	return []policy.Role{policy.CISO}, nil
}

// reminderLetter draws a reminder from how things stand now, with what its reader may do about it; errPointless when it has lost its point.
func (a *App) reminderLetter(
	ctx context.Context, d store.Delivery, lang string, roles []policy.Role, c store.Incident,
) (bot.Message, error) {
	r, err := a.Store.Reminder(ctx, *d.ReminderID)
	if err != nil {
		return bot.Message{}, fmt.Errorf("reading a reminder: %w", err)
	}
	if c.Status == store.Closed {
		return bot.Message{}, errPointless
	}
	t := func(key string, data ...locale.Data) string { return a.Texts.T(lang, key, data...) }
	number := locale.Data{"Number": c.Number}
	m := bot.Message{Summary: t("reminder.summary."+r.Kind, number), Blocks: []bot.Block{bot.Heading(t("reminder.heading."+r.Kind, number))}}
	add := func(blocks ...bot.Block) { m.Blocks = append(m.Blocks, blocks...) }
	button := func(id string, action policy.Action) {
		if policy.May(roles, action, facts(c)) {
			add(bot.Buttons{{ID: id, Subject: c.Ref, Text: t("button." + id), Style: bot.Primary}})
		}
	}
	switch r.Kind {
	case unacknowledgedReminders:
		if c.Status != store.New {
			return bot.Message{}, errPointless
		}
		waited := a.duration(lang, a.Store.Now().Sub(c.RegisteredAt))
		add(bot.Paragraph(t("reminder.unacknowledged", locale.Data{"Waited": waited, "Severity": a.severityText(lang, c.Severity)})))
		button(acknowledgeButton, policy.Acknowledge)
	case decideReminders:
		add(bot.Paragraph(t("reminder.decide")))
		button(breachButton, policy.DecideBreach)
	case obligationReminders:
		obligations, err := a.Store.Obligations(ctx, c.ID)
		if err != nil {
			return bot.Message{}, fmt.Errorf("reading the obligations of a reminder: %w", err)
		}
		i := slices.IndexFunc(obligations, func(o store.Obligation) bool { return o.ID == *r.ObligationID })
		if i < 0 || obligations[i].State != store.ObligationOpen {
			return bot.Message{}, errPointless
		}
		step := a.step(obligations[i].Step)
		about := a.obligationFacts(lang, obligations[i:i+1])
		for _, f := range []bot.Fact{
			{Label: t("obligation.recipient"), Value: step.Recipient}, {Label: t("obligation.portal"), Value: step.Portal},
			{Label: t("obligation.source"), Value: step.Source},
		} {
			if f.Value != "" {
				about = append(about, f)
			}
		}
		add(about, bot.Small(t("obligation.lawyer", locale.Data{"Checked": step.Checked})))
		button(obligationButton, policy.MeetObligation)
	}
	return m, nil
}
