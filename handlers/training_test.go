package handlers_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// grund is a course with a lesson.
func grund() handlers.Course {
	return handlers.Course{
		Course: policy.Course{
			Key: "grund", IntervalMonths: 12, GraceDays: 30, Kinds: []string{"employee", "elected"}, LeadDays: 30, EveryDays: 7, Times: 3,
		},
		Title: "Grundkursen", Lesson: "grund", Minutes: 4,
	}
}

// schooled gives the house courses and a staff list: Maja is new and has Ali as her manager, as has Omar; Ali's is Karin, the CISO.
func (h *house) schooled(courses ...handlers.Course) {
	h.t.Helper()
	h.Settings.Training = handlers.Training{
		Courses: courses, Hours: policy.SendingHours{From: 8*60 + 30, To: 16 * 60}, DigestDay: time.Monday,
		Lessons: map[string]map[string]handlers.Lesson{"grund": {"sv": {
			Title: "Grunderna",
			Pages: []handlers.LessonPage{
				{Title: "Ett", Blocks: []bot.Block{bot.Paragraph("Lås skärmen.")}}, {Title: "Två", Blocks: []bot.Block{bot.List{"Ring IT."}}},
			},
			Quiz: []handlers.Question{
				{Text: "Vad låser du?", Options: []string{"Dörren", "Skärmen"}, Answer: 1, Why: "Skärmen står olåst."},
				{Text: "Vem ringer du?", Options: []string{"IT", "Ingen"}, Answer: 0, Why: "IT hjälper dig."},
			},
		}}},
	}
	person := func(who bot.Actor, unit, manager, start string) store.Person {
		return store.Person{
			Email: h.chat.people[who.ID].Email, Name: who.Name, Unit: unit, Kind: "employee", ManagerEmail: manager, StartDate: start,
			Locale: "sv", Active: true,
		}
	}
	staff := []store.Person{
		person(maja, "Hemtjänsten", "ali@example.org", "2026-11-23"), person(omar, "Hemtjänsten", "ali@example.org", "2015-01-01"),
		person(ali, "Hemtjänsten", "karin@example.org", "2015-01-01"), person(karin, "Kansliet", "", "2015-01-01"),
	}
	h.write(func(tx *store.Tx) error {
		if _, err := tx.ImportStaff(h.t.Context(), staff, nil); err != nil {
			return err
		}
		for _, who := range []bot.Actor{maja, omar, ali, karin} {
			account, err := tx.EnsureAccount(h.t.Context(), "chat", who.ID, who.Name)
			if err != nil {
				return err
			}
			account.Email, account.Language = h.chat.people[who.ID].Email, "sv"
			if err := tx.UpdateAccount(h.t.Context(), account); err != nil {
				return err
			}
		}
		return nil
	})
}

