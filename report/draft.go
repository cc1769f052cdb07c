package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// DraftInput is what is known when a notification is drafted. The reporter is not part of it: no form asks who reported.
type DraftInput struct {
	Organisation string
	CISO, DPO    []string // their e-mail addresses
	Incident     store.Incident
	System       *store.System // nil: unknown, or not in the inventory
	Decisions    []store.Decision
	Obligations  []store.Obligation
	Category     string                  // the name of Incident.Category, in Swedish
	Affected     store.Affected          // whom it affected; zero: nobody has said
	Measures     []store.Measure         // what has been done and is to be done
	Location     *time.Location          // for times; nil: UTC
	Now          time.Time               // when it is drafted
	Text         func(key string) string // puts keys in words
}

// Draft is a notification that a person completes and hands over. IMYDraft and CSIRTDraft make it; Markdown and WritePDF write it.
type Draft struct {
	Title        string
	Number       string // the case's
	Organisation string
	Notices      []string // what to mind before it is handed over
	Sections     []Section

	made  time.Time // in the zone that it is shown in
	words draftWords
}

// draftWords are the words that are part of the layout.
type draftWords struct {
	draft, gap, made, gaps, page, of, boxes string
}

// Section is a numbered part of a draft: the first one is 1.
type Section struct {
	Title string
	Rows  []Row
}

// Row is a question of the form with what there is to answer. The second row of section 1 is 1.2.
type Row struct {
	Question string
	Parts    []Part
}

// Part is a piece of an answer.
type Part struct {
	Kind  PartKind
	Label string // what Text is, "" when the question says it
	Text  string
}

// PartKind is whose a piece of an answer is.
type PartKind int

// The kinds of pieces.
const (
	Told  PartKind = iota // what the register knows: one line
	Words                 // what people wrote, as they wrote it
	Gap                   // what the register does not know: Text says what to find out
)

// Gaps counts the questions with a gap.
func (d Draft) Gaps() int {
	n := 0
	for _, s := range d.Sections {
		for _, r := range s.Rows {
			if r.gap() {
				n++
			}
		}
	}
	return n
}

func (r Row) gap() bool {
	return slices.ContainsFunc(r.Parts, func(p Part) bool { return p.Kind == Gap })
}

// number is what a row is called: "2.3" for the third of the second section.
func number(section, row int) string { return fmt.Sprintf("%d.%d", section+1, row+1) }

// facts are what stands under the title.
func (d Draft) facts() []string {
	facts := []string{d.Number, d.Organisation, d.words.made + " " + d.made.Format(draftTime), d.words.gaps + ": " + strconv.Itoa(d.Gaps())}
	return slices.DeleteFunc(facts, func(f string) bool { return f == "" })
}

// The duties whose clocks a draft tells of: policy.Step.Key.
const (
	stepIMY         = "gdpr-33-1"
	stepPersons     = "gdpr-34"
	stepWarning     = "cyber-2-5"
	stepIncident    = "cyber-2-6"
	stepFinalReport = "cyber-2-8"
)

// notifyWithin is how long a controller has after having become aware of a breach; a later notification gives its reasons. The limit is
// the statute's, also where the municipality has set itself a shorter one. GDPR article 33.1.
const notifyWithin = 72 * time.Hour

// IMYDraft drafts the notification of a personal data breach to Integritetsskyddsmyndigheten. It asks what the authority's form asks
// (https://e-tjanster.imy.se/sv/anmalan), which is what GDPR article 33.3 lists and some more
// (https://eur-lex.europa.eu/eli/reg/2016/679/oj).
func IMYDraft(in DraftInput) Draft {
	d := drafting{in}
	draft := d.begin("draft.imy.title", d.imyNotices())
	draft.Sections = []Section{
		d.imyController(), d.imyEvent(), d.imyPersons(), d.imyConsequences(), d.imyMeasures(), d.imyInformed(),
	}
	draft.Sections = append(draft.Sections, d.section("draft.imy.rest.heading",
		d.row("draft.imy.secrecy", d.secrecy(), d.gap("draft.imy.secrecy.gap")),
		d.row("draft.imy.missing", d.missing(draft)...)))
	return draft
}

