package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/bottest"
	"tyreso.se/incidentbot/bot/discord"
	"tyreso.se/incidentbot/bot/discord/discordtest"
	"tyreso.se/incidentbot/bot/slack"
	"tyreso.se/incidentbot/bot/slack/slacktest"
	"tyreso.se/incidentbot/config"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
	"tyreso.se/incidentbot/store/storetest"
	discordspace "tyreso.se/incidentbot/workspace/discord"
	slackspace "tyreso.se/incidentbot/workspace/slack"
)

// house is the use cases on a register of their own, behind one platform with an employee and the CISO on it. It remembers what
// was answered and posted, and holds every dialog and message against what there is room for on every platform.
type house struct {
	*handlers.App

	t        *testing.T
	language string
	employee bottest.Platform
	ciso     bottest.Platform
	also     bottest.Platform // a CISO on another platform; nil where there is one
	say      func(who bottest.Platform, word, argument string) (bottest.Screen, error)
	home     func(who bottest.Platform) (bottest.Screen, error) // nil where there is no home page

	mu      sync.Mutex
	late    time.Duration // what the clock has been put on by
	jobs    []handlers.Job
	refs    int
	reply   bot.Reply // the latest
	posted  map[bot.Ref]bot.Message
	order   []bot.Ref
	unread  map[bot.Ref]bool // posted or edited since it was looked at
	mailed  []bot.Message
	pressed map[string]bool // buttons that were pressed
	drawn   map[string]bool // dialogs that were opened
}

// platforms are those that every dialog and card is walked through on.
var platforms = []struct {
	name string
	open func(h *house)
}{{slack.Name, (*house).onSlack}, {discord.Name, (*house).onDiscord}}

// readTexts reads the texts once: with the race detector that takes longer than many a test.
var readTexts = sync.OnceValues(locale.New)

