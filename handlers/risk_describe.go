package handlers

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// openRaiseRisk opens the dialog where a risk that was seen in a case is described. What was reported is not carried over: more people see
// the risks than may read that.
func (a *App) openRaiseRisk(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.RaiseRisk)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	r := store.Risk{Category: incident.Category, Cause: incident.Cause, SystemID: incident.SystemID}
	dialog, err := a.riskDialog(ctx, lang, raiseRiskButton, incident.Ref, r)
	return bot.Reply{Dialog: dialog}, err
}

// raiseRisk adds a risk that was seen in a case.
func (a *App) raiseRisk(ctx context.Context, req bot.Request) (bot.Reply, error) {
	incident, lang, denied, err := a.caseFor(ctx, req, policy.RaiseRisk)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	r, errs, err := a.describedRisk(ctx, lang, req.Values)
	if err != nil || len(errs) > 0 {
		return bot.Reply{Errors: errs}, err
	}
	r.IncidentID = &incident.ID
	err = a.change(ctx, req, incident, "risk.raised",
		func(tx *store.Tx, actor store.Account, _ *store.Incident) (map[string]any, error) {
			return map[string]any{"risk": r.Ref}, a.addRisk(ctx, tx, req, actor, &r)
		},
		func(*store.Tx, store.Incident) ([]store.Delivery, error) { return a.toRiskOwner(r), nil })
	if err != nil {
		return bot.Reply{}, err
	}
	return a.showAdded(ctx, req, lang, r)
}

// openNewRisk opens the dialog where a risk is described that was seen in no case.
func (a *App) openNewRisk(ctx context.Context, req bot.Request) (bot.Reply, error) {
	lang, denied, err := a.mayAddRisk(ctx, req)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	dialog, err := a.riskDialog(ctx, lang, newRiskButton, "", store.Risk{})
	return bot.Reply{Dialog: dialog}, err
}

// newRisk adds a risk that was seen in no case.
func (a *App) newRisk(ctx context.Context, req bot.Request) (bot.Reply, error) {
	lang, denied, err := a.mayAddRisk(ctx, req)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	r, errs, err := a.describedRisk(ctx, lang, req.Values)
	if err != nil || len(errs) > 0 {
		return bot.Reply{Errors: errs}, err
	}
	err = a.once(ctx, req.Key, func(tx *store.Tx) error {
		actor, err := a.ensureAccount(ctx, tx, req.Actor)
		if err != nil {
			return err
		}
		if err := a.addRisk(ctx, tx, req, actor, &r); err != nil {
			return err
		}
		return a.post(ctx, tx, a.toRiskOwner(r))
	})
	if err != nil {
		return bot.Reply{}, fmt.Errorf("adding a risk: %w", err)
	}
	return a.showAdded(ctx, req, lang, r)
}

func (a *App) mayAddRisk(ctx context.Context, req bot.Request) (lang string, denied *bot.Reply, err error) {
	lang = a.language(ctx, req.Actor)
	_, may, err := a.mayWithRisks(ctx, req.Actor, policy.AddRisk)
	if err == nil && !may {
		denied, err = a.refuse(ctx, req, lang, "", string(policy.AddRisk))
	}
	return lang, denied, err
}

// addRisk keeps a new risk.
func (a *App) addRisk(ctx context.Context, tx *store.Tx, req bot.Request, actor store.Account, r *store.Risk) error {
	r.CreatedBy = actor.ID
	if err := tx.AddRisk(ctx, r); err != nil {
		return err
	}
	return a.audit(ctx, tx, actorName(req.Actor), "risk.added", r.Number(), map[string]any{
		"category": r.Category, "cause": r.Cause, "text_sha256": digest(r.Text), "owner_sha256": digest(r.OwnerEmail),
	})
}

// showAdded shows a new risk, from which it is estimated. Of what a platform tells again, the first one stands.
func (a *App) showAdded(ctx context.Context, req bot.Request, lang string, r store.Risk) (bot.Reply, error) {
	added, err := a.Store.Risk(ctx, r.Ref)
	if errors.Is(err, store.ErrNotFound) {
		return a.private(lang, "risk.kept"), nil
	}
	if err != nil {
		return bot.Reply{}, err
	}
	may, err := a.mayWithRisk(ctx, req.Actor, added, policy.SeeRisk)
	if err != nil {
		return bot.Reply{}, err
	}
	if !may { // a manager who gave it to somebody else
		return a.private(lang, "risk.kept"), nil
	}
	return a.showRisk(ctx, req, added)
}

