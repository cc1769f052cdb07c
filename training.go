package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/config"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/lesson"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/report"
	"tyreso.se/incidentbot/store"
)

// trainingFrom is what the use cases of training need of the configuration. The error names what a course or a lesson lacks.
func trainingFrom(cfg config.Config) (handlers.Training, error) {
	from, to := cfg.Training.Hours()
	t := handlers.Training{
		Hours: policy.SendingHours{From: from, To: to}, DigestDay: cfg.Training.Weekday(), Lessons: map[string]map[string]handlers.Lesson{},
	}
	lessons, err := lesson.Builtin()
	if err != nil {
		return t, err
	}
	if cfg.Training.Lessons != "" {
		own, err := lesson.Read(os.DirFS(cfg.Training.Lessons))
		if err != nil {
			return t, fmt.Errorf("reading the lessons in %s:\n%w", cfg.Training.Lessons, err)
		}
		lessons = append(lessons, own...) // which replace built-in ones of the same key
	}
	for _, l := range lessons {
		if t.Lessons[l.Key] == nil {
			t.Lessons[l.Key] = map[string]handlers.Lesson{}
		}
		t.Lessons[l.Key][l.Language] = lessonFrom(l)
	}
	for _, c := range cfg.Courses {
		if c.Lesson != "" && t.Lessons[c.Lesson] == nil {
			return t, fmt.Errorf("the course %q has the lesson %q, which is neither built in nor in training.lessons", c.Key, c.Lesson)
		}
		course := handlers.Course{
			Course: policy.Course{
				Key: c.Key, IntervalMonths: c.IntervalMonths, GraceDays: c.GraceDays, From: policy.Day(c.From), Version: c.Version,
				Kinds: c.Audience, Units: c.Units, LeadDays: c.LeadDays, EveryDays: c.RemindEveryDays, Times: c.Reminders,
			},
			Title: c.Title, Lesson: c.Lesson, Document: c.Document != "", Follows: follows(c), Link: c.Link, Minutes: c.Minutes,
		}
		for _, role := range c.Roles {
			course.Roles = append(course.Roles, policy.Role(role))
		}
		t.Courses = append(t.Courses, course)
	}
	return t, nil
}

// follows is the governing document whose revisions decide which version of it is to be attested; none when the settings say which.
func follows(c config.Course) string {
	if c.Version != "" {
		return ""
	}
	return c.Document
}

func lessonFrom(l lesson.Lesson) handlers.Lesson {
	out := handlers.Lesson{Title: l.Title}
	for _, p := range l.Pages {
		page := handlers.LessonPage{Title: p.Title}
		for _, part := range p.Parts {
			if len(part.Points) > 0 {
				page.Blocks = append(page.Blocks, bot.List(part.Points))
			} else {
				page.Blocks = append(page.Blocks, bot.Paragraph(part.Paragraph))
			}
		}
		out.Pages = append(out.Pages, page)
	}
	for _, q := range l.Quiz {
		out.Quiz = append(out.Quiz, handlers.Question{Text: q.Question, Options: q.Options, Answer: q.Answer - 1, Why: q.Why})
	}
	return out
}

// trainingOn is how training stood on a day, and the courses that it tells of.
func trainingOn(ctx context.Context, cfg config.Config, register *store.Store, day time.Time) (
	rows []handlers.TrainingRow, courses []handlers.Course, err error,
) {
	settings := settingsFrom(cfg)
	if settings.Training, err = trainingFrom(cfg); err != nil {
		return nil, nil, err
	}
	rows, err = (&handlers.App{Store: register, Settings: settings}).TrainingOn(ctx, day)
	return rows, settings.Training.Courses, err
}

