package store

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"tyreso.se/incidentbot/policy"
)

const personColumns = `id, email, name, unit, kind, manager_email, start_date, locale, active, absent_until`

func personFields(p *Person) []any {
	return []any{&p.ID, &p.Email, &p.Name, &p.Unit, &p.Kind, &p.ManagerEmail, &p.StartDate, &p.Locale, flag{&p.Active}, &p.AbsentUntil}
}

const systemColumns = `id, key, name, owner_email, unit, supplier, levels, personal_data, classified_on, active, data_kinds`

func systemFields(s *System) []any {
	return []any{
		&s.ID, &s.Key, &s.Name, &s.OwnerEmail, &s.Unit, &s.Supplier, levels{&s.Levels}, &s.PersonalData, &s.ClassifiedOn,
		flag{&s.Active}, words[string]{&s.DataKinds},
	}
}

// foldedSystemFields are systemFields and the two columns that only searching looks at.
func foldedSystemFields(s *System) []any { return append(systemFields(s), fold(s.Name), fold(s.Key)) }

const (
	foldedSystemColumns = systemColumns + `, folded_name, folded_key`

	selectPeople        = `SELECT ` + personColumns + ` FROM people ORDER BY id`
	selectPersonByEmail = `SELECT ` + personColumns + ` FROM people WHERE email = ?`
	selectSystems       = `SELECT ` + systemColumns + ` FROM systems ORDER BY folded_name, id`
)

var (
	insertSystem = insertInto("systems", foldedSystemColumns)
	updateSystem = updateOf("systems", foldedSystemColumns)
)

// Changes is what an import did, in rows.
type Changes struct {
	Added, Changed, Unchanged int
	Left                      int // people who are not in the staff list any more
}

// inventory is how rows of one table are imported: found again by a key, left alone when nothing changed.
type inventory[T any] struct {
	all            string // query of all rows
	insert, update string
	read, write    func(*T) []any
	key            func(*T) string
	id             func(*T) *int64
}

// merge writes the rows that are new or differ from the one with the same key. Rows that are not among them stay.
func (in inventory[T]) merge(ctx context.Context, tx *Tx, rows []T) (Changes, error) {
	known, err := many(ctx, tx, in.read, in.all)
	if err != nil {
		return Changes{}, err
	}
	byKey := make(map[string]T, len(known)+len(rows))
	for i := range known {
		byKey[in.key(&known[i])] = known[i]
	}
	var c Changes
	for _, row := range rows {
		key := in.key(&row)
		if key == "" {
			return Changes{}, fmt.Errorf("a row has no key")
		}
		old, found := byKey[key]
		if found {
			*in.id(&row) = *in.id(&old)
		}
		switch {
		case !found:
			if *in.id(&row), err = one(ctx, tx, itself[int64], in.insert, in.write(&row)[1:]...); err != nil {
				return Changes{}, fmt.Errorf("add %s: %w", key, err)
			}
			c.Added++
		case reflect.DeepEqual(old, row):
			c.Unchanged++
		default:
			if _, err := tx.exec(ctx, in.update, append(in.write(&row)[1:], *in.id(&row))...); err != nil {
				return Changes{}, fmt.Errorf("change %s: %w", key, err)
			}
			c.Changed++
		}
		byKey[key] = row
	}
	return c, nil
}

// ImportSystems brings the systems inventory up to date: a system is known by its key. Those that are not in the list stay as they are, and
// so do a classification that is later than the list's and kinds of personal data that it does not tell of. A classification that comes
// with the list is kept as such.
func (tx *Tx) ImportSystems(ctx context.Context, systems []System) (Changes, error) {
	known, err := tx.Systems(ctx)
	if err != nil {
		return Changes{}, err
	}
	before := make(map[string]System, len(known))
	for _, s := range known {
		before[s.Key] = s
	}
	systems = slices.Clone(systems)
	var classified []string
	for i, s := range systems {
		old := before[s.Key]
		if s.DataKinds == nil {
			systems[i].DataKinds = old.DataKinds
		}
		if len(systems[i].DataKinds) > 0 { // as DescribeData has it
			systems[i].PersonalData = policy.Yes
		}
		switch {
		case old.Levels != nil && old.ClassifiedOn > s.ClassifiedOn:
			systems[i].Levels, systems[i].ClassifiedOn = old.Levels, old.ClassifiedOn
		case s.Levels != nil && !reflect.DeepEqual(s.Levels, old.Levels):
			classified = append(classified, s.Key)
		}
	}
	c, err := inventory[System]{
		all: selectSystems, insert: insertSystem, update: updateSystem, read: systemFields, write: foldedSystemFields,
		key: func(s *System) string { return s.Key }, id: func(s *System) *int64 { return &s.ID },
	}.merge(ctx, tx, systems)
	if err != nil {
		return Changes{}, doing("import systems", err)
	}
	for _, key := range classified {
		s, err := one(ctx, tx, systemFields, `SELECT `+systemColumns+` FROM systems WHERE key = ?`, key)
		if err != nil {
			return Changes{}, doing("read an imported system", err)
		}
		if err := tx.keepClassification(ctx, &Classification{SystemID: s.ID, Levels: s.Levels}); err != nil {
			return Changes{}, err
		}
	}
	return c, nil
}

