package store

import (
	"context"
	"fmt"
	"time"

	"tyreso.se/incidentbot/policy"
)

// Risk is something that can happen (policy clause 2.5).
type Risk struct {
	ID          int64
	Ref         string          // opaque random id: what buttons and dialogs carry
	Text        string          // what can happen
	Category    policy.Category // of cases like it; "": of any
	Cause       policy.Cause    // of cases like it; "": of any
	SystemID    *int64          // systems.id; nil: of any or none
	IncidentID  *int64          // incidents.id of the case that it was seen in
	Unit        string
	OwnerEmail  string // lower case
	OwnerName   string
	Before      policy.RiskEstimate // as it is now
	Reason      string              // for Before
	After       policy.RiskEstimate // when its measures are done
	ReasonAfter string              // for After
	EstimatedAt *time.Time          // the latest of both
	EstimatedBy *int64              // accounts.id
	CreatedAt   time.Time
	CreatedBy   int64 // accounts.id
	EndedAt     *time.Time
	EndedBy     *int64 // accounts.id
	EndedWhy    string
}

// RiskNumber is what people call the risk with an id, as R12.
func RiskNumber(id int64) string { return fmt.Sprintf("R%d", id) }

// Number is what people call the risk.
func (r Risk) Number() string { return RiskNumber(r.ID) }

const riskColumns = `id, ref, text, category, cause, system_id, incident_id, unit, owner_email, owner_name, likelihood, consequence, ` +
	`reason, likelihood_after, consequence_after, reason_after, estimated_at, estimated_by, created_at, created_by, ended_at, ended_by, ` +
	`ended_why`

func riskFields(r *Risk) []any {
	return []any{
		&r.ID, &r.Ref, &r.Text, &r.Category, &r.Cause, &r.SystemID, &r.IncidentID, &r.Unit, &r.OwnerEmail, &r.OwnerName,
		&r.Before.Likelihood, &r.Before.Consequence, &r.Reason, &r.After.Likelihood, &r.After.Consequence, &r.ReasonAfter,
		optionalMillis{&r.EstimatedAt}, &r.EstimatedBy, millis{&r.CreatedAt}, &r.CreatedBy, optionalMillis{&r.EndedAt}, &r.EndedBy, &r.EndedWhy,
	}
}

const selectRisk = `SELECT ` + riskColumns + ` FROM risks WHERE id = ?`

var (
	insertRisk = insertInto("risks", riskColumns)
	updateRisk = updateOf("risks", riskColumns)
)

// AddRisk adds a risk. It fills in ID and CreatedAt. ErrConflict when the ref is taken.
func (tx *Tx) AddRisk(ctx context.Context, r *Risk) error {
	r.CreatedAt = tx.Now
	var err error
	r.ID, err = one(ctx, tx, itself[int64], insertRisk, riskFields(r)[1:]...)
	return doing("add a risk", err)
}

// UpdateRisk applies change to the risk as it is now and saves it. An error from change is returned as it is. ErrNotFound when there is no
// such risk.
func (tx *Tx) UpdateRisk(ctx context.Context, id int64, change func(*Risk) error) error {
	r, err := one(ctx, tx, riskFields, selectRisk, id)
	if err != nil {
		return doing("read a risk", err)
	}
	if err := change(&r); err != nil {
		return err
	}
	r.EstimatedAt, r.EndedAt = atMillisOptional(r.EstimatedAt), atMillisOptional(r.EndedAt)
	_, err = tx.exec(ctx, updateRisk, append(riskFields(&r)[1:], id)...)
	return doing("save a risk", err)
}

// Risk returns the risk with the opaque id ref, or ErrNotFound.
func (s *Store) Risk(ctx context.Context, ref string) (Risk, error) {
	r, err := readOne(ctx, s, riskFields, `SELECT `+riskColumns+` FROM risks WHERE ref = ?`, ref)
	return r, doing("read a risk", err)
}

// RiskByID returns the risk, or ErrNotFound.
func (s *Store) RiskByID(ctx context.Context, id int64) (Risk, error) {
	r, err := readOne(ctx, s, riskFields, selectRisk, id)
	return r, doing("read a risk", err)
}

