package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// Field ids of the report dialog. They key answers, errors and drafts.
const (
	fieldStop       = "stop"
	fieldText       = "text"
	fieldDiscovered = "discovered"
	fieldOccurred   = "occurred"
	fieldSystem     = "system"
	fieldForm       = "form"
	fieldEffects    = "effects"
	fieldPersonal   = "personal"
	fieldPersons    = "persons"
	fieldSensitive  = "sensitive"
	fieldOngoing    = "ongoing"
	fieldNearMiss   = "near_miss"
	fieldDone       = "done"
	fieldFiles      = "files"
	fieldAnonymous  = "anonymous"
	fieldDraft      = "draft" // a note; among the answers, when the draft was saved that the report began as
)

// Lengths of the report's texts, in characters. 3000 is also what the chat platforms allow in one text field.
const (
	minText = 10
	maxText = 3000
	maxDone = 2000
)

// otherSystem is the answer "don't know, or something else" to the question about the system.
const otherSystem = "-"

// personIntervals are the answers to "roughly how many", as lower bounds. The last one is the threshold of the severity rule.
var personIntervals = []int{1, 2, 10, 100, policy.ManyPersons}

// sensitiveKinds are the kinds of sensitive or protected personal data that are asked for: GDPR article 9.1, and protected
// identity, secrecy and children, which weigh as much in a municipality.
var sensitiveKinds = []string{"health", "social", "protected", "children", "other_sensitive"}

// openReport opens the report dialog, prefilled with text when there is some, else with what the person left unsent, and with
// what was answered with the request already.
func (a *App) openReport(ctx context.Context, req bot.Request, text string) (bot.Reply, error) {
	now := a.Store.Now()
	account, draft, err := a.Store.AccountAndDraft(ctx, req.Actor.Surface, req.Actor.ID, ReportDialog, now.Add(-a.Settings.DraftAge))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		// The dialog can be filled in without the database; by the time it is sent, the database may be back.
		a.Log.WarnContext(ctx, "opening the report dialog without its draft", "error", err)
	}
	lang := a.languageWith(req.Actor, account)
	dialog := a.reportDialog(lang)
	dialog.Values = bot.Values{
		fieldStop:       {string(policy.No)},
		fieldDiscovered: {now.Truncate(time.Minute).Format(time.RFC3339)},
	}
	switch {
	case text != "":
		masked, _ := policy.MaskPersonalNumbers(strings.TrimSpace(text))
		dialog.Values[fieldText] = []string{truncate(masked, maxText)}
	case draft != nil:
		maps.Copy(dialog.Values, draft.Values)
		dialog.Values[fieldDraft] = []string{draft.SavedAt.Format(time.RFC3339)}
		a.noteDraft(lang, dialog, dialog.Values)
	}
	if typed := req.Values.Get(fieldSystem); typed != "" {
		if answer := a.systemAnswer(ctx, lang, typed); answer != nil {
			dialog.Values[fieldSystem] = answer
		}
	}
	return bot.Reply{Dialog: dialog}, nil
}

// reportDialog is the report form in a language. It is drawn up once: sixty texts are looked up for it, and it is asked for
// twice for every report. The caller may change the dialog and the list of its fields, not what the fields hold.
func (a *App) reportDialog(lang string) *bot.Dialog {
	kept, ok := a.dialogs.Load(lang)
	if !ok {
		kept, _ = a.dialogs.LoadOrStore(lang, a.newReportDialog(lang))
	}
	dialog := *kept.(*bot.Dialog) //nolint:errcheck,forcetypeassert // nothing else is stored
	dialog.Fields = slices.Clone(dialog.Fields)
	return &dialog
}