// toRiskOwner addresses who owns a risk.
func (a *App) toRiskOwner(r store.Risk) []store.Delivery {
	deliveries := a.toHolders([]Holder{a.holderOf(r.OwnerEmail)}, riskDelivery, nil)
	for i := range deliveries {
		deliveries[i].RiskID = &r.ID
	}
	return deliveries
}

// openChangeRisk opens the dialog where what a risk is, and whose, is changed.
func (a *App) openChangeRisk(ctx context.Context, req bot.Request) (bot.Reply, error) {
	r, lang, denied, err := a.riskFor(ctx, req, policy.ChangeRisk)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	dialog, err := a.riskDialog(ctx, lang, changeRiskButton, r.Ref, r)
	return bot.Reply{Dialog: dialog}, err
}

// describeRisk changes what a risk is, and whose. A new owner is told.
func (a *App) describeRisk(ctx context.Context, req bot.Request) (bot.Reply, error) {
	r, lang, denied, err := a.riskFor(ctx, req, policy.ChangeRisk)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	described, errs, err := a.describedRisk(ctx, lang, req.Values)
	if err != nil || len(errs) > 0 {
		return bot.Reply{Errors: errs}, err
	}
	err = a.changeRisk(ctx, req, r, "risk.changed", func(tx *store.Tx, _ store.Account, r *store.Risk) (map[string]any, error) {
		detail := map[string]any{
			"old_category": r.Category, "new_category": described.Category, "old_cause": r.Cause, "new_cause": described.Cause,
			"text_sha256": digest(described.Text), "owner_sha256": digest(described.OwnerEmail),
		}
		handed := r.OwnerEmail != described.OwnerEmail
		r.Text, r.Category, r.Cause, r.SystemID = described.Text, described.Category, described.Cause, described.SystemID
		r.Unit, r.OwnerEmail, r.OwnerName = described.Unit, described.OwnerEmail, described.OwnerName
		if !handed {
			return detail, nil
		}
		return detail, a.post(ctx, tx, a.toRiskOwner(*r))
	})
	return a.changedRisk(ctx, req, lang, r, fieldRisk, err)
}

// riskDialog asks what can happen, where, and whose it is to see to it.
func (a *App) riskDialog(ctx context.Context, lang, button, subject string, r store.Risk) (*bot.Dialog, error) {
	t := func(key string) string { return a.Texts.T(lang, key) }
	anyOf := []bot.Option{{Value: noneChosen, Label: t("risk.any")}}
	causes := anyOf
	for _, c := range policy.Causes() {
		causes = append(causes, bot.Option{Value: string(c), Label: t("cause." + string(c))})
	}
	d := &bot.Dialog{
		ID: button, Subject: subject, Title: t("risk.title"), Submit: t("button.save"), Cancel: t("button.cancel"),
		Fields: []bot.Field{
			{ID: fieldRisk, Kind: bot.LongText, Required: true, Min: 5, Max: maxRisk, Label: t("risk.text"), Help: t("risk.text.help")},
			{ID: fieldCategory, Kind: bot.Choice, Required: true, Label: t("card.category"), Help: t("risk.category.help"),
				Options: append(anyOf, a.categoryOptions(lang)...)},
			{ID: fieldSystem, Kind: bot.Lookup, Label: t("card.system"), Placeholder: t("report.system.placeholder")},
			{ID: fieldCause, Kind: bot.Choice, Required: true, Label: t("close.cause"), Options: causes},
			{ID: fieldUnit, Kind: bot.Text, Required: true, Min: 2, Max: maxUnit, Label: t("risk.unit"), Help: t("risk.unit.help")},
			{ID: fieldOwner, Kind: bot.Text, Required: true, Min: 2, Max: maxOwner, Label: t("risk.owner"), Help: t("risk.owner.help")},
		},
		Values: bot.Values{fieldCategory: {orNone(string(r.Category))}, fieldCause: {orNone(string(r.Cause))}},
	}
	fill := func(field, value string) {
		if value != "" {
			d.Values[field] = []string{value}
		}
	}
	fill(fieldRisk, r.Text)
	fill(fieldUnit, r.Unit)
	fill(fieldOwner, r.OwnerEmail)
	if r.SystemID != nil {
		s, err := a.Store.SystemByID(ctx, *r.SystemID)
		if err != nil {
			return nil, fmt.Errorf("reading the system of a risk: %w", err)
		}
		d.Values[fieldSystem] = []string{s.Key, s.Name}
	}
	return d, nil
}

