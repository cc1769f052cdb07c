package report_test

import (
	"bytes"
	"fmt"
	"image/png"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"tyreso.se/incidentbot/report"
)

func trainingFigures() report.Training {
	t := report.Training{
		Title: "Andel klara med utbildning 2026-11-24", TrendTitle: "Andel klara i hela kommunen, månad för månad", ShareLabel: "Procent klara",
		Header: []string{"Enhet", "Klara", "Procent klara"},
	}
	for i, unit := range []string{"Hemtjänsten Norr", "Kommunledningskontoret", "Socialnämnden", "Räddningstjänsten", "Granbackens skola"} {
		share := 20*i + 15
		t.Bars = append(t.Bars, report.Bar{Label: unit, Share: float64(share)})
		t.Rows = append(t.Rows, []string{unit, fmt.Sprint(i + 1), fmt.Sprint(share)})
	}
	for m := range 13 {
		t.Trend = append(t.Trend, report.TrainingPoint{Day: time.Date(2025, 11, 24, 0, 0, 0, 0, time.UTC).AddDate(0, m, 0), Share: float64(30 + 4*m)})
	}
	return t
}

func TestTrainingPicture(t *testing.T) {
	for name, figures := range map[string]report.Training{"much": trainingFigures(), "nothing": {Title: "Tomt"}} {
		t.Run(name, func(t *testing.T) {
			content, err := report.TrainingPicture(figures)
			if err != nil {
				t.Fatal(err)
			}
			picture, err := png.Decode(bytes.NewReader(content))
			if err != nil {
				t.Fatal(err)
			}
			if size := picture.Bounds().Size(); size.X < 800 || size.Y < 400 {
				t.Errorf("the picture is %v", size)
			}
			if folder := os.Getenv("INCIDENTBOT_SCREENSHOTS"); folder != "" { // to be looked at by a person
				if err := os.WriteFile(folder+"/training-"+name+".png", content, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func TestTrainingTables(t *testing.T) {
	content, err := report.TrainingCSV(trainingFigures())
	if err != nil {
		t.Fatal(err)
	}
	if want := "\ufeffEnhet;Klara;Procent klara\r\nHemtjänsten Norr;1;15\r\n"; !strings.HasPrefix(string(content), want) {
		t.Errorf("the table begins %q", content[:80])
	}
	formula := report.Training{Header: []string{"Enhet"}, Rows: [][]string{{"=1+1"}}}
	if content, err := report.TrainingCSV(formula); err != nil || !strings.HasSuffix(string(content), "\r\n'=1+1\r\n") {
		t.Errorf("a unit that is named like a formula is written %q (%v)", content, err)
	}
	content, err = report.TrainingXLSX(trainingFigures())
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	defer sheet.Close()
	rows, err := sheet.GetRows("Sheet1")
	if err != nil || len(rows) != 6 || rows[1][0] != "Hemtjänsten Norr" {
		t.Errorf("the spreadsheet holds %v (%v)", rows, err)
	}
	if kind, err := sheet.GetCellType("Sheet1", "B2"); err != nil || kind == excelize.CellTypeSharedString {
		t.Errorf("a figure is a text there (%v, %v)", kind, err)
	}
}
