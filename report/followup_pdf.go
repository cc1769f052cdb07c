package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
)

// WritePDF writes the follow-up as a PDF on A4.
func (f Followup) WritePDF(w io.Writer) error {
	font, err := sfnt.Parse(goregular.TTF)
	if err != nil {
		return fmt.Errorf("reading the font of the follow-up: %w", err)
	}
	pictures, err := f.pictures()
	if err != nil {
		return err
	}
	// How many pages there are stands on every page: they are counted first.
	pages := f.layOut(font, pictures, 0).PageCount()
	if err := f.layOut(font, pictures, pages).Output(w); err != nil {
		return fmt.Errorf("writing the follow-up as a PDF: %w", err)
	}
	return nil
}

// pictures are the charts, drawn.
func (f Followup) pictures() (map[*Chart][]byte, error) {
	drawn := map[*Chart][]byte{}
	for _, part := range f.Parts {
		for _, block := range part.Blocks {
			if block.Chart == nil || len(block.Chart.Bars) == 0 {
				continue
			}
			picture, err := block.Chart.png()
			if err != nil {
				return nil, err
			}
			drawn[block.Chart] = picture
		}
	}
	return drawn, nil
}

// followupStyles are how the pieces of a follow-up are set.
type followupStyles struct{ title, faint, part, heading, text, note, cell, head style }

func newFollowupStyles() followupStyles {
	return followupStyles{
		title: style{"B", 20, 9, navy}, faint: style{"", 10, 5, faint}, part: style{"B", 14, 7, navy}, heading: style{"B", 11, 5.6, ink},
		text: style{"", 10, 5.1, ink}, note: style{"", 8.5, 4.4, faint}, cell: style{"", 9, 4.6, ink}, head: style{"B", 9, 4.6, navy},
	}
}

func (f Followup) layOut(font *sfnt.Font, pictures map[*Chart][]byte, pages int) *fpdf.Fpdf {
	s := newLayout(font, f.Title, f.Organisation, f.made)
	s.pdf.SetLang(f.Language)
	s.pdf.SetHeaderFunc(func() {
		set := style{"", 9, 5.6, faint}
		s.write(set, margin, headerLine-8, s.cut(set, f.Title, bodyWidth*0.6))
		s.writeRight(set, headerLine-8, s.cut(set, f.Organisation, bodyWidth*0.38))
		s.rule(headerLine, 0.2, hairline)
	})
	s.pdf.SetFooterFunc(func() {
		s.rule(footerLine, 0.2, hairline)
		s.writeRight(style{"", 8, 5, faint}, footerLine+1.5, fmt.Sprintf("%s %d (%d)", f.page, s.pdf.PageNo(), pages))
	})
	s.pdf.AddPage()
	set := newFollowupStyles()
	s.put(paragraph{style: set.title, text: f.Title, after: 1.5})
	s.put(paragraph{style: set.faint, text: f.Subtitle + "\n" + f.Organisation + " · " + f.made.Format("2006-01-02"), after: 2})
	for i, part := range f.Parts {
		s.y += 6
		s.need(40)
		s.put(paragraph{style: set.part, text: fmt.Sprintf("%d. %s", i+1, part.Title), after: 1})
		s.rule(s.y, 0.3, navy)
		s.y += 3
		for j, block := range part.Blocks {
			if block.Heading != "" && j+1 < len(part.Blocks) && part.Blocks[j+1].Table != nil {
				s.need(min(set.heading.leading+s.tableHeight(part.Blocks[j+1].Table)+6, (bodyBottom-bodyTop)/2)) // not torn apart
			}
			f.block(s, block, pictures, j)
		}
	}
	return s.pdf
}

