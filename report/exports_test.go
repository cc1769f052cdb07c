package report_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/report"
	"tyreso.se/incidentbot/store"
	"tyreso.se/incidentbot/store/storetest"
)

// Every table comes in every format with the same cells, and none of them is run as a formula.
func TestTablesInEveryFormat(t *testing.T) {
	for name, open := range map[string]func(testing.TB) *store.Store{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			ctx := t.Context()
			err := s.InTx(ctx, func(tx *store.Tx) error {
				if _, err := tx.ImportSystems(ctx, []store.System{
					{Key: "a", Name: "=1+1", OwnerEmail: "a@example.org", Levels: &policy.Levels{Confidentiality: 3, Traceability: 1}, Active: true},
					{Key: "b", Name: "B"},
				}); err != nil {
					return err
				}
				who, err := tx.EnsureAccount(ctx, "chat", "U1", "Karin")
				if err != nil {
					return err
				}
				system := int64(1)
				c := store.Incident{Ref: "r", Status: store.New, DiscoveredAt: tx.Now, Severity: 2, SystemID: &system}
				if err := tx.CreateIncident(ctx, &c); err != nil {
					return err
				}
				if err := tx.AddMeasure(ctx, &store.Measure{
					Ref: "m", IncidentID: &c.ID, Text: "@SUM(A1)", OwnerName: "Karin", DueOn: "2026-12-01", State: store.MeasureOpen, CreatedBy: who.ID,
				}); err != nil {
					return err
				}
				if err := tx.AddRisk(ctx, &store.Risk{
					Ref: "r", Text: "=HYPERLINK(1)", Category: policy.Theft, SystemID: &system, IncidentID: &c.ID, Unit: "Omsorg", OwnerName: "Karin",
					Before: policy.RiskEstimate{Likelihood: 4, Consequence: 3}, CreatedBy: who.ID,
				}); err != nil {
					return err
				}
				risk := int64(1)
				if err := tx.AddMeasure(ctx, &store.Measure{Ref: "n", RiskID: &risk, Text: "Lås", State: store.MeasureOpen, CreatedBy: who.ID}); err != nil {
					return err
				}
				return tx.Append(ctx, store.Event{Actor: "-2+3", Action: "incident.reported", Subject: c.Number, Detail: `{"a":1}`})
			})
			if err != nil {
				t.Fatal(err)
			}
			for name, table := range map[string]struct {
				write   func(format string, w *bytes.Buffer) error
				rows    int
				formula string
				json    map[string]any
			}{
				"systems": {func(f string, w *bytes.Buffer) error { return report.Systems(ctx, s, f, w, nil) }, 2, "'=1+1",
					map[string]any{"key": "a", "confidentiality": 3.0, "integrity": 0.0, "incidents": 1.0, "active": true}},
				"measures": {func(f string, w *bytes.Buffer) error { return report.Measures(ctx, s, f, w, nil) }, 2, "'@SUM(A1)",
					map[string]any{"risk": "", "text": "@SUM(A1)", "owner": "Karin", "due_on": "2026-12-01", "state": "open", "ended_at": ""}},
				"risks": {func(f string, w *bytes.Buffer) error { return report.Risks(ctx, s, f, w, nil) }, 1, "'=HYPERLINK(1)",
					map[string]any{
						"number": "R1", "category": "theft", "cause": "", "system": "a", "unit": "Omsorg", "likelihood": 4.0, "consequence": 3.0,
						"likelihood_after": nil, "ended_at": "",
					}},
				"audit": {func(f string, w *bytes.Buffer) error { return report.Audit(ctx, s, f, w, nil) }, 1, "'-2+3",
					map[string]any{"seq": 1.0, "actor": "-2+3", "action": "incident.reported", "detail": `{"a":1}`}},
			} {
				t.Run(name, func(t *testing.T) {
					write := func(format string) *bytes.Buffer {
						var out bytes.Buffer
						if err := table.write(format, &out); err != nil {
							t.Fatal(err)
						}
						return &out
					}
					lines, err := csv.NewReader(write("csv")).ReadAll()
					if err != nil || len(lines) != table.rows+1 || !strings.Contains(strings.Join(lines[1], "\n"), table.formula) {
						t.Errorf("CSV: %v %q", err, lines)
					}
					var entries []map[string]any
					if err := json.Unmarshal(write("json").Bytes(), &entries); err != nil || len(entries) != table.rows {
						t.Fatalf("JSON: %v %v", err, entries)
					}
					for key, want := range table.json {
						if entries[0][key] != want {
							t.Errorf("%s is %v, want %v", key, entries[0][key], want)
						}
					}
					if len(entries[0]) != len(lines[0]) {
						t.Errorf("JSON has %d names, CSV %d columns", len(entries[0]), len(lines[0]))
					}
					for _, column := range lines[0] {
						if _, ok := entries[0][column]; !ok {
							t.Errorf("JSON lacks %s", column)
						}
					}
					file, err := excelize.OpenReader(write("xlsx"))
					if err != nil {
						t.Fatal(err)
					}
					rows, err := file.GetRows(file.GetSheetList()[0])
					if err != nil || len(rows) != table.rows+1 {
						t.Errorf("XLSX: %v %q", err, rows)
					}
					if err := table.write("pdf", &bytes.Buffer{}); err == nil {
						t.Error("an unknown format is taken")
					}
				})
			}
		})
	}
}
