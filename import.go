package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

type importCommand struct {
	Staff       importStaffCommand       `cmd:"" help:"Import the staff list."`
	Systems     importSystemsCommand     `cmd:"" help:"Import the systems inventory."`
	Completions importCompletionsCommand `cmd:"" help:"Import who has taken which course."`
}

// Help names the columns.
func (importSystemsCommand) Help() string {
	return "Columns, in any order: " + strings.Join(systemColumns(), ", ") + ". Class levels are 0 to 3, or all four empty. The column " +
		kindsColumn +
		" may be there as well: kinds of personal data with commas between, of " + strings.Join(policy.DataKinds(), ", ") +
		"; nothing leaves what is known."
}

// The columns of the files. Further ones are left alone.

func levelColumns() []string {
	return []string{"confidentiality", "integrity", "availability", "traceability"}
}

func systemColumns() []string {
	return append([]string{"key", "name", "owner_email", "unit", "supplier", "personal_data", "classified_on"}, levelColumns()...)
}

// kindsColumn may be missing in a systems inventory.
const kindsColumn = "data_kinds"

type importFile struct {
	File   string `arg:"" type:"existingfile" help:"CSV file in UTF-8 with a header line, comma or semicolon between."`
	DryRun bool   `help:"Only tell what would change."`
}

// skipBad is for the files that other programs write every night.
type skipBad struct {
	SkipBad bool `help:"List the lines that are wrong and import the others."`
}

// judge decides what becomes of a file in which some lines are wrong: err lists them.
func (s skipBad) judge(file string, err error) error {
	if err == nil || errors.Is(err, errUnreadable) || !s.SkipBad {
		if err != nil {
			err = fmt.Errorf("%s: nothing was imported:\n%w", file, err)
		}
		return err
	}
	fmt.Fprintf(os.Stderr, "%s: these lines were skipped:\n%v\n", file, err)
	return nil
}

// errUnreadable says that a file as a whole is wrong, and not some of its lines.
var errUnreadable = errors.New("the file cannot be read")

type importSystemsCommand struct {
	importFile
	skipBad
}

// Run imports the systems inventory: all of it, or without skipBad nothing when a line is wrong.
func (c importSystemsCommand) Run(ctx context.Context, cli *commands) error {
	content, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("reading the systems inventory: %w", err)
	}
	systems, err := parseSystems(content)
	if err := c.judge(c.File, err); err != nil {
		return err
	}
	return c.apply(ctx, cli, func(tx *store.Tx) (store.Changes, error) {
		known, err := tx.Systems(ctx)
		if err != nil {
			return store.Changes{}, err
		}
		changes, err := tx.ImportSystems(ctx, systems)
		if err != nil {
			return store.Changes{}, err
		}
		now, err := tx.Systems(ctx)
		for _, line := range systemChanges(known, now) {
			fmt.Println(line)
		}
		return changes, err
	})
}

// systemChanges tells what differs between two states of the systems inventory, a line for each system: what is new, and of the rest which
// columns change.
func systemChanges(before, after []store.System) (lines []string) {
	known := map[string]store.System{}
	for _, s := range before {
		known[s.Key] = s
	}
	for _, s := range after {
		old, ok := known[s.Key]
		if !ok {
			lines = append(lines, "+ "+s.Key)
			continue
		}
		var columns []string
		for _, column := range []struct {
			name    string
			differs bool
		}{
			{"name", s.Name != old.Name}, {"owner_email", s.OwnerEmail != old.OwnerEmail}, {"unit", s.Unit != old.Unit},
			{"supplier", s.Supplier != old.Supplier}, {"personal_data", s.PersonalData != old.PersonalData},
			{"data_kinds", !slices.Equal(s.DataKinds, old.DataKinds)},
			{"class levels", !reflect.DeepEqual(s.Levels, old.Levels)}, {"classified_on", s.ClassifiedOn != old.ClassifiedOn},
			{"active", s.Active != old.Active},
		} {
			if column.differs {
				columns = append(columns, column.name)
			}
		}
		if len(columns) > 0 {
			lines = append(lines, "~ "+s.Key+": "+strings.Join(columns, ", "))
		}
	}
	return lines
}

// errDryRun rolls back an import that was only tried.
var errDryRun = errors.New("dry run")

func (c importFile) apply(ctx context.Context, cli *commands, do func(tx *store.Tx) (store.Changes, error)) error {
	return cli.withStore(ctx, writing, func(s *store.Store) error { return c.write(ctx, s, do) })
}

