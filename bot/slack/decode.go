package slack

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"tyreso.se/incidentbot/bot"
)

// How decoding can fail.
var (
	// ErrMalformed: not what Slack documents, so it is refused.
	ErrMalformed = errors.New("malformed payload")
	// ErrNotUnderstood: well-formed, but not something this bot made: the person is asked to try again.
	ErrNotUnderstood = errors.New("payload not understood")
	// ErrIgnored: well-formed and of no interest, to be acknowledged and forgotten.
	ErrIgnored = errors.New("payload of no interest")
)

// Incoming is one thing that a person did and what is needed to answer them. When decoding fails with ErrNotUnderstood,
// what could be read is filled in.
type Incoming struct {
	Request     bot.Request // without At
	TriggerID   string      // lets a dialog be opened within three seconds
	ResponseURL string      // "" where Slack gives none
	Pressed     string      // the action_ts of what was pressed or chosen, "" of other interactions
	Channel     string      // the conversation it happened in, "" when none
	View        View        // the dialog or page that it happened in, zero when none

	ackLimit int // bytes that the acknowledgement may have, 0: any number
}

// View is an open dialog or page as Slack describes it.
type View struct {
	ID     string
	Hash   string // changes with every redrawing
	Modal  bool   // false: the home page
	Title  string
	Dialog string   // bot.Dialog.ID, "" for a message drawn as a view
	Blocks []string // block ids, in order
	Inputs []string // those that can carry an error
	Opened string   // see metadata
}

// key tells what is sent in from the view from what was sent in from it before.
func (v View) key() string {
	if v.Opened == "" {
		return v.ID
	}
	return v.ID + ":" + v.Opened
}

// DecodeCommand decodes a slash command (https://docs.slack.dev/interactivity/implementing-slash-commands).
func DecodeCommand(form url.Values) (Incoming, error) {
	c := command{
		UserID: form.Get("user_id"), UserName: form.Get("user_name"), Text: form.Get("text"), ChannelID: form.Get("channel_id"),
		ResponseURL: form.Get("response_url"), TriggerID: form.Get("trigger_id"),
	}
	return c.incoming()
}

// DecodeCommandJSON decodes a slash command as Socket Mode carries it.
func DecodeCommandJSON(payload []byte) (Incoming, error) {
	var c command
	if err := json.Unmarshal(payload, &c); err != nil {
		return Incoming{}, fmt.Errorf("%w: slash command", ErrMalformed)
	}
	return c.incoming()
}

type command struct {
	UserID      string `json:"user_id"`
	UserName    string `json:"user_name"`
	Text        string `json:"text"`
	ChannelID   string `json:"channel_id"`
	ResponseURL string `json:"response_url"`
	TriggerID   string `json:"trigger_id"`
}

func (c command) incoming() (Incoming, error) {
	if c.UserID == "" || c.TriggerID == "" {
		return Incoming{}, fmt.Errorf("%w: slash command without user or trigger", ErrMalformed)
	}
	return Incoming{
		Request: bot.Request{
			Kind:  bot.Command,
			Key:   "slack:command:" + c.TriggerID,
			Actor: bot.Actor{Surface: Name, ID: c.UserID, Name: c.UserName},
			Text:  strings.TrimSpace(written(c.Text)),
		},
		TriggerID: c.TriggerID, ResponseURL: c.ResponseURL, Channel: c.ChannelID,
	}, nil
}

// The shapes below hold only what is used of what Slack sends: https://docs.slack.dev/reference/interaction-payloads

type interaction struct {
	Type        string   `json:"type"`
	TriggerID   string   `json:"trigger_id"`
	ResponseURL string   `json:"response_url"`
	CallbackID  string   `json:"callback_id"`
	User        user     `json:"user"`
	Channel     channel  `json:"channel"`
	Container   place    `json:"container"`
	Message     *message `json:"message"`
	View        *view    `json:"view"`
	Actions     []action `json:"actions"`
	BlockID     string   `json:"block_id"` // block_suggestion
	ActionID    string   `json:"action_id"`
	Value       string   `json:"value"`
}

type user struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Username string `json:"username"`
}

type channel struct {
	ID string `json:"id"`
}

type place struct {
	Type      string `json:"type"`
	MessageTS string `json:"message_ts"`
	ViewID    string `json:"view_id"`
	ChannelID string `json:"channel_id"`
}

type view struct {
	ID              string                       `json:"id"`
	Type            string                       `json:"type"`
	CallbackID      string                       `json:"callback_id"`
	PrivateMetadata string                       `json:"private_metadata"`
	Hash            string                       `json:"hash"`
	Title           struct{ Text string }        `json:"title"`
	Blocks          []viewBlock                  `json:"blocks"`
	State           struct{ Values stateValues } `json:"state"`
}

