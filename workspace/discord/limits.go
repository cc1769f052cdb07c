package discord

import (
	"slices"
	"time"
)

// Limits of the platform, each with the page it stands on (below https://discord.com/developers/docs unless written out).
// Lengths are in characters, by which the API means Unicode code points, as Discord's own people say in
// https://github.com/discord/discord-api-docs/issues/1315. A person's client is held to the same count here.
const (
	// /resources/channel#channel-object and error 30013
	maxChannelName = 100
	maxTopic       = 1024
	maxChannels    = 500
	// /resources/message#create-message
	maxContent      = 2000
	maxNonce        = 25
	maxEmbeds       = 10
	maxRequestBytes = 25 << 20
	defaultPage     = 50
	maxPage         = 100
	// How long a nonce is remembered: "the past few minutes"; this package's reading.
	nonceLives = 3 * time.Minute
	// /resources/message#embed-object-embed-limits. Leading and trailing white space is trimmed before counting.
	maxEmbedTitle       = 256
	maxEmbedDescription = 4096
	maxEmbedFields      = 25
	maxFieldName        = 256
	maxFieldValue       = 1024
	maxFooter           = 2048
	maxAuthor           = 256
	maxEmbedTotal       = 6000
	// /resources/message#allowed-mentions-object
	maxAllowed = 100
	// /reference#uploading-files, for bots and people without a subscription (it was raised to 20 MiB in September 2026; an app
	// that keeps to the older limit works either way), and error 30015
	maxFileBytes   = 10 << 20
	maxAttachments = 10
	// /resources/message#attachment-object
	maxFileDescription = 1024
	// How long a link to a file works: "a preset expiry time", seen to be a day. /reference#signed-attachment-cdn-urls
	linkLives = 24 * time.Hour
	// /components/reference#anatomy-of-a-component
	maxCustomID      = 100
	maxComponentID   = 1<<31 - 1
	maxComponentsAll = 40
	// /components/reference#legacy-message-component-behavior and #action-row
	maxRows       = 5
	maxRowButtons = 5
	// /components/reference#button
	maxButtonLabel = 80
	maxButtonURL   = 512
	// /components/reference#string-select
	maxOptions           = 25
	maxOptionLabel       = 100
	maxOptionValue       = 100
	maxOptionDescription = 100
	maxPlaceholder       = 150
	// /components/reference#section and #media-gallery
	maxSectionTexts = 3
	maxGallery      = 10
	// All text displays of a message together, which is what the component system allows instead of content and embeds.
	// /components/reference#text-display
	maxDisplayText = 4000
	// /components/reference#label
	maxLabel            = 45
	maxLabelDescription = 100
	// /components/reference#text-input
	maxInputLength      = 4000
	maxInputPlaceholder = 100
	// /components/reference#file-upload
	maxUploads = 10
	// /components/reference#radio-group and #checkbox-group
	maxGroupOptions = 10
	// /interactions/receiving-and-responding#interaction-response-object-modal
	maxModalTitle      = 45
	maxModalComponents = 5
	// /interactions/receiving-and-responding#interaction-response-object-autocomplete
	maxChoices = 25
	// /interactions/receiving-and-responding#interaction-callback
	acknowledgeWithin = 3 * time.Second
	tokenLives        = 15 * time.Minute
	// /interactions/application-commands#application-command-object and #registering-a-command
	maxCommandName        = 32
	maxCommandDescription = 100
	maxCommandOptions     = 25
	maxChoiceName         = 100
	maxChoiceValue        = 100
	maxOptionLength       = 6000
	maxCommandSize        = 8000
	maxChatCommands       = 100
	maxMenuCommands       = 15
	maxCommandCreates     = 200 // a day
	// /resources/guild#search-guild-members
	maxMembersFound = 1000
	// /events/gateway#sending-events and #rate-limiting
	maxGatewayPayload = 4096
	maxGatewaySends   = 120
	gatewaySendWindow = time.Minute
	// /events/gateway#session-start-limit-object and #identifying
	maxIdentifies      = 1000 // a day
	maxConcurrency     = 1
	identifyWindow     = 5 * time.Second
	defaultHeartbeat   = 41250 * time.Millisecond
	heartbeatTolerance = 1.5 // of the interval; this package's reading of "in time"
	// How long a dropped session can be resumed: "a few minutes" in /events/gateway#initiating-a-disconnect; this package's reading.
	resumeWithin = 2 * time.Minute
	// /topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
	maxInvalidRequests  = 10_000
	invalidWindow       = 10 * time.Minute
	invalidWorthSaying  = maxInvalidRequests / 10 // this package's own: so near the limit an app is doing something wrong
	maxGlobalRequests   = 50
	globalRequestWindow = time.Second
)

// discordEpoch is where snowflakes begin, in milliseconds since 1970. https://discord.com/developers/docs/reference#snowflakes
const discordEpoch = 1420070400000

// locales are the languages that texts can be localised to. https://discord.com/developers/docs/reference#locales
var locales = []string{
	"id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl", "pt-BR", "ro", "fi", "sv-SE",
	"vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja", "zh-TW", "ko",
}

// recent holds the latest things handed out, by id. The oldest give way, so that a long load test does not grow it.
type recent[T any] struct {
	byID  map[string]*T
	order []string
	limit int
}

func newRecent[T any](limit int) recent[T] { return recent[T]{byID: map[string]*T{}, limit: limit} }

func (r *recent[T]) add(id string, v *T) {
	r.byID[id] = v
	if r.order = append(r.order, id); len(r.order) > r.limit {
		for _, old := range r.order[:r.limit/4] {
			delete(r.byID, old)
		}
		r.order = slices.Delete(r.order, 0, r.limit/4)
	}
}
