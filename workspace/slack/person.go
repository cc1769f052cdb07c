package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Seen is what a person sees right after doing something. What the app does later is waited for with [Workspace.Until].
type Seen struct {
	View    *View             // the modal on top; nil when none is open
	Errors  map[string]string // inline errors by block id, from the app or from the person's own client
	Message *Message          // what the app answered in acknowledging
}

// Values are answers by block id: a string (text, the value of an option, a user id, a date or time as the platform writes
// them), a []string (several options, or ids of uploaded files), a time.Time (datetimepicker), or nil to clear.
type Values map[string]any

// Option is a choice offered in an external select.
type Option struct{ Value, Text string }

// platformUser is who the platform's own notices come from.
const platformUser = "USLACKBOT"

// seen returns what a user has before them; the lock is held.
func (w *Workspace) seen(user string) Seen {
	stack := w.modals[user]
	if len(stack) == 0 {
		return Seen{}
	}
	top := stack[len(stack)-1].seen()
	return Seen{View: top, Errors: top.Errors}
}

func (w *Workspace) userBrief(id string) object {
	u := w.users[id]
	if u == nil {
		return object{"id": id}
	}
	return object{"id": id, "username": u.Name, "name": u.Name, "team_id": TeamID}
}

func (w *Workspace) channelName(ch *Channel) string {
	switch {
	case ch.IM != "":
		return "directmessage"
	case ch.Private:
		return "privategroup"
	}
	return ch.Name
}

// common is what every interaction payload carries.
func (w *Workspace) common(kind, user string) object {
	return object{
		"type": kind, "token": "local", "api_app_id": AppID, "is_enterprise_install": false, "enterprise": nil,
		"team": object{"id": TeamID, "domain": "local"}, "user": w.userBrief(user),
	}
}

// place returns a channel that a user is in, where something can be done: in an archived one nothing can.
func (w *Workspace) place(user, channel string) (*Channel, error) {
	ch := w.channels[channel]
	if w.users[user] == nil || ch == nil || !w.has(ch, user) {
		return nil, fmt.Errorf("user %q is not in channel %q", user, channel)
	}
	if ch.Archived {
		return nil, fmt.Errorf("channel %q is archived", channel)
	}
	return ch, nil
}

// Say posts a message as a person.
func (w *Workspace) Say(user, channel, words string) (Message, error) {
	w.mu.Lock()
	ch, err := w.place(user, channel)
	if err != nil {
		w.mu.Unlock()
		return Message{}, err
	}
	m := w.post(channel, user, content{text: escape(words)})
	said, direct := *m, ch.IM != ""
	w.mu.Unlock()
	if direct {
		w.event("message.im", object{"type": "message", "channel": channel, "channel_type": "im", "user": user, "text": said.Text,
			"ts": said.TS, "event_ts": said.TS})
	}
	return said, nil
}

// Command types the app's command; words is what follows it. The error is a *PersonError when the app failed.
// https://docs.slack.dev/interactivity/implementing-slash-commands
func (w *Workspace) Command(ctx context.Context, user, channel, words string) (Seen, error) {
	w.mu.Lock()
	ch, err := w.place(user, channel)
	if err != nil {
		w.mu.Unlock()
		return Seen{}, err
	}
	name := w.opt.Command.Name
	words = strings.TrimSpace(strings.TrimPrefix(words, name))
	id := w.newResponseURL(user, channel, nil)
	d := &delivery{kind: "slash_commands", accepts: true, payload: object{
		"token": "local", "team_id": TeamID, "team_domain": "local", "channel_id": channel, "channel_name": w.channelName(ch),
		"user_id": user, "user_name": w.users[user].Name, "command": name, "text": words, "api_app_id": AppID,
		"is_enterprise_install": "false", "trigger_id": w.newTrigger(user), "response_url": w.address() + "/response/" + id,
	}}
	w.mu.Unlock()

	answer, err := w.deliver(ctx, d)
	w.mu.Lock()
	defer w.mu.Unlock()
	var m *Message
	if err == nil {
		m, err = w.answer(answer, w.responses.byID[id])
	}
	if p, failed := errors.AsType[*PersonError](err); failed {
		notice := w.post(channel, platformUser, content{text: escape(name+" misslyckades: "+p.Text) + " `" + p.Code + "`"})
		notice.Ephemeral, notice.Error = user, true
	}
	seen := w.seen(user)
	if m != nil {
		shown := *m
		seen.Message = &shown
	}
	return seen, err
}

