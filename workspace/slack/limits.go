package slack

import (
	"math"
	"slices"
	"time"
)

// Limits of the platform, each with the page it stands on. Lengths are in characters (Unicode code points).
const (
	// https://docs.slack.dev/reference/block-kit/blocks
	maxBlocksMessage = 50
	maxBlocksView    = 100
	maxBlockID       = 255
	maxActionID      = 255
	// https://docs.slack.dev/reference/block-kit/blocks/header-block
	maxHeader = 150
	// https://docs.slack.dev/reference/block-kit/blocks/section-block
	maxSectionText  = 3000
	maxSectionField = 2000
	maxFields       = 10
	// https://docs.slack.dev/reference/block-kit/blocks/context-block
	maxContextElements = 10
	// https://docs.slack.dev/reference/block-kit/blocks/actions-block
	maxActionsElements = 25
	// https://docs.slack.dev/reference/block-kit/blocks/input-block
	maxLabel = 2000
	maxHint  = 2000
	// https://docs.slack.dev/reference/block-kit/blocks/image-block
	maxImageURL = 3000
	maxAltText  = 2000
	// https://docs.slack.dev/reference/block-kit/blocks/markdown-block
	maxMarkdown = 12_000
	// https://docs.slack.dev/reference/block-kit/composition-objects/text-object
	maxText = 3000
	// https://docs.slack.dev/reference/block-kit/composition-objects/option-object
	maxOptionText        = 75
	maxOptionValue       = 150
	maxOptionDescription = 75
	maxOptionURL         = 3000
	// https://docs.slack.dev/reference/block-kit/composition-objects/option-group-object
	maxGroups     = 100
	maxGroupLabel = 75
	// https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object
	maxConfirmTitle  = 100
	maxConfirmText   = 300
	maxConfirmButton = 30
	// https://docs.slack.dev/reference/block-kit/block-elements/button-element
	maxButtonText  = 75
	maxButtonValue = 2000
	maxButtonURL   = 3000
	maxButtonLabel = 75
	// https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element
	maxSelectOptions = 100
	maxPlaceholder   = 150
	defaultMinQuery  = 3
	// https://docs.slack.dev/reference/block-kit/block-elements/checkboxes-element and …/radio-button-group-element
	maxChoiceOptions = 10
	// https://docs.slack.dev/reference/block-kit/block-elements/overflow-menu-element
	maxOverflowOptions = 5
	// https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
	maxInputLength = 3000
	// https://docs.slack.dev/reference/block-kit/block-elements/file-input-element
	maxFiles = 10
	// https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
	maxListIndent = 8
	// https://docs.slack.dev/reference/views
	maxViewTitle   = 24
	maxViewButton  = 24
	maxMetadata    = 3000
	maxCallbackID  = 255
	maxExternalID  = 255
	maxViewBytes   = 250_000
	maxViewsPushed = 3
	// https://docs.slack.dev/messaging#message-length and https://docs.slack.dev/reference/methods/chat.postMessage
	maxMessageText = 40_000
	// https://docs.slack.dev/messaging/message-metadata
	maxMessageMetadata = 8 << 10
	// https://docs.slack.dev/interactivity/handling-user-interaction
	acknowledgeWithin = 3 * time.Second
	triggerLives      = 3 * time.Second
	responseLives     = 30 * time.Minute
	responseUses      = 5
	// https://docs.slack.dev/apis/events-api/using-socket-mode
	maxSockets = 10
	// https://docs.slack.dev/reference/methods/conversations.create#naming and …/conversations.invite
	maxChannelName = 80
	maxInvited     = 100
	// https://docs.slack.dev/reference/methods/conversations.history and …/users.list
	maxPage     = 999
	defaultPage = 100
)

// eventRetries are the waits before each retry of an event that was not acknowledged: nearly at once, after a minute and
// after five minutes. https://docs.slack.dev/apis/events-api/#retries
func eventRetries() []time.Duration { return []time.Duration{0, time.Minute, 5 * time.Minute} }

// tier is a method's rate: so many calls per minute in the long run, and so many at once.
// https://docs.slack.dev/apis/web-api/rate-limits gives the rates; it promises bursts without saying how large, and
// the figures here are this package's own, on the careful side.
type tier struct{ perMinute, burst float64 }

func tier1() tier { return tier{1, 10} }
func tier2() tier { return tier{20, 20} }
func tier3() tier { return tier{50, 50} }
func tier4() tier { return tier{100, 100} }

// perChannel is chat.postMessage's rate in one channel, a message a second with short bursts; perWorkspace is what its
// page calls several hundred a minute in all. https://docs.slack.dev/reference/methods/chat.postMessage#rate_limiting
func perChannel() tier   { return tier{60, 5} }
func perWorkspace() tier { return tier{600, 300} }

// bucket is a token bucket on the workspace's clock.
type bucket struct {
	tokens float64
	at     time.Time
}

// take takes a token from the bucket named key, or returns how long until there is one; the lock is held.
func (w *Workspace) take(key string, t tier, now time.Time) (wait time.Duration) {
	b := w.buckets[key]
	if b == nil {
		b = &bucket{tokens: t.burst, at: now}
		w.buckets[key] = b
	}
	perSecond := t.perMinute / 60
	if d := now.Sub(b.at); d > 0 {
		b.tokens = math.Min(t.burst, b.tokens+d.Seconds()*perSecond)
		b.at = now
	}
	if b.tokens < 1 {
		return time.Duration((1 - b.tokens) / perSecond * float64(time.Second))
	}
	b.tokens--
	return 0
}

// wholeSeconds rounds up, as Retry-After is in whole seconds.
func wholeSeconds(d time.Duration) int {
	return max(1, int(math.Ceil(d.Seconds())))
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
