// Package report makes documents of the register: exports, drafts of notifications, and the yearly follow-up with its charts.
// It reads the store and writes to an io.Writer; it knows nothing of where the document goes.
package report

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// Entry is one row of the exported register. Names are stable: other programs read them. Times are RFC 3339 in UTC, empty
// when not known; aspects are initials of K R T S.
type Entry struct {
	Number             string   `json:"number"`
	Status             string   `json:"status"`
	Surface            string   `json:"surface"`
	RegisteredAt       string   `json:"registered_at"`
	DiscoveredAt       string   `json:"discovered_at"`
	OccurredAt         string   `json:"occurred_at"`
	AcknowledgedAt     string   `json:"acknowledged_at"`
	ClosedAt           string   `json:"closed_at"`
	AnonymisedAt       string   `json:"anonymised_at"` // when text, done and whoever reported were emptied
	Category           string   `json:"category"`
	SuggestedCategory  string   `json:"suggested_category"`
	Confidence         float64  `json:"confidence"`
	RSIT               []string `json:"rsit"`
	VERIS              []string `json:"veris"`
	Aspects            string   `json:"aspects"`
	Severity           int      `json:"severity"`
	Regulations        []string `json:"regulations"`
	PersonalData       string   `json:"personal_data"`
	Persons            int      `json:"persons"`
	SensitiveData      bool     `json:"sensitive_data"`
	Ongoing            string   `json:"ongoing"`
	NearMiss           bool     `json:"near_miss"`
	ProtectiveSecurity bool     `json:"protective_security"`
	Anonymous          bool     `json:"anonymous"`
	System             string   `json:"system"`
	Form               string   `json:"form"`
	Text               string   `json:"text"`
	Done               string   `json:"done"`
	Cause              string   `json:"cause"`
	Lesson             string   `json:"lesson"`
}

// Formats are the formats a register can be exported in.
var Formats = []string{"csv", "xlsx", "json"}

