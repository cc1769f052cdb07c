package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"tyreso.se/incidentbot/policy"
)

const incidentColumns = `id, ref, number, version, status, reporter_id, surface, language, text, done, occurred_at, ` +
	`discovered_at, registered_at, system_id, system_text, form, reported_aspects, personal_data, persons, sensitive_data, ` +
	`sensitive_kinds, ongoing, near_miss, stop_question, suggested, confidence, category, category_reasons, aspects, ` +
	`regulations, severity, severity_reasons, severity_note, acknowledged_at, acknowledged_by, closed_at, closed_by, cause, lesson, ` +
	`assignee, resolved_at, ended_at, supplier, supplier_name, crime, police_report, secret, involved, lead_id, ` +
	`confirmed_at, alternatives, anonymised_at, reporter_removed`

func incidentFields(i *Incident) []any {
	return []any{
		&i.ID, &i.Ref, &i.Number, &i.Version, &i.Status, &i.ReporterID, &i.Surface, &i.Language, &i.Text, &i.Done,
		optionalMillis{&i.OccurredAt}, millis{&i.DiscoveredAt}, millis{&i.RegisteredAt}, &i.SystemID, &i.SystemText, &i.Form,
		aspects{&i.ReportedAspects}, &i.PersonalData, &i.Persons, flag{&i.SensitiveData}, &i.SensitiveKinds, &i.Ongoing,
		flag{&i.NearMiss}, flag{&i.StopQuestion}, &i.Suggested, &i.Confidence, &i.Category, list[policy.Reason]{&i.CategoryReasons},
		aspects{&i.Aspects}, words[policy.Regulation]{&i.Regulations}, &i.Severity,
		list[policy.SeverityReason]{&i.SeverityReasons}, &i.SeverityNote, optionalMillis{&i.AcknowledgedAt}, &i.AcknowledgedBy,
		optionalMillis{&i.ClosedAt}, &i.ClosedBy, &i.Cause, &i.Lesson,
		&i.Assignee, optionalMillis{&i.ResolvedAt}, optionalMillis{&i.EndedAt}, &i.Supplier, &i.SupplierName, &i.Crime, &i.PoliceReport,
		flag{&i.Secret}, words[policy.Role]{&i.Involved}, &i.LeadID,
		optionalMillis{&i.ConfirmedAt}, list[policy.Alternative]{&i.Alternatives}, optionalMillis{&i.AnonymisedAt}, flag{&i.ReporterRemoved},
	}
}

const (
	selectIncident         = `SELECT ` + incidentColumns + ` FROM incidents WHERE id = ?`
	selectIncidentByRef    = `SELECT ` + incidentColumns + ` FROM incidents WHERE ref = ?`
	selectIncidentByNumber = `SELECT ` + incidentColumns + ` FROM incidents WHERE number = ?`
)

var (
	insertIncident = insertInto("incidents", incidentColumns)
	updateIncident = updateOf("incidents", incidentColumns)
)

// CreateIncident registers a report. It fills in ID, Version 1, RegisteredAt when that is zero, and Number: the next of
// the year in which it was registered, by the calendar of Options.Location. ErrConflict when the ref is taken.
func (tx *Tx) CreateIncident(ctx context.Context, i *Incident) error {
	if i.RegisteredAt.IsZero() {
		i.RegisteredAt = tx.Now
	}
	year := i.RegisteredAt.In(tx.batch.store.location).Year()
	n, err := one(ctx, tx, itself[int],
		`INSERT INTO counters (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value`,
		"incidents-"+strconv.Itoa(year))
	if err != nil {
		return fmt.Errorf("take a number: %w", err)
	}
	i.Number = policy.IncidentNumber(year, n)
	i.Version = 1
	i.toMillis()
	if i.ID, err = one(ctx, tx, itself[int64], insertIncident, incidentFields(i)[1:]...); err != nil {
		return fmt.Errorf("register the incident: %w", err)
	}
	return nil
}

