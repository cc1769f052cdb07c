package handlers

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// Field ids of the dialogs about a measure, beside fieldOutcome and fieldReason.
const (
	fieldMeasure = "measure"
	fieldOwner   = "owner"
	fieldDue     = "due"
)

// measureDelivery is the kind of the letter to who owns a measure: that it is theirs, or that its day comes.
const measureDelivery = "measure"

// measureReminders is the kind of the reminders of a measure.
const measureReminders = "measure"

const (
	maxMeasure   = 500
	maxOwner     = 120
	maxNamesakes = 5
)

func measureClock(id int64) string { return fmt.Sprintf("measure:%d", id) }

// listMeasures lists a case's measures, with what can be done about each.
func (a *App) listMeasures(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.SeeMeasures)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	measures, err := a.Store.Measures(ctx, incident.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	roles, err := a.rolesOn(ctx, req.Actor, incident)
	if err != nil {
		return bot.Reply{}, err
	}
	heading := a.Texts.T(lang, "measures.heading", locale.Data{"Number": incident.Number})
	m := bot.Message{Summary: heading, Blocks: []bot.Block{bot.Heading(heading)}}
	if len(measures) == 0 {
		m.Blocks = append(m.Blocks, bot.Paragraph(a.Texts.T(lang, "measures.none")))
	}
	for _, measure := range measures {
		ends := measure.State == store.MeasureOpen && policy.May(roles, policy.EndMeasure, facts(incident))
		m.Blocks = append(m.Blocks, a.measureBlocks(lang, measure, ends)...)
	}
	if policy.May(roles, policy.AddMeasure, facts(incident)) {
		m.Blocks = append(m.Blocks, bot.Buttons{{
			ID: measureButton, Subject: incident.Ref, Text: a.Texts.T(lang, "button.measure"), Style: bot.Primary,
		}})
	}
	return bot.Reply{Message: &m}, nil
}

// measureBlocks show a measure after what is told about it, with the button that ends it for who may.
func (a *App) measureBlocks(lang string, m store.Measure, ends bool, about ...bot.Fact) []bot.Block {
	blocks := []bot.Block{append(bot.Facts(about), a.measureFacts(lang, m)...), bot.Quote(m.Text)}
	if ends {
		blocks = append(blocks, bot.Buttons{{ID: endMeasureButton, Subject: m.Ref, Text: a.Texts.T(lang, "button.measure_end")}})
	}
	return blocks
}

// measureFacts are a measure's owner, day and state.
func (a *App) measureFacts(lang string, m store.Measure) bot.Facts {
	state := a.Texts.T(lang, "measure.state."+string(m.State))
	if m.EndedAt != nil {
		state += " " + locale.Time(*m.EndedAt, a.Settings.Location)
	}
	if m.Reason != "" {
		state += ": " + m.Reason
	}
	return bot.Facts{
		{Label: a.Texts.T(lang, "measure.who"), Value: m.OwnerName},
		{Label: a.Texts.T(lang, "measure.due"), Value: m.DueOn},
		{Label: a.Texts.T(lang, "measure.state"), Value: state},
	}
}

// openMeasure opens the dialog where a measure is added to a case.
func (a *App) openMeasure(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.AddMeasure)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	return bot.Reply{Dialog: a.measureDialog(lang, measureButton, incident.Ref, incident.Number)}, nil
}

// openRiskMeasure opens the dialog where a measure is added to a risk.
func (a *App) openRiskMeasure(ctx context.Context, req bot.Request) (bot.Reply, error) {
	r, lang, denied, err := a.riskFor(ctx, req, policy.TreatRisk)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	return bot.Reply{Dialog: a.measureDialog(lang, riskMeasureButton, r.Ref, r.Number())}, nil
}

func (a *App) measureDialog(lang, button, subject, number string) *bot.Dialog {
	t := func(key string) string { return a.Texts.T(lang, key) }
	return &bot.Dialog{
		ID: button, Subject: subject, Title: number, Submit: t("button.save"), Cancel: t("button.cancel"),
		Fields: []bot.Field{
			{ID: fieldMeasure, Kind: bot.LongText, Required: true, Min: 3, Max: maxMeasure, Label: t("measure.text"), Help: t("measure.text.help")},
			{ID: fieldOwner, Kind: bot.Text, Required: true, Min: 2, Max: maxOwner, Label: t("measure.owner"), Help: t("measure.owner.help")},
			{ID: fieldDue, Kind: bot.Text, Required: true, Max: len(time.DateOnly), Label: t("measure.due"), Help: t("measure.due.help"),
				Placeholder: a.Store.Now().In(a.Settings.Location).AddDate(0, 1, 0).Format(time.DateOnly)},
		},
	}
}

