package report

import (
	"bytes"
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// Measures of a chart. It is drawn as wide as the text of an A4 page.
const (
	chartWidth  = bodyWidth // millimetres
	barHeight   = 6.0       // millimetres, with the space between
	chartMargin = 12.0      // millimetres, for the axis
	chartDPI    = 200
)

// height is a chart's height in millimetres.
func (c Chart) height() float64 { return barHeight*float64(len(c.Bars)) + chartMargin }

// png draws the chart.
func (c Chart) png() ([]byte, error) {
	p := plot.New()
	values := make(plotter.Values, len(c.Bars))
	names := make([]string, len(c.Bars))
	most := 1
	for i, bar := range c.Bars { // from the bottom up
		values[len(values)-1-i], names[len(names)-1-i] = float64(bar.Value), bar.Label
		most = max(most, bar.Value)
	}
	chart, err := plotter.NewBarChart(values, vg.Length(barHeight*0.65)*vg.Millimeter)
	if err != nil {
		return nil, fmt.Errorf("drawing the chart %s: %w", c.Title, err)
	}
	chart.Horizontal = true
	chart.Color = color.RGBA{R: uint8(navy[0]), G: uint8(navy[1]), B: uint8(navy[2]), A: 255} //nolint:gosec // a colour
	chart.Width = 0
	p.Add(chart)
	p.NominalY(names...)
	p.X.Min, p.X.Max = 0, float64(most)
	p.X.Tick.Marker = wholeTicks(most)
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Tick.Label.Font = font.Font{Typeface: plot.DefaultFont.Typeface, Variant: "Sans", Size: 9}
		axis.Width = vg.Points(0.4)
		axis.Padding = vg.Points(2)
	}
	p.Y.Width, p.Y.Tick.Width = 0, 0
	canvas := vgimg.PngCanvas{Canvas: vgimg.NewWith(
		vgimg.UseWH(vg.Length(chartWidth)*vg.Millimeter, vg.Length(c.height())*vg.Millimeter), vgimg.UseDPI(chartDPI))}
	p.Draw(draw.New(canvas))
	var picture bytes.Buffer
	if _, err := canvas.WriteTo(&picture); err != nil {
		return nil, fmt.Errorf("drawing the chart %s: %w", c.Title, err)
	}
	return picture.Bytes(), nil
}

// wholeTicks are the figures along an axis from 0 to most: whole ones, for cases are.
func wholeTicks(most int) plot.Ticker {
	step := 1
	for n, decade := 0, 1; most/step > 6; n++ { // 2, 5, 10, 20, 50 …
		if n%3 == 2 {
			decade *= 10
		}
		step = decade * []int{2, 5, 1}[n%3]
	}
	return plot.TickerFunc(func(_, _ float64) []plot.Tick {
		var ticks []plot.Tick
		for at := 0; at <= most; at += step {
			ticks = append(ticks, plot.Tick{Value: float64(at), Label: fmt.Sprint(at)})
		}
		return ticks
	})
}
