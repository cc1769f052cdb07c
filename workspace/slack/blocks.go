package slack

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// surface is where blocks are shown; a set of them as bits.
type surface int

const (
	onMessage surface = 1 << iota
	onModal
	onHome
	everywhere = onMessage | onModal | onHome
)

// checker goes through Block Kit and collects what is wrong, worded and pointed out as the platform does:
// "[ERROR] must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]".
type checker struct {
	surface  surface
	messages []string
	blockIDs map[string]bool
	focused  bool // an element has focus_on_load; only one may
}

func newChecker(s surface) *checker { return &checker{surface: s, blockIDs: map[string]bool{}} }

func (c *checker) fail(path, format string, a ...any) {
	c.messages = append(c.messages, fmt.Sprintf("[ERROR] "+format+" [json-pointer:%s]", append(a, path)...))
}

// rule checks one value.
type rule func(c *checker, v any, path string)

// property is one field of an object: required or not, with its rule.
type property struct {
	required bool
	rule     rule
}

func must(r rule) property { return property{true, r} }
func may(r rule) property  { return property{false, r} }

// shape is a kind of object: its fields, and what else holds for it.
type shape struct {
	surfaces surface
	fields   map[string]property
	also     func(c *checker, o object, path string)
}

// shape checks o against s: no unknown fields, none missing, each by its rule.
func (c *checker) shape(s shape, o object, path string) {
	for _, name := range slices.Sorted(maps.Keys(o)) {
		if _, known := s.fields[name]; !known && name != "type" {
			c.fail(path, "no more than the documented fields allowed: additional property: %s", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.fields)) {
		p := s.fields[name]
		v, given := o[name]
		switch {
		case given && v != nil:
			p.rule(c, v, path+"/"+name)
		case p.required:
			c.fail(path, "missing required field: %s", name)
		}
	}
	if s.also != nil {
		s.also(c, o, path)
	}
}

func text(lowest, highest int) rule {
	return func(c *checker, v any, path string) {
		s, ok := v.(string)
		if !ok {
			c.fail(path, "must be a string")
			return
		}
		switch n := utf8.RuneCountInString(s); {
		case n < lowest:
			c.fail(path, "must be more than %d characters", lowest-1)
		case n > highest:
			c.fail(path, "must be less than %d characters", highest+1)
		}
	}
}

func number(lowest, highest int) rule {
	return func(c *checker, v any, path string) {
		n, ok := v.(json.Number)
		i, err := strconv.Atoi(n.String())
		if !ok || err != nil || i < lowest || i > highest {
			c.fail(path, "must be a whole number from %d to %d", lowest, highest)
		}
	}
}

func flag(c *checker, v any, path string) {
	if _, ok := v.(bool); !ok {
		c.fail(path, "must be a boolean")
	}
}

func oneOf(values ...string) rule {
	return func(c *checker, v any, path string) {
		if s, ok := v.(string); !ok || !slices.Contains(values, s) {
			c.fail(path, "must be one of: %s", strings.Join(values, ", "))
		}
	}
}

func list(lowest, highest int, each rule) rule {
	return func(c *checker, v any, path string) {
		l, ok := v.([]any)
		if !ok {
			c.fail(path, "must be an array")
			return
		}
		if len(l) < lowest {
			c.fail(path, "no less than %d items allowed", lowest)
		}
		if len(l) > highest {
			c.fail(path, "no more than %d items allowed", highest)
		}
		for i, item := range l {
			each(c, item, path+"/"+strconv.Itoa(i))
		}
	}
}

func with(s shape) rule {
	return func(c *checker, v any, path string) {
		if o, ok := v.(object); ok {
			c.shape(s, o, path)
		} else {
			c.fail(path, "must be an object")
		}
	}
}

// kinds checks an object by its type field against the shapes that are allowed in this place.
func kinds(shapes func() map[string]shape, allowed ...string) rule {
	return func(c *checker, v any, path string) {
		o, ok := v.(object)
		if !ok {
			c.fail(path, "must be an object")
			return
		}
		name, _ := o["type"].(string)
		s, known := shapes()[name]
		if !known || (len(allowed) > 0 && !slices.Contains(allowed, name)) || s.surfaces&c.surface == 0 {
			c.fail(path, "unsupported type: %s", name)
			return
		}
		c.shape(s, o, path)
	}
}

// textObject checks a text object. https://docs.slack.dev/reference/block-kit/composition-objects/text-object
func textObject(lowest, highest int, types ...string) rule {
	return func(c *checker, v any, path string) {
		o, ok := v.(object)
		if !ok {
			c.fail(path, "must be an object")
			return
		}
		kind, _ := o["type"].(string)
		if !slices.Contains(types, kind) {
			c.fail(path+"/type", "must be a %s object", strings.Join(types, " or "))
			return
		}
		fields := map[string]property{"text": must(text(lowest, highest))}
		if kind == "plain_text" {
			fields["emoji"] = may(flag)
		} else {
			fields["verbatim"] = may(flag)
		}
		c.shape(shape{fields: fields}, o, path)
	}
}

func plain(highest int) rule   { return textObject(1, highest, "plain_text") }
func anyText(highest int) rule { return textObject(1, highest, "plain_text", "mrkdwn") }

// option is an option object; markdown tells whether its text may be mrkdwn, as in radio buttons and checkboxes.
// https://docs.slack.dev/reference/block-kit/composition-objects/option-object
func option(markdown, url bool) rule {
	label := plain(maxOptionText)
	description := plain(maxOptionDescription)
	if markdown {
		label, description = anyText(maxOptionText), anyText(maxOptionDescription)
	}
	fields := map[string]property{"text": must(label), "value": must(text(1, maxOptionValue)), "description": may(description)}
	if url {
		fields["url"] = may(text(1, maxOptionURL))
	}
	return with(shape{fields: fields})
}

func optionGroup(c *checker, v any, path string) {
	with(shape{fields: map[string]property{
		"label": must(plain(maxGroupLabel)), "options": must(list(1, maxSelectOptions, option(false, false))),
	}})(c, v, path)
}

// options returns the options of an element, those in groups included.
func options(element object) []any {
	all, _ := element["options"].([]any)
	all = slices.Clone(all)
	groups, _ := element["option_groups"].([]any)
	for _, g := range groups {
		o, _ := g.(object)
		inner, _ := o["options"].([]any)
		all = append(all, inner...)
	}
	return all
}

// same tells whether two options are the same, as initial options must be letter for letter.
func same(a, b any) bool { return string(encode(a)) == string(encode(b)) }

// offered checks that options exist one way only, have different values, and that the initial ones are among them.
func offered(c *checker, o object, path string) {
	_, flat := o["options"]
	_, grouped := o["option_groups"]
	if flat == grouped {
		c.fail(path, "exactly one of options and option_groups is required")
	}
	initialAmong(c, o, path)
}

func initialAmong(c *checker, o object, path string) {
	all := options(o)
	seen := map[string]bool{}
	for _, item := range all {
		one, _ := item.(object)
		value, _ := one["value"].(string)
		if seen[value] {
			c.fail(path+"/options", "duplicate value: %s", value)
		}
		seen[value] = true
	}
	initial, _ := o["initial_options"].([]any)
	if one, given := o["initial_option"]; given && one != nil {
		initial = append(initial, one)
	}
	for _, i := range initial {
		if !slices.ContainsFunc(all, func(x any) bool { return same(x, i) }) {
			c.fail(path, "initial option must exactly match one of the provided options")
		}
	}
}

// confirm is a confirmation dialog. https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object
func confirm(c *checker, v any, path string) {
	with(shape{fields: map[string]property{
		"title": must(plain(maxConfirmTitle)), "text": must(anyText(maxConfirmText)), "confirm": must(plain(maxConfirmButton)),
		"deny": must(plain(maxConfirmButton)), "style": may(oneOf("primary", "danger")),
	}})(c, v, path)
}

func dispatchConfig(c *checker, v any, path string) {
	with(shape{fields: map[string]property{
		"trigger_actions_on": may(list(1, 2, oneOf("on_enter_pressed", "on_character_entered"))),
	}})(c, v, path)
}

// focus notes focus_on_load, which one element of a view may have.
func focus(c *checker, v any, path string) {
	flag(c, v, path)
	if v == true {
		if c.focused {
			c.fail(path, "only one element may have focus_on_load")
		}
		c.focused = true
	}
}

// interactive is the shape of an element that people act on: it may carry an action_id.
func interactive(fields map[string]property, also func(*checker, object, string)) shape {
	fields["action_id"] = may(text(1, maxActionID))
	return shape{everywhere, fields, also}
}

// elements are the block elements simulated. https://docs.slack.dev/reference/block-kit/block-elements
var elements = sync.OnceValue(func() map[string]shape {
	placeholder := may(plain(maxPlaceholder))
	selected := list(1, maxSelectOptions, option(false, false))
	typed := func() map[string]property {
		return map[string]property{
			"initial_value": may(text(0, maxInputLength)), "placeholder": placeholder, "focus_on_load": may(focus),
			"dispatch_action_config": may(dispatchConfig),
		}
	}
	long := typed()
	long["multiline"] = may(flag)
	long["min_length"] = may(number(0, maxInputLength))
	long["max_length"] = may(number(1, maxInputLength))
	numeric := typed()
	numeric["is_decimal_allowed"] = must(flag)
	numeric["min_value"] = may(text(1, maxInputLength))
	numeric["max_value"] = may(text(1, maxInputLength))
	return map[string]shape{
		"image": {everywhere, map[string]property{
			"image_url": must(text(1, maxImageURL)), "alt_text": must(text(1, maxAltText)),
		}, nil},
		"button": interactive(map[string]property{
			"text": must(plain(maxButtonText)), "value": may(text(0, maxButtonValue)), "url": may(text(1, maxButtonURL)),
			"style": may(oneOf("primary", "danger")), "confirm": may(confirm), "accessibility_label": may(text(1, maxButtonLabel)),
		}, nil),
		"overflow": interactive(map[string]property{
			"options": must(list(1, maxOverflowOptions, option(false, true))), "confirm": may(confirm),
		}, initialAmong),
		"static_select": interactive(map[string]property{
			"options": may(list(1, maxSelectOptions, option(false, false))), "option_groups": may(list(1, maxGroups, optionGroup)),
			"initial_option": may(option(false, false)), "placeholder": placeholder, "confirm": may(confirm), "focus_on_load": may(focus),
		}, offered),
		"multi_static_select": interactive(map[string]property{
			"options": may(list(1, maxSelectOptions, option(false, false))), "option_groups": may(list(1, maxGroups, optionGroup)),
			"initial_options": may(selected), "placeholder": placeholder, "confirm": may(confirm), "focus_on_load": may(focus),
			"max_selected_items": may(number(1, maxSelectOptions)),
		}, offered),
		"external_select": interactive(map[string]property{
			"initial_option": may(option(false, false)), "min_query_length": may(number(0, maxInputLength)), "placeholder": placeholder,
			"confirm": may(confirm), "focus_on_load": may(focus),
		}, nil),
		"multi_external_select": interactive(map[string]property{
			"initial_options": may(selected), "min_query_length": may(number(0, maxInputLength)), "placeholder": placeholder,
			"confirm": may(confirm), "focus_on_load": may(focus), "max_selected_items": may(number(1, maxSelectOptions)),
		}, nil),
		"users_select": interactive(map[string]property{
			"initial_user": may(text(1, maxBlockID)), "placeholder": placeholder, "confirm": may(confirm), "focus_on_load": may(focus),
		}, nil),
		"checkboxes": interactive(map[string]property{
			"options": must(list(1, maxChoiceOptions, option(true, false))), "initial_options": may(
				list(1, maxChoiceOptions, option(true, false)),
			),
			"confirm": may(confirm), "focus_on_load": may(focus),
		}, initialAmong),
		"radio_buttons": interactive(map[string]property{
			"options": must(list(1, maxChoiceOptions, option(true, false))), "initial_option": may(option(true, false)),
			"confirm": may(confirm), "focus_on_load": may(focus),
		}, initialAmong),
		"datepicker": interactive(map[string]property{
			"initial_date": may(text(10, 10)), "placeholder": placeholder, "confirm": may(confirm), "focus_on_load": may(focus),
		}, nil),
		"timepicker": interactive(map[string]property{
			"initial_time": may(text(5, 5)), "placeholder": placeholder, "confirm": may(confirm), "focus_on_load": may(focus),
			"timezone": may(text(1, maxBlockID)),
		}, nil),
		"datetimepicker": interactive(map[string]property{
			// "in the format of 10 digits", and so until the year 2286
			"initial_date_time": may(number(1_000_000_000, 9_999_999_999)), "confirm": may(confirm), "focus_on_load": may(focus),
		}, nil),
		"plain_text_input": interactive(long, lengths),
		"email_text_input": interactive(typed(), nil),
		"url_text_input":   interactive(typed(), nil),
		"number_input":     interactive(numeric, nil),
		"file_input": {onModal, map[string]property{
			"action_id": may(text(1, maxActionID)), "filetypes": may(list(1, maxSelectOptions, text(1, maxBlockID))),
			"max_files": may(number(1, maxFiles)),
		}, nil},
	}
})

// lengths checks that min_length does not exceed max_length.
func lengths(c *checker, o object, path string) {
	lowest, hasMin := integer(o["min_length"])
	highest, hasMax := integer(o["max_length"])
	if hasMin && hasMax && lowest > highest {
		c.fail(path+"/min_length", "must not exceed max_length")
	}
}

// integer reads a number of decoded JSON.
func integer(v any) (int, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	i, err := strconv.Atoi(n.String())
	return i, err == nil
}

// blocks are the blocks simulated. https://docs.slack.dev/reference/block-kit/blocks
var blocks = sync.OnceValue(func() map[string]shape {
	choosing := []string{"checkboxes", "radio_buttons", "static_select", "multi_static_select", "external_select",
		"multi_external_select", "users_select", "datepicker", "timepicker"}
	accessory := append([]string{"button", "image", "overflow"}, choosing...)
	actions := append([]string{"button", "overflow", "datetimepicker"}, choosing...)
	input := append([]string{"datetimepicker", "plain_text_input", "email_text_input", "url_text_input", "number_input",
		"file_input"}, choosing...)
	id := may(text(1, maxBlockID))
	return map[string]shape{
		"divider": {everywhere, map[string]property{"block_id": id}, nil},
		"header":  {everywhere, map[string]property{"block_id": id, "text": must(plain(maxHeader))}, nil},
		"section": {everywhere, map[string]property{
			"block_id": id, "text": may(anyText(maxSectionText)), "fields": may(list(1, maxFields, anyText(maxSectionField))),
			"accessory": may(kinds(elements, accessory...)), "expand": may(flag),
		}, func(c *checker, o object, path string) {
			if o["text"] == nil && o["fields"] == nil {
				c.fail(path, "missing required field: text or fields")
			}
		}},
		"context": {everywhere, map[string]property{
			"block_id": id, "elements": must(list(1, maxContextElements, contextElement)),
		}, nil},
		"actions": {everywhere, map[string]property{
			"block_id": id, "elements": must(list(1, maxActionsElements, kinds(elements, actions...))),
		}, distinctActions},
		"input": {everywhere, map[string]property{
			"block_id": id, "label": must(plain(maxLabel)), "hint": may(plain(maxHint)), "optional": may(flag),
			"dispatch_action": may(flag), "element": must(kinds(elements, input...)),
		}, func(c *checker, o object, path string) {
			element, _ := o["element"].(object)
			if element["type"] == "file_input" && o["dispatch_action"] == true {
				c.fail(path+"/dispatch_action", "unsupported for file_input")
			}
		}},
		"image": {everywhere, map[string]property{
			"block_id": id, "image_url": must(text(1, maxImageURL)), "alt_text": must(text(1, maxAltText)), "title": may(plain(maxAltText)),
		}, nil},
		"rich_text": {
			everywhere, map[string]property{"block_id": id, "elements": must(list(1, maxBlocksView, kinds(richContainers)))},
			nil,
		},
		"markdown": {onMessage, map[string]property{"block_id": id, "text": must(text(1, maxMarkdown))}, nil},
	}
})

// contextElement is a text object or an image.
func contextElement(c *checker, v any, path string) {
	if o, ok := v.(object); ok && o["type"] == "image" {
		c.shape(elements()["image"], o, path)
		return
	}
	anyText(maxText)(c, v, path)
}

// distinctActions checks that action ids differ within a block.
func distinctActions(c *checker, o object, path string) {
	list, _ := o["elements"].([]any)
	seen := map[string]bool{}
	for i, item := range list {
		element, _ := item.(object)
		if id, _ := element["action_id"].(string); id != "" {
			if seen[id] {
				c.fail(path+"/elements/"+strconv.Itoa(i)+"/action_id", "`action_id` already exists: %s", id)
			}
			seen[id] = true
		}
	}
}

// richContainers and richPieces are what rich text is made of. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
var richContainers = sync.OnceValue(func() map[string]shape {
	pieces := must(list(0, maxInputLength, kinds(richPieces)))
	border := may(number(0, 1))
	return map[string]shape{
		"rich_text_section": {everywhere, map[string]property{"elements": pieces}, nil},
		"rich_text_quote":   {everywhere, map[string]property{"elements": pieces, "border": border}, nil},
		"rich_text_preformatted": {
			everywhere, map[string]property{"elements": pieces, "border": border, "language": may(text(1, maxBlockID))}, nil,
		},
		"rich_text_list": {everywhere, map[string]property{
			"style": must(oneOf("bullet", "ordered")), "indent": may(number(0, maxListIndent)), "offset": may(number(
				0, maxInputLength,
			)),
			"border": border,
			"elements": must(list(0, maxInputLength, kinds(func() map[string]shape {
				return map[string]shape{"rich_text_section": {everywhere, map[string]property{"elements": pieces}, nil}}
			}))),
		}, nil},
	}
})

var richPieces = sync.OnceValue(func() map[string]shape {
	style := may(with(shape{fields: map[string]property{
		"bold": may(flag), "italic": may(flag), "strike": may(flag), "code": may(flag), "underline": may(flag),
		"highlight": may(flag), "client_highlight": may(flag), "unlink": may(flag),
	}}))
	name := must(text(1, maxBlockID))
	return map[string]shape{
		"text": {everywhere, map[string]property{"text": must(text(1, maxMessageText)), "style": style}, nil},
		"link": {
			everywhere,
			map[string]property{
				"url": must(text(1, maxButtonURL)), "text": may(text(1, maxText)), "unsafe": may(flag), "style": style,
			},
			nil,
		},
		"emoji":     {everywhere, map[string]property{"name": name, "unicode": may(text(1, maxBlockID)), "style": style}, nil},
		"user":      {everywhere, map[string]property{"user_id": name, "style": style}, nil},
		"usergroup": {everywhere, map[string]property{"usergroup_id": name, "style": style}, nil},
		"channel":   {everywhere, map[string]property{"channel_id": name, "style": style}, nil},
		"broadcast": {everywhere, map[string]property{"range": must(oneOf("here", "channel", "everyone"))}, nil},
		"color":     {everywhere, map[string]property{"value": name}, nil},
		"date": {everywhere, map[string]property{
			"timestamp": must(number(1, 9_999_999_999)), "format": must(text(1, maxText)), "url": may(text(1, maxButtonURL)),
			"fallback": may(text(1, maxText)),
		}, nil},
	}
})

// blocks checks a list of blocks and that block ids differ.
func (c *checker) blocks(all []any, path string, highest int) {
	if len(all) > highest {
		c.fail(path, "no more than %d items allowed", highest)
	}
	for i, b := range all {
		at := path + "/" + strconv.Itoa(i)
		kinds(blocks)(c, b, at)
		o, _ := b.(object)
		if id, _ := o["block_id"].(string); id != "" {
			if c.blockIDs[id] {
				c.fail(at+"/block_id", "`block_id` already exists: %s", id)
			}
			c.blockIDs[id] = true
		}
	}
}

// CheckMessage returns what the platform would find wrong with the blocks of a message, which are as encoding/json decodes
// them with UseNumber; nil when they are fine.
func CheckMessage(all []any) []string {
	c := newChecker(onMessage)
	c.blocks(all, "/blocks", maxBlocksMessage)
	return c.messages
}

// CheckView returns what the platform would find wrong with a view, as encoding/json decodes it with UseNumber; nil when it
// is fine. https://docs.slack.dev/reference/views
func CheckView(v object) []string {
	common := map[string]property{
		"blocks": must(list(0, maxBlocksView, func(*checker, any, string) {})), "private_metadata": may(text(0, maxMetadata)),
		"callback_id": may(text(0, maxCallbackID)), "external_id": may(text(0, maxExternalID)),
	}
	c := newChecker(onModal)
	switch v["type"] {
	case "modal":
		common["title"] = must(plain(maxViewTitle))
		common["submit"], common["close"] = may(plain(maxViewButton)), may(plain(maxViewButton))
		for _, name := range []string{"clear_on_close", "notify_on_close", "submit_disabled"} {
			common[name] = may(flag)
		}
	case "home":
		c.surface = onHome
	default:
		c.fail("/view/type", "must be one of: modal, home")
		return c.messages
	}
	c.shape(shape{fields: common}, v, "/view")
	all, _ := v["blocks"].([]any)
	c.blocks(all, "/view/blocks", maxBlocksView)
	asks := slices.ContainsFunc(all, func(b any) bool { o, _ := b.(object); return o["type"] == "input" })
	if v["type"] == "modal" && asks && v["submit"] == nil {
		c.fail("/view", "missing required field: submit, as the view has an input block")
	}
	return c.messages
}

// withIDs returns a copy of blocks with the ids that the platform adds where the app gave none.
func withIDs(all []any, random func(int) string) []any {
	copied, err := decode(encode(all))
	if err != nil {
		panic(fmt.Errorf("copying blocks: %w", err)) // what was just written is JSON
	}
	list, _ := copied.([]any)
	for _, b := range list {
		o, _ := b.(object)
		if o == nil {
			continue
		}
		if id, _ := o["block_id"].(string); id == "" {
			o["block_id"] = random(3)
		}
		for _, e := range interactiveIn(o) {
			if id, _ := e["action_id"].(string); id == "" {
				e["action_id"] = random(3)
			}
		}
	}
	return list
}

// interactiveIn returns the elements in a block that a person can act on.
func interactiveIn(block object) []object {
	var found []object
	add := func(v any) {
		if e, ok := v.(object); ok && e["type"] != "image" {
			found = append(found, e)
		}
	}
	switch block["type"] {
	case "actions":
		list, _ := block["elements"].([]any)
		for _, e := range list {
			add(e)
		}
	case "section":
		add(block["accessory"])
	case "input":
		add(block["element"])
	}
	return found
}
