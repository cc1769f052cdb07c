package store

import (
	"context"
	"strings"
	"time"
)

// What the register holds of one person, for their own sake: these queries look through whole tables, and nobody waits for them.

// ofPerson is the condition of the accounts that have a person's e-mail address, which is not "", or are linked to them.
const ofPerson = `(email = ? OR person_id = (SELECT id FROM people WHERE email = ?))`

// AccountsOf returns the accounts that have a person's e-mail address, or are linked to them.
func (s *Store) AccountsOf(ctx context.Context, email string) ([]Account, error) {
	email = strings.ToLower(email)
	found, err := readMany(ctx, s, accountFields, `SELECT `+accountColumns+` FROM accounts WHERE `+ofPerson+` ORDER BY id`, email, email)
	return found, doing("read a person's accounts", err)
}

// Link says that an account is a person's, see LinkAccount.
type Link struct {
	Listed   bool // the staff list says it
	LinkedAt time.Time
}

// LinkOf returns what ties an account to a person beside its address, or ErrNotFound.
func (s *Store) LinkOf(ctx context.Context, accountID int64) (Link, error) {
	l, err := readOne(ctx, s, func(l *Link) []any { return []any{flag{&l.Listed}, millis{&l.LinkedAt}} },
		`SELECT listed, linked_at FROM account_links WHERE account_id = ?`, accountID)
	return l, doing("read an account's link", err)
}

// NotesBy returns all notes that an account has written.
func (s *Store) NotesBy(ctx context.Context, accountID int64) ([]Note, error) {
	found, err := readMany(ctx, s, noteFields, `SELECT `+noteColumns+` FROM notes WHERE author_id = ? ORDER BY id`, accountID)
	return found, doing("read a person's notes", err)
}

// DraftsOf returns what an account has begun to fill in and not sent.
func (s *Store) DraftsOf(ctx context.Context, accountID int64) ([]Draft, error) {
	found, err := readMany(ctx, s, func(d *Draft) []any { return []any{&d.AccountID, &d.Dialog, answers{&d.Values}, millis{&d.SavedAt}} },
		`SELECT account_id, dialog, answers, saved_at FROM drafts WHERE account_id = ? AND answers <> '' ORDER BY dialog`, accountID)
	return found, doing("read a person's drafts", err)
}

// AllAbsences returns all absences that ever were, in the order in which they began.
func (s *Store) AllAbsences(ctx context.Context) ([]Absence, error) {
	found, err := readMany(ctx, s, absenceFields, `SELECT `+absenceColumns+` FROM absences ORDER BY id`)
	return found, doing("read the absences", err)
}

// DeliveriesTo returns all messages to a person's accounts and e-mail address.
func (s *Store) DeliveriesTo(ctx context.Context, email string) ([]Delivery, error) {
	email = strings.ToLower(email)
	found, err := readMany(ctx, s, deliveryFields, `SELECT `+deliveryColumns+` FROM deliveries WHERE user_id = ? OR email = ? `+
		`OR (surface, user_id) IN (SELECT surface, user_id FROM accounts WHERE `+ofPerson+`) ORDER BY id`, email, email, email, email)
	return found, doing("read the messages to a person", err)
}
