package store

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"tyreso.se/incidentbot/policy"
)

// StaffPlan is what a staff list changes in the register.
type StaffPlan struct {
	Added, Changed []Person
	Left           []Person // in use, and not in the list
	Unchanged      int
	Active         int // people in use before

	repeated int // rows of people whom the list has had before, with something else
	known    map[string]Person
}

// PlanPeople tells what a staff list would change.
func (s *Store) PlanPeople(ctx context.Context, people []Person) (StaffPlan, error) {
	known, err := readMany(ctx, s, personFields, selectPeople)
	if err != nil {
		return StaffPlan{}, doing("compare the staff list", err)
	}
	plan, err := planPeople(known, people, s.today())
	return plan, doing("compare the staff list", err)
}

// today is the day by the register's time zone.
func (s *Store) today() string { return s.Now().In(s.location).Format(time.DateOnly) }

// Today is the day of the transaction by the register's time zone.
func (tx *Tx) Today() string { return tx.Now.In(tx.batch.store.location).Format(time.DateOnly) }

// planPeople compares. An absence that the list says nothing of stays; who had left and stands in the list again has been away until
// yesterday.
func planPeople(known, people []Person, today string) (StaffPlan, error) {
	plan := StaffPlan{known: make(map[string]Person, len(known))}
	for _, p := range known {
		plan.known[p.Email] = p
		if p.Active {
			plan.Active++
		}
	}
	at := make(map[string]int, len(people)) // where a person stands among what is written
	rows := make([]Person, 0, len(people))
	for _, p := range people {
		p.Email, p.ManagerEmail, p.Accounts = strings.ToLower(p.Email), strings.ToLower(p.ManagerEmail), nil
		if p.Email == "" {
			return plan, fmt.Errorf("a row has no key")
		}
		old, found := plan.known[p.Email]
		if i, twice := at[p.Email]; twice {
			p.ID = rows[i].ID
			if !reflect.DeepEqual(rows[i], p) {
				rows[i] = p
				plan.repeated++
			}
			continue
		}
		if found {
			p.ID = old.ID
			if p.AbsentUntil == "" {
				p.AbsentUntil = old.AbsentUntil
			}
			if yesterday := dayBefore(today); !old.Active && p.Active && p.AbsentUntil < yesterday {
				p.AbsentUntil = yesterday
			}
		}
		at[p.Email] = len(rows)
		rows = append(rows, p)
	}
	for _, p := range rows {
		switch old, found := plan.known[p.Email]; {
		case !found:
			plan.Added = append(plan.Added, p)
		case reflect.DeepEqual(old, p):
			plan.Unchanged++
		default:
			plan.Changed = append(plan.Changed, p)
		}
	}
	for _, p := range known {
		if _, listed := at[p.Email]; p.Active && !listed {
			plan.Left = append(plan.Left, p)
		}
	}
	return plan, nil
}

func dayBefore(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, -1).Format(time.DateOnly)
}

// ImportPeople brings the staff list up to date: a person is known by e-mail address. Those who are not in the list stay as
// they are. Accounts that the list gives are linked to their people; one that it no longer gives, or gives to another, is
// taken from the one who had it. Other accounts are linked anew to the people with their address.
func (tx *Tx) ImportPeople(ctx context.Context, people []Person) (Changes, error) {
	return tx.importPeople(ctx, people, false, nil)
}

// ImportStaff is ImportPeople with the whole staff list: whoever is not in it has left. progress is told how many rows are written, and
// may be nil.
func (tx *Tx) ImportStaff(ctx context.Context, people []Person, progress func(done int)) (Changes, error) {
	return tx.importPeople(ctx, people, true, progress)
}