// trained marks all courses as taken by some on a day.
func (h *house) trained(on string, who ...bot.Actor) {
	h.t.Helper()
	h.write(func(tx *store.Tx) error {
		for _, one := range who {
			for _, c := range h.Settings.Training.Courses {
				if _, err := tx.AddCompletions(h.t.Context(), []store.Completion{{
					PersonID: h.person(one).ID, Course: c.Key, Version: c.Version, CompletedOn: on, Source: "import",
				}}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (h *house) person(who bot.Actor) store.Person {
	h.t.Helper()
	p, err := h.Store.PersonByEmail(h.t.Context(), h.chat.people[who.ID].Email)
	if err != nil {
		h.t.Fatal(err)
	}
	return p
}

// notices makes and sends what is due, until nothing waits.
func (h *house) notices() {
	h.t.Helper()
	for {
		if err := h.NoticeTraining(h.t.Context()); err != nil {
			h.t.Fatal(err)
		}
		waiting, err := h.Store.WaitingNotices(h.t.Context(), "chat", h.clock.Now(), 1000)
		if err != nil {
			h.t.Fatal(err)
		}
		if len(waiting) == 0 {
			return
		}
		for _, d := range waiting {
			if _, err := h.Deliver(h.t.Context(), d.ID, true); err != nil {
				h.t.Fatal(err)
			}
		}
	}
}

// on moves the clock to a moment, local time, and sends what is due.
func (h *house) on(moment string) {
	h.t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", moment, h.Settings.Location)
	if err != nil {
		h.t.Fatal(err)
	}
	h.clock.advance(at.Sub(h.clock.Now()))
	h.notices()
}

// toldOf is how many messages with a heading somebody has got.
func (h *house) toldOf(who bot.Actor, key string) (n int) {
	for _, p := range h.chat.to(direct(who)) {
		if len(p.Message.Blocks) > 0 && p.Message.Blocks[0] == bot.Heading(h.Texts.T("sv", key)) {
			n++
		}
	}
	return n
}

const (
	reminderTitle = "training.reminder.title"
	digestTitle   = "training.digest.title"
)

func (h *house) completions(who bot.Actor) (all []string) {
	h.t.Helper()
	found, err := h.Store.Completions(h.t.Context(), h.person(who).ID)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, c := range found {
		all = append(all, c.Course+" "+c.Version+" "+c.CompletedOn+" "+c.Source)
	}
	return all
}

func TestNewcomerIsRemindedTakesTheLessonAndIsLeftAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.schooled(grund())
		h.trained("2026-10-01", omar, ali, karin)
		h.on("2026-11-24 08:29")
		same(t, "told before the hours", h.toldOf(maja, reminderTitle), 0)
		h.on("2026-11-24 08:30")
		same(t, "told in the hours", h.toldOf(maja, reminderTitle), 1)
		same(t, "others", []int{h.toldOf(omar, reminderTitle), h.toldOf(ali, reminderTitle)}, []int{0, 0})
		letter := h.chat.to(direct(maja))[0]
		if got := text(&letter.Message); !strings.Contains(got, "Grundkursen") || !strings.Contains(got, "2026-12-23") || !strings.Contains(got, "4 minuter") {
			t.Errorf("the reminder says:\n%s", got)
		}
		same(t, "its buttons", buttons(letter.Message), []string{"training_start", "training_later"})
		h.on("2026-11-30 12:00")
		same(t, "told within the week", h.toldOf(maja, reminderTitle), 1)
		h.on("2026-12-01 09:00")
		same(t, "told after a week", h.toldOf(maja, reminderTitle), 2)

		page := h.press(maja, "training_start", "grund").Message
		same(t, "the first page", buttons(*page), []string{"training_page"})
		last := h.press(maja, "training_page", "grund:1").Message
		same(t, "the last page", buttons(*last), []string{"training_quiz"})
		quiz := h.press(maja, "training_quiz", "grund").Dialog
		same(t, "questions", len(quiz.Fields), 4) // each with its answer
		wrong := h.submit(maja, "training_quiz", "grund", bot.Values{"question0": {"0"}, "question1": {"0"}})
		if !strings.Contains(wrong.Errors["question0"], "Skärmen står olåst.") || len(wrong.Errors) != 1 {
			t.Errorf("a wrong answer is told %v", wrong.Errors)
		}
		same(t, "completed with a wrong answer", len(h.completions(maja)), 0)
		for range 2 { // sent twice
			done := h.submit(maja, "training_quiz", "grund", bot.Values{"question0": {"1"}, "question1": {"0"}})
			if !strings.Contains(text(done.Message), "2027-12-01") {
				t.Errorf("right answers are told %q", text(done.Message))
			}
		}
		same(t, "completed", h.completions(maja), []string{"grund  2026-12-01 lesson"})
		same(t, "audited", len(h.events("training.completed")), 1)
		h.on("2027-10-29 09:00")
		same(t, "told when done", h.toldOf(maja, reminderTitle), 2)
		h.on("2027-11-01 09:00") // a Monday, thirty days before
		same(t, "told before it is due again", h.toldOf(maja, reminderTitle), 3)
	})
}

func TestOneMessageADayForAllCourses(t *testing.T) {
	h := onSQLite(t)
	second := grund()
	second.Key, second.Title = "gdpr", "Personuppgifter"
	h.schooled(grund(), second)
	h.on("2026-11-24 09:00")
	same(t, "messages", h.toldOf(maja, reminderTitle), 1)
	if got := text(&h.chat.to(direct(maja))[0].Message); !strings.Contains(got, "Grundkursen") || !strings.Contains(got, "Personuppgifter") {
		t.Errorf("the reminder says:\n%s", got)
	}
}

func TestPuttingOff(t *testing.T) {
	h := onSQLite(t)
	h.schooled(grund())
	h.trained("2026-10-01", omar, ali, karin)
	h.on("2026-11-24 09:00")
	if got := text(h.press(maja, "training_later", "").Message); !strings.Contains(got, "2026-12-08") {
		t.Errorf("it is answered %q", got)
	}
	if got := text(h.press(maja, "training_later", "").Message); !strings.Contains(got, "en gång") {
		t.Errorf("the second time it is answered %q", got)
	}
	h.on("2026-12-07 09:00")
	same(t, "told before", h.toldOf(maja, reminderTitle), 1)
	h.on("2026-12-08 09:00")
	same(t, "told then", h.toldOf(maja, reminderTitle), 2)
}

func TestIgnoredRemindersAreHandedOverToTheManager(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.schooled(grund())
		h.trained("2026-10-01", maja, ali, karin)
		for at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC); at.Before(time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)); at = at.AddDate(0, 0, 1) {
			h.on(at.Format("2006-01-02") + " 10:00")
		}
		same(t, "reminders", h.toldOf(omar, reminderTitle), 3)
		if n := h.toldOf(ali, digestTitle); n != 6 {
			t.Errorf("the manager got %d digests on six Mondays", n)
		}
		letters := h.chat.to(direct(ali))
		digest := text(&letters[len(letters)-1].Message)
		if !strings.Contains(digest, "Omar Said") || !strings.Contains(digest, "påmint 3 gånger") || strings.Contains(digest, "Maja") {
			t.Errorf("the digest says:\n%s", digest)
		}
		above := h.chat.to(direct(karin)) // has Ali, who is done, and his unit below
		said := text(&above[len(above)-1].Message)
		if !strings.Contains(said, "Hemtjänsten") || strings.Contains(said, "Omar") || !strings.Contains(said, "Försenade: 1") {
			t.Errorf("the manager above is told:\n%s", said)
		}
		same(t, "nobody else is told", h.toldOf(maja, digestTitle)+h.toldOf(omar, digestTitle), 0)
	})
}

