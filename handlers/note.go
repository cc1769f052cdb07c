package handlers

import (
	"context"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// openNote opens the dialog where who works a case notes something for themselves and the others.
func (a *App) openNote(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.AddNote)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	return bot.Reply{Dialog: a.noteDialog(lang, incident)}, nil
}

func (a *App) noteDialog(lang string, incident store.Incident) *bot.Dialog {
	t := func(key string) string { return a.Texts.T(lang, key) }
	return &bot.Dialog{
		ID: noteButton, Subject: incident.Ref, Title: incident.Number, Submit: t("button.save"), Cancel: t("button.cancel"),
		Fields: []bot.Field{
			{ID: fieldMessage, Kind: bot.LongText, Required: true, Min: 2, Max: maxNote, Label: t("note.text"), Help: t("note.help")},
		},
	}
}

// addNote keeps a note in the case. The reporter never sees it.
func (a *App) addNote(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.AddNote)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	if found := a.noteDialog(lang, incident).Check(req.Values, 0, a.Store.Now()); len(found) > 0 {
		return bot.Reply{Errors: a.problems(lang, found)}, nil
	}
	text, _ := policy.MaskPersonalNumbers(req.Values.Get(fieldMessage))
	err = a.change(ctx, req, incident, "incident.noted",
		func(tx *store.Tx, actor store.Account, c *store.Incident) (map[string]any, error) {
			if c.Status == store.Closed {
				return nil, errClosed
			}
			note := store.Note{IncidentID: c.ID, At: tx.Now, AuthorID: &actor.ID, Kind: "internal", Text: text}
			return map[string]any{"text_sha256": digest(text)}, tx.AddNote(ctx, &note)
		}, nil)
	return a.ended(lang, fieldMessage, err)
}
