package store

import (
	"context"
	"time"

	"tyreso.se/incidentbot/policy"
)

// Classification is how a system was classified once (policy clause 2.7).
type Classification struct {
	ID        int64
	SystemID  int64
	At        time.Time
	AccountID *int64 // accounts.id; nil: it came with an imported list
	Levels    *policy.Levels
	Reason    string
}

const classificationColumns = `id, system_id, at, account_id, levels, reason`

func classificationFields(c *Classification) []any {
	return []any{&c.ID, &c.SystemID, millis{&c.At}, &c.AccountID, levels{&c.Levels}, &c.Reason}
}

var insertClassification = insertInto("classifications", classificationColumns)

// Classify classifies a system from now on, and keeps how it was done. It fills in ID and At. ErrNotFound when there is no such system.
func (tx *Tx) Classify(ctx context.Context, c *Classification) error {
	n, err := tx.exec(ctx, `UPDATE systems SET levels = ?, classified_on = ? WHERE id = ?`, levels{&c.Levels},
		tx.Today(), c.SystemID)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return doing("classify a system", err)
	}
	return tx.keepClassification(ctx, c)
}

// DescribeData keeps which kinds of personal data a system holds; with any of them it holds personal data.
func (tx *Tx) DescribeData(ctx context.Context, systemID int64, kinds []string) error {
	_, err := tx.exec(ctx, `UPDATE systems SET data_kinds = ?, personal_data = CASE WHEN ? > 0 THEN ? ELSE personal_data END WHERE id = ?`,
		words[string]{&kinds}, len(kinds), policy.Yes, systemID)
	return doing("keep what data a system holds", err)
}

func (tx *Tx) keepClassification(ctx context.Context, c *Classification) error {
	c.At = tx.Now
	var err error
	c.ID, err = one(ctx, tx, itself[int64], insertClassification, classificationFields(c)[1:]...)
	return doing("keep how a system was classified", err)
}

// Classifications returns how a system was classified, the latest first, at most limit.
func (s *Store) Classifications(ctx context.Context, systemID int64, limit int) ([]Classification, error) {
	found, err := readMany(ctx, s, classificationFields,
		`SELECT `+classificationColumns+` FROM classifications WHERE system_id = ? ORDER BY id DESC LIMIT ?`, systemID, limit)
	return found, doing("read how a system was classified", err)
}

// IncidentsOfSystem returns the latest cases about a system, the latest first, at most limit.
func (s *Store) IncidentsOfSystem(ctx context.Context, systemID int64, limit int) ([]Incident, error) {
	found, err := readMany(ctx, s, incidentFields,
		`SELECT `+incidentColumns+` FROM incidents WHERE system_id = ? ORDER BY id DESC LIMIT ?`, systemID, limit)
	return found, doing("read the cases about a system", err)
}

// Unclassified returns the systems in use with an owner that are not classified, or were last before a day, and whose owner has not been
// asked since a time; those not classified first, at most limit.
func (s *Store) Unclassified(ctx context.Context, before string, asked time.Time, limit int) ([]System, error) {
	found, err := readMany(ctx, s, systemFields, `SELECT `+systemColumns+` FROM systems WHERE active = 1 AND owner_email <> '' `+
		`AND (levels = '' OR classified_on < ?) AND NOT EXISTS (SELECT 1 FROM classification_asks `+
		`WHERE system_id = systems.id AND asked_at >= ?) ORDER BY levels, id LIMIT ?`, before, asked.UnixMilli(), limit)
	return found, doing("look for systems to classify", err)
}

// AskToClassify notes that a system's owner is asked to classify it, and tells whether nobody has noted that since a time.
func (tx *Tx) AskToClassify(ctx context.Context, systemID int64, since time.Time) (first bool, err error) {
	n, err := tx.exec(ctx, `INSERT INTO classification_asks (system_id, asked_at) VALUES (?, ?) `+
		`ON CONFLICT (system_id) DO UPDATE SET asked_at = excluded.asked_at WHERE classification_asks.asked_at < ?`,
		systemID, tx.Now.UnixMilli(), since.UnixMilli())
	return n > 0, doing("ask for a classification", err)
}
