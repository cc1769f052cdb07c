package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
)

// WritePDF writes the draft as a PDF on A4. The same draft gives the same bytes. It is set in the Go fonts, which have the Latin, Greek and
// Cyrillic alphabets; a character that they lack is shown as a box, and the document says so.
func (d Draft) WritePDF(w io.Writer) error {
	font, err := sfnt.Parse(goregular.TTF)
	if err != nil {
		return fmt.Errorf("reading the font of the draft: %w", err)
	}
	// How many pages there are stands on every page: they are counted first.
	pages := d.layOut(font, 0).PageCount()
	if err := d.layOut(font, pages).Output(w); err != nil {
		return fmt.Errorf("writing the draft of %s as a PDF: %w", d.Number, err)
	}
	return nil
}

// Measures of the page in millimetres. A4: ISO 216.
const (
	pageWidth, pageHeight = 210.0, 297.0
	margin                = 22.0
	bodyTop, bodyBottom   = 30.0, pageHeight - 24.0
	bodyWidth             = pageWidth - 2*margin
	barWidth, padding     = 0.8, 1.6 // beside and around a text with a background
	headerLine            = 21.0
	footerLine            = pageHeight - 18.0
)

// colour is red, green and blue. Each text stands out from what is behind it by more than 4.5:1,
// https://www.w3.org/TR/WCAG22/#contrast-minimum.
type colour = [3]int

var (
	ink      = [...]int{33, 37, 41}
	faint    = [...]int{92, 99, 106}
	hairline = [...]int{206, 212, 218}
	navy     = [...]int{28, 69, 112}
	mist     = [...]int{244, 246, 248}
	sky      = [...]int{232, 240, 248}
	straw    = [...]int{255, 243, 205}
	amber    = [...]int{217, 119, 6}
	rust     = [...]int{132, 58, 10}
)

const fontFamily = "Go"

// style is how a text is set: bold or not, its size in points, the distance between its lines in millimetres.
type style struct {
	weight        string // fpdf's: "" or "B"
	size, leading float64
	colour        colour
}

// layout is the page that is being filled, from y downwards.
type layout struct {
	pdf  *fpdf.Fpdf
	font *sfnt.Font
	y    float64
}

// paragraph is a text with what stands around it.
type paragraph struct {
	style
	text  string
	mark  string  // before the text, bold
	fill  *colour // behind it
	bar   *colour // to its left
	after float64 // space below
}

// layOut sets the draft; pages is how many pages it says there are.
func (d Draft) layOut(font *sfnt.Font, pages int) *fpdf.Fpdf {
	s := newLayout(font, d.Title+" "+d.Number, d.Organisation, d.made)
	s.pdf.SetHeaderFunc(func() { s.header(d) })
	s.pdf.SetFooterFunc(func() { s.footer(d, pages) })
	s.pdf.AddPage()

	title, facts := style{"B", 18, 8, navy}, style{"", 9, 4.6, faint}
	section, question := style{"B", 12.5, 6, navy}, style{"B", 10, 5, ink}
	answer, label := style{"", 10, 5.1, ink}, style{"", 8.5, 4.4, faint}

	s.put(paragraph{style: title, text: d.Title, after: 1.5})
	s.put(paragraph{style: facts, text: strings.Join(d.facts(), "  ·  "), after: 4})
	notices := d.Notices
	if s.lacksAny(d) {
		notices = append(slices.Clip(notices), d.words.boxes)
	}
	for _, notice := range notices {
		s.put(paragraph{style: answer, text: notice, fill: &sky, bar: &navy, after: 1})
	}
	for i, part := range d.Sections {
		s.y += 6
		s.need(34)
		s.put(paragraph{style: section, text: fmt.Sprintf("%d. %s", i+1, part.Title), after: 1})
		s.rule(s.y, 0.3, navy)
		s.y += 3
		for j, row := range part.Rows {
			s.need(float64(len(s.wrap(question, row.Question, bodyWidth, 0)))*question.leading + 3*answer.leading)
			s.put(paragraph{style: question, text: number(i, j) + "  " + row.Question, after: 0.8})
			for _, p := range row.Parts {
				switch p.Kind {
				case Words:
					if p.Label != "" {
						s.y += 0.8
						s.need(label.leading + 3*answer.leading)
						s.put(paragraph{style: label, text: p.Label, after: 0.4})
					}
					s.put(paragraph{style: answer, text: p.Text, fill: &mist, bar: &hairline, after: 1.4})
				case Gap:
					gap := answer
					gap.colour = rust
					s.put(paragraph{style: gap, mark: "[" + d.words.gap + "] ", text: p.line(), fill: &straw, bar: &amber, after: 1.4})
				default:
					s.put(paragraph{style: answer, text: p.line(), after: 0.8})
				}
			}
			s.y += 2.6
		}
	}
	return s.pdf
}

