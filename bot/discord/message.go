package discord

import (
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode"

	"github.com/bwmarrin/discordgo"

	"tyreso.se/incidentbot/bot"
)

// page is one message of Discord's. A long bot.Message takes several.
type page struct {
	Content    string
	Embeds     []*discordgo.MessageEmbed
	Components []discordgo.MessageComponent
}

// draw draws a message as one page or more; the last has the buttons that stand at its end.
//
// The content holds the summary only, because notifications show it. All else stands in the descriptions of embeds, where no
// mention notifies anybody and no address is looked up for a preview
// (https://discord.com/developers/docs/resources/message#embed-object).
func draw(m bot.Message, _ func(key string) string) []page {
	p := &printer{}
	p.turn()
	p.at().Content = fitted(m.Summary, maxContent)
	for _, b := range m.Blocks {
		p.block(b)
	}
	p.tidy()
	if first := &p.pages[0]; first.Content == "" && len(first.Embeds) == 0 {
		first.Content = orDash("")
	}
	return p.pages
}

// drawOne draws a message as one page: the longest of its texts are shortened as much as that takes.
func drawOne(m bot.Message, text func(key string) string) page {
	pages := draw(m, text)
	if len(pages) == 1 {
		return pages[0]
	}
	// Each text may have so many characters: as many as possible, hardly any when even that is too much.
	limit := sort.Search(maxEmbedTotal, func(n int) bool { return len(draw(shortened(m, n+1), text)) > 1 })
	pages = draw(shortened(m, limit), text)
	pages[0].Components = pages[len(pages)-1].Components
	return pages[0]
}

// shortened is m with at most limit characters in each text.
func shortened(m bot.Message, limit int) bot.Message {
	limit = max(limit, 1)
	m.Blocks = slices.Clone(m.Blocks)
	for i, b := range m.Blocks {
		switch b := b.(type) {
		case bot.Paragraph:
			m.Blocks[i] = bot.Paragraph(cut(string(b), limit))
		case bot.Quote:
			m.Blocks[i] = bot.Quote(cut(string(b), limit))
		case bot.Small:
			m.Blocks[i] = bot.Small(cut(string(b), limit))
		case bot.List:
			list := slices.Clone(b)
			for i := range list {
				list[i] = cut(list[i], limit)
			}
			m.Blocks[i] = list
		case bot.Facts:
			facts := slices.Clone(b)
			for i := range facts {
				facts[i].Value = cut(facts[i].Value, limit)
			}
			m.Blocks[i] = facts
		}
	}
	return m
}

// printer draws blocks on pages.
type printer struct {
	pages   []page
	used    int             // characters in the embeds of the page
	apart   bool            // what comes next stands in an embed of its own
	close   bool            // what comes next stands on the next line, as what belongs together does
	buttons int             // on the page
	ids     map[string]bool // custom ids on the page
}

func (p *printer) block(b bot.Block) {
	switch b := b.(type) {
	case bot.Heading:
		if b != "" {
			p.heading(string(b))
		}
	case bot.Paragraph:
		if b != "" {
			p.paragraph("", orDash(string(b)))
		}
	case bot.Quote:
		if b != "" {
			p.paragraph(quoted, orDash(string(b)))
		}
	case bot.Small:
		if b != "" {
			p.close = true
			p.paragraph(smallPrint, orDash(string(b)))
		}
	case bot.List:
		for i, point := range b {
			p.close = p.close || i > 0
			p.point(point)
		}
	case bot.Facts:
		for i, fact := range b {
			p.close = p.close || i > 0
			p.fact(fact)
		}
		p.close = len(b) > 0 && b[len(b)-1].Value == "" // a label for what comes next
	case bot.Divider:
		p.apart = true
	case bot.Buttons:
		for _, button := range b {
			p.button(button)
		}
	}
}

func (p *printer) at() *page { return &p.pages[len(p.pages)-1] }

// turn begins a page.
func (p *printer) turn() {
	p.pages = append(p.pages, page{})
	p.used, p.apart, p.close, p.buttons, p.ids = 0, false, false, 0, map[string]bool{}
}

// embed returns the embed that is written in, a new one when that one is to stand by itself. There must be room on the page.
func (p *printer) embed() *discordgo.MessageEmbed {
	page := p.at()
	if n := len(page.Embeds); n > 0 && !p.apart {
		return page.Embeds[n-1]
	}
	p.apart, p.close = false, false
	page.Embeds = append(page.Embeds, &discordgo.MessageEmbed{})
	return page.Embeds[len(page.Embeds)-1]
}

// room is how many characters still go into the embed that is written in.
func (p *printer) room() int {
	page, left := p.at(), maxEmbedTotal-p.used
	switch n := len(page.Embeds); {
	case n == 0:
		return min(maxDescription, left)
	case !p.apart:
		return min(maxDescription-length(page.Embeds[n-1].Description), left)
	case n == maxEmbeds:
		return 0
	}
	return min(maxDescription, left)
}

// begin goes to a new embed, on a new page when this one has no room for n characters.
func (p *printer) begin(n int) {
	p.apart = true
	if p.room() < n {
		p.turn()
	}
}

func (p *printer) heading(s string) {
	if p.apart = len(p.at().Embeds) > 0; p.room() < 2*maxTitle { // not by itself at the end of a page
		p.turn()
	}
	e := p.embed()
	e.Title = fitted(orDash(s), maxTitle)
	p.used += length(e.Title)
}

