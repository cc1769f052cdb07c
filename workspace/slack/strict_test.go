package slack_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tyreso.se/incidentbot/workspace/slack"
)

// decoded is a value as the checks get it: decoded from JSON with numbers as written.
func decoded(t testing.TB, v any) any {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.UseNumber()
	var back any
	if err := d.Decode(&back); err != nil {
		t.Fatal(err)
	}
	return back
}

func x(n int) string { return strings.Repeat("å", n) }

func repeat(n int, one func(i int) object) []object {
	all := make([]object, n)
	for i := range all {
		all[i] = one(i)
	}
	return all
}

func choices(n int) []object {
	return repeat(n, func(i int) object { return opt(fmt.Sprint(i), fmt.Sprint(i)) })
}

func button(more object) object {
	b := object{"type": "button", "action_id": "a", "text": plainText("OK")}
	for k, v := range more {
		b[k] = v
	}
	return b
}

func row(elements ...object) object { return object{"type": "actions", "elements": elements} }

func section(s string) object { return object{"type": "section", "text": markdown(s)} }

func rich(pieces ...object) object {
	return object{"type": "rich_text", "elements": []object{{"type": "rich_text_section", "elements": pieces}}}
}

func textInput(more object) object {
	e := object{"type": "plain_text_input", "action_id": "v"}
	for k, v := range more {
		e[k] = v
	}
	return e
}

