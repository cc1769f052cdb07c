package discord

import (
	"strings"
	"time"
	"unicode/utf8"
)

// media is an image or thumbnail of an embed; what the platform fills in itself may come along, as it does from libraries.
func media() shape {
	return shape{fields: map[string]property{
		"url": must(address(2048, "http", "https", "attachment")), "proxy_url": may(ignored), "height": may(ignored), "width": may(ignored),
	}}
}

// embedShape is an embed. https://discord.com/developers/docs/resources/message#embed-object
func embedShape() shape {
	return shape{
		fields: map[string]property{
			"type":        may(ignored), // always "rich", whatever is sent
			"title":       may(trimmed(0, maxEmbedTitle)),
			"description": may(trimmed(0, maxEmbedDescription)),
			"url":         may(address(2048, "http", "https")),
			"timestamp":   may(moment),
			"color":       may(number(0, 0xFFFFFF)),
			"image":       may(with(media())),
			"thumbnail":   may(with(media())),
			"footer": may(with(shape{fields: map[string]property{
				"text": must(trimmed(1, maxFooter)), "icon_url": may(address(2048, "http", "https", "attachment")), "proxy_icon_url": may(ignored),
			}})),
			"author": may(with(shape{fields: map[string]property{
				"name": must(trimmed(1, maxAuthor)), "url": may(address(2048, "http", "https")),
				"icon_url": may(address(2048, "http", "https", "attachment")), "proxy_icon_url": may(ignored),
			}})),
			"fields": may(list(0, maxEmbedFields, with(shape{fields: map[string]property{
				"name": must(trimmed(1, maxFieldName)), "value": must(trimmed(1, maxFieldValue)), "inline": may(flag),
			}}))),
		},
		also: func(c *checker, o object, path string) {
			for _, name := range []string{"title", "description", "image", "thumbnail", "footer", "author", "fields"} {
				if v := o[name]; v != nil && v != "" {
					return
				}
			}
			c.fail(below(path, "description"), "BASE_TYPE_REQUIRED", "This field is required")
		},
	}
}

// embeds is a message's list of embeds.
func embeds(c *checker, v any, path string) {
	list(0, maxEmbeds, with(embedShape()))(c, v, path)
	total := 0
	for _, e := range objects(v) {
		total += embedLength(e)
	}
	if total > maxEmbedTotal {
		c.fail(path, "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of %d", maxEmbedTotal)
	}
}

// embedLength counts the characters that the limit of all embeds together is about.
func embedLength(e object) int {
	n := 0
	add := func(v any) {
		s, _ := v.(string)
		n += utf8.RuneCountInString(strings.TrimSpace(s))
	}
	add(e["title"])
	add(e["description"])
	footer, _ := e["footer"].(object)
	add(footer["text"])
	author, _ := e["author"].(object)
	add(author["name"])
	for _, f := range objects(e["fields"]) {
		add(f["name"])
		add(f["value"])
	}
	return n
}

// keptEmbeds is how embeds are kept and returned: of type rich, with what is around their texts trimmed.
func keptEmbeds(v any) []any {
	all, _ := v.([]any)
	for _, e := range objects(v) {
		e["type"] = "rich"
		trim(e, "title", "description")
		for _, name := range []string{"footer", "author"} {
			if o, ok := e[name].(object); ok {
				trim(o, "text", "name")
			}
		}
		for _, f := range objects(e["fields"]) {
			trim(f, "name", "value")
		}
	}
	return all
}

func trim(o object, names ...string) {
	for _, name := range names {
		if s, ok := o[name].(string); ok {
			o[name] = strings.TrimSpace(s)
		}
	}
}

// moment is an ISO8601 time.
func moment(c *checker, v any, path string) {
	s, _ := v.(string)
	if _, err := time.Parse(time.RFC3339, s); err != nil {
		c.fail(path, "DATE_TIME_TYPE_PARSE", "Could not parse %q. Should be ISO8601.", s)
	}
}
