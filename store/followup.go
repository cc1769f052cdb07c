package store

import (
	"context"
	"time"

	"tyreso.se/incidentbot/policy"
)

// Followup is what the CISO writes in the follow-up of a year (policy clause 3).
type Followup struct {
	Year            int
	PromptedAt      *time.Time // when the CISO was reminded to compile it
	Changes         string     // in and around the municipality
	Goals           string     // how they stand
	Recommendations string
	SavedAt         *time.Time
	SavedBy         *int64 // accounts.id
}

const followupColumns = `year, prompted_at, changes, goals, recommendations, saved_at, saved_by`

func followupFields(f *Followup) []any {
	return []any{&f.Year, optionalMillis{&f.PromptedAt}, &f.Changes, &f.Goals, &f.Recommendations, optionalMillis{&f.SavedAt}, &f.SavedBy}
}

const selectFollowup = `SELECT ` + followupColumns + ` FROM followups WHERE year = ?`

// Followup returns what is written in a year's follow-up, or ErrNotFound.
func (s *Store) Followup(ctx context.Context, year int) (Followup, error) {
	f, err := readOne(ctx, s, followupFields, selectFollowup, year)
	return f, doing("read a follow-up", err)
}

// PromptFollowup notes that a year's follow-up is asked for, and tells whether that is the first time.
func (tx *Tx) PromptFollowup(ctx context.Context, year int) (first bool, err error) {
	n, err := tx.exec(ctx, `INSERT INTO followups (year, prompted_at, changes, goals, recommendations) VALUES (?, ?, '', '', '') `+
		`ON CONFLICT (year) DO UPDATE SET prompted_at = excluded.prompted_at WHERE followups.prompted_at IS NULL`, year, tx.Now.UnixMilli())
	return n > 0, doing("ask for a follow-up", err)
}

