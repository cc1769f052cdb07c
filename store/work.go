package store

import (
	"context"
	"strings"
)

const affectedColumns = `incident_id, people, persons, kinds, records, consequences, seriousness, informed, informed_at, informed_why`

func affectedFields(a *Affected) []any {
	return []any{
		&a.IncidentID, words[string]{&a.People}, &a.Persons, words[string]{&a.Kinds}, &a.Records, &a.Consequences, &a.Seriousness, &a.Informed,
		optionalMillis{&a.InformedAt}, &a.InformedWhy,
	}
}

// SaveAffected keeps whom a case affected, in place of what was known before.
func (tx *Tx) SaveAffected(ctx context.Context, a Affected) error {
	a.InformedAt = atMillisOptional(a.InformedAt)
	_, err := tx.exec(ctx, `INSERT INTO affected (`+affectedColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) `+
		`ON CONFLICT (incident_id) DO UPDATE SET people = excluded.people, persons = excluded.persons, kinds = excluded.kinds, `+
		`records = excluded.records, consequences = excluded.consequences, seriousness = excluded.seriousness, `+
		`informed = excluded.informed, informed_at = excluded.informed_at, informed_why = excluded.informed_why`, affectedFields(&a)...)
	return doing("keep whom a case affected", err)
}

// Affected returns whom a case affected, or ErrNotFound when nobody has said.
func (s *Store) Affected(ctx context.Context, incidentID int64) (Affected, error) {
	a, err := readOne(ctx, s, affectedFields, `SELECT `+affectedColumns+` FROM affected WHERE incident_id = ?`, incidentID)
	return a, doing("read whom a case affected", err)
}

const measureColumns = `id, ref, incident_id, risk_id, text, owner_email, owner_name, due_on, state, created_at, created_by, ` +
	`ended_at, ended_by, reason`

func measureFields(m *Measure) []any {
	return []any{
		&m.ID, &m.Ref, &m.IncidentID, &m.RiskID, &m.Text, &m.OwnerEmail, &m.OwnerName, &m.DueOn, &m.State, millis{&m.CreatedAt}, &m.CreatedBy,
		optionalMillis{&m.EndedAt}, &m.EndedBy, &m.Reason,
	}
}

const (
	selectMeasure      = `SELECT ` + measureColumns + ` FROM measures WHERE id = ?`
	selectMeasureByRef = `SELECT ` + measureColumns + ` FROM measures WHERE ref = ?`
)

var (
	insertMeasure = insertInto("measures", measureColumns)
	updateMeasure = updateOf("measures", measureColumns)
)

// AddMeasure adds a measure to its case or risk. It fills in ID and CreatedAt. ErrConflict when the ref is taken.
func (tx *Tx) AddMeasure(ctx context.Context, m *Measure) error {
	m.CreatedAt = tx.Now
	var err error
	m.ID, err = one(ctx, tx, itself[int64], insertMeasure, measureFields(m)[1:]...)
	return doing("add a measure", err)
}

// SaveMeasure saves all of a measure by its ID.
func (tx *Tx) SaveMeasure(ctx context.Context, m Measure) error {
	m.EndedAt = atMillisOptional(m.EndedAt)
	_, err := tx.exec(ctx, updateMeasure, append(measureFields(&m)[1:], m.ID)...)
	return doing("save a measure", err)
}

// Measure returns the measure, or ErrNotFound. Nobody else changes it before the transaction ends.
func (tx *Tx) Measure(ctx context.Context, id int64) (Measure, error) {
	m, err := one(ctx, tx, measureFields, selectMeasure, id)
	return m, doing("read a measure", err)
}

// Measure returns the measure, or ErrNotFound.
func (s *Store) Measure(ctx context.Context, id int64) (Measure, error) {
	m, err := readOne(ctx, s, measureFields, selectMeasure, id)
	return m, doing("read a measure", err)
}

// MeasureByRef returns the measure with the opaque id ref, or ErrNotFound.
func (s *Store) MeasureByRef(ctx context.Context, ref string) (Measure, error) {
	m, err := readOne(ctx, s, measureFields, selectMeasureByRef, ref)
	return m, doing("read a measure", err)
}

// Measures returns a case's measures in the order in which they were added.
func (s *Store) Measures(ctx context.Context, incidentID int64) ([]Measure, error) {
	found, err := readMany(ctx, s, measureFields, `SELECT `+measureColumns+` FROM measures WHERE incident_id = ? ORDER BY id`, incidentID)
	return found, doing("read a case's measures", err)
}

// MeasuresOfRisk returns a risk's measures in the order in which they were added.
func (s *Store) MeasuresOfRisk(ctx context.Context, riskID int64) ([]Measure, error) {
	found, err := readMany(ctx, s, measureFields, `SELECT `+measureColumns+` FROM measures WHERE risk_id = ? ORDER BY id`, riskID)
	return found, doing("read a risk's measures", err)
}

// OpenMeasuresOfRisk counts a risk's measures that have not ended.
func (tx *Tx) OpenMeasuresOfRisk(ctx context.Context, riskID int64) (int, error) {
	n, err := one(ctx, tx, itself[int], `SELECT count(*) FROM measures WHERE risk_id = ? AND state = 'open'`, riskID)
	return n, doing("count a risk's open measures", err)
}

// OpenMeasures returns the measures that have not ended, of cases and of risks: of an owner, or of everybody when the address is "". What
// is to be done first comes first; at most limit.
func (s *Store) OpenMeasures(ctx context.Context, ownerEmail string, limit int) ([]Measure, error) {
	query, args := `SELECT `+measureColumns+` FROM measures WHERE state = 'open' `, []any{limit}
	if ownerEmail != "" {
		query, args = query+`AND owner_email = ? `, []any{ownerEmail, limit}
	}
	found, err := readMany(ctx, s, measureFields, query+`ORDER BY due_on, id LIMIT ?`, args...)
	return found, doing("read the open measures", err)
}

// PeopleNamed returns the active people of the staff list whose e-mail address or whole name is the one given, in any case, at most limit.
func (s *Store) PeopleNamed(ctx context.Context, name string, limit int) ([]Person, error) {
	name = strings.TrimSpace(name)
	found, err := readMany(ctx, s, personFields, `SELECT `+personColumns+` FROM people WHERE active = 1 AND (email = ? OR name = ?) `+
		`ORDER BY id LIMIT ?`, strings.ToLower(name), name, limit)
	return found, doing("look for a person", err)
}

// CreateSystem adds a system to the inventory. It fills in ID. ErrConflict when the key is taken.
func (tx *Tx) CreateSystem(ctx context.Context, s *System) error {
	var err error
	s.ID, err = one(ctx, tx, itself[int64], insertSystem, foldedSystemFields(s)[1:]...)
	return doing("add a system", err)
}

// SystemNamed returns the active system of the inventory with a name, in any case, or ErrNotFound.
func (s *Store) SystemNamed(ctx context.Context, name string) (*System, error) {
	found, err := readOne(ctx, s, systemFields,
		`SELECT `+systemColumns+` FROM systems WHERE active = 1 AND folded_name = ? ORDER BY id LIMIT 1`, fold(name))
	return &found, doing("look for a system", err)
}

// AllMeasures calls visit with every measure and the number of its case, "" of a risk's, in the order they were added, and stops at its
// first error. It holds a few hundred in memory at a time.
func (s *Store) AllMeasures(ctx context.Context, visit func(m Measure, number string) error) error {
	type numbered struct {
		Measure

		number string
	}
	err := walk(ctx, s, func(m *numbered) []any { return append(measureFields(&m.Measure), &m.number) },
		`SELECT `+measureColumns+`, coalesce((SELECT number FROM incidents WHERE id = measures.incident_id), '') FROM measures WHERE id > ? `+
			`ORDER BY id LIMIT ?`,
		func(m numbered) int64 { return m.ID }, func(m numbered) error { return visit(m.Measure, m.number) })
	return doing("read the measures", err)
}
