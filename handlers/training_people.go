package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// Figures are how people stand with courses: each person counts once for each course that is for them.
type Figures struct{ Asked, Done, InTime, Overdue, Away int }

func (f *Figures) count(s policy.Standing) {
	if s.State == policy.NotAsked {
		return
	}
	f.Asked++
	switch {
	case s.State == policy.Away:
		f.Away++
	case s.Valid:
		f.Done++
	case s.State == policy.PastDue:
		f.Overdue++
	default:
		f.InTime++
	}
}

// Plus adds up.
func (f Figures) Plus(o Figures) Figures {
	return Figures{f.Asked + o.Asked, f.Done + o.Done, f.InTime + o.InTime, f.Overdue + o.Overdue, f.Away + o.Away}
}

// Share is how many per cent of those who are here have done what is asked of them; 100 of none.
func (f Figures) Share() int {
	if here := f.Asked - f.Away; here > 0 {
		return 100 * f.Done / here
	}
	return 100
}

func (a *App) figuresText(lang string, f Figures) string {
	return a.Texts.T(lang, "training.figures", locale.Data{
		"Done": f.Done, "Here": f.Asked - f.Away, "Share": f.Share(), "Overdue": f.Overdue, "InTime": f.InTime, "Away": f.Away,
	})
}

// standingOf is a person with what they are to take.
type standingOf struct {
	store.Trainee
	rules policy.Trainee
	open  []policy.Standing
	late  bool
}

// shownPeople is how many people a list of a manager's shows by name, with a button each.
const shownPeople = 10

// peopleView is how a manager's people stand.
type peopleView struct {
	waiting []standingOf // with something to take, the late first
	figures Figures
	units   []unitFigures // below, without names
}

type unitFigures struct {
	name string
	Figures
}

func (v peopleView) nothing() bool {
	return len(v.waiting) == 0 && !slices.ContainsFunc(v.units, func(u unitFigures) bool { return u.Overdue > 0 })
}

// peopleOf looks at a manager's own people by name, and at the units below by figures.
func (a *App) peopleOf(ctx context.Context, manager store.Person) (peopleView, error) {
	var v peopleView
	r, err := a.school(ctx)
	if err != nil {
		return v, err
	}
	own, err := a.Store.TraineesByManager(ctx, manager.Email)
	if err != nil {
		return v, err
	}
	today := a.trainingToday()
	for _, t := range own {
		if !policy.MayTrain(policy.SeeTraining, relations(manager, t.Person), nil) {
			continue
		}
		p := r.trainee(t)
		for _, c := range r.courses {
			v.figures.count(c.Standing(p, r.parents, today))
		}
		open := r.open(p, today)
		if len(open) > 0 {
			late := slices.ContainsFunc(open, func(s policy.Standing) bool { return s.State == policy.PastDue })
			v.waiting = append(v.waiting, standingOf{t, p, open, late})
		}
	}
	slices.SortStableFunc(v.waiting, func(x, y standingOf) int { return x.rank() - y.rank() })
	v.units, err = a.unitsBelow(ctx, r, manager)
	return v, err
}

// rank sorts the late before the others.
func (s standingOf) rank() int {
	if s.late {
		return 0
	}
	return 1
}

// unitsBelow are the figures of the units in which a manager has people who are not their own.
func (a *App) unitsBelow(ctx context.Context, r school, manager store.Person) ([]unitFigures, error) {
	var names []string
	for _, u := range r.units {
		if slices.ContainsFunc(r.units, func(above policy.Unit) bool {
			return above.Manager == manager.Email && policy.Within(r.parents, u.Name, above.Name)
		}) {
			names = append(names, u.Name)
		}
	}
	if len(names) == 0 || !policy.MayTrain(policy.SeeUnits, []policy.Relation{policy.ManagerAbove}, nil) {
		return nil, nil
	}
	people, err := a.Store.TraineesOfUnits(ctx, names)
	if err != nil {
		return nil, err
	}
	byUnit, others := map[string]*Figures{}, map[string]bool{}
	today := a.trainingToday()
	for _, t := range people {
		if byUnit[t.Unit] == nil {
			byUnit[t.Unit] = &Figures{}
		}
		others[t.Unit] = others[t.Unit] || t.ManagerEmail != manager.Email && t.Email != manager.Email
		p := r.trainee(t)
		for _, c := range r.courses {
			byUnit[t.Unit].count(c.Standing(p, r.parents, today))
		}
	}
	var all []unitFigures
	for _, name := range names {
		if others[name] && byUnit[name].Asked > 0 {
			all = append(all, unitFigures{name, *byUnit[name]})
		}
	}
	return all, nil
}

