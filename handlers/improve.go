package handlers

import (
	"context"
	"fmt"
	"strings"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// improveButton opens the dialog where anybody suggests what the governing documents should say.
const improveButton = "improve"

// mostSuggestions is how many suggestions are shown at once: two blocks each, and Slack's messages take fifty
// (https://docs.slack.dev/reference/block-kit/blocks).
const mostSuggestions = 20

// improvementArgument is what is suggested with the command, and whether it is the command to suggest something.
func improvementArgument(text string) (suggestion string, ok bool) {
	word, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	switch strings.ToLower(word) {
	case "förbättring", "improvement":
		return strings.TrimSpace(rest), true
	}
	return "", false
}

// openImprove opens the dialog.
func (a *App) openImprove(ctx context.Context, req bot.Request) (bot.Reply, error) {
	return bot.Reply{Dialog: a.suggestionDialog(a.language(ctx, req.Actor))}, nil
}

// suggest keeps what was suggested with the command, or asks for it.
func (a *App) suggest(ctx context.Context, req bot.Request, text string) (bot.Reply, error) {
	dialog := a.suggestionDialog(a.language(ctx, req.Actor))
	if text == "" {
		return bot.Reply{Dialog: dialog}, nil
	}
	dialog.Values = bot.Values{fieldMessage: {text}}
	if found := dialog.Check(dialog.Values, 0, a.Store.Now()); len(found) > 0 {
		return bot.Reply{Dialog: dialog}, nil // to be mended there
	}
	return a.keepSuggestion(ctx, req, text)
}

func (a *App) suggestionDialog(lang string) *bot.Dialog {
	t := func(key string) string { return a.Texts.T(lang, key) }
	return &bot.Dialog{
		ID: improveButton, Title: t("improve.title"), Submit: t("button.send"), Cancel: t("button.cancel"),
		Fields: []bot.Field{
			{ID: fieldMessage, Kind: bot.LongText, Required: true, Min: 5, Max: maxNote, Label: t("improve.text"), Help: t("improve.help")},
		},
	}
}

// improve keeps what was suggested in the dialog.
func (a *App) improve(ctx context.Context, req bot.Request) (bot.Reply, error) {
	lang := a.language(ctx, req.Actor)
	if found := a.suggestionDialog(lang).Check(req.Values, 0, a.Store.Now()); len(found) > 0 {
		return bot.Reply{Errors: a.problems(lang, found)}, nil
	}
	return a.keepSuggestion(ctx, req, req.Values.Get(fieldMessage))
}

// keepSuggestion keeps a suggestion until the governing documents are revised.
func (a *App) keepSuggestion(ctx context.Context, req bot.Request, text string) (bot.Reply, error) {
	masked, _ := policy.MaskPersonalNumbers(strings.TrimSpace(text))
	err := a.once(ctx, req.Key, func(tx *store.Tx) error {
		author, err := a.ensureAccount(ctx, tx, req.Actor)
		if err != nil {
			return err
		}
		if err := tx.AddImprovement(ctx, &store.Improvement{AuthorID: author.ID, Text: masked}); err != nil {
			return err
		}
		return a.audit(ctx, tx, actorName(req.Actor), "improvement.suggested", "", map[string]any{"text_sha256": digest(masked)})
	})
	if err != nil {
		return bot.Reply{}, fmt.Errorf("keeping a suggestion: %w", err)
	}
	return a.private(a.language(ctx, req.Actor), "improve.kept"), nil
}
