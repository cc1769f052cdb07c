package slack

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Ids of the simulated workspace, the app and its bot user. Ids that start with these letters are what the platform hands out.
const (
	TeamID    = "T0LOCAL001"
	AppID     = "A0LOCAL001"
	BotID     = "B0LOCAL001"
	BotUserID = "U0LOCALBOT"
)

// callsKept bounds the log of API calls, so that a load test does not grow it without end.
const callsKept = 20_000

// keepIDs bounds how many triggers and response URLs are remembered.
const keepIDs = 20_000

// Options says how a workspace behaves. The zero value is a strict workspace that delivers over Socket Mode.
type Options struct {
	Clock  func() time.Time // nil: the real clock. Triggers, timeouts, retries and rate limits go by it
	Rand   io.Reader        // source of tokens and ids; nil: crypto/rand
	Logger *slog.Logger     // nil: silent

	BotToken      string // "xoxb-…"; generated when empty
	AppToken      string // "xapp-…"; generated when empty
	SigningSecret string // generated when empty

	Scopes []string // bot scopes granted; nil: every scope that the simulated methods use
	Events []string // event types subscribed to; nil: app_home_opened

	// Request URLs of the app. Set: deliveries go there over signed HTTP instead of Socket Mode. OptionsURL falls back
	// to InteractionsURL. All of one app's deliveries go the same way.
	EventsURL, CommandsURL, InteractionsURL, OptionsURL string

	Host      string     // host and port it is reached at, for response URLs before anybody has called; else learnt
	Path      string     // path it is mounted under, such as "/slack"; sockets, uploads, files and response URLs are addressed below it
	Name      string     // the workspace's name; default "Lokal arbetsyta"
	BotName   string     // the app's name; default "incidentbot"
	Command   Command    // default /incident
	Shortcuts []Shortcut // message shortcuts of the app

	NoRateLimits bool    // turns off 429 by the documented rates; faults still apply
	Faults       *Faults // nil: none to begin with; see Workspace.Faults
}

// Command is the app's slash command as its configuration declares it.
type Command struct {
	Name        string // with its slash
	Description string
	Usage       string // hint of what may follow
}

// Shortcut is a message shortcut of the app.
type Shortcut struct {
	CallbackID string
	Name       string // what people see in the message's menu, at most 24 characters
}

// User is a member of the workspace.
type User struct {
	ID       string // generated when empty
	Name     string // handle
	RealName string
	Email    string
	Title    string
	Locale   string // IETF, such as sv-SE; default sv-SE
	TZ       string // default Europe/Stockholm
	Bot      bool
	Deleted  bool
}

// Channel is a conversation: a channel, or the direct messages between a person and the bot.
type Channel struct {
	ID          string // generated when empty
	Name        string
	Topic       string
	Private     bool
	Archived    bool
	BotIsMember bool
	Members     []string // user ids; nil for a channel: all people
	IM          string   // set: direct messages with this user

	creator string // who made it, "" for one that was there from the start
	created time.Time
}

// Message is a posted message.
type Message struct {
	Channel   string
	TS        string
	ThreadTS  string
	User      string // who posted it
	BotID     string // set when the app posted it
	Text      string
	Blocks    json.RawMessage // nil when it has none
	Metadata  json.RawMessage // nil when it has none
	Files     []File
	Ephemeral string   // set: only this user sees it
	Edits     int      // times changed
	EditedTS  string   // last change
	Fired     []string // mentions in it that notify: "<!channel>", "<@U…>", "@here" …
	Error     bool     // the platform's own notice that something failed

	former []json.RawMessage // its blocks before each edit
}

// Call is one Web API call the app made.
type Call struct {
	Method  string
	Channel string // the channel argument, if any
	OK      bool
	Error   string // error code, or "http_500"
	Status  int    // HTTP status
	At      time.Time
}

// File is a file in the workspace.
type File struct {
	ID       string
	Name     string
	Mimetype string
	Size     int64
	User     string
	Created  time.Time

	content  []byte
	complete bool
}

type object = map[string]any

// Workspace is the simulated workspace. It is safe for concurrent use. Close it when done.
type Workspace struct {
	opt    Options
	log    *slog.Logger
	faults *Faults
	mux    *http.ServeMux
	client *http.Client
	done   chan struct{}
	tasks  sync.WaitGroup

	mu        sync.Mutex
	closed    bool
	host      string        // where the workspace was last reached, for the addresses in payloads
	changed   chan struct{} // closed and replaced at every change
	revision  int
	sequence  int
	lastTS    int64 // microseconds, so that every ts differs
	users     map[string]*User
	people    []string
	channels  map[string]*Channel
	order     []string
	messages  map[string][]*Message
	read      map[string]string // user + channel -> ts read up to
	files     map[string]*File
	triggers  recent[trigger]
	responses recent[responseURL]
	modals    map[string][]*view // a stack per user
	homes     map[string]*view
	calls     []Call
	problems  []string
	buckets   map[string]*bucket
	scopes    []string
	tickets   map[string]bool
	sockets   []*socket
	opened    int // Socket Mode connections ever
	turn      int
	pending   map[string]*pendingAck
	last      *delivery
}

