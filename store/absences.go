package store

import (
	"context"
	"slices"
	"time"
)

// Absence is when somebody who holds a role is away: others are told instead. One that has ended stays.
type Absence struct {
	ID        int64
	Holder    []string // what they are known by, each with its kind before a colon; the handlers know them
	AccountID int64    // accounts.id of who said so
	BeganAt   time.Time
	EndsAt    time.Time // from then on they are there again
}

// Of tells whether it is the absence of somebody who is known by any of the names.
func (a Absence) Of(names []string) bool {
	return slices.ContainsFunc(a.Holder, func(name string) bool { return slices.Contains(names, name) })
}

const absenceColumns = `id, holder, account_id, began_at, ends_at`

func absenceFields(a *Absence) []any {
	return []any{&a.ID, list[string]{&a.Holder}, &a.AccountID, millis{&a.BeganAt}, millis{&a.EndsAt}}
}

const selectAbsences = `SELECT ` + absenceColumns + ` FROM absences WHERE ends_at > ? AND began_at <= ? ORDER BY ends_at, id`

var insertAbsence = insertInto("absences", absenceColumns)

// AddAbsence begins an absence. It fills in ID and BeganAt.
func (tx *Tx) AddAbsence(ctx context.Context, a *Absence) error {
	a.BeganAt, a.EndsAt = tx.Now, atMillis(a.EndsAt)
	var err error
	a.ID, err = one(ctx, tx, itself[int64], insertAbsence, absenceFields(a)[1:]...)
	return doing("begin an absence", err)
}

// EndAbsence ends an absence now.
func (tx *Tx) EndAbsence(ctx context.Context, id int64) error {
	_, err := tx.exec(ctx, `UPDATE absences SET ends_at = ? WHERE id = ?`, tx.Now.UnixMilli(), id)
	return doing("end an absence", err)
}

// Absences returns who was away at a time, who comes back first before the others.
func (tx *Tx) Absences(ctx context.Context, at time.Time) ([]Absence, error) {
	found, err := many(ctx, tx, absenceFields, selectAbsences, at.UnixMilli(), at.UnixMilli())
	return found, doing("read who is away", err)
}

// Absences is Tx.Absences outside a transaction.
func (s *Store) Absences(ctx context.Context, at time.Time) ([]Absence, error) {
	found, err := readMany(ctx, s, absenceFields, selectAbsences, at.UnixMilli(), at.UnixMilli())
	return found, doing("read who is away", err)
}
