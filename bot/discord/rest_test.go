package discord_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/discord"
)

const (
	postMessage = "POST /channels/1/messages"
	createdBody = `{"id":"77","channel_id":"1"}`
)

var hello = bot.Message{Summary: "Hej", Blocks: []bot.Block{bot.Paragraph("Ett meddelande")}}

func send(s *discord.Surface, channel, key string) error {
	_, err := s.Send(context.Background(), bot.Address{Surface: "discord", Channel: channel}, hello, key, false)
	return err
}

// verdict is a *bot.SendError without what it wraps.
func verdict(t *testing.T, err error) bot.SendError {
	t.Helper()
	var refused *bot.SendError
	if !errors.As(err, &refused) {
		t.Fatalf("%v is not a *bot.SendError", err)
	}
	if strings.Contains(refused.Error(), botToken) || refused.Err != nil && strings.Contains(refused.Err.Error(), botToken) {
		t.Errorf("the error holds the token: %v, %v", refused, refused.Err)
	}
	e := *refused
	e.Err = nil
	return e
}

func TestRefusals(t *testing.T) {
	tests := map[string]struct {
		answer answer
		want   bot.SendError
	}{
		"channel gone":         {refusal("404", "10003"), bot.SendError{Code: "unknown_channel", Permanent: true}},
		"not let in":           {refusal("403", "50001"), bot.SendError{Code: "missing_access", Permanent: true}},
		"not allowed":          {refusal("403", "50013"), bot.SendError{Code: "missing_permissions", Permanent: true}},
		"no direct messages":   {refusal("403", "50007"), bot.SendError{Code: "cannot_message_user", Permanent: true, Unreachable: true}},
		"no guild in common":   {refusal("403", "50278"), bot.SendError{Code: "cannot_message_user", Permanent: true, Unreachable: true}},
		"malformed":            {refusal("400", "50035"), bot.SendError{Code: "invalid_form_body", Permanent: true}},
		"token refused":        {answer{status: 401, body: `{"message":"401: Unauthorized","code":0}`}, bot.SendError{Code: "unauthorized"}},
		"an unknown code":      {refusal("400", "99999"), bot.SendError{Code: "discord_99999"}},
		"no code":              {answer{status: 404, body: `{"message":"404: Not Found","code":0}`}, bot.SendError{Code: "http_404"}},
		"a proxy's page":       {answer{status: 502, body: `<html>Bad gateway</html>`}, bot.SendError{Code: "http_502"}},
		"redirected":           {answer{status: 302, header: map[string]string{"Location": "/elsewhere"}}, bot.SendError{Code: "http_302"}},
		"an unreadable answer": {answer{body: `{"id":`}, bot.SendError{Code: "unreadable_answer"}},
		"no id":                {answer{body: `{}`}, bot.SendError{Code: "no_message_id"}},
		"too much, in the body": {
			answer{status: 429, body: `{"retry_after":2.5,"global":false}`}, bot.SendError{Code: "rate_limit", Wait: 2500 * time.Millisecond},
		},
		"too much, in a header": {
			answer{status: 429, header: map[string]string{"Retry-After": "7"}, body: `error code: 1015`},
			bot.SendError{Code: "rate_limit", Wait: 7 * time.Second},
		},
		"too much, for an unknown time": {answer{status: 429}, bot.SendError{Code: "rate_limit", Wait: time.Second}},
		"too much of everything": {
			answer{status: 429, body: `{"retry_after":1,"global":true}`}, bot.SendError{Code: "global_rate_limit", Wait: time.Second},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := newAPI(t, map[string][]answer{postMessage: {tt.answer}})
			got := verdict(t, send(newSurface(t, a.URL+"/api", nil), "1", "k"))
			equal(t, "the error", got, tt.want)
			equal(t, "calls", a.names(), []string{postMessage})
		})
	}
}

