package discord

import (
	"regexp"
	"slices"
	"strings"
)

// mention is whatever in a text may notify somebody. https://discord.com/developers/docs/reference#message-formatting
var mention = regexp.MustCompile(`@everyone|@here|<@!?\d+>|<@&\d+>`)

// link is an address that the platform would fetch for a preview, with what stands around it.
var link = regexp.MustCompile(`(?i)<?\bhttps?://[^\s<>]+>?`)

// allowedShape is an allowed mentions object. https://discord.com/developers/docs/resources/message#allowed-mentions-object
func allowedShape() shape {
	return shape{
		fields: map[string]property{
			"parse": may(list(0, 3, func(c *checker, v any, path string) {
				if !slices.Contains([]any{"roles", "users", "everyone"}, v) {
					c.fail(path, "BASE_TYPE_CHOICES", "Value must be one of ('users', 'everyone', 'roles').")
				}
			})),
			"roles":        may(list(0, maxAllowed, snowflake)),
			"users":        may(list(0, maxAllowed, snowflake)),
			"replied_user": may(flag),
		},
		also: func(c *checker, o object, path string) {
			parse, _ := o["parse"].([]any)
			for _, name := range []string{"roles", "users"} {
				if ids, _ := o[name].([]any); len(ids) > 0 && slices.Contains(parse, any(name)) {
					c.fail(below(path, "parse"), "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", "parse:[%q] and %s: [ids...] are mutually exclusive.",
						name, name)
				}
			}
		},
	}
}

// quiet tells whether allowed mentions say outright that nobody is to be notified.
func quiet(allowed any) bool {
	o, _ := allowed.(object)
	parse, ok := o["parse"].([]any)
	return ok && len(parse) == 0
}

// fired lists the mentions in a text that notify somebody: those of people and roles there are, as far as the sender may and
// the allowed mentions let them (nil: all of them). Backslashes and code do not protect here; whether they do there is not
// documented. The lock is held.
func (w *Workspace) fired(words string, allowed any, sender Permissions) []string {
	o, limits := allowed.(object)
	parse, _ := o["parse"].([]any)
	permitted := func(kind, id string) bool {
		listed, _ := o[kind].([]any)
		return !limits || slices.Contains(parse, any(kind)) || slices.Contains(listed, any(id))
	}
	var all []string
	for _, m := range mention.FindAllString(words, -1) {
		id := strings.Trim(m, "<@!&>")
		ok := false
		switch {
		case !strings.HasPrefix(m, "<"):
			ok = permitted("everyone", "") && sender.has(MentionEveryone)
		case strings.HasPrefix(m, "<@&"):
			r := w.roles[id]
			ok = r != nil && permitted("roles", id) && (r.Mentionable || sender.has(MentionEveryone))
		default:
			ok = w.users[id] != nil && permitted("users", id)
		}
		if ok && !slices.Contains(all, m) {
			all = append(all, m)
		}
	}
	return all
}

// previews lists the addresses in a text that the platform shows a preview of: those not in angle brackets, unless embeds
// are suppressed. The addresses in embeds are never previewed.
// https://discord.com/developers/docs/resources/message#message-object-message-flags
func previews(words string, flags int, sender Permissions) []string {
	if flags&flagSuppressEmbeds != 0 || !sender.has(EmbedLinks) {
		return nil
	}
	var all []string
	for _, found := range link.FindAllString(words, -1) {
		if !strings.HasPrefix(found, "<") || !strings.HasSuffix(found, ">") {
			all = append(all, strings.Trim(found, "<>"))
		}
	}
	return all
}

// said is everything in a message that mentions and previews are looked for in: its content and its text displays.
func said(content string, components []object) string {
	words := []string{content}
	walk(components, func(o object) {
		if kindOf(o) == textDisplay {
			s, _ := o["content"].(string)
			words = append(words, s)
		}
	})
	return strings.Join(words, "\n")
}
