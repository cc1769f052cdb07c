package surface

import (
	"strconv"
	"time"
)

// roomNames is how many names are tried for one room.
const roomNames = 9

// RoomNames are the names for a room in the order in which they are tried: those before may be taken, by a room that was closed for
// instance.
func RoomNames(name string) []string {
	names := []string{name}
	for n := 2; n <= roomNames; n++ {
		names = append(names, name+"-"+strconv.Itoa(n))
	}
	return names
}

// clocksDiffer is how far a platform's clock may be from ours.
const clocksDiffer = time.Minute

// RoomIsOf tells whether a channel that was made at a time may be the room that was asked for at another, as far as time tells.
func RoomIsOf(made, asked time.Time) bool { return !made.Before(asked.Add(-clocksDiffer)) }
