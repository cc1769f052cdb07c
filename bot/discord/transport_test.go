package discord_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/discord"
	workspace "tyreso.se/incidentbot/workspace/discord"
)

// recorder answers every request with a message, and keeps what it was asked.
type recorder struct {
	mu   sync.Mutex
	keys []string
}

func (r *recorder) Handle(_ context.Context, req bot.Request) (bot.Reply, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keys = append(r.keys, req.Key)
	return bot.Reply{Message: &bot.Message{Summary: "Hej " + req.Actor.Name, Blocks: []bot.Block{bot.Paragraph(req.Text)}}}, nil
}

func (r *recorder) asked() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.keys)
}

// running is a surface at work in a workspace, over one of the doors.
type running struct {
	*workspace.Workspace
	surface *discord.Surface
	handler *recorder
	person  string
	channel string
}

func start(t *testing.T, overHTTP bool) running {
	t.Helper()
	var skipped atomic.Int64 // a pause that is skipped has passed by everybody's clock
	now := func() time.Time { return time.Now().Add(time.Duration(skipped.Load())) }
	w, address := server(t, workspace.Options{Clock: now})
	r := running{Workspace: w, handler: &recorder{}, person: w.AddUser(workspace.User{Name: "maja", GlobalName: "Maja"})}
	r.channel = w.AddChannel(workspace.Channel{Name: "allmänt"})
	r.surface = newSurface(t, address+"/api", inWorkspace(w, func(o *discord.Options) {
		o.Handler, o.Clock = r.handler, now
		if overHTTP {
			o.PublicKey = w.PublicKey()
		}
	}))
	r.surface.SkipPauses(func(d time.Duration) { skipped.Add(int64(d)) })
	registered(t, w, r.surface)
	if overHTTP {
		door := httptest.NewServer(r.surface.Routes()["POST /discord/interactions"])
		t.Cleanup(door.Close)
		if err := w.SetEndpoint(t.Context(), door.URL+"/discord/interactions"); err != nil {
			t.Fatal(err) // Discord's own check: a PING answered, and a forged one refused
		}
		return r
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.surface.RunGateway(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	r.connected(t)
	return r
}

func (r running) connected(t *testing.T) {
	t.Helper()
	if err := r.Until(t.Context(), func() bool { return r.Sessions() == 1 }); err != nil {
		t.Fatal(err)
	}
}

// help asks for help, and looks at what the person sees.
func (r running) help(t *testing.T) {
	t.Helper()
	before := r.handler.asked()
	seen, err := r.Command(t.Context(), r.person, r.channel, "incident", "hjälp", nil)
	if err != nil {
		t.Fatal(err)
	}
	if seen.Message == nil || !strings.Contains(string(seen.Message.Embeds), `"help"`) || seen.Message.Ephemeral != r.person {
		t.Errorf("the person sees %+v", seen.Message)
	}
	equal(t, "asked", r.handler.asked()-before, 1)
}

// fine tells whether the platform has nothing to complain about.
func (r running) fine(t *testing.T) {
	t.Helper()
	equal(t, "problems", r.Problems(), []string(nil))
}

func TestACommandIsAnsweredOverEitherDoor(t *testing.T) {
	for name, overHTTP := range map[string]bool{"gateway": false, "HTTP": true} {
		t.Run(name, func(t *testing.T) {
			r := start(t, overHTTP)
			r.help(t)
			r.help(t)
			r.fine(t)
		})
	}
}

func TestTheGatewayGoesOnWhateverBefallsTheConnection(t *testing.T) {
	for name, befall := range map[string]func(running){
		"dropped":              func(r running) { r.DropSessions() },
		"asked to reconnect":   func(r running) { r.Reconnect() },
		"session to resume":    func(r running) { r.InvalidateSessions(true) },
		"session gone":         func(r running) { r.InvalidateSessions(false) },
		"dropped and too late": func(r running) { r.DropSessions(); r.InvalidateSessions(false) },
	} {
		t.Run(name, func(t *testing.T) {
			r := start(t, false)
			r.help(t)
			befall(r)
			r.connected(t)
			r.help(t)
			r.fine(t)
		})
	}
}

func TestWhatIsToldTwiceCarriesTheSameKey(t *testing.T) {
	r := start(t, false)
	r.help(t)
	if err := r.Redeliver(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := r.Until(t.Context(), func() bool { return r.handler.asked() == 2 }); err != nil {
		t.Fatal(err)
	}
	if err := r.surface.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r.handler.keys[0] != r.handler.keys[1] {
		t.Errorf("keys %v", r.handler.keys)
	}
}

func TestMessagesInAWorkspace(t *testing.T) {
	w, address := server(t, workspace.Options{NoRateLimits: true})
	person, channel := w.AddUser(workspace.User{Name: "karin"}), w.AddChannel(workspace.Channel{Name: "incidenter"})
	s := newSurface(t, address+"/api", inWorkspace(w, func(o *discord.Options) { o.Clock = time.Now }))
	card := bot.Message{Summary: "Nytt ärende @everyone", Blocks: []bot.Block{
		bot.Heading("INC-2026-0042"), bot.Quote("Se https://evil.example @here"), bot.Buttons{{ID: "acknowledge", Subject: "abc", Text: "Kvittera"}},
	}}
	for _, to := range []bot.Address{{Surface: "discord", Channel: channel}, {Surface: "discord", User: person}} {
		ref, err := s.Send(t.Context(), to, card, "k", false)
		if err != nil {
			t.Fatal(err)
		}
		again, err := s.Send(t.Context(), to, card, "k", true)
		if err != nil || again != ref {
			t.Errorf("a retry: %v, %v; want %v", again, err, ref)
		}
		if err := s.Edit(t.Context(), ref, bot.Message{Summary: "Kvitterat"}); err != nil {
			t.Error(err)
		}
		if err := s.SendFile(t.Context(), to, "skärm.png", "", []byte("bytes")); err != nil {
			t.Error(err)
		}
		posted := w.Messages(ref.Channel)
		if len(posted) != 2 || posted[0].Content != "Kvitterat" || posted[0].Edits != 1 || len(posted[0].Fired)+len(posted[0].Previews) > 0 {
			t.Errorf("posted: %+v", posted)
		}
		equal(t, "the file's name and size", []any{posted[1].Attachments[0].Size, len(posted[1].Attachments)}, []any{int64(5), 1})
	}
	t.Run("after an answer that was lost", func(t *testing.T) {
		end := w.Faults().Add(workspace.Fault{Route: "POST /channels/{channel}/messages", Broken: 1, AfterDoing: true})
		_, err := s.Send(t.Context(), bot.Address{Channel: channel}, hello, "k2", false)
		end()
		equal(t, "the error", verdict(t, err), bot.SendError{Code: "http_500"})
		before := len(w.Messages(channel))
		if _, err := s.Send(t.Context(), bot.Address{Channel: channel}, hello, "k2", true); err != nil {
			t.Fatal(err)
		}
		equal(t, "messages", len(w.Messages(channel)), before)
	})
	equal(t, "problems", w.Problems(), []string(nil))
}

func TestTheSixthMessageWaitsWithoutACall(t *testing.T) {
	now := noon
	w, address := server(t, workspace.Options{Clock: func() time.Time { return now }})
	channel := w.AddChannel(workspace.Channel{Name: "incidenter"})
	s := newSurface(t, address+"/api", inWorkspace(w, nil))
	for _, key := range []string{"1", "2", "3", "4", "5"} {
		if err := send(s, channel, key); err != nil {
			t.Fatal(err)
		}
	}
	calls := len(w.Calls())
	var refused *bot.SendError
	if err := send(s, channel, "6"); !errors.As(err, &refused) || refused.Wait <= 0 || refused.Wait > 5*time.Second {
		t.Errorf("the sixth: %v", err)
	}
	equal(t, "calls", len(w.Calls()), calls)
	equal(t, "problems", w.Problems(), []string(nil))
}

func TestAnAnswerReachesWhoTakesNoDirectMessages(t *testing.T) {
	r := start(t, true)
	r.AcceptDirectMessages(r.person, false)
	_, err := r.surface.Send(t.Context(), bot.Address{User: r.person}, hello, "k", false)
	equal(t, "before they did anything", verdict(t, err), bot.SendError{Code: "cannot_message_user", Permanent: true, Unreachable: true})
	r.help(t)
	if _, err := r.surface.Send(t.Context(), bot.Address{User: r.person}, hello, "k", false); err != nil {
		t.Fatal(err)
	}
	private := r.Ephemerals(r.person)
	if last := private[len(private)-1]; last.Content != "Hej" || last.Channel != r.channel {
		t.Errorf("they see %+v", last)
	}
	r.fine(t)
}
