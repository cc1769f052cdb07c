package scheduler_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/scheduler"
	"tyreso.se/incidentbot/store"
	"tyreso.se/incidentbot/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must happen: far longer than it takes, so that only what never happens fails.
const patience = time.Minute

var (
	triage = bot.Address{Surface: "chat", Channel: "C0TRIAGE"}
	ciso   = bot.Address{Surface: "chat", User: "U0KARIN"}
)

// attempt is a message as the platform was asked to post it.
type attempt struct {
	to    bot.Address
	key   string
	retry bool
}

// chat is a platform that posts what it is given, unless it is told otherwise.
type chat struct {
	bot.Surface // nothing else is asked of it here
	attempts    chan attempt
	// answer is what Send does before it succeeds; nil: nothing.
	answer func(ctx context.Context, a attempt) error
}

func (c *chat) Send(ctx context.Context, to bot.Address, _ bot.Message, key string, retry bool) (bot.Ref, error) {
	a := attempt{to, key, retry}
	var err error
	if c.answer != nil {
		err = c.answer(ctx, a)
	}
	c.attempts <- a
	if err != nil {
		return bot.Ref{}, err
	}
	return bot.Ref{Surface: "chat", Channel: to.String(), ID: key}, nil
}

// Edit lets a card be brought up to date that a second attempt may have found.
func (c *chat) Edit(context.Context, bot.Ref, bot.Message) error { return nil }

func (c *chat) Profile(_ context.Context, id string) (bot.Profile, error) {
	return bot.Profile{ID: id, Name: id, Language: "sv"}, nil
}

// house is a register with its queue, and the use cases that the queue runs.
type house struct {
	*scheduler.Scheduler
	t       *testing.T
	app     *handlers.App
	chat    *chat
	started bool
}

func open(t *testing.T, address string, clock func() time.Time, pace scheduler.Pace) *house {
	t.Helper()
	s, err := store.Open(t.Context(), address, store.Options{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, chat: &chat{attempts: make(chan attempt, 1000)}}
	t.Cleanup(func() {
		h.stop()
		if err := s.Close(); err != nil {
			t.Errorf("close the register: %v", err)
		}
	})
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := scheduler.Migrate(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if err := scheduler.Current(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	texts, err := locale.New()
	if err != nil {
		t.Fatal(err)
	}
	h.Scheduler, err = scheduler.New(scheduler.Options{
		Store: s, Pace: map[string]scheduler.Pace{"chat": pace}, Logger: slog.New(slog.DiscardHandler), Registry: prometheus.NewRegistry(),
	})
	if err != nil {
		t.Fatal(err)
	}
	var refs sync.Mutex
	n := 0
	h.app = &handlers.App{
		Store: s, Texts: texts, Classifier: policy.NewClassifier(), Enqueue: h.Enqueue, Surfaces: map[string]bot.Surface{"chat": h.chat},
		Log: slog.New(slog.DiscardHandler), Metrics: handlers.NewMetrics(prometheus.NewRegistry()),
		NewRef: func() string {
			refs.Lock()
			defer refs.Unlock()
			n++
			return fmt.Sprintf("%s-ref-%d", address, n)
		},
		Settings: handlers.Settings{
			Location: time.UTC, Language: "sv", Surfaces: []string{"chat"}, DraftAge: 24 * time.Hour,
			Steps: policy.DefaultSteps(), Waits: policy.DefaultWaits(), Thresholds: policy.DefaultThresholds(),
			Roles:  map[policy.Role][]handlers.Holder{policy.CISO: {{Accounts: map[string]string{"chat": ciso.User}}}},
			Triage: []handlers.TriageChannel{{Address: triage}},
		},
	}
	return h
}

// onBoth runs a test on each database, with nothing running yet and no limits.
func onBoth(t *testing.T, test func(t *testing.T, h *house)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, open(t, storetest.MigratedSQLiteURL(t), time.Now, scheduler.Pace{})) })
	t.Run("postgres", func(t *testing.T) { test(t, open(t, storetest.PostgresURL(t), time.Now, scheduler.Pace{})) })
}

