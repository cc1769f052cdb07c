package discord

import (
	"slices"
	"strconv"
)

// Permissions are what somebody may do, as bits. https://discord.com/developers/docs/topics/permissions
type Permissions uint64

// The permissions that the simulated routes and clients ask for.
const (
	Administrator          Permissions = 1 << 3
	ManageChannels         Permissions = 1 << 4
	ViewChannel            Permissions = 1 << 10
	SendMessages           Permissions = 1 << 11
	ManageMessages         Permissions = 1 << 13
	EmbedLinks             Permissions = 1 << 14
	AttachFiles            Permissions = 1 << 15
	ReadMessageHistory     Permissions = 1 << 16
	MentionEveryone        Permissions = 1 << 17
	UseExternalEmojis      Permissions = 1 << 18
	ManageRoles            Permissions = 1 << 28
	UseApplicationCommands Permissions = 1 << 31
)

// EveryonePermissions is what @everyone may do in a new guild, as far as it is simulated. As in a real one it includes
// mentioning everyone, so that a bot that forgets about mentions is found out.
const EveryonePermissions = ViewChannel | SendMessages | EmbedLinks | AttachFiles | ReadMessageHistory | MentionEveryone |
	UseExternalEmojis | UseApplicationCommands

// DefaultBotPermissions is what the bot's own role gives it unless Options say otherwise: what posting cards with files
// takes, and finding them again, and making and closing channels.
const DefaultBotPermissions = ViewChannel | SendMessages | EmbedLinks | AttachFiles | ReadMessageHistory | ManageChannels | ManageRoles

// dmPermissions is what an app may do in direct messages with a person.
// https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-interaction-structure
const dmPermissions = AttachFiles | EmbedLinks | MentionEveryone | UseExternalEmojis | ViewChannel | SendMessages | ReadMessageHistory |
	UseApplicationCommands

const allPermissions Permissions = 1<<53 - 1

func (p Permissions) has(wanted Permissions) bool { return p&wanted == wanted }

// String is how permissions travel: in decimal.
func (p Permissions) String() string { return strconv.FormatUint(uint64(p), 10) }

// Can returns what a user may do in a channel; nothing when either is unknown.
func (w *Workspace) Can(user, channel string) Permissions {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c := w.channels[channel]; c != nil {
		return w.can(user, c)
	}
	return 0
}

// can computes a user's permissions in a channel: what the roles give, then the channel's overwrites for @everyone, for the
// roles together, and for the member. https://discord.com/developers/docs/topics/permissions#permission-overwrites.
// The lock is held.
func (w *Workspace) can(user string, c *Channel) Permissions {
	u := w.users[user]
	if u == nil {
		return 0
	}
	if c.DM != "" {
		if user == c.DM || user == BotUserID {
			return dmPermissions
		}
		return 0
	}
	base := w.granted(u)
	if base.has(Administrator) {
		return allPermissions
	}
	if u.Outside {
		return 0
	}
	apply := func(concerns func(Overwrite) bool) {
		var allow, deny Permissions
		for _, o := range c.Overwrites {
			if concerns(o) {
				allow |= o.Allow
				deny |= o.Deny
			}
		}
		base = base&^deny | allow
	}
	apply(func(o Overwrite) bool { return !o.Member && o.ID == GuildID })
	apply(func(o Overwrite) bool { return !o.Member && o.ID != GuildID && slices.Contains(u.Roles, o.ID) })
	apply(func(o Overwrite) bool { return o.Member && o.ID == user })
	if !base.has(ViewChannel) {
		return 0 // who cannot see a channel can do nothing in it: https://discord.com/developers/docs/topics/permissions#implicit-permissions
	}
	return base
}

// granted is what a member's roles give in the guild as a whole; the lock is held.
func (w *Workspace) granted(u *User) Permissions {
	if u.Outside {
		return 0
	}
	p := w.roles[GuildID].Permissions
	for _, id := range u.Roles {
		if r := w.roles[id]; r != nil {
			p |= r.Permissions
		}
	}
	return p
}
