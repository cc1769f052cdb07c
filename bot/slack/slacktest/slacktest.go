// Package slacktest runs the Slack surface against the strict local workspace, with people who use it: what the conformance
// suite needs to be passed on Slack.
package slacktest

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/bottest"
	"tyreso.se/incidentbot/bot/slack"
	workspace "tyreso.se/incidentbot/workspace/slack"
)

// Options are what a Stage is made of. All must be given.
type Options struct {
	Handler  bot.Handler
	Text     func(lang, key string) string
	Language string // of the surface's own texts
	Clock    func() time.Time
}

// Stage is a surface that is reached over HTTP by a workspace.
type Stage struct {
	Surface   *slack.Surface
	Workspace *workspace.Workspace
}

// channel is where everybody is.
const channel = "C0ALLMANT"

// Open puts up a stage until the test ends.
func Open(t testing.TB, opts Options) *Stage {
	t.Helper()
	space := workspace.New(workspace.Options{Clock: opts.Clock, NoRateLimits: true, Shortcuts: []workspace.Shortcut{
		{CallbackID: bot.ReportShortcut, Name: "Rapportera"}, {CallbackID: bot.CaptureShortcut, Name: "Spara"},
	}})
	api := httptest.NewServer(space)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}
	surface, err := slack.New(slack.Options{
		BotToken: space.BotToken(), SigningSecret: space.SigningSecret(), APIURL: api.URL + "/api/", Handler: opts.Handler, Text: opts.Text,
		DefaultLanguage: opts.Language, Clock: opts.Clock, HTTPClient: client,
	})
	if err != nil {
		t.Fatalf("making the surface: %v", err)
	}
	mux := http.NewServeMux()
	for pattern, handler := range surface.Routes() {
		mux.Handle(pattern, handler)
	}
	door := httptest.NewServer(mux)
	t.Cleanup(func() {
		door.Close()
		space.Close()
		client.CloseIdleConnections()
		api.Close()
	})
	interactions := door.URL + "/slack/interactions"
	space.SetURLs(door.URL+"/slack/events", door.URL+"/slack/commands", interactions, interactions)
	space.AddChannel(workspace.Channel{ID: channel, Name: "allmänt", BotIsMember: true})
	return &Stage{Surface: surface, Workspace: space}
}

// Start starts the surface for the conformance suite.
func Start(clock func() time.Time) bottest.Start {
	return func(t *testing.T, handler bot.Handler) bottest.Platform {
		stage := Open(t, Options{
			Handler: handler, Text: func(_, key string) string { return key }, Language: "sv", Clock: clock,
		})
		return stage.Add("U0ANNA", "anna.lind", "")
	}
}

// Add adds a person. locale is the language of their Slack, "" for Swedish.
func (s *Stage) Add(id, name, locale string) *Person {
	s.Workspace.AddUser(workspace.User{ID: id, Name: name, Email: name + "@exempelby.example", Locale: locale})
	return &Person{Stage: s, id: id, name: name}
}

// settle waits until the surface has done all that follows what a person did.
func (s *Stage) settle(ctx context.Context) error {
	if err := s.Surface.Drain(ctx); err != nil {
		return fmt.Errorf("waiting for the surface: %w", err)
	}
	return nil
}
