package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"tyreso.se/incidentbot/policy"
)

// Decision is what was decided about a case: the latest of its kind. Those before it are in the audit chain.
type Decision struct {
	IncidentID int64
	Decision   policy.Decision
	Verdict    policy.Verdict
	Reason     string
	At         time.Time
	AccountID  int64
}

const decisionColumns = `incident_id, decision, verdict, reason, at, account_id`

func decisionFields(d *Decision) []any {
	return []any{&d.IncidentID, &d.Decision, &d.Verdict, &d.Reason, millis{&d.At}, &d.AccountID}
}

const selectDecisions = `SELECT ` + decisionColumns + ` FROM decisions WHERE incident_id = ? ORDER BY decision`

// Decide keeps a decision in place of the one before it. It fills in At.
func (tx *Tx) Decide(ctx context.Context, d *Decision) error {
	d.At = tx.Now
	_, err := tx.exec(ctx, `INSERT INTO decisions (`+decisionColumns+`) VALUES (?, ?, ?, ?, ?, ?) `+
		`ON CONFLICT (incident_id, decision) DO UPDATE SET verdict = excluded.verdict, reason = excluded.reason, `+
		`at = excluded.at, account_id = excluded.account_id`, decisionFields(d)...)
	return doing("keep a decision", err)
}

// Decisions returns what was decided about an incident.
func (s *Store) Decisions(ctx context.Context, incidentID int64) ([]Decision, error) {
	found, err := readMany(ctx, s, decisionFields, selectDecisions, incidentID)
	return found, doing("read decisions", err)
}

// Decisions is Store.Decisions as the transaction sees it.
func (tx *Tx) Decisions(ctx context.Context, incidentID int64) ([]Decision, error) {
	found, err := many(ctx, tx, decisionFields, selectDecisions, incidentID)
	return found, doing("read decisions", err)
}

// ObligationState is where a duty stands.
type ObligationState string

// The states of a duty.
const (
	ObligationOpen      ObligationState = "open"
	ObligationDone      ObligationState = "done"
	ObligationNotNeeded ObligationState = "not_needed"
)

// Obligation is a duty that follows from a decision about a case, with its clock.
type Obligation struct {
	ID          int64
	IncidentID  int64
	Step        string // policy.Step.Key
	State       ObligationState
	OpenedAt    time.Time
	StartAt     time.Time  // when its clock started
	StartReason string     // why the start was moved, "" when it was not
	DueAt       *time.Time // nil: without undue delay
	Round       int        // raised when the clock starts anew
	EndedAt     *time.Time // when it was done, as its doer says; when it was decided that it is not needed
	EndedBy     *int64     // accounts.id
	Reference   string     // the recipient's number of what was handed in
	Reason      string     // why it is not needed
}

// Clock is what the obligation's reminders go by.
func (o Obligation) Clock() string { return fmt.Sprintf("obligation:%d", o.ID) }

const obligationColumns = `id, incident_id, step, state, opened_at, start_at, start_reason, due_at, round, ended_at, ended_by, ` +
	`reference, reason`

func obligationFields(o *Obligation) []any {
	return []any{
		&o.ID, &o.IncidentID, &o.Step, &o.State, millis{&o.OpenedAt}, millis{&o.StartAt}, &o.StartReason, optionalMillis{&o.DueAt},
		&o.Round, optionalMillis{&o.EndedAt}, &o.EndedBy, &o.Reference, &o.Reason,
	}
}

const (
	selectObligations = `SELECT ` + obligationColumns + ` FROM obligations WHERE incident_id = ? ORDER BY id`
	selectObligation  = `SELECT ` + obligationColumns + ` FROM obligations WHERE id = ?`
)

var (
	insertObligation = insertInto("obligations", obligationColumns)
	updateObligation = updateOf("obligations", obligationColumns)
)