// newReportDialog draws up the report form, declared once for every surface. Only the text is required.
func (a *App) newReportDialog(lang string) *bot.Dialog {
	t := func(key string) string { return a.Texts.T(lang, key) }
	options := func(prefix string, values ...string) []bot.Option {
		opts := make([]bot.Option, len(values))
		for i, v := range values {
			opts[i] = bot.Option{Value: v, Label: t(prefix + "." + v)}
		}
		return opts
	}
	answers := options("answer", string(policy.Yes), string(policy.No), string(policy.Unknown))
	ordinary := &bot.Condition{Field: fieldStop, OneOf: []string{string(policy.No)}}
	personal := &bot.Condition{Field: fieldPersonal, OneOf: []string{string(policy.Yes)}}
	var persons []string
	for _, n := range personIntervals {
		persons = append(persons, strconv.Itoa(n))
	}
	persons = append(persons, string(policy.Unknown))
	return &bot.Dialog{
		ID: ReportDialog, Title: t("report.title"), Submit: t("report.submit"), Cancel: t("button.cancel"),
		Fields: []bot.Field{
			{ID: fieldStop, Kind: bot.Choice, Required: true, Label: t("report.stop"), Help: t("report.stop.help"),
				Options: options("report.stop", string(policy.No), string(policy.Yes))},
			{ID: "stop_note", Kind: bot.Note, Label: t("report.stop.note"),
				ShowIf: &bot.Condition{Field: fieldStop, OneOf: []string{string(policy.Yes)}}},
			{ID: fieldText, Kind: bot.LongText, Required: true, Min: minText, Max: maxText, ShowIf: ordinary,
				Label: t("report.text"), Help: t("report.text.help"), Placeholder: t("report.text.placeholder")},
			{ID: fieldDiscovered, Kind: bot.DateTime, NotFuture: true, ShowIf: ordinary, Label: t("report.discovered")},
			{ID: fieldOccurred, Kind: bot.DateTime, NotFuture: true, ShowIf: ordinary,
				Label: t("report.occurred"), Help: t("report.occurred.help")},
			{ID: fieldSystem, Kind: bot.Lookup, ShowIf: ordinary,
				Label: t("report.system"), Placeholder: t("report.system.placeholder")},
			{ID: fieldForm, Kind: bot.Choice, ShowIf: ordinary,
				Label: t("report.form"), Options: options("form", policy.FormDigital, policy.FormPaper, policy.FormSpeech)},
			{ID: fieldEffects, Kind: bot.Choices, ShowIf: ordinary,
				Label: t("report.effects"), Options: options("report.effects", "K", "R", "T", "S", string(policy.Unknown))},
			{ID: fieldPersonal, Kind: bot.Choice, ShowIf: ordinary,
				Label: t("report.personal"), Help: t("report.personal.help"), Options: answers},
			{ID: fieldPersons, Kind: bot.Choice, ShowIf: personal,
				Label: t("report.persons"), Options: options("report.persons", persons...)},
			{ID: fieldSensitive, Kind: bot.Choices, ShowIf: personal,
				Label: t("report.sensitive"), Options: options("sensitive", sensitiveKinds...)},
			{ID: fieldOngoing, Kind: bot.Choice, ShowIf: ordinary, Label: t("report.ongoing"), Options: answers},
			{ID: fieldNearMiss, Kind: bot.Choices, ShowIf: ordinary,
				Label: t("report.near_miss"), Options: options("report.near_miss", string(policy.Yes))},
			{ID: fieldDone, Kind: bot.LongText, Max: maxDone, ShowIf: ordinary,
				Label: t("report.done"), Placeholder: t("report.done.placeholder")},
			{ID: fieldFiles, Kind: bot.Files, Max: a.Settings.MaxFiles, ShowIf: ordinary,
				Label: t("report.files"), Help: t("report.files.help")},
			{ID: fieldAnonymous, Kind: bot.Choices, ShowIf: ordinary,
				Label: t("report.anonymous"), Help: t("report.anonymous.help"), Options: options("report.anonymous", string(policy.Yes))},
		},
	}
}

// report keeps a sent report: incident, audit event, outgoing messages and their jobs in one transaction, then the receipt.
// The same sending told twice gives the same receipt; a later version of the text is kept beside the first.
func (a *App) report(ctx context.Context, req bot.Request) (bot.Reply, error) {
	now := a.Store.Now()
	// What is wrong does not depend on the language, which is looked up only where something is.
	if found := a.reportDialog(a.Settings.Language).Check(req.Values, len(req.Files), now); len(found) > 0 {
		return bot.Reply{Errors: a.problems(a.language(ctx, req.Actor), found)}, nil
	}
	incident, system, err := a.incidentFrom(ctx, req, now)
	if err != nil {
		return bot.Reply{}, err
	}
	if occurred := incident.OccurredAt; occurred != nil && occurred.After(incident.DiscoveredAt) {
		problem := a.Texts.T(a.language(ctx, req.Actor), "problem.occurred_after_discovered")
		return bot.Reply{Errors: map[string]string{fieldOccurred: problem}}, nil
	}
	if incident.StopQuestion {
		// Answered the other way, the same dialog is another report: not the same people may know of it.
		req.Key += ":stop"
	}
	anonymous := anonymously(req.Values)
	var drafter store.Account // what they typed before they chose to be nameless would tell who they are
	if anonymous {
		drafter, err = a.Store.Account(ctx, req.Actor.Surface, req.Actor.ID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return bot.Reply{}, fmt.Errorf("looking for the draft of a nameless report: %w", err)
		}
	}
	incident.Ref = a.NewRef()
	fresh := true
	err = a.Store.InTx(ctx, func(tx *store.Tx) error {
		var outcome string
		var err error
		if fresh, outcome, err = tx.Claim(ctx, req.Key, incident.Ref); err != nil {
			return err
		}
		if !fresh {
			if incident, err = a.supplement(ctx, tx, outcome, incident); err != nil {
				return err
			}
			return a.dropDraft(ctx, tx, incident.ReporterID, drafter.ID)
		}
		incident.Language = a.languageWith(req.Actor, drafter)
		return a.register(ctx, tx, req, &incident, anonymous, drafter.ID)
	})
	if err != nil {
		return bot.Reply{}, fmt.Errorf("keeping a report: %w", err)
	}
	if drafter.ID != 0 {
		a.forgetWriter(ctx, drafter.ID)
	}
	if fresh {
		a.Metrics.reports.WithLabelValues(string(incident.Suggested)).Inc()
		a.Log.InfoContext(ctx, "incident reported",
			"incident", incident.Number, "severity", int(incident.Severity), "system_known", system != nil)
	}
	receipt := a.receipt(incident.Language, incident)
	return bot.Reply{Message: &receipt}, nil
}

