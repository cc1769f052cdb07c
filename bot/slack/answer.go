package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	slackgo "github.com/slack-go/slack"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/surface"
)

// Slack waits three seconds for an acknowledgement, and a trigger lives as long
// (https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response).
const (
	triggerLife = 3 * time.Second
	// answerBudget is when the person is told that it failed, which leaves time for the answer to travel.
	answerBudget = 2500 * time.Millisecond
	// handlerBudget is the handler's deadline: before answerBudget, so that it can roll back and say why.
	handlerBudget = 2200 * time.Millisecond
)

// errLate means that the handler did not answer within answerBudget.
var errLate = errors.New("the handler did not answer in time")

// ack is the answer to a request.
type ack struct {
	body  []byte                // JSON, nil when there is nothing to say
	after func(context.Context) // what follows once the acknowledgement has left, nil when nothing does
	again bool                  // the platform should send the request anew
}

// answer asks the handler and turns its reply into an acknowledgement. decoding is the error that came with in.
func (s *Surface) answer(ctx context.Context, in Incoming, decoding error) ack {
	label := surface.Label(in.Request.Kind)
	if decoding != nil {
		if errors.Is(decoding, ErrIgnored) {
			s.metrics.Ended(in.Request.Kind, surface.Ignored)
			return ack{}
		}
		s.metrics.Ended(in.Request.Kind, surface.NotUnderstood)
		s.log.LogAttrs(ctx, slog.LevelWarn, "request not understood", slog.String("kind", label), slog.Any("error", decoding))
		return s.failure(in, "slack.try_again")
	}
	reply, err := s.ask(ctx, in.Request)
	outcome := surface.Answered
	switch {
	case errors.Is(err, errLate):
		outcome = surface.Late
	case err != nil:
		outcome = surface.Failed
	case len(reply.Errors) > 0:
		outcome = surface.Mend
	}
	s.metrics.Ended(in.Request.Kind, outcome)
	if err != nil {
		s.log.LogAttrs(ctx, slog.LevelError, "request failed", slog.String("request", surface.RequestID(in.Request.Key)),
			slog.String("kind", label), slog.String("outcome", outcome), slog.Any("error", err))
		if in.Request.Kind == bot.Submit {
			return s.failure(in, "slack.not_saved")
		}
		return s.failure(in, "slack.failed")
	}
	a, err := s.acknowledge(in, reply)
	if err != nil { // a reply that cannot be drawn is a fault of ours, and what was to be done has been done
		s.logUndrawable(ctx, in, err)
		return s.failure(in, "slack.failed")
	}
	return a
}

// ask calls the handler, and gives up waiting after answerBudget. A handler that saves after that has saved: the person,
// who was told to try again, then sends the same key, which is the same doing.
func (s *Surface) ask(ctx context.Context, req bot.Request) (bot.Reply, error) {
	answered := surface.Ask(ctx, &s.work, s.log, s.opts.Handler, req, handlerBudget)
	patience := time.NewTimer(answerBudget)
	defer patience.Stop()
	select {
	case a := <-answered:
		return a.Reply, a.Err
	case <-patience.C:
		return bot.Reply{}, errLate
	}
}

// acknowledge turns a reply into an acknowledgement.
func (s *Surface) acknowledge(in Incoming, reply bot.Reply) (ack, error) {
	switch in.Request.Kind {
	case bot.Command:
		return s.ackCommand(in, reply)
	case bot.Shortcut, bot.Press:
		return s.ackPress(in, reply)
	case bot.Submit:
		return s.ackSubmit(in, reply)
	case bot.Change:
		return s.ackChange(in, reply)
	case bot.Search:
		return s.ackSearch(reply)
	case bot.Home:
		if reply.Message == nil {
			return ack{}, nil
		}
		return ack{after: func(ctx context.Context) { s.publish(ctx, in, *reply.Message) }}, nil
	}
	return ack{}, nil // Cancel: nobody is there to read an answer
}

