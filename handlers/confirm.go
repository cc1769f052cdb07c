package handlers

import (
	"context"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// confirmCategory keeps that a person has looked at the category and stands by it, the first time they do. Only such categories are
// learnt from, and the reporter's word no longer changes them.
func (a *App) confirmCategory(ctx context.Context, req bot.Request, incident store.Incident) error {
	return a.confirming(ctx, req, incident, "incident.category_confirmed",
		func(_ *store.Tx, _ store.Account, c *store.Incident) (map[string]any, error) {
			if c.ConfirmedAt != nil || c.Status == store.Closed {
				return nil, errDone
			}
			return map[string]any{"category": c.Category, "suggested": c.Suggested}, nil
		}, nil)
}

// confirming is change for what confirms the category too, unless apply finds nothing to do.
func (a *App) confirming(ctx context.Context, req bot.Request, incident store.Incident, action string,
	apply func(tx *store.Tx, actor store.Account, c *store.Incident) (detail map[string]any, err error),
	follow func(tx *store.Tx, c store.Incident) ([]store.Delivery, error),
) error {
	outcome := ""
	err := a.change(ctx, req, incident, action,
		func(tx *store.Tx, actor store.Account, c *store.Incident) (map[string]any, error) {
			detail, err := apply(tx, actor, c)
			if err == nil && !c.StopQuestion {
				outcome = confirmation(*c)
				c.ConfirmedAt = &tx.Now
			}
			return detail, err
		}, follow)
	if err == nil && outcome != "" {
		a.Metrics.confirmations.WithLabelValues(outcome).Inc()
	}
	return err
}

// confirmation is what a category being confirmed says of the suggestion; "" when it has been confirmed before.
func confirmation(c store.Incident) string {
	switch {
	case c.ConfirmedAt != nil:
		return ""
	case c.Category == c.Suggested:
		return "kept"
	}
	return "changed"
}

// categoryOptions are the categories to choose from, with what they are.
func (a *App) categoryOptions(lang string) []bot.Option {
	options := make([]bot.Option, 0, len(policy.Categories()))
	for _, c := range policy.Categories() {
		key := "category." + string(c)
		options = append(options, bot.Option{Value: string(c), Label: a.Texts.T(lang, key), Help: a.Texts.T(lang, key+".definition")})
	}
	return options
}