func (d drafting) imyNotices() []string {
	var notices []string
	switch d.verdict(policy.BreachDecision) {
	case policy.Undecided:
		notices = append(notices, d.t("draft.imy.notice.undecided"))
	case policy.NoBreach:
		notices = append(notices, d.t("draft.imy.notice.no_breach"))
	case policy.UnlikelyRisk:
		notices = append(notices, d.t("draft.imy.notice.unlikely"))
	}
	if o, ok := d.obligation(stepIMY); ok && o.State == store.ObligationDone {
		notices = append(notices, d.told("draft.label.handed_in", d.at(o.EndedAt)).line())
	} else if ok && o.State == store.ObligationOpen {
		notices = append(notices, d.told("draft.label.due", d.dueAt(stepIMY)).line())
	}
	return notices
}

func (d drafting) imyController() Section {
	unit := ""
	if d.in.System != nil {
		unit = d.in.System.Unit
	}
	return d.section("draft.imy.controller.heading",
		// In a municipality the controller is each board and company for what it does, not the municipality as a whole.
		d.row("draft.imy.controller", d.told("", d.in.Organisation), d.told("draft.label.unit", unit), d.gap("draft.imy.controller.gap")),
		d.row("draft.imy.address", d.gap("draft.imy.address.gap")),
		d.row("draft.imy.reference", d.told("", d.in.Incident.Number)),
		d.row("draft.imy.contact", d.told("draft.label.email", strings.Join(d.in.CISO, ", ")), d.gap("draft.imy.contact.gap")),
		d.row("draft.imy.dpo", d.told("draft.label.email", strings.Join(d.in.DPO, ", ")), d.gapIf(len(d.in.DPO) == 0, "draft.imy.dpo.gap")),
	)
}

func (d drafting) imyEvent() Section {
	c := d.in.Incident
	// A category that is normally no breach says so in parentheses, and has no type in the form.
	kind := c.Category.IMYType()
	if strings.HasPrefix(kind, "(") {
		kind = ""
	}
	discovered := []Part{d.told("", d.at(&c.DiscoveredAt)), d.gapIf(c.DiscoveredAt.IsZero(), "draft.imy.discovered.gap")}
	if o, ok := d.obligation(stepIMY); ok && o.StartReason != "" {
		discovered = append(discovered, d.told("draft.label.clock", d.at(&o.StartAt)), d.quoted("draft.label.reason", o.StartReason))
	}
	return d.section("draft.imy.event.heading",
		d.row("draft.imy.type", d.told("", kind), d.told("draft.label.category", d.in.Category), d.told("draft.label.aspects", d.aspects()),
			d.gapIf(kind == "", "draft.imy.type.gap")),
		d.row("draft.imy.began", d.began()...),
		d.row("draft.imy.ended", d.ended()...),
		d.row("draft.imy.discovered", discovered...),
		d.row("draft.imy.how", d.told("draft.label.registered", d.at(&c.RegisteredAt)), d.gap("draft.imy.how.gap")),
		d.row("draft.imy.what", d.what()...),
		d.row("draft.imy.cause", d.cause("draft.imy.cause.gap")...),
		d.row("draft.imy.late", d.late()...),
	)
}

// late answers why the notification comes after the limit, as far as it does.
func (d drafting) late() []Part {
	start, handedIn := d.in.Incident.DiscoveredAt, d.in.Now
	if o, ok := d.obligation(stepIMY); ok {
		start = o.StartAt
		if o.State == store.ObligationDone && o.EndedAt != nil {
			handedIn = *o.EndedAt
		}
	}
	if start.IsZero() {
		return []Part{d.gap("draft.imy.late.gap")}
	}
	limit := start.Add(notifyWithin)
	if handedIn.After(limit) {
		return []Part{d.told("draft.label.limit", d.at(&limit)), d.gap("draft.imy.late.gap")}
	}
	return []Part{d.told("", d.t("draft.imy.late.no")), d.told("draft.label.limit", d.at(&limit))}
}

