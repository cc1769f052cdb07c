package handlers_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
	"tyreso.se/incidentbot/store/storetest"
)

// The people of the tests, as their chat knows them. Dora holds a role and is known by her e-mail address only.
var (
	maja  = bot.Actor{Surface: "chat", ID: "U0MAJA", Name: "Maja Berg"}   // employee
	ali   = bot.Actor{Surface: "chat", ID: "U0ALI", Name: "Ali Nouri"}    // manager, no role
	karin = bot.Actor{Surface: "chat", ID: "U0KARIN", Name: "Karin Holm"} // CISO
	omar  = bot.Actor{Surface: "chat", ID: "U0OMAR", Name: "Omar Said"}   // deputy CISO
	johan = bot.Actor{Surface: "chat", ID: "U0JOHAN", Name: "Johan Lind"} // head of security
	dora  = bot.Actor{Surface: "chat", ID: "U0DORA", Name: "Dora Ek"}     // data protection officer
)

var triage = bot.Address{Surface: "chat", Channel: "C0TRIAGE"}

func direct(who bot.Actor) bot.Address { return bot.Address{Surface: who.Surface, User: who.ID} }

// morning is when the tests begin: 10:30 in Stockholm, with milliseconds to keep.
func morning() time.Time { return time.Date(2026, 11, 23, 9, 30, 0, 123e6, time.UTC) }

// clock is a clock that only a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// posted is a message in the chat as it now looks.
type posted struct {
	To      bot.Address
	Ref     bot.Ref
	Key     string
	Retry   bool
	Message bot.Message
	Edits   int
}

// file is a file that was handed on.
type file struct {
	To                 bot.Address
	Name, Alt, Content string
}

// room is a private channel that was made.
type room struct {
	bot.Room
	Channel string
	Closed  bool
}

// chat is a bot.Surface that remembers what it was asked, and refuses what it is told to.
type chat struct {
	name    string
	mu      sync.Mutex
	posts   []*posted
	people  map[string]bot.Profile // by id
	files   map[string][]byte      // by id
	sent    []file
	rooms   []*room
	lookups int // Profile and FindByEmail
	// refuse returns why a call is refused, nil when it is not. call is Send, Answer (sent, but the answer is lost), SendFile, Edit,
	// Profile, FindByEmail, Fetch, OpenRoom, AnswerRoom (made, but the answer is lost) or CloseRoom; what is the address, message, person,
	// file, name or channel that it concerns.
	refuse func(call, what string) error
}

func (c *chat) refusal(call, what string) error {
	if c.refuse == nil {
		return nil
	}
	return c.refuse(call, what)
}

func (c *chat) Name() string { return c.name }

func (c *chat) Send(_ context.Context, to bot.Address, m bot.Message, key string, retry bool) (bot.Ref, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := errors.Join(c.refusal("Send", to.String()), c.archived(to.Channel)); err != nil {
		return bot.Ref{}, err
	}
	for _, p := range c.posts {
		if retry && p.Key == key {
			return p.Ref, nil // as a platform where an earlier attempt can be found
		}
	}
	ref := bot.Ref{Surface: c.name, Channel: to.Channel + "D" + to.User, ID: fmt.Sprintf("ts-%d", len(c.posts)+1)}
	c.posts = append(c.posts, &posted{To: to, Ref: ref, Key: key, Retry: retry, Message: m})
	return ref, c.refusal("Answer", to.String()) // posted, and yet nobody knows
}

func (c *chat) SendFile(_ context.Context, to bot.Address, name, alt string, content []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.refusal("SendFile", to.String()); err != nil {
		return err
	}
	c.sent = append(c.sent, file{to, name, alt, string(content)})
	return nil
}

func (c *chat) Edit(_ context.Context, ref bot.Ref, m bot.Message) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := errors.Join(c.refusal("Edit", ref.ID), c.archived(strings.TrimSuffix(ref.Channel, "D"))); err != nil {
		return err
	}
	for _, p := range c.posts {
		if p.Ref == ref {
			p.Message = m
			p.Edits++
			return nil
		}
	}
	return &bot.SendError{Code: "message_not_found", Permanent: true}
}

