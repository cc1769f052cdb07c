package store_test

import (
	"fmt"
	"testing"

	"tyreso.se/incidentbot/store/storetest"
)

// The job queue gives the writing connection the same statements again and again, and may read rows meanwhile.
func TestSQLiteConnectionsRememberStatements(t *testing.T) {
	db := storetest.SQLite(t).Writer()
	for _, statement := range []string{`CREATE TABLE t (n INTEGER)`, `INSERT INTO t VALUES (1), (2), (3)`} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	const numbers = `SELECT n FROM t WHERE n >= ? ORDER BY n`
	t.Run("a statement can be run while its rows are read", func(t *testing.T) {
		tx, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback()
		rows, err := tx.QueryContext(t.Context(), numbers, 1)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var got string
		for rows.Next() {
			var outer, inner int
			if err := rows.Scan(&outer); err != nil {
				t.Fatal(err)
			}
			if err := tx.QueryRowContext(t.Context(), numbers, outer).Scan(&inner); err != nil {
				t.Fatal(err)
			}
			got += fmt.Sprint(outer, inner, " ")
		}
		if err := rows.Err(); err != nil || got != "1 1 2 2 3 3 " {
			t.Errorf("read %q, error %v", got, err)
		}
	})
	t.Run("a remembered statement sees what has changed in the schema", func(t *testing.T) {
		if _, err := db.ExecContext(t.Context(), `ALTER TABLE t ADD COLUMN m INTEGER NOT NULL DEFAULT 7`); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := db.QueryRowContext(t.Context(), numbers, 3).Scan(&n); err != nil || n != 3 {
			t.Errorf("read %d, error %v", n, err)
		}
	})
	t.Run("a statement that failed can be run again", func(t *testing.T) {
		const insert = `INSERT INTO t (n, m) VALUES (?, ?)`
		if _, err := db.ExecContext(t.Context(), insert, 4, nil); err == nil {
			t.Error("a missing value was taken")
		}
		if _, err := db.ExecContext(t.Context(), insert, 4, 8); err != nil {
			t.Error(err)
		}
	})
	t.Run("more statements than are remembered can be run", func(t *testing.T) {
		for i := range 400 {
			var n int
			if err := db.QueryRowContext(t.Context(), fmt.Sprintf("SELECT %d", i)).Scan(&n); err != nil || n != i {
				t.Fatalf("read %d, error %v, want %d", n, err, i)
			}
		}
	})
}
