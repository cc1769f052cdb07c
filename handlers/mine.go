package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// shown is how many cases a list shows.
const shown = 10

// mine lists a person's own reports, newest first.
func (a *App) mine(ctx context.Context, req bot.Request) (bot.Reply, error) {
	lang := a.language(ctx, req.Actor)
	blocks, err := a.ownReports(ctx, req.Actor, lang, false)
	if err != nil {
		return bot.Reply{}, err
	}
	title := a.Texts.T(lang, "mine.title")
	return bot.Reply{Message: &bot.Message{Summary: title, Blocks: append([]bot.Block{bot.Heading(title)}, blocks...)}}, nil
}

// status tells how far a person's open reports have come, and those who work the cases where the register stands.
func (a *App) status(ctx context.Context, req bot.Request) (bot.Reply, error) {
	lang := a.language(ctx, req.Actor)
	title := a.Texts.T(lang, "status.title")
	own, err := a.ownReports(ctx, req.Actor, lang, true)
	if err != nil {
		return bot.Reply{}, err
	}
	register, err := a.openCases(ctx, req.Actor, lang)
	if err != nil {
		return bot.Reply{}, err
	}
	if register != nil { // whoever sees it works the cases
		away, err := a.absentees(ctx, lang)
		if err != nil {
			return bot.Reply{}, err
		}
		register = append(register, away...)
	}
	blocks := slices.Concat([]bot.Block{bot.Heading(title)}, own, register)
	return bot.Reply{Message: &bot.Message{Summary: title, Blocks: blocks}}, nil
}

// home is the bot's home page: a report button, own reports, and the open cases for those who work them.
func (a *App) home(ctx context.Context, req bot.Request) (bot.Reply, error) {
	lang := a.language(ctx, req.Actor)
	t := func(key string) string { return a.Texts.T(lang, key) }
	own, err := a.ownReports(ctx, req.Actor, lang, false)
	if err != nil {
		return bot.Reply{}, err
	}
	register, err := a.openCases(ctx, req.Actor, lang)
	if err != nil {
		return bot.Reply{}, err
	}
	blocks := slices.Concat([]bot.Block{
		bot.Heading(t("home.title")),
		bot.Paragraph(t("home.text")),
		bot.Buttons{{ID: reportButton, Text: t("button.report"), Style: bot.Primary}},
		bot.Small(t("help.urgent")),
		bot.Divider{},
		bot.Heading(t("mine.title")),
	}, own, register)
	return bot.Reply{Message: &bot.Message{Summary: t("home.title"), Blocks: blocks}}, nil
}

func (a *App) ownReports(ctx context.Context, who bot.Actor, lang string, openOnly bool) ([]bot.Block, error) {
	var incidents []store.Incident
	var letters []bot.Block
	account, err := a.Store.Account(ctx, who.Surface, who.ID)
	if err == nil {
		incidents, err = a.Store.IncidentsByReporter(ctx, account.ID, shown)
	}
	if err == nil {
		letters, err = a.unreached(ctx, account.ID, lang)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("listing a person's reports: %w", err)
	}
	if openOnly {
		incidents = slices.DeleteFunc(incidents, func(c store.Incident) bool { return c.Status == store.Closed })
	}
	if len(incidents) == 0 {
		key := "mine.none"
		if openOnly {
			key = "status.none"
		}
		return append(letters, bot.Paragraph(a.Texts.T(lang, key))), nil
	}
	facts := make(bot.Facts, len(incidents))
	for i, c := range incidents {
		facts[i] = bot.Fact{
			Label: c.Number + " · " + a.Texts.T(lang, "status."+string(c.Status)),
			Value: a.Texts.T(lang, "mine.line."+string(c.Status), locale.Data{"Time": locale.Time(c.RegisteredAt, a.Settings.Location)}),
		}
	}
	return append(letters, facts), nil
}

// unreachedAge is how long a message that did not reach its reader stands under their reports. It stands there also when it was
// read: an answer can get lost on its way to a person, and nobody would know.
const unreachedAge = 30 * 24 * time.Hour

// unreached are the news and messages to a person who takes no direct messages, as they would have been sent. The receipt is not
// among them: it was answered when the report was made.
func (a *App) unreached(ctx context.Context, accountID int64, lang string) ([]bot.Block, error) {
	deliveries, err := a.Store.Unreached(ctx, accountID, a.Store.Now().Add(-unreachedAge))
	if err != nil {
		return nil, err
	}
	deliveries = slices.DeleteFunc(deliveries, func(d store.Delivery) bool { return d.Kind == receiptDelivery })
	var blocks []bot.Block
	for _, d := range deliveries[max(0, len(deliveries)-shown):] {
		letter, err := a.letter(ctx, d, lang, nil)
		if errors.Is(err, errPointless) {
			continue
		}
		if err != nil {
			return nil, err
		}
		blocks = append(blocks, letter.Blocks...)
	}
	if len(blocks) > 0 {
		blocks = append(blocks, bot.Divider{})
	}
	return blocks, nil
}

// openCases lists the open cases for those who work them; nothing for everybody else.
func (a *App) openCases(ctx context.Context, who bot.Actor, lang string) ([]bot.Block, error) {
	roles, err := a.rolesOf(ctx, who)
	if err != nil {
		return nil, err
	}
	if !policy.May(roles, policy.ChangeCategory, policy.Case{}) {
		return nil, nil
	}
	counts, err := a.Store.OpenCounts(ctx)
	if err != nil {
		return nil, fmt.Errorf("counting cases: %w", err)
	}
	incidents, err := a.Store.OpenIncidents(ctx, shown)
	if err != nil {
		return nil, fmt.Errorf("listing open cases: %w", err)
	}
	blocks := []bot.Block{
		bot.Divider{},
		bot.Heading(a.Texts.T(lang, "open.title")),
		bot.Paragraph(a.Texts.T(lang, "open.counts", locale.Data{
			"New": counts[store.New], "Acknowledged": counts[store.Acknowledged], "InProgress": counts[store.InProgress],
			"Resolved": counts[store.Resolved],
		})),
	}
	var facts bot.Facts
	for _, c := range incidents {
		if c.StopQuestion { // the latter is the head of security's business
			continue
		}
		facts = append(facts, bot.Fact{
			Label: c.Number + " · " + a.Texts.T(lang, "status."+string(c.Status)),
			Value: a.Texts.T(lang, "open.line", locale.Data{
				"Category": a.Texts.T(lang, "category."+string(c.Category)), "Severity": a.severityText(lang, c.Severity),
				"Time": locale.Time(c.RegisteredAt, a.Settings.Location),
			}),
		})
	}
	if len(facts) > 0 {
		blocks = append(blocks, facts)
	}
	return blocks, nil
}
