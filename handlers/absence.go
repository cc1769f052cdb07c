package handlers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// absenceArgument reads the subcommand with which somebody hands over: the word, alone or with one more. With several more it is the
// beginning of a report, for instance of one about a computer that is away.
func absenceArgument(text string) (day string, ok bool) {
	words := strings.Fields(text)
	if len(words) == 0 || len(words) > 2 {
		return "", false
	}
	word := strings.ToLower(words[0])
	return strings.Join(words[1:], ""), word == "away" || word == "frånvaro"
}

// handOver says that a person is away until the end of a day. What would be sent to them goes to others meanwhile, see roster; it ends
// by itself, and they may do all that they otherwise may.
func (a *App) handOver(ctx context.Context, req bot.Request, day string) (bot.Reply, error) {
	lang := a.language(ctx, req.Actor)
	names, err := a.heldNames(ctx, req.Actor)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(names) == 0 {
		return a.private(lang, "absence.no_role"), nil
	}
	ends, problem := a.endOf(day)
	if problem != "" {
		return a.private(lang, problem, locale.Data{"Example": a.today().AddDate(0, 0, 7).Format(time.DateOnly)}), nil
	}
	var onDuty roster
	err = a.Store.InTx(ctx, func(tx *store.Tx) error {
		fresh, _, err := tx.Claim(ctx, req.Key, "")
		if err != nil {
			return err
		}
		if fresh {
			account, err := a.ensureAccount(ctx, tx, req.Actor)
			if err != nil {
				return err
			}
			if _, err := endAbsences(ctx, tx, names); err != nil {
				return err
			}
			if err := tx.AddAbsence(ctx, &store.Absence{Holder: names, AccountID: account.ID, EndsAt: ends}); err != nil {
				return err
			}
		}
		if onDuty, err = a.roster(ctx, tx, tx.Now); err != nil {
			return err
		}
		if onDuty.uncovered() != "" {
			return errDone // and nothing is kept
		}
		if !fresh {
			return nil
		}
		return a.audit(ctx, tx, actorName(req.Actor), "absence.begun", "", map[string]any{
			"roles": onDuty.handedOver(names), "until": a.lastDay(ends),
		})
	})
	if errors.Is(err, errDone) {
		role := a.Texts.T(lang, "role."+string(onDuty.uncovered()))
		return a.private(lang, "absence.nobody", locale.Data{"Role": role}), nil
	}
	if err != nil {
		return bot.Reply{}, fmt.Errorf("handing over: %w", err)
	}
	t := func(key string, data ...locale.Data) string { return a.Texts.T(lang, key, data...) }
	title := t("absence.begun", locale.Data{"Day": a.lastDay(ends)})
	var takers bot.Facts
	for _, role := range onDuty.handedOver(names) {
		takers = append(takers, bot.Fact{Label: t("role." + string(role)), Value: a.holderNames(ctx, onDuty.takers(role))})
	}
	return bot.Reply{Message: &bot.Message{Summary: title, Blocks: []bot.Block{
		bot.Heading(title), bot.Paragraph(t("absence.takers")), takers, bot.Small(t("absence.small")),
	}}}, nil
}

// comeBack ends a person's absence before its day.
func (a *App) comeBack(ctx context.Context, req bot.Request) (bot.Reply, error) {
	lang := a.language(ctx, req.Actor)
	names, err := a.heldNames(ctx, req.Actor)
	if err != nil {
		return bot.Reply{}, err
	}
	err = a.once(ctx, req.Key, func(tx *store.Tx) error {
		ended, err := endAbsences(ctx, tx, names)
		if err != nil || !ended {
			return err
		}
		return a.audit(ctx, tx, actorName(req.Actor), "absence.ended", "", map[string]any{})
	})
	if err != nil {
		return bot.Reply{}, fmt.Errorf("coming back: %w", err)
	}
	if len(names) == 0 {
		return a.private(lang, "absence.no_role"), nil
	}
	return a.private(lang, "absence.ended"), nil
}