// AddObligation begins a duty. It fills in ID and OpenedAt. ErrConflict when the case has that step already.
func (tx *Tx) AddObligation(ctx context.Context, o *Obligation) error {
	o.OpenedAt = tx.Now
	o.toMillis()
	var err error
	o.ID, err = one(ctx, tx, itself[int64], insertObligation, obligationFields(o)[1:]...)
	return doing("begin an obligation", err)
}

// SaveObligation saves all of an obligation by its ID.
func (tx *Tx) SaveObligation(ctx context.Context, o Obligation) error {
	o.toMillis()
	_, err := tx.exec(ctx, updateObligation, append(obligationFields(&o)[1:], o.ID)...)
	return doing("save an obligation", err)
}

func (o *Obligation) toMillis() {
	o.StartAt = atMillis(o.StartAt)
	o.DueAt, o.EndedAt = atMillisOptional(o.DueAt), atMillisOptional(o.EndedAt)
}

// Obligations returns a case's duties in the order in which they began.
func (s *Store) Obligations(ctx context.Context, incidentID int64) ([]Obligation, error) {
	found, err := readMany(ctx, s, obligationFields, selectObligations, incidentID)
	return found, doing("read obligations", err)
}

// Obligations is Store.Obligations as the transaction sees it.
func (tx *Tx) Obligations(ctx context.Context, incidentID int64) ([]Obligation, error) {
	found, err := many(ctx, tx, obligationFields, selectObligations, incidentID)
	return found, doing("read obligations", err)
}

// Obligation returns the obligation, or ErrNotFound.
func (tx *Tx) Obligation(ctx context.Context, id int64) (Obligation, error) {
	o, err := one(ctx, tx, obligationFields, selectObligation, id)
	return o, doing("read an obligation", err)
}

// Reminder is a moment at which somebody is to be told that a clock runs. A row for each, with a key of its own, so that none is missed
// however long the process was down, and none comes twice.
type Reminder struct {
	ID           int64
	Key          string // unique within Clock
	Clock        string // what it reminds of; of several that are due, only the latest is sent
	IncidentID   int64  // 0: of no case
	ObligationID *int64
	MeasureID    *int64
	RevisionID   *int64
	Kind         string // the handlers know them
	Stage        policy.Stage
	DueAt        time.Time
	SentAt       *time.Time
	SupersededAt *time.Time // lost its point before it was sent
}

const reminderColumns = `id, key, clock, incident_id, obligation_id, kind, stage, due_at, sent_at, superseded_at, measure_id, revision_id`

func reminderFields(r *Reminder) []any {
	return []any{
		&r.ID, &r.Key, &r.Clock, optionalID{&r.IncidentID}, &r.ObligationID, &r.Kind, &r.Stage, millis{&r.DueAt}, optionalMillis{&r.SentAt},
		optionalMillis{&r.SupersededAt}, &r.MeasureID, &r.RevisionID,
	}
}

// waiting is the condition of the index reminders_due, word for word.
const waiting = `sent_at IS NULL AND superseded_at IS NULL`

const selectReminder = `SELECT ` + reminderColumns + ` FROM reminders WHERE id = ?`

// AddReminders adds reminders; those whose key is there already are left as they are.
func (tx *Tx) AddReminders(ctx context.Context, reminders []Reminder) error {
	if len(reminders) == 0 {
		return nil
	}
	_, columns, _ := strings.Cut(reminderColumns, ", ")
	row := "(" + strings.Repeat("?, ", strings.Count(columns, ", ")) + "?)"
	args := make([]any, 0, len(reminders)*len(reminderFields(&Reminder{})))
	for i := range reminders {
		reminders[i].DueAt = atMillis(reminders[i].DueAt)
		args = append(args, reminderFields(&reminders[i])[1:]...)
	}
	_, err := tx.exec(ctx, `INSERT INTO reminders (`+columns+`) VALUES `+strings.Repeat(row+", ", len(reminders)-1)+row+
		` ON CONFLICT (clock, key) DO NOTHING`, args...)
	return doing("add reminders", err)
}

