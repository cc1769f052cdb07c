package slack_test

import (
	"testing"
	"time"

	"tyreso.se/incidentbot/bot/bottest"
	"tyreso.se/incidentbot/bot/slack/slacktest"
)

func TestConformance(t *testing.T) { bottest.Run(t, slacktest.Start(time.Now)) }