// newLayout begins a document, without pages yet.
func newLayout(font *sfnt.Font, title, author string, made time.Time) *layout {
	s := &layout{pdf: fpdf.New("P", "mm", "A4", ""), font: font, y: bodyTop}
	s.pdf.SetAutoPageBreak(false, 0)
	s.pdf.SetMargins(margin, bodyTop, margin)
	s.pdf.SetCellMargin(0)
	s.pdf.SetCatalogSort(true) // or the bytes differ from one time to the next
	s.pdf.SetCreationDate(made)
	s.pdf.SetModificationDate(made)
	s.pdf.SetTitle(s.shown(title), true) // as shown: the library reads past the end of a broken character
	s.pdf.SetAuthor(s.shown(author), true)
	s.pdf.AddUTF8FontFromBytes(fontFamily, "", goregular.TTF)
	s.pdf.AddUTF8FontFromBytes(fontFamily, "B", gobold.TTF)
	return s
}

func (s *layout) header(d Draft) {
	set := style{"B", 9, 5.6, rust}
	mark := s.shown(d.words.draft)
	s.use(set)
	width := s.pdf.GetStringWidth(mark) + 5
	const top = headerLine - 8
	s.box(top, width, set.leading, straw)
	s.write(set, margin+2.5, top, mark)
	number := style{"B", 9, 5.6, ink}
	s.write(number, margin+width+3, top, s.cut(number, d.Number, bodyWidth/3))
	organisation := style{"", 9, 5.6, faint}
	s.writeRight(organisation, top, s.cut(organisation, d.Organisation, bodyWidth/2))
	s.rule(headerLine, 0.2, hairline)
}

func (s *layout) footer(d Draft, pages int) {
	set := style{"", 8, 5, faint}
	s.rule(footerLine, 0.2, hairline)
	s.write(set, margin, footerLine+1.5, s.cut(set, d.Title, bodyWidth*0.75))
	s.writeRight(set, footerLine+1.5, s.shown(fmt.Sprintf("%s %d %s %d", d.words.page, s.pdf.PageNo(), d.words.of, pages)))
}

// put writes a paragraph, over as many pages as it takes. Of a longer text, no single line stands alone at the foot or the head of a page.
func (s *layout) put(p paragraph) {
	x, width, pad := margin, bodyWidth, 0.0
	if p.fill != nil {
		pad = padding
		x, width = x+barWidth+2*padding, width-barWidth-4*padding
	}
	bold := p.style
	bold.weight = "B"
	mark, indent := s.shown(p.mark), 0.0
	if mark != "" {
		s.use(bold)
		indent = s.pdf.GetStringWidth(mark)
	}
	lines := s.wrap(p.style, p.text, width, indent)
	for len(lines) > 0 {
		fit := int((bodyBottom - s.y - 2*pad) / p.leading)
		if fit == len(lines)-1 {
			fit--
		}
		if fit < min(2, len(lines)) && s.y > bodyTop {
			s.turn()
			continue
		}
		n := min(max(fit, 1), len(lines))
		height := float64(n)*p.leading + 2*pad
		if p.fill != nil {
			s.box(s.y, bodyWidth, height, *p.fill)
			s.box(s.y, barWidth, height, *p.bar)
		}
		s.y += pad
		for _, line := range lines[:n] {
			if mark != "" {
				s.write(bold, x, s.y, mark)
			}
			s.write(p.style, x+indent, s.y, line)
			mark, indent = "", 0
			s.y += p.leading
		}
		s.y += pad
		lines = lines[n:]
	}
	s.y += p.after
}

// need turns the page when there is no room for what must stand together.
func (s *layout) need(height float64) {
	if s.y+height > bodyBottom {
		s.turn()
	}
}

func (s *layout) turn() {
	s.pdf.AddPage()
	s.y = bodyTop
}

