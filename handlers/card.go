package handlers

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// cardView is all that a card shows, so that drawing it is a pure function of it.
type cardView struct {
	Incident       store.Incident
	System         *store.System // nil: not in the inventory
	Reporter       string        // shown for the stop question only, where somebody must be contacted
	AcknowledgedBy string
	ClosedBy       string
	Attachments    int
	Decisions      []store.Decision
	Obligations    []store.Obligation
	Assignee       string          // the name of who has the case in hand
	Affected       *store.Affected // nil: nobody has said
	Measures       []store.Measure
	Risks          []store.Risk     // that were seen in it
	Lead           *store.Incident  // nil: handled by itself
	Members        []store.Incident // handled under it
	Similar        []store.Incident // may be of the same event
	Room           *store.Room      // the latest; nil: none was opened
	Roles          []policy.Role    // of the person whose copy it is; nil: a channel's, where those who work the cases are
	Unreached      bool             // the reporter takes no messages
	Confidential   bool             // only the triage role reads it: the reporter's words may stand on it
	Hold           *store.Hold      // nil: not held
	HeldBy         string
	Delay          time.Duration // how late the card comes, 0 when it came as it should
}

// noticeableDelay is when a late card says so: a CISO must be able to tell when the clock really started.
const noticeableDelay = time.Minute

// surest is the highest figure that a suggestion is given, in per cent: it never is certain.
const surest = 99

// unsure is the confidence below which a suggestion is called uncertain rather than given a figure.
const unsure = 0.4

// card draws the triage card. Nothing on it quotes the report unless the view is confidential.
func (a *App) card(lang string, v cardView) bot.Message {
	t := func(key string, data ...locale.Data) string { return a.Texts.T(lang, key, data...) }
	c := v.Incident
	if c.Secret && v.Roles == nil {
		v.Obligations = nil // what is to be done tells what it is about
	}
	state := t("status." + string(c.Status))
	m := bot.Message{Summary: t("card.summary", locale.Data{"Number": c.Number, "State": state})}
	if c.StopQuestion {
		m.Summary = t("card.stop.summary", locale.Data{"Number": c.Number})
	}
	m.Blocks = append(m.Blocks, bot.Heading(t("card.heading", locale.Data{"Number": c.Number, "State": state})))
	switch {
	case c.Secret && v.Roles == nil:
		m.Blocks = append(m.Blocks, bot.Paragraph(t("card.secret")), bot.Facts{
			{Label: t("card.severity"), Value: a.severityText(lang, c.Severity)},
			{Label: t("card.registered"), Value: locale.Deadline(c.RegisteredAt, a.Settings.Location)},
		})
	case c.StopQuestion:
		m.Blocks = append(m.Blocks,
			bot.Paragraph(t("card.stop", locale.Data{"Name": v.Reporter})),
			bot.Facts{{Label: t("card.registered"), Value: locale.Deadline(c.RegisteredAt, a.Settings.Location)}})
	default:
		m.Blocks = append(m.Blocks, a.cardFacts(lang, v))
	}
	if len(v.Obligations) > 0 {
		m.Blocks = append(m.Blocks, bot.Heading(t("card.obligations")), a.obligationFacts(lang, v.Obligations))
	}
	if v.Confidential && c.Text != "" && !c.Secret {
		m.Blocks = append(m.Blocks, bot.Quote(c.Text))
		if c.Done != "" {
			m.Blocks = append(m.Blocks, bot.Paragraph(t("report.done")), bot.Quote(c.Done))
		}
	}
	if line := a.history(lang, v); line != "" {
		m.Blocks = append(m.Blocks, bot.Small(line))
	}
	m.Blocks = append(m.Blocks, a.keeping(lang, v)...)
	if v.Unreached {
		m.Blocks = append(m.Blocks, bot.Small(t("card.unreached")))
	}
	if v.Delay > noticeableDelay {
		m.Blocks = append(m.Blocks, bot.Small(t("card.delayed", locale.Data{"Minutes": int(v.Delay.Minutes()), "Count": int(v.Delay.Minutes())})))
	}
	if buttons := a.cardButtons(lang, v); len(buttons) > 0 {
		m.Blocks = append(m.Blocks, buttons)
	}
	return m
}

// withdrawnCard is what is left of a copy whose reader may no longer see the case.
func (a *App) withdrawnCard(lang string, c store.Incident) bot.Message {
	text := a.Texts.T(lang, "card.withdrawn", locale.Data{"Number": c.Number})
	return bot.Message{Summary: text, Blocks: []bot.Block{bot.Paragraph(text)}}
}