func (c *chat) Profile(_ context.Context, id string) (bot.Profile, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lookups++
	if err := c.refusal("Profile", id); err != nil {
		return bot.Profile{}, err
	}
	p, ok := c.people[id]
	if !ok {
		return bot.Profile{}, &bot.SendError{Code: "user_not_found", Permanent: true}
	}
	return p, nil
}

func (c *chat) FindByEmail(_ context.Context, email string) (bot.Profile, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lookups++
	if err := c.refusal("FindByEmail", email); err != nil {
		return bot.Profile{}, err
	}
	for _, p := range c.people {
		if strings.EqualFold(p.Email, email) {
			return p, nil
		}
	}
	return bot.Profile{}, &bot.SendError{Code: "users_not_found", Permanent: true}
}

func (c *chat) Fetch(_ context.Context, file bot.File, _ int64) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.refusal("Fetch", file.ID); err != nil {
		return nil, err
	}
	return c.files[file.ID], nil
}

// archived refuses what is done in a room that is closed.
func (c *chat) archived(channel string) error {
	if slices.ContainsFunc(c.rooms, func(r *room) bool { return r.Channel == channel && r.Closed }) {
		return &bot.SendError{Code: "is_archived", Permanent: true}
	}
	return nil
}

func (c *chat) OpenRoom(_ context.Context, wanted bot.Room) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.refusal("OpenRoom", wanted.Name); err != nil {
		return "", err
	}
	for _, r := range c.rooms {
		if r.Name == wanted.Name && !r.Closed && r.Since.Equal(wanted.Since) { // made by an earlier attempt
			return r.Channel, nil
		}
	}
	made := &room{Room: wanted, Channel: fmt.Sprintf("C0ROOM%d", len(c.rooms)+1)}
	c.rooms = append(c.rooms, made)
	return made.Channel, c.refusal("AnswerRoom", wanted.Name)
}

func (c *chat) CloseRoom(_ context.Context, channel string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.refusal("CloseRoom", channel); err != nil {
		return err
	}
	for _, r := range c.rooms {
		if r.Channel == channel {
			r.Closed = true
			return nil
		}
	}
	return &bot.SendError{Code: "channel_not_found", Permanent: true}
}

// to are the messages that lie in one place, oldest first.
func (c *chat) to(address bot.Address) []*posted {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(c.posts), func(p *posted) bool { return p.To != address })
}

// refusing makes the chat refuse one kind of call about one thing ("" for all).
func refusing(call, what string, with *bot.SendError) func(string, string) error {
	return func(c, w string) error {
		if c == call && (what == "" || what == w) {
			return with
		}
		return nil
	}
}

// house is the use cases on a real register, with a chat that is none.
type house struct {
	*handlers.App
	t     testing.TB
	clock *clock
	chat  *chat
	mu    sync.Mutex
	jobs  []handlers.Job // put in the queue and not run yet
	asked int            // requests made
	// broken is what Enqueue returns.
	broken error
}

// readTexts reads the texts once: with the race detector that takes longer than many a test.
var readTexts = sync.OnceValues(locale.New)