// answer posts what the app put in its acknowledgement of a command, if anything; the lock is held.
func (w *Workspace) answer(raw json.RawMessage, u *responseURL) (*Message, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	v, err := decode(raw)
	o, isObject := v.(object)
	if err != nil || !isObject {
		w.problem("the acknowledgement of a command is not a JSON object")
		return nil, personError("invalid_response")
	}
	if o["text"] == nil && o["blocks"] == nil {
		return nil, nil
	}
	m, err := w.respond(u, args(o))
	if err != nil {
		w.problem("the acknowledgement of a command: %s", describe(err))
		return nil, personError("invalid_response")
	}
	return m, nil
}

// describe words a refusal with its messages.
func describe(err error) string {
	no, ok := errors.AsType[*refusal](err)
	if !ok || no.more == nil {
		return err.Error()
	}
	return no.code + " " + string(encode(no.more))
}

// address is where the workspace is reached, for the response URLs in payloads; known from the latest API call or page.
func (w *Workspace) address() string { return "http://" + w.host + w.opt.Path }

// Shortcut uses the app's message shortcut with the given callback id on a message; callbackID "" means the first.
// https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload
func (w *Workspace) Shortcut(ctx context.Context, user, channel, ts, callbackID string) (Seen, error) {
	w.mu.Lock()
	ch, err := w.place(user, channel)
	m := w.message(channel, ts)
	if err != nil || m == nil || len(w.opt.Shortcuts) == 0 {
		w.mu.Unlock()
		return Seen{}, fmt.Errorf("no shortcut on message %s in channel %q for user %q", ts, channel, user)
	}
	if callbackID == "" {
		callbackID = w.opt.Shortcuts[0].CallbackID
	}
	payload := w.common("message_action", user)
	maps.Copy(payload, object{
		"callback_id": callbackID, "trigger_id": w.newTrigger(user), "action_ts": w.ts(), "message_ts": ts,
		"response_url": w.address() + "/response/" + w.newResponseURL(user, channel, nil),
		"channel":      object{"id": channel, "name": w.channelName(ch)}, "message": encode(w.messageObject(m)),
	})
	w.mu.Unlock()
	return w.interact(ctx, user, payload)
}

// interact delivers an interaction whose acknowledgement is empty.
func (w *Workspace) interact(ctx context.Context, user string, payload object) (Seen, error) {
	_, err := w.deliver(ctx, &delivery{kind: "interactive", payload: payload})
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seen(user), err
}

// OpenHome opens the app's home tab. The app hears of it as an event and publishes the view when it pleases.
// https://docs.slack.dev/reference/events/app_home_opened
func (w *Workspace) OpenHome(user string) *View {
	w.mu.Lock()
	event := object{"type": "app_home_opened", "user": user, "channel": w.im(user).ID, "tab": "home", "event_ts": w.ts()}
	var shown *View
	if v := w.homes[user]; v != nil {
		event["view"] = encode(w.viewObject(v))
		shown = v.seen()
	}
	w.mu.Unlock()
	w.event("app_home_opened", event)
	return shown
}

// PressButton presses the button with an action id in a message.
func (w *Workspace) PressButton(ctx context.Context, user, channel, ts, actionID string) (Seen, error) {
	return w.actInMessage(ctx, user, channel, ts, actionID, nil)
}

// PressStale presses a button that the message had before it was edited, as a person whose screen has not caught up does.
func (w *Workspace) PressStale(ctx context.Context, user, channel, ts, actionID string) (Seen, error) {
	w.mu.Lock()
	m := w.message(channel, ts)
	var former []json.RawMessage
	if m != nil {
		former = slices.Clone(m.former)
	}
	w.mu.Unlock()
	slices.Reverse(former)
	for _, raw := range former {
		if _, e := elementIn(raw, "", actionID); e != nil {
			return w.actOn(ctx, user, channel, ts, raw, "", actionID, nil)
		}
	}
	return Seen{}, fmt.Errorf("message %s in channel %q never had a button %q that is gone", ts, channel, actionID)
}

