package handlers

import (
	"context"
	"slices"
	"strings"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

const fieldVerdict = "verdict"

// decisionButtons are the buttons of the decisions, with what is decided and who may.
var decisionButtons = map[string]struct {
	decision policy.Decision
	action   policy.Action
}{
	breachButton:      {policy.BreachDecision, policy.DecideBreach},
	significantButton: {policy.SignificantDecision, policy.DecideSignificant},
}

// openDecision opens the dialog of a decision that legal clocks depend on.
func (a *App) openDecision(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, decisionButtons[req.Name].action)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	dialog, err := a.decisionDialog(ctx, lang, req.Name, incident)
	return bot.Reply{Dialog: dialog}, err
}

func (a *App) decisionDialog(ctx context.Context, lang, button string, incident store.Incident) (*bot.Dialog, error) {
	t := func(key string) string { return a.Texts.T(lang, key) }
	decision := decisionButtons[button].decision
	var verdicts []bot.Option
	for _, v := range policy.Verdicts(decision) {
		key := "verdict." + string(v)
		verdicts = append(verdicts, bot.Option{Value: string(v), Label: t(key), Help: t(key + ".help")})
	}
	note, err := a.decisionNote(ctx, lang, decision, incident)
	if err != nil {
		return nil, err
	}
	dialog := &bot.Dialog{
		ID: button, Subject: incident.Ref, Title: incident.Number, Submit: t("button.save"), Cancel: t("button.cancel"),
		Fields: []bot.Field{
			{ID: "note", Kind: bot.Note, Label: note},
			{ID: fieldVerdict, Kind: bot.Choice, Required: true, Label: t("decide." + button), Options: verdicts},
			{ID: fieldReason, Kind: bot.LongText, Required: true, Min: 3, Max: maxNote, Label: t("decide.reason"), Help: t("decide.reason.help")},
		},
		Values: bot.Values{},
	}
	decisions, err := a.Store.Decisions(ctx, incident.ID)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(decisions, func(d store.Decision) bool { return d.Decision == decision }); i >= 0 {
		dialog.Values[fieldVerdict], dialog.Values[fieldReason] = []string{string(decisions[i].Verdict)}, []string{decisions[i].Reason}
	}
	return dialog, nil
}

// decisionNote is what the decision rests on: what the rules propose and why, and that a person decides.
func (a *App) decisionNote(ctx context.Context, lang string, d policy.Decision, incident store.Incident) (string, error) {
	if d == policy.BreachDecision {
		return a.Texts.T(lang, "decide.breach.note"), nil
	}
	reasons, err := a.proposal(ctx, incident)
	if err != nil {
		return "", err
	}
	if len(reasons) == 0 {
		return a.Texts.T(lang, "decide.significant.nothing"), nil
	}
	words := make([]string, len(reasons))
	for i, r := range reasons {
		words[i] = a.Texts.T(lang, "significant_reason."+string(r), locale.Data{
			"Hours": a.Settings.Thresholds.OutageHours, "Persons": a.Settings.Thresholds.Persons, "Count": a.Settings.Thresholds.SameCause,
		})
	}
	return a.Texts.T(lang, "decide.significant.proposal", locale.Data{"Reasons": strings.Join(words, " ")}), nil
}

// proposal is why an incident may be significant, by the municipality's thresholds.
func (a *App) proposal(ctx context.Context, incident store.Incident) ([]policy.SignificanceReason, error) {
	now := a.Store.Now()
	similar, err := a.Store.SimilarIncidents(ctx, incident, now.Add(-a.Settings.Thresholds.SameCauseTime))
	if err != nil {
		return nil, err
	}
	return a.Settings.Thresholds.ProposeSignificant(policy.SignificanceInput{
		Aspects: incident.Aspects, Persons: incident.Persons, PersonalData: incident.PersonalData, Sensitive: incident.SensitiveData,
		NearMiss: incident.NearMiss, Ongoing: incident.Ongoing, Discovered: incident.DiscoveredAt, Now: now,
		Severity: incident.Severity, Similar: similar,
	}), nil
}

