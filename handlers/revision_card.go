package handlers

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// revisionView is all that the card of a revision shows, so that drawing it is a pure function of it.
type revisionView struct {
	Revision  store.Revision
	StartedBy string
	EndedBy   string
	Since     time.Time    // when the document was last decided on, or a year back
	Happened  store.Period // since then
	Trained   Figures      // how training stands, or stood when it was decided
	Risks     []store.Risk // open ones
	Roles     []policy.Role
}

// revisionViewOf reads what a revision's card shows.
func (a *App) revisionViewOf(ctx context.Context, r store.Revision) (revisionView, error) {
	v := revisionView{Revision: r, StartedBy: a.accountName(ctx, r.StartedBy), EndedBy: a.accountName(ctx, r.EndedBy)}
	var err error
	if v.Since, err = a.lastDecided(ctx, r); err != nil {
		return v, err
	}
	to := a.Store.Now()
	if r.EndedAt != nil {
		to = *r.EndedAt
	}
	if v.Happened, err = a.Store.Period(ctx, v.Since, to); err != nil {
		return v, err
	}
	rows, err := a.TrainingOn(ctx, policy.DayOf(to, a.Settings.Location))
	if err != nil {
		return v, err
	}
	v.Trained = total(rows, func(TrainingRow) bool { return true })
	v.Risks, err = a.Store.OpenRisks(ctx, "")
	return v, err
}

// lastDecided is when a revision's document was decided on before, or a year before it was asked for.
func (a *App) lastDecided(ctx context.Context, r store.Revision) (time.Time, error) {
	earlier, err := a.Store.Revisions(ctx, r.Document)
	if err != nil {
		return time.Time{}, err
	}
	since := r.PromptedAt.AddDate(-1, 0, 0)
	for _, e := range earlier {
		if e.Year < r.Year && e.EndedAt != nil && e.State != store.RevisionMissed {
			since = *e.EndedAt
		}
	}
	return since, nil
}

// revisionCard draws the card of a revision: what is to be revised and by when, what has happened since last time, what to go through, and
// what can be done. Nothing that anybody wrote stands on it.
func (a *App) revisionCard(lang string, v revisionView) bot.Message {
	t := func(key string, data ...locale.Data) string { return a.Texts.T(lang, key, data...) }
	r := v.Revision
	about := locale.Data{"Title": r.Title, "Year": r.Year, "State": t("revision.state." + string(r.State))}
	facts := bot.Facts{
		{Label: t("revision.owner"), Value: t("role." + string(r.Owner))},
		{Label: t("revision.due"), Value: r.DueOn},
	}
	if r.StartedAt != nil {
		facts = append(facts, bot.Fact{Label: t("revision.started"), Value: t("revision.by", locale.Data{
			"Name": v.StartedBy, "Time": locale.Time(*r.StartedAt, a.Settings.Location),
		})})
	}
	if r.EndedAt != nil && r.EndedBy != nil {
		facts = append(facts, bot.Fact{Label: t("revision.ended"), Value: t("revision.by", locale.Data{
			"Name": v.EndedBy, "Time": locale.Time(*r.EndedAt, a.Settings.Location),
		})})
	}
	if r.State == store.RevisionRevised {
		facts = append(facts,
			bot.Fact{Label: t("revision.edition"), Value: r.Edition}, bot.Fact{Label: t("revision.decided"), Value: r.DecidedOn})
	}
	m := bot.Message{Summary: t("revision.summary", about), Blocks: []bot.Block{bot.Heading(t("revision.heading", about)), facts}}
	if r.State.Ended() {
		m.Blocks = append(m.Blocks, bot.Paragraph(t("revision.done."+string(r.State))))
	} else {
		m.Blocks = append(m.Blocks,
			bot.Paragraph(t("revision.ask")),
			bot.Heading(t("revision.happened", locale.Data{"Since": v.Since.In(a.Settings.Location).Format(time.DateOnly)})),
			a.happenedFacts(lang, v),
			bot.Heading(t("revision.checklist")), bot.List(a.revisionChecklist(lang)))
	}
	if buttons := a.revisionButtons(lang, v); len(buttons) > 0 {
		m.Blocks = append(m.Blocks, buttons)
	}
	return m
}

// checklistItems are what policy clause 3 wants to be gone through.
func checklistItems() []string { return []string{"around", "compliance", "goals", "improvements"} }

func (a *App) revisionChecklist(lang string) []string {
	var items []string
	for _, item := range checklistItems() {
		items = append(items, a.Texts.T(lang, "revision.checklist."+item))
	}
	return items
}

// mostCategories is how many categories are named before the rest is summed up.
const mostCategories = 5

