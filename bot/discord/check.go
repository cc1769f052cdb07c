package discord

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/surface"
)

// Check asks Discord whether everything is there that the bot needs: channels are the ids of the channels that it posts in, people
// those of the persons and roles in the configuration. One finding per thing looked at; when the token is refused, nothing else can
// be. What is looked at, with the codes of what may be wrong beside Discord's own (see verdictOn; among them "unauthorized",
// "unknown_guild", "unknown_channel", "missing_access"):
//
//   - "token". Params: user, the bot's name.
//   - "application": "other_application". The token belongs to another application than the configured id. Params: application.
//   - "public_key", with HTTP interactions only: "other_public_key".
//   - "endpoint": "endpoint_missing" with HTTP interactions; "endpoint_set" without, since Discord then sends nothing over the
//     gateway. Params: address.
//   - "guild", with a guild only: "not_in_guild", "missing_guild_permissions" with their names in Params: permissions. Params: name.
//   - "commands": "commands_outdated" when they are missing or others than wanted, "commands_invalid" when Discord
//     would not take them. The bot registers them when it starts.
//   - "channel:ID": "not_a_text_channel", "other_guild", "missing_permissions" with their names in Params: permissions.
//     Params: channel, name.
//   - "member:ID": "unknown_member". Params: member, name.
//   - "role:ID". Params: role, name.
func (s *Surface) Check(ctx context.Context, channels, people []string) []surface.Finding {
	c := checker{Surface: s}
	findings := []surface.Finding{c.token(ctx)}
	if !findings[0].OK {
		return findings
	}
	findings = append(findings, c.application(ctx)...)
	if s.opts.GuildID != "" {
		findings = append(findings, c.guild(ctx))
	}
	findings = append(findings, c.commands(ctx))
	for _, id := range channels {
		findings = append(findings, c.channel(ctx, id))
	}
	for _, id := range people {
		findings = append(findings, c.person(ctx, id))
	}
	return findings
}

// checker is one checking: it remembers what was learnt for what is looked at next.
type checker struct {
	*Surface
	bot    string // the bot's user id
	guilds map[string]*checkedGuild
}

// checkedGuild is a guild, with the bot as a member of it.
type checkedGuild struct {
	name  string
	owner string
	roles []*discordgo.Role
	bot   *discordgo.Member
}

// wrong is a finding of something that Discord refused to tell.
func wrong(f surface.Finding, err error) surface.Finding {
	f.OK, f.Code = false, "unreadable_answer"
	if refusal, ok := errors.AsType[*bot.SendError](err); ok {
		f.Code = refusal.Code
	}
	return f
}

func (c *checker) token(ctx context.Context) surface.Finding {
	f := surface.Finding{Check: "token"}
	user, err := c.me(ctx)
	if err != nil {
		return wrong(f, err)
	}
	c.bot = user.ID
	f.OK, f.Code, f.Params = true, "ok", map[string]string{"user": user.Username}
	return f
}

// application asks https://discord.com/developers/docs/resources/application#get-current-application
func (c *checker) application(ctx context.Context) []surface.Finding {
	f := surface.Finding{Check: "application"}
	var app struct {
		ID        string `json:"id"`
		VerifyKey string `json:"verify_key"`
		Endpoint  string `json:"interactions_endpoint_url"`
	}
	if err := c.do(ctx, call{method: http.MethodGet, route: "GET /applications/@me", path: "/applications/@me"}, &app); err != nil {
		return []surface.Finding{wrong(f, err)}
	}
	f.OK, f.Code, f.Params = true, "ok", map[string]string{"application": app.ID}
	if app.ID != c.opts.ApplicationID {
		f.OK, f.Code = false, "other_application"
	}
	findings := []surface.Finding{f}
	endpoint := surface.Finding{OK: true, Check: "endpoint", Code: "ok", Params: map[string]string{"address": app.Endpoint}}
	if c.key == nil {
		if app.Endpoint != "" {
			endpoint.OK, endpoint.Code = false, "endpoint_set"
		}
		return append(findings, endpoint)
	}
	key := surface.Finding{OK: true, Check: "public_key", Code: "ok"}
	if !strings.EqualFold(app.VerifyKey, c.opts.PublicKey) {
		key.OK, key.Code = false, "other_public_key"
	}
	if app.Endpoint == "" {
		endpoint.OK, endpoint.Code = false, "endpoint_missing"
	}
	return append(findings, key, endpoint)
}

func (c *checker) guild(ctx context.Context) surface.Finding {
	f := surface.Finding{Check: "guild"}
	g, err := c.lookUpGuild(ctx, c.opts.GuildID)
	if refusal, ok := errors.AsType[*bot.SendError](err); ok && (refusal.Code == "unknown_guild" || refusal.Code == "missing_access") {
		f.Code = "not_in_guild"
		return f
	}
	if err != nil {
		return wrong(f, err)
	}
	f.OK, f.Code, f.Params = true, "ok", map[string]string{"name": g.name}
	if missing := missingOf(g.permissions(c.opts.GuildID, &discordgo.Channel{}), true); missing != "" {
		f.OK, f.Code, f.Params["permissions"] = false, "missing_guild_permissions", missing
	}
	return f
}

