package discord

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"tyreso.se/incidentbot/bot"
)

const (
	// lookBack is how many of a channel's latest messages are searched for one that an earlier attempt posted. Messages of one
	// channel are sent in order, so what was attempted last is among the latest.
	lookBack = 50
	// lookBackFor is how old such a message may be. The same words may be said again another day, and must not be taken for what
	// was said before: a message twice is better than none.
	lookBackFor = time.Hour
	// maxNonce is how long a nonce may be: https://discord.com/developers/docs/resources/message#create-message
	maxNonce = 25
)

// outgoing is a message as it is posted and edited. discordgo's types for it know no nonce, and leave out a list that was emptied.
// https://discord.com/developers/docs/resources/message#create-message
type outgoing struct {
	Content    string                            `json:"content"`
	Embeds     []*discordgo.MessageEmbed         `json:"embeds"`
	Components []discordgo.MessageComponent      `json:"components"`
	Mentions   *discordgo.MessageAllowedMentions `json:"allowed_mentions"`
	Nonce      string                            `json:"nonce,omitempty"`
	Enforce    bool                              `json:"enforce_nonce,omitempty"`
}

func outgoingPage(p page) outgoing {
	m := outgoing{
		Content: p.Content, Embeds: []*discordgo.MessageEmbed{}, Components: []discordgo.MessageComponent{}, Mentions: quiet(),
	}
	m.Embeds = append(m.Embeds, p.Embeds...)
	m.Components = append(m.Components, p.Components...)
	return m
}

// posted is what is read of a message: https://discord.com/developers/docs/resources/message#message-object
type posted struct {
	ID        string    `json:"id"`
	Timestamp time.Time `json:"timestamp"`
	Author    struct {
		Bot bool `json:"bot"`
	} `json:"author"`
	drawn
}

// drawn is what a message says, without what Discord adds to it.
type drawn struct {
	Content string `json:"content"`
	Embeds  []struct {
		Title       string `json:"title"`
		Description string `json:"description"`
		Fields      []struct {
			Name  string `json:"name"`
			Value string `json:"value"`
		} `json:"fields"`
		Footer struct {
			Text string `json:"text"`
		} `json:"footer"`
	} `json:"embeds"`
	Components []drawnComponent `json:"components"`
}

type drawnComponent struct {
	CustomID   string           `json:"custom_id"`
	Label      string           `json:"label"`
	Content    string           `json:"content"`
	Components []drawnComponent `json:"components"`
}

// said is all that a message says, without white space, some of which Discord takes away.
func (d drawn) said() string {
	parts := []string{d.Content}
	for _, e := range d.Embeds {
		parts = append(parts, "embed", e.Title, e.Description, e.Footer.Text)
		for _, f := range e.Fields {
			parts = append(parts, "field", f.Name, f.Value)
		}
	}
	var walk func([]drawnComponent)
	walk = func(list []drawnComponent) {
		for _, c := range list {
			parts = append(parts, "component", c.CustomID, c.Label, c.Content)
			walk(c.Components)
		}
	}
	walk(d.Components)
	for i, part := range parts {
		parts[i] = strings.Join(strings.Fields(part), "")
	}
	return strings.Join(parts, "\n")
}

// Send implements bot.Surface: https://discord.com/developers/docs/resources/message#create-message.
//
// Discord posts no second message with the nonce of one posted in the past few minutes, and returns that one. For an attempt that
// was interrupted longer ago, within the hour, the channel is searched for a message that says the same, since Discord does not keep
// the nonce; one that would be drawn differently by now, because the case moved on meanwhile, is not recognised and is posted again.
// So is one in a channel whose history the bot may not read.
//
// A person who takes no direct messages is told in private, where they last did something, if that was just now. Such a message has
// no ID, and cannot be edited.
func (s *Surface) Send(ctx context.Context, to bot.Address, m bot.Message, key string, retry bool) (bot.Ref, error) {
	p := drawOne(m, s.defaultText)
	ref, err := s.post(ctx, to, p, key, retry)
	if refusal, ok := errors.AsType[*bot.SendError](err); ok && refusal.Unreachable && to.Channel == "" {
		if token := s.tokens.of(to.User, s.opts.Clock()); token != "" {
			return s.whisper(ctx, token, p, refusal)
		}
	}
	return ref, err
}

func (s *Surface) post(ctx context.Context, to bot.Address, p page, key string, retry bool) (bot.Ref, error) {
	channel, err := s.conversation(ctx, to)
	if err != nil {
		return bot.Ref{}, err
	}
	message := outgoingPage(p)
	message.Nonce, message.Enforce = nonce(key), true
	ref := bot.Ref{Surface: Name, Channel: channel}
	if retry {
		earlier, err := s.latest(ctx, channel)
		if err != nil {
			return bot.Ref{}, err
		}
		if ref.ID = find(earlier, message, s.opts.Clock()); ref.ID != "" {
			return ref, nil
		}
	}
	var done posted
	err = s.do(ctx, call{
		method: http.MethodPost, route: routeCreateMessage, major: channel, path: messagesOf(channel), body: message,
	}, &done)
	if err != nil {
		return bot.Ref{}, err
	}
	if ref.ID = done.ID; ref.ID == "" {
		return bot.Ref{}, &bot.SendError{Code: "no_message_id"}
	}
	return ref, nil
}

const routeCreateMessage = "POST /channels/messages"

// messagesOf is the path of a channel's messages.
func messagesOf(channel string) string { return "/channels/" + url.PathEscape(channel) + "/messages" }

// nonce names the message with a key.
func nonce(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])[:maxNonce]
}

