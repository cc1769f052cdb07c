package handlers

import (
	"context"
	"fmt"
	"strconv"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// openSeverity opens the dialog where severity is set by hand.
func (a *App) openSeverity(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.ChangeSeverity)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	return bot.Reply{Dialog: a.severityDialog(lang, incident)}, nil
}

func (a *App) severityDialog(lang string, incident store.Incident) *bot.Dialog {
	t := func(key string) string { return a.Texts.T(lang, key) }
	var levels []bot.Option
	for s := policy.Low; s <= policy.Serious; s++ {
		levels = append(levels, bot.Option{Value: strconv.Itoa(int(s)), Label: a.severityText(lang, s)})
	}
	return &bot.Dialog{
		ID: severityButton, Subject: incident.Ref, Title: incident.Number, Submit: t("button.save"), Cancel: t("button.cancel"),
		Fields: []bot.Field{
			{ID: fieldSeverity, Kind: bot.Choice, Required: true, Label: t("card.severity"), Options: levels},
			{ID: fieldReason, Kind: bot.LongText, Required: true, Min: 3, Max: maxNote,
				Label: t("severity.reason"), Help: t("severity.reason.help")},
		},
		Values: bot.Values{fieldSeverity: {strconv.Itoa(int(incident.Severity))}},
	}
}

// reassess sets the severity by hand, with the reason.
func (a *App) reassess(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.ChangeSeverity)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	if found := a.severityDialog(lang, incident).Check(req.Values, 0, a.Store.Now()); len(found) > 0 {
		return bot.Reply{Errors: a.problems(lang, found)}, nil
	}
	level, err := strconv.Atoi(req.Values.Get(fieldSeverity))
	if err != nil {
		return bot.Reply{}, fmt.Errorf("reading a severity: %w", err)
	}
	reason, _ := policy.MaskPersonalNumbers(req.Values.Get(fieldReason))
	err = a.change(ctx, req, incident, "incident.severity_changed",
		func(tx *store.Tx, _ store.Account, c *store.Incident) (map[string]any, error) {
			if c.Status == store.Closed {
				return nil, errClosed
			}
			detail := map[string]any{"old": c.Severity, "new": level, "reason_sha256": digest(reason)}
			c.Severity, c.SeverityNote = policy.Severity(level), reason
			return detail, a.escalateAnew(ctx, tx, *c)
		}, nil)
	return a.ended(lang, fieldSeverity, err)
}

// escalateAnew has the reminders that a new case is not taken follow its severity.
func (a *App) escalateAnew(ctx context.Context, tx *store.Tx, c store.Incident) error {
	if c.Status != store.New {
		return nil
	}
	if _, err := tx.Supersede(ctx, unacknowledgedClock(c.ID)); err != nil {
		return err
	}
	return tx.AddReminders(ctx, []store.Reminder{a.escalation(c, fmt.Sprintf("v%d:", c.Version), 0)})
}

// severityText is a severity as people read it: "3 – betydande".
func (a *App) severityText(lang string, s policy.Severity) string {
	return a.Texts.T(lang, "severity", locale.Data{"Level": int(s), "Name": a.Texts.T(lang, fmt.Sprintf("severity.%d", s))})
}
