package storetest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// Run runs the suite. open returns an empty migrated register for one test, with years that begin in Stockholm.
func Run(t *testing.T, open func(t *testing.T) *store.Store) {
	areas := []struct {
		name string
		test func(t *testing.T, open func(t *testing.T) *store.Store)
	}{
		{"migrations", testMigrations},
		{"transactions", testTransactions},
		{"incidents", testIncidents},
		{"numbers", testNumbers},
		{"claims", testClaims},
		{"accounts", testAccounts},
		{"links", testLinks},
		{"link codes", testLinkCodes},
		{"drafts", testDrafts},
		{"kept dialogs", testKeptDialogs},
		{"forgotten accounts", testForgottenAccounts},
		{"deliveries", testDeliveries},
		{"unreached", testUnreached},
		{"cards", testCards},
		{"notes and attachments", testNotesAndAttachments},
		{"inventory", testInventory},
		{"search", testSearch},
		{"audit", testAudit},
		{"leases", testLeases},
		{"decisions", testDecisions},
		{"obligations", testObligations},
		{"reminders", testReminders},
		{"similar incidents", testSimilarIncidents},
		{"revisions", testRevisions},
		{"improvements", testImprovements},
		{"periods", testPeriod},
		{"classifications", testClassifications},
		{"training", testTraining},
		{"models", testModels},
		{"confirmed categories", testConfirmed},
		{"affected", testAffected},
		{"measures", testMeasures},
		{"risks", testRisks},
		{"risks' measures", testRiskMeasures},
		{"risks' figures", testRiskFigures},
		{"members", testMembers},
		{"incidents before", testIncidentsBefore},
		{"named", testNamed},
		{"unanswered", testUnanswered},
		{"absences", testAbsences},
		{"holds", testHolds},
		{"anonymising", testAnonymise},
		{"rooms", testRooms},
		{"captured notes", testCapturedNotes},
	}
	for _, area := range areas {
		t.Run(area.name, func(t *testing.T) { area.test(t, open) })
	}
}

// write runs fn in a transaction that must succeed.
func write(t testing.TB, s *store.Store, fn func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := s.InTx(t.Context(), func(tx *store.Tx) error { return fn(t.Context(), tx) }); err != nil {
		t.Fatalf("transaction: %v", err)
	}
}

// must returns the value of a call that must succeed.
func must[T any](v T, err error) func(t testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// failer is the part of a test, or of a rapid test, that a check needs.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
}

// equal fails the test when got differs from want.
func equal(t failer, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", what, diff)
	}
}

// isErr fails the test when err is not of the kind wanted.
func isErr(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("error is %v, want %v", err, want)
	}
}

// noon is a time with milliseconds to keep.
func noon() time.Time { return time.Date(2026, 6, 15, 12, 0, 0, 123e6, time.UTC) }

// report returns an incident as short as one can be.
func report(ref string) store.Incident {
	return store.Incident{
		Ref: ref, Status: store.New, Surface: "chat", Language: "sv", Text: "Jag skickade listan till fel adress",
		DiscoveredAt: noon(), RegisteredAt: noon(), PersonalData: policy.Yes, Ongoing: policy.Unknown, Severity: 2,
	}
}

// register creates an incident and returns it.
func register(t testing.TB, s *store.Store, i store.Incident) store.Incident {
	t.Helper()
	write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.CreateIncident(ctx, &i) })
	return i
}

// account creates an account and returns it.
func account(t testing.TB, s *store.Store, userID string) store.Account {
	t.Helper()
	var a store.Account
	write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
		a, err = tx.EnsureAccount(ctx, "chat", userID, "Namn "+userID)
		return err
	})
	return a
}

func refs(incidents []store.Incident) []string {
	found := make([]string, len(incidents))
	for i, incident := range incidents {
		found[i] = incident.Ref
	}
	return found
}

