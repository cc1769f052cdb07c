package slack

import (
	"bytes"
	"context"
	"fmt"

	slackgo "github.com/slack-go/slack"

	"tyreso.se/incidentbot/bot"
)

// SendFile implements bot.Surface: https://docs.slack.dev/messaging/working-with-files. The address that the file goes to is
// Slack's own answer; slack-go sends it the token only when it is one of Slack's hosts.
func (s *Surface) SendFile(ctx context.Context, to bot.Address, name, alt string, content []byte) error {
	conversation := to.Channel
	if conversation == "" {
		var err error
		if conversation, err = s.directChannel(ctx, to.User); err != nil {
			return err
		}
	}
	if len(content) == 0 { // Slack takes none
		return &bot.SendError{Code: "file_empty", Permanent: true}
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	alt, _ = cut(alt, maxAlt) // what the picture shows is in the message or in tables as well
	_, err := s.api.UploadFileContext(ctx, slackgo.UploadFileParameters{
		Reader: bytes.NewReader(content), FileSize: len(content), Filename: name, Title: name, AltTxt: alt,
		Channel: conversation,
	})
	if err != nil {
		return refused(fmt.Errorf("sending a file: %w", err))
	}
	return nil
}
