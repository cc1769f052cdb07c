package handlers

import (
	"context"
	"slices"

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
	err = a.changeGroup(ctx, req, incident, policy.Acknowledge, "incident.acknowledged",
		func(tx *store.Tx, actor store.Account, c *store.Incident) (map[string]any, error) {
			if c.Status != store.New && c.ID != incident.ID {
				return nil, errDone
			}
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
			return map[string]any{"old": store.New, "new": store.Acknowledged}, a.take(ctx, tx, actor, c)
		},
		a.taken(ctx))
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

// take takes a new case: nobody is told any longer that it waits, and those who are responsible for what it is about in the ordinary line
// are drawn in.
func (a *App) take(ctx context.Context, tx *store.Tx, actor store.Account, c *store.Incident) error {
	if _, err := tx.Supersede(ctx, unacknowledgedClock(c.ID)); err != nil {
		return err
	}
	c.Status, c.AcknowledgedAt, c.AcknowledgedBy = store.Acknowledged, &tx.Now, &actor.ID
	if c.StopQuestion || c.Secret {
		return nil
	}
	for _, role := range without(a.Settings.Inform, c.Involved) {
		if role == policy.UnitManager && policy.AboutConduct(c.Category) {
			continue
		}
		holders, err := a.holdersOn(ctx, role, *c)
		if err != nil {
			return err
		}
		if len(holders) > 0 {
			c.Involved = append(c.Involved, role)
		}
	}
	return nil
}

// taken is what follows when a case is taken: the reporter is told, and who was drawn in.
func (a *App) taken(ctx context.Context) follow {
	return func(tx *store.Tx, c store.Incident) ([]store.Delivery, error) {
		deliveries, err := a.tellReporter(ctx, acknowledgedDelivery)(tx, c)
		if err != nil {
			return nil, err
		}
		drawnIn := slices.DeleteFunc(slices.Clone(c.Involved), func(r policy.Role) bool { return !slices.Contains(lineRoles, r) })
		onDuty, err := a.roster(ctx, tx, tx.Now)
		if err != nil {
			return nil, err
		}
		cards, err := a.toRoles(ctx, onDuty, drawnIn, cardDelivery, c)
		return append(deliveries, cards...), err
	}
}

func orEmpty(reply *bot.Reply) bot.Reply {
	if reply == nil {
		return bot.Reply{}
	}
	return *reply
}

// tellReporter makes a follow step that sends news to the reporter where the report was made. A nameless reporter gets none.
func (a *App) tellReporter(ctx context.Context, kind string) follow {
	return func(tx *store.Tx, c store.Incident) ([]store.Delivery, error) {
		if c.ReporterID == nil {
			return nil, nil
		}
		reporter, err := tx.AccountByID(ctx, *c.ReporterID)
		if err != nil {
			return nil, err
		}
		return []store.Delivery{personal(bot.Actor{Surface: reporter.Surface, ID: reporter.UserID}, kind, &c.ID)}, nil
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
