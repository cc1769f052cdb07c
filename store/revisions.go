package store

import (
	"context"
	"fmt"
	"time"

	"tyreso.se/incidentbot/policy"
)

// RevisionState is where the revision of a governing document stands.
type RevisionState string

// The states of a revision.
const (
	RevisionOpen      RevisionState = "open" // asked for
	RevisionStarted   RevisionState = "started"
	RevisionPostponed RevisionState = "postponed"
	RevisionUnchanged RevisionState = "unchanged" // decided: nothing needs to change
	RevisionRevised   RevisionState = "revised"   // decided: there is a new edition
	RevisionMissed    RevisionState = "missed"    // the next year's was asked for before it was decided
)

// Ended tells whether there is nothing more to decide.
func (s RevisionState) Ended() bool {
	return s == RevisionUnchanged || s == RevisionRevised || s == RevisionMissed
}

// Revision is one year's revision of a governing document (policy clause 4).
type Revision struct {
	ID           int64
	Ref          string // opaque random id: what buttons and dialogs carry
	Version      int64  // raised by every change; a copy drawn from an older one is stale
	Document     string // policy.Document.Key
	Title        string
	Owner        policy.Role
	Year         int
	State        RevisionState
	PromptedAt   time.Time
	DueOn        string // 2006-01-02
	StartedAt    *time.Time
	StartedBy    *int64 // accounts.id
	EndedAt      *time.Time
	EndedBy      *int64 // accounts.id
	Reason       string // why nothing needs to change
	PostponedWhy string
	ApprovedBy   string // who approved that it was postponed
	Edition      string // the document's new version
	DecidedOn    string // 2006-01-02 or ""
	Reference    string // of the decision
	Link         string
}

// Clock is what the revision's reminders go by.
func (r Revision) Clock() string { return fmt.Sprintf("revision:%d", r.ID) }

const revisionColumns = `id, ref, version, document, title, owner, year, state, prompted_at, due_on, started_at, started_by, ended_at, ` +
	`ended_by, reason, postponed_why, approved_by, edition, decided_on, reference, link`

func revisionFields(r *Revision) []any {
	return []any{
		&r.ID, &r.Ref, &r.Version, &r.Document, &r.Title, &r.Owner, &r.Year, &r.State, millis{&r.PromptedAt}, &r.DueOn,
		optionalMillis{&r.StartedAt}, &r.StartedBy, optionalMillis{&r.EndedAt}, &r.EndedBy, &r.Reason, &r.PostponedWhy, &r.ApprovedBy,
		&r.Edition, &r.DecidedOn, &r.Reference, &r.Link,
	}
}

const (
	selectRevision      = `SELECT ` + revisionColumns + ` FROM revisions WHERE id = ?`
	selectRevisionByRef = `SELECT ` + revisionColumns + ` FROM revisions WHERE ref = ?`
	selectRevisions     = `SELECT ` + revisionColumns + ` FROM revisions WHERE document = ? ORDER BY year`
)

var (
	insertRevision = insertInto("revisions", revisionColumns)
	updateRevision = updateOf("revisions", revisionColumns)
)

// AddRevision begins a revision. It fills in ID and Version. ErrConflict when the document has one for that year.
func (tx *Tx) AddRevision(ctx context.Context, r *Revision) error {
	r.Version, r.PromptedAt = 1, atMillis(r.PromptedAt)
	var err error
	r.ID, err = one(ctx, tx, itself[int64], insertRevision, revisionFields(r)[1:]...)
	return doing("begin a revision", err)
}

// UpdateRevision replaces the revision by what change makes of it, and raises its Version. An error from change is returned as it is.
// ErrNotFound when there is no such revision.
func (tx *Tx) UpdateRevision(ctx context.Context, id int64, change func(old Revision) (Revision, error)) (Revision, error) {
	old, err := tx.Revision(ctx, id)
	if err != nil {
		return Revision{}, err
	}
	r, err := change(old)
	if err != nil {
		return Revision{}, err
	}
	r.ID, r.Ref, r.Version = old.ID, old.Ref, old.Version+1
	r.StartedAt, r.EndedAt = atMillisOptional(r.StartedAt), atMillisOptional(r.EndedAt)
	_, err = tx.exec(ctx, updateRevision, append(revisionFields(&r)[1:], id)...)
	return r, doing("change a revision", err)
}

