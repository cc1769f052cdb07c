package slack

import (
	"regexp"
	"strings"
)

// firedIn returns every mention that notifies somebody, in a message's text and blocks. In mrkdwn a mention is written
// <!channel>, <!here>, <!everyone>, <!subteam^S…> or <@U…>; escaped (&lt;) it is only text. In rich text it is an element
// of its own, and plain_text is literal. linkNames is the older way to let "@channel" fire in the text.
//
// A mrkdwn text object that is not verbatim has "certain mentions" parsed out of plain text as well, without the
// documentation saying which; @channel, @here and @everyone count as fired here, to be on the safe side.
// https://docs.slack.dev/messaging/formatting-message-text and
// https://docs.slack.dev/reference/block-kit/composition-objects/text-object
func firedIn(message string, blocks []any, isMrkdwn, linkNames bool) []string {
	var fired []string
	if isMrkdwn {
		fired = mentions(message, linkNames)
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				walk(item)
			}
		case object:
			body, _ := v["text"].(string)
			switch v["type"] {
			case "mrkdwn":
				fired = append(fired, mentions(body, v["verbatim"] != true)...)
			case "markdown":
				fired = append(fired, mentions(body, false)...)
			case "user", "usergroup", "broadcast":
				for _, key := range []string{"user_id", "usergroup_id", "range"} {
					if id, ok := v[key].(string); ok {
						fired = append(fired, id)
					}
				}
			}
			for _, inner := range v {
				walk(inner)
			}
		}
	}
	walk(blocks)
	return fired
}

var (
	mention     = regexp.MustCompile(`<(?:!(?:channel|here|everyone|group|subteam\^)|@[UWB])[^<>]*>`)
	mentionName = regexp.MustCompile(`(?:^|[^\w@<!.])(@(?:channel|here|everyone))\b`)
)

// mentions returns the mentions in mrkdwn, with names also those written out.
func mentions(body string, names bool) []string {
	found := mention.FindAllString(body, -1)
	if names {
		for _, m := range mentionName.FindAllStringSubmatch(body, -1) {
			found = append(found, m[1])
		}
	}
	return found
}

// escape writes what a person typed the way the platform stores and delivers it.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}