func TestMessageBlocksAreHeldToTheDocumentedLimits(t *testing.T) {
	radio := func(n int) object {
		return row(object{"type": "radio_buttons", "action_id": "r", "options": choices(n)})
	}
	menu := func(n int) object {
		return row(object{"type": "static_select", "action_id": "s", "options": choices(n), "placeholder": plainText("Välj")})
	}
	confirm := func(title int) object {
		return row(
			button(
				object{
					"confirm": object{
						"title": plainText(x(title)), "text": plainText("a"), "confirm": plainText("b"), "deny": plainText("c"),
					},
				},
			),
		)
	}
	for name, c := range map[string]struct {
		good, bad []object
		says      string
	}{
		"number of blocks": {
			repeat(50, func(int) object { return section("a") }), repeat(51, func(int) object { return section("a") }),
			"no more than 50 items",
		},
		"section text": {[]object{section(x(3000))}, []object{section(x(3001))}, "less than 3001 characters"},
		"empty text":   {[]object{section("a")}, []object{section("")}, "more than 0 characters"},
		"header": {
			[]object{{"type": "header", "text": plainText(x(150))}}, []object{{"type": "header", "text": plainText(x(151))}},
			"less than 151",
		},
		"header is plain": {
			[]object{{"type": "header", "text": plainText("a")}}, []object{{"type": "header", "text": markdown("a")}},
			"must be a plain_text object",
		},
		"fields": {
			[]object{{"type": "section", "fields": repeat(10, func(int) object { return markdown("a") })}},
			[]object{{"type": "section", "fields": repeat(11, func(int) object { return markdown("a") })}}, "no more than 10",
		},
		"field text": {
			[]object{{"type": "section", "fields": []object{markdown(x(2000))}}},
			[]object{{"type": "section", "fields": []object{markdown(x(2001))}}}, "less than 2001",
		},
		"context elements": {
			[]object{{"type": "context", "elements": repeat(10, func(int) object { return markdown("a") })}},
			[]object{{"type": "context", "elements": repeat(11, func(int) object { return markdown("a") })}}, "no more than 10",
		},
		"actions elements": {
			[]object{row(repeat(25, func(i int) object { return button(object{"action_id": fmt.Sprint(i)}) })...)},
			[]object{row(repeat(26, func(i int) object { return button(object{"action_id": fmt.Sprint(i)}) })...)},
			"no more than 25",
		},
		"button text": {
			[]object{row(button(object{"text": plainText(x(75))}))}, []object{row(button(object{"text": plainText(x(76))}))},
			"less than 76",
		},
		"button value": {
			[]object{row(button(object{"value": x(2000)}))}, []object{row(button(object{"value": x(2001)}))}, "less than 2001",
		},
		"button style": {
			[]object{row(button(object{"style": "danger"}))}, []object{row(button(object{"style": "warning"}))},
			"must be one of: primary, danger",
		},
		"action ids differ": {
			[]object{row(button(nil), button(object{"action_id": "b"}))}, []object{row(button(nil), button(nil))}, "`action_id` already exists",
		},
		"block ids differ": {
			[]object{{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "b"}},
			[]object{{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}}, "`block_id` already exists",
		},
		"block id": {
			[]object{{"type": "divider", "block_id": x(255)}}, []object{{"type": "divider", "block_id": x(256)}},
			"less than 256",
		},
		"radio options": {[]object{radio(10)}, []object{radio(11)}, "no more than 10"},
		"menu options":  {[]object{menu(100)}, []object{menu(101)}, "no more than 100"},
		"option text": {
			[]object{row(object{"type": "overflow", "options": []object{opt("a", x(75))}})},
			[]object{row(object{"type": "overflow", "options": []object{opt("a", x(76))}})}, "less than 76",
		},
		"option value": {
			[]object{row(object{"type": "overflow", "options": []object{opt(x(150), "a")}})},
			[]object{row(object{"type": "overflow", "options": []object{opt(x(151), "a")}})}, "less than 151",
		},
		"option values differ": {
			[]object{menu(2)},
			[]object{row(object{"type": "static_select", "options": []object{opt("a", "1"), opt("a", "2")}})},
			"duplicate value",
		},
		"overflow options": {
			[]object{row(object{"type": "overflow", "options": choices(5)})},
			[]object{row(object{"type": "overflow", "options": choices(6)})}, "no more than 5",
		},
		"initial option": {
			[]object{row(object{"type": "static_select", "options": choices(2), "initial_option": opt("1", "1")})},
			[]object{row(object{"type": "static_select", "options": choices(2), "initial_option": opt("1", "ett")})},
			"initial option must exactly match",
		},
		"confirm title": {[]object{confirm(100)}, []object{confirm(101)}, "less than 101"},
		"unknown block": {[]object{{"type": "divider"}}, []object{{"type": "banner"}}, "unsupported type: banner"},
		"unknown field": {
			[]object{{"type": "divider"}}, []object{{"type": "divider", "colour": "red"}}, "additional property: colour",
		},
		"missing field": {
			[]object{row(button(nil))}, []object{row(object{"type": "button", "action_id": "a"})},
			"missing required field: text",
		},
		"file input": {
			[]object{input("a", textInput(nil))}, []object{input("a", object{"type": "file_input"})},
			"unsupported type: file_input",
		},
		"time picker in place": {
			[]object{row(object{"type": "datetimepicker"})},
			[]object{{"type": "section", "text": markdown("a"), "accessory": object{"type": "datetimepicker"}}},
			"unsupported type: datetimepicker",
		},
		"ten-digit time": {
			[]object{row(object{"type": "datetimepicker", "initial_date_time": 1786354200})},
			[]object{row(object{"type": "datetimepicker", "initial_date_time": 1786354200000})}, "must be a whole number",
		},
		"rich text": {
			[]object{rich(object{"type": "text", "text": "a", "style": object{"bold": true}})},
			[]object{rich(object{"type": "text", "text": ""})}, "more than 0 characters",
		},
		"rich text style": {
			[]object{rich(object{"type": "text", "text": "a", "style": object{"code": true}})},
			[]object{rich(object{"type": "text", "text": "a", "style": object{"big": true}})}, "additional property: big",
		},
		"verbatim on mrkdwn": {
			[]object{{"type": "section", "text": object{"type": "mrkdwn", "text": "a", "verbatim": true}}},
			[]object{{"type": "section", "text": object{"type": "plain_text", "text": "a", "verbatim": true}}},
			"additional property: verbatim",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if wrong := slack.CheckMessage(decoded(t, c.good).([]any)); len(wrong) > 0 {
				t.Errorf("the good one is refused: %q", wrong)
			}
			if wrong := strings.Join(slack.CheckMessage(decoded(t, c.bad).([]any)), "\n"); !strings.Contains(wrong, c.says) {
				t.Errorf("the bad one is told %q, want it to hold %q", wrong, c.says)
			}
		})
	}
}

