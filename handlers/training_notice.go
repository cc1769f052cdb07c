package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// The kinds of notices about training, which are also the kinds of their rounds and deliveries.
const (
	trainingReminder = "training_reminder" // to who is to take a course
	trainingDigest   = "training_digest"   // to a manager
)

// NoticeLane begins the lanes of notices; the conversation's own follows.
const NoticeLane = "training:"

const (
	// noticesAhead is how many notices may wait in the outbox for a surface: enough to keep it busy while the next are found. All of a
	// day's at once would be drawn before their time and make the outbox long.
	noticesAhead = 200
	// traineesTogether is how many people are looked at together.
	traineesTogether = 1000
)

// NoticeTraining puts messages about training in the outbox, as many as can soon be sent: to managers first, whose digest also stands for
// their own reminder that day, then to those who are due. A round takes people in order and keeps how far it has come in the transaction
// that makes their messages, so that whoever was not reached when a process died is reached by the next, and nobody twice.
func (a *App) NoticeTraining(ctx context.Context) error {
	t := a.Settings.Training
	if len(t.Courses) == 0 || !t.Hours.Open(a.Store.Now(), a.Settings.Location, a.Settings.Holidays) {
		return nil
	}
	today := a.trainingToday()
	for _, round := range []struct{ kind, day string }{
		{trainingDigest, dayText(policy.DigestDay(today, t.DigestDay))}, {trainingReminder, dayText(today)},
	} {
		r, err := a.Store.Round(ctx, round.kind, round.day)
		if err != nil {
			return err
		}
		if r.Ended {
			continue
		}
		full, err := a.noticeRound(ctx, r)
		if err != nil {
			return fmt.Errorf("making the notices of a round (%s): %w", round.kind, err)
		}
		if full {
			return nil
		}
	}
	return nil
}

// noticeRound goes on with a round until it is at its end or the outbox is full.
func (a *App) noticeRound(ctx context.Context, round store.Round) (full bool, err error) {
	room := map[string]int{}
	for _, surface := range a.Settings.Surfaces {
		waiting, err := a.Store.CountWaitingNotices(ctx, surface)
		if err != nil {
			return false, err
		}
		if room[surface] = noticesAhead - waiting; room[surface] < noticesAhead/2 {
			return true, nil // rather seldom and many
		}
	}
	school, err := a.school(ctx)
	if err != nil {
		return false, err
	}
	for !round.Ended && !full {
		if full, err = a.noticeSome(ctx, school, &round, room); err != nil {
			return false, err
		}
	}
	return full, nil
}

// noticeSome makes the notices of the next people of a round, and tells whether the outbox is full.
func (a *App) noticeSome(ctx context.Context, r school, round *store.Round, room map[string]int) (full bool, err error) {
	find := a.Store.Trainees
	if round.Kind == trainingDigest {
		find = a.Store.Managers
	}
	people, err := find(ctx, round.Through, traineesTogether)
	if err != nil {
		return false, err
	}
	today := a.trainingToday()
	round.Ended = len(people) < traineesTogether
	var notices []store.Notice
	to := map[int64]store.Account{}
	for _, t := range people {
		account, reachable := a.reachedOn(t)
		var courses []string
		if round.Kind == trainingReminder {
			for _, s := range policy.Remind(r.trainee(t), r.courses, r.parents, today) {
				courses = append(courses, s.Course)
			}
		}
		if reachable && (len(courses) > 0 || round.Kind == trainingDigest) {
			if room[account.Surface] == 0 {
				round.Ended, full = false, true
				break
			}
			room[account.Surface]--
			to[t.ID] = account
			notices = append(notices, store.Notice{PersonID: t.ID, Day: dayText(today), Kind: round.Kind, Courses: courses})
		}
		round.Through = t.ID
	}
	err = a.Store.InTx(ctx, func(tx *store.Tx) error {
		if err := a.notice(ctx, tx, notices, to); err != nil {
			return err
		}
		return tx.SaveRound(ctx, *round)
	})
	return full, err
}

// notice puts notices in the outbox, but those of people who have one on the day already. They have no jobs: they are sent in their turn.
func (a *App) notice(ctx context.Context, tx *store.Tx, notices []store.Notice, to map[int64]store.Account) error {
	kept, err := tx.AddNotices(ctx, notices)
	if err != nil {
		return err
	}
	deliveries := make([]store.Delivery, len(kept))
	for i, n := range kept {
		account := to[n.PersonID]
		deliveries[i] = store.Delivery{
			// A lane of its own: in that of the person's other messages it would hold up what is urgent.
			Lane: NoticeLane + bot.Address{Surface: account.Surface, User: account.UserID}.String(), Surface: account.Surface,
			UserID: account.UserID, Kind: n.Kind, NoticeID: &n.ID,
		}
	}
	_, err = tx.AddDeliveries(ctx, deliveries)
	return err
}

// reachedOn is the account that a person is written to: the one on the surface preferred.
func (a *App) reachedOn(t store.Trainee) (store.Account, bool) {
	for _, surface := range a.Settings.Surfaces {
		if i := slices.IndexFunc(t.Accounts, func(account store.Account) bool { return account.Surface == surface }); i >= 0 {
			return t.Accounts[i], true
		}
	}
	return store.Account{}, false
}

