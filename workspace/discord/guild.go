package discord

import (
	"net/http"
	"strconv"
	"strings"
)

// Channel types. https://discord.com/developers/docs/resources/channel#channel-object-channel-types
const (
	typeText = 0
	typeDM   = 1
)

// userObject is a user as payloads have it. https://discord.com/developers/docs/resources/user#user-object. The lock is held.
func (w *Workspace) userObject(id string) object {
	u := w.users[id]
	if u == nil {
		return object{"id": id, "username": "Deleted User", "discriminator": "0", "global_name": nil, "avatar": nil}
	}
	o := object{
		"id": u.ID, "username": u.Name, "discriminator": "0", "global_name": u.GlobalName, "avatar": nil, "public_flags": 0,
	}
	if u.Bot {
		o["bot"] = true
	}
	return o
}

// memberObject is a member as payloads have it. https://discord.com/developers/docs/resources/guild#guild-member-object.
// The lock is held.
func (w *Workspace) memberObject(u *User, withUser bool) object {
	o := object{
		"roles": append([]string{}, u.Roles...), "nick": nil, "avatar": nil, "joined_at": "2026-01-01T00:00:00.000000+00:00",
		"premium_since": nil, "deaf": false, "mute": false, "flags": 0, "pending": false, "communication_disabled_until": nil,
	}
	if u.Nick != "" {
		o["nick"] = u.Nick
	}
	if withUser {
		o["user"] = w.userObject(u.ID)
	}
	return o
}

func roleObject(r *Role, position int) object {
	return object{
		"id": r.ID, "name": r.Name, "permissions": r.Permissions.String(), "mentionable": r.Mentionable, "position": position,
		"color": 0, "hoist": false, "managed": r.ID == botRoleID, "flags": 0,
	}
}

// channelObject is a channel as payloads have it. https://discord.com/developers/docs/resources/channel#channel-object.
// The lock is held.
func (w *Workspace) channelObject(c *Channel) object {
	last := any(nil)
	if all := w.messages[c.ID]; len(all) > 0 {
		last = all[len(all)-1].ID
	}
	if c.DM != "" {
		return object{
			"id": c.ID, "type": typeDM, "last_message_id": last, "recipients": []object{w.userObject(c.DM)}, "flags": 0,
		}
	}
	overwrites := []object{}
	for _, o := range c.Overwrites {
		kind := 0
		if o.Member {
			kind = 1
		}
		overwrites = append(overwrites, object{"id": o.ID, "type": kind, "allow": o.Allow.String(), "deny": o.Deny.String()})
	}
	return object{
		"id": c.ID, "type": typeText, "guild_id": GuildID, "name": c.Name, "topic": c.Topic, "nsfw": false, "parent_id": nil,
		"permission_overwrites": overwrites, "last_message_id": last, "rate_limit_per_user": 0, "flags": 0, "position": 0,
	}
}

// guildObject is the guild as payloads have it. https://discord.com/developers/docs/resources/guild#guild-object.
// The lock is held.
func (w *Workspace) guildObject() object {
	return object{
		"id": GuildID, "name": w.opt.Name, "icon": nil, "owner_id": ownerID, "preferred_locale": w.opt.Locale, "features": []string{},
		"roles": w.roleObjects(), "emojis": []any{}, "stickers": []any{}, "verification_level": 0, "default_message_notifications": 0,
		"explicit_content_filter": 0, "mfa_level": 0, "premium_tier": 0, "nsfw_level": 0, "system_channel_flags": 0,
		"system_channel_id": nil, "rules_channel_id": nil, "afk_channel_id": nil, "afk_timeout": 300, "application_id": nil,
		"description": nil, "banner": nil, "splash": nil, "discovery_splash": nil, "vanity_url_code": nil,
		"public_updates_channel_id": nil, "safety_alerts_channel_id": nil, "premium_progress_bar_enabled": false,
	}
}

func (w *Workspace) roleObjects() []object {
	all := []object{}
	for i, id := range w.roleOrder {
		all = append(all, roleObject(w.roles[id], i))
	}
	return all
}

// channelObjects returns the channels of the guild in order; the lock is held.
func (w *Workspace) channelObjects() []object {
	all := []object{}
	for _, id := range w.order {
		if c := w.channels[id]; c.DM == "" {
			all = append(all, w.channelObject(c))
		}
	}
	return all
}

