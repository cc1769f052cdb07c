package bottest

import (
	"fmt"
	"slices"
	"strings"

	"tyreso.se/incidentbot/bot"
)

// form is a dialog with the fields.
func form(fields ...bot.Field) *bot.Dialog {
	return &bot.Dialog{
		ID: "form", Subject: "ref_1-åäö", Title: "Rapportera incident", Submit: "Skicka", Cancel: "Avbryt", Fields: fields,
	}
}

func options(values ...string) []bot.Option {
	all := make([]bot.Option, len(values))
	for i, v := range values {
		all[i] = bot.Option{Value: v, Label: "Svar " + v}
	}
	return all
}

// answerCase is a field with an answer to it.
type answerCase struct {
	name   string
	field  bot.Field
	answer []string
}

func answerCases() []answerCase {
	var cases []answerCase
	for _, hard := range slices.Concat(hardTexts(), []hardText{{"the longest text", longText(MaxText)}, {"nothing", ""}}) {
		cases = append(cases, answerCase{"one line, " + hard.name, bot.Field{Kind: bot.Text, Max: MaxText}, []string{hard.text}})
	}
	for _, hard := range slices.Concat(hardTexts(), hardParagraphs(), []hardText{
		{"the longest text", longText(MaxText)},
		{"the longest text of marks", strings.Repeat("*", MaxText)},
		{"the longest text of wide letters", strings.Repeat("🙂", MaxText/2)},
		{"nothing", ""},
		{"nothing but space", " \t "},
	}) {
		cases = append(cases, answerCase{"several lines, " + hard.name, bot.Field{Kind: bot.LongText, Max: MaxText}, []string{hard.text}})
	}
	few, many := options("a", "b", "c"), make([]bot.Option, MaxOptions)
	var all []string
	for i := range many {
		many[i] = bot.Option{Value: fmt.Sprintf("v%d", i), Label: fmt.Sprintf("Alternativ %d", i), Help: "Vad det betyder"}
		all = append(all, many[i].Value)
	}
	cases = append(cases, []answerCase{
		{"no choice", bot.Field{Kind: bot.Choice, Options: few}, nil},
		{"the first choice", bot.Field{Kind: bot.Choice, Options: few}, []string{"a"}},
		{"the last choice", bot.Field{Kind: bot.Choice, Options: few}, []string{"c"}},
		{"the only choice", bot.Field{Kind: bot.Choice, Options: few[:1]}, []string{"a"}},
		{"the last of many choices", bot.Field{Kind: bot.Choice, Options: many}, all[len(all)-1:]},
		{"none of several", bot.Field{Kind: bot.Choices, Options: few}, nil},
		{"one of several", bot.Field{Kind: bot.Choices, Options: few}, []string{"b"}},
		{"all of several", bot.Field{Kind: bot.Choices, Options: few}, []string{"a", "b", "c"}},
		{"all of many", bot.Field{Kind: bot.Choices, Options: many}, all},
		{"some of many", bot.Field{Kind: bot.Choices, Options: many}, []string{all[0], all[11], all[len(all)-1]}},
		{"no time", bot.Field{Kind: bot.DateTime}, nil},
	}...)
	for _, hard := range hardTexts() {
		if text := strings.TrimSpace(hard.text); len([]rune(text)) <= MaxOptionLabel/2 {
			alike := []bot.Option{{Value: "other", Label: "Något annat"}, {Value: text, Label: text}}
			cases = append(cases,
				answerCase{"a choice of " + hard.name, bot.Field{Kind: bot.Choice, Options: alike}, []string{text}},
				answerCase{"several choices with " + hard.name, bot.Field{Kind: bot.Choices, Options: alike}, []string{"other", text}})
		}
	}
	for _, at := range []string{
		"2026-11-23T13:05:00Z",
		"2026-03-29T00:59:00Z", "2026-03-29T01:00:00Z", // an hour that is left out in Europe
		"2026-10-24T23:59:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z", // an hour that comes twice
		"2025-12-31T23:30:00Z", "2024-02-29T12:00:00Z",
	} {
		cases = append(cases, answerCase{"the time " + at, bot.Field{Kind: bot.DateTime}, []string{at}})
	}
	for i := range cases {
		cases[i].field.ID, cases[i].field.Label = "field", "Vad hände?"
	}
	return cases
}

// everyKind is a dialog with a field of every kind.
func everyKind() *bot.Dialog {
	return form(
		bot.Field{ID: "note", Kind: bot.Note, Label: "Läs det här först.", Help: "Det går fort."},
		bot.Field{ID: "line", Kind: bot.Text, Label: "En rad", Help: "Kort.", Placeholder: "Skriv här", Max: 100},
		bot.Field{ID: "text", Kind: bot.LongText, Label: "Flera rader", Placeholder: "Skriv här", Max: MaxText},
		bot.Field{ID: "one", Kind: bot.Choice, Label: "Ett svar", Options: options("a", "b", "c")},
		bot.Field{ID: "some", Kind: bot.Choices, Label: "Några svar", Options: options("a", "b", "c"), Help: "Välj de som stämmer."},
		bot.Field{ID: "system", Kind: bot.Lookup, Label: "Vilket system?", Placeholder: "Sök"},
		bot.Field{ID: "when", Kind: bot.DateTime, Label: "När?"},
		bot.Field{ID: "files", Kind: bot.Files, Label: "Bilagor", Max: 5},
	)
}