// happenedFacts are what has happened, in figures.
func (a *App) happenedFacts(lang string, v revisionView) bot.Facts {
	t := func(key string, data ...locale.Data) string { return a.Texts.T(lang, key, data...) }
	p := v.Happened
	facts := bot.Facts{{Label: t("period.cases"), Value: t("period.cases.text", locale.Data{
		"Cases": p.Cases, "NearMisses": p.NearMisses, "Open": p.Open,
	})}}
	if p.Cases > 0 {
		facts = append(facts, bot.Fact{Label: t("period.categories"), Value: a.categoriesText(lang, p.Categories)})
	}
	if p.Duties > 0 {
		facts = append(facts, bot.Fact{Label: t("period.duties"), Value: t("period.duties.text", locale.Data{
			"Done": p.DutiesDone, "Late": p.DutiesLate, "Duties": p.Duties,
		})})
	}
	if v.Trained.Asked > 0 {
		facts = append(facts, bot.Fact{Label: t("period.training"), Value: a.figuresText(lang, v.Trained)})
	}
	grave, missing := 0, 0
	for _, r := range v.Risks {
		switch a.Settings.RiskLimits.Level(r.Before) {
		case 0:
			missing++
		case policy.RiskGrave:
			grave++
		}
	}
	return append(facts,
		bot.Fact{Label: t("period.risks"), Value: t("period.risks.text", locale.Data{"Open": len(v.Risks), "Grave": grave, "Missing": missing})},
		bot.Fact{Label: t("period.measures"), Value: t("period.measures.text", locale.Data{"Open": p.Measures, "Late": p.MeasureLate})},
		bot.Fact{Label: t("period.systems"), Value: fmt.Sprint(p.Systems)},
		bot.Fact{Label: t("period.suggestions"), Value: fmt.Sprint(p.Suggestions)})
}

// categoriesText is the commonest categories with their figures.
func (a *App) categoriesText(lang string, counts map[policy.Category]int) string {
	categories := policy.Categories()
	slices.SortStableFunc(categories, func(x, y policy.Category) int { return cmp.Compare(counts[y], counts[x]) })
	var words []string
	rest := 0
	for i, c := range categories {
		switch {
		case counts[c] == 0:
		case i < mostCategories:
			words = append(words, fmt.Sprintf("%s %d", a.Texts.T(lang, "category."+string(c)), counts[c]))
		default:
			rest += counts[c]
		}
	}
	if rest > 0 {
		words = append(words, fmt.Sprintf("%s %d", a.Texts.T(lang, "period.others"), rest))
	}
	return strings.Join(words, ", ")
}

// revisionButtons are what can be done with a revision as it stands, by whose copy it is.
func (a *App) revisionButtons(lang string, v revisionView) bot.Buttons {
	r := v.Revision
	var buttons bot.Buttons
	add := func(id string, style bot.Style) {
		roles := v.Roles
		if roles == nil {
			roles = []policy.Role{r.Owner}
		}
		if policy.MayRevise(roles, revisionButtonActions[id], r.Owner) {
			buttons = append(buttons, bot.Button{ID: id, Subject: r.Ref, Text: a.Texts.T(lang, "button."+id), Style: style})
		}
	}
	if !r.State.Ended() {
		if r.StartedAt == nil {
			add(reviseStartButton, bot.Primary)
		}
		add(reviseRevisedButton, bot.Plain)
		add(reviseUnchangedButton, bot.Plain)
		add(revisePostponeButton, bot.Plain)
	}
	add(reviseBasisButton, bot.Plain)
	return buttons
}

// revisionReminder draws a reminder of a revision from how things stand now; errPointless when it is decided.
func (a *App) revisionReminder(ctx context.Context, d store.Delivery, lang string, roles []policy.Role) (bot.Message, error) {
	r, err := a.Store.RevisionByID(ctx, *d.RevisionID)
	if err != nil {
		return bot.Message{}, fmt.Errorf("reading the revision of a reminder: %w", err)
	}
	if r.State.Ended() {
		return bot.Message{}, errPointless
	}
	deadline, err := policy.RevisionDay(r.DueOn, a.Settings.Location)
	if err != nil {
		return bot.Message{}, fmt.Errorf("reading the last day of a revision: %w", err)
	}
	key := "revision.reminder"
	if !deadline.After(a.Store.Now()) {
		key = "revision.overdue"
	}
	about := locale.Data{"Title": r.Title, "Year": r.Year, "Due": r.DueOn}
	text := a.Texts.T(lang, key, about)
	if r.StartedAt != nil {
		text += " " + a.Texts.T(lang, "revision.reminder.started", locale.Data{"Name": a.accountName(ctx, r.StartedBy)})
	}
	m := bot.Message{Summary: a.Texts.T(lang, "revision.reminder.heading", about), Blocks: []bot.Block{
		bot.Heading(a.Texts.T(lang, "revision.reminder.heading", about)), bot.Paragraph(text),
	}}
	if buttons := a.revisionButtons(lang, revisionView{Revision: r, Roles: roles}); len(buttons) > 0 {
		m.Blocks = append(m.Blocks, buttons)
	}
	return m, nil
}
