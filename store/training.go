package store

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Completion says that a person has taken a course, or attested a version of a governing document, on a day.
type Completion struct {
	ID          int64
	PersonID    int64
	Course      string
	Version     string // of the governing document, "" for a course
	CompletedOn string // 2006-01-02
	Source      string // lesson, attestation, manager, import:…
	RecordedAt  time.Time
}

const completionColumns = `id, person_id, course, version, completed_on, source, recorded_at`

func completionFields(c *Completion) []any {
	return []any{&c.ID, &c.PersonID, &c.Course, &c.Version, &c.CompletedOn, &c.Source, millis{&c.RecordedAt}}
}

// trainingTogether is how many rows about training one statement writes.
const trainingTogether = 200

// AddCompletions records completions, and returns how many were not recorded before: the same course on the same day counts once.
func (tx *Tx) AddCompletions(ctx context.Context, completions []Completion) (added int, err error) {
	for some := range slices.Chunk(completions, trainingTogether) {
		args := make([]any, 0, len(some)*len(completionFields(&Completion{})))
		for i := range some {
			some[i].RecordedAt = tx.Now
			args = append(args, completionFields(&some[i])[1:]...)
		}
		n, err := tx.exec(ctx, strings.TrimSuffix(insertRowsInto("completions", completionColumns, len(some)), " RETURNING id")+
			` ON CONFLICT (person_id, course, completed_on, version) DO NOTHING`, args...)
		if err != nil {
			return added, doing("record completions", err)
		}
		added += int(n)
	}
	return added, nil
}

// Completions returns what a person has completed, oldest first.
func (s *Store) Completions(ctx context.Context, personID int64) ([]Completion, error) {
	found, err := readMany(ctx, s, completionFields,
		`SELECT `+completionColumns+` FROM completions WHERE person_id = ? ORDER BY completed_on, id`, personID)
	return found, doing("read completions", err)
}

// Latest is the latest day on which a person completed a version of a course.
type Latest struct {
	PersonID        int64
	Course, Version string
	Day             string // 2006-01-02
}

// Progress is how far the reminders of a person's present period in a course have come.
type Progress struct {
	PersonID   int64
	Course     string
	Deadline   string // of the period, 2006-01-02
	Reminders  int    // sent in the period
	RemindedOn string // the latest, in any period; "" never
	LaterOn    string // when the person asked to be reminded again in the period; "" they did not
}

const progressColumns = `person_id, course, deadline, reminders, reminded_on, later_on`

func progressFields(p *Progress) []any {
	return []any{&p.PersonID, &p.Course, &p.Deadline, &p.Reminders, &p.RemindedOn, &p.LaterOn}
}

// SaveProgress keeps how far the reminders have come.
func (tx *Tx) SaveProgress(ctx context.Context, progress ...Progress) error {
	for some := range slices.Chunk(progress, trainingTogether) {
		args := make([]any, 0, len(some)*len(progressFields(&Progress{})))
		for i := range some {
			args = append(args, progressFields(&some[i])...)
		}
		row := "(?, ?, ?, ?, ?, ?)"
		if _, err := tx.exec(ctx, `INSERT INTO training_progress (`+progressColumns+`) VALUES `+strings.Repeat(row+", ", len(some)-1)+row+
			` ON CONFLICT (person_id, course) DO UPDATE SET deadline = excluded.deadline, reminders = excluded.reminders, `+
			`reminded_on = excluded.reminded_on, later_on = excluded.later_on`, args...); err != nil {
			return doing("keep how far reminders have come", err)
		}
	}
	return nil
}

// Trainee is a person with all that decides what training they must be told of.
type Trainee struct {
	Person
	Completed []Latest
	Progress  []Progress
	Accounts  []Account // where they can be reached: Surface and UserID only
}

const selectCompleted = `SELECT person_id, course, version, max(completed_on) FROM completions WHERE person_id BETWEEN ? AND ? ` +
	`GROUP BY person_id, course, version`

func latestFields(l *Latest) []any { return []any{&l.PersonID, &l.Course, &l.Version, &l.Day} }

// Trainees returns people in use in the order of their ids, those after an id, at most limit.
func (s *Store) Trainees(ctx context.Context, after int64, limit int) ([]Trainee, error) {
	people, err := readMany(ctx, s, personFields,
		`SELECT `+personColumns+` FROM people WHERE id > ? AND active = 1 ORDER BY id LIMIT ?`, after, limit)
	if err != nil {
		return nil, doing("read who is to be trained", err)
	}
	found, err := s.trained(ctx, people)
	return found, doing("read who is to be trained", err)
}

