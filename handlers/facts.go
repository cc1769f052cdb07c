package handlers

import (
	"context"
	"strings"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// Field ids of the dialog about what is known of a case, beside those of the report.
const (
	fieldOver         = "over"
	fieldSupplier     = "supplier"
	fieldSupplierName = "supplier_name"
	fieldCrime        = "crime"
	fieldPolice       = "police"
)

const (
	maxSupplier = 80
	maxPolice   = 40
)

// openFacts opens the dialog where what is known of a case is put right.
func (a *App) openFacts(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.ChangeFacts)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	dialog, err := a.factsDialog(ctx, lang, incident)
	return bot.Reply{Dialog: dialog}, err
}

func (a *App) factsDialog(ctx context.Context, lang string, c store.Incident) (*bot.Dialog, error) {
	t := func(key string) string { return a.Texts.T(lang, key) }
	answers := []bot.Option{
		{Value: string(policy.Yes), Label: t("answer.yes")}, {Value: string(policy.No), Label: t("answer.no")},
		{Value: string(policy.Unknown), Label: t("answer.unknown")},
	}
	when := func(field, answer string) *bot.Condition {
		return &bot.Condition{Field: field, OneOf: []string{answer}}
	}
	dialog := &bot.Dialog{
		ID: factsButton, Subject: c.Ref, Title: c.Number, Submit: t("button.save"), Cancel: t("button.cancel"),
		Fields: []bot.Field{
			{ID: fieldOccurred, Kind: bot.DateTime, NotFuture: true, Label: t("facts.occurred")},
			{ID: fieldOngoing, Kind: bot.Choice, Required: true, Label: t("report.ongoing"), Options: answers},
			{ID: fieldOver, Kind: bot.DateTime, NotFuture: true, Label: t("facts.over"), ShowIf: when(fieldOngoing, string(policy.No))},
			{ID: fieldNearMiss, Kind: bot.Choice, Required: true, Label: t("facts.near_miss"), Help: t("facts.near_miss.help"),
				Options: answers[:2]},
			{ID: fieldSupplier, Kind: bot.Choice, Label: t("facts.supplier"), Options: answers},
			{ID: fieldSupplierName, Kind: bot.Text, Max: maxSupplier, Label: t("facts.supplier_name"),
				ShowIf: when(fieldSupplier, string(policy.Yes))},
			{ID: fieldCrime, Kind: bot.Choice, Label: t("facts.crime"), Help: t("facts.crime.help"), Options: answers},
			{ID: fieldPolice, Kind: bot.Text, Max: maxPolice, Label: t("facts.police"), Help: t("facts.police.help"),
				ShowIf: when(fieldCrime, string(policy.Yes))},
		},
		Values: bot.Values{
			fieldOngoing: {string(c.Ongoing)}, fieldNearMiss: {answerOf(c.NearMiss)}, fieldSupplier: {string(c.Supplier)},
			fieldSupplierName: {c.SupplierName}, fieldCrime: {string(c.Crime)}, fieldPolice: {c.PoliceReport},
		},
	}
	for field, at := range map[string]*time.Time{fieldOccurred: c.OccurredAt, fieldOver: c.EndedAt} {
		if at != nil {
			dialog.Values[field] = []string{at.Truncate(time.Minute).Format(time.RFC3339)}
		}
	}
	if c.SupplierName == "" && c.SystemID != nil {
		system, err := a.Store.SystemByID(ctx, *c.SystemID)
		if err != nil {
			return nil, err
		}
		dialog.Values[fieldSupplierName] = []string{truncate(system.Supplier, maxSupplier)}
	}
	return dialog, nil
}

func answerOf(yes bool) string {
	if yes {
		return string(policy.Yes)
	}
	return string(policy.No)
}

// setFacts puts right what is known of a case. A severity that nobody has set by hand follows it.
func (a *App) setFacts(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.ChangeFacts)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	dialog, err := a.factsDialog(ctx, lang, incident)
	if err != nil {
		return bot.Reply{}, err
	}
	v := req.Values
	if found := dialog.Check(v, 0, a.Store.Now()); len(found) > 0 {
		return bot.Reply{Errors: a.problems(lang, found)}, nil
	}
	occurred, over := optionalTime(v, fieldOccurred), optionalTime(v, fieldOver)
	if policy.Answer(v.Get(fieldOngoing)) != policy.No {
		over = nil
	}
	if occurred != nil && over != nil && over.Before(*occurred) {
		return bot.Reply{Errors: map[string]string{fieldOver: a.Texts.T(lang, "problem.over_before")}}, nil
	}
	levels, err := a.levels(ctx, incident.SystemID)
	if err != nil {
		return bot.Reply{}, err
	}
	err = a.change(ctx, req, incident, "incident.facts_changed",
		func(tx *store.Tx, _ store.Account, c *store.Incident) (map[string]any, error) {
			if c.Status == store.Closed {
				return nil, errClosed
			}
			old := factsDetail(*c)
			c.OccurredAt, c.EndedAt = occurred, over
			c.Ongoing, c.NearMiss = policy.Answer(v.Get(fieldOngoing)), v.Get(fieldNearMiss) == string(policy.Yes)
			c.Supplier, c.Crime = policy.Answer(v.Get(fieldSupplier)), policy.Answer(v.Get(fieldCrime))
			c.SupplierName, c.PoliceReport = "", ""
			if c.Supplier == policy.Yes {
				c.SupplierName, _ = policy.MaskPersonalNumbers(strings.TrimSpace(v.Get(fieldSupplierName)))
			}
			if c.Crime == policy.Yes {
				c.PoliceReport = strings.TrimSpace(v.Get(fieldPolice))
			}
			if err := a.assessAnew(ctx, tx, c, levels); err != nil {
				return nil, err
			}
			return map[string]any{"old": old, "new": factsDetail(*c)}, nil
		}, nil)
	return a.ended(lang, fieldOngoing, err)
}

// factsDetail is what the audit chain keeps of what is known of a case: coded values.
func factsDetail(c store.Incident) map[string]any {
	return map[string]any{
		"occurred": c.OccurredAt, "ended": c.EndedAt, "ongoing": c.Ongoing, "near_miss": c.NearMiss, "supplier": c.Supplier, "crime": c.Crime,
		"severity": c.Severity,
	}
}

// optionalTime is the answer to a question about a time, nil when it was left open.
func optionalTime(v bot.Values, field string) *time.Time {
	if t := v.Time(field); !t.IsZero() {
		return &t
	}
	return nil
}
