package slack

import (
	"context"
	"log/slog"

	slackgo "github.com/slack-go/slack"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/surface"
)

// OpenRoom implements bot.Surface: https://docs.slack.dev/reference/methods/conversations.create. The name of a channel is taken for as
// long as there is a channel with it, archived ones and those that the bot does not see included.
func (s *Surface) OpenRoom(ctx context.Context, room bot.Room) (string, error) {
	for _, name := range surface.RoomNames(room.Name) {
		channel, err := s.createRoom(ctx, name)
		if err != nil && refused(err).Code == "name_taken" {
			if channel, err = s.findRoom(ctx, name, room); err == nil && channel == "" {
				continue // somebody else's
			}
		}
		if err == nil {
			err = s.letIn(ctx, channel, room.Members)
		}
		if err != nil {
			return "", roomRefused(err)
		}
		return channel, nil
	}
	return "", &bot.SendError{Code: "name_taken", Permanent: true}
}

func (s *Surface) createRoom(ctx context.Context, name string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	c, err := s.api.CreateConversationContext(ctx, slackgo.CreateConversationParams{ChannelName: name, IsPrivate: true})
	if err != nil {
		return "", err
	}
	return c.ID, nil
}

// findRoom looks for the channel that an earlier attempt made, whose answer was lost: the bot's own making, in use, and not older than
// the room. "" means that there is none. https://docs.slack.dev/reference/methods/conversations.list
func (s *Surface) findRoom(ctx context.Context, name string, room bot.Room) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	me, err := s.api.AuthTestContext(ctx)
	if err != nil {
		return "", err
	}
	for cursor := ""; ; {
		page, next, err := s.api.GetConversationsContext(ctx, &slackgo.GetConversationsParameters{
			Types: []string{"private_channel"}, ExcludeArchived: true, Cursor: cursor, Limit: perPage,
		})
		if err != nil {
			return "", err
		}
		for _, c := range page {
			if c.Name == name && c.Creator == me.UserID && surface.RoomIsOf(c.Created.Time(), room.Since) {
				return c.ID, nil
			}
		}
		if cursor = next; cursor == "" {
			return "", nil
		}
	}
}

// perPage is how many channels are asked for at a time, as https://docs.slack.dev/apis/web-api/pagination recommends.
const perPage = 200

// letIn invites people one by one: of several in one call, one who cannot be invited keeps the others out.
// https://docs.slack.dev/reference/methods/conversations.invite
func (s *Surface) letIn(ctx context.Context, channel string, people []string) error {
	for _, id := range people {
		err := s.invite(ctx, channel, id)
		if err == nil {
			continue
		}
		switch code := refused(err).Code; code {
		case "already_in_channel", "cant_invite_self":
		case "user_not_found", "cant_invite", "user_disabled", "ura_max_channels", "user_is_restricted", "user_is_ultra_restricted":
			s.log.LogAttrs(ctx, slog.LevelWarn, "somebody cannot be invited to a room", slog.String("code", code))
		default:
			return err
		}
	}
	return nil
}

func (s *Surface) invite(ctx context.Context, channel, id string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := s.api.InviteUsersToConversationContext(ctx, channel, id)
	return err
}

// CloseRoom implements bot.Surface: https://docs.slack.dev/reference/methods/conversations.archive
func (s *Surface) CloseRoom(ctx context.Context, channel string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	err := s.api.ArchiveConversationContext(ctx, channel)
	if err == nil || refused(err).Code == "already_archived" {
		return nil
	}
	return roomRefused(err)
}

// roomRefused is refused for rooms. A scope that is missing concerns them alone, so that somebody waits for an answer: they are told at
// once, and not when the app is installed anew.
func roomRefused(err error) *bot.SendError {
	refusal := refused(err)
	if refusal.Code != "missing_scope" {
		return refusal
	}
	return &bot.SendError{Code: refusal.Code, Permanent: true, Err: refusal.Err}
}
