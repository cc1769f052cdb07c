package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
	"tyreso.se/incidentbot/store/storetest"
)

// TestNothingThatAPersonWaitsForGrowsWithTheRegister asks SQLite how it would run every statement on the way of a report
// and of a triage button: each must find its rows through an index.
func TestNothingThatAPersonWaitsForGrowsWithTheRegister(t *testing.T) {
	s := storetest.SQLite(t)
	ctx := t.Context()
	for n := range int64(2) { // what was run once is prepared, and thereby listed
		if err := submit(ctx, s, n); err != nil {
			t.Fatal(err)
		}
	}
	i, err := s.IncidentByNumber(ctx, policy.IncidentNumber(s.Now().Year(), 1))
	if err != nil {
		t.Fatal(err)
	}
	var found []error
	read := func(err error) { found = append(found, err) }
	_, err = s.Incident(ctx, i.Ref)
	read(err)
	_, _, err = s.AccountAndDraft(ctx, "chat", "U1", "report", time.Time{})
	read(err)
	_, err = s.IncidentsByReporter(ctx, *i.ReporterID, 10)
	read(err)
	_, err = s.OpenIncidents(ctx, 10)
	read(err)
	_, err = s.OpenCounts(ctx)
	read(err)
	_, err = s.Cards(ctx, i.ID)
	read(err)
	_, err = s.Notes(ctx, i.ID)
	read(err)
	_, err = s.DeadLetters(ctx, 10)
	read(err)
	_, err = s.Unreached(ctx, *i.ReporterID, time.Time{})
	read(err)
	_, err = s.ReporterUnreached(ctx, i.ID)
	read(err)
	_, err = s.EventsBySubject(ctx, i.Number)
	read(err)
	_, err = s.Decisions(ctx, i.ID)
	read(err)
	_, err = s.Obligations(ctx, i.ID)
	read(err)
	_, err = s.DueClocks(ctx, 10)
	read(err)
	_, err = s.Reminders(ctx, "a")
	read(err)
	_, err = s.Absences(ctx, s.Now())
	read(err)
	_, err = s.Members(ctx, i.ID)
	read(err)
	_, err = s.IncidentsBefore(ctx, i.ID, time.Time{}, 10)
	read(err)
	_, err = s.Measures(ctx, i.ID)
	read(err)
	_, err = s.OpenRisks(ctx, "")
	read(err)
	_, err = s.RisksOfIncident(ctx, i.ID)
	read(err)
	_, err = s.MeasuresOfRisk(ctx, 1)
	read(err)
	for _, owner := range []string{"", "ali@example.org"} {
		_, err = s.OpenMeasures(ctx, owner, 10)
		read(err)
	}
	_, err = s.RiskFigures(ctx, store.Risk{}, s.Now())
	read(err)
	absent := func(err error) {
		if !errors.Is(err, store.ErrNotFound) {
			read(fmt.Errorf("found what is not there: %w", err))
		}
	}
	_, err = s.MeasureByRef(ctx, "m")
	absent(err)
	_, err = s.Risk(ctx, "r")
	absent(err)
	_, err = s.Affected(ctx, i.ID)
	absent(err)
	_, err = s.TraineesByManager(ctx, "bo@example.org")
	read(err)
	_, err = s.TraineesOfUnits(ctx, []string{"IT"})
	read(err)
	_, err = s.Completions(ctx, 1)
	read(err)
	_, err = s.WaitingNotices(ctx, "chat", time.Time{}, 10)
	read(err)
	_, err = s.CountWaitingNotices(ctx, "chat")
	read(err)
	_, err = s.Round(ctx, "reminder", "2026-11-23")
	read(err)
	_, err = s.Trainee(ctx, 1)
	absent(err)
	_, err = s.Notice(ctx, 1)
	absent(err)
	_, err = s.HoldOf(ctx, i.ID)
	absent(err)
	system := int64(1)
	_, err = s.SimilarIncidents(ctx, store.Incident{ID: i.ID, SystemID: &system}, time.Time{})
	read(err)
	_, err = s.RoomByChannel(ctx, "chat", "C1")
	if !errors.Is(err, store.ErrNotFound) {
		read(err)
	}
	_, err = s.Period(ctx, time.Time{}, s.Now())
	read(err)
	_, err = s.Improvements(ctx, time.Time{}, 10)
	read(err)
	_, err = s.Classifications(ctx, 1, 5)
	read(err)
	_, err = s.IncidentsOfSystem(ctx, 1, 5)
	read(err)
	_, err = s.Revisions(ctx, "policy")
	read(err)
	_, err = s.RevisionCards(ctx, 1)
	read(err)
	read(s.InTx(ctx, func(tx *store.Tx) error {
		if _, err := tx.RevisionTargets(ctx, 1, "revision"); err != nil {
			return err
		}
		room := store.Room{IncidentID: i.ID, Surface: "chat", OpenedBy: *i.ReporterID}
		if err := tx.AddRoom(ctx, &room); err != nil {
			return err
		}
		if err := tx.SaveRoom(ctx, room); err != nil {
			return err
		}
		if _, err := tx.Room(ctx, i.ID); err != nil {
			return err
		}
		if _, err := tx.HasNoteFrom(ctx, "chat:C1:1.1"); err != nil {
			return err
		}
		if _, err := tx.CardTargets(ctx, i.ID); err != nil {
			return err
		}
		if _, err := tx.UpdateIncident(ctx, i.ID, func(old store.Incident) (store.Incident, error) { return old, nil }); err != nil {
			return err
		}
		d, err := tx.BeginAttempt(ctx, 1)
		if err != nil {
			return err
		}
		if err := tx.SaveDraft(ctx, store.Draft{AccountID: *i.ReporterID, Dialog: "report", SavedAt: tx.Now}); err != nil {
			return err
		}
		if err := tx.KeepDialog(ctx, store.KeptDialog{Ref: "R"}); err != nil {
			return err
		}
		same := func(old store.KeptDialog) (store.KeptDialog, error) { return old, nil }
		if _, err := tx.UpdateKeptDialog(ctx, "R", same); err != nil {
			return err
		}
		if err := tx.DropKeptDialog(ctx, "R"); err != nil {
			return err
		}
		if err := tx.ForgetAccount(ctx, *i.ReporterID); err != nil {
			return err
		}
		if err := tx.SaveCard(ctx, store.Card{IncidentID: i.ID, Surface: "chat", MessageID: "1"}); err != nil {
			return err
		}
		if _, err := tx.Supersede(ctx, "a"); err != nil {
			return err
		}
		if err := tx.AddReminders(ctx, []store.Reminder{{Key: "a:1", Clock: "a", IncidentID: i.ID, DueAt: tx.Now}}); err != nil {
			return err
		}
		r, err := tx.TakeReminder(ctx, "a")
		if err != nil {
			return err
		}
		if _, err := tx.Unanswered(ctx, r, i.Number, []string{"looked"}); err != nil {
			return err
		}
		_, err = tx.FinishDelivery(ctx, d.ID, store.Unreached, "")
		return err
	}))
	for _, err := range found {
		if err != nil {
			t.Fatal(err)
		}
	}

	statements := store.Statements(s)
	if len(statements) < 20 {
		t.Fatalf("only %d statements seen", len(statements))
	}
	for _, statement := range statements {
		// An insert finds its place by itself; what SQLite says of it is how it would check foreign keys if it had to. That is how it
		// deletes an account, too: it has to look for what refers to it. Nobody but a writer who chose to be nameless after all waits
		// for that, and an index for each column that names an account would cost every report more.
		if strings.Contains(statement, "SAVEPOINT") || strings.HasPrefix(statement, "INSERT") || strings.HasPrefix(statement, "DELETE FROM accounts") {
			continue
		}
		steps, err := s.Writer().QueryContext(ctx, "EXPLAIN QUERY PLAN "+statement, make([]any, strings.Count(statement, "?"))...)
		if err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
		for steps.Next() {
			var id, parent, unused int
			var step string
			if err := steps.Scan(&id, &parent, &unused, &step); err != nil {
				t.Fatal(err)
			}
			// A partial index holds only what is open, pending or dead.
			if strings.HasPrefix(step, "SCAN") && step != "SCAN CONSTANT ROW" && !strings.HasSuffix(step, "INDEX incidents_open") &&
				!strings.HasSuffix(step, "INDEX deliveries_dead") && !strings.HasSuffix(step, "INDEX measures_open") {
				t.Errorf("%s: %s", step, statement)
			}
		}
		if err := steps.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// runningClocks fills a register with open cases whose clocks run, of which few are due, and returns it with the number that is due.
func runningClocks(t testing.TB, s *store.Store, cases int) (due int) {
	t.Helper()
	ctx := t.Context()
	const together, oneIn = 500, 1000
	for from := 0; from < cases; from += together {
		err := s.InTx(ctx, func(tx *store.Tx) error {
			for n := from; n < min(from+together, cases); n++ {
				i := store.Incident{Ref: fmt.Sprint("clock-", n), Status: store.Acknowledged, DiscoveredAt: tx.Now, Severity: 2}
				if err := tx.CreateIncident(ctx, &i); err != nil {
					return err
				}
				clock := fmt.Sprint("obligation:", n)
				rows := make([]store.Reminder, 5)
				for r := range rows {
					rows[r] = store.Reminder{
						Key: fmt.Sprint(clock, ":", r), Clock: clock, IncidentID: i.ID, Kind: "obligation", DueAt: tx.Now.Add(time.Duration(r+1) * time.Hour),
					}
				}
				if n%oneIn == 0 {
					rows[0].DueAt = tx.Now.Add(-time.Hour)
					due++
				}
				if err := tx.AddReminders(ctx, rows); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return due
}

// TestDueClocksAreFoundByTheirIndex asks PostgreSQL, with enough rows that it would not rather read them all, how it looks for what is
// due; SQLite is asked above.
func TestDueClocksAreFoundByTheirIndex(t *testing.T) {
	s := storetest.Postgres(t)
	ctx := t.Context()
	due := runningClocks(t, s, 2000)
	found, err := s.DueClocks(ctx, 100)
	if err != nil || len(found) != due {
		t.Fatalf("%d clocks are due, want %d: %v", len(found), due, err)
	}
	if _, err := s.Writer().ExecContext(ctx, "ANALYZE reminders"); err != nil {
		t.Fatal(err)
	}
	statement := ""
	for _, known := range store.Statements(s) {
		if strings.HasPrefix(known, "SELECT clock FROM reminders") {
			statement = strings.NewReplacer("due_at <= ?", "due_at <= 1", "LIMIT ?", "LIMIT 100").Replace(known)
		}
	}
	rows, err := s.Writer().QueryContext(ctx, "EXPLAIN "+statement)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		plan.WriteString(line + "\n")
	}
	if !strings.Contains(plan.String(), "reminders_due") || strings.Contains(plan.String(), "Seq Scan") {
		t.Errorf("the plan is:\n%s", plan.String())
	}
}

// BenchmarkDueClocks looks for what is due among 10,000 open cases with running clocks.
func BenchmarkDueClocks(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *store.Store{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			s := open(b)
			due := runningClocks(b, s, 10_000)
			for b.Loop() {
				if found, err := s.DueClocks(b.Context(), 100); err != nil || len(found) != due {
					b.Fatalf("%d clocks are due, want %d: %v", len(found), due, err)
				}
			}
		})
	}
}
