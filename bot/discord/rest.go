package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/bwmarrin/discordgo"

	"tyreso.se/incidentbot/bot"
)

// Discord's API is called here over net/http, with discordgo's types. discordgo's own client waits for rate limits inside a call,
// where a job would hold its worker, knows a bucket by the whole path, and cannot be told to keep a nonce.

const (
	// callTimeout is how long one call of Discord's API may take. Discord answers in well under a second; a call that hangs must
	// not hold a job for long.
	callTimeout = 10 * time.Second
	// maxResponse is more than any answer that is read here: fifty messages with all that they hold.
	maxResponse = 8 << 20
	// userAgent has the form that https://discord.com/developers/docs/reference#user-agent asks for.
	userAgent = "DiscordBot (https://tyreso.se/incidentbot, 1)"
)

// call is one call of Discord's API.
type call struct {
	method string
	route  string // names its rate limit until Discord does: the method, and the path without ids
	major  string // the channel, guild or webhook in the path, by which its rate limit is counted
	path   string // below the API's address, with a slash before it
	query  url.Values
	body   any    // sent as JSON, nil: nothing
	form   []byte // sent instead, as formType
	// formType is the content type of form.
	formType string
	// byToken says that an interaction's token in the path is what lets us in: the bot's own is not sent, and its global limit does
	// not bind (https://discord.com/developers/docs/interactions/receiving-and-responding#endpoints).
	byToken bool
	within  time.Duration // how long it may take; 0: callTimeout
}

// do makes a call and decodes its answer into out, when that is not nil. The error is a *bot.SendError.
func (s *Surface) do(ctx context.Context, c call, out any) error {
	if refusal := s.limits.admit(c, s.opts.Clock()); refusal != nil {
		return refusal
	}
	if c.within == 0 {
		c.within = callTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, c.within)
	defer cancel()
	req, err := s.request(ctx, c)
	if err != nil {
		return &bot.SendError{Code: "undrawable", Permanent: true, Err: err}
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return interrupted(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(io.LimitReader(resp.Body, maxResponse))
	if err != nil {
		return interrupted(err)
	}
	now := s.opts.Clock()
	if resp.StatusCode == http.StatusTooManyRequests {
		var body refusal
		if err := json.Unmarshal(content, &body); err != nil {
			body = refusal{} // from a proxy before the API: its headers say how long
		}
		return s.limits.exceeded(c, resp.Header, body, now)
	}
	s.limits.learn(c, resp.Header, now)
	if resp.StatusCode < http.StatusOK || resp.StatusCode >= http.StatusMultipleChoices {
		if resp.StatusCode == http.StatusUnauthorized && !c.byToken {
			s.limits.refuseToken(now)
		}
		return refused(resp.StatusCode, content)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(content, out); err != nil {
		return &bot.SendError{Code: "unreadable_answer", Err: fmt.Errorf("decoding the answer of %s: %w", c.route, err)}
	}
	return nil
}

func (s *Surface) request(ctx context.Context, c call) (*http.Request, error) {
	body, contentType := c.form, c.formType
	if c.body != nil {
		var encoded bytes.Buffer
		encoder := json.NewEncoder(&encoded)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(c.body); err != nil {
			return nil, fmt.Errorf("encoding the body of %s: %w", c.route, err)
		}
		body, contentType = encoded.Bytes(), "application/json"
	}
	address := s.api.String() + c.path
	if len(c.query) > 0 {
		address += "?" + c.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, c.method, address, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("making a request to %s", c.route) // the error holds the address, which may hold a token
	}
	req.Header.Set("User-Agent", userAgent)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if !c.byToken {
		req.Header.Set("Authorization", "Bot "+s.opts.BotToken)
	}
	return req, nil
}

// interrupted makes a *bot.SendError of an error from the connection.
func interrupted(err error) *bot.SendError {
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err // without the address, which may hold a token
	}
	switch {
	case errors.Is(err, context.Canceled):
		return &bot.SendError{Code: "cancelled", Err: err}
	case errors.Is(err, context.DeadlineExceeded):
		return &bot.SendError{Code: "timeout", Err: err}
	}
	return &bot.SendError{Code: "connection", Err: err}
}

// quiet is said with every message: whatever its texts hold, nobody is notified by them.
// https://discord.com/developers/docs/resources/message#allowed-mentions-object
func quiet() *discordgo.MessageAllowedMentions {
	return &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}}
}