// TraineesByManager returns the people in use of the manager with an e-mail address, in the order of names.
func (s *Store) TraineesByManager(ctx context.Context, email string) ([]Trainee, error) {
	people, err := s.PeopleByManager(ctx, email)
	if err != nil {
		return nil, err
	}
	found, err := s.trained(ctx, people)
	return found, doing("read a manager's people", err)
}

// TraineesOfUnits returns the people in use of units.
func (s *Store) TraineesOfUnits(ctx context.Context, units []string) ([]Trainee, error) {
	var all []Trainee
	for some := range slices.Chunk(units, pageSize) {
		args := make([]any, len(some))
		for i, unit := range some {
			args[i] = unit
		}
		people, err := readMany(ctx, s, personFields, `SELECT `+personColumns+` FROM people WHERE unit IN (?`+
			strings.Repeat(", ?", len(some)-1)+`) AND active = 1 ORDER BY id`, args...)
		if err != nil {
			return nil, doing("read the people of units", err)
		}
		found, err := s.trained(ctx, people)
		if err != nil {
			return nil, doing("read the people of units", err)
		}
		all = append(all, found...)
	}
	return all, nil
}

// Managers returns the people in use who have people of their own, in the order of their ids, those after an id, at most limit.
func (s *Store) Managers(ctx context.Context, after int64, limit int) ([]Trainee, error) {
	people, err := readMany(ctx, s, personFields, `SELECT `+personColumns+` FROM people WHERE id > ? AND active = 1 `+
		`AND EXISTS (SELECT 1 FROM people r WHERE r.manager_email = people.email AND r.active = 1) ORDER BY id LIMIT ?`, after, limit)
	if err != nil {
		return nil, doing("read the managers", err)
	}
	found, err := s.trained(ctx, people)
	return found, doing("read the managers", err)
}

// Trainee returns one person, or ErrNotFound.
func (s *Store) Trainee(ctx context.Context, personID int64) (Trainee, error) {
	p, err := s.PersonByID(ctx, personID)
	if err != nil {
		return Trainee{}, err
	}
	found, err := s.trained(ctx, []Person{p})
	if err != nil {
		return Trainee{}, doing("read who is to be trained", err)
	}
	return found[0], nil
}

