package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tyreso.se/incidentbot/report"
	"tyreso.se/incidentbot/store"
	"tyreso.se/incidentbot/store/storetest"
)

// A person's own data are handed out while the bot runs, and that is in the audit chain without the address.
func TestPersonIsExportedBesideARunningBot(t *testing.T) {
	for name, database := range map[string]func(testing.TB) string{"sqlite": storetest.SQLiteURL, "postgres": storetest.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			cfg := mustConfigure(t, "", map[string]string{"DATABASE_URL": database(t)})
			running, err := openStore(t.Context(), cfg, slog.New(slog.DiscardHandler), writing)
			if err != nil {
				t.Fatal(err)
			}
			defer running.Close()
			export := func(email string) (map[string]any, error) {
				t.Helper()
				s, err := openStore(t.Context(), cfg, slog.New(slog.DiscardHandler), beside)
				if err != nil {
					t.Fatal(err)
				}
				file := filepath.Join(t.TempDir(), "person.json")
				err = errors.Join(exportPersonCommand{Email: email, Out: file}.write(t.Context(), s), s.Close())
				content, missing := os.ReadFile(file)
				if err != nil {
					if missing == nil {
						t.Error("a file was written though it failed")
					}
					return nil, err
				}
				if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
					t.Errorf("the file can be read by others: %v (%v)", info.Mode(), err)
				}
				var data map[string]any
				return data, json.Unmarshal(content, &data)
			}
			if _, err := export("maja@example.org"); !errors.Is(err, store.ErrNotMigrated) {
				t.Errorf("without tables it ends with %v", err)
			}
			if err := migrate(t.Context(), running); err != nil {
				t.Fatal(err)
			}
			err = running.InTx(t.Context(), func(tx *store.Tx) error {
				_, err := tx.ImportPeople(t.Context(), []store.Person{{Email: "maja@example.org", Name: "Maja Berg", Kind: "employee", Active: true}})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if data, err := export("Maja@example.org"); err != nil || data["staff_list"].(map[string]any)["name"] != "Maja Berg" {
				t.Errorf("exported are %v (%v)", data, err)
			}
			if _, err := export("ali@example.org"); !errors.Is(err, report.ErrNobody) {
				t.Errorf("an unknown address is answered with %v", err)
			}
			var exported []store.Event
			err = running.Events(t.Context(), func(e store.Event) error {
				if strings.Contains(e.Actor+e.Subject+e.Detail, "example.org") {
					t.Errorf("the audit chain holds the address: %+v", e)
				}
				if e.Action == "person.exported" {
					exported = append(exported, e)
				}
				return nil
			})
			sum := sha256.Sum256([]byte("maja@example.org"))
			if err != nil || len(exported) != 1 || exported[0].Subject != hex.EncodeToString(sum[:]) {
				t.Errorf("the audit chain says %+v (%v)", exported, err)
			}
			if _, err := running.VerifyChain(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}
