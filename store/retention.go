package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Hold keeps a case as it is, whatever its age.
type Hold struct {
	IncidentID int64
	AccountID  int64 // accounts.id of who decided it
	Reason     string
	HeldAt     time.Time
}

const holdColumns = `incident_id, account_id, reason, held_at`

func holdFields(h *Hold) []any {
	return []any{&h.IncidentID, &h.AccountID, &h.Reason, millis{&h.HeldAt}}
}

const selectHold = `SELECT ` + holdColumns + ` FROM holds WHERE incident_id = ?`

// Hold keeps a case as it is until LiftHold, and fills in HeldAt. held is false when it is held already: the first reason stays.
func (tx *Tx) Hold(ctx context.Context, h *Hold) (held bool, err error) {
	h.HeldAt = tx.Now
	n, err := tx.exec(ctx, `INSERT INTO holds (`+holdColumns+`) VALUES (?, ?, ?, ?) ON CONFLICT (incident_id) DO NOTHING`, holdFields(h)...)
	return n == 1, doing("hold a case", err)
}

// LiftHold ends a hold; lifted is false when there is none.
func (tx *Tx) LiftHold(ctx context.Context, incidentID int64) (lifted bool, err error) {
	n, err := tx.exec(ctx, `DELETE FROM holds WHERE incident_id = ?`, incidentID)
	return n == 1, doing("lift a hold", err)
}

// HoldOf returns what keeps a case as it is, or ErrNotFound.
func (tx *Tx) HoldOf(ctx context.Context, incidentID int64) (Hold, error) {
	h, err := one(ctx, tx, holdFields, selectHold, incidentID)
	return h, doing("read a hold", err)
}

// HoldOf is Tx.HoldOf outside a transaction.
func (s *Store) HoldOf(ctx context.Context, incidentID int64) (Hold, error) {
	h, err := readOne(ctx, s, holdFields, selectHold, incidentID)
	return h, doing("read a hold", err)
}

// toAnonymise is the condition of the index incidents_to_anonymise, word for word.
const toAnonymise = `closed_at IS NOT NULL AND (anonymised_at IS NULL OR anonymised_at <= closed_at)`

// OldestToAnonymise returns the closed cases that hold what people wrote, those that were closed first before the others, at most limit.
// Those that are held are not among them, nor those that a message is still on its way about.
func (s *Store) OldestToAnonymise(ctx context.Context, limit int) ([]Incident, error) {
	found, err := readMany(ctx, s, incidentFields, `SELECT `+incidentColumns+` FROM incidents WHERE `+toAnonymise+
		` AND id NOT IN (SELECT incident_id FROM holds) AND id NOT IN (SELECT incident_id FROM deliveries WHERE incident_id IS NOT NULL AND `+
		pending+`) ORDER BY closed_at, id LIMIT ?`, limit)
	return found, doing("look for cases to anonymise", err)
}

// emptied stands for a text of which only that it was there is kept.
const emptied = "–"

// Anonymise empties what tells who reported an incident and what people wrote about it, attachments included. What is left is what
// happened when, as codes and figures, who worked the case, the reasons of decisions and duties, and the lesson: see docs/adr. toReporter
// are the kinds of delivery that go to who reported; their recipient is emptied.
func (tx *Tx) Anonymise(ctx context.Context, id int64, toReporter []string) (Incident, error) {
	var reporter *int64
	i, err := tx.UpdateIncident(ctx, id, func(i Incident) (Incident, error) {
		reporter = i.ReporterID
		i.ReporterRemoved = i.ReporterRemoved || reporter != nil
		i.ReporterID, i.Text, i.Done, i.SystemText, i.CategoryReasons = nil, "", "", "", nil
		if i.SeverityNote != "" { // that it was set by hand is a figure
			i.SeverityNote = emptied
		}
		i.AnonymisedAt = &tx.Now
		return i, nil
	})
	if err != nil {
		return Incident{}, err
	}
	kinds := make([]any, 0, 1+len(toReporter))
	kinds = append(kinds, id)
	for _, kind := range toReporter {
		kinds = append(kinds, kind)
	}
	for _, statement := range []struct {
		query string
		args  []any
	}{
		{`UPDATE notes SET text = '', author_id = CASE WHEN author_id = ? THEN NULL ELSE author_id END WHERE incident_id = ?`,
			[]any{reporter, id}},
		{`DELETE FROM attachment_contents WHERE attachment_id IN (SELECT id FROM attachments WHERE incident_id = ?)`, []any{id}},
		{`UPDATE attachments SET file_id = '', name = '', sha256 = '', fetched_at = NULL, failure = 'anonymised' WHERE incident_id = ?`,
			[]any{id}},
		{`UPDATE deliveries SET user_id = '', lane = '' WHERE incident_id = ? AND user_id <> '' AND kind IN (?` +
			strings.Repeat(", ?", len(toReporter)-1) + `)`, kinds},
	} {
		if _, err := tx.exec(ctx, statement.query, statement.args...); err != nil {
			return Incident{}, doing("anonymise incident "+i.Number, err)
		}
	}
	return i, nil
}

// Scrub has what was emptied leave the files of an embedded database. SQLite overwrites it in the database (secure_delete), but its
// journal still holds the pages as they were before: https://www.sqlite.org/wal.html. PostgreSQL does the like by itself (autovacuum),
// when it has the time.
func (s *Store) Scrub(ctx context.Context) error {
	if s.checkpointer == nil {
		return nil
	}
	s.checkpointer.running.Lock()
	defer s.checkpointer.running.Unlock()
	var busy, log, copied int
	if err := s.writer.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &log, &copied); err != nil {
		return fmt.Errorf("empty the journal: %w", err)
	}
	if busy != 0 {
		return errors.New("empty the journal: somebody reads it")
	}
	return nil
}