// digestLetter tells a manager how their people stand; errPointless when nothing is to be done.
func (a *App) digestLetter(ctx context.Context, lang string, manager store.Trainee) (bot.Message, error) {
	v, err := a.peopleOf(ctx, manager.Person)
	if err != nil {
		return bot.Message{}, err
	}
	if v.nothing() {
		return bot.Message{}, errPointless
	}
	title := a.Texts.T(lang, "training.digest.title")
	m := bot.Message{Summary: title, Blocks: append([]bot.Block{bot.Heading(title)}, a.peopleBlocks(lang, v)...)}
	m.Blocks = append(m.Blocks, bot.Buttons{{ID: trainingPeopleButton, Text: a.Texts.T(lang, "button.training_now"), Style: bot.Primary}})
	return m, nil
}

// peopleBlocks are how a manager's people stand, in words.
func (a *App) peopleBlocks(lang string, v peopleView) []bot.Block {
	t := func(key string, data ...locale.Data) string { return a.Texts.T(lang, key, data...) }
	var blocks []bot.Block
	if v.figures.Asked > 0 {
		blocks = append(blocks, bot.Facts{{Label: t("training.own"), Value: a.figuresText(lang, v.figures)}})
	}
	var facts bot.Facts
	for _, s := range v.waiting[:min(shownPeople, len(v.waiting))] {
		var lines []string
		for _, o := range s.open {
			c, _ := a.course(o.Course)
			line := t("training.waiting."+string(o.State), locale.Data{"Title": c.Title, "Day": dayText(o.Deadline)})
			if c.HandedOver(s.rules, o) {
				line += " " + t("training.handed_over", locale.Data{"Count": s.rules.InPeriod(o).Times})
			}
			lines = append(lines, line)
		}
		if _, reachable := a.reachedOn(s.Trainee); !reachable {
			lines = append(lines, t("training.unreachable"))
		}
		facts = append(facts, bot.Fact{Label: s.Name, Value: strings.Join(lines, "\n")})
	}
	if len(facts) > 0 {
		blocks = append(blocks, facts)
	}
	if more := len(v.waiting) - shownPeople; more > 0 {
		blocks = append(blocks, bot.Small(t("training.more", locale.Data{"Count": more})))
	}
	var units bot.Facts
	for _, u := range v.units[:min(shownPeople, len(v.units))] {
		units = append(units, bot.Fact{Label: u.name, Value: a.figuresText(lang, u.Figures)})
	}
	if len(units) > 0 {
		blocks = append(blocks, bot.Heading(t("training.units")), units)
	}
	if more := len(v.units) - shownPeople; more > 0 {
		blocks = append(blocks, bot.Small(t("training.more_units", locale.Data{"Count": more})))
	}
	return blocks
}

// ownPeople shows a manager how their people stand now, with a button for each who has something to take.
func (a *App) ownPeople(ctx context.Context, req bot.Request) (bot.Reply, error) {
	self, lang, denied, err := a.self(ctx, req)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	v, err := a.peopleOf(ctx, self.Person)
	if err != nil {
		return bot.Reply{}, err
	}
	title := a.Texts.T(lang, "training.people")
	m := bot.Message{Summary: title, Blocks: append([]bot.Block{bot.Heading(title)}, a.peopleBlocks(lang, v)...)}
	if v.figures.Asked == 0 && len(v.units) == 0 {
		m.Blocks = append(m.Blocks, bot.Paragraph(a.Texts.T(lang, "training.people.none")))
	} else if len(v.waiting) == 0 && v.figures.Asked > 0 {
		m.Blocks = append(m.Blocks, bot.Paragraph(a.Texts.T(lang, "training.people.done")))
	}
	var buttons bot.Buttons
	for _, s := range v.waiting[:min(shownPeople, len(v.waiting))] {
		buttons = append(buttons, bot.Button{ID: trainingPersonButton, Subject: strconv.FormatInt(s.ID, 10), Text: truncate(s.Name, 60)})
	}
	m.Blocks = append(m.Blocks, inRows(buttons)...)
	return bot.Reply{Message: &m}, nil
}

// relations are what somebody is to a person of the staff list.
func relations(who, person store.Person) []policy.Relation {
	switch {
	case who.ID == person.ID:
		return []policy.Relation{policy.Themself}
	case who.Email == person.ManagerEmail && person.Active:
		return []policy.Relation{policy.TheirManager}
	}
	return nil
}

// ownPerson is the person whom a button concerns, when who pressed is their manager. Otherwise denied is the answer, and the refusal is in
// the audit chain.
func (a *App) ownPerson(ctx context.Context, req bot.Request) (t store.Trainee, lang string, denied *bot.Reply, err error) {
	self, lang, denied, err := a.self(ctx, req)
	if err != nil || denied != nil {
		return t, lang, denied, err
	}
	id, err := strconv.ParseInt(req.Subject, 10, 64)
	if err == nil {
		t, err = a.Store.Trainee(ctx, id)
	}
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, strconv.ErrSyntax) {
		reply := a.private(lang, "stale_button")
		return t, lang, &reply, nil
	}
	if err != nil {
		return t, lang, nil, fmt.Errorf("looking up a person: %w", err)
	}
	if policy.MayTrain(policy.MarkTraining, relations(self.Person, t.Person), nil) {
		return t, lang, nil, nil
	}
	reply := a.private(lang, "training.refused")
	return t, lang, &reply, a.refused(ctx, req, personSubject(t.ID), string(policy.MarkTraining))
}