// New makes a workspace with the bot in it and no people or channels yet.
func New(opt Options) *Workspace {
	if opt.Rand == nil {
		opt.Rand = rand.Reader
	}
	if opt.Logger == nil {
		opt.Logger = slog.New(slog.DiscardHandler)
	}
	if opt.Faults == nil {
		opt.Faults = NewFaults(1)
	}
	if opt.Scopes == nil {
		opt.Scopes = KnownScopes()
	}
	if opt.Events == nil {
		opt.Events = []string{"app_home_opened"}
	}
	opt.Name = cmp.Or(opt.Name, "Lokal arbetsyta")
	opt.BotName = cmp.Or(opt.BotName, "incidentbot")
	opt.Command.Name = cmp.Or(opt.Command.Name, "/incident")
	opt.Path = strings.TrimSuffix(opt.Path, "/")
	w := &Workspace{
		opt: opt, log: opt.Logger, faults: opt.Faults, client: &http.Client{}, done: make(chan struct{}),
		changed: make(chan struct{}), users: map[string]*User{}, channels: map[string]*Channel{},
		messages: map[string][]*Message{}, read: map[string]string{}, files: map[string]*File{},
		triggers: newRecent[trigger](keepIDs), responses: newRecent[responseURL](keepIDs), modals: map[string][]*view{},
		homes: map[string]*view{}, buckets: map[string]*bucket{}, scopes: slices.Clone(opt.Scopes),
		tickets: map[string]bool{}, pending: map[string]*pendingAck{}, host: opt.Host,
	}
	w.opt.BotToken = cmp.Or(opt.BotToken, "xoxb-"+w.secret(12))
	w.opt.AppToken = cmp.Or(opt.AppToken, "xapp-1-"+AppID+"-"+w.secret(12))
	w.opt.SigningSecret = cmp.Or(opt.SigningSecret, w.secret(16))
	w.users[BotUserID] = &User{ID: BotUserID, Name: w.opt.BotName, RealName: w.opt.BotName, Bot: true, Locale: "sv-SE"}

	w.mux = http.NewServeMux()
	w.mux.HandleFunc("/api/{method}", w.serveAPI)
	w.mux.HandleFunc("GET /socket", w.serveSocket)
	w.mux.HandleFunc("POST /response/{id}", w.serveResponse)
	w.mux.HandleFunc("GET /files/{id}/{name}", w.serveFile)
	w.mux.HandleFunc("POST /upload/{id}", w.serveUpload)
	w.routePage()
	return w
}

// ServeHTTP implements http.Handler.
func (w *Workspace) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	w.host = r.Host
	w.mu.Unlock()
	w.mux.ServeHTTP(rw, r)
}

// Close drops every connection and waits for what the workspace started itself.
func (w *Workspace) Close() {
	w.mu.Lock()
	if !w.closed {
		w.closed = true
		close(w.done)
	}
	sockets := slices.Clone(w.sockets)
	w.mu.Unlock()
	for _, s := range sockets {
		s.drop()
	}
	w.tasks.Wait()
	w.client.CloseIdleConnections()
}

// BotToken returns the token for the Web API.
func (w *Workspace) BotToken() string { return w.opt.BotToken }

// AppToken returns the app-level token, for apps.connections.open.
func (w *Workspace) AppToken() string { return w.opt.AppToken }

// SigningSecret returns the secret that HTTP deliveries are signed with.
func (w *Workspace) SigningSecret() string { return w.opt.SigningSecret }

// Faults returns the faults, to be changed at any time.
func (w *Workspace) Faults() *Faults { return w.faults }

// SetScopes changes the granted bot scopes, as a reinstallation would.
func (w *Workspace) SetScopes(scopes ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.scopes = slices.Clone(scopes)
}

// SetURLs changes the app's request URLs, as its configuration page would: for an app that starts after the workspace.
func (w *Workspace) SetURLs(events, commands, interactions, options string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.opt.EventsURL, w.opt.CommandsURL, w.opt.InteractionsURL, w.opt.OptionsURL = events, commands, interactions, options
}

// AddUser adds or replaces a member and returns its id.
func (w *Workspace) AddUser(u User) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if u.ID == "" {
		u.ID = w.id("U")
	}
	u.Locale = cmp.Or(u.Locale, "sv-SE")
	u.TZ = cmp.Or(u.TZ, "Europe/Stockholm")
	u.RealName = cmp.Or(u.RealName, u.Name)
	if w.users[u.ID] == nil {
		w.people = append(w.people, u.ID)
	}
	w.users[u.ID] = &u
	if !u.Bot {
		w.im(u.ID)
	}
	w.touch()
	return u.ID
}

