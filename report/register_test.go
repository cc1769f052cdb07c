package report_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/report"
	"tyreso.se/incidentbot/store"
	"tyreso.se/incidentbot/store/storetest"
)

// hard are texts that something on their way may want to change.
func hard() map[string]string {
	return map[string]string{
		"quotes":      `"Han sa "hej"", och 'gick'; sen, kom`,
		"lines":       "rad ett\nrad två\n\nrad fyra",
		"emoji":       "🙂👩‍👩‍👧‍👦 e\u0301",
		"rtl":         "שלום עולם \u202eabc\u202c مرحبا",
		"markup":      "<!channel> <@U1> *x* &lt; &amp; <b>https://example.org</b>",
		"backslashes": `\n \u0041 C:\temp\`,
		"long":        strings.Repeat("ÅÄ🙂", 1000),
		"tabs":        "a\tb",
		"separators":  "a\u2028b\u2029c",
	}
}

// formulas are texts that a spreadsheet would run.
func formulas() []string {
	return []string{`=HYPERLINK("http://evil.example","x")`, "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1"}
}

// fill registers an incident for each text.
func fill(t *testing.T, s *store.Store, texts ...string) {
	t.Helper()
	at := time.Date(2026, 11, 23, 9, 30, 0, 123e6, time.UTC)
	err := s.InTx(t.Context(), func(tx *store.Tx) error {
		for i, text := range texts {
			c := store.Incident{
				Ref: fmt.Sprint("ref-", i), Status: store.New, Surface: "slack", Language: "sv", Text: text, Done: text,
				DiscoveredAt: at, RegisteredAt: at, PersonalData: policy.Unknown, Ongoing: policy.Unknown,
				Suggested: policy.Loss, Category: policy.Loss, Severity: policy.Moderate, Lesson: text,
			}
			if err := tx.CreateIncident(t.Context(), &c); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func export(t *testing.T, s *store.Store, format string) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := report.Register(t.Context(), s, format, &out, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func entries(t *testing.T, s *store.Store) []report.Entry {
	t.Helper()
	var found []report.Entry
	decoder := json.NewDecoder(bytes.NewReader(export(t, s, "json")))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&found); err != nil {
		t.Fatal(err)
	}
	return found
}

func lines(t *testing.T, s *store.Store) [][]string {
	t.Helper()
	found, err := csv.NewReader(bytes.NewReader(export(t, s, "csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func cells(t *testing.T, s *store.Store) [][]string {
	t.Helper()
	file, err := excelize.OpenReader(bytes.NewReader(export(t, s, "xlsx")))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := file.GetRows("Register")
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", what, diff)
	}
}

// names are the names of an Entry in JSON, in order.
func names() []string {
	var found []string
	for f := range reflect.TypeFor[report.Entry]().Fields() {
		found = append(found, f.Tag.Get("json"))
	}
	return found
}

func column(t *testing.T, name string) int {
	t.Helper()
	for i, n := range names() {
		if n == name {
			return i
		}
	}
	t.Fatalf("no column %q", name)
	return 0
}

func TestFormatsHaveTheSameColumns(t *testing.T) {
	s := storetest.SQLite(t)
	fill(t, s, "Jag har tappat min telefon")
	for format, rows := range map[string][][]string{"csv": lines(t, s), "xlsx": cells(t, s)} {
		same(t, "header of "+format, rows[0], names())
		if len(rows) != 2 || len(rows[1]) != len(names()) {
			t.Errorf("%s has %d rows, the second with %d cells; want 2 and %d", format, len(rows), len(rows[1]), len(names()))
		}
	}
	var raw []map[string]any
	if err := json.Unmarshal(export(t, s, "json"), &raw); err != nil {
		t.Fatal(err)
	}
	for _, name := range names() {
		if _, ok := raw[0][name]; !ok {
			t.Errorf("%s is missing in JSON", name)
		}
	}
	same(t, "names in JSON", len(raw[0]), len(names()))
}

func TestEntryHoldsTheWholeCase(t *testing.T) {
	test := func(t *testing.T, s *store.Store) {
		at := func(hour int) time.Time { return time.Date(2026, 11, 23, hour, 0, 0, 0, time.UTC) }
		occurred, acknowledged, closed := at(7), at(10), at(12)
		err := s.InTx(t.Context(), func(tx *store.Tx) error {
			if _, err := tx.ImportSystems(t.Context(), []store.System{{Key: "omsorg", Name: "Omsorgssystemet", PersonalData: policy.Yes, Active: true}}); err != nil {
				return err
			}
			reporter, err := tx.EnsureAccount(t.Context(), "slack", "U0MAJA", "Maja Berg")
			if err != nil {
				return err
			}
			system := int64(1)
			return tx.CreateIncident(t.Context(), &store.Incident{
				Ref: "ref", Status: store.Closed, ReporterID: &reporter.ID, Surface: "slack", Language: "sv", Text: "Text", Done: "Gjort",
				OccurredAt: &occurred, DiscoveredAt: at(8), RegisteredAt: at(9), SystemID: &system, Form: "paper", PersonalData: policy.Yes,
				Persons: 10, SensitiveData: true, SensitiveKinds: "health", Ongoing: policy.No, NearMiss: true, Suggested: policy.Loss,
				Confidence: 0.834, Category: policy.Theft, Aspects: policy.Confidentiality | policy.Traceability,
				Regulations: []policy.Regulation{policy.GDPR, policy.Secrecy}, Severity: policy.Significant, SeverityNote: "Därför",
				AcknowledgedAt: &acknowledged, ClosedAt: &closed, Cause: policy.Knowledge, Lesson: "Lärdom",
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "the entry", entries(t, s), []report.Entry{{
			Number: "INC-2026-0001", Status: "closed", Surface: "slack", RegisteredAt: "2026-11-23T09:00:00Z", DiscoveredAt: "2026-11-23T08:00:00Z",
			OccurredAt: "2026-11-23T07:00:00Z", AcknowledgedAt: "2026-11-23T10:00:00Z", ClosedAt: "2026-11-23T12:00:00Z", Category: "theft",
			SuggestedCategory: "loss", Confidence: 0.834, RSIT: policy.Theft.RSIT(), VERIS: policy.Theft.VERIS(), Aspects: "KS", Severity: 3,
			Regulations: []string{"gdpr", "secrecy"}, PersonalData: "yes", Persons: 10, SensitiveData: true, Ongoing: "no", NearMiss: true,
			System: "omsorg", Form: "paper", Text: "Text", Done: "Gjort", Cause: "knowledge", Lesson: "Lärdom",
		}})
		row := lines(t, s)[1]
		for name, want := range map[string]string{
			"confidence": "0.83", "regulations": "gdpr, secrecy", "severity": "3", "near_miss": "true", "anonymous": "false", "system": "omsorg",
			"aspects": "KS", "text": "Text", "lesson": "Lärdom", "persons": "10",
		} {
			same(t, name, row[column(t, name)], want)
		}
		if all := string(export(t, s, "json")); strings.Contains(all, "Maja") || strings.Contains(all, "U0MAJA") {
			t.Error("the export names the reporter")
		}
	}
	storetest.Both(t, test)
}

func TestHardTextsComeThrough(t *testing.T) {
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		var texts []string
		for _, text := range hard() {
			texts = append(texts, text)
		}
		texts = append(texts, formulas()...)
		fill(t, s, texts...)
		inJSON, inXLSX, inCSV := entries(t, s), cells(t, s)[1:], lines(t, s)[1:]
		for i, want := range texts {
			for _, got := range []string{inJSON[i].Text, inJSON[i].Done, inJSON[i].Lesson} {
				same(t, "JSON", got, want)
			}
			if i >= len(hard()) {
				continue // formulas have a test of their own
			}
			same(t, "XLSX", inXLSX[i][column(t, "text")], want)
			same(t, "CSV", inCSV[i][column(t, "text")], want)
		}
	})
}

func TestFormulasAreNotRun(t *testing.T) {
	s := storetest.SQLite(t)
	fill(t, s, formulas()...)
	for i, row := range lines(t, s)[1:] {
		for _, name := range []string{"text", "done", "lesson"} {
			got := row[column(t, name)]
			if !strings.HasPrefix(got, "'") || strings.TrimLeft(got[1:], "\r") != strings.TrimLeft(formulas()[i], "\r") {
				t.Errorf("%s in CSV is %q, want %q after an apostrophe", name, got, formulas()[i])
			}
		}
	}
	file, err := excelize.OpenReader(bytes.NewReader(export(t, s, "xlsx")))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for i := range formulas() {
		cell, err := excelize.CoordinatesToCellName(column(t, "text")+1, i+2)
		if err != nil {
			t.Fatal(err)
		}
		if formula, err := file.GetCellFormula("Register", cell); err != nil || formula != "" {
			t.Errorf("%s in XLSX is the formula %q (%v)", cell, formula, err)
		}
	}
}

// What no spreadsheet can hold must not spoil the file for the rest.
func TestControlCharactersDoNotSpoilTheFile(t *testing.T) {
	s := storetest.SQLite(t)
	fill(t, s, "a\x01b\x0bc\x1bd", "nästa")
	same(t, "JSON", entries(t, s)[0].Text, "a\x01b\x0bc\x1bd")
	same(t, "the row after it in XLSX", cells(t, s)[2][column(t, "text")], "nästa")
	same(t, "the row after it in CSV", lines(t, s)[2][column(t, "text")], "nästa")
}

func TestEmptyRegister(t *testing.T) {
	s := storetest.SQLite(t)
	same(t, "JSON", entries(t, s), []report.Entry{})
	same(t, "CSV", lines(t, s), [][]string{names()})
	same(t, "XLSX", cells(t, s), [][]string{names()})
}

func TestRegisterOfSeveralPages(t *testing.T) {
	s := storetest.SQLite(t)
	texts := make([]string, 1100) // the store reads a few hundred at a time
	for i := range texts {
		texts[i] = fmt.Sprint("Rapport nummer ", i)
	}
	fill(t, s, texts...)
	var told []int
	var out bytes.Buffer
	if err := report.Register(t.Context(), s, "json", &out, func(done int) { told = append(told, done) }); err != nil {
		t.Fatal(err)
	}
	if len(told) != len(texts) || told[len(told)-1] != len(texts) {
		t.Errorf("progress was told %d times", len(told))
	}
	for i, e := range entries(t, s) {
		if e.Text != texts[i] || e.Number != policy.IncidentNumber(2026, i+1) {
			t.Fatalf("entry %d is %s: %s", i, e.Number, e.Text)
		}
	}
}

// full is a disk that is full.
type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestFailuresAreTold(t *testing.T) {
	s := storetest.SQLite(t)
	fill(t, s, strings.Repeat("x", 3000), strings.Repeat("y", 3000))
	for _, format := range report.Formats {
		if err := report.Register(t.Context(), s, format, full{}, nil); !errors.Is(err, errFull) {
			t.Errorf("%s: error is %v, want that of the disk", format, err)
		}
	}
	if err := report.Register(t.Context(), s, "pdf", full{}, nil); err == nil || !strings.Contains(err.Error(), "csv, xlsx, json") {
		t.Errorf("an unknown format: error is %v, want one that names the known ones", err)
	}
}

func TestAnonymisedCaseIsExportedWithItsFigures(t *testing.T) {
	s := storetest.SQLite(t)
	fill(t, s, "Jag har tappat min telefon")
	before := lines(t, s)[1]
	err := s.InTx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Anonymise(t.Context(), 1, []string{"receipt"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	after := lines(t, s)[1]
	if after[column(t, "anonymised_at")] == "" {
		t.Error("it does not say that it was anonymised")
	}
	for _, name := range []string{"text", "done", "anonymised_at"} {
		before[column(t, name)], after[column(t, name)] = "", ""
	}
	same(t, "what is left", after, before)
}
