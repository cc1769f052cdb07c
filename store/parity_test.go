package store_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tyreso.se/incidentbot/store"
	"tyreso.se/incidentbot/store/storetest"
)

type column struct {
	Table, Name, Class string // Class: what kind of values it holds, by what both databases call it
	NotNull, Key       bool
}

type index struct {
	Table, Name, Columns string // Columns: in order, with commas
	Unique, Partial      bool
}

// TestBothDatabasesGetTheSameTables holds the two folders of migrations against each other, by what they lead to.
func TestBothDatabasesGetTheSameTables(t *testing.T) {
	lite, pg := storetest.SQLite(t), storetest.Postgres(t)

	want := rows[column](t, lite, `SELECT m.name, c.name, lower(c.type), c."notnull" = 1 OR c.pk > 0, c.pk > 0
		FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'`,
		func(c *column) []any { return []any{&c.Table, &c.Name, &c.Class, &c.NotNull, &c.Key} })
	got := rows[column](t, pg, `SELECT r.relname, a.attname, t.typname, a.attnotnull, coalesce(a.attnum = ANY (k.indkey), false)
		FROM pg_class r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 JOIN pg_type t ON t.oid = a.atttypid
		LEFT JOIN pg_index k ON k.indrelid = r.oid AND k.indisprimary
		WHERE r.relkind = 'r' AND r.relnamespace = 'public'::regnamespace`,
		func(c *column) []any { return []any{&c.Table, &c.Name, &c.Class, &c.NotNull, &c.Key} })
	classes := map[string]string{"int8": "integer", "text": "text", "bytea": "blob", "float8": "real"}
	for i, c := range got {
		if got[i].Class = classes[c.Class]; got[i].Class == "" {
			t.Errorf("%s.%s has the type %s, which has no equal on SQLite", c.Table, c.Name, c.Class)
		}
	}
	compare(t, "columns", want, got, func(c column) string { return c.Table + "." + c.Name })

	wantIndexes := rows[index](t, lite, `SELECT m.name, i.name,
		(SELECT group_concat(name, ',') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)), i."unique" = 1, i.partial = 1
		FROM sqlite_schema m JOIN pragma_index_list(m.name) i WHERE m.type = 'table' AND i.origin = 'c'`,
		func(i *index) []any { return []any{&i.Table, &i.Name, &i.Columns, &i.Unique, &i.Partial} })
	gotIndexes := rows[index](t, pg, `SELECT r.relname, i.relname,
		(SELECT string_agg(a.attname, ',' ORDER BY k.n) FROM unnest(x.indkey) WITH ORDINALITY k (attnum, n)
			JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.attnum), x.indisunique, x.indpred IS NOT NULL
		FROM pg_index x JOIN pg_class r ON r.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
		WHERE NOT x.indisprimary AND r.relnamespace = 'public'::regnamespace`,
		func(i *index) []any { return []any{&i.Table, &i.Name, &i.Columns, &i.Unique, &i.Partial} })
	compare(t, "indexes", wantIndexes, gotIndexes, func(i index) string { return i.Name })
}

// rows returns what the query finds, without the tables of the migration tool.
func rows[T any](t *testing.T, s *store.Store, query string, fields func(*T) []any) []T {
	t.Helper()
	found, err := s.Writer().QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = found.Close() }()
	var all []T
	for found.Next() {
		var row T
		if err := found.Scan(fields(&row)...); err != nil {
			t.Fatal(err)
		}
		if table, ok := fields(&row)[0].(*string); ok && *table == "goose_db_version" {
			continue
		}
		all = append(all, row)
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func compare[T any](t *testing.T, what string, sqlite, postgres []T, name func(T) string) {
	t.Helper()
	if len(sqlite) == 0 {
		t.Errorf("no %s on SQLite", what)
	}
	byName := func(a, b T) int {
		if name(a) < name(b) {
			return -1
		}
		return 1
	}
	slices.SortFunc(sqlite, byName)
	slices.SortFunc(postgres, byName)
	if diff := cmp.Diff(sqlite, postgres); diff != "" {
		t.Errorf("%s differ (-SQLite +PostgreSQL):\n%s", what, diff)
	}
}