func (h *house) start() {
	h.t.Helper()
	if err := h.Start(h.t.Context(), h.app); err != nil {
		h.t.Fatal(err)
	}
	h.started = true
}

func (h *house) stop() {
	h.t.Helper()
	if !h.started {
		return
	}
	h.started = false
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := h.Stop(ctx); err != nil {
		h.t.Errorf("stop: %v", err)
	}
}

// report reports an incident: a card to the channel, one to the CISO, a receipt.
func (h *house) report(who string) {
	h.t.Helper()
	reply, err := h.app.Handle(h.t.Context(), bot.Request{
		Kind: bot.Submit, Key: h.app.NewRef(), Name: handlers.ReportDialog, At: time.Now(),
		Actor:  bot.Actor{Surface: "chat", ID: who, Name: who},
		Values: bot.Values{"stop": {"no"}, "text": {"Jag har tappat min telefon"}},
	})
	if err != nil || reply.Message == nil {
		h.t.Errorf("the report was not taken: %+v, %v", reply, err)
	}
}

// attempts waits for the next n attempts.
func (h *house) attempts(n int) []attempt {
	h.t.Helper()
	limit := time.After(patience)
	var found []attempt
	for len(found) < n {
		select {
		case a := <-h.chat.attempts:
			found = append(found, a)
		case <-limit:
			h.t.Fatalf("there were %d attempts, want %d: %v", len(found), n, found)
		}
	}
	return found
}

// until waits until the register is as wanted.
func (h *house) until(what string, holds func() bool) {
	h.t.Helper()
	for limit := time.Now().Add(patience); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(limit) {
			h.t.Fatalf("never: %s", what)
		}
	}
}

func (h *house) stats() store.Stats {
	h.t.Helper()
	stats, err := h.app.Store.DeliveryStats(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return stats
}

// empty waits until everything has been sent.
func (h *house) empty() {
	h.t.Helper()
	h.until("the outbox is empty", func() bool { return h.stats().Pending == 0 })
}

// jobs counts the jobs of a kind in the queue, whatever their state.
func (h *house) jobs(kind string) int {
	h.t.Helper()
	var n int
	err := h.app.Store.Writer().QueryRowContext(h.t.Context(), `SELECT count(*) FROM river_job WHERE kind = '`+kind+`'`).Scan(&n)
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

func TestJobsRunAfterTheCommitAndNeverWithoutIt(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.start()
		regret := errors.New("regret")
		account := func(tx *store.Tx) (store.Account, error) { return tx.EnsureAccount(t.Context(), "chat", "U1", "") }
		err := h.app.Store.InTx(t.Context(), func(tx *store.Tx) error {
			a, err := account(tx)
			if err != nil {
				return err
			}
			if err := h.Enqueue(t.Context(), tx, handlers.Job{Kind: handlers.IdentifyJob, ID: a.ID}); err != nil {
				return err
			}
			return regret
		})
		if !errors.Is(err, regret) {
			t.Fatal(err)
		}
		if n := h.jobs("identify"); n != 0 {
			t.Errorf("%d jobs of what was rolled back", n)
		}
		h.report("U1")
		h.attempts(3)
		h.empty()
		h.until("the reporter is identified", func() bool {
			a, err := h.app.Store.Account(t.Context(), "chat", "U1")
			return err == nil && a.CheckedAt != nil
		})
	})
}