// numbered returns prefix1 … prefixN.
func numbered(prefix string, n int) []string {
	found := make([]string, n)
	for i := range found {
		found[i] = prefix + strconv.Itoa(i+1)
	}
	return found
}

func testMigrations(t *testing.T, open func(t *testing.T) *store.Store) {
	t.Run("all applied and current", func(t *testing.T) {
		s := open(t)
		if err := s.Current(t.Context()); err != nil {
			t.Errorf("Current: %v", err)
		}
		steps := must(s.MigrationStatus(t.Context()))(t)
		if len(steps) == 0 {
			t.Fatal("no migrations")
		}
		for _, step := range steps {
			if !step.Applied || step.AppliedAt.IsZero() || step.Name == "" || step.Version == 0 {
				t.Errorf("migration %+v is not told of as applied", step)
			}
		}
	})
	t.Run("a second time does nothing", func(t *testing.T) {
		equal(t, "applied", must(open(t).Migrate(t.Context()))(t), 0)
	})
	t.Run("a missing migration is told", func(t *testing.T) {
		s := open(t)
		if _, err := s.Writer().ExecContext(t.Context(), `DELETE FROM goose_db_version WHERE version_id > 0`); err != nil {
			t.Fatal(err)
		}
		isErr(t, s.Current(t.Context()), store.ErrNotMigrated)
	})
}

func testTransactions(t *testing.T, open func(t *testing.T) *store.Store) {
	t.Run("an error undoes everything", func(t *testing.T) {
		s := open(t)
		failure := errors.New("changed my mind")
		err := s.InTx(t.Context(), func(tx *store.Tx) error {
			i := report("a")
			if err := tx.CreateIncident(t.Context(), &i); err != nil {
				return err
			}
			return failure
		})
		isErr(t, err, failure)
		_, err = s.Incident(t.Context(), "a")
		isErr(t, err, store.ErrNotFound)
		equal(t, "number after the one undone", register(t, s, report("b")).Number, policy.IncidentNumber(2026, 1))
	})
	t.Run("a failed statement fails the transaction though overlooked", func(t *testing.T) {
		s := open(t)
		register(t, s, report("taken"))
		err := s.InTx(t.Context(), func(tx *store.Tx) error {
			i := report("taken")
			isErr(t, tx.CreateIncident(t.Context(), &i), store.ErrConflict)
			other := report("other")
			isErr(t, tx.CreateIncident(t.Context(), &other), store.ErrConflict)
			return nil
		})
		isErr(t, err, store.ErrConflict)
		_, err = s.Incident(t.Context(), "other")
		isErr(t, err, store.ErrNotFound)
		register(t, s, report("next")) // and the next one is not harmed
	})
	t.Run("one time, in milliseconds and UTC", func(t *testing.T) {
		s := open(t)
		write(t, s, func(_ context.Context, tx *store.Tx) error {
			if tx.Now.Location() != time.UTC || tx.Now.Nanosecond()%1e6 != 0 {
				t.Errorf("Now is %v", tx.Now)
			}
			return nil
		})
	})
	t.Run("others' statements are part of it", func(t *testing.T) {
		s := open(t)
		_ = s.InTx(t.Context(), func(tx *store.Tx) error {
			if _, err := tx.SQL().ExecContext(tx.Context(), `INSERT INTO counters (name, value) VALUES ('other', 1)`); err != nil {
				t.Errorf("insert: %v", err)
			}
			return errors.New("undone")
		})
		var n int
		if err := s.Writer().QueryRowContext(t.Context(), `SELECT count(*) FROM counters`).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d rows, %v; want none", n, err)
		}
	})
	t.Run("any text comes back, but for what a database cannot hold", func(t *testing.T) {
		s := open(t)
		i := report("mended")
		i.Text = "före\x00efter \xff slut"
		i = register(t, s, i)
		equal(t, "text", must(s.Incident(t.Context(), "mended"))(t).Text, "föreefter \uFFFD slut")
		rapid.Check(t, func(rt *rapid.T) {
			note := store.Note{IncidentID: i.ID, Text: rapid.String().Draw(rt, "text")}
			write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.AddNote(ctx, &note) })
			equal(rt, "text", must(s.Note(t.Context(), note.ID))(t).Text, strings.ReplaceAll(note.Text, "\x00", ""))
		})
	})
}

