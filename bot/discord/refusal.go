package discord

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"tyreso.se/incidentbot/bot"
)

// refusal is the body of an answer that is not a success: https://discord.com/developers/docs/reference#error-messages
type refusal struct {
	Code       int             `json:"code"`
	Message    string          `json:"message"`
	RetryAfter float64         `json:"retry_after"` // seconds
	Global     bool            `json:"global"`
	Errors     json.RawMessage `json:"errors"`
}

// apiError is what Discord said when it refused. It names fields and rules, never what stood in them.
type apiError struct {
	status int
	refusal
}

// Error implements error.
func (e *apiError) Error() string {
	text := fmt.Sprintf("http %d, code %d", e.status, e.Code)
	if broken := brokenFields(e.Errors); len(broken) > 0 {
		text += ": " + strings.Join(broken, ", ")
	}
	return text
}

// brokenFields lists the fields that Discord refused, each with the code of the rule that it broke.
func brokenFields(tree json.RawMessage) []string {
	var list []string
	var walk func(path string, node json.RawMessage)
	walk = func(path string, node json.RawMessage) {
		var fields map[string]json.RawMessage
		if json.Unmarshal(node, &fields) != nil { // not an object: a message in words
			return
		}
		for name, below := range fields {
			if name != "_errors" {
				walk(strings.TrimPrefix(path+"."+name, "."), below)
				continue
			}
			var broken []struct {
				Code string `json:"code"`
			}
			if json.Unmarshal(below, &broken) != nil {
				continue
			}
			for _, b := range broken {
				list = append(list, strings.TrimSpace(path+" "+b.Code))
			}
		}
	}
	walk("", tree)
	slices.Sort(list)
	return list
}

// Codes that decide what happens next; the others are only logged, and looked up by whoever mends what is wrong.
const (
	codeUnknownInteraction  = "unknown_interaction"
	codeUnknownWebhook      = "unknown_webhook"
	codeInvalidWebhookToken = "invalid_webhook_token"
	codeAlreadyAcknowledged = "already_acknowledged"
	codeCannotMessageUser   = "cannot_message_user"
	codeUnknownMember       = "unknown_member"
)

// verdict is what an error code means: its name, and whether repeating the call is useless.
type verdict struct {
	name      string
	permanent bool
}

// verdictOn gives the meaning of https://discord.com/developers/docs/topics/opcodes-and-status-codes#json-json-error-codes.
// What is not known to be useless to repeat is temporary: a message tried in vain costs less than one that is lost. So is what
// concerns the token or the account of the bot, and every message alike, and ends when somebody mends it.
func verdictOn(code int) (v verdict, known bool) {
	switch code {
	case 10002:
		return verdict{name: "unknown_application"}, true
	case 10003:
		return verdict{"unknown_channel", true}, true
	case 10004:
		return verdict{"unknown_guild", true}, true
	case 10007:
		return verdict{codeUnknownMember, true}, true
	case 10008:
		return verdict{"unknown_message", true}, true
	case 10013:
		return verdict{"unknown_user", true}, true
	case 10015:
		return verdict{codeUnknownWebhook, true}, true
	case 10062:
		return verdict{codeUnknownInteraction, true}, true
	case 10063:
		return verdict{"unknown_command", true}, true
	case 20009:
		return verdict{"explicit_content", true}, true
	case 20012:
		return verdict{name: "not_authorised_for_application"}, true
	case 30013:
		return verdict{"too_many_channels", true}, true
	case 30034:
		return verdict{name: "daily_command_creates"}, true
	case 30046:
		return verdict{name: "edits_of_old_messages"}, true
	case 40001, 50014:
		return verdict{name: "unauthorized"}, true
	case 40003:
		return verdict{name: "opening_direct_messages_too_fast"}, true
	case 40005, 50045:
		return verdict{"file_too_large", true}, true
	case 40060:
		return verdict{codeAlreadyAcknowledged, true}, true
	case 40094:
		return verdict{"too_many_follow_ups", true}, true
	case 40333:
		return verdict{name: "blocked_by_proxy"}, true
	case 50001:
		return verdict{"missing_access", true}, true
	case 50003:
		return verdict{"is_direct_channel", true}, true
	case 50005:
		return verdict{"not_our_message", true}, true
	case 50006:
		return verdict{"empty_message", true}, true
	case 50007, 50278: // 50278: the person and the bot share no guild
		return verdict{codeCannotMessageUser, true}, true
	case 50008:
		return verdict{"not_a_text_channel", true}, true
	case 50009:
		return verdict{"verification_level", true}, true
	case 50013:
		return verdict{"missing_permissions", true}, true
	case 50027:
		return verdict{codeInvalidWebhookToken, true}, true
	case 50033:
		return verdict{"invalid_recipients", true}, true
	case 50035:
		return verdict{"invalid_form_body", true}, true
	case 50083:
		return verdict{"thread_archived", true}, true
	case 50109:
		return verdict{"invalid_json", true}, true
	}
	return verdict{}, false
}

// refused makes a *bot.SendError of an answer that is not a success.
func refused(status int, content []byte) *bot.SendError {
	e := &apiError{status: status}
	if json.Unmarshal(content, &e.refusal) != nil { // not the API's words: a proxy's before it
		return &bot.SendError{Code: fmt.Sprintf("http_%d", status), Err: e}
	}
	v, known := verdictOn(e.Code)
	switch {
	case known:
		return &bot.SendError{Code: v.name, Permanent: v.permanent, Unreachable: v.name == codeCannotMessageUser, Err: e}
	case status == http.StatusUnauthorized:
		return &bot.SendError{Code: "unauthorized", Err: e}
	case e.Code == 0:
		return &bot.SendError{Code: fmt.Sprintf("http_%d", status), Err: e}
	}
	return &bot.SendError{Code: fmt.Sprintf("discord_%d", e.Code), Err: e}
}