func TestManagerMarksTheirPeople(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.schooled(grund())
		h.trained("2026-10-01", ali, karin)
		h.on("2026-11-24 09:00")
		id := func(who bot.Actor) string { return strconv.FormatInt(h.person(who).ID, 10) }
		live := h.press(ali, "training_people", "").Message
		same(t, "buttons", buttons(*live), []string{"training_person", "training_person"})
		mark := func(who, whom bot.Actor, v bot.Values) bot.Reply {
			return h.submit(who, "training_person", id(whom), v)
		}

		again := text(mark(ali, omar, bot.Values{"mark": {"remind"}}).Message)
		if !strings.Contains(again, "redan fått en i dag") {
			t.Errorf("a second reminder on the day is answered %q", again)
		}
		h.on("2026-11-25 09:00")
		same(t, "reminded by the manager", mark(ali, omar, bot.Values{"mark": {"remind"}}).Message.Summary, "Vi påminner Omar Said nu.")
		h.notices()
		same(t, "Omar's reminders", h.toldOf(omar, reminderTitle), 2)
		h.on("2026-11-26 17:00")
		if got := mark(ali, omar, bot.Values{"mark": {"remind"}}).Errors["mark"]; !strings.Contains(got, "08:30") {
			t.Errorf("in the evening it is answered %q", got)
		}

		past := bot.Values{"mark": {"absent"}, "until": {"2026-11-01T12:00:00Z"}}
		if got := mark(ali, omar, past).Errors["until"]; got == "" {
			t.Error("an absence that has ended is taken")
		}
		mark(ali, omar, bot.Values{"mark": {"absent"}, "until": {"2027-01-15T12:00:00Z"}})
		same(t, "absent", h.person(omar).AbsentUntil, "2027-01-15")
		for day := 1; day < 50; day++ {
			h.on(time.Date(2026, 11, 26+day, 0, 0, 0, 0, time.UTC).Format("2006-01-02") + " 10:00")
		}
		same(t, "reminders while away, on 2027-01-14", h.toldOf(omar, reminderTitle), 2)
		h.on("2027-01-18 10:00")
		same(t, "reminders when back", h.toldOf(omar, reminderTitle), 3)
		letters := h.chat.to(direct(omar))
		if got := text(&letters[len(letters)-1].Message); !strings.Contains(got, "2027-02-15") {
			t.Errorf("who is back is told:\n%s", got)
		}

		mark(ali, maja, bot.Values{"mark": {"done"}, "course": {"grund"}})
		same(t, "marked as done", h.completions(maja), []string{"grund  2027-01-18 manager"})
		mark(ali, omar, bot.Values{"mark": {"left"}})
		same(t, "in use", h.person(omar).Active, false)

		for _, stranger := range []bot.Actor{maja, karin, johan} { // a colleague, the manager above, somebody not on the list
			if reply := h.press(stranger, "training_person", id(maja)); reply.Dialog != nil {
				t.Errorf("%s may open somebody else's", stranger.Name)
			}
			if reply := mark(stranger, maja, bot.Values{"mark": {"left"}}); reply.Message == nil || !h.person(maja).Active {
				t.Errorf("%s may mark somebody else: %+v", stranger.Name, reply)
			}
		}
		same(t, "refusals in the audit chain", len(h.events("access.refused")), 4)
		if all := h.everything(); strings.Contains(fmt.Sprint(h.events("")), "Omar") || !strings.Contains(all, "training.marked") {
			t.Error("the audit chain names people, or says nothing")
		}
	})
}

