package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"tyreso.se/incidentbot/bot"
)

const (
	// deliveryEvent is the metadata that a message carries its key in: https://docs.slack.dev/messaging/message-metadata
	deliveryEvent = "incidentbot_delivery"
	deliveryKey   = "key"
	// lookBack is how many of a conversation's latest messages are searched for one that an earlier attempt posted. Messages
	// of one conversation are sent in order, so what was attempted last is among the latest.
	lookBack = 50
	// fetchTimeout is how long downloading an attachment may take.
	fetchTimeout = time.Minute
)

// Send implements bot.Surface: https://docs.slack.dev/reference/methods/chat.postMessage. Looking for an earlier attempt needs
// the history scopes; without them the message is posted, since a message twice is better than none.
//
// A person whose conversation is not known is addressed by their user id, which chat.postMessage takes for the direct messages with the
// app (…/chat.postMessage#app_home) and answers with the conversation. Opening it first would take a call that Slack allows fifty times a
// minute, where messages are allowed hundreds.
func (s *Surface) Send(ctx context.Context, to bot.Address, m bot.Message, key string, retry bool) (bot.Ref, error) {
	conversation := or(to.Channel, or(s.direct.Get(to.User), to.User))
	if retry {
		if to.Channel == "" {
			var err error
			if conversation, err = s.directChannel(ctx, to.User); err != nil {
				return bot.Ref{}, err
			}
		}
		switch ref, err := s.find(ctx, conversation, key); {
		case err == nil && ref.ID != "":
			return ref, nil
		case err != nil && refused(err).Code != "missing_scope":
			return bot.Ref{}, refused(err)
		}
	}
	tag, err := json.Marshal(delivery{Type: deliveryEvent, Payload: map[string]string{deliveryKey: key}})
	if err != nil {
		return bot.Ref{}, &bot.SendError{Code: "undrawable", Permanent: true, Err: err}
	}
	posted, err := s.callMessage(ctx, "chat.postMessage", m, url.Values{"channel": {conversation}, "metadata": {string(tag)}})
	if err != nil {
		return bot.Ref{}, refused(err)
	}
	if posted.TS == "" {
		return bot.Ref{}, &bot.SendError{Code: "no_timestamp"}
	}
	if to.Channel == "" && posted.Channel != "" {
		s.direct.Put(to.User, posted.Channel)
	}
	return bot.Ref{Surface: Name, Channel: or(posted.Channel, conversation), ID: posted.TS}, nil
}

type delivery struct {
	Type    string            `json:"event_type"`
	Payload map[string]string `json:"event_payload"`
}

// find looks for a message with a key in a conversation; a Ref without ID means that there is none.
// https://docs.slack.dev/reference/methods/conversations.history
func (s *Surface) find(ctx context.Context, conversation, key string) (bot.Ref, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	history, err := s.api.GetConversationHistoryContext(ctx, &slackgo.GetConversationHistoryParameters{
		ChannelID: conversation, Limit: lookBack, IncludeAllMetadata: true,
	})
	if err != nil {
		return bot.Ref{}, err
	}
	for _, m := range history.Messages {
		if m.Metadata.EventType == deliveryEvent && m.Metadata.EventPayload[deliveryKey] == key {
			return bot.Ref{Surface: Name, Channel: conversation, ID: m.Timestamp}, nil
		}
	}
	return bot.Ref{}, nil
}

// Edit implements bot.Surface: https://docs.slack.dev/reference/methods/chat.update. The message keeps its key.
func (s *Surface) Edit(ctx context.Context, ref bot.Ref, m bot.Message) error {
	if _, err := s.callMessage(ctx, "chat.update", m, url.Values{"channel": {ref.Channel}, "ts": {ref.ID}}); err != nil {
		return refused(err)
	}
	return nil
}

