package discord

import (
	"cmp"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Ids of the simulated guild, the application and its bot user. Those of the application and its bot user differ, as they
// do for old applications, so that a bot that takes one for the other is found out.
const (
	GuildID       = "100000000000000001"
	ApplicationID = "100000000000000002"
	BotUserID     = "100000000000000003"
	botRoleID     = "100000000000000004"
	ownerID       = "100000000000000005" // who owns the guild: a person nobody plays
)

// callsKept bounds the log of API calls, so that a load test does not grow it without end.
const callsKept = 20_000

// interactionsKept is how many interactions, and so tokens, are remembered.
const interactionsKept = 20_000

// Options says how a workspace behaves. The zero value is a strict workspace that delivers over the gateway.
type Options struct {
	Clock  func() time.Time // nil: the real clock. Timeouts, tokens, links and rate limits go by it
	Rand   io.Reader        // source of tokens and keys; nil: crypto/rand
	Logger *slog.Logger     // nil: silent

	BotToken   string             // generated when empty
	PrivateKey ed25519.PrivateKey // signs HTTP interactions; generated when nil

	// Endpoint is the application's interactions endpoint URL. Set: interactions go there over signed HTTP and never to
	// the gateway. It is taken as it stands; SetEndpoint checks an address first, as saving it in the portal does.
	Endpoint string

	Host    string // host and port it is reached at, for addresses in payloads before anybody has called; else learnt
	Path    string // path it is mounted under, such as "/discord"; the gateway and files are addressed below it
	Name    string // the guild's name; default "Lokal server"
	Locale  string // the guild's preferred locale; default sv-SE
	BotName string // the application's name; default "incidentbot"

	BotPermissions    Permissions   // of the bot's own role; 0: DefaultBotPermissions
	PrivilegedIntents Intents       // privileged intents that the application may ask for
	HeartbeatInterval time.Duration // what hello asks for; default 41.25 s

	NoRateLimits bool    // turns off 429 by the documented rates; faults still apply
	Faults       *Faults // nil: none to begin with; see Workspace.Faults
}

// User is a person (or a bot) in the guild.
type User struct {
	ID               string // generated when empty
	Name             string // username
	GlobalName       string // display name; default Name
	Nick             string // nickname in the guild
	Locale           string // language of the person's client, such as sv-SE or en-GB; default sv-SE
	Roles            []string
	Bot              bool
	NoDirectMessages bool // takes no direct messages from people and bots of the guild
	Outside          bool // has left the guild, or never was in it
}

// Shown is the name others see in the guild.
func (u User) Shown() string { return cmp.Or(u.Nick, u.GlobalName, u.Name) }

// Role is a role in the guild. The role with the guild's own id is @everyone.
type Role struct {
	ID          string // generated when empty
	Name        string
	Permissions Permissions
	Mentionable bool
}

// Overwrite changes permissions in one channel, for a role or a member.
type Overwrite struct {
	ID          string // of the role or the user
	Member      bool   // ID is a user's
	Allow, Deny Permissions
}

// Channel is a text channel of the guild, or the direct messages between a person and the bot.
type Channel struct {
	ID         string // generated when empty
	Name       string
	Topic      string
	Overwrites []Overwrite
	DM         string // set: direct messages with this user
}

// Attachment is a file on a message, or one that a person handed in with a modal or a command.
type Attachment struct {
	ID          string
	Name        string // as the platform keeps it: what it does not like in file names is replaced
	ContentType string
	Description string
	Size        int64
	Channel     string

	content []byte
	title   string // its name as it was, when that could not be kept
	private bool   // handed in with an interaction, not on a message
}

// Message is a posted message.
type Message struct {
	ID          string
	Channel     string
	Author      string // user id
	Content     string
	Embeds      json.RawMessage // a list; nil when it has none
	Components  json.RawMessage // a list; nil when it has none
	Attachments []Attachment
	Flags       int
	Nonce       string
	At          time.Time
	Edited      time.Time // zero when never edited
	Edits       int       // times changed, the answer to a deferred interaction not counted
	Reply       *Reply    // set: answers an interaction
	ReplyTo     string    // set: id of the message it replies to or follows up
	Ephemeral   string    // set: only this user sees it
	Loading     bool      // "thinking": deferred and not yet answered
	Expired     bool      // was still thinking when its interaction's token died
	Fired       []string  // mentions in it that notify: "@everyone", "<@id>", "<@&id>" …
	Previews    []string  // addresses in it that the platform fetches and shows a preview of
	Error       bool      // the client's own notice that something failed

	former []json.RawMessage // its components before each edit
}

// Reply tells which interaction a message answers.
type Reply struct {
	Interaction string // id of the interaction
	User        string // whose interaction
	Command     string // name of the command, with its subcommand; "" for components and modals

	kind int  // type of the interaction
	menu bool // a command from a message's menu
}

// Modal is a dialog that a person has before them.
type Modal struct {
	ID         string // the platform's own handle on this opening
	User       string
	Channel    string
	CustomID   string
	Title      string
	Components json.RawMessage // as the app gave them, with the ids the platform fills in
	Message    string          // id of the message whose component opened it; "" when a command did
	Failed     bool            // the latest submission went wrong: the client says so and keeps it open

	source *Message // the message whose component opened it
}

// Call is one API call the app made.
type Call struct {
	Method  string // HTTP method
	Route   string // without version, ids as placeholders: "/channels/{channel}/messages"
	Path    string // as called, interaction tokens replaced by "…"
	Channel string // channel concerned, if any
	Status  int    // HTTP status
	Code    int    // JSON error code, 0 when none
	At      time.Time
}

type object = map[string]any

// Workspace is the simulated platform. It is safe for concurrent use. Close it when done.
type Workspace struct {
	opt    Options
	log    *slog.Logger
	faults *Faults
	mux    *http.ServeMux
	client *http.Client
	done   chan struct{}
	tasks  sync.WaitGroup
	key    ed25519.PrivateKey

	mu           sync.Mutex
	closed       bool
	host         string        // where the workspace was last reached, for the addresses in payloads
	endpoint     string        // interactions endpoint URL; "" for the gateway
	changed      chan struct{} // closed and replaced at every change
	revision     int
	lastID       uint64 // latest snowflake, so that every id differs
	users        map[string]*User
	people       []string
	roles        map[string]*Role
	roleOrder    []string
	channels     map[string]*Channel
	order        []string
	messages     map[string][]*Message // by channel, oldest first
	byID         map[string]*Message
	attachments  map[string]*Attachment
	commands     []*Command
	created      span                // commands created within a day
	interactions recent[interaction] // by token
	last         *interaction        // the latest one
	modals       map[string]*Modal   // by user: a client shows one at a time
	calls        []Call
	problems     []string
	limits       limiter
	sessions     map[string]*session // by id, with those that can still be resumed
	connections  map[*connection]bool
	identifies   span // within a day
	starting     span // within the span that max_concurrency is about
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
	opt.Name = cmp.Or(opt.Name, "Lokal server")
	opt.BotName = cmp.Or(opt.BotName, "incidentbot")
	opt.Locale = cmp.Or(opt.Locale, "sv-SE")
	opt.Path = strings.TrimSuffix(opt.Path, "/")
	opt.BotPermissions = cmp.Or(opt.BotPermissions, DefaultBotPermissions)
	opt.HeartbeatInterval = cmp.Or(opt.HeartbeatInterval, defaultHeartbeat)
	w := &Workspace{
		opt: opt, log: opt.Logger, faults: opt.Faults, client: &http.Client{CheckRedirect: neverFollow}, done: make(chan struct{}),
		changed: make(chan struct{}), host: opt.Host, endpoint: opt.Endpoint, key: opt.PrivateKey,
		users: map[string]*User{}, roles: map[string]*Role{}, channels: map[string]*Channel{}, messages: map[string][]*Message{},
		byID: map[string]*Message{}, attachments: map[string]*Attachment{}, interactions: newRecent[interaction](interactionsKept),
		modals: map[string]*Modal{}, limits: newLimiter(), sessions: map[string]*session{},
		connections: map[*connection]bool{},
	}
	if w.key == nil {
		w.key = ed25519.NewKeyFromSeed(w.random(ed25519.SeedSize))
	}
	if w.opt.BotToken == "" {
		// The first part of a real token is the bot's user id; the rest is secret.
		w.opt.BotToken = base64.RawURLEncoding.EncodeToString([]byte(BotUserID)) + "." + w.secret(20)
	}
	w.addRole(Role{ID: GuildID, Name: "@everyone", Permissions: EveryonePermissions})
	w.addRole(Role{ID: botRoleID, Name: w.opt.BotName, Permissions: w.opt.BotPermissions})
	w.users[BotUserID] = &User{ID: BotUserID, Name: w.opt.BotName, GlobalName: w.opt.BotName, Bot: true, Roles: []string{botRoleID}}

	w.mux = http.NewServeMux()
	w.routeAPI()
	w.mux.HandleFunc("GET "+gatewayPath, w.serveGateway)
	w.mux.HandleFunc("GET "+gatewayPath+"/{$}", w.serveGateway) // libraries put a slash before the query
	w.mux.HandleFunc("GET /attachments/{channel}/{attachment}/{name}", w.serveAttachment)
	w.mux.HandleFunc("GET /ephemeral-attachments/{channel}/{attachment}/{name}", w.serveAttachment)
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
	w.mu.Unlock()
	w.DropSessions()
	w.tasks.Wait()
	w.client.CloseIdleConnections()
}

// BotToken returns the bot's token, without the "Bot " that precedes it in a header.
func (w *Workspace) BotToken() string { return w.opt.BotToken }

// PublicKey returns the application's public key, in hex, as the developer portal shows it.
func (w *Workspace) PublicKey() string {
	return hex.EncodeToString(w.key[ed25519.SeedSize:]) // an Ed25519 private key ends with its public key
}

// Faults returns the faults, to be changed at any time.
func (w *Workspace) Faults() *Faults { return w.faults }

// AddUser adds or replaces a person and returns its id.
func (w *Workspace) AddUser(u User) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if u.ID == "" {
		u.ID = w.snowflake()
	}
	u.Locale = cmp.Or(u.Locale, "sv-SE")
	u.GlobalName = cmp.Or(u.GlobalName, u.Name)
	u.Roles = slices.Clone(u.Roles)
	if w.users[u.ID] == nil {
		w.people = append(w.people, u.ID)
	}
	w.users[u.ID] = &u
	if !u.Bot {
		w.dm(u.ID)
	}
	w.touch()
	return u.ID
}

