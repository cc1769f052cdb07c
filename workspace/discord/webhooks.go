package discord

import (
	"net/http"
	"slices"
)

// through returns the interaction that the token of a call belongs to. Until it is answered its webhook does not exist, and
// after fifteen minutes its token is dead.
// https://discord.com/developers/docs/interactions/receiving-and-responding#followup-messages
func (c *call) through() (*interaction, error) {
	i := c.w.interactions.byID[c.params["token"]]
	switch {
	case i == nil || i.answer == 0:
		return nil, unknownWebhook()
	case c.w.now().Sub(i.at) >= tokenLives:
		return nil, refuse(http.StatusUnauthorized, 50027, "Invalid Webhook Token")
	}
	return i, nil
}

// own returns the message of a call made with an interaction's token: the original answer or a follow-up.
func (c *call) own() (*interaction, *Message, error) {
	i, err := c.through()
	if err != nil {
		return nil, nil, err
	}
	id := c.params["message"]
	if id == "@original" {
		id = i.original
	} else if !slices.Contains(i.messages, id) {
		return nil, nil, unknownMessage()
	}
	m := c.w.byID[id]
	if m == nil {
		return nil, nil, unknownMessage()
	}
	return i, m, nil
}

// https://discord.com/developers/docs/interactions/receiving-and-responding#get-original-interaction-response
func (c *call) webhookMessage() (int, any, error) {
	_, m, err := c.own()
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, c.w.messageObject(m, false), nil
}

// https://discord.com/developers/docs/interactions/receiving-and-responding#edit-original-interaction-response
func (c *call) editWebhookMessage() (int, any, error) {
	i, m, err := c.own()
	if err != nil {
		return 0, nil, err
	}
	return c.change(m, c.w.can(BotUserID, c.w.channels[i.channel]))
}

// https://discord.com/developers/docs/interactions/receiving-and-responding#delete-original-interaction-response
func (c *call) deleteWebhookMessage() (int, any, error) {
	_, m, err := c.own()
	if err != nil {
		return 0, nil, err
	}
	c.w.remove(m)
	return http.StatusNoContent, nil, nil
}

// https://discord.com/developers/docs/interactions/receiving-and-responding#create-followup-message. Right after a deferred
// answer it fills that in, for backwards compatibility: deprecated there, a problem here.
func (c *call) followUp() (int, any, error) {
	w := c.w
	i, err := c.through()
	if err != nil {
		return 0, nil, err
	}
	o, err := c.object()
	if err != nil {
		return 0, nil, err
	}
	if m := w.byID[i.original]; m != nil && m.Loading {
		w.problem("%s: a follow-up instead of an edit of the deferred answer", c.name())
		delete(o, "flags")
		delete(o, "tts")
		return c.change(m, w.can(BotUserID, w.channels[i.channel]))
	}
	m, err := w.fill(c.name(), toFollowUp, i, o, c.files)
	if err != nil {
		return 0, nil, err
	}
	if m.ReplyTo == "" && w.byID[i.original] != nil {
		m.ReplyTo = i.original
	}
	w.posted(i, m)
	return http.StatusOK, w.messageObject(m, false), nil
}
