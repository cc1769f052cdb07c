package report

import (
	"archive/zip"
	"bytes"
	"embed"
	"encoding/xml"
	"fmt"
	"image"
	_ "image/png" // the charts' format
	"io"
	"strings"
)

// docxParts are the parts of a document that are the same in all of them, but for what is filled in.
//
//go:embed docx
var docxParts embed.FS

// WriteDOCX writes the follow-up as a document that Word and LibreOffice open: Office Open XML, ECMA-376
// (https://ecma-international.org/publications-and-standards/standards/ecma-376/). Its headings are styles, so that it can be worked on.
func (f Followup) WriteDOCX(w io.Writer) error {
	pictures, err := f.pictures()
	if err != nil {
		return err
	}
	d := &docx{pictures: pictures}
	d.document(f)
	type file struct {
		name    string
		content []byte
	}
	part := func(name string) []byte {
		content, err := docxParts.ReadFile("docx/" + name)
		if err != nil {
			panic(err) // the folder is part of the program
		}
		return content
	}
	filled := func(name string, values ...string) []byte {
		return []byte(strings.NewReplacer(values...).Replace(string(part(name))))
	}
	files := []file{
		{"[Content_Types].xml", part("content_types.xml")},
		{"_rels/.rels", part("rels.xml")},
		{"docProps/core.xml", filled("core.xml",
			"TITLE", inXML(f.Title), "AUTHOR", inXML(f.Organisation), "TIME", f.made.UTC().Format("2006-01-02T15:04:05Z"))},
		{"word/styles.xml", filled("styles.xml", "LANG", map[string]string{"sv": "sv-SE", "en": "en-GB"}[f.Language])},
		{"word/numbering.xml", part("numbering.xml")},
		{"word/footer1.xml", filled("footer.xml", "PAGEWORD", inXML(f.page))},
		{"word/document.xml", d.body.Bytes()},
		{"word/_rels/document.xml.rels", d.relations()},
	}
	for i, picture := range d.media {
		files = append(files, file{fmt.Sprintf("word/media/chart%d.png", i+1), picture})
	}
	archive := zip.NewWriter(w)
	for _, file := range files {
		into, err := archive.Create(file.name)
		if err == nil {
			_, err = into.Write(file.content)
		}
		if err != nil {
			return fmt.Errorf("writing %s of the follow-up: %w", file.name, err)
		}
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("finishing the follow-up: %w", err)
	}
	return nil
}

// docx is the body of a document while it is written.
type docx struct {
	body     bytes.Buffer
	pictures map[*Chart][]byte
	media    [][]byte // those that stand in the body so far
}

func (d *docx) document(f Followup) {
	d.body.WriteString(xml.Header + `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" ` +
		`xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" ` +
		`xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" ` +
		`xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" ` +
		`xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><w:body>`)
	d.paragraph("Title", f.Title)
	d.paragraph("Subtitle", f.Subtitle)
	d.paragraph("Subtitle", f.Organisation+" · "+f.made.Format("2006-01-02"))
	for i, part := range f.Parts {
		d.paragraph("Heading1", fmt.Sprintf("%d. %s", i+1, part.Title))
		for _, block := range part.Blocks {
			d.block(block)
		}
	}
	d.body.WriteString(`<w:sectPr><w:footerReference w:type="default" r:id="rIdFooter"/><w:pgSz w:w="11906" w:h="16838"/>` +
		`<w:pgMar w:top="1247" w:right="1247" w:bottom="1247" w:left="1247" w:header="708" w:footer="708" w:gutter="0"/></w:sectPr>` +
		`</w:body></w:document>`)
}

func (d *docx) block(b FollowupBlock) {
	switch {
	case b.Heading != "":
		d.paragraph("Heading2", b.Heading)
	case b.Text != "":
		for line := range strings.SplitSeq(b.Text, "\n") {
			d.paragraph("Normal", line)
		}
	case b.Note != "":
		d.paragraph("Note", b.Note)
	case len(b.List) > 0:
		for _, item := range b.List {
			d.paragraph("ListBullet", item)
		}
	case b.Table != nil && len(b.Table.Rows) > 0:
		d.table(b.Table)
	case b.Chart != nil && d.pictures[b.Chart] != nil:
		d.chart(b.Chart)
	}
}