// People returns the staff list in the order it was imported.
func (s *Store) People(ctx context.Context) ([]Person, error) {
	found, err := readMany(ctx, s, personFields, selectPeople)
	return found, doing("read the staff list", err)
}

// PersonByEmail returns the person with the e-mail address, in any case, or ErrNotFound.
func (s *Store) PersonByEmail(ctx context.Context, email string) (Person, error) {
	p, err := readOne(ctx, s, personFields, selectPersonByEmail, strings.ToLower(email))
	return p, doing("read a person", err)
}

// Systems returns the systems inventory in the order of names, also systems that are no longer in use.
func (s *Store) Systems(ctx context.Context) ([]System, error) {
	found, err := readMany(ctx, s, systemFields, selectSystems)
	return found, doing("read the systems inventory", err)
}

// Systems is Store.Systems as the transaction sees it.
func (tx *Tx) Systems(ctx context.Context) ([]System, error) {
	found, err := many(ctx, tx, systemFields, selectSystems)
	return found, doing("read the systems inventory", err)
}

// SystemByID returns the system, or ErrNotFound.
func (s *Store) SystemByID(ctx context.Context, id int64) (System, error) {
	found, err := readOne(ctx, s, systemFields, `SELECT `+systemColumns+` FROM systems WHERE id = ?`, id)
	return found, doing("read a system", err)
}

// SystemByKey returns the system, or ErrNotFound.
func (s *Store) SystemByKey(ctx context.Context, key string) (System, error) {
	found, err := readOne(ctx, s, systemFields, `SELECT `+systemColumns+` FROM systems WHERE key = ?`, key)
	return found, doing("read a system", err)
}

// SearchSystems returns the systems in use whose name or key holds query, in any case: those that begin with it first, then
// in the order of names. An empty query finds all. At most limit are returned.
func (s *Store) SearchSystems(ctx context.Context, query string, limit int) ([]System, error) {
	if strings.TrimSpace(query) == "" {
		found, err := readMany(ctx, s, systemFields,
			`SELECT `+systemColumns+` FROM systems WHERE active = 1 ORDER BY folded_name, id LIMIT ?`, limit)
		return found, doing("list systems", err)
	}
	literal := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(fold(query))
	within, begins := "%"+literal+"%", literal+"%"
	found, err := readMany(ctx, s, systemFields, `SELECT `+systemColumns+` FROM systems WHERE active = 1 `+
		`AND (folded_name LIKE ? ESCAPE '\' OR folded_key LIKE ? ESCAPE '\') `+
		`ORDER BY CASE WHEN folded_name LIKE ? ESCAPE '\' OR folded_key LIKE ? ESCAPE '\' THEN 0 ELSE 1 END, folded_name, id LIMIT ?`,
		within, within, begins, begins, limit)
	return found, doing("search the systems", err)
}

// fold returns s as it is searched and sorted: in lower case, and with å, ä and ö (also when written as a letter and a
// mark) as the three ASCII characters that follow z, so that byte order is the order of the Swedish alphabet. The
// databases themselves know lower case of A to Z only (SQLite) or by the server's locale (PostgreSQL).
func fold(s string) string {
	return strings.NewReplacer("å", "{", "ä", "|", "ö", "}", "a\u030a", "{", "a\u0308", "|", "o\u0308", "}").
		Replace(strings.ToLower(strings.TrimSpace(s)))
}
