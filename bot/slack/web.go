package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	slackgo "github.com/slack-go/slack"

	"tyreso.se/incidentbot/bot"
)

// The calls that follow upon every report are made here, the others with slack-go's client. That client decodes the view or
// message that comes back, block by block: a millisecond and more for a dialog of ordinary length, which is more than all else
// on a report's way through this package. What is used of the answer is a timestamp.

// called is what is read of an answer: https://docs.slack.dev/apis/web-api/#responses
type called struct {
	OK      bool   `json:"ok"`
	Error   string `json:"error"`
	Channel string `json:"channel"`
	TS      string `json:"ts"`
}

// maxResponse is more than any answer to these calls: they give back what they were given.
const maxResponse = 4 << 20

// viewCall is the body of the views methods, each of which takes some of it: https://docs.slack.dev/reference/methods/views.open
type viewCall struct {
	TriggerID string `json:"trigger_id,omitempty"`
	ViewID    string `json:"view_id,omitempty"`
	UserID    string `json:"user_id,omitempty"`
	Hash      string `json:"hash,omitempty"`
	View      any    `json:"view"`
}

// modal is a modal view with its blocks as they are. slack-go's type for a list of blocks encodes itself, and encoding/json then
// reads all of that once more to check it: half of what encoding a dialog costs.
type modal struct {
	slackgo.ModalViewRequest
	Blocks []slackgo.Block `json:"blocks"` // in place of the embedded one
}

func encodable(v slackgo.ModalViewRequest) *modal {
	return &modal{ModalViewRequest: v, Blocks: v.Blocks.BlockSet}
}

func (s *Surface) callView(ctx context.Context, method string, v viewCall) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encoding a view: %w", err)
	}
	_, err = s.call(ctx, method, "application/json; charset=utf-8", body)
	return err
}

// callMessage posts or edits a message. Nothing in it is parsed: see Blocks and fallback.
func (s *Surface) callMessage(ctx context.Context, method string, m bot.Message, where url.Values) (called, error) {
	blocks, cuts, err := Blocks(m, maxMessageBlocks)
	if err != nil {
		return called{}, &bot.SendError{Code: "undrawable", Permanent: true, Err: err}
	}
	s.logCuts(cuts)
	encoded, err := json.Marshal(blocks)
	if err != nil {
		return called{}, &bot.SendError{Code: "undrawable", Permanent: true, Err: err}
	}
	where.Set("blocks", string(encoded))
	where.Set("text", fallback(m.Summary))
	where.Set("parse", "none")
	where.Set("link_names", "false")
	where.Set("mrkdwn", "false")
	where.Set("unfurl_links", "false")
	where.Set("unfurl_media", "false")
	return s.call(ctx, method, formType, []byte(where.Encode()))
}

// call posts body to a method of the Web API. Its errors are slack-go's, as those of the other calls, and refused reads them.
func (s *Surface) call(ctx context.Context, method, contentType string, body []byte) (called, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.opts.APIURL+method, bytes.NewReader(body))
	if err != nil {
		return called{}, fmt.Errorf("making a request: %w", err)
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Authorization", "Bearer "+s.opts.BotToken)
	resp, err := s.client.Do(req)
	if err != nil {
		return called{}, fmt.Errorf("calling %s: %w", method, err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(io.LimitReader(resp.Body, maxResponse))
	if err != nil {
		return called{}, fmt.Errorf("reading the answer of %s: %w", method, err)
	}
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		seconds, err := strconv.Atoi(resp.Header.Get("Retry-After"))
		if err != nil || seconds < 0 {
			seconds = 0
		}
		return called{}, &slackgo.RateLimitedError{RetryAfter: time.Duration(seconds) * time.Second}
	case resp.StatusCode != http.StatusOK:
		return called{}, slackgo.StatusCodeError{Code: resp.StatusCode, Status: resp.Status}
	}
	var answer called
	if err := json.Unmarshal(content, &answer); err != nil {
		return called{}, fmt.Errorf("decoding the answer of %s: %w", method, err)
	}
	if !answer.OK {
		return called{}, slackgo.SlackErrorResponse{Err: or(answer.Error, "not_ok")}
	}
	return answer, nil
}
