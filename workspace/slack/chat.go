package slack

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// content is what a message holds.
type content struct {
	text      string
	blocks    []any
	hasBlocks bool
	metadata  object
	hasMeta   bool
	thread    string
	fired     []string
}

// content reads and checks the arguments shared by chat.postMessage, chat.postEphemeral, chat.update and response_url.
func (a args) content() (content, error) {
	c := content{text: a.str("text"), thread: a.str("thread_ts")}
	if utf8.RuneCountInString(c.text) > maxMessageText {
		return c, refuse("msg_too_long")
	}
	raw, err := a.json("blocks")
	if err != nil {
		return c, refuse("invalid_blocks_format")
	}
	if raw != nil {
		list, isList := raw.([]any)
		if !isList {
			return c, refuse("invalid_blocks_format")
		}
		if wrong := CheckMessage(list); len(wrong) > 0 {
			return c, invalid("invalid_blocks", wrong)
		}
		c.blocks, c.hasBlocks = list, true
	}
	if a["attachments"] != nil && a.str("attachments") != "" && a.str("attachments") != "[]" {
		return c, refuse("invalid_attachments") // legacy; not simulated
	}
	meta, err := a.json("metadata")
	if err != nil {
		return c, refuse("metadata_must_be_sent_as_json")
	}
	if meta != nil {
		o, isObject := meta.(object)
		if !isObject {
			return c, refuse("invalid_metadata_format")
		}
		if len(o) > 0 {
			kind, _ := o["event_type"].(string)
			if _, isObject := o["event_payload"].(object); kind == "" || !isObject {
				return c, refuse("invalid_metadata_format")
			}
			if len(encode(o)) > maxMessageMetadata {
				return c, refuse("metadata_too_large")
			}
		}
		c.metadata, c.hasMeta = o, true
	}
	c.fired = firedIn(c.text, c.blocks, a.str("mrkdwn") != "false", a.str("parse") == "full" || a.bool("link_names"))
	return c, nil
}

func (c *call) content() (content, error) {
	body, err := c.args.content()
	if err == nil && strings.TrimSpace(body.text) == "" && len(body.blocks) == 0 && c.name != "chat.update" {
		err = refuse("no_text")
	}
	return body, err
}

// rawOrNil encodes a list, or returns nil for an empty one.
func rawOrNil(list []any) json.RawMessage {
	if len(list) == 0 {
		return nil
	}
	return encode(list)
}

// target returns the channel that the bot may post to.
func (c *call) target() (*Channel, error) {
	id := c.args.str("channel")
	if u := c.w.users[id]; u != nil {
		// A user id means the direct messages with the app: https://docs.slack.dev/reference/methods/chat.postMessage#app_home
		if u.Deleted || u.Bot {
			return nil, refuse("channel_not_found")
		}
		return c.w.im(id), nil
	}
	ch := c.w.channels[id]
	switch {
	case ch == nil, ch.Private && !ch.BotIsMember:
		return nil, refuse("channel_not_found")
	case ch.Archived:
		return nil, refuse("is_archived")
	}
	return ch, nil
}

func (c *call) postMessage() (object, error) {
	if err := c.limit("chat.postMessage", perWorkspace()); err != nil {
		return nil, err
	}
	if err := c.limit("chat.postMessage "+c.args.str("channel"), perChannel()); err != nil {
		return nil, err
	}
	body, err := c.content()
	if err != nil {
		return nil, err
	}
	ch, err := c.target()
	if err != nil {
		return nil, err
	}
	if !ch.BotIsMember && c.need("chat:write.public") != nil {
		return nil, refuse("not_in_channel")
	}
	m := c.w.post(ch.ID, BotUserID, body)
	return object{"channel": ch.ID, "ts": m.TS, "message": c.w.messageObject(m)}, nil
}

// post adds a message; the lock is held.
func (w *Workspace) post(channel, user string, body content) *Message {
	m := &Message{Channel: channel, TS: w.ts(), ThreadTS: body.thread, User: user, Text: body.text, Fired: body.fired}
	if user == BotUserID {
		m.BotID = BotID
	}
	m.Blocks = rawOrNil(withIDs(body.blocks, w.secret))
	if len(body.metadata) > 0 {
		m.Metadata = encode(body.metadata)
	}
	w.messages[channel] = append(w.messages[channel], m)
	w.touch()
	return m
}

// find returns a message that the bot can see by its channel and ts.
func (c *call) find(ts string) (*Message, error) {
	ch := c.w.channels[c.args.str("channel")]
	if ch == nil || (ch.Private && !ch.BotIsMember) {
		return nil, refuse("channel_not_found")
	}
	m := c.w.message(ch.ID, ts)
	if m == nil || m.Ephemeral != "" {
		return nil, refuse("message_not_found")
	}
	return m, nil
}

func (w *Workspace) message(channel, ts string) *Message {
	list := w.messages[channel]
	i, found := slices.BinarySearchFunc(list, ts, func(m *Message, ts string) int { return strings.Compare(m.TS, ts) })
	if !found {
		return nil
	}
	return list[i]
}

func (c *call) updateMessage() (object, error) {
	body, err := c.content()
	if err != nil {
		return nil, err
	}
	m, err := c.find(c.args.str("ts"))
	if err != nil {
		return nil, err
	}
	if c.w.channels[m.Channel].Archived {
		return nil, refuse("is_archived")
	}
	if m.User != BotUserID {
		return nil, refuse("cant_update_message")
	}
	if _, hasText := c.args["text"]; !hasText && !body.hasBlocks {
		return nil, refuse("no_text")
	}
	c.w.change(m, body)
	return object{"channel": m.Channel, "ts": m.TS, "text": m.Text, "message": c.w.messageObject(m)}, nil
}

