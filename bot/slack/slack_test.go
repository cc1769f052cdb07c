package slack_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/slack"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	botToken = "xoxb-test-secret"
	appToken = "xapp-test-secret"
	secret   = "signing-secret"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

func text(_, key string) string { return "«" + strings.TrimPrefix(key, "slack.") + "»" }

func textOf(key string) string { return text("", key) }

// handle is a bot.Handler made of a function.
type handle func(ctx context.Context, req bot.Request) (bot.Reply, error)

func (h handle) Handle(ctx context.Context, req bot.Request) (bot.Reply, error) { return h(ctx, req) }

// replies answers everything alike.
func replies(r bot.Reply) handle {
	return func(context.Context, bot.Request) (bot.Reply, error) { return r, nil }
}

// call is one request that the fake Web API got.
type call struct {
	Method string // chat.postMessage, or the path of another address
	Form   url.Values
	JSON   map[string]any
	Token  string
}

// api is a fake of Slack's Web API: it records calls and gives each the next of the answers for its method, the last one again
// and again; {"ok":true} when there are none.
type api struct {
	*httptest.Server
	mu      sync.Mutex
	calls   []call
	answers map[string][]answer
	came    chan struct{}
}

type answer struct {
	status int // 0: 200
	header http.Header
	body   string
}

func refusal(code string) answer { return answer{body: `{"ok":false,"error":"` + code + `"}`} }

func newAPI(t *testing.T, answers map[string][]answer) *api {
	t.Helper()
	a := &api{answers: answers, came: make(chan struct{}, 100)}
	a.Server = httptest.NewServer(http.HandlerFunc(a.serve))
	t.Cleanup(a.Close)
	return a
}

func (a *api) serve(w http.ResponseWriter, r *http.Request) {
	method := strings.TrimPrefix(r.URL.Path, "/api/")
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	c := call{Method: method, Token: strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		if len(body) > 0 {
			err = json.Unmarshal(body, &c.JSON)
		}
	} else {
		c.Form, err = url.ParseQuery(string(body) + "&" + r.URL.RawQuery)
		if c.Token == "" {
			c.Token = c.Form.Get("token")
		}
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	a.mu.Lock()
	a.calls = append(a.calls, c)
	reply := answer{body: `{"ok":true}`}
	if queue := a.answers[method]; len(queue) > 0 {
		reply = queue[0]
		if len(queue) > 1 {
			a.answers[method] = queue[1:]
		}
	}
	a.mu.Unlock()
	for name, values := range reply.header {
		w.Header()[name] = values
	}
	if reply.status != 0 {
		w.WriteHeader(reply.status)
	}
	_, _ = io.WriteString(w, strings.ReplaceAll(reply.body, "{host}", a.URL))
	a.came <- struct{}{}
}

// made returns the calls so far, and forgets them.
func (a *api) made() []call {
	a.mu.Lock()
	defer a.mu.Unlock()
	calls := a.calls
	a.calls = nil
	return calls
}

func methods(calls []call) []string {
	var names []string
	for _, c := range calls {
		names = append(names, c.Method)
	}
	return names
}

// newSurface makes a surface that talks to a, with h as its handler.
func newSurface(t *testing.T, a *api, h bot.Handler, change ...func(*slack.Options)) *slack.Surface {
	t.Helper()
	o := slack.Options{
		BotToken: botToken, SigningSecret: secret, Handler: h, Text: text, DefaultLanguage: "sv",
		Clock: clock, HTTPClient: &http.Client{Transport: &http.Transport{}},
	}
	if a != nil {
		o.APIURL = a.URL + "/api/"
	}
	for _, c := range change {
		c(&o)
	}
	s, err := slack.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.HTTPClient.CloseIdleConnections)
	return s
}

// sign makes a request as Slack does.
func sign(path, contentType, body string, at time.Time, key string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte("v0:" + stamp + ":" + body))
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("X-Slack-Request-Timestamp", stamp)
	r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	return r
}

func send(s *slack.Surface, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.Routes()["POST "+r.URL.Path].ServeHTTP(w, r)
	return w
}

// interact sends an interaction and waits until all that follows it has been done.
func interact(t *testing.T, s *slack.Surface, payload string) *httptest.ResponseRecorder {
	t.Helper()
	body := url.Values{"payload": {payload}}.Encode()
	w := send(s, sign("/slack/interactions", "application/x-www-form-urlencoded", body, noon, secret))
	drain(t, s)
	return w
}

func command(t *testing.T, s *slack.Surface, commandText string, more ...string) *httptest.ResponseRecorder {
	t.Helper()
	form := url.Values{
		"command": {"/incident"}, "user_id": {"U1"}, "user_name": {"anna"}, "channel_id": {"C1"},
		"trigger_id": {"12.34.ab"}, "text": {commandText},
	}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	w := send(s, sign("/slack/commands", "application/x-www-form-urlencoded", form.Encode(), noon, secret))
	drain(t, s)
	return w
}

func drain(t *testing.T, s *slack.Surface) {
	t.Helper()
	if err := s.Drain(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// golden compares v, as indented JSON, with a file in testdata.
func golden(t *testing.T, name string, v any) {
	t.Helper()
	got, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", name+".golden.json")
	if *update {
		if err := os.WriteFile(path, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.TrimSpace(string(want)), string(got)); diff != "" {
		t.Errorf("differs from %s (-want +got):\n%s", path, diff)
	}
}

func fixture(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestNew(t *testing.T) {
	whole := slack.Options{BotToken: botToken, Handler: replies(bot.Reply{}), Text: text, Clock: time.Now}
	for name, change := range map[string]func(*slack.Options){
		"no token":        func(o *slack.Options) { o.BotToken = "" },
		"no handler":      func(o *slack.Options) { o.Handler = nil },
		"no texts":        func(o *slack.Options) { o.Text = nil },
		"no clock":        func(o *slack.Options) { o.Clock = nil },
		"address no URL":  func(o *slack.Options) { o.APIURL = "://" },
		"address no host": func(o *slack.Options) { o.APIURL = "slack.com/api" },
	} {
		t.Run(name+" is refused", func(t *testing.T) {
			o := whole
			change(&o)
			if _, err := slack.New(o); err == nil {
				t.Error("no error")
			}
		})
	}
	t.Run("without a signing secret there are no routes", func(t *testing.T) {
		s, err := slack.New(whole)
		if err != nil {
			t.Fatal(err)
		}
		if r := s.Routes(); r != nil {
			t.Errorf("routes %v", r)
		}
	})
}

func escape(s string) string { return url.QueryEscape(s) }
