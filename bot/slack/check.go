package slack

import (
	"context"
	"slices"
	"strings"

	slackgo "github.com/slack-go/slack"

	"tyreso.se/incidentbot/bot/surface"
)

// Check asks Slack whether the tokens are valid, whether they have the scopes, whether the bot can post in the channels, and
// whether the people are known. One finding per thing looked at; when the token is refused, nothing else can be.
//
// What is looked at is "token", "scope:NAME", "socket", "channel:ID" and "email:ADDRESS"; what is wrong is Slack's error code, or
// "missing_scope", "not_in_channel", "is_archived".
func (s *Surface) Check(ctx context.Context, channels, emails []string) []surface.Finding {
	findings := s.checkToken(ctx)
	if s.opts.AppToken != "" {
		findings = append(findings, s.checkSocket(ctx))
	}
	if !findings[0].OK {
		return findings
	}
	for _, id := range channels {
		findings = append(findings, s.checkChannel(ctx, id))
	}
	for _, email := range emails {
		findings = append(findings, s.checkEmail(ctx, email))
	}
	return findings
}

// checkToken asks https://docs.slack.dev/reference/methods/auth.test, which tells the token's scopes in a header.
func (s *Surface) checkToken(ctx context.Context) []surface.Finding {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	who, err := s.api.AuthTestContext(ctx)
	if err != nil {
		return []surface.Finding{{Check: "token", Code: refused(err).Code}}
	}
	findings := []surface.Finding{{OK: true, Check: "token", Code: "ok", Params: map[string]string{"team": who.Team, "user": who.User}}}
	header := who.Header.Get("X-OAuth-Scopes")
	if header == "" { // not told, so nothing is known of them
		return findings
	}
	granted := strings.Split(header, ",")
	for i := range granted {
		granted[i] = strings.TrimSpace(granted[i])
	}
	for _, scope := range Scopes() {
		f := surface.Finding{OK: true, Check: "scope:" + scope, Code: "ok", Params: map[string]string{"scope": scope}}
		if !slices.Contains(granted, scope) {
			f.OK, f.Code = false, "missing_scope"
		}
		findings = append(findings, f)
	}
	return findings
}

// checkSocket asks https://docs.slack.dev/reference/methods/apps.connections.open
func (s *Surface) checkSocket(ctx context.Context) surface.Finding {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if _, _, err := s.api.StartSocketModeContext(ctx); err != nil {
		return surface.Finding{Check: "socket", Code: refused(err).Code}
	}
	return surface.Finding{OK: true, Check: "socket", Code: "ok"}
}

// checkChannel asks https://docs.slack.dev/reference/methods/conversations.info
func (s *Surface) checkChannel(ctx context.Context, id string) surface.Finding {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	f := surface.Finding{Check: "channel:" + id, Params: map[string]string{"channel": id}}
	c, err := s.api.GetConversationInfoContext(ctx, &slackgo.GetConversationInfoInput{ChannelID: id})
	if err != nil {
		f.Code = refused(err).Code
		return f
	}
	f.Params["name"] = c.Name
	switch {
	case c.IsArchived:
		f.Code = "is_archived"
	case !c.IsMember:
		f.Code = "not_in_channel"
	default:
		f.OK, f.Code = true, "ok"
	}
	return f
}

func (s *Surface) checkEmail(ctx context.Context, email string) surface.Finding {
	f := surface.Finding{Check: "email:" + email, Params: map[string]string{"email": email}}
	p, err := s.FindByEmail(ctx, email)
	if err != nil {
		f.Code = refused(err).Code
		return f
	}
	f.OK, f.Code, f.Params["name"] = true, "ok", p.Name
	return f
}
