package discord_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tyreso.se/incidentbot/workspace/discord"
)

// at returns the codes of what is wrong at a path of an error answer.
func (r reply) at(path string) []string {
	node, _ := r.body["errors"].(object)
	for _, key := range strings.Split(path, "/") {
		if key != "" {
			node, _ = node[key].(object)
		}
	}
	var codes []string
	list, _ := node["_errors"].([]any)
	for _, e := range list {
		codes = append(codes, fmt.Sprint(e.(object)["code"]))
	}
	return codes
}

// wantForm checks that an answer is a 50035 with a code at a path.
func wantForm(t *testing.T, r reply, path, code string) {
	t.Helper()
	if r.status != http.StatusBadRequest || r.code() != 50035 || !slices.Contains(r.at(path), code) {
		t.Errorf("answer %d %s, want 50035 with %s at %q", r.status, r.raw, code, path)
	}
}

// message is a message with something changed.
func message(more object) object {
	m := silent(object{"content": "Hej"})
	for k, v := range more {
		m[k] = v
	}
	return m
}

func components(list ...object) object { return message(object{"components": list}) }
func embed(more object) object         { return message(object{"embeds": []object{more}}) }

func v2(list ...object) object {
	return silent(object{"flags": 1 << 15, "components": list})
}

func display(words string) object { return object{"type": 10, "content": words} }

func changed(o object, more object) object {
	for k, v := range more {
		if v == nil {
			delete(o, k)
		} else {
			o[k] = v
		}
	}
	return o
}

func repeat(n int, each func(i int) object) []object {
	all := []object{}
	for i := range n {
		all = append(all, each(i))
	}
	return all
}

