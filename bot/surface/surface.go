// Package surface is what the chat surfaces share besides the vocabulary: counting what is under way, asking the handler,
// metrics, refusing what was told twice, remembering whose direct messages are where, and what doctor finds. It knows no
// platform.
package surface

import (
	"crypto/sha256"
	"encoding/hex"
)

// Finding is one thing that was looked at, to be put in words by who knows the language.
type Finding struct {
	OK     bool
	Check  string            // what was looked at: a name, or a name and an id, as in "channel:ID"; each surface lists its own
	Code   string            // "ok", or what is wrong: the platform's error code or one of the surface's own
	Params map[string]string // what belongs in the sentence, such as the name of a channel
}

// RequestID names a request in logs: the same for a request told twice, and without the ids of people that its key holds.
func RequestID(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:6])
}
