package main

import (
	"strings"
	"time"

	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/report"
	"tyreso.se/incidentbot/store"
)

// riskMatrix draws the open risks as a picture, before and after measures. A risk that is not estimated after measures stands there in
// brackets where it is now.
func riskMatrix(texts *locale.Texts, settings handlers.Settings, now func() time.Time) func(string, []store.Risk) (handlers.File, error) {
	return func(lang string, risks []store.Risk) (handlers.File, error) {
		t := func(key string, data ...locale.Data) string { return texts.T(lang, key, data...) }
		day := now().In(settings.Location).Format(time.DateOnly)
		m := report.RiskMatrix{
			Title:  t("risk.matrix.title", locale.Data{"Day": day}),
			Before: report.RiskField{Title: t("risk.matrix.before")}, After: report.RiskField{Title: t("risk.matrix.after")},
			Likelihood: t("risk.matrix.likelihood"), Consequence: t("risk.matrix.consequence"), Limits: settings.RiskLimits,
		}
		missing, same := 0, false
		for _, r := range risks {
			if !r.Before.Made() {
				missing++
				continue
			}
			m.Before.Risks = append(m.Before.Risks, report.PlacedRisk{Label: r.Number(), Estimate: r.Before})
			after := report.PlacedRisk{Label: r.Number(), Estimate: r.After}
			if !r.After.Made() {
				after.Label, after.Estimate, same = "("+r.Number()+")", r.Before, true
			}
			m.After.Risks = append(m.After.Risks, after)
		}
		if same {
			m.Notes = append(m.Notes, t("risk.matrix.same"))
		}
		if missing > 0 {
			m.Notes = append(m.Notes, t("risk.matrix.missing", locale.Data{"Number": missing, "Count": missing}))
		}
		said := func(f report.RiskField) string {
			if len(f.Risks) == 0 {
				return t("risk.matrix.none")
			}
			all := make([]string, len(f.Risks))
			for i, r := range f.Risks {
				all[i] = t("risk.matrix.placed", locale.Data{
					"Number": r.Label, "Likelihood": r.Estimate.Likelihood, "Consequence": r.Estimate.Consequence,
				})
			}
			return strings.Join(all, ", ")
		}
		content, err := report.RiskPicture(m)
		return handlers.File{
			Name:    t("risk.matrix.name") + " " + day + ".png",
			Alt:     t("risk.matrix.alt", locale.Data{"Day": day, "Before": said(m.Before), "After": said(m.After)}),
			Content: content,
		}, err
	}
}
