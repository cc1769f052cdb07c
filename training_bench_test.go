package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/config"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/store"
	"tyreso.se/incidentbot/store/storetest"
	slackspace "tyreso.se/incidentbot/workspace/slack"
)

// trainingCourses are two courses that everybody is to take.
const trainingCourses = `
courses:
  - {key: grund, title: Grundkursen, lesson: informationssakerhet, interval_months: 12, audience: [employee]}
  - {key: gdpr, title: Personuppgifter, interval_months: 24, audience: [employee]}
channels: {triage: {slack: C0TRIAGE}}
roles: {ciso: [{slack: U0CISO}]}
limits: {slack: {posts_per_minute: %d}}
`

// simulation is a clock that stands still until somebody waits.
type simulation struct {
	mu  sync.Mutex
	now time.Time
}

func (s *simulation) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *simulation) Sleep(_ context.Context, d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

// trainedBot is a bot with so many people on its staff list, all of whom are due, and on Slack at an address.
func trainedBot(tb testing.TB, database, slack string, people, perMinute int, clock func() time.Time) *program {
	tb.Helper()
	environment := map[string]string{
		"DATABASE_URL": database, "INCIDENTBOT_LISTEN": "127.0.0.1:0", "SLACK_API_URL": slack + "/api/", "SLACK_BOT_TOKEN": "xoxb-1",
		"SLACK_SIGNING_SECRET": benchSecret, "INCIDENTBOT_CONFIG": "bot.yaml",
	}
	cfg, err := config.Load("", func(key string) (string, bool) { v, ok := environment[key]; return v, ok },
		func(string) ([]byte, error) { return fmt.Appendf(nil, trainingCourses, perMinute), nil })
	if err != nil {
		tb.Fatal(err)
	}
	p, err := assemble(tb.Context(), cfg, slog.New(slog.DiscardHandler), clock)
	if err != nil {
		tb.Fatal(err)
	}
	if known, err := p.store.People(tb.Context()); err != nil || len(known) > 0 {
		return p
	}
	staff := make([]store.Person, people)
	for i := range staff {
		unit := i / 25
		staff[i] = store.Person{
			Email: fmt.Sprintf("p%d@example.org", i), Name: fmt.Sprint("Person ", i), Unit: fmt.Sprint("Enhet ", unit), Kind: "employee",
			StartDate: "2019-03-01", Locale: "sv", Active: true,
		}
	}
	err = p.store.InTx(tb.Context(), func(tx *store.Tx) error {
		_, err := tx.ImportStaff(tb.Context(), staff, nil)
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	for _, statement := range []string{
		`INSERT INTO accounts (surface, user_id, name, email, language, person_id) SELECT 'slack', 'U' || id, name, email, 'sv', id FROM people`,
		`INSERT INTO completions (person_id, course, version, completed_on, source, recorded_at) ` +
			`SELECT id, 'grund', '', '2024-02-01', 'import', 0 FROM people`,
		`INSERT INTO completions (person_id, course, version, completed_on, source, recorded_at) ` +
			`SELECT id, 'gdpr', '', '2022-02-01', 'import', 0 FROM people`,
	} {
		if _, err := p.store.Writer().ExecContext(tb.Context(), statement); err != nil {
			tb.Fatal(err)
		}
	}
	return p
}

func workday() time.Time { return time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC) } // nine in Stockholm

// BenchmarkTrainingDue measures finding out who of fifty thousand people is to be told of which of two courses today. All of them are.
// Nobody is reached, so that nothing else is measured: a round looks at everybody and makes no messages. The bar is two seconds and 200 MB.
func BenchmarkTrainingDue(b *testing.B) {
	for _, database := range databases {
		b.Run(database.name, func(b *testing.B) {
			clock := &simulation{now: workday()}
			p := trainedBot(b, database.address(b), "http://127.0.0.1:1", 50_000, 300, clock.Now)
			b.Cleanup(func() { _ = p.store.Close() })
			p.app.Settings.Surfaces = []string{"another"}
			runtime.GC()
			var peak atomic.Uint64
			done := make(chan struct{})
			go func() {
				var m runtime.MemStats
				for {
					select {
					case <-done:
						return
					case <-time.After(5 * time.Millisecond):
						runtime.ReadMemStats(&m)
						peak.Store(max(peak.Load(), m.HeapInuse))
					}
				}
			}()
			b.ReportAllocs()
			for b.Loop() {
				clock.Sleep(b.Context(), 7*24*time.Hour) // a round that has ended is not begun again
				if err := p.app.NoticeTraining(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
			close(done)
			b.ReportMetric(float64(peak.Load())/1e6, "peak-heap-MB")
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/round")
		})
	}
}

// refusing counts what a server refuses because it was too much.
type refusing struct {
	http.Handler
	limited atomic.Int64
}

type statusWriter struct {
	http.ResponseWriter
	limited *atomic.Int64
}

func (w statusWriter) WriteHeader(status int) {
	if status == http.StatusTooManyRequests {
		w.limited.Add(1)
	}
	w.ResponseWriter.WriteHeader(status)
}

func (r *refusing) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.Handler.ServeHTTP(statusWriter{w, &r.limited}, req)
}

// reminderServer is a Slack workspace with so many people, that enforces the documented rates by a clock.
func reminderServer(tb testing.TB, people int, clock func() time.Time, unlimited bool) (*slackspace.Workspace, *refusing, string) {
	tb.Helper()
	space := slackspace.New(slackspace.Options{BotToken: "xoxb-1", Clock: clock, NoRateLimits: unlimited})
	tb.Cleanup(space.Close)
	for n := 1; n <= people; n++ {
		space.AddUser(slackspace.User{ID: fmt.Sprint("U", n), Name: fmt.Sprint("p", n), RealName: fmt.Sprint("Person ", n)})
	}
	space.AddUser(slackspace.User{ID: "U0CISO", Name: "ciso", RealName: "Ciso"})
	space.AddChannel(slackspace.Channel{ID: "C0TRIAGE", Name: "incidenter", BotIsMember: true})
	door := &refusing{Handler: space}
	server := httptest.NewServer(door)
	tb.Cleanup(server.Close)
	return space, door, server.URL
}

// reminded is how many messages each person has got.
func reminded(space *slackspace.Workspace, people int) (got []int) {
	got = make([]int, people)
	for n := range got {
		got[n] = len(space.Messages(space.DirectMessages(fmt.Sprint("U", n+1))))
	}
	return got
}

// BenchmarkTrainingReminders measures telling fifty thousand people, by a simulated clock, at a Slack that enforces its documented rates:
// how much of what it permits is used, and how much it refuses. The bar is 95 % and nothing.
func BenchmarkTrainingReminders(b *testing.B) {
	people, perMinute := number(b, "INCIDENTBOT_REMINDERS", 50_000), 600 // what the workspace permits in the long run
	for _, database := range databases {
		b.Run(database.name, func(b *testing.B) {
			for range b.N {
				b.StopTimer()
				clock := &simulation{now: workday()}
				space, door, address := reminderServer(b, people, clock.Now, false)
				p := trainedBot(b, database.address(b), address, people, perMinute, clock.Now)
				notices := p.scheduler.Notices(p.app).ByClock(clock.Now, clock.Sleep)
				b.StartTimer()
				for sent := 0; sent < people; {
					n, err := notices.Round(b.Context())
					if err != nil {
						b.Fatal(err)
					}
					if sent += n; n == 0 {
						b.Fatalf("after %d of %d nothing waits", sent, people)
					}
				}
				b.StopTimer()
				rate := float64(people) / clock.Now().Sub(workday()).Minutes()
				b.ReportMetric(100*rate/float64(perMinute), "%-of-permitted")
				b.ReportMetric(float64(door.limited.Load()), "refused")
				b.ReportMetric(float64(people*b.N)/b.Elapsed().Seconds(), "reminders/s-real")
				for n, messages := range reminded(space, people) {
					if messages != 1 {
						b.Fatalf("person %d has got %d messages", n+1, messages)
					}
				}
				if err := p.store.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func number(tb testing.TB, variable string, otherwise int) int {
	tb.Helper()
	n, err := strconv.Atoi(cmp.Or(os.Getenv(variable), strconv.Itoa(otherwise)))
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

// A report that is made while everybody is being told of their training is told at once, within the platform's rates.
func TestUrgentNoticeDoesNotWaitForTraining(t *testing.T) {
	for name, address := range map[string]func(testing.TB) string{"sqlite": storetest.SQLiteURL, "postgres": storetest.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			space, door, server := reminderServer(t, 2000, time.Now, false)
			offset := time.Until(workday()) // the register's clock stands in working hours
			p := trainedBot(t, address(t), server, 2000, 600, func() time.Time { return time.Now().Add(offset) })
			ctx, stop := context.WithCancel(t.Context())
			stopped := make(chan error, 1)
			go func() { stopped <- p.run(ctx) }()
			defer func() {
				stop()
				if err := <-stopped; err != nil {
					t.Error(err)
				}
			}()
			until(t, "some have been told", func() bool { return len(space.Messages(space.DirectMessages("U60"))) > 0 })
			reported := time.Now()
			_, err := p.app.Handle(t.Context(), bot.Request{
				Kind: bot.Submit, Key: "report", Name: handlers.ReportDialog, At: p.store.Now(),
				Actor: bot.Actor{Surface: "slack", ID: "U60", Language: "sv"}, Values: bot.Values{"stop": {"no"}, "text": {"Tappad telefon"}},
			})
			if err != nil {
				t.Fatal(err)
			}
			until(t, "the card has come", func() bool { return len(space.Messages("C0TRIAGE")) > 0 })
			waited := time.Since(reported)
			t.Logf("the notice came after %s", waited.Round(time.Millisecond))
			if waited > time.Second {
				t.Errorf("the notice waited for %s", waited)
			}
			if len(space.Messages(space.DirectMessages("U1999"))) > 0 {
				t.Error("everybody had been told by then: nothing was in the way")
			}
			if n := door.limited.Load(); n > 0 {
				t.Errorf("%d calls were too much", n)
			}
		})
	}
}

func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Minute); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it never happened that %s", what)
		}
	}
}

// remind is the process that TestKilledWhileReminding kills: it tells people until nobody is left.
func remind(t *testing.T, slack string) {
	t.Helper()
	offset, err := time.ParseDuration(os.Getenv("INCIDENTBOT_TEST_OFFSET"))
	if err != nil {
		t.Fatal(err)
	}
	people := number(t, "INCIDENTBOT_REMINDERS", 0)
	p := trainedBot(t, os.Getenv("INCIDENTBOT_TEST_DATABASE"), slack, people, 10_000, func() time.Time { return time.Now().Add(offset) })
	notices := p.scheduler.Notices(p.app)
	for idle := 0; idle < 3; {
		n, err := notices.Round(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			idle++
		}
	}
	if err := p.store.Close(); err != nil {
		t.Fatal(err)
	}
}

// A process that is killed in the middle of its reminders, again and again, leaves nobody out and tells nobody twice. With
// INCIDENTBOT_REMINDERS=50000 it does so for as many.
func TestKilledWhileReminding(t *testing.T) {
	if slack := os.Getenv("INCIDENTBOT_TEST_REMIND"); slack != "" { // started below
		remind(t, slack)
		return
	}
	people := number(t, "INCIDENTBOT_REMINDERS", 1500)
	for name, address := range map[string]func(testing.TB) string{"sqlite": storetest.SQLiteURL, "postgres": storetest.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			space, _, server := reminderServer(t, people, time.Now, true)
			database := address(t)
			offset := time.Until(workday())
			start := func() *exec.Cmd {
				child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledWhileReminding$")
				child.Env = append(os.Environ(), "INCIDENTBOT_TEST_REMIND="+server, "INCIDENTBOT_TEST_DATABASE="+database,
					"INCIDENTBOT_TEST_OFFSET="+offset.String(), fmt.Sprint("INCIDENTBOT_REMINDERS=", people))
				child.Stdout, child.Stderr = io.Discard, os.Stderr
				if err := child.Start(); err != nil {
					t.Fatal(err)
				}
				return child
			}
			told := func() int { return len(space.AllMessages()) }
			for kill := 1; kill <= 4; kill++ {
				child := start()
				until(t, "more have been told", func() bool { return told() >= kill*people/6 })
				if err := child.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				_ = child.Wait() // it was killed
				offset += 6 * time.Minute
			}
			if err := start().Wait(); err != nil {
				t.Fatal(err)
			}
			got := reminded(space, people)
			if slices.Contains(got, 0) || slices.Max(got) > 1 {
				t.Errorf("%d people got %d messages, somebody %d and somebody %d", people, told(), slices.Min(got), slices.Max(got))
			}
			if problems := space.Problems(); len(problems) > 0 {
				t.Errorf("the platform objects: %s", strings.Join(problems[:1], " "))
			}
		})
	}
}