func (d drafting) imyPersons() Section {
	c := d.in.Incident
	children, kinds := "", []string{}
	for _, kind := range sensitiveKinds(c) {
		kinds = append(kinds, d.t("sensitive."+kind))
		if kind == "children" {
			children = d.t("sensitive.children")
		}
	}
	if c.SensitiveData && len(kinds) == 0 {
		kinds = append(kinds, d.t("draft.sensitive"))
	}
	known := d.in.Affected
	groups, kindsKnown := d.words("people.", known.People), d.words("data.", known.Kinds)
	records := ""
	if known.Records > 0 {
		records = strconv.Itoa(known.Records)
	}
	return d.section("draft.imy.persons.heading",
		d.row("draft.imy.groups", d.told("", groups), d.told("draft.label.report", children), d.gapIf(groups == "", "draft.imy.groups.gap")),
		d.row("draft.imy.number", d.persons("draft.imy.number.gap")...),
		d.row("draft.imy.kinds", d.told("", kindsKnown), d.personalData(), d.told("draft.label.sensitive", strings.Join(kinds, "; ")),
			d.gapIf(kindsKnown == "", "draft.imy.kinds.gap")),
		d.row("draft.imy.records", d.told("", records), d.gapIf(records == "", "draft.imy.records.gap")),
	)
}

// words puts keys in words, "" when there are none.
func (d drafting) words(prefix string, keys []string) string {
	all := make([]string, len(keys))
	for i, key := range keys {
		all[i] = d.t(prefix + key)
	}
	return strings.Join(all, "; ")
}

func (d drafting) imyConsequences() Section {
	known := d.in.Affected
	serious := d.assessment(policy.BreachDecision, "draft.imy.seriousness.gap")
	if known.Seriousness != "" {
		serious = slices.Insert(serious, 0, d.told("draft.label.seriousness", d.t("seriousness."+known.Seriousness)))
	}
	return d.section("draft.imy.consequences.heading",
		d.row("draft.imy.consequences", d.quoted("", known.Consequences), d.told("draft.label.aspects", d.aspects()),
			d.gapIf(known.Consequences == "", "draft.imy.consequences.gap")),
		d.row("draft.imy.seriousness", serious...),
	)
}

func (d drafting) imyMeasures() Section {
	return d.section("draft.imy.measures.heading", d.row("draft.imy.measures", d.measures("draft.imy.measures.gap")...))
}

// imyInformed answers whether the persons have been told: GDPR article 34.
func (d drafting) imyInformed() Section {
	needless := d.told("", d.t("draft.needless"))
	informed, when, why := d.gap("draft.imy.informed.gap"), d.gap("draft.imy.when.gap"), []Part{d.gap("draft.imy.why.gap")}
	o, known := d.obligation(stepPersons)
	switch said := d.in.Affected; {
	case known && o.State == store.ObligationDone:
		informed, why = d.told("", d.t("draft.imy.informed.yes")), []Part{needless}
		if o.EndedAt != nil {
			when = d.told("", d.at(o.EndedAt))
		}
	case known && o.State == store.ObligationNotNeeded:
		informed, when = d.told("", d.t("draft.imy.informed.no")), needless
		if strings.TrimSpace(o.Reason) != "" {
			why = []Part{d.quoted("", o.Reason)}
		}
	case said.Informed == "yes":
		informed, when, why = d.told("", d.t("draft.imy.informed.yes")), d.told("", d.at(said.InformedAt)), []Part{needless}
	case said.Informed == "no" && !known:
		informed, when, why = d.told("", d.t("draft.imy.informed.no")), needless, []Part{d.quoted("", said.InformedWhy)}
	case known || said.Informed == "will":
		informed, why = d.told("", d.t("draft.imy.informed.not_yet")), []Part{d.told("", d.t("draft.imy.why.must"))}
	default:
		if decided, ok := d.decision(policy.BreachDecision); ok && decided.Verdict != policy.HighRisk {
			why = []Part{d.told("draft.label.verdict", d.verdictText(decided.Verdict)), d.quoted("draft.label.reason", decided.Reason)}
		}
	}
	return d.section("draft.imy.informed.heading",
		d.row("draft.imy.informed", informed), d.row("draft.imy.when", when), d.row("draft.imy.why", why...))
}