func (tx *Tx) importPeople(ctx context.Context, people []Person, whole bool, progress func(int)) (Changes, error) {
	if progress == nil {
		progress = func(int) {}
	}
	lower := make([]Person, len(people))
	for i, p := range people {
		p.Email = strings.ToLower(p.Email)
		lower[i] = p
	}
	accounts, err := tx.relist(ctx, lower)
	if err != nil {
		return Changes{}, fmt.Errorf("compare the accounts of the staff list: %w", err)
	}
	known, err := many(ctx, tx, personFields, selectPeople)
	if err != nil {
		return Changes{}, fmt.Errorf("import people: %w", err)
	}
	plan, err := planPeople(known, people, tx.Today())
	if err != nil {
		return Changes{}, fmt.Errorf("import people: %w", err)
	}
	c := Changes{Added: len(plan.Added), Changed: len(plan.Changed) + plan.repeated, Unchanged: plan.Unchanged}
	for email := range accounts.emails {
		touched := func(p Person) bool { return p.Email == email }
		if _, found := plan.known[email]; found && !slices.ContainsFunc(plan.Changed, touched) {
			c.Changed, c.Unchanged = c.Changed+1, c.Unchanged-1
		}
	}
	write := slices.Concat(plan.Added, plan.Changed)
	if whole {
		c.Left = len(plan.Left)
		for _, p := range plan.Left {
			p.Active = false
			write = append(write, p)
		}
	}
	if err := tx.writePeople(ctx, write, plan.known, progress); err != nil {
		return Changes{}, fmt.Errorf("import people: %w", err)
	}
	if err := accounts.apply(ctx, tx); err != nil {
		return Changes{}, fmt.Errorf("link the accounts of the staff list: %w", err)
	}
	if _, err := tx.exec(ctx, `UPDATE accounts SET person_id = (SELECT id FROM people WHERE people.email = accounts.email) `+
		`WHERE email <> '' AND person_id IS NULL`); err != nil {
		return Changes{}, fmt.Errorf("link accounts to people: %w", err)
	}
	if len(write) > 0 {
		if err := tx.drawUnits(ctx); err != nil {
			return Changes{}, fmt.Errorf("draw the tree of units: %w", err)
		}
	}
	return c, nil
}

// peopleTogether is how many people one statement writes: with ten columns each, far from what the databases take.
const peopleTogether = 200

// writePeople adds and changes people, with their history.
func (tx *Tx) writePeople(ctx context.Context, people []Person, known map[string]Person, progress func(int)) error {
	_, columns, _ := strings.Cut(personColumns, ", ")
	var sets []string
	for column := range strings.SplitSeq(columns, ", ") {
		sets = append(sets, column+" = excluded."+column)
	}
	done := 0
	for some := range slices.Chunk(people, peopleTogether) {
		args := make([]any, 0, len(some)*len(personFields(&Person{})))
		for i := range some {
			args = append(args, personFields(&some[i])[1:]...)
		}
		type key struct {
			id    int64
			email string
		}
		ids, err := many(ctx, tx, func(k *key) []any { return []any{&k.id, &k.email} }, strings.TrimSuffix(
			insertRowsInto("people", personColumns, len(some)), " RETURNING id")+` ON CONFLICT (email) DO UPDATE SET `+
			strings.Join(sets, ", ")+` RETURNING id, email`, args...)
		if err != nil {
			return err
		}
		byEmail := make(map[string]int64, len(ids))
		for _, k := range ids {
			byEmail[k.email] = k.id
		}
		var history []Person
		for i := range some {
			some[i].ID = byEmail[some[i].Email]
			if old, found := known[some[i].Email]; !found || historic(old) != historic(some[i]) {
				history = append(history, some[i])
			}
		}
		if err := tx.writeHistory(ctx, history, known); err != nil {
			return err
		}
		done += len(some)
		progress(done)
	}
	return nil
}

// historic is what of a person the history keeps.
func historic(p Person) [5]string {
	return [5]string{p.Unit, p.Kind, p.StartDate, p.AbsentUntil, fmt.Sprint(p.Active)}
}

// writeHistory keeps what people are from today on; of a new one, from when they began.
func (tx *Tx) writeHistory(ctx context.Context, people []Person, known map[string]Person) error {
	if len(people) == 0 {
		return nil
	}
	today := tx.Today()
	args := make([]any, 0, 7*len(people))
	for i := range people {
		p := &people[i]
		since := today
		if _, found := known[p.Email]; !found && p.StartDate != "" && p.StartDate < today {
			since = p.StartDate
		}
		args = append(args, p.ID, since, p.Unit, p.Kind, p.StartDate, p.AbsentUntil, flag{&p.Active})
	}
	row := "(?, ?, ?, ?, ?, ?, ?)"
	_, err := tx.exec(ctx, `INSERT INTO people_history (person_id, since, unit, kind, start_date, absent_until, active) VALUES `+
		strings.Repeat(row+", ", len(people)-1)+row+` ON CONFLICT (person_id, since) DO UPDATE SET unit = excluded.unit, `+
		`kind = excluded.kind, start_date = excluded.start_date, absent_until = excluded.absent_until, active = excluded.active`, args...)
	return err
}

