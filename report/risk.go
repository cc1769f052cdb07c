package report

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"tyreso.se/incidentbot/policy"
)

// RiskMatrix is what a picture of risks is made of: two fields of likelihood by consequence, before and after measures. Its texts are in
// one language.
type RiskMatrix struct {
	Title                   string
	Before, After           RiskField
	Likelihood, Consequence string   // what the axes are called
	Notes                   []string // below the fields, a line each
	Limits                  policy.RiskLimits
}

// RiskField is the risks in one field.
type RiskField struct {
	Title string
	Risks []PlacedRisk
}

// PlacedRisk is a risk in its square.
type PlacedRisk struct {
	Label    string // as R12
	Estimate policy.RiskEstimate
}

// Sizes of the matrix.
const (
	square      = 2.4 * vg.Centimeter
	fieldLeft   = 1.4 * vg.Centimeter // room for the axis
	fieldBottom = 1.4 * vg.Centimeter
	fieldTop    = 1.0 * vg.Centimeter // room for the field's title
	matrixEdge  = 0.6 * vg.Centimeter
	titleHeight = 1.2 * vg.Centimeter
	noteHeight  = 0.6 * vg.Centimeter
	labelRows   = 4 // in a square
	labelsInRow = 2
)

// riskColours are the colours of the levels, light enough for black figures on them; the value stands in every square, so that nobody needs
// to tell them apart.
func riskColours() map[policy.RiskLevel]color.Color {
	return map[policy.RiskLevel]color.Color{
		policy.RiskLow: color.RGBA{0xc9, 0xe4, 0xc5, 0xff}, policy.RiskMedium: color.RGBA{0xff, 0xf0, 0xa8, 0xff},
		policy.RiskHigh: color.RGBA{0xfd, 0xc6, 0x89, 0xff}, policy.RiskGrave: color.RGBA{0xf2, 0x9a, 0x93, 0xff},
	}
}

// RiskPicture draws the matrix as PNG.
func RiskPicture(m RiskMatrix) ([]byte, error) {
	const side = square * policy.HighestRisk
	const width = 2*(side+fieldLeft) + 3*matrixEdge
	height := titleHeight + fieldTop + side + fieldBottom + noteHeight*vg.Length(len(m.Notes)) + 2*matrixEdge
	canvas := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(110), vgimg.UseBackgroundColor(color.White))
	c := draw.New(canvas)
	c.FillText(lettering(16), vg.Point{X: matrixEdge, Y: height - matrixEdge - titleHeight/2}, m.Title)
	bottom := matrixEdge + noteHeight*vg.Length(len(m.Notes)) + fieldBottom
	for i, field := range []RiskField{m.Before, m.After} {
		left := matrixEdge + fieldLeft + vg.Length(i)*(side+fieldLeft+matrixEdge)
		m.draw(c, field, vg.Point{X: left, Y: bottom})
	}
	for i, note := range m.Notes {
		c.FillText(lettering(10), vg.Point{X: matrixEdge, Y: matrixEdge + noteHeight*(vg.Length(len(m.Notes)-1-i)+0.5)}, note)
	}
	var out bytes.Buffer
	if _, err := (vgimg.PngCanvas{Canvas: canvas}).WriteTo(&out); err != nil {
		return nil, fmt.Errorf("writing a picture: %w", err)
	}
	return out.Bytes(), nil
}

// draw draws a field whose lower left corner is at a point.
func (m RiskMatrix) draw(c draw.Canvas, field RiskField, corner vg.Point) {
	const side = square * policy.HighestRisk
	title := lettering(12)
	title.XAlign = draw.XCenter
	c.FillText(title, vg.Point{X: corner.X + side/2, Y: corner.Y + side + fieldTop/2}, field.Title)
	c.FillText(title, vg.Point{X: corner.X + side/2, Y: corner.Y - fieldBottom*0.7}, m.Consequence)
	upright := title
	upright.Rotation = math.Pi / 2
	c.FillText(upright, vg.Point{X: corner.X - fieldLeft*0.7, Y: corner.Y + side/2}, m.Likelihood)
	figure, value, label := lettering(11), lettering(8), lettering(9)
	figure.XAlign, value.XAlign, value.Color = draw.XCenter, draw.XRight, color.Gray{0x60}
	colours := riskColours()
	for n := range policy.HighestRisk {
		middle := square * (vg.Length(n) + 0.5)
		c.FillText(figure, vg.Point{X: corner.X + middle, Y: corner.Y - fieldBottom*0.25}, fmt.Sprint(n+1))
		c.FillText(figure, vg.Point{X: corner.X - fieldLeft*0.2, Y: corner.Y + middle}, fmt.Sprint(n+1))
		for k := range policy.HighestRisk {
			estimate := policy.RiskEstimate{Likelihood: n + 1, Consequence: k + 1}
			at := vg.Point{X: corner.X + square*vg.Length(k), Y: corner.Y + square*vg.Length(n)}
			box := []vg.Point{at, {X: at.X + square, Y: at.Y}, {X: at.X + square, Y: at.Y + square}, {X: at.X, Y: at.Y + square}}
			c.FillPolygon(colours[m.Limits.Level(estimate)], box)
			c.StrokeLines(draw.LineStyle{Color: color.White, Width: vg.Points(1.5)}, append(box, at))
			c.FillText(value, vg.Point{X: at.X + square*0.95, Y: at.Y + square*0.1}, fmt.Sprint(estimate.Value()))
			for row, line := range m.lines(field.Risks, estimate) {
				c.FillText(label, vg.Point{X: at.X + square*0.06, Y: at.Y + square*(0.88-0.2*vg.Length(row))}, line)
			}
		}
	}
}

// lines are what stands in a square.
func (m RiskMatrix) lines(risks []PlacedRisk, at policy.RiskEstimate) (lines []string) {
	var labels []string
	for _, r := range risks {
		if r.Estimate == at {
			labels = append(labels, r.Label)
		}
	}
	if room := labelRows * labelsInRow; len(labels) > room {
		labels = append(labels[:room-1], fmt.Sprintf("+%d", len(labels)-room+1))
	}
	for row := range slices.Chunk(labels, labelsInRow) {
		lines = append(lines, strings.Join(row, " "))
	}
	return lines
}

// lettering is how texts of a size in points are written.
func lettering(size vg.Length) draw.TextStyle {
	return draw.TextStyle{
		Color: color.Black, Font: font.Font{Typeface: plot.DefaultFont.Typeface, Variant: "Sans", Size: vg.Points(float64(size))},
		YAlign: draw.YCenter, Handler: text.Plain{Fonts: font.DefaultCache},
	}
}