// block sets one piece of a chapter.
func (f Followup) block(s *layout, b FollowupBlock, pictures map[*Chart][]byte, n int) {
	set := newFollowupStyles()
	switch {
	case b.Heading != "":
		s.y += 3
		s.need(set.heading.leading + 5*set.cell.leading)
		s.put(paragraph{style: set.heading, text: b.Heading, after: 1})
	case b.Text != "":
		s.put(paragraph{style: set.text, text: b.Text, after: 2})
	case b.Note != "":
		s.put(paragraph{style: set.note, text: b.Note, after: 2})
	case len(b.List) > 0:
		for _, item := range b.List {
			s.put(paragraph{style: set.text, mark: "• ", text: item, after: 0.8})
		}
		s.y += 1.2
	case b.Table != nil && len(b.Table.Rows) > 0:
		s.table(b.Table)
	case b.Chart != nil && pictures[b.Chart] != nil:
		height := b.Chart.height()
		s.need(height + 4)
		name := fmt.Sprintf("%s %d", b.Chart.Title, n)
		options := fpdf.ImageOptions{ImageType: "PNG"}
		s.pdf.RegisterImageOptionsReader(name, options, bytes.NewReader(pictures[b.Chart]))
		s.pdf.ImageOptions(name, margin, s.y, chartWidth, height, false, options, 0, "")
		s.y += height + 3
	}
}

// cellGap is the space beside a cell's text, in millimetres.
const cellGap = 2.0

// tableHeight is how much room a table takes.
func (s *layout) tableHeight(t *Table) float64 {
	widths, set := s.columns(t), newFollowupStyles()
	height := s.rowHeight(set.head, t.Header, widths)
	for _, row := range t.Rows {
		height += s.rowHeight(set.cell, row, widths)
	}
	return height
}

// columns are the widths of a table's columns: as the figures need, and the first one as they leave room for.
func (s *layout) columns(t *Table) []float64 {
	set := newFollowupStyles()
	widths := make([]float64, len(t.Header))
	rest := bodyWidth
	for i := 1; i < len(widths); i++ {
		s.use(set.head)
		for word := range strings.FieldsSeq(t.Header[i]) {
			widths[i] = max(widths[i], s.pdf.GetStringWidth(s.shown(word)))
		}
		s.use(set.cell)
		for _, row := range t.Rows {
			widths[i] = max(widths[i], min(s.pdf.GetStringWidth(s.shown(row[i])), bodyWidth/4))
		}
		widths[i] = max(widths[i]+2*cellGap, 18)
		rest -= widths[i]
	}
	widths[0] = rest
	return widths
}

// table sets a table: the first column to the left, the others to the right.
func (s *layout) table(t *Table) {
	widths, set := s.columns(t), newFollowupStyles()
	head := func() {
		s.row(set.head, t.Header, widths)
		s.rule(s.y, 0.3, navy)
		s.y += 0.8
	}
	s.need(6 * set.cell.leading)
	head()
	for i, row := range t.Rows {
		if s.y+s.rowHeight(set.cell, row, widths) > bodyBottom {
			s.turn()
			head()
		}
		if i%2 == 1 {
			s.box(s.y, bodyWidth, s.rowHeight(set.cell, row, widths), mist)
		}
		s.row(set.cell, row, widths)
	}
	s.rule(s.y, 0.2, hairline)
	s.y += 3.5
}

func (s *layout) rowHeight(set style, cells []string, widths []float64) float64 {
	lines := 1
	for i, cell := range cells {
		lines = max(lines, len(s.wrap(set, cell, widths[i]-2*cellGap, 0)))
	}
	return float64(lines)*set.leading + 1.2
}

func (s *layout) row(set style, cells []string, widths []float64) {
	height := s.rowHeight(set, cells, widths)
	x := margin
	for i, cell := range cells {
		y := s.y + 0.6
		for _, line := range s.wrap(set, cell, widths[i]-2*cellGap, 0) {
			at := x + cellGap
			if i > 0 {
				at = x + widths[i] - cellGap - s.pdf.GetStringWidth(line)
			}
			s.write(set, at, y, line)
			y += set.leading
		}
		x += widths[i]
	}
	s.y += height
}
