package discord

import (
	"cmp"
	"maps"
	"slices"

	"github.com/bwmarrin/discordgo"

	"tyreso.se/incidentbot/bot"
)

// What stands in private between the parts of a dialog. Each is one page, redrawn in place at every step: long answers are shown
// from their beginning, and whole in the modal that changes them.

// summary shows what has been answered so far, with the ways on. wide are the questions whose options do not fit in a select. hint
// says what to do next, where that needs saying.
func (w writer) summary(d *bot.Dialog, at step, wide []question, hint string) page {
	m := bot.Message{Blocks: []bot.Block{bot.Heading(orDash(d.Title))}}
	if hint != "" {
		m.Blocks = append(m.Blocks, bot.Paragraph(hint))
	}
	all := visible(d)
	places := map[string]int{}
	for _, q := range all {
		places[q.ID] = q.place
	}
	var stand []question // what can be changed: asked, or answered beforehand
	for _, f := range d.Visible(d.Values) {
		if f.Kind == bot.Note {
			m.Blocks = append(m.Blocks, bot.Paragraph(f.Label), bot.Small(f.Help))
			continue
		}
		answer := w.answer(f, d.Values[f.ID])
		if answer == "" && !at.asked.has(places[f.ID]) {
			continue
		}
		stand = append(stand, question{f, places[f.ID]})
		m.Blocks = append(m.Blocks, w.answered(f, answer, d.Values)...)
	}
	left := (maskOf(all) &^ at.asked).count()
	m.Blocks = append(m.Blocks, bot.Small(w.text("discord.not_sent")))
	p := drawOne(m, w.text)
	var buttons []discordgo.MessageComponent
	if at.asked != 0 || left == 0 {
		buttons = append(buttons, w.button(at.to(send), cmp.Or(d.Submit, w.text("discord.submit")), discordgo.PrimaryButton))
	}
	switch {
	case left > 0 && at.asked == 0:
		buttons = append(buttons, w.button(at.to(askMore), w.text("discord.open"), discordgo.PrimaryButton))
	case left > 0:
		label := w.texts("discord.more", map[string]any{"Count": left})
		buttons = append(buttons, w.button(at.to(askMore), label, discordgo.SecondaryButton))
	}
	for _, q := range wide[:min(len(wide), maxRowButtons-len(buttons)-1)] {
		label := w.texts("discord.search", map[string]any{"Label": q.Label})
		buttons = append(buttons, w.button(at.to(search).with(maskOf([]question{q})), label, discordgo.SecondaryButton))
	}
	buttons = append(buttons, w.button(at.to(cancel), cmp.Or(d.Cancel, w.text("discord.cancel")), discordgo.SecondaryButton))
	p.Components = append([]discordgo.MessageComponent{discordgo.ActionsRow{Components: buttons}}, w.changeMenus(at, stand)...)
	return p
}

// answered shows a question with its answer.
func (w writer) answered(f bot.Field, answer string, v bot.Values) []bot.Block {
	label := bot.Facts{{Label: f.Label}}
	switch {
	case answer == "":
		return []bot.Block{label, bot.Small(w.text("discord.unanswered"))}
	case f.Kind == bot.DateTime && v.Time(f.ID).IsZero():
		return []bot.Block{label, bot.Quote(answer), bot.Small(w.text("discord.unreadable_time"))}
	}
	return []bot.Block{label, bot.Quote(answer)}
}

// changeMenus are the selects that open a modal with one of the questions.
func (w writer) changeMenus(at step, stand []question) []discordgo.MessageComponent {
	var rows []discordgo.MessageComponent
	for part := range slices.Chunk(stand, maxOptions) {
		menu := discordgo.SelectMenu{
			MenuType: discordgo.StringSelectMenu, CustomID: at.to(askChosen).with(maskOf(part)).pack(),
			Placeholder: cut(w.text("discord.change"), maxPlaceholder),
		}
		for _, q := range part {
			menu.Options = append(menu.Options, option(bot.Option{Value: q.ID, Label: q.Label}, false))
		}
		rows = append(rows, discordgo.ActionsRow{Components: []discordgo.MessageComponent{menu}})
	}
	return rows
}