// addMeasure adds a measure to a case. Its owner is told, and reminded of its day until it has ended.
func (a *App) addMeasure(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.AddMeasure)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	measure, errs, err := a.describedMeasure(ctx, lang, req.Values)
	if err != nil || len(errs) > 0 {
		return bot.Reply{Errors: errs}, err
	}
	measure.IncidentID = &incident.ID
	err = a.change(ctx, req, incident, "measure.added",
		func(tx *store.Tx, actor store.Account, c *store.Incident) (map[string]any, error) {
			if c.Status == store.Closed {
				return nil, errClosed
			}
			return a.keepMeasure(ctx, tx, actor, &measure)
		},
		func(*store.Tx, store.Incident) ([]store.Delivery, error) { return a.toOwner(measure, nil), nil })
	return a.ended(lang, fieldMeasure, err)
}

// addRiskMeasure adds a measure to a risk, as addMeasure does to a case.
func (a *App) addRiskMeasure(ctx context.Context, req bot.Request) (bot.Reply, error) {
	r, lang, denied, err := a.riskFor(ctx, req, policy.TreatRisk)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	measure, errs, err := a.describedMeasure(ctx, lang, req.Values)
	if err != nil || len(errs) > 0 {
		return bot.Reply{Errors: errs}, err
	}
	measure.RiskID = &r.ID
	err = a.changeRisk(ctx, req, r, "measure.added", func(tx *store.Tx, actor store.Account, _ *store.Risk) (map[string]any, error) {
		detail, err := a.keepMeasure(ctx, tx, actor, &measure)
		if err != nil {
			return nil, err
		}
		return detail, a.post(ctx, tx, a.toOwner(measure, nil))
	})
	return a.changedRisk(ctx, req, lang, r, fieldMeasure, err)
}

// describedMeasure is the measure that the answers describe, with a reference of its own; errs are what is wrong with them, by field.
func (a *App) describedMeasure(ctx context.Context, lang string, v bot.Values) (m store.Measure, errs map[string]string, err error) {
	now := a.Store.Now()
	errs = a.problems(lang, a.measureDialog(lang, measureButton, "", "").Check(v, 0, now))
	due, wrong := time.ParseInLocation(time.DateOnly, strings.TrimSpace(v.Get(fieldDue)), a.Settings.Location)
	if errs[fieldDue] == "" && (wrong != nil || due.Format(time.DateOnly) < now.In(a.Settings.Location).Format(time.DateOnly)) {
		errs[fieldDue] = a.Texts.T(lang, "problem.day")
	}
	m = store.Measure{Ref: a.NewRef(), State: store.MeasureOpen, DueOn: due.Format(time.DateOnly)}
	m.Text, _ = policy.MaskPersonalNumbers(strings.TrimSpace(v.Get(fieldMeasure)))
	if errs[fieldOwner] != "" {
		return m, errs, nil
	}
	problem := ""
	if m.OwnerEmail, m.OwnerName, problem, err = a.owner(ctx, lang, v.Get(fieldOwner)); problem != "" {
		errs[fieldOwner] = problem
	}
	return m, errs, err
}

// keepMeasure adds a measure with its reminders, and returns what the audit event says.
func (a *App) keepMeasure(ctx context.Context, tx *store.Tx, actor store.Account, m *store.Measure) (map[string]any, error) {
	m.CreatedBy = actor.ID
	if err := tx.AddMeasure(ctx, m); err != nil {
		return nil, err
	}
	due, err := time.ParseInLocation(time.DateOnly, m.DueOn, a.Settings.Location)
	if err != nil {
		return nil, fmt.Errorf("reading the day of a measure: %w", err)
	}
	var reminders []store.Reminder
	for _, at := range policy.MeasureReminders(due, tx.Now, a.Settings.Location, a.Settings.Holidays) {
		reminders = append(reminders, measureReminder(*m, at))
	}
	return map[string]any{"measure": m.ID, "due": m.DueOn, "text_sha256": digest(m.Text)}, tx.AddReminders(ctx, reminders)
}

// owner finds who a measure is given to: somebody of the staff list or a role holder, by e-mail address or by the whole name. problem is
// what is wrong when it is not one person.
func (a *App) owner(ctx context.Context, lang, typed string) (email, name, problem string, err error) {
	typed = strings.TrimSpace(typed)
	for _, w := range a.workers() {
		if called := a.workerName(ctx, w); w.Email != "" && (strings.EqualFold(w.Email, typed) || strings.EqualFold(called, typed)) {
			return w.Email, called, "", nil
		}
	}
	people, err := a.Store.PeopleNamed(ctx, typed, maxNamesakes)
	switch {
	case err != nil:
		return "", "", "", err
	case len(people) == 1:
		return people[0].Email, people[0].Name, "", nil
	case len(people) == 0:
		return "", "", a.Texts.T(lang, "problem.nobody"), nil
	}
	emails := make([]string, len(people))
	for i, p := range people {
		emails[i] = p.Email
	}
	return "", "", a.Texts.T(lang, "problem.namesakes", locale.Data{"Emails": strings.Join(emails, ", ")}), nil
}

