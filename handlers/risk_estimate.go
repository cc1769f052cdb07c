package handlers

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

const (
	fieldLikelihood  = "likelihood"
	fieldConsequence = "consequence"
)

// openEstimateRisk opens the dialog where a risk is estimated: as it is now, or as it will be when its measures are done.
func (a *App) openEstimateRisk(ctx context.Context, req bot.Request) (bot.Reply, error) {
	r, lang, denied, err := a.riskFor(ctx, req, policy.EstimateRisk)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	if req.Name == estimateRiskAfterButton && !r.Before.Made() {
		return a.private(lang, "risk.before_first"), nil
	}
	figures, err := a.riskFigures(ctx, r)
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Reply{Dialog: a.estimateDialog(lang, req.Name, r, figures)}, nil
}

// riskFigures are what the register knows of cases like a risk.
func (a *App) riskFigures(ctx context.Context, r store.Risk) (policy.RiskFigures, error) {
	figures, err := a.Store.RiskFigures(ctx, r, a.Store.Now().AddDate(0, -policy.RiskMonths, 0))
	if err != nil || r.SystemID == nil {
		return figures, err
	}
	s, err := a.Store.SystemByID(ctx, *r.SystemID)
	if err != nil {
		return figures, fmt.Errorf("reading the system of a risk: %w", err)
	}
	figures.Levels = s.Levels
	return figures, nil
}

func (a *App) estimateDialog(lang, button string, r store.Risk, f policy.RiskFigures) *bot.Dialog {
	t := func(key string, data ...locale.Data) string { return a.Texts.T(lang, key, data...) }
	scale := func(of string) (options []bot.Option) {
		for n := 1; n <= policy.HighestRisk; n++ {
			options = append(options, bot.Option{Value: strconv.Itoa(n), Label: t(fmt.Sprintf("risk.%s.%d", of, n))})
		}
		return options
	}
	note, estimate := a.figuresNote(lang, r, f), r.Before
	if button == estimateRiskAfterButton {
		note.Label, note.Help = t("risk.after.note", locale.Data{"Before": a.estimateText(lang, r.Before)}), ""
		estimate = r.After
	} else if !estimate.Made() {
		estimate = f.Propose()
	}
	d := &bot.Dialog{
		ID: button, Subject: r.Ref, Title: t("risk.heading", locale.Data{"Number": r.Number()}), Submit: t("button.save"),
		Cancel: t("button.cancel"), Values: bot.Values{},
		Fields: []bot.Field{
			note,
			{ID: fieldLikelihood, Kind: bot.Choice, Required: true, Label: t("risk.likelihood"), Options: scale(fieldLikelihood)},
			{ID: fieldConsequence, Kind: bot.Choice, Required: true, Label: t("risk.consequence"), Options: scale(fieldConsequence)},
			{ID: fieldReason, Kind: bot.LongText, Required: true, Min: 3, Max: maxNote, Label: t("risk.reason"), Help: t("risk.reason.help")},
		},
	}
	for field, n := range map[string]int{fieldLikelihood: estimate.Likelihood, fieldConsequence: estimate.Consequence} {
		if n > 0 {
			d.Values[field] = []string{strconv.Itoa(n)}
		}
	}
	return d
}

// figuresNote puts what the register knows of cases like a risk in words, and what that suggests.
func (a *App) figuresNote(lang string, r store.Risk, f policy.RiskFigures) bot.Field {
	t := func(key string, data ...locale.Data) string { return a.Texts.T(lang, key, data...) }
	months := min(f.Months, policy.RiskMonths)
	lines := []string{t("risk.figures", locale.Data{"Months": months, "Count": months})}
	of := func(said bool, key string, n int, data locale.Data) {
		if said {
			data["Number"], data["Count"] = n, n
			lines = append(lines, "• "+t(key, data))
		}
	}
	of(r.Category != "", "risk.figures.category", f.OfCategory, locale.Data{"Category": t("category." + string(r.Category))})
	of(r.SystemID != nil, "risk.figures.system", f.OfSystem, locale.Data{})
	of(r.Cause != "", "risk.figures.cause", f.OfCause, locale.Data{"Cause": t("cause." + string(r.Cause))})
	of(true, "risk.figures.cases", f.Cases, locale.Data{"NearMisses": f.NearMisses})
	var conclusion []string
	switch {
	case f.Worst > 0 && f.Persons > 0:
		conclusion = append(conclusion, t("risk.figures.worst_persons",
			locale.Data{"Severity": a.severityText(lang, f.Worst), "Persons": f.Persons, "Count": f.Persons}))
	case f.Worst > 0:
		conclusion = append(conclusion, t("risk.figures.worst", locale.Data{"Severity": a.severityText(lang, f.Worst)}))
	case f.Levels != nil:
		conclusion = append(conclusion, t("risk.figures.levels", locale.Data{"Levels": levelCode(f.Levels)}))
	}
	proposed := f.Propose()
	key := "risk.figures.proposal"
	if proposed.Consequence == 0 {
		key = "risk.figures.proposal_likelihood"
	}
	conclusion = append(conclusion, t(key, locale.Data{"Likelihood": proposed.Likelihood, "Consequence": proposed.Consequence}))
	return bot.Field{ID: "note", Kind: bot.Note, Label: strings.Join(lines, "\n"), Help: strings.Join(conclusion, " ")}
}

