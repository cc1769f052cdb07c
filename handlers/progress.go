package handlers

import (
	"context"
	"errors"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// start says that a case is being worked on, also when it was taken for dealt with. Who starts on a case that nobody has in hand has it in
// hand.
func (a *App) start(ctx context.Context, req bot.Request) (bot.Reply, error) {
	email, err := a.emailOf(ctx, req.Actor)
	if err != nil {
		return bot.Reply{}, err
	}
	return a.progress(ctx, req, "incident.started", store.InProgress, func(_ *store.Tx, c *store.Incident) {
		c.ResolvedAt = nil
		for _, w := range a.workers() {
			if c.Assignee == "" && w.is(req.Actor, email) {
				c.Assignee = w.key(a.Settings.Surfaces)
			}
		}
	})
}

// resolve says that what happened is dealt with. What is left is to see what there is to learn, and to close the case.
func (a *App) resolve(ctx context.Context, req bot.Request) (bot.Reply, error) {
	return a.progress(ctx, req, "incident.resolved", store.Resolved, func(tx *store.Tx, c *store.Incident) { c.ResolvedAt = &tx.Now })
}

// progress brings a case, and those that are handled under it, to a state between new and closed. A new case is taken first.
func (a *App) progress(
	ctx context.Context, req bot.Request, action string, to store.Status, set func(*store.Tx, *store.Incident),
) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.Progress)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	wasNew := map[int64]bool{}
	err = a.changeGroup(ctx, req, incident, policy.Progress, action,
		func(tx *store.Tx, actor store.Account, c *store.Incident) (map[string]any, error) {
			detail := map[string]any{"old": c.Status, "new": to}
			switch c.Status {
			case store.Closed:
				return nil, errClosed
			case to:
				return nil, errDone
			case store.New:
				wasNew[c.ID] = true
				if err := a.take(ctx, tx, actor, c); err != nil {
					return nil, err
				}
			}
			c.Status = to
			set(tx, c)
			return detail, nil
		},
		func(tx *store.Tx, c store.Incident) ([]store.Delivery, error) {
			if !wasNew[c.ID] {
				return nil, nil
			}
			return a.taken(ctx)(tx, c)
		})
	if errors.Is(err, errClosed) {
		return a.private(lang, "already_closed", locale.Data{"Number": incident.Number}), nil
	}
	return bot.Reply{}, err
}
