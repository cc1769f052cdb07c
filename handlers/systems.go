package handlers

import (
	"context"
	"errors"
	"fmt"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/store"
)

// maxSystems is how many systems a search shows: as many as a person reads. With "don't know" and a surface's own "search the
// whole list" they are 25, which every platform's menus take.
const maxSystems = 23

// searchSystems answers the report dialog's search field. "Don't know, or something else" is always the last answer.
func (a *App) searchSystems(ctx context.Context, req bot.Request) (bot.Reply, error) {
	systems, err := a.Store.SearchSystems(ctx, req.Text, maxSystems+1)
	if err != nil {
		return bot.Reply{}, fmt.Errorf("searching the systems inventory: %w", err)
	}
	more := len(systems) > maxSystems
	if more {
		systems = systems[:maxSystems]
	}
	options := make([]bot.Option, 0, len(systems)+1)
	for _, s := range systems {
		options = append(options, bot.Option{Value: s.Key, Label: s.Name})
	}
	options = append(options, bot.Option{Value: otherSystem, Label: a.Texts.T(a.language(ctx, req.Actor), "report.system.other")})
	return bot.Reply{Options: options, More: more}, nil
}

// systemAnswer is the answer to the question about the system, value and label, that was given with the command: a key that was
// chosen, or words that only one system's name fits, because a person may type on without choosing. nil when there is none:
// the question stands open in the dialog.
func (a *App) systemAnswer(ctx context.Context, lang, typed string) []string {
	if typed == otherSystem {
		return []string{otherSystem, a.Texts.T(lang, "report.system.other")}
	}
	system, err := a.Store.SystemByKey(ctx, typed)
	if errors.Is(err, store.ErrNotFound) {
		var found []store.System
		if found, err = a.Store.SearchSystems(ctx, typed, 2); err == nil && len(found) == 1 {
			system = found[0]
		}
	}
	if err != nil {
		a.Log.WarnContext(ctx, "opening the report dialog without its system", "error", err)
	}
	if system.Key == "" {
		return nil
	}
	return []string{system.Key, system.Name}
}