func (d drafting) secrecy() Part {
	if slices.Contains(d.in.Incident.Regulations, policy.Secrecy) {
		return d.told("", d.t("draft.imy.secrecy.likely"))
	}
	return Part{}
}

// missing lists what has a gap, for GDPR article 33.4: what cannot be told at once follows in phases.
func (d drafting) missing(draft Draft) []Part {
	var parts []Part
	for i, s := range draft.Sections {
		for j, r := range s.Rows {
			if r.gap() {
				parts = append(parts, d.told("", number(i, j)+" "+r.Question))
			}
		}
	}
	if parts == nil {
		parts = append(parts, d.told("", d.t("draft.imy.missing.nothing")))
	}
	return parts
}

// CSIRTDraft drafts what the CSIRT unit is told of a significant incident, in its three steps: the warning within 24 hours, the incident
// notification within 72 and the final report. Cybersäkerhetslagen (2025:1506) chapter 2 sections 5, 6 and 8; what each step contains is
// article 23.4 a, b and d of directive (EU) 2022/2555 (https://eur-lex.europa.eu/eli/dir/2022/2555/oj), which they carry out.
func CSIRTDraft(in DraftInput) Draft {
	d := drafting{in}
	draft := d.begin("draft.csirt.title", d.csirtNotices())
	draft.Sections = []Section{d.csirtOperator(), d.csirtWarning(), d.csirtNotification(), d.csirtFinalReport()}
	return draft
}

func (d drafting) csirtNotices() []string {
	var notices []string
	switch d.verdict(policy.SignificantDecision) {
	case policy.Undecided:
		notices = append(notices, d.t("draft.csirt.notice.undecided"))
	case policy.NotSignificant:
		notices = append(notices, d.t("draft.csirt.notice.not_significant"))
	}
	return notices
}

func (d drafting) csirtOperator() Section {
	return d.section("draft.csirt.operator.heading",
		d.row("draft.csirt.operator", d.told("", d.in.Organisation), d.gapIf(d.in.Organisation == "", "draft.csirt.operator.gap")),
		d.row("draft.csirt.reference", d.told("", d.in.Incident.Number)),
		d.row("draft.csirt.contact", d.told("draft.label.email", strings.Join(d.in.CISO, ", ")), d.gap("draft.csirt.contact.gap")),
	)
}

func (d drafting) csirtWarning() Section {
	c := d.in.Incident
	aware, reason := c.DiscoveredAt, ""
	if o, ok := d.obligation(stepWarning); ok {
		aware, reason = o.StartAt, o.StartReason
	}
	hostile := []Part{d.told("draft.label.category", d.in.Category)}
	if c.Cause == policy.Attack || c.Crime == policy.Yes || mayBeHostile(c.Category) {
		hostile = append(hostile, d.told("", d.t("draft.csirt.hostile.likely")))
	} else {
		hostile = append(hostile, d.causeTold(), d.gap("draft.csirt.hostile.gap"))
	}
	return d.section("draft.csirt.warning.heading",
		d.row("draft.csirt.due", d.due(stepWarning, d.gap("draft.csirt.due.gap"))...),
		d.row("draft.csirt.aware", d.told("", d.at(&aware)), d.gapIf(aware.IsZero(), "draft.csirt.aware.gap"),
			d.quoted("draft.label.reason", reason)),
		d.row("draft.csirt.began", d.began()...),
		d.row("draft.csirt.hostile", hostile...),
		d.row("draft.csirt.cross_border", d.gap("draft.csirt.cross_border.gap")),
	)
}

// mayBeHostile tells the categories that are somebody's unlawful or hostile act, when they are not a false alarm: a suspicion is what the
// warning asks for.
func mayBeHostile(c policy.Category) bool {
	switch c {
	case policy.Theft, policy.UnauthorisedAccess, policy.Phishing, policy.Malware, policy.Intrusion, policy.DenialOfService:
		return true
	}
	return false
}

