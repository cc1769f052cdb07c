package discord

import (
	"strings"
	"unicode"
)

// Discord draws markdown wherever it draws a text of ours, but for labels, buttons, options and titles of modals
// (https://docs.discord.com/developers/reference#message-formatting and
// https://support.discord.com/hc/articles/210298617-Markdown-Text-101). What people wrote must not become bold, a mention, a time, an
// emoji, a heading, a list, a quote, a link or a spoiler: it stays as it was typed. A backslash does that: before a character that is
// neither a letter nor a digit nor white space, it is not shown itself and takes the character's meaning away.

// escape returns s so that it is shown to the letter.
func escape(s string) string {
	var b strings.Builder
	for i, line := range lines(s) {
		if i > 0 {
			b.WriteByte('\n')
		}
		for _, letter := range letters(line) {
			b.WriteString(letter)
		}
	}
	return b.String()
}

// lines splits s where a line ends, on whatever machine it was written.
func lines(s string) []string {
	return strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s), "\n")
}

// letters returns the characters of a line, each escaped when it would mean something where it stands. A text may be divided
// between any two of them.
func letters(line string) []string {
	runes := []rune(line)
	list := make([]string, 0, len(runes))
	start, digits := true, false // nothing but white space before; only digits before
	for i, r := range runes {
		meant := false
		switch r {
		case '\\', '*', '_', '~', '`', '|', '<', '@', '[':
			meant = true
		case '>', '#', '-', '+': // a quote, a heading, small print, a list
			meant = start
		case '.', ')': // a numbered list
			meant = digits
		case ':': // an emoji by its name, or an address: followed by more, as the time of day is too
			meant = i+1 < len(runes) && !unicode.IsSpace(runes[i+1])
		}
		letter := string(r)
		if meant {
			letter = `\` + letter
		}
		list = append(list, letter)
		digits = (start || digits) && '0' <= r && r <= '9'
		start = start && unicode.IsSpace(r) || r == '\v' || r == '\f' || r == '\u0085' || r == '\u2028' || r == '\u2029'
	}
	return list
}

// fitted is s escaped, or as much of its beginning as fits in limit code units together with an ellipsis, in one line.
func fitted(s string, limit int) string {
	list := letters(strings.Join(lines(s), " "))
	if length(strings.Join(list, "")) <= limit {
		return strings.Join(list, "")
	}
	var b strings.Builder
	room := limit - length(ellipsis)
	for _, letter := range list {
		if room -= length(letter); room < 0 {
			break
		}
		b.WriteString(letter)
	}
	return b.String() + ellipsis
}

// orDash is s, or a dash where there is nothing to see: Discord refuses an empty text.
func orDash(s string) string {
	if strings.TrimSpace(s) == "" {
		return "–"
	}
	return s
}