// attest opens the dialog about a document and confirms.
func (h *house) attest(who bot.Actor, course string) {
	h.t.Helper()
	h.submit(who, "training_attest", course, h.read(who, course))
}

// read is what is confirmed of the document that is in force now.
func (h *house) read(who bot.Actor, course string) bot.Values {
	h.t.Helper()
	field := h.press(who, "training_attest", course).Dialog.Field("attested")
	return bot.Values{"attested": {field.Options[0].Value}}
}

func TestAttestation(t *testing.T) {
	h := onSQLite(t)
	document := grund()
	document.Key, document.Title, document.Lesson, document.Document, document.Version = "policy", "Policyn", "", true, "1"
	document.Link = "https://exempel.example/policy.pdf"
	h.schooled(document)
	same(t, "start", buttons(*h.press(maja, "training_start", "policy").Message), []string{"training_attest"})
	if h.submit(maja, "training_attest", "policy", nil).Errors["attested"] == "" {
		t.Error("nothing is to be confirmed")
	}
	h.attest(maja, "policy")
	same(t, "attested", h.completions(maja), []string{"policy 1 2026-11-23 attestation"})
	h.on("2026-11-24 09:00")
	same(t, "told", h.toldOf(maja, reminderTitle), 0)
	h.Settings.Training.Courses[0].Version, h.Settings.Training.Courses[0].From = "2", policy.Day("2026-11-25")
	h.on("2026-11-25 09:00")
	same(t, "told of a new version", h.toldOf(maja, reminderTitle), 1)
}

// A course that follows a governing document is asked for anew when a revision of it has been decided, and past days are as they were.
func TestAttestationIsAskedForAnewWhenTheDocumentIsRevised(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		document := grund()
		document.Key, document.Title, document.Lesson, document.Document, document.Follows = "policy", "Policyn", "", true, "policy"
		document.Link = "https://exempel.example/gammal.pdf"
		h.schooled(document)
		h.governed("2027-08-02 09:00")
		page := text(h.press(maja, "training_start", "policy").Message)
		if strings.Contains(page, "version") || !strings.Contains(page, "gammal.pdf") {
			t.Errorf("before it was revised, to be read is:\n%s", page)
		}
		h.attest(maja, "policy")
		old := h.read(karin, "policy")
		h.to("2027-08-16 09:00")
		h.submit(ali, "revise_revised", h.revision().Ref, bot.Values{
			"edition": {"3.0"}, "decided": {"2027-08-13T08:00:00Z"}, "reference": {"KS 2027/1"}, "link": {"https://exempel.example/ny.pdf"},
		})
		same(t, "the revision", h.revision().State, store.RevisionRevised)
		h.on("2027-08-17 09:00")
		same(t, "told of the new edition", h.toldOf(maja, reminderTitle), 1)
		if page = text(h.press(maja, "training_start", "policy").Message); !strings.Contains(page, "Policyn, version 3.0") || !strings.Contains(page, "ny.pdf") {
			t.Errorf("after it was revised, to be read is:\n%s", page)
		}
		if said := h.submit(karin, "training_attest", "policy", old).Errors["attested"]; !strings.Contains(said, "ny version") || len(h.completions(karin)) > 0 {
			t.Error("who had the old edition before them attests the new one")
		}
		h.attest(maja, "policy")
		same(t, "attested", h.completions(maja), []string{"policy  2027-08-02 attestation", "policy 3.0 2027-08-17 attestation"})
		done := func(day string) (n int) {
			rows, err := h.TrainingOn(t.Context(), policy.Day(day))
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				n += r.Done
			}
			return n
		}
		same(t, "done before, the day it was revised, and after", []int{done("2027-08-15"), done("2027-08-16"), done("2027-08-17")}, []int{1, 0, 1})
	})
}