func (d *docx) paragraph(style, text string) {
	fmt.Fprintf(&d.body, `<w:p><w:pPr><w:pStyle w:val="%s"/></w:pPr><w:r><w:t xml:space="preserve">%s</w:t></w:r></w:p>`,
		style, inXML(plain(text)))
}

// docxWidth is the width of the text in twentieths of a point: A4 without its margins.
const docxWidth = 11906 - 2*1247

func (d *docx) table(t *Table) {
	widths := make([]int, len(t.Header))
	const figure = 1700
	for i := range widths {
		widths[i] = figure
	}
	widths[0] = docxWidth - figure*(len(widths)-1)
	d.body.WriteString(`<w:tbl><w:tblPr><w:tblStyle w:val="Figures"/><w:tblW w:w="0" w:type="auto"/><w:tblLook w:firstRow="1"/></w:tblPr>` +
		`<w:tblGrid>`)
	for _, width := range widths {
		fmt.Fprintf(&d.body, `<w:gridCol w:w="%d"/>`, width)
	}
	d.body.WriteString(`</w:tblGrid>`)
	row := func(cells []string, head bool) {
		properties, bold := `<w:trPr><w:cantSplit/></w:trPr>`, ""
		if head {
			properties, bold = `<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`, `<w:rPr><w:b/></w:rPr>`
		}
		d.body.WriteString(`<w:tr>` + properties)
		for i, cell := range cells {
			align := "left"
			if i > 0 {
				align = "right"
			}
			fmt.Fprintf(&d.body, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="Cell"/>`+
				`<w:jc w:val="%s"/></w:pPr><w:r>%s<w:t xml:space="preserve">%s</w:t></w:r></w:p></w:tc>`, widths[i], align, bold, inXML(plain(cell)))
		}
		d.body.WriteString(`</w:tr>`)
	}
	row(t.Header, true)
	for _, cells := range t.Rows {
		row(cells, false)
	}
	d.body.WriteString(`</w:tbl>`)
	d.paragraph("Cell", "")
}

// emu are English Metric Units, which pictures are measured in: so many to a millimetre.
const emu = 36000

func (d *docx) chart(c *Chart) {
	d.media = append(d.media, d.pictures[c])
	n := len(d.media)
	width := int(chartWidth * emu)
	height := int(c.height() * emu)
	if size, _, err := image.DecodeConfig(bytes.NewReader(d.pictures[c])); err == nil { // as it was drawn
		height = width * size.Height / size.Width
	}
	fmt.Fprintf(&d.body, `<w:p><w:r><w:drawing><wp:inline><wp:extent cx="%[1]d" cy="%[2]d"/>`+
		`<wp:docPr id="%[3]d" name="chart%[3]d" descr="%[4]s"/><a:graphic>`+
		`<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr>`+
		`<pic:cNvPr id="%[3]d" name="chart%[3]d" descr="%[4]s"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="rId%[3]d"/>`+
		`<a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%[1]d" cy="%[2]d"/></a:xfrm>`+
		`<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`,
		width, height, n, inXML(c.Title))
}

// relations are what the body refers to.
func (d *docx) relations() []byte {
	const kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	var b strings.Builder
	b.WriteString(xml.Header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	add := func(id, what, target string) {
		fmt.Fprintf(&b, `<Relationship Id="%s" Type="%s%s" Target="%s"/>`, id, kind, what, target)
	}
	add("rIdStyles", "styles", "styles.xml")
	add("rIdNumbering", "numbering", "numbering.xml")
	add("rIdFooter", "footer", "footer1.xml")
	for i := range d.media {
		add(fmt.Sprintf("rId%d", i+1), "image", fmt.Sprintf("media/chart%d.png", i+1))
	}
	b.WriteString(`</Relationships>`)
	return []byte(b.String())
}

func inXML(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a Builder takes everything
	return b.String()
}