// Revision returns the revision, or ErrNotFound. Nobody else changes it before the transaction ends.
func (tx *Tx) Revision(ctx context.Context, id int64) (Revision, error) {
	r, err := one(ctx, tx, revisionFields, selectRevision, id)
	return r, doing("read a revision", err)
}

// RevisionByID returns the revision, or ErrNotFound.
func (s *Store) RevisionByID(ctx context.Context, id int64) (Revision, error) {
	r, err := readOne(ctx, s, revisionFields, selectRevision, id)
	return r, doing("read a revision", err)
}

// Revision returns the revision with the opaque id ref, or ErrNotFound.
func (s *Store) Revision(ctx context.Context, ref string) (Revision, error) {
	r, err := readOne(ctx, s, revisionFields, selectRevisionByRef, ref)
	return r, doing("read a revision", err)
}

// Revisions returns a document's revisions in the order of their years.
func (s *Store) Revisions(ctx context.Context, document string) ([]Revision, error) {
	found, err := readMany(ctx, s, revisionFields, selectRevisions, document)
	return found, doing("read a document's revisions", err)
}

// Revisions is Store.Revisions as the transaction sees it.
func (tx *Tx) Revisions(ctx context.Context, document string) ([]Revision, error) {
	found, err := many(ctx, tx, revisionFields, selectRevisions, document)
	return found, doing("read a document's revisions", err)
}

// AskedRevisions returns the latest year for which each document's revision was asked for.
func (s *Store) AskedRevisions(ctx context.Context) (map[string]int, error) {
	type asked struct {
		document string
		year     int
	}
	found, err := readMany(ctx, s, func(a *asked) []any { return []any{&a.document, &a.year} },
		`SELECT document, max(year) FROM revisions GROUP BY document`)
	latest := make(map[string]int, len(found))
	for _, a := range found {
		latest[a.document] = a.year
	}
	return latest, doing("look for which revisions were asked for", err)
}

// KnownDocuments returns since when each governing document is known.
func (s *Store) KnownDocuments(ctx context.Context) (map[string]time.Time, error) {
	type known struct {
		key string
		at  time.Time
	}
	found, err := readMany(ctx, s, func(k *known) []any { return []any{&k.key, millis{&k.at}} }, `SELECT key, known_at FROM documents`)
	since := make(map[string]time.Time, len(found))
	for _, k := range found {
		since[k.key] = k.at
	}
	return since, doing("read the known documents", err)
}

// KnowDocument notes that a governing document is known from now on; one that is known already stays as it is.
func (tx *Tx) KnowDocument(ctx context.Context, key string) error {
	_, err := tx.exec(ctx, `INSERT INTO documents (key, known_at) VALUES (?, ?) ON CONFLICT (key) DO NOTHING`, key, tx.Now.UnixMilli())
	return doing("note a document", err)
}

// RevisionCards returns the copies of a revision's card that are still there, in the order they were posted.
func (s *Store) RevisionCards(ctx context.Context, revisionID int64) ([]Card, error) {
	found, err := readMany(ctx, s, cardFields,
		`SELECT `+cardColumns+` FROM cards WHERE revision_id = ? AND lost_at IS NULL ORDER BY id`, revisionID)
	return found, doing("read a revision's cards", err)
}

// RevisionTargets is CardTargets for the card of a revision, which deliveries of a kind draw.
func (tx *Tx) RevisionTargets(ctx context.Context, revisionID int64, kind string) ([]Delivery, error) {
	first, err := many(ctx, tx, deliveryFields, `SELECT `+deliveryColumns+` FROM deliveries WHERE id IN (`+
		`SELECT min(id) FROM deliveries WHERE revision_id = ? AND kind = ? GROUP BY lane) ORDER BY id`, revisionID, kind)
	return again(first), doing("find a revision's cards", err)
}

