package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

const accountColumns = `id, surface, user_id, name, email, language, person_id, checked_at`

func accountFields(a *Account) []any {
	return []any{
		&a.ID, &a.Surface, &a.UserID, &a.Name, &a.Email, &a.Language, &a.PersonID, optionalMillis{&a.CheckedAt},
	}
}

const (
	selectAccount       = `SELECT ` + accountColumns + ` FROM accounts WHERE id = ?`
	selectAccountByUser = `SELECT ` + accountColumns + ` FROM accounts WHERE surface = ? AND user_id = ?`
)

var insertAccount = insertInto("accounts", accountColumns)

// EnsureAccount returns the account of a person on a surface, created when it is not known. The name, which is whatever
// came with a request, is taken only as long as none is known: what the surface tells of a person is better.
func (tx *Tx) EnsureAccount(ctx context.Context, surface, userID, name string) (Account, error) {
	const doingWhat = "find an account"
	a, err := one(ctx, tx, accountFields, selectAccountByUser, surface, userID)
	switch {
	case errors.Is(err, ErrNotFound):
		a = Account{Surface: surface, UserID: userID, Name: name}
		a.ID, err = one(ctx, tx, itself[int64], insertAccount, accountFields(&a)[1:]...)
	case err == nil && name != "" && a.Name == "":
		a.Name = name
		_, err = tx.exec(ctx, `UPDATE accounts SET name = ? WHERE id = ?`, name, a.ID)
	}
	if err != nil {
		return Account{}, doing(doingWhat, err)
	}
	return a, nil
}

// LearnLanguage keeps the language that came with a person's request, as long as none is known.
func (tx *Tx) LearnLanguage(ctx context.Context, id int64, language string) error {
	_, err := tx.exec(ctx, `UPDATE accounts SET language = ? WHERE id = ? AND language = ''`, language, id)
	return doing("learn a person's language", err)
}

// ForgetAccount leaves no trace of an account that nothing is known of but that it once had a draft. One that has reported, has asked
// for a code, is on the staff list or was identified stays; so does one that has worked a case, which is an error.
func (tx *Tx) ForgetAccount(ctx context.Context, id int64) error {
	_, err := tx.exec(ctx, `DELETE FROM accounts WHERE id = ? AND checked_at IS NULL AND email = '' AND person_id IS NULL `+
		`AND NOT EXISTS (SELECT 1 FROM drafts WHERE account_id = ?) AND NOT EXISTS (SELECT 1 FROM incidents WHERE reporter_id = ?) `+
		`AND NOT EXISTS (SELECT 1 FROM link_codes WHERE account_id = ?)`, id, id, id, id)
	return doing("forget an account", err)
}

// AccountByID returns an account as the transaction sees it, or ErrNotFound.
func (tx *Tx) AccountByID(ctx context.Context, id int64) (Account, error) {
	a, err := one(ctx, tx, accountFields, selectAccount, id)
	return a, doing("read an account", err)
}

// UpdateAccount saves what a surface told of a person: Name, Email, Language and CheckedAt of the account with a's ID, and
// links it to the person of the staff list with the same e-mail address. An account that is linked otherwise (see LinkAccount)
// stays so, and keeps that person's address. ErrNotFound when there is no such account.
func (tx *Tx) UpdateAccount(ctx context.Context, a Account) error {
	email := strings.ToLower(a.Email)
	const linked = ` FROM account_links l JOIN people p ON p.id = l.person_id WHERE l.account_id = accounts.id`
	changed, err := tx.exec(ctx, `UPDATE accounts SET name = ?, email = coalesce((SELECT p.email`+linked+`), ?), language = ?, `+
		`checked_at = ?, person_id = coalesce((SELECT p.id`+linked+`), (SELECT id FROM people WHERE email = ? AND email <> '')) WHERE id = ?`,
		a.Name, email, a.Language, optionalMillis{&a.CheckedAt}, email, a.ID)
	if err == nil && changed == 0 {
		err = ErrNotFound
	}
	return doing("save an account", err)
}

// Account returns the account of a person on a surface, or ErrNotFound.
func (s *Store) Account(ctx context.Context, surface, userID string) (Account, error) {
	a, err := readOne(ctx, s, accountFields, selectAccountByUser, surface, userID)
	return a, doing("read an account", err)
}

// AccountByID returns the account, or ErrNotFound.
func (s *Store) AccountByID(ctx context.Context, id int64) (Account, error) {
	a, err := readOne(ctx, s, accountFields, selectAccount, id)
	return a, doing("read an account", err)
}

// AccountByEmail returns the newest account on a surface with the e-mail address, in any case, or ErrNotFound.
func (s *Store) AccountByEmail(ctx context.Context, surface, email string) (Account, error) {
	a, err := readOne(ctx, s, accountFields, `SELECT `+accountColumns+` FROM accounts `+
		`WHERE email = ? AND email <> '' AND surface = ? ORDER BY id DESC LIMIT 1`, strings.ToLower(email), surface)
	return a, doing("read an account", err)
}

// AccountAndDraft returns, in one query, the account of a person on a surface and what they began to fill in in a dialog
// since notBefore, nil when there is none. ErrNotFound when the account is not known.
func (s *Store) AccountAndDraft(
	ctx context.Context, surface, userID, dialog string, notBefore time.Time,
) (Account, *Draft, error) {
	type both struct {
		account Account
		answers *string
		savedAt *time.Time
	}
	fields := func(b *both) []any {
		return append(accountFields(&b.account), &b.answers, optionalMillis{&b.savedAt})
	}
	b, err := readOne(ctx, s, fields, `SELECT a.id, a.surface, a.user_id, a.name, a.email, a.language, a.person_id, a.checked_at, `+
		`d.answers, d.saved_at FROM accounts a LEFT JOIN drafts d ON d.account_id = a.id AND d.dialog = ? `+
		`AND d.saved_at >= ? AND d.answers <> '' WHERE a.surface = ? AND a.user_id = ?`,
		dialog, notBefore.UnixMilli(), surface, userID)
	if err != nil {
		return Account{}, nil, doing("read an account and its draft", err)
	}
	if b.answers == nil || b.savedAt == nil {
		return b.account, nil, nil
	}
	values, err := decodeAnswers(*b.answers)
	if err != nil {
		return Account{}, nil, fmt.Errorf("read a draft: %w", err)
	}
	return b.account, &Draft{AccountID: b.account.ID, Dialog: dialog, Values: values, SavedAt: *b.savedAt}, nil
}
