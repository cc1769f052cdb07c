package discord_test

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/discord"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	botToken      = "bot-token-secret"
	applicationID = "2001"
	guildID       = "1001"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

// handle is a bot.Handler made of a function.
type handle func(ctx context.Context, req bot.Request) (bot.Reply, error)

func (h handle) Handle(ctx context.Context, req bot.Request) (bot.Reply, error) { return h(ctx, req) }

// silent answers nothing.
var silent = handle(func(context.Context, bot.Request) (bot.Reply, error) { return bot.Reply{}, nil })

// testKey is the application's key pair.
var testKey = ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", ed25519.SeedSize)))

func publicKey() string { return hex.EncodeToString(testKey[ed25519.SeedSize:]) }

// options are those of a surface in the test's guild, with change made to them.
func options(apiURL string, change func(*discord.Options)) discord.Options {
	opts := discord.Options{
		BotToken: botToken, ApplicationID: applicationID, GuildID: guildID, APIURL: apiURL, Handler: silent,
		Text: func(lang, key string, _ map[string]any) string {
			return lang + ":" + strings.TrimPrefix(key, "discord.")
		},
		DefaultLanguage: "sv", Location: time.UTC, Clock: clock,
	}
	if change != nil {
		change(&opts)
	}
	return opts
}

func newSurface(t *testing.T, apiURL string, change func(*discord.Options)) *discord.Surface {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	opts := options(apiURL, change)
	if opts.HTTPClient == nil {
		opts.HTTPClient = client
	}
	s, err := discord.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Drain(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// said is one request that the fake API got.
type said struct {
	Call  string // method, path below the version and query
	Token string // the Authorization header
	Agent string
	Type  string // media type
	Body  string
}

// answer is what the fake API answers.
type answer struct {
	status int // 0: 200
	header map[string]string
	body   string // "{}" when empty
}

// api is a fake of Discord's: it records requests and gives each the next of the answers for its method and path, the last one
// again and again.
type api struct {
	*httptest.Server
	mu      sync.Mutex
	calls   []said
	answers map[string][]answer
	enough  int // calls, after which done is called; 0: never
	done    func()
}

// after calls done when n calls have been answered.
func (a *api) after(n int, done func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.enough, a.done = n, done
}

func newAPI(t *testing.T, answers map[string][]answer) *api {
	t.Helper()
	a := &api{answers: answers}
	a.Server = httptest.NewServer(a)
	t.Cleanup(a.Close)
	return a
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	path := strings.TrimPrefix(r.URL.Path, "/api/v10")
	c := said{
		Call: r.Method + " " + path, Token: r.Header.Get("Authorization"), Agent: r.Header.Get("User-Agent"),
		Type: r.Header.Get("Content-Type"), Body: strings.TrimSpace(string(body)),
	}
	if r.URL.RawQuery != "" {
		c.Call += "?" + r.URL.RawQuery
	}
	a.mu.Lock()
	a.calls = append(a.calls, c)
	key := r.Method + " " + path
	var next answer
	if list := a.answers[key]; len(list) > 0 {
		next = list[0]
		if len(list) > 1 {
			a.answers[key] = list[1:]
		}
	}
	a.mu.Unlock()
	for name, value := range next.header {
		w.Header().Set(name, value)
	}
	if next.status == 0 {
		next.status = http.StatusOK
	}
	if next.body == "" {
		next.body = "{}"
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(next.status)
	if next.status != http.StatusNoContent {
		_, _ = io.WriteString(w, next.body)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.enough > 0 && len(a.calls) >= a.enough {
		_ = http.NewResponseController(w).Flush()
		a.done()
	}
}

func (a *api) said() []said {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]said(nil), a.calls...)
}

// names are the calls made, by method and path.
func (a *api) names() []string {
	names := []string{}
	for _, c := range a.said() {
		names = append(names, c.Call)
	}
	return names
}

// refusal is one of Discord's errors.
func refusal(status, code string) answer {
	statuses := map[string]int{"400": 400, "401": 401, "403": 403, "404": 404, "500": 500}
	return answer{status: statuses[status], body: `{"code":` + code + `,"message":"no"}`}
}

func TestNewRefuses(t *testing.T) {
	tests := map[string]struct {
		change func(*discord.Options)
		want   string
	}{
		"no token":          {func(o *discord.Options) { o.BotToken = "" }, "a bot token and an application id are needed"},
		"no application":    {func(o *discord.Options) { o.ApplicationID = "" }, "a bot token and an application id are needed"},
		"no handler":        {func(o *discord.Options) { o.Handler = nil }, "handler, texts, clock and location are needed"},
		"no location":       {func(o *discord.Options) { o.Location = nil }, "handler, texts, clock and location are needed"},
		"an odd guild":      {func(o *discord.Options) { o.GuildID = "../x" }, "the id of the guild is not a number"},
		"an odd app":        {func(o *discord.Options) { o.ApplicationID = "x" }, "the id of the application is not a number"},
		"a short key":       {func(o *discord.Options) { o.PublicKey = "abcd" }, "the public key is not 32 bytes in hex"},
		"a key not in hex":  {func(o *discord.Options) { o.PublicKey = "nyckel" }, "the public key is not 32 bytes in hex"},
		"an address of air": {func(o *discord.Options) { o.APIURL = "discord" }, "the API address is not a URL"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := discord.New(options("http://127.0.0.1", tt.change))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("New said %v, want %q", err, tt.want)
			}
		})
	}
}

func TestRoutesNeedAPublicKey(t *testing.T) {
	if got := newSurface(t, "http://127.0.0.1", nil).Routes(); got != nil {
		t.Errorf("without a public key there are routes: %v", got)
	}
	got := newSurface(t, "http://127.0.0.1", func(o *discord.Options) { o.PublicKey = publicKey() }).Routes()
	if _, ok := got["POST /discord/interactions"]; !ok || len(got) != 1 {
		t.Errorf("routes: %v", got)
	}
}

// journal is a log that can be read.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func (j *journal) logger() *slog.Logger { return slog.New(slog.NewTextHandler(j, nil)) }

func equal(t *testing.T, what string, got, want any, opts ...cmp.Option) {
	t.Helper()
	if diff := cmp.Diff(want, got, opts...); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// answering is a client that reaches nobody: it tells seen the address and the Authorization header of every request, and answers
// each with nothing.
func answering(seen func(address, token string)) *http.Client {
	return &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
		seen(r.URL.String(), r.Header.Get("Authorization"))
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Header: http.Header{}, Request: r}, nil
	})}
}

type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }
