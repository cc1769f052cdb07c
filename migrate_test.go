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
			running, err := openStore(t.Context(), cfg, slog.New(slog.DiscardHandler), true)
			if err != nil {
				t.Fatal(err)
			}
			defer running.Close()
			beside, err := openStore(t.Context(), cfg, slog.New(slog.DiscardHandler), false)
			if err != nil {
				t.Fatal(err)
			}
			defer beside.Close()
			applied := func() (n, of int) {
				t.Helper()
				steps, err := beside.MigrationStatus(t.Context())
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
			if err := beside.Current(t.Context()); !errors.Is(err, store.ErrNotMigrated) {
				t.Errorf("error is %v, want that migrations are missing", err)
			}
			if err := scheduler.Current(t.Context(), beside); err == nil {
				t.Error("the job tables are said to be there")
			}
			if err := migrate(t.Context(), running); err != nil {
				t.Fatal(err)
			}
			if n, of := applied(); n != of {
				t.Errorf("%d of %d migrations are applied", n, of)
			}
			if err := errors.Join(beside.Current(t.Context()), scheduler.Current(t.Context(), beside)); err != nil {
				t.Error(err)
			}
		})
	}
}