// trainingOfUnits is how far the people of each förvaltning and company had come, in the order of their names.
func trainingOfUnits(rows []handlers.TrainingRow, tree []policy.Unit) (all []report.TrainingOfUnit) {
	above := policy.Administrations(tree)
	sums := map[string]*report.TrainingOfUnit{}
	people := map[string]map[string]int{} // by administration and course
	for _, r := range rows {
		unit := cmp.Or(above[r.Unit], r.Unit)
		if sums[unit] == nil {
			sums[unit], people[unit] = &report.TrainingOfUnit{Unit: unit}, map[string]int{}
		}
		u := sums[unit]
		u.Asked, u.Done, u.Overdue = u.Asked+r.Asked-r.Away, u.Done+r.Done, u.Overdue+r.Overdue
		people[unit][r.Course] += r.Asked - r.Away
		u.People = max(u.People, people[unit][r.Course])
	}
	for _, unit := range slices.Sorted(maps.Keys(sums)) {
		all = append(all, *sums[unit])
	}
	return all
}

// trainingShares is how far the groups of people had come with the courses.
func trainingShares(rows []handlers.TrainingRow, courses []handlers.Course) (all []report.TrainingShare) {
	for _, c := range courses {
		for _, kind := range config.Audiences() {
			s := report.TrainingShare{Course: c.Title, Kind: kind}
			for _, r := range rows {
				if r.Course == c.Key && r.Kind == kind {
					s.Asked, s.Done, s.Overdue = s.Asked+r.Asked-r.Away, s.Done+r.Done, s.Overdue+r.Overdue
				}
			}
			if s.Asked > 0 {
				all = append(all, s)
			}
		}
	}
	return all
}

// trainingFiles makes the files of the overview of training: the picture, the table as a spreadsheet and the table as CSV.
func trainingFiles(texts *locale.Texts) func(string, handlers.TrainingOverview, int) (handlers.File, error) {
	return func(lang string, o handlers.TrainingOverview, n int) (handlers.File, error) {
		t := func(key string, data ...locale.Data) string { return texts.T(lang, key, data...) }
		day := o.Day.Format(time.DateOnly)
		drawn := report.Training{
			Title:      t("training.picture.title", locale.Data{"Day": day}),
			TrendTitle: t("training.picture.trend"), ShareLabel: t("training.picture.share"),
		}
		for _, column := range []string{"unit", "kind", "course", "asked", "done", "in_time", "overdue", "away", "share"} {
			drawn.Header = append(drawn.Header, t("training.column."+column))
		}
		units := map[string]handlers.Figures{}
		for _, r := range o.Rows {
			cells := []string{r.Unit, t("training.kind." + r.Kind), o.Titles[r.Course]}
			for _, figure := range []int{r.Asked, r.Done, r.InTime, r.Overdue, r.Away, r.Share()} {
				cells = append(cells, strconv.Itoa(figure))
			}
			drawn.Rows = append(drawn.Rows, cells)
			units[r.Unit] = units[r.Unit].Plus(r.Figures)
		}
		var said []string
		for unit, f := range units {
			drawn.Bars = append(drawn.Bars, report.Bar{Label: unit, Share: float64(f.Share())})
			said = append(said, fmt.Sprintf("%s %d %%", unit, f.Share()))
		}
		slices.SortFunc(drawn.Bars, func(a, b report.Bar) int { return strings.Compare(a.Label, b.Label) })
		slices.Sort(said)
		for _, p := range o.Trend {
			drawn.Trend = append(drawn.Trend, report.TrainingPoint{Day: p.Day, Share: float64(p.Share)})
		}
		file := handlers.File{Name: t("training.picture.name") + " " + day}
		var err error
		switch n {
		case 0:
			file.Name += ".png"
			file.Alt = t("training.picture.alt", locale.Data{"Day": day, "Figures": strings.Join(said[:min(len(said), 20)], ", ")})
			file.Content, err = report.TrainingPicture(drawn)
		case 1:
			file.Name += ".xlsx"
			file.Content, err = report.TrainingXLSX(drawn)
		default:
			file.Name += ".csv"
			file.Content, err = report.TrainingCSV(drawn)
		}
		return file, err
	}
}

// checkTraining reads the lessons as serve does.
func (d *doctor) checkTraining(cfg config.Config) {
	if t, err := trainingFrom(cfg); err != nil {
		d.wrong("doctor.training", locale.Data{"Error": err.Error()})
	} else if len(t.Courses) > 0 {
		d.right("doctor.training.ok", locale.Data{"Count": len(t.Courses)})
	}
}
