package slack_test

import (
	"context"
	"strconv"
	"testing"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/slack"
)

// What acknowledging costs beside the handler: signature, decoding and drawing the answer.
func BenchmarkAcknowledge(b *testing.B) {
	s, err := slack.New(slack.Options{
		BotToken: botToken, SigningSecret: secret, Text: text, Clock: clock,
		Handler: handle(func(_ context.Context, _ bot.Request) (bot.Reply, error) { return bot.Reply{Message: receipt}, nil }),
	})
	if err != nil {
		b.Fatal(err)
	}
	submission := fixture(b, "view_submission.json")
	for _, c := range []struct {
		name, path string
		body       func(i int) string
	}{
		{"command", "/slack/commands", func(i int) string { return commandBody + "&n=" + strconv.Itoa(i) }},
		{"submission", "/slack/interactions", func(i int) string { return "n=" + strconv.Itoa(i) + "&payload=" + escape(submission) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				b.StopTimer()
				r := sign(c.path, form, c.body(i), noon, secret)
				b.StartTimer()
				if w := send(s, r); w.Code != 200 {
					b.Fatal(w.Code, w.Body)
				}
			}
		})
	}
}