func (d drafting) csirtNotification() Section {
	impact := []Part{
		d.told("draft.label.aspects", d.aspects()), d.ongoing(), d.told("draft.label.persons", d.personsTold()),
		d.quoted("", d.in.Affected.Consequences),
	}
	return d.section("draft.csirt.notification.heading",
		d.row("draft.csirt.due", d.due(stepIncident, d.gap("draft.csirt.due.gap"))...),
		d.row("draft.csirt.assessment", append(d.what(), d.gap("draft.csirt.assessment.gap"))...),
		d.row("draft.csirt.severity", d.assessment(policy.SignificantDecision, "draft.csirt.severity.gap")...),
		d.row("draft.csirt.impact", append(impact, d.gap("draft.csirt.impact.gap"))...),
		d.row("draft.csirt.indicators", d.gap("draft.csirt.indicators.gap")),
	)
}

func (d drafting) csirtFinalReport() Section {
	due := d.due(stepFinalReport, d.told("", d.t("draft.csirt.final.due")))
	if d.in.Incident.Ongoing == policy.Yes {
		due = append(due, d.told("", d.t("draft.csirt.final.ongoing")))
	}
	return d.section("draft.csirt.final.heading",
		d.row("draft.csirt.due", due...),
		d.row("draft.csirt.description", d.told("draft.csirt.description.see", number(2, 1)), d.gap("draft.csirt.description.gap")),
		d.row("draft.csirt.cause", d.cause("draft.csirt.cause.gap")...),
		d.row("draft.csirt.measures", d.measures("draft.csirt.measures.gap")...),
		d.row("draft.csirt.effects", d.gap("draft.csirt.effects.gap")),
	)
}

// drafting puts what is known in the form's order.
type drafting struct{ in DraftInput }

func (d drafting) t(key string) string { return d.in.Text(key) }

func (d drafting) begin(title string, own []string) Draft {
	return Draft{
		Title: d.t(title), Number: d.in.Incident.Number, Organisation: d.in.Organisation,
		Notices: d.notices(own),
		made:    d.in.Now.In(d.zone()),
		words: draftWords{
			draft: d.t("draft.mark"), gap: d.t("draft.gap"), made: d.t("draft.made"), gaps: d.t("draft.gaps"), page: d.t("draft.page"),
			of: d.t("draft.page.of"), boxes: d.t("draft.boxes"),
		},
	}
}

// notices are what is to be minded: what may stop the notification, what is the matter with this one, what goes for each.
func (d drafting) notices(own []string) []string {
	var notices []string
	if d.in.Incident.StopQuestion {
		notices = append(notices, d.t("draft.notice.stop"))
	}
	if d.in.Incident.NearMiss {
		notices = append(notices, d.t("draft.notice.near_miss"))
	}
	notices = append(notices, own...)
	notices = append(notices, d.t("draft.notice.check"), d.t("draft.notice.public"), d.t("draft.notice.decides"))
	return slices.DeleteFunc(notices, func(n string) bool { return n == "" })
}

func (d drafting) section(title string, rows ...Row) Section {
	return Section{Title: d.t(title), Rows: rows}
}

// row leaves out the parts that say nothing.
func (d drafting) row(question string, parts ...Part) Row {
	return Row{Question: d.t(question), Parts: slices.DeleteFunc(parts, func(p Part) bool { return p.Text == "" })}
}

func (d drafting) told(label, text string) Part {
	return d.part(Told, label, strings.Join(strings.Fields(text), " "))
}

func (d drafting) quoted(label, text string) Part {
	return d.part(Words, label, strings.TrimSpace(text))
}

func (d drafting) gap(key string) Part { return d.part(Gap, "", d.t(key)) }

func (d drafting) gapIf(is bool, key string) Part {
	if !is {
		return Part{}
	}
	return d.gap(key)
}

func (d drafting) part(kind PartKind, label, text string) Part {
	if text == "" {
		return Part{}
	}
	if label != "" {
		label = d.t(label)
	}
	return Part{Kind: kind, Label: label, Text: text}
}

// line is a piece of an answer on one line.
func (p Part) line() string {
	if p.Label == "" || p.Text == "" {
		return p.Text
	}
	return p.Label + ": " + p.Text
}

