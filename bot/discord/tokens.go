package discord

import (
	"sync"
	"time"
)

// tokenLife is how long an interaction's token is used. It is good for 15 minutes:
// https://discord.com/developers/docs/interactions/receiving-and-responding#followup-messages
const tokenLife = 14 * time.Minute

// tokens remembers the latest interaction of each person, so that who takes no direct messages can be told in private where
// they last did something. They are kept in memory only: a token speaks with the bot's voice. The zero value is ready.
type tokens struct {
	mu     sync.Mutex
	latest map[string]interactionToken // by person
	swept  time.Time
}

type interactionToken struct {
	token string
	at    time.Time
}

// remember keeps the token of what a person did just now, at.
func (t *tokens) remember(user, token string, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if at.Sub(t.swept) > tokenLife { // now and then, so that what is kept is what people did within half an hour
		for person, kept := range t.latest {
			if at.Sub(kept.at) > tokenLife {
				delete(t.latest, person)
			}
		}
		t.swept = at
	}
	if t.latest == nil {
		t.latest = map[string]interactionToken{}
	}
	t.latest[user] = interactionToken{token: token, at: at}
}

// of returns a token by which a person can be reached now, or "".
func (t *tokens) of(user string, now time.Time) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	kept, ok := t.latest[user]
	if !ok || now.Sub(kept.at) > tokenLife {
		return ""
	}
	return kept.token
}