// UpdateIncident replaces the incident by what change makes of it, and raises its Version. ID, Ref, Number and
// RegisteredAt stay as they are. An error from change is returned as it is. ErrNotFound when there is no such incident.
func (tx *Tx) UpdateIncident(ctx context.Context, id int64, change func(old Incident) (Incident, error)) (Incident, error) {
	old, err := tx.IncidentByID(ctx, id)
	if err != nil {
		return Incident{}, err
	}
	i, err := change(old)
	if err != nil {
		return Incident{}, err
	}
	i.ID, i.Ref, i.Number, i.RegisteredAt, i.Version = old.ID, old.Ref, old.Number, old.RegisteredAt, old.Version+1
	i.toMillis()
	if _, err := tx.exec(ctx, updateIncident, append(incidentFields(&i)[1:], id)...); err != nil {
		return Incident{}, fmt.Errorf("change incident %s: %w", i.Number, err)
	}
	return i, nil
}

// toMillis gives the times the precision that the register holds.
func (i *Incident) toMillis() {
	i.DiscoveredAt, i.RegisteredAt = atMillis(i.DiscoveredAt), atMillis(i.RegisteredAt)
	i.OccurredAt = atMillisOptional(i.OccurredAt)
	i.AcknowledgedAt = atMillisOptional(i.AcknowledgedAt)
	i.ClosedAt = atMillisOptional(i.ClosedAt)
	i.ResolvedAt, i.EndedAt = atMillisOptional(i.ResolvedAt), atMillisOptional(i.EndedAt)
	i.ConfirmedAt = atMillisOptional(i.ConfirmedAt)
}

// Incident returns the incident with the opaque id ref, or ErrNotFound. Nobody else changes it before the transaction ends.
func (tx *Tx) Incident(ctx context.Context, ref string) (Incident, error) {
	i, err := one(ctx, tx, incidentFields, selectIncidentByRef, ref)
	return i, doing("read an incident", err)
}

// IncidentByID returns the incident, or ErrNotFound. Nobody else changes it before the transaction ends.
func (tx *Tx) IncidentByID(ctx context.Context, id int64) (Incident, error) {
	i, err := one(ctx, tx, incidentFields, selectIncident, id)
	return i, doing("read an incident", err)
}

// Incident returns the incident with the opaque id ref, or ErrNotFound.
func (s *Store) Incident(ctx context.Context, ref string) (Incident, error) {
	i, err := readOne(ctx, s, incidentFields, selectIncidentByRef, ref)
	return i, doing("read an incident", err)
}

// IncidentByID returns the incident, or ErrNotFound.
func (s *Store) IncidentByID(ctx context.Context, id int64) (Incident, error) {
	i, err := readOne(ctx, s, incidentFields, selectIncident, id)
	return i, doing("read an incident", err)
}

// IncidentByNumber returns the incident with a number such as INC-2026-0042, or ErrNotFound.
func (s *Store) IncidentByNumber(ctx context.Context, number string) (Incident, error) {
	i, err := readOne(ctx, s, incidentFields, selectIncidentByNumber, number)
	return i, doing("read an incident", err)
}

// IncidentsByReporter returns an account's own reports, newest first, at most limit.
func (s *Store) IncidentsByReporter(ctx context.Context, accountID int64, limit int) ([]Incident, error) {
	found, err := readMany(ctx, s, incidentFields,
		`SELECT `+incidentColumns+` FROM incidents WHERE reporter_id = ? ORDER BY id DESC LIMIT ?`, accountID, limit)
	return found, doing("read a reporter's incidents", err)
}

// OpenIncidents returns the incidents that are not closed, newest first, at most limit.
func (s *Store) OpenIncidents(ctx context.Context, limit int) ([]Incident, error) {
	found, err := readMany(ctx, s, incidentFields,
		`SELECT `+incidentColumns+` FROM incidents WHERE status <> 'closed' ORDER BY id DESC LIMIT ?`, limit)
	return found, doing("read the open incidents", err)
}