// paragraph writes lines that each begin with prefix.
func (p *printer) paragraph(prefix, s string) {
	for i, line := range lines(s) {
		p.close = p.close || i > 0
		if strings.TrimSpace(line) == "" && prefix == smallPrint {
			p.line("", "", nil) // the mark alone would be seen
			continue
		}
		p.line(prefix, prefix, letters(line))
	}
}

// tidy takes away the empty lines of a quote that end an embed, where Discord trims white space and the mark alone would be seen, and
// what is empty without them.
func (p *printer) tidy() {
	mark := strings.TrimSpace(quoted)
	for i := range p.pages {
		page := &p.pages[i]
		for _, e := range page.Embeds {
			e.Description = strings.TrimRightFunc(e.Description, unicode.IsSpace)
			for e.Description == mark || strings.HasSuffix(e.Description, "\n"+mark) {
				e.Description = strings.TrimRightFunc(strings.TrimSuffix(e.Description, mark), unicode.IsSpace)
			}
		}
		page.Embeds = slices.DeleteFunc(page.Embeds, func(e *discordgo.MessageEmbed) bool { return e.Title == "" && e.Description == "" })
	}
	first := p.pages[0]
	p.pages = slices.DeleteFunc(p.pages, func(q page) bool { return q.Content == "" && len(q.Embeds) == 0 && len(q.Components) == 0 })
	if len(p.pages) == 0 {
		p.pages = []page{first}
	}
}

// What a line begins with in a quote and in small print.
const (
	quoted     = "> "
	smallPrint = "-# "
)

func (p *printer) point(s string) {
	for i, line := range lines(orDash(s)) {
		prefix := "- "
		if i > 0 {
			prefix, p.close = "  ", true
		}
		p.line(prefix, "  ", letters(line))
	}
}

// fact writes a label in bold and its value after it, or nothing when the value is to come in a block of its own.
func (p *printer) fact(f bot.Fact) {
	label := "**" + fitted(orDash(f.Label), maxTitle) + "**"
	if f.Value == "" {
		p.line(label, "", nil)
		return
	}
	for i, line := range lines(f.Value) {
		prefix := label + " "
		if i > 0 {
			prefix, p.close = "", true
		}
		p.line(prefix, "", letters(line))
	}
}

// line writes one line. What does not fit goes on in the next embed, after the prefix further.
func (p *printer) line(prefix, further string, rest []string) {
	size := 0
	for _, letter := range rest {
		size += length(letter)
	}
	if whole := length(prefix) + size; whole+len("\n\n") > p.room() && whole <= maxDescription {
		p.begin(whole)
	}
	for {
		gap := p.gap()
		room := p.room() - length(gap+prefix)
		if room < maxTitle && size > room { // hardly worth beginning
			p.begin(maxTitle + length(prefix))
			gap = ""
			room = p.room() - length(prefix)
		}
		n, taken := fitting(rest, room)
		e := p.embed()
		written := gap + prefix + strings.Join(rest[:n], "")
		e.Description += written
		p.used += length(written)
		p.close = false
		if rest, size = rest[n:], size-taken; len(rest) == 0 {
			return
		}
		prefix = further
		p.begin(maxTitle + length(prefix))
	}
}

// gap is what stands between what is written and what comes next in the same embed.
func (p *printer) gap() string {
	page := p.at()
	switch n := len(page.Embeds); {
	case n == 0 || p.apart || page.Embeds[n-1].Description == "":
		return ""
	case p.close:
		return "\n"
	}
	return "\n\n"
}

// fitting is how many of the letters fit, and the characters they take: to the end of a word where one ends in the last half.
func fitting(list []string, room int) (n, taken int) {
	word, wordTaken := 0, 0
	for n < len(list) && taken+length(list[n]) <= room {
		taken += length(list[n])
		if n++; list[n-1] == " " {
			word, wordTaken = n, taken
		}
	}
	if n < len(list) && word > n/2 {
		return word, wordTaken
	}
	return n, taken
}

// button adds a button in the last row of the page: Discord has none inside embeds. One whose id is longer than Discord takes cannot
// be drawn.
func (p *printer) button(b bot.Button) {
	if p.buttons == maxRows*maxRowButtons {
		p.turn()
	}
	id, ok := pressID(b, p.ids)
	if !ok {
		return
	}
	style := discordgo.SecondaryButton
	switch b.Style {
	case bot.Primary:
		style = discordgo.PrimaryButton
	case bot.Danger:
		style = discordgo.DangerButton
	}
	page := p.at()
	if p.buttons%maxRowButtons == 0 {
		page.Components = append(page.Components, discordgo.ActionsRow{})
	}
	p.buttons++
	last := len(page.Components) - 1
	row, _ := page.Components[last].(discordgo.ActionsRow)
	row.Components = append(row.Components, discordgo.Button{Label: cut(orDash(b.Text), maxButton), Style: style, CustomID: id})
	page.Components[last] = row
}

// pressID is the custom id of a button, unlike those in seen. It is false when there is no room for it.
func pressID(b bot.Button, seen map[string]bool) (string, bool) {
	id := press{b.ID, b.Subject}.pack()
	unique := id
	for n := 2; seen[unique]; n++ {
		unique = id + separator + strconv.Itoa(n)
	}
	seen[unique] = true
	return unique, b.ID != "" && length(unique) <= maxCustomID
}