type viewBlock struct {
	Type    string `json:"type"`
	BlockID string `json:"block_id"`
}

type stateValues map[string]map[string]answer // by block id and action id

type action struct {
	BlockID  string `json:"block_id"`
	ActionID string `json:"action_id"`
	ActionTS string `json:"action_ts"`
	answer
}

type answer struct {
	Type             string         `json:"type"`
	Value            string         `json:"value"`
	SelectedOption   *option        `json:"selected_option"`
	SelectedOptions  []option       `json:"selected_options"`
	SelectedDateTime *int64         `json:"selected_date_time"`
	Files            []attachedFile `json:"files"`
}

type option struct {
	Text  struct{ Text string } `json:"text"`
	Value string                `json:"value"`
}

type attachedFile struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Mimetype string `json:"mimetype"`
	Size     int64  `json:"size"`
}

// DecodeInteraction decodes the payload of an interaction: a shortcut, a pressed button, a changed answer, a dialog that was
// sent or closed, or a search.
func DecodeInteraction(payload []byte) (Incoming, error) {
	var in interaction
	err := json.Unmarshal(payload, &in)
	if _, mistyped := errors.AsType[*json.UnmarshalTypeError](err); err != nil && !mistyped {
		return Incoming{}, fmt.Errorf("%w: interaction", ErrMalformed)
	}
	if in.User.ID == "" || in.Type == "" {
		return Incoming{}, fmt.Errorf("%w: interaction without user or type", ErrMalformed)
	}
	out := in.incoming()
	if err != nil {
		// encoding/json has gone on after what did not fit, so the person can still be told, in the right place.
		return out, fmt.Errorf("%w: %s holds a value of an unexpected type", ErrNotUnderstood, in.Type)
	}
	switch in.Type {
	case "message_action":
		if in.CallbackID != bot.ReportShortcut && in.CallbackID != bot.CaptureShortcut || in.Message == nil {
			return out, fmt.Errorf("%w: shortcut", ErrNotUnderstood)
		}
		out.Request.Text = in.Message.plainText()
		out.Request.Said = bot.Said{
			Ref:    bot.Ref{Surface: Name, Channel: in.Channel.ID, ID: in.Message.TS},
			Author: bot.Actor{Surface: Name, ID: in.Message.User, Name: in.Message.Username}, At: in.Message.at(),
		}
	case "block_actions":
		if len(in.Actions) == 0 {
			return out, fmt.Errorf("%w: block_actions without an action", ErrMalformed)
		}
		out.Pressed = in.Actions[0].ActionTS
		err = in.act(&out.Request)
	case "view_submission", "view_closed":
		if in.View == nil || in.View.ID == "" {
			return out, fmt.Errorf("%w: %s without a view", ErrMalformed, in.Type)
		}
		err = in.View.fill(&out.Request)
	case "block_suggestion":
		out.Request.Field = or(in.BlockID, in.ActionID)
		out.Request.Text = in.Value
		out.Request.Key = "slack:search:" + in.Container.ViewID + ":" + out.Request.Field + ":" + in.Value
	default:
		err = fmt.Errorf("%w: interaction of type %q", ErrNotUnderstood, in.Type)
	}
	return out, err
}

// incoming fills in what all interactions have in common.
func (in *interaction) incoming() Incoming {
	out := Incoming{
		Request: bot.Request{
			Kind:  kind(in.Type),
			Actor: bot.Actor{Surface: Name, ID: in.User.ID, Name: or(in.User.Name, in.User.Username)},
			Name:  in.CallbackID,
		},
		TriggerID: in.TriggerID, ResponseURL: in.ResponseURL, Channel: or(in.Channel.ID, in.Container.ChannelID),
	}
	if in.Type == "message_action" {
		out.Request.Key = "slack:shortcut:" + in.TriggerID
	}
	if v := in.View; v != nil {
		out.Request.Name = v.CallbackID
		carried := unpackMetadata(v.PrivateMetadata)
		out.Request.Subject = carried.Subject
		out.View = View{ID: v.ID, Hash: v.Hash, Modal: v.Type == "modal", Title: v.Title.Text, Dialog: v.CallbackID, Opened: carried.Opened}
		out.Request.Key = "slack:submit:" + out.View.key()
		if in.Type == "view_closed" {
			out.Request.Key = "slack:cancel:" + out.View.key()
		}
		for _, b := range v.Blocks {
			out.View.Blocks = append(out.View.Blocks, b.BlockID)
			if b.Type == "input" {
				out.View.Inputs = append(out.View.Inputs, b.BlockID)
			}
		}
	}
	return out
}

