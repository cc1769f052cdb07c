package main

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"runtime/debug"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/sync/errgroup"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/discord"
	"tyreso.se/incidentbot/bot/mail"
	"tyreso.se/incidentbot/bot/slack"
	"tyreso.se/incidentbot/config"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/scheduler"
	"tyreso.se/incidentbot/store"
	"tyreso.se/incidentbot/web"
)

type serveCommand struct{}

// Run runs the bot until it is told to stop.
func (serveCommand) Run(ctx context.Context, cli *commands) error {
	cfg, err := cli.load()
	if err != nil {
		return err
	}
	if cfg.Slack.BotToken == "" && cfg.Discord.BotToken == "" {
		return errors.New("no chat service is configured: set SLACK_BOT_TOKEN, and SLACK_APP_TOKEN (Socket Mode) or " +
			"SLACK_SIGNING_SECRET (HTTP), or DISCORD_BOT_TOKEN and DISCORD_APPLICATION_ID; to try the bot without accounts, " +
			"run incidentbot demo")
	}
	if os.Getenv("GOGC") == "" {
		// A few megabytes more than with the default, for some per cent less work: little of what is allocated here lives long.
		debug.SetGCPercent(150)
	}
	program, err := assemble(ctx, cfg, newLogger(cfg.Log), time.Now)
	if err != nil {
		return err
	}
	return program.run(ctx)
}

// chat is a surface as the program runs it.
type chat interface {
	bot.Surface
	// Routes are what it answers over HTTP, by pattern.
	Routes() map[string]http.Handler
	// Run serves people until ctx is done, and waits for what is under way.
	Run(ctx context.Context) error
}

// program is a whole bot, put together and not yet running.
type program struct {
	log       *slog.Logger
	store     *store.Store
	app       *handlers.App
	scheduler *scheduler.Scheduler
	chats     []chat
	gateway   func(context.Context) error // Discord's, which one process at a time holds; nil without
	server    *web.Server
}

