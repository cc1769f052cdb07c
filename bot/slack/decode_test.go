package slack_test

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/slack"
)

func TestDecodeInteraction(t *testing.T) {
	anna := bot.Actor{Surface: "slack", ID: "U1", Name: "anna"}
	for name, c := range map[string]struct {
		file string
		want slack.Incoming
	}{
		"a sent dialog": {"view_submission.json", slack.Incoming{
			Request: bot.Request{
				Kind: bot.Submit, Key: "slack:submit:V1", Actor: anna, Name: "report", Subject: "draft_1",
				Values: bot.Values{
					"what": {"<!channel> <@U1> *x* &lt; åäö"}, "form": {"digital"}, "aspects": {"k", "r"},
					"system": {"sys_7", "Treserva"}, "when": {"2026-03-02T08:15:00Z"},
				},
				Files: []bot.File{{ID: "F1", Name: "bild.png", Type: "image/png", Size: 1234}, {ID: "F2", Name: "b.txt"}},
			},
			TriggerID: "9.8.c",
			View: slack.View{
				ID: "V1", Hash: "156.abc", Modal: true, Title: "Rapportera incident", Dialog: "report",
				Blocks: []string{"intro", "what", "form", "category", "aspects", "many", "system", "when", "files", "empty"},
				Inputs: []string{"what", "form", "category", "aspects", "many", "system", "when", "files", "empty"},
			},
		}},
		"a button in a message": {"block_actions_message.json", slack.Incoming{
			Request: bot.Request{
				Kind: bot.Press, Key: "slack:press:U2:1700000000.000100:1700000001.5",
				Actor: bot.Actor{Surface: "slack", ID: "U2", Name: "ciso"}, Name: "ack", Subject: "inc_2",
			},
			TriggerID: "7.7.a", ResponseURL: "https://hooks.slack.com/actions/T1/1/x", Channel: "C0TRIAGE", Pressed: "1700000001.5",
		}},
		"a button on the home page": {"block_actions_home.json", slack.Incoming{
			Request:   bot.Request{Kind: bot.Press, Key: "slack:press:U1:V9:5.5", Actor: anna, Name: "report"},
			TriggerID: "7.8.a", Pressed: "5.5",
			View: slack.View{ID: "V9", Hash: "1.h", Blocks: []string{"x"}},
		}},
		"a changed answer": {"block_actions_change.json", slack.Incoming{
			Request: bot.Request{
				Kind: bot.Change, Key: "slack:change:V1:6.6", Actor: anna, Name: "report", Subject: "draft_1", Field: "personal",
				Values: bot.Values{"personal": {"yes"}},
			},
			TriggerID: "7.9.a",
			Pressed:   "6.6",
			View: slack.View{
				ID: "V1", Hash: "156.abc", Modal: true, Title: "Rapportera", Dialog: "report",
				Blocks: []string{"personal"}, Inputs: []string{"personal"},
			},
		}},
		"a closed dialog with what was typed": {"view_closed.json", slack.Incoming{
			Request: bot.Request{
				Kind: bot.Cancel, Key: "slack:cancel:V1", Actor: anna, Name: "report", Subject: "draft_1",
				Values: bot.Values{"what": {"hej"}},
			},
			View: slack.View{ID: "V1", Hash: "h", Modal: true, Title: "Rapportera", Dialog: "report"},
		}},
		"a search": {"block_suggestion.json", slack.Incoming{
			Request: bot.Request{
				Kind: bot.Search, Key: "slack:search:V1:system:tres", Actor: anna, Name: "report", Subject: "draft_1",
				Field: "system", Text: "tres",
			},
			View: slack.View{ID: "V1", Hash: "h", Modal: true, Title: "Rapportera", Dialog: "report"},
		}},
		"a message to report, as it was seen": {"message_action.json", slack.Incoming{
			Request: bot.Request{
				Kind: bot.Shortcut, Key: "slack:shortcut:3.3.b", Actor: anna, Name: "report_message",
				Text: "Titta <här> Skatteverket (https://evil.example/x) https://ok.example @U7 #allmant @channel & a < b",
				Said: bot.Said{
					Ref:    bot.Ref{Surface: "slack", Channel: "C5", ID: "1.0"},
					Author: bot.Actor{Surface: "slack", ID: "U7"}, At: time.Unix(1, 0).UTC(),
				},
			},
			TriggerID: "3.3.b", ResponseURL: "https://hooks.slack.com/app/T1/2/y", Channel: "C5",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := slack.DecodeInteraction([]byte(fixture(t, c.file)))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(slack.Incoming{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeInteractionFails(t *testing.T) {
	for name, c := range map[string]struct {
		payload string
		want    error
	}{
		"nothing":                 {"", slack.ErrMalformed},
		"not JSON":                {"{", slack.ErrMalformed},
		"not an object":           {"[]", slack.ErrMalformed},
		"no user":                 {`{"type":"view_submission"}`, slack.ErrMalformed},
		"no type":                 {`{"user":{"id":"U1"}}`, slack.ErrMalformed},
		"no action":               {`{"type":"block_actions","user":{"id":"U1"},"actions":[]}`, slack.ErrMalformed},
		"a submission of no view": {`{"type":"view_submission","user":{"id":"U1"}}`, slack.ErrMalformed},
		"an unknown type":         {`{"type":"workflow_step_edit","user":{"id":"U1"}}`, slack.ErrNotUnderstood},
		"another shortcut":        {`{"type":"message_action","callback_id":"x","user":{"id":"U1"},"message":{}}`, slack.ErrNotUnderstood},
		"a menu in a message": {
			`{"type":"block_actions","user":{"id":"U1"},"actions":[{"type":"overflow","action_id":"x"}]}`, slack.ErrNotUnderstood,
		},
		"an unknown kind of answer": {
			strings.Replace(fixture(t, "view_submission.json"), `{"type":"plain_text_input","value":null}`,
				`{"type":"hologram_input","value":"x"}`, 1), slack.ErrNotUnderstood,
		},
		"an answer of another shape": {
			strings.Replace(fixture(t, "view_submission.json"), `"value":null`, `"value":{"deep":1}`, 1), slack.ErrNotUnderstood,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := slack.DecodeInteraction([]byte(c.payload)); !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
		})
	}
	t.Run("of a submission that is not understood, the dialog is known", func(t *testing.T) {
		payload := strings.Replace(fixture(t, "view_submission.json"), `"value":null`, `"value":[1]`, 1)
		in, err := slack.DecodeInteraction([]byte(payload))
		if !errors.Is(err, slack.ErrNotUnderstood) || len(in.View.Inputs) != 9 || in.Request.Kind != bot.Submit {
			t.Errorf("%+v %v", in, err)
		}
	})
}

func TestDecodeShortcutText(t *testing.T) {
	for name, c := range map[string]struct{ message, want string }{
		"text":        {`{"text":" hej "}`, "hej"},
		"an open end": {`{"text":"a < b &lt;c"}`, "a < b <c"},
		"a labelled mention and an e-mail address": {
			`{"text":"<@U1|anna> <mailto:a@b.se|a@b.se> <tel:112|112> <!subteam^S1|@it> <!date^1^{date}|igår> <http://b.se|b.se>"}`,
			"@anna a@b.se 112 @it igår b.se",
		},
		"the text of blocks when there is none": {
			`{"text":"","blocks":[{"type":"header","text":{"type":"plain_text","text":"Larm"}},
			{"type":"section","text":{"type":"mrkdwn","text":"a &lt; b"},"fields":[{"type":"mrkdwn","text":"<@U1>"}]},
			{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[
				{"type":"text","text":"ett "},{"type":"link","url":"https://x.se"},{"type":"text","text":" &lt;"}]}]}]}`,
			"Larm\na < b\n@U1\nett https://x.se &lt;",
		},
		"the attachments of another app": {`{"attachments":[{"text":"disk &gt; 90 %"},{"fallback":"två"}]}`, "disk > 90 %\ntvå"},
		"blocks of a shape nobody knows": {`{"blocks":{"type":7,"text":[1]}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := slack.DecodeInteraction([]byte(
				`{"type":"message_action","callback_id":"report_message","user":{"id":"U1"},"message":` + c.message + `}`))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, in.Request.Text); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeCommand(t *testing.T) {
	want := slack.Incoming{
		Request: bot.Request{
			Kind: bot.Command, Key: "slack:command:1.2.x", Actor: bot.Actor{Surface: "slack", ID: "U1", Name: "anna"}, Text: "status <nu>",
		},
		TriggerID: "1.2.x", ResponseURL: "https://hooks.slack.com/commands/1", Channel: "C1",
	}
	fields := map[string]string{
		"command": "/incident", "text": " status &lt;nu&gt; ", "user_id": "U1", "user_name": "anna", "channel_id": "C1",
		"response_url": "https://hooks.slack.com/commands/1", "trigger_id": "1.2.x",
	}
	form := url.Values{}
	for k, v := range fields {
		form.Set(k, v)
	}
	payload, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("over HTTP", func(t *testing.T) {
		got, err := slack.DecodeCommand(form)
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(slack.Incoming{})); err != nil || diff != "" {
			t.Error(err, diff)
		}
	})
	t.Run("over Socket Mode", func(t *testing.T) {
		got, err := slack.DecodeCommandJSON(payload)
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(slack.Incoming{})); err != nil || diff != "" {
			t.Error(err, diff)
		}
	})
	t.Run("without a user it is malformed", func(t *testing.T) {
		if _, err := slack.DecodeCommand(url.Values{"trigger_id": {"1"}}); !errors.Is(err, slack.ErrMalformed) {
			t.Error(err)
		}
	})
}

func TestDecodeEvent(t *testing.T) {
	t.Run("the home page is opened", func(t *testing.T) {
		in, _, err := slack.DecodeEvent([]byte(fixture(t, "app_home_opened.json")))
		want := bot.Request{Kind: bot.Home, Key: "slack:home:Ev1", Actor: bot.Actor{Surface: "slack", ID: "U1"}}
		if diff := cmp.Diff(want, in.Request); err != nil || diff != "" {
			t.Error(err, diff)
		}
	})
	t.Run("the address is verified", func(t *testing.T) {
		_, challenge, err := slack.DecodeEvent([]byte(`{"type":"url_verification","token":"x","challenge":"c1"}`))
		if err != nil || challenge != "c1" {
			t.Error(challenge, err)
		}
	})
	for name, c := range map[string]struct {
		payload string
		want    error
	}{
		"the messages tab is of no interest": {strings.Replace(fixture(t, "app_home_opened.json"), `"home"`, `"messages"`, 1), slack.ErrIgnored},
		"another event is of no interest":    {`{"type":"event_callback","event":{"type":"message","user":{"id":1}}}`, slack.ErrIgnored},
		"no type is malformed":               {`{}`, slack.ErrMalformed},
		"no JSON is malformed":               {`<`, slack.ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := slack.DecodeEvent([]byte(c.payload)); !errors.Is(err, c.want) {
				t.Error(err)
			}
		})
	}
}

// A button's id comes back as it was given, however often it occurs, and the ids drawn differ.
func TestButtonIDs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfN(rapid.StringMatching(`[a-b#1-2]{1,4}`), 1, 20).Draw(t, "ids")
		var row bot.Buttons
		for _, id := range ids {
			row = append(row, bot.Button{ID: id, Text: "x"})
		}
		blocks, _, err := slack.Blocks(bot.Message{Blocks: []bot.Block{row}}, 50)
		if err != nil {
			t.Fatal(err)
		}
		var drawn []struct {
			Elements []struct {
				ActionID string `json:"action_id"`
			}
		}
		if err := json.Unmarshal([]byte(encode(t, blocks)), &drawn); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for i, e := range drawn[0].Elements {
			if seen[e.ActionID] {
				t.Fatalf("%q occurs twice", e.ActionID)
			}
			seen[e.ActionID] = true
			in, err := slack.DecodeInteraction([]byte(`{"type":"block_actions","user":{"id":"U1"},"actions":[{"type":"button","action_id":` +
				encode(t, e.ActionID) + `}]}`))
			if err != nil || in.Request.Name != ids[i] {
				t.Fatalf("%q came back as %q (%v)", ids[i], in.Request.Name, err)
			}
		}
	})
}

func FuzzDecodeInteraction(f *testing.F) {
	for _, name := range []string{
		"view_submission.json", "block_actions_message.json", "block_actions_home.json", "block_actions_change.json",
		"view_closed.json", "block_suggestion.json", "message_action.json",
	} {
		f.Add([]byte(fixture(f, name)))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		in, err := slack.DecodeInteraction(payload)
		if err == nil && (in.Request.Actor.ID == "" || in.Request.Actor.Surface != "slack" || in.Request.Key == "") {
			t.Errorf("decoded without actor or key: %+v", in)
		}
	})
}

func FuzzDecodeEvent(f *testing.F) {
	f.Add([]byte(fixture(f, "app_home_opened.json")))
	f.Add([]byte(`{"type":"url_verification","challenge":"c"}`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		in, challenge, err := slack.DecodeEvent(payload)
		if err == nil && challenge == "" && in.Request.Actor.ID == "" && !strings.Contains(string(payload), "url_verification") {
			t.Errorf("decoded without actor: %+v", in)
		}
	})
}

func FuzzDecodeCommand(f *testing.F) {
	f.Add("user_id=U1&trigger_id=1&text=%3C%40U1%7Canna%3E+%26lt%3B")
	f.Fuzz(func(t *testing.T, body string) {
		form, err := url.ParseQuery(body)
		if err != nil {
			return
		}
		if in, err := slack.DecodeCommand(form); err == nil && in.Request.Actor.ID == "" {
			t.Errorf("decoded without actor: %+v", in)
		}
	})
}

func TestDecodeWhatIsToBeCaptured(t *testing.T) {
	for name, c := range map[string]struct {
		message string
		want    bot.Said
	}{
		"a person's": {`{"ts":"1764038000.000200","user":"U2","text":"Hej"}`, bot.Said{
			Ref: bot.Ref{Surface: "slack", Channel: "C1", ID: "1764038000.000200"}, Author: bot.Actor{Surface: "slack", ID: "U2"},
			At: time.Unix(1764038000, 0).UTC(),
		}},
		"an app's": {`{"ts":"1764038000.000200","username":"Larm","text":"Hej"}`, bot.Said{
			Ref: bot.Ref{Surface: "slack", Channel: "C1", ID: "1764038000.000200"}, Author: bot.Actor{Surface: "slack", Name: "Larm"},
			At: time.Unix(1764038000, 0).UTC(),
		}},
		"one without a time": {`{"ts":"nu","user":"U2","text":"Hej"}`, bot.Said{
			Ref: bot.Ref{Surface: "slack", Channel: "C1", ID: "nu"}, Author: bot.Actor{Surface: "slack", ID: "U2"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := slack.DecodeInteraction([]byte(`{"type":"message_action","callback_id":"capture_message","trigger_id":"1.2.3",` +
				`"user":{"id":"U1"},"channel":{"id":"C1"},"message":` + c.message + `}`))
			if err != nil {
				t.Fatal(err)
			}
			if in.Request.Name != bot.CaptureShortcut || in.Request.Kind != bot.Shortcut {
				t.Errorf("it came as %+v", in.Request)
			}
			if diff := cmp.Diff(c.want, in.Request.Said); diff != "" {
				t.Error(diff)
			}
		})
	}
}
