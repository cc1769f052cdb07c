package handlers

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// numbered finds the number of a case in what follows the command, with or without the word for a case before it.
var numbered = regexp.MustCompile(`(?i)^(?:case |ärende )?\s*(INC-\d{4}-\d{4,})$`)

// caseArgument reads the subcommand that shows a case: its number.
func caseArgument(text string) (number string, ok bool) {
	found := numbered.FindStringSubmatch(strings.TrimSpace(text))
	if found == nil {
		return "", false
	}
	return strings.ToUpper(found[1]), true
}

// showCase shows a case to those who may see it: the card with what has happened to those who work it or whom it concerns, and how far it
// has come to who reported it. Everybody else gets the answer of a case that does not exist, so that nobody can find out which do.
func (a *App) showCase(ctx context.Context, req bot.Request, number string) (bot.Reply, error) {
	lang := a.language(ctx, req.Actor)
	unknown := a.private(lang, "case.unknown", locale.Data{"Number": number})
	incident, err := a.Store.IncidentByNumber(ctx, number)
	if errors.Is(err, store.ErrNotFound) {
		return unknown, nil
	}
	if err != nil {
		return bot.Reply{}, fmt.Errorf("looking up a case: %w", err)
	}
	roles, err := a.rolesOn(ctx, req.Actor, incident)
	if err != nil {
		return bot.Reply{}, err
	}
	if !policy.May(roles, policy.SeeCard, facts(incident)) {
		return a.showOwnCase(ctx, req, lang, incident, unknown)
	}
	view, err := a.viewOf(ctx, incident)
	if err != nil {
		return bot.Reply{}, err
	}
	view.Roles = roles
	lines, err := a.timeline(ctx, lang, incident)
	if err != nil {
		return bot.Reply{}, err
	}
	err = a.once(ctx, req.Key, func(tx *store.Tx) error {
		return a.audit(ctx, tx, actorName(req.Actor), "incident.shown", incident.Number, map[string]any{})
	})
	if err != nil {
		return bot.Reply{}, fmt.Errorf("recording that a case was shown: %w", err)
	}
	m := a.card(lang, view)
	m.Blocks = append(m.Blocks, bot.Heading(a.Texts.T(lang, "case.timeline")), lines)
	return bot.Reply{Message: &m}, nil
}

// showOwnCase shows a reporter how far their report has come; unknown to everybody else.
func (a *App) showOwnCase(ctx context.Context, req bot.Request, lang string, c store.Incident, unknown bot.Reply) (bot.Reply, error) {
	account, err := a.Store.Account(ctx, req.Actor.Surface, req.Actor.ID)
	if errors.Is(err, store.ErrNotFound) || err == nil && (c.ReporterID == nil || *c.ReporterID != account.ID) {
		return unknown, nil
	}
	if err != nil {
		return bot.Reply{}, fmt.Errorf("looking up who asks for a case: %w", err)
	}
	heading := c.Number + " · " + a.Texts.T(lang, "status."+string(c.Status))
	text := a.Texts.T(lang, "mine.line."+string(c.Status), locale.Data{"Time": locale.Time(c.RegisteredAt, a.Settings.Location)})
	return bot.Reply{Message: &bot.Message{Summary: heading, Blocks: []bot.Block{bot.Heading(heading), bot.Paragraph(text)}}}, nil
}

// timelineActions are the events that are part of a case's story, with the key of the words for each. Others are about how it was told.
var timelineActions = map[string]string{
	"incident.reported": "reported", "incident.acknowledged": "acknowledged", "incident.categorised": "categorised",
	"incident.severity_changed": "severity_changed", "incident.decided": "decided", "incident.supplemented": "supplemented",
	"incident.noted": "noted", "incident.closed": "closed", "incident.reopened": "reopened", "incident.text_shown": "text_shown",
	"incident.drafts_sent": "drafts_sent", "reporter.messaged": "messaged", "reporter.answered": "answered",
	"obligation.done": "obligation_done", "obligation.not_needed": "obligation_not_needed", "obligation.moved": "obligation_moved",
	"reminder.sent": "reminded", "incident.assigned": "assigned", "incident.started": "started", "incident.resolved": "resolved",
	"incident.system_set": "system_set", "incident.facts_changed": "facts_changed", "incident.affected_described": "affected_described",
	"incident.involved": "involved", "incident.grouped": "grouped", "incident.secrecy_set": "secrecy_set", "incident.attached": "attached",
	"measure.added": "measure_added", "measure.done": "measure_done", "measure.dropped": "measure_dropped",
	"risk.raised":          "risk_raised",
	"incident.room_opened": "room_opened", "incident.captured": "captured",
	"incident.category_confirmed": "category_confirmed", "reporter.clarified": "clarified",
	"incident.held": "held", "incident.hold_lifted": "hold_lifted", "incident.anonymised": "anonymised",
}

// timelineLength is how many lines of a timeline are shown, the latest ones.
const timelineLength = 25

// timeline is what has happened with a case, from the audit chain, so that it is neither more nor less than what was done.
func (a *App) timeline(ctx context.Context, lang string, c store.Incident) (bot.List, error) {
	events, err := a.Store.EventsBySubject(ctx, c.Number)
	if err != nil {
		return nil, fmt.Errorf("reading what has happened with a case: %w", err)
	}
	var lines bot.List
	names := map[string]string{}
	for _, e := range events {
		key, ok := timelineActions[e.Action]
		if !ok {
			continue
		}
		if _, known := names[e.Actor]; !known {
			names[e.Actor] = a.eventActor(ctx, lang, c, e.Actor)
		}
		lines = append(lines, a.Texts.T(lang, "timeline."+key, locale.Data{
			"Time": locale.Time(e.At, a.Settings.Location), "Name": names[e.Actor],
		}))
	}
	return lines[max(0, len(lines)-timelineLength):], nil
}

// eventActor is an actor of the audit chain as people know them. Who reported is not named: only who may read the words may know that.
func (a *App) eventActor(ctx context.Context, lang string, c store.Incident, actor string) string {
	surface, id, ok := strings.Cut(actor, ":")
	if !ok {
		return a.Texts.T(lang, "timeline.actor."+actor)
	}
	account, err := a.Store.Account(ctx, surface, id)
	switch {
	case err != nil:
		return a.Texts.T(lang, "timeline.actor.somebody")
	case c.ReporterID != nil && *c.ReporterID == account.ID:
		return a.Texts.T(lang, "timeline.actor.reporter")
	}
	return account.Name
}