// failure answers a request that could not be handled: with the text of a key where the person looks, and never by taking
// away what they typed.
func (s *Surface) failure(in Incoming, key string) ack {
	m := bot.Message{Summary: s.text(key), Blocks: []bot.Block{bot.Paragraph(s.text(key))}}
	switch in.Request.Kind {
	case bot.Command, bot.Submit:
		reply := bot.Reply{Message: &m}
		if in.Request.Kind == bot.Submit && len(in.View.Inputs) > 0 {
			reply = bot.Reply{Errors: map[string]string{in.View.Inputs[0]: s.text(key)}}
		}
		if a, err := s.acknowledge(in, reply); err == nil {
			return a
		}
	case bot.Shortcut, bot.Press:
		return ack{after: func(ctx context.Context) { s.tell(ctx, in, m) }}
	case bot.Search:
		return ack{body: noOptions}
	case bot.Home:
		return ack{again: true}
	}
	return ack{}
}

func (s *Surface) ackCommand(in Incoming, reply bot.Reply) (a ack, err error) {
	if reply.Dialog != nil {
		a.after = func(ctx context.Context) { s.openDialog(ctx, in, reply.Dialog) }
	}
	if reply.Message == nil {
		return a, nil
	}
	if a.body, err = s.ephemeral(*reply.Message, false); err != nil {
		return ack{}, err
	}
	if in.ackLimit > 0 && len(a.body) > in.ackLimit {
		open := a.after
		return ack{after: func(ctx context.Context) {
			if open != nil {
				open(ctx)
			}
			s.tell(ctx, in, *reply.Message)
		}}, nil
	}
	return a, nil
}

func (s *Surface) ackPress(in Incoming, reply bot.Reply) (ack, error) {
	if reply.Dialog == nil && reply.Message == nil {
		return ack{}, nil
	}
	return ack{after: func(ctx context.Context) {
		switch {
		case reply.Dialog != nil:
			s.openDialog(ctx, in, reply.Dialog)
		case in.View.ID != "":
			s.openMessage(ctx, in, *reply.Message)
		}
		if reply.Message != nil && in.View.ID == "" {
			s.tell(ctx, in, *reply.Message)
		}
	}}, nil
}

// submission answers a view_submission: https://docs.slack.dev/surfaces/modals#handling_submissions
type submission struct {
	Action string            `json:"response_action"`
	View   *modal            `json:"view,omitempty"`
	Errors map[string]string `json:"errors,omitempty"`
}

func (s *Surface) ackSubmit(in Incoming, reply bot.Reply) (ack, error) {
	if len(reply.Errors) > 0 {
		if len(in.View.Inputs) > 0 {
			return marshalled(submission{Action: "errors", Errors: inView(reply.Errors, &in.View)})
		}
		// Nowhere to show them in place.
		list := make(bot.List, 0, len(reply.Errors))
		for _, id := range slices.Sorted(maps.Keys(reply.Errors)) {
			list = append(list, reply.Errors[id])
		}
		reply.Message = &bot.Message{Summary: s.text("slack.try_again"), Blocks: []bot.Block{list}}
	}
	if reply.Message == nil {
		return marshalled(submission{Action: "clear"})
	}
	view, cuts, err := MessageModal(*reply.Message, in.View.Title, s.text)
	if err != nil {
		return ack{}, err
	}
	s.logCuts(cuts)
	a, err := marshalled(submission{Action: "update", View: encodable(view)})
	if err != nil || in.ackLimit == 0 || len(a.body) <= in.ackLimit {
		return a, err
	}
	// Too much for this way: the summary now, and the whole by a call of its own.
	short, _, err := MessageModal(bot.Message{Summary: reply.Message.Summary}, view.Title.Text, s.text)
	if err != nil {
		return ack{}, err
	}
	if a, err = marshalled(submission{Action: "update", View: encodable(short)}); err != nil {
		return ack{}, err
	}
	a.after = func(ctx context.Context) {
		if err := s.callView(ctx, "views.update", viewCall{ViewID: in.View.ID, View: encodable(view)}); err != nil {
			s.logFailure(ctx, in, "views.update", err)
		}
	}
	return a, nil
}

// inView places errors at input blocks of the view, which is all that Slack accepts: one whose field is not there stands at
// the first input.
func inView(errs map[string]string, v *View) map[string]string {
	placed := make(map[string]string, len(errs))
	for _, id := range slices.Sorted(maps.Keys(errs)) {
		at := id
		if !v.hasInput(id) {
			at = v.Inputs[0]
		}
		text := orDash(errs[id])
		if placed[at] != "" {
			text = placed[at] + "\n" + text
		}
		placed[at], _ = cut(text, maxFieldError)
	}
	return placed
}

