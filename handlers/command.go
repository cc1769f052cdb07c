package handlers

import (
	"context"
	"strings"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/policy"
)

// command reads what follows /incident, in either language. Alone it opens the report dialog; words that are no subcommand are
// taken as the beginning of a report, so that nobody has to know the syntax.
func (a *App) command(ctx context.Context, req bot.Request) (bot.Reply, error) {
	switch strings.ToLower(strings.TrimSpace(req.Text)) {
	case "", "report", "rapportera":
		return a.openReport(ctx, req, "")
	case "status", "läge":
		return a.status(ctx, req)
	case "mine", "mina":
		return a.mine(ctx, req)
	case "case", "ärende":
		return a.private(a.language(ctx, req.Actor), "case.how"), nil
	case "help", "hjälp", "?":
		return a.help(ctx, req)
	case "back", "åter":
		return a.comeBack(ctx, req)
	}
	if number, ok := caseArgument(req.Text); ok {
		return a.showCase(ctx, req, number)
	}
	if words, ok := inventoryArgument(req.Text); ok {
		return a.searchInventory(ctx, req, words)
	}
	if number, ok := riskArgument(req.Text); ok {
		return a.risksAt(ctx, req, number)
	}
	if isMeasures(req.Text) {
		return a.listAllMeasures(ctx, req)
	}
	if year, ok := followupArgument(req.Text); ok {
		return a.showFollowup(ctx, req, year)
	}
	if text, ok := improvementArgument(req.Text); ok {
		return a.suggest(ctx, req, text)
	}
	if day, ok := trainingArgument(req.Text); ok {
		return a.trainingAt(ctx, req, day)
	}
	if address, ok := linkArgument(req.Text); ok {
		return a.link(ctx, req, address)
	}
	if day, ok := absenceArgument(req.Text); ok {
		return a.handOver(ctx, req, day)
	}
	return a.openReport(ctx, req, req.Text)
}

// Subcommands are what may follow the command, for surfaces on which every word is declared beforehand. A test holds them
// against what command understands.
func (a *App) Subcommands(lang string) []bot.Subcommand {
	t := func(key string) string { return a.Texts.T(lang, key) }
	return []bot.Subcommand{
		{
			Text: "report", Name: t("subcommand.report"), Description: t("subcommand.report.description"),
			Argument: &bot.Field{ID: fieldSystem, Kind: bot.Lookup, Label: t("subcommand.report.system")},
		},
		{Text: "mine", Name: t("subcommand.mine"), Description: t("help.mine")},
		{Text: "status", Name: t("subcommand.status"), Description: t("help.status")},
		{
			Text: "training", Name: t("subcommand.training"), Description: t("help.training"),
			Argument: &bot.Field{ID: "day", Kind: bot.Text, Label: t("subcommand.training.day")},
		},
		{
			Text: "case", Name: t("subcommand.case"), Description: t("help.case"),
			Argument: &bot.Field{ID: "number", Kind: bot.Text, Required: true, Label: t("subcommand.case.number")},
		},
		{
			Text: "link", Name: t("subcommand.link"), Description: t("help.link"),
			Argument: &bot.Field{ID: "address", Kind: bot.Text, Required: true, Label: t("subcommand.link.address")},
		},
		{
			Text: "away", Name: t("subcommand.away"), Description: t("help.away"),
			Argument: &bot.Field{ID: "day", Kind: bot.Text, Required: true, Label: t("subcommand.away.day")},
		},
		{Text: "back", Name: t("subcommand.back"), Description: t("help.back")},
		{
			Text: "improvement", Name: t("subcommand.improvement"), Description: t("help.improvement"),
			Argument: &bot.Field{ID: "text", Kind: bot.Text, Label: t("improve.text")},
		},
		{
			Text: "systems", Name: t("subcommand.systems"), Description: t("help.systems"),
			Argument: &bot.Field{ID: "words", Kind: bot.Text, Label: t("discord.search_label")},
		},
		{
			Text: "risks", Name: t("subcommand.risks"), Description: t("help.risks"),
			Argument: &bot.Field{ID: "number", Kind: bot.Text, Label: t("subcommand.risks.number")},
		},
		{Text: "measures", Name: t("subcommand.measures"), Description: t("help.measures")},
		{Text: "followup", Name: t("subcommand.followup"), Description: t("help.followup")},
		{Text: "help", Name: t("subcommand.help"), Description: t("help.help")},
	}
}

func (a *App) help(ctx context.Context, req bot.Request) (bot.Reply, error) {
	lang := a.language(ctx, req.Actor)
	t := func(key string) string { return a.Texts.T(lang, key) }
	roles, err := a.rolesOf(ctx, req.Actor)
	if err != nil {
		return bot.Reply{}, err
	}
	words := bot.Facts{
		{Label: "/incident", Value: t("help.report")},
		{Label: "/incident mina", Value: t("help.mine")},
		{Label: "/incident status", Value: t("help.status")},
		{Label: "/incident utbildning", Value: t("help.training")},
		{Label: "/incident ärende", Value: t("help.case")},
		{Label: "/incident koppla", Value: t("help.link")},
	}
	if len(roles) > 0 {
		words = append(words,
			bot.Fact{Label: "/incident frånvaro", Value: t("help.away")}, bot.Fact{Label: "/incident åter", Value: t("help.back")})
	}
	words = append(words,
		bot.Fact{Label: "/incident förbättring", Value: t("help.improvement")},
		bot.Fact{Label: "/incident systemlista", Value: t("help.systems")},
		bot.Fact{Label: "/incident åtgärder", Value: t("help.measures")},
		bot.Fact{Label: "/incident risker", Value: t("help.risks")})
	if policy.MayFollowUp(roles, policy.GetFollowup) {
		words = append(words, bot.Fact{Label: "/incident uppföljning", Value: t("help.followup")})
	}
	words = append(words, bot.Fact{Label: "/incident hjälp", Value: t("help.help")})
	return bot.Reply{Message: &bot.Message{
		Summary: t("help.title"),
		Blocks: []bot.Block{
			bot.Heading(t("help.title")),
			bot.Paragraph(t("help.what")),
			words,
			bot.Paragraph(t("help.shortcut")),
			bot.Small(t("help.urgent")),
			bot.Buttons{
				{ID: reportButton, Text: t("button.report"), Style: bot.Primary},
				{ID: improveButton, Text: t("button.improve")},
			},
		},
	}}, nil
}