// Risks returns all risks, also those that have ended, in the order in which they were added.
func (s *Store) Risks(ctx context.Context) ([]Risk, error) {
	found, err := readMany(ctx, s, riskFields, `SELECT `+riskColumns+` FROM risks ORDER BY id`)
	return found, doing("read the risks", err)
}

// OpenRisks returns the risks that have not ended: of an owner, or of everybody when the address is "". Those that nobody has estimated
// come first, then the gravest as they are now.
func (s *Store) OpenRisks(ctx context.Context, ownerEmail string) ([]Risk, error) {
	found, err := readMany(ctx, s, riskFields, `SELECT `+riskColumns+` FROM risks WHERE ended_at IS NULL AND (owner_email = ? OR ? = '') `+
		`ORDER BY CASE WHEN likelihood = 0 THEN 0 ELSE 1 END, likelihood * consequence DESC, id`, ownerEmail, ownerEmail)
	return found, doing("read the open risks", err)
}

// RisksOfIncident returns the risks that were seen in a case, in the order in which they were added.
func (s *Store) RisksOfIncident(ctx context.Context, incidentID int64) ([]Risk, error) {
	found, err := readMany(ctx, s, riskFields, `SELECT `+riskColumns+` FROM risks WHERE incident_id = ? ORDER BY id`, incidentID)
	return found, doing("read the risks of a case", err)
}

// OpenRiskMeasures counts the measures of risks that have not ended, by risk.
func (s *Store) OpenRiskMeasures(ctx context.Context) (map[int64]int, error) {
	type count struct {
		risk int64
		n    int
	}
	found, err := readMany(ctx, s, func(c *count) []any { return []any{&c.risk, &c.n} },
		`SELECT risk_id, count(*) FROM measures WHERE state = 'open' AND risk_id IS NOT NULL GROUP BY risk_id`)
	counts := make(map[int64]int, len(found))
	for _, c := range found {
		counts[c.risk] = c.n
	}
	return counts, doing("count the open measures of risks", err)
}

// RiskFigures counts the cases like a risk among those that were registered since a time, without those that may concern Sweden's security,
// of which nothing is told. Levels is left to the caller; Months is 1 of a register that is empty.
func (s *Store) RiskFigures(ctx context.Context, r Risk, since time.Time) (policy.RiskFigures, error) {
	system := int64(0)
	if r.SystemID != nil {
		system = *r.SystemID
	}
	var first *time.Time
	f, err := readOne(ctx, s, func(f *policy.RiskFigures) []any {
		return []any{
			optionalMillis{&first}, &f.OfCategory, &f.OfSystem, &f.OfCause, &f.Cases, &f.NearMisses, &f.Worst, &f.Persons,
		}
	}, `SELECT (SELECT min(registered_at) FROM incidents), coalesce(sum(of_category), 0), coalesce(sum(of_system), 0), `+
		`coalesce(sum(of_cause), 0), coalesce(sum(fits), 0), coalesce(sum(fits * near_miss), 0), `+
		`coalesce(max(fits * (1 - near_miss) * severity), 0), coalesce(max(fits * (1 - near_miss) * persons), 0) FROM (`+
		`SELECT near_miss, severity, persons, CASE WHEN category = ? THEN 1 ELSE 0 END AS of_category, `+
		`CASE WHEN system_id = ? THEN 1 ELSE 0 END AS of_system, CASE WHEN cause = ? AND cause <> '' THEN 1 ELSE 0 END AS of_cause, `+
		// What is not said of the risk fits every case.
		`CASE WHEN (category = ? OR ? = '') AND (system_id = ? OR CAST(? AS BIGINT) = 0) AND (cause = ? OR ? = '') THEN 1 ELSE 0 END AS fits `+
		`FROM incidents WHERE registered_at >= ? AND stop_question = 0) AS counted`,
		r.Category, system, r.Cause, r.Category, r.Category, system, system, r.Cause, r.Cause, since.UnixMilli())
	if err != nil {
		return f, doing("count the cases like a risk", err)
	}
	f.Months = 1
	if first != nil {
		const month = 365 * 24 * time.Hour / 12
		f.Months = max(1, int(s.Now().Sub(*first)/month))
	}
	return f, nil
}
