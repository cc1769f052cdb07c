package bot

// Message is something to read, with buttons perhaps.
type Message struct {
	// Summary is what a notification shows: one line, never a case fact.
	Summary string
	Blocks  []Block
}

// Block is one part of a message: Heading, Paragraph, Facts, Quote, List, Small, Divider or Buttons.
type Block interface{ block() }

// Heading is a title line.
type Heading string

// Paragraph is running text of the bot's own.
type Paragraph string

// Quote is somebody's own words, shown to the letter: nothing in it is markup, a link or a mention.
type Quote string

// List is points, one line each.
type List []string

// Small is a line in small print.
type Small string

// Divider is a line across.
type Divider struct{}

// Facts are labelled values.
type Facts []Fact

// Fact is one labelled value.
type Fact struct{ Label, Value string }

// Buttons is a row of buttons.
type Buttons []Button

// Style is how a button looks.
type Style int

// The styles of a button.
const (
	Plain Style = iota
	Primary
	Danger
)

// Button is something to press. ID tells what it does, Subject what it concerns.
type Button struct {
	ID      string
	Subject string // opaque id
	Text    string
	Style   Style
}

func (Heading) block()   {}
func (Paragraph) block() {}
func (Quote) block()     {}
func (List) block()      {}
func (Small) block()     {}
func (Divider) block()   {}
func (Facts) block()     {}
func (Buttons) block()   {}
