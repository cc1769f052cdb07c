package slack

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// trigger is the short-lived right to open a view for somebody.
// https://docs.slack.dev/interactivity/handling-user-interaction#modal_responses
type trigger struct {
	user  string
	made  time.Time
	spent bool
}

// newTrigger hands out a trigger id; the lock is held.
func (w *Workspace) newTrigger(user string) string {
	now := w.now()
	w.sequence++
	id := fmt.Sprintf("%d.%d.%s", w.sequence, now.UnixMilli(), w.secret(16))
	w.triggers.add(id, &trigger{user: user, made: now})
	return id
}

// exchange spends a trigger id and returns whose it was.
func (c *call) exchange() (user string, err error) {
	id := c.args.str("trigger_id")
	t := c.w.triggers.byID[id]
	switch {
	case id == "":
		return "", invalid("invalid_arguments", []string{"[ERROR] missing required field: trigger_id"})
	case t == nil:
		return "", refuse("invalid_trigger_id")
	case t.spent:
		c.w.problem("%s: trigger_id used twice", c.name)
		return "", refuse("exchanged_trigger_id")
	case c.w.now().Sub(t.made) > triggerLives:
		c.w.problem("%s: trigger_id used after more than %s", c.name, triggerLives)
		return "", refuse("expired_trigger_id")
	}
	t.spent = true
	return t.user, nil
}

// view is a modal or a home tab that a person has before them.
type view struct {
	id, hash       string
	user           string
	root, previous string
	body           object // as the app gave it, with the ids that the platform added
	values         map[string]map[string]object
	offers         map[string][]any // what external selects have offered, by block and action
	errors         map[string]string
	busy           bool // being submitted
}

func (v *view) str(key string) string { s, _ := v.body[key].(string); return s }
func (v *view) flag(key string) bool  { return v.body[key] == true }

func (v *view) blocks() []object {
	list, _ := v.body["blocks"].([]any)
	found := make([]object, 0, len(list))
	for _, b := range list {
		if o, ok := b.(object); ok {
			found = append(found, o)
		}
	}
	return found
}

// element returns the element at block and action; with action "" the first of the block.
func (v *view) element(blockID, actionID string) (block, element object) {
	for _, b := range v.blocks() {
		if b["block_id"] != blockID {
			continue
		}
		for _, e := range interactiveIn(b) {
			if actionID == "" || e["action_id"] == actionID {
				return b, e
			}
		}
	}
	return nil, nil
}

// viewArgument reads and checks the view argument.
func (c *call) viewArgument(kind string) (object, error) {
	raw, err := c.args.json("view")
	if err != nil {
		return nil, invalid("invalid_arguments", []string{"[ERROR] must be valid JSON [json-pointer:/view]"})
	}
	o, isObject := raw.(object)
	if !isObject {
		return nil, invalid("invalid_arguments", []string{"[ERROR] missing required field: view"})
	}
	return o, checkView(o, kind)
}

func checkView(o object, kind string) error {
	if len(encode(o)) > maxViewBytes {
		return refuse("view_too_large")
	}
	if wrong := CheckView(o); len(wrong) > 0 {
		return invalid("invalid_arguments", wrong)
	}
	if kind != "" && o["type"] != kind {
		return invalid("invalid_arguments", []string{"[ERROR] must be a " + kind + " [json-pointer:/view/type]"})
	}
	return nil
}

// newView makes a view for a user; external ids are unique among open views. The lock is held.
func (w *Workspace) newView(user string, body object) (*view, error) {
	if external, _ := body["external_id"].(string); external != "" && w.view("", external) != nil {
		return nil, refuse("duplicate_external_id")
	}
	v := &view{id: w.id("V"), user: user, offers: map[string][]any{}}
	v.root = v.id
	w.fill(v, body)
	return v, nil
}

// fill gives a view its content, keeping the answers to questions that remain: the same block id, action id and type.
// https://docs.slack.dev/surfaces/modals#updating_views
func (w *Workspace) fill(v *view, body object) {
	old, before := v.values, v.body
	was := &view{body: before}
	list, _ := body["blocks"].([]any)
	v.body = maps.Clone(body)
	v.body["blocks"] = withIDs(list, w.secret)
	v.values = map[string]map[string]object{}
	v.errors = nil
	v.hash = fmt.Sprintf("%d.%s", w.now().Unix(), w.secret(4))
	for _, b := range v.blocks() {
		blockID, _ := b["block_id"].(string)
		for _, e := range interactiveIn(b) {
			actionID, _ := e["action_id"].(string)
			state, keeps := initialState(e)
			if !keeps {
				continue
			}
			_, same := was.element(blockID, actionID)
			if kept, had := old[blockID][actionID]; had && same != nil && same["type"] == e["type"] {
				state = kept
			}
			if v.values[blockID] == nil {
				v.values[blockID] = map[string]object{}
			}
			v.values[blockID][actionID] = state
		}
	}
}

