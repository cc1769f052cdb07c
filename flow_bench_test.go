package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tyreso.se/incidentbot/config"
	"tyreso.se/incidentbot/store/storetest"
)

// databases are those that the flows are measured on. SQLite waits for the disk at every commit; PostgreSQL does when the
// cluster that make bench starts does.
var databases = []struct {
	name    string
	address func(testing.TB) string
}{{"sqlite", storetest.SQLiteURL}, {"postgres", storetest.PostgresURL}}

// BenchmarkFlow measures one flow, through the whole bot and its HTTP door: a signed /incident, the dialog opened at the
// Web API, and the submission answered with a receipt. What it allocates includes the delivery jobs that run meanwhile.
func BenchmarkFlow(b *testing.B) {
	for _, database := range databases {
		for _, inFlight := range []int{1, 16, 128} {
			b.Run(fmt.Sprintf("%s/%d", database.name, inFlight), func(b *testing.B) {
				startFlows(b, database.address(b)).run(b, inFlight)
			})
		}
	}
}

// BenchmarkFlowWithRegister measures the same with much in the register already: nothing may grow with it.
func BenchmarkFlowWithRegister(b *testing.B) {
	for _, database := range databases {
		for _, size := range []int{1_000, 1_000_000} {
			b.Run(fmt.Sprintf("%s/%d", database.name, size), func(b *testing.B) {
				f := startFlows(b, database.address(b))
				f.fill(b, fillIncidents, size)
				f.run(b, 16)
			})
		}
	}
}

// BenchmarkFlowWithBacklog measures the same with a hundred thousand messages that wait to be sent.
func BenchmarkFlowWithBacklog(b *testing.B) {
	for _, database := range databases {
		b.Run(database.name, func(b *testing.B) {
			f := startFlows(b, database.address(b))
			f.fill(b, fillIncidents, 1)
			f.fill(b, fillDeliveries, 100_000)
			f.run(b, 16)
		})
	}
}

// flows drives a bot that runs in this process.
type flows struct {
	program *program
	opened  sync.Map // chan string of the view's id, by trigger id
	views   atomic.Int64
	begun   atomic.Int64
}

const benchSecret = "a secret for benchmarks"

// startFlows starts a bot on the database at address, until the benchmark ends.
func startFlows(b *testing.B, address string) *flows {
	b.Helper()
	f := &flows{}
	api := httptest.NewServer(f)
	b.Cleanup(api.Close)
	environment := map[string]string{
		"DATABASE_URL": address, "INCIDENTBOT_LISTEN": "127.0.0.1:0", "SLACK_API_URL": api.URL + "/api/",
		"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": benchSecret,
	}
	cfg, err := config.Load("", func(key string) (string, bool) { v, ok := environment[key]; return v, ok }, nil)
	if err != nil {
		b.Fatal(err)
	}
	cfg.Channels.Triage.Slack = "C0TRIAGE"
	log := slog.New(slog.NewTextHandler(io.Discard, nil)) //nolint:sloglint // what the lines of the log cost is part of it
	f.program, err = assemble(b.Context(), cfg, log, time.Now)
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	stopped := make(chan error, 1)
	go func() { stopped <- f.program.run(ctx) }()
	b.Cleanup(func() {
		stop()
		if err := <-stopped; err != nil {
			b.Error(err)
		}
	})
	f.program.server.Addr(ctx) // waits until it runs
	return f
}

// ServeHTTP is Slack's Web API, as far as flows need it.
func (f *flows) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	switch r.URL.Path {
	case "/api/views.open":
		var call struct {
			Trigger string `json:"trigger_id"`
		}
		if err := json.NewDecoder(r.Body).Decode(&call); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		id := "V" + strconv.FormatInt(f.views.Add(1), 10)
		if opened, ok := f.opened.Load(call.Trigger); ok {
			opened.(chan string) <- id
		}
		fmt.Fprintf(w, `{"ok":true,"view":{"id":%q}}`, id)
	case "/api/conversations.open":
		fmt.Fprint(w, `{"ok":true,"channel":{"id":"D1"}}`)
	case "/api/users.info":
		fmt.Fprint(w, `{"ok":true,"user":{"id":"U1","name":"anna","locale":"sv-SE","profile":{"real_name":"Anna"}}}`)
	default:
		fmt.Fprint(w, `{"ok":true,"channel":"C0TRIAGE","ts":"1764000000.000100"}`)
	}
}

