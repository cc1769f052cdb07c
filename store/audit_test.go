package store_test

import (
	"strings"
	"testing"
	"time"

	"tyreso.se/incidentbot/store"
)

func TestDigest(t *testing.T) {
	e := store.Event{
		Seq: 42, At: time.UnixMilli(1767225600123), Actor: "chat:U1", Action: "incident.reported", Subject: "INC-2026-0042",
		Detail: `{"severity":2,"å":"ö"}`, PrevHash: strings.Repeat("ab", 32),
	}
	t.Run("is what another program computes", func(t *testing.T) {
		// Seven netstrings through Python's hashlib.sha256.
		if got, want := e.Digest(), "baf9ebf75a51ea289cd52fd85c758661b03c705298dd8f0a1c3f4b59f13cdc21"; got != want {
			t.Errorf("digest %s, want %s", got, want)
		}
	})
	t.Run("differs when anything is moved over to the next field", func(t *testing.T) {
		for _, move := range []func(e *store.Event){
			func(e *store.Event) { e.Actor, e.Action = "chat:U", "1incident.reported" },
			func(e *store.Event) { e.Actor, e.Action = "chat:U1,", "incident.reported" },
			func(e *store.Event) { e.Actor, e.Action = "chat:U1,:incident.reported", "" },
			func(e *store.Event) { e.Actor, e.Action = "chat:U1,17:incident.reported", "" },
			func(e *store.Event) { e.Actor, e.Action = "", "chat:U1incident.reported" },
		} {
			moved := e
			move(&moved)
			if moved.Digest() == e.Digest() {
				t.Errorf("the same for %q and %q", moved.Actor, moved.Action)
			}
		}
	})
}