// at writes a time with its zone; "" when it is not known.
func (d drafting) at(t *time.Time) string {
	if t == nil || t.IsZero() {
		return ""
	}
	return t.In(d.zone()).Format(draftTime)
}

func (d drafting) zone() *time.Location {
	if d.in.Location == nil {
		return time.UTC
	}
	return d.in.Location
}

const draftTime = "2006-01-02 15:04 MST"

func (d drafting) obligation(step string) (store.Obligation, bool) {
	i := slices.IndexFunc(d.in.Obligations, func(o store.Obligation) bool { return o.Step == step })
	if i < 0 {
		return store.Obligation{}, false
	}
	return d.in.Obligations[i], true
}

func (d drafting) decision(kind policy.Decision) (store.Decision, bool) {
	i := slices.IndexFunc(d.in.Decisions, func(x store.Decision) bool { return x.Decision == kind && x.Verdict != policy.Undecided })
	if i < 0 {
		return store.Decision{}, false
	}
	return d.in.Decisions[i], true
}

func (d drafting) verdict(kind policy.Decision) policy.Verdict {
	decided, _ := d.decision(kind)
	return decided.Verdict
}

// verdictKeys are the texts of the verdicts.
var verdictKeys = map[policy.Verdict]string{
	policy.NoBreach: "draft.verdict.no_breach", policy.UnlikelyRisk: "draft.verdict.unlikely_risk", policy.Risk: "draft.verdict.risk",
	policy.HighRisk: "draft.verdict.high_risk", policy.NotSignificant: "draft.verdict.not_significant",
	policy.IsSignificant: "draft.verdict.significant", policy.SignificantToPublic: "draft.verdict.significant_to_public",
}

func (d drafting) verdictText(v policy.Verdict) string {
	key, ok := verdictKeys[v]
	if !ok {
		return string(v)
	}
	return d.t(key)
}

// due answers until when a step is to be done, or that it was; unknown stands where the case has no such step.
func (d drafting) due(step string, unknown Part) []Part {
	o, ok := d.obligation(step)
	switch {
	case !ok:
		return []Part{unknown}
	case o.State == store.ObligationDone:
		return []Part{d.told("draft.label.handed_in", d.at(o.EndedAt)), d.told("draft.label.due", d.dueAt(step)),
			d.told("draft.label.reference", o.Reference)}
	case o.State == store.ObligationNotNeeded:
		return []Part{d.told("", d.t("draft.not_needed")), d.quoted("draft.label.reason", o.Reason)}
	}
	return []Part{d.told("", d.dueAt(step))}
}

// dueAt is when a step is to be done at the latest, "" where the case has no such step.
func (d drafting) dueAt(step string) string {
	o, ok := d.obligation(step)
	switch {
	case !ok:
		return ""
	case o.DueAt == nil:
		return d.t("draft.no_delay")
	}
	return d.at(o.DueAt)
}

func (d drafting) aspects() string {
	var names []string
	for _, a := range policy.AllAspects {
		if d.in.Incident.Aspects.Has(a) {
			names = append(names, d.t("aspect."+a.String()))
		}
	}
	return strings.Join(names, ", ")
}

func (d drafting) began() []Part {
	c := d.in.Incident
	return []Part{d.told("", d.at(c.OccurredAt)), d.gapIf(c.OccurredAt == nil, "draft.began.gap")}
}

// ended is when it no longer went on. What was reported is from before that: it does not answer.
func (d drafting) ended() []Part {
	if at := d.in.Incident.EndedAt; at != nil {
		return []Part{d.told("", d.at(at))}
	}
	return []Part{d.ongoing(), d.gap("draft.imy.ended.gap")}
}

func (d drafting) ongoing() Part {
	switch d.in.Incident.Ongoing {
	case policy.Yes:
		return d.told("", d.t("draft.ongoing.yes"))
	case policy.No:
		return d.told("", d.t("draft.ongoing.no"))
	}
	return Part{}
}