func TestJobThatWaitsIsNotPutThereTwice(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		for range 2 {
			err := h.app.Store.InTx(t.Context(), func(tx *store.Tx) error {
				return h.Enqueue(t.Context(), tx, handlers.Job{Kind: handlers.DeliverJob, ID: 7, Urgent: true},
					handlers.Job{Kind: handlers.DeliverJob, ID: 8}, handlers.Job{Kind: handlers.IdentifyJob, ID: 7}, handlers.Job{Kind: handlers.FetchJob, ID: 7})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		got := []int{h.jobs("deliver"), h.jobs("identify"), h.jobs("fetch_attachment")}
		if diff := cmp.Diff([]int{2, 1, 1}, got); diff != "" {
			t.Errorf("jobs differ (-want +got):\n%s", diff)
		}
		err := h.app.Store.InTx(t.Context(), func(tx *store.Tx) error {
			return h.Enqueue(t.Context(), tx, handlers.Job{Kind: "no such job"})
		})
		if err == nil {
			t.Error("an unknown kind of job is taken")
		}
	})
}

// After the first refusal of a delivery the message is posted at the second attempt, which says that it is one.
func TestRefusedMessageIsTriedAgain(t *testing.T) {
	for name, refusal := range map[string]*bot.SendError{
		"when the platform asks to wait": {Code: "ratelimited", Wait: 20 * time.Millisecond},
		"after a temporary failure":      {Code: "internal_error"},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, h *house) {
				h.chat.answer = func(_ context.Context, a attempt) error {
					if a.to == triage && !a.retry {
						return refusal
					}
					return nil
				}
				h.report("U1")
				h.start()
				inChannel := slices.DeleteFunc(h.attempts(4), func(a attempt) bool { return a.to != triage })
				if len(inChannel) != 2 || inChannel[0].retry || !inChannel[1].retry || inChannel[0].key != inChannel[1].key {
					t.Errorf("attempts in the channel are %+v", inChannel)
				}
				h.empty()
				if stats := h.stats(); stats.Dead != 0 {
					t.Errorf("%d dead letters", stats.Dead)
				}
			})
		})
	}
}

func TestRateLimitedLaneDelaysNobodyElse(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.chat.answer = func(_ context.Context, a attempt) error {
			if a.to == triage {
				return &bot.SendError{Code: "ratelimited", Wait: 30 * time.Second}
			}
			return nil
		}
		h.start()
		const reports = 10
		for i := range reports {
			h.report(fmt.Sprintf("U%d", i))
		}
		direct := 0
		for direct < 2*reports { // a card to the CISO and a receipt, of each
			for _, a := range h.attempts(1) {
				if a.to != triage {
					direct++
				}
			}
		}
		h.until("all but the channel's messages are sent", func() bool { return h.stats().Pending == reports })
		h.until("the channel's job waits without a worker, and without an attempt that counts", func() (waiting bool) {
			const query = `SELECT count(*) = 1 FROM river_job WHERE kind = 'deliver' AND state = 'scheduled' AND attempt = 0`
			if err := h.app.Store.Writer().QueryRowContext(t.Context(), query).Scan(&waiting); err != nil {
				t.Fatal(err)
			}
			return waiting
		})
		inChannel, err := h.app.Store.Delivery(t.Context(), 1)
		if err != nil || inChannel.Lane != triage.String() || inChannel.SentAt != nil || inChannel.Attempts > 1 {
			t.Errorf("the channel's first message is %+v (%v), want it waiting after one attempt", inChannel, err)
		}
	})
}

func TestLanesKeepTheirOrderUnderLoad(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.chat.answer = func(_ context.Context, a attempt) error {
			if !a.retry && strings.HasSuffix(a.key, "3") { // some messages stumble, and hold up those behind them
				return &bot.SendError{Code: "ratelimited", Wait: time.Millisecond}
			}
			return nil
		}
		h.start()
		var group sync.WaitGroup
		for i := range 8 {
			group.Go(func() {
				for range 4 {
					h.report(fmt.Sprintf("U%d", i))
				}
			})
		}
		group.Wait()
		h.empty()
		h.stop()
		close(h.chat.attempts)
		last, posted := map[bot.Address]int64{}, 0
		for a := range h.chat.attempts {
			var id int64
			if _, err := fmt.Sscanf(a.key, "delivery-%d", &id); err != nil {
				t.Fatal(err)
			}
			if id < last[a.to] {
				t.Errorf("message %d comes after %d in %s", id, last[a.to], a.to)
			}
			if id != last[a.to] {
				posted++
			}
			last[a.to] = id
		}
		if want := 8 * 4 * 3; posted != want {
			t.Errorf("%d messages were sent, want %d", posted, want)
		}
	})
}