// initialState is an element's value before anybody touched it; keeps is false for elements without a value.
// https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
func initialState(e object) (state object, keeps bool) {
	kind, _ := e["type"].(string)
	state = object{"type": kind}
	from := func(key, initial string) {
		if v, given := e[initial]; given {
			state[key] = v
		} else {
			state[key] = nil
		}
	}
	many := func(initial string) {
		if state["selected_options"] = e[initial]; e[initial] == nil {
			state["selected_options"] = []any{}
		}
	}
	switch kind {
	case "plain_text_input", "email_text_input", "url_text_input", "number_input":
		from("value", "initial_value")
	case "static_select", "external_select", "radio_buttons":
		from("selected_option", "initial_option")
	case "checkboxes", "multi_static_select", "multi_external_select":
		many("initial_options")
	case "users_select":
		from("selected_user", "initial_user")
	case "datepicker":
		from("selected_date", "initial_date")
	case "timepicker":
		from("selected_time", "initial_time")
	case "datetimepicker":
		from("selected_date_time", "initial_date_time")
	case "file_input":
		state["files"] = []any{}
	default:
		return nil, false
	}
	return state, true
}

// view returns an open view by id or external id; the lock is held.
func (w *Workspace) view(id, external string) *view {
	fits := func(v *view) bool {
		return (id != "" && v.id == id) || (external != "" && v.str("external_id") == external)
	}
	if v := w.homeWhere(fits); v != nil {
		return v
	}
	for _, stack := range w.modals {
		if i := slices.IndexFunc(stack, fits); i >= 0 {
			return stack[i]
		}
	}
	return nil
}

func (w *Workspace) homeWhere(fits func(*view) bool) *view {
	for _, v := range w.homes {
		if fits(v) {
			return v
		}
	}
	return nil
}

// object is a view as the API and payloads show it.
func (w *Workspace) viewObject(v *view) object {
	o := maps.Clone(v.body)
	for key, empty := range map[string]any{
		"private_metadata": "", "callback_id": "", "external_id": "", "clear_on_close": false, "notify_on_close": false,
		"title": nil, "submit": nil, "close": nil,
	} {
		if _, given := o[key]; !given {
			o[key] = empty
		}
	}
	o["id"], o["hash"], o["team_id"], o["app_id"], o["bot_id"] = v.id, v.hash, TeamID, AppID, BotID
	o["app_installed_team_id"], o["root_view_id"] = TeamID, v.root
	o["previous_view_id"] = nil
	if v.previous != "" {
		o["previous_view_id"] = v.previous
	}
	o["state"] = object{"values": v.values}
	return o
}

func (c *call) viewAnswer(v *view) (object, error) {
	c.w.touch()
	// A copy: the answer is written after the method returned, when the view may have gone on changing.
	return object{"view": encode(c.w.viewObject(v))}, nil
}

func (c *call) openView() (object, error) {
	body, err := c.viewArgument("modal")
	if err != nil {
		return nil, err
	}
	user, err := c.exchange()
	if err != nil {
		return nil, err
	}
	v, err := c.w.newView(user, body)
	if err != nil {
		return nil, err
	}
	c.w.modals[user] = []*view{v}
	return c.viewAnswer(v)
}

func (c *call) pushView() (object, error) {
	body, err := c.viewArgument("modal")
	if err != nil {
		return nil, err
	}
	user, err := c.exchange()
	if err != nil {
		return nil, err
	}
	v, err := c.w.push(user, body)
	if err != nil {
		return nil, err
	}
	return c.viewAnswer(v)
}

// push lays a view on a user's stack; the lock is held.
func (w *Workspace) push(user string, body object) (*view, error) {
	stack := w.modals[user]
	if len(stack) == 0 {
		return nil, refuse("not_found")
	}
	if len(stack) >= maxViewsPushed {
		return nil, refuse("push_limit_reached")
	}
	v, err := w.newView(user, body)
	if err != nil {
		return nil, err
	}
	v.root, v.previous = stack[0].id, stack[len(stack)-1].id
	w.modals[user] = append(stack, v)
	return v, nil
}