// ChooseInMessage chooses in a menu (or another element with a value) in a message.
func (w *Workspace) ChooseInMessage(ctx context.Context, user, channel, ts, actionID string, value any) (Seen, error) {
	return w.actInMessage(ctx, user, channel, ts, actionID, value)
}

func (w *Workspace) actInMessage(ctx context.Context, user, channel, ts, actionID string, value any) (Seen, error) {
	w.mu.Lock()
	var raw json.RawMessage
	if m := w.message(channel, ts); m != nil {
		raw = m.Blocks
	}
	w.mu.Unlock()
	return w.actOn(ctx, user, channel, ts, raw, "", actionID, value)
}

// elementIn finds an element in encoded blocks.
func elementIn(raw json.RawMessage, blockID, actionID string) (block, element object) {
	if raw == nil {
		return nil, nil
	}
	parsed, err := decode(raw)
	if err != nil {
		return nil, nil
	}
	list, _ := parsed.([]any)
	for _, item := range list {
		b, _ := item.(object)
		if blockID != "" && b["block_id"] != blockID {
			continue
		}
		for _, e := range interactiveIn(b) {
			if e["action_id"] == actionID {
				return b, e
			}
		}
	}
	return nil, nil
}

func (w *Workspace) actOn(
	ctx context.Context, user, channel, ts string, blocks json.RawMessage, blockID, actionID string, value any,
) (Seen, error) {
	w.mu.Lock()
	ch, err := w.place(user, channel)
	m := w.message(channel, ts)
	block, element := elementIn(blocks, blockID, actionID)
	if err != nil || m == nil || (m.Ephemeral != "" && m.Ephemeral != user) || element == nil {
		w.mu.Unlock()
		return Seen{}, fmt.Errorf("user %q sees no %q in message %s of channel %q", user, actionID, ts, channel)
	}
	action, state, err := w.action(block, element, value, nil)
	if err != nil {
		w.mu.Unlock()
		return Seen{}, err
	}
	blockID, _ = block["block_id"].(string)
	values := object{}
	if state != nil {
		values[blockID] = object{actionID: state}
	}
	payload := w.common("block_actions", user)
	maps.Copy(payload, object{
		"trigger_id":   w.newTrigger(user),
		"response_url": w.address() + "/response/" + w.newResponseURL(user, channel, m),
		"container":    object{"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": m.Ephemeral != ""},
		"channel":      object{"id": channel, "name": w.channelName(ch)},
		"message":      encode(w.messageObject(m)), "state": object{"values": values}, "actions": encode([]object{action}),
	})
	w.mu.Unlock()
	return w.interact(ctx, user, payload)
}

// action is what a person did to an element, as block_actions carries it, and the element's value afterwards (nil for a
// button). https://docs.slack.dev/reference/interaction-payloads/block_actions-payload. The lock is held.
func (w *Workspace) action(block, element object, value any, offers []any) (action, state object, err error) {
	action = object{"type": element["type"], "action_id": element["action_id"], "block_id": block["block_id"], "action_ts": w.ts()}
	switch element["type"] {
	case "button":
		for _, key := range []string{"text", "value", "style", "url"} {
			if v, given := element[key]; given {
				action[key] = v
			}
		}
		return action, nil, nil
	case "overflow":
		chosen, err := choose(element, value, nil)
		if err != nil {
			return nil, nil, err
		}
		action["selected_option"] = chosen
		return action, nil, nil
	}
	if state, err = w.stateOf(element, value, offers); err != nil {
		return nil, nil, err
	}
	for k, v := range state {
		action[k] = v
	}
	return action, state, nil
}

// choose returns the option with a value.
func choose(element object, value any, offers []any) (any, error) {
	wanted := fmt.Sprint(value)
	for _, item := range slices.Concat(options(element), offers, []any{element["initial_option"]}) {
		if o, _ := item.(object); o != nil && o["value"] == wanted {
			return o, nil
		}
	}
	return nil, fmt.Errorf("%v %v offers no option %q", element["type"], element["action_id"], wanted)
}