// what is what happened, and in which system.
func (d drafting) what() []Part {
	c := d.in.Incident
	parts := []Part{d.quoted("draft.label.report", c.Text), d.gapIf(strings.TrimSpace(c.Text) == "", "draft.what.gap")}
	if s := d.in.System; s != nil {
		parts = append(parts, d.told("draft.label.system", s.Name), d.told("draft.label.supplier", cmp.Or(c.SupplierName, s.Supplier)))
	} else {
		parts = append(parts, d.quoted("draft.label.system", c.SystemText), d.told("draft.label.supplier", c.SupplierName))
	}
	if c.Crime == policy.Yes {
		parts = append(parts, d.told("draft.label.police", cmp.Or(c.PoliceReport, d.t("draft.police.not_yet"))))
	}
	if c.Form != "" {
		parts = append(parts, d.told("draft.label.form", d.t("form."+c.Form)))
	}
	return parts
}

func (d drafting) causeTold() Part {
	if c := d.in.Incident.Cause; c != "" && c != policy.UnknownCause {
		return d.told("draft.label.cause", d.t("cause."+string(c)))
	}
	return Part{}
}

func (d drafting) cause(gap string) []Part {
	told := d.causeTold()
	return []Part{told, d.gapIf(told.Text == "", gap)}
}

// persons is roughly how many. The form wants a number: an interval without an end is none.
func (d drafting) persons(gap string) []Part {
	if n := d.in.Affected.Persons; n > 0 {
		return []Part{d.told("", strconv.Itoa(n))}
	}
	n := d.in.Incident.Persons
	return []Part{d.told("draft.label.report", d.personsTold()), d.gapIf(n == 0 || n >= policy.ManyPersons, gap)}
}

// intervals are the answers that the report's dialog offers, by their lower bound.
var intervals = map[int]string{
	1: "report.persons.1", 2: "report.persons.2", 10: "report.persons.10", 100: "report.persons.100",
	policy.ManyPersons: "report.persons.500",
}

func (d drafting) personsTold() string {
	if n := d.in.Affected.Persons; n > 0 {
		return strconv.Itoa(n)
	}
	n := d.in.Incident.Persons
	if key, ok := intervals[n]; ok {
		return d.t(key)
	}
	if n == 0 {
		return ""
	}
	return "≥ " + strconv.Itoa(n)
}

func sensitiveKinds(c store.Incident) []string {
	var kinds []string
	for kind := range strings.SplitSeq(c.SensitiveKinds, ",") {
		if kind = strings.TrimSpace(kind); kind != "" {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

func (d drafting) personalData() Part {
	switch d.in.Incident.PersonalData {
	case policy.Yes:
		return d.told("", d.t("draft.personal.yes"))
	case policy.No:
		return d.told("", d.t("draft.personal.no"))
	}
	return Part{}
}

// assessment is how serious the case is: what was decided with its reason, and the register's severity. Without the decision it is a gap.
func (d drafting) assessment(kind policy.Decision, gap string) []Part {
	c := d.in.Incident
	var parts []Part
	decided, ok := d.decision(kind)
	if ok {
		parts = append(parts, d.told("draft.label.verdict", d.verdictText(decided.Verdict)), d.quoted("draft.label.reason", decided.Reason))
	}
	if c.Severity.Valid() {
		figure := strconv.Itoa(int(c.Severity))
		parts = append(parts, d.told("draft.label.severity", d.t("severity."+figure)+" ("+figure+"/4)"),
			d.quoted("draft.label.severity_note", c.SeverityNote))
	}
	return append(parts, d.gapIf(!ok, gap))
}

// measures are what was done and what is to come. Only the case's own measures tell what is to come.
func (d drafting) measures(gap string) []Part {
	parts := []Part{d.quoted("draft.label.done", d.in.Incident.Done)}
	for _, m := range d.in.Measures {
		part := d.quoted("draft.measure."+string(m.State), m.Text)
		switch m.State {
		case store.MeasureOpen:
			part.Label += " " + m.DueOn
		default:
			part.Label += " " + d.at(m.EndedAt)
		}
		parts = append(parts, part)
	}
	return append(parts, d.quoted("draft.label.lesson", d.in.Incident.Lesson), d.gapIf(len(d.in.Measures) == 0, gap))
}
