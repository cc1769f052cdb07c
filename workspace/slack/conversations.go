package slack

import (
	"slices"
	"strconv"
	"strings"
)

// scopeOf returns the scope that reading a conversation takes: what is read, history or read.
func scopeOf(ch *Channel, what string) string {
	switch {
	case ch.IM != "":
		return "im:" + what
	case ch.Private:
		return "groups:" + what
	}
	return "channels:" + what
}

// conversation returns the conversation that the channel argument names, if the bot may know of it.
func (c *call) conversation(what string) (*Channel, error) {
	ch := c.w.channels[c.args.str("channel")]
	if ch == nil || (ch.Private && !ch.BotIsMember) {
		return nil, refuse("channel_not_found")
	}
	return ch, c.need(scopeOf(ch, what))
}

func (w *Workspace) channelObject(ch *Channel) object {
	if ch.IM != "" {
		return object{"id": ch.ID, "is_im": true, "is_channel": false, "user": ch.IM, "is_archived": false, "is_org_shared": false,
			"created": 1}
	}
	return object{
		"id": ch.ID, "name": ch.Name, "name_normalized": ch.Name, "is_channel": !ch.Private, "is_group": ch.Private, "is_im": false,
		"is_private": ch.Private, "is_archived": ch.Archived, "is_member": ch.BotIsMember, "is_general": false,
		"created": max(1, ch.created.Unix()), "creator": ch.creator,
		"topic": object{"value": ch.Topic, "creator": "", "last_set": 0}, "num_members": len(w.members(ch)),
	}
}

// members returns the ids of who is in a channel; the lock is held.
func (w *Workspace) members(ch *Channel) []string {
	list := slices.Clone(ch.Members)
	if ch.IM == "" && ch.Members == nil {
		list = slices.Clone(w.people)
	}
	if ch.BotIsMember {
		list = append(list, BotUserID)
	}
	return list
}

func (c *call) openConversation() (object, error) {
	if id := c.args.str("channel"); id != "" {
		ch := c.w.channels[id]
		if ch == nil || ch.IM == "" {
			return nil, refuse("channel_not_found")
		}
		return object{"channel": object{"id": ch.ID}}, nil
	}
	users := strings.FieldsFunc(c.args.str("users"), func(r rune) bool { return r == ',' || r == ' ' })
	if len(users) == 0 {
		return nil, refuse("users_list_not_supplied")
	}
	if len(users) > 1 {
		return nil, refuse("method_not_supported_for_channel_type") // group direct messages are not simulated
	}
	u := c.w.users[users[0]]
	switch {
	case u == nil:
		return nil, refuse("user_not_found")
	case u.Deleted:
		return nil, refuse("user_disabled")
	case u.Bot:
		return nil, refuse("cannot_dm_bot")
	}
	ch := c.w.im(u.ID)
	answer := object{"id": ch.ID}
	if c.args.bool("return_im") {
		answer = c.w.channelObject(ch)
	}
	return object{"channel": answer}, nil
}

func (c *call) conversationInfo() (object, error) {
	ch, err := c.conversation("read")
	if err != nil {
		return nil, err
	}
	return object{"channel": c.w.channelObject(ch)}, nil
}

func (c *call) conversationMembers() (object, error) {
	ch, err := c.conversation("read")
	if err != nil {
		return nil, err
	}
	list, next, err := c.page(c.w.members(ch))
	if err != nil {
		return nil, err
	}
	return object{"members": list, "response_metadata": object{"next_cursor": next}}, nil
}

func (c *call) joinConversation() (object, error) {
	ch := c.w.channels[c.args.str("channel")]
	switch {
	case ch == nil, ch.Private && !ch.BotIsMember:
		return nil, refuse("channel_not_found")
	case ch.IM != "", ch.Private:
		return nil, refuse("method_not_supported_for_channel_type")
	case ch.Archived:
		return nil, refuse("is_archived")
	}
	ch.BotIsMember = true
	c.w.touch()
	return object{"channel": c.w.channelObject(ch)}, nil
}

