package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// api is Slack's Web API as far as a reporting bot calls it (https://docs.slack.dev/reference/methods). Every call
// succeeds but posts in the limited channel; nothing is kept but who waits for which dialog and when messages came.
type api struct {
	limited string

	mu      sync.Mutex
	waiting map[string]chan dialog    // by trigger id
	forms   map[string]form           // by the view as it was sent
	told    map[string]time.Time      // when each receipt was given, by number
	views   int                       // opened so far
	posted  map[bool]*[]time.Duration // from receipt to message: true for direct messages, false for channels
	refused int                       // posts refused with 429
}

// dialog is a modal view that the bot has opened.
type dialog struct {
	id   string
	view []byte // the view's JSON object as the bot sent it
	form form
	err  error // the view cannot be filled in
}

func newAPI(limited string) *api {
	a := &api{limited: limited, waiting: map[string]chan dialog{}, forms: map[string]form{}, told: map[string]time.Time{}}
	a.forgetPosts()
	return a
}

// expect returns where the dialog that is opened with a trigger will come. forget must be called with the same trigger.
func (a *api) expect(trigger string) <-chan dialog {
	opened := make(chan dialog, 1)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.waiting[trigger] = opened
	return opened
}

func (a *api) forget(trigger string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.waiting, trigger)
}

// receipt notes when a person was told the number of their report.
func (a *api) receipt(number string, at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.told[number] = at
}

// posts are the messages about reports that were told of since forgetPosts.
type posts struct {
	direct, channel []time.Duration // from the receipt to the message
	refused         int             // with 429, since the beginning
}

func (a *api) forgetPosts() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.posted = map[bool]*[]time.Duration{true: {}, false: {}}
}

func (a *api) posts() posts {
	a.mu.Lock()
	defer a.mu.Unlock()
	return posts{direct: *a.posted[true], channel: *a.posted[false], refused: a.refused}
}

// maxCall is more than any call holds.
const maxCall = 1 << 20

// ServeHTTP implements http.Handler.
func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxCall))
	if err != nil {
		http.Error(w, "unreadable", http.StatusBadRequest)
		return
	}
	switch strings.TrimPrefix(r.URL.Path, "/api/") {
	case "views.open":
		a.viewsOpen(w, arguments(r, body))
	case "chat.postMessage":
		a.postMessage(w, arguments(r, body))
	case "chat.update":
		args := arguments(r, body)
		say(w, fmt.Sprintf(`{"ok":true,"channel":%q,"ts":%q,"text":""}`, args("channel"), args("ts")))
	case "conversations.open":
		say(w, fmt.Sprintf(`{"ok":true,"channel":{"id":%q}}`, "D"+strings.TrimPrefix(arguments(r, body)("users"), "U")))
	case "users.info":
		id := arguments(r, body)("user")
		say(w, fmt.Sprintf(`{"ok":true,"user":{"id":%q,"name":%q,"locale":"sv-SE","profile":{"email":%q,"real_name":%q}}}`,
			id, strings.ToLower(id), strings.ToLower(id)+"@example.org", id))
	case "users.lookupByEmail":
		say(w, `{"ok":false,"error":"users_not_found"}`)
	case "auth.test":
		say(w, `{"ok":true,"url":"https://example.slack.com/","team":"Example","user":"bot","team_id":"T1","user_id":"UBOT","bot_id":"B1"}`)
	default:
		say(w, `{"ok":true}`)
	}
}

func say(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = io.WriteString(w, body) // a bot that went away misses only its own answer
}

// arguments reads the arguments of a call by name, from a form or from JSON: both are allowed by
// https://docs.slack.dev/apis/web-api#post-bodies. An argument that is no string is returned as JSON.
func arguments(r *http.Request, body []byte) func(name string) string {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil && kind == "application/json" {
		var args map[string]json.RawMessage
		if json.Unmarshal(body, &args) != nil {
			args = nil
		}
		return func(name string) string {
			raw := args[name]
			var text string
			if bytes.HasPrefix(raw, []byte(`"`)) && json.Unmarshal(raw, &text) == nil {
				return text
			}
			return string(raw)
		}
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		form = url.Values{}
	}
	return form.Get
}

