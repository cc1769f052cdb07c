package discord_test

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tyreso.se/incidentbot/bot/discord"
)

// mischief is what must neither fire nor change.
const mischief = "@everyone <@1> <@&2> <#3> </x:4> <t:1:R> <:a:5> :smile: *x* _y_ ~~z~~ `k` ||s|| [a](https://e.org) https://example.org/?a=1&b=2 \\*"

func TestEscape(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"plain words stay", "Ring chefen. Vi stängde kl 14.05 (tror jag) - hej!", "Ring chefen. Vi stängde kl 14.05 (tror jag) - hej!"},
		{"a colon before a space stays", "INC-2026-0001: Ny", "INC-2026-0001: Ny"},
		{"bold", "*a*", `\*a\*`},
		{"a mention of everybody", "@here", `\@here`},
		{"a mention, a time, an emoji", "<@1><t:1>", `\<\@1>\<t\:1>`},
		{"an address", "https://x.se", `https\://x.se`},
		{"a masked link", "[x](y)", `\[x](y)`},
		{"a heading", "# a", `\# a`},
		{"small print", "-# a", `\-# a`},
		{"a quote", "> a\n>>> b", "\\> a\n\\>>> b"},
		{"a list, also further in", "- a\n  + b", "\\- a\n  \\+ b"},
		{"a numbered list", "12. a", `12\. a`},
		{"a number in a sentence stays", "det var 12. a", "det var 12. a"},
		{"a code block", "```", "\\`\\`\\`"},
		{"a spoiler", "||a||", `\|\|a\|\|`},
		{"a backslash", `\*`, `\\\*`},
		{"other line ends", "a\r\n# b\rc", "a\n\\# b\nc"},
	} {
		t.Run(test.name, func(t *testing.T) { equal(t, "escaped", discord.Escape(test.text), test.want) })
	}
}

// What Discord's markdown makes of a text: escapes first, then the rules that must never match.
var (
	escaped = regexp.MustCompile(`\\([^0-9A-Za-z\s])`)
	active  = regexp.MustCompile("[\\\\*_~`|<@\\[]|https?://|:[^\\s:]+:|(?m:^\\s*(#{1,3} |-# |>|[-+*] |\\d+\\. ))")
)

// shown is the text that is seen, when nothing in it is drawn as markup.
func shown(text string) string { return escaped.ReplaceAllString(text, "$1") }

// inert tells whether nothing in an escaped text is drawn as markup.
func inert(text string) bool {
	return !active.MatchString(escaped.ReplaceAllString(text, "\u00b7"))
}

func TestEscapedTextsAreLiteral(t *testing.T) {
	piece := rapid.OneOf(rapid.StringMatching("[\\\\*_~`|<>@#\\[\\]():.+ \\n0-9a-zåä-]{0,12}"), rapid.String(), rapid.SampledFrom(strings.Fields(mischief)))
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(piece, 1, 6).Draw(t, "text"), "")
		drawn := discord.Escape(text)
		want := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
		if got := shown(drawn); got != want {
			t.Fatalf("%q is shown as %q, drawn as %q", want, got, drawn)
		}
		if !inert(drawn) {
			t.Fatalf("%q does something, drawn as %q", text, drawn)
		}
	})
}