func TestViewsAreHeldToTheDocumentedLimits(t *testing.T) {
	with := func(key string, value any) object {
		v := modal(input("a", textInput(nil)))
		v[key] = value
		return v
	}
	asks := func(e object, more ...object) object { return modal(input("a", e, more...)) }
	withoutSubmit := modal(input("a", textInput(nil)))
	delete(withoutSubmit, "submit")
	home := object{"type": "home", "blocks": []object{section("a")}}
	for name, c := range map[string]struct {
		good, bad object
		says      string
	}{
		"title":            {with("title", plainText(x(24))), with("title", plainText(x(25))), "less than 25"},
		"submit":           {with("submit", plainText(x(24))), with("submit", plainText(x(25))), "less than 25"},
		"close":            {with("close", plainText(x(24))), with("close", plainText(x(25))), "less than 25"},
		"private metadata": {with("private_metadata", x(3000)), with("private_metadata", x(3001)), "less than 3001"},
		"callback id":      {with("callback_id", x(255)), with("callback_id", x(256)), "less than 256"},
		"external id":      {with("external_id", x(255)), with("external_id", x(256)), "less than 256"},
		"number of blocks": {
			modal(repeat(100, func(int) object { return section("a") })...),
			modal(repeat(101, func(int) object { return section("a") })...), "no more than 100",
		},
		"submit with input": {asks(textInput(nil)), withoutSubmit, "missing required field: submit"},
		"label": {
			modal(input("a", textInput(nil), object{"label": plainText(x(2000))})),
			modal(input("a", textInput(nil), object{"label": plainText(x(2001))})), "less than 2001",
		},
		"hint": {
			asks(textInput(nil), object{"hint": plainText(x(2000))}), asks(textInput(nil), object{"hint": plainText(x(2001))}),
			"less than 2001",
		},
		"placeholder": {
			asks(textInput(object{"placeholder": plainText(x(150))})),
			asks(textInput(object{"placeholder": plainText(x(151))})), "less than 151",
		},
		"max length": {
			asks(textInput(object{"max_length": 3000})), asks(textInput(object{"max_length": 3001})),
			"whole number from 1 to 3000",
		},
		"min above max": {
			asks(textInput(object{"min_length": 5, "max_length": 5})),
			asks(textInput(object{"min_length": 6, "max_length": 5})), "must not exceed max_length",
		},
		"checkboxes": {
			asks(object{"type": "checkboxes", "options": choices(10)}),
			asks(object{"type": "checkboxes", "options": choices(11)}), "no more than 10",
		},
		"files": {
			asks(object{"type": "file_input", "max_files": 10}), asks(object{"type": "file_input", "max_files": 11}),
			"whole number from 1 to 10",
		},
		"files and dispatch": {
			asks(object{"type": "file_input"}), asks(object{"type": "file_input"}, object{"dispatch_action": true}),
			"unsupported for file_input",
		},
		"button is no input": {asks(textInput(nil)), asks(button(nil)), "unsupported type: button"},
		"one focus": {
			asks(textInput(object{"focus_on_load": true})),
			modal(input("a", textInput(object{"focus_on_load": true})), input("b", textInput(object{"focus_on_load": true}))),
			"only one element",
		},
		"home has no title": {
			home, object{"type": "home", "blocks": []object{section("a")}, "title": plainText("a")},
			"additional property: title",
		},
		"home has no file input": {
			home, object{"type": "home", "blocks": []object{input("a", object{"type": "file_input"})}},
			"unsupported type: file_input",
		},
		"kind": {home, object{"type": "dialog", "blocks": []object{}}, "must be one of: modal, home"},
	} {
		t.Run(name, func(t *testing.T) {
			if wrong := slack.CheckView(decoded(t, c.good).(object)); len(wrong) > 0 {
				t.Errorf("the good one is refused: %q", wrong)
			}
			if wrong := strings.Join(slack.CheckView(decoded(t, c.bad).(object)), "\n"); !strings.Contains(wrong, c.says) {
				t.Errorf("the bad one is told %q, want it to hold %q", wrong, c.says)
			}
		})
	}
}

