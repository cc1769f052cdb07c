package handlers

import (
	"context"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// confirmCategory keeps that a person has looked at the category and stands by it, the first time they do.
func (a *App) confirmCategory(ctx context.Context, req bot.Request, incident store.Incident) error {
	outcome := ""
	err := a.change(ctx, req, incident, "incident.category_confirmed",
		func(tx *store.Tx, _ store.Account, c *store.Incident) (map[string]any, error) {
			if c.ConfirmedAt != nil || c.Status == store.Closed {
				return nil, errDone
			}
			outcome = confirm(tx, c)
			return map[string]any{"category": c.Category, "suggested": c.Suggested}, nil
		}, nil)
	a.countConfirmation(outcome, err)
	return err
}

// confirm marks the category as confirmed by a person: only such ones are learnt from, and the reporter's word no longer changes them. It
// returns what that says of the suggestion, for countConfirmation when it is done.
func confirm(tx *store.Tx, c *store.Incident) (outcome string) {
	switch {
	case c.ConfirmedAt != nil: // it has been counted
	case c.Category == c.Suggested:
		outcome = "kept"
	default:
		outcome = "changed"
	}
	c.ConfirmedAt = &tx.Now
	return outcome
}

func (a *App) countConfirmation(outcome string, err error) {
	if err == nil && outcome != "" {
		a.Metrics.confirmations.WithLabelValues(outcome).Inc()
	}
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
