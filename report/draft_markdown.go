package report

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// Markdown writes the draft as CommonMark. What people wrote stands in code blocks, letter for letter, so that it can be copied into a
// form as it is and nothing in it has a meaning; everything else has its marks escaped.
func (d Draft) Markdown() string {
	var out strings.Builder
	paragraph := func(s string) {
		if s != "" {
			out.WriteString(s + "\n\n")
		}
	}
	paragraph("# " + escaped(d.Title))
	facts := []string{"**" + escaped(d.words.draft) + "**"}
	for _, fact := range d.facts() {
		facts = append(facts, escaped(fact))
	}
	paragraph(strings.Join(facts, " · "))
	for _, notice := range d.Notices {
		paragraph("> " + escaped(notice))
	}
	for i, section := range d.Sections {
		paragraph("## " + strconv.Itoa(i+1) + ". " + escaped(section.Title))
		for j, row := range section.Rows {
			paragraph("### " + escaped(number(i, j)+" "+row.Question))
			for _, p := range row.Parts {
				switch p.Kind {
				case Words:
					if p.Label != "" {
						paragraph(escaped(p.Label + ":"))
					}
					paragraph(fenced(p.Text))
				case Gap:
					paragraph("**[" + escaped(d.words.gap) + "]** " + escaped(p.line())) // no link: it would take a definition
				default:
					paragraph(escaped(p.line()))
				}
			}
		}
	}
	return strings.TrimRight(out.String(), "\n") + "\n"
}

// fenced puts a text into a code block, which ends only at a line of as many backticks as it began with: one more than stand together
// anywhere in the text. https://spec.commonmark.org/0.31.2/#fenced-code-blocks
func fenced(text string) string {
	longest, run := 2, 0
	for _, r := range text {
		if r != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", longest+1)
	return fence + "\n" + plain(text) + "\n" + fence
}

// plain is a text without what is no text: control characters and bytes that are no UTF-8. Its lines end in \n.
func plain(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(text, "\uFFFD"))
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text)
}

var (
	// markers are the characters that mean something inside a line.
	markers = regexp.MustCompile("[\\\\`*_\\[\\]<>~|#]|&#?[0-9A-Za-z]+;")
	// opening is what makes a list or a heading of a line, or a heading of the one before it.
	opening = regexp.MustCompile(`^([-+=]|[0-9]{1,9}[.)](?:\s|$))`)
	// links are the beginnings of addresses that become links by themselves. https://github.github.com/gfm/#autolinks-extension-
	links = regexp.MustCompile(`(?i)(://|\bwww\.|\bmailto:|\bxmpp:)`)
)

// escaped is a text on one line in which no character has a meaning.
func escaped(text string) string {
	text = strings.Join(strings.Fields(plain(text)), " ")
	text = markers.ReplaceAllString(text, `\$0`)
	text = links.ReplaceAllStringFunc(text, func(s string) string {
		i := strings.IndexAny(s, ":.")
		return s[:i] + `\` + s[i:]
	})
	return opening.ReplaceAllStringFunc(text, func(s string) string {
		i := strings.IndexAny(s, "-+=.)")
		return s[:i] + `\` + s[i:]
	})
}
