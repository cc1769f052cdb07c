package handlers

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/store"
)

// Lesson is short training that is taken in the chat, in one language.
type Lesson struct {
	Title string
	Pages []LessonPage
	Quiz  []Question
}

// LessonPage is one page of a lesson.
type LessonPage struct {
	Title  string
	Blocks []bot.Block
}

// Question is a question of a lesson's quiz.
type Question struct {
	Text    string
	Options []string
	Answer  int    // which of Options is right
	Why     string // told to who answers otherwise
}

// How a course was completed, as completions have it.
const (
	byLesson      = "lesson"
	byAttestation = "attestation"
	byManager     = "manager"
)

// lesson is a course's lesson in a language, else in the municipality's, else in any.
func (a *App) lesson(c Course, lang string) (Lesson, bool) {
	all := a.Settings.Training.Lessons[c.Lesson]
	for _, l := range []string{lang, a.Settings.Language, locale.Swedish, locale.English} {
		if lesson, ok := all[l]; ok {
			return lesson, true
		}
	}
	return Lesson{}, false
}

// courseOf is the course that a button concerns. denied is the answer when it is gone, or who pressed is not on the staff list.
func (a *App) courseOf(ctx context.Context, req bot.Request, key string) (
	c Course, self store.Trainee, lang string, denied *bot.Reply, err error,
) {
	self, lang, denied, err = a.self(ctx, req)
	if err != nil || denied != nil {
		return c, self, lang, denied, err
	}
	c, known := a.course(key)
	if !known {
		reply := a.private(lang, "stale_button")
		return c, self, lang, &reply, nil
	}
	c, err = a.inForce(ctx, c, a.trainingToday())
	return c, self, lang, nil, err
}

// startCourse begins a course in the way in which it is taken.
func (a *App) startCourse(ctx context.Context, req bot.Request) (bot.Reply, error) {
	c, _, lang, denied, err := a.courseOf(ctx, req, req.Subject)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	if lesson, ok := a.lesson(c, lang); ok {
		return bot.Reply{Message: a.lessonPage(lang, c, lesson, 0)}, nil
	}
	m := bot.Message{Summary: c.Title, Blocks: []bot.Block{bot.Heading(c.Title)}}
	switch {
	case c.Document:
		m.Blocks = append(m.Blocks, bot.Paragraph(a.Texts.T(lang, "training.read", locale.Data{"Document": a.documentText(lang, c)})))
	case c.Link != "":
		m.Blocks = append(m.Blocks, bot.Paragraph(a.Texts.T(lang, "training.elsewhere")))
	default:
		m.Blocks = append(m.Blocks, bot.Paragraph(a.Texts.T(lang, "training.by_manager")))
	}
	if c.Link != "" {
		m.Blocks = append(m.Blocks, bot.Paragraph(c.Link))
	}
	if c.Document {
		m.Blocks = append(m.Blocks, bot.Buttons{{
			ID: trainingAttestButton, Subject: c.Key, Text: a.Texts.T(lang, "button.training_attest"), Style: bot.Primary,
		}})
	}
	return bot.Reply{Message: &m}, nil
}

// lessonPage is a page of a lesson, with the way to the next, or to the questions.
func (a *App) lessonPage(lang string, c Course, lesson Lesson, n int) *bot.Message {
	t := func(key string, data ...locale.Data) string { return a.Texts.T(lang, key, data...) }
	page := lesson.Pages[n]
	m := bot.Message{Summary: lesson.Title, Blocks: []bot.Block{bot.Heading(page.Title)}}
	m.Blocks = append(m.Blocks, page.Blocks...)
	m.Blocks = append(m.Blocks, bot.Small(t("training.page", locale.Data{"Title": lesson.Title, "Page": n + 1, "Pages": len(lesson.Pages)})))
	next := bot.Button{ID: trainingPageButton, Subject: c.Key + ":" + strconv.Itoa(n+1), Text: t("button.training_page"), Style: bot.Primary}
	if n+1 == len(lesson.Pages) {
		next = bot.Button{ID: trainingQuizButton, Subject: c.Key, Text: t("button.training_quiz"), Style: bot.Primary}
	}
	m.Blocks = append(m.Blocks, bot.Buttons{next})
	return &m
}