// ChangePerson reads a person, has change make what is to be of them, and saves that with its history. ErrNotFound when there is none.
func (tx *Tx) ChangePerson(ctx context.Context, id int64, change func(*Person)) error {
	const doingWhat = "change a person"
	p, err := one(ctx, tx, personFields, `SELECT `+personColumns+` FROM people WHERE id = ?`, id)
	if err != nil {
		return doing(doingWhat, err)
	}
	known := map[string]Person{p.Email: p}
	change(&p)
	return doing(doingWhat, tx.writePeople(ctx, []Person{p}, known, func(int) {}))
}

const (
	unitColumns  = `name, parent, manager_email`
	selectUnits  = `SELECT ` + unitColumns + ` FROM units ORDER BY name`
	selectPerson = `SELECT ` + personColumns + ` FROM people WHERE id = ?`
)

func unitFields(u *policy.Unit) []any { return []any{&u.Name, &u.Parent, &u.Manager} }

// drawUnits keeps the tree of units as the staff list now has it.
func (tx *Tx) drawUnits(ctx context.Context) error {
	members, err := many(ctx, tx, func(m *policy.Member) []any { return []any{&m.Email, &m.Unit, &m.Manager} },
		`SELECT email, unit, manager_email FROM people WHERE active = 1`)
	if err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `DELETE FROM units`); err != nil {
		return err
	}
	for some := range slices.Chunk(policy.Units(members), peopleTogether) {
		args := make([]any, 0, 3*len(some))
		for i := range some {
			args = append(args, unitFields(&some[i])...)
		}
		if _, err := tx.exec(ctx, `INSERT INTO units (`+unitColumns+`) VALUES `+strings.Repeat("(?, ?, ?), ", len(some)-1)+
			"(?, ?, ?)", args...); err != nil {
			return err
		}
	}
	return nil
}

// Units returns the tree of units in the order of names.
func (s *Store) Units(ctx context.Context) ([]policy.Unit, error) {
	found, err := readMany(ctx, s, unitFields, selectUnits)
	return found, doing("read the units", err)
}

// People is Store.People as the transaction sees it.
func (tx *Tx) People(ctx context.Context) ([]Person, error) {
	found, err := many(ctx, tx, personFields, selectPeople)
	return found, doing("read the staff list", err)
}

// PersonByID returns the person, or ErrNotFound.
func (s *Store) PersonByID(ctx context.Context, id int64) (Person, error) {
	p, err := readOne(ctx, s, personFields, selectPerson, id)
	return p, doing("read a person", err)
}

// PeopleByEmail returns the people with the addresses, in lower case, by address. Unknown addresses are missing.
func (s *Store) PeopleByEmail(ctx context.Context, emails []string) (map[string]Person, error) {
	found := make(map[string]Person, len(emails))
	for some := range slices.Chunk(slices.Sorted(maps.Keys(set(emails))), pageSize) {
		args := make([]any, len(some))
		for i, email := range some {
			args[i] = email
		}
		people, err := readMany(ctx, s, personFields, `SELECT `+personColumns+` FROM people WHERE email IN (?`+
			strings.Repeat(", ?", len(some)-1)+`)`, args...)
		if err != nil {
			return nil, doing("read people", err)
		}
		for _, p := range people {
			found[p.Email] = p
		}
	}
	return found, nil
}

func set[T comparable](all []T) map[T]bool {
	m := make(map[T]bool, len(all))
	for _, one := range all {
		m[one] = true
	}
	return m
}

// PeopleByManager returns those in use whose manager has the e-mail address, in the order of names.
func (s *Store) PeopleByManager(ctx context.Context, email string) ([]Person, error) {
	found, err := readMany(ctx, s, personFields, `SELECT `+personColumns+` FROM people WHERE manager_email = ? AND active = 1 `+
		`ORDER BY name, id`, strings.ToLower(email))
	return found, doing("read a manager's people", err)
}