// Incidents calls visit with every incident in the order they were registered, and stops at its first error. It holds a
// few hundred in memory at a time.
func (s *Store) Incidents(ctx context.Context, visit func(Incident) error) error {
	err := walk(ctx, s, incidentFields, `SELECT `+incidentColumns+` FROM incidents WHERE id > ? ORDER BY id LIMIT ?`,
		func(i Incident) int64 { return i.ID }, visit)
	return doing("read the register", err)
}

// OpenCounts returns how many incidents are not closed, by status; a status that no incident has is missing.
func (s *Store) OpenCounts(ctx context.Context) (map[Status]int, error) {
	type count struct {
		status Status
		n      int
	}
	counted, err := readMany(ctx, s, func(c *count) []any { return []any{&c.status, &c.n} },
		`SELECT status, count(*) FROM incidents WHERE status <> 'closed' GROUP BY status`)
	counts := make(map[Status]int, len(counted))
	for _, count := range counted {
		counts[count.status] = count.n
	}
	return counts, doing("count the open incidents", err)
}

const selectMembers = `SELECT ` + incidentColumns + ` FROM incidents WHERE lead_id = ? ORDER BY id`

// Members returns the incidents that are handled under another, in the order in which they were registered.
func (s *Store) Members(ctx context.Context, leadID int64) ([]Incident, error) {
	found, err := readMany(ctx, s, incidentFields, selectMembers, leadID)
	return found, doing("read the members of a case", err)
}

// Members is Store.Members as the transaction sees it.
func (tx *Tx) Members(ctx context.Context, leadID int64) ([]Incident, error) {
	found, err := many(ctx, tx, incidentFields, selectMembers, leadID)
	return found, doing("read the members of a case", err)
}

// IncidentsBefore returns the incidents registered before one and since a time, newest first, at most limit.
func (s *Store) IncidentsBefore(ctx context.Context, id int64, since time.Time, limit int) ([]Incident, error) {
	found, err := readMany(ctx, s, incidentFields, `SELECT `+incidentColumns+` FROM incidents WHERE id < ? ORDER BY id DESC LIMIT ?`,
		id, limit)
	return slices.DeleteFunc(found, func(i Incident) bool { return i.RegisteredAt.Before(since) }), doing("read recent incidents", err)
}

const noteColumns = `id, incident_id, at, author_id, kind, text, source`

func noteFields(n *Note) []any {
	return []any{&n.ID, &n.IncidentID, millis{&n.At}, &n.AuthorID, &n.Kind, &n.Text, &n.Source}
}

var insertNote = insertInto("notes", noteColumns)

// AddNote adds a note to its incident. It fills in ID, and At when that is zero. ErrConflict when there is a note with its Source.
func (tx *Tx) AddNote(ctx context.Context, n *Note) error {
	if n.At.IsZero() {
		n.At = tx.Now
	}
	n.At = atMillis(n.At)
	var err error
	n.ID, err = one(ctx, tx, itself[int64], insertNote, noteFields(n)[1:]...)
	return doing("add a note", err)
}

// Notes returns an incident's notes in order.
func (s *Store) Notes(ctx context.Context, incidentID int64) ([]Note, error) {
	found, err := readMany(ctx, s, noteFields,
		`SELECT `+noteColumns+` FROM notes WHERE incident_id = ? ORDER BY id`, incidentID)
	return found, doing("read an incident's notes", err)
}

// Note returns the note, or ErrNotFound.
func (s *Store) Note(ctx context.Context, id int64) (Note, error) {
	n, err := readOne(ctx, s, noteFields, `SELECT `+noteColumns+` FROM notes WHERE id = ?`, id)
	return n, doing("read a note", err)
}