func TestPaceIsKept(t *testing.T) {
	h := open(t, storetest.MigratedSQLiteURL(t), time.Now, scheduler.Pace{PerLane: time.Hour})
	h.report("U1")
	h.report("U2")
	h.start()
	h.attempts(4) // a card to the channel, one to the CISO, both receipts
	h.until("the second card to both waits for its turn", func() (waiting bool) {
		const query = `SELECT count(*) = 2 FROM river_job WHERE kind = 'deliver' AND state = 'scheduled'`
		if err := h.app.Store.Writer().QueryRowContext(t.Context(), query).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
		return waiting
	})
	if n := len(h.chat.attempts); n != 0 {
		t.Errorf("%d messages more were sent", n)
	}
}

// A message whose job got lost is found by the sweep, which is run when a process starts.
func TestStalledLaneIsHealed(t *testing.T) {
	onBoth := func(t *testing.T, test func(t *testing.T, address string)) {
		t.Helper()
		t.Run("sqlite", func(t *testing.T) { test(t, storetest.SQLiteURL(t)) })
		t.Run("postgres", func(t *testing.T) { test(t, storetest.PostgresURL(t)) })
	}
	onBoth(t, func(t *testing.T, address string) {
		var mu sync.Mutex
		back := 3 * time.Minute // more than a lane may rest
		h := open(t, address, func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return time.Now().Add(-back)
		}, scheduler.Pace{})
		h.app.Enqueue = func(context.Context, *store.Tx, ...handlers.Job) error { return nil } // the jobs get lost
		h.report("U1")
		h.app.Enqueue = h.Enqueue
		mu.Lock()
		back = 0
		mu.Unlock()
		h.start()
		h.attempts(3)
		h.empty()
	})
}

