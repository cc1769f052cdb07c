package slack_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/slack"
)

const form = "application/x-www-form-urlencoded"

var commandBody = url.Values{"command": {"/incident"}, "user_id": {"U1"}, "trigger_id": {"1.2.x"}}.Encode()

func TestDoor(t *testing.T) {
	post := func(at time.Time, key string) *http.Request {
		return sign("/slack/commands", form, commandBody, at, key)
	}
	change := func(r *http.Request, header, value string) *http.Request {
		r.Header.Set(header, value)
		return r
	}
	for name, c := range map[string]struct {
		request *http.Request
		status  int
		handled int64
	}{
		"signed now":                  {post(noon, secret), 200, 1},
		"signed five minutes ago":     {post(noon.Add(-5*time.Minute), secret), 200, 1},
		"signed in five minutes":      {post(noon.Add(5*time.Minute), secret), 200, 1},
		"stale":                       {post(noon.Add(-5*time.Minute-time.Second), secret), 401, 0},
		"from the future":             {post(noon.Add(5*time.Minute+time.Second), secret), 401, 0},
		"forged":                      {post(noon, "another secret"), 401, 0},
		"no timestamp":                {change(post(noon, secret), "X-Slack-Request-Timestamp", ""), 401, 0},
		"a timestamp out of range":    {change(post(noon, secret), "X-Slack-Request-Timestamp", "-9223372036854775808"), 401, 0},
		"another timestamp":           {change(post(noon, secret), "X-Slack-Request-Timestamp", "1772452801"), 401, 0},
		"no signature":                {change(post(noon, secret), "X-Slack-Signature", ""), 401, 0},
		"a signature of another kind": {change(post(noon, secret), "X-Slack-Signature", "v1="+strings.Repeat("0", 64)), 401, 0},
		"a signature that is not hex": {change(post(noon, secret), "X-Slack-Signature", "v0="+strings.Repeat("z", 64)), 401, 0},
		"a short signature":           {change(post(noon, secret), "X-Slack-Signature", "v0=00"), 401, 0},
		"JSON where a form is due":    {sign("/slack/commands", "application/json", commandBody, noon, secret), 400, 0},
		"no content type":             {sign("/slack/commands", "", commandBody, noon, secret), 400, 0},
		"a form that is none":         {sign("/slack/commands", form, "a=%zz", noon, secret), 400, 0},
		"a command without a user":    {sign("/slack/commands", form, "command=%2Fincident", noon, secret), 400, 0},
		"an interaction without JSON": {sign("/slack/interactions", form, "payload=%7B", noon, secret), 400, 0},
		"an event without JSON":       {sign("/slack/events", "application/json", "{", noon, secret), 400, 0},
		"too large":                   {sign("/slack/commands", form, strings.Repeat("x", 1<<20+1), noon, secret), 413, 0},
		"a look at the certificate":   {sign("/slack/commands", form, "ssl_check=1&token=x", noon, "anything"), 200, 0},
		"ssl_check beside a command":  {sign("/slack/commands", form, "ssl_check=1&"+commandBody, noon, "forged"), 401, 0},
		"GET":                         {httptest.NewRequest(http.MethodGet, "/slack/commands", nil), 405, 0},
		"an event of no interest":     {sign("/slack/events", "application/json", `{"type":"event_callback","event":{"type":"message"}}`, noon, secret), 200, 0},
		"an interaction of no kind":   {sign("/slack/interactions", form, url.Values{"payload": {`{"type":"x","user":{"id":"U1"}}`}}.Encode(), noon, secret), 200, 0},
		"a form with a charset":       {sign("/slack/commands", form+"; charset=utf-8", commandBody, noon, secret), 200, 1},
		"an address that is verified": {sign("/slack/events", "application/json", `{"type":"url_verification","challenge":"abc"}`, noon, secret), 200, 0},
		"a forged verification":       {sign("/slack/events", "application/json", `{"type":"url_verification","challenge":"abc"}`, noon, "x"), 401, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var handled atomic.Int64
			s := newSurface(t, newAPI(t, nil), handle(func(context.Context, bot.Request) (bot.Reply, error) {
				handled.Add(1)
				return bot.Reply{}, nil
			}))
			w := send(s, c.request)
			drain(t, s)
			if w.Code != c.status || handled.Load() != c.handled {
				t.Errorf("status %d, handled %d; want %d, %d", w.Code, handled.Load(), c.status, c.handled)
			}
		})
	}
}

func TestDoorVerifiesAddress(t *testing.T) {
	s := newSurface(t, nil, replies(bot.Reply{}))
	w := send(s, sign("/slack/events", "application/json", `{"type":"url_verification","challenge":"a<b>c"}`, noon, secret))
	if w.Body.String() != "a<b>c" || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
		t.Errorf("%q as %s", w.Body, w.Header().Get("Content-Type"))
	}
}

