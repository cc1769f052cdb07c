package handlers

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/store"
)

// profileAge is how long what a surface told of a person is trusted.
const profileAge = 7 * 24 * time.Hour

func (a *App) unidentified(account store.Account) bool {
	return account.CheckedAt == nil || a.Store.Now().Sub(*account.CheckedAt) > profileAge
}

// Identify asks the surface who an account is, so that the person is known by name, language and, through the e-mail
// address, on the staff list. It is bulk work: nothing waits for it.
func (a *App) Identify(ctx context.Context, accountID int64) error {
	account, err := a.Store.AccountByID(ctx, accountID)
	if err != nil {
		return fmt.Errorf("reading an account: %w", err)
	}
	surface, ok := a.Surfaces[account.Surface]
	if !ok || !a.unidentified(account) {
		return nil
	}
	profile, err := surface.Profile(ctx, account.UserID)
	var refused *bot.SendError
	if errors.As(err, &refused) && refused.Permanent {
		a.Log.WarnContext(ctx, "an account cannot be identified", "account", account.ID, "code", refused.Code)
		profile = bot.Profile{}
	} else if err != nil {
		return fmt.Errorf("identifying an account: %w", err)
	}
	return a.saveProfile(ctx, account, profile)
}

func (a *App) saveProfile(ctx context.Context, account store.Account, profile bot.Profile) error {
	err := a.Store.InTx(ctx, func(tx *store.Tx) error {
		return tx.UpdateAccount(ctx, told(account, profile, tx.Now))
	})
	if err != nil {
		return fmt.Errorf("saving a profile: %w", err)
	}
	return nil
}

// told is an account with what a surface tells of it at a time. What the surface does not tell stays as it is: it may be known in
// another way.
func told(account store.Account, profile bot.Profile, at time.Time) store.Account {
	account.Name = cmp.Or(profile.Name, account.Name)
	account.Email = cmp.Or(strings.ToLower(profile.Email), account.Email)
	account.Language = cmp.Or(profile.Language, account.Language)
	account.CheckedAt = &at
	return account
}

// accountByEmail is the account on a surface with an e-mail address. Who is not known by it is looked up, and remembered.
func (a *App) accountByEmail(ctx context.Context, surface, email string) (store.Account, error) {
	account, err := a.Store.AccountByEmail(ctx, surface, email)
	if !errors.Is(err, store.ErrNotFound) {
		return account, err
	}
	asked, ok := a.Surfaces[surface]
	if !ok {
		return store.Account{}, &bot.SendError{Code: "surface_not_configured", Permanent: true}
	}
	return a.findByEmail(ctx, asked, email)
}

// findByEmail finds a person's account by their e-mail address and remembers it.
func (a *App) findByEmail(ctx context.Context, surface bot.Surface, email string) (store.Account, error) {
	profile, err := surface.FindByEmail(ctx, email)
	if err != nil {
		return store.Account{}, err
	}
	var account store.Account
	err = a.Store.InTx(ctx, func(tx *store.Tx) error {
		var err error
		if account, err = tx.EnsureAccount(ctx, surface.Name(), profile.ID, profile.Name); err != nil {
			return err
		}
		profile.Email = email
		account = told(account, profile, tx.Now)
		return tx.UpdateAccount(ctx, account)
	})
	return account, err
}

// IdentifyRoles finds the accounts of role holders, so that they are recognised when they press a button, and known by name
// on the cards. It is run at start and once a day; who is not found is told by doctor.
func (a *App) IdentifyRoles(ctx context.Context) error {
	var failures []error
	for _, holders := range a.Settings.Roles {
		for _, h := range holders {
			for _, name := range a.Settings.Surfaces {
				if err := a.identifyHolder(ctx, name, a.Surfaces[name], h); err != nil {
					failures = append(failures, err)
				}
			}
		}
	}
	return errors.Join(failures...)
}

func (a *App) identifyHolder(ctx context.Context, name string, surface bot.Surface, h Holder) error {
	if id := h.Accounts[name]; id != "" {
		var account store.Account
		err := a.Store.InTx(ctx, func(tx *store.Tx) error {
			var err error
			account, err = tx.EnsureAccount(ctx, name, id, "")
			return err
		})
		if err != nil {
			return fmt.Errorf("keeping a role holder's account: %w", err)
		}
		return a.Identify(ctx, account.ID)
	}
	if h.Email == "" {
		return nil
	}
	if account, err := a.Store.AccountByEmail(ctx, name, h.Email); err == nil && !a.unidentified(account) {
		return nil
	}
	_, err := a.findByEmail(ctx, surface, h.Email)
	var refused *bot.SendError
	if errors.As(err, &refused) && refused.Permanent {
		a.Log.WarnContext(ctx, "a role holder has no account on this surface", "surface", name, "code", refused.Code)
		return nil
	}
	return err
}

// FetchAttachment downloads what came with a report into the register, so that it stays there whatever happens on the surface.
func (a *App) FetchAttachment(ctx context.Context, id int64) error {
	attachment, err := a.Store.Attachment(ctx, id)
	if err != nil {
		return fmt.Errorf("reading an attachment: %w", err)
	}
	if attachment.FetchedAt != nil || attachment.Failure != "" {
		return nil
	}
	code := "too_large"
	var content []byte
	if attachment.Size <= a.Settings.MaxFileBytes {
		surface, ok := a.Surfaces[attachment.Surface]
		if !ok {
			return fmt.Errorf("fetching an attachment: surface %q is not configured", attachment.Surface)
		}
		file := bot.File{ID: attachment.FileID, Name: attachment.Name, Type: attachment.Type, Size: attachment.Size}
		content, err = surface.Fetch(ctx, file, a.Settings.MaxFileBytes)
		code = ""
		var refused *bot.SendError
		if errors.As(err, &refused) && refused.Permanent {
			code = refused.Code
		} else if err != nil {
			return fmt.Errorf("fetching an attachment: %w", err)
		}
	}
	err = a.Store.InTx(ctx, func(tx *store.Tx) error {
		if code != "" {
			a.Log.ErrorContext(ctx, "an attachment could not be fetched", "attachment", id, "code", code)
			return tx.FailAttachment(ctx, id, code)
		}
		sum := sha256.Sum256(content)
		return tx.StoreAttachment(ctx, id, content, hex.EncodeToString(sum[:]))
	})
	if err != nil {
		return fmt.Errorf("storing an attachment: %w", err)
	}
	return nil
}
