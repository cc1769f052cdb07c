package handlers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// openHold opens the dialog where a case is held: nothing in it is anonymised until the hold is lifted. Lifting has a button of its own, so
// that two who press at once want the same.
func (a *App) openHold(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.HoldCase)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	hold, err := a.holdOf(ctx, incident)
	if err != nil {
		return bot.Reply{}, err
	}
	if (hold != nil) != (req.Name == liftHoldButton) {
		key := "hold.not_held"
		if hold != nil {
			key = "hold.held"
		}
		return a.private(lang, key, locale.Data{"Number": incident.Number}), nil
	}
	return bot.Reply{Dialog: a.holdDialog(lang, req.Name, incident)}, nil
}

// holdDialog is the dialog of holdButton or liftHoldButton.
func (a *App) holdDialog(lang, button string, incident store.Incident) *bot.Dialog {
	t := func(key string) string { return a.Texts.T(lang, key) }
	return &bot.Dialog{
		ID: button, Subject: incident.Ref, Title: incident.Number, Submit: t("button.save"), Cancel: t("button.cancel"),
		Fields: []bot.Field{
			{ID: fieldReason, Kind: bot.LongText, Required: true, Min: 3, Max: maxNote,
				Label: t(button + ".reason"), Help: t(button + ".reason.help")},
		},
	}
}

// hold holds a case, or lifts the hold on it, with the reason.
func (a *App) hold(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.HoldCase)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	if found := a.holdDialog(lang, req.Name, incident).Check(req.Values, 0, a.Store.Now()); len(found) > 0 {
		return bot.Reply{Errors: a.problems(lang, found)}, nil
	}
	reason, _ := policy.MaskPersonalNumbers(req.Values.Get(fieldReason))
	action := "incident.held"
	if req.Name == liftHoldButton {
		action = "incident.hold_lifted"
	}
	return bot.Reply{}, a.change(ctx, req, incident, action,
		func(tx *store.Tx, actor store.Account, c *store.Incident) (map[string]any, error) {
			var changed bool
			var err error
			if req.Name == liftHoldButton {
				changed, err = tx.LiftHold(ctx, c.ID)
			} else {
				changed, err = tx.Hold(ctx, &store.Hold{IncidentID: c.ID, AccountID: actor.ID, Reason: reason})
			}
			if err == nil && !changed { // somebody was first
				err = errDone
			}
			return map[string]any{"reason_sha256": digest(reason)}, err
		}, nil)
}

// holdOf is what keeps a case as it is, nil when nothing does.
func (a *App) holdOf(ctx context.Context, c store.Incident) (*store.Hold, error) {
	hold, err := a.Store.HoldOf(ctx, c.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil //nolint:nilnil // no hold is an answer here, not a failure
	}
	if err != nil {
		return nil, fmt.Errorf("looking whether a case is held: %w", err)
	}
	return &hold, nil
}

// keeping says of a case that what people wrote in it is gone, and that it is held.
func (a *App) keeping(lang string, v cardView) (lines []bot.Block) {
	add := func(key, name string, at time.Time) {
		text := a.Texts.T(lang, key, locale.Data{"Name": name, "Time": locale.Time(at, a.Settings.Location)})
		lines = append(lines, bot.Small(text))
	}
	if at := v.Incident.AnonymisedAt; at != nil {
		add("card.anonymised", "", *at)
	}
	if v.Hold != nil {
		add("card.held", v.HeldBy, v.Hold.HeldAt)
	}
	return lines
}
