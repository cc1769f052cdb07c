package e2e_test

import (
	"slices"
	"strings"
	"testing"

	"tyreso.se/incidentbot/workspace/slack"
)

// TestAttachment follows a file from the reporter's dialog into the register and out again to the CISO, who alone asks for it.
func TestAttachment(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, database string) {
		s := newSlackStage(t, database, play{})
		s.start()
		content := []byte("inte en riktig skärmbild")
		file := s.Upload(maja, "skärmbild.png", content)
		view, err := s.openDialog(maja)
		if err != nil {
			t.Fatal(err)
		}
		text := s.private("Listan syntes för alla på skärmen i receptionen.")
		seen, err := s.SubmitView(t.Context(), maja, view, slack.Values{"text": text, "files": []string{file.ID}})
		if err != nil || seen.View == nil || len(seen.Errors) > 0 {
			t.Fatalf("the report was not taken: %+v, %v", seen, err)
		}
		s.leave(maja)
		number := s.register()[0].Number
		s.awaitChat("the card is there", func() bool { return s.told(triage)[number] > 0 })
		card := messageAbout(s.chat, triage, number)

		// The file is fetched in the background; the CISO looks until it is there.
		var private slack.Message
		s.until("the attachment is offered", func() bool {
			if _, err := s.PressButton(t.Context(), ciso, triage, card.id, "show"); err != nil {
				t.Fatal(err)
			}
			return s.Until(t.Context(), func() bool {
				shown := slices.DeleteFunc(s.Messages(triage), func(m slack.Message) bool { return m.Ephemeral != ciso })
				if len(shown) == 0 {
					return false
				}
				private = shown[len(shown)-1]
				return strings.Contains(string(private.Blocks), file.Name)
			}) == nil && strings.Contains(string(private.Blocks), `"attachments"`)
		})
		if _, err := s.PressButton(t.Context(), ciso, triage, private.TS, "attachments"); err != nil {
			t.Fatal(err)
		}
		s.awaitChat("the file lies in the CISO's direct messages", func() bool {
			return slices.ContainsFunc(s.Messages(s.DirectMessages(ciso)), func(m slack.Message) bool {
				return slices.ContainsFunc(m.Files, func(f slack.File) bool {
					return strings.Contains(f.Name, file.Name) && strings.Contains(f.Name, number) && f.Size == int64(len(content))
				})
			})
		})
	})
}