// trained completes people, in whatever order.
func (s *Store) trained(ctx context.Context, people []Person) ([]Trainee, error) {
	if len(people) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(people))
	for i, p := range people {
		ids[i] = p.ID
	}
	slices.Sort(ids)
	byID := make(map[int64]*Trainee, len(people))
	all := make([]Trainee, len(people))
	for i, p := range people {
		all[i].Person = p
		byID[p.ID] = &all[i]
	}
	for _, r := range ranges(ids) {
		if err := s.train(ctx, byID, r[0], r[1]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// ranges are the ids, which are in order, as few ranges that hold not many others.
func ranges(ids []int64) (all [][2]int64) {
	const near = 50 // to read so many rows more costs less than to ask once more
	for _, id := range ids {
		if n := len(all); n > 0 && id-all[n-1][1] <= near {
			all[n-1][1] = id
		} else {
			all = append(all, [2]int64{id, id})
		}
	}
	return all
}

// train completes the people with ids in a range.
func (s *Store) train(ctx context.Context, people map[int64]*Trainee, first, last int64) error {
	completed, err := readMany(ctx, s, latestFields, selectCompleted, first, last)
	if err != nil {
		return err
	}
	progress, err := readMany(ctx, s, progressFields,
		`SELECT `+progressColumns+` FROM training_progress WHERE person_id BETWEEN ? AND ?`, first, last)
	if err != nil {
		return err
	}
	accounts, err := readMany(ctx, s, func(a *Account) []any { return []any{&a.PersonID, &a.ID, &a.Surface, &a.UserID} },
		`SELECT person_id, id, surface, user_id FROM accounts WHERE person_id BETWEEN ? AND ? AND person_id IS NOT NULL ORDER BY person_id, id`,
		first, last)
	if err != nil {
		return err
	}
	for _, c := range completed {
		if t := people[c.PersonID]; t != nil {
			t.Completed = append(t.Completed, c)
		}
	}
	for _, g := range progress {
		if t := people[g.PersonID]; t != nil {
			t.Progress = append(t.Progress, g)
		}
	}
	for _, a := range accounts {
		if t := people[*a.PersonID]; t != nil {
			t.Accounts = append(t.Accounts, a)
		}
	}
	return nil
}

// split takes the rows of a person off the front of rows in the order of people; those before them belong to nobody who is asked for.
func split[T any](rows []T, of func(T) int64, id int64) (rest, own []T) {
	begin := 0
	for begin < len(rows) && of(rows[begin]) < id {
		begin++
	}
	end := begin
	for end < len(rows) && of(rows[end]) == id {
		end++
	}
	return rows[end:], rows[begin:end:end]
}

// Notice is a message about training to a person: one for each person and day.
type Notice struct {
	ID       int64
	PersonID int64
	Day      string // 2006-01-02
	Kind     string // the handlers know them
	Courses  []string
	EndedAt  *time.Time
}

const noticeColumns = `id, person_id, day, kind, courses, ended_at`

func noticeFields(n *Notice) []any {
	return []any{&n.ID, &n.PersonID, &n.Day, &n.Kind, words[string]{&n.Courses}, optionalMillis{&n.EndedAt}}
}

// AddNotices keeps notices, and returns those that were kept, with their ids: a person who has one on the day already gets no other.
func (tx *Tx) AddNotices(ctx context.Context, notices []Notice) (kept []Notice, err error) {
	for some := range slices.Chunk(notices, trainingTogether) {
		args := make([]any, 0, len(some)*len(noticeFields(&Notice{})))
		for i := range some {
			args = append(args, noticeFields(&some[i])[1:]...)
		}
		insert := strings.TrimSuffix(insertRowsInto("training_notices", noticeColumns, len(some)), "RETURNING id")
		added, err := many(ctx, tx, noticeFields, insert+
			`ON CONFLICT (day, person_id) DO NOTHING RETURNING `+noticeColumns, args...)
		if err != nil {
			return nil, doing("keep notices", err)
		}
		kept = append(kept, added...)
	}
	return kept, nil
}

// NoticedOn returns which of the people with ids in a range have a notice on a day.
func (tx *Tx) NoticedOn(ctx context.Context, day string, first, last int64) (map[int64]bool, error) {
	ids, err := many(ctx, tx, itself[int64], selectNoticed, day, first, last)
	return set(ids), doing("read who has a notice", err)
}

const selectNoticed = `SELECT person_id FROM training_notices WHERE day = ? AND person_id BETWEEN ? AND ?`

// Notice returns the notice, or ErrNotFound.
func (s *Store) Notice(ctx context.Context, id int64) (Notice, error) {
	n, err := readOne(ctx, s, noticeFields, `SELECT `+noticeColumns+` FROM training_notices WHERE id = ?`, id)
	return n, doing("read a notice", err)
}

// EndNotice says that a notice was sent, or could not be.
func (tx *Tx) EndNotice(ctx context.Context, id int64) error {
	_, err := tx.exec(ctx, `UPDATE training_notices SET ended_at = ? WHERE id = ?`, tx.Now.UnixMilli(), id)
	return doing("end a notice", err)
}

// noticesExpired is how many notices are forgotten at a time: nothing that waits to be written waits long for it.
const noticesExpired = 500

// ExpireNotices forgets some of the notices of days before one, with their messages, and returns how many.
func (tx *Tx) ExpireNotices(ctx context.Context, before string) (int, error) {
	const old = `(SELECT id FROM training_notices WHERE day < ? ORDER BY day, person_id LIMIT ?)`
	const doingWhat = "forget old notices"
	if _, err := tx.exec(ctx, `DELETE FROM deliveries WHERE notice_id IN `+old, before, noticesExpired); err != nil {
		return 0, doing(doingWhat, err)
	}
	n, err := tx.exec(ctx, `DELETE FROM training_notices WHERE id IN `+old, before, noticesExpired)
	return int(n), doing(doingWhat, err)
}

// Round is how far a round of messages about training has come.
type Round struct {
	Kind    string
	Day     string // 2006-01-02
	Through int64  // people.id of the last one looked at
	Ended   bool
}

const roundColumns = `kind, day, through, ended`

func roundFields(r *Round) []any { return []any{&r.Kind, &r.Day, &r.Through, flag{&r.Ended}} }

// Round returns how far a round has come; one that has not begun has come nowhere.
func (s *Store) Round(ctx context.Context, kind, day string) (Round, error) {
	found, err := readMany(ctx, s, roundFields, `SELECT `+roundColumns+` FROM training_rounds WHERE kind = ? AND day = ?`, kind, day)
	if err != nil || len(found) == 0 {
		return Round{Kind: kind, Day: day}, doing("read a round", err)
	}
	return found[0], nil
}

// SaveRound keeps how far a round has come. Two processes may both take part: it never goes back.
func (tx *Tx) SaveRound(ctx context.Context, r Round) error {
	_, err := tx.exec(ctx, `INSERT INTO training_rounds (`+roundColumns+`) VALUES (?, ?, ?, ?) ON CONFLICT (kind, day) DO UPDATE SET `+
		`through = CASE WHEN excluded.through > training_rounds.through THEN excluded.through ELSE training_rounds.through END, `+
		`ended = CASE WHEN excluded.ended > training_rounds.ended THEN excluded.ended ELSE training_rounds.ended END`, roundFields(&r)...)
	return doing("keep a round", err)
}

// waitingNotices is the condition of the index deliveries_notices, word for word.
const waitingNotices = `notice_id IS NOT NULL AND ` + pending

// WaitingNotices returns the messages about training that wait to be sent on a surface, oldest first, at most limit. Those that were
// tried since a time are passed over.
func (s *Store) WaitingNotices(ctx context.Context, surface string, triedBefore time.Time, limit int) ([]Delivery, error) {
	found, err := readMany(ctx, s, deliveryFields, `SELECT `+deliveryColumns+` FROM deliveries WHERE surface = ? AND `+waitingNotices+
		` AND (attempted_at IS NULL OR attempted_at < ?) ORDER BY id LIMIT ?`, surface, triedBefore.UnixMilli(), limit)
	return found, doing("read the waiting notices", err)
}

// CountWaitingNotices returns how many messages about training wait to be sent on a surface.
func (s *Store) CountWaitingNotices(ctx context.Context, surface string) (int, error) {
	n, err := readOne(ctx, s, itself[int], `SELECT count(*) FROM deliveries WHERE surface = ? AND `+waitingNotices, surface)
	return n, doing("count the waiting notices", err)
}

// Standing is what a person was on a day.
type Standing struct {
	PersonID    int64
	Email       string
	Unit        string
	Kind        string
	StartDate   string
	AbsentUntil string
	Completed   []Latest // until the day
}

// Past is what a person was from a day on.
type Past struct {
	Since, Unit, Kind, StartDate, AbsentUntil string
	Active                                    bool
}

// HistoryOf returns what a person has been, oldest first.
func (s *Store) HistoryOf(ctx context.Context, personID int64) ([]Past, error) {
	found, err := readMany(ctx, s, func(p *Past) []any {
		return []any{&p.Since, &p.Unit, &p.Kind, &p.StartDate, &p.AbsentUntil, flag{&p.Active}}
	}, `SELECT since, unit, kind, start_date, absent_until, active FROM people_history WHERE person_id = ? ORDER BY since`, personID)
	return found, doing("read a person's history", err)
}

// StandingsOn calls visit with everybody who was in use on a day, in the order of ids.
func (s *Store) StandingsOn(ctx context.Context, day string, visit func(Standing)) error {
	type row struct {
		Standing
		active bool
	}
	for after := int64(0); ; {
		rows, err := readMany(ctx, s, func(r *row) []any {
			return []any{&r.PersonID, &r.Email, &r.Unit, &r.Kind, &r.StartDate, &r.AbsentUntil, flag{&r.active}}
		}, `SELECT h.person_id, p.email, h.unit, h.kind, h.start_date, h.absent_until, h.active FROM people_history h `+
			`JOIN people p ON p.id = h.person_id WHERE h.person_id > ? `+
			`AND h.since = (SELECT max(since) FROM people_history WHERE person_id = h.person_id AND since <= ?) ORDER BY h.person_id LIMIT ?`,
			after, day, pageSize)
		if err != nil {
			return doing("read how training stood", err)
		}
		if len(rows) == 0 {
			return nil
		}
		after = rows[len(rows)-1].PersonID
		completed, err := readMany(ctx, s, latestFields, `SELECT person_id, course, version, max(completed_on) FROM completions `+
			`WHERE person_id BETWEEN ? AND ? AND completed_on <= ? GROUP BY person_id, course, version ORDER BY person_id`,
			rows[0].PersonID, after, day)
		if err != nil {
			return doing("read how training stood", err)
		}
		for _, r := range rows {
			completed, r.Completed = split(completed, func(l Latest) int64 { return l.PersonID }, r.PersonID)
			if r.active && (r.StartDate == "" || r.StartDate <= day) {
				visit(r.Standing)
			}
		}
	}
}
