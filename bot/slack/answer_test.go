package slack_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/slack"
)

func asMap(t *testing.T, s string) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(s), &m); err != nil {
		t.Fatalf("%v in %q", err, s)
	}
	return m
}

var (
	dialog  = &bot.Dialog{ID: "report", Subject: "draft_1", Title: "Rapportera", Fields: []bot.Field{{ID: "what", Kind: bot.LongText, Label: "Vad hände?"}}}
	receipt = &bot.Message{Summary: "Tack", Blocks: []bot.Block{bot.Heading("Tack"), bot.Paragraph("INC-2026-0001")}}
)

func TestCommand(t *testing.T) {
	t.Run("a dialog is opened with the trigger", func(t *testing.T) {
		a := newAPI(t, nil)
		w := command(t, newSurface(t, a, replies(bot.Reply{Dialog: dialog})), "")
		calls := a.made()
		if w.Code != 200 || w.Body.Len() != 0 || len(calls) != 1 {
			t.Fatalf("%d %q %v", w.Code, w.Body, methods(calls))
		}
		c := calls[0]
		view := c.JSON["view"].(map[string]any)
		if c.Method != "views.open" || c.Token != botToken || c.JSON["trigger_id"] != "12.34.ab" || view["callback_id"] != "report" ||
			view["private_metadata"] != `{"s":"draft_1"}` {
			t.Errorf("%+v", c)
		}
	})
	t.Run("a message is answered in private", func(t *testing.T) {
		a := newAPI(t, nil)
		w := command(t, newSurface(t, a, replies(bot.Reply{Message: receipt})), "status")
		got := asMap(t, w.Body.String())
		if got["response_type"] != "ephemeral" || got["text"] != "Tack" || len(got["blocks"].([]any)) != 2 || len(a.made()) != 0 {
			t.Error(w.Body)
		}
	})
	t.Run("a handler that fails is told in private", func(t *testing.T) {
		s := newSurface(t, nil, handle(func(context.Context, bot.Request) (bot.Reply, error) { return bot.Reply{}, errors.New("down") }))
		if w := command(t, s, ""); w.Code != 200 || asMap(t, w.Body.String())["text"] != "«failed»" {
			t.Error(w.Code, w.Body)
		}
	})
	t.Run("a handler that panics is told in private", func(t *testing.T) {
		s := newSurface(t, nil, handle(func(context.Context, bot.Request) (bot.Reply, error) { panic("ouch") }))
		if w := command(t, s, ""); w.Code != 200 || asMap(t, w.Body.String())["text"] != "«failed»" {
			t.Error(w.Code, w.Body)
		}
	})
	t.Run("a reply that cannot be drawn is told in private", func(t *testing.T) {
		bad := bot.Message{Blocks: []bot.Block{bot.Buttons{{Text: "no id"}}}}
		if w := command(t, newSurface(t, nil, replies(bot.Reply{Message: &bad})), ""); asMap(t, w.Body.String())["text"] != "«failed»" {
			t.Error(w.Body)
		}
	})
}