func TestReplay(t *testing.T) {
	event := fixture(t, "app_home_opened.json")
	request := func() *http.Request { return sign("/slack/events", "application/json", event, noon, secret) }
	t.Run("a request that was answered is not let in again", func(t *testing.T) {
		s := newSurface(t, nil, replies(bot.Reply{}))
		if first, second := send(s, request()).Code, send(s, request()).Code; first != 200 || second != 401 {
			t.Errorf("%d, %d", first, second)
		}
	})
	t.Run("nor while it is under way", func(t *testing.T) {
		var s *slack.Surface
		var inner int
		s = newSurface(t, nil, handle(func(context.Context, bot.Request) (bot.Reply, error) {
			inner = send(s, request()).Code
			return bot.Reply{}, nil
		}))
		if outer := send(s, request()).Code; outer != 200 || inner != 401 {
			t.Errorf("%d, %d", outer, inner)
		}
	})
	t.Run("a request that failed is let in again", func(t *testing.T) {
		failing := true
		s := newSurface(t, nil, handle(func(context.Context, bot.Request) (bot.Reply, error) {
			if failing {
				return bot.Reply{}, errors.New("database is down")
			}
			return bot.Reply{}, nil
		}))
		first := send(s, request()).Code
		failing = false
		if second := send(s, request()).Code; first != 500 || second != 200 {
			t.Errorf("%d, %d", first, second)
		}
	})
	t.Run("it is refused for as long as its time is good, minutes later too", func(t *testing.T) {
		now := noon
		s := newSurface(t, nil, replies(bot.Reply{}), func(o *slack.Options) { o.Clock = func() time.Time { return now } })
		early := func(at time.Time) *http.Request { return sign("/slack/events", "application/json", event, at, secret) }
		signed := noon.Add(5 * time.Minute)
		if code := send(s, early(signed)).Code; code != 200 {
			t.Fatal(code)
		}
		for ; !now.After(noon.Add(10 * time.Minute)); now = now.Add(time.Minute) {
			if code := send(s, early(now)).Code; now != signed && code != 200 {
				t.Fatalf("%s: %d", now, code)
			}
			if code := send(s, early(signed)).Code; code != 401 {
				t.Fatalf("%s: let in again", now)
			}
		}
	})
}

func TestRefusalsAreCounted(t *testing.T) {
	registry := prometheus.NewRegistry()
	s := newSurface(t, nil, replies(bot.Reply{}), func(o *slack.Options) { o.Registerer = registry })
	send(s, sign("/slack/commands", form, commandBody, noon, "forged"))
	send(s, sign("/slack/commands", form, commandBody, noon, secret))
	send(s, sign("/slack/commands", form, commandBody, noon, secret))
	want := `
# HELP incidentbot_refused_requests_total Requests that were not let in, by reason.
# TYPE incidentbot_refused_requests_total counter
incidentbot_refused_requests_total{reason="replay",surface="slack"} 1
incidentbot_refused_requests_total{reason="signature",surface="slack"} 1
# HELP incidentbot_requests_total Requests by kind and how they ended.
# TYPE incidentbot_requests_total counter
incidentbot_requests_total{kind="command",outcome="answered",surface="slack"} 1
`
	err := testutil.GatherAndCompare(registry, strings.NewReader(want), "incidentbot_refused_requests_total", "incidentbot_requests_total")
	if err != nil {
		t.Error(err)
	}
}

// What people wrote, tokens and addresses with secrets stay out of the log, however it goes.
func TestLogTellsNoSecrets(t *testing.T) {
	var log bytes.Buffer
	a := newAPI(t, map[string][]answer{
		"views.open": {refusal("expired_trigger_id")}, "chat.postMessage": {refusal("channel_not_found")},
		"chat.postEphemeral": {{status: 500}},
	})
	s := newSurface(t, a, handle(func(_ context.Context, r bot.Request) (bot.Reply, error) {
		if r.Kind == bot.Submit {
			return bot.Reply{}, errors.New("database is down")
		}
		return bot.Reply{Dialog: &bot.Dialog{ID: "report", Title: strings.Repeat("hemlig titel ", 3)}}, nil
	}), func(o *slack.Options) {
		o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	a.Close() // every call fails, with errors that hold its address
	command(t, s, "hemligt", "response_url", a.URL+"/hooks/hemligt")
	interact(t, s, fixture(t, "view_submission.json"))
	interact(t, s, strings.Replace(fixture(t, "view_submission.json"), `"value":null`, `"value":["hemligt"]`, 1))
	send(s, sign("/slack/commands", form, commandBody, noon, "forged"))
	for _, word := range []string{"hemlig", botToken, secret, "hooks/", "U1", "anna", "12.34.ab", "&lt;"} {
		if strings.Contains(log.String(), word) {
			t.Errorf("the log holds %q:\n%s", word, log.String())
		}
	}
	if !strings.Contains(log.String(), "request=") {
		t.Errorf("the log names no request:\n%s", log.String())
	}
}
