package discord

import "unicode/utf8"

// What Discord refuses to draw when it is exceeded. Discord's own people say that it counts code points
// (https://github.com/discord/discord-api-docs/issues/1315), its clients count UTF-16 code units; lengths are counted in the latter
// here, which are never fewer.
const (
	// https://discord.com/developers/docs/components/reference#anatomy-of-a-component
	maxCustomID = 100

	// https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-modal
	maxModalTitle      = 45
	maxModalComponents = 5

	// https://discord.com/developers/docs/components/reference#label
	maxLabel = 45
	maxHelp  = 100

	// https://discord.com/developers/docs/components/reference#text-display
	maxDisplay = 4000

	// https://discord.com/developers/docs/components/reference#text-input
	maxInput       = 4000
	maxPlaceholder = 100

	// https://discord.com/developers/docs/components/reference#string-select, also what one autocompletion may answer
	// (https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-autocomplete)
	maxOptions = 25
	maxOption  = 100 // characters of its label, its value and its description

	// https://discord.com/developers/docs/components/reference#file-upload
	maxFiles = 10

	// https://discord.com/developers/docs/components/reference#action-row and #legacy-message-component-behavior
	maxRows       = 5
	maxRowButtons = 5

	// https://discord.com/developers/docs/components/reference#button
	maxButton = 80

	// https://discord.com/developers/docs/resources/message#create-message
	maxContent = 2000

	// https://discord.com/developers/docs/resources/message#embed-object-embed-limits
	maxEmbeds      = 10
	maxTitle       = 256
	maxDescription = 4096
	maxEmbedTotal  = 6000 // characters in all embeds of a message together
)

// maxAlt is how long the description of an attachment may be: https://discord.com/developers/docs/resources/message#attachment-object
const maxAlt = 1024

// ellipsis ends a text that was cut.
const ellipsis = "…"

// length is how many UTF-16 code units s takes.
func length(s string) int {
	n := 0
	for _, r := range s {
		n += width(r)
	}
	return n
}

// width is how many UTF-16 code units r takes.
func width(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

// cut returns s, or as much of its beginning as fits in limit code units together with an ellipsis. It never splits a character.
func cut(s string, limit int) string {
	if len(s) <= limit { // no string has more code units than bytes
		return s
	}
	n, keep := 0, 0
	for i, r := range s {
		n += width(r)
		if n <= limit-1 {
			keep = i + utf8.RuneLen(r)
		}
		if n > limit {
			return s[:keep] + ellipsis
		}
	}
	return s
}
