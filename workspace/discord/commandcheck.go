package discord

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Command types. https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-types
const (
	chatInput   = 1
	userMenu    = 2
	messageMenu = 3
)

// Option types. …/application-commands#application-command-object-application-command-option-type
const (
	subcommand       = 1
	subcommandGroup  = 2
	stringOption     = 3
	integerOption    = 4
	booleanOption    = 5
	userOption       = 6
	channelOption    = 7
	roleOption       = 8
	mentionOption    = 9
	numberOption     = 10
	attachmentOption = 11
)

// commandName is what a chat command or an option may be called, beside being in lower case.
// …/application-commands#application-command-object-application-command-naming
var commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)

// name checks the name of a chat command or an option.
func name(c *checker, v any, path string) {
	text(1, maxCommandName)(c, v, path)
	s, _ := v.(string)
	if s != "" && (!commandName.MatchString(s) || strings.ToLower(s) != s) {
		c.fail(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
	}
}

// menuName checks the name of a command in a menu: mixed case and spaces are fine.
func menuName(c *checker, v any, path string) {
	text(1, maxCommandName)(c, v, path)
	if s, _ := v.(string); strings.ContainsFunc(s, unicode.IsControl) || strings.TrimSpace(s) != s {
		c.fail(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
	}
}

// localized checks a dictionary of texts by locale.
func localized(each rule) rule {
	return func(c *checker, v any, path string) {
		o, ok := v.(object)
		if !ok {
			c.fail(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
		}
		for _, locale := range slices.Sorted(maps.Keys(o)) {
			if !slices.Contains(locales, locale) {
				c.fail(below(path, locale), "BASE_TYPE_CHOICES", "Value must be one of the locales.")
			}
			each(c, o[locale], below(path, locale))
		}
	}
}

// commandShape is a command of a type. …/application-commands#application-command-object-application-command-structure
func commandShape(kind int, inGuild bool) shape {
	named := name
	if kind != chatInput {
		named = menuName
	}
	fields := map[string]property{
		"type": may(numberOf(chatInput, userMenu, messageMenu)), "name": must(named), "name_localizations": may(localized(named)),
		"default_member_permissions": may(bits), "default_permission": may(flag), "nsfw": may(flag),
		"description": may(empty), "description_localizations": may(localized(text(0, 0))), "options": may(list(0, 0, ignored)),
		"id": may(snowflake), "application_id": may(ignored), "guild_id": may(ignored), "version": may(ignored),
	}
	if kind == chatInput {
		described := text(1, maxCommandDescription)
		fields["description"], fields["description_localizations"] = must(described), may(localized(described))
		fields["options"] = may(options)
	}
	if !inGuild {
		fields["dm_permission"], fields["contexts"] = may(flag), may(list(0, 3, numberOf(0, 1, 2)))
		fields["integration_types"] = may(list(1, 2, numberOf(0, 1)))
	}
	return shape{fields: fields, also: func(c *checker, o object, path string) {
		if n := commandSize(o); n > maxCommandSize {
			c.fail(path, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (%d)", maxCommandSize)
		}
	}}
}

// bits is a set of permissions, written in decimal.
func bits(c *checker, v any, path string) {
	if s, ok := v.(string); !ok || !isSnowflake(s) {
		c.fail(path, "NUMBER_TYPE_COERCE", "Value %q is not int.", fmt.Sprint(v))
	}
}

// options checks the options of a command or a subcommand, as a list: required ones first, names unique, and subcommands not
// among parameters. …/application-commands#application-command-object-application-command-option-structure
func options(c *checker, v any, path string) {
	list(0, maxCommandOptions, func(c *checker, v any, path string) {
		o, _ := v.(object)
		with(optionShapeOf(count(o, "type", 0)))(c, v, path)
	})(c, v, path)
	all := objects(v)
	seen, optional, nested := map[any]bool{}, false, 0
	for i, o := range all {
		at := below(path, strconv.Itoa(i))
		kind := count(o, "type", 0)
		if seen[o["name"]] {
			c.fail(at, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists")
		}
		seen[o["name"]] = true
		if o["required"] == true && optional {
			c.fail(at, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed before non-required options")
		}
		optional = optional || o["required"] != true
		if kind == subcommand || kind == subcommandGroup {
			nested++
		}
		for j, inner := range objects(o["options"]) {
			innerKind := count(inner, "type", 0)
			if innerKind == subcommandGroup || (innerKind == subcommand) != (kind == subcommandGroup) {
				c.fail(below(at, "options/"+strconv.Itoa(j)), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command option type invalid")
			}
		}
	}
	if nested != 0 && nested != len(all) {
		c.fail(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
			"Sub-command and sub-command group option types are mutually exclusive to other types")
	}
}

// optionShapeOf is an option of a type. What a library's struct carries along empty is read past.
func optionShapeOf(kind int) shape {
	described := text(1, maxCommandDescription)
	fields := map[string]property{
		"type": must(number(subcommand, attachmentOption)), "name": must(name), "name_localizations": may(localized(name)),
		"description": must(described), "description_localizations": may(localized(described)), "required": may(flag),
		"options": may(list(0, 0, ignored)), "choices": may(list(0, 0, ignored)), "channel_types": may(list(0, 0, ignored)),
		"autocomplete": may(empty),
	}
	switch kind {
	case subcommand, subcommandGroup:
		fields["options"], fields["required"] = may(options), may(empty)
	case channelOption:
		fields["channel_types"] = may(list(0, 20, number(0, 16)))
	case stringOption:
		fields["min_length"], fields["max_length"] = may(number(0, maxOptionLength)), may(number(1, maxOptionLength))
	case integerOption, numberOption:
		fields["min_value"], fields["max_value"] = may(ignored), may(ignored)
	}
	if kind == stringOption || kind == integerOption || kind == numberOption {
		fields["autocomplete"], fields["choices"] = may(flag), may(list(0, maxChoices, with(choiceShape(kind))))
	}
	return shape{fields: fields, also: func(c *checker, o object, path string) {
		if o["autocomplete"] == true && len(objects(o["choices"])) > 0 {
			c.fail(below(path, "autocomplete"), "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES", "autocomplete may not be set with choices")
		}
		if count(o, "min_length", 0) > count(o, "max_length", maxOptionLength) {
			c.fail(below(path, "min_length"), "NUMBER_TYPE_MAX", "min_length must be at most max_length.")
		}
	}}
}

// choiceShape is a choice for an option of a type, or one offered by autocomplete.
// …/application-commands#application-command-object-application-command-option-choice-structure
func choiceShape(kind int) shape {
	return shape{fields: map[string]property{
		"name": must(text(1, maxChoiceName)), "name_localizations": may(localized(text(1, maxChoiceName))),
		"value": must(func(c *checker, v any, path string) {
			if kind == stringOption {
				text(1, maxChoiceValue)(c, v, path)
				return
			}
			if _, err := strconv.ParseFloat(fmt.Sprint(v), 64); err != nil {
				c.fail(path, "NUMBER_TYPE_COERCE", "Value %q is not a number.", fmt.Sprint(v))
			}
		}),
	}}
}

// commandSize counts the characters of names, descriptions and values of a command and everything in it; of a text and its
// localisations the longest counts. …/application-commands#slash-commands
func commandSize(o object) int {
	n := 0
	for _, field := range []string{"name", "description"} {
		s, _ := o[field].(string)
		longest := utf8.RuneCountInString(s)
		others, _ := o[field+"_localizations"].(object)
		for _, v := range others {
			s, _ := v.(string)
			longest = max(longest, utf8.RuneCountInString(s))
		}
		n += longest
	}
	if v := o["value"]; v != nil {
		n += utf8.RuneCountInString(fmt.Sprint(v))
	}
	for _, inner := range slices.Concat(objects(o["options"]), objects(o["choices"])) {
		n += commandSize(inner)
	}
	return n
}

// mostOf is how many commands of a type an application may have in one place.
func mostOf(kind int) int {
	if kind == chatInput {
		return maxChatCommands
	}
	return maxMenuCommands
}

// tooMany is the refusal of one command more.
func tooMany(kind int) error {
	return refuse(http.StatusBadRequest, 30032, fmt.Sprintf("Maximum number of application commands reached (%d)", mostOf(kind)))
}
