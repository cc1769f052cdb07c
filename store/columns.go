package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"tyreso.se/incidentbot/policy"
)

// A row type has one function that lists pointers to its fields in the order of its columns. The same list is scanned
// into and written from, so that reading and writing cannot drift apart. Fields that the databases do not know are
// wrapped in one of the types below, which are both sql.Scanner and driver.Valuer.

// millis is a time as milliseconds since 1970.
type millis struct{ time *time.Time }

func (m millis) Value() (driver.Value, error) { return m.time.UnixMilli(), nil }

func (m millis) Scan(src any) error {
	n, err := integer(src)
	*m.time = time.UnixMilli(n).UTC()
	return err
}

// optionalMillis is a time that may be missing.
type optionalMillis struct{ time **time.Time }

func (m optionalMillis) Value() (driver.Value, error) {
	if *m.time == nil {
		return nil, nil
	}
	return (*m.time).UnixMilli(), nil
}

func (m optionalMillis) Scan(src any) error {
	*m.time = nil
	if src == nil {
		return nil
	}
	var t time.Time
	err := millis{&t}.Scan(src)
	*m.time = &t
	return err
}

// optionalID is the id of a row that may be missing; 0 is none.
type optionalID struct{ id *int64 }

func (o optionalID) Value() (driver.Value, error) {
	if *o.id == 0 {
		return nil, nil
	}
	return *o.id, nil
}

func (o optionalID) Scan(src any) error {
	*o.id = 0
	if src == nil {
		return nil
	}
	n, err := integer(src)
	*o.id = n
	return err
}

// flag is yes or no as 1 or 0.
type flag struct{ yes *bool }

func (f flag) Value() (driver.Value, error) {
	if *f.yes {
		return int64(1), nil
	}
	return int64(0), nil
}

func (f flag) Scan(src any) error {
	n, err := integer(src)
	*f.yes = n != 0
	return err
}

// list is a slice as a JSON array; no elements are a nil slice.
type list[T any] struct{ elements *[]T }

func (l list[T]) Value() (driver.Value, error) {
	if len(*l.elements) == 0 {
		return "[]", nil
	}
	b, err := json.Marshal(*l.elements)
	return string(b), err
}

func (l list[T]) Scan(src any) error {
	*l.elements = nil
	s, err := text(src)
	if err != nil || s == "[]" {
		return err
	}
	return json.Unmarshal([]byte(s), l.elements)
}

// words is a slice of keys with commas between.
type words[T ~string] struct{ words *[]T }

func (w words[T]) Value() (driver.Value, error) {
	s := make([]string, len(*w.words))
	for i, word := range *w.words {
		s[i] = string(word)
	}
	return strings.Join(s, ","), nil
}

func (w words[T]) Scan(src any) error {
	*w.words = nil
	s, err := text(src)
	if err != nil || s == "" {
		return err
	}
	for word := range strings.SplitSeq(s, ",") {
		*w.words = append(*w.words, T(word))
	}
	return nil
}

// aspects is a set of aspects as initials.
type aspects struct{ set *policy.Aspects }

func (a aspects) Value() (driver.Value, error) { return a.set.String(), nil }

func (a aspects) Scan(src any) error {
	s, err := text(src)
	if err != nil {
		return err
	}
	*a.set, err = policy.ParseAspects(s)
	return err
}

// levels are class levels as four digits in the order K R T S, "" when not classified.
type levels struct{ levels **policy.Levels }

func (l levels) Value() (driver.Value, error) {
	v := *l.levels
	if v == nil {
		return "", nil
	}
	digits := make([]byte, 0, len(policy.AllAspects))
	for _, a := range policy.AllAspects {
		level := v.Of(a)
		if level < 0 || level > 9 {
			return nil, fmt.Errorf("class level %d is not one digit", level)
		}
		digits = append(digits, byte('0'+level))
	}
	return string(digits), nil
}

func (l levels) Scan(src any) error {
	*l.levels = nil
	s, err := text(src)
	if err != nil || s == "" {
		return err
	}
	if len(s) != len(policy.AllAspects) || strings.Trim(s, "0123456789") != "" {
		return fmt.Errorf("class levels %q are not four digits", s)
	}
	digit := func(i int) int { return int(s[i] - '0') }
	*l.levels = &policy.Levels{Confidentiality: digit(0), Integrity: digit(1), Availability: digit(2), Traceability: digit(3)}
	return nil
}

func integer(src any) (int64, error) {
	n, ok := src.(int64)
	if !ok {
		return 0, fmt.Errorf("%T in the database where an integer was expected", src)
	}
	return n, nil
}

func text(src any) (string, error) {
	switch s := src.(type) {
	case string:
		return s, nil
	case []byte:
		return string(s), nil
	}
	return "", fmt.Errorf("%T in the database where a text was expected", src)
}

// storable returns s as both databases can hold it: PostgreSQL refuses NUL and what is not UTF-8, and a report must
// not be lost over such a byte.
func storable(s string) string {
	if strings.IndexByte(s, 0) < 0 && utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\uFFFD")
}

// storableArgs applies storable to every text among a statement's arguments, in place.
func storableArgs(args []any) []any {
	for i, arg := range args {
		switch s := arg.(type) {
		case string:
			args[i] = storable(s)
		case *string:
			args[i] = storable(*s)
		}
	}
	return args
}

// atMillis returns t as the store will return it: in UTC, with millisecond precision.
func atMillis(t time.Time) time.Time { return time.UnixMilli(t.UnixMilli()).UTC() }

// atMillisOptional is atMillis for a time that may be missing.
func atMillisOptional(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	ms := atMillis(*t)
	return &ms
}

// insertInto returns the statement that inserts a row and returns its id; columns start with id, which the database sets.
func insertInto(table, columns string) string { return insertRowsInto(table, columns, 1) }

// insertRowsInto is insertInto for n rows.
func insertRowsInto(table, columns string, n int) string {
	_, columns, _ = strings.Cut(columns, ", ")
	row := "(" + strings.Repeat("?, ", strings.Count(columns, ", ")) + "?)"
	return "INSERT INTO " + table + " (" + columns + ") VALUES " + strings.Repeat(row+", ", n-1) + row + " RETURNING id"
}

// updateOf returns the statement that sets all columns but the first, id, of the row with that id.
func updateOf(table, columns string) string {
	_, columns, _ = strings.Cut(columns, ", ")
	return "UPDATE " + table + " SET " + strings.ReplaceAll(columns, ", ", " = ?, ") + " = ? WHERE id = ?"
}