// AddChannel adds or replaces a channel and returns its id.
func (w *Workspace) AddChannel(c Channel) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c.ID == "" {
		c.ID = w.id("C")
	}
	if w.channels[c.ID] == nil {
		w.order = append(w.order, c.ID)
	}
	c.Members = slices.Clone(c.Members)
	w.channels[c.ID] = &c
	w.touch()
	return c.ID
}

// Channels returns the conversations, in the order in which they were made.
func (w *Workspace) Channels() []Channel {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]Channel, len(w.order))
	for i, id := range w.order {
		all[i] = *w.channels[id]
		all[i].Members = slices.Clone(all[i].Members)
	}
	return all
}

// DirectMessages returns the id of the conversation between a user and the bot.
func (w *Workspace) DirectMessages(user string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.im(user).ID
}

// Messages returns what lies in a channel, oldest first, ephemeral messages of every person included. Deleted ones are gone.
func (w *Workspace) Messages(channel string) []Message {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]Message, 0, len(w.messages[channel]))
	for _, m := range w.messages[channel] {
		all = append(all, *m)
	}
	return all
}

// AllMessages returns the messages of every conversation, oldest first.
func (w *Workspace) AllMessages() []Message {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []Message
	for _, list := range w.messages {
		for _, m := range list {
			all = append(all, *m)
		}
	}
	slices.SortFunc(all, func(a, b Message) int { return strings.Compare(a.TS, b.TS) })
	return all
}

// Calls returns the Web API calls so far, oldest first; only the latest 20,000 are kept.
func (w *Workspace) Calls() []Call {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.calls)
}

// Problems returns everything the app did that the platform would refuse or that breaks a documented rule, in words.
// A test of a well-behaved app asserts that it is empty.
func (w *Workspace) Problems() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.problems)
}

// Sockets tells how many Socket Mode connections are open.
func (w *Workspace) Sockets() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.sockets)
}

// SocketsOpened tells how many Socket Mode connections have ever been opened.
func (w *Workspace) SocketsOpened() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.opened
}

// Reconnected tells whether a Socket Mode connection is open, and none of the first ones that were opened.
func (w *Workspace) Reconnected(first int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.sockets) > 0 && !slices.ContainsFunc(w.sockets, func(s *socket) bool { return s.n <= first })
}

// Until waits until holds returns true; it is asked again after every change in the workspace. It returns ctx's error
// when ctx ends first. holds may call the workspace.
func (w *Workspace) Until(ctx context.Context, holds func() bool) error {
	for {
		w.mu.Lock()
		changed := w.changed
		w.mu.Unlock()
		if holds() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("waiting for a change in the workspace: %w", ctx.Err())
		case <-w.done:
			return errors.New("waiting for a change in the workspace: it was closed")
		}
	}
}

func (w *Workspace) now() time.Time {
	if w.opt.Clock != nil {
		return w.opt.Clock()
	}
	return time.Now()
}

// touch tells waiters and pages that something changed; the lock is held.
func (w *Workspace) touch() {
	w.revision++
	close(w.changed)
	w.changed = make(chan struct{})
}

// problem records a broken rule; the lock is held.
func (w *Workspace) problem(format string, a ...any) {
	text := fmt.Sprintf(format, a...)
	w.problems = append(w.problems, text)
	w.log.Warn("the app broke a rule of the platform", "rule", text)
	w.touch()
}

// id returns a new id; the lock is held.
func (w *Workspace) id(prefix string) string {
	w.sequence++
	return fmt.Sprintf("%s0L%07d", prefix, w.sequence)
}

// secret returns n random bytes in hex. A failing source is a broken machine, not something to handle.
func (w *Workspace) secret(n int) string {
	b := make([]byte, n)
	if _, err := io.ReadFull(w.opt.Rand, b); err != nil {
		panic(fmt.Errorf("reading random bytes: %w", err))
	}
	return hex.EncodeToString(b)
}

// ts returns a new message timestamp, unique and growing, in seconds with six decimals; the lock is held.
func (w *Workspace) ts() string {
	w.lastTS = max(w.lastTS+1, w.now().UnixMicro())
	return fmt.Sprintf("%d.%06d", w.lastTS/1e6, w.lastTS%1e6)
}

// im returns the direct messages between a user and the bot, made at first use; the lock is held.
func (w *Workspace) im(user string) *Channel {
	id := "D" + strings.TrimPrefix(user, "U")
	if c := w.channels[id]; c != nil {
		return c
	}
	c := &Channel{ID: id, IM: user, Private: true, BotIsMember: true, Members: []string{user}}
	w.channels[id] = c
	w.order = append(w.order, id)
	return c
}

// has tells whether a user is in a channel; the lock is held.
func (w *Workspace) has(c *Channel, user string) bool {
	if c.IM == "" && c.Members == nil {
		return true
	}
	return slices.Contains(c.Members, user)
}

// start runs a task that Close waits for. After Close nothing starts.
func (w *Workspace) start(task func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.closed {
		w.tasks.Go(task)
	}
}