// open opens a house on an empty register with a small inventory.
func open(t testing.TB, address string) *house {
	t.Helper()
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	texts, err := readTexts()
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, clock: &clock{now: morning()}}
	s, err := store.Open(t.Context(), address, store.Options{Location: stockholm, Clock: h.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the register: %v", err)
		}
	})
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.chat = &chat{name: "chat", people: map[string]bot.Profile{}, files: map[string][]byte{}}
	for who, email := range map[bot.Actor]string{
		maja: "maja@example.org", ali: "ali@example.org", karin: "karin@example.org", omar: "omar@example.org",
		johan: "johan@example.org", dora: "dora@example.org",
	} {
		h.chat.people[who.ID] = bot.Profile{ID: who.ID, Name: who.Name, Email: email, Language: "sv"}
	}
	var refs atomic.Int64
	h.App = &handlers.App{
		Store: s, Texts: texts, Classifier: policy.NewClassifier(), Log: slog.New(slog.DiscardHandler),
		Metrics:  handlers.NewMetrics(prometheus.NewRegistry()),
		Surfaces: map[string]bot.Surface{"chat": h.chat},
		Draft: func(n handlers.Notification) ([]byte, error) {
			return fmt.Appendf(nil, "%s %s: %s, %d duties", n.Authority, n.Format, n.Incident.Text, len(n.Obligations)), nil
		},
		Followup: func(_ context.Context, year int, format, language string) ([]byte, error) {
			return fmt.Appendf(nil, "%d %s %s", year, format, language), nil
		},
		Proposals: func(context.Context, int, string) ([]string, error) { return []string{"Klassa 2 system."}, nil },
		NewRef:    func() string { return fmt.Sprintf("ref-%d", refs.Add(1)) },
		Settings: handlers.Settings{
			Organisation: "Exempelby kommun", Location: stockholm, Language: "sv", Surfaces: []string{"chat"},
			Roles: map[policy.Role][]handlers.Holder{
				policy.CISO:          {{Email: "karin@example.org", Accounts: map[string]string{"chat": karin.ID}}},
				policy.DeputyCISO:    {{Accounts: map[string]string{"chat": omar.ID}}},
				policy.SecurityChief: {{Accounts: map[string]string{"chat": johan.ID}}},
				policy.DPO:           {{Email: "dora@example.org"}},
			},
			Triage:   []handlers.TriageChannel{{Address: triage}},
			MaxFiles: 5, MaxFileBytes: 1000, DraftAge: 24 * time.Hour,
			Steps: policy.DefaultSteps(), Waits: policy.DefaultWaits(), Thresholds: policy.DefaultThresholds(),
			RiskLimits: policy.DefaultRiskLimits(),
		},
	}
	h.Enqueue = func(_ context.Context, _ *store.Tx, jobs ...handlers.Job) error {
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.broken != nil {
			return h.broken
		}
		h.jobs = append(h.jobs, jobs...)
		return nil
	}
	h.write(func(tx *store.Tx) error {
		_, err := tx.ImportSystems(t.Context(), []store.System{
			{Key: "omsorg", Name: "Omsorgssystemet", PersonalData: policy.Yes, Active: true,
				Levels: &policy.Levels{Confidentiality: 3, Integrity: 2, Availability: 1, Traceability: 2}},
			{Key: "bygglov", Name: "Bygglov och kartor", PersonalData: policy.Unknown, Active: true},
		})
		return err
	})
	return h
}

// onSQLite opens a house for what the database cannot make a difference to.
func onSQLite(t testing.TB) *house {
	t.Helper()
	return open(t, storetest.MigratedSQLiteURL(t))
}

// onBoth runs a test on each database.
func onBoth(t *testing.T, test func(t *testing.T, h *house)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, open(t, storetest.MigratedSQLiteURL(t))) })
	t.Run("postgres", func(t *testing.T) { test(t, open(t, storetest.PostgresURL(t))) })
}

func (h *house) write(fn func(tx *store.Tx) error) {
	h.t.Helper()
	if err := h.Store.InTx(h.t.Context(), fn); err != nil {
		h.t.Fatal(err)
	}
}

// try makes a request, with a key of its own when it has none.
func (h *house) try(req bot.Request) (bot.Reply, error) {
	h.t.Helper()
	h.mu.Lock()
	h.asked++
	if req.Key == "" {
		req.Key = fmt.Sprintf("request-%d", h.asked)
	}
	h.mu.Unlock()
	if req.At.IsZero() {
		req.At = h.clock.Now()
	}
	return h.Handle(h.t.Context(), req)
}