// ackChange redraws a dialog when its fields have come or gone. Slack keeps what is typed in the fields that stay.
func (s *Surface) ackChange(in Incoming, reply bot.Reply) (ack, error) {
	if reply.Dialog == nil || in.View.ID == "" {
		return ack{}, nil
	}
	view, cuts, err := Modal(reply.Dialog, s.text)
	if err != nil {
		return ack{}, err
	}
	if slices.Equal(blockIDs(view.Blocks), in.View.Blocks) {
		return ack{}, nil
	}
	openedBy(&view, in.View.Opened)
	s.logCuts(cuts)
	return ack{after: func(ctx context.Context) {
		err := s.callView(ctx, "views.update", viewCall{ViewID: in.View.ID, Hash: in.View.Hash, View: encodable(view)})
		switch refusal := refused(err); {
		case err == nil:
		case refusal.Code == "hash_conflict": // a newer change is on its way, and draws the dialog as it is then
		case refusal.Code == "not_found": // the dialog was closed meanwhile
		default:
			s.logFailure(ctx, in, "views.update", err)
		}
	}}, nil
}

// suggestions answers a block_suggestion:
// https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload
type suggestions struct {
	Options []*slackgo.OptionBlockObject `json:"options"`
}

var noOptions = []byte(`{"options":[]}`)

func (s *Surface) ackSearch(reply bot.Reply) (ack, error) {
	p := pen{}
	found := suggestions{Options: []*slackgo.OptionBlockObject{}}
	for _, o := range reply.Options[:min(len(reply.Options), maxMenu)] {
		if o.Value == "" || length(o.Value) > maxOptionValue {
			return ack{}, fmt.Errorf("the value of a suggestion must have 1–%d characters", maxOptionValue)
		}
		found.Options = append(found.Options, p.option("suggestion", o))
	}
	return marshalled(found)
}

func marshalled(answer any) (ack, error) {
	body, err := json.Marshal(answer)
	if err != nil {
		return ack{}, fmt.Errorf("encoding the answer: %w", err)
	}
	return ack{body: body}, nil
}

// private is an answer that only one person sees:
// https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
type private struct {
	Type     string          `json:"response_type"`
	Text     string          `json:"text"`
	Blocks   []slackgo.Block `json:"blocks"`
	Replaces *bool           `json:"replace_original,omitempty"`
}

// ephemeral draws a private answer; beside a message it must say that the message stays.
func (s *Surface) ephemeral(m bot.Message, beside bool) ([]byte, error) {
	blocks, cuts, err := Blocks(m, maxMessageBlocks)
	if err != nil {
		return nil, err
	}
	s.logCuts(cuts)
	answer := private{Type: "ephemeral", Text: fallback(m.Summary), Blocks: blocks}
	if beside {
		answer.Replaces = new(bool)
	}
	a, err := marshalled(answer)
	return a.body, err
}

func (s *Surface) logCuts(cuts []string) {
	if len(cuts) > 0 {
		s.log.LogAttrs(context.Background(), slog.LevelWarn, "texts were shortened to fit", slog.Any("which", cuts))
	}
}

// logUndrawable logs a dialog or message that Slack would refuse; the error names ids and limits only.
func (s *Surface) logUndrawable(ctx context.Context, in Incoming, err error) {
	s.log.LogAttrs(ctx, slog.LevelError, "reply cannot be drawn", slog.String("request", surface.RequestID(in.Request.Key)),
		slog.String("kind", surface.Label(in.Request.Kind)), slog.Any("error", err))
}

// logFailure logs a failed call of the Web API by its code: the error itself may hold an address.
func (s *Surface) logFailure(ctx context.Context, in Incoming, call string, err error) {
	s.log.LogAttrs(ctx, slog.LevelError, "call failed", slog.String("call", call), slog.String("code", refused(err).Code),
		slog.String("request", surface.RequestID(in.Request.Key)), slog.String("kind", surface.Label(in.Request.Kind)))
}
