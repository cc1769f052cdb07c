package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// SaveDraft keeps what a person has filled in so far. Drafts may arrive in another order than they were made: one that is
// older than what is kept, or than DeleteDraft, is left out.
func (tx *Tx) SaveDraft(ctx context.Context, d Draft) error {
	answers, err := json.Marshal(d.Values)
	if err != nil {
		return fmt.Errorf("save a draft: %w", err)
	}
	return doing("save a draft", tx.putDraft(ctx, d.AccountID, d.Dialog, string(answers), d.SavedAt))
}

// DeleteDraft drops what a person had filled in, because it was sent. Answers from before now that arrive later do not
// bring it back.
func (tx *Tx) DeleteDraft(ctx context.Context, accountID int64, dialog string) error {
	return doing("drop a draft", tx.putDraft(ctx, accountID, dialog, "", tx.Now))
}

// ForgetDraft leaves no trace of what a person had filled in, not even that and when there was something: it would tell who
// sent a nameless report.
func (tx *Tx) ForgetDraft(ctx context.Context, accountID int64, dialog string) error {
	_, err := tx.exec(ctx, `DELETE FROM drafts WHERE account_id = ? AND dialog = ?`, accountID, dialog)
	return doing("forget a draft", err)
}

func (tx *Tx) putDraft(ctx context.Context, accountID int64, dialog, answers string, at time.Time) error {
	_, err := tx.exec(ctx, `INSERT INTO drafts (account_id, dialog, answers, saved_at) VALUES (?, ?, ?, ?) `+
		`ON CONFLICT (account_id, dialog) DO UPDATE SET answers = excluded.answers, saved_at = excluded.saved_at `+
		`WHERE excluded.saved_at >= drafts.saved_at`, accountID, dialog, answers, at.UnixMilli())
	return err
}

// ExpireDrafts forgets drafts from before a time and returns how many.
func (tx *Tx) ExpireDrafts(ctx context.Context, before time.Time) (int, error) {
	n, err := tx.exec(ctx, `DELETE FROM drafts WHERE saved_at < ?`, before.UnixMilli())
	return int(n), doing("forget old drafts", err)
}

// Draft returns what an account has begun to fill in in a dialog since notBefore, or ErrNotFound.
func (s *Store) Draft(ctx context.Context, accountID int64, dialog string, notBefore time.Time) (Draft, error) {
	d := Draft{AccountID: accountID, Dialog: dialog}
	type row struct {
		answers string
		savedAt time.Time
	}
	r, err := readOne(ctx, s, func(r *row) []any { return []any{&r.answers, millis{&r.savedAt}} },
		`SELECT answers, saved_at FROM drafts WHERE account_id = ? AND dialog = ? AND saved_at >= ? AND answers <> ''`,
		accountID, dialog, notBefore.UnixMilli())
	if err == nil {
		d.SavedAt = r.savedAt
		d.Values, err = decodeAnswers(r.answers)
	}
	if err != nil {
		return Draft{}, doing("read a draft", err)
	}
	return d, nil
}

func decodeAnswers(s string) (values map[string][]string, err error) {
	err = json.Unmarshal([]byte(s), &values)
	return values, err
}