// AddRole adds or replaces a role and returns its id. A role with the id GuildID replaces @everyone.
func (w *Workspace) AddRole(r Role) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if r.ID == "" {
		r.ID = w.snowflake()
	}
	w.addRole(r)
	w.touch()
	return r.ID
}

func (w *Workspace) addRole(r Role) {
	if w.roles[r.ID] == nil {
		w.roleOrder = append(w.roleOrder, r.ID)
	}
	w.roles[r.ID] = &r
}

// AddChannel adds or replaces a text channel and returns its id.
func (w *Workspace) AddChannel(c Channel) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c.ID == "" {
		c.ID = w.snowflake()
	}
	if w.channels[c.ID] == nil {
		w.order = append(w.order, c.ID)
	}
	c.Overwrites = slices.Clone(c.Overwrites)
	w.channels[c.ID] = &c
	w.touch()
	return c.ID
}

// SetBotPermissions changes the permissions of the bot's own role, as an administrator or a new invitation would.
func (w *Workspace) SetBotPermissions(p Permissions) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.roles[botRoleID].Permissions = p
	w.touch()
}

// AcceptDirectMessages changes whether a person takes direct messages from the guild's people and bots.
func (w *Workspace) AcceptDirectMessages(user string, accept bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if u := w.users[user]; u != nil {
		u.NoDirectMessages = !accept
		w.touch()
	}
}

