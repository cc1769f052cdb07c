package main

import (
	"errors"
	"log/slog"
	"testing"

	"tyreso.se/incidentbot/scheduler"
	"tyreso.se/incidentbot/store"
	"tyreso.se/incidentbot/store/storetest"
)

// What doctor and migrate status ask is answered while another process has the register for itself.
func TestMigrationsCanBeLookedAtBesideARunningBot(t *testing.T) {
	for name, database := range map[string]func(testing.TB) string{"sqlite": storetest.SQLiteURL, "postgres": storetest.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			cfg := mustConfigure(t, "", map[string]string{"DATABASE_URL": database(t)})
			running, err := openStore(t.Context(), cfg, slog.New(slog.DiscardHandler), writing)
			if err != nil {
				t.Fatal(err)
			}
			defer running.Close()
			alongside, err := openStore(t.Context(), cfg, slog.New(slog.DiscardHandler), readOnly)
			if err != nil {
				t.Fatal(err)
			}
			defer alongside.Close()
			applied := func() (n, of int) {
				t.Helper()
				steps, err := alongside.MigrationStatus(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				for _, step := range steps {
					if step.Applied {
						n++
					}
				}
				return n, len(steps)
			}
			if n, of := applied(); n != 0 || of == 0 {
				t.Errorf("%d of %d migrations are applied before any was", n, of)
			}
			if err := alongside.Current(t.Context()); !errors.Is(err, store.ErrNotMigrated) {
				t.Errorf("error is %v, want that migrations are missing", err)
			}
			if err := scheduler.Current(t.Context(), alongside); err == nil {
				t.Error("the job tables are said to be there")
			}
			if err := migrate(t.Context(), running); err != nil {
				t.Fatal(err)
			}
			if n, of := applied(); n != of {
				t.Errorf("%d of %d migrations are applied", n, of)
			}
			if err := errors.Join(alongside.Current(t.Context()), scheduler.Current(t.Context(), alongside)); err != nil {
				t.Error(err)
			}
		})
	}
}