// noticeLetter draws a notice from how things stand now; errPointless when its time or its point is gone. Whoever is not reached today is
// due again on the next working day.
func (a *App) noticeLetter(ctx context.Context, d store.Delivery, lang string) (bot.Message, error) {
	n, err := a.Store.Notice(ctx, *d.NoticeID)
	if err != nil {
		return bot.Message{}, err
	}
	today := a.trainingToday()
	if n.Day != dayText(today) || !a.Settings.Training.Hours.Open(a.Store.Now(), a.Settings.Location, a.Settings.Holidays) {
		return bot.Message{}, errPointless
	}
	t, err := a.Store.Trainee(ctx, n.PersonID)
	if err != nil {
		return bot.Message{}, err
	}
	if !t.Active || !slices.ContainsFunc(t.Accounts, func(account store.Account) bool { return account.UserID == d.UserID }) {
		return bot.Message{}, errPointless
	}
	if account, err := a.Store.Account(ctx, d.Surface, d.UserID); err == nil && account.Language == "" {
		lang = t.Locale // as the staff list says
	}
	if n.Kind == trainingDigest {
		return a.digestLetter(ctx, lang, t)
	}
	r, err := a.school(ctx)
	if err != nil {
		return bot.Message{}, err
	}
	p := r.trainee(t)
	due := slices.DeleteFunc(r.open(p, today), func(s policy.Standing) bool { return !slices.Contains(n.Courses, s.Course) })
	if len(due) == 0 {
		return bot.Message{}, errPointless
	}
	return a.reminderOf(lang, p, due), nil
}

// reminderOf tells a person what to take, why, how long it takes and by when.
func (a *App) reminderOf(lang string, p policy.Trainee, due []policy.Standing) bot.Message {
	t := func(key string, data ...locale.Data) string { return a.Texts.T(lang, key, data...) }
	m := bot.Message{
		Summary: t("training.reminder.title"),
		Blocks:  []bot.Block{bot.Heading(t("training.reminder.title")), bot.Paragraph(t("training.reminder.why"))},
	}
	var facts bot.Facts
	var buttons bot.Buttons
	mayWait := false
	for _, s := range due {
		c, _ := a.course(s.Course)
		facts = append(facts, bot.Fact{Label: c.Title, Value: t("training.reminder."+string(s.State), locale.Data{
			"Day": dayText(s.Deadline), "Minutes": c.Minutes,
		})})
		buttons = append(buttons, a.startButton(lang, c))
		_, may := c.Later(p, s, a.trainingToday(), a.Settings.Holidays)
		mayWait = mayWait || may
	}
	if mayWait {
		buttons = append(buttons, bot.Button{ID: trainingLaterButton, Text: t("button.training_later")})
	}
	m.Blocks = append(m.Blocks, facts)
	m.Blocks = append(m.Blocks, inRows(buttons)...)
	return m
}

// noticed is how far a person's reminders have come when a notice has been sent, or could not be: an account that is closed is not tried
// again every day.
func (a *App) noticed(ctx context.Context, d store.Delivery) ([]store.Progress, error) {
	n, err := a.Store.Notice(ctx, *d.NoticeID)
	if err != nil || n.Kind != trainingReminder {
		return nil, err
	}
	t, err := a.Store.Trainee(ctx, n.PersonID)
	if err != nil {
		return nil, err
	}
	r, err := a.school(ctx)
	if err != nil {
		return nil, err
	}
	day := policy.Day(n.Day)
	p := r.trainee(t)
	var all []store.Progress
	for _, s := range r.open(p, day) {
		if slices.Contains(n.Courses, s.Course) {
			told := p.InPeriod(s)
			told.Times, told.Last = told.Times+1, day
			all = append(all, progress(t.ID, told))
		}
	}
	return all, nil
}

// putOff has a person reminded later, once in a period and within the deadline.
func (a *App) putOff(ctx context.Context, req bot.Request) (bot.Reply, error) {
	self, lang, denied, err := a.self(ctx, req)
	if err != nil || denied != nil {
		return orEmpty(denied), err
	}
	r, err := a.school(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	p, today := r.trainee(self), a.trainingToday()
	var later []store.Progress
	day := ""
	for _, c := range r.courses {
		s := c.Standing(p, r.parents, today)
		if at, may := c.Later(p, s, today, a.Settings.Holidays); may {
			told := p.InPeriod(s)
			told.Later = at
			later = append(later, progress(self.ID, told))
			if day == "" || dayText(at) < day {
				day = dayText(at)
			}
		}
	}
	if len(later) == 0 {
		return a.private(lang, "training.later.no"), nil
	}
	err = a.once(ctx, req.Key, func(tx *store.Tx) error {
		return tx.SaveProgress(ctx, later...)
	})
	if err != nil {
		return bot.Reply{}, fmt.Errorf("putting off a reminder: %w", err)
	}
	return a.private(lang, "training.later", locale.Data{"Day": day}), nil
}

// errOutsideHours says that nothing is sent now that can wait.
var errOutsideHours = errors.New("outside the hours in which notices are sent")

// remindNow reminds a person of all that they are to take because their manager asks for it; false when they have had a message today.
func (a *App) remindNow(ctx context.Context, tx *store.Tx, r school, t store.Trainee) (reminded bool, err error) {
	if !a.Settings.Training.Hours.Open(tx.Now, a.Settings.Location, a.Settings.Holidays) {
		return false, errOutsideHours
	}
	account, reachable := a.reachedOn(t)
	open := r.open(r.trainee(t), a.trainingToday())
	if !reachable || len(open) == 0 {
		return false, nil
	}
	n := store.Notice{PersonID: t.ID, Day: tx.Today(), Kind: trainingReminder}
	for _, s := range open {
		n.Courses = append(n.Courses, s.Course)
	}
	before, err := tx.NoticedOn(ctx, n.Day, t.ID, t.ID)
	if err != nil || before[t.ID] {
		return false, err
	}
	return true, a.notice(ctx, tx, []store.Notice{n}, map[int64]store.Account{t.ID: account})
}
