package discord

import (
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Component types. https://discord.com/developers/docs/components/reference#component-object-component-types
const (
	actionRow     = 1
	button        = 2
	stringSelect  = 3
	textInput     = 4
	userSelect    = 5
	roleSelect    = 6
	mentionSelect = 7
	channelSelect = 8
	section       = 9
	textDisplay   = 10
	thumbnail     = 11
	gallery       = 12
	fileDisplay   = 13
	separator     = 14
	container     = 17
	label         = 18
	fileUpload    = 19
	radioGroup    = 21
	checkboxGroup = 22
	checkbox      = 23
)

// Button styles. https://discord.com/developers/docs/components/reference#button-button-styles
const (
	linkStyle    = 5
	premiumStyle = 6
)

func kindOf(component object) int { return count(component, "type", 0) }

// component checks a component that stands where only the given types may.
func component(allowed ...int) rule {
	return func(c *checker, v any, path string) {
		o, ok := v.(object)
		if !ok {
			c.fail(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
			return
		}
		kind, ok := whole(o["type"])
		if !ok || !slices.Contains(allowed, kind) {
			c.fail(below(path, "type"), "UNION_TYPE_CHOICES", "Value of field %q must be one of %v.", "type", allowed)
			return
		}
		s, known := c.componentShape(kind)
		if !known {
			c.fail(below(path, "type"), "UNION_TYPE_CHOICES", "Component type %d is not simulated.", kind)
			return
		}
		fields := maps.Clone(s.fields)
		fields["type"] = must(ignored)
		fields["id"] = may(componentID)
		c.count++
		c.shape(shape{fields: fields, also: s.also}, o, path)
	}
}

// componentID is the optional number of a component, unique in its message; 0 asks the platform to choose.
func componentID(c *checker, v any, path string) {
	number(0, maxComponentID)(c, v, path)
	id, _ := whole(v)
	if id != 0 && c.ids[id] {
		c.fail(path, "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated")
	}
	c.ids[id] = true
}

// customID is the app's own id of a component, unique in its message or modal.
func customID(c *checker, v any, path string) {
	text(1, maxCustomID)(c, v, path)
	id, _ := v.(string)
	if c.customIDs[id] {
		c.fail(path, "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
	}
	c.customIDs[id] = true
}

// componentShape returns the fields of a type of component, where it is used: some have other fields in a modal.
// https://discord.com/developers/docs/components/reference
func (c *checker) componentShape(kind int) (shape, bool) {
	switch kind {
	case actionRow:
		return shape{fields: map[string]property{"components": must(row)}}, true
	case button:
		return buttonShape(), true
	case stringSelect:
		return c.selectShape(map[string]property{"options": must(list(1, maxOptions, with(optionShape())))}), true
	case userSelect, roleSelect, mentionSelect:
		return c.selectShape(map[string]property{"default_values": may(defaults)}), true
	case channelSelect:
		return c.selectShape(map[string]property{"default_values": may(defaults), "channel_types": may(list(0, 20, number(0, 16)))}), true
	case textInput:
		return textInputShape(), true
	case textDisplay:
		return shape{fields: map[string]property{"content": must(displayed)}}, true
	case label:
		return shape{fields: map[string]property{
			"label": must(text(1, maxLabel)), "description": may(text(0, maxLabelDescription)),
			"component": must(component(textInput, stringSelect, userSelect, roleSelect, mentionSelect, channelSelect, fileUpload,
				radioGroup, checkboxGroup, checkbox)),
		}}, true
	case fileUpload:
		return shape{fields: map[string]property{
			"custom_id": must(customID), "min_values": may(number(0, maxUploads)), "max_values": may(number(1, maxUploads)),
			"required": may(flag),
		}, also: leastAndMost(1)}, true
	case radioGroup:
		return shape{fields: map[string]property{
			"custom_id": must(customID), "options": must(list(2, maxGroupOptions, with(groupOptionShape()))), "required": may(flag),
		}, also: uniqueOptions}, true
	case checkboxGroup:
		return shape{fields: map[string]property{
			"custom_id": must(customID), "options": must(list(1, maxGroupOptions, with(groupOptionShape()))), "required": may(flag),
			"min_values": may(number(0, maxGroupOptions)), "max_values": may(number(1, maxGroupOptions)),
		}, also: both(uniqueOptions, leastAndMost(maxGroupOptions))}, true
	case checkbox:
		return shape{fields: map[string]property{"custom_id": must(customID), "default": may(flag)}}, true
	}
	return displayShape(kind)
}

// displayShape returns the fields of what only shows or arranges things, in messages with IS_COMPONENTS_V2.
func displayShape(kind int) (shape, bool) {
	item := with(shape{fields: map[string]property{
		"url": must(address(2048, "http", "https", "attachment")), "proxy_url": may(ignored), "height": may(ignored), "width": may(ignored),
		"content_type": may(ignored),
	}})
	switch kind {
	case section:
		return shape{fields: map[string]property{
			"components": must(list(1, maxSectionTexts, component(textDisplay))), "accessory": must(component(button, thumbnail)),
		}}, true
	case thumbnail:
		return shape{fields: map[string]property{
			"media": must(item), "description": may(text(0, maxFileDescription)), "spoiler": may(flag),
		}}, true
	case gallery:
		return shape{fields: map[string]property{"items": must(list(1, maxGallery, with(shape{fields: map[string]property{
			"media": must(item), "description": may(text(0, maxFileDescription)), "spoiler": may(flag),
		}})))}}, true
	case fileDisplay:
		return shape{fields: map[string]property{"file": must(item), "spoiler": may(flag), "name": may(ignored), "size": may(ignored)}}, true
	case separator:
		return shape{fields: map[string]property{"divider": may(flag), "spacing": may(numberOf(1, 2))}}, true
	case container:
		return shape{fields: map[string]property{
			"components":   must(list(1, maxComponentsAll, component(actionRow, textDisplay, section, gallery, separator, fileDisplay))),
			"accent_color": may(number(0, 0xFFFFFF)), "spoiler": may(flag),
		}}, true
	}
	return shape{}, false
}

// row is what an action row holds: buttons or one select in a message, one text input in a modal of the older kind.
func row(c *checker, v any, path string) {
	if c.modal {
		list(1, 1, component(textInput))(c, v, path)
		return
	}
	list(1, maxRowButtons, component(button, stringSelect, userSelect, roleSelect, mentionSelect, channelSelect))(c, v, path)
	items := objects(v)
	for _, o := range items {
		if kindOf(o) != button && len(items) > 1 {
			c.fail(path, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width")
			return
		}
	}
}

func buttonShape() shape {
	return shape{
		fields: map[string]property{
			"style": must(numberOf(1, 2, 3, 4, linkStyle, premiumStyle)), "label": may(text(0, maxButtonLabel)), "emoji": may(emoji),
			"custom_id": may(customID), "url": may(address(maxButtonURL, "http", "https", "discord")), "sku_id": may(snowflake),
			"disabled": may(flag),
		},
		also: func(c *checker, o object, path string) {
			style := count(o, "style", 0)
			wants := "custom_id"
			switch style {
			case linkStyle:
				wants = "url"
			case premiumStyle:
				wants = "sku_id"
			}
			for _, name := range []string{"custom_id", "url", "sku_id"} {
				switch given := o[name] != nil; {
				case name == wants && !given:
					c.fail(below(path, name), "BASE_TYPE_REQUIRED", "This field is required")
				case name != wants && given:
					c.fail(below(path, name), "BUTTON_COMPONENT_INVALID", "A button of style %d cannot have a %s", style, name)
				}
			}
			if style != premiumStyle && (o["label"] == nil || o["label"] == "") && o["emoji"] == nil {
				c.fail(path, "BUTTON_COMPONENT_INVALID_EMPTY", "A button must have a label or emoji")
			}
		},
	}
}

func optionShape() shape {
	s := groupOptionShape()
	s.fields["emoji"] = may(emoji)
	return s
}

func groupOptionShape() shape {
	return shape{fields: map[string]property{
		"label": must(text(1, maxOptionLabel)), "value": must(text(1, maxOptionValue)), "description": may(text(0, maxOptionDescription)),
		"default": may(flag),
	}}
}

// selectShape is a select with its own fields added to those that all have.
func (c *checker) selectShape(own map[string]property) shape {
	fields := map[string]property{
		"custom_id": must(customID), "placeholder": may(text(0, maxPlaceholder)), "required": may(flag), "disabled": may(flag),
		"min_values": may(number(0, maxOptions)), "max_values": may(number(1, maxOptions)),
	}
	maps.Copy(fields, own)
	return shape{fields: fields, also: both(uniqueOptions, leastAndMost(1))}
}

// defaults are default_values of a select that the platform fills.
func defaults(c *checker, v any, path string) {
	list(0, maxOptions, with(shape{fields: map[string]property{"id": must(snowflake), "type": must(text(1, 10))}}))(c, v, path)
}

func both(first, second func(*checker, object, string)) func(*checker, object, string) {
	return func(c *checker, o object, path string) {
		first(c, o, path)
		second(c, o, path)
	}
}

// uniqueOptions checks that no two options have the same value.
func uniqueOptions(c *checker, o object, path string) {
	seen := map[any]bool{}
	for i, option := range objects(o["options"]) {
		if seen[option["value"]] {
			c.fail(below(path, "options/"+strconv.Itoa(i)+"/value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
				"The specified option value is already used")
		}
		seen[option["value"]] = true
	}
}

// leastAndMost checks min_values, max_values and defaults against each other and against the options there are. In a modal a
// required component wants at least one, and none may be disabled.
func leastAndMost(most int) func(*checker, object, string) {
	return func(c *checker, o object, path string) {
		most := count(o, "max_values", most)
		least := count(o, "min_values", min(1, most))
		if least > most {
			c.fail(below(path, "min_values"), "NUMBER_TYPE_MAX", "min_values must be equal to or less than %d.", most)
		}
		if o["options"] != nil {
			options := objects(o["options"])
			if given, ok := whole(o["max_values"]); ok && given > len(options) {
				c.fail(below(path, "max_values"), "NUMBER_TYPE_MAX", "max_values must be equal to or less than %d.", len(options))
			}
			chosen := 0
			for _, option := range options {
				if option["default"] == true {
					chosen++
				}
			}
			if chosen > most {
				c.fail(below(path, "options"), "SELECT_COMPONENT_TOO_MANY_DEFAULTS", "At most %d options may be default", most)
			}
		}
		if !c.modal {
			return
		}
		if o["min_values"] != nil && least == 0 && o["required"] != false {
			c.fail(below(path, "min_values"), "NUMBER_TYPE_MIN", "min_values must be at least 1 for a required component.")
		}
		if o["disabled"] == true {
			c.fail(below(path, "disabled"), "BASE_TYPE_CHOICES", "A component in a modal cannot be disabled")
		}
	}
}

func textInputShape() shape {
	return shape{
		fields: map[string]property{
			"custom_id": must(customID), "style": must(numberOf(1, 2)), "label": may(text(0, maxLabel)),
			"min_length": may(number(0, maxInputLength)), "max_length": may(number(1, maxInputLength)), "required": may(flag),
			"value": may(text(0, maxInputLength)), "placeholder": may(text(0, maxInputPlaceholder)),
		},
		also: func(c *checker, o object, path string) {
			least, most := count(o, "min_length", 0), count(o, "max_length", maxInputLength)
			if least > most {
				c.fail(below(path, "min_length"), "NUMBER_TYPE_MAX", "min_length must be less than or equal to max_length.")
			}
			if value, _ := o["value"].(string); utf8.RuneCountInString(value) > most {
				c.fail(below(path, "value"), "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length.", most)
			}
		},
	}
}

// displayed is the text of a text display; those of a message count together.
func displayed(c *checker, v any, path string) {
	text(1, maxDisplayText)(c, v, path)
	s, _ := v.(string)
	c.shown += utf8.RuneCountInString(s)
}

// messageComponents checks a message's components, of the newer system or the older.
// https://discord.com/developers/docs/components/reference#legacy-message-component-behavior
func messageComponents(c *checker, v any, path string) {
	if !c.v2 {
		list(0, maxRows, component(actionRow))(c, v, path)
		return
	}
	list(0, maxComponentsAll, component(actionRow, section, textDisplay, gallery, fileDisplay, separator, container))(c, v, path)
	if c.count > maxComponentsAll {
		c.fail(path, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", "The total number of components cannot exceed %d", maxComponentsAll)
	}
	if c.shown > maxDisplayText {
		c.fail(path, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", "The total text cannot exceed %d characters", maxDisplayText)
	}
}

// modalShape is the data of a modal. What a library's struct for every kind of answer carries along empty is read past.
// https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-modal
func modalShape() shape {
	return shape{
		fields: map[string]property{
			"custom_id": must(text(1, maxCustomID)), "title": must(text(1, maxModalTitle)),
			"components": must(list(1, maxModalComponents, component(actionRow, label, textDisplay))),
			"content":    may(empty), "tts": may(empty), "embeds": may(empty), "flags": may(empty),
		},
		also: func(c *checker, o object, path string) {
			for i, top := range objects(o["components"]) {
				for _, input := range childrenOf(top) {
					if kindOf(top) == actionRow && (input["label"] == nil || input["label"] == "") {
						c.fail(below(path, "components/"+strconv.Itoa(i)+"/components/0/label"), "BASE_TYPE_REQUIRED", "This field is required")
					}
					if kindOf(top) == label && input["label"] != nil {
						c.fail(below(path, "components/"+strconv.Itoa(i)+"/component/label"), "BASE_TYPE_CHOICES",
							"A text input in a label has no label of its own")
					}
				}
			}
		},
	}
}