func TestARefusalNamesTheFieldsAndNotWhatStoodInThem(t *testing.T) {
	a := newAPI(t, map[string][]answer{postMessage: {{status: 400, body: `{"code":50035,"message":"Invalid Form Body","errors":{
		"embeds":{"0":{"title":{"_errors":[{"code":"BASE_TYPE_MAX_LENGTH","message":"secret"}]}}},
		"nonce":{"_errors":[{"code":"X","message":"secret"}]}}}`}}})
	err := errors.Unwrap(send(newSurface(t, a.URL+"/api", nil), "1", "k"))
	equal(t, "the error", err.Error(), "http 400, code 50035: embeds.0.title BASE_TYPE_MAX_LENGTH, nonce X")
}

func TestEveryCallSaysWhoWeAre(t *testing.T) {
	a := newAPI(t, map[string][]answer{postMessage: {{body: createdBody}}})
	if err := send(newSurface(t, a.URL+"/api", nil), "1", "k"); err != nil {
		t.Fatal(err)
	}
	got := a.said()
	equal(t, "the call", got, []said{{
		Call: postMessage, Token: "Bot " + botToken, Agent: "DiscordBot (https://tyreso.se/incidentbot, 1)", Type: "application/json",
	}}, cmpopts.IgnoreFields(said{}, "Body"))
	if !strings.Contains(got[0].Body, `"allowed_mentions":{"parse":[]`) {
		t.Errorf("the message may notify: %s", got[0].Body)
	}
}

// limited is an answer that says what remains of a bucket.
func limited(bucket, remaining, after string) answer {
	return answer{body: createdBody, header: map[string]string{
		"X-RateLimit-Bucket": bucket, "X-RateLimit-Remaining": remaining, "X-RateLimit-Reset-After": after, "X-RateLimit-Limit": "5",
	}}
}

// atTime is a clock that is set.
type atTime struct{ at atomic.Int64 }

func (c *atTime) now() time.Time      { return noon.Add(time.Duration(c.at.Load())) }
func (c *atTime) set(d time.Duration) { c.at.Store(int64(d)) }

func TestAnEmptyBucketIsNotAsked(t *testing.T) {
	a := newAPI(t, map[string][]answer{
		postMessage:                 {limited("b1", "0", "1.5"), limited("b1", "4", "5")},
		"POST /channels/2/messages": {limited("b1", "4", "5")},
	})
	var now atTime
	s := newSurface(t, a.URL+"/api", func(o *discord.Options) { o.Clock = now.now })
	if err := send(s, "1", "a"); err != nil {
		t.Fatal(err)
	}
	now.set(500 * time.Millisecond)
	equal(t, "what is told to wait", verdict(t, send(s, "1", "b")), bot.SendError{Code: "rate_limit", Wait: time.Second})
	if err := send(s, "2", "c"); err != nil { // another channel is counted by itself
		t.Errorf("another channel: %v", err)
	}
	now.set(1500 * time.Millisecond)
	if err := send(s, "1", "d"); err != nil {
		t.Errorf("after the reset: %v", err)
	}
	equal(t, "calls", a.names(), []string{postMessage, "POST /channels/2/messages", postMessage})
}

func TestABucketIsCountedDownBeforeAnswersCome(t *testing.T) {
	a := newAPI(t, map[string][]answer{postMessage: {limited("b1", "2", "5")}})
	s := newSurface(t, a.URL+"/api", nil)
	for range 3 { // the answers claim each time that two remain, as those that were overtaken do
		if err := send(s, "1", "a"); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, "the fourth", verdict(t, send(s, "1", "b")), bot.SendError{Code: "rate_limit", Wait: 5 * time.Second})
	equal(t, "calls", len(a.names()), 3)
}

func TestA429IsRememberedForItsBucketAndTheGlobalOneForAll(t *testing.T) {
	tests := map[string]struct {
		first answer
		other bool // another channel may be called
		want  bot.SendError
	}{
		"of the route": {
			answer{status: 429, body: `{"retry_after":3}`}, true, bot.SendError{Code: "rate_limit", Wait: 3 * time.Second},
		},
		"shared": {
			answer{status: 429, body: `{"retry_after":3}`, header: map[string]string{"X-RateLimit-Scope": "shared"}},
			true, bot.SendError{Code: "rate_limit", Wait: 3 * time.Second},
		},
		"global": {
			answer{status: 429, body: `{"retry_after":3,"global":true}`}, false, bot.SendError{Code: "global_rate_limit", Wait: 3 * time.Second},
		},
		"global by its header": {
			answer{status: 429, body: `x`, header: map[string]string{"X-RateLimit-Global": "true", "Retry-After": "3"}},
			false, bot.SendError{Code: "global_rate_limit", Wait: 3 * time.Second},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := newAPI(t, map[string][]answer{postMessage: {tt.first}, "POST /channels/2/messages": {{body: createdBody}}})
			s := newSurface(t, a.URL+"/api", nil)
			equal(t, "the first", verdict(t, send(s, "1", "a")), tt.want)
			equal(t, "the next", verdict(t, send(s, "1", "b")), tt.want)
			equal(t, "calls", a.names(), []string{postMessage})
			if err := send(s, "2", "c"); (err == nil) != tt.other {
				t.Errorf("another channel: %v", err)
			}
		})
	}
}