// What a manager can do about a person.
const (
	fieldMark   = "mark"
	fieldUntil  = "until"
	fieldCourse = "course"

	markRemind = "remind"
	markAbsent = "absent"
	markLeft   = "left"
	markDone   = "done"
)

// longestAbsence is how far ahead an absence may end.
const longestAbsence = 3 * 366 * 24 * time.Hour

// openPerson opens the dialog where a manager reminds a person, or says that they are away, have left or have taken a course.
func (a *App) openPerson(ctx context.Context, req bot.Request) (bot.Reply, error) {
	t, lang, denied, err := a.ownPerson(ctx, req)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	r, err := a.school(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Reply{Dialog: a.personDialog(lang, r, t)}, nil
}

func (a *App) personDialog(lang string, r school, person store.Trainee) *bot.Dialog {
	t := func(key string) string { return a.Texts.T(lang, key) }
	mark := bot.Field{ID: fieldMark, Kind: bot.Choice, Required: true, Label: person.Name, Help: t("training.mark.help")}
	for _, what := range []string{markRemind, markAbsent, markLeft, markDone} {
		mark.Options = append(mark.Options, bot.Option{Value: what, Label: t("training.mark." + what)})
	}
	course := bot.Field{
		ID: fieldCourse, Kind: bot.Choice, Required: true, Label: t("training.mark.course"),
		ShowIf: &bot.Condition{Field: fieldMark, OneOf: []string{markDone}},
	}
	p := r.trainee(person)
	for _, c := range a.Settings.Training.Courses {
		if c.IsFor(p, r.parents) {
			course.Options = append(course.Options, bot.Option{Value: c.Key, Label: c.Title})
		}
	}
	d := &bot.Dialog{
		ID: trainingPersonButton, Subject: strconv.FormatInt(person.ID, 10), Title: t("training.person"),
		Submit: t("button.save"), Cancel: t("button.cancel"),
		Fields: []bot.Field{
			mark,
			{ID: fieldUntil, Kind: bot.DateTime, Required: true, Label: t("training.mark.until"), Help: t("training.mark.until.help"),
				ShowIf: &bot.Condition{Field: fieldMark, OneOf: []string{markAbsent}}},
		},
	}
	if len(course.Options) > 0 {
		d.Fields = append(d.Fields, course)
	}
	return d
}

// markPerson does what a manager asked for about a person.
func (a *App) markPerson(ctx context.Context, req bot.Request) (bot.Reply, error) {
	t, lang, denied, err := a.ownPerson(ctx, req)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	r, err := a.school(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	if found := a.personDialog(lang, r, t).Check(req.Values, 0, a.Store.Now()); len(found) > 0 {
		return bot.Reply{Errors: a.problems(lang, found)}, nil
	}
	mark := req.Values.Get(fieldMark)
	until := policy.DayOf(req.Values.Time(fieldUntil), a.Settings.Location)
	if today := a.trainingToday(); mark == markAbsent && (until.Before(today) || until.Sub(today) > longestAbsence) {
		return bot.Reply{Errors: map[string]string{fieldUntil: a.Texts.T(lang, "training.mark.until.wrong")}}, nil
	}
	c, _ := a.course(req.Values.Get(fieldCourse)) // of markDone
	if c, err = a.inForce(ctx, c, a.trainingToday()); err != nil {
		return bot.Reply{}, err
	}
	answer := "training.marked." + mark
	err = a.once(ctx, req.Key, func(tx *store.Tx) error {
		switch mark {
		case markRemind:
			reminded, err := a.remindNow(ctx, tx, r, t)
			if err != nil {
				return err
			}
			if !reminded {
				answer = "training.marked.not_again"
				return nil
			}
		case markAbsent:
			if err := tx.ChangePerson(ctx, t.ID, func(p *store.Person) { p.AbsentUntil = dayText(until) }); err != nil {
				return err
			}
		case markLeft:
			if err := tx.ChangePerson(ctx, t.ID, func(p *store.Person) { p.Active = false }); err != nil {
				return err
			}
		case markDone:
			return a.completeIn(ctx, tx, req, t.ID, c, byManager)
		}
		return a.audit(ctx, tx, actorName(req.Actor), "training.marked", personSubject(t.ID), map[string]any{"mark": mark})
	})
	if errors.Is(err, errOutsideHours) {
		return bot.Reply{Errors: map[string]string{fieldMark: a.Texts.T(lang, "training.mark.hours", a.hoursData())}}, nil
	}
	if err != nil {
		return bot.Reply{}, fmt.Errorf("marking a person (%s): %w", mark, err)
	}
	return a.private(lang, answer, locale.Data{"Name": t.Name, "Day": dayText(until)}), nil
}

func (a *App) hoursData() locale.Data {
	clock := func(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }
	return locale.Data{"From": clock(a.Settings.Training.Hours.From), "To": clock(a.Settings.Training.Hours.To)}
}