// known refuses a call about a guild that the bot is not in.
func (c *call) known() error {
	if c.params["guild"] != GuildID {
		return refuse(http.StatusNotFound, 10004, "Unknown Guild")
	}
	return nil
}

// https://discord.com/developers/docs/resources/guild#get-guild
func (c *call) guild() (int, any, error) {
	return http.StatusOK, c.w.guildObject(), c.known()
}

// https://discord.com/developers/docs/resources/guild#get-guild-roles
func (c *call) guildRoles() (int, any, error) {
	return http.StatusOK, c.w.roleObjects(), c.known()
}

// https://discord.com/developers/docs/resources/guild#get-guild-channels
func (c *call) guildChannels() (int, any, error) {
	return http.StatusOK, c.w.channelObjects(), c.known()
}

// https://discord.com/developers/docs/resources/guild#get-guild-member
func (c *call) member() (int, any, error) {
	if err := c.known(); err != nil {
		return 0, nil, err
	}
	u := c.w.users[c.params["user"]]
	switch {
	case u == nil:
		return 0, nil, unknownUser()
	case u.Outside:
		return 0, nil, refuse(http.StatusNotFound, 10007, "Unknown Member")
	}
	return http.StatusOK, c.w.memberObject(u, true), nil
}

// https://discord.com/developers/docs/resources/guild#search-guild-members
func (c *call) searchMembers() (int, any, error) {
	if err := c.known(); err != nil {
		return 0, nil, err
	}
	limit := 1
	if given := c.query.Get("limit"); given != "" {
		var err error
		if limit, err = strconv.Atoi(given); err != nil || limit < 1 || limit > maxMembersFound {
			return 0, nil, invalidForm("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 1000.")
		}
	}
	query := strings.ToLower(c.query.Get("query"))
	if query == "" {
		return 0, nil, invalidForm("query", "BASE_TYPE_REQUIRED", "This field is required")
	}
	all := []object{}
	for _, id := range c.w.people {
		u := c.w.users[id]
		if u.Outside || len(all) == limit {
			continue
		}
		for _, name := range []string{u.Name, u.GlobalName, u.Nick} {
			if strings.HasPrefix(strings.ToLower(name), query) {
				all = append(all, c.w.memberObject(u, true))
				break
			}
		}
	}
	return http.StatusOK, all, nil
}

// https://discord.com/developers/docs/resources/user#get-current-user
func (c *call) currentUser() (int, any, error) {
	return http.StatusOK, c.w.userObject(BotUserID), nil
}

// https://discord.com/developers/docs/resources/user#get-user
func (c *call) user() (int, any, error) {
	if c.w.users[c.params["user"]] == nil {
		return 0, nil, unknownUser()
	}
	return http.StatusOK, c.w.userObject(c.params["user"]), nil
}

// https://discord.com/developers/docs/resources/user#create-dm. It opens also towards people who take no direct messages;
// the message is what is refused.
func (c *call) openDM() (int, any, error) {
	o, err := c.object()
	if err != nil {
		return 0, nil, err
	}
	check := newChecker()
	check.shape(shape{fields: map[string]property{"recipient_id": must(snowflake)}}, o, "")
	c.w.noteUnknown(c.name(), check)
	if err := check.err(); err != nil {
		return 0, nil, err
	}
	recipient, _ := o["recipient_id"].(string)
	switch u := c.w.users[recipient]; {
	case u == nil:
		return 0, nil, refuse(http.StatusBadRequest, 50033, "Invalid Recipient(s)")
	case u.Bot:
		return 0, nil, cannotMessageUser()
	}
	return http.StatusOK, c.w.channelObject(c.w.dm(recipient)), nil
}

// https://discord.com/developers/docs/resources/channel#get-channel
func (c *call) channel() (int, any, error) {
	ch, _, err := c.place()
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, c.w.channelObject(ch), nil
}

// https://discord.com/developers/docs/resources/application#get-current-application
func (c *call) application() (int, any, error) {
	o := object{
		"id": ApplicationID, "name": c.w.opt.BotName, "icon": nil, "description": "", "bot_public": false, "bot_require_code_grant": false,
		"verify_key": c.w.PublicKey(), "flags": 0, "team": nil, "bot": c.w.userObject(BotUserID), "interactions_endpoint_url": nil,
	}
	if c.w.endpoint != "" {
		o["interactions_endpoint_url"] = c.w.endpoint
	}
	return http.StatusOK, o, nil
}