func measureReminder(m store.Measure, at time.Time) store.Reminder {
	clock := measureClock(m.ID)
	r := store.Reminder{
		Key: clock + at.UTC().Format(":2006-01-02T15:04"), Clock: clock, MeasureID: &m.ID, Kind: measureReminders,
		Stage: policy.Daily, DueAt: at,
	}
	if m.IncidentID != nil {
		r.IncidentID = *m.IncidentID
	}
	return r
}

// holderOf is who has an address, with the accounts that the settings give them.
func (a *App) holderOf(email string) Holder {
	for _, w := range a.workers() {
		if w.Email == email {
			return w.Holder
		}
	}
	return Holder{Email: email}
}

// toOwner addresses who owns a measure.
func (a *App) toOwner(m store.Measure, reminder *int64) []store.Delivery {
	return aboutMeasure(a.toHolders([]Holder{a.holderOf(m.OwnerEmail)}, measureDelivery, m.IncidentID), m, reminder)
}

func aboutMeasure(deliveries []store.Delivery, m store.Measure, reminder *int64) []store.Delivery {
	for i := range deliveries {
		deliveries[i].MeasureID, deliveries[i].ReminderID = &m.ID, reminder
	}
	return deliveries
}

// measureLetter tells who owns a measure what it is and when it is to be done; errPointless when it has ended.
func (a *App) measureLetter(ctx context.Context, d store.Delivery, lang string) (bot.Message, error) {
	measure, err := a.Store.Measure(ctx, *d.MeasureID)
	if err != nil {
		return bot.Message{}, fmt.Errorf("reading a measure: %w", err)
	}
	if measure.State != store.MeasureOpen {
		return bot.Message{}, errPointless
	}
	of, err := a.measured(ctx, measure)
	if err != nil {
		return bot.Message{}, err
	}
	key := "measure.yours"
	if d.ReminderID != nil {
		key = "measure.reminder"
		if measure.DueOn < a.Store.Now().In(a.Settings.Location).Format(time.DateOnly) {
			key = "measure.late"
		}
	}
	text := a.Texts.T(lang, key, locale.Data{"Number": of.number(), "Due": measure.DueOn})
	return bot.Message{Summary: a.Texts.T(lang, "measure.summary", locale.Data{"Number": of.number()}), Blocks: []bot.Block{
		bot.Paragraph(text), bot.Quote(measure.Text),
		bot.Buttons{{ID: endMeasureButton, Subject: measure.Ref, Text: a.Texts.T(lang, "button.measure_end"), Style: bot.Primary}},
	}}, nil
}

// measured is what a measure is of: a case or a risk. The other one is nil.
type measured struct {
	incident *store.Incident
	risk     *store.Risk
}

func (of measured) number() string {
	if of.incident != nil {
		return of.incident.Number
	}
	return of.risk.Number()
}

func (a *App) measured(ctx context.Context, m store.Measure) (of measured, err error) {
	if m.IncidentID != nil {
		c, err := a.Store.IncidentByID(ctx, *m.IncidentID)
		if err != nil {
			return of, fmt.Errorf("looking up the case of a measure: %w", err)
		}
		return measured{incident: &c}, nil
	}
	r, err := a.Store.RiskByID(ctx, *m.RiskID)
	if err != nil {
		return of, fmt.Errorf("looking up the risk of a measure: %w", err)
	}
	return measured{risk: &r}, nil
}

// mayWithMeasure tells whether a person who is known by an address, beside who owns a measure, may do to what it is of one of two things:
// the first with a case, the second with a risk.
func (a *App) mayWithMeasure(
	ctx context.Context, who bot.Actor, email string, of measured, inCase policy.Action, withRisk policy.RiskAction,
) (bool, error) {
	if of.risk != nil {
		return a.mayWithRiskKnown(who, email, *of.risk, withRisk), nil
	}
	roles, err := a.rolesOnKnown(ctx, who, email, *of.incident)
	return policy.May(roles, inCase, facts(*of.incident)), err
}