// kind tells what a type of interaction is. block_actions may turn out to be a Change, and what is unknown is answered as
// if it were a button.
func kind(interactionType string) bot.Kind {
	switch interactionType {
	case "message_action":
		return bot.Shortcut
	case "view_submission":
		return bot.Submit
	case "view_closed":
		return bot.Cancel
	case "block_suggestion":
		return bot.Search
	}
	return bot.Press
}

// act tells a pressed button from a changed answer.
func (in *interaction) act(r *bot.Request) error {
	a := in.Actions[0]
	if a.Type != "button" {
		if in.View == nil {
			return fmt.Errorf("%w: action of type %q outside a view", ErrNotUnderstood, a.Type)
		}
		r.Kind, r.Field = bot.Change, a.BlockID
		r.Key = "slack:change:" + in.View.ID + ":" + a.ActionTS
		return in.View.fill(r)
	}
	at := or(in.Container.MessageTS, in.Container.ViewID)
	if in.Message != nil {
		at = or(at, in.Message.TS)
	}
	if in.View != nil {
		at = or(at, in.View.ID)
		if err := in.View.fill(r); err != nil {
			return err
		}
	}
	r.Kind, r.Name, r.Subject = bot.Press, plainID(a.ActionID), a.Value
	r.Key = "slack:press:" + in.User.ID + ":" + at + ":" + a.ActionTS
	return nil
}

// fill sets the request's values and files from the view's state. Files come in the order of the view's blocks.
func (v *view) fill(r *bot.Request) error {
	if len(v.State.Values) == 0 {
		return nil
	}
	r.Values = make(bot.Values, len(v.State.Values))
	for _, b := range v.Blocks {
		for _, a := range v.State.Values[b.BlockID] {
			for _, f := range a.Files {
				r.Files = append(r.Files, bot.File{ID: f.ID, Name: f.Name, Type: f.Mimetype, Size: f.Size})
			}
		}
	}
	for id, actions := range v.State.Values {
		for _, a := range actions {
			values, err := a.values()
			if err != nil {
				return err
			}
			if len(values) > 0 {
				r.Values[id] = values
			}
		}
	}
	return nil
}

// values are the answer as bot.Values has it.
func (a *answer) values() ([]string, error) {
	switch a.Type {
	case "plain_text_input":
		if a.Value != "" {
			return []string{a.Value}, nil
		}
	case "radio_buttons", "static_select":
		if a.SelectedOption != nil {
			return []string{a.SelectedOption.Value}, nil
		}
	case "external_select":
		if o := a.SelectedOption; o != nil {
			if o.Text.Text == "" || o.Text.Text == o.Value {
				return []string{o.Value}, nil
			}
			return []string{o.Value, o.Text.Text}, nil // the label too: nothing but this search knows it when it is redrawn
		}
	case "checkboxes", "multi_static_select":
		var values []string
		for _, o := range a.SelectedOptions {
			values = append(values, o.Value)
		}
		return values, nil
	case "datetimepicker":
		if a.SelectedDateTime != nil {
			return []string{time.Unix(*a.SelectedDateTime, 0).UTC().Format(time.RFC3339)}, nil
		}
	case "file_input":
	default:
		// Dropping an answer in silence would lose what somebody reported.
		return nil, fmt.Errorf("%w: an answer of type %q", ErrNotUnderstood, a.Type)
	}
	return nil, nil
}

type outerEvent struct {
	Type      string `json:"type"`
	Challenge string `json:"challenge"`
	EventID   string `json:"event_id"`
	Event     struct {
		Type string `json:"type"`
		User string `json:"user"`
		Tab  string `json:"tab"`
	} `json:"event"`
}

// DecodeEvent decodes what the Events API sends (https://docs.slack.dev/apis/events-api). challenge is set, and nothing
// else, when Slack asks whether the address is ours.
func DecodeEvent(payload []byte) (in Incoming, challenge string, err error) {
	// The payload of an event that is not ours may hold anything in the fields read here.
	var e outerEvent
	err = json.Unmarshal(payload, &e)
	if _, mistyped := errors.AsType[*json.UnmarshalTypeError](err); err != nil && !mistyped {
		return Incoming{}, "", fmt.Errorf("%w: event", ErrMalformed)
	}
	switch {
	case e.Type == "url_verification":
		return Incoming{}, e.Challenge, nil
	case e.Type == "":
		return Incoming{}, "", fmt.Errorf("%w: event without a type", ErrMalformed)
	case e.Event.Type != "app_home_opened" || e.Event.Tab == "messages" || e.Event.User == "":
		return Incoming{}, "", fmt.Errorf("%w: event of type %q", ErrIgnored, e.Event.Type)
	}
	return Incoming{Request: bot.Request{
		Kind:  bot.Home,
		Key:   "slack:home:" + e.EventID,
		Actor: bot.Actor{Surface: Name, ID: e.Event.User},
	}}, "", nil
}

