package mail

import (
	"strings"

	"tyreso.se/incidentbot/bot"
)

// text draws a message as plain text, its blocks with an empty line between. What it says must be complete without a chat:
// buttons, which mail has none of, are left out.
func text(m bot.Message) string {
	var parts []string
	for _, b := range m.Blocks {
		if part := strings.TrimRight(block(b), "\n"); part != "" {
			parts = append(parts, part)
		}
	}
	return lineEnds.Replace(strings.Join(parts, "\n\n") + "\n")
}

// lineEnds makes all line ends alike. Left alone, a carriage return without a line feed would cost a later line end: mime/quotedprintable
// takes the two for one, however far apart.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func block(b bot.Block) string {
	switch b := b.(type) {
	case bot.Heading:
		return oneLine(string(b))
	case bot.Paragraph:
		return string(b)
	case bot.Small:
		return string(b)
	case bot.Quote:
		return indented("> ", "> ", string(b))
	case bot.List:
		lines := make([]string, len(b))
		for i, point := range b {
			lines[i] = indented("- ", "  ", point)
		}
		return strings.Join(lines, "\n")
	case bot.Facts:
		lines := make([]string, len(b))
		for i, f := range b {
			lines[i] = indented("", "  ", f.Label+": "+f.Value)
		}
		return strings.Join(lines, "\n")
	case bot.Divider:
		return "----"
	}
	return ""
}

// indented puts first before a text's first line and rest before the others.
func indented(first, rest, s string) string {
	return first + strings.ReplaceAll(s, "\n", "\n"+rest)
}

// oneLine is a text for where there is one line only, such as a subject.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