// endAbsences ends now what of absences there is of somebody who is known by any of the names, and tells whether there was one.
func endAbsences(ctx context.Context, tx *store.Tx, names []string) (ended bool, err error) {
	away, err := tx.Absences(ctx, tx.Now)
	for _, absence := range away {
		if err == nil && absence.Of(names) {
			ended, err = true, tx.EndAbsence(ctx, absence.ID)
		}
	}
	return ended, err
}

// heldNames are all that a person is known by as a holder of roles, on every surface; none when they hold no role.
func (a *App) heldNames(ctx context.Context, who bot.Actor) ([]string, error) {
	email, err := a.emailOf(ctx, who)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, role := range policy.Roles() {
		for _, h := range a.Settings.Roles[role] {
			if h.is(who, email) {
				names = append(names, h.names()...)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// handedOver are the roles that somebody holds who is known by any of the names.
func (r roster) handedOver(names []string) []policy.Role {
	return slices.DeleteFunc(policy.Roles(), func(role policy.Role) bool {
		return !slices.ContainsFunc(r.holders[role], func(h Holder) bool { return store.Absence{Holder: names}.Of(h.names()) })
	})
}

// today is the beginning of the day where the organisation is.
func (a *App) today() time.Time {
	now := a.Store.Now().In(a.Settings.Location)
	return time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, a.Settings.Location)
}

// endOf is when a day ends, or the text that says what is wrong with it. It may be today and at most a year ahead.
func (a *App) endOf(day string) (ends time.Time, problem string) {
	last, err := time.ParseInLocation(time.DateOnly, day, a.Settings.Location)
	switch {
	case err != nil:
		return time.Time{}, "absence.how"
	case last.Before(a.today()):
		return time.Time{}, "absence.past"
	case last.After(a.today().AddDate(1, 0, 0)):
		return time.Time{}, "absence.too_long"
	}
	return last.AddDate(0, 0, 1), ""
}

// lastDay is the last day of an absence.
func (a *App) lastDay(ends time.Time) string {
	return ends.In(a.Settings.Location).AddDate(0, 0, -1).Format(time.DateOnly)
}

// holderNames are role holders as people know them.
func (a *App) holderNames(ctx context.Context, holders []Holder) string {
	names := make([]string, len(holders))
	for i, h := range holders {
		names[i] = a.holderName(ctx, h)
	}
	return strings.Join(names, ", ")
}

// holderName is the name that a surface told of a role holder, or else what the settings know them by.
func (a *App) holderName(ctx context.Context, h Holder) string {
	for _, surface := range a.Settings.Surfaces {
		account, err := a.Store.Account(ctx, surface, h.Accounts[surface])
		if h.Accounts[surface] == "" {
			account, err = a.Store.AccountByEmail(ctx, surface, h.Email)
		}
		if err == nil && account.Name != "" {
			return account.Name
		}
	}
	return cmp.Or(h.Email, strings.Join(h.names(), ", "))
}

// absentees tells who is away and who takes their place; nil when everybody is there.
func (a *App) absentees(ctx context.Context, lang string) ([]bot.Block, error) {
	away, err := a.Store.Absences(ctx, a.Store.Now())
	if err != nil || len(away) == 0 {
		return nil, err
	}
	now := roster{a.Settings.Roles, away}
	var facts bot.Facts
	for _, absence := range away {
		var takers []string
		for _, role := range now.handedOver(absence.Holder) {
			takers = append(takers, a.Texts.T(lang, "role."+string(role))+": "+a.holderNames(ctx, now.of(role)))
		}
		if len(takers) == 0 {
			continue // they no longer hold a role
		}
		facts = append(facts, bot.Fact{
			Label: a.Texts.T(lang, "absence.line", locale.Data{"Name": a.accountName(ctx, &absence.AccountID), "Day": a.lastDay(absence.EndsAt)}),
			Value: strings.Join(takers, "\n"),
		})
	}
	if len(facts) == 0 {
		return nil, nil
	}
	return []bot.Block{bot.Heading(a.Texts.T(lang, "absence.title")), facts}, nil
}