func testIncidents(t *testing.T, open func(t *testing.T) *store.Store) {
	t.Run("what was written comes back", func(t *testing.T) {
		s := open(t)
		reporter, ciso := account(t, s, "U1"), account(t, s, "U2")
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.ImportSystems(ctx, []store.System{{Key: "x", Name: "X", Active: true}})
			return err
		})
		system := must(s.SystemByKey(t.Context(), "x"))(t)
		at := noon().Add(123 * time.Microsecond)
		i := store.Incident{
			Ref: "full", Status: store.Closed, ReporterID: &reporter.ID, Surface: "chat", Language: "en", Text: "text åäö 😀",
			Done: "done", OccurredAt: &at, DiscoveredAt: at, RegisteredAt: at, SystemID: &system.ID, SystemText: "system",
			Form: "paper", ReportedAspects: policy.Confidentiality | policy.Traceability, PersonalData: policy.No, Persons: 100,
			SensitiveData: true, SensitiveKinds: "health,union", Ongoing: policy.Yes, NearMiss: true, StopQuestion: true,
			Suggested: "misdelivery", Confidence: 0.73, Category: "phishing",
			CategoryReasons: []policy.Reason{{Category: "phishing", Sign: "länk", Weight: 1.5}},
			Aspects:         policy.AllAspects[1], Regulations: []policy.Regulation{"gdpr", "nis2"}, Severity: 4,
			SeverityReasons: []policy.SeverityReason{{Code: "class_level", Level: 3, Persons: 7, Aspect: "K"}}, SeverityNote: "note",
			AcknowledgedAt: &at, AcknowledgedBy: &ciso.ID, ClosedAt: &at, ClosedBy: &ciso.ID, Cause: "human_error", Lesson: "lesson",
			ConfirmedAt: &at, Alternatives: []policy.Alternative{{Category: "loss", Confidence: 0.25}, {Category: "theft", Confidence: 0.1}},
		}
		i = register(t, s, i)
		if i.ID == 0 || i.Version != 1 || !i.RegisteredAt.Equal(noon()) {
			t.Errorf("filled in: id %d, version %d, registered %v", i.ID, i.Version, i.RegisteredAt)
		}
		equal(t, "by ref", must(s.Incident(t.Context(), "full"))(t), i)
		equal(t, "by id", must(s.IncidentByID(t.Context(), i.ID))(t), i)
		equal(t, "by number", must(s.IncidentByNumber(t.Context(), i.Number))(t), i)
	})
	t.Run("what is empty comes back empty", func(t *testing.T) {
		s := open(t)
		i := register(t, s, report("empty"))
		equal(t, "incident", must(s.Incident(t.Context(), "empty"))(t), i)
	})
	t.Run("a missing one is not found", func(t *testing.T) {
		s := open(t)
		_, err := s.Incident(t.Context(), "none")
		isErr(t, err, store.ErrNotFound)
		_, err = s.IncidentByID(t.Context(), 7)
		isErr(t, err, store.ErrNotFound)
		_, err = s.IncidentByNumber(t.Context(), "INC-2026-0001")
		isErr(t, err, store.ErrNotFound)
		err = s.InTx(t.Context(), func(tx *store.Tx) error {
			_, err := tx.UpdateIncident(t.Context(), 7, func(old store.Incident) (store.Incident, error) { return old, nil })
			return err
		})
		isErr(t, err, store.ErrNotFound)
	})
	t.Run("a taken ref is a conflict", func(t *testing.T) {
		s := open(t)
		register(t, s, report("twice"))
		again := report("twice")
		isErr(t, s.InTx(t.Context(), func(tx *store.Tx) error { return tx.CreateIncident(t.Context(), &again) }), store.ErrConflict)
	})
	t.Run("a change raises the version and keeps the identity", func(t *testing.T) {
		s := open(t)
		i := register(t, s, report("a"))
		var changed store.Incident
		write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			changed, err = tx.UpdateIncident(ctx, i.ID, func(old store.Incident) (store.Incident, error) {
				equal(t, "old", old, i)
				old.Ref, old.Number, old.Version, old.RegisteredAt = "other", "INC-1", 99, time.Time{}
				old.Status, old.Severity, old.AcknowledgedAt = store.Acknowledged, 3, &tx.Now
				return old, nil
			})
			return err
		})
		want := i
		want.Version, want.Status, want.Severity, want.AcknowledgedAt = 2, store.Acknowledged, 3, changed.AcknowledgedAt
		equal(t, "returned", changed, want)
		equal(t, "stored", must(s.Incident(t.Context(), "a"))(t), want)
	})
	t.Run("a refused change changes nothing", func(t *testing.T) {
		s := open(t)
		i := register(t, s, report("a"))
		refusal := errors.New("closed already")
		err := s.InTx(t.Context(), func(tx *store.Tx) error {
			_, err := tx.UpdateIncident(t.Context(), i.ID, func(old store.Incident) (store.Incident, error) { return old, refusal })
			return err
		})
		isErr(t, err, refusal)
		equal(t, "stored", must(s.Incident(t.Context(), "a"))(t), i)
	})
	t.Run("concurrent changes are all kept", func(t *testing.T) {
		s := open(t)
		i := register(t, s, report("a"))
		const n = 40
		concurrently(t, n, func(int) error {
			return s.InTx(t.Context(), func(tx *store.Tx) error {
				_, err := tx.UpdateIncident(t.Context(), i.ID, func(old store.Incident) (store.Incident, error) {
					old.Persons++
					return old, nil
				})
				return err
			})
		})
		got := must(s.Incident(t.Context(), "a"))(t)
		equal(t, "persons", got.Persons, n)
		equal(t, "version", got.Version, int64(n+1))
	})
	t.Run("lists are ordered and limited", func(t *testing.T) {
		s := open(t)
		a, b := account(t, s, "U1"), account(t, s, "U2")
		for k, ref := range []string{"r1", "r2", "r3", "r4"} {
			i := report(ref)
			i.ReporterID = &a.ID
			if k == 1 {
				i.ReporterID, i.Status = &b.ID, store.Closed
			}
			register(t, s, i)
		}
		register(t, s, report("anonymous"))
		equal(t, "by reporter", refs(must(s.IncidentsByReporter(t.Context(), a.ID, 2))(t)), []string{"r4", "r3"})
		equal(t, "open", refs(must(s.OpenIncidents(t.Context(), 3))(t)), []string{"anonymous", "r4", "r3"})
		equal(t, "counts", must(s.OpenCounts(t.Context()))(t), map[store.Status]int{store.New: 4})
	})
	t.Run("all are walked through in order, more than a page", func(t *testing.T) {
		s := open(t)
		const n = 1203
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			for k := range n {
				i := report(fmt.Sprintf("ref%d", k+1))
				if err := tx.CreateIncident(ctx, &i); err != nil {
					return err
				}
			}
			return nil
		})
		var seen []string
		err := s.Incidents(t.Context(), func(i store.Incident) error {
			seen = append(seen, i.Ref)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "walked", seen, numbered("ref", n))
		enough := errors.New("enough")
		visited := 0
		isErr(t, s.Incidents(t.Context(), func(store.Incident) error { visited++; return enough }), enough)
		equal(t, "visited until the error", visited, 1)
	})
}
