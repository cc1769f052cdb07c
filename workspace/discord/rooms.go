package discord

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Making and changing channels of the guild. Text channels only.

// overwriteShape is an overwrite as it is sent: https://discord.com/developers/docs/resources/channel#overwrite-object
func overwriteShape() shape {
	return shape{fields: map[string]property{
		"id": must(snowflake), "type": must(numberOf(0, 1)), "allow": may(bits), "deny": may(bits),
	}}
}

// maxOverwrites is this package's own: the documentation gives no figure.
const maxOverwrites = 100

func channelFields(name property) map[string]property {
	return map[string]property{
		"name": name, "topic": may(text(0, maxTopic)), "permission_overwrites": may(list(0, maxOverwrites, with(overwriteShape()))),
	}
}

// https://discord.com/developers/docs/resources/guild#create-guild-channel
func (c *call) createChannel() (int, any, error) {
	if err := c.known(); err != nil {
		return 0, nil, err
	}
	w := c.w
	mine := w.granted(w.users[BotUserID])
	if !mine.has(ManageChannels) && !mine.has(Administrator) {
		return 0, nil, missingPermissions()
	}
	fields := channelFields(must(text(1, maxChannelName)))
	fields["type"] = may(numberOf(typeText))
	o, err := c.channelBody(fields)
	if err != nil {
		return 0, nil, err
	}
	if n := len(w.channelObjects()); n >= maxChannels {
		return 0, nil, refuse(http.StatusBadRequest, 30013, "Maximum number of guild channels reached (500)")
	}
	overwrites, err := w.overwrites(o)
	if err != nil {
		return 0, nil, err
	}
	name, _ := o["name"].(string)
	topic, _ := o["topic"].(string)
	ch := &Channel{ID: w.snowflake(), Name: channelName(name), Topic: topic, Overwrites: overwrites}
	w.channels[ch.ID] = ch
	w.order = append(w.order, ch.ID)
	w.tellOf("CHANNEL_CREATE", ch)
	return http.StatusCreated, w.channelObject(ch), nil
}

// https://discord.com/developers/docs/resources/channel#modify-channel
func (c *call) modifyChannel() (int, any, error) {
	ch, may, err := c.place()
	if err != nil {
		return 0, nil, err
	}
	o, err := c.channelBody(channelFields(property{false, text(1, maxChannelName)}))
	if err != nil {
		return 0, nil, err
	}
	switch {
	case ch.DM != "":
		return 0, nil, refuse(http.StatusBadRequest, 50003, "Cannot execute action on a DM channel")
	case !may.has(ManageChannels), o["permission_overwrites"] != nil && !may.has(ManageRoles):
		return 0, nil, missingPermissions()
	}
	changed := *ch
	if name, given := o["name"].(string); given {
		changed.Name = channelName(name)
	}
	if topic, given := o["topic"].(string); given {
		changed.Topic = topic
	}
	if o["permission_overwrites"] != nil {
		if changed.Overwrites, err = c.w.overwrites(o); err != nil {
			return 0, nil, err
		}
	}
	*ch = changed
	c.w.tellOf("CHANNEL_UPDATE", ch)
	return http.StatusOK, c.w.channelObject(ch), nil
}

func (c *call) channelBody(fields map[string]property) (object, error) {
	o, err := c.object()
	if err != nil {
		return nil, err
	}
	check := newChecker()
	check.shape(shape{fields: fields}, o, "")
	c.w.noteUnknown(c.name(), check)
	return o, check.err()
}

// overwrites reads a channel's overwrites. Only what the bot may do in the guild can be allowed or denied, and managing roles by
// administrators alone (https://discord.com/developers/docs/resources/guild#create-guild-channel). What is said of somebody who is not in
// the guild is not documented; refusing it is the careful side. The lock is held.
func (w *Workspace) overwrites(o object) ([]Overwrite, error) {
	mine := w.granted(w.users[BotUserID])
	var all []Overwrite
	for i, given := range objects(o["permission_overwrites"]) {
		id, _ := given["id"].(string)
		kind, _ := whole(given["type"])
		read := func(name string) Permissions {
			s, _ := given[name].(string)
			n, _ := strconv.ParseUint(s, 10, 64) // checked before
			return Permissions(n)
		}
		overwrite := Overwrite{ID: id, Member: kind == 1, Allow: read("allow"), Deny: read("deny")}
		u := w.users[id]
		if overwrite.Member && (u == nil || u.Outside) || !overwrite.Member && w.roles[id] == nil {
			return nil, invalidForm("permission_overwrites/"+strconv.Itoa(i)+"/id", "BASE_TYPE_CHOICES", "Nobody in this guild has the id.")
		}
		touched := overwrite.Allow | overwrite.Deny
		if !mine.has(Administrator) && (!mine.has(touched) || touched.has(ManageRoles)) {
			return nil, missingPermissions()
		}
		all = append(all, overwrite)
	}
	return all, nil
}

// channelName is a text channel's name as the platform keeps it: in lower case, with hyphens for spaces.
func channelName(name string) string {
	return strings.ToLower(strings.Join(strings.Fields(name), "-"))
}

// tellOf sends an event about a channel that the bot sees; the lock is held.
func (w *Workspace) tellOf(event string, ch *Channel) {
	if w.can(BotUserID, ch).has(ViewChannel) {
		w.dispatch(IntentGuilds, event, func() any { return w.channelObject(ch) })
	}
	w.touch()
}

// Members returns the ids of the people who see a channel, in order.
func (w *Workspace) Members(channel string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	ch := w.channels[channel]
	if ch == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(w.people), func(id string) bool { return !w.can(id, ch).has(ViewChannel) })
}