func TestDialogThatCannotBeOpened(t *testing.T) {
	opened := refusal("expired_trigger_id")
	for name, c := range map[string]struct {
		open    []answer
		more    map[string][]answer
		channel string
		respond bool
		want    []string
	}{
		"a temporary failure is tried again": {open: []answer{{status: 503}, {body: `{"ok":true}`}}, want: []string{"views.open", "views.open"}},
		"so is an internal error of Slack's": {open: []answer{refusal("internal_error"), {body: `{"ok":true}`}}, want: []string{"views.open", "views.open"}},
		"a first try that was carried out after all": {
			open: []answer{{status: 503}, refusal("exchanged_trigger_id")}, want: []string{"views.open", "views.open"},
		},
		"an expired trigger is told at the response address": {
			open: []answer{opened}, respond: true, channel: "C1", want: []string{"views.open", "/hooks/1"},
		},
		"twice in vain is told": {
			open: []answer{{status: 500}}, respond: true, want: []string{"views.open", "views.open", "/hooks/1"},
		},
		"a rate limit is told at once": {
			open: []answer{{status: 429, header: http.Header{"Retry-After": {"30"}}}}, respond: true, want: []string{"views.open", "/hooks/1"},
		},
		"without the address, in the channel": {
			open: []answer{opened}, channel: "C1", want: []string{"views.open", "chat.postEphemeral"},
		},
		"the address gone, in the channel": {
			open: []answer{opened}, channel: "C1", respond: true, more: map[string][]answer{"/hooks/1": {{status: 404}}},
			want: []string{"views.open", "/hooks/1", "chat.postEphemeral"},
		},
		"not in the channel, by direct message": {
			open: []answer{opened}, channel: "C1",
			more: map[string][]answer{
				"chat.postEphemeral": {refusal("not_in_channel")},
			},
			want: []string{"views.open", "chat.postEphemeral", "chat.postMessage"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			answers := map[string][]answer{"views.open": c.open}
			for k, v := range c.more {
				answers[k] = v
			}
			a := newAPI(t, answers)
			more := []string{"channel_id", c.channel}
			if c.respond {
				more = append(more, "response_url", a.URL+"/hooks/1")
			}
			if w := command(t, newSurface(t, a, replies(bot.Reply{Dialog: dialog})), "", more...); w.Code != 200 {
				t.Error(w.Code)
			}
			calls := a.made()
			if diff := cmp.Diff(c.want, methods(calls)); diff != "" {
				t.Fatal(diff)
			}
			if last := calls[len(calls)-1]; last.Method != "views.open" && !strings.Contains(encode(t, last), "«dialog_failed»") {
				t.Errorf("told %+v", last)
			}
		})
	}
	t.Run("an address that is not Slack's gets nothing", func(t *testing.T) {
		elsewhere := newAPI(t, nil)
		a := newAPI(t, map[string][]answer{"views.open": {opened}})
		command(t, newSurface(t, a, replies(bot.Reply{Dialog: dialog})), "", "response_url", elsewhere.URL+"/hooks/1")
		if calls := elsewhere.made(); len(calls) != 0 {
			t.Error(calls)
		}
		if diff := cmp.Diff([]string{"views.open", "chat.postEphemeral"}, methods(a.made())); diff != "" {
			t.Error(diff)
		}
	})
}

func TestSubmit(t *testing.T) {
	submit := fixture(t, "view_submission.json")
	for name, c := range map[string]struct {
		handler handle
		payload string
		want    map[string]any
	}{
		"errors stand at their fields, in the view or at the first": {
			replies(bot.Reply{Errors: map[string]string{"what": "För kort", "gone": "Saknas", "form": "Välj"}}), submit,
			map[string]any{"response_action": "errors", "errors": map[string]any{"what": "Saknas\nFör kort", "form": "Välj"}},
		},
		"nothing to say closes the dialog": {replies(bot.Reply{}), submit, map[string]any{"response_action": "clear"}},
		"a handler that fails leaves the dialog as it is": {
			func(context.Context, bot.Request) (bot.Reply, error) { return bot.Reply{}, errors.New("down") }, submit,
			map[string]any{"response_action": "errors", "errors": map[string]any{"what": "«not_saved»"}},
		},
		"what is not understood leaves the dialog as it is": {
			replies(bot.Reply{}), strings.Replace(submit, `"value":null`, `"value":[1]`, 1),
			map[string]any{"response_action": "errors", "errors": map[string]any{"what": "«try_again»"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := interact(t, newSurface(t, nil, c.handler), c.payload)
			if diff := cmp.Diff(c.want, asMap(t, w.Body.String())); w.Code != 200 || diff != "" {
				t.Error(w.Code, diff)
			}
		})
	}
	t.Run("the dialog turns into the message", func(t *testing.T) {
		w := interact(t, newSurface(t, nil, replies(bot.Reply{Message: receipt})), submit)
		golden(t, "submit_message", asMap(t, w.Body.String()))
	})
	t.Run("errors with no field to stand at are shown in the dialog", func(t *testing.T) {
		payload := strings.ReplaceAll(submit, `"type":"input"`, `"type":"section"`)
		w := interact(t, newSurface(t, nil, replies(bot.Reply{Errors: map[string]string{"what": "För kort"}})), payload)
		if got := asMap(t, w.Body.String()); got["response_action"] != "update" || !strings.Contains(w.Body.String(), "För kort") {
			t.Error(w.Body)
		}
	})
	t.Run("the same dialog sent twice has the same key", func(t *testing.T) {
		var keys []string
		s := newSurface(t, nil, handle(func(_ context.Context, r bot.Request) (bot.Reply, error) {
			keys = append(keys, r.Key)
			return bot.Reply{}, nil
		}))
		interact(t, s, submit)
		interact(t, s, strings.Replace(submit, "156.abc", "157.def", 1))
		if len(keys) != 2 || keys[0] != keys[1] {
			t.Error(keys)
		}
	})
}

// A handler that is too slow is not waited for; what it saves late is found by its key when the person tries again.
func TestSlowHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		granted := make(chan time.Duration, 1)
		s := newSurface(t, nil, handle(func(ctx context.Context, _ bot.Request) (bot.Reply, error) {
			at, _ := ctx.Deadline()
			granted <- time.Until(at)
			time.Sleep(10 * time.Second)
			return bot.Reply{}, nil
		}), func(o *slack.Options) { o.Clock = time.Now })
		began := time.Now()
		body := "payload=" + escape(fixture(t, "view_submission.json"))
		w := send(s, sign("/slack/interactions", form, body, time.Now(), secret))
		want := map[string]any{"response_action": "errors", "errors": map[string]any{"what": "«not_saved»"}}
		if diff := cmp.Diff(want, asMap(t, w.Body.String())); diff != "" {
			t.Error(diff)
		}
		if took, deadline := time.Since(began), <-granted; took != 2500*time.Millisecond || deadline != 2200*time.Millisecond {
			t.Errorf("answered after %s, the handler had %s", took, deadline)
		}
		if err := s.Drain(context.Background()); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took != 10*time.Second {
			t.Errorf("drained after %s, while the handler was at work", took)
		}
	})
}

