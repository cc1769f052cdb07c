package discord_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"tyreso.se/incidentbot/bot/discord"
)

func stockholm(t interface{ Fatal(...any) }) *time.Location {
	loc, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestParseTime(t *testing.T) {
	loc := stockholm(t)
	now := time.Date(2026, 11, 23, 0, 30, 0, 0, loc)
	for text, want := range map[string]string{
		"2026-11-23 14:05":          "2026-11-23T14:05:00+01:00",
		" 2026-11-23  14.05 ":       "2026-11-23T14:05:00+01:00",
		"2026-11-23T14:05":          "2026-11-23T14:05:00+01:00",
		"2026-7-1 9:05":             "2026-07-01T09:05:00+02:00",
		"23/11 14.05":               "2026-11-23T14:05:00+01:00",
		"23/11-2025 14:05":          "2025-11-23T14:05:00+01:00",
		"23/11/2025 14:05":          "2025-11-23T14:05:00+01:00",
		"3/1 14:05":                 "2027-01-03T14:05:00+01:00",
		"14:05":                     "2026-11-23T14:05:00+01:00",
		"kl. 14.05":                 "2026-11-23T14:05:00+01:00",
		"idag 14:05":                "2026-11-23T14:05:00+01:00",
		"I dag kl 14:05":            "2026-11-23T14:05:00+01:00",
		"igår 23:59":                "2026-11-22T23:59:00+01:00",
		"I GÅR, klockan 9.15":       "2026-11-22T09:15:00+01:00",
		"today at 14:05":            "2026-11-23T14:05:00+01:00",
		"yesterday 14:05":           "2026-11-22T14:05:00+01:00",
		"2026-10-25 02:30:00 +0100": "2026-10-25T02:30:00+01:00",
		"":                          "",
		"i förrgår":                 "",
		"2026-11-23":                "",
		"2026-02-29 14:05":          "",
		"2026-13-01 14:05":          "",
		"31/4 14:05":                "",
		"24:00":                     "",
		"12:60":                     "",
		"idag 14:05 ungefär":        "",
	} {
		got, ok := discord.ParseTime(text, now, loc)
		if want == "" {
			if ok {
				t.Errorf("%q was read as %s", text, got)
			}
			continue
		}
		if !ok || got.In(loc).Format(time.RFC3339) != want {
			t.Errorf("%q was read as %s (%v), want %s", text, got.In(loc).Format(time.RFC3339), ok, want)
		}
	}
}

// A time that is filled in from the start is the same when it comes back untouched, whenever that is.
func TestTimesComeBack(t *testing.T) {
	loc := stockholm(t)
	rapid.Check(t, func(t *rapid.T) {
		second := rapid.OneOf(rapid.Int64Range(0, 4e9), rapid.Int64Range(1792879200, 1792893600)) // the night the clocks go back
		at := time.Unix(second.Draw(t, "at"), 0).UTC()
		now := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "now"), 0)
		got, ok := discord.ParseTime(discord.WriteTime(at, loc), now, loc)
		if !ok || !got.Equal(at) {
			t.Fatalf("%s was written %q and read as %s", at, discord.WriteTime(at, loc), got)
		}
	})
}