// Profile implements bot.Surface: https://docs.slack.dev/reference/methods/users.info
func (s *Surface) Profile(ctx context.Context, id string) (bot.Profile, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	u, err := s.api.GetUserInfoContext(ctx, id, slackgo.GetUserInfoOptionIncludeLocale(true))
	if err != nil {
		return bot.Profile{}, refused(err)
	}
	return profile(u), nil
}

// FindByEmail implements bot.Surface: https://docs.slack.dev/reference/methods/users.lookupByEmail
func (s *Surface) FindByEmail(ctx context.Context, email string) (bot.Profile, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	u, err := s.api.GetUserByEmailContext(ctx, email)
	if err != nil {
		return bot.Profile{}, refused(err)
	}
	return profile(u), nil
}

// membersPage is how many members are asked for at a time: Slack recommends no more than 200
// (https://docs.slack.dev/reference/methods/users.list).
const membersPage = 200

// Members implements bot.Directory: https://docs.slack.dev/reference/methods/users.list
func (s *Surface) Members(ctx context.Context, visit func(page []bot.Profile) error) error {
	pages := s.api.GetUsersPaginated(slackgo.GetUsersOptionLimit(membersPage))
	for {
		next, err := pages.Next(ctx)
		if pages.Done(err) {
			return nil
		}
		if limited, ok := errors.AsType[*slackgo.RateLimitedError](err); ok {
			select {
			case <-ctx.Done():
				return fmt.Errorf("listing the members: %w", ctx.Err())
			case <-time.After(max(limited.RetryAfter, rateLimitWait)):
			}
			continue
		}
		if err != nil {
			return refused(err)
		}
		var page []bot.Profile
		for i := range next.Users {
			if u := &next.Users[i]; !u.Deleted && !u.IsBot {
				page = append(page, profile(u))
			}
		}
		if err := visit(page); err != nil {
			return err
		}
		pages = next
	}
}

func profile(u *slackgo.User) bot.Profile {
	p := bot.Profile{
		ID:    u.ID,
		Name:  or(or(u.RealName, u.Profile.RealName), or(u.Profile.DisplayName, u.Name)),
		Email: u.Profile.Email,
	}
	switch language, _, _ := strings.Cut(u.Locale, "-"); language { // an IETF tag such as sv-SE
	case "sv", "en":
		p.Language = language
	}
	return p
}

// Fetch implements bot.Surface: https://docs.slack.dev/reference/methods/files.info. A file over limit is refused for good.
// The bot's token goes to Slack's own hosts only.
func (s *Surface) Fetch(ctx context.Context, file bot.File, limit int64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	info, _, _, err := s.api.GetFileInfoContext(ctx, file.ID, 1, 1)
	if err != nil {
		return nil, refused(err)
	}
	if int64(info.Size) > limit {
		return nil, &bot.SendError{Code: "file_too_large", Permanent: true}
	}
	address := or(info.URLPrivateDownload, info.URLPrivate)
	if u, err := url.Parse(address); err != nil || !s.mayFetch(u) {
		return nil, &bot.SendError{Code: "foreign_file_address", Permanent: true}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, &bot.SendError{Code: "foreign_file_address", Permanent: true, Err: err}
	}
	req.Header.Set("Authorization", "Bearer "+s.opts.BotToken)
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, refused(err)
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= http.StatusInternalServerError:
		return nil, refused(slackgo.StatusCodeError{Code: resp.StatusCode, Status: resp.Status})
	case resp.StatusCode != http.StatusOK: // without the scope Slack redirects to its sign-in page
		return nil, &bot.SendError{Code: "file_not_readable", Permanent: true}
	}
	content, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, refused(fmt.Errorf("downloading: %w", err))
	}
	if int64(len(content)) > limit {
		return nil, &bot.SendError{Code: "file_too_large", Permanent: true}
	}
	return content, nil
}

// mayFetch tells whether u may be given the bot's token.
func (s *Surface) mayFetch(u *url.URL) bool {
	if s.ours(u) {
		return true
	}
	host := strings.ToLower(u.Hostname())
	return u.Scheme == "https" && (strings.HasSuffix(host, ".slack.com") || strings.HasSuffix(host, ".slack-files.com"))
}