func TestOverviewIsTheCISOsWithoutNames(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.schooled(grund())
		h.trained("2026-10-01", ali, karin)
		asked := func(who bot.Actor) string {
			return text(h.ask(bot.Request{Kind: bot.Command, Actor: who, Text: "utbildning"}).Message)
		}
		if got := asked(karin); !strings.Contains(got, "Hela kommunen") || !strings.Contains(got, "2 av 4 klara (50 %). Har tid kvar: 1. Försenade: 1.") ||
			strings.Contains(got, "Omar") {
			t.Errorf("the CISO is shown:\n%s", got)
		}
		if got := asked(maja); strings.Contains(got, "Hela kommunen") || !strings.Contains(got, "senast 2026-12-23") {
			t.Errorf("Maja is shown:\n%s", got)
		}
		rows := func(day string) (all []string) {
			found, err := h.TrainingOn(t.Context(), policy.Day(day))
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range found {
				all = append(all, fmt.Sprintf("%s %d/%d/%d", r.Unit, r.Asked, r.Done, r.Overdue))
			}
			return all
		}
		before := text(h.ask(bot.Request{Kind: bot.Command, Actor: karin, Text: "utbildning 2026-09-01"}).Message)
		if !strings.Contains(before, "Hela kommunen 2026-09-01") || !strings.Contains(before, "0 av 3 klara") {
			t.Errorf("on a past day the CISO is shown:\n%s", before)
		}
		if d := h.ask(bot.Request{Kind: bot.Command, Actor: maja, Text: "utbildning av vikarier på fel konto"}).Dialog; d == nil || d.ID != handlers.ReportDialog {
			t.Error("the beginning of a report is not taken for one")
		}
		same(t, "today", rows("2026-11-23"), []string{"Hemtjänsten 3/1/1", "Kansliet 1/1/0"})
		same(t, "before anything was done", rows("2026-09-01"), []string{"Hemtjänsten 2/0/2", "Kansliet 1/0/1"})

		h.TrainingFile = func(_ string, o handlers.TrainingOverview, n int) (handlers.File, error) {
			return handlers.File{Name: fmt.Sprint("fil ", n), Alt: "bild", Content: fmt.Append(nil, len(o.Rows), " ", len(o.Trend))}, nil
		}
		h.press(maja, "training_files", "")
		same(t, "refusals in the audit chain", len(h.events("access.refused")), 1)
		h.press(karin, "training_files", "")
		h.settle()
		same(t, "files", h.chat.sent, []file{
			{direct(karin), "fil 0", "bild", "2 13"}, {direct(karin), "fil 1", "bild", "2 13"}, {direct(karin), "fil 2", "bild", "2 13"},
		})
	})
}