// measureFor is the measure that a request concerns, and what it is of, when the person owns it or may end every measure of that. Otherwise
// denied is the answer to give.
func (a *App) measureFor(ctx context.Context, req bot.Request) (m store.Measure, of measured, lang string, denied *bot.Reply, err error) {
	lang = a.language(ctx, req.Actor)
	m, err = a.Store.MeasureByRef(ctx, req.Subject)
	if errors.Is(err, store.ErrNotFound) {
		reply := a.private(lang, "stale_button")
		return m, of, lang, &reply, nil
	}
	if err != nil {
		return m, of, lang, nil, fmt.Errorf("looking up the measure of a request: %w", err)
	}
	if of, err = a.measured(ctx, m); err != nil {
		return m, of, lang, nil, err
	}
	email, err := a.emailOf(ctx, req.Actor)
	if err != nil || a.owns(m.OwnerEmail, req.Actor, email) {
		return m, of, lang, nil, err
	}
	may, err := a.mayWithMeasure(ctx, req.Actor, email, of, policy.EndMeasure, policy.TreatRisk)
	if err == nil && !may {
		denied, err = a.refuse(ctx, req, lang, of.number(), string(policy.EndMeasure))
	}
	return m, of, lang, denied, err
}

// openEndMeasure opens the dialog where a measure is done, or will not be.
func (a *App) openEndMeasure(ctx context.Context, req bot.Request) (bot.Reply, error) {
	measure, of, lang, denied, err := a.measureFor(ctx, req)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	if measure.State != store.MeasureOpen {
		return a.private(lang, "measure.ended"), nil
	}
	return bot.Reply{Dialog: a.endMeasureDialog(lang, measure, of)}, nil
}

func (a *App) endMeasureDialog(lang string, m store.Measure, of measured) *bot.Dialog {
	t := func(key string) string { return a.Texts.T(lang, key) }
	dropped := string(store.MeasureDropped)
	return &bot.Dialog{
		ID: endMeasureButton, Subject: m.Ref, Title: of.number(), Submit: t("button.save"), Cancel: t("button.cancel"),
		Fields: []bot.Field{
			{ID: fieldOutcome, Kind: bot.Choice, Required: true, Label: t("obligation.outcome"), Options: []bot.Option{
				{Value: string(store.MeasureDone), Label: t("measure.outcome.done")}, {Value: dropped, Label: t("measure.outcome.dropped")},
			}},
			{ID: fieldReason, Kind: bot.LongText, Required: true, Min: 3, Max: maxMeasure, Label: t("obligation.reason"),
				ShowIf: &bot.Condition{Field: fieldOutcome, OneOf: []string{dropped}}},
		},
		Values: bot.Values{fieldOutcome: {string(store.MeasureDone)}},
	}
}

// endMeasure ends a measure: it is done, or will not be, because. A measure outlives its case, and can be ended when that is closed.
func (a *App) endMeasure(ctx context.Context, req bot.Request) (bot.Reply, error) {
	measure, of, lang, denied, err := a.measureFor(ctx, req)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	if found := a.endMeasureDialog(lang, measure, of).Check(req.Values, 0, a.Store.Now()); len(found) > 0 {
		return bot.Reply{Errors: a.problems(lang, found)}, nil
	}
	outcome := store.MeasureState(req.Values.Get(fieldOutcome))
	reason := ""
	if outcome == store.MeasureDropped {
		reason, _ = policy.MaskPersonalNumbers(strings.TrimSpace(req.Values.Get(fieldReason)))
	}
	end := func(tx *store.Tx, actor store.Account) (map[string]any, error) {
		m, err := tx.Measure(ctx, measure.ID)
		if err != nil {
			return nil, err
		}
		if m.State != store.MeasureOpen { // somebody was first
			return nil, errDone
		}
		m.State, m.EndedAt, m.EndedBy, m.Reason = outcome, &tx.Now, &actor.ID, reason
		if err := tx.SaveMeasure(ctx, m); err != nil {
			return nil, err
		}
		if _, err := tx.Supersede(ctx, measureClock(m.ID)); err != nil {
			return nil, err
		}
		return map[string]any{"measure": m.ID, "reason_sha256": digest(reason)}, nil
	}
	action := "measure." + string(outcome)
	if of.risk != nil {
		err := a.changeRisk(ctx, req, *of.risk, action,
			func(tx *store.Tx, actor store.Account, _ *store.Risk) (map[string]any, error) { return end(tx, actor) })
		return a.changedRisk(ctx, req, lang, *of.risk, fieldReason, err)
	}
	return bot.Reply{}, a.change(ctx, req, *of.incident, action,
		func(tx *store.Tx, actor store.Account, _ *store.Incident) (map[string]any, error) {
			return end(tx, actor)
		}, nil)
}

// measuresText is how far a case's measures have come, as it stands on the card: never what they are.
func (a *App) measuresText(lang string, measures []store.Measure) string {
	next, ended := "", 0
	for _, m := range measures {
		switch {
		case m.State != store.MeasureOpen:
			ended++
		case next == "" || m.DueOn < next:
			next = m.DueOn
		}
	}
	text := a.Texts.T(lang, "measures.count", locale.Data{"Ended": ended, "All": len(measures)})
	if next != "" {
		text += ", " + a.Texts.T(lang, "measures.next", locale.Data{"Due": next})
	}
	return text
}
