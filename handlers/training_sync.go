package handlers

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/store"
)

// SyncStaff finds the accounts of the people on the staff list on the surfaces that list their people, by e-mail address: asking for each
// address by itself would take hours. It is work in the background, and takes as long as the platform wants.
func (a *App) SyncStaff(ctx context.Context) error {
	var failed []error
	for _, name := range a.Settings.Surfaces {
		directory, ok := a.Surfaces[name].(bot.Directory)
		if !ok {
			continue
		}
		if err := directory.Members(ctx, func(page []bot.Profile) error { return a.syncMembers(ctx, name, page) }); err != nil {
			failed = append(failed, fmt.Errorf("looking for the staff on %s: %w", name, err))
		}
	}
	return errors.Join(failed...)
}

// syncMembers links some members to their people, those who are not linked yet.
func (a *App) syncMembers(ctx context.Context, surface string, members []bot.Profile) error {
	emails := make([]string, 0, len(members))
	for _, m := range members {
		if m.Email != "" {
			emails = append(emails, strings.ToLower(m.Email))
		}
	}
	people, err := a.Store.PeopleByEmail(ctx, emails)
	if err != nil {
		return err
	}
	var unknown []bot.Profile
	for _, m := range members {
		person, listed := people[strings.ToLower(m.Email)]
		if !listed || !person.Active {
			continue
		}
		account, err := a.Store.Account(ctx, surface, m.ID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if account.PersonID == nil {
			unknown = append(unknown, m)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	return a.Store.InTx(ctx, func(tx *store.Tx) error {
		for _, m := range unknown {
			account, err := tx.EnsureAccount(ctx, surface, m.ID, m.Name)
			if err != nil {
				return err
			}
			if err := tx.UpdateAccount(ctx, told(account, m, tx.Now)); err != nil {
				return err
			}
		}
		return nil
	})
}
