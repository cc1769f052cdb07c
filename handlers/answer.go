package handlers

import (
	"context"
	"errors"
	"fmt"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// answeredDelivery is the kind of the news, to who works a case, that its reporter has answered.
const answeredDelivery = "answered"

// ownCase is the incident that a request is about, when the person reported it. Otherwise denied is the answer to give.
func (a *App) ownCase(ctx context.Context, req bot.Request) (c store.Incident, lang string, denied *bot.Reply, err error) {
	lang = a.language(ctx, req.Actor)
	reply := a.private(lang, "stale_button")
	c, err = a.Store.Incident(ctx, req.Subject)
	if errors.Is(err, store.ErrNotFound) {
		return c, lang, &reply, nil
	}
	if err != nil {
		return c, lang, nil, fmt.Errorf("looking up the incident of an answer: %w", err)
	}
	account, err := a.Store.Account(ctx, req.Actor.Surface, req.Actor.ID)
	if errors.Is(err, store.ErrNotFound) || err == nil && (c.ReporterID == nil || *c.ReporterID != account.ID) {
		reply = a.private(lang, "answer.not_yours")
		return c, lang, &reply, nil
	}
	if err != nil {
		return c, lang, nil, fmt.Errorf("looking up who answers: %w", err)
	}
	if c.Status == store.Closed {
		reply = a.private(lang, "already_closed", locale.Data{"Number": c.Number})
		return c, lang, &reply, nil
	}
	return c, lang, nil, nil
}

// openAnswer opens the dialog where a reporter answers a message about their report.
func (a *App) openAnswer(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.ownCase(ctx, req)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	return bot.Reply{Dialog: a.answerDialog(lang, incident)}, nil
}

func (a *App) answerDialog(lang string, incident store.Incident) *bot.Dialog {
	t := func(key string) string { return a.Texts.T(lang, key) }
	return &bot.Dialog{
		ID: answerButton, Subject: incident.Ref, Title: incident.Number, Submit: t("button.send"), Cancel: t("button.cancel"),
		Fields: []bot.Field{
			{ID: fieldMessage, Kind: bot.LongText, Required: true, Min: 2, Max: maxNote, Label: t("answer.text"), Help: t("answer.help")},
		},
	}
}

// answer keeps what a reporter answers in the case, and tells those who work it.
func (a *App) answer(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.ownCase(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	if denied != nil { // what was typed stays before the person
		return bot.Reply{Errors: map[string]string{fieldMessage: denied.Message.Summary}}, nil
	}
	if found := a.answerDialog(lang, incident).Check(req.Values, 0, a.Store.Now()); len(found) > 0 {
		return bot.Reply{Errors: a.problems(lang, found)}, nil
	}
	text, _ := policy.MaskPersonalNumbers(req.Values.Get(fieldMessage))
	err = a.change(ctx, req, incident, answeredAction,
		func(tx *store.Tx, actor store.Account, c *store.Incident) (map[string]any, error) {
			if c.Status == store.Closed {
				return nil, errClosed
			}
			note := store.Note{IncidentID: c.ID, At: tx.Now, AuthorID: &actor.ID, Kind: "from_reporter", Text: text}
			return map[string]any{"text_sha256": digest(text)}, tx.AddNote(ctx, &note)
		},
		func(tx *store.Tx, c store.Incident) ([]store.Delivery, error) {
			onDuty, err := a.roster(ctx, tx, tx.Now)
			return a.toHolders(onDuty.atOnce(c), answeredDelivery, &c.ID), err
		})
	if err != nil {
		return a.ended(lang, fieldMessage, err)
	}
	return a.private(lang, "answer.thanks", locale.Data{"Number": incident.Number}), nil
}

// answeredLetter tells who works a case that its reporter has answered; the words are behind the button.
func (a *App) answeredLetter(lang string, c store.Incident) bot.Message {
	text := a.Texts.T(lang, "answered", locale.Data{"Number": c.Number})
	return bot.Message{Summary: text, Blocks: []bot.Block{
		bot.Paragraph(text), bot.Buttons{{ID: showButton, Subject: c.Ref, Text: a.Texts.T(lang, "button.show"), Style: bot.Primary}},
	}}
}