func TestARefusedTokenRestsForAWhile(t *testing.T) {
	a := newAPI(t, map[string][]answer{postMessage: {refusal("401", "0"), {body: createdBody}}})
	var now atTime
	s := newSurface(t, a.URL+"/api", func(o *discord.Options) { o.Clock = now.now })
	equal(t, "the first", verdict(t, send(s, "1", "a")), bot.SendError{Code: "unauthorized"})
	equal(t, "the next", verdict(t, send(s, "1", "a")), bot.SendError{Code: "unauthorized"})
	equal(t, "calls", a.names(), []string{postMessage})
	now.set(time.Minute)
	if err := send(s, "1", "a"); err != nil {
		t.Errorf("once the token is mended: %v", err)
	}
}

func TestAnErrorOfTheConnectionHidesTheAddress(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	s := newSurface(t, server.URL+"/api", nil)
	err := send(s, "1", "a")
	equal(t, "the error", verdict(t, err), bot.SendError{Code: "connection"})
	if strings.Contains(errors.Unwrap(err).Error(), "/channels/") {
		t.Errorf("the error holds the path: %v", errors.Unwrap(err))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.Send(ctx, bot.Address{Channel: "1"}, hello, "k", false)
	equal(t, "the error", verdict(t, err), bot.SendError{Code: "cancelled"})
}

func TestNoRedirectIsFollowed(t *testing.T) {
	a := newAPI(t, nil)
	elsewhere := newAPI(t, nil)
	a.answers = map[string][]answer{postMessage: {{status: 307, header: map[string]string{"Location": elsewhere.URL}}}}
	equal(t, "the error", verdict(t, send(newSurface(t, a.URL+"/api", nil), "1", "k")), bot.SendError{Code: "http_307"})
	if calls := elsewhere.names(); len(calls) > 0 {
		t.Errorf("the token went elsewhere: %v", calls)
	}
}

// What a person waits for is tried again when the wait is short, and given up when it is long.
func TestAPrivateAnswerWaitsForAShortLimit(t *testing.T) {
	const followUp = "POST /webhooks/" + applicationID + "/tok"
	short, long := answer{status: 429, body: `{"retry_after":0.01}`}, answer{status: 429, body: `{"retry_after":30}`}
	for name, tt := range map[string]struct {
		answers []answer
		calls   int
		ok      bool
	}{"short": {[]answer{short, {}}, 2, true}, "short twice": {[]answer{short, short}, 2, false}, "long": {[]answer{long, {}}, 1, false}} {
		t.Run(name, func(t *testing.T) {
			a := newAPI(t, map[string][]answer{
				"POST /users/@me/channels": {{body: `{"id":"1"}`}}, postMessage: {refusal("403", "50007")}, followUp: tt.answers,
			})
			s := newSurface(t, a.URL+"/api", func(o *discord.Options) { o.Clock = time.Now })
			s.Remember("5", "tok", time.Now())
			_, err := s.Send(t.Context(), bot.Address{User: "5"}, hello, "k", false)
			if (err == nil) != tt.ok {
				t.Errorf("Send said %v", err)
			}
			n := 0
			for _, c := range a.said() {
				if c.Call == followUp {
					n++
					if c.Token != "" {
						t.Errorf("the bot's token went with an interaction's: %q", c.Token)
					}
				}
			}
			equal(t, "calls", n, tt.calls)
		})
	}
}