func TestChange(t *testing.T) {
	conditional := *dialog
	conditional.Fields = []bot.Field{
		{ID: "personal", Kind: bot.Choice, Label: "Personuppgifter?", Options: []bot.Option{{Value: "yes", Label: "Ja"}}},
		{ID: "how_many", Kind: bot.Text, Label: "Hur många?", ShowIf: &bot.Condition{Field: "personal", OneOf: []string{"yes"}}},
	}
	echo := handle(func(_ context.Context, r bot.Request) (bot.Reply, error) {
		d := conditional
		d.Values = r.Values
		return bot.Reply{Dialog: &d}, nil
	})
	change := fixture(t, "block_actions_change.json")
	t.Run("a field that comes is drawn, on the view as it was", func(t *testing.T) {
		a := newAPI(t, nil)
		if w := interact(t, newSurface(t, a, echo), change); w.Code != 200 || w.Body.Len() != 0 {
			t.Error(w.Code, w.Body)
		}
		calls := a.made()
		if len(calls) != 1 || calls[0].Method != "views.update" || calls[0].JSON["hash"] != "156.abc" || calls[0].JSON["view_id"] != "V1" {
			t.Fatalf("%+v", calls)
		}
	})
	t.Run("nothing is drawn when the fields are the same", func(t *testing.T) {
		a := newAPI(t, nil)
		interact(t, newSurface(t, a, echo), strings.ReplaceAll(change, `"yes"`, `"no"`))
		if calls := a.made(); len(calls) != 0 {
			t.Error(methods(calls))
		}
	})
	t.Run("a newer change on its way is left to draw", func(t *testing.T) {
		a := newAPI(t, map[string][]answer{"views.update": {refusal("hash_conflict")}})
		var log bytes.Buffer
		interact(t, newSurface(t, a, echo, func(o *slack.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) }), change)
		if diff := cmp.Diff([]string{"views.update"}, methods(a.made())); diff != "" || log.Len() > 0 {
			t.Error(diff, log.String())
		}
	})
}

