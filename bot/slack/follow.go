package slack

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	slackgo "github.com/slack-go/slack"

	"tyreso.se/incidentbot/bot"
)

// What follows an acknowledgement: dialogs are opened, pages are published, and people are told in private.

// openDialog opens a dialog: from a message or a command on its own, from another dialog on top of it. A dialog that is
// answered with itself is redrawn.
func (s *Surface) openDialog(ctx context.Context, in Incoming, d *bot.Dialog) {
	view, cuts, err := Modal(d, s.text)
	if err != nil {
		s.logUndrawable(ctx, in, err)
		s.tellFailed(ctx, in)
		return
	}
	s.logCuts(cuts)
	s.open(ctx, in, view, in.View.Modal && in.View.Dialog == d.ID)
}

// openMessage shows a message in a dialog: where there is a page and no conversation, there is no other private place.
func (s *Surface) openMessage(ctx context.Context, in Incoming, m bot.Message) {
	view, cuts, err := MessageModal(m, in.View.Title, s.text)
	if err != nil {
		s.logUndrawable(ctx, in, err)
		s.tellFailed(ctx, in)
		return
	}
	s.logCuts(cuts)
	s.open(ctx, in, view, in.View.Modal)
}

// open shows a view, in place of the one at hand if redraw, and tells the person when that fails. A temporary failure is tried
// once more while the trigger lives.
func (s *Surface) open(ctx context.Context, in Incoming, view slackgo.ModalViewRequest, redraw bool) {
	inPlace := view
	openedBy(&inPlace, in.Pressed)
	update := viewCall{ViewID: in.View.ID, View: encodable(inPlace)}
	method, v := "views.open", viewCall{TriggerID: in.TriggerID, View: encodable(view)}
	switch {
	case redraw:
		method, v = "views.update", update
	case in.View.Modal:
		method = "views.push"
	}
	once := func() error {
		err := s.callView(ctx, method, v)
		if err != nil && refused(err).Code == "push_limit_reached" { // three views are on top of each other already
			return s.callView(ctx, "views.update", update)
		}
		return err
	}
	err := once()
	if err == nil {
		return
	}
	if r := refused(err); !r.Permanent && r.Wait == 0 && s.opts.Clock().Sub(in.Request.At) < triggerLife {
		// A first try that was carried out without an answer has used up the trigger: then the dialog is open.
		if err = once(); err == nil || refused(err).Code == "exchanged_trigger_id" {
			return
		}
	}
	s.logFailure(ctx, in, method, err)
	s.tellFailed(ctx, in)
}

func (s *Surface) tellFailed(ctx context.Context, in Incoming) {
	text := s.text("slack.dialog_failed")
	s.tell(ctx, in, bot.Message{Summary: text, Blocks: []bot.Block{bot.Paragraph(text)}})
}

// publish draws the home page.
func (s *Surface) publish(ctx context.Context, in Incoming, m bot.Message) {
	blocks, cuts, err := Blocks(m, maxViewBlocks)
	if err != nil {
		s.logUndrawable(ctx, in, err)
		return
	}
	s.logCuts(cuts)
	page := slackgo.HomeTabViewRequest{Type: slackgo.VTHomeTab, Blocks: slackgo.Blocks{BlockSet: blocks}}
	if err := s.callView(ctx, "views.publish", viewCall{UserID: in.Request.Actor.ID, View: page}); err != nil {
		s.logFailure(ctx, in, "views.publish", err)
	}
}

// tell says something in private, by the first way that works: the address that came with the request, a message that only
// the person sees in the conversation, a direct message.
func (s *Surface) tell(ctx context.Context, in Incoming, m bot.Message) {
	if in.ResponseURL != "" {
		err := s.respond(ctx, in.ResponseURL, m)
		if err == nil {
			return
		}
		s.logFailure(ctx, in, "response_url", err)
	}
	if in.Channel != "" {
		err := s.whisper(ctx, in.Channel, in.Request.Actor.ID, m)
		if err == nil {
			return
		}
		s.logFailure(ctx, in, "chat.postEphemeral", err)
	}
	if _, err := s.Send(ctx, bot.Address{Surface: Name, User: in.Request.Actor.ID}, m, in.Request.Key, false); err != nil {
		s.logFailure(ctx, in, "chat.postMessage", err)
	}
}

// respond posts a private answer to a response_url.
func (s *Surface) respond(ctx context.Context, address string, m bot.Message) error {
	if !s.mayRespond(address) {
		return &bot.SendError{Code: "foreign_response_url", Permanent: true}
	}
	body, err := s.ephemeral(m, true)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("making a request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	resp, err := s.client.Do(req)
	if err != nil {
		return fmt.Errorf("answering: %w", err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)); err != nil { // read: the connection is used again
		return fmt.Errorf("reading the answer: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return slackgo.StatusCodeError{Code: resp.StatusCode, Status: resp.Status}
	}
	return nil
}

// mayRespond tells whether an address that came with a request is Slack's: what is posted there is somebody's case.
func (s *Surface) mayRespond(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.User != nil {
		return false
	}
	return u.Scheme == "https" && u.Host == "hooks.slack.com" || s.ours(u)
}

// ours tells whether u leads to the server that the API is on.
func (s *Surface) ours(u *url.URL) bool {
	return u.Scheme == s.apiHost.Scheme && strings.EqualFold(u.Host, s.apiHost.Host)
}

// whisper posts a message that only one person in a conversation sees:
// https://docs.slack.dev/reference/methods/chat.postEphemeral
func (s *Surface) whisper(ctx context.Context, channel, user string, m bot.Message) error {
	_, err := s.callMessage(ctx, "chat.postEphemeral", m, url.Values{"channel": {channel}, "user": {user}})
	return err
}