// run makes b.N flows, so many at a time on two cores.
func (f *flows) run(b *testing.B, inFlight int) {
	if _, err := f.flow(); err != nil { // statements and connections are there before the clock starts
		b.Fatal(err)
	}
	var mu sync.Mutex
	var submissions []time.Duration
	b.ReportAllocs()
	b.SetParallelism(max(1, inFlight/2)) // times GOMAXPROCS
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		var own []time.Duration
		for pb.Next() {
			took, err := f.flow()
			if err != nil {
				b.Error(err)
				return
			}
			own = append(own, took)
		}
		mu.Lock()
		defer mu.Unlock()
		submissions = append(submissions, own...)
	})
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "flows/s")
	if slices.Sort(submissions); len(submissions) > 0 {
		b.ReportMetric(float64(submissions[len(submissions)*99/100].Microseconds())/1000, "submit-p99-ms")
	}
}

// flow makes one flow and returns how long its submission took to be answered.
func (f *flows) flow() (time.Duration, error) {
	n := f.begun.Add(1)
	trigger := fmt.Sprintf("%d.bench", n)
	opened := make(chan string, 1)
	f.opened.Store(trigger, opened)
	defer f.opened.Delete(trigger)
	user := fmt.Sprintf("U%04d", n%500)
	command := url.Values{"user_id": {user}, "user_name": {"anna"}, "command": {"/incident"}, "trigger_id": {trigger}, "channel_id": {"C1"}}
	if answer := f.post("/slack/commands", command); answer.Code != http.StatusOK {
		return 0, fmt.Errorf("the command was answered with %d", answer.Code)
	}
	var view string
	select {
	case view = <-opened:
	case <-time.After(10 * time.Second):
		return 0, fmt.Errorf("no dialog was opened for flow %d", n)
	}
	payload := fmt.Sprintf(`{"type":"view_submission","user":{"id":%q,"name":"anna"},"view":{"id":%q,"type":"modal","callback_id":"report",`+
		`"title":{"type":"plain_text","text":"Rapportera"},"blocks":[{"type":"input","block_id":"stop"},{"type":"input","block_id":"text"}],`+
		`"state":{"values":{"stop":{"stop":{"type":"radio_buttons","selected_option":{"value":"no"}}},"text":{"text":{"type":"plain_text_input",`+
		`"value":"Jag skickade en lista med personuppgifter till fel mottagare i ett mejl. (%d)"}}}}}}`, user, view, n)
	began := time.Now()
	answer := f.post("/slack/interactions", url.Values{"payload": {payload}})
	took := time.Since(began)
	if answer.Code != http.StatusOK || !strings.Contains(answer.Body.String(), "INC-") {
		return 0, fmt.Errorf("the submission was answered with %d %s", answer.Code, answer.Body)
	}
	return took, nil
}

func (f *flows) post(path string, form url.Values) *httptest.ResponseRecorder {
	body := form.Encode()
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(benchSecret))
	io.WriteString(mac, "v0:"+stamp+":"+body)
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Slack-Request-Timestamp", stamp)
	r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	w := httptest.NewRecorder()
	f.program.server.ServeHTTP(w, r)
	return w
}

// Both databases understand these. They take how many rows to add, and write what years of use would have left.
const (
	fillIncidents = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < CAST(%d AS INTEGER))
INSERT INTO incidents (ref, number, version, status, surface, language, text, done, discovered_at, registered_at, system_text, form,
reported_aspects, personal_data, persons, sensitive_data, sensitive_kinds, ongoing, near_miss, stop_question, suggested, confidence,
category, category_reasons, aspects, regulations, severity, severity_reasons, severity_note, cause, lesson)
SELECT 'old-' || i, 'INC-2001-' || i, 1, CASE i %% 10 WHEN 0 THEN 'new' ELSE 'closed' END, 'slack', 'sv',
'Jag skickade en lista med personuppgifter till fel mottagare.', '', 1000000000000 + i, 1000000000000 + i, '', 'digital', 'K', 'yes', 10,
0, '', 'no', 0, 0, 'misdelivery', 0.9, 'misdelivery', '[]', 'K', 'gdpr', 2, '[]', '', '', '' FROM n`
	fillDeliveries = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < CAST(%d AS INTEGER))
INSERT INTO deliveries (lane, surface, channel, user_id, email, kind, incident_id, urgent, created_at, attempts, last_error)
SELECT 'slack:user:U' || (100000 + i %% 1000), 'slack', '', 'U' || (100000 + i %% 1000), '', 'receipt',
(SELECT min(id) FROM incidents), 1, 1000000000000, 0, '' FROM n`
)

func (f *flows) fill(b *testing.B, statement string, rows int) {
	b.Helper()
	statements := []string{fmt.Sprintf(statement, rows), "ANALYZE"}
	if f.program.store.Dialect() == "sqlite" { // else the first flow that fills the journal copies all of it
		statements = append(statements, "PRAGMA wal_checkpoint(TRUNCATE)")
	}
	for _, s := range statements {
		if _, err := f.program.store.Writer().ExecContext(b.Context(), s); err != nil {
			b.Fatalf("fill the register: %v", err)
		}
	}
}
