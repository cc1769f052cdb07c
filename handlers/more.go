package handlers

import (
	"context"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// deed is a button of a case with the action that it needs.
type deed struct {
	button string
	action policy.Action
}

// rarerDeeds are buttons that belong together, with the key of what they are called.
type rarerDeeds struct {
	key   string
	deeds []deed
}

// rarer are the buttons that a card does not show for want of room, in groups.
var rarer = []rarerDeeds{
	{"more.work", []deed{
		{assignButton, policy.Assign}, {startButton, policy.Progress}, {measuresButton, policy.SeeMeasures}, {attachButton, policy.Attach},
	}},
	{"more.known", []deed{{systemButton, policy.SetSystem}, {factsButton, policy.ChangeFacts}, {affectedButton, policy.DescribeAffected}}},
	{"more.learn", []deed{{raiseRiskButton, policy.RaiseRisk}}},
	{"more.others", []deed{{involveButton, policy.Involve}, {groupButton, policy.Group}}},
	{"more.keeping", []deed{{secrecyButton, policy.SetSecrecy}, {holdButton, policy.HoldCase}, {liftHoldButton, policy.HoldCase}}},
}

// more shows the rarer things that can be done with a case, privately.
func (a *App) more(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.SeeCard)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	roles, err := a.rolesOn(ctx, req.Actor, incident)
	if err != nil {
		return bot.Reply{}, err
	}
	hold, err := a.holdOf(ctx, incident)
	if err != nil {
		return bot.Reply{}, err
	}
	heading := a.Texts.T(lang, "more.heading", locale.Data{"Number": incident.Number})
	m := bot.Message{Summary: heading, Blocks: []bot.Block{bot.Heading(heading)}}
	for _, group := range rarer {
		if buttons := a.rarerButtons(lang, group, roles, incident, hold != nil); len(buttons) > 0 {
			m.Blocks = append(m.Blocks, bot.Paragraph(a.Texts.T(lang, group.key)), buttons)
		}
	}
	if len(m.Blocks) == 1 {
		return a.private(lang, "more.nothing"), nil
	}
	return bot.Reply{Message: &m}, nil
}

func (a *App) rarerButtons(lang string, group rarerDeeds, roles []policy.Role, c store.Incident, held bool) (buttons bot.Buttons) {
	for _, d := range group.deeds {
		if policy.May(roles, d.action, facts(c)) && offered(d.button, c, held) {
			buttons = append(buttons, bot.Button{ID: d.button, Subject: c.Ref, Text: a.Texts.T(lang, "button."+d.button)})
		}
	}
	return buttons
}

// offered tells whether a button has a point as the case stands.
func offered(button string, c store.Incident, held bool) bool {
	switch button {
	case startButton: // to take up again what was taken for dealt with: otherwise it stands on the card, or was pressed
		return c.Status == store.Resolved
	case holdButton:
		return !held
	case liftHoldButton:
		return held
	}
	return true
}