// ask makes a request that must not fail.
func (h *house) ask(req bot.Request) bot.Reply {
	h.t.Helper()
	reply, err := h.try(req)
	if err != nil {
		h.t.Fatalf("request %q failed: %v", req.Name, err)
	}
	return reply
}

func (h *house) press(who bot.Actor, button, ref string) bot.Reply {
	h.t.Helper()
	return h.ask(bot.Request{Kind: bot.Press, Actor: who, Name: button, Subject: ref})
}

// submit sends a dialog in. A case is closed in its category where no other is chosen: the dialog comes with it.
func (h *house) submit(who bot.Actor, dialog, ref string, v bot.Values) bot.Reply {
	h.t.Helper()
	if c, err := h.Store.Incident(h.t.Context(), ref); err == nil && dialog == "close" && v["category"] == nil {
		v = maps.Clone(v)
		v["category"] = []string{string(c.Category)}
	}
	return h.ask(bot.Request{Kind: bot.Submit, Actor: who, Name: dialog, Subject: ref, Values: v})
}

// lost is a report as short as one can be, and without doubt a loss.
const lost = "Jag har tappat min jobbtelefon på bussen"

// report reports an incident with the answers and returns it as registered.
func (h *house) report(who bot.Actor, v bot.Values, files ...bot.File) store.Incident {
	h.t.Helper()
	values := bot.Values{"stop": {"no"}, "text": {lost}}
	for field, answers := range v {
		values[field] = answers
	}
	reply := h.ask(bot.Request{Kind: bot.Submit, Actor: who, Name: handlers.ReportDialog, Values: values, Files: files})
	if len(reply.Errors) > 0 || reply.Message == nil {
		h.t.Fatalf("the report was not taken: %v", reply.Errors)
	}
	all := h.incidents()
	return all[len(all)-1]
}