// missingOf are the names of the permissions that has lacks, of those that are needed in the guild as a whole or of those that are
// needed in a channel.
func missingOf(has int64, wide bool) string {
	var missing []string
	for _, p := range Permissions() {
		if p.wide == wide && has&p.bit == 0 {
			missing = append(missing, p.Name)
		}
	}
	return strings.Join(missing, ", ")
}

// lookUpGuild asks https://discord.com/developers/docs/resources/guild#get-guild, which tells the roles, and for the bot's own
// membership.
func (c *checker) lookUpGuild(ctx context.Context, id string) (*checkedGuild, error) {
	if g := c.guilds[id]; g != nil {
		return g, nil
	}
	var told struct {
		Name  string            `json:"name"`
		Owner string            `json:"owner_id"`
		Roles []*discordgo.Role `json:"roles"`
	}
	err := c.do(ctx, call{method: http.MethodGet, route: "GET /guilds", major: id, path: "/guilds/" + url.PathEscape(id)}, &told)
	if err != nil {
		return nil, err
	}
	member, err := c.member(ctx, id, c.bot)
	if err != nil {
		return nil, err
	}
	g := &checkedGuild{name: told.Name, owner: told.Owner, roles: told.Roles, bot: member}
	if c.guilds == nil {
		c.guilds = map[string]*checkedGuild{}
	}
	c.guilds[id] = g
	return g, nil
}

func (c *checker) commands(ctx context.Context) surface.Finding {
	f := surface.Finding{OK: true, Check: "commands", Code: "ok"}
	_, err := c.compareCommands(ctx)
	_, refused := errors.AsType[*bot.SendError](err)
	switch {
	case err == nil:
	case errors.Is(err, errOutdated):
		f.OK, f.Code = false, "commands_outdated"
	case refused:
		return wrong(f, err)
	default:
		f.OK, f.Code = false, "commands_invalid"
	}
	return f
}

// channel asks https://discord.com/developers/docs/resources/channel#get-channel
func (c *checker) channel(ctx context.Context, id string) surface.Finding {
	f := surface.Finding{Check: "channel:" + id, Params: map[string]string{"channel": id}}
	var channel discordgo.Channel
	err := c.do(ctx, call{method: http.MethodGet, route: "GET /channels", major: id, path: "/channels/" + url.PathEscape(id)}, &channel)
	if err != nil {
		return wrong(f, err)
	}
	f.Params["name"] = channel.Name
	switch {
	case channel.Type != discordgo.ChannelTypeGuildText && channel.Type != discordgo.ChannelTypeGuildNews:
		f.Code = "not_a_text_channel"
		return f
	case c.opts.GuildID != "" && channel.GuildID != c.opts.GuildID:
		f.Code = "other_guild"
		return f
	}
	g, err := c.lookUpGuild(ctx, channel.GuildID)
	if err != nil {
		return wrong(f, err)
	}
	if missing := missingOf(g.permissions(channel.GuildID, &channel), false); missing != "" {
		f.Code, f.Params["permissions"] = "missing_permissions", missing
		return f
	}
	f.OK, f.Code = true, "ok"
	return f
}

// permissions are what the bot may do in a channel: https://discord.com/developers/docs/topics/permissions#permission-overwrites.
// everyone is the id of the guild, which the role that all have shares.
func (g *checkedGuild) permissions(everyone string, channel *discordgo.Channel) int64 {
	if g.bot.User.ID == g.owner {
		return discordgo.PermissionAll
	}
	mine := func(role string) bool { return role == everyone || slices.Contains(g.bot.Roles, role) }
	var has int64
	for _, r := range g.roles {
		if mine(r.ID) {
			has |= r.Permissions
		}
	}
	if has&discordgo.PermissionAdministrator != 0 {
		return discordgo.PermissionAll
	}
	// What is said of everyone, then of all the roles together, then of the member.
	var allow, deny int64
	for _, o := range channel.PermissionOverwrites {
		if o.ID == everyone {
			has = has&^o.Deny | o.Allow
		} else if o.Type == discordgo.PermissionOverwriteTypeRole && mine(o.ID) {
			allow, deny = allow|o.Allow, deny|o.Deny
		}
	}
	has = has&^deny | allow
	for _, o := range channel.PermissionOverwrites {
		if o.Type == discordgo.PermissionOverwriteTypeMember && o.ID == g.bot.User.ID {
			has = has&^o.Deny | o.Allow
		}
	}
	return has
}

// person looks for a role or a member with an id.
func (c *checker) person(ctx context.Context, id string) surface.Finding {
	f := surface.Finding{Check: "member:" + id, Params: map[string]string{"member": id}}
	if c.opts.GuildID != "" {
		g, err := c.lookUpGuild(ctx, c.opts.GuildID)
		if err != nil {
			return wrong(f, err)
		}
		for _, r := range g.roles {
			if r.ID == id {
				return surface.Finding{OK: true, Check: "role:" + id, Code: "ok", Params: map[string]string{"role": id, "name": r.Name}}
			}
		}
		member, err := c.member(ctx, c.opts.GuildID, id)
		if err != nil {
			return wrong(f, err)
		}
		f.OK, f.Code, f.Params["name"] = true, "ok", shownMember(member)
		return f
	}
	p, err := c.Profile(ctx, id)
	if err != nil {
		return wrong(f, err)
	}
	f.OK, f.Code, f.Params["name"] = true, "ok", p.Name
	return f
}