func (a *App) cardFacts(lang string, v cardView) bot.Facts {
	t := func(key string, data ...locale.Data) string { return a.Texts.T(lang, key, data...) }
	c := v.Incident
	category := t("category." + string(c.Category))
	if c.Category == c.Suggested && c.Status == store.New && c.ConfirmedAt == nil {
		key := "card.suggested"
		if c.Confidence < unsure {
			key = "card.suggested.unsure"
		}
		category = t(key, locale.Data{"Category": category, "Percent": min(int(c.Confidence*100+0.5), surest)})
	}
	facts := bot.Facts{
		{Label: t("card.severity"), Value: a.severityText(lang, c.Severity) + "\n" + a.severityReasons(lang, c)},
		{Label: t("card.category"), Value: category},
		{Label: t("card.aspects"), Value: a.aspectsText(lang, c.Aspects)},
		{Label: t("card.system"), Value: a.systemText(lang, v.System)},
		{Label: t("card.personal"), Value: a.personalText(lang, c)},
		{Label: t("card.ongoing"), Value: t("answer." + string(c.Ongoing))},
		{Label: t("card.discovered"), Value: locale.Deadline(c.DiscoveredAt, a.Settings.Location)},
		{Label: t("card.registered"), Value: locale.Deadline(c.RegisteredAt, a.Settings.Location)},
	}
	if len(c.Regulations) > 0 {
		names := make([]string, len(c.Regulations))
		for i, r := range c.Regulations {
			names[i] = t("regulation." + string(r))
		}
		facts = append(facts, bot.Fact{Label: t("card.regulations"), Value: strings.Join(names, ", ")})
	}
	for _, d := range v.Decisions {
		facts = append(facts, bot.Fact{Label: t("card.decision." + string(d.Decision)), Value: t("verdict." + string(d.Verdict))})
	}
	if c.NearMiss {
		facts = append(facts, bot.Fact{Label: t("card.kind"), Value: t("card.near_miss")})
	}
	facts = append(facts, a.workFacts(lang, v)...)
	if c.ReporterID == nil && !c.ReporterRemoved {
		facts = append(facts, bot.Fact{Label: t("card.reporter"), Value: t("card.anonymous")})
	}
	if v.Attachments > 0 {
		facts = append(facts, bot.Fact{Label: t("card.attachments"), Value: fmt.Sprint(v.Attachments)})
	}
	if c.Status == store.Closed {
		facts = append(facts, bot.Fact{Label: t("close.cause"), Value: t("cause." + string(c.Cause))})
	}
	return append(facts, a.roomFact(lang, v.Room)...)
}

// workFacts are what those who work the case have added to what was reported.
func (a *App) workFacts(lang string, v cardView) (facts bot.Facts) {
	t := func(key string, data ...locale.Data) string { return a.Texts.T(lang, key, data...) }
	add := func(key, value string) {
		if value != "" {
			facts = append(facts, bot.Fact{Label: t(key), Value: value})
		}
	}
	c := v.Incident
	if c.EndedAt != nil {
		add("card.over_at", locale.Deadline(*c.EndedAt, a.Settings.Location))
	}
	if v.Affected != nil {
		add("card.affected", a.affectedText(lang, *v.Affected))
		if v.Affected.Informed != "" {
			add("card.informed", t("informed."+v.Affected.Informed))
		}
	}
	if c.Supplier != "" {
		add("card.supplier", named(t("answer."+string(c.Supplier)), c.SupplierName))
	}
	if c.Crime != "" {
		add("card.crime", named(t("answer."+string(c.Crime)), c.PoliceReport))
	}
	add("card.assignee", v.Assignee)
	involved := make([]string, len(c.Involved))
	for i, role := range c.Involved {
		involved[i] = t("role." + string(role))
	}
	add("card.involved", strings.Join(involved, ", "))
	if len(v.Measures) > 0 {
		add("card.measures", a.measuresText(lang, v.Measures))
	}
	risks := make([]string, len(v.Risks))
	for i, r := range v.Risks {
		risks[i] = r.Number()
	}
	add("card.risks", strings.Join(risks, ", "))
	add(a.groupText(v.Lead, v.Members))
	similar := make([]string, 0, similarShown)
	for _, o := range v.Similar[:min(len(v.Similar), similarShown)] {
		similar = append(similar, o.Number+" ("+t("category."+string(o.Category))+")")
	}
	add("card.similar", strings.Join(similar, ", "))
	if c.Secret {
		add("card.mark", t("card.mark.secret"))
	}
	return facts
}

// named is an answer with what goes with it, where somebody has told.
func named(answer, name string) string {
	if name == "" {
		return answer
	}
	return answer + ", " + name
}