// several reads a list of strings from what a test or the page gives.
func several(value any) []string {
	switch v := value.(type) {
	case []string:
		return v
	case []any:
		all := make([]string, len(v))
		for i, item := range v {
			all[i] = fmt.Sprint(item)
		}
		return all
	case string:
		if v != "" {
			return []string{v}
		}
	}
	return nil
}

// stateOf returns an element's value as state.values carries it, from a person's answer; the lock is held.
func (w *Workspace) stateOf(element object, value any, offers []any) (object, error) {
	kind, _ := element["type"].(string)
	state := object{"type": kind}
	one, _ := value.(string)
	orNil := func() any {
		if one == "" {
			return nil
		}
		return one
	}
	switch kind {
	case "plain_text_input", "email_text_input", "url_text_input", "number_input":
		state["value"] = orNil()
	case "static_select", "external_select", "radio_buttons":
		state["selected_option"] = nil
		if one != "" {
			chosen, err := choose(element, one, offers)
			if err != nil {
				return nil, err
			}
			state["selected_option"] = chosen
		}
	case "checkboxes", "multi_static_select", "multi_external_select":
		chosen := []any{}
		initial, _ := element["initial_options"].([]any)
		for _, v := range several(value) {
			o, err := choose(element, v, slices.Concat(offers, initial))
			if err != nil {
				return nil, err
			}
			chosen = append(chosen, o)
		}
		state["selected_options"] = chosen
	case "users_select":
		if one != "" && w.users[one] == nil {
			return nil, fmt.Errorf("no user %q to select", one)
		}
		state["selected_user"] = orNil()
	case "datepicker":
		state["selected_date"] = orNil()
	case "timepicker":
		state["selected_time"] = orNil()
	case "datetimepicker":
		at, err := moment(value)
		if err != nil {
			return nil, err
		}
		state["selected_date_time"] = at
	case "file_input":
		files := []any{}
		for _, id := range several(value) {
			f := w.files[id]
			if f == nil || !f.complete {
				return nil, fmt.Errorf("no uploaded file %q", id)
			}
			files = append(files, w.fileObject(f, w.address()))
		}
		state["files"] = files
	default:
		return nil, fmt.Errorf("%s takes no value", kind)
	}
	return state, nil
}

// moment reads a time: a time.Time, or seconds since 1970 as a number or a string of digits; nil and "" clear.
func moment(value any) (any, error) {
	switch v := value.(type) {
	case nil:
		return nil, nil
	case time.Time:
		return unixNumber(v), nil
	case json.Number:
		return v, nil
	case string:
		if v == "" {
			return nil, nil
		}
		if _, err := strconv.ParseInt(v, 10, 64); err == nil {
			return json.Number(v), nil
		}
	}
	return nil, fmt.Errorf("%v is not a time", value)
}

// mine returns an open modal or home tab of a user.
func (w *Workspace) mine(user, viewID string) (*view, error) {
	v := w.view(viewID, "")
	if v == nil || v.user != user {
		return nil, fmt.Errorf("user %q has no view %q open", user, viewID)
	}
	return v, nil
}

// viewContainer is how the payloads that come from a view begin.
func (w *Workspace) viewPayload(kind, user string, v *view) object {
	payload := w.common(kind, user)
	payload["container"] = object{"type": "view", "view_id": v.id}
	payload["view"] = encode(w.viewObject(v))
	return payload
}

// PressInView presses a button (or uses another element that takes no value) in a modal or home tab.
func (w *Workspace) PressInView(ctx context.Context, user, viewID, actionID string) (Seen, error) {
	w.mu.Lock()
	v, err := w.mine(user, viewID)
	if err != nil {
		w.mu.Unlock()
		return Seen{}, err
	}
	blockID := ""
	if b, _ := elementIn(encode(v.body["blocks"]), "", actionID); b != nil {
		blockID, _ = b["block_id"].(string)
	}
	w.mu.Unlock()
	return w.actInView(ctx, user, viewID, blockID, actionID, nil, true)
}

// Input answers one question of an open view without submitting it. The app hears of it when the question is declared so:
// at once for a choice, and for text when it listens for every character.
func (w *Workspace) Input(ctx context.Context, user, viewID, blockID string, value any) (Seen, error) {
	return w.actInView(ctx, user, viewID, blockID, "", value, false)
}