// Supersede takes back what is still to be sent of a clock, and returns how many that were.
func (tx *Tx) Supersede(ctx context.Context, clock string) (int, error) {
	n, err := tx.exec(ctx, `UPDATE reminders SET superseded_at = ? WHERE clock = ? AND `+waiting,
		tx.Now.UnixMilli(), clock)
	return int(n), doing("take back reminders", err)
}

// DueClocks returns the clocks with something to send, those that have waited longest first, at most limit.
func (s *Store) DueClocks(ctx context.Context, limit int) ([]string, error) {
	due, err := readMany(ctx, s, itself[string], `SELECT clock FROM reminders WHERE due_at <= ? AND `+waiting+` ORDER BY due_at LIMIT ?`,
		s.Now().UnixMilli(), limit)
	return due, doing("look for what is due", err)
}

// TakeReminder takes the latest reminder of a clock that is due, as sent: whatever is to come of it is written in the same transaction.
// Those of the clock that were due before it are superseded by it. ErrNotFound when none is due, which is how a second process finds
// that the first one was there.
func (tx *Tx) TakeReminder(ctx context.Context, clock string) (Reminder, error) {
	now := tx.Now.UnixMilli()
	r, err := one(ctx, tx, reminderFields, `SELECT `+reminderColumns+` FROM reminders WHERE clock = ? AND due_at <= ? AND `+
		waiting+` ORDER BY due_at DESC, id DESC LIMIT 1`, clock, now)
	if err == nil {
		_, err = tx.exec(ctx, `UPDATE reminders SET sent_at = ? WHERE id = ?`, now, r.ID)
	}
	if err == nil {
		_, err = tx.exec(ctx, `UPDATE reminders SET superseded_at = ? WHERE clock = ? AND due_at <= ? AND `+waiting, now, clock, now)
	}
	r.SentAt = &tx.Now
	return r, doing("take a reminder", err)
}

// Reminder returns the reminder, or ErrNotFound.
func (s *Store) Reminder(ctx context.Context, id int64) (Reminder, error) {
	r, err := readOne(ctx, s, reminderFields, selectReminder, id)
	return r, doing("read a reminder", err)
}

// Reminders returns all reminders of a clock in the order in which they are due.
func (s *Store) Reminders(ctx context.Context, clock string) ([]Reminder, error) {
	found, err := readMany(ctx, s, reminderFields,
		`SELECT `+reminderColumns+` FROM reminders WHERE clock = ? ORDER BY due_at, id`, clock)
	return found, doing("read the reminders of a clock", err)
}

// Unanswered counts the reminders of a clock that were sent before one and after somebody last acted on its case: that is a person's event
// in the audit chain about the subject, but for those of the actions given, which only look.
func (tx *Tx) Unanswered(ctx context.Context, r Reminder, subject string, looking []string) (int, error) {
	args := []any{subject}
	for _, action := range looking {
		args = append(args, action)
	}
	acted, err := one(ctx, tx, itself[int64], `SELECT coalesce(max(at), 0) FROM audit_events WHERE subject = ? `+
		`AND actor NOT IN ('system', 'reporter', 'anonymous') AND action NOT IN (`+strings.Repeat("?, ", len(looking)-1)+`?)`, args...)
	if err != nil {
		return 0, doing("look for when somebody acted", err)
	}
	n, err := one(ctx, tx, itself[int], `SELECT count(*) FROM reminders WHERE clock = ? AND sent_at > ? AND id <> ?`, r.Clock, acted, r.ID)
	return n, doing("count unanswered reminders", err)
}

// SimilarIncidents counts the incidents before one with its category and system, registered since a time.
func (s *Store) SimilarIncidents(ctx context.Context, i Incident, since time.Time) (int, error) {
	if i.SystemID == nil {
		return 0, nil
	}
	n, err := readOne(ctx, s, itself[int], `SELECT count(*) FROM incidents WHERE system_id = ? AND category = ? AND near_miss = 0 `+
		`AND registered_at >= ? AND id < ?`, *i.SystemID, i.Category, since.UnixMilli(), i.ID)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	return n, doing("count similar incidents", err)
}