func (c *call) listConversations() (object, error) {
	types := c.args.str("types")
	if types == "" {
		types = "public_channel"
	}
	wanted := strings.Split(types, ",")
	needed := map[string]string{"public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read"}
	for _, kind := range wanted {
		scope, known := needed[strings.TrimSpace(kind)]
		if !known {
			return nil, refuse("invalid_types")
		}
		if err := c.need(scope); err != nil {
			return nil, err
		}
	}
	var ids []string
	for _, id := range c.w.order {
		ch := c.w.channels[id]
		kind := "public_channel"
		switch {
		case ch.IM != "":
			kind = "im"
		case ch.Private:
			kind = "private_channel"
		}
		hidden := ch.Private && !ch.BotIsMember || ch.Archived && c.args.bool("exclude_archived")
		if slices.Contains(wanted, kind) && !hidden {
			ids = append(ids, id)
		}
	}
	list, next, err := c.page(ids)
	if err != nil {
		return nil, err
	}
	channels := make([]object, len(list))
	for i, id := range list {
		channels[i] = c.w.channelObject(c.w.channels[id])
	}
	return object{"channels": channels, "response_metadata": object{"next_cursor": next}}, nil
}

// page cuts the part of a list that limit and cursor ask for. A cursor is opaque to the caller; here it is the id to go on from.
// https://docs.slack.dev/apis/web-api/pagination
func (c *call) page(ids []string) (part []string, next string, err error) {
	limit := defaultPage
	if s := c.args.str("limit"); s != "" {
		limit, err = strconv.Atoi(s)
		if err != nil || limit < 0 || limit > maxPage+1 {
			return nil, "", refuse("invalid_limit")
		}
	}
	if limit == 0 {
		limit = defaultPage
	}
	start := 0
	if cursor := c.args.str("cursor"); cursor != "" {
		if start = slices.Index(ids, strings.TrimPrefix(cursor, "next:")); start < 0 {
			return nil, "", refuse("invalid_cursor")
		}
	}
	end := min(start+limit, len(ids))
	if end < len(ids) {
		next = "next:" + ids[end]
	}
	return append([]string{}, ids[start:end]...), next, nil
}

func (c *call) conversationHistory() (object, error) {
	ch, err := c.conversation("history")
	if err != nil {
		return nil, err
	}
	if !ch.BotIsMember {
		return nil, refuse("not_in_channel")
	}
	oldest, latest, inclusive := c.args.str("oldest"), c.args.str("latest"), c.args.bool("inclusive")
	var ids []string
	for _, m := range slices.Backward(c.w.messages[ch.ID]) {
		after := oldest == "" || compareTS(m.TS, oldest) > 0 || inclusive && m.TS == oldest
		before := latest == "" || compareTS(m.TS, latest) < 0 || inclusive && m.TS == latest
		if m.Ephemeral == "" && after && before {
			ids = append(ids, m.TS)
		}
	}
	list, next, err := c.page(ids)
	if err != nil {
		return nil, err
	}
	messages := make([]object, len(list))
	for i, ts := range list {
		messages[i] = c.w.messageObject(c.w.message(ch.ID, ts))
		if !c.args.bool("include_all_metadata") {
			delete(messages[i], "metadata")
		}
	}
	return object{"messages": messages, "has_more": next != "", "response_metadata": object{"next_cursor": next}}, nil
}

// compareTS compares two timestamps as numbers: callers may leave out decimals.
func compareTS(a, b string) int {
	x, errA := strconv.ParseFloat(a, 64)
	y, errB := strconv.ParseFloat(b, 64)
	if errA != nil || errB != nil || x == y {
		return strings.Compare(a, b)
	}
	if x < y {
		return -1
	}
	return 1
}