// estimateRisk keeps an estimate with its reason. What the register suggested then is in the audit chain beside it.
func (a *App) estimateRisk(ctx context.Context, req bot.Request) (bot.Reply, error) {
	r, lang, denied, err := a.riskFor(ctx, req, policy.EstimateRisk)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	figures, err := a.riskFigures(ctx, r)
	if err != nil {
		return bot.Reply{}, err
	}
	if found := a.estimateDialog(lang, req.Name, r, figures).Check(req.Values, 0, a.Store.Now()); len(found) > 0 {
		return bot.Reply{Errors: a.problems(lang, found)}, nil
	}
	number := func(field string) int {
		n, _ := strconv.Atoi(req.Values.Get(field)) // Check has seen that it is one of the options
		return n
	}
	estimate := policy.RiskEstimate{Likelihood: number(fieldLikelihood), Consequence: number(fieldConsequence)}
	reason, _ := policy.MaskPersonalNumbers(strings.TrimSpace(req.Values.Get(fieldReason)))
	action := "risk.estimated"
	if req.Name == estimateRiskAfterButton {
		action = "risk.estimated_after"
	}
	err = a.changeRisk(ctx, req, r, action, func(tx *store.Tx, actor store.Account, r *store.Risk) (map[string]any, error) {
		detail := map[string]any{"new": estimateCode(estimate), "reason_sha256": digest(reason)}
		if req.Name == estimateRiskAfterButton {
			detail["old"] = estimateCode(r.After)
			r.After, r.ReasonAfter = estimate, reason
		} else {
			detail["old"], detail["proposed"] = estimateCode(r.Before), estimateCode(figures.Propose())
			r.Before, r.Reason = estimate, reason
		}
		r.EstimatedAt, r.EstimatedBy = &tx.Now, &actor.ID
		return detail, nil
	})
	return a.changedRisk(ctx, req, lang, r, fieldReason, err)
}

// estimateCode is an estimate in short: "4x3".
func estimateCode(e policy.RiskEstimate) string {
	return fmt.Sprintf("%dx%d", e.Likelihood, e.Consequence)
}

// openEndRisk opens the dialog where a risk ends.
func (a *App) openEndRisk(ctx context.Context, req bot.Request) (bot.Reply, error) {
	r, lang, denied, err := a.riskFor(ctx, req, policy.EndRisk)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	return bot.Reply{Dialog: a.endRiskDialog(lang, r)}, nil
}

func (a *App) endRiskDialog(lang string, r store.Risk) *bot.Dialog {
	t := func(key string, data ...locale.Data) string { return a.Texts.T(lang, key, data...) }
	return &bot.Dialog{
		ID: endRiskButton, Subject: r.Ref, Title: t("risk.heading", locale.Data{"Number": r.Number()}), Submit: t("button.save"),
		Cancel: t("button.cancel"),
		Fields: []bot.Field{
			{ID: fieldReason, Kind: bot.LongText, Required: true, Min: 3, Max: maxNote, Label: t("risk.end.reason"), Help: t("risk.end.help")},
		},
	}
}

// endRisk ends a risk: it is not there any more, because. Its measures are to be ended first, so that none is left that nobody sees.
func (a *App) endRisk(ctx context.Context, req bot.Request) (bot.Reply, error) {
	r, lang, denied, err := a.riskFor(ctx, req, policy.EndRisk)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	if found := a.endRiskDialog(lang, r).Check(req.Values, 0, a.Store.Now()); len(found) > 0 {
		return bot.Reply{Errors: a.problems(lang, found)}, nil
	}
	reason, _ := policy.MaskPersonalNumbers(strings.TrimSpace(req.Values.Get(fieldReason)))
	open := 0
	err = a.changeRisk(ctx, req, r, "risk.ended", func(tx *store.Tx, actor store.Account, r *store.Risk) (map[string]any, error) {
		if open, err = tx.OpenMeasuresOfRisk(ctx, r.ID); err != nil || open > 0 {
			return nil, cmp.Or(err, errDone)
		}
		r.EndedAt, r.EndedBy, r.EndedWhy = &tx.Now, &actor.ID, reason
		return map[string]any{"estimate": estimateCode(r.Before), "reason_sha256": digest(reason)}, nil
	})
	if err == nil && open > 0 {
		text := a.Texts.T(lang, "problem.risk_measures", locale.Data{"Number": open, "Count": open})
		return bot.Reply{Errors: map[string]string{fieldReason: text}}, nil
	}
	return a.changedRisk(ctx, req, lang, r, fieldReason, err)
}
