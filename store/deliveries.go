package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

const deliveryColumns = `id, lane, surface, channel, user_id, email, kind, incident_id, note_id, attachment_id, urgent, created_at, ` +
	`attempts, attempted_at, last_error, sent_at, skipped_at, dead_at, unreached_at, reminder_id, measure_id, notice_id, revision_id, ` +
	`system_id, risk_id`

func deliveryFields(d *Delivery) []any {
	return []any{
		&d.ID, &d.Lane, &d.Surface, &d.Channel, &d.UserID, &d.Email, &d.Kind, &d.IncidentID, &d.NoteID, &d.AttachmentID,
		flag{&d.Urgent},
		millis{&d.CreatedAt}, &d.Attempts, optionalMillis{&d.AttemptedAt}, &d.LastError, optionalMillis{&d.SentAt},
		optionalMillis{&d.SkippedAt}, optionalMillis{&d.DeadAt}, optionalMillis{&d.UnreachedAt}, &d.ReminderID, &d.MeasureID,
		&d.NoticeID, &d.RevisionID, &d.SystemID, &d.RiskID,
	}
}

// pending is the condition of the index deliveries_pending, word for word, so that the databases use it.
const pending = `sent_at IS NULL AND skipped_at IS NULL AND dead_at IS NULL`

const (
	selectDelivery = `SELECT ` + deliveryColumns + ` FROM deliveries WHERE id = ?`
	selectLaneHead = `SELECT id FROM deliveries WHERE lane = ? AND ` + pending + ` ORDER BY id LIMIT 1`
)

// together is how many deliveries one statement adds at most: a report sends a handful, and every statement is a round
// trip to PostgreSQL while others wait.
const together = 8

// AddDeliveries puts messages in the outbox, each at the end of its lane, and fills in their ID and CreatedAt. It returns
// the ids of those that are now first in their lane: only these get a job; the others get theirs from FinishDelivery.
func (tx *Tx) AddDeliveries(ctx context.Context, deliveries []Delivery) (heads []int64, err error) {
	for some := range slices.Chunk(deliveries, together) {
		waiting, err := tx.waitingLanes(ctx, some)
		if err != nil {
			return nil, fmt.Errorf("find the first of the lanes: %w", err)
		}
		args := make([]any, 0, len(some)*len(deliveryFields(&Delivery{})))
		for i := range some {
			some[i].CreatedAt = tx.Now
			args = append(args, deliveryFields(&some[i])[1:]...)
		}
		ids, err := many(ctx, tx, itself[int64], insertRowsInto("deliveries", deliveryColumns, len(some)), args...)
		if err != nil {
			return nil, fmt.Errorf("add deliveries: %w", err)
		}
		slices.Sort(ids) // the ids were given out in order; the order they are returned in is not promised
		for i := range some {
			d := &some[i]
			d.ID = ids[i]
			if !waiting[d.Lane] {
				waiting[d.Lane] = true
				heads = append(heads, d.ID)
			}
		}
	}
	return heads, nil
}

// waitingLanes returns which of the deliveries' lanes, at most together, have something that waits to be sent.
func (tx *Tx) waitingLanes(ctx context.Context, deliveries []Delivery) (map[string]bool, error) {
	const waits = `CASE WHEN EXISTS (SELECT 1 FROM deliveries WHERE lane = ? AND ` + pending + `) THEN 1 ELSE 0 END`
	lanes := make([]any, len(deliveries))
	for i := range deliveries {
		lanes[i] = deliveries[i].Lane
	}
	found, err := one(ctx, tx, func(w *[together]bool) []any {
		flags := make([]any, len(deliveries))
		for i := range flags {
			flags[i] = flag{&w[i]}
		}
		return flags
	}, `SELECT `+strings.Repeat(waits+", ", len(deliveries)-1)+waits, lanes...)
	waiting := make(map[string]bool, len(deliveries))
	for i := range deliveries {
		waiting[deliveries[i].Lane] = found[i]
	}
	return waiting, err
}

// BeginAttempt counts an attempt to send and returns the delivery. ErrNotFound when there is nothing to send: it is
// finished, or never was.
func (tx *Tx) BeginAttempt(ctx context.Context, id int64) (Delivery, error) {
	d, err := one(ctx, tx, deliveryFields, `UPDATE deliveries SET attempts = attempts + 1, attempted_at = ? WHERE id = ? AND `+
		pending+` RETURNING `+deliveryColumns, tx.Now.UnixMilli(), id)
	return d, doing("begin an attempt", err)
}

// FailAttempt records the platform's code of why an attempt failed; a finished delivery is left as it is.
func (tx *Tx) FailAttempt(ctx context.Context, id int64, code string) error {
	_, err := tx.exec(ctx, `UPDATE deliveries SET last_error = ? WHERE id = ? AND `+pending, code, id)
	return doing("record a failed attempt", err)
}

// Outcome is how a delivery ended.
type Outcome string

// The ways a delivery ends.
const (
	Sent    Outcome = "sent"
	Skipped Outcome = "skipped" // lost its point before it was sent
	Dead    Outcome = "dead"    // given up
	// Unreached is skipped because the person takes no messages: what it said is read with Unreached.
	Unreached Outcome = "unreached"
)