func (c *call) updateView() (object, error) {
	body, err := c.viewArgument("")
	if err != nil {
		return nil, err
	}
	id, external := c.args.str("view_id"), c.args.str("external_id")
	if id == "" && external == "" {
		return nil, invalid("invalid_arguments", []string{"[ERROR] missing required field: view_id or external_id"})
	}
	v := c.w.view(id, external)
	if v == nil {
		return nil, refuse("not_found")
	}
	if hash := c.args.str("hash"); hash != "" && hash != v.hash {
		return nil, refuse("hash_conflict")
	}
	if err := c.w.replace(v, body); err != nil {
		return nil, err
	}
	return c.viewAnswer(v)
}

// replace gives an open view new content; the lock is held.
func (w *Workspace) replace(v *view, body object) error {
	if err := checkView(body, v.str("type")); err != nil {
		return err
	}
	if external, _ := body["external_id"].(string); external != "" {
		if other := w.view("", external); other != nil && other != v {
			return refuse("duplicate_external_id")
		}
	}
	w.fill(v, body)
	w.touch()
	return nil
}

func (c *call) publishView() (object, error) {
	body, err := c.viewArgument("home")
	if err != nil {
		return nil, err
	}
	user := c.args.str("user_id")
	if u := c.w.users[user]; u == nil || u.Deleted {
		return nil, refuse("user_not_found")
	}
	v := c.w.homes[user]
	if hash := c.args.str("hash"); hash != "" && v != nil && hash != v.hash {
		return nil, refuse("hash_conflict")
	}
	if v == nil {
		if v, err = c.w.newView(user, body); err != nil {
			return nil, err
		}
		c.w.homes[user] = v
		return c.viewAnswer(v)
	}
	if err := c.w.replace(v, body); err != nil {
		return nil, err
	}
	return c.viewAnswer(v)
}

// View is a modal or home tab as a person sees it.
type View struct {
	ID, Hash        string
	Type            string // modal or home
	CallbackID      string
	ExternalID      string
	PrivateMetadata string
	Title           string
	Submit          string // text of its button, "" when it has none
	Close           string
	Blocks          json.RawMessage
	Values          json.RawMessage   // state.values as payloads carry it
	Errors          map[string]string // inline errors by block id
	RootID          string
	PreviousID      string
}

func label(v any) string {
	o, _ := v.(object)
	s, _ := o["text"].(string)
	return s
}

// seen returns a view as the outside sees it.
func (v *view) seen() *View {
	return &View{
		ID: v.id, Hash: v.hash, Type: v.str("type"), CallbackID: v.str("callback_id"), ExternalID: v.str("external_id"),
		PrivateMetadata: v.str("private_metadata"), Title: label(v.body["title"]), Submit: label(v.body["submit"]),
		Close: label(v.body["close"]), Blocks: encode(v.body["blocks"]), Values: encode(v.values), Errors: maps.Clone(v.errors),
		RootID: v.root, PreviousID: v.previous,
	}
}

// Text returns everything there is to read in the view, a line per text, for tests that look for words.
func (v *View) Text() string {
	parsed, err := decode(v.Blocks)
	if err != nil {
		return v.Title
	}
	lines := []string{v.Title}
	var walk func(any)
	walk = func(x any) {
		switch x := x.(type) {
		case []any:
			for _, item := range x {
				walk(item)
			}
		case object:
			if s, ok := x["text"].(string); ok {
				lines = append(lines, s)
			}
			for _, key := range slices.Sorted(maps.Keys(x)) {
				walk(x[key])
			}
		}
	}
	walk(parsed)
	return strings.Join(lines, "\n")
}

// Views returns the modals a user has before them, the root first and the one on top last.
func (w *Workspace) Views(user string) []View {
	w.mu.Lock()
	defer w.mu.Unlock()
	open := make([]View, 0, len(w.modals[user]))
	for _, v := range w.modals[user] {
		open = append(open, *v.seen())
	}
	return open
}

// Home returns a user's home tab; nil before the app has published one.
func (w *Workspace) Home(user string) *View {
	w.mu.Lock()
	defer w.mu.Unlock()
	if v := w.homes[user]; v != nil {
		return v.seen()
	}
	return nil
}

// unixNumber writes a time as the platform does, in whole seconds.
func unixNumber(t time.Time) json.Number { return json.Number(strconv.FormatInt(t.Unix(), 10)) }
