package store

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"time"
)

// KeptDialog is what is filled in of a dialog that a surface shows a part at a time. It is nobody's: who has the ref has the
// dialog.
type KeptDialog struct {
	Ref     string // opaque random id
	Dialog  string
	Subject string // what the dialog concerns, an opaque id
	Values  map[string][]string
	Files   []KeptFile
	SavedAt time.Time
}

// KeptFile is what was attached in a kept dialog, as the surface holds it.
type KeptFile struct {
	ID   string `json:"id"` // the surface's id
	Name string `json:"name"`
	Type string `json:"type"`
	Size int64  `json:"size"`
}

const keptColumns = `ref, dialog, subject, answers, files, saved_at`

func keptFields(k *KeptDialog) []any {
	return []any{&k.Ref, &k.Dialog, &k.Subject, answers{&k.Values}, list[KeptFile]{&k.Files}, millis{&k.SavedAt}}
}

const selectKept = `SELECT ` + keptColumns + ` FROM kept_dialogs WHERE ref = ?`

// answers are the answers of a dialog by field as a JSON object.
type answers struct{ values *map[string][]string }

func (a answers) Value() (driver.Value, error) {
	b, err := json.Marshal(*a.values)
	return string(b), err
}

func (a answers) Scan(src any) error {
	s, err := text(src)
	if err == nil {
		*a.values, err = decodeAnswers(s)
	}
	return err
}

// KeepDialog begins to keep a dialog. ErrConflict when its ref is taken.
func (tx *Tx) KeepDialog(ctx context.Context, k KeptDialog) error {
	k.SavedAt = tx.Now
	_, err := tx.exec(ctx, `INSERT INTO kept_dialogs (`+keptColumns+`) VALUES (?, ?, ?, ?, ?, ?)`, keptFields(&k)...)
	return doing("keep a dialog", err)
}

// UpdateKeptDialog saves the Values and Files that update makes of those that are kept, and returns the dialog as it then is.
// ErrNotFound when it is not kept; an error of update's is returned as it is.
func (tx *Tx) UpdateKeptDialog(
	ctx context.Context, ref string, update func(old KeptDialog) (KeptDialog, error),
) (KeptDialog, error) {
	const doingWhat = "change a kept dialog"
	k, err := one(ctx, tx, keptFields, selectKept, ref)
	if err != nil {
		return KeptDialog{}, doing(doingWhat, err)
	}
	if k, err = update(k); err != nil {
		return KeptDialog{}, err
	}
	k.SavedAt = tx.Now
	_, err = tx.exec(ctx, `UPDATE kept_dialogs SET answers = ?, files = ?, saved_at = ? WHERE ref = ?`,
		answers{&k.Values}, list[KeptFile]{&k.Files}, millis{&k.SavedAt}, ref)
	return k, doing(doingWhat, err)
}

// DropKeptDialog forgets a kept dialog, if it is there.
func (tx *Tx) DropKeptDialog(ctx context.Context, ref string) error {
	_, err := tx.exec(ctx, `DELETE FROM kept_dialogs WHERE ref = ?`, ref)
	return doing("drop a kept dialog", err)
}

// ExpireKeptDialogs forgets dialogs that were last changed before a time and returns how many.
func (tx *Tx) ExpireKeptDialogs(ctx context.Context, before time.Time) (int, error) {
	n, err := tx.exec(ctx, `DELETE FROM kept_dialogs WHERE saved_at < ?`, before.UnixMilli())
	return int(n), doing("forget old dialogs", err)
}

// KeptDialog returns a kept dialog, or ErrNotFound.
func (s *Store) KeptDialog(ctx context.Context, ref string) (KeptDialog, error) {
	k, err := readOne(ctx, s, keptFields, selectKept, ref)
	return k, doing("read a kept dialog", err)
}
