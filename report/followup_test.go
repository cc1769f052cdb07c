package report_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/report"
	"tyreso.se/incidentbot/store"
	"tyreso.se/incidentbot/store/storetest"
)

const within = 183 * 24 * time.Hour

// secret is in every text that anybody wrote in a case.
const secret = "HEMLIGT Gunhild Ek"

// followupInput asks for 2026, with keys in place of words.
func followupInput(t testing.TB) report.FollowupInput {
	t.Helper()
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	return report.FollowupInput{
		Year: 2026, Organisation: "Exempelby kommun", Language: "sv", Location: stockholm, Recurring: within,
		Text: func(key string, data map[string]any) string {
			for _, name := range []string{"Level", "Number", "Figure"} {
				if v, ok := data[name]; ok {
					key += fmt.Sprint(" ", v)
				}
			}
			return key
		},
	}
}

// aYear fills a register with cases of 2025 to 2027 at random, with people, systems, duties, measures and revisions.
func aYear(t *testing.T, s *store.Store, seed uint64, cases int) {
	t.Helper()
	ctx, r := t.Context(), rand.New(rand.NewPCG(seed, 1))
	pick := func(n int) int { return r.IntN(n) }
	err := s.InTx(ctx, func(tx *store.Tx) error {
		var people []store.Person
		units := []string{"Skola", "Omsorg", "Bygg", "Kultur", "IT", "Fritid"}
		for i := range 12 {
			people = append(people, store.Person{Email: fmt.Sprintf("p%d@example.org", i), Name: "P", Unit: units[i%len(units)], Active: true})
		}
		if _, err := tx.ImportPeople(ctx, people); err != nil {
			return err
		}
		var systems []store.System
		for i := range 6 {
			system := store.System{Key: fmt.Sprint("s", i), Name: fmt.Sprint("S", i), Unit: units[i%3], Active: i != 5}
			if i%2 == 0 {
				system.Levels, system.ClassifiedOn = &policy.Levels{Confidentiality: 2}, fmt.Sprintf("202%d-05-01", 4+i/2)
			}
			systems = append(systems, system)
		}
		if _, err := tx.ImportSystems(ctx, systems); err != nil {
			return err
		}
		accounts := make([]int64, len(people))
		for i := range people {
			a, err := tx.EnsureAccount(ctx, "chat", fmt.Sprint("U", i), "P")
			if err != nil {
				return err
			}
			a.Email = people[i].Email
			if i%4 != 3 { // some are not known
				if err := tx.UpdateAccount(ctx, a); err != nil {
					return err
				}
			}
			accounts[i] = a.ID
		}
		if _, err := tx.ImportPeople(ctx, people); err != nil { // links the accounts
			return err
		}
		begin := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
		for i := range cases {
			at := begin.Add(time.Duration(i) * (2 * 366 * 24 * time.Hour / time.Duration(cases)))
			c := store.Incident{
				Ref: fmt.Sprint("ref-", i), Status: store.New, Surface: "slack", Language: "sv", Text: secret, Done: secret, Lesson: secret,
				SeverityNote: secret, SystemText: secret, DiscoveredAt: at, RegisteredAt: at, PersonalData: []policy.Answer{policy.Yes, policy.No, policy.Unknown}[pick(3)],
				Category: policy.Categories()[pick(pick(15)+1)], Severity: policy.Severity(1 + pick(4)), Aspects: policy.Aspects(pick(16)),
				NearMiss: pick(8) == 0, StopQuestion: pick(20) == 0,
			}
			if who := pick(15); who < len(accounts) {
				c.ReporterID = &accounts[who]
			}
			if system := int64(pick(9)); system > 0 && system <= 6 {
				c.SystemID = &system
			}
			if pick(5) > 0 {
				taken := at.Add(time.Duration(pick(3000)) * time.Minute)
				c.Status, c.AcknowledgedAt = store.Acknowledged, &taken
				if pick(3) > 0 {
					closed := taken.Add(time.Duration(pick(90000)) * time.Minute)
					c.Status, c.ClosedAt, c.Cause = store.Closed, &closed, policy.Causes()[pick(len(policy.Causes()))]
				}
			}
			if err := tx.CreateIncident(ctx, &c); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// tables are the tables of a follow-up by the heading before them.
func tables(f report.Followup) map[string][][]string {
	found := map[string][][]string{}
	for _, part := range f.Parts {
		heading := part.Title
		for _, b := range part.Blocks {
			if b.Heading != "" {
				heading = b.Heading
			}
			if b.Table != nil {
				found[heading] = b.Table.Rows
			}
		}
	}
	return found
}

func compile(t testing.TB, s *store.Store) report.Followup {
	t.Helper()
	f, err := report.CompileFollowup(t.Context(), s, followupInput(t))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// share is a figure as the tables show it.
func share(n, of int) string {
	if of == 0 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d (%d %%)", n, int(float64(n)*100/float64(of)+0.5))
}

// The figures are those that a walk through the whole register comes to, which shares no query and no code with the report.
func TestFollowupFiguresAreThoseOfTheRegister(t *testing.T) {
	for name, open := range map[string]func(testing.TB) *store.Store{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		for seed := range uint64(3) {
			t.Run(fmt.Sprint(name, " ", seed), func(t *testing.T) {
				s := open(t)
				aYear(t, s, seed, 400)
				got := tables(compile(t, s))
				loc := followupInput(t).Location
				type figures struct {
					cases, misses, recurring, personal, open int
					by                                       map[string]int
				}
				years := map[int]*figures{2025: {by: map[string]int{}}, 2026: {by: map[string]int{}}}
				var all []store.Incident
				if err := s.Incidents(t.Context(), func(c store.Incident) error { all = append(all, c); return nil }); err != nil {
					t.Fatal(err)
				}
				for i, c := range all {
					y := years[c.RegisteredAt.In(loc).Year()]
					if y == nil || c.StopQuestion {
						continue
					}
					y.cases++
					y.by["category."+string(c.Category)]++
					y.by[fmt.Sprint("severity ", int(c.Severity))]++
					for _, a := range policy.AllAspects {
						if c.Aspects.Has(a) {
							y.by["aspect."+a.String()]++
						}
					}
					if c.ClosedAt == nil {
						y.open++
					} else {
						y.by["cause."+string(c.Cause)]++
					}
					if c.NearMiss {
						y.misses++
					}
					if c.PersonalData == policy.Yes {
						y.personal++
					}
					for _, e := range all[:i] {
						if !c.NearMiss && !e.NearMiss && !e.StopQuestion && c.SystemID != nil && e.SystemID != nil && *c.SystemID == *e.SystemID && c.Category == e.Category &&
							c.RegisteredAt.Sub(e.RegisteredAt) <= within {
							y.recurring++
							break
						}
					}
				}
				this, before := years[2026], years[2025]
				want := [][]string{
					{"followup.cases", fmt.Sprint(this.cases), fmt.Sprint(before.cases)},
					{"followup.near_misses", share(this.misses, this.cases), share(before.misses, before.cases)},
					{"followup.recurring", share(this.recurring, this.cases), share(before.recurring, before.cases)},
					{"followup.personal", share(this.personal, this.cases), share(before.personal, before.cases)},
					{"followup.not_closed", share(this.open, this.cases), share(before.open, before.cases)},
				}
				if diff := cmp.Diff(want, got["followup.summary"]); diff != "" {
					t.Errorf("the summary (-register +report):\n%s", diff)
				}
				seen := 0
				for _, heading := range []string{"followup.by_category", "followup.by_severity", "followup.by_aspect", "followup.by_cause"} {
					for _, row := range got[heading] {
						seen++
						if want := []string{row[0], share(this.by[row[0]], this.cases), share(before.by[row[0]], before.cases)}; !slices.Equal(row, want) {
							t.Errorf("%s: %v, want %v", heading, row, want)
						}
					}
				}
				keys := map[string]bool{}
				for key := range this.by {
					keys[key] = true
				}
				for key := range before.by {
					keys[key] = true
				}
				if seen != len(keys) {
					t.Errorf("%d rows, want %d", seen, len(keys))
				}
			})
		}
	}
}

func TestFollowupUnitsPointAtNobody(t *testing.T) {
	s := storetest.SQLite(t)
	aYear(t, s, 7, 60) // few in each
	rows := tables(compile(t, s))["followup.by_unit"]
	sum := 0
	for _, row := range rows {
		var n int
		if _, err := fmt.Sscan(row[1], &n); err != nil {
			t.Fatalf("%v: %v", row, err)
		}
		if n < policy.FewestShown && row[0] != "followup.units.unknown" {
			t.Errorf("%v could point at a person", row)
		}
		sum += n
	}
	if rest := rows[len(rows)-2][0]; rest != "followup.units.rest" {
		t.Errorf("nothing was taken together: %v", rows)
	}
	if want := tables(compile(t, s))["followup.summary"][0][1]; fmt.Sprint(sum) != want {
		t.Errorf("the units come to %d, want %s", sum, want)
	}
}

func TestFollowupHoldsNoTextFromCases(t *testing.T) {
	s := storetest.SQLite(t)
	aYear(t, s, 3, 100)
	f := compile(t, s)
	if got := fmt.Sprintf("%+v", f); strings.Contains(got, "Gunhild") {
		t.Error("what somebody wrote in a case stands in the follow-up")
	}
	err := s.InTx(t.Context(), func(tx *store.Tx) error {
		return tx.SaveFollowup(t.Context(), &store.Followup{Year: 2026, Changes: "Ny lag & <taggar>\nRad två", Goals: "Målen nås", Recommendations: "Öva mer"})
	})
	if err != nil {
		t.Fatal(err)
	}
	f = compile(t, s)
	for name, write := range map[string]func(io.Writer) error{"pdf": f.WritePDF, "docx": f.WriteDOCX} {
		var content bytes.Buffer
		if err := write(&content); err != nil {
			t.Fatal(err)
		}
		if name == "pdf" {
			if !bytes.HasPrefix(content.Bytes(), []byte("%PDF-")) {
				t.Error("it is no PDF")
			}
			continue
		}
		words := docx(t, content.Bytes())
		for _, want := range []string{"Ny lag & <taggar>", "Rad två", "Målen nås", "Öva mer", "followup.by_category"} {
			if !strings.Contains(words, want) {
				t.Errorf("the document lacks %q", want)
			}
		}
		if strings.Contains(words, "Gunhild") {
			t.Error("what somebody wrote in a case stands in the document")
		}
	}
}

// docx checks that every part of a document is well-formed and that all that is referred to is there, and returns its words.
func docx(t *testing.T, content []byte) string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string][]byte{}
	for _, file := range archive.File {
		opened, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		if parts[file.Name], err = io.ReadAll(opened); err != nil {
			t.Fatal(err)
		}
	}
	var words strings.Builder
	for name, part := range parts {
		if strings.HasSuffix(name, ".png") {
			continue
		}
		decoder := xml.NewDecoder(bytes.NewReader(part))
		for {
			token, err := decoder.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if text, ok := token.(xml.CharData); ok && name == "word/document.xml" {
				words.Write(text)
				words.WriteString("\n")
			}
			start, ok := token.(xml.StartElement)
			if !ok || !strings.HasSuffix(name, ".rels") || start.Name.Local != "Relationship" {
				continue
			}
			for _, a := range start.Attr {
				base := ""
				if strings.HasPrefix(name, "word/") {
					base = "word/"
				}
				if a.Name.Local == "Target" && parts[base+a.Value] == nil {
					t.Errorf("%s refers to %s, which is not there", name, a.Value)
				}
			}
		}
	}
	return words.String()
}

func TestFollowupOfAnEmptyRegister(t *testing.T) {
	f := compile(t, storetest.SQLite(t))
	for name, write := range map[string]func(io.Writer) error{"pdf": f.WritePDF, "docx": f.WriteDOCX} {
		if err := write(io.Discard); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(f.Parts) != 6 {
		t.Errorf("there are %d chapters", len(f.Parts))
	}
}

// BenchmarkFollowup compiles and writes the follow-up of a year with 100,000 cases. peak-MB is what the whole process has held at most.
func BenchmarkFollowup(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *store.Store{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			s := open(b)
			for _, statement := range []string{
				`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
				INSERT INTO systems (key, name, owner_email, unit, supplier, levels, personal_data, classified_on, active, folded_name, folded_key)
				SELECT 's' || i, 'S' || i, '', 'Enhet ' || (i % 9), '', '', 'yes', '', 1, 's' || i, 's' || i FROM n`,
				`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
				INSERT INTO incidents (ref, number, version, status, surface, language, text, done, discovered_at, registered_at, acknowledged_at,
				closed_at, system_id, system_text, form, reported_aspects, personal_data, persons, sensitive_data, sensitive_kinds, ongoing, near_miss,
				stop_question, suggested, confidence, category, category_reasons, aspects, regulations, severity, severity_reasons, severity_note,
				cause, lesson) SELECT 'old-' || i, 'INC-2026-' || i, 1, 'closed', 'slack', 'sv', 'En lista till fel mottagare.', '',
				1767261600000 + CAST(i AS BIGINT) * 310000, 1767261600000 + CAST(i AS BIGINT) * 310000, 1767261600000 + CAST(i AS BIGINT) * 310000 + 600000,
				1767261600000 + CAST(i AS BIGINT) * 310000 + 600000000, 1 + i % 60, '', 'digital', 'K', 'yes', 10, 0, '', 'no', 0, 0, 'misdelivery', 0.9,
				CASE i % 4 WHEN 0 THEN 'loss' WHEN 1 THEN 'outage' ELSE 'misdelivery' END, '[]', 'K', 'gdpr', 1 + i % 4, '[]', '',
				'human_mistake', '' FROM n`, "ANALYZE",
			} {
				if _, err := s.Writer().ExecContext(b.Context(), statement); err != nil {
					b.Fatal(err)
				}
			}
			for b.Loop() {
				f := compile(b, s)
				if err := errors.Join(f.WritePDF(io.Discard), f.WriteDOCX(io.Discard)); err != nil {
					b.Fatal(err)
				}
			}
			var used syscall.Rusage
			if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(used.Maxrss)/1024, "peak-MB")
		})
	}
}

func TestFollowupTellsOfTrainingInGroupsThatPointAtNobody(t *testing.T) {
	s := storetest.SQLite(t)
	in := followupInput(t)
	in.TrainingDay = time.Date(2026, 12, 31, 12, 0, 0, 0, in.Location)
	in.Training = []report.TrainingShare{
		{Course: "Grunderna", Kind: "employee", Asked: 40, Done: 30, Overdue: 4},
		{Course: "Grunderna", Kind: "manager", Asked: policy.FewestShown - 1, Done: 1},
	}
	in.TrainingOf = []report.TrainingOfUnit{
		{Unit: "Omsorg", People: 20, Asked: 40, Done: 30, Overdue: 4}, {Unit: "Kansli", People: policy.FewestShown - 1, Asked: 8, Done: 8},
	}
	f, err := report.CompileFollowup(t.Context(), s, in)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "by unit", tables(f)["followup.training.units"], [][]string{{"Omsorg", "40", "30 (75 %)", "4 (10 %)"}})
	var rows [][]string
	for _, part := range f.Parts {
		for _, b := range part.Blocks {
			if b.Table != nil && b.Table.Header[0] == "training.column.course" {
				rows = b.Table.Rows
			}
		}
	}
	want := [][]string{{"Grunderna – training.kind.employee", "40", "30 (75 %)", "4 (10 %)"}}
	if fmt.Sprint(rows) != fmt.Sprint(want) {
		t.Errorf("the table is %v, want %v", rows, want)
	}
}
