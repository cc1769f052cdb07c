package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/report"
	"tyreso.se/incidentbot/store"
	"tyreso.se/incidentbot/store/storetest"
)

// object is a JSON object.
type object = map[string]any

// What is exported as JSON is as its schema says, and the schema says no more.
func TestExportsFollowTheirSchemas(t *testing.T) {
	s := storetest.SQLite(t)
	ctx := t.Context()
	aYear(t, s, 7, 120)
	err := s.InTx(ctx, func(tx *store.Tx) error {
		who, err := tx.EnsureAccount(ctx, "chat", "U9", "Karin")
		if err != nil {
			return err
		}
		incident := int64(1)
		bare := store.Risk{Ref: "bare", Text: "Något händer", CreatedBy: who.ID}
		whole := store.Risk{
			Ref: "whole", Text: "Datorer stjäls", Category: policy.Theft, Cause: policy.Attack, SystemID: &incident, IncidentID: &incident, Unit: "Omsorg",
			OwnerEmail: "ali@example.org", OwnerName: "Ali", Before: policy.RiskEstimate{Likelihood: 5, Consequence: 4}, Reason: "Har hänt",
			After: policy.RiskEstimate{Likelihood: 1, Consequence: 4}, ReasonAfter: "Lås", EstimatedAt: &tx.Now, EstimatedBy: &who.ID,
			EndedAt: &tx.Now, EndedBy: &who.ID, EndedWhy: "Borta", CreatedBy: who.ID,
		}
		for _, r := range []*store.Risk{&bare, &whole} {
			if err := tx.AddRisk(ctx, r); err != nil {
				return err
			}
		}
		for i, state := range []store.MeasureState{store.MeasureOpen, store.MeasureDone, store.MeasureDropped} {
			m := store.Measure{Ref: fmt.Sprint(i), Text: "Lås", State: state, DueOn: "2026-12-01", CreatedBy: who.ID}
			if state == store.MeasureOpen {
				m.IncidentID = &incident
			} else {
				m.RiskID, m.EndedAt, m.Reason = &whole.ID, &tx.Now, "Därför"
			}
			if err := tx.AddMeasure(ctx, &m); err != nil {
				return err
			}
		}
		for range 2 {
			if err := tx.Append(ctx, store.Event{Actor: "cli", Action: "person.exported", Subject: "x", Detail: `{"a":1}`}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, table := range map[string]struct {
		write func(w *bytes.Buffer) error
		wrong object // what the schema refuses
	}{
		"register": {func(w *bytes.Buffer) error { return report.Register(ctx, s, "json", w, nil) },
			object{"number": "42", "category": "fire", "severity": 5, "closed_at": "i går", "aspects": "SK", "rsit": "x"}},
		"systems": {func(w *bytes.Buffer) error { return report.Systems(ctx, s, "json", w, nil) },
			object{"key": "", "integrity": 4, "classified_on": "2026-13-01", "incidents": -1}},
		"risks": {func(w *bytes.Buffer) error { return report.Risks(ctx, s, "json", w, nil) },
			object{"number": "12", "likelihood": 0, "consequence_after": 6, "cause": "fate", "incident": "R1"}},
		"measures": {func(w *bytes.Buffer) error { return report.Measures(ctx, s, "json", w, nil) },
			object{"risk": "1", "state": "late", "due_on": "nyår"}},
		"audit": {func(w *bytes.Buffer) error { return report.Audit(ctx, s, "json", w, nil) },
			object{"seq": 0, "at": "", "hash": "x", "action": "Något"}},
	} {
		t.Run(name, func(t *testing.T) {
			path := "../docs/schemas/" + name + ".schema.json"
			compiler := jsonschema.NewCompiler()
			compiler.AssertFormat()
			schema, err := compiler.Compile(path)
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := table.write(&out); err != nil {
				t.Fatal(err)
			}
			var rows []any
			if err := json.Unmarshal(out.Bytes(), &rows); err != nil || len(rows) < 2 {
				t.Fatalf("%d rows (%v)", len(rows), err)
			}
			if err := schema.Validate(rows); err != nil {
				t.Fatal(err)
			}
			first, _ := rows[0].(object)
			for _, column := range slices.Sorted(maps.Keys(first)) {
				less := maps.Clone(first)
				delete(less, column)
				if schema.Validate([]any{less}) == nil {
					t.Errorf("a row without %s is taken", column)
				}
			}
			for column, value := range table.wrong {
				spoilt := maps.Clone(first)
				spoilt[column] = value
				if schema.Validate([]any{spoilt}) == nil {
					t.Errorf("%s may be %v", column, value)
				}
			}
			if more := maps.Clone(first); schema.Validate([]any{with(more, "extra", 1)}) == nil {
				t.Error("a column that nobody knows is taken")
			}
		})
	}
}

func with(row object, column string, value any) object {
	row[column] = value
	return row
}

// The schemas name the categories, causes and class levels that there are.
func TestSchemasNameWhatThereIs(t *testing.T) {
	for _, test := range []struct {
		file, column string
		want         []string
	}{
		{"register", "category", texts(policy.Categories())}, {"register", "suggested_category", append(texts(policy.Categories()), "")},
		{"register", "cause", append(texts(policy.Causes()), "")}, {"risks", "category", append(texts(policy.Categories()), "")},
		{"risks", "cause", append(texts(policy.Causes()), "")},
	} {
		content, err := os.ReadFile("../docs/schemas/" + test.file + ".schema.json")
		if err != nil {
			t.Fatal(err)
		}
		var schema struct {
			Items struct {
				Properties map[string]struct{ Enum []string }
			}
		}
		if err := json.Unmarshal(content, &schema); err != nil {
			t.Fatal(err)
		}
		same(t, test.file+" "+test.column, schema.Items.Properties[test.column].Enum, test.want)
	}
}

func texts[T ~string](all []T) []string {
	words := make([]string, len(all))
	for i, one := range all {
		words[i] = string(one)
	}
	return words
}