func TestNoticesThatAreLateAreSentOnTheNextWorkingDay(t *testing.T) {
	h := onSQLite(t)
	h.schooled(grund())
	h.trained("2026-10-01", omar, ali, karin)
	h.clock.advance(time.Date(2026, 11, 27, 14, 59, 0, 0, time.UTC).Sub(h.clock.Now())) // Friday, a minute before the hours end
	if err := h.NoticeTraining(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.on("2026-11-28 10:00") // Saturday: the bot was down meanwhile
	same(t, "told on Saturday", h.toldOf(maja, reminderTitle), 0)
	h.on("2026-11-30 09:00")
	same(t, "told on Monday", h.toldOf(maja, reminderTitle), 1)
}

func TestClosedAccountIsNotTriedEveryDay(t *testing.T) {
	h := onSQLite(t)
	h.schooled(grund())
	h.trained("2026-10-01", omar, ali, karin)
	h.chat.refuse = refusing("Send", direct(maja).String(), &bot.SendError{Code: "account_inactive", Permanent: true})
	for day := range 14 {
		h.on(time.Date(2026, 11, 24+day, 0, 0, 0, 0, time.UTC).Format("2006-01-02") + " 10:00")
	}
	same(t, "dead letters", len(h.dead()), 2)
}

// Random people, absences, completions and outages against the register: nobody is told twice in a day or outside the hours, and what was
// sent is what the rule says.
func TestTrainingSurvivesOutages(t *testing.T) {
	t.Parallel() // long
	rapid.Check(t, func(rt *rapid.T) {
		h := onSQLite(t)
		h.schooled(grund())
		day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
		seen := map[string]string{}
		counted := 0
		for range rapid.IntRange(5, 25).Draw(rt, "steps") {
			day = day.AddDate(0, 0, rapid.SampledFrom([]int{1, 1, 1, 2, 5, 21}).Draw(rt, "days"))
			hour := rapid.IntRange(0, 23).Draw(rt, "hour")
			who := rapid.SampledFrom([]bot.Actor{maja, omar, ali, karin}).Draw(rt, "who")
			switch rapid.IntRange(0, 6).Draw(rt, "event") {
			case 0:
				h.trained(day.Format(time.DateOnly), who)
			case 1:
				until := day.AddDate(0, 0, rapid.IntRange(0, 20).Draw(rt, "absence")).Format(time.DateOnly)
				h.write(func(tx *store.Tx) error {
					return tx.ChangePerson(t.Context(), h.person(who).ID, func(p *store.Person) { p.AbsentUntil = until })
				})
			case 2:
				h.press(who, "training_later", "")
			}
			local := time.Date(day.Year(), day.Month(), day.Day(), hour, 5, 0, 0, h.Settings.Location)
			h.clock.advance(local.Sub(h.clock.Now()))
			h.notices()
			open := h.Settings.Training.Hours.Open(local, h.Settings.Location, nil)
			for _, p := range h.chat.posts[counted:] {
				if !open {
					rt.Fatalf("a message was sent at %s", local)
				}
				key := p.To.String() + day.Format(time.DateOnly)
				if seen[key] != "" {
					rt.Fatalf("%s was told twice on %s", p.To, day)
				}
				seen[key] = string(p.Message.Blocks[0].(bot.Heading))
			}
			counted = len(h.chat.posts)
			if !open {
				continue
			}
			for _, one := range []bot.Actor{maja, omar, ali, karin} { // whoever is due today has been told, or has had a digest
				if seen[direct(one).String()+day.Format(time.DateOnly)] != "" || slices.Contains([]bot.Actor{ali, karin}, one) {
					continue
				}
				if reply := h.ask(bot.Request{Kind: bot.Command, Actor: one, Text: "utbildning"}); strings.Contains(text(reply.Message), "Försenad. ") {
					progress := h.rows(fmt.Sprintf(`SELECT reminders, reminded_on, later_on FROM training_progress WHERE person_id = %d`, h.person(one).ID))
					if len(progress) == 0 {
						rt.Fatalf("%s is late on %s and was never told", one.Name, day)
					}
				}
			}
		}
	})
}

// directory is a chat that lists its people.
type directory struct{ *chat }

func (d directory) Members(_ context.Context, visit func([]bot.Profile) error) error {
	for _, p := range d.people {
		if err := visit([]bot.Profile{p, {ID: "U0NOBODY", Name: "Nobody"}}); err != nil {
			return err
		}
	}
	return nil
}

func TestStaffIsFoundByTheirAddresses(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.Settings.Training = handlers.Training{Courses: []handlers.Course{grund()}, Hours: policy.SendingHours{From: 0, To: 24 * 60}}
		h.write(func(tx *store.Tx) error {
			_, err := tx.ImportStaff(t.Context(), []store.Person{
				{Email: "maja@example.org", Name: "Maja", Unit: "x", Kind: "employee", Locale: "en", Active: true},
				{Email: "someone@example.org", Name: "Someone", Unit: "x", Kind: "employee", Locale: "sv", Active: true},
			}, nil)
			return err
		})
		h.notices()
		same(t, "told before", h.toldOf(maja, reminderTitle), 0)
		found := h.chat.people[maja.ID]
		found.Email, found.Language = "Maja@Example.org", ""
		h.chat.people[maja.ID] = found
		h.Surfaces["chat"] = directory{h.chat}
		for range 2 {
			if err := h.SyncStaff(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		h.clock.advance(24 * time.Hour) // today's round is over
		h.notices()
		letters := h.chat.to(direct(maja))
		if len(letters) != 1 || letters[0].Message.Summary != h.Texts.T("en", reminderTitle) {
			t.Errorf("she has got %d messages, want one in the language of the staff list", len(letters))
		}
		same(t, "accounts", len(h.rows(`SELECT id FROM accounts`)), 1)
	})
}
