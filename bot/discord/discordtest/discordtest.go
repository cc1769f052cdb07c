// Package discordtest runs the Discord surface against the strict local server, with people who use it: what the conformance
// suite needs to be passed on Discord.
package discordtest

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/bottest"
	"tyreso.se/incidentbot/bot/discord"
	workspace "tyreso.se/incidentbot/workspace/discord"
)

// Options are what a Stage is made of. All but Subcommands must be given.
type Options struct {
	Handler     bot.Handler
	Subcommands func(lang string) []bot.Subcommand
	Text        func(lang, key string, data map[string]any) string
	Language    string         // of people whose language is neither of ours
	Location    *time.Location // where times are typed
	Clock       func() time.Time
}

// Stage is a surface that is reached over HTTP by a server.
type Stage struct {
	Surface   *discord.Surface
	Workspace *workspace.Workspace
	opts      Options
}

// channel is where everybody is.
const channel = "200000000000000001"

// Open puts up a stage until the test ends.
func Open(t testing.TB, opts Options) *Stage {
	t.Helper()
	space := workspace.New(workspace.Options{Clock: opts.Clock, NoRateLimits: true})
	api := httptest.NewServer(space)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}
	surface, err := discord.New(discord.Options{
		BotToken: space.BotToken(), PublicKey: space.PublicKey(), ApplicationID: workspace.ApplicationID, GuildID: workspace.GuildID,
		APIURL: api.URL + "/api", Handler: opts.Handler, Subcommands: opts.Subcommands, Text: opts.Text,
		DefaultLanguage: opts.Language, Location: opts.Location, Clock: opts.Clock, HTTPClient: client,
	})
	if err != nil {
		t.Fatalf("making the surface: %v", err)
	}
	mux := http.NewServeMux()
	for pattern, handler := range surface.Routes() {
		mux.Handle(pattern, handler)
	}
	door := httptest.NewServer(mux)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	stopped := make(chan error, 1)
	go func() { stopped <- surface.Run(ctx) }()
	t.Cleanup(func() {
		door.Close()
		stop()
		if err := <-stopped; err != nil {
			t.Errorf("the surface ended with %v", err)
		}
		space.Close()
		client.CloseIdleConnections()
		api.Close()
	})
	if err := space.SetEndpoint(t.Context(), door.URL+"/discord/interactions"); err != nil {
		t.Fatalf("saving the address for interactions: %v", err)
	}
	if err := space.Until(t.Context(), func() bool { return len(space.Commands()) > 0 }); err != nil {
		t.Fatalf("waiting for the commands: %v", err)
	}
	space.AddChannel(workspace.Channel{ID: channel, Name: "allmänt"})
	return &Stage{Surface: surface, Workspace: space, opts: opts}
}

// Start starts the surface for the conformance suite.
func Start(clock func() time.Time) bottest.Start {
	return func(t *testing.T, handler bot.Handler) bottest.Platform {
		place, err := time.LoadLocation("Europe/Stockholm")
		if err != nil {
			t.Fatal(err)
		}
		stage := Open(t, Options{Handler: handler, Text: keyed, Language: "sv", Location: place, Clock: clock})
		return stage.Add("300000000000000001", "anna.lind", "")
	}
}

// keyed gives a text that tells its key and what goes in it.
func keyed(_, key string, data map[string]any) string {
	for _, name := range slices.Sorted(maps.Keys(data)) {
		key += fmt.Sprintf(" %v", data[name])
	}
	return key
}

// Add adds a person. locale is the language of their Discord, "" for Swedish.
func (s *Stage) Add(id, name, locale string) *Person {
	s.Workspace.AddUser(workspace.User{ID: id, Name: name, Locale: locale})
	language := "sv"
	if locale != "" {
		language = locale[:2]
	}
	return &Person{Stage: s, id: id, name: name, language: language}
}

// settle waits until the surface has done all that follows what a person did.
func (s *Stage) settle(ctx context.Context) error {
	if err := s.Surface.Drain(ctx); err != nil {
		return fmt.Errorf("waiting for the surface: %w", err)
	}
	return nil
}