// decide keeps a decision, and opens and ends the clocks that follow from it.
func (a *App) decide(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, decisionButtons[req.Name].action)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	dialog, err := a.decisionDialog(ctx, lang, req.Name, incident)
	if err != nil {
		return bot.Reply{}, err
	}
	if found := dialog.Check(req.Values, 0, a.Store.Now()); len(found) > 0 {
		return bot.Reply{Errors: a.problems(lang, found)}, nil
	}
	verdict := policy.Verdict(req.Values.Get(fieldVerdict))
	if verdict != policy.NotSignificant && verdict != policy.NoBreach && incident.NearMiss {
		return bot.Reply{Errors: map[string]string{fieldVerdict: a.Texts.T(lang, "problem.near_miss")}}, nil
	}
	reason, _ := policy.MaskPersonalNumbers(strings.TrimSpace(req.Values.Get(fieldReason)))
	err = a.change(ctx, req, incident, "incident.decided",
		func(tx *store.Tx, actor store.Account, c *store.Incident) (map[string]any, error) {
			if c.Status == store.Closed {
				return nil, errClosed
			}
			d := store.Decision{
				IncidentID: c.ID, Decision: decisionButtons[req.Name].decision, Verdict: verdict, Reason: reason, AccountID: actor.ID,
			}
			if err := tx.Decide(ctx, &d); err != nil {
				return nil, err
			}
			if d.Decision == policy.BreachDecision {
				if verdict != policy.NoBreach {
					c.PersonalData = policy.Yes
				}
				if err := a.decided(ctx, tx, *c); err != nil {
					return nil, err
				}
			}
			detail := map[string]any{"decision": d.Decision, "verdict": verdict, "reason_sha256": digest(reason)}
			c.Regulations = policy.Settled(c.Regulations, verdict)
			opened, ended, err := a.openAndEnd(ctx, tx, *c, d)
			detail["opened"], detail["ended"] = opened, ended
			return detail, err
		},
		func(tx *store.Tx, c store.Incident) ([]store.Delivery, error) {
			return a.newlyConcerned(ctx, tx, incident, c)
		})
	return a.ended(lang, fieldVerdict, err)
}

// decided takes back the reminders to decide, also for what is handled under the case: it is one breach.
func (a *App) decided(ctx context.Context, tx *store.Tx, c store.Incident) error {
	members, err := tx.Members(ctx, c.ID)
	if err != nil {
		return err
	}
	for _, one := range append(members, c) {
		if _, err := tx.Supersede(ctx, decideClock(one.ID)); err != nil {
			return err
		}
	}
	return nil
}

// openAndEnd opens the duties that a decision opens and ends, with its reason, those that it no longer does: never silently. What was done
// stays done. It returns the steps.
func (a *App) openAndEnd(ctx context.Context, tx *store.Tx, c store.Incident, d store.Decision) (opened, ended []string, err error) {
	known, err := tx.Obligations(ctx, c.ID)
	if err != nil {
		return nil, nil, err
	}
	for _, step := range a.Settings.Steps {
		if !slices.ContainsFunc(policy.Verdicts(d.Decision), step.Opens) {
			continue // another decision's
		}
		i := slices.IndexFunc(known, func(o store.Obligation) bool { return o.Step == step.Key })
		switch {
		case step.Opens(d.Verdict) && i < 0:
			err = a.openObligation(ctx, tx, c.ID, step, c.DiscoveredAt)
			opened = append(opened, step.Key)
		case step.Opens(d.Verdict) && known[i].State == store.ObligationNotNeeded:
			o := known[i]
			o.State, o.EndedAt, o.EndedBy, o.Reason = store.ObligationOpen, nil, nil, ""
			err = a.startClock(ctx, tx, step, o, o.StartAt)
			opened = append(opened, step.Key)
		case !step.Opens(d.Verdict) && i >= 0 && known[i].State == store.ObligationOpen:
			o := known[i]
			o.State, o.EndedAt, o.EndedBy, o.Reason = store.ObligationNotNeeded, &tx.Now, &d.AccountID, d.Reason
			err = a.endClock(ctx, tx, o)
			ended = append(ended, step.Key)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return opened, ended, nil
}

// newlyConcerned are the cards for roles that a case did not concern before it was changed.
func (a *App) newlyConcerned(ctx context.Context, tx *store.Tx, before, after store.Incident) ([]store.Delivery, error) {
	added := without(facts(after).Concerned(), facts(before).Concerned())
	if len(added) == 0 {
		return nil, nil
	}
	targets, err := tx.CardTargets(ctx, after.ID)
	if err != nil {
		return nil, err
	}
	onDuty, err := a.roster(ctx, tx, tx.Now)
	if err != nil {
		return nil, err
	}
	deliveries, err := a.toRoles(ctx, onDuty, added, cardDelivery, after)
	return slices.DeleteFunc(deliveries, func(d store.Delivery) bool {
		return slices.ContainsFunc(targets, func(t store.Delivery) bool { return t.Lane == d.Lane })
	}), err
}
