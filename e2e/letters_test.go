package e2e_test

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// hostile is what a report may hold that a chat would act on.
const hostile = "<!channel> <@U1> <@U0CISO> @here *x* _y_ ~z~ `kod` :smile: &lt; &amp;lt; https://example.org/a?b=1&c=2 <https://example.org|länk>"

// mixed returns a text of n characters in many scripts, with what is hard in each: emoji of several code points, combining
// marks, right-to-left letters beside left-to-right ones, line breaks, tabs, quotes. It begins and ends with a letter.
func mixed(n int) string {
	pieces := []string{
		"Åäö ÅÄÖ é e\u0301 ñ ", "مرحبا بالعالم ", "שלום עולם ", "你好，世界 ", "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 ", "rad\nny rad\n\ntom rad ", "tabb\tslut ",
		"\"citat\" 'enkelt' ”typografiskt” ", "`kod` ```block``` ", "\\n \\u0000 %s %d {{.Text}} ${x} ", "a\u0308\u0323 Z\u0351\u0343 ",
		"\u202eomvänt\u202c ", "null <b>fet</b> &nbsp; ", "<!here> <#C0TRIAGE> ", "नमस्ते ไทย 한국어 ",
	}
	var b strings.Builder
	for i := 0; utf8.RuneCountInString(b.String()) < n; i++ {
		b.WriteString(pieces[i%len(pieces)])
	}
	runes := []rune(b.String())[:n]
	runes[0], runes[n-1] = 'Å', 'ö'
	return string(runes)
}

// TestHardTexts follows texts that a chat or a file format would trip over through every place where they are shown. That
// nothing fires, that no rule of the platform is broken, and that no log holds them, is asked after every test.
func TestHardTexts(t *testing.T) {
	t.Parallel()
	hard := map[string]string{"mentions and markup": hostile, "3000 characters of many scripts": mixed(3000)}
	for _, confidential := range []bool{false, true} {
		name := "ordinary channel"
		if confidential {
			name = "confidential channel"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			everywhere(t, play{confidential: confidential}, func(_ *testing.T, s *stage) {
				s.start()
				for name, text := range hard {
					s.step(name, func(t *testing.T) { s.followText(t, text, confidential) })
				}
			})
		})
	}
}

func (s *stage) followText(t *testing.T, text string, confidential bool) {
	who := s.cast()
	number := s.report(who.maja, text)
	places := []string{who.triage, s.DirectMessages(who.ciso), s.DirectMessages(who.maja)}
	s.awaitChat("the messages are there", func() bool {
		return !slices.ContainsFunc(places, func(place string) bool { return s.told(place)[number] == 0 })
	})
	for _, place := range places {
		m := messageAbout(s.chat, place, number)
		if got, want := s.holds([]said{m}, text), confidential && place == who.triage; got != want {
			t.Errorf("the text stands in %s: %t, want %t", place, got, want)
		}
		if strings.Contains(m.notice, text[:12]) {
			t.Errorf("the notification in %s quotes the report", place)
		}
	}

	card := messageAbout(s.chat, who.triage, number)
	if err := s.press(t.Context(), who.ciso, who.triage, card.id, "Visa"); err != nil {
		t.Fatal(err)
	}
	s.awaitChat("the CISO is shown the text, and nobody else", func() bool {
		private := slices.DeleteFunc(s.messages(who.triage), func(m said) bool { return m.private != who.ciso })
		return s.holds(private, text)
	})

	// What the CISO writes may be as hard, and is shown to the reporter as written.
	note := text
	if runes := []rune(text); len(runes) > 2000 {
		note = string(runes[:1999]) + "!"
	}
	if err := s.write(t.Context(), who.ciso, who.triage, card.id, "Skriv till rapportören", s.private(note)); err != nil {
		t.Fatal(err)
	}
	s.awaitChat("the reporter gets the message", func() bool {
		return slices.ContainsFunc(s.messages(s.DirectMessages(who.maja)), func(m said) bool { return s.holds([]said{m}, note) })
	})

	if !slices.ContainsFunc(s.register(), func(e entry) bool { return e.Number == number && e.Text == text }) {
		t.Error("the text is not as written in the JSON of the register")
	}
	out := runProgram(t, s.environ, "export", "register", "--format", "csv")
	rows, err := csv.NewReader(strings.NewReader(out.stdout)).ReadAll()
	if err != nil || !slices.ContainsFunc(rows, func(row []string) bool { return slices.Contains(row, text) }) {
		t.Errorf("the text is not as written in the CSV of the register: %v", err)
	}
}

// holds tells whether a text stands in messages as it was written.
func (s *stage) holds(messages []said, text string) bool {
	var all strings.Builder
	for _, m := range messages {
		all.WriteString(m.text)
	}
	return strings.Contains(all.String(), s.shown(text))
}