// mend lists what is wrong with the answers, with a way to mend it. d may be nil: then only the texts are shown.
func (w writer) mend(d *bot.Dialog, at step, errs map[string]string) page {
	m := bot.Message{Blocks: []bot.Block{bot.Heading(w.text("discord.errors"))}}
	var wrong []question
	var facts bot.Facts
	var rest bot.List
	if d != nil {
		for _, q := range visible(d) {
			if text, ok := errs[q.ID]; ok {
				wrong = append(wrong, q)
				facts = append(facts, bot.Fact{Label: q.Label, Value: orDash(text)})
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(errs)) {
		if !slices.ContainsFunc(wrong, func(q question) bool { return q.ID == id }) {
			rest = append(rest, errs[id])
		}
	}
	m.Blocks = append(m.Blocks, facts, rest, bot.Small(w.text("discord.kept")))
	p := drawOne(m, w.text)
	var buttons []discordgo.MessageComponent
	if len(wrong) > 0 {
		fix := at.to(askFields).with(maskOf(wrong))
		buttons = append(buttons, w.button(fix, w.text("discord.fix"), discordgo.PrimaryButton))
	}
	buttons = append(buttons, w.button(at.to(review), w.text("discord.review"), discordgo.SecondaryButton))
	p.Components = []discordgo.MessageComponent{discordgo.ActionsRow{Components: buttons}}
	return p
}

// results shows what a search for text found, to choose from.
func (w writer) results(q question, at step, text string, f found) page {
	blocks := []bot.Block{bot.Heading(orDash(q.Label)), bot.Quote(text)}
	menu := discordgo.SelectMenu{
		MenuType: discordgo.StringSelectMenu, CustomID: at.to(takeResult).with(at.fields).pack(),
		Placeholder: cut(w.text("discord.choose"), maxPlaceholder),
	}
	for _, o := range f.options[:min(len(f.options), maxOptions)] {
		if o.Value != "" && length(o.Value) <= maxOption {
			menu.Options = append(menu.Options, option(o, false))
		}
	}
	switch {
	case len(menu.Options) == 0:
		blocks = append(blocks, bot.Paragraph(w.text("discord.search_none")))
	case f.more || len(f.options) > maxOptions:
		blocks = append(blocks, bot.Small(w.text("discord.search_narrow")))
	}
	p := drawOne(bot.Message{Blocks: blocks}, w.text)
	if len(menu.Options) > 0 {
		p.Components = append(p.Components, discordgo.ActionsRow{Components: []discordgo.MessageComponent{menu}})
	}
	p.Components = append(p.Components, discordgo.ActionsRow{Components: []discordgo.MessageComponent{
		w.button(at.to(search).with(at.fields), w.text("discord.search_again"), discordgo.SecondaryButton),
		w.button(at.to(review), w.text("discord.back"), discordgo.SecondaryButton),
	}})
	return p
}

// failure says that something went wrong, with what the person had just written, which they see nowhere else, and a way on.
func (w writer) failure(key string, on *step, typed []bot.Block) page {
	m := w.note(key)
	if len(typed) > 0 {
		m.Blocks = append(m.Blocks, bot.Small(w.text("discord.typed")))
		m.Blocks = append(m.Blocks, typed...)
	}
	p := drawOne(m, w.text)
	if on != nil {
		p.Components = []discordgo.MessageComponent{discordgo.ActionsRow{Components: []discordgo.MessageComponent{
			w.button(*on, w.text("discord.continue"), discordgo.PrimaryButton),
		}}}
	}
	return p
}

func (w writer) button(to step, text string, style discordgo.ButtonStyle) discordgo.MessageComponent {
	return discordgo.Button{CustomID: to.pack(), Label: cut(orDash(text), maxButton), Style: style}
}