// actInView uses an element of a view. entered tells that a text was finished with Enter.
func (w *Workspace) actInView(ctx context.Context, user, viewID, blockID, actionID string, value any, entered bool) (Seen, error) {
	w.mu.Lock()
	v, err := w.mine(user, viewID)
	if err != nil {
		w.mu.Unlock()
		return Seen{}, err
	}
	block, element := v.element(blockID, actionID)
	if element == nil {
		w.mu.Unlock()
		return Seen{}, fmt.Errorf("view %s has nothing to use in block %q", viewID, blockID)
	}
	actionID, _ = element["action_id"].(string)
	action, state, err := w.action(block, element, value, v.offers[blockID+"/"+actionID])
	if err != nil {
		w.mu.Unlock()
		return Seen{}, err
	}
	if state != nil {
		v.values[blockID][actionID] = state
	}
	if !dispatches(block, element, entered) {
		defer w.mu.Unlock()
		return w.seen(user), nil
	}
	payload := w.viewPayload("block_actions", user, v)
	payload["trigger_id"], payload["hash"], payload["actions"] = w.newTrigger(user), v.hash, encode([]object{action})
	payload["state"] = encode(object{"values": v.values})
	w.mu.Unlock()
	return w.interact(ctx, user, payload)
}

// dispatches tells whether using an element sends block_actions: always outside input blocks, in them with dispatch_action,
// and for text as its dispatch_action_config says.
// https://docs.slack.dev/reference/block-kit/composition-objects/dispatch-action-configuration-object
func dispatches(block, element object, entered bool) bool {
	if block["type"] != "input" {
		return true
	}
	if block["dispatch_action"] != true {
		return false
	}
	switch element["type"] {
	case "plain_text_input", "email_text_input", "url_text_input", "number_input":
	default:
		return true
	}
	on := []any{"on_enter_pressed"}
	if config, _ := element["dispatch_action_config"].(object); config != nil {
		if l, given := config["trigger_actions_on"].([]any); given {
			on = l
		}
	}
	return slices.Contains(on, any("on_character_entered")) || (entered && slices.Contains(on, any("on_enter_pressed")))
}

// TypeOption types in an external select and returns what the app offers. Shorter queries than min_query_length offer
// nothing and are not sent. https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload
func (w *Workspace) TypeOption(ctx context.Context, user, viewID, blockID, query string) ([]Option, error) {
	w.mu.Lock()
	v, err := w.mine(user, viewID)
	if err != nil {
		w.mu.Unlock()
		return nil, err
	}
	_, element := v.element(blockID, "")
	if kind, _ := element["type"].(string); kind != "external_select" && kind != "multi_external_select" {
		w.mu.Unlock()
		return nil, fmt.Errorf("block %q of view %s is no external select", blockID, viewID)
	}
	least, given := integer(element["min_query_length"])
	if !given {
		least = defaultMinQuery
	}
	if utf8.RuneCountInString(query) < least {
		w.mu.Unlock()
		return nil, nil
	}
	actionID, _ := element["action_id"].(string)
	payload := w.viewPayload("block_suggestion", user, v)
	payload["action_id"], payload["block_id"], payload["value"] = actionID, blockID, query
	w.mu.Unlock()

	raw, err := w.deliver(ctx, &delivery{kind: "interactive", options: true, accepts: true, payload: payload})
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	offers, wrong := readOptions(raw)
	if len(wrong) > 0 {
		w.problem("block_suggestion for %q: %s", blockID, strings.Join(wrong, "; "))
		return nil, personError("invalid_response")
	}
	// A slow answer may come after the view was closed; its offers then matter to nobody.
	v.offers[blockID+"/"+actionID] = append(v.offers[blockID+"/"+actionID], offers...)
	found := make([]Option, len(offers))
	for i, item := range offers {
		o, _ := item.(object)
		value, _ := o["value"].(string)
		found[i] = Option{Value: value, Text: label(o["text"])}
	}
	return found, nil
}

