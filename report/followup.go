package report

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// FollowupInput is what the follow-up of a year is compiled from, beside the register.
type FollowupInput struct {
	Year         int
	Organisation string
	Language     string // "sv", "en"
	Location     *time.Location
	Recurring    time.Duration // how long before a case another of its kind makes it a recurring one
	RiskLimits   policy.RiskLimits
	Training     []TrainingShare
	TrainingOf   []TrainingOfUnit
	TrainingDay  time.Time // of which Training tells: the end of the year, or today
	// Text puts keys in words, with what is filled in.
	Text func(key string, data map[string]any) string
}

// Followup is the material for the municipality's board on a year's work with information security (policy clause 3): figures from the
// register, and what the CISO writes. Nothing of what anybody wrote in a case is in it.
type Followup struct {
	Title        string
	Subtitle     string
	Organisation string
	Language     string
	Parts        []FollowupPart

	made time.Time // in the zone that it is shown in
	page string    // the word
}

// FollowupPart is one chapter.
type FollowupPart struct {
	Title  string
	Blocks []FollowupBlock
}

// FollowupBlock is a piece of a chapter; one of its fields is given.
type FollowupBlock struct {
	Heading string
	Text    string // a paragraph for each line
	Note    string // small
	List    []string
	Table   *Table
	Chart   *Chart
}

// Table is figures in rows. All columns but the first are figures.
type Table struct {
	Header []string
	Rows   [][]string
}

// Chart is a row of bars, for the eye; a table beside it has the figures.
type Chart struct {
	Title string
	Bars  []ChartBar
}

// ChartBar is one bar of a chart.
type ChartBar struct {
	Label string
	Value int
}

// TrainingShare is how far a group of people had come with a course: those who are away are not among them.
type TrainingShare struct {
	Course               string // its title
	Kind                 string // employee, manager, elected, supplier
	Asked, Done, Overdue int
}

// TrainingOfUnit is how far the people of a förvaltning or company had come with all courses: those who are away are not among them.
type TrainingOfUnit struct {
	Unit                 string
	People               int // at least so many
	Asked, Done, Overdue int // courses of people
}

// compiler compiles a follow-up.
type compiler struct {
	FollowupInput

	store    *store.Store
	from, to time.Time
	now      time.Time
	year     yearCount
	before   yearCount
	duties   []store.YearDuty
	measures store.MeasureCount
	systems  []store.System
	risks    []store.Risk  // open ones
	treated  map[int64]int // their open measures, by risk
	revised  []store.Revision
	written  store.Followup
}

// CompileFollowup compiles the follow-up of a year from the register as it is now.
func CompileFollowup(ctx context.Context, s *store.Store, in FollowupInput) (Followup, error) {
	c, err := newCompiler(ctx, s, in)
	if err != nil {
		return Followup{}, err
	}
	t := c.text
	f := Followup{
		Title: t("followup.title", "Year", in.Year), Subtitle: t("followup.subtitle"), Organisation: in.Organisation, Language: in.Language,
		made: c.now.In(in.Location), page: t("followup.page"),
	}
	for _, part := range []func() FollowupPart{c.summary, c.changes, c.compliance, c.status, c.recommendations, c.method} {
		f.Parts = append(f.Parts, part())
	}
	return f, nil
}

// newCompiler reads what a follow-up is compiled from.
func newCompiler(ctx context.Context, s *store.Store, in FollowupInput) (*compiler, error) {
	c := &compiler{
		FollowupInput: in, store: s, now: s.Now(),
		from: time.Date(in.Year, 1, 1, 0, 0, 0, 0, in.Location), to: time.Date(in.Year+1, 1, 1, 0, 0, 0, 0, in.Location),
	}
	if err := c.read(ctx); err != nil {
		return nil, fmt.Errorf("reading the figures of %d: %w", in.Year, err)
	}
	return c, nil
}

