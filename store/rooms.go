package store

import (
	"context"
	"time"
)

// Room is a private channel in which those who work a case meet. A case has at most one that is not closed.
type Room struct {
	ID         int64
	IncidentID int64
	Surface    string
	Channel    string // "" until the channel is there
	OpenedBy   int64  // accounts.id
	OpenedAt   time.Time
	ClosedAt   *time.Time
	Failure    string // the code of why the channel never came to be, which ends a room too; else ""
}

const roomColumns = `id, incident_id, surface, channel, opened_by, opened_at, closed_at, failure`

func roomFields(r *Room) []any {
	return []any{
		&r.ID, &r.IncidentID, &r.Surface, &r.Channel, &r.OpenedBy, millis{&r.OpenedAt}, optionalMillis{&r.ClosedAt}, &r.Failure,
	}
}

// roomIn is the condition that a row of deliveries goes to a room. It ends with the condition of the index rooms_channel, word for word.
const roomIn = `rooms.surface = deliveries.surface AND rooms.channel = deliveries.channel AND rooms.channel <> ''`

const (
	selectRoom          = `SELECT ` + roomColumns + ` FROM rooms WHERE incident_id = ? ORDER BY id DESC LIMIT 1`
	selectRoomByChannel = `SELECT ` + roomColumns + ` FROM rooms WHERE surface = ? AND channel = ? AND channel <> ''`
)

var (
	insertRoom = insertInto("rooms", roomColumns)
	updateRoom = updateOf("rooms", roomColumns)
)

// AddRoom adds a room to its incident, and fills in ID and OpenedAt. ErrConflict when the incident has one that is not closed.
func (tx *Tx) AddRoom(ctx context.Context, r *Room) error {
	r.OpenedAt = tx.Now
	var err error
	r.ID, err = one(ctx, tx, itself[int64], insertRoom, roomFields(r)[1:]...)
	return doing("add a room", err)
}

// SaveRoom saves all of a room by its ID.
func (tx *Tx) SaveRoom(ctx context.Context, r Room) error {
	r.ClosedAt = atMillisOptional(r.ClosedAt)
	_, err := tx.exec(ctx, updateRoom, append(roomFields(&r)[1:], r.ID)...)
	return doing("save a room", err)
}

// Room returns an incident's latest room, or ErrNotFound.
func (s *Store) Room(ctx context.Context, incidentID int64) (Room, error) {
	r, err := readOne(ctx, s, roomFields, selectRoom, incidentID)
	return r, doing("read a room", err)
}

// Room is Store.Room as the transaction sees it.
func (tx *Tx) Room(ctx context.Context, incidentID int64) (Room, error) {
	r, err := one(ctx, tx, roomFields, selectRoom, incidentID)
	return r, doing("read a room", err)
}

// RoomByChannel returns the room that a channel is, also when it is closed, or ErrNotFound.
func (s *Store) RoomByChannel(ctx context.Context, surface, channel string) (Room, error) {
	r, err := readOne(ctx, s, roomFields, selectRoomByChannel, surface, channel)
	return r, doing("read the room of a channel", err)
}

// HasNoteFrom tells whether a message is kept as a note already.
func (tx *Tx) HasNoteFrom(ctx context.Context, source string) (bool, error) {
	n, err := one(ctx, tx, itself[int64],
		`SELECT CASE WHEN EXISTS (SELECT 1 FROM notes WHERE source = ? AND source <> '') THEN 1 ELSE 0 END`, source)
	return n == 1, doing("look for a captured message", err)
}
