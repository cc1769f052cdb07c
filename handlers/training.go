package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// Training is what the municipality has decided about training (policy clause 2.8).
type Training struct {
	Courses   []Course
	Lessons   map[string]map[string]Lesson // by key and language
	Hours     policy.SendingHours
	DigestDay time.Weekday
}

// Course is a course with what people are told of it.
type Course struct {
	policy.Course
	Title    string
	Lesson   string // key in Training.Lessons; "" none
	Document bool   // is a governing document, to be read and attested
	Follows  string // key of the governing document whose latest revised edition is the version that counts; "" the one in Version
	Link     string // where it is, "" in the chat or nowhere
	Minutes  int    // how long it takes
}

// The ids of the buttons and dialogs of training; what is said of those in handlers.go holds for them.
const (
	trainingButton       = "training"        // one's own courses
	trainingStartButton  = "training_start"  // subject: the course
	trainingPageButton   = "training_page"   // subject: the course and the page
	trainingQuizButton   = "training_quiz"   // subject: the course
	trainingAttestButton = "training_attest" // subject: the course
	trainingLaterButton  = "training_later"
	trainingPeopleButton = "training_people" // a manager's people
	trainingPersonButton = "training_person" // subject: people.id
	trainingFilesButton  = "training_files"  // the overview as picture and tables
)

// TrainingButtonIDs are all buttons of training that may stand in a message.
func TrainingButtonIDs() []string {
	return []string{
		trainingButton, trainingStartButton, trainingPageButton, trainingQuizButton, trainingAttestButton, trainingLaterButton,
		trainingPeopleButton, trainingPersonButton, trainingFilesButton,
	}
}

// TrainingDialogIDs are all dialogs of training.
func TrainingDialogIDs() []string {
	return []string{trainingQuizButton, trainingAttestButton, trainingPersonButton}
}

func (a *App) pressTraining(ctx context.Context, req bot.Request) (reply bot.Reply, known bool, err error) {
	switch req.Name {
	case trainingButton:
		reply, err = a.training(ctx, req)
	case trainingStartButton:
		reply, err = a.startCourse(ctx, req)
	case trainingPageButton:
		reply, err = a.turnPage(ctx, req)
	case trainingQuizButton:
		reply, err = a.openQuiz(ctx, req)
	case trainingAttestButton:
		reply, err = a.openAttest(ctx, req)
	case trainingLaterButton:
		reply, err = a.putOff(ctx, req)
	case trainingPeopleButton:
		reply, err = a.ownPeople(ctx, req)
	case trainingPersonButton:
		reply, err = a.openPerson(ctx, req)
	case trainingFilesButton:
		reply, err = a.sendOverview(ctx, req)
	default:
		return bot.Reply{}, false, nil
	}
	return reply, true, err
}

func (a *App) submitTraining(ctx context.Context, req bot.Request) (reply bot.Reply, known bool, err error) {
	switch req.Name {
	case trainingQuizButton:
		reply, err = a.answerQuiz(ctx, req)
	case trainingAttestButton:
		reply, err = a.attest(ctx, req)
	case trainingPersonButton:
		reply, err = a.markPerson(ctx, req)
	default:
		return bot.Reply{}, false, nil
	}
	return reply, true, err
}

func (a *App) course(key string) (Course, bool) {
	i := slices.IndexFunc(a.Settings.Training.Courses, func(c Course) bool { return c.Key == key })
	if i < 0 {
		return Course{}, false
	}
	return a.Settings.Training.Courses[i], true
}

// inForce is a course as it was on a day: one that follows a governing document has the edition that was decided last until then, and is
// asked for anew since that was recorded. Until the document was revised for the first time, any attestation counts.
func (a *App) inForce(ctx context.Context, c Course, day time.Time) (Course, error) {
	if c.Follows == "" {
		return c, nil
	}
	revisions, err := a.Store.Revisions(ctx, c.Follows)
	if err != nil {
		return c, err
	}
	for _, r := range revisions {
		if r.State != store.RevisionRevised || r.EndedAt == nil {
			continue
		}
		since := policy.DayOf(*r.EndedAt, a.Settings.Location)
		if since.After(day) {
			break
		}
		c.Version = r.Edition
		if since.After(c.From) {
			c.From = since
		}
		if r.Link != "" {
			c.Link = r.Link
		}
	}
	return c, nil
}

// trainingToday is the day, by the municipality's clock.
func (a *App) trainingToday() time.Time { return policy.DayOf(a.Store.Now(), a.Settings.Location) }