// Register writes the whole register in one of Formats: CSV with a header line, XLSX with a header row, JSON as one array.
// Progress is called after each case and may be nil.
func Register(ctx context.Context, s *store.Store, format string, w io.Writer, progress func(done int)) error {
	keys, err := systemKeys(ctx, s)
	if err != nil {
		return err
	}
	out, err := newTable(format, w, "Register", columns)
	if err != nil {
		return err
	}
	done := 0
	err = s.Incidents(ctx, func(c store.Incident) error {
		e := entryOf(c, keys)
		if err := out.write(e.cells(), e); err != nil {
			return fmt.Errorf("writing %s: %w", c.Number, err)
		}
		done++
		if progress != nil {
			progress(done)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := out.close(); err != nil {
		return fmt.Errorf("finishing the %s file: %w", format, err)
	}
	return nil
}

// systemKeys are the keys of the systems, by id.
func systemKeys(ctx context.Context, s *store.Store) (map[int64]string, error) {
	systems, err := s.Systems(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the systems inventory: %w", err)
	}
	keys := make(map[int64]string, len(systems))
	for _, system := range systems {
		keys[system.ID] = system.Key
	}
	return keys, nil
}

func entryOf(c store.Incident, systems map[int64]string) Entry {
	e := Entry{
		Number: c.Number, Status: string(c.Status), Surface: c.Surface,
		RegisteredAt: stamp(&c.RegisteredAt), DiscoveredAt: stamp(&c.DiscoveredAt), OccurredAt: stamp(c.OccurredAt),
		AcknowledgedAt: stamp(c.AcknowledgedAt), ClosedAt: stamp(c.ClosedAt), AnonymisedAt: stamp(c.AnonymisedAt),
		Category: string(c.Category), SuggestedCategory: string(c.Suggested), Confidence: c.Confidence,
		RSIT: c.Category.RSIT(), VERIS: c.Category.VERIS(),
		Aspects: c.Aspects.String(), Severity: int(c.Severity), Regulations: regulations(c.Regulations),
		PersonalData: string(c.PersonalData), Persons: c.Persons, SensitiveData: c.SensitiveData,
		Ongoing: string(c.Ongoing), NearMiss: c.NearMiss, ProtectiveSecurity: c.StopQuestion,
		Anonymous: c.ReporterID == nil && !c.ReporterRemoved,
		Form:      c.Form, Text: c.Text, Done: c.Done, Cause: string(c.Cause), Lesson: c.Lesson,
	}
	if c.SystemID != nil {
		e.System = systems[*c.SystemID]
	}
	return e
}

func stamp(t *time.Time) string {
	if t == nil || t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func regulations(rs []policy.Regulation) []string {
	names := make([]string, len(rs))
	for i, r := range rs {
		names[i] = string(r)
	}
	return names
}

// columns are the names of an Entry's cells in order, as in JSON.
var columns = []string{
	"number", "status", "surface", "registered_at", "discovered_at", "occurred_at", "acknowledged_at", "closed_at", "anonymised_at",
	"category", "suggested_category", "confidence", "rsit", "veris", "aspects", "severity", "regulations",
	"personal_data", "persons", "sensitive_data", "ongoing", "near_miss", "protective_security", "anonymous",
	"system", "form", "text", "done", "cause", "lesson",
}

func (e Entry) cells() []string {
	return []string{
		e.Number, e.Status, e.Surface, e.RegisteredAt, e.DiscoveredAt, e.OccurredAt, e.AcknowledgedAt, e.ClosedAt, e.AnonymisedAt,
		e.Category, e.SuggestedCategory, strconv.FormatFloat(e.Confidence, 'f', 2, 64), strings.Join(e.RSIT, ", "), strings.Join(e.VERIS, ", "),
		e.Aspects, strconv.Itoa(e.Severity), strings.Join(e.Regulations, ", "),
		e.PersonalData, strconv.Itoa(e.Persons), strconv.FormatBool(e.SensitiveData), e.Ongoing, strconv.FormatBool(e.NearMiss),
		strconv.FormatBool(e.ProtectiveSecurity), strconv.FormatBool(e.Anonymous),
		e.System, e.Form, e.Text, e.Done, e.Cause, e.Lesson,
	}
}

// table is what rows are written to in one of Formats: as cells, or in JSON as the entry itself.
type table interface {
	write(cells []string, entry any) error
	close() error
}

// newTable begins a file of one of Formats with the names of its columns.
func newTable(format string, w io.Writer, name string, columns []string) (out table, err error) {
	switch format {
	case "csv":
		out, err = newCSVWriter(w, columns)
	case "xlsx":
		out, err = newXLSXWriter(w, name, columns)
	case "json":
		out = &jsonWriter{w: bufio.NewWriter(w)}
	default:
		return nil, fmt.Errorf("the format %q is none of %s", format, strings.Join(Formats, ", "))
	}
	if err != nil {
		return nil, fmt.Errorf("beginning the %s file: %w", format, err)
	}
	return out, nil
}

type csvWriter struct{ w *csv.Writer }

func newCSVWriter(w io.Writer, columns []string) (*csvWriter, error) {
	c := &csvWriter{w: csv.NewWriter(w)}
	return c, c.w.Write(columns)
}

func (c *csvWriter) write(cells []string, _ any) error {
	for i := range cells {
		cells[i] = inert(cells[i])
	}
	return c.w.Write(cells)
}

func (c *csvWriter) close() error {
	c.w.Flush()
	return c.w.Error()
}

// inert keeps a spreadsheet from taking a text for a formula when it opens the file. Reports come from anybody.
// https://owasp.org/www-community/attacks/CSV_Injection
func inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

type jsonWriter struct {
	w     *bufio.Writer
	begun bool
}

func (j *jsonWriter) write(_ []string, entry any) error {
	separator := ",\n"
	if !j.begun {
		j.begun, separator = true, "[\n"
	}
	if _, err := j.w.WriteString(separator); err != nil {
		return err
	}
	line, err := json.Marshal(entry)
	if err != nil {
		return err
	}
	_, err = j.w.Write(line)
	return err
}

func (j *jsonWriter) close() error {
	end := "\n]\n"
	if !j.begun {
		end = "[]\n"
	}
	if _, err := j.w.WriteString(end); err != nil {
		return err
	}
	return j.w.Flush()
}

type xlsxWriter struct {
	w      io.Writer
	file   *excelize.File
	stream *excelize.StreamWriter
	row    int
}

func newXLSXWriter(w io.Writer, sheet string, columns []string) (*xlsxWriter, error) {
	file := excelize.NewFile()
	if err := file.SetSheetName("Sheet1", sheet); err != nil {
		return nil, err
	}
	stream, err := file.NewStreamWriter(sheet)
	if err != nil {
		return nil, err
	}
	x := &xlsxWriter{w: w, file: file, stream: stream}
	return x, x.write(columns, nil)
}

// write writes a row of text cells. A cell that holds text is never taken for a formula.
func (x *xlsxWriter) write(cells []string, _ any) error {
	values := make([]any, len(cells))
	for i, c := range cells {
		values[i] = c
	}
	return x.add(values)
}

func (x *xlsxWriter) add(values []any) error {
	x.row++
	return x.stream.SetRow("A"+strconv.Itoa(x.row), values)
}

func (x *xlsxWriter) close() error {
	if err := x.stream.Flush(); err != nil {
		return err
	}
	if err := x.file.Write(x.w); err != nil {
		return err
	}
	return x.file.Close()
}
