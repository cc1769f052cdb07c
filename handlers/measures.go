package handlers

import (
	"context"
	"strings"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// allMeasuresButton shows the list of open measures, from how many on.
const allMeasuresButton = "measures_all"

// mostMeasures is how many open measures the list goes through.
const mostMeasures = 500

// isMeasures tells whether the command asks for the list of open measures.
func isMeasures(text string) bool {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "åtgärder", "measures":
		return true
	}
	return false
}

// listedMeasure is an open measure that a person may see.
type listedMeasure struct {
	store.Measure

	of   measured
	owns bool // it is theirs
}

// listAllMeasures lists the open measures of cases and risks in one: to those who see the register as a whole, all that they may see; to
// others, their own. What is to be done first comes first.
func (a *App) listAllMeasures(ctx context.Context, req bot.Request) (bot.Reply, error) {
	lang := a.language(ctx, req.Actor)
	email, all, err := a.mayWithRisks(ctx, req.Actor, policy.SeeRisks)
	if err != nil {
		return bot.Reply{}, err
	}
	measures, err := a.seenMeasures(ctx, req.Actor, email, all)
	if err != nil {
		return bot.Reply{}, err
	}
	heading := a.Texts.T(lang, "measures.all")
	m := &bot.Message{Summary: heading, Blocks: []bot.Block{bot.Heading(heading)}}
	if len(measures) == 0 {
		m.Blocks = append(m.Blocks, bot.Paragraph(a.Texts.T(lang, "measures.all.none")))
	}
	page, next := pageOf(measures, req.Subject)
	for _, l := range page {
		ends := l.owns
		if !ends {
			if ends, err = a.mayWithMeasure(ctx, req.Actor, email, l.of, policy.EndMeasure, policy.TreatRisk); err != nil {
				return bot.Reply{}, err
			}
		}
		of := bot.Fact{Label: a.Texts.T(lang, "measures.of"), Value: l.of.number()}
		m.Blocks = append(m.Blocks, a.measureBlocks(lang, l.Measure, ends, of)...)
	}
	if next != "" {
		m.Blocks = append(m.Blocks, bot.Buttons{{ID: allMeasuresButton, Subject: next, Text: a.Texts.T(lang, "button.next_page")}})
	}
	return bot.Reply{Message: m}, nil
}

// seenMeasures are the open measures that a person may see: of all, or of those that they own.
func (a *App) seenMeasures(ctx context.Context, who bot.Actor, email string, all bool) (seen []listedMeasure, err error) {
	owner := email
	if all {
		owner = ""
	} else if email == "" {
		return nil, nil // whose nobody knows
	}
	open, err := a.Store.OpenMeasures(ctx, owner, mostMeasures)
	if err != nil {
		return nil, err
	}
	for _, m := range open {
		l := listedMeasure{Measure: m, owns: a.owns(m.OwnerEmail, who, email)}
		if l.of, err = a.measured(ctx, m); err != nil {
			return nil, err
		}
		sees := l.owns
		if !sees {
			if sees, err = a.mayWithMeasure(ctx, who, email, l.of, policy.SeeMeasures, policy.SeeRisk); err != nil {
				return nil, err
			}
		}
		if sees {
			seen = append(seen, l)
		}
	}
	return seen, nil
}