// change edits a message. Blocks and metadata that are not given stay as they were:
// https://docs.slack.dev/reference/methods/chat.update. The lock is held.
func (w *Workspace) change(m *Message, body content) {
	m.Text = body.text
	if body.hasBlocks {
		m.former = append(m.former, m.Blocks)
		m.Blocks = rawOrNil(withIDs(body.blocks, w.secret))
	}
	if body.hasMeta {
		m.Metadata = nil
		if len(body.metadata) > 0 {
			m.Metadata = encode(body.metadata)
		}
	}
	// An edit notifies nobody, yet what would have fired is kept to be asserted on.
	m.Fired = append(m.Fired, body.fired...)
	m.Edits++
	m.EditedTS = w.ts()
	w.touch()
}

func (c *call) postEphemeral() (object, error) {
	body, err := c.content()
	if err != nil {
		return nil, err
	}
	ch, err := c.target()
	if err != nil {
		return nil, err
	}
	user := c.args.str("user")
	switch u := c.w.users[user]; {
	case u == nil || u.Deleted:
		return nil, refuse("user_not_found")
	case !c.w.has(ch, user):
		return nil, refuse("user_not_in_channel")
	case !ch.BotIsMember:
		return nil, refuse("not_in_channel")
	}
	m := c.w.post(ch.ID, BotUserID, body)
	m.Ephemeral = user
	return object{"message_ts": m.TS}, nil
}

func (c *call) deleteMessage() (object, error) {
	m, err := c.find(c.args.str("ts"))
	if err != nil {
		return nil, err
	}
	if m.User != BotUserID {
		return nil, refuse("cant_delete_message")
	}
	c.w.remove(m)
	return object{"channel": m.Channel, "ts": m.TS}, nil
}

// remove deletes a message; the lock is held.
func (w *Workspace) remove(m *Message) {
	w.messages[m.Channel] = slices.DeleteFunc(w.messages[m.Channel], func(x *Message) bool { return x == m })
	w.touch()
}

func (c *call) permalink() (object, error) {
	m, err := c.find(c.args.str("message_ts"))
	if err != nil {
		return nil, err
	}
	link := c.base() + "/archives/" + url.PathEscape(m.Channel) + "/p" + strings.ReplaceAll(m.TS, ".", "")
	return object{"channel": m.Channel, "permalink": link}, nil
}

// messageObject is a message as the API shows it.
func (w *Workspace) messageObject(m *Message) object {
	o := object{"type": "message", "user": m.User, "text": m.Text, "ts": m.TS, "team": TeamID}
	if m.BotID != "" {
		o["bot_id"], o["app_id"] = m.BotID, AppID
	}
	if m.Blocks != nil {
		o["blocks"] = m.Blocks
	}
	if m.Metadata != nil {
		o["metadata"] = m.Metadata
	}
	if m.ThreadTS != "" {
		o["thread_ts"] = m.ThreadTS
	}
	if m.Edits > 0 {
		o["edited"] = object{"user": m.User, "ts": m.EditedTS}
	}
	if len(m.Files) > 0 {
		files := make([]object, len(m.Files))
		for i := range m.Files {
			files[i] = object{"id": m.Files[i].ID, "name": m.Files[i].Name, "mimetype": m.Files[i].Mimetype, "size": m.Files[i].Size}
		}
		o["files"] = files
	}
	return o
}

// responseURL is where an app may answer an interaction later.
// https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
type responseURL struct {
	user, channel string
	message       *Message // what the interaction came from, nil for a slash command
	made          time.Time
	uses          int
}

// newResponseURL hands out a response URL; the lock is held.
func (w *Workspace) newResponseURL(user, channel string, m *Message) string {
	id := w.secret(12)
	w.responses.add(id, &responseURL{user: user, channel: channel, message: m, made: w.now()})
	return id
}

func (w *Workspace) serveResponse(rw http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(rw, r.Body, maxRequest)
	a, _, err := readArgs(r, "")
	w.mu.Lock()
	defer w.mu.Unlock()
	u := w.responses.byID[r.PathValue("id")]
	switch {
	case u == nil:
		err = refuse("invalid_url")
	case w.now().Sub(u.made) > responseLives:
		err = refuse("expired_url")
	case u.uses >= responseUses:
		err = refuse("used_url")
	case err == nil:
		u.uses++
		_, err = w.respond(u, a)
	}
	w.calls = append(w.calls, Call{Method: "response_url", OK: err == nil, Error: errorText(err), Status: http.StatusOK, At: w.now()})
	if err != nil {
		w.problem("response_url: %v", err)
		rw.Header().Set("Content-Type", "application/json; charset=utf-8")
		rw.WriteHeader(http.StatusNotFound)
		_, _ = rw.Write(encode(object{"ok": false, "error": errorText(err)}))
		return
	}
	_, _ = rw.Write([]byte("ok"))
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// respond posts, replaces or deletes as an answer to an interaction asks; the lock is held. It returns the message, nil
// when one was deleted.
func (w *Workspace) respond(u *responseURL, a args) (*Message, error) {
	if a.bool("delete_original") && u.message != nil {
		w.remove(u.message)
		return nil, nil
	}
	body, err := a.content()
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(body.text) == "" && len(body.blocks) == 0 {
		return nil, refuse("no_text")
	}
	if a.bool("replace_original") && u.message != nil {
		body.hasBlocks = true
		w.change(u.message, body)
		return u.message, nil
	}
	m := w.post(u.channel, BotUserID, body)
	if a.str("response_type") != "in_channel" {
		m.Ephemeral = u.user
	}
	return m, nil
}