// school is what it takes to say which courses are for whom.
type school struct {
	*tree

	courses []policy.Course
	roles   map[string][]policy.Role // by e-mail address, and by account as surface:id
}

// tree is the tree of units as it was read at a time. It changes when the staff list is imported, and is asked for with every message.
type tree struct {
	at      time.Time
	units   []policy.Unit
	parents map[string]string // the unit above, by name
	manages map[string]bool   // e-mail addresses of those who are responsible for a unit
}

// treeAge is how long a tree is used.
const treeAge = 10 * time.Second

func (a *App) tree(ctx context.Context) (*tree, error) {
	now := a.Store.Now()
	if known := a.units.Load(); known != nil && now.Sub(known.at).Abs() < treeAge {
		return known, nil
	}
	units, err := a.Store.Units(ctx)
	if err != nil {
		return nil, err
	}
	t := &tree{at: now, units: units, parents: make(map[string]string, len(units)), manages: make(map[string]bool, len(units))}
	for _, u := range units {
		t.parents[u.Name], t.manages[u.Manager] = u.Parent, true
	}
	a.units.Store(t)
	return t, nil
}

func (a *App) school(ctx context.Context) (school, error) { return a.schoolOn(ctx, a.trainingToday()) }

// schoolOn is school with the courses as they were on a day.
func (a *App) schoolOn(ctx context.Context, day time.Time) (school, error) {
	t, err := a.tree(ctx)
	if err != nil {
		return school{}, err
	}
	r := school{tree: t, roles: map[string][]policy.Role{}}
	for _, c := range a.Settings.Training.Courses {
		if c, err = a.inForce(ctx, c, day); err != nil {
			return school{}, err
		}
		r.courses = append(r.courses, c.Course)
	}
	for _, role := range policy.Roles() {
		for _, h := range a.Settings.Roles[role] {
			if h.Email != "" {
				r.roles[strings.ToLower(h.Email)] = append(r.roles[strings.ToLower(h.Email)], role)
			}
			for surface, id := range h.Accounts {
				r.roles[surface+":"+id] = append(r.roles[surface+":"+id], role)
			}
		}
	}
	return r, nil
}

// trainee is a person as the rules look at them.
func (r school) trainee(t store.Trainee) policy.Trainee {
	p := policy.Trainee{
		Kind: t.Kind, Unit: t.Unit, Manages: r.manages[t.Email], Roles: r.roles[t.Email],
		Start: policy.Day(t.StartDate), AbsentUntil: policy.Day(t.AbsentUntil),
	}
	for _, account := range t.Accounts {
		p.Roles = append(p.Roles, r.roles[account.Surface+":"+account.UserID]...)
	}
	for _, c := range t.Completed {
		p.Completed = append(p.Completed, policy.Completed{Course: c.Course, Version: c.Version, Day: policy.Day(c.Day)})
	}
	for _, g := range t.Progress {
		p.Reminded = append(p.Reminded, policy.Reminded{
			Course: g.Course, Deadline: policy.Day(g.Deadline), Times: g.Reminders, Last: policy.Day(g.RemindedOn), Later: policy.Day(g.LaterOn),
		})
	}
	return p
}

// progress is what is kept of what a person has been told.
func progress(personID int64, r policy.Reminded) store.Progress {
	return store.Progress{
		PersonID: personID, Course: r.Course, Deadline: dayText(r.Deadline), Reminders: r.Times,
		RemindedOn: dayText(r.Last), LaterOn: dayText(r.Later),
	}
}

func dayText(day time.Time) string {
	if day.IsZero() {
		return ""
	}
	return day.Format(time.DateOnly)
}

// open are the courses that a person is to take now, whether or not they are to be reminded of them.
func (r school) open(p policy.Trainee, today time.Time) []policy.Standing {
	var open []policy.Standing
	for _, c := range r.courses {
		if s := c.Standing(p, r.parents, today); s.State == policy.DueSoon || s.State == policy.PastDue {
			open = append(open, s)
		}
	}
	return open
}

// self is who makes a request, on the staff list. denied is the answer to who is not.
func (a *App) self(ctx context.Context, req bot.Request) (t store.Trainee, lang string, denied *bot.Reply, err error) {
	account, err := a.Store.Account(ctx, req.Actor.Surface, req.Actor.ID)
	lang = a.languageWith(req.Actor, account)
	if err == nil && account.PersonID != nil {
		t, err = a.Store.Trainee(ctx, *account.PersonID)
	}
	switch {
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return t, lang, nil, fmt.Errorf("looking up who asks about training: %w", err)
	case t.ID == 0 || !t.Active:
		reply := a.private(lang, "training.unknown")
		return t, lang, &reply, nil
	}
	return t, lang, nil, nil
}