// number is a number that stands in a button, -1 for anything else.
func number(text string) int {
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	return -1
}

// turnPage shows another page of a lesson.
func (a *App) turnPage(ctx context.Context, req bot.Request) (bot.Reply, error) {
	key, page, _ := strings.Cut(req.Subject, ":")
	c, _, lang, denied, err := a.courseOf(ctx, req, key)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	lesson, ok := a.lesson(c, lang)
	n := number(page)
	if !ok || n < 0 || n >= len(lesson.Pages) { // a lesson that was made shorter meanwhile
		return a.private(lang, "stale_button"), nil
	}
	return bot.Reply{Message: a.lessonPage(lang, c, lesson, n)}, nil
}

// openQuiz opens the questions of a lesson.
func (a *App) openQuiz(ctx context.Context, req bot.Request) (bot.Reply, error) {
	c, _, lang, denied, err := a.courseOf(ctx, req, req.Subject)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	lesson, ok := a.lesson(c, lang)
	if !ok {
		return a.private(lang, "stale_button"), nil
	}
	return bot.Reply{Dialog: a.quizDialog(lang, c, lesson)}, nil
}

// questionField begins the ids of a quiz's fields; the question's number follows.
const questionField = "question"

func (a *App) quizDialog(lang string, c Course, lesson Lesson) *bot.Dialog {
	t := func(key string, data ...locale.Data) string { return a.Texts.T(lang, key, data...) }
	d := &bot.Dialog{
		ID: trainingQuizButton, Subject: c.Key, Title: t("training.quiz"), Submit: t("button.training_answer"), Cancel: t("button.cancel"),
	}
	for i, q := range lesson.Quiz {
		f := bot.Field{
			ID: questionField + strconv.Itoa(i), Kind: bot.Choice, Required: true, Label: t("training.answer", locale.Data{"Number": i + 1}),
		}
		for n, option := range q.Options {
			f.Options = append(f.Options, bot.Option{Value: strconv.Itoa(n), Label: option})
		}
		// A question has no room in the label of its answer.
		d.Fields = append(d.Fields, bot.Field{ID: f.ID + "_text", Kind: bot.Note, Label: q.Text}, f)
	}
	return d
}

// answerQuiz records that a course is completed when all answers are right. What is wrong is told why at the question, and can be answered
// again at once.
func (a *App) answerQuiz(ctx context.Context, req bot.Request) (bot.Reply, error) {
	c, self, lang, denied, err := a.courseOf(ctx, req, req.Subject)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	lesson, ok := a.lesson(c, lang)
	if !ok {
		return a.private(lang, "stale_button"), nil
	}
	if found := a.quizDialog(lang, c, lesson).Check(req.Values, 0, a.Store.Now()); len(found) > 0 {
		return bot.Reply{Errors: a.problems(lang, found)}, nil
	}
	wrong := map[string]string{}
	for i, q := range lesson.Quiz {
		field := questionField + strconv.Itoa(i)
		if req.Values.Get(field) != strconv.Itoa(q.Answer) {
			wrong[field] = a.Texts.T(lang, "training.wrong", locale.Data{"Why": q.Why})
		}
	}
	if len(wrong) > 0 {
		return bot.Reply{Errors: wrong}, nil
	}
	if err := a.complete(ctx, req, self.ID, c, byLesson); err != nil {
		return bot.Reply{}, err
	}
	return a.completed(ctx, lang, self.ID, c)
}

// openAttest opens the dialog where a governing document is attested.
func (a *App) openAttest(ctx context.Context, req bot.Request) (bot.Reply, error) {
	c, _, lang, denied, err := a.courseOf(ctx, req, req.Subject)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	return bot.Reply{Dialog: a.attestDialog(lang, c)}, nil
}

const fieldAttested = "attested"