func (s *layout) use(set style) {
	s.pdf.SetFont(fontFamily, set.weight, set.size)
	s.pdf.SetTextColor(set.colour[0], set.colour[1], set.colour[2])
}

func (s *layout) write(set style, x, y float64, text string) {
	s.use(set)
	s.pdf.SetXY(x, y)
	s.pdf.CellFormat(0, set.leading, text, "", 0, "L", false, 0, "")
}

func (s *layout) writeRight(set style, y float64, text string) {
	s.use(set)
	s.write(set, pageWidth-margin-s.pdf.GetStringWidth(text), y, text)
}

// box fills a rectangle from the left margin.
func (s *layout) box(y, width, height float64, c colour) {
	s.pdf.SetFillColor(c[0], c[1], c[2])
	s.pdf.Rect(margin, y, width, height, "F")
}

func (s *layout) rule(y, width float64, c colour) { s.box(y, bodyWidth, width, c) }

// cut is a text on one line, shortened to a width.
func (s *layout) cut(set style, text string, width float64) string {
	s.use(set)
	text = s.shown(strings.Join(strings.Fields(text), " "))
	used, kept := 0.0, 0 // text[:kept] has room for an ellipsis after it
	room := width - s.pdf.GetStringWidth("…")
	for i, r := range text {
		if used <= room {
			kept = i
		}
		if used += s.pdf.GetStringWidth(string(r)); used > width {
			return text[:kept] + "…"
		}
	}
	return text
}

// wrap breaks a text into lines of a width, the first of them shorter by indent: after spaces and within long words where it must.
func (s *layout) wrap(set style, text string, width, indent float64) []string {
	s.use(set)
	var lines []string
	for line := range strings.SplitSeq(s.shown(text), "\n") {
		runes := []rune(strings.TrimRightFunc(line, unicode.IsSpace))
		used, start, mayBreak := indent, 0, 0
		for i := 0; i < len(runes); i++ {
			w := s.pdf.GetStringWidth(string(runes[i]))
			if used+w > width && i > start && runes[i] != ' ' { // a space may hang
				end := i
				if mayBreak > start {
					end = mayBreak
				}
				lines = append(lines, strings.TrimRight(string(runes[start:end]), " "))
				used, start, i = 0, end, end-1
				continue
			}
			used += w
			if breaksAfter(runes, i) {
				mayBreak = i + 1
			}
		}
		lines = append(lines, string(runes[start:]))
		indent = 0
	}
	return lines
}

// breaksAfter tells whether a line may end after a character: a space, or a hyphen or a slash between letters, so that dates, numbers and
// times stay whole.
func breaksAfter(runes []rune, i int) bool {
	switch runes[i] {
	case ' ':
		return true
	case '-', '–', '/':
		return i > 0 && i+1 < len(runes) && unicode.IsLetter(runes[i-1]) && unicode.IsLetter(runes[i+1])
	}
	return false
}

// lacking is shown for a character that the font has no picture of.
const lacking = '□'

// shown is a text as the font can show it: letters and their accents put together, other spaces and hyphens as the ordinary ones, what
// cannot be seen left out, and a box for what the font lacks.
func (s *layout) shown(text string) string {
	text = norm.NFC.String(plain(strings.NewReplacer("\u0085", "\n", "\u2028", "\n", "\u2029", "\n", "\t", "    ").Replace(text)))
	var buf sfnt.Buffer
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == ' ':
			return r
		case unicode.Is(unicode.Zs, r):
			return ' '
		case r == '\u2010' || r == '\u2011':
			return '-'
		case unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r):
			return -1
		}
		if glyph, err := s.font.GlyphIndex(&buf, r); err != nil || glyph == 0 {
			return lacking
		}
		return r
	}, text)
}

// lacksAny tells whether the font lacks a character of the draft.
func (s *layout) lacksAny(d Draft) bool {
	lacks := func(text string) bool {
		return strings.Count(s.shown(text), string(lacking)) > strings.Count(text, string(lacking))
	}
	if lacks(d.Title) || lacks(d.Organisation) || slices.ContainsFunc(d.Notices, lacks) {
		return true
	}
	for _, section := range d.Sections {
		for _, row := range section.Rows {
			if slices.ContainsFunc(row.Parts, func(p Part) bool { return lacks(p.Text) }) {
				return true
			}
		}
	}
	return false
}
