package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"tyreso.se/incidentbot/config"
	discordspace "tyreso.se/incidentbot/workspace/discord"
	slackspace "tyreso.se/incidentbot/workspace/slack"
)

type demoCommand struct {
	Listen string `default:"127.0.0.1:8080" help:"Address of the page."`
	Empty  bool   `help:"Begin without earlier cases."`
	Keep   string `type:"path" placeholder:"DIR" help:"Keep the register in this folder; without it, it is gone when the demo ends."`

	out io.Writer // where the address is printed; standard output when nil
}

//go:embed demo
var demoFiles embed.FS

// Run runs the bot against two local chats, with a page in the browser to play people in.
func (c demoCommand) Run(ctx context.Context) (err error) {
	folder := c.Keep
	if folder == "" {
		if folder, err = os.MkdirTemp("", "incidentbot-demo-"); err != nil {
			return fmt.Errorf("making a folder for the demo: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	}
	d, err := openDemo(ctx, c.Listen, folder)
	if err != nil {
		return err
	}
	defer d.close()
	group, running := errgroup.WithContext(ctx)
	group.Go(d.serve)
	program, err := d.assemble(ctx, c.Empty)
	if err != nil {
		return errors.Join(err, d.server.Close(), group.Wait())
	}
	group.Go(func() error {
		err := program.run(running)
		return errors.Join(err, d.server.Close()) // the bot's last messages have been sent
	})
	if c.out == nil {
		c.out = os.Stdout
	}
	if _, err := fmt.Fprintf(c.out, "The demo is running: open %s in a browser. Stop it with Ctrl-C.\n", d.page); err != nil {
		return fmt.Errorf("printing the page's address: %w", err)
	}
	return group.Wait()
}

// demo is what the bot works in: the two chats, and the folder that holds its register. The bot can be stopped and started
// again meanwhile.
type demo struct {
	folder   string
	page     string // the address of the start page
	listener net.Listener
	server   *http.Server
	slack    *slackspace.Workspace
	discord  *discordspace.Workspace
	clock    demoClock
	location *time.Location // of the municipality
}

// openDemo makes the chats, on an address of their own. They answer when serve runs.
func openDemo(ctx context.Context, listen, folder string) (*demo, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", listen)
	if err != nil {
		return nil, fmt.Errorf("opening the demo's page (choose another address with --listen): %w", err)
	}
	address := listener.Addr().String()
	location, err := time.LoadLocation("Europe/Stockholm") // as in demo/incidentbot.yaml
	if err != nil {
		return nil, errors.Join(fmt.Errorf("finding the demo's time zone: %w", err), listener.Close())
	}
	d := &demo{
		location: location, folder: folder, page: "http://" + address, listener: listener, slack: demoSlack(), discord: demoDiscord(address),
	}
	d.server = &http.Server{Handler: d.routes(), ReadHeaderTimeout: 5 * time.Second}
	return d, nil
}

// The paths that the chats lie under.
const (
	demoSlackPath   = "/slack"
	demoDiscordPath = "/discord"
)

// routes are the start page and the chats.
func (d *demo) routes() http.Handler {
	page, err := fs.Sub(demoFiles, "demo/page")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	mux := http.NewServeMux()
	mux.Handle(demoSlackPath+"/", http.StripPrefix(demoSlackPath, d.slack))
	mux.Handle(demoDiscordPath+"/", http.StripPrefix(demoDiscordPath, d.discord))
	mux.Handle(demoClockPath, http.NewCrossOriginProtection().Handler(http.HandlerFunc(d.clockPage)))
	files := http.FileServerFS(page)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-src 'self'; img-src data:; "+
			"base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		files.ServeHTTP(w, r)
	})
	return mux
}

// serve answers until the server is closed.
func (d *demo) serve() error {
	if err := d.server.Serve(d.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving the demo's page: %w", err)
	}
	return nil
}

// close ends the chats.
func (d *demo) close() {
	d.slack.Close()
	d.discord.Close()
}

// assemble puts the bot together with the demo's municipality in its register.
func (d *demo) assemble(ctx context.Context, empty bool) (*program, error) {
	register, err := filepath.Abs(filepath.Join(d.folder, "register.db"))
	if err != nil {
		return nil, fmt.Errorf("finding the demo's folder: %w", err)
	}
	environment := map[string]string{
		"DATABASE_URL": "sqlite://" + filepath.ToSlash(register), "INCIDENTBOT_LISTEN": "127.0.0.1:0", "LOG_LEVEL": "error",
		"SLACK_BOT_TOKEN": d.slack.BotToken(), "SLACK_APP_TOKEN": d.slack.AppToken(), "SLACK_API_URL": d.page + demoSlackPath + "/api/",
		"DISCORD_BOT_TOKEN": d.discord.BotToken(), "DISCORD_APPLICATION_ID": discordspace.ApplicationID,
		"DISCORD_GUILD_ID": discordspace.GuildID, "DISCORD_API_URL": d.page + demoDiscordPath + "/api",
	}
	cfg, err := config.Load("demo/incidentbot.yaml", func(name string) (string, bool) {
		value, ok := environment[name]
		return value, ok
	}, demoFiles.ReadFile)
	if err != nil {
		return nil, err
	}
	program, err := assemble(ctx, cfg, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: cfg.Log.Level})), d.clock.now)
	if err != nil {
		return nil, err
	}
	if err := fillDemo(ctx, program, &d.clock, empty); err != nil {
		return nil, errors.Join(err, program.store.Close())
	}
	d.clock.moved.Store(new(program.app.Remind))
	return program, nil
}