// assemble opens the register, brings it up to date and puts the rooms together.
func assemble(ctx context.Context, cfg config.Config, log *slog.Logger, clock func() time.Time) (*program, error) {
	texts, err := locale.New()
	if err != nil {
		return nil, err
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	register, err := store.Open(ctx, string(cfg.Database), store.Options{Location: cfg.Organisation.Location(), Logger: log, Clock: clock})
	if err != nil {
		return nil, err
	}
	p := &program{log: log, store: register}
	if err := migrate(ctx, register); err != nil {
		return nil, errors.Join(err, register.Close())
	}
	p.scheduler, err = scheduler.New(scheduler.Options{Store: register, Pace: paceFrom(cfg.Limits), Logger: log, Registry: registry})
	if err != nil {
		return nil, errors.Join(err, register.Close())
	}
	settings := settingsFrom(cfg)
	if settings.Training, err = trainingFrom(cfg); err != nil {
		return nil, errors.Join(err, register.Close())
	}
	p.app = &handlers.App{
		Store: register, Texts: texts, Classifier: policy.NewClassifier(), Settings: settings,
		Followup: followups(cfg, texts, register), Proposals: proposals(cfg, texts, register),
		Draft: drafter(cfg, texts, register), TrainingFile: trainingFiles(texts), RiskMatrix: riskMatrix(texts, settings, register.Now),
		Enqueue: p.scheduler.Enqueue, NewRef: rand.Text, Log: log, Metrics: handlers.NewMetrics(registry),
	}
	if err := p.addSurfaces(cfg, registry); err != nil {
		return nil, errors.Join(err, register.Close())
	}
	routes := map[string]http.Handler{}
	for _, c := range p.chats {
		maps.Copy(routes, c.Routes())
	}
	p.server = web.New(web.Options{
		Listen: cfg.Listen, Routes: routes, Ready: func(ctx context.Context) error { return p.ready(ctx) },
		Metrics: promhttp.HandlerFor(registry, promhttp.HandlerOpts{}), Logger: log, Now: time.Now, Random: rand.Reader,
	})
	return p, nil
}

// addSurfaces makes the surfaces that are configured.
func (p *program) addSurfaces(cfg config.Config, registry prometheus.Registerer) error {
	texts := p.app.Texts
	if cfg.Slack.BotToken != "" {
		s, err := slack.New(slack.Options{
			BotToken: string(cfg.Slack.BotToken), AppToken: string(cfg.Slack.AppToken), SigningSecret: string(cfg.Slack.SigningSecret),
			APIURL: cfg.Slack.APIURL, Handler: p.app, Text: func(lang, key string) string { return texts.T(lang, key) },
			DefaultLanguage: cfg.Organisation.Language, Logger: p.log, Registerer: registry, Clock: time.Now,
		})
		if err != nil {
			return err
		}
		p.chats = append(p.chats, s)
	}
	if cfg.Discord.BotToken != "" {
		options := discordOptions(cfg, texts)
		options.Handler, options.Subcommands, options.Logger, options.Registerer = p.app, p.app.Subcommands, p.log, registry
		s, err := discord.New(options)
		if err != nil {
			return err
		}
		p.chats = append(p.chats, s)
		if cfg.Discord.PublicKey == "" {
			p.gateway = s.RunGateway
		}
	}
	p.app.Surfaces = map[string]bot.Surface{}
	for _, c := range p.chats {
		p.app.Surfaces[c.Name()] = c
	}
	if cfg.Mail.Server != "" {
		s, err := mail.New(mail.Options{Server: string(cfg.Mail.Server), From: cfg.Mail.From, Clock: time.Now})
		if err != nil {
			return err
		}
		p.app.Surfaces[mail.Name] = s
	}
	return nil
}

// discordOptions are the settings of the connection to Discord, without those who use it.
func discordOptions(cfg config.Config, texts *locale.Texts) discord.Options {
	return discord.Options{
		BotToken: string(cfg.Discord.BotToken), PublicKey: cfg.Discord.PublicKey, ApplicationID: cfg.Discord.ApplicationID,
		GuildID: cfg.Discord.GuildID, APIURL: cfg.Discord.APIURL, GatewayURL: cfg.Discord.GatewayURL,
		Text:            func(lang, key string, data map[string]any) string { return texts.T(lang, key, data) },
		DefaultLanguage: cfg.Organisation.Language, Location: cfg.Organisation.Location(), Clock: time.Now,
	}
}

// ready returns nil when the program can do its work.
func (p *program) ready(ctx context.Context) error {
	if err := p.store.Current(ctx); err != nil {
		return err
	}
	return scheduler.Current(ctx, p.store)
}

// stopWithin is how long running work may take to finish when the program is told to stop.
const stopWithin = 20 * time.Second

// run takes requests and runs jobs until ctx is done, then finishes what it holds: first no new requests, then no new jobs,
// then the register is closed.
func (p *program) run(ctx context.Context) error {
	if err := p.scheduler.Start(ctx, p.app); err != nil {
		return errors.Join(err, p.store.Close())
	}
	group, running := errgroup.WithContext(ctx)
	chats, stopChats := context.WithCancel(context.WithoutCancel(ctx))
	group.Go(func() error {
		defer stopChats() // after the last request over HTTP or the gateway, so that what it began is waited for
		return p.takeRequests(running)
	})
	for _, c := range p.chats {
		group.Go(func() error { return c.Run(chats) })
	}
	group.Go(func() error { return p.scheduler.Notices(p.app).Run(running, rand.Text()) })
	p.log.InfoContext(ctx, "incidentbot is running", "version", version, "address", p.server.Addr(running), "database", p.store.Dialect())
	err := group.Wait()
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	err = errors.Join(err, p.scheduler.Stop(stop), p.store.Close())
	p.log.InfoContext(ctx, "incidentbot has stopped")
	return err
}

// takeRequests lets requests in until ctx is done: over HTTP, and over Discord's gateway when this process is the one that
// holds it.
func (p *program) takeRequests(ctx context.Context) error {
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error { return p.server.Run(running) })
	if p.gateway != nil {
		group.Go(func() error {
			scheduler.Lead(running, p.store, gatewayLease, rand.Text(), p.log, p.gateway)
			return nil
		})
	}
	return group.Wait()
}

// gatewayLease is the lease of whoever is connected to Discord's gateway: every connection gets every interaction
// (https://discord.com/developers/docs/events/gateway), so there is to be one.
const gatewayLease = "discord_gateway"