func (a *App) attestDialog(lang string, c Course) *bot.Dialog {
	t := func(key string) string { return a.Texts.T(lang, key) }
	return &bot.Dialog{
		ID: trainingAttestButton, Subject: c.Key, Title: t("training.attest"), Submit: t("button.save"), Cancel: t("button.cancel"),
		Fields: []bot.Field{
			{ID: "document", Kind: bot.Note, Help: c.Link, Label: a.documentText(lang, c)},
			{ID: fieldAttested, Kind: bot.Choices, Required: true, Label: t("training.attest.label"), Options: []bot.Option{
				{Value: attestedVersion(c), Label: t("training.attest.yes")},
			}},
		},
	}
}

// attestedVersion is what the answer says was read: a dialog may be sent when another version has come into force.
func attestedVersion(c Course) string { return digest(c.Version) }

// documentText is a governing document with its version, where it has one yet.
func (a *App) documentText(lang string, c Course) string {
	if c.Version == "" {
		return c.Title
	}
	return a.Texts.T(lang, "training.document", locale.Data{"Title": c.Title, "Version": c.Version})
}

// attest records that a person has read and understood a version of a governing document.
func (a *App) attest(ctx context.Context, req bot.Request) (bot.Reply, error) {
	c, self, lang, denied, err := a.courseOf(ctx, req, req.Subject)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	if !c.Document {
		return a.private(lang, "stale_button"), nil
	}
	if read := req.Values.Get(fieldAttested); read != "" && read != attestedVersion(c) {
		return bot.Reply{Errors: map[string]string{fieldAttested: a.Texts.T(lang, "problem.outdated_version")}}, nil
	}
	if found := a.attestDialog(lang, c).Check(req.Values, 0, a.Store.Now()); len(found) > 0 {
		return bot.Reply{Errors: a.problems(lang, found)}, nil
	}
	if err := a.complete(ctx, req, self.ID, c, byAttestation); err != nil {
		return bot.Reply{}, err
	}
	return a.completed(ctx, lang, self.ID, c)
}

// complete records that a person completed a course today.
func (a *App) complete(ctx context.Context, req bot.Request, personID int64, c Course, source string) error {
	err := a.once(ctx, req.Key, func(tx *store.Tx) error {
		return a.completeIn(ctx, tx, req, personID, c, source)
	})
	if err != nil {
		return fmt.Errorf("recording a completion: %w", err)
	}
	return nil
}

func (a *App) completeIn(ctx context.Context, tx *store.Tx, req bot.Request, personID int64, c Course, source string) error {
	added, err := tx.AddCompletions(ctx, []store.Completion{{
		PersonID: personID, Course: c.Key, Version: c.Version, CompletedOn: tx.Today(), Source: source,
	}})
	if err != nil || added == 0 {
		return err
	}
	return a.audit(ctx, tx, actorName(req.Actor), "training.completed", personSubject(personID),
		map[string]any{"course": c.Key, "version": c.Version, "source": source})
}

// personSubject is how the audit chain names a person of the staff list.
func personSubject(id int64) string { return "person:" + strconv.FormatInt(id, 10) }

// completed is the answer to who has completed a course: until when it holds.
func (a *App) completed(ctx context.Context, lang string, personID int64, c Course) (bot.Reply, error) {
	t, err := a.Store.Trainee(ctx, personID)
	if err != nil {
		return bot.Reply{}, err
	}
	r, err := a.school(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	s := c.Standing(r.trainee(t), r.parents, a.trainingToday())
	text := func(key string, data ...locale.Data) string { return a.Texts.T(lang, key, data...) }
	key := "training.completed.until"
	if s.Deadline.IsZero() { // somebody for whom the course is not
		key = "training.completed.thanks"
	}
	return bot.Reply{Message: &bot.Message{Summary: text("training.completed"), Blocks: []bot.Block{
		bot.Heading(text("training.completed")),
		bot.Paragraph(text(key, locale.Data{"Title": c.Title, "Day": dayText(s.Deadline)})),
	}}}, nil
}
