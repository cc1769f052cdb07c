package handlers

import (
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

// TrainingRow is how the people of one unit and kind stand with one course on a day.
type TrainingRow struct {
	Unit, Kind, Course string
	Figures
}

// TrainingOverview is how training stands on a day, and how it has stood: what the CISO is shown, and what the files are made of.
type TrainingOverview struct {
	Organisation string
	Day          time.Time
	Rows         []TrainingRow     // in the order of units, kinds and courses
	Titles       map[string]string // of courses
	Trend        []TrendPoint      // oldest first, the last one is Day
}

// TrendPoint is the share that was done on a day, in per cent.
type TrendPoint struct {
	Day   time.Time
	Share int
}

// trendMonths is how far back the trend goes.
const trendMonths = 12

// TrainingOn is how training stood on a day, by unit, kind and course. Any past day can be asked for: what people were, and what they had
// completed, is kept.
func (a *App) TrainingOn(ctx context.Context, day time.Time) ([]TrainingRow, error) {
	r, err := a.schoolOn(ctx, day)
	if err != nil {
		return nil, err
	}
	type key struct{ unit, kind, course string }
	counts := map[key]*Figures{}
	err = a.Store.StandingsOn(ctx, dayText(day), func(st store.Standing) {
		p := r.trainee(store.Trainee{
			Person:    store.Person{Unit: st.Unit, Kind: st.Kind, StartDate: st.StartDate, AbsentUntil: st.AbsentUntil, Email: st.Email},
			Completed: st.Completed,
		})
		for _, c := range r.courses {
			k := key{st.Unit, st.Kind, c.Key}
			s := c.Standing(p, r.parents, day)
			if s.State == policy.NotAsked {
				continue
			}
			if counts[k] == nil {
				counts[k] = &Figures{}
			}
			counts[k].count(s)
		}
	})
	if err != nil {
		return nil, err
	}
	rows := make([]TrainingRow, 0, len(counts))
	for k, f := range counts {
		rows = append(rows, TrainingRow{Unit: k.unit, Kind: k.kind, Course: k.course, Figures: *f})
	}
	slices.SortFunc(rows, func(x, y TrainingRow) int {
		return strings.Compare(x.Unit+"\x00"+x.Kind+"\x00"+x.Course, y.Unit+"\x00"+y.Kind+"\x00"+y.Course)
	})
	return rows, nil
}

// total adds up rows that a test picks.
func total(rows []TrainingRow, of func(TrainingRow) bool) (f Figures) {
	for _, r := range rows {
		if of(r) {
			f = f.Plus(r.Figures)
		}
	}
	return f
}

// overview is how the whole municipality stood on a day, in words.
func (a *App) overview(ctx context.Context, lang string, day time.Time) ([]bot.Block, error) {
	rows, err := a.TrainingOn(ctx, day)
	if err != nil {
		return nil, err
	}
	t := func(key string, data ...locale.Data) string { return a.Texts.T(lang, key, data...) }
	var courses, kinds bot.Facts
	for _, c := range a.Settings.Training.Courses {
		if f := total(rows, func(r TrainingRow) bool { return r.Course == c.Key }); f.Asked > 0 {
			courses = append(courses, bot.Fact{Label: c.Title, Value: a.figuresText(lang, f)})
		}
	}
	for _, kind := range []string{"employee", "manager", "elected", "supplier"} {
		if f := total(rows, func(r TrainingRow) bool { return r.Kind == kind }); f.Asked > 0 {
			kinds = append(kinds, bot.Fact{Label: t("training.kind." + kind), Value: a.figuresText(lang, f)})
		}
	}
	blocks := []bot.Block{bot.Divider{}, bot.Heading(t("training.overview", locale.Data{"Day": dayText(day)}))}
	if len(courses) == 0 {
		return append(blocks, bot.Paragraph(t("training.overview.none"))), nil
	}
	var lowest []unitFigures
	for _, r := range rows {
		if !slices.ContainsFunc(lowest, func(u unitFigures) bool { return u.name == r.Unit }) {
			lowest = append(lowest, unitFigures{r.Unit, total(rows, func(o TrainingRow) bool { return o.Unit == r.Unit })})
		}
	}
	slices.SortStableFunc(lowest, func(x, y unitFigures) int { return x.Share() - y.Share() })
	var units bot.Facts
	for _, u := range lowest[:min(len(lowest), shownPeople)] {
		units = append(units, bot.Fact{Label: u.name, Value: a.figuresText(lang, u.Figures)})
	}
	return append(blocks, courses, bot.Divider{}, kinds, bot.Heading(t("training.overview.units")), units,
		bot.Buttons{{ID: trainingFilesButton, Text: t("button.training_files")}}), nil
}

// trainingFiles begins the kinds of delivery that hand over the overview as files; the file's number follows.
const trainingFiles = "training_files_"

// sendOverview hands the CISO the overview as a picture and as tables.
func (a *App) sendOverview(ctx context.Context, req bot.Request) (bot.Reply, error) {
	lang := a.language(ctx, req.Actor)
	roles, err := a.rolesOf(ctx, req.Actor)
	if err != nil {
		return bot.Reply{}, err
	}
	if !policy.MayTrain(policy.SeeAllTraining, nil, roles) {
		return a.private(lang, "training.refused"), a.refused(ctx, req, "", string(policy.SeeAllTraining))
	}
	err = a.once(ctx, req.Key, func(tx *store.Tx) error {
		var deliveries []store.Delivery
		for n := range trainingFilesCount {
			deliveries = append(deliveries, personal(req.Actor, fmt.Sprint(trainingFiles, n), nil))
		}
		if err := a.post(ctx, tx, deliveries); err != nil {
			return err
		}
		return a.audit(ctx, tx, actorName(req.Actor), "training.overview_sent", "", map[string]any{})
	})
	if err != nil {
		return bot.Reply{}, fmt.Errorf("handing on the overview of training: %w", err)
	}
	return a.private(lang, "training.files_sent"), nil
}

// trainingFilesCount is how many files TrainingFiles makes.
const trainingFilesCount = 3

// sendTrainingFile makes one of the overview's files from how things stand now, and hands it on, unless its recipient no longer may have
// it.
func (a *App) sendTrainingFile(ctx context.Context, surface bot.Surface, to bot.Address, lang string, d store.Delivery) error {
	roles, err := a.rolesOf(ctx, bot.Actor{Surface: to.Surface, ID: to.User})
	if err != nil {
		return err
	}
	if !policy.MayTrain(policy.SeeAllTraining, nil, roles) {
		return errPointless
	}
	n := 0
	if _, err := fmt.Sscanf(d.Kind, trainingFiles+"%d", &n); err != nil {
		return fmt.Errorf("reading which file: %w", err)
	}
	o, err := a.wholeOverview(ctx)
	if err != nil {
		return err
	}
	file, err := a.TrainingFile(lang, o, n)
	if err != nil {
		return fmt.Errorf("making a file of the overview: %w", err)
	}
	return surface.SendFile(ctx, to, file.Name, file.Alt, file.Content)
}

// wholeOverview is the overview with its trend.
func (a *App) wholeOverview(ctx context.Context) (TrainingOverview, error) {
	today := a.trainingToday()
	o := TrainingOverview{Organisation: a.Settings.Organisation, Day: today, Titles: map[string]string{}}
	for _, c := range a.Settings.Training.Courses {
		o.Titles[c.Key] = c.Title
	}
	for months := trendMonths; months >= 0; months-- {
		day := today.AddDate(0, -months, 0)
		rows, err := a.TrainingOn(ctx, day)
		if err != nil {
			return o, err
		}
		o.Rows = rows
		if f := total(rows, func(TrainingRow) bool { return true }); f.Asked > f.Away {
			o.Trend = append(o.Trend, TrendPoint{day, f.Share()})
		}
	}
	return o, nil
}
