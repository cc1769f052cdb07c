package discord

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// stamp is how times travel.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000+00:00") }

// Message types. https://discord.com/developers/docs/resources/message#message-object-message-types
const (
	typeDefault     = 0
	typeReply       = 19
	typeChatCommand = 20
	typeMenuCommand = 23
)

// place returns the channel of a call, if the bot sees it.
func (c *call) place() (*Channel, Permissions, error) {
	ch := c.w.channels[c.params["channel"]]
	if ch == nil {
		return nil, 0, unknownChannel()
	}
	p := c.w.can(BotUserID, ch)
	if !p.has(ViewChannel) {
		return nil, 0, missingAccess()
	}
	return ch, p, nil
}

// found returns the message of a call. Ephemeral ones do not exist here: they are reached by their interaction's token.
func (c *call) found() (*Message, Permissions, error) {
	ch, p, err := c.place()
	if err != nil {
		return nil, 0, err
	}
	m := c.w.byID[c.params["message"]]
	if m == nil || m.Channel != ch.ID || m.Ephemeral != "" {
		return nil, 0, unknownMessage()
	}
	return m, p, nil
}

// https://discord.com/developers/docs/resources/message#get-channel-messages
func (c *call) listMessages() (int, any, error) {
	ch, p, err := c.place()
	if err != nil {
		return 0, nil, err
	}
	limit := defaultPage
	if given := c.query.Get("limit"); given != "" {
		if limit, err = strconv.Atoi(given); err != nil || limit < 1 || limit > maxPage {
			return 0, nil, invalidForm("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
		}
	}
	chosen := 0
	for _, name := range []string{"around", "before", "after"} {
		if id := c.query.Get(name); id != "" {
			chosen++
			if !isSnowflake(id) {
				return 0, nil, invalidForm(name, "NUMBER_TYPE_COERCE", "Value \""+id+"\" is not snowflake.")
			}
		}
	}
	if chosen > 1 {
		return 0, nil, invalidForm("before", "PARAMETERS_EXCLUSIVE", "around, before and after are mutually exclusive")
	}
	all := []*Message{}
	if p.has(ReadMessageHistory) { // without it the list is empty: https://discord.com/developers/docs/resources/message#get-channel-messages
		for _, m := range c.w.messages[ch.ID] {
			if m.Ephemeral == "" && !m.Error {
				all = append(all, m)
			}
		}
	}
	list := []object{}
	for _, m := range slices.Backward(page(all, limit, c.query.Get("around"), c.query.Get("before"), c.query.Get("after"))) {
		list = append(list, c.w.messageObject(m, false))
	}
	return http.StatusOK, list, nil
}

// page cuts a page out of messages, oldest first.
func page(all []*Message, limit int, around, before, after string) []*Message {
	at := func(id string) int {
		i, _ := slices.BinarySearchFunc(all, id, func(m *Message, id string) int { return compareIDs(m.ID, id) })
		return i
	}
	switch {
	case after != "":
		i := at(after)
		if i < len(all) && all[i].ID == after {
			i++
		}
		return all[i:min(len(all), i+limit)]
	case before != "":
		all = all[:at(before)]
	case around != "":
		all = all[:min(len(all), at(around)+(limit+1)/2)]
	}
	return all[max(0, len(all)-limit):]
}

// https://discord.com/developers/docs/resources/message#get-channel-message
func (c *call) message() (int, any, error) {
	m, p, err := c.found()
	if err != nil {
		return 0, nil, err
	}
	if !p.has(ReadMessageHistory) {
		return 0, nil, missingPermissions()
	}
	return http.StatusOK, c.w.messageObject(m, false), nil
}

// https://discord.com/developers/docs/resources/message#create-message
func (c *call) createMessage() (int, any, error) {
	w := c.w
	ch, p, err := c.place()
	if err != nil {
		return 0, nil, err
	}
	if !p.has(SendMessages) {
		return 0, nil, missingPermissions()
	}
	o, err := c.object()
	if err != nil {
		return 0, nil, err
	}
	d, err := w.draft(c.name(), toCreate, o, c.files, nil)
	if err != nil {
		return 0, nil, err
	}
	if ch.DM != "" && (w.users[ch.DM].NoDirectMessages || w.users[ch.DM].Outside) {
		return 0, nil, cannotMessageUser()
	}
	if err := d.mayShow(p); err != nil {
		return 0, nil, err
	}
	if d.enforce && d.nonce != "" {
		if earlier := w.withNonce(ch.ID, d.nonce); earlier != nil {
			return http.StatusOK, w.newMessageObject(earlier), nil
		}
	}
	m := w.blank(ch.ID, BotUserID)
	if d.replyTo != "" {
		if to := w.byID[d.replyTo]; to == nil || to.Channel != ch.ID || to.Ephemeral != "" {
			return 0, nil, invalidForm("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
		}
		if !p.has(ReadMessageHistory) {
			return 0, nil, refuse(http.StatusForbidden, 160002, "Cannot reply without permission to read message history")
		}
		m.ReplyTo = d.replyTo
	}
	if err := w.apply(d, m, p); err != nil {
		return 0, nil, err
	}
	w.post(m)
	return http.StatusOK, w.newMessageObject(m), nil
}

// withNonce returns the bot's message with a nonce, if there is one from the past few minutes.
// https://discord.com/developers/docs/resources/message#create-message
func (w *Workspace) withNonce(channel, nonce string) *Message {
	for _, m := range slices.Backward(w.messages[channel]) {
		if w.now().Sub(m.At) > nonceLives {
			return nil
		}
		if m.Author == BotUserID && m.Nonce == nonce {
			return m
		}
	}
	return nil
}

// https://discord.com/developers/docs/resources/message#edit-message
func (c *call) editMessage() (int, any, error) {
	m, p, err := c.found()
	if err != nil {
		return 0, nil, err
	}
	if m.Author != BotUserID {
		return 0, nil, refuse(http.StatusForbidden, 50005, "Cannot edit a message authored by another user")
	}
	return c.change(m, p)
}

// change edits a message as the body says.
func (c *call) change(m *Message, p Permissions) (int, any, error) {
	o, err := c.object()
	if err != nil {
		return 0, nil, err
	}
	if err := c.w.edit(c.name(), m, o, c.files, p); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, c.w.messageObject(m, false), nil
}

// edit changes a message of the bot's and tells of it. The answer to a deferred interaction is not a change that people see
// as one. The lock is held.
func (w *Workspace) edit(what string, m *Message, o object, files []file, p Permissions) error {
	d, err := w.draft(what, toEdit, o, files, m)
	if err != nil {
		return err
	}
	if err := d.mayShow(p); err != nil {
		return err
	}
	loading, nonce := m.Loading, m.Nonce
	if err := w.apply(d, m, p); err != nil {
		return err
	}
	m.Nonce = nonce
	if !loading {
		m.Edits++
		m.Edited = w.now()
	}
	w.told("MESSAGE_UPDATE", m)
	w.touch()
	return nil
}

// https://discord.com/developers/docs/resources/message#delete-message
func (c *call) deleteMessage() (int, any, error) {
	m, p, err := c.found()
	if err != nil {
		return 0, nil, err
	}
	if m.Author != BotUserID && !p.has(ManageMessages) {
		return 0, nil, missingPermissions()
	}
	c.w.remove(m)
	return http.StatusNoContent, nil, nil
}

// remove deletes a message; the lock is held.
func (w *Workspace) remove(m *Message) {
	delete(w.byID, m.ID)
	w.messages[m.Channel] = slices.DeleteFunc(w.messages[m.Channel], func(other *Message) bool { return other == m })
	if m.Ephemeral == "" {
		w.dispatch(w.messageIntent(m.Channel), "MESSAGE_DELETE", func() any {
			return object{"id": m.ID, "channel_id": m.Channel, "guild_id": w.guildOf(m.Channel)}
		})
	}
	w.touch()
}

// blank is a new message, not yet posted; the lock is held.
func (w *Workspace) blank(channel, author string) *Message {
	return &Message{ID: w.snowflake(), Channel: channel, Author: author, At: w.now()}
}

// post puts a message in its channel; the lock is held.
func (w *Workspace) post(m *Message) {
	w.byID[m.ID] = m
	w.messages[m.Channel] = append(w.messages[m.Channel], m)
	w.told("MESSAGE_CREATE", m)
	w.touch()
}

// told tells the gateway of a message. Ephemeral ones go to nobody's gateway but their person's. The lock is held.
func (w *Workspace) told(event string, m *Message) {
	if m.Ephemeral != "" {
		return
	}
	w.dispatch(w.messageIntent(m.Channel), event, func() any {
		o := w.messageObject(m, false)
		if event == "MESSAGE_CREATE" {
			o = w.newMessageObject(m)
		}
		if guild := w.guildOf(m.Channel); guild != nil {
			o["guild_id"] = guild
			if u := w.users[m.Author]; u != nil {
				o["member"] = w.memberObject(u, false)
			}
		}
		return o
	})
}

// newMessageObject is a message as who made it sees it: with its nonce, which is lost when the message is fetched again.
func (w *Workspace) newMessageObject(m *Message) object {
	o := w.messageObject(m, false)
	if m.Nonce != "" {
		o["nonce"] = m.Nonce
	}
	return o
}

// guildOf is the guild's id for a channel of the guild, and nil for direct messages.
func (w *Workspace) guildOf(channel string) any {
	if ch := w.channels[channel]; ch == nil || ch.DM != "" {
		return nil
	}
	return GuildID
}

// messageObject is a message as payloads have it. What others have written is blank without the message content intent, but
// for direct messages, messages that mention the bot, and the message that a message command is used on (chosen).
// https://discord.com/developers/docs/events/gateway#message-content-intent. The lock is held.
func (w *Workspace) messageObject(m *Message, chosen bool) object {
	o := object{
		"id": m.ID, "channel_id": m.Channel, "type": typeDefault, "author": w.userObject(m.Author), "timestamp": stamp(m.At),
		"edited_timestamp": nil, "tts": false, "pinned": false, "flags": m.Flags, "content": "", "embeds": []any{},
		"components": []any{}, "attachments": []any{}, "mentions": []any{}, "mention_roles": []string{},
		"mention_everyone": slices.ContainsFunc(m.Fired, func(s string) bool { return s == "@everyone" || s == "@here" }),
	}
	if !m.Edited.IsZero() {
		o["edited_timestamp"] = stamp(m.Edited)
	}
	if m.ReplyTo != "" {
		o["message_reference"] = object{"type": 0, "message_id": m.ReplyTo, "channel_id": m.Channel}
		o["type"] = typeReply
	}
	if m.Reply != nil {
		o["application_id"], o["webhook_id"] = ApplicationID, ApplicationID
		o["interaction_metadata"] = object{
			"id": m.Reply.Interaction, "type": m.Reply.kind, "user": w.userObject(m.Reply.User),
			"authorizing_integration_owners": object{"0": GuildID},
		}
		switch {
		case m.Reply.kind == interactionCommand && m.Reply.menu:
			o["type"] = typeMenuCommand
		case m.Reply.kind == interactionCommand:
			o["type"] = typeChatCommand
		}
	}
	bot := "<@" + BotUserID + ">"
	dm := w.channels[m.Channel] != nil && w.channels[m.Channel].DM != ""
	if m.Author != BotUserID && !chosen && !dm && !slices.Contains(m.Fired, bot) && w.opt.PrivilegedIntents&IntentMessageContent == 0 {
		return o
	}
	o["content"] = m.Content
	if m.Embeds != nil {
		o["embeds"] = m.Embeds
	}
	if m.Components != nil {
		o["components"] = m.Components
	}
	files := []object{}
	for i := range m.Attachments {
		files = append(files, w.attachmentObject(&m.Attachments[i]))
	}
	o["attachments"] = files
	return o
}
