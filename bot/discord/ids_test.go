package discord_test

import (
	"testing"

	"pgregory.net/rapid"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/discord"
)

func TestIDsComeBack(t *testing.T) {
	part := rapid.OneOf(rapid.StringMatching("[a-zA-Z0-9%|_:-]{0,12}"), rapid.StringN(0, 12, -1))
	rapid.Check(t, func(t *rapid.T) {
		button, subject := "b"+part.Draw(t, "button"), part.Draw(t, "subject")
		id, _ := discord.PressID(bot.Button{ID: button, Subject: subject})
		gotButton, gotSubject, ok := discord.ReadPress(id)
		if !ok || gotButton != button || gotSubject != subject {
			t.Fatalf("%q says %q of %q", id, gotButton, gotSubject)
		}
		if _, _, _, _, _, ok := discord.ReadStep(id); ok {
			t.Fatalf("the button %q is taken for a step", id)
		}
		dialog, kept := "d"+part.Draw(t, "dialog"), part.Draw(t, "kept")
		asked, fields := rapid.Uint64().Draw(t, "asked"), rapid.Uint64().Draw(t, "fields")
		id = discord.StepID(dialog, subject, kept, asked, fields)
		d, s, k, a, f, ok := discord.ReadStep(id)
		if !ok || d != dialog || s != subject || k != kept || a != asked || f != fields {
			t.Fatalf("%q says %q %q %q %x %x", id, d, s, k, a, f)
		}
		if _, _, ok := discord.ReadPress(id); ok {
			t.Fatalf("the step %q is taken for a button", id)
		}
	})
}

// The longest that the handlers' ids come to: a dialog of twenty fields about a case.
func TestAStepFits(t *testing.T) {
	ref := "01JDMX5E8N7T4Q2W9R6Y3K0ZAB"
	if id := discord.StepID("category", ref, ref, 1<<20-1, 1<<20-1); len(id) > 100 {
		t.Errorf("%q has %d characters", id, len(id))
	}
}

func TestForeignIDs(t *testing.T) {
	for _, id := range []string{"", "b", "b||s", "x|d|s|k||", "p||s|k||", "p|d|s|k|!|", "p|d|s|k||zzzzzzzzzzzzzzzzzz", "rapport"} {
		if _, _, ok := discord.ReadPress(id); ok {
			t.Errorf("%q is read as a button", id)
		}
		if _, _, _, _, _, ok := discord.ReadStep(id); ok {
			t.Errorf("%q is read as a step", id)
		}
	}
}
