package handlers

import (
	"context"
	"strings"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// Field ids of the case dialogs.
const (
	fieldCategory = "category"
	fieldAspects  = "aspects"
	fieldSeverity = "severity"
	fieldReason   = "reason"
	fieldMessage  = "message"
	fieldCause    = "cause"
	fieldLesson   = "lesson"
)

// maxNote is the length of what the CISO writes, in characters.
const maxNote = 2000

// openCategory opens the dialog where category and aspects are decided.
func (a *App) openCategory(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.ChangeCategory)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	return bot.Reply{Dialog: a.categoryDialog(lang, incident)}, nil
}

func (a *App) categoryDialog(lang string, incident store.Incident) *bot.Dialog {
	t := func(key string) string { return a.Texts.T(lang, key) }
	aspects := make([]bot.Option, 0, len(policy.AllAspects))
	var chosen []string
	for _, aspect := range policy.AllAspects {
		aspects = append(aspects, bot.Option{Value: aspect.String(), Label: t("aspect." + aspect.String())})
		if incident.Aspects.Has(aspect) {
			chosen = append(chosen, aspect.String())
		}
	}
	return &bot.Dialog{
		ID: categoryButton, Subject: incident.Ref, Title: incident.Number, Submit: t("button.save"), Cancel: t("button.cancel"),
		Fields: []bot.Field{
			{ID: fieldCategory, Kind: bot.Choice, Required: true, Label: t("card.category"), Options: a.categoryOptions(lang)},
			{ID: fieldAspects, Kind: bot.Choices, Label: t("card.aspects"), Options: aspects},
		},
		Values: bot.Values{fieldCategory: {string(incident.Category)}, fieldAspects: chosen},
	}
}

// categorise decides category and aspects, or confirms those suggested. A severity that nobody has set by hand follows the aspects.
func (a *App) categorise(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.ChangeCategory)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	if found := a.categoryDialog(lang, incident).Check(req.Values, 0, a.Store.Now()); len(found) > 0 {
		return bot.Reply{Errors: a.problems(lang, found)}, nil
	}
	category := policy.Category(req.Values.Get(fieldCategory))
	aspects, err := policy.ParseAspects(strings.Join(req.Values[fieldAspects], ""))
	if err != nil {
		return bot.Reply{}, err
	}
	levels, err := a.levels(ctx, incident.SystemID)
	if err != nil {
		return bot.Reply{}, err
	}
	outcome, unchanged := "", false
	err = a.change(ctx, req, incident, "incident.categorised",
		func(tx *store.Tx, _ store.Account, c *store.Incident) (map[string]any, error) {
			if c.Status == store.Closed {
				return nil, errClosed
			}
			if unchanged = c.Category == category && c.Aspects == aspects; unchanged {
				return nil, errDone
			}
			detail := map[string]any{
				"old": c.Category, "new": category, "suggested": c.Suggested,
				"old_aspects": c.Aspects.String(), "new_aspects": aspects.String(), "old_severity": c.Severity,
			}
			c.Category, c.Aspects = category, aspects
			if err := a.assessAnew(ctx, tx, c, levels); err != nil {
				return nil, err
			}
			detail["new_severity"] = c.Severity
			outcome = confirm(tx, c)
			return detail, nil
		},
		func(tx *store.Tx, c store.Incident) ([]store.Delivery, error) {
			return a.newlyConcerned(ctx, tx, incident, c)
		})
	if err == nil && unchanged {
		err = a.confirmCategory(ctx, req, incident)
	}
	a.countConfirmation(outcome, err)
	return a.ended(lang, fieldCategory, err)
}

// levels are the class levels of the system concerned, nil when it is unknown or not classified.
func (a *App) levels(ctx context.Context, systemID *int64) (*policy.Levels, error) {
	if systemID == nil {
		return nil, nil
	}
	system, err := a.Store.SystemByID(ctx, *systemID)
	if err != nil {
		return nil, err
	}
	return system.Levels, nil
}
