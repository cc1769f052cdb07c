package main

import (
	"log/slog"
	"strings"
	"testing"

	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
	"tyreso.se/incidentbot/store/storetest"
)

func TestModelsAreListedAndChosen(t *testing.T) {
	cfg := mustConfigure(t, "", map[string]string{"DATABASE_URL": storetest.SQLiteURL(t)})
	s, err := openStore(t.Context(), cfg, slog.New(slog.DiscardHandler), writing)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := migrate(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	weights := policy.NewClassifier().Learn(nil).Model
	err = s.InTx(t.Context(), func(tx *store.Tx) error {
		for _, m := range []struct {
			model   store.Model
			weights []byte
		}{
			{store.Model{Examples: 25, RightBefore: 20, RightAfter: 24, Better: true}, weights},
			{store.Model{Examples: 40, RightBefore: 33, RightAfter: 31}, weights},
			{store.Model{Examples: 60, RightBefore: 50, RightAfter: 58, Better: true}, []byte("of another program")},
		} {
			if err := tx.AddModel(t.Context(), &m.model, m.weights); err != nil {
				return err
			}
		}
		return tx.PutInForce(t.Context(), store.ModelInForce{Version: 3})
	})
	if err != nil {
		t.Fatal(err)
	}
	listed := func() []string {
		t.Helper()
		var out strings.Builder
		if err := listModels(t.Context(), s, &out); err != nil {
			t.Fatal(err)
		}
		var lines []string
		for line := range strings.Lines(out.String()) {
			fields := strings.Fields(line)
			if len(fields) > 3 && fields[0] != "version" && fields[0] != "0" {
				fields = append(fields[:1], fields[3:]...) // without the time
			}
			lines = append(lines, strings.Join(fields, " "))
		}
		return lines
	}
	expect := func(want ...string) {
		t.Helper()
		if got := listed(); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("listed is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	const head = "version made (UTC) decisions right before right after"
	expect(head, "3 60 50 58 in force", "2 40 33 31 not better", "1 25 20 24", "0 the program's own")
	for version, problem := range map[int64]string{4: "there is no model 4", -1: "there is no model -1"} {
		if err := revertModel(t.Context(), s, version); err == nil || !strings.Contains(err.Error(), problem) {
			t.Errorf("choosing %d: %v, want %q", version, err, problem)
		}
	}
	if err := revertModel(t.Context(), s, 1); err != nil {
		t.Fatal(err)
	}
	expect(head, "3 60 50 58", "2 40 33 31 not better", "1 25 20 24 in force", "0 the program's own")
	if err := revertModel(t.Context(), s, 1); err == nil || !strings.Contains(err.Error(), "in force already") {
		t.Errorf("choosing the one in force: %v", err)
	}
	if err := revertModel(t.Context(), s, 3); err == nil || !strings.Contains(err.Error(), "cannot be used") {
		t.Errorf("choosing another program's: %v", err)
	}
	if err := revertModel(t.Context(), s, 0); err != nil {
		t.Fatal(err)
	}
	expect(head, "3 60 50 58", "2 40 33 31 not better", "1 25 20 24", "0 the program's own, in force")
	events, err := s.EventsBySubject(t.Context(), "model-1")
	if err != nil || len(events) != 1 || events[0].Action != "model.reverted" || events[0].Actor != "cli" ||
		events[0].Detail != `{"old":3,"new":1,"examples":25,"right_before":20,"right_after":24}` {
		t.Errorf("the audit chain says %+v, %v", events, err)
	}
}