func TestMessagesThatTheDocumentationForbidsAreRefused(t *testing.T) {
	first := "components/0/components/0"
	for name, c := range map[string]struct {
		body       any
		path, code string
	}{
		"content":                   {message(object{"content": x(2001)}), "content", "BASE_TYPE_MAX_LENGTH"},
		"content of another type":   {message(object{"content": 1}), "content", "STRING_TYPE_CONVERT"},
		"nonce":                     {message(object{"nonce": x(26)}), "nonce", "BASE_TYPE_MAX_LENGTH"},
		"ephemeral in a channel":    {message(object{"flags": 64}), "flags", "MESSAGE_FLAGS_INVALID"},
		"eleven embeds":             {message(object{"embeds": repeat(11, func(int) object { return object{"title": "a"} })}), "embeds", "BASE_TYPE_MAX_LENGTH"},
		"embed title":               {embed(object{"title": x(257)}), "embeds/0/title", "BASE_TYPE_MAX_LENGTH"},
		"embed description":         {embed(object{"description": x(4097)}), "embeds/0/description", "BASE_TYPE_MAX_LENGTH"},
		"embed footer":              {embed(object{"footer": object{"text": x(2049)}}), "embeds/0/footer/text", "BASE_TYPE_BAD_LENGTH"},
		"embed author":              {embed(object{"author": object{"name": x(257)}}), "embeds/0/author/name", "BASE_TYPE_BAD_LENGTH"},
		"embed fields":              {embed(object{"fields": repeat(26, func(int) object { return object{"name": "a", "value": "b"} })}), "embeds/0/fields", "BASE_TYPE_MAX_LENGTH"},
		"embed field name":          {embed(object{"fields": []object{{"name": x(257), "value": "b"}}}), "embeds/0/fields/0/name", "BASE_TYPE_BAD_LENGTH"},
		"embed field value":         {embed(object{"fields": []object{{"name": "a", "value": x(1025)}}}), "embeds/0/fields/0/value", "BASE_TYPE_BAD_LENGTH"},
		"embed field without value": {embed(object{"fields": []object{{"name": "a", "value": " "}}}), "embeds/0/fields/0/value", "BASE_TYPE_REQUIRED"},
		"embed colour":              {embed(object{"title": "a", "color": 0x1000000}), "embeds/0/color", "NUMBER_TYPE_MAX"},
		"embed time":                {embed(object{"title": "a", "timestamp": "i går"}), "embeds/0/timestamp", "DATE_TIME_TYPE_PARSE"},
		"embed address":             {embed(object{"title": "a", "url": "ftp://example.org"}), "embeds/0/url", "URL_TYPE_INVALID_URL"},
		"embed of nothing":          {embed(object{"color": 1}), "embeds/0/description", "BASE_TYPE_REQUIRED"},
		"embeds in all": {
			message(object{"embeds": repeat(2, func(int) object { return object{"description": x(3001)} })}), "embeds", "MAX_EMBED_SIZE_EXCEEDED",
		},
		"six rows":                 {components(repeat(6, func(i int) object { return row(button(fmt.Sprint(i))) })...), "components", "BASE_TYPE_MAX_LENGTH"},
		"six buttons":              {components(row(repeat(6, func(i int) object { return button(fmt.Sprint(i)) })...)), "components/0/components", "BASE_TYPE_BAD_LENGTH"},
		"an empty row":             {components(row()), "components/0/components", "BASE_TYPE_BAD_LENGTH"},
		"a button beside rows":     {components(button("a")), "components/0/type", "UNION_TYPE_CHOICES"},
		"an unknown type":          {components(object{"type": 99}), "components/0/type", "UNION_TYPE_CHOICES"},
		"a text input":             {components(row(textInput("a", nil))), first + "/type", "UNION_TYPE_CHOICES"},
		"a select and a button":    {components(row(selectMenu("a", 1), button("b"))), "components/0/components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED"},
		"the same custom id twice": {components(row(button("a"), button("a"))), "components/0/components/1/custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED"},
		"the same id twice":        {components(row(changed(button("a"), object{"id": 7}), changed(button("b"), object{"id": 7}))), "components/0/components/1/id", "COMPONENT_ID_DUPLICATED"},
		"no custom id":             {components(row(button(""))), first + "/custom_id", "BASE_TYPE_REQUIRED"},
		"a long custom id":         {components(row(button(x(101)))), first + "/custom_id", "BASE_TYPE_BAD_LENGTH"},
		"a long label":             {components(row(changed(button("a"), object{"label": x(81)}))), first + "/label", "BASE_TYPE_MAX_LENGTH"},
		"no label":                 {components(row(changed(button("a"), object{"label": ""}))), first, "BUTTON_COMPONENT_INVALID_EMPTY"},
		"a style there is not":     {components(row(changed(button("a"), object{"style": 7}))), first + "/style", "BASE_TYPE_CHOICES"},
		"a link without address":   {components(row(changed(button("a"), object{"style": 5, "custom_id": nil}))), first + "/url", "BASE_TYPE_REQUIRED"},
		"a link with custom id":    {components(row(changed(button("a"), object{"style": 5, "url": "https://example.org"}))), first + "/custom_id", "BUTTON_COMPONENT_INVALID"},
		"no options":               {components(row(selectMenu("a", 0))), first + "/options", "BASE_TYPE_BAD_LENGTH"},
		"26 options":               {components(row(selectMenu("a", 26))), first + "/options", "BASE_TYPE_BAD_LENGTH"},
		"an option twice":          {components(row(changed(selectMenu("a", 0), object{"options": append(choices(1), choices(1)...)}))), first + "/options/1/value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"},
		"an option's label":        {components(row(changed(selectMenu("a", 0), object{"options": []object{{"label": x(101), "value": "a"}}}))), first + "/options/0/label", "BASE_TYPE_BAD_LENGTH"},
		"an option's value":        {components(row(changed(selectMenu("a", 0), object{"options": []object{{"label": "a", "value": x(101)}}}))), first + "/options/0/value", "BASE_TYPE_BAD_LENGTH"},
		"an option's description":  {components(row(changed(selectMenu("a", 0), object{"options": []object{{"label": "a", "value": "a", "description": x(101)}}}))), first + "/options/0/description", "BASE_TYPE_MAX_LENGTH"},
		"a placeholder":            {components(row(changed(selectMenu("a", 1), object{"placeholder": x(151)}))), first + "/placeholder", "BASE_TYPE_MAX_LENGTH"},
		"more than there are":      {components(row(changed(selectMenu("a", 2), object{"max_values": 3}))), first + "/max_values", "NUMBER_TYPE_MAX"},
		"least more than most":     {components(row(changed(selectMenu("a", 5), object{"min_values": 3, "max_values": 2}))), first + "/min_values", "NUMBER_TYPE_MAX"},
		"text display without the flag": {
			message(object{"components": []object{display("a")}}), "components/0/type", "UNION_TYPE_CHOICES",
		},
		"content with the flag":       {changed(v2(display("a")), object{"content": "Hej"}), "content", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"},
		"41 components":               {v2(repeat(41, func(int) object { return display("a") })...), "components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED"},
		"4001 characters":             {v2(display(x(4000)), display("a")), "components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"},
		"a container in a container":  {v2(object{"type": 17, "components": []object{{"type": 17, "components": []object{display("a")}}}}), "components/0/components/0/type", "UNION_TYPE_CHOICES"},
		"allowed and listed mentions": {message(object{"allowed_mentions": object{"parse": []string{"users"}, "users": []string{anna}}}), "allowed_mentions/parse", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"},
		"a mention type there is not": {message(object{"allowed_mentions": object{"parse": []string{"channels"}}}), "allowed_mentions/parse/0", "BASE_TYPE_CHOICES"},
		"an attachment not sent":      {message(object{"attachments": []object{{"id": 0}}}), "attachments", "ATTACHMENT_NOT_FOUND"},
		"a list":                      {[]object{}, "", "MODEL_TYPE_CONVERT"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, discord.Options{})
			wantForm(t, s.call("POST", posts, c.body), c.path, c.code)
			s.wantProblem("50035")
			if len(s.Messages(general)) != 0 {
				t.Error("it was posted all the same")
			}
		})
	}
}