func TestPress(t *testing.T) {
	inMessage := fixture(t, "block_actions_message.json")
	onHome := fixture(t, "block_actions_home.json")
	inDialog := strings.Replace(onHome, `"home"`, `"modal"`, 1)
	for name, c := range map[string]struct {
		payload string
		reply   bot.Reply
		answers map[string][]answer
		want    []string
	}{
		"a dialog from a message":               {inMessage, bot.Reply{Dialog: dialog}, nil, []string{"views.open"}},
		"a message from a message":              {inMessage, bot.Reply{Message: receipt}, nil, []string{"/hooks/1"}},
		"nothing":                               {inMessage, bot.Reply{}, nil, nil},
		"a dialog from the home page":           {onHome, bot.Reply{Dialog: dialog}, nil, []string{"views.open"}},
		"a message from the home page":          {onHome, bot.Reply{Message: receipt}, nil, []string{"views.open"}},
		"a dialog from a dialog":                {inDialog, bot.Reply{Dialog: dialog}, nil, []string{"views.push"}},
		"a message from a dialog":               {inDialog, bot.Reply{Message: receipt}, nil, []string{"views.update"}},
		"a dialog from three dialogs":           {inDialog, bot.Reply{Dialog: dialog}, map[string][]answer{"views.push": {refusal("push_limit_reached")}}, []string{"views.push", "views.update"}},
		"a dialog answered with itself":         {strings.Replace(inDialog, `"callback_id":""`, `"callback_id":"report"`, 1), bot.Reply{Dialog: dialog}, nil, []string{"views.update"}},
		"a dialog that cannot be drawn is told": {inMessage, bot.Reply{Dialog: &bot.Dialog{Fields: []bot.Field{{}}}}, nil, []string{"/hooks/1"}},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAPI(t, c.answers)
			payload := strings.Replace(c.payload, "https://hooks.slack.com/actions/T1/1/x", a.URL+"/hooks/1", 1)
			if w := interact(t, newSurface(t, a, replies(c.reply)), payload); w.Code != 200 || w.Body.Len() != 0 {
				t.Error(w.Code, w.Body)
			}
			calls := a.made()
			if diff := cmp.Diff(c.want, methods(calls)); diff != "" {
				t.Fatal(diff)
			}
			for _, call := range calls {
				if call.Method == "/hooks/1" && (call.JSON["response_type"] != "ephemeral" || call.JSON["replace_original"] != false) {
					t.Errorf("%+v", call)
				}
			}
		})
	}
	t.Run("a handler that fails is told in private", func(t *testing.T) {
		a := newAPI(t, nil)
		s := newSurface(t, a, handle(func(context.Context, bot.Request) (bot.Reply, error) { return bot.Reply{}, errors.New("down") }))
		interact(t, s, strings.Replace(inMessage, "https://hooks.slack.com/actions/T1/1/x", a.URL+"/hooks/1", 1))
		if calls := a.made(); len(calls) != 1 || calls[0].JSON["text"] != "«failed»" {
			t.Errorf("%+v", calls)
		}
	})
}

func TestSearch(t *testing.T) {
	search := fixture(t, "block_suggestion.json")
	t.Run("what fits is answered", func(t *testing.T) {
		s := newSurface(t, nil, replies(bot.Reply{Options: []bot.Option{{Value: "sys_7", Label: "Treserva", Help: "Journaler"}}}))
		want := map[string]any{"options": []any{map[string]any{
			"value": "sys_7", "text": map[string]any{"type": "plain_text", "text": "Treserva", "emoji": false},
			"description": map[string]any{"type": "plain_text", "text": "Journaler", "emoji": false},
		}}}
		if diff := cmp.Diff(want, asMap(t, interact(t, s, search).Body.String())); diff != "" {
			t.Error(diff)
		}
	})
	for name, h := range map[string]handle{
		"nothing that fits is an empty list": replies(bot.Reply{}),
		"so is a failure":                    func(context.Context, bot.Request) (bot.Reply, error) { return bot.Reply{}, errors.New("down") },
		"so is what cannot be drawn":         replies(bot.Reply{Options: []bot.Option{{Label: "no value"}}}),
	} {
		t.Run(name, func(t *testing.T) {
			if got := interact(t, newSurface(t, nil, h), search).Body.String(); got != `{"options":[]}` {
				t.Error(got)
			}
		})
	}
	t.Run("a hundred at most", func(t *testing.T) {
		got := asMap(t, interact(t, newSurface(t, nil, replies(bot.Reply{Options: options(150)})), search).Body.String())
		if n := len(got["options"].([]any)); n != 100 {
			t.Error(n)
		}
	})
}

func TestHome(t *testing.T) {
	a := newAPI(t, nil)
	s := newSurface(t, a, replies(bot.Reply{Message: receipt}))
	w := send(s, sign("/slack/events", "application/json", fixture(t, "app_home_opened.json"), noon, secret))
	drain(t, s)
	calls := a.made()
	if w.Code != 200 || len(calls) != 1 || calls[0].Method != "views.publish" || calls[0].JSON["user_id"] != "U1" {
		t.Fatalf("%d %+v", w.Code, calls)
	}
	if view := calls[0].JSON["view"].(map[string]any); view["type"] != "home" || len(view["blocks"].([]any)) != 2 {
		t.Error(view)
	}
}

func TestCancel(t *testing.T) {
	var got bot.Request
	s := newSurface(t, nil, handle(func(_ context.Context, r bot.Request) (bot.Reply, error) {
		got = r
		return bot.Reply{}, errors.New("down")
	}))
	if w := interact(t, s, fixture(t, "view_closed.json")); w.Code != 200 || w.Body.Len() != 0 {
		t.Error(w.Code, w.Body)
	}
	if got.Kind != bot.Cancel || got.Values.Get("what") != "hej" || !got.At.Equal(noon) {
		t.Errorf("%+v", got)
	}
}