// directChannel returns the conversation of a person's direct messages:
// https://docs.slack.dev/reference/methods/conversations.open
func (s *Surface) directChannel(ctx context.Context, user string) (string, error) {
	if id := s.direct.Get(user); id != "" {
		return id, nil
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	c, _, _, err := s.api.OpenConversationContext(ctx, &slackgo.OpenConversationParameters{Users: []string{user}})
	if err != nil {
		return "", refused(err)
	}
	if c == nil || c.ID == "" {
		return "", &bot.SendError{Code: "no_channel"}
	}
	s.direct.Put(user, c.ID)
	return c.ID, nil
}

// rateLimitWait is how long to wait when Slack says that it is too much and not for how long.
const rateLimitWait = time.Second

// refused makes a *bot.SendError of an error from the Web API (https://docs.slack.dev/apis/web-api/#errors), nil of nil.
// What is not known to be useless to repeat is temporary: a message tried in vain costs less than one that is lost.
func refused(err error) *bot.SendError {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*bot.SendError](err); ok {
		return e
	}
	if e, ok := errors.AsType[*slackgo.RateLimitedError](err); ok {
		return &bot.SendError{Code: "ratelimited", Wait: max(e.RetryAfter, rateLimitWait)}
	}
	if e, ok := errors.AsType[slackgo.StatusCodeError](err); ok {
		refusal := &bot.SendError{Code: fmt.Sprintf("http_%d", e.Code)}
		if e.Code == http.StatusTooManyRequests {
			refusal.Wait = rateLimitWait
		}
		return refusal
	}
	if e, ok := errors.AsType[slackgo.SlackErrorResponse](err); ok {
		refusal := &bot.SendError{Code: e.Err, Permanent: permanent(e.Err), Err: err}
		if e.Err == "ratelimited" || e.Err == "rate_limited" {
			refusal.Wait = rateLimitWait
		}
		return refusal
	}
	switch {
	case errors.Is(err, context.Canceled):
		return &bot.SendError{Code: "cancelled", Err: err}
	case errors.Is(err, context.DeadlineExceeded):
		return &bot.SendError{Code: "timeout", Err: err}
	}
	return &bot.SendError{Code: "connection", Err: err}
}

// permanent tells whether an error code means that repeating the call is useless.
//
// Token problems (invalid_auth, not_authed, token_revoked, token_expired, account_inactive, missing_scope and the like) are not
// among them: they concern every message alike and end when somebody mends the token, and nothing may be lost until then.
func permanent(code string) bool {
	switch code {
	case "channel_not_found", "not_in_channel", "is_archived", "channel_is_archived", "restricted_action",
		"restricted_action_read_only_channel", "restricted_action_thread_locked", "restricted_action_non_threadable_channel",
		"user_not_found", "users_not_found", "user_disabled", "user_not_visible", "user_not_in_channel", "cannot_dm_bot",
		"messages_tab_disabled", "message_not_found", "cant_update_message", "edit_window_closed", "msg_too_long",
		"msg_blocks_too_long", "invalid_blocks", "invalid_blocks_format", "invalid_arguments", "invalid_metadata_format",
		"metadata_too_large", "metadata_must_be_sent_from_app", "no_text", "team_not_found", "is_inactive",
		"file_not_found", "file_deleted", "users_list_not_supplied",
		// What concerns rooms: https://docs.slack.dev/reference/methods/conversations.create#errors and conversations.archive#errors
		"name_taken", "invalid_name", "invalid_name_maxlength", "invalid_name_punctuation", "invalid_name_required", "invalid_name_specials",
		"no_channel", "cannot_create_channel", "cant_archive_required", "method_not_supported_for_channel_type",
		// What concerns dialogs: a trigger is dead for good, and a view is refused for what it holds.
		"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "view_too_large", "duplicate_external_id",
		"push_limit_reached", "hash_conflict", "not_found":
		return true
	}
	return false
}
