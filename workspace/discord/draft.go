package discord

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Message flags. https://discord.com/developers/docs/resources/message#message-object-message-flags
const (
	flagSuppressEmbeds        = 1 << 2
	flagEphemeral             = 1 << 6
	flagLoading               = 1 << 7
	flagSuppressNotifications = 1 << 12
	flagComponentsV2          = 1 << 15
)

// purpose is what a body with a message is sent for; what it may hold differs.
type purpose int

const (
	toCreate   purpose = iota // in a channel
	toEdit                    // in a channel or through an interaction
	toAnswer                  // an interaction, as its first answer
	toFollowUp                // an interaction
)

// draft is a message as a body gives it: for a new message, or what is to change in one there is.
type draft struct {
	given      map[string]bool // fields that were there, null included
	content    string
	embeds     []any
	components []any
	listed     []object // attachments, as described in the body
	flags      int
	allowed    any // allowed_mentions, nil when not given
	nonce      string
	enforce    bool   // an earlier message with the nonce is returned instead
	replyTo    string // id of the message it replies to
	files      []file
}

// fields returns the fields of a body and their rules. https://discord.com/developers/docs/resources/message#create-message,
// #edit-message, /interactions/receiving-and-responding#interaction-response-object and /resources/webhook#execute-webhook
func (p purpose) fields() map[string]property {
	fields := map[string]property{
		"content": may(text(0, maxContent)), "embeds": may(embeds), "components": may(messageComponents),
		"allowed_mentions": may(with(allowedShape())), "attachments": may(list(0, maxAttachments, with(shape{fields: map[string]property{
			"id": must(ignored), "filename": may(text(1, 1024)), "description": may(text(0, maxFileDescription)),
			"url": may(ignored), "proxy_url": may(ignored), "content_type": may(ignored), "size": may(ignored), "height": may(ignored),
			"width": may(ignored), "ephemeral": may(ignored), "title": may(ignored), "duration_secs": may(ignored), "waveform": may(ignored),
			"flags": may(ignored),
		}}))),
		"flags": may(p.flagRule()), "poll": may(never("Polls are not simulated")),
	}
	if p != toEdit {
		fields["tts"] = may(flag)
	}
	if p == toCreate {
		maps.Copy(fields, map[string]property{
			"nonce": may(nonce), "enforce_nonce": may(flag), "sticker_ids": may(list(0, 0, snowflake)),
			"message_reference": may(with(shape{fields: map[string]property{
				"type": may(numberOf(0)), "message_id": must(snowflake), "channel_id": may(snowflake), "guild_id": may(snowflake),
				"fail_if_not_exists": may(flag),
			}})),
		})
	}
	if p == toFollowUp { // documented for webhooks, and not supported for interactions
		for _, name := range []string{"username", "avatar_url", "thread_name"} {
			fields[name] = may(empty)
		}
	}
	return fields
}

// flagRule is which flags a body may set. That others are refused is this package being strict.
func (p purpose) flagRule() rule {
	allowed := flagSuppressEmbeds | flagComponentsV2
	if p != toEdit {
		allowed |= flagSuppressNotifications
	}
	if p == toAnswer || p == toFollowUp {
		allowed |= flagEphemeral
	}
	return func(c *checker, v any, path string) {
		if flags, ok := whole(v); !ok || flags&^allowed != 0 {
			c.fail(path, "MESSAGE_FLAGS_INVALID", "Invalid flags: only %d may be set", allowed)
		}
	}
}

func nonce(c *checker, v any, path string) {
	if _, ok := v.(json.Number); ok {
		return
	}
	text(0, maxNonce)(c, v, path)
}

// draft reads a body. m is the message it changes, nil for a new one; what names it in problems. The lock is held.
func (w *Workspace) draft(what string, p purpose, o object, files []file, m *Message) (*draft, error) {
	d := &draft{given: map[string]bool{}, files: files}
	for name := range o {
		d.given[name] = true
	}
	d.flags = count(o, "flags", 0)
	c := newChecker()
	c.v2 = d.flags&flagComponentsV2 != 0 || (m != nil && m.Flags&flagComponentsV2 != 0)
	c.shape(shape{fields: p.fields()}, o, "")
	d.content, _ = o["content"].(string)
	d.listed = objects(o["attachments"])
	d.allowed = o["allowed_mentions"]
	if v := o["nonce"]; v != nil {
		d.nonce = fmt.Sprint(v)
	}
	d.enforce = o["enforce_nonce"] == true
	if reference, ok := o["message_reference"].(object); ok {
		d.replyTo, _ = reference["message_id"].(string)
	}
	c.attachments(d, m)
	w.noteUnknown(what, c)
	if err := c.err(); err != nil {
		return nil, err
	}
	d.embeds, d.components = keptEmbeds(o["embeds"]), keptComponents(o["components"])
	silent := p == toEdit && !d.given["content"] && !d.given["components"]
	if !silent && !quiet(d.allowed) {
		w.problem("%s: a message without allowed_mentions {parse: []}", what)
	}
	return d, nil
}

