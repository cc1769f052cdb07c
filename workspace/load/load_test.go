package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const testSecret = "a secret of tests"

// fakeBot answers like a bot: it opens a dialog for each command and gives each submission a number. The fields change that.
type fakeBot struct {
	api       string // address of the Web API
	number    func(n int64) string
	opens     bool
	submitted atomic.Int64
	payload   atomic.Pointer[string] // of the last submission
}

const fakeView = `{"type":"modal","callback_id":"report","blocks":[
{"type":"section","block_id":"intro"},
{"type":"input","block_id":"stop","element":{"type":"radio_buttons","action_id":"stop","initial_option":{"value":"no"}}},
{"type":"input","block_id":"text","element":{"type":"plain_text_input","action_id":"text","multiline":true}},
{"type":"input","block_id":"when","element":{"type":"datetimepicker","action_id":"when","initial_date_time":1764000000}},
{"type":"input","block_id":"done","element":{"type":"plain_text_input","action_id":"done","multiline":true}},
{"type":"input","block_id":"effects","element":{"type":"checkboxes","action_id":"effects"}}]}`

func (b *fakeBot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if r.URL.Path == "/slack/commands" {
		if trigger := r.Form.Get("trigger_id"); b.opens {
			go func() {
				answer, err := http.PostForm("http://"+b.api+"/api/views.open", url.Values{"trigger_id": {trigger}, "view": {fakeView}})
				if err == nil {
					answer.Body.Close()
				}
			}()
		}
		return
	}
	payload := r.Form.Get("payload")
	b.payload.Store(&payload)
	number := b.number(b.submitted.Add(1))
	fmt.Fprintf(w, `{"response_action":"update","view":{"type":"modal","title":{"text":%q}}}`, number)
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestRun(t *testing.T) {
	counting := func(n int64) string { return fmt.Sprintf("INC-2026-%04d", n) }
	tests := map[string]struct {
		bot  *fakeBot
		args []string
		want string // in the error; "" for none
	}{
		"flows at a time are counted": {&fakeBot{opens: true, number: counting}, []string{"--in-flight", "2"}, ""},
		"flows a second are counted":  {&fakeBot{opens: true, number: counting}, []string{"--rate", "50"}, ""},
		"a receipt without a number is a failure": {
			&fakeBot{opens: true, number: func(int64) string { return "Tack" }}, []string{"--in-flight", "2"}, "no receipt in",
		},
		"a number given twice is a failure": {
			&fakeBot{opens: true, number: func(int64) string { return "INC-2026-0001" }}, []string{"--in-flight", "2"}, "stood on two receipts",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.bot.api = freeAddress(t)
			server := httptest.NewServer(tt.bot)
			defer server.Close()
			receipts := filepath.Join(t.TempDir(), "receipts")
			args := append([]string{"--bot", server.URL, "--api", tt.bot.api, "--secret", testSecret, "--duration", "200ms", "--warm-up", "0",
				"--receipts", receipts, "--json"}, tt.args...)
			var out bytes.Buffer
			err := run(t.Context(), args, &out, io.Discard)
			if tt.want != "" {
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Fatalf("the error is %v, want one with %q", err, tt.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got outcome
			if err := json.Unmarshal(out.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
			written, err := os.ReadFile(receipts)
			if err != nil {
				t.Fatal(err)
			}
			counts := []int{int(tt.bot.submitted.Load()), got.Receipts, got.Runs[0].Flows, got.Runs[0].Submit.N, bytes.Count(written, []byte("\n"))}
			for _, n := range counts {
				if n == 0 || n != counts[0] {
					t.Fatalf("submissions, receipts, flows, measurements and written numbers are %v, want the same number each", counts)
				}
			}
		})
	}
}

func TestSubmissionIsTheDialogFilledIn(t *testing.T) {
	bot := &fakeBot{opens: true, number: func(n int64) string { return fmt.Sprintf("INC-2026-%04d", n) }, api: freeAddress(t)}
	server := httptest.NewServer(bot)
	defer server.Close()
	err := run(t.Context(), []string{"--bot", server.URL, "--api", bot.api, "--secret", testSecret, "--duration", "20ms", "--warm-up", "0",
		"--in-flight", "1"}, io.Discard, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Type string
		View struct {
			ID       string
			Callback string `json:"callback_id"`
			Blocks   []any
			State    struct {
				Values map[string]map[string]map[string]any
			}
		}
	}
	if err := json.Unmarshal([]byte(*bot.payload.Load()), &got); err != nil {
		t.Fatal(err)
	}
	if got.Type != "view_submission" || got.View.ID == "" || got.View.Callback != "report" || len(got.View.Blocks) != 6 {
		t.Errorf("the submission is of type %q, view %q, dialog %q with %d blocks", got.Type, got.View.ID, got.View.Callback, len(got.View.Blocks))
	}
	want := map[string]map[string]map[string]any{
		"stop":    {"stop": {"type": "radio_buttons", "selected_option": map[string]any{"value": "no"}}},
		"text":    {"text": {"type": "plain_text_input", "value": words(bot.submitted.Load())}},
		"when":    {"when": {"type": "datetimepicker", "selected_date_time": 1764000000.0}},
		"done":    {"done": {"type": "plain_text_input", "value": nil}},
		"effects": {"effects": {"type": "checkboxes", "selected_options": []any{}}},
	}
	if diff := cmp.Diff(want, got.View.State.Values); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
}

func TestWebAPI(t *testing.T) {
	post := func(a *api, method, contentType, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, "/api/"+method, strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		w := httptest.NewRecorder()
		a.ServeHTTP(w, r)
		return w
	}
	const form = "application/x-www-form-urlencoded"
	t.Run("only the limited channel answers 429", func(t *testing.T) {
		a := newAPI("C1")
		limited := post(a, "chat.postMessage", form, "channel=C1&text=x")
		if limited.Code != http.StatusTooManyRequests || limited.Header().Get("Retry-After") != "30" {
			t.Errorf("the limited channel answers %d, Retry-After %q", limited.Code, limited.Header().Get("Retry-After"))
		}
		if other := post(a, "chat.postMessage", form, "channel=C2&text=x"); other.Code != http.StatusOK {
			t.Errorf("another channel answers %d", other.Code)
		}
	})
	t.Run("a dialog opened as JSON reaches who waits for it, once", func(t *testing.T) {
		a := newAPI("")
		opened := a.expect("1.2")
		call := `{"trigger_id":"1.2","view":` + fakeView + `}`
		if got := post(a, "views.open", "application/json; charset=utf-8", call).Body.String(); !strings.Contains(got, `"ok":true`) {
			t.Fatalf("the answer is %s", got)
		}
		if d := <-opened; d.err != nil || d.id == "" {
			t.Errorf("the dialog is %q with error %v", d.id, d.err)
		}
		a.forget("1.2")
		if got := post(a, "views.open", "application/json", call).Body.String(); !strings.Contains(got, "expired_trigger_id") {
			t.Errorf("a trigger that nobody waits with is answered with %s", got)
		}
	})
	t.Run("messages about receipts are timed, by kind of conversation", func(t *testing.T) {
		a := newAPI("")
		a.receipt("INC-2026-0007", time.Now().Add(-time.Second))
		for _, channel := range []string{"C1", "D1", "D2"} {
			post(a, "chat.postMessage", form, "channel="+channel+"&text=Ny+incident+INC-2026-0007")
		}
		post(a, "chat.postMessage", form, "channel=C1&text=INC-2026-0008")
		p := a.posts()
		if len(p.channel) != 1 || len(p.direct) != 2 || p.direct[0] < time.Second {
			t.Errorf("%d in channels and %d direct messages were timed: %v", len(p.channel), len(p.direct), p)
		}
	})
}

func TestSpread(t *testing.T) {
	var hundred []time.Duration
	for i := range 100 {
		hundred = append(hundred, time.Duration(100-i)*time.Millisecond)
	}
	tests := map[string]struct {
		of   []time.Duration
		want spread
	}{
		"nothing":            {nil, spread{}},
		"one":                {hundred[:1], spread{N: 1, P50: 100, P99: 100, Max: 100}},
		"a hundred, falling": {hundred, spread{N: 100, P50: 50, P99: 99, Max: 100}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, spreadOf(append([]time.Duration{}, tt.of...))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestArguments(t *testing.T) {
	t.Setenv("SLACK_SIGNING_SECRET", "")
	tests := map[string]struct {
		args []string
		want string
	}{
		"no secret":           {[]string{}, "signing secret"},
		"a number of nothing": {[]string{"--secret", "x", "--in-flight", "0"}, "not a positive number"},
		"a word too many":     {[]string{"--secret", "x", "faster"}, `unexpected argument "faster"`},
		"help":                {[]string{"--help"}, flag.ErrHelp.Error()},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			_, err := parse(tt.args, &out)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("the error is %v, want one with %q", err, tt.want)
			}
			if errors.Is(err, flag.ErrHelp) && !strings.Contains(out.String(), "--in-flight 1,16,128") {
				t.Errorf("the help is %s", out.String())
			}
		})
	}
}

func TestUsageOfThisProcess(t *testing.T) {
	used := usageOf(os.Getpid())
	if used.rss < 1 || used.rss > 1<<20 || used.cpu < 0 {
		t.Errorf("this process has used %v and %.1f MiB", used.cpu, used.rss)
	}
	if none := usageOf(0); none != (usage{}) {
		t.Errorf("no process has used %v", none)
	}
}