// Channels returns the channels, in the order in which they were made.
func (w *Workspace) Channels() []Channel {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]Channel, len(w.order))
	for i, id := range w.order {
		all[i] = *w.channels[id]
		all[i].Overwrites = slices.Clone(all[i].Overwrites)
	}
	return all
}

// DirectMessages returns the id of the channel with the direct messages between a user and the bot.
func (w *Workspace) DirectMessages(user string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.dm(user).ID
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

// snowflake returns a new id: milliseconds since the first second of 2015, and a running number in the lowest 22 bits.
// https://discord.com/developers/docs/reference#snowflakes. The lock is held.
func (w *Workspace) snowflake() string {
	at := uint64(max(0, w.now().UnixMilli()-discordEpoch)) << 22
	w.lastID = max(w.lastID+1, at)
	return strconv.FormatUint(w.lastID, 10)
}

// compareIDs orders snowflakes by age. They are compared as numbers: by length, then digit by digit.
func compareIDs(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }

// random returns n random bytes. A failing source is a broken machine, not something to handle.
func (w *Workspace) random(n int) []byte {
	b := make([]byte, n)
	if _, err := io.ReadFull(w.opt.Rand, b); err != nil {
		panic(fmt.Errorf("reading random bytes: %w", err))
	}
	return b
}

// secret returns n random bytes in hex.
func (w *Workspace) secret(n int) string { return hex.EncodeToString(w.random(n)) }

// address is where the workspace is reached, as a URL of a scheme; known from the latest API call or page.
func (w *Workspace) address(scheme string) string { return scheme + "://" + w.host + w.opt.Path }

// dm returns the channel with the direct messages between a user and the bot, made at first use; the lock is held.
func (w *Workspace) dm(user string) *Channel {
	for _, id := range w.order {
		if c := w.channels[id]; c.DM == user {
			return c
		}
	}
	c := &Channel{ID: w.snowflake(), DM: user}
	w.channels[c.ID] = c
	w.order = append(w.order, c.ID)
	return c
}