// callback acknowledges an interaction:
// https://discord.com/developers/docs/interactions/receiving-and-responding#create-interaction-response. One that is told to wait
// is tried once more while the person still waits.
func (s *Surface) callback(ctx context.Context, in *discordgo.Interaction, r *discordgo.InteractionResponse) error {
	c := call{
		method: http.MethodPost, route: "POST /interactions/callback", major: in.ID, byToken: true, body: wire(r),
		path: "/interactions/" + in.ID + "/" + in.Token + "/callback", within: acknowledgeWithin,
	}
	return s.patiently(ctx, c)
}

// wire is a response as it is sent: one that is said aloud notifies nobody, and suggestions are there also when there are none,
// which discordgo would leave out.
func wire(r *discordgo.InteractionResponse) any {
	switch {
	case r.Data == nil:
		return r
	case r.Type == discordgo.InteractionApplicationCommandAutocompleteResult:
		choices := append([]*discordgo.ApplicationCommandOptionChoice{}, r.Data.Choices...)
		return map[string]any{"type": r.Type, "data": map[string]any{"choices": choices}}
	case r.Type == discordgo.InteractionResponseChannelMessageWithSource, r.Type == discordgo.InteractionResponseUpdateMessage:
		data := *r.Data
		data.AllowedMentions = quiet()
		return &discordgo.InteractionResponse{Type: r.Type, Data: &data}
	}
	return r // Discord knows no mentions in it
}

// editOriginal edits the first answer to an interaction:
// https://discord.com/developers/docs/interactions/receiving-and-responding#edit-original-interaction-response
func (s *Surface) editOriginal(ctx context.Context, token string, m *discordgo.WebhookEdit) error {
	body := *m
	body.AllowedMentions = quiet()
	return s.patiently(ctx, call{
		method: http.MethodPatch, route: "PATCH /webhooks/messages/@original", major: token, byToken: true, body: &body,
		path: "/webhooks/" + s.opts.ApplicationID + "/" + token + "/messages/@original",
	})
}

// followUp says more in answer to an interaction:
// https://discord.com/developers/docs/interactions/receiving-and-responding#create-followup-message
func (s *Surface) followUp(ctx context.Context, token string, m *discordgo.WebhookParams) error {
	body := *m
	body.AllowedMentions = quiet()
	return s.patiently(ctx, call{
		method: http.MethodPost, route: "POST /webhooks", major: token, byToken: true, body: &body,
		path: "/webhooks/" + s.opts.ApplicationID + "/" + token,
	})
}

const (
	// acknowledgeWithin is how long Discord waits for an acknowledgement:
	// https://discord.com/developers/docs/interactions/receiving-and-responding#responding-to-an-interaction
	acknowledgeWithin = 3 * time.Second
	// patience is how long a person who waits for an answer is worth waiting for a rate limit.
	patience = time.Second
)

// patiently makes a call that a person waits for, and once more when it was told to come back shortly.
func (s *Surface) patiently(ctx context.Context, c call) error {
	err := s.do(ctx, c, nil)
	refusal, limited := errors.AsType[*bot.SendError](err)
	if !limited || refusal.Wait == 0 || refusal.Wait > patience {
		return err
	}
	pause := time.NewTimer(refusal.Wait)
	defer pause.Stop()
	select {
	case <-pause.C:
		return s.do(ctx, c, nil)
	case <-ctx.Done():
		return err
	}
}
