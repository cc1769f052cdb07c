package handlers

import (
	"context"
	"fmt"
	"strings"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

const fieldRoles = "roles"

// involvedDelivery is the kind of the letter to who is drawn into a case.
const involvedDelivery = "involved"

// openInvolve opens the dialog where roles are drawn into a case, and let go again.
func (a *App) openInvolve(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.Involve)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	dialog, err := a.involveDialog(ctx, lang, incident)
	if dialog == nil && err == nil {
		return a.private(lang, "involve.nobody"), nil
	}
	return bot.Reply{Dialog: dialog}, err
}

// involveDialog offers the roles that somebody holds and that do not work every case; nil when there are none.
func (a *App) involveDialog(ctx context.Context, lang string, c store.Incident) (*bot.Dialog, error) {
	t := func(key string) string { return a.Texts.T(lang, key) }
	var roles []bot.Option
	for _, role := range append(without(policy.Roles(), []policy.Role{policy.CISO, policy.DeputyCISO}), lineRoles...) {
		holders, err := a.holdersOn(ctx, role, c)
		if err != nil {
			return nil, err
		}
		if len(holders) > 0 {
			roles = append(roles, bot.Option{Value: string(role), Label: t("role." + string(role)), Help: t("role." + string(role) + ".gets")})
		}
	}
	if len(roles) == 0 {
		return nil, nil
	}
	dialog := &bot.Dialog{
		ID: involveButton, Subject: c.Ref, Title: c.Number, Submit: t("button.save"), Cancel: t("button.cancel"),
		Fields: []bot.Field{
			{ID: fieldRoles, Kind: bot.Choices, Label: t("involve.roles"), Help: t("involve.roles.help"), Options: roles},
			{ID: fieldMessage, Kind: bot.LongText, Max: maxNote, Label: t("involve.message"), Help: t("involve.message.help")},
		},
		Values: bot.Values{},
	}
	for _, role := range c.Involved {
		dialog.Values[fieldRoles] = append(dialog.Values[fieldRoles], string(role))
	}
	return dialog, nil
}

// involve draws roles into a case: each gets the card, with what that role may do, and a letter with what is wanted of them.
func (a *App) involve(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.Involve)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	dialog, err := a.involveDialog(ctx, lang, incident)
	if err != nil {
		return bot.Reply{}, err
	}
	if dialog == nil {
		return bot.Reply{Errors: map[string]string{fieldRoles: a.Texts.T(lang, "involve.nobody")}}, nil
	}
	if found := dialog.Check(req.Values, 0, a.Store.Now()); len(found) > 0 {
		return bot.Reply{Errors: a.problems(lang, found)}, nil
	}
	var chosen []policy.Role
	for _, role := range req.Values[fieldRoles] {
		chosen = append(chosen, policy.Role(role))
	}
	text, _ := policy.MaskPersonalNumbers(strings.TrimSpace(req.Values.Get(fieldMessage)))
	if len(chosen) == 0 && (text != "" || len(incident.Involved) == 0) {
		return bot.Reply{Errors: map[string]string{fieldRoles: a.Texts.T(lang, "problem.required")}}, nil
	}
	before := incident
	var note store.Note
	err = a.change(ctx, req, incident, "incident.involved",
		func(tx *store.Tx, actor store.Account, c *store.Incident) (map[string]any, error) {
			before = *c
			added, let := without(chosen, c.Involved), without(c.Involved, chosen)
			switch {
			case c.Status == store.Closed:
				return nil, errClosed
			case len(added)+len(let) == 0 && text == "":
				return nil, errDone
			}
			c.Involved = chosen
			detail := map[string]any{"added": added, "removed": let}
			if text != "" {
				note = store.Note{IncidentID: c.ID, At: tx.Now, AuthorID: &actor.ID, Kind: "request", Text: text}
				detail["text_sha256"] = digest(text)
				return detail, tx.AddNote(ctx, &note)
			}
			return detail, nil
		},
		func(tx *store.Tx, c store.Incident) ([]store.Delivery, error) {
			cards, err := a.newlyConcerned(ctx, tx, before, c)
			if err != nil {
				return nil, err
			}
			told := without(chosen, before.Involved)
			if text != "" {
				told = chosen
			}
			onDuty, err := a.roster(ctx, tx, tx.Now)
			if err != nil {
				return nil, err
			}
			letters, err := a.toRoles(ctx, onDuty, told, involvedDelivery, c)
			for i := range letters {
				if note.ID != 0 {
					letters[i].NoteID = &note.ID
				}
			}
			return append(cards, letters...), err
		})
	return a.ended(lang, fieldRoles, err)
}

// involvedLetter tells who is drawn into a case what is wanted of them.
func (a *App) involvedLetter(ctx context.Context, d store.Delivery, lang string, c store.Incident) (bot.Message, error) {
	if c.Status == store.Closed {
		return bot.Message{}, errPointless
	}
	text := a.Texts.T(lang, "involved", locale.Data{"Number": c.Number})
	m := bot.Message{Summary: text, Blocks: []bot.Block{bot.Paragraph(text)}}
	if d.NoteID != nil {
		note, err := a.Store.Note(ctx, *d.NoteID)
		if err != nil {
			return bot.Message{}, fmt.Errorf("reading what is wanted of who is drawn in: %w", err)
		}
		m.Blocks = append(m.Blocks, bot.Quote(note.Text))
	}
	m.Blocks = append(m.Blocks, bot.Small(a.Texts.T(lang, "case.see", locale.Data{"Number": c.Number})))
	return m, nil
}
