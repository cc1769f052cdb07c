package slack

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// createConversation makes a channel. https://docs.slack.dev/reference/methods/conversations.create
func (c *call) createConversation() (object, error) {
	private := c.args.bool("is_private")
	scope := "channels:manage"
	if private {
		scope = "groups:write"
	}
	if err := c.need(scope); err != nil {
		return nil, err
	}
	name := c.args.str("name")
	if code := wrongName(name); code != "" {
		return nil, refuse(code)
	}
	for _, ch := range c.w.channels {
		if ch.IM == "" && ch.Name == name { // also an archived one, and one that the bot does not see
			return nil, refuse("name_taken")
		}
	}
	ch := &Channel{
		ID: c.w.id("C"), Name: name, Private: private, BotIsMember: true, Members: []string{}, creator: BotUserID, created: c.w.now(),
	}
	c.w.channels[ch.ID] = ch
	c.w.order = append(c.w.order, ch.ID)
	c.w.touch()
	return object{"channel": c.w.channelObject(ch)}, nil
}

// wrongName is the error code for the name of a channel that is to be, "" when it may be one: lower-case letters, digits, hyphens and
// underscores. https://docs.slack.dev/reference/methods/conversations.create#naming
func wrongName(name string) string {
	switch {
	case name == "":
		return "invalid_name_required"
	case utf8.RuneCountInString(name) > maxChannelName:
		return "invalid_name_maxlength"
	case strings.ContainsFunc(name, func(r rune) bool {
		lower := unicode.IsLetter(r) && unicode.ToLower(r) == r
		return !lower && !unicode.IsDigit(r) && r != '-' && r != '_'
	}):
		return "invalid_name_specials"
	case strings.Trim(name, "-_") == "":
		return "invalid_name_punctuation"
	}
	return ""
}

// changing returns the channel that a call changes.
func (c *call) changing() (*Channel, error) {
	ch := c.w.channels[c.args.str("channel")]
	switch {
	case ch == nil, ch.Private && !ch.BotIsMember:
		return nil, refuse("channel_not_found")
	case ch.IM != "":
		return nil, refuse("method_not_supported_for_channel_type")
	}
	scope := "channels:manage"
	if ch.Private {
		scope = "groups:write"
	}
	if err := c.need(scope); err != nil {
		return nil, err
	}
	if !ch.BotIsMember {
		return nil, refuse("not_in_channel")
	}
	return ch, nil
}

// inviteToConversation lets people into a channel: all of them, or with force those who can be. Without it, one who cannot be keeps the
// others out. https://docs.slack.dev/reference/methods/conversations.invite
func (c *call) inviteToConversation() (object, error) {
	ch, err := c.changing()
	if err != nil {
		return nil, err
	}
	if ch.Archived {
		return nil, refuse("is_archived")
	}
	users := strings.FieldsFunc(c.args.str("users"), func(r rune) bool { return r == ',' || r == ' ' })
	switch {
	case len(users) == 0:
		return nil, refuse("no_user")
	case len(users) > maxInvited:
		return nil, refuse("too_many_users")
	}
	var invited []string
	var wrong []object
	for _, id := range users {
		code := ""
		switch u := c.w.users[id]; {
		case id == BotUserID:
			code = "cant_invite_self"
		case u == nil:
			code = "user_not_found"
		case u.Deleted, u.Bot:
			code = "cant_invite"
		case c.w.has(ch, id), slices.Contains(invited, id):
			code = "already_in_channel"
		}
		if code != "" {
			wrong = append(wrong, object{"user": id, "ok": false, "error": code})
			continue
		}
		invited = append(invited, id)
	}
	if len(wrong) > 0 && (!c.args.bool("force") || len(invited) == 0) {
		code, _ := wrong[0]["error"].(string)
		return nil, &refusal{code, object{"errors": wrong}}
	}
	ch.Members = append(ch.Members, invited...)
	c.w.touch()
	return object{"channel": c.w.channelObject(ch), "errors": wrong}, nil
}

// archiveConversation ends the talk in a channel. https://docs.slack.dev/reference/methods/conversations.archive
func (c *call) archiveConversation() (object, error) {
	ch, err := c.changing()
	if err != nil {
		return nil, err
	}
	if ch.Archived {
		return nil, refuse("already_archived")
	}
	ch.Archived = true
	c.w.touch()
	return object{}, nil
}