// Improvement is what somebody suggests that the governing documents should say, or do better.
type Improvement struct {
	ID       int64
	At       time.Time
	AuthorID int64 // accounts.id
	Text     string
}

const improvementColumns = `id, at, author_id, text`

func improvementFields(i *Improvement) []any {
	return []any{&i.ID, millis{&i.At}, &i.AuthorID, &i.Text}
}

var insertImprovement = insertInto("improvements", improvementColumns)

// AddImprovement keeps a suggestion. It fills in ID and At.
func (tx *Tx) AddImprovement(ctx context.Context, i *Improvement) error {
	i.At = tx.Now
	var err error
	i.ID, err = one(ctx, tx, itself[int64], insertImprovement, improvementFields(i)[1:]...)
	return doing("keep a suggestion", err)
}

// Improvements returns the suggestions made since a time, newest first, at most limit.
func (s *Store) Improvements(ctx context.Context, since time.Time, limit int) ([]Improvement, error) {
	found, err := readMany(ctx, s, improvementFields,
		`SELECT `+improvementColumns+` FROM improvements WHERE at >= ? ORDER BY at DESC, id DESC LIMIT ?`, since.UnixMilli(), limit)
	return found, doing("read the suggestions", err)
}

// Period is what has happened in the register between two times, in figures. Every case counts by when it was registered, every duty by
// when it began.
type Period struct {
	Cases       int
	NearMisses  int
	Open        int                     // of the cases
	Categories  map[policy.Category]int // of the cases
	Duties      int
	DutiesDone  int // within the deadline, or where there was none
	DutiesLate  int // done after the deadline, or not done and the deadline has passed
	Measures    int // open now, whenever they were decided
	MeasureLate int // of them, those whose day has passed
	Systems     int // classified anew
	Suggestions int // for improvements
}

// Period counts what has happened from a time up to another.
func (s *Store) Period(ctx context.Context, from, to time.Time) (Period, error) {
	p := Period{Categories: map[policy.Category]int{}}
	type count struct {
		category            policy.Category
		cases, misses, open int
	}
	first, last := from.UnixMilli(), to.UnixMilli()
	counts, err := readMany(ctx, s, func(c *count) []any { return []any{&c.category, &c.cases, &c.misses, &c.open} },
		`SELECT category, count(*), sum(near_miss), sum(CASE WHEN status <> 'closed' THEN 1 ELSE 0 END) FROM incidents `+
			`WHERE registered_at >= ? AND registered_at < ? GROUP BY category`, first, last)
	if err != nil {
		return Period{}, doing("count the cases of a period", err)
	}
	for _, c := range counts {
		p.Cases, p.NearMisses, p.Open = p.Cases+c.cases, p.NearMisses+c.misses, p.Open+c.open
		p.Categories[c.category] = c.cases
	}
	duties, err := s.YearDuties(ctx, from, to)
	if err != nil {
		return Period{}, err
	}
	for _, d := range duties {
		p.Duties, p.DutiesDone, p.DutiesLate = p.Duties+d.All, p.DutiesDone+d.InTime, p.DutiesLate+d.Late
	}
	measures, err := s.openMeasures(ctx)
	if err != nil {
		return Period{}, err
	}
	p.Measures, p.MeasureLate = measures.Open, measures.Late
	days := [2]string{from.In(s.location).Format(time.DateOnly), to.In(s.location).Format(time.DateOnly)}
	if p.Systems, err = readOne(ctx, s, itself[int], `SELECT count(*) FROM systems WHERE active = 1 AND classified_on >= ? `+
		`AND classified_on <= ?`, days[0], days[1]); err != nil {
		return Period{}, doing("count the systems classified in a period", err)
	}
	p.Suggestions, err = readOne(ctx, s, itself[int], `SELECT count(*) FROM improvements WHERE at >= ? AND at < ?`, first, last)
	return p, doing("count the suggestions of a period", err)
}