func TestMessagesAtTheLimitsAreTaken(t *testing.T) {
	for name, body := range map[string]object{
		"content": message(object{"content": strings.Repeat("🙂", 2000)}),
		"embed":   embed(object{"title": x(256), "description": " " + x(4096) + " ", "footer": object{"text": x(6000 - 256 - 4096)}}),
		"fields":  embed(object{"fields": repeat(25, func(int) object { return object{"name": "a", "value": "b", "inline": true} })}),
		"buttons": components(repeat(5, func(i int) object {
			return row(repeat(5, func(j int) object { return button(fmt.Sprint(i, x(97), j)) })...)
		})...),
		"options":        components(row(changed(selectMenu("a", 25), object{"min_values": 0, "max_values": 25, "placeholder": x(150)}))),
		"40 components":  v2(repeat(40, func(int) object { return display(x(100)) })...),
		"what is absent": silent(object{"content": "a", "embeds": nil, "components": nil, "sticker_ids": nil, "tts": false}),
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, discord.Options{})
			if r := s.call("POST", posts, body); r.status != http.StatusOK {
				t.Errorf("%d %s", r.status, r.raw)
			}
			s.wantNoProblems()
		})
	}
}

func TestModalsThatTheDocumentationForbidsAreRefused(t *testing.T) {
	inner := "data/components/0/component"
	for name, c := range map[string]struct {
		modal      object
		path, code string
	}{
		"title":                   {changed(modal(display("a")), object{"title": x(46)}), "data/title", "BASE_TYPE_BAD_LENGTH"},
		"no title":                {changed(modal(display("a")), object{"title": nil}), "data/title", "BASE_TYPE_REQUIRED"},
		"custom id":               {changed(modal(display("a")), object{"custom_id": x(101)}), "data/custom_id", "BASE_TYPE_BAD_LENGTH"},
		"nothing in it":           {modal(), "data/components", "BASE_TYPE_BAD_LENGTH"},
		"six components":          {modal(repeat(6, func(i int) object { return field(textInput(fmt.Sprint(i), nil)) })...), "data/components", "BASE_TYPE_BAD_LENGTH"},
		"label":                   {modal(changed(field(textInput("a", nil)), object{"label": x(46)})), "data/components/0/label", "BASE_TYPE_BAD_LENGTH"},
		"description":             {modal(changed(field(textInput("a", nil)), object{"description": x(101)})), "data/components/0/description", "BASE_TYPE_MAX_LENGTH"},
		"a button":                {modal(row(button("a"))), "data/components/0/components/0/type", "UNION_TYPE_CHOICES"},
		"a button in a label":     {modal(field(button("a"))), inner + "/type", "UNION_TYPE_CHOICES"},
		"a select in a row":       {modal(row(selectMenu("a", 1))), "data/components/0/components/0/type", "UNION_TYPE_CHOICES"},
		"a text input by itself":  {modal(textInput("a", nil)), "data/components/0/type", "UNION_TYPE_CHOICES"},
		"two inputs in a row":     {modal(row(textInput("a", object{"label": "a"}), textInput("b", object{"label": "b"}))), "data/components/0/components", "BASE_TYPE_BAD_LENGTH"},
		"a row without label":     {modal(row(textInput("a", nil))), "data/components/0/components/0/label", "BASE_TYPE_REQUIRED"},
		"a label of its own":      {modal(field(textInput("a", object{"label": "a"}))), inner + "/label", "BASE_TYPE_CHOICES"},
		"the same custom id":      {modal(field(textInput("a", nil)), field(selectMenu("a", 1))), "data/components/1/component/custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED"},
		"style":                   {modal(field(textInput("a", object{"style": 3}))), inner + "/style", "BASE_TYPE_CHOICES"},
		"longest text":            {modal(field(textInput("a", object{"max_length": 4001}))), inner + "/max_length", "NUMBER_TYPE_MAX"},
		"longest text of nothing": {modal(field(textInput("a", object{"max_length": 0}))), inner + "/max_length", "NUMBER_TYPE_MIN"},
		"shortest above longest":  {modal(field(textInput("a", object{"min_length": 5, "max_length": 4}))), inner + "/min_length", "NUMBER_TYPE_MAX"},
		"value":                   {modal(field(textInput("a", object{"max_length": 4, "value": "hejsan"}))), inner + "/value", "BASE_TYPE_MAX_LENGTH"},
		"placeholder":             {modal(field(textInput("a", object{"placeholder": x(101)}))), inner + "/placeholder", "BASE_TYPE_MAX_LENGTH"},
		"a disabled select":       {modal(field(changed(selectMenu("a", 1), object{"disabled": true}))), inner + "/disabled", "BASE_TYPE_CHOICES"},
		"required and none":       {modal(field(changed(selectMenu("a", 1), object{"min_values": 0}))), inner + "/min_values", "NUMBER_TYPE_MIN"},
		"too many defaults": {
			modal(field(object{"type": 3, "custom_id": "a", "options": []object{{"label": "a", "value": "a", "default": true}, {"label": "b", "value": "b", "default": true}}})),
			inner + "/options", "SELECT_COMPONENT_TOO_MANY_DEFAULTS",
		},
		"eleven files":     {modal(field(object{"type": 19, "custom_id": "a", "max_values": 11})), inner + "/max_values", "NUMBER_TYPE_MAX"},
		"one radio button": {modal(field(object{"type": 21, "custom_id": "a", "options": choices(1)})), inner + "/options", "BASE_TYPE_BAD_LENGTH"},
		"eleven checkboxes": {
			modal(field(object{"type": 22, "custom_id": "a", "options": choices(11)})), inner + "/options", "BASE_TYPE_BAD_LENGTH",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, discord.Options{})
			s.register()
			got := make(chan reply, 1)
			conn, _ := s.connect()
			conn.serve(func(i object) {
				r := s.answer(i, 9, c.modal)
				s.answer(i, 5, nil)
				got <- r
			})
			if _, err := s.Command(t.Context(), anna, general, "incident", "report", nil); err != nil {
				t.Fatal(err)
			}
			wantForm(t, <-got, c.path, c.code)
			s.wantProblem("50035")
		})
	}
}