type message struct {
	TS          string          `json:"ts"`
	User        string          `json:"user"`
	Username    string          `json:"username"` // some apps' messages
	Text        string          `json:"text"`
	Blocks      json.RawMessage `json:"blocks"`
	Attachments []struct {
		Text     string `json:"text"`
		Fallback string `json:"fallback"`
	} `json:"attachments"`
}

// at is when it was posted, the zero time when that is not told: a timestamp is in seconds, with six decimals that make it differ from
// the others of its conversation (https://docs.slack.dev/messaging/retrieving-messages).
func (m *message) at() time.Time {
	seconds, _, _ := strings.Cut(m.TS, ".")
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}

// plainText is the message as a person sees it: its text, else the texts of its blocks, else those of its attachments,
// which is where other apps put their alarms.
func (m *message) plainText() string {
	if text := strings.TrimSpace(written(m.Text)); text != "" {
		return text
	}
	var blocks any
	if len(m.Blocks) > 0 && json.Unmarshal(m.Blocks, &blocks) == nil {
		if text := strings.TrimSpace(strings.Join(texts(blocks, nil), "")); text != "" {
			return text
		}
	}
	var parts []string
	for _, a := range m.Attachments {
		if text := strings.TrimSpace(written(or(a.Text, a.Fallback))); text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, "\n")
}

// texts collects what there is to read in Block Kit, whatever kinds of blocks it is made of: every "text" that is a string,
// in the order it is shown, with a line break after each block, section and text object.
func texts(node any, found []string) []string {
	switch node := node.(type) {
	case []any:
		for _, n := range node {
			found = texts(n, found)
		}
	case map[string]any:
		kind, _ := node["type"].(string)
		switch s, ok := node["text"].(string); {
		case ok && kind == "mrkdwn":
			found = append(found, written(s))
		case ok:
			found = append(found, s)
		case kind == "link":
			address, _ := node["url"].(string)
			found = append(found, address)
		}
		// In the order that Slack shows the parts of a block.
		for _, part := range []string{"text", "title", "label", "fields", "elements"} {
			if inner := node[part]; inner != nil {
				found = texts(inner, found)
			}
		}
		inline := kind == "text" || kind == "link" || kind == "emoji" || kind == "user" || kind == "channel"
		if !inline && len(found) > 0 && !strings.HasSuffix(found[len(found)-1], "\n") {
			found = append(found, "\n")
		}
	}
	return found
}

// written undoes Slack's encoding of a text: references in angle brackets become what the person saw, and the three escaped
// characters themselves (https://docs.slack.dev/messaging/formatting-message-text#retrieving-messages).
func written(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return s
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, "<")
		b.WriteString(unescaper.Replace(before))
		if !found {
			return b.String()
		}
		reference, after, closed := strings.Cut(rest, ">")
		if !closed {
			b.WriteString("<" + unescaper.Replace(rest))
			return b.String()
		}
		b.WriteString(unescaper.Replace(shown(reference)))
		s = after
	}
}

// shown is a reference, without its brackets, as it is shown.
func shown(reference string) string {
	target, label, labelled := strings.Cut(reference, "|")
	sigil := ""
	switch {
	case strings.HasPrefix(target, "@"), strings.HasPrefix(target, "#"):
		sigil = target[:1]
	case strings.HasPrefix(target, "!"):
		sigil = "@" // <!channel>, <!subteam^S1|@group>, <!date^…|fallback>
		if labelled && strings.HasPrefix(target, "!date") {
			sigil = ""
		}
	}
	switch {
	case !labelled:
		return sigil + strings.TrimLeft(target, "@#!")
	case sigil != "":
		return sigil + strings.TrimPrefix(label, sigil)
	case target == label, strings.HasPrefix(target, "!"), strings.HasSuffix(target, "//"+label),
		strings.HasPrefix(target, "mailto:"), strings.HasPrefix(target, "tel:"):
		return label
	}
	return label + " (" + target + ")" // a link may say one thing and lead elsewhere, which is what phishing does
}

var unescaper = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">")

// hasInput tells whether an error can be shown at the block id.
func (v *View) hasInput(id string) bool { return slices.Contains(v.Inputs, id) }