// SaveFollowup keeps what somebody has written in a year's follow-up in place of what stood there. It fills in SavedAt.
func (tx *Tx) SaveFollowup(ctx context.Context, f *Followup) error {
	f.SavedAt = &tx.Now
	_, err := tx.exec(ctx, `INSERT INTO followups (`+followupColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?) `+
		`ON CONFLICT (year) DO UPDATE SET changes = excluded.changes, goals = excluded.goals, `+
		`recommendations = excluded.recommendations, saved_at = excluded.saved_at, saved_by = excluded.saved_by`, followupFields(f)...)
	return doing("keep a follow-up", err)
}

// CountedCase is what is counted of a case. What anybody wrote is not among it.
type CountedCase struct {
	Category       policy.Category
	Severity       policy.Severity
	Aspects        policy.Aspects
	Cause          policy.Cause
	PersonalData   policy.Answer
	NearMiss       bool
	SystemID       *int64
	Unit           string // of who reported it, else of the system; "" not known
	RegisteredAt   time.Time
	AcknowledgedAt *time.Time
	ClosedAt       *time.Time
}

func countedFields(c *CountedCase) []any {
	return []any{
		&c.Category, &c.Severity, aspects{&c.Aspects}, &c.Cause, &c.PersonalData, flag{&c.NearMiss}, &c.SystemID, &c.Unit,
		millis{&c.RegisteredAt}, optionalMillis{&c.AcknowledgedAt}, optionalMillis{&c.ClosedAt},
	}
}

// CountedCases returns the cases that were registered from a time up to another, in that order, without those that may concern Sweden's
// security, of which nothing is told. They are small: a hundred thousand of them take some twenty megabytes.
func (s *Store) CountedCases(ctx context.Context, from, to time.Time) ([]CountedCase, error) {
	found, err := readMany(ctx, s, countedFields, `SELECT i.category, i.severity, i.aspects, i.cause, i.personal_data, i.near_miss, `+
		`i.system_id, coalesce(p.unit, s.unit, ''), i.registered_at, i.acknowledged_at, i.closed_at FROM incidents i `+
		`LEFT JOIN accounts a ON a.id = i.reporter_id LEFT JOIN people p ON p.id = a.person_id LEFT JOIN systems s ON s.id = i.system_id `+
		`WHERE i.registered_at >= ? AND i.registered_at < ? AND i.stop_question = 0 ORDER BY i.registered_at, i.id`,
		from.UnixMilli(), to.UnixMilli())
	return found, doing("read the cases to count", err)
}

// YearDuty is how the duties of one step went.
type YearDuty struct {
	Step                    string
	All, InTime, Late, Open int
}

// YearDuties counts the duties that began from a time up to another, by step. A duty is late by its own clock: it was done after its
// deadline, or is not done and its deadline has passed by now.
func (s *Store) YearDuties(ctx context.Context, from, to time.Time) ([]YearDuty, error) {
	found, err := readMany(ctx, s, func(d *YearDuty) []any { return []any{&d.Step, &d.All, &d.InTime, &d.Late, &d.Open} },
		`SELECT step, count(*), sum(CASE WHEN state = 'done' AND (due_at IS NULL OR ended_at <= due_at) THEN 1 ELSE 0 END), `+
			`sum(CASE WHEN state = 'done' AND ended_at > due_at OR state = 'open' AND due_at < ? THEN 1 ELSE 0 END), `+
			`sum(CASE WHEN state = 'open' AND (due_at IS NULL OR due_at >= ?) THEN 1 ELSE 0 END) FROM obligations `+
			`WHERE opened_at >= ? AND opened_at < ? AND state <> 'not_needed' GROUP BY step ORDER BY step`,
		s.Now().UnixMilli(), s.Now().UnixMilli(), from.UnixMilli(), to.UnixMilli())
	return found, doing("count the duties of a year", err)
}

// MeasureCount is how the measures of the register stand.
type MeasureCount struct {
	Open, Late    int // now
	Done, Dropped int // ended from a time up to another
}

// MeasureCounts counts the measures: those open now, of them those whose day has passed, and those that ended from a time up to another.
func (s *Store) MeasureCounts(ctx context.Context, from, to time.Time) (MeasureCount, error) {
	c, err := s.openMeasures(ctx)
	if err != nil {
		return MeasureCount{}, err
	}
	ended, err := readOne(ctx, s, func(c *MeasureCount) []any { return []any{&c.Done, &c.Dropped} },
		`SELECT coalesce(sum(CASE WHEN state = 'done' THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN state = ? THEN 1 ELSE 0 END), 0) `+
			`FROM measures WHERE ended_at >= ? AND ended_at < ?`, MeasureDropped, from.UnixMilli(), to.UnixMilli())
	c.Done, c.Dropped = ended.Done, ended.Dropped
	return c, doing("count the measures that ended", err)
}

// openMeasures counts the measures that are open now.
func (s *Store) openMeasures(ctx context.Context) (MeasureCount, error) {
	c, err := readOne(ctx, s, func(c *MeasureCount) []any { return []any{&c.Open, &c.Late} },
		`SELECT count(*), coalesce(sum(CASE WHEN due_on < ? THEN 1 ELSE 0 END), 0) FROM measures WHERE state = 'open'`, s.today())
	return c, doing("count the open measures", err)
}

// YearRevisions returns the revisions of a year in the order of their documents.
func (s *Store) YearRevisions(ctx context.Context, year int) ([]Revision, error) {
	found, err := readMany(ctx, s, revisionFields,
		`SELECT `+revisionColumns+` FROM revisions WHERE year = ? ORDER BY document`, year)
	return found, doing("read the revisions of a year", err)
}

// AskedFollowup returns the latest year whose follow-up was asked for, 0 when none was.
func (s *Store) AskedFollowup(ctx context.Context) (int, error) {
	year, err := readOne(ctx, s, itself[int], `SELECT coalesce(max(year), 0) FROM followups WHERE prompted_at IS NOT NULL`)
	return year, doing("look for which follow-up was asked for", err)
}
