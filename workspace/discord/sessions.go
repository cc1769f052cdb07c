package discord

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// eventsKept is how many events a session keeps to tell again when it is resumed.
const eventsKept = 1000

// session is what a bot has identified for. It outlives its connection for a while, and can be resumed.
type session struct {
	id      string
	intents Intents
	seq     int
	events  []object // the latest, as sent
	conn    *connection
	lost    time.Time // when it was left without a connection
}

// identify starts a session. https://discord.com/developers/docs/events/gateway#identifying. The lock is held.
func (w *Workspace) identify(c *connection, data json.RawMessage) (code int, reason string) {
	var d struct {
		Token      string             `json:"token"`
		Intents    *Intents           `json:"intents"`
		Properties *map[string]string `json:"properties"`
	}
	if json.Unmarshal(data, &d) != nil {
		return closeDecodeError, "Error while decoding payload."
	}
	switch {
	case c.session != nil:
		w.problem("identified twice on one gateway connection")
		return closeAlreadyAuthed, "Already authenticated."
	case !w.ours(d.Token):
		w.problem("identified with a wrong token")
		return closeAuthFailed, "Authentication failed."
	case d.Intents == nil || *d.Intents&^knownIntents != 0:
		w.problem("identified without intents, or with ones there are not")
		return closeInvalidIntents, "Invalid intent(s)."
	case *d.Intents&privilegedIntents&^w.opt.PrivilegedIntents != 0:
		w.problem("identified with privileged intents that the application does not have")
		return closeDisallowedIntents, "Disallowed intent(s)."
	}
	if d.Properties == nil {
		w.problem("identified without properties")
	}
	now := w.now()
	if !w.opt.NoRateLimits {
		if !w.starting.take(rate{maxConcurrency, identifyWindow}, now) {
			c.send(object{"op": opInvalidSession, "d": false, "s": nil, "t": nil})
			return 0, ""
		}
		if !w.identifies.take(rate{maxIdentifies, 24 * time.Hour}, now) {
			w.problem("more than %d sessions started in a day", maxIdentifies)
			return closeAuthFailed, "Authentication failed."
		}
	}
	s := &session{id: w.secret(16), intents: *d.Intents, conn: c}
	c.session = s
	w.sessions[s.id] = s
	w.emit(s, "READY", object{
		"v": 10, "user": w.userObject(BotUserID), "guilds": []object{{"id": GuildID, "unavailable": true}}, "session_id": s.id,
		"resume_gateway_url": w.address("ws") + gatewayPath, "application": object{"id": ApplicationID, "flags": 0},
		"private_channels": []any{}, "relationships": []any{}, "presences": []any{},
	})
	if s.intents&IntentGuilds != 0 {
		g := w.guildObject()
		members := []object{w.memberObject(w.users[BotUserID], true)} // of others only with the members intent
		maps.Copy(g, object{
			"joined_at": "2026-01-01T00:00:00.000000+00:00", "large": false, "unavailable": false, "member_count": len(w.people) + 1,
			"channels": w.channelObjects(), "members": members, "threads": []any{}, "presences": []any{}, "voice_states": []any{},
			"stage_instances": []any{}, "guild_scheduled_events": []any{}, "soundboard_sounds": []any{},
		})
		w.emit(s, "GUILD_CREATE", g)
	}
	w.touch()
	return 0, ""
}

// ours tells whether a token is the bot's; the gateway takes it with and without its prefix.
func (w *Workspace) ours(token string) bool {
	return strings.TrimPrefix(token, "Bot ") == w.opt.BotToken
}

