package slack

import (
	"strconv"
	"unicode/utf8"
)

// What Slack refuses to draw when it is exceeded. Slack does not say whether it counts code points or UTF-16 code units;
// lengths are counted in UTF-16 code units here, which is never less.
const (
	// https://docs.slack.dev/reference/views/modal-views and https://docs.slack.dev/reference/views/home-tab-views
	maxViewTitle    = 24
	maxViewButton   = 24 // submit and close
	maxViewMetadata = 3000
	maxViewBlocks   = 100
	maxCallbackID   = 255

	// https://docs.slack.dev/reference/block-kit/blocks
	maxMessageBlocks = 50
	maxID            = 255 // block_id and action_id

	// https://docs.slack.dev/reference/methods/files.getUploadURLExternal, the error alt_txt_too_large
	maxAlt = 1000

	// https://docs.slack.dev/reference/block-kit/blocks/input-block
	maxLabel = 2000
	maxHint  = 2000

	// https://docs.slack.dev/reference/block-kit/composition-objects/text-object
	maxText = 3000

	// https://docs.slack.dev/reference/block-kit/blocks/header-block
	maxHeader = 150

	// https://docs.slack.dev/reference/block-kit/blocks/actions-block
	maxActions = 25

	// https://docs.slack.dev/reference/block-kit/block-elements/button-element
	maxButtonText  = 75
	maxButtonValue = 2000

	// https://docs.slack.dev/reference/block-kit/composition-objects/option-object
	maxOptionText  = 75
	maxOptionHelp  = 75
	maxOptionValue = 150

	// https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
	maxInput       = 3000
	maxPlaceholder = 150

	// https://docs.slack.dev/reference/block-kit/block-elements/checkboxes-element
	maxCheckboxes = 10

	// https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element, also what one search may answer
	maxMenu = 100

	// https://docs.slack.dev/reference/block-kit/block-elements/file-input-element
	maxFiles = 10

	// https://docs.slack.dev/reference/methods/views.update#error-codes and the form's own limit on what it shows
	maxFieldError = 2000

	// A rich text block has no documented limit of its own, but a message whose blocks hold more than some 13,000
	// characters is refused (msg_blocks_too_long, https://docs.slack.dev/reference/methods/chat.postMessage#errors).
	// This leaves room for 3,000 characters that each take two code units, and for the rest of the message.
	maxRichText = 8000

	// https://docs.slack.dev/reference/methods/chat.postMessage#truncating
	maxFallback = 4000
)

// Above this many options, radio buttons make a dialog longer than a phone's screen, and a menu is kinder.
const radioButtonsAtMost = 5

// ellipsis ends a text that was cut.
const ellipsis = "…"

// width is how many UTF-16 code units r takes.
func width(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

// length is how many UTF-16 code units s takes.
func length(s string) int {
	n := 0
	for _, r := range s {
		n += width(r)
	}
	return n
}

// cut returns s, or as much of its beginning as fits in limit code units together with an ellipsis, and whether it was cut.
// It never splits a character.
func cut(s string, limit int) (string, bool) {
	if len(s) <= limit { // no string has more code units than bytes
		return s, false
	}
	n, keep := 0, 0
	for i, r := range s {
		n += width(r)
		if n <= limit-1 {
			keep = i + utf8.RuneLen(r)
		}
		if n > limit {
			return s[:keep] + ellipsis, true
		}
	}
	return s, false
}

// uniqueID returns id, or id with a number after it, such that no two calls with the same seen return the same; plainID
// gives the id back. Slack demands that action ids differ, while two cases in one list have the same buttons.
func uniqueID(seen map[string]bool, id string) string {
	unique := id
	if plainID(id) != id {
		unique = id + "#1"
	}
	for n := 2; seen[unique]; n++ {
		unique = id + "#" + strconv.Itoa(n)
	}
	seen[unique] = true
	return unique
}

// plainID takes away the number that uniqueID added.
func plainID(id string) string {
	i := len(id)
	for i > 0 && '0' <= id[i-1] && id[i-1] <= '9' {
		i--
	}
	if i == len(id) || i == 0 || id[i-1] != '#' {
		return id
	}
	return id[:i-1]
}