func TestSweepForgetsWhatHasHadItsTime(t *testing.T) {
	var mu sync.Mutex
	back := 25 * time.Hour
	h := open(t, storetest.MigratedSQLiteURL(t), func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return time.Now().Add(-back)
	}, scheduler.Pace{})
	typed := bot.Request{
		Kind: bot.Change, Name: handlers.ReportDialog, Actor: bot.Actor{Surface: "chat", ID: "U1"}, At: h.app.Store.Now(),
		Values: bot.Values{"stop": {"no"}, "text": {"halvfärdigt"}},
	}
	if _, err := h.app.Handle(t.Context(), typed); err != nil {
		t.Fatal(err)
	}
	count := func(table string) (n int) {
		if err := h.app.Store.Writer().QueryRowContext(t.Context(), `SELECT count(*) FROM `+table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	inParts := bot.Request{Kind: bot.Command, InParts: true, Actor: typed.Actor, At: typed.At}
	if _, err := h.app.Handle(t.Context(), inParts); err != nil {
		t.Fatal(err)
	}
	if count("drafts") != 1 || count("kept_dialogs") != 1 {
		t.Fatal("there is no draft, or no kept dialog")
	}
	mu.Lock()
	back = 0
	mu.Unlock()
	h.start()
	h.until("the draft and the kept dialog are gone", func() bool { return count("drafts")+count("kept_dialogs") == 0 })
}

func TestOldCasesAreAnonymisedWhenAProcessStarts(t *testing.T) {
	var mu sync.Mutex
	back := 100 * 24 * time.Hour
	h := open(t, storetest.MigratedSQLiteURL(t), func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return time.Now().Add(-back)
	}, scheduler.Pace{})
	h.app.Settings.RetentionMonths = 1
	h.app.Enqueue = func(context.Context, *store.Tx, ...handlers.Job) error { return nil } // nothing is on its way
	h.report("U1")
	h.app.Enqueue = h.Enqueue
	if _, err := h.app.Store.Writer().ExecContext(t.Context(), `UPDATE deliveries SET skipped_at = created_at`); err != nil {
		t.Fatal(err)
	}
	err := h.app.Store.InTx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.UpdateIncident(t.Context(), 1, func(c store.Incident) (store.Incident, error) {
			c.Status, c.ClosedAt = store.Closed, &tx.Now
			return c, nil
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	back = 0
	mu.Unlock()
	h.start()
	h.until("the text is gone", func() bool {
		c, err := h.app.Store.IncidentByID(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		return c.Text == "" && c.AnonymisedAt != nil
	})
}

// What a process was doing when it was killed is done again when the next one starts, without waiting until the job is
// given up for dead.
func TestJobsOfAKilledProcessAreRunAgain(t *testing.T) {
	h := open(t, storetest.MigratedSQLiteURL(t), time.Now, scheduler.Pace{})
	h.report("U1")
	const killed = `UPDATE river_job SET state = 'running', attempt = 1, attempted_at = datetime('now'), attempted_by = '["gone"]' WHERE kind = 'deliver'`
	if _, err := h.app.Store.Writer().ExecContext(t.Context(), killed); err != nil {
		t.Fatal(err)
	}
	h.start()
	h.attempts(3)
	h.empty()
}

func TestStopFinishesWhatRuns(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		sending, goOn := make(chan struct{}, 3), make(chan struct{})
		h.chat.answer = func(ctx context.Context, _ attempt) error {
			sending <- struct{}{}
			select {
			case <-goOn:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		h.report("U1")
		h.start()
		for range 3 {
			<-sending
		}
		stopped := make(chan struct{})
		go func() {
			defer close(stopped)
			h.stop()
		}()
		select {
		case <-stopped:
			t.Error("it did not wait for what runs")
		case <-time.After(50 * time.Millisecond):
		}
		close(goOn)
		<-stopped
		if stats := h.stats(); stats.Pending != 0 {
			t.Errorf("%d messages are pending that were being sent", stats.Pending)
		}
		h.report("U2") // what comes later waits for the next start
		if stats := h.stats(); stats.Pending != 3 {
			t.Errorf("%d messages are pending, want 3", stats.Pending)
		}
	})
}

func TestStopCancelsWhatDoesNotEnd(t *testing.T) {
	h := open(t, storetest.MigratedSQLiteURL(t), time.Now, scheduler.Pace{})
	sending := make(chan struct{}, 3)
	h.chat.answer = func(ctx context.Context, _ attempt) error {
		sending <- struct{}{}
		<-ctx.Done()
		return ctx.Err()
	}
	h.report("U1")
	h.start()
	<-sending
	h.started = false
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := h.Stop(ctx); err != nil {
		t.Errorf("stop: %v", err)
	}
	if stats := h.stats(); stats.Pending != 3 || stats.Dead != 0 {
		t.Errorf("%d messages are pending and %d dead, want all three to be sent by the next process", stats.Pending, stats.Dead)
	}
}

func TestCurrentTellsThatTheTablesAreMissing(t *testing.T) {
	for name, address := range map[string]func(testing.TB) string{"sqlite": storetest.SQLiteURL, "postgres": storetest.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			s := storetest.Open(t, address(t))
			if err := scheduler.Current(t.Context(), s); err == nil {
				t.Error("it does not")
			}
		})
	}
}

func TestReminderThatFellDueWhileNothingRanIsSent(t *testing.T) {
	for name, address := range map[string]func(testing.TB) string{"sqlite": storetest.SQLiteURL, "postgres": storetest.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			var back atomic.Int64
			back.Store(int64(3 * 24 * time.Hour))
			h := open(t, address(t), func() time.Time { return time.Now().Add(-time.Duration(back.Load())) }, scheduler.Pace{})
			h.report("U1") // who does not know whether personal data is involved: that is asked after a day
			back.Store(0)
			h.start()
			h.until("the reminder is sent", func() bool {
				reminders, err := h.app.Store.Reminders(t.Context(), "decide:1")
				return err == nil && len(reminders) == 2 && reminders[0].SentAt != nil && reminders[1].SentAt == nil
			})
			h.empty()
		})
	}
}