// finishing sets the time of the outcome, and the code as the last error unless it is "".
func (o Outcome) finishing() (string, error) {
	const rest = ` = ?, last_error = CASE WHEN ? = '' THEN last_error ELSE ? END WHERE id = ? AND ` + pending + ` RETURNING lane`
	switch o {
	case Sent:
		return `UPDATE deliveries SET sent_at` + rest, nil
	case Skipped, Unreached:
		return `UPDATE deliveries SET skipped_at` + rest, nil
	case Dead:
		return `UPDATE deliveries SET dead_at` + rest, nil
	}
	return "", fmt.Errorf("no outcome %q", o)
}

// FinishDelivery records how a delivery ended and returns the id of the one that is thereby first in its lane, 0 when
// there is none: the caller gives it a job in the same transaction. A delivery that is finished stays as it is, and the
// next is then 0, since it was told the first time. ErrNotFound when there is no such delivery.
func (tx *Tx) FinishDelivery(ctx context.Context, id int64, outcome Outcome, code string) (next int64, err error) {
	const doingWhat = "finish a delivery"
	finish, err := outcome.finishing()
	if err != nil {
		return 0, doing(doingWhat, err)
	}
	lane, err := one(ctx, tx, itself[string], finish, tx.Now.UnixMilli(), code, code, id)
	if errors.Is(err, ErrNotFound) {
		_, err = one(ctx, tx, deliveryFields, selectDelivery, id)
		return 0, doing(doingWhat, err)
	}
	if err != nil {
		return 0, doing(doingWhat, err)
	}
	if outcome == Unreached {
		if _, err := tx.exec(ctx, `UPDATE deliveries SET unreached_at = skipped_at WHERE id = ?`, id); err != nil {
			return 0, doing(doingWhat, err)
		}
	}
	next, err = one(ctx, tx, itself[int64], selectLaneHead, lane)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("find the next of a lane: %w", err)
	}
	if next < id { // id was not the first: the one that is has its job
		return 0, nil
	}
	return next, nil
}

// Delivery returns the delivery, or ErrNotFound.
func (s *Store) Delivery(ctx context.Context, id int64) (Delivery, error) {
	d, err := readOne(ctx, s, deliveryFields, selectDelivery, id)
	return d, doing("read a delivery", err)
}

// DeadLetters returns the deliveries that were given up, newest first, at most limit.
func (s *Store) DeadLetters(ctx context.Context, limit int) ([]Delivery, error) {
	found, err := readMany(ctx, s, deliveryFields,
		`SELECT `+deliveryColumns+` FROM deliveries WHERE dead_at IS NOT NULL ORDER BY id DESC LIMIT ?`, limit)
	return found, doing("read the dead letters", err)
}

// unreached is the condition of the index deliveries_unreached, word for word.
const unreached = `unreached_at IS NOT NULL`

// Unreached returns the messages about an account's own reports that have not reached anybody since a time, oldest first.
func (s *Store) Unreached(ctx context.Context, reporterID int64, since time.Time) ([]Delivery, error) {
	found, err := readMany(ctx, s, deliveryFields, `SELECT `+deliveryColumns+` FROM deliveries WHERE incident_id IN (`+
		`SELECT id FROM incidents WHERE reporter_id = ?) AND `+unreached+` AND unreached_at >= ? ORDER BY id`, reporterID, since.UnixMilli())
	return found, doing("read what has not reached a person", err)
}

const selectUnreached = `SELECT CASE WHEN EXISTS (SELECT 1 FROM deliveries WHERE incident_id = ? AND ` + unreached + `) THEN 1 ELSE 0 END`

// ReporterUnreached tells whether an incident's reporter has not been reached by some message.
func (s *Store) ReporterUnreached(ctx context.Context, incidentID int64) (bool, error) {
	n, err := readOne(ctx, s, itself[int64], selectUnreached, incidentID)
	return n == 1, doing("read whether a reporter is reached", err)
}

// ReporterUnreached is Store.ReporterUnreached as the transaction sees it.
func (tx *Tx) ReporterUnreached(ctx context.Context, incidentID int64) (bool, error) {
	n, err := one(ctx, tx, itself[int64], selectUnreached, incidentID)
	return n == 1, doing("read whether a reporter is reached", err)
}

// Stats is the state of the outbox.
type Stats struct {
	Pending, Dead int
	OldestPending *time.Time // when the oldest pending delivery was created, nil when there is none
}

// DeliveryStats counts what is in the outbox.
func (s *Store) DeliveryStats(ctx context.Context) (Stats, error) {
	stats, err := readOne(ctx, s, func(st *Stats) []any { return []any{&st.Pending, optionalMillis{&st.OldestPending}, &st.Dead} },
		`SELECT count(*), min(created_at), (SELECT count(*) FROM deliveries WHERE dead_at IS NOT NULL) FROM deliveries WHERE `+pending)
	return stats, doing("count the deliveries", err)
}

// StalledLanes returns the deliveries that are first in their lane and have not been touched, neither created nor tried,
// since olderThan. Their jobs may have been lost: the sweep gives them new ones. Notices have no jobs, see WaitingNotices.
func (s *Store) StalledLanes(ctx context.Context, olderThan time.Time) ([]int64, error) {
	heads, err := readMany(ctx, s, itself[int64],
		`SELECT id FROM deliveries WHERE id IN (SELECT min(id) FROM deliveries WHERE `+pending+` GROUP BY lane) `+
			`AND notice_id IS NULL AND coalesce(attempted_at, created_at) < ? ORDER BY id`, olderThan.UnixMilli())
	return heads, doing("find stalled lanes", err)
}
