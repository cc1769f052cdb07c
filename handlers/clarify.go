package handlers

import (
	"context"
	"fmt"
	"slices"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// doubt is the category that the reporter is asked to tell from the one suggested; "" when there is nothing to ask, or nobody. It depends
// on what is kept with the case only: what the buttons mean stays when another model is in force. An answer takes the alternatives away,
// so that it is asked once.
func doubt(c store.Incident) policy.Category {
	if c.ReporterID == nil || c.StopQuestion || c.Status != store.New || c.ConfirmedAt != nil || c.Category != c.Suggested {
		return ""
	}
	return policy.Doubt(c.Confidence, c.Alternatives)
}

// clarifyingQuestion is what the reporter is asked when two categories lie close, with the answers as buttons; nothing when none do.
func (a *App) clarifyingQuestion(lang string, c store.Incident) []bot.Block {
	other := doubt(c)
	if other == "" {
		return nil
	}
	t := func(key string) string { return a.Texts.T(lang, key) }
	question, answers := "clarify.general", "clarify.general."
	if pair := confusable(c.Suggested, other); pair != "" {
		question, answers = pair, pair+"."
	}
	button := func(id, text string) bot.Button { return bot.Button{ID: id, Subject: c.Ref, Text: text} }
	return []bot.Block{
		bot.Facts{{Label: t("clarify.label"), Value: t(question)}},
		bot.Buttons{
			button(clarifyFirstButton, t(answers+string(c.Suggested))), button(clarifySecondButton, t(answers+string(other))),
			button(clarifyUnknownButton, t("clarify.unknown")),
		},
	}
}

// confusable is the key of the question that a pair of categories has of its own, in any order; "" when it has none.
func confusable(a, b policy.Category) string {
	for _, pair := range policy.ConfusablePairs() {
		if slices.Contains(pair[:], a) && slices.Contains(pair[:], b) {
			return fmt.Sprintf("clarify.%s.%s", pair[0], pair[1])
		}
	}
	return ""
}

// clarify takes the reporter's answer to the clarifying question: the category they point out is suggested from now on, until a person
// decides.
func (a *App) clarify(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.ownCase(ctx, req)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	levels, err := a.levels(ctx, incident.SystemID)
	if err != nil {
		return bot.Reply{}, err
	}
	late := false
	answered := incident
	err = a.change(ctx, req, incident, "reporter.clarified",
		func(tx *store.Tx, _ store.Account, c *store.Incident) (map[string]any, error) {
			other := doubt(*c)
			if late = other == ""; late {
				return nil, errDone
			}
			detail := map[string]any{"old": c.Category, "old_aspects": c.Aspects.String(), "old_severity": c.Severity, "answer": req.Name}
			switch req.Name {
			case clarifyFirstButton:
				c.Confidence += c.Alternatives[0].Confidence // of the two it is this one
			case clarifySecondButton:
				c.Suggested, c.Category, c.Confidence = other, other, c.Confidence+c.Alternatives[0].Confidence
				c.CategoryReasons = nil // they spoke for the other one
				c.Aspects = c.ReportedAspects | other.DefaultAspects()
				if err := a.assessAnew(ctx, tx, c, levels); err != nil {
					return nil, err
				}
			}
			c.Alternatives = nil
			detail["new"], detail["new_aspects"], detail["new_severity"] = c.Category, c.Aspects.String(), c.Severity
			answered = *c
			return detail, nil
		},
		func(tx *store.Tx, c store.Incident) ([]store.Delivery, error) {
			return a.newlyConcerned(ctx, tx, incident, c)
		})
	if err != nil {
		return bot.Reply{}, err
	}
	if late {
		return a.private(lang, "clarify.late", locale.Data{"Number": incident.Number}), nil
	}
	if req.Name == clarifyUnknownButton {
		return a.private(lang, "clarify.thanks.unknown"), nil
	}
	thanks := a.Texts.T(lang, "clarify.thanks", locale.Data{"Number": incident.Number})
	return bot.Reply{Message: &bot.Message{Summary: thanks, Blocks: []bot.Block{bot.Paragraph(thanks), a.adviceFacts(lang, answered)}}}, nil
}
