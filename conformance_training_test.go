package main

import (
	"slices"
	"testing"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/bottest"
	"tyreso.se/incidentbot/config"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// school gives the house courses of every kind and a staff list, in which the CISO is the employee's manager.
func (h *house) school() {
	h.t.Helper()
	course := func(key string) config.Course {
		return config.Course{
			Key: key, Title: "Kursen *" + key + "* för alla <@U1>", Audience: []string{"employee"}, IntervalMonths: 12, GraceDays: 30, LeadDays: 30,
			RemindEveryDays: 1, Reminders: 9, Minutes: 5,
		}
	}
	lesson, document, elsewhere, nowhere := course("lesson"), course("document"), course("elsewhere"), course("nowhere")
	lesson.Lesson, document.Document, document.Version = "informationssakerhet", "policy", "2026 *ny*"
	document.Link, elsewhere.Link = "https://exempel.example/policy.pdf", "https://exempel.example/kurs"
	training, err := trainingFrom(config.Config{
		Courses: []config.Course{lesson, document, elsewhere, nowhere}, Training: config.Training{From: "08:30", To: "16:00", DigestDay: "monday"},
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.Settings.Training, h.TrainingFile = training, trainingFiles(h.Texts)
	at := h.now().In(h.Settings.Location)
	for at = time.Date(at.Year(), at.Month(), at.Day()+1, 10, 0, 0, 0, at.Location()); at.Weekday() != time.Tuesday; {
		at = at.AddDate(0, 0, 1)
	}
	h.wait(at.Sub(h.now()))
	people := []store.Person{
		{Email: "karin@exempelby.example", Name: "Karin *Holm*", Unit: "Kansliet", Kind: "employee", Locale: "sv", Active: true},
		{Email: employeeMail, Name: "Maja <b>Berg</b>", Unit: "Hemtjänsten", Kind: "employee", Locale: "sv", ManagerEmail: "karin@exempelby.example", Active: true},
	}
	for i := range 12 { // more than are shown
		people = append(people, store.Person{
			Email: "p" + string(rune('a'+i)) + "@exempelby.example", Name: "Person " + string(rune('A'+i)), Unit: "Hemtjänsten", Kind: "employee",
			Locale: "sv", ManagerEmail: "karin@exempelby.example", Active: true,
		})
	}
	err = h.Store.InTx(h.t.Context(), func(tx *store.Tx) error {
		if _, err := tx.ImportStaff(h.t.Context(), people, nil); err != nil {
			return err
		}
		for email, who := range map[string]bottest.Platform{"karin@exempelby.example": h.ciso, employeeMail: h.employee} {
			account, err := tx.EnsureAccount(h.t.Context(), who.Person().Surface, who.Person().ID, who.Person().Name)
			if err != nil {
				return err
			}
			account.Email, account.Language = email, h.language
			if err := tx.UpdateAccount(h.t.Context(), account); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// notices makes and sends what is due, and has it looked at.
func (h *house) notices() {
	h.t.Helper()
	if err := h.NoticeTraining(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	waiting, err := h.Store.WaitingNotices(h.t.Context(), h.Settings.Surfaces[0], h.now(), 100)
	if err != nil || len(waiting) == 0 {
		h.t.Fatalf("nobody is told: %v", err)
	}
	for _, d := range waiting {
		if _, err := h.Deliver(h.t.Context(), d.ID, true); err != nil {
			h.t.Fatal(err)
		}
	}
	h.read()
}

// answered presses the button of an id in the latest answer, the nth of them.
func (h *house) answered(who bottest.Platform, screen bottest.Screen, id string, nth int) bottest.Screen {
	h.t.Helper()
	at, seen := 0, 0
	for _, block := range h.latest().Message.Blocks {
		row, _ := block.(bot.Buttons)
		for _, button := range row {
			if button.ID == id && seen == nth {
				return h.do(id, func() (bottest.Screen, error) { return who.Press(h.t.Context(), screen.Ref, at) })
			}
			if button.ID == id {
				seen++
			}
			at++
		}
	}
	h.t.Fatalf("there is no button %q in %+v", id, h.latest().Message)
	return screen
}

// fill sends the dialog that was opened, with what is given and for the rest its last options.
func (h *house) fill(who bottest.Platform, given bot.Values) bottest.Screen {
	h.t.Helper()
	d := h.latest().Dialog
	if d == nil {
		h.t.Fatalf("no dialog is open: %+v", h.latest())
	}
	return h.do("sending "+d.ID, func() (bottest.Screen, error) { return who.Submit(h.t.Context(), d, answers(d, given), nil) })
}

// Every page, question and list of training on every platform, and everything that can be pressed in them.
func TestTrainingOnEveryPlatform(t *testing.T) {
	everywhere(t, func(h *house) {
		h.school()
		h.notices() // a digest to the manager, a reminder to the employee
		own := func() bottest.Screen {
			return h.do("training", func() (bottest.Screen, error) { return h.say(h.employee, "training", "") })
		}
		page := h.answered(h.employee, own(), "training_start", 0)
		for range 3 {
			page = h.answered(h.employee, page, "training_page", 0)
		}
		lesson := h.Settings.Training.Lessons["informationssakerhet"][h.language]
		h.answered(h.employee, page, "training_quiz", 0)
		right := bot.Values{}
		for i, q := range lesson.Quiz {
			right["question"+string(rune('0'+i))] = []string{string(rune('0' + q.Answer))}
		}
		wrong := bot.Values{"question0": {"0"}, "question1": right["question1"], "question2": right["question2"], "question3": right["question3"]}
		opened := h.latest().Dialog
		h.fill(h.employee, wrong)
		if h.latest().Errors["question0"] == "" {
			h.t.Errorf("a wrong answer is answered %+v", h.latest())
		}
		h.do("answering again", func() (bottest.Screen, error) {
			return h.employee.Submit(h.t.Context(), opened, answers(opened, right), nil)
		})
		for n, title := range []string{"document", "elsewhere", "nowhere"} {
			screen := h.answered(h.employee, own(), "training_start", min(n, 1)) // what is done has no button
			if title == "document" {
				h.answered(h.employee, screen, "training_attest", 0)
				h.fill(h.employee, nil)
			}
		}
		maja, err := h.Store.PersonByEmail(h.t.Context(), employeeMail)
		if err != nil {
			h.t.Fatal(err)
		}
		done, err := h.Store.Completions(h.t.Context(), maja.ID)
		if err != nil || len(done) != 2 {
			h.t.Errorf("completed: %+v (%v)", done, err)
		}

		people := func() bottest.Screen {
			screen := h.do("training", func() (bottest.Screen, error) { return h.say(h.ciso, "training", "") })
			return h.answered(h.ciso, screen, "training_people", 0)
		}
		for _, given := range []bot.Values{
			{"mark": {"remind"}},
			{"mark": {"absent"}, "until": {h.now().AddDate(0, 0, 20).UTC().Truncate(time.Minute).Format(time.RFC3339)}},
			{"mark": {"done"}}, {"mark": {"left"}},
		} {
			h.answered(h.ciso, people(), "training_person", 0)
			h.fill(h.ciso, given)
			if errs := h.latest().Errors; len(errs) > 0 {
				h.t.Errorf("%v was refused: %v", given, errs)
			}
		}
		whole := h.do("training", func() (bottest.Screen, error) { return h.say(h.ciso, "training", "") })
		h.answered(h.ciso, whole, "training_files", 0)
		h.work()
		h.wait(24 * time.Hour)
		h.notices()
		h.later()
		for _, id := range handlers.TrainingDialogIDs() {
			if !h.drawn[id] {
				h.t.Errorf("the dialog %q was never opened", id)
			}
		}
		for _, id := range handlers.TrainingButtonIDs() {
			if !h.pressed[id] && id != "training" { // no message of today's has it
				h.t.Errorf("the button %q was never pressed", id)
			}
		}
	})
}

// later has the employee, who is made new, put off their reminder.
func (h *house) later() {
	h.t.Helper()
	err := h.Store.InTx(h.t.Context(), func(tx *store.Tx) error {
		maja, err := tx.People(h.t.Context())
		if err != nil {
			return err
		}
		i := slices.IndexFunc(maja, func(p store.Person) bool { return p.Email == employeeMail })
		return tx.ChangePerson(h.t.Context(), maja[i].ID, func(p *store.Person) {
			p.Active, p.AbsentUntil, p.StartDate = true, "", policy.DayOf(h.now(), h.Settings.Location).Format(time.DateOnly)
		})
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.wait(24 * time.Hour)
	h.notices()
	for _, ref := range slices.Backward(h.order) {
		at := 0
		for _, block := range h.posted[ref].Blocks {
			row, _ := block.(bot.Buttons)
			for _, button := range row {
				if button.ID == "training_later" {
					h.do("later", func() (bottest.Screen, error) { return h.employee.Press(h.t.Context(), ref, at) })
					return
				}
				at++
			}
		}
	}
	h.t.Error("no reminder can be put off")
}