// latest reads a channel's latest messages: https://discord.com/developers/docs/resources/message#get-channel-messages. Without
// leave to read them there are none.
func (s *Surface) latest(ctx context.Context, channel string) ([]posted, error) {
	var messages []posted
	err := s.do(ctx, call{
		method: http.MethodGet, route: "GET /channels/messages", major: channel, path: messagesOf(channel),
		query: url.Values{"limit": {strconv.Itoa(lookBack)}},
	}, &messages)
	if refusal, ok := errors.AsType[*bot.SendError](err); ok && refusal.Permanent {
		return nil, nil // posting tells whether the channel is there at all
	}
	return messages, err
}

// find returns the id of a bot's message among earlier that says what m does, or "". A bot reads its own messages whole, without
// the message content intent: https://discord.com/developers/docs/events/gateway#message-content-intent.
func find(earlier []posted, m outgoing, now time.Time) string {
	if len(earlier) == 0 {
		return ""
	}
	var ours drawn
	encoded, err := json.Marshal(m)
	if err == nil {
		err = json.Unmarshal(encoded, &ours)
	}
	if err != nil {
		return "" // it cannot be posted either, which says why
	}
	for _, old := range earlier {
		if old.Author.Bot && now.Sub(old.Timestamp) <= lookBackFor && old.said() == ours.said() {
			return old.ID
		}
	}
	return ""
}

// whisper tells a person in private, by the token of what they did last. refusal is why they cannot be told otherwise.
func (s *Surface) whisper(ctx context.Context, token string, p page, refusal *bot.SendError) (bot.Ref, error) {
	err := s.followUp(ctx, token, &discordgo.WebhookParams{
		Content: p.Content, Embeds: p.Embeds, Components: p.Components, Flags: discordgo.MessageFlagsEphemeral,
	})
	if e, ok := errors.AsType[*bot.SendError](err); ok && e.Permanent {
		return bot.Ref{}, refusal
	}
	if err != nil {
		return bot.Ref{}, err
	}
	return bot.Ref{Surface: Name}, nil
}

// Edit implements bot.Surface: https://discord.com/developers/docs/resources/message#edit-message
func (s *Surface) Edit(ctx context.Context, ref bot.Ref, m bot.Message) error {
	if ref.ID == "" { // said in private
		return &bot.SendError{Code: codeCannotMessageUser, Permanent: true, Unreachable: true}
	}
	return s.do(ctx, call{
		method: http.MethodPatch, route: "PATCH /channels/messages", major: ref.Channel,
		path: messagesOf(ref.Channel) + "/" + url.PathEscape(ref.ID), body: outgoingPage(drawOne(m, s.defaultText)),
	}, nil)
}

// defaultText is one of this surface's own texts for somebody whose language is not known.
func (s *Surface) defaultText(key string) string {
	return s.opts.Text(s.opts.DefaultLanguage, key, nil)
}

// conversation returns the id of the channel where to is.
func (s *Surface) conversation(ctx context.Context, to bot.Address) (string, error) {
	if to.Channel != "" {
		return to.Channel, nil
	}
	return s.directChannel(ctx, to.User)
}

// directChannel returns the channel of a person's direct messages: https://discord.com/developers/docs/resources/user#create-dm
func (s *Surface) directChannel(ctx context.Context, user string) (string, error) {
	if id := s.direct.Get(user); id != "" {
		return id, nil
	}
	var channel struct {
		ID string `json:"id"`
	}
	err := s.do(ctx, call{
		method: http.MethodPost, route: "POST /users/@me/channels", path: "/users/@me/channels", body: map[string]string{"recipient_id": user},
	}, &channel)
	if err != nil {
		return "", err
	}
	if channel.ID == "" {
		return "", &bot.SendError{Code: "no_channel"}
	}
	s.direct.Put(user, channel.ID)
	return channel.ID, nil
}

// Profile implements bot.Surface: https://discord.com/developers/docs/resources/guild#get-guild-member. Discord tells neither e-mail
// address nor language of a person to a bot.
func (s *Surface) Profile(ctx context.Context, id string) (bot.Profile, error) {
	if s.opts.GuildID != "" {
		member, err := s.member(ctx, s.opts.GuildID, id)
		if refusal, ok := errors.AsType[*bot.SendError](err); err == nil {
			return bot.Profile{ID: member.User.ID, Name: shownMember(member)}, nil
		} else if !ok || refusal.Code != codeUnknownMember {
			return bot.Profile{}, err
		}
	}
	var user discordgo.User
	err := s.do(ctx, call{method: http.MethodGet, route: "GET /users", path: "/users/" + url.PathEscape(id)}, &user)
	if err != nil {
		return bot.Profile{}, err
	}
	return bot.Profile{ID: user.ID, Name: shownName(&user)}, nil
}

// member asks for a person as a member of a guild.
func (s *Surface) member(ctx context.Context, guild, id string) (*discordgo.Member, error) {
	var member discordgo.Member
	err := s.do(ctx, call{
		method: http.MethodGet, route: "GET /guilds/members", major: guild,
		path: "/guilds/" + url.PathEscape(guild) + "/members/" + url.PathEscape(id),
	}, &member)
	if err != nil {
		return nil, err
	}
	if member.User == nil {
		return nil, &bot.SendError{Code: "unreadable_answer"}
	}
	return &member, nil
}

// shownMember is how a person is called in a guild.
func shownMember(m *discordgo.Member) string { return cmp.Or(m.Nick, shownName(m.User)) }

// shownName is how a person is called where they have no nickname.
func shownName(u *discordgo.User) string { return cmp.Or(u.GlobalName, u.Username) }

// FindByEmail implements bot.Surface. Discord finds nobody by e-mail address.
func (s *Surface) FindByEmail(context.Context, string) (bot.Profile, error) {
	return bot.Profile{}, &bot.SendError{Code: "no_lookup_by_email", Permanent: true}
}