// register writes a new incident and all that follows from it. drafter is the account whose draft an anonymous report drops,
// 0 when there is none.
func (a *App) register(
	ctx context.Context, tx *store.Tx, req bot.Request, incident *store.Incident, anonymous bool, drafter int64,
) error {
	var jobs []Job
	actor := "anonymous"
	if !anonymous {
		reporter, err := a.ensureAccount(ctx, tx, req.Actor)
		if err != nil {
			return err
		}
		incident.ReporterID, incident.Language = &reporter.ID, a.languageWith(req.Actor, reporter)
		actor = actorOf(req.Actor, reportedAction)
		if a.unidentified(reporter) {
			jobs = append(jobs, Job{Kind: IdentifyJob, ID: reporter.ID})
		}
	}
	if err := a.dropDraft(ctx, tx, incident.ReporterID, drafter); err != nil {
		return err
	}
	if err := tx.CreateIncident(ctx, incident); err != nil {
		return err
	}
	if len(req.Files) > 0 && !incident.StopQuestion {
		fetch, err := a.keepFiles(ctx, tx, incident.ID, req)
		if err != nil {
			return err
		}
		jobs = append(jobs, fetch...)
	}
	if err := tx.AddReminders(ctx, a.newReminders(*incident)); err != nil {
		return err
	}
	onDuty, err := a.roster(ctx, tx, tx.Now)
	if err != nil {
		return err
	}
	deliveries, err := a.triageDeliveries(ctx, onDuty, *incident)
	if err != nil {
		return err
	}
	if !anonymous {
		receipt := personal(req.Actor, receiptDelivery, &incident.ID)
		receipt.Urgent = false // it stands before the reporter already: the card of a later case goes first
		deliveries = append(deliveries, receipt)
	}
	if err := a.post(ctx, tx, deliveries, jobs...); err != nil {
		return err
	}
	return a.audit(ctx, tx, actor, reportedAction, incident.Number, map[string]any{
		"category": incident.Category, "aspects": incident.Aspects.String(), "severity": incident.Severity,
		"personal_data": incident.PersonalData, "near_miss": incident.NearMiss, "stop_question": incident.StopQuestion,
		"text_sha256": digest(incident.Text), "attachments": len(req.Files),
	})
}

// supplement is what a repeated sending comes to. ref is the first one's incident. A person can send the same dialog again when
// the answer to the first sending got lost; if they mended their text in between, the mended one is kept too.
func (a *App) supplement(ctx context.Context, tx *store.Tx, ref string, again store.Incident) (store.Incident, error) {
	first, err := tx.Incident(ctx, ref)
	if err != nil {
		return store.Incident{}, err
	}
	if again.Text == first.Text && again.Done == first.Done {
		return first, nil
	}
	text := again.Text
	if again.Done != "" {
		text += "\n\n" + again.Done
	}
	note := store.Note{IncidentID: first.ID, At: tx.Now, AuthorID: first.ReporterID, Kind: "supplement", Text: text}
	if err := tx.AddNote(ctx, &note); err != nil {
		return store.Incident{}, err
	}
	first, err = a.touch(ctx, tx, first.ID)
	if err != nil {
		return store.Incident{}, err
	}
	return first, a.audit(ctx, tx, "reporter", "incident.supplemented", first.Number, map[string]any{"text_sha256": digest(text)})
}