// resume goes on with a session: what it missed is told again, then RESUMED.
// https://discord.com/developers/docs/events/gateway#resuming. The lock is held.
func (w *Workspace) resume(c *connection, data json.RawMessage) (code int, reason string) {
	var d struct {
		Token     string `json:"token"`
		SessionID string `json:"session_id"`
		Seq       int    `json:"seq"`
	}
	if json.Unmarshal(data, &d) != nil {
		return closeDecodeError, "Error while decoding payload."
	}
	switch {
	case c.session != nil:
		return closeAlreadyAuthed, "Already authenticated."
	case !w.ours(d.Token):
		w.problem("resumed with a wrong token")
		return closeAuthFailed, "Authentication failed."
	}
	s := w.sessions[d.SessionID]
	if s == nil || (s.conn == nil && w.now().Sub(s.lost) > resumeWithin) || s.seq-d.Seq > len(s.events) {
		delete(w.sessions, d.SessionID)
		c.send(object{"op": opInvalidSession, "d": false, "s": nil, "t": nil})
		return 0, ""
	}
	if d.Seq > s.seq {
		delete(w.sessions, s.id)
		w.problem("resumed after event %d of %d", d.Seq, s.seq)
		return closeInvalidSequence, "Invalid seq."
	}
	if s.conn != nil {
		s.conn.session = nil
		s.conn.drop()
	}
	s.conn, c.session = c, s
	for _, e := range s.events[len(s.events)-(s.seq-d.Seq):] {
		c.send(e)
	}
	w.emit(s, "RESUMED", object{})
	w.touch()
	return 0, ""
}

// emit sends an event to a session, and keeps it for the case that it is resumed; the lock is held.
func (w *Workspace) emit(s *session, name string, d any) {
	s.seq++
	e := object{"op": opDispatch, "t": name, "s": s.seq, "d": encode(d)}
	if s.events = append(s.events, e); len(s.events) > eventsKept {
		s.events = slices.Delete(s.events, 0, eventsKept/4)
	}
	if s.conn != nil {
		s.conn.send(e)
	}
}

// dispatch sends an event to every session that wants it (intent 0: all of them), dropped ones included, which are told when
// they are resumed. It reports whether there was any. The lock is held.
func (w *Workspace) dispatch(intent Intents, name string, payload func() any) (reached bool) {
	for id, s := range w.sessions {
		if s.conn == nil && w.now().Sub(s.lost) > resumeWithin {
			delete(w.sessions, id)
			continue
		}
		if s.intents&intent != intent {
			continue
		}
		reached = true
		d := payload()
		bad := w.faults.draw(AtGateway, "")
		if bad.drop && s.conn != nil {
			s.conn.drop()
			s.conn.session, s.conn, s.lost = nil, nil, w.now()
		}
		w.emit(s, name, d)
		if bad.repeat {
			w.emit(s, name, d)
		}
	}
	return reached
}

// messageIntent is what a session must have asked for to hear of messages in a channel.
func (w *Workspace) messageIntent(channel string) Intents {
	if w.guildOf(channel) == nil {
		return IntentDirectMessages
	}
	return IntentGuildMessages
}

// open returns the connections there are.
func (w *Workspace) open() []*connection {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]*connection, 0, len(w.connections))
	for c := range w.connections {
		all = append(all, c)
	}
	return all
}

// DropSessions cuts every connection without a word, as a lost network would. The sessions can be resumed.
func (w *Workspace) DropSessions() {
	for _, c := range w.open() {
		c.drop()
	}
}

// Reconnect asks every connection to reconnect and resume. https://discord.com/developers/docs/events/gateway-events#reconnect
func (w *Workspace) Reconnect() {
	for _, c := range w.open() {
		c.send(object{"op": opReconnect, "d": nil, "s": nil, "t": nil})
	}
}

// InvalidateSessions tells every connection that its session is invalid; what is not resumable is gone.
// https://discord.com/developers/docs/events/gateway-events#invalid-session
func (w *Workspace) InvalidateSessions(resumable bool) {
	for _, c := range w.open() {
		w.mu.Lock()
		if s := c.session; s != nil {
			c.session, s.conn, s.lost = nil, nil, w.now()
			if !resumable {
				delete(w.sessions, s.id)
			}
		}
		w.touch()
		w.mu.Unlock()
		c.send(object{"op": opInvalidSession, "d": resumable, "s": nil, "t": nil})
	}
}