// attachments checks that what the body lists as attachments is there: files of this request by their number, and for an
// edit those the message has. https://discord.com/developers/docs/reference#uploading-files
func (c *checker) attachments(d *draft, m *Message) {
	numbers := map[string]bool{}
	for _, f := range d.files {
		if numbers[f.index] {
			c.fail("attachments", "ATTACHMENT_DUPLICATED", "Two files have the number %s", f.index)
		}
		numbers[f.index] = true
	}
	for _, o := range d.listed {
		id := fmt.Sprint(o["id"])
		has := m != nil && slices.ContainsFunc(m.Attachments, func(a Attachment) bool { return a.ID == id })
		if !numbers[id] && !has {
			c.fail("attachments", "ATTACHMENT_NOT_FOUND", "Attachment data not found for id %s", id)
		}
	}
}

// apply puts a draft into a message, new or there before, and returns an error when nothing would be left of it. sender is
// what its author may do in its channel. The lock is held.
func (w *Workspace) apply(d *draft, m *Message, sender Permissions) error {
	next := *m
	if d.given["content"] {
		next.Content = strings.TrimSpace(d.content)
	}
	if d.given["embeds"] {
		next.Embeds = encodeList(d.embeds)
	}
	if d.given["components"] {
		next.Components = encodeList(d.components)
	}
	if d.given["flags"] {
		lasting := m.Flags & (flagEphemeral | flagComponentsV2)
		next.Flags = d.flags&^flagEphemeral | lasting
	}
	next.Flags &^= flagLoading
	next.Attachments = w.attached(d, m)
	if next.Content == "" && next.Embeds == nil && next.Components == nil && len(next.Attachments) == 0 {
		return emptyMessage()
	}
	if next.Flags&flagComponentsV2 != 0 && (next.Content != "" || next.Embeds != nil) {
		return invalidForm("content", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
			"The 'content' and 'embeds' fields cannot be used when using MessageFlags.IS_COMPONENTS_V2")
	}
	words := said(next.Content, parts(next.Components))
	if d.given["content"] || d.given["components"] {
		next.Fired = w.fired(words, d.allowed, sender)
	}
	next.Previews = previews(words, next.Flags, sender)
	next.Nonce = d.nonce
	if m.Components != nil {
		next.former = append(slices.Clone(m.former), m.Components)
	}
	next.Loading = false
	*m = next
	return nil
}

// attached returns the attachments of a message after a draft: those it keeps, and the files that came; the lock is held.
func (w *Workspace) attached(d *draft, m *Message) []Attachment {
	described := map[string]object{}
	for _, o := range d.listed {
		described[fmt.Sprint(o["id"])] = o
	}
	var all []Attachment
	for _, a := range m.Attachments {
		if !d.given["attachments"] || described[a.ID] != nil {
			all = append(all, a)
		}
	}
	for _, f := range d.files {
		about := described[f.index]
		name := f.name
		if given, _ := about["filename"].(string); given != "" {
			name = given
		}
		a := w.keep(m.Channel, name, f.contentType, f.content, false)
		a.Description, _ = about["description"].(string)
		all = append(all, *a)
	}
	return all
}

// encodeList is a list as it is kept: nil when it is empty.
func encodeList(l []any) json.RawMessage {
	if len(l) == 0 {
		return nil
	}
	return encode(l)
}

// mayShow tells whether somebody with these permissions may post what a draft holds.
func (d *draft) mayShow(sender Permissions) error {
	if (len(d.embeds) > 0 && !sender.has(EmbedLinks)) || (len(d.files) > 0 && !sender.has(AttachFiles)) {
		return missingPermissions()
	}
	return nil
}