func TestMentionsFireAsOnThePlatform(t *testing.T) {
	for name, c := range map[string]struct {
		body  object
		fires bool
	}{
		"channel in text": {object{"text": "hej <!channel>"}, true},
		"user in text":    {object{"text": "hej <@U0ANNA>"}, true},
		"group in mrkdwn": {object{"text": "a", "blocks": []object{section("<!subteam^S1|alla>")}}, true},
		"field": {
			object{"text": "a", "blocks": []object{{"type": "section", "fields": []object{markdown("<!here>")}}}}, true,
		},
		"user element": {
			object{"text": "a", "blocks": []object{rich(object{"type": "user", "user_id": anna})}}, true,
		},
		"broadcast element": {
			object{"text": "a", "blocks": []object{rich(object{"type": "broadcast", "range": "here"})}}, true,
		},
		"name with link_names":         {object{"text": "hej @here", "link_names": true}, true},
		"name in mrkdwn, not verbatim": {object{"text": "a", "blocks": []object{section("hej @channel")}}, true},
		"name in mrkdwn, verbatim": {
			object{
				"text":   "a",
				"blocks": []object{{"type": "section", "text": object{"type": "mrkdwn", "text": "hej @channel", "verbatim": true}}},
			},
			false,
		},
		"escaped": {object{"text": "&lt;!channel&gt; &lt;@U0ANNA&gt;"}, false},
		"plain text": {
			object{"text": "a", "blocks": []object{{"type": "header", "text": plainText("<!channel> @here")}}}, false,
		},
		"text in rich text": {
			object{"text": "a", "blocks": []object{rich(object{"type": "text", "text": "<!channel> <@U0ANNA>"})}}, false,
		},
		"link":                          {object{"text": "<https://example.org|här>"}, false},
		"name in text, names not asked": {object{"text": "hej @here"}, false},
		"text that is not mrkdwn":       {object{"text": "<!channel>", "mrkdwn": false}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, slack.Options{})
			c.body["channel"] = general
			if answer := s.api("chat.postMessage", c.body); answer["ok"] != true {
				t.Fatalf("refused: %v", answer)
			}
			if fired := s.Messages(general)[0].Fired; (len(fired) > 0) != c.fires {
				t.Errorf("fired %q, want any: %v", fired, c.fires)
			}
		})
	}
}

// Escaped as the platform asks for, no text whatever fires.
func TestEscapedTextNeverFires(t *testing.T) {
	s := newServer(t, slack.Options{NoRateLimits: true})
	rapid.Check(t, func(r *rapid.T) {
		pieces := []string{"<", ">", "!", "@", "channel", "here", "U0ANNA", "&", "|", "lt;", "<!channel>", "<@U0ANNA>", " ", "å"}
		words := rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 12).Draw(r, "words")
		escaped := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(strings.Join(words, ""))
		block := object{"type": "section", "text": object{"type": "mrkdwn", "text": escaped, "verbatim": true}}
		if answer := s.api("chat.postMessage", object{"channel": general, "text": "a" + escaped, "blocks": []object{block}}); answer["ok"] != true {
			r.Fatalf("refused: %v", answer)
		}
		all := s.Messages(general)
		if fired := all[len(all)-1].Fired; len(fired) > 0 {
			r.Fatalf("%q fired %q", escaped, fired)
		}
	})
}

// Whatever JSON an app sends, the checks answer instead of falling over.
func FuzzCheckView(f *testing.F) {
	seed, err := json.Marshal(modal(input("a", textInput(nil)), row(button(nil)), rich(object{"type": "text", "text": "a"})))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(seed))
	f.Add(`{"type":"modal","blocks":[{"type":"input","element":{"type":"radio_buttons","options":[null,1]}}]}`)
	f.Fuzz(func(_ *testing.T, body string) {
		d := json.NewDecoder(strings.NewReader(body))
		d.UseNumber()
		var v any
		if d.Decode(&v) != nil {
			return
		}
		if o, isObject := v.(object); isObject {
			slack.CheckView(o)
			blocks, _ := o["blocks"].([]any)
			slack.CheckMessage(blocks)
		}
	})
}
