// Package discord is the Discord surface: it decodes what Discord sends into bot.Request, asks a bot.Handler, draws the bot.Reply
// with modals, embeds and buttons, and carries bot.Message to channels and people. Discord reaches it over the gateway or over
// signed HTTP; the two doors differ in transport only. It knows Discord and the chat vocabulary, and nothing of incidents,
// registers or roles.
//
// What lies where: the doors are door.go (HTTP) and gateway.go; answer.go carries an interaction from its decoding to its
// answer; dialog.go, message.go and text.go draw; rest.go calls Discord's API within its rate limits, and send.go and file.go
// are built on it; commands.go registers the commands and check.go is what doctor asks.
package discord

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/surface"
)

// Name is the surface's name in addresses and actors.
const Name = "discord"

// Discord's own addresses: https://discord.com/developers/docs/reference#api-reference-base-url
const (
	discordAPI = "https://discord.com/api"
	apiVersion = "10"
)

// Options are what a Surface is made of. BotToken, ApplicationID, Handler, Text, Clock and Location must be given.
type Options struct {
	BotToken      string // as the developer portal shows it, without "Bot " before it
	PublicKey     string // the application's, in hex; given: HTTP interactions
	ApplicationID string
	GuildID       string // the guild that the commands are registered in; "": everywhere the bot is
	APIURL        string // "" means Discord's own, https://discord.com/api; without the version
	GatewayURL    string // "" means the one that the API names
	Handler       bot.Handler
	// Subcommands are the words that may follow the command, with texts in a language. nil: none.
	Subcommands func(lang string) []bot.Subcommand
	// Text returns the text with a key that begins with "discord." in a language, with data in its places.
	Text            func(lang, key string, data map[string]any) string
	DefaultLanguage string         // where Discord does not tell which one a person reads
	Location        *time.Location // the time zone that people write times in
	Logger          *slog.Logger
	Registerer      prometheus.Registerer // nil: metrics are kept and not shown
	Clock           func() time.Time
	HTTPClient      *http.Client
}

// Surface is a bot.Surface on Discord.
type Surface struct {
	opts    Options
	key     ed25519.PublicKey // nil without HTTP interactions
	client  *http.Client      // never follows a redirect: its requests carry tokens or people's texts
	api     *url.URL          // with the version, without a slash at the end
	log     *slog.Logger
	metrics *surface.Metrics
	work    surface.Tracker
	seen    *surface.Replays
	direct  surface.DirectChannels
	limits  limits
	tokens  tokens
	pause   func(context.Context, time.Duration) // between attempts to reach Discord
}

var _ bot.Surface = (*Surface)(nil)

// New makes a surface. The error tells what is missing or malformed in opts.
func New(opts Options) (*Surface, error) {
	switch {
	case opts.BotToken == "" || opts.ApplicationID == "":
		return nil, errors.New("discord: a bot token and an application id are needed")
	case opts.Handler == nil || opts.Text == nil || opts.Clock == nil || opts.Location == nil:
		return nil, errors.New("discord: handler, texts, clock and location are needed")
	}
	for what, id := range map[string]string{"application": opts.ApplicationID, "guild": opts.GuildID} {
		if id != "" && !snowflake(id) {
			return nil, fmt.Errorf("discord: the id of the %s is not a number", what)
		}
	}
	s := &Surface{seen: surface.NewReplays(signatureWindow), pause: pauseFor}
	if opts.PublicKey != "" {
		key, err := hex.DecodeString(opts.PublicKey)
		if err != nil || len(key) != ed25519.PublicKeySize {
			return nil, fmt.Errorf("discord: the public key is not %d bytes in hex", ed25519.PublicKeySize)
		}
		s.key = key
	}
	if opts.APIURL == "" {
		opts.APIURL = discordAPI
	}
	api, err := url.Parse(strings.TrimSuffix(opts.APIURL, "/") + "/v" + apiVersion)
	if err != nil || api.Host == "" {
		return nil, errors.New("discord: the API address is not a URL")
	}
	s.api = api
	if s.log = opts.Logger; s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.log = s.log.With("surface", Name)
	if opts.HTTPClient == nil {
		opts.HTTPClient = &http.Client{Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			ForceAttemptHTTP2:   true,
			MaxIdleConnsPerHost: 64, // all calls go to one host: keep its connections
			IdleConnTimeout:     90 * time.Second,
			TLSHandshakeTimeout: callTimeout,
		}}
	}
	s.opts = opts
	client := *opts.HTTPClient
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	s.client = &client
	if s.metrics, err = surface.NewMetrics(Name, opts.Registerer); err != nil {
		return nil, fmt.Errorf("discord: registering metrics: %w", err)
	}
	return s, nil
}

// snowflake tells whether id could be one of Discord's: https://discord.com/developers/docs/reference#snowflakes
func snowflake(id string) bool {
	const longest = 20 // digits of the largest number of 64 bits
	if id == "" || len(id) > longest {
		return false
	}
	return strings.Trim(id, "0123456789") == ""
}

// Name implements bot.Surface.
func (s *Surface) Name() string { return Name }

// Drain waits until nothing is under way, or until ctx is done.
func (s *Surface) Drain(ctx context.Context) error {
	if err := s.work.Wait(ctx); err != nil {
		return fmt.Errorf("discord: waiting for requests under way: %w", err)
	}
	return nil
}
