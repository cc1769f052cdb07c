package discord_test

import (
	"testing"
	"time"

	"tyreso.se/incidentbot/bot/bottest"
	"tyreso.se/incidentbot/bot/discord/discordtest"
)

func TestConformance(t *testing.T) { bottest.Run(t, discordtest.Start(time.Now)) }
