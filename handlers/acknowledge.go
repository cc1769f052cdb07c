package handlers

import (
	"context"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// acknowledge takes a new case. Pressing again, or pressing on an old copy, changes nothing; who comes second is told who
// was first.
func (a *App) acknowledge(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.Acknowledge)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	var late *store.Incident // the case as who comes second finds it
	var first store.Account
	err = a.change(ctx, req, incident, "incident.acknowledged",
		func(tx *store.Tx, actor store.Account, c *store.Incident) (map[string]any, error) {
			if c.Status != store.New {
				if c.AcknowledgedBy == nil || *c.AcknowledgedBy != actor.ID || c.Status == store.Closed {
					seen := *c
					late = &seen
					if c.AcknowledgedBy != nil {
						// Within the transaction: who was first may be about to be committed together with this.
						var err error
						if first, err = tx.AccountByID(ctx, *c.AcknowledgedBy); err != nil {
							return nil, err
						}
					}
				}
				return nil, errDone
			}
			if _, err := tx.Supersede(ctx, unacknowledgedClock(c.ID)); err != nil {
				return nil, err
			}
			c.Status, c.AcknowledgedAt, c.AcknowledgedBy = store.Acknowledged, &tx.Now, &actor.ID
			return map[string]any{"old": store.New, "new": store.Acknowledged}, nil
		},
		a.tellReporter(ctx, acknowledgedDelivery))
	if err != nil {
		return bot.Reply{}, err
	}
	if late == nil {
		return bot.Reply{}, nil
	}
	if late.Status == store.Closed {
		return a.private(lang, "already_closed", locale.Data{"Number": late.Number}), nil
	}
	return a.private(lang, "already_acknowledged", locale.Data{
		"Number": late.Number, "Name": first.Name,
		"Time": locale.Time(*late.AcknowledgedAt, a.Settings.Location),
	}), nil
}

func orEmpty(reply *bot.Reply) bot.Reply {
	if reply == nil {
		return bot.Reply{}
	}
	return *reply
}

// tellReporter makes a follow step that sends news to the reporter where the report was made. A nameless reporter gets none.
func (a *App) tellReporter(ctx context.Context, kind string) func(tx *store.Tx, c store.Incident) ([]store.Delivery, error) {
	return func(tx *store.Tx, c store.Incident) ([]store.Delivery, error) {
		if c.ReporterID == nil {
			return nil, nil
		}
		reporter, err := tx.AccountByID(ctx, *c.ReporterID)
		if err != nil {
			return nil, err
		}
		return []store.Delivery{personal(bot.Actor{Surface: reporter.Surface, ID: reporter.UserID}, kind, c.ID)}, nil
	}
}

// accountName is a person's name as it may stand on a card; "" when unknown.
func (a *App) accountName(ctx context.Context, id *int64) string {
	if id == nil {
		return ""
	}
	account, err := a.Store.AccountByID(ctx, *id)
	if err != nil {
		return ""
	}
	return account.Name
}
