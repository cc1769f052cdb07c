package handlers

import (
	"strings"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// receipt is what the reporter gets at once and as direct message: number, what to do right now, a question when
// two categories lie close, what happens next.
func (a *App) receipt(lang string, c store.Incident) bot.Message {
	t := func(key string, data ...locale.Data) string { return a.Texts.T(lang, key, data...) }
	number := locale.Data{"Number": c.Number}
	if c.StopQuestion {
		return bot.Message{Summary: t("receipt.summary", number), Blocks: []bot.Block{
			bot.Heading(t("receipt.heading", number)),
			bot.Paragraph(t("receipt.stop")),
		}}
	}
	blocks := []bot.Block{
		bot.Heading(t("receipt.heading", number)),
		bot.Paragraph(t("receipt.thanks")),
		a.adviceFacts(lang, c),
	}
	blocks = append(blocks, a.clarifyingQuestion(lang, c)...)
	next := "receipt.next"
	if c.ReporterID == nil {
		next = "receipt.next.anonymous"
	}
	blocks = append(blocks, bot.Facts{{Label: t("receipt.next.label"), Value: t(next, number)}})
	if strings.Contains(c.Text+c.Done, policy.MaskedNumber) {
		blocks = append(blocks, bot.Paragraph(t("receipt.masked")))
	}
	return bot.Message{Summary: t("receipt.summary", number), Blocks: append(blocks, bot.Small(t("receipt.small")))}
}

// adviceFacts are what to do right now, by the category suggested.
func (a *App) adviceFacts(lang string, c store.Incident) bot.Facts {
	label := a.Texts.T(lang, "receipt.now", locale.Data{"Category": a.Texts.T(lang, "category."+string(c.Suggested))})
	return bot.Facts{{Label: label, Value: a.advice(lang, c.Suggested)}}
}

// advice is what to do right now: the municipality's own words where it has given some.
func (a *App) advice(lang string, c policy.Category) string {
	if own := a.Settings.Advice[c][lang]; own != "" {
		return own
	}
	return a.Texts.T(lang, "category."+string(c)+".advice")
}

// news is a message to the reporter about their case.
func (a *App) news(lang, kind string, c store.Incident, by string, note store.Note) bot.Message {
	t := func(key string, data ...locale.Data) string { return a.Texts.T(lang, key, data...) }
	data := locale.Data{"Number": c.Number, "Name": by}
	m := bot.Message{Summary: t("news."+kind+".summary", data), Blocks: []bot.Block{bot.Heading(t("news."+kind+".heading", data))}}
	if kind == noteDelivery {
		m.Blocks = append(m.Blocks, bot.Quote(note.Text), bot.Small(t("news.note.small", data)))
		if c.Status != store.Closed {
			m.Blocks = append(m.Blocks, bot.Buttons{{ID: answerButton, Subject: c.Ref, Text: t("button.answer"), Style: bot.Primary}})
		}
		return m
	}
	m.Blocks = append(m.Blocks, bot.Paragraph(t("news."+kind+".text", data)))
	return m
}