// readOptions reads {"options": […]} or {"option_groups": […]}.
func readOptions(raw json.RawMessage) (offers []any, wrong []string) {
	c := newChecker(onModal)
	var o object
	if len(raw) > 0 {
		v, err := decode(raw)
		if err != nil {
			return nil, []string{err.Error()}
		}
		o, _ = v.(object)
	}
	c.shape(shape{fields: map[string]property{
		"options": may(list(0, maxSelectOptions, option(false, false))), "option_groups": may(list(0, maxGroups, optionGroup)),
	}, also: offered}, o, "")
	return options(o), c.messages
}

// CloseView dismisses one modal, as its close button does.
func (w *Workspace) CloseView(ctx context.Context, user, viewID string) error {
	return w.dismiss(ctx, user, viewID, false)
}

// CloseAll dismisses the whole stack, as the cross in its corner does.
func (w *Workspace) CloseAll(ctx context.Context, user string) error {
	w.mu.Lock()
	stack := w.modals[user]
	w.mu.Unlock()
	if len(stack) == 0 {
		return nil
	}
	return w.dismiss(ctx, user, stack[len(stack)-1].id, true)
}

// dismiss closes views and tells the app of each that asks for it with notify_on_close. The answers are not in that payload:
// the documentation shows an empty state, so an app cannot count on it.
// https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload#view_closed
func (w *Workspace) dismiss(ctx context.Context, user, viewID string, all bool) error {
	w.mu.Lock()
	stack := w.modals[user]
	i := slices.IndexFunc(stack, func(v *view) bool { return v.id == viewID })
	if i < 0 {
		w.mu.Unlock()
		return fmt.Errorf("user %q has no view %q open", user, viewID)
	}
	closing := stack[i:]
	if all || stack[i].flag("clear_on_close") {
		closing, i = stack, 0
		all = true
	}
	w.modals[user] = slices.Clone(stack[:i])
	var payloads []object
	for _, v := range slices.Backward(closing) {
		if !v.flag("notify_on_close") {
			continue
		}
		emptied := *v
		emptied.values = map[string]map[string]object{}
		payload := w.common("view_closed", user)
		payload["view"], payload["is_cleared"] = encode(w.viewObject(&emptied)), all
		payloads = append(payloads, payload)
	}
	w.touch()
	w.mu.Unlock()
	for _, payload := range payloads {
		if _, err := w.deliver(ctx, &delivery{kind: "interactive", payload: payload}); err != nil {
			return err
		}
	}
	return nil
}

// Upload puts a file in the workspace as a person does in a file input, and returns it.
func (w *Workspace) Upload(user, name string, data []byte) File {
	w.mu.Lock()
	defer w.mu.Unlock()
	f := *w.addFile(user, name, slices.Clone(data), true)
	f.content = nil
	return f
}

// SubmitView fills in a modal and submits it. The person's own client first checks what it can: required answers and
// lengths; then nothing is sent. Afterwards Seen holds the view on top: with errors, updated, another, or none.
func (w *Workspace) SubmitView(ctx context.Context, user, viewID string, values Values) (Seen, error) {
	w.mu.Lock()
	v, err := w.mine(user, viewID)
	if err == nil && (v.str("type") != "modal" || v.busy) {
		err = fmt.Errorf("view %s cannot be submitted now", viewID)
	}
	for _, blockID := range slices.Sorted(maps.Keys(values)) {
		if err != nil {
			break
		}
		err = w.setAnswer(v, blockID, values[blockID])
	}
	if err != nil {
		w.mu.Unlock()
		return Seen{}, err
	}
	if v.errors = v.incomplete(); len(v.errors) > 0 {
		defer w.mu.Unlock()
		w.touch()
		return w.seen(user), nil
	}
	payload := w.viewPayload("view_submission", user, v)
	delete(payload, "container")
	payload["trigger_id"], payload["response_urls"] = w.newTrigger(user), []any{}
	v.busy = true
	w.mu.Unlock()

	answer, err := w.deliver(ctx, &delivery{kind: "interactive", accepts: true, payload: payload})
	w.mu.Lock()
	defer w.mu.Unlock()
	v.busy = false
	if err == nil {
		err = w.responseAction(user, v, answer)
	}
	w.touch()
	return w.seen(user), err
}