func (c importFile) write(ctx context.Context, s *store.Store, do func(tx *store.Tx) (store.Changes, error)) error {
	if err := migrate(ctx, s); err != nil {
		return err
	}
	var changes store.Changes
	err := s.InTx(ctx, func(tx *store.Tx) error {
		var err error
		if changes, err = do(tx); err != nil {
			return err
		}
		if c.DryRun {
			return errDryRun
		}
		if changes == (store.Changes{Unchanged: changes.Unchanged}) {
			return nil
		}
		detail := fmt.Sprintf(`{"added":%d,"changed":%d,"left":%d}`, changes.Added, changes.Changed, changes.Left)
		return tx.Append(ctx, store.Event{Actor: "cli", Action: "import", Detail: detail})
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return err
	}
	fmt.Printf("%d added, %d changed, %d unchanged", changes.Added, changes.Changed, changes.Unchanged)
	if changes.Left > 0 {
		fmt.Printf(", %d left", changes.Left)
	}
	fmt.Println()
	if c.DryRun {
		fmt.Println("dry run: nothing was changed")
	}
	return nil
}

// row is one line of a table.
type row struct {
	at    map[string]int // where each column stands
	cells []string
}

func (r row) has(column string) bool {
	_, ok := r.at[column]
	return ok
}

// get is the cell in a column, "" when the table has no such column.
func (r row) get(column string) string {
	if !r.has(column) {
		return ""
	}
	return strings.TrimSpace(r.cells[r.at[column]])
}

// table reads a CSV file that has at least the given columns in any order, and calls line for each one. It returns everything that
// is wrong, each with its line. Files from a Swedish spreadsheet have semicolons, a byte order mark and CRLF.
func table(content []byte, columns []string, line func(n int, r row) error) error {
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	if !utf8.Valid(content) {
		line := 1 + bytes.Count(content[:invalid(content)], []byte("\n"))
		return fmt.Errorf("line %d: this is not UTF-8: save the file as \"CSV UTF-8\"; %w", line, errUnreadable)
	}
	reader := csv.NewReader(bytes.NewReader(content))
	first, _, _ := bytes.Cut(content, []byte("\n"))
	if bytes.Count(first, []byte(";")) > bytes.Count(first, []byte(",")) {
		reader.Comma = ';'
	}
	header, err := reader.Read()
	if err != nil {
		return fmt.Errorf("line 1: no header line: %w; %w", err, errUnreadable)
	}
	at := map[string]int{}
	for i, name := range header {
		at[strings.ToLower(strings.TrimSpace(name))] = i
	}
	for _, column := range columns {
		if _, ok := at[column]; !ok {
			return fmt.Errorf("line 1: the column %q is missing; there must be %s; %w", column, strings.Join(columns, ", "), errUnreadable)
		}
	}
	var wrong []error
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return errors.Join(wrong...)
		}
		if err != nil { // csv.ParseError names line and column
			wrong = append(wrong, err)
			continue
		}
		n, _ := reader.FieldPos(0)
		if err := line(n, row{at, record}); err != nil {
			for problem := range strings.Lines(err.Error()) { // of several things wrong with a line, each says which line it is
				wrong = append(wrong, fmt.Errorf("line %d: %s", n, strings.TrimSpace(problem)))
			}
		}
	}
}

// invalid is where what is not UTF-8 begins.
func invalid(content []byte) int {
	for i := 0; i < len(content); {
		r, size := utf8.DecodeRune(content[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(content)
}

// parseSystems returns the systems of the lines that are right, and what is wrong with the others.
func parseSystems(content []byte) ([]store.System, error) {
	var systems []store.System
	lineOf := map[string]int{}
	err := table(content, systemColumns(), func(n int, r row) error {
		get := r.get
		s := store.System{
			Key: get("key"), Name: get("name"), OwnerEmail: strings.ToLower(get("owner_email")),
			Unit: get("unit"), Supplier: get("supplier"),
			PersonalData: policy.Answer(get("personal_data")), ClassifiedOn: get("classified_on"), Active: true,
		}
		if s.PersonalData == "" {
			s.PersonalData = policy.Unknown
		}
		for _, kind := range strings.FieldsFunc(get(kindsColumn), func(r rune) bool { return r == ',' || r == ';' || r == ' ' }) {
			if wrong := oneOf(kindsColumn, kind, policy.DataKinds()...); wrong != nil {
				return wrong
			}
			s.DataKinds = append(s.DataKinds, kind)
		}
		var figures []int
		for _, column := range levelColumns() {
			if text := get(column); text != "" {
				level, err := strconv.Atoi(text)
				if err != nil || level < 0 || level > 3 {
					return fmt.Errorf("%s: %q is none of 0, 1, 2, 3", column, text)
				}
				figures = append(figures, level)
			}
		}
		switch len(figures) {
		case 0: // not classified
		case len(levelColumns()):
			s.Levels = &policy.Levels{Confidentiality: figures[0], Integrity: figures[1], Availability: figures[2], Traceability: figures[3]}
		default:
			return errors.New("class levels: give all four or none")
		}
		if s.Key == "" || s.Name == "" {
			return errors.New("key and name must both be given")
		}
		if before, twice := lineOf[s.Key]; twice {
			return fmt.Errorf("key: it stands on line %d as well", before)
		}
		lineOf[s.Key] = n
		wrong := errors.Join(address("owner_email", s.OwnerEmail, false), date("classified_on", s.ClassifiedOn),
			oneOf("personal_data", string(s.PersonalData), string(policy.Yes), string(policy.No), string(policy.Unknown)))
		if wrong == nil {
			systems = append(systems, s)
		}
		return wrong
	})
	return systems, err
}

func address(column, text string, required bool) error {
	if text == "" && !required {
		return nil
	}
	if parsed, err := mail.ParseAddress(text); err != nil || parsed.Address != text {
		return fmt.Errorf("%s: %q is no e-mail address", column, text)
	}
	return nil
}

// snowflake checks a Discord id: https://discord.com/developers/docs/reference#snowflakes
func snowflake(column, text string) error {
	if text == "" {
		return nil
	}
	if id, err := strconv.ParseUint(text, 10, 64); err != nil || id == 0 || strings.HasPrefix(text, "0") {
		return fmt.Errorf("%s: %q is no Discord id: it is digits only. A spreadsheet rounds long numbers, so format the column as text",
			column, text)
	}
	return nil
}

func date(column, text string) error {
	if text == "" {
		return nil
	}
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return fmt.Errorf("%s: %q is no date; write it like 2026-11-23", column, text)
	}
	return nil
}

func oneOf(column, text string, allowed ...string) error {
	if slices.Contains(allowed, text) {
		return nil
	}
	return fmt.Errorf("%s: %q is none of %s", column, text, strings.Join(allowed, ", "))
}