func orNone(chosen string) string {
	if chosen == "" {
		return noneChosen
	}
	return chosen
}

// describedRisk is the risk that the answers describe, with a reference of its own; errs are what is wrong with them, by field.
func (a *App) describedRisk(ctx context.Context, lang string, v bot.Values) (r store.Risk, errs map[string]string, err error) {
	dialog, err := a.riskDialog(ctx, lang, newRiskButton, "", store.Risk{})
	if err != nil {
		return r, nil, err
	}
	errs = a.problems(lang, dialog.Check(v, 0, a.Store.Now()))
	r.Ref = a.NewRef()
	r.Text, _ = policy.MaskPersonalNumbers(strings.TrimSpace(v.Get(fieldRisk)))
	if chosen := v.Get(fieldCategory); chosen != noneChosen {
		r.Category = policy.Category(chosen)
	}
	if chosen := v.Get(fieldCause); chosen != noneChosen {
		r.Cause = policy.Cause(chosen)
	}
	system, err := a.systemByAnswer(ctx, v.Get(fieldSystem))
	if err != nil {
		return r, nil, err
	}
	if system != nil {
		r.SystemID = &system.ID
	}
	if r.Unit, err = a.unitCalled(ctx, v.Get(fieldUnit)); err != nil {
		return r, nil, err
	}
	if errs[fieldOwner] == "" {
		problem := ""
		if r.OwnerEmail, r.OwnerName, problem, err = a.owner(ctx, lang, v.Get(fieldOwner)); err != nil {
			return r, nil, err
		}
		if problem != "" {
			errs[fieldOwner] = problem
		}
	}
	return r, errs, nil
}

// unitCalled is a unit as the staff list spells it, or as it was typed when the list has none like it.
func (a *App) unitCalled(ctx context.Context, typed string) (string, error) {
	typed = strings.Join(strings.Fields(typed), " ")
	t, err := a.tree(ctx)
	if err != nil {
		return "", err
	}
	for _, u := range t.units {
		if strings.EqualFold(u.Name, typed) {
			return u.Name, nil
		}
	}
	return typed, nil
}

// changeRisk is one change of a risk: claimed, applied to it as it is now, and audited, in one transaction. apply returns what the audit
// event says, or errDone when it already is as wanted. The error is errClosed when the risk has ended.
func (a *App) changeRisk(ctx context.Context, req bot.Request, r store.Risk, action string,
	apply func(tx *store.Tx, actor store.Account, r *store.Risk) (detail map[string]any, err error),
) error {
	err := a.once(ctx, req.Key, func(tx *store.Tx) error {
		actor, err := a.ensureAccount(ctx, tx, req.Actor)
		if err != nil {
			return err
		}
		var detail map[string]any
		err = tx.UpdateRisk(ctx, r.ID, func(r *store.Risk) error {
			if r.EndedAt != nil {
				return errClosed
			}
			detail, err = apply(tx, actor, r)
			return err
		})
		if err != nil {
			return err
		}
		return a.audit(ctx, tx, actorName(req.Actor), action, r.Number(), detail)
	})
	return outcomeOf("a risk", action, err)
}

// changedRisk is the reply to a dialog whose change of a risk has been tried: the risk as it is now, and at the field what to know when the
// risk ended meanwhile.
func (a *App) changedRisk(ctx context.Context, req bot.Request, lang string, r store.Risk, field string, err error) (bot.Reply, error) {
	if errors.Is(err, errClosed) {
		return bot.Reply{Errors: map[string]string{field: a.Texts.T(lang, "problem.risk_ended")}}, nil
	}
	if err != nil {
		return bot.Reply{}, err
	}
	now, err := a.Store.RiskByID(ctx, r.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	may, err := a.mayWithRisk(ctx, req.Actor, now, policy.SeeRisk)
	if err != nil || !may { // who handed it to somebody else, or has ended a measure of it
		return a.private(lang, "risk.saved"), err
	}
	return a.showRisk(ctx, req, now)
}
