package discord

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// stateFor returns the state encoded, as what it holds may go on changing.
func (v *window) stateFor(me, open string) json.RawMessage {
	v.mu.Lock()
	defer v.mu.Unlock()
	if i := slices.IndexFunc(v.people, v.plays); !v.plays(me) && i >= 0 {
		me = v.people[i]
	}
	names, roles, channels := object{}, object{}, object{}
	for id, u := range v.users {
		names[id] = u.Shown()
	}
	for id, r := range v.roles {
		roles[id] = r.Name
	}
	conversations := []object{}
	for _, id := range v.order {
		c := v.channels[id]
		if may := v.can(me, c); may.has(ViewChannel) {
			if c.DM == "" {
				channels[id] = c.Name
			}
			conversations = append(conversations, object{
				"id": id, "name": cmp.Or(c.Name, v.opt.BotName), "topic": c.Topic, "direct": c.DM != "", "hidden": v.hidden(c),
				"unread": v.unread(id, me), "may_write": may.has(SendMessages), "may_command": may.has(UseApplicationCommands),
			})
		}
	}
	commands, apps := v.commandsShown(me, open)
	return encode(object{
		"revision": v.revision, "guild": v.opt.Name, "bot": v.opt.BotName, "bot_id": BotUserID, "me": me, "people": v.peopleShown(),
		"conversations": conversations, "names": names, "roles": roles, "channels": channels, "online": v.online(),
		"commands": commands, "apps": apps, "messages": v.messagesShown(me, open), "modal": v.modalShown(me),
	})
}

// plays tells whether one can be that person on the page.
func (v *window) plays(id string) bool {
	u := v.users[id]
	return u != nil && !u.Bot
}

func (v *window) peopleShown() []object {
	people := []object{}
	for _, id := range v.people {
		if !v.plays(id) {
			continue
		}
		u, waiting := v.users[id], 0
		for _, channel := range v.order {
			if v.can(id, v.channels[channel]).has(ViewChannel) {
				waiting += v.unread(channel, id)
			}
		}
		detail := "@" + u.Name
		for i, role := range u.Roles {
			if r := v.roles[role]; r != nil && i == 0 {
				detail = r.Name
			} else if r != nil {
				detail += ", " + r.Name
			}
		}
		people = append(people, object{
			"id": id, "name": u.Shown(), "handle": u.Name, "detail": detail, "locale": u.Locale, "unread": waiting,
			"takes_direct": !u.NoDirectMessages,
		})
	}
	return people
}

// hidden tells whether a channel is not for everyone in the guild.
func (v *window) hidden(c *Channel) bool {
	shown := v.roles[GuildID].Permissions.has(ViewChannel)
	for _, o := range c.Overwrites {
		if o.ID == GuildID {
			shown = (shown && !o.Deny.has(ViewChannel)) || o.Allow.has(ViewChannel)
		}
	}
	return c.DM == "" && !shown
}

func (v *window) online() bool {
	for _, s := range v.sessions {
		if s.conn != nil {
			return true
		}
	}
	return v.endpoint != ""
}

// unread counts the messages from others that a user has not had before them.
func (v *window) unread(channel, user string) int {
	upTo, count := v.read[user+" "+channel], 0
	list := v.messages[channel]
	for i := len(list) - 1; i >= 0 && compareIDs(list[i].ID, upTo) > 0; i-- {
		if m := list[i]; m.Author != user && (m.Ephemeral == "" || m.Ephemeral == user) {
			count++
		}
	}
	return count
}

// commandsShown returns the commands that a person may type in a channel, each subcommand by itself, and those in the menu
// of a message, all in the person's language.
func (v *window) commandsShown(me, channel string) (typed, menu []object) {
	typed, menu = []object{}, []object{}
	u := v.users[me]
	if u == nil {
		return typed, menu
	}
	entry := func(c *Command, path, shown, description, sub string, options []CommandOption) {
		typed = append(typed, object{
			"name": c.Name, "subcommand": sub, "path": path, "shown": shown, "description": description,
			"options": optionsShown(options, u.Locale),
		})
	}
	for _, c := range v.commandsFor(me, channel) {
		name := c.LocalName(u.Locale)
		switch {
		case c.Type == messageMenu:
			menu = append(menu, object{"name": c.Name, "shown": name})
		case c.Type == chatInput && (len(c.Options) == 0 || c.Options[0].Type != subcommand):
			entry(c, c.Name, name, c.LocalDescription(u.Locale), "", c.Options)
		case c.Type == chatInput: // subcommands do not stand beside other options
			for _, o := range c.Options {
				entry(c, c.Name+" "+o.Name, name+" "+o.LocalName(u.Locale), o.LocalDescription(u.Locale), o.Name, o.Options)
			}
		}
	}
	return typed, menu
}

func optionsShown(options []CommandOption, locale string) []object {
	shown := []object{}
	for _, o := range options {
		if o.Type == attachmentOption {
			continue // files are not handed in while typing on this page
		}
		choices := []object{}
		for _, c := range o.Choices {
			choices = append(choices, object{"name": c.LocalName(locale), "value": fmt.Sprint(c.Value)})
		}
		shown = append(shown, object{
			"name": o.Name, "shown": o.LocalName(locale), "description": o.LocalDescription(locale), "type": o.Type,
			"required": o.Required, "autocomplete": o.Autocomplete, "choices": choices,
		})
	}
	return shown
}

// shownMessages is how far back the page shows a conversation.
const shownMessages = 200

func (v *window) messagesShown(me, channel string) []object {
	shown := []object{}
	if c := v.channels[channel]; c == nil || !v.can(me, c).has(ViewChannel|ReadMessageHistory) {
		return shown
	}
	list := v.messages[channel]
	for _, kept := range list[max(0, len(list)-shownMessages):] {
		m := v.shown(kept)
		if m.Ephemeral != "" && m.Ephemeral != me {
			continue
		}
		files := []object{}
		for i := range m.Attachments {
			a := &m.Attachments[i]
			files = append(files, object{"id": a.ID, "name": a.Name, "size": a.Size, "link": attachmentPath(a) + "?" + v.attachmentQuery(a)})
		}
		o := object{
			"id": m.ID, "author": m.Author, "app": m.Author == BotUserID, "at": m.At.UTC().Format(time.RFC3339Nano), "edited": !m.Edited.IsZero(),
			"content": m.Content, "embeds": m.Embeds, "components": m.Components, "attachments": files, "previews": m.Previews,
			"ephemeral": m.Ephemeral != "", "loading": m.Loading, "expired": m.Expired, "notice": m.Error, "reply_to": m.ReplyTo,
		}
		if u := v.users[m.Author]; u != nil {
			o["name"] = u.Shown()
		}
		if m.Reply != nil {
			o["reply"] = object{"user": m.Reply.User, "command": m.Reply.Command, "menu": m.Reply.menu}
		}
		shown = append(shown, o)
	}
	return shown
}

func (v *window) modalShown(me string) any {
	m := v.modals[me]
	if m == nil {
		return nil
	}
	return object{"id": m.ID, "custom_id": m.CustomID, "title": m.Title, "components": m.Components, "failed": m.Failed}
}