// incidentFrom turns answers into a register row, classified and assessed but without ids. The system is nil when it is not
// in the inventory.
func (a *App) incidentFrom(ctx context.Context, req bot.Request, now time.Time) (store.Incident, *store.System, error) {
	v := req.Values
	incident := store.Incident{
		Status: store.New, Surface: req.Actor.Surface, Language: a.Settings.Language, RegisteredAt: now, DiscoveredAt: now,
		PersonalData: policy.Unknown, Ongoing: policy.Unknown,
	}
	if v.Get(fieldStop) == string(policy.Yes) {
		// Nothing but the wish to be contacted is kept (säkerhetsskydd: the details must not be written in chat).
		incident.StopQuestion = true
		incident.Suggested, incident.Category = policy.Other, policy.Other
		incident.Severity = policy.Serious
		incident.Regulations = []policy.Regulation{policy.ProtectiveSecurity}
		return incident, nil, nil
	}
	incident.Text, _ = policy.MaskPersonalNumbers(strings.TrimSpace(v.Get(fieldText)))
	incident.Done, _ = policy.MaskPersonalNumbers(strings.TrimSpace(v.Get(fieldDone)))
	if t := v.Time(fieldDiscovered); !t.IsZero() {
		incident.DiscoveredAt = t
	}
	if t := v.Time(fieldOccurred); !t.IsZero() {
		incident.OccurredAt = &t
	}
	incident.Form = v.Get(fieldForm)
	for _, initial := range v[fieldEffects] {
		if aspects, err := policy.ParseAspects(initial); err == nil { // "unknown" is no aspect
			incident.ReportedAspects |= aspects
		}
	}
	incident.NearMiss = v.Get(fieldNearMiss) == string(policy.Yes)
	if answer := v.Get(fieldOngoing); answer != "" {
		incident.Ongoing = policy.Answer(answer)
	}
	if answer := v.Get(fieldPersonal); answer != "" {
		incident.PersonalData = policy.Answer(answer)
	}
	if incident.PersonalData == policy.Yes {
		if n, err := strconv.Atoi(v.Get(fieldPersons)); err == nil { // "unknown" is no number
			incident.Persons = n
		}
		incident.SensitiveKinds = strings.Join(v[fieldSensitive], ",")
		incident.SensitiveData = incident.SensitiveKinds != ""
	}

	system, err := a.systemByAnswer(ctx, v.Get(fieldSystem))
	if err != nil {
		return store.Incident{}, nil, err
	}
	subject := policy.Report{
		Text: incident.Text, Done: incident.Done, Form: incident.Form, Aspects: incident.ReportedAspects,
		PersonalData: incident.PersonalData, SensitiveData: incident.SensitiveData, Persons: incident.Persons,
		Ongoing: incident.Ongoing, NearMiss: incident.NearMiss,
	}
	var levels *policy.Levels
	if system != nil {
		incident.SystemID = &system.ID
		subject.SystemName = system.Name
		levels = system.Levels
	}
	suggestion := a.classifier().Classify(subject)
	incident.Suggested, incident.Category = suggestion.Category, suggestion.Category
	incident.Confidence, incident.Alternatives = suggestion.Confidence, suggestion.Alternatives
	incident.CategoryReasons = suggestion.Reasons
	incident.Aspects = suggestion.Aspects
	incident.Regulations = suggestion.Regulations
	incident.Severity, incident.SeverityReasons = policy.Assess(severityInput(incident, levels))
	return incident, system, nil
}

func severityInput(incident store.Incident, levels *policy.Levels) policy.SeverityInput {
	return policy.SeverityInput{
		Levels: levels, Aspects: incident.Aspects, Persons: incident.Persons, SensitiveData: incident.SensitiveData,
		NearMiss: incident.NearMiss, Ongoing: incident.Ongoing,
	}
}

// systemByAnswer is the system that was chosen, nil for "don't know, or something else" and for one that has left the
// inventory since the dialog was opened: a report is never refused for that.
func (a *App) systemByAnswer(ctx context.Context, key string) (*store.System, error) {
	if key == "" || key == otherSystem {
		return nil, nil
	}
	system, err := a.Store.SystemByKey(ctx, key)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking up the system of a report: %w", err)
	}
	return &system, nil
}

// anonymously tells whether the report is sent without a name. Who wants to be contacted cannot be nameless.
func anonymously(v bot.Values) bool {
	return v.Get(fieldStop) != string(policy.Yes) && v.Get(fieldAnonymous) == string(policy.Yes)
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// truncate cuts s to at most n characters.
func truncate(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return string(runes[:n-1]) + "…"
}
