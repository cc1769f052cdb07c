package storetest

import (
	"context"
	"testing"

	"tyreso.se/incidentbot/store"
)

func testRooms(t *testing.T, open func(t *testing.T) *store.Store) {
	add := func(t *testing.T, s *store.Store, c store.Incident, by store.Account) store.Room {
		t.Helper()
		room := store.Room{IncidentID: c.ID, Surface: "chat", OpenedBy: by.ID}
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.AddRoom(ctx, &room) })
		return room
	}
	save := func(t *testing.T, s *store.Store, room store.Room) {
		t.Helper()
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.SaveRoom(ctx, room) })
	}
	t.Run("comes back as it was saved", func(t *testing.T) {
		s := open(t)
		c, ciso := aCase(t, s)
		_, err := s.Room(t.Context(), c.ID)
		isErr(t, err, store.ErrNotFound)
		room := add(t, s, c, ciso)
		equal(t, "new", must(s.Room(t.Context(), c.ID))(t), room)
		_, err = s.RoomByChannel(t.Context(), "chat", "")
		isErr(t, err, store.ErrNotFound)
		closed := noon()
		room.Channel, room.ClosedAt, room.Failure = "C1", &closed, "is_archived"
		save(t, s, room)
		equal(t, "by channel", must(s.RoomByChannel(t.Context(), "chat", "C1"))(t), room)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			equal(t, "within a transaction", must(tx.Room(ctx, c.ID))(t), room)
			return nil
		})
		_, err = s.RoomByChannel(t.Context(), "other", "C1")
		isErr(t, err, store.ErrNotFound)
	})
	t.Run("a case has one that is not closed", func(t *testing.T) {
		s := open(t)
		c, ciso := aCase(t, s)
		first := add(t, s, c, ciso)
		another := store.Room{IncidentID: c.ID, Surface: "other", OpenedBy: ciso.ID}
		isErr(t, s.InTx(t.Context(), func(tx *store.Tx) error { return tx.AddRoom(t.Context(), &another) }), store.ErrConflict)
		first.ClosedAt = &first.OpenedAt
		save(t, s, first)
		second := add(t, s, c, ciso)
		equal(t, "the latest", must(s.Room(t.Context(), c.ID))(t), second)
	})
	t.Run("a channel is one room", func(t *testing.T) {
		s := open(t)
		c, ciso := aCase(t, s)
		other, _ := aCase(t, s)
		first, second := add(t, s, c, ciso), add(t, s, other, ciso)
		first.Channel, second.Channel = "C1", "C1"
		save(t, s, first)
		isErr(t, s.InTx(t.Context(), func(tx *store.Tx) error { return tx.SaveRoom(t.Context(), second) }), store.ErrConflict)
	})
	t.Run("a closed one gets no more cards", func(t *testing.T) {
		s := open(t)
		c, ciso := aCase(t, s)
		room := add(t, s, c, ciso)
		room.Channel = "C1"
		save(t, s, room)
		to := func(channel string) store.Delivery {
			return store.Delivery{Lane: "chat:channel:" + channel, Surface: "chat", Channel: channel, Kind: "card", IncidentID: &c.ID}
		}
		lanes := func() (found []string) {
			write(t, s, func(ctx context.Context, tx *store.Tx) error {
				for _, d := range must(tx.CardTargets(ctx, c.ID))(t) {
					found = append(found, d.Lane)
				}
				return nil
			})
			return found
		}
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			person := store.Delivery{Lane: "chat:user:U1", Surface: "chat", UserID: "U1", Kind: "card", IncidentID: &c.ID}
			_, err := tx.AddDeliveries(ctx, []store.Delivery{to("C0TRIAGE"), to("C1"), person})
			return err
		})
		equal(t, "while it is open", lanes(), []string{"chat:channel:C0TRIAGE", "chat:channel:C1", "chat:user:U1"})
		room.ClosedAt = &room.OpenedAt
		save(t, s, room)
		equal(t, "when it is closed", lanes(), []string{"chat:channel:C0TRIAGE", "chat:user:U1"})
	})
}

func testCapturedNotes(t *testing.T, open func(t *testing.T) *store.Store) {
	s := open(t)
	c, ciso := aCase(t, s)
	note := store.Note{IncidentID: c.ID, At: noon(), AuthorID: &ciso.ID, Kind: "captured", Text: "Avstängd", Source: "chat:C1:1.1"}
	has := func(source string) (kept bool) {
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			kept = must(tx.HasNoteFrom(ctx, source))(t)
			return nil
		})
		return kept
	}
	equal(t, "kept before", has(note.Source), false)
	write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.AddNote(ctx, &note) })
	equal(t, "kept", has(note.Source), true)
	equal(t, "notes", must(s.Notes(t.Context(), c.ID))(t), []store.Note{note})
	again := note
	isErr(t, s.InTx(t.Context(), func(tx *store.Tx) error { return tx.AddNote(t.Context(), &again) }), store.ErrConflict)
	for range 2 { // any number without a source
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.AddNote(ctx, &store.Note{IncidentID: c.ID, Kind: "internal", Text: "Ringt"})
		})
	}
	equal(t, "kept without a source", has(""), false)
	equal(t, "all notes", len(must(s.Notes(t.Context(), c.ID))(t)), 3)
}