// severityReasons puts in words why the severity is what it is.
func (a *App) severityReasons(lang string, c store.Incident) string {
	if c.SeverityNote != "" {
		return a.Texts.T(lang, "card.severity.by_hand")
	}
	words := make([]string, len(c.SeverityReasons))
	for i, r := range c.SeverityReasons {
		aspect := ""
		if r.Aspect != "" {
			aspect = a.Texts.T(lang, "aspect."+r.Aspect)
		}
		words[i] = a.Texts.T(lang, "severity_reason."+r.Code, locale.Data{"Level": r.Level, "Persons": r.Persons, "Aspect": aspect})
	}
	return strings.Join(words, "\n")
}

func (a *App) aspectsText(lang string, aspects policy.Aspects) string {
	var names []string
	for _, aspect := range policy.AllAspects {
		if aspects.Has(aspect) {
			names = append(names, a.Texts.T(lang, "aspect."+aspect.String()))
		}
	}
	if len(names) == 0 {
		return a.Texts.T(lang, "card.not_stated")
	}
	return strings.Join(names, ", ")
}

func (a *App) systemText(lang string, s *store.System) string {
	if s == nil {
		return a.Texts.T(lang, "card.not_stated")
	}
	if s.Levels == nil {
		return a.Texts.T(lang, "card.unclassified", locale.Data{"System": s.Name})
	}
	return fmt.Sprintf("%s (%s)", s.Name, levelCode(s.Levels))
}

func (a *App) personalText(lang string, c store.Incident) string {
	text := a.Texts.T(lang, "answer."+string(c.PersonalData))
	if c.PersonalData != policy.Yes {
		return text
	}
	if c.Persons > 0 {
		text += ", " + a.Texts.T(lang, fmt.Sprintf("report.persons.%d", c.Persons))
	}
	for _, kind := range strings.FieldsFunc(c.SensitiveKinds, func(r rune) bool { return r == ',' }) {
		text += ", " + a.Texts.T(lang, "sensitive."+kind)
	}
	return text
}

// history says who has done what with the case.
func (a *App) history(lang string, v cardView) string {
	var lines []string
	add := func(key, name string, at *time.Time) {
		if at != nil {
			lines = append(lines, a.Texts.T(lang, key, locale.Data{"Name": name, "Time": locale.Time(*at, a.Settings.Location)}))
		}
	}
	add("card.acknowledged_by", v.AcknowledgedBy, v.Incident.AcknowledgedAt)
	add("card.closed_by", v.ClosedBy, v.Incident.ClosedAt)
	return strings.Join(lines, " · ")
}

// cardButtons are what can be done with the case as it stands, by whose copy it is.
func (a *App) cardButtons(lang string, v cardView) bot.Buttons {
	c := v.Incident
	roles := v.Roles
	if roles == nil {
		roles = []policy.Role{policy.CISO}
	}
	var buttons bot.Buttons
	add := func(id string, action policy.Action, style bot.Style) {
		if policy.May(roles, action, facts(c)) {
			buttons = append(buttons, bot.Button{ID: id, Subject: c.Ref, Text: a.Texts.T(lang, "button."+id), Style: style})
		}
	}
	switch c.Status {
	case store.New:
		add(acknowledgeButton, policy.Acknowledge, bot.Primary)
	case store.Acknowledged:
		add(startButton, policy.Progress, bot.Primary)
	case store.InProgress:
		add(resolveButton, policy.Progress, bot.Primary)
	}
	if !c.StopQuestion {
		add(showButton, policy.ShowText, bot.Plain)
	}
	if c.Status == store.Closed {
		add(reopenButton, policy.Reopen, bot.Plain)
	}
	if !c.StopQuestion {
		add(categoryButton, policy.ChangeCategory, bot.Plain)
		add(severityButton, policy.ChangeSeverity, bot.Plain)
		add(breachButton, policy.DecideBreach, bot.Plain)
		add(significantButton, policy.DecideSignificant, bot.Plain)
	}
	if slices.ContainsFunc(v.Obligations, func(o store.Obligation) bool { return o.State == store.ObligationOpen }) {
		add(obligationButton, policy.MeetObligation, bot.Primary)
	}
	if len(authorities(v.Obligations)) > 0 {
		add(draftsButton, policy.ShowText, bot.Plain)
	}
	if c.ReporterID != nil {
		add(messageButton, policy.MessageReporter, bot.Plain)
	}
	add(noteButton, policy.AddNote, bot.Plain)
	if slices.ContainsFunc(rarer, func(deeds rarerDeeds) bool { return len(a.rarerButtons(lang, deeds, roles, c, v.Hold != nil)) > 0 }) {
		add(moreButton, policy.SeeCard, bot.Plain)
	}
	add(closeButton, policy.Close, bot.Danger)
	if mayHaveRoom(c) && (v.Room == nil || v.Room.ClosedAt != nil) {
		add(roomButton, policy.OpenRoom, bot.Plain)
	}
	return buttons
}
