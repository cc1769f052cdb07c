package handlers

import (
	"context"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// openMessage opens the dialog where the CISO writes to the reporter.
func (a *App) openMessage(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.MessageReporter)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	if incident.ReporterID == nil {
		return a.private(lang, "reporter_unknown", locale.Data{"Number": incident.Number}), nil
	}
	return bot.Reply{Dialog: a.messageDialog(lang, incident)}, nil
}

func (a *App) messageDialog(lang string, incident store.Incident) *bot.Dialog {
	t := func(key string) string { return a.Texts.T(lang, key) }
	return &bot.Dialog{
		ID: messageButton, Subject: incident.Ref, Title: incident.Number, Submit: t("button.send"), Cancel: t("button.cancel"),
		Fields: []bot.Field{
			{ID: fieldMessage, Kind: bot.LongText, Required: true, Min: 2, Max: maxNote, Label: t("message.text"), Help: t("message.help")},
		},
	}
}

// messageReporter keeps a message in the case and sends it to the reporter.
func (a *App) messageReporter(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.MessageReporter)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	if found := a.messageDialog(lang, incident).Check(req.Values, 0, a.Store.Now()); len(found) > 0 {
		return bot.Reply{Errors: a.problems(lang, found)}, nil
	}
	text, _ := policy.MaskPersonalNumbers(req.Values.Get(fieldMessage))
	var note store.Note
	err = a.changeGroup(ctx, req, incident, policy.MessageReporter, "reporter.messaged",
		func(tx *store.Tx, actor store.Account, c *store.Incident) (map[string]any, error) {
			if c.Status == store.Closed {
				return nil, errClosed
			}
			if c.ReporterID == nil {
				return nil, errDone
			}
			note = store.Note{IncidentID: c.ID, At: tx.Now, AuthorID: &actor.ID, Kind: "to_reporter", Text: text}
			if err := tx.AddNote(ctx, &note); err != nil {
				return nil, err
			}
			return map[string]any{"text_sha256": digest(text)}, nil
		},
		func(tx *store.Tx, c store.Incident) ([]store.Delivery, error) {
			deliveries, err := a.tellReporter(ctx, noteDelivery)(tx, c)
			for i := range deliveries {
				deliveries[i].NoteID = &note.ID
			}
			return deliveries, err
		})
	return a.ended(lang, fieldMessage, err)
}