// trainingArgument reads the subcommand of training: the word, alone or with a day. With anything else it is the beginning of a report.
func trainingArgument(text string) (day time.Time, ok bool) {
	words := strings.Fields(text)
	if len(words) == 0 || len(words) > 2 || !slices.Contains([]string{"training", "utbildning"}, strings.ToLower(words[0])) {
		return time.Time{}, false
	}
	if len(words) == 2 {
		day = policy.Day(words[1])
	}
	return day, len(words) == 1 || !day.IsZero()
}

// training is trainingAt now.
func (a *App) training(ctx context.Context, req bot.Request) (bot.Reply, error) {
	return a.trainingAt(ctx, req, time.Time{})
}

// trainingAt shows a person's own courses, the way to their people, and to the CISO how the whole stands: now, or on a past day.
func (a *App) trainingAt(ctx context.Context, req bot.Request, day time.Time) (bot.Reply, error) {
	roles, err := a.rolesOf(ctx, req.Actor)
	if err != nil {
		return bot.Reply{}, err
	}
	overview := policy.MayTrain(policy.SeeAllTraining, nil, roles)
	self, lang, denied, err := a.self(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	title := a.Texts.T(lang, "training.title")
	m := bot.Message{Summary: title, Blocks: []bot.Block{bot.Heading(title)}}
	if denied != nil {
		if !overview {
			return *denied, nil
		}
		m.Blocks = append(m.Blocks, denied.Message.Blocks...)
	} else {
		own, err := a.ownTraining(ctx, lang, self)
		if err != nil {
			return bot.Reply{}, err
		}
		m.Blocks = append(m.Blocks, own...)
	}
	if overview {
		if today := a.trainingToday(); day.IsZero() || day.After(today) {
			day = today
		}
		figures, err := a.overview(ctx, lang, day)
		if err != nil {
			return bot.Reply{}, err
		}
		m.Blocks = append(m.Blocks, figures...)
	}
	return bot.Reply{Message: &m}, nil
}

// ownTraining is how a person stands, with a button for each course to take.
func (a *App) ownTraining(ctx context.Context, lang string, self store.Trainee) ([]bot.Block, error) {
	r, err := a.school(ctx)
	if err != nil {
		return nil, err
	}
	p, today := r.trainee(self), a.trainingToday()
	var facts bot.Facts
	var buttons bot.Buttons
	for i, c := range a.Settings.Training.Courses {
		s := r.courses[i].Standing(p, r.parents, today)
		if s.State == policy.NotAsked {
			continue
		}
		facts = append(facts, bot.Fact{Label: c.Title, Value: a.standingText(lang, s)})
		if s.State != policy.Trained {
			buttons = append(buttons, a.startButton(lang, c))
		}
	}
	var blocks []bot.Block
	if len(facts) == 0 {
		blocks = append(blocks, bot.Paragraph(a.Texts.T(lang, "training.none")))
	} else {
		blocks = append(blocks, facts)
	}
	blocks = append(blocks, inRows(buttons)...)
	people, err := a.Store.PeopleByManager(ctx, self.Email)
	if err != nil {
		return nil, err
	}
	if len(people) > 0 || r.manages[self.Email] {
		blocks = append(blocks, bot.Buttons{{ID: trainingPeopleButton, Text: a.Texts.T(lang, "button.training_people")}})
	}
	return blocks, nil
}

// inRows are buttons in rows of as many as fit on every platform.
func inRows(buttons bot.Buttons) (rows []bot.Block) {
	for row := range slices.Chunk(buttons, 5) {
		rows = append(rows, row)
	}
	return rows
}

func (a *App) startButton(lang string, c Course) bot.Button {
	return bot.Button{
		ID: trainingStartButton, Subject: c.Key, Style: bot.Primary,
		Text: a.Texts.T(lang, "button.training_start", locale.Data{"Title": truncate(c.Title, 50)}),
	}
}

func (a *App) standingText(lang string, s policy.Standing) string {
	return a.Texts.T(lang, "training.state."+string(s.State), locale.Data{"Day": dayText(s.Deadline), "From": dayText(s.Opens)})
}
