package handlers

import (
	"context"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// reopenedDelivery is the kind of the news, to the reporter, that a case is worked on again.
const reopenedDelivery = "reopened"

// openReopen opens the dialog where a closed case is taken up again.
func (a *App) openReopen(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.Reopen)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	if incident.Status != store.Closed {
		return a.private(lang, "not_closed", map[string]any{"Number": incident.Number}), nil
	}
	return bot.Reply{Dialog: a.reopenDialog(lang, incident)}, nil
}

func (a *App) reopenDialog(lang string, incident store.Incident) *bot.Dialog {
	t := func(key string) string { return a.Texts.T(lang, key) }
	return &bot.Dialog{
		ID: reopenButton, Subject: incident.Ref, Title: incident.Number, Submit: t("button.reopen"), Cancel: t("button.cancel"),
		Fields: []bot.Field{
			{ID: fieldReason, Kind: bot.LongText, Required: true, Min: 3, Max: maxNote, Label: t("reopen.reason"), Help: t("reopen.reason.help")},
		},
	}
}

// reopenCase takes a closed case up again, by the same who may close one. Its cause and lesson stay until it is closed anew; duties that
// have ended stay ended.
func (a *App) reopenCase(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.Reopen)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	if found := a.reopenDialog(lang, incident).Check(req.Values, 0, a.Store.Now()); len(found) > 0 {
		return bot.Reply{Errors: a.problems(lang, found)}, nil
	}
	reason, _ := policy.MaskPersonalNumbers(req.Values.Get(fieldReason))
	return bot.Reply{}, a.changeGroup(ctx, req, incident, policy.Reopen, "incident.reopened",
		func(tx *store.Tx, actor store.Account, c *store.Incident) (map[string]any, error) {
			if c.Status != store.Closed { // somebody was first
				return nil, errDone
			}
			c.Status, c.ClosedAt, c.ClosedBy, c.ResolvedAt = store.Acknowledged, nil, nil, nil
			note := store.Note{IncidentID: c.ID, At: tx.Now, AuthorID: &actor.ID, Kind: "reopened", Text: reason}
			return map[string]any{"old": store.Closed, "new": store.Acknowledged, "reason_sha256": digest(reason)}, tx.AddNote(ctx, &note)
		},
		a.tellReporter(ctx, reopenedDelivery))
}