// setAnswer gives the input in a block a value; the lock is held.
func (w *Workspace) setAnswer(v *view, blockID string, value any) error {
	_, element := v.element(blockID, "")
	if element == nil {
		return fmt.Errorf("view %s asks nothing in block %q", v.id, blockID)
	}
	actionID, _ := element["action_id"].(string)
	state, err := w.stateOf(element, value, v.offers[blockID+"/"+actionID])
	if err != nil {
		return err
	}
	v.values[blockID][actionID] = state
	return nil
}

// incomplete is what a person's client objects to before anything is sent, by block id.
func (v *view) incomplete() map[string]string {
	wrong := map[string]string{}
	for _, b := range v.blocks() {
		if b["type"] != "input" {
			continue
		}
		blockID, _ := b["block_id"].(string)
		_, e := v.element(blockID, "")
		actionID, _ := e["action_id"].(string)
		state := v.values[blockID][actionID]
		if unanswered(state) {
			if b["optional"] != true {
				wrong[blockID] = "Fyll i det här fältet."
			}
			continue
		}
		typed, isText := state["value"].(string)
		n := utf8.RuneCountInString(typed)
		least, _ := integer(e["min_length"])
		most, limited := integer(e["max_length"])
		files, _ := state["files"].([]any)
		mostFiles, filesLimited := integer(e["max_files"])
		if !filesLimited {
			mostFiles = maxFiles
		}
		switch {
		case isText && n < least:
			wrong[blockID] = fmt.Sprintf("Skriv minst %d tecken.", least)
		case isText && limited && n > most:
			wrong[blockID] = fmt.Sprintf("Skriv högst %d tecken.", most)
		case isText && n > maxInputLength:
			wrong[blockID] = fmt.Sprintf("Skriv högst %d tecken.", maxInputLength)
		case len(files) > mostFiles:
			wrong[blockID] = fmt.Sprintf("Bifoga högst %d filer.", mostFiles)
		}
	}
	return wrong
}

func unanswered(state object) bool {
	for key, v := range state {
		if key == "type" {
			continue
		}
		if l, isList := v.([]any); v != nil && (!isList || len(l) > 0) {
			return false
		}
	}
	return true
}

// responseAction does what the app answered a submission with: nothing closes the view, or errors, update, push, clear.
// https://docs.slack.dev/surfaces/modals#response_actions. The lock is held.
func (w *Workspace) responseAction(user string, v *view, raw json.RawMessage) error {
	v.errors = nil
	if len(raw) == 0 || string(raw) == "null" || string(raw) == "{}" {
		w.modals[user] = slices.DeleteFunc(slices.Clone(w.modals[user]), func(x *view) bool { return x == v })
		return nil
	}
	parsed, err := decode(raw)
	o, isObject := parsed.(object)
	if err != nil || !isObject {
		w.problem("the answer to view_submission is not a JSON object")
		return personError("invalid_response")
	}
	body, _ := o["view"].(object)
	switch o["response_action"] {
	case "clear":
		w.modals[user] = nil
		return nil
	case "errors":
		return w.showErrors(v, o["errors"])
	case "update":
		if body == nil {
			err = refuse("view is missing")
		} else {
			err = w.replace(v, body)
		}
	case "push":
		if err = checkView(body, "modal"); err == nil {
			_, err = w.push(user, body)
		}
	default:
		err = refuse(fmt.Sprintf("unknown response_action %v", o["response_action"]))
	}
	if err != nil {
		w.problem("response_action %v: %s", o["response_action"], describe(err))
		return personError("invalid_response")
	}
	return nil
}

// showErrors shows the app's inline errors, whose keys must be block ids of input blocks.
func (w *Workspace) showErrors(v *view, errors any) error {
	texts, _ := errors.(object)
	shown := map[string]string{}
	for _, blockID := range slices.Sorted(maps.Keys(texts)) {
		said, isText := texts[blockID].(string)
		block, _ := v.element(blockID, "")
		if block == nil || block["type"] != "input" || !isText || said == "" {
			w.problem("response_action errors: %q is not the block_id of an input block, or its text is empty", blockID)
			return personError("invalid_response")
		}
		shown[blockID] = said
	}
	if len(shown) == 0 {
		w.problem("response_action errors without errors")
		return personError("invalid_response")
	}
	v.errors = shown
	return nil
}