// viewsOpen implements https://docs.slack.dev/reference/methods/views.open.
func (a *api) viewsOpen(w http.ResponseWriter, arg func(string) string) {
	a.mu.Lock()
	a.views++
	d := dialog{id: "V" + strconv.Itoa(a.views), view: []byte(arg("view"))}
	opened := a.waiting[arg("trigger_id")]
	f, known := a.forms[string(d.view)]
	a.mu.Unlock()
	if opened == nil {
		say(w, `{"ok":false,"error":"expired_trigger_id"}`)
		return
	}
	if !known {
		if f, d.err = readForm(d.view); d.err == nil {
			a.mu.Lock()
			a.forms[string(d.view)] = f
			a.mu.Unlock()
		}
	}
	d.form = f
	select {
	case opened <- d:
		say(w, `{"ok":true,"view":{"id":"`+d.id+`","type":"modal"}}`)
	default: // opened before with the same trigger
		say(w, `{"ok":false,"error":"exchanged_trigger_id"}`)
	}
}

// retryAfter is how long the limited channel asks to wait, in seconds.
const retryAfter = "30"

// postMessage implements https://docs.slack.dev/reference/methods/chat.postMessage.
func (a *api) postMessage(w http.ResponseWriter, arg func(string) string) {
	now := time.Now()
	channel := arg("channel")
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.limited != "" && channel == a.limited {
		a.refused++
		w.Header().Set("Retry-After", retryAfter)
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	if at, ok := a.told[caseNumber.FindString(arg("text"))]; ok {
		direct := !strings.HasPrefix(channel, "C")
		*a.posted[direct] = append(*a.posted[direct], now.Sub(at))
	}
	say(w, fmt.Sprintf(`{"ok":true,"channel":%q,"ts":"%d.%06d"}`, channel, now.Unix(), now.Nanosecond()/1000))
}

// caseNumber is the number in a receipt.
var caseNumber = regexp.MustCompile(`INC-\d{4}-\d+`)

// form is the state of a dialog that a person has filled in, as JSON, but for the words of the report between the parts.
type form struct{ before, after []byte }

// element is an input element of a dialog: https://docs.slack.dev/reference/block-kit/block-elements
type element struct {
	Type            string            `json:"type"`
	ActionID        string            `json:"action_id"`
	Multiline       bool              `json:"multiline"`
	InitialValue    *string           `json:"initial_value"`
	InitialOption   json.RawMessage   `json:"initial_option"`
	InitialOptions  []json.RawMessage `json:"initial_options"`
	InitialDateTime *int64            `json:"initial_date_time"`
}

// answer is what a person who touches nothing leaves in an element: https://docs.slack.dev/reference/views/view-objects
func (e element) answer() map[string]any {
	switch e.Type {
	case "plain_text_input":
		return map[string]any{"type": e.Type, "value": e.InitialValue}
	case "radio_buttons", "static_select", "external_select":
		return map[string]any{"type": e.Type, "selected_option": e.InitialOption}
	case "checkboxes", "multi_static_select":
		return map[string]any{"type": e.Type, "selected_options": append([]json.RawMessage{}, e.InitialOptions...)}
	case "datetimepicker":
		return map[string]any{"type": e.Type, "selected_date_time": e.InitialDateTime}
	case "file_input":
		return map[string]any{"type": e.Type, "files": []any{}}
	}
	return map[string]any{"type": e.Type}
}

// readForm fills in a view: the first text field of several lines is where the words go, all else is left as it was opened.
func readForm(view []byte) (form, error) {
	var v struct {
		Blocks []struct {
			Type    string  `json:"type"`
			BlockID string  `json:"block_id"`
			Element element `json:"element"`
		} `json:"blocks"`
	}
	if err := json.Unmarshal(view, &v); err != nil {
		return form{}, fmt.Errorf("reading the dialog: %w", err)
	}
	const words = "the words of the report"
	state := map[string]map[string]any{}
	written := false
	for _, b := range v.Blocks {
		if b.Type != "input" {
			continue
		}
		answer := b.Element.answer()
		if b.Element.Multiline && !written {
			answer["value"], written = words, true
		}
		state[b.BlockID] = map[string]any{b.Element.ActionID: answer}
	}
	if !written {
		return form{}, errors.New("the dialog has no text field of several lines")
	}
	encoded, err := json.Marshal(state)
	if err != nil {
		return form{}, fmt.Errorf("filling in the dialog: %w", err)
	}
	before, after, _ := bytes.Cut(encoded, []byte(strconv.Quote(words)))
	return form{before: before, after: after}, nil
}