// openHouse opens a house where everybody reads a language.
func openHouse(t *testing.T, language string, on func(h *house)) *house {
	t.Helper()
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	texts, err := readTexts()
	if err != nil {
		t.Fatal(err)
	}
	h := &house{
		t: t, language: language, posted: map[bot.Ref]bot.Message{}, unread: map[bot.Ref]bool{}, pressed: map[string]bool{},
		drawn: map[string]bool{},
	}
	register, err := store.Open(t.Context(), storetest.MigratedSQLiteURL(t), store.Options{Location: stockholm, Clock: h.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := register.Close(); err != nil {
			t.Errorf("closing the register: %v", err)
		}
	})
	if _, err := register.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	err = register.InTx(t.Context(), func(tx *store.Tx) error {
		systems := make([]store.System, 40) // more than a search shows
		for i := range systems {
			systems[i] = store.System{
				Key: fmt.Sprintf("system-%d", i), Name: fmt.Sprintf("System %02d för vård & *omsorg*", i), PersonalData: policy.Yes, Active: true,
				Levels: &policy.Levels{Confidentiality: 3, Integrity: 2, Availability: 1, Traceability: 2},
			}
		}
		if _, err := tx.ImportPeople(t.Context(), []store.Person{{Email: employeeMail, Name: "Maja Berg", Unit: "Hemtjänsten", Active: true}}); err != nil {
			return err
		}
		_, err := tx.ImportSystems(t.Context(), systems)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	h.App = &handlers.App{
		Store: register, Texts: texts, Classifier: policy.NewClassifier(), Log: slog.New(slog.DiscardHandler),
		Metrics: handlers.NewMetrics(prometheus.NewRegistry()), NewRef: h.ref, Enqueue: h.enqueue,
		Draft:     drafter(config.Config{}, texts, register),
		Followup:  followups(config.Config{Organisation: config.Organisation{Timezone: "Europe/Stockholm"}}, texts, register),
		Proposals: proposals(config.Config{Organisation: config.Organisation{Timezone: "Europe/Stockholm"}}, texts, register),
		Settings: handlers.Settings{
			Organisation: "Exempelby kommun", Location: stockholm, Language: language, MaxFiles: 5, MaxFileBytes: 1 << 20, DraftAge: 24 * time.Hour,
			Steps: policy.DefaultSteps(), Waits: policy.DefaultWaits(), Thresholds: policy.DefaultThresholds(),
			RiskLimits: policy.DefaultRiskLimits(),
		},
	}
	h.RiskMatrix = riskMatrix(texts, h.Settings, h.now)
	on(h)
	surface := h.employee.Surface()
	h.Surfaces = map[string]bot.Surface{surface.Name(): recorder{surface, h}, "mail": recorder{nil, h}}
	h.Settings.Surfaces = []string{surface.Name()}
	h.Settings.Roles = map[policy.Role][]handlers.Holder{
		policy.CISO:           {{Accounts: map[string]string{surface.Name(): h.ciso.Person().ID}}},
		policy.ChiefExecutive: {{Accounts: map[string]string{surface.Name(): h.employee.Person().ID}, Email: employeeMail}},
	}
	return h
}

const employeeMail = "maja@exempelby.example"

func (h *house) onSlack() {
	s := slacktest.Open(h.t, slacktest.Options{Handler: h, Text: func(lang, key string) string { return h.Texts.T(lang, key) }, Language: h.language, Clock: h.now})
	tag := map[string]string{locale.Swedish: "sv-SE", locale.English: "en-GB"}[h.language]
	h.employee, h.ciso = s.Add("U0MAJA", "maja.berg", tag), s.Add("U0KARIN", "karin.holm", tag)
	h.say = func(who bottest.Platform, word, argument string) (bottest.Screen, error) {
		return who.(*slacktest.Person).Type(h.t.Context(), word+" "+argument)
	}
	h.home = func(who bottest.Platform) (bottest.Screen, error) { return who.(*slacktest.Person).Home(h.t.Context()) }
	for i, id := range []string{"C0TRIAGE", "C0SLUTEN"} {
		s.Workspace.AddChannel(slackspace.Channel{ID: id, Name: id, Private: true, BotIsMember: true, Members: []string{"U0KARIN"}})
		h.triage(bot.Address{Surface: slack.Name, Channel: id}, i == 1)
	}
}

func (h *house) onDiscord() {
	s := discordtest.Open(h.t, discordtest.Options{
		Handler: h, Subcommands: h.Subcommands, Language: h.language, Location: h.Settings.Location, Clock: h.now,
		Text: func(lang, key string, data map[string]any) string { return h.Texts.T(lang, key, data) },
	})
	tag := map[string]string{locale.Swedish: "sv-SE", locale.English: "en-GB"}[h.language]
	h.employee, h.ciso = s.Add("300000000000000011", "maja.berg", tag), s.Add("300000000000000012", "karin.holm", tag)
	h.say = func(who bottest.Platform, word, argument string) (bottest.Screen, error) {
		options := map[string]string{}
		if argument != "" {
			options["address"] = argument
		}
		if word == "" {
			word = "report"
		}
		return who.(*discordtest.Person).Type(h.t.Context(), h.Texts.T(h.language, "subcommand."+word), options)
	}
	for i, id := range []string{"200000000000000011", "200000000000000012"} {
		s.Workspace.AddChannel(discordspace.Channel{ID: id, Name: "incidenter"})
		h.triage(bot.Address{Surface: discord.Name, Channel: id}, i == 1)
	}
}

func (h *house) triage(to bot.Address, confidential bool) {
	h.Settings.Triage = append(h.Settings.Triage, handlers.TriageChannel{Address: to, Confidential: confidential})
}

// now is the real time, put on where a message is to come late.
func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return time.Now().Add(h.late)
}

// wait lets time go by.
func (h *house) wait(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.late += d
}

func (h *house) ref() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.refs++
	return fmt.Sprintf("ABCDEFGHIJKLMNOPQRSTUV%04d", h.refs) // as long as a real one
}

func (h *house) enqueue(_ context.Context, _ *store.Tx, jobs ...handlers.Job) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.jobs = append(h.jobs, jobs...)
	return nil
}