// text puts a key in words; pairs are names and values of what is filled in.
func (c *compiler) text(key string, pairs ...any) string {
	return c.Text(key, filledIn(pairs))
}

// filledIn are names and values in pairs, by name.
func filledIn(pairs []any) map[string]any {
	data := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		data[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return data
}

func (c *compiler) read(ctx context.Context) (err error) {
	if c.year, c.before, err = countYears(ctx, c.store, c.from, c.to, c.Recurring); err != nil {
		return err
	}
	if c.duties, err = c.store.YearDuties(ctx, c.from, c.to); err != nil {
		return err
	}
	if c.measures, err = c.store.MeasureCounts(ctx, c.from, c.to); err != nil {
		return err
	}
	all, err := c.store.Systems(ctx)
	if err != nil {
		return err
	}
	c.systems = slices.DeleteFunc(all, func(s store.System) bool { return !s.Active })
	if c.risks, err = c.store.OpenRisks(ctx, ""); err != nil {
		return err
	}
	if c.treated, err = c.store.OpenRiskMeasures(ctx); err != nil {
		return err
	}
	if c.revised, err = c.store.YearRevisions(ctx, c.Year); err != nil {
		return err
	}
	if c.written, err = c.store.Followup(ctx, c.Year); errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return err
}

// yearCount is what a year's cases come to.
type yearCount struct {
	cases, nearMisses, recurring, open, personal int
	categories                                   map[policy.Category]int
	severities                                   map[policy.Severity]int
	aspects                                      map[policy.Aspects]int
	causes                                       map[policy.Cause]int
	units                                        map[string]int
	months                                       [12]int
	acknowledge, close                           []int64 // milliseconds from when it was registered, sorted
}

// countYears counts the cases of a year and of the one before. within is how long before a case another one of the same category in the
// same system makes it a recurring one.
func countYears(ctx context.Context, s *store.Store, from, to time.Time, within time.Duration) (year, before yearCount, err error) {
	yearBefore := from.AddDate(-1, 0, 0)
	cases, err := s.CountedCases(ctx, yearBefore.Add(-within), to)
	if err != nil {
		return year, before, err
	}
	year, before = newYearCount(), newYearCount()
	type kind struct {
		system   int64
		category policy.Category
	}
	latest := map[kind]time.Time{}
	for _, c := range cases {
		recurring := false
		if c.SystemID != nil && !c.NearMiss {
			k := kind{*c.SystemID, c.Category}
			earlier, any := latest[k]
			recurring = any && c.RegisteredAt.Sub(earlier) <= within
			latest[k] = c.RegisteredAt
		}
		switch {
		case !c.RegisteredAt.Before(from):
			year.count(c, recurring, from.Location())
		case !c.RegisteredAt.Before(yearBefore):
			before.count(c, recurring, from.Location())
		}
	}
	for _, y := range []*yearCount{&year, &before} {
		slices.Sort(y.acknowledge)
		slices.Sort(y.close)
	}
	return year, before, nil
}

func newYearCount() yearCount {
	return yearCount{
		categories: map[policy.Category]int{}, severities: map[policy.Severity]int{}, aspects: map[policy.Aspects]int{},
		causes: map[policy.Cause]int{}, units: map[string]int{},
	}
}

// count adds a case.
func (y *yearCount) count(c store.CountedCase, recurring bool, loc *time.Location) {
	when := func(yes bool, into *int) {
		if yes {
			*into++
		}
	}
	y.cases++
	when(c.NearMiss, &y.nearMisses)
	when(recurring, &y.recurring)
	when(c.ClosedAt == nil, &y.open)
	when(c.PersonalData == policy.Yes, &y.personal)
	y.categories[c.Category]++
	y.severities[c.Severity]++
	y.units[c.Unit]++
	y.months[c.RegisteredAt.In(loc).Month()-1]++
	for _, a := range policy.AllAspects {
		if c.Aspects.Has(a) {
			y.aspects[a]++
		}
	}
	if c.AcknowledgedAt != nil {
		y.acknowledge = append(y.acknowledge, c.AcknowledgedAt.Sub(c.RegisteredAt).Milliseconds())
	}
	if c.ClosedAt != nil {
		y.close = append(y.close, c.ClosedAt.Sub(c.RegisteredAt).Milliseconds())
		y.causes[c.Cause]++
	}
}

// dutySum is the duties of a year taken together.
func (c *compiler) dutySum() (sum store.YearDuty) {
	for _, d := range c.duties {
		sum.All, sum.InTime, sum.Late, sum.Open = sum.All+d.All, sum.InTime+d.InTime, sum.Late+d.Late, sum.Open+d.Open
	}
	return sum
}

// share is "12 (40 %)", without the share when it is of nothing.
func share(n, of int) string {
	if of == 0 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d (%d %%)", n, (100*n+of/2)/of)
}

func (c *compiler) summary() FollowupPart {
	t, y, duties := c.text, c.year, c.dutySum()
	unclassified := c.figures().Unclassed
	rows := [][]string{
		{t("followup.cases"), fmt.Sprint(y.cases), fmt.Sprint(c.before.cases)},
		{t("followup.near_misses"), share(y.nearMisses, y.cases), share(c.before.nearMisses, c.before.cases)},
		{t("followup.recurring"), share(y.recurring, y.cases), share(c.before.recurring, c.before.cases)},
		{t("followup.personal"), share(y.personal, y.cases), share(c.before.personal, c.before.cases)},
		{t("followup.not_closed"), share(y.open, y.cases), share(c.before.open, c.before.cases)},
	}
	return FollowupPart{Title: t("followup.summary"), Blocks: []FollowupBlock{
		{Text: t("followup.intro", "Year", c.Year, "Organisation", c.Organisation)},
		{Table: &Table{Header: []string{"", fmt.Sprint(c.Year), fmt.Sprint(c.Year - 1)}, Rows: rows}},
		{Text: t("followup.summary.duties", "InTime", duties.InTime, "All", duties.All, "Late", duties.Late)},
		{Text: t("followup.summary.systems", "Classified", len(c.systems)-unclassified, "All", len(c.systems))},
		{Text: t("followup.summary.measures", "Open", c.measures.Open, "Late", c.measures.Late)},
		{Heading: t("followup.by_month")},
		{Chart: &Chart{Title: t("followup.by_month"), Bars: c.monthBars()}},
	}}
}

func (c *compiler) monthBars() []ChartBar {
	bars := make([]ChartBar, len(c.year.months))
	for i, n := range c.year.months {
		bars[i] = ChartBar{c.text("month." + fmt.Sprint(i+1)), n}
	}
	return bars
}

// changes is the first point of policy clause 3: what has changed in and around the municipality.
func (c *compiler) changes() FollowupPart {
	t := c.text
	part := FollowupPart{Title: t("followup.changes")}
	part.Blocks = append(part.Blocks, c.own(c.written.Changes)...)
	part.Blocks = append(part.Blocks, FollowupBlock{Heading: t("followup.revisions")})
	if len(c.revised) == 0 {
		return part.with(FollowupBlock{Text: t("followup.revisions.none", "Year", c.Year)})
	}
	table := &Table{Header: []string{t("followup.document"), t("followup.state"), t("followup.decided"), t("followup.edition")}}
	for _, r := range c.revised {
		table.Rows = append(table.Rows, []string{r.Title, t("revision.state." + string(r.State)), r.DecidedOn, r.Edition})
	}
	return part.with(FollowupBlock{Table: table})
}

func (p FollowupPart) with(blocks ...FollowupBlock) FollowupPart {
	p.Blocks = append(p.Blocks, blocks...)
	return p
}

// own is what the CISO has written, or that nothing is written yet.
func (c *compiler) own(words string) []FollowupBlock {
	if strings.TrimSpace(words) == "" {
		return []FollowupBlock{{Note: c.text("followup.not_written")}}
	}
	return []FollowupBlock{{Text: words}}
}

// compliance is the second point: how the policy and the rules are followed.
func (c *compiler) compliance() FollowupPart {
	t, y := c.text, c.year
	name := func(k policy.Category) string { return t("category." + string(k)) }
	categories := ranked(policy.Categories(), y.categories, c.before.categories)
	part := FollowupPart{Title: t("followup.compliance")}.with(
		FollowupBlock{Heading: t("followup.by_category")},
		FollowupBlock{Chart: &Chart{Title: t("followup.by_category"), Bars: bars(categories, name)}},
		FollowupBlock{Table: compared(c, categories, name)},
		FollowupBlock{Heading: t("followup.by_severity")},
		FollowupBlock{Table: compared(c, counted([]policy.Severity{policy.Serious, policy.Significant, policy.Moderate, policy.Low}, y.severities,
			c.before.severities), func(k policy.Severity) string {
			return t("severity", "Level", int(k), "Name", t(fmt.Sprintf("severity.%d", k)))
		})},
		FollowupBlock{Heading: t("followup.by_aspect")},
		FollowupBlock{Table: compared(c, counted(policy.AllAspects, y.aspects, c.before.aspects),
			func(k policy.Aspects) string { return t("aspect." + k.String()) })},
		FollowupBlock{Note: t("followup.by_aspect.note")},
		FollowupBlock{Heading: t("followup.by_cause")},
		FollowupBlock{Table: compared(c, ranked(policy.Causes(), y.causes, c.before.causes),
			func(k policy.Cause) string { return t("cause." + string(k)) })},
		FollowupBlock{Note: t("followup.by_cause.note")},
		FollowupBlock{Heading: t("followup.by_unit")})
	part = part.with(c.units()...)
	return part.with(
		FollowupBlock{Heading: t("followup.times")},
		FollowupBlock{Table: c.times()},
		FollowupBlock{Note: t("followup.times.note")},
		FollowupBlock{Heading: t("followup.duties")}).with(c.dutyTable()...).with(
		FollowupBlock{Heading: t("followup.training")}).with(c.trained()...)
}

// trained is how far each group had come with each course. A group of few is left out: figures of it would point at a person.
func (c *compiler) trained() []FollowupBlock {
	t := c.text
	table := &Table{Header: []string{
		t("training.column.course"), t("training.column.asked"), t("training.column.done"), t("training.column.overdue"),
	}}
	for _, s := range c.Training {
		if s.Asked >= policy.FewestShown {
			name := s.Course + " – " + t("training.kind."+s.Kind)
			table.Rows = append(table.Rows, []string{name, fmt.Sprint(s.Asked), share(s.Done, s.Asked), share(s.Overdue, s.Asked)})
		}
	}
	if len(table.Rows) == 0 {
		return []FollowupBlock{{Text: t("followup.training.none")}}
	}
	note := t("followup.training.note", "Day", c.TrainingDay.In(c.Location).Format(time.DateOnly), "Number", policy.FewestShown)
	byUnit := &Table{Header: []string{
		t("followup.unit"), t("training.column.asked"), t("training.column.done"), t("training.column.overdue"),
	}}
	for _, u := range c.TrainingOf {
		if u.People >= policy.FewestShown {
			byUnit.Rows = append(byUnit.Rows, []string{u.Unit, fmt.Sprint(u.Asked), share(u.Done, u.Asked), share(u.Overdue, u.Asked)})
		}
	}
	blocks := []FollowupBlock{{Table: table}}
	if len(byUnit.Rows) > 0 {
		blocks = append(blocks, FollowupBlock{Heading: t("followup.training.units")}, FollowupBlock{Table: byUnit})
	}
	return append(blocks, FollowupBlock{Note: note})
}

// count is a key's figure in a year and the one before.
type count[K comparable] struct {
	key       K
	n, before int
}

// counted are the keys with a figure in either year.
func counted[K comparable](keys []K, year, before map[K]int) []count[K] {
	var all []count[K]
	for _, k := range keys {
		if year[k] > 0 || before[k] > 0 {
			all = append(all, count[K]{k, year[k], before[k]})
		}
	}
	return all
}

// ranked is counted, the greatest first.
func ranked[K comparable](keys []K, year, before map[K]int) []count[K] {
	all := counted(keys, year, before)
	slices.SortStableFunc(all, func(a, b count[K]) int { return cmp.Compare(b.n, a.n) })
	return all
}

func bars[K comparable](counts []count[K], name func(K) string) []ChartBar {
	var all []ChartBar
	for _, c := range counts {
		all = append(all, ChartBar{name(c.key), c.n})
	}
	return all
}

// compared is a table of figures beside those of the year before.
func compared[K comparable](c *compiler, counts []count[K], name func(K) string) *Table {
	table := &Table{Header: []string{"", fmt.Sprint(c.Year), fmt.Sprint(c.Year - 1)}}
	for _, row := range counts {
		table.Rows = append(table.Rows, []string{name(row.key), share(row.n, c.year.cases), share(row.before, c.before.cases)})
	}
	return table
}

// units are the cases by unit, so that no figure points at a person.
func (c *compiler) units() []FollowupBlock {
	t := c.text
	known := maps.Clone(c.year.units)
	unknown := known[""]
	delete(known, "")
	figures := policy.Suppress(known)
	table := &Table{Header: []string{t("followup.unit"), t("followup.cases")}}
	for _, u := range figures.Shown {
		table.Rows = append(table.Rows, []string{u.Unit, share(u.Figure, c.year.cases)})
	}
	few := fmt.Sprint(policy.FewestShown)
	if figures.Units > 0 {
		rest := share(figures.Rest, c.year.cases)
		if figures.Rest < policy.FewestShown {
			rest = t("followup.fewer", "Number", few)
		}
		table.Rows = append(table.Rows, []string{t("followup.units.rest"), rest})
	}
	if unknown > 0 {
		table.Rows = append(table.Rows, []string{t("followup.units.unknown"), share(unknown, c.year.cases)})
	}
	return []FollowupBlock{{Table: table}, {Note: t("followup.units.note", "Number", few)}}
}

// times are how long cases waited, in hours.
func (c *compiler) times() *Table {
	t := c.text
	hours := func(sorted []int64, q float64) string {
		if len(sorted) == 0 {
			return "–"
		}
		h := fmt.Sprintf("%.1f", float64(policy.Quantile(sorted, q))/float64(time.Hour.Milliseconds()))
		if c.Language == "sv" {
			h = strings.Replace(h, ".", ",", 1)
		}
		return h
	}
	row := func(name string, sorted []int64) []string {
		return []string{name, fmt.Sprint(len(sorted)), hours(sorted, 0.5), hours(sorted, 0.9)}
	}
	return &Table{
		Header: []string{"", t("followup.cases"), t("followup.median"), t("followup.ninety")},
		Rows:   [][]string{row(t("followup.to_acknowledge"), c.year.acknowledge), row(t("followup.to_close"), c.year.close)},
	}
}

func (c *compiler) dutyTable() []FollowupBlock {
	t := c.text
	if len(c.duties) == 0 {
		return []FollowupBlock{{Text: t("followup.duties.none")}}
	}
	table := &Table{Header: []string{
		"", t("followup.duties.all"), t("followup.duties.in_time"), t("followup.duties.late"), t("followup.duties.open"),
	}}
	for _, d := range append(slices.Clone(c.duties), c.dutySum()) {
		name := t("followup.all")
		if d.Step != "" {
			name = t("step." + d.Step)
		}
		table.Rows = append(table.Rows, []string{name, fmt.Sprint(d.All), share(d.InTime, d.All), share(d.Late, d.All), fmt.Sprint(d.Open)})
	}
	return []FollowupBlock{{Table: table}, {Note: t("followup.duties.note")}}
}

// status is the third point: goals, data protection, and the systems that the risk analyses rest on.
func (c *compiler) status() FollowupPart {
	t := c.text
	part := FollowupPart{Title: t("followup.status")}.with(FollowupBlock{Heading: t("followup.goals")}).with(c.own(c.written.Goals)...)
	breaches := store.YearDuty{}
	for _, d := range c.duties {
		if d.Step == stepIMY {
			breaches = d
		}
	}
	part = part.with(FollowupBlock{Heading: t("followup.data_protection")}, FollowupBlock{Text: t("followup.data_protection.text",
		"Personal", c.year.personal, "Duties", breaches.All, "InTime", breaches.InTime, "Late", breaches.Late)})
	return part.with(FollowupBlock{Heading: t("followup.risks")}).with(c.analysed()...).
		with(FollowupBlock{Heading: t("followup.classification")}).with(c.classification()...)
}

// analysed is how far the risk analyses have come, by unit.
func (c *compiler) analysed() []FollowupBlock {
	t := c.text
	if len(c.risks) == 0 {
		return []FollowupBlock{{Text: t("followup.risks.none")}}
	}
	type analysis struct{ all, estimated, grave, measures int }
	byUnit := map[string]*analysis{}
	var sum analysis
	for _, r := range c.risks {
		u := byUnit[r.Unit]
		if u == nil {
			u = &analysis{}
			byUnit[r.Unit] = u
		}
		for _, into := range []*analysis{u, &sum} {
			into.all++
			into.measures += c.treated[r.ID]
			if r.EstimatedAt != nil && !r.EstimatedAt.Before(c.from) {
				into.estimated++
			}
			if c.RiskLimits.Level(r.Before) >= policy.RiskHigh {
				into.grave++
			}
		}
	}
	table := &Table{Header: []string{
		t("followup.unit"), t("followup.risks.open"), t("followup.risks.estimated", "Year", c.Year), t("followup.risks.high"),
		t("followup.risks.measures"),
	}}
	add := func(name string, u analysis) {
		table.Rows = append(table.Rows, []string{
			name, fmt.Sprint(u.all), share(u.estimated, u.all), share(u.grave, u.all), fmt.Sprint(u.measures),
		})
	}
	for _, unit := range slices.Sorted(maps.Keys(byUnit)) {
		add(unit, *byUnit[unit])
	}
	add(t("followup.all"), sum)
	return []FollowupBlock{{Table: table}, {Note: t("followup.risks.note")}}
}

// classification is how many of the systems in use are classified, by unit.
func (c *compiler) classification() []FollowupBlock {
	t := c.text
	if len(c.systems) == 0 {
		return []FollowupBlock{{Text: t("followup.systems.none")}}
	}
	type coverage struct{ all, classified, old int }
	byUnit := map[string]*coverage{}
	var sum coverage
	for _, s := range c.systems {
		u := byUnit[s.Unit]
		if u == nil {
			u = &coverage{}
			byUnit[s.Unit] = u
		}
		for _, into := range []*coverage{u, &sum} {
			into.all++
			if s.Levels != nil {
				into.classified++
				if s.ClassifiedOn < c.from.Format(time.DateOnly) {
					into.old++
				}
			}
		}
	}
	table := &Table{Header: []string{
		t("followup.unit"), t("followup.systems"), t("followup.classified"), t("followup.classified.old", "Year", c.Year),
	}}
	add := func(name string, u coverage) {
		table.Rows = append(table.Rows, []string{name, fmt.Sprint(u.all), share(u.classified, u.all), fmt.Sprint(u.old)})
	}
	for _, unit := range slices.Sorted(maps.Keys(byUnit)) {
		add(cmp.Or(unit, t("followup.units.unknown")), *byUnit[unit])
	}
	add(t("followup.all"), sum)
	return []FollowupBlock{{Table: table}}
}

// recommendations is the fourth point: what the CISO recommends, what the figures suggest, and the measures that are under way.
func (c *compiler) recommendations() FollowupPart {
	t := c.text
	part := FollowupPart{Title: t("followup.recommendations")}.with(c.own(c.written.Recommendations)...)
	if list := c.proposals(); len(list) > 0 {
		part = part.with(FollowupBlock{Heading: t("followup.proposals")}, FollowupBlock{List: list},
			FollowupBlock{Note: t("followup.proposals.note")})
	}
	return part.with(FollowupBlock{Heading: t("followup.measures")}, FollowupBlock{Text: t("followup.measures.text",
		"Open", c.measures.Open, "Late", c.measures.Late, "Done", c.measures.Done, "Dropped", c.measures.Dropped)})
}

// proposals are what the figures suggest, in words.
func (c *compiler) proposals() (all []string) {
	f := c.figures()
	category, cause := c.text("category."+string(f.Commonest)), c.text("cause."+string(f.CommonCause))
	for _, p := range f.Propose() {
		all = append(all, c.text("followup.proposal."+p.Code,
			"Figure", p.Figure, "Of", p.Of, "Percent", p.Percent, "Category", category, "Cause", cause))
	}
	return all
}

// Proposals are the recommendations that a year's figures suggest, in words.
func Proposals(ctx context.Context, s *store.Store, in FollowupInput) ([]string, error) {
	c, err := newCompiler(ctx, s, in)
	if err != nil {
		return nil, err
	}
	return c.proposals(), nil
}

// figures are what the recommendations are drawn from.
func (c *compiler) figures() policy.YearFigures {
	y, duties := c.year, c.dutySum()
	f := policy.YearFigures{
		Cases: y.cases, CasesBefore: c.before.cases, NearMisses: y.nearMisses, Recurring: y.recurring,
		Duties: duties.All, DutiesLate: duties.Late,
		MedianAcknowledge: float64(policy.Quantile(y.acknowledge, 0.5)) / float64(time.Hour.Milliseconds()), Systems: len(c.systems),
		MeasuresLate: c.measures.Late, Risks: len(c.risks),
	}
	for _, r := range c.risks {
		switch c.RiskLimits.Level(r.Before) {
		case 0:
			f.RisksNotEstimated++
		case policy.RiskGrave:
			f.RisksGrave++
		}
	}
	if top := ranked(policy.Categories(), y.categories, nil); len(top) > 0 {
		f.Commonest, f.CommonestCases = top[0].key, top[0].n
	}
	for _, cause := range counted(policy.Causes(), y.causes, nil) {
		f.CausesKnown += cause.n
		if cause.n > f.CommonCauseCases {
			f.CommonCause, f.CommonCauseCases = cause.key, cause.n
		}
	}
	for _, s := range c.systems {
		switch {
		case s.Levels == nil:
			f.Unclassed++
		case s.ClassifiedOn < c.from.Format(time.DateOnly):
			f.ClassedLongAgo++
		}
	}
	for _, r := range c.revised {
		if !r.State.Ended() || r.State == store.RevisionMissed {
			f.RevisionsNotDecided++
		}
	}
	return f
}

// method says how the figures are counted.
func (c *compiler) method() FollowupPart {
	t := c.text
	return FollowupPart{Title: t("followup.method"), Blocks: []FollowupBlock{
		{List: []string{
			t("followup.method.year", "Year", c.Year), t("followup.method.clock"), t("followup.method.security"),
			t("followup.method.recurring", "Days", int(c.Recurring.Hours()/24)), t("followup.method.texts"),
		}},
		{Note: t("followup.method.made", "Time", c.now.In(c.Location).Format("2006-01-02 15:04"))},
	}}
}
