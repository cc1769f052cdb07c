package handlers

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// openClose opens the dialog that ends a case with its cause and lesson.
func (a *App) openClose(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.Close)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	return bot.Reply{Dialog: a.closeDialog(lang, incident)}, nil
}

func (a *App) closeDialog(lang string, incident store.Incident) *bot.Dialog {
	t := func(key string) string { return a.Texts.T(lang, key) }
	var causes []bot.Option
	for _, c := range policy.Causes() {
		causes = append(causes, bot.Option{Value: string(c), Label: t("cause." + string(c))})
	}
	dialog := &bot.Dialog{
		ID: closeButton, Subject: incident.Ref, Title: incident.Number, Submit: t("close.submit"), Cancel: t("button.cancel"),
		Fields: []bot.Field{
			{ID: fieldCause, Kind: bot.Choice, Required: true, Label: t("close.cause"), Help: t("close.cause.help"), Options: causes},
			{ID: fieldLesson, Kind: bot.LongText, Max: maxNote, Label: t("close.lesson"), Help: t("close.lesson.help")},
		},
	}
	if !incident.StopQuestion { // of that no category is kept
		dialog.Fields = append([]bot.Field{{
			ID: fieldCategory, Kind: bot.Choice, Required: true, Label: t("card.category"), Help: t("close.category.help"),
			Options: a.categoryOptions(lang),
		}}, dialog.Fields...)
		dialog.Values = bot.Values{fieldCategory: {string(incident.Category)}}
	}
	return dialog
}

// errStillOpen stops the closing of a case, and of those under it, with a duty that is open.
var errStillOpen = errors.New("a duty is open")

// close ends a case, and those that are handled under it. It confirms the case's category: what the year's figures rest on. It can be
// closed without having been acknowledged: the one who closes it has seen it.
func (a *App) close(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.Close)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	if found := a.closeDialog(lang, incident).Check(req.Values, 0, a.Store.Now()); len(found) > 0 {
		return bot.Reply{Errors: a.problems(lang, found)}, nil
	}
	cause := policy.Cause(req.Values.Get(fieldCause))
	category := policy.Category(req.Values.Get(fieldCategory))
	lesson, _ := policy.MaskPersonalNumbers(req.Values.Get(fieldLesson))
	var open []string
	outcome := ""
	err = a.changeGroup(ctx, req, incident, policy.Close, "incident.closed",
		func(tx *store.Tx, actor store.Account, c *store.Incident) (map[string]any, error) {
			if c.Status == store.Closed {
				return nil, errClosed
			}
			if open, err = a.stillOpen(ctx, tx, lang, *c); err != nil || len(open) > 0 {
				return nil, cmp.Or(err, errStillOpen)
			}
			for _, clock := range []string{unacknowledgedClock(c.ID), decideClock(c.ID)} {
				if _, err := tx.Supersede(ctx, clock); err != nil {
					return nil, err
				}
			}
			detail := map[string]any{"old": c.Status, "new": store.Closed, "cause": cause, "lesson_sha256": digest(lesson)}
			if c.ID == incident.ID && !c.StopQuestion { // of those under it, nobody has looked at the category
				detail["old_category"], detail["new_category"], detail["suggested"] = c.Category, category, c.Suggested
				c.Category = category
				outcome = confirm(tx, c)
			}
			if c.AcknowledgedAt == nil {
				c.AcknowledgedAt, c.AcknowledgedBy = &tx.Now, &actor.ID
			}
			c.Status, c.ClosedAt, c.ClosedBy = store.Closed, &tx.Now, &actor.ID
			c.Cause, c.Lesson = cause, lesson
			return detail, nil
		},
		func(tx *store.Tx, c store.Incident) ([]store.Delivery, error) {
			news, err := a.tellReporter(ctx, closedDelivery)(tx, c)
			if err != nil || c.ID != incident.ID {
				return news, err
			}
			cards, err := a.newlyConcerned(ctx, tx, incident, c)
			return append(news, cards...), err
		})
	a.countConfirmation(outcome, err)
	if errors.Is(err, errStillOpen) {
		text := a.Texts.T(lang, "problem.obligations", map[string]any{"Steps": strings.Join(open, ", ")})
		return bot.Reply{Errors: map[string]string{fieldCause: text}}, nil
	}
	return a.ended(lang, fieldCause, err)
}

// stillOpen are the duties of a case that are neither done nor found not to be needed, in words: such a case is not closed.
func (a *App) stillOpen(ctx context.Context, tx *store.Tx, lang string, c store.Incident) (steps []string, err error) {
	obligations, err := tx.Obligations(ctx, c.ID)
	for _, o := range obligations {
		if o.State == store.ObligationOpen {
			step := a.Texts.T(lang, "step."+o.Step)
			if c.LeadID != nil { // it may be closed with the one that it is under
				step = c.Number + " " + step
			}
			steps = append(steps, step)
		}
	}
	return steps, err
}