// Handle implements bot.Handler.
func (h *house) Handle(ctx context.Context, req bot.Request) (bot.Reply, error) {
	reply, err := h.App.Handle(ctx, req)
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil {
		h.t.Errorf("%q failed: %v", req.Name, err)
		return reply, err
	}
	if req.Kind == bot.Press {
		h.pressed[req.Name] = true
	}
	var wrong []string
	if d := reply.Dialog; d != nil {
		h.drawn[d.ID] = true
		wrong = bottest.CheckDialog(d)
	}
	if reply.Message != nil {
		wrong = append(wrong, bottest.CheckMessage(*reply.Message)...)
	}
	for _, w := range append(wrong, bottest.CheckOptions(reply.Options)...) {
		h.t.Errorf("in %s, the answer to %q has %s", h.language, req.Name, w)
	}
	if req.Kind != bot.Search {
		h.reply = reply
	}
	return reply, nil
}

func (h *house) latest() bot.Reply {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.reply
}

// work runs the jobs until there are none.
func (h *house) work() {
	h.t.Helper()
	for {
		h.mu.Lock()
		jobs := h.jobs
		h.jobs = nil
		h.mu.Unlock()
		if len(jobs) == 0 {
			return
		}
		for _, job := range jobs {
			var err error
			switch job.Kind {
			case handlers.DeliverJob:
				_, err = h.Deliver(h.t.Context(), job.ID, true)
			case handlers.IdentifyJob:
				err = h.Identify(h.t.Context(), job.ID)
			case handlers.FetchJob:
				err = h.FetchAttachment(h.t.Context(), job.ID)
			}
			if err != nil {
				h.t.Fatalf("the job %v failed: %v", job, err)
			}
		}
	}
}

// recorder is a surface whose messages are remembered. Without one, it is the mail's.
type recorder struct {
	bot.Surface

	house *house
}

var errNoMail = errors.New("mail carries no more than messages")

func (r recorder) Send(ctx context.Context, to bot.Address, m bot.Message, key string, retry bool) (bot.Ref, error) {
	if r.Surface == nil {
		r.house.mailed = append(r.house.mailed, m)
		return bot.Ref{Surface: "mail", ID: key}, nil
	}
	ref, err := r.Surface.Send(ctx, to, m, key, retry)
	if err == nil {
		r.house.order = append(r.house.order, ref)
		r.house.stands(ref, m)
	}
	return ref, err
}

func (r recorder) Edit(ctx context.Context, ref bot.Ref, m bot.Message) error {
	err := r.Surface.Edit(ctx, ref, m)
	if err == nil {
		r.house.stands(ref, m)
	}
	return err
}

func (r recorder) CloseRoom(ctx context.Context, channel string) error {
	err := r.Surface.CloseRoom(ctx, channel)
	if err == nil { // nobody presses anything there any more
		r.house.order = slices.DeleteFunc(r.house.order, func(ref bot.Ref) bool { return ref.Channel == channel })
	}
	return err
}

func (r recorder) Profile(ctx context.Context, id string) (bot.Profile, error) {
	if r.Surface == nil {
		return bot.Profile{}, &bot.SendError{Code: "no_profiles", Permanent: true, Err: errNoMail}
	}
	return r.Surface.Profile(ctx, id)
}

func (h *house) stands(ref bot.Ref, m bot.Message) {
	for _, wrong := range bottest.CheckMessage(m) {
		h.t.Errorf("in %s, a message has %s", h.language, wrong)
	}
	h.posted[ref], h.unread[ref] = m, true
}

// read holds what was posted or edited since the last time against what is seen of it.
func (h *house) read() {
	h.t.Helper()
	for ref := range h.unread {
		m, reader := h.posted[ref], h.ciso
		if h.also != nil && ref.Surface == h.also.Surface().Name() {
			reader = h.also
		}
		screen, err := reader.Read(h.t.Context(), ref)
		if err != nil {
			h.t.Fatalf("reading a message: %v", err)
		}
		wrong := reader.Traits().Differs(m, screen)
		if wrong != "" && longQuotes(m) {
			wrong = reader.Traits().Shortened(m, screen)
		}
		if wrong != "" {
			h.t.Errorf("in %s, %s", h.language, wrong)
		}
	}
	clear(h.unread)
}

// longQuotes tells whether there are so long quotes in a message that they may be shortened where it is posted.
func longQuotes(m bot.Message) bool {
	long := 0
	for _, b := range m.Blocks {
		if quote, ok := b.(bot.Quote); ok {
			long += len(quote)
		}
	}
	return long > 2500
}
