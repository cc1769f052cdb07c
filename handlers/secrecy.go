package handlers

import (
	"context"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

const fieldSecret = "secret"

// openSecrecy opens the dialog where a case is marked as secret, and where the mark is taken away.
func (a *App) openSecrecy(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.SetSecrecy)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	return bot.Reply{Dialog: a.secrecyDialog(lang, incident)}, nil
}

func (a *App) secrecyDialog(lang string, c store.Incident) *bot.Dialog {
	t := func(key string) string { return a.Texts.T(lang, key) }
	current := policy.No
	if c.Secret {
		current = policy.Yes
	}
	return &bot.Dialog{
		ID: secrecyButton, Subject: c.Ref, Title: c.Number, Submit: t("button.save"), Cancel: t("button.cancel"),
		Fields: []bot.Field{
			{ID: fieldSecret, Kind: bot.Choice, Required: true, Label: t("secrecy.mark"), Help: t("secrecy.mark.help"), Options: []bot.Option{
				{Value: string(policy.Yes), Label: t("secrecy.yes")}, {Value: string(policy.No), Label: t("secrecy.no")},
			}},
			{ID: fieldReason, Kind: bot.LongText, Required: true, Min: 3, Max: maxNote, Label: t("decide.reason"), Help: t("secrecy.reason.help")},
		},
		Values: bot.Values{fieldSecret: {string(current)}},
	}
}

// setSecrecy marks a case as secret or takes the mark away. Copies of the card whose readers may no longer see it are withdrawn when they
// are drawn anew, and those in channels no longer show what it is about.
func (a *App) setSecrecy(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.SetSecrecy)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	if found := a.secrecyDialog(lang, incident).Check(req.Values, 0, a.Store.Now()); len(found) > 0 {
		return bot.Reply{Errors: a.problems(lang, found)}, nil
	}
	secret := req.Values.Get(fieldSecret) == string(policy.Yes)
	reason, _ := policy.MaskPersonalNumbers(req.Values.Get(fieldReason))
	before := incident
	return bot.Reply{}, a.change(ctx, req, incident, "incident.secrecy_set",
		func(tx *store.Tx, actor store.Account, c *store.Incident) (map[string]any, error) {
			before = *c
			if c.Secret == secret {
				return nil, errDone
			}
			c.Secret = secret
			note := store.Note{IncidentID: c.ID, At: tx.Now, AuthorID: &actor.ID, Kind: "secrecy", Text: reason}
			return map[string]any{"old": !secret, "new": secret, "reason_sha256": digest(reason)}, tx.AddNote(ctx, &note)
		},
		func(tx *store.Tx, c store.Incident) ([]store.Delivery, error) {
			return a.newlyConcerned(ctx, tx, before, c)
		})
}
