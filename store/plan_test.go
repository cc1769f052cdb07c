package store_test

import (
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
	read(s.InTx(ctx, func(tx *store.Tx) error {
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
		// An insert finds its place by itself; what SQLite says of it is how it would check foreign keys if it had to.
		if strings.Contains(statement, "SAVEPOINT") || strings.HasPrefix(statement, "INSERT") {
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
				!strings.HasSuffix(step, "INDEX deliveries_dead") {
				t.Errorf("%s: %s", step, statement)
			}
		}
		if err := steps.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
