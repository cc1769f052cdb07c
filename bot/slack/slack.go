// Package slack is the Slack surface: it decodes what Slack sends into bot.Request, asks a bot.Handler, draws the bot.Reply
// with Block Kit, and carries bot.Message to channels and people. Slack reaches it over HTTP, Socket Mode or both; the two
// doors differ in transport only. It knows Slack and the chat vocabulary, and nothing of incidents, registers or roles.
//
// A request is answered in three steps. Decoding (decode.go) is pure. The handler is asked, within what Slack allows
// (answer.go), and its reply becomes the acknowledgement, which leaves at once. What Slack wants said by a call of its own,
// such as opening a dialog, follows after the acknowledgement, and the person is told when it fails.
package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	slackgo "github.com/slack-go/slack"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/surface"
)

// Name is the surface's name in addresses and actors.
const Name = "slack"

// Options are what a Surface is made of. BotToken, Handler, Text and Clock must be given.
type Options struct {
	BotToken      string // xoxb-…
	AppToken      string // xapp-…; given: Socket Mode
	SigningSecret string // given: HTTP
	APIURL        string // "" means Slack's own, https://slack.com/api/
	Handler       bot.Handler
	// Text returns the text with a key that begins with "slack." in a language.
	Text            func(lang, key string) string
	DefaultLanguage string // the language of this surface's own texts: Slack does not say which one a request is made in
	Logger          *slog.Logger
	Registerer      prometheus.Registerer // nil: metrics are kept and not shown
	Clock           func() time.Time
	Command         string // "/incident" when empty
	HTTPClient      *http.Client
}

// Surface is a bot.Surface on Slack.
type Surface struct {
	opts    Options
	api     *slackgo.Client
	client  *http.Client // never follows a redirect: its requests carry tokens or people's texts
	apiHost *url.URL
	log     *slog.Logger
	metrics *surface.Metrics
	work    surface.Tracker
	seen    *surface.Replays
	direct  surface.DirectChannels
}

var _ bot.Surface = (*Surface)(nil)

// callTimeout is how long one call of Slack's Web API may take. Slack answers in well under a second; a call that hangs must
// not hold a job for long.
const callTimeout = 10 * time.Second

// New makes a surface. The error tells what is missing or malformed in opts.
func New(opts Options) (*Surface, error) {
	switch {
	case opts.BotToken == "":
		return nil, errors.New("slack: a bot token is needed")
	case opts.Handler == nil || opts.Text == nil || opts.Clock == nil:
		return nil, errors.New("slack: handler, texts and clock are needed")
	}
	opts.Command = or(opts.Command, "/incident")
	opts.APIURL = strings.TrimSuffix(or(opts.APIURL, slackgo.APIURL), "/") + "/"
	host, err := url.Parse(opts.APIURL)
	if err != nil || host.Host == "" {
		return nil, errors.New("slack: the API address is not a URL")
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if opts.HTTPClient == nil {
		opts.HTTPClient = &http.Client{Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			ForceAttemptHTTP2:   true,
			MaxIdleConnsPerHost: 64, // all calls go to one host: keep its connections
			IdleConnTimeout:     90 * time.Second,
			TLSHandshakeTimeout: callTimeout,
		}}
	}
	client := *opts.HTTPClient
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	s := &Surface{
		opts:    opts,
		client:  &client,
		apiHost: host,
		log:     opts.Logger.With("surface", Name),
		seen:    surface.NewReplays(signatureWindow),
	}
	s.api = slackgo.New(opts.BotToken, slackgo.OptionHTTPClient(&client), slackgo.OptionAPIURL(opts.APIURL),
		slackgo.OptionAppLevelToken(opts.AppToken))
	if s.metrics, err = surface.NewMetrics(Name, opts.Registerer); err != nil {
		return nil, fmt.Errorf("slack: registering metrics: %w", err)
	}
	return s, nil
}

// Name implements bot.Surface.
func (s *Surface) Name() string { return Name }

// Run serves Socket Mode when there is an app token, until ctx is done; it then takes nothing new, and returns when what is
// under way over either door has been answered. Stop the HTTP server before ctx is done: what it lets in later is not
// waited for. Failing connections are logged and made again; the error is nil.
func (s *Surface) Run(ctx context.Context) error {
	if s.opts.AppToken != "" {
		s.serveSocket(ctx)
	} else {
		<-ctx.Done()
	}
	// Everything under way has a time limit of its own, so this ends.
	return s.Drain(context.WithoutCancel(ctx))
}

// Drain waits until nothing is under way, or until ctx is done.
func (s *Surface) Drain(ctx context.Context) error {
	if err := s.work.Wait(ctx); err != nil {
		return fmt.Errorf("slack: waiting for requests under way: %w", err)
	}
	return nil
}

// text is one of this surface's own texts. {command} in it stands for the command's name.
func (s *Surface) text(key string) string {
	return strings.ReplaceAll(s.opts.Text(s.opts.DefaultLanguage, key), "{command}", s.opts.Command)
}
