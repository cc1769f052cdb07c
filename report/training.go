package report

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"image/color"
	"io"
	"slices"
	"strconv"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// Training is what a picture and the tables of training are made of. Its texts are in one language.
type Training struct {
	Title, TrendTitle, ShareLabel string
	Header                        []string // of the table
	Rows                          [][]string
	Bars                          []Bar
	Trend                         []TrainingPoint // oldest first
}

// Bar is a unit's share, in per cent.
type Bar struct {
	Label string
	Share float64
}

// TrainingPoint is the share on a day, in per cent.
type TrainingPoint struct {
	Day   time.Time
	Share float64
}

// maxBars is how many units the picture shows: those with the lowest share.
const maxBars = 20

// TrainingPicture draws the shares of units as bars, and how the whole has moved as a curve, as PNG.
func TrainingPicture(t Training) ([]byte, error) {
	bars := slices.Clone(t.Bars)
	slices.SortStableFunc(bars, func(a, b Bar) int { return int(a.Share) - int(b.Share) })
	bars = bars[:min(len(bars), maxBars)]
	slices.Reverse(bars) // the lowest at the top
	above, err := barsOf(t, bars)
	if err != nil {
		return nil, err
	}
	below, err := trendOf(t)
	if err != nil {
		return nil, err
	}
	const width, trend = 24 * vg.Centimeter, 9 * vg.Centimeter
	height := vg.Length(len(bars))*0.9*vg.Centimeter + 4*vg.Centimeter
	canvas := vgimg.NewWith(vgimg.UseWH(width, height+trend), vgimg.UseDPI(110), vgimg.UseBackgroundColor(color.White))
	whole := draw.New(canvas)
	const margin = 0.6 * vg.Centimeter
	above.Draw(draw.Crop(whole, margin, -margin, trend+margin, -margin))
	below.Draw(draw.Crop(whole, margin, -margin, margin, -height-margin))
	var out bytes.Buffer
	if _, err := (vgimg.PngCanvas{Canvas: canvas}).WriteTo(&out); err != nil {
		return nil, fmt.Errorf("writing a picture: %w", err)
	}
	return out.Bytes(), nil
}

// The colours of the picture: dark enough on white to be told apart without colour.
func barColour() color.Color   { return color.RGBA{R: 0x1f, G: 0x4e, B: 0x79, A: 0xff} }
func trendColour() color.Color { return color.RGBA{R: 0x9c, G: 0x3d, B: 0x0a, A: 0xff} }

func barsOf(t Training, bars []Bar) (*plot.Plot, error) {
	p := percent(t.Title)
	p.X.Label.Text, p.X.Min, p.X.Max = t.ShareLabel, 0, 100
	if len(bars) == 0 {
		return p, nil
	}
	values := make(plotter.Values, len(bars))
	names := make([]string, len(bars))
	labels := plotter.XYLabels{XYs: make(plotter.XYs, len(bars)), Labels: make([]string, len(bars))}
	for i, b := range bars {
		values[i], names[i] = b.Share, b.Label
		labels.XYs[i] = plotter.XY{X: min(b.Share+1, 94), Y: float64(i)}
		labels.Labels[i] = strconv.Itoa(int(b.Share)) + " %"
		if b.Share > 93 {
			labels.Labels[i] = "" // the bar is as good as full
		}
	}
	drawn, err := plotter.NewBarChart(values, 0.5*vg.Centimeter)
	if err != nil {
		return nil, fmt.Errorf("drawing bars: %w", err)
	}
	drawn.Horizontal, drawn.Color, drawn.LineStyle.Width = true, barColour(), 0
	figures, err := plotter.NewLabels(labels)
	if err != nil {
		return nil, fmt.Errorf("drawing figures: %w", err)
	}
	for i := range figures.TextStyle {
		figures.TextStyle[i].YAlign = draw.YCenter
	}
	p.Add(drawn, figures)
	p.NominalY(names...)
	return p, nil
}

func trendOf(t Training) (*plot.Plot, error) {
	p := percent(t.TrendTitle)
	p.Y.Label.Text, p.Y.Min, p.Y.Max = t.ShareLabel, 0, 100
	p.X.Tick.Marker = plot.TimeTicks{Format: "2006-01"}
	if len(t.Trend) == 0 {
		return p, nil
	}
	points := make(plotter.XYs, len(t.Trend))
	for i, point := range t.Trend {
		points[i] = plotter.XY{X: float64(point.Day.Unix()), Y: point.Share}
	}
	line, dots, err := plotter.NewLinePoints(points)
	if err != nil {
		return nil, fmt.Errorf("drawing a curve: %w", err)
	}
	line.Color, line.Width, dots.Color, dots.Shape = trendColour(), vg.Points(2), trendColour(), draw.CircleGlyph{}
	p.Add(plotter.NewGrid(), line, dots)
	return p, nil
}

func percent(title string) *plot.Plot {
	p := plot.New()
	p.Title.Text = title
	p.Title.TextStyle.Font.Size = vg.Points(15)
	p.Title.Padding = vg.Points(8)
	return p
}

// TrainingCSV writes the table as CSV, with a byte order mark and semicolons, as Swedish spreadsheets read it.
func TrainingCSV(t Training) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("\ufeff")
	w := &csvWriter{w: csv.NewWriter(&out)}
	w.w.Comma, w.w.UseCRLF = ';', true
	for _, row := range append([][]string{t.Header}, t.Rows...) {
		if err := w.write(slices.Clone(row), nil); err != nil {
			return nil, fmt.Errorf("writing a table: %w", err)
		}
	}
	if err := w.close(); err != nil {
		return nil, fmt.Errorf("writing a table: %w", err)
	}
	return out.Bytes(), nil
}

// TrainingXLSX writes the table as a spreadsheet. Cells that are figures are figures there.
func TrainingXLSX(t Training) ([]byte, error) {
	var out bytes.Buffer
	if err := writeFigures(&out, t); err != nil {
		return nil, fmt.Errorf("writing a spreadsheet: %w", err)
	}
	return out.Bytes(), nil
}

func writeFigures(out io.Writer, t Training) error {
	w, err := newXLSXWriter(out, "Sheet1", t.Header)
	if err != nil {
		return err
	}
	for _, row := range t.Rows {
		values := make([]any, len(row))
		for i, cell := range row {
			values[i] = cell
			if figure, err := strconv.Atoi(cell); err == nil {
				values[i] = figure
			}
		}
		if err := w.add(values); err != nil {
			return err
		}
	}
	return w.close()
}