func (h *house) incidents() []store.Incident {
	h.t.Helper()
	var all []store.Incident
	err := h.Store.Incidents(h.t.Context(), func(c store.Incident) error { all = append(all, c); return nil })
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

// now reads an incident as it is now.
func (h *house) now(c store.Incident) store.Incident {
	h.t.Helper()
	current, err := h.Store.IncidentByID(h.t.Context(), c.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	return current
}

// events are the audit events of an action ("" for all), in order.
func (h *house) events(action string) []store.Event {
	h.t.Helper()
	var found []store.Event
	err := h.Store.Events(h.t.Context(), func(e store.Event) error {
		if action == "" || e.Action == action {
			found = append(found, e)
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return found
}

func (h *house) notes(c store.Incident) []store.Note {
	h.t.Helper()
	notes, err := h.Store.Notes(h.t.Context(), c.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	return notes
}

func (h *house) stats() store.Stats {
	h.t.Helper()
	stats, err := h.Store.DeliveryStats(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return stats
}

// take empties the queue and returns what was in it.
func (h *house) take() []handlers.Job {
	h.mu.Lock()
	defer h.mu.Unlock()
	taken := h.jobs
	h.jobs = nil
	return taken
}

// work runs the queue until it is empty. Jobs that ask for another attempt are returned, with their errors joined.
func (h *house) work() (again []handlers.Job, failures error) {
	h.t.Helper()
	for jobs := h.take(); len(jobs) > 0; jobs = append(jobs[1:], h.take()...) {
		if err := h.run(jobs[0]); err != nil {
			again = append(again, jobs[0])
			failures = errors.Join(failures, err)
		}
	}
	return again, failures
}

func (h *house) run(job handlers.Job) error {
	switch job.Kind {
	case handlers.DeliverJob:
		_, err := h.Deliver(h.t.Context(), job.ID, false)
		return err
	case handlers.IdentifyJob:
		return h.Identify(h.t.Context(), job.ID)
	case handlers.FetchJob:
		return h.FetchAttachment(h.t.Context(), job.ID)
	}
	return fmt.Errorf("unknown job %q", job.Kind)
}

// settle runs the queue until it is empty; nothing may ask for another attempt.
func (h *house) settle() {
	h.t.Helper()
	if _, err := h.work(); err != nil {
		h.t.Fatalf("work failed: %v", err)
	}
}

// everything is all that the database holds, in words: what must not be stored must not be in here.
func (h *house) everything() string {
	h.t.Helper()
	tables := `SELECT name FROM sqlite_master WHERE type = 'table'`
	if h.Store.Dialect() == "postgres" {
		tables = `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`
	}
	var all strings.Builder
	for _, table := range h.rows(tables) {
		for _, row := range h.rows(`SELECT * FROM ` + table) {
			fmt.Fprintf(&all, "%s: %s\n", table, row)
		}
	}
	if !strings.Contains(all.String(), "Omsorgssystemet") {
		h.t.Fatal("the search through the database is broken")
	}
	return all.String()
}

// rows runs a query and returns each row in words.
func (h *house) rows(query string) []string {
	h.t.Helper()
	rows, err := h.Store.Writer().QueryContext(h.t.Context(), query)
	if err != nil {
		h.t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		h.t.Fatal(err)
	}
	var found []string
	for rows.Next() {
		cells, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			h.t.Fatal(err)
		}
		words := make([]string, len(cells))
		for i, cell := range cells {
			if b, ok := cell.([]byte); ok {
				cell = string(b)
			}
			words[i] = fmt.Sprint(cell)
		}
		found = append(found, strings.Join(words, "|"))
	}
	if err := rows.Err(); err != nil {
		h.t.Fatal(err)
	}
	return found
}

// same fails the test when got differs from want.
func same(t testing.TB, what string, got, want any, opts ...cmp.Option) {
	t.Helper()
	if diff := cmp.Diff(want, got, opts...); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", what, diff)
	}
}

// words are all strings that a message shows.
func words(m bot.Message) []string {
	found := []string{m.Summary}
	for _, b := range m.Blocks {
		switch b := b.(type) {
		case bot.Heading:
			found = append(found, string(b))
		case bot.Paragraph:
			found = append(found, string(b))
		case bot.Quote:
			found = append(found, string(b))
		case bot.Small:
			found = append(found, string(b))
		case bot.List:
			found = append(found, b...)
		case bot.Facts:
			for _, f := range b {
				found = append(found, f.Label, f.Value)
			}
		case bot.Buttons:
			for _, button := range b {
				found = append(found, button.Text, button.ID, button.Subject)
			}
		}
	}
	return found
}

func text(m *bot.Message) string {
	if m == nil {
		return ""
	}
	return strings.Join(words(*m), "\n")
}

// buttons are the ids of a message's buttons.
func buttons(m bot.Message) []string {
	var found []string
	for _, b := range m.Blocks {
		if row, ok := b.(bot.Buttons); ok {
			for _, button := range row {
				found = append(found, button.ID)
			}
		}
	}
	return found
}

// draw writes a message as a person may imagine it.
func draw(w io.Writer, m bot.Message) {
	p := func(format string, a ...any) { _, _ = fmt.Fprintf(w, format+"\n", a...) }
	indented := func(s string) string { return strings.ReplaceAll(s, "\n", "\n      ") }
	p("  (%s)", m.Summary)
	for _, b := range m.Blocks {
		switch b := b.(type) {
		case bot.Heading:
			p("  # %s", b)
		case bot.Paragraph:
			p("  %s", b)
		case bot.Quote:
			p("  > %s", b)
		case bot.Small:
			p("  . %s", b)
		case bot.Divider:
			p("  ---")
		case bot.List:
			for _, line := range b {
				p("  - %s", line)
			}
		case bot.Facts:
			for _, f := range b {
				p("  %s: %s", f.Label, indented(f.Value))
			}
		case bot.Buttons:
			for _, button := range b {
				p("  [%s] %s %s style %d", button.Text, button.ID, button.Subject, button.Style)
			}
		}
	}
}

// golden compares with a file in testdata, or writes it when the tests run with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name + ".golden"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	same(t, path, got, string(want))
}
