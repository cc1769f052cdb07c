package slack

import (
	"fmt"
	"strings"

	slackgo "github.com/slack-go/slack"

	"tyreso.se/incidentbot/bot"
)

// Blocks draws a message as at most limit blocks; Slack takes 50 in a message and 100 in a view. cuts names what did not
// fit and was shortened or left out. The error tells of a button that cannot be drawn.
//
// Nothing here is mrkdwn, Slack's markup: every text is a plain text object or a text element of a rich text block, in
// which nothing is parsed (https://docs.slack.dev/reference/block-kit/blocks/rich-text-block). What people wrote is thus
// shown to the letter, and no mention, link or formatting in it can take effect.
func Blocks(m bot.Message, limit int) (blocks []slackgo.Block, cuts []string, err error) {
	p := pen{}
	seen := map[string]bool{}
	for _, b := range m.Blocks {
		switch b := b.(type) {
		case bot.Heading:
			if b != "" {
				blocks = append(blocks, slackgo.NewHeaderBlock(p.plain("heading", "text", string(b), maxHeader)))
			}
		case bot.Paragraph:
			if b != "" {
				blocks = append(blocks, slackgo.NewRichTextBlock("", slackgo.NewRichTextSection(p.letters("paragraph", string(b)))))
			}
		case bot.Quote:
			if b != "" {
				quote := &slackgo.RichTextQuote{Type: slackgo.RTEQuote}
				quote.Elements = append(quote.Elements, p.letters("quote", string(b)))
				blocks = append(blocks, slackgo.NewRichTextBlock("", quote))
			}
		case bot.List:
			if len(b) > 0 {
				blocks = append(blocks, p.list(b))
			}
		case bot.Facts:
			if len(b) > 0 {
				blocks = append(blocks, p.facts(b))
			}
		case bot.Small:
			if b != "" {
				blocks = append(blocks, slackgo.NewContextBlock("", p.plain("small", "text", string(b), maxText)))
			}
		case bot.Divider:
			blocks = append(blocks, slackgo.NewDividerBlock())
		case bot.Buttons:
			rows, err := p.buttons(b, seen)
			if err != nil {
				return nil, nil, err
			}
			blocks = append(blocks, rows...)
		default:
			return nil, nil, fmt.Errorf("drawing a message: unknown block %T", b)
		}
	}
	if len(blocks) > limit {
		p.cuts = append(p.cuts, fmt.Sprintf("%d of %d blocks", len(blocks)-limit, len(blocks)))
		blocks = blocks[:limit]
	}
	return blocks, p.cuts, nil
}

// pen draws texts within their limits and remembers which did not fit.
type pen struct{ cuts []string }

// plain draws a plain text object. Colons do not become emoji, and an empty text, which Slack refuses, becomes a dash.
func (p *pen) plain(where, part, s string, limit int) *slackgo.TextBlockObject {
	return slackgo.NewTextBlockObject(slackgo.PlainTextType, p.fit(where, part, orDash(s), limit), false, false)
}

// letters draws a text element of rich text.
func (p *pen) letters(where, s string) *slackgo.RichTextSectionTextElement {
	return slackgo.NewRichTextSectionTextElement(p.fit(where, "text", orDash(s), maxRichText), nil)
}

func (p *pen) fit(where, part, s string, limit int) string {
	s, was := cut(s, limit)
	if was {
		p.cuts = append(p.cuts, where+" "+part)
	}
	return s
}

func orDash(s string) string {
	if strings.TrimSpace(s) == "" {
		return "–"
	}
	return s
}

func (p *pen) list(points bot.List) slackgo.Block {
	items := make([]slackgo.RichTextElement, 0, len(points))
	for _, point := range points {
		items = append(items, slackgo.NewRichTextSection(p.letters("list", point)))
	}
	return slackgo.NewRichTextBlock("", slackgo.NewRichTextList(slackgo.RTEListBullet, 0, items...))
}

// facts draws one line per fact with its label in bold: on a phone, where most read them, columns would be stacked anyway.
func (p *pen) facts(facts bot.Facts) slackgo.Block {
	bold := &slackgo.RichTextSectionTextStyle{Bold: true}
	lines := make([]slackgo.RichTextSectionElement, 0, 2*len(facts))
	for i, f := range facts {
		value := p.letters("fact", f.Value)
		if i < len(facts)-1 {
			value.Text += "\n"
		}
		label := p.fit("fact", "label", orDash(f.Label), maxLabel)
		lines = append(lines, slackgo.NewRichTextSectionTextElement(label+": ", bold), value)
	}
	return slackgo.NewRichTextBlock("", slackgo.NewRichTextSection(lines...))
}

func (p *pen) buttons(buttons bot.Buttons, seen map[string]bool) ([]slackgo.Block, error) {
	var rows []slackgo.Block
	for start := 0; start < len(buttons); start += maxActions {
		var row []slackgo.BlockElement
		for _, b := range buttons[start:min(start+maxActions, len(buttons))] {
			id := uniqueID(seen, b.ID)
			if b.ID == "" || length(id) > maxID || length(b.Subject) > maxButtonValue {
				return nil, fmt.Errorf("drawing button %q: its id must have 1–%d characters and its subject at most %d",
					b.ID, maxID, maxButtonValue)
			}
			button := slackgo.NewButtonBlockElement(id, b.Subject, p.plain(b.ID, "text", b.Text, maxButtonText))
			switch b.Style {
			case bot.Primary:
				button.Style = slackgo.StylePrimary
			case bot.Danger:
				button.Style = slackgo.StyleDanger
			}
			row = append(row, button)
		}
		rows = append(rows, slackgo.NewActionBlock("", row...))
	}
	return rows, nil
}

// fallback is the text beside the blocks, which notifications show. It is the only text that Slack parses, so its three
// control characters are escaped (https://docs.slack.dev/messaging/formatting-message-text#escaping).
func fallback(summary string) string {
	s, _ := cut(orDash(summary), maxFallback/len("&amp;"))
	return escaper.Replace(s)
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
