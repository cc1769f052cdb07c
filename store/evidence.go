package store

import (
	"context"
	"time"
)

// Evidence is what the register can show today of how the policy is followed, beside what Period counts.
type Evidence struct {
	Cases, Closed     int
	Paper, Speech     int // of the cases, those that were not digital
	LatestCase        *time.Time
	Decided           int // cases in which it is decided whether personal data was breached
	LatestDecided     *time.Time
	MeasuresDone      int
	LatestMeasure     *time.Time // when one was last added
	LatestImprovement *time.Time
	People            int // in the staff list
	LatestDutyDone    *time.Time
	LatestFollowup    int // the latest year for which something is written, 0 for none
}

// Evidence reads what the register can show.
func (s *Store) Evidence(ctx context.Context) (Evidence, error) {
	fields := func(e *Evidence) []any {
		return []any{
			&e.Cases, &e.Closed, &e.Paper, &e.Speech, optionalMillis{&e.LatestCase}, &e.Decided, optionalMillis{&e.LatestDecided},
			&e.MeasuresDone, optionalMillis{&e.LatestMeasure}, optionalMillis{&e.LatestImprovement}, &e.People,
			optionalMillis{&e.LatestDutyDone}, &e.LatestFollowup,
		}
	}
	e, err := readOne(ctx, s, fields, `SELECT count(*), coalesce(sum(CASE WHEN status = 'closed' THEN 1 ELSE 0 END), 0), `+
		`coalesce(sum(CASE WHEN form = 'paper' THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN form = 'speech' THEN 1 ELSE 0 END), 0), `+
		`max(registered_at), (SELECT count(*) FROM decisions WHERE decision = 'breach'), `+
		`(SELECT max(at) FROM decisions WHERE decision = 'breach'), (SELECT count(*) FROM measures WHERE state = 'done'), `+
		`(SELECT max(created_at) FROM measures), (SELECT max(at) FROM improvements), (SELECT count(*) FROM people WHERE active = 1), `+
		`(SELECT max(ended_at) FROM obligations WHERE state = 'done'), `+
		`(SELECT coalesce(max(year), 0) FROM followups WHERE saved_at IS NOT NULL) FROM incidents`)
	return e, doing("read the evidence", err)
}
