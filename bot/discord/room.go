package discord

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"

	"github.com/bwmarrin/discordgo"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/surface"
)

// What one may do in a room, members and the bot. Only what the bot itself may do in the guild can be allowed or denied:
// https://discord.com/developers/docs/resources/guild#create-guild-channel
const (
	inRoom    = discordgo.PermissionViewChannel | discordgo.PermissionSendMessages | discordgo.PermissionReadMessageHistory
	botInRoom = inRoom | discordgo.PermissionEmbedLinks | discordgo.PermissionAttachFiles
)

// OpenRoom implements bot.Surface with a text channel that everybody but its members is kept out of
// (https://discord.com/developers/docs/resources/guild#create-guild-channel). A private thread would not do: who does not see the channel
// that it hangs on does not see the thread (https://discord.com/developers/docs/topics/threads#private-threads).
//
// Several channels may have one name, so what there is is looked at first. The channel of an earlier attempt is known by letting in
// nobody but the same people.
func (s *Surface) OpenRoom(ctx context.Context, room bot.Room) (string, error) {
	if s.opts.GuildID == "" {
		return "", &bot.SendError{Code: "no_guild", Permanent: true}
	}
	me, err := s.me(ctx)
	if err != nil {
		return "", err
	}
	wanted, err := s.lettingIn(ctx, me.ID, room.Members)
	if err != nil {
		return "", err
	}
	path := "/guilds/" + url.PathEscape(s.opts.GuildID) + "/channels"
	var all []*discordgo.Channel
	err = s.do(ctx, call{method: http.MethodGet, route: "GET /guilds/channels", major: s.opts.GuildID, path: path}, &all)
	if err != nil {
		return "", err
	}
	for _, name := range surface.RoomNames(room.Name) {
		taken := false
		for _, c := range all {
			if c.Name != name {
				continue
			}
			taken = true
			made, err := discordgo.SnowflakeTimestamp(c.ID)
			if err == nil && surface.RoomIsOf(made, room.Since) && sameOverwrites(c.PermissionOverwrites, wanted) {
				return c.ID, nil
			}
		}
		if taken {
			continue
		}
		var made discordgo.Channel
		err := s.do(ctx, call{
			method: http.MethodPost, route: "POST /guilds/channels", major: s.opts.GuildID, path: path,
			body: discordgo.GuildChannelCreateData{Name: name, Type: discordgo.ChannelTypeGuildText, PermissionOverwrites: wanted},
		}, &made)
		return made.ID, err
	}
	return "", &bot.SendError{Code: "name_taken", Permanent: true}
}

// me asks https://discord.com/developers/docs/resources/user#get-current-user
func (s *Surface) me(ctx context.Context) (user discordgo.User, err error) {
	err = s.do(ctx, call{method: http.MethodGet, route: "GET /users/@me", path: "/users/@me"}, &user)
	return user, err
}

// lettingIn are the overwrites of a channel that the bot and these people see, as far as they are in the guild.
// https://discord.com/developers/docs/resources/channel#overwrite-object
func (s *Surface) lettingIn(ctx context.Context, me string, people []string) ([]*discordgo.PermissionOverwrite, error) {
	const member = discordgo.PermissionOverwriteTypeMember
	overwrites := []*discordgo.PermissionOverwrite{
		{ID: s.opts.GuildID, Type: discordgo.PermissionOverwriteTypeRole, Deny: discordgo.PermissionViewChannel}, // everyone
		{ID: me, Type: member, Allow: botInRoom},
	}
	for _, id := range people {
		_, err := s.member(ctx, s.opts.GuildID, id)
		refusal, ok := errors.AsType[*bot.SendError](err)
		switch {
		case err == nil:
			overwrites = append(overwrites, &discordgo.PermissionOverwrite{ID: id, Type: member, Allow: inRoom})
		case ok && (refusal.Code == codeUnknownMember || refusal.Code == "unknown_user"):
			s.log.LogAttrs(ctx, slog.LevelWarn, "somebody cannot be invited to a room", slog.String("code", refusal.Code))
		default:
			return nil, err
		}
	}
	return overwrites, nil
}

func sameOverwrites(a, b []*discordgo.PermissionOverwrite) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(o *discordgo.PermissionOverwrite) bool {
		return !slices.ContainsFunc(b, func(other *discordgo.PermissionOverwrite) bool { return *other == *o })
	})
}

// CloseRoom implements bot.Surface: nobody but the bot may write in the channel any more. A channel cannot be archived, and deleting it
// would delete what was said. https://discord.com/developers/docs/resources/channel#modify-channel
func (s *Surface) CloseRoom(ctx context.Context, channel string) error {
	me, err := s.me(ctx)
	if err != nil {
		return err
	}
	c := call{method: http.MethodGet, route: "GET /channels", major: channel, path: "/channels/" + url.PathEscape(channel)}
	var now discordgo.Channel
	if err := s.do(ctx, c, &now); err != nil {
		return err
	}
	for _, o := range now.PermissionOverwrites {
		if o.ID != me.ID {
			o.Allow &^= discordgo.PermissionSendMessages
			o.Deny |= discordgo.PermissionSendMessages
		}
	}
	c.method, c.route = http.MethodPatch, "PATCH /channels"
	c.body = map[string]any{"permission_overwrites": now.PermissionOverwrites}
	return s.do(ctx, c, nil)
}