func TestCommandsThatTheDocumentationForbidsAreRefused(t *testing.T) {
	command := func(more object) object {
		return changed(object{"name": "incident", "description": "Report"}, more)
	}
	option := func(more object) object {
		return command(object{"options": []object{changed(object{"type": 3, "name": "system", "description": "System"}, more)}})
	}
	for name, c := range map[string]struct {
		body       object
		path, code string
	}{
		"capitals":                 {command(object{"name": "Incident"}), "name", "APPLICATION_COMMAND_INVALID_NAME"},
		"space":                    {command(object{"name": "in cident"}), "name", "APPLICATION_COMMAND_INVALID_NAME"},
		"long name":                {command(object{"name": x(33)}), "name", "BASE_TYPE_BAD_LENGTH"},
		"no description":           {command(object{"description": ""}), "description", "BASE_TYPE_REQUIRED"},
		"long description":         {command(object{"description": x(101)}), "description", "BASE_TYPE_BAD_LENGTH"},
		"locale":                   {command(object{"name_localizations": object{"sv": "incident"}}), "name_localizations/sv", "BASE_TYPE_CHOICES"},
		"localised capitals":       {command(object{"name_localizations": object{"sv-SE": "Incident"}}), "name_localizations/sv-SE", "APPLICATION_COMMAND_INVALID_NAME"},
		"localised description":    {command(object{"description_localizations": object{"sv-SE": x(101)}}), "description_localizations/sv-SE", "BASE_TYPE_BAD_LENGTH"},
		"26 options":               {command(object{"options": repeat(26, func(i int) object { return object{"type": 3, "name": fmt.Sprint("o", i), "description": "a"} })}), "options", "BASE_TYPE_MAX_LENGTH"},
		"option name":              {option(object{"name": "Sys"}), "options/0/name", "APPLICATION_COMMAND_INVALID_NAME"},
		"option type":              {option(object{"type": 12}), "options/0/type", "NUMBER_TYPE_MAX"},
		"option without text":      {option(object{"description": nil}), "options/0/description", "BASE_TYPE_REQUIRED"},
		"26 choices":               {option(object{"choices": repeat(26, func(i int) object { return object{"name": fmt.Sprint(i), "value": fmt.Sprint(i)} })}), "options/0/choices", "BASE_TYPE_MAX_LENGTH"},
		"choice value":             {option(object{"choices": []object{{"name": "a", "value": x(101)}}}), "options/0/choices/0/value", "BASE_TYPE_BAD_LENGTH"},
		"choices and autocomplete": {option(object{"autocomplete": true, "choices": []object{{"name": "a", "value": "a"}}}), "options/0/autocomplete", "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES"},
		"required last":            {command(object{"options": []object{{"type": 3, "name": "a", "description": "a"}, {"type": 3, "name": "b", "description": "b", "required": true}}}), "options/1", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"},
		"the same option twice":    {command(object{"options": []object{{"type": 3, "name": "a", "description": "a"}, {"type": 3, "name": "a", "description": "b"}}}), "options/1", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS"},
		"subcommand among options": {command(object{"options": []object{{"type": 1, "name": "a", "description": "a"}, {"type": 3, "name": "b", "description": "b"}}}), "options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"},
		"subcommand in subcommand": {command(object{"options": []object{{"type": 1, "name": "a", "description": "a", "options": []object{{"type": 1, "name": "b", "description": "b"}}}}}), "options/0/options/0", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"},
		"too large": {
			command(object{"options": repeat(25, func(i int) object {
				return object{"type": 3, "name": fmt.Sprint("o", i), "description": "a", "choices": repeat(25, func(j int) object {
					return object{"name": fmt.Sprint(j), "value": fmt.Sprint(j, x(20))}
				})}
			})}), "", "APPLICATION_COMMAND_TOO_LARGE",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, discord.Options{})
			wantForm(t, s.call("POST", hooks, c.body), c.path, c.code)
			if len(s.Commands()) != 0 {
				t.Error("it was registered all the same")
			}
		})
	}
	t.Run("two of the same name", func(t *testing.T) {
		s := newServer(t, discord.Options{})
		wantForm(t, s.call("PUT", hooks, []object{command(nil), command(nil)}), "1", "APPLICATION_COMMANDS_DUPLICATE_NAME")
	})
	t.Run("too many menu commands", func(t *testing.T) {
		s := newServer(t, discord.Options{})
		all := repeat(16, func(i int) object { return object{"name": fmt.Sprint("Kommando ", i), "type": 3} })
		if r := s.call("PUT", hooks, all); r.code() != 30032 {
			t.Errorf("%d %s", r.status, r.raw)
		}
		if r := s.call("PUT", hooks, all[:15]); r.status != http.StatusOK {
			t.Errorf("%d %s", r.status, r.raw)
		}
	})
	t.Run("two hundred new ones in a day", func(t *testing.T) {
		now := newClock()
		s := newServer(t, discord.Options{Clock: now.now, NoRateLimits: true})
		for i := range 200 {
			if r := s.call("PUT", hooks, []object{command(object{"name": fmt.Sprint("c", i)})}); r.status != http.StatusOK {
				t.Fatalf("%d: %d %s", i, r.status, r.raw)
			}
		}
		if r := s.call("PUT", hooks, []object{command(object{"name": "c199"})}); r.status != http.StatusOK {
			t.Errorf("one there is: %d %s", r.status, r.raw)
		}
		if r := s.call("POST", hooks, command(object{"name": "c200"})); r.code() != 30034 {
			t.Errorf("one more: %d %s", r.status, r.raw)
		}
	})
}

func TestAutocompleteOffersAtMost25(t *testing.T) {
	s := newServer(t, discord.Options{})
	s.register()
	got := make(chan reply, 1)
	c, _ := s.connect()
	offer := func(n int) object {
		return object{"choices": repeat(n, func(i int) object { return object{"name": fmt.Sprint("System ", i), "value": fmt.Sprint(i)} })}
	}
	c.serve(func(i object) {
		r := s.answer(i, 8, offer(26))
		s.answer(i, 8, offer(25))
		got <- r
	})
	choices, err := s.Autocomplete(t.Context(), anna, general, "incident", "report", map[string]string{"system": "sy"}, "system")
	if err != nil || len(choices) != 25 || choices[24] != (discord.Choice{Name: "System 24", Value: "24"}) {
		t.Errorf("%v, %v", choices, err)
	}
	wantForm(t, <-got, "data/choices", "BASE_TYPE_MAX_LENGTH")
}

func TestFieldsThatAreNotDocumentedAreProblems(t *testing.T) {
	s := newServer(t, discord.Options{})
	s.post(object{"content": "a", "colour": "blue", "components": []object{row(changed(button("a"), object{"value": "b"}))}})
	s.wantProblem("unknown fields: colour")
	s.wantProblem("components/0/components/0/value")
}

func TestAMessageThatDoesNotSayWhomToNotifyIsAProblem(t *testing.T) {
	for name, allowed := range map[string]any{"nothing": nil, "everything": object{"parse": []string{"users"}}, "no list": object{}} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, discord.Options{})
			if r := s.call("POST", posts, object{"content": "Hej", "allowed_mentions": allowed}); r.status != http.StatusOK {
				t.Fatalf("%d %s", r.status, r.raw)
			}
			s.wantProblem("without allowed_mentions")
		})
	}
}

// Whatever the length, a text is taken exactly when it is not longer than the limit, counted in code points.
func TestLengthsAreCountedInCodePoints(t *testing.T) {
	s := newServer(t, discord.Options{NoRateLimits: true})
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(250, 260).Draw(rt, "n")
		r := rapid.SampledFrom([]string{"a", "å", "ﷺ", "🙂", "\u0301"}).Draw(rt, "character")
		status := http.StatusOK
		if n > 256 {
			status = http.StatusBadRequest
		}
		if got := s.call("POST", posts, embed(object{"title": strings.Repeat(r, n)})); got.status != status {
			rt.Errorf("%d of %q: %d", n, r, got.status)
		}
	})
}
