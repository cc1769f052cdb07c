// Package bot is the chat vocabulary: what people do (Request), what they are answered (Reply), the dialogs and messages
// they see, and the Surface that carries them. It knows no platform, no register and no language: every text in it is
// already in the reader's language and is plain text, which a surface escapes for the place it lands in.
package bot

import (
	"context"
	"fmt"
	"time"
)

// Kind tells what a person did.
type Kind int

// The things a person can do on a surface.
const (
	Command  Kind = iota // typed the command; Text holds what follows it
	Shortcut             // chose the message shortcut; Text holds the message
	Change               // changed an answer in an open dialog, or typed in it
	Submit               // sent the dialog
	Cancel               // closed the dialog without sending it
	Press                // pressed a button
	Search               // typed in a search field; Text holds what was typed
	Home                 // opened the bot's home page
)

// Actor is a person as a surface knows them.
type Actor struct {
	Surface string // "slack", "discord", "web"
	ID      string // the surface's id of the person
	Name    string // display name, may be empty
	// Language is "sv", "en" or, where the surface does not tell it with a request, "".
	Language string
}

// Request is one thing that one person did.
type Request struct {
	Kind    Kind
	Key     string // idempotency key: two requests with the same key are the same doing, told twice
	Actor   Actor
	Name    string // shortcut, dialog or button id
	Subject string // what the dialog or button concerns: an opaque id, never a case fact
	Text    string
	Field   string    // Search and Change: the field concerned
	Values  Values    // Change, Submit, Cancel: what is filled in so far. Command: what was answered with it already
	Files   []File    // Submit, and Change in parts: what was attached
	Said    Said      // Shortcut: where, by whom and when Text was said
	At      time.Time // when it happened, by the surface's clock

	// InParts says that the surface shows a dialog a part at a time, and cannot hold what was answered between the parts: the
	// handler does. Every Dialog in a Reply then has an id in Kept, under which its answers are kept; the surface gives it
	// back in the requests that follow. Values and Files of such a request are those of one part, or none, and are added to what
	// is kept before the request is looked at; a field that is present and empty was emptied. Change answers with the Dialog
	// holding all answers, Submit with Errors answers with the Dialog as well.
	InParts bool
	Kept    string
}

// The shortcuts on a message, by Request.Name.
const (
	ReportShortcut  = "report_message"  // make a report of it
	CaptureShortcut = "capture_message" // keep it in the case whose room it was said in
)

// Said tells of a message that somebody posted.
type Said struct {
	Ref    Ref
	Author Actor // without an ID where the surface does not tell who
	At     time.Time
}

// Values are the answers in a dialog by field id: one string for a text, a choice or a time (RFC 3339, UTC; what could not be
// read as a time stands as it was typed), several for Choices, value and label for a Lookup. Absent and empty mean the same: not
// answered. For Files, whose answers travel as Request.Files, a dialog's Values hold the names.
type Values map[string][]string

// Get returns the first answer to field id, or "".
func (v Values) Get(id string) string {
	if a := v[id]; len(a) > 0 {
		return a[0]
	}
	return ""
}

// Time returns the answer to a DateTime field, or the zero time when it is absent or malformed.
func (v Values) Time(id string) time.Time {
	t, err := time.Parse(time.RFC3339, v.Get(id))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// File is an attachment as the surface holds it; Surface.Fetch gets its bytes.
type File struct {
	ID   string // the surface's id of the file
	Name string
	Type string // media type, may be empty
	Size int64  // bytes
}

// Reply is what the person gets. Which parts apply follows from the request's kind; an empty Reply acknowledges silently.
type Reply struct {
	Dialog  *Dialog           // Command, Shortcut, Press: opens it. Change: redraws it
	Errors  map[string]string // Submit: what to mend, by field id; the dialog stays open with all that was typed
	Message *Message          // Command, Press: a private answer. Submit, Cancel: the dialog turns into it. Home: the page
	Options []Option          // Search: what fits
	More    bool              // Search: there is more than Options hold
}

// Subcommand is a word that may follow the command, for surfaces on which every word is declared beforehand. Texts are in one
// language.
type Subcommand struct {
	Text        string // what Request.Text holds when it was chosen, followed by a space and a Text argument
	Name        string // one word in lower case
	Description string
	// Argument is what may or, when Required, must be given with it: a Text follows Request.Text, a Lookup stands in
	// Request.Values. nil: nothing.
	Argument *Field
}

// Handler answers requests. An error means that nothing was saved; the surface tells the person so and keeps what was typed.
type Handler interface {
	Handle(ctx context.Context, req Request) (Reply, error)
}

// Address is where a message goes: a channel, or a person's direct messages.
type Address struct {
	Surface string
	Channel string // set for a channel
	User    string // set for a person
}

// String returns the address for logs and as the key that messages are kept in order by.
func (a Address) String() string {
	if a.Channel != "" {
		return a.Surface + ":channel:" + a.Channel
	}
	return a.Surface + ":user:" + a.User
}

// Ref is a posted message, enough to edit it.
type Ref struct {
	Surface string
	Channel string // the conversation it lies in, also for direct messages
	ID      string // the surface's id of the message
}

// Profile is what a surface tells of a person.
type Profile struct {
	ID       string
	Name     string
	Email    string // "" when the surface does not tell
	Language string // "sv", "en", or "" when the surface does not tell
}

// Surface carries messages to one platform. All methods return *SendError when the platform refused, and are safe for
// concurrent use.
type Surface interface {
	// Name is the surface's name as it stands in Address.Surface.
	Name() string
	// Send posts m. key names the message: when retry is true an earlier attempt may have come through, and a message
	// already posted with the same key is found and returned instead of posted again, where the platform allows that.
	Send(ctx context.Context, to Address, m Message, key string, retry bool) (Ref, error)
	// SendFile sends a file, named name, by itself. alt says what a picture shows, for those who cannot see it; "" for what is none.
	SendFile(ctx context.Context, to Address, name, alt string, content []byte) error
	// Edit redraws a posted message.
	Edit(ctx context.Context, ref Ref, m Message) error
	// Profile tells who a person is.
	Profile(ctx context.Context, id string) (Profile, error)
	// FindByEmail finds a person by e-mail address.
	FindByEmail(ctx context.Context, email string) (Profile, error)
	// Fetch downloads an attachment; at most limit bytes.
	Fetch(ctx context.Context, file File, limit int64) ([]byte, error)
	// OpenRoom makes a private channel and returns its id. A channel that an earlier attempt made is found and gets the members that
	// it lacks. Members whom the platform does not let in are left out.
	OpenRoom(ctx context.Context, room Room) (channel string, err error)
	// CloseRoom ends the talk in a channel that OpenRoom made: it can be read by its members at most. Closing it again does nothing.
	CloseRoom(ctx context.Context, channel string) error
}

// Room is a private channel as it is to be.
type Room struct {
	// Name is lower-case letters, digits and hyphens, at most 70 of them. Where it is taken, a number is put after it.
	Name    string
	Members []string // user ids; the bot itself is in it anyway
	// Since is when the room was first asked for: a channel of the name that is older is another one.
	Since time.Time
}

// Directory is a Surface that lists the people on it, with their e-mail addresses where it tells them.
type Directory interface {
	// Members calls visit with everybody, a page at a time, and waits as the platform asks meanwhile. It may take many minutes.
	Members(ctx context.Context, visit func(page []Profile) error) error
}

// SendError is a platform's refusal. Exactly one of three holds: Permanent (trying again is useless: channel gone, not a
// member, account closed), Wait > 0 (rate-limited: try again after Wait), or neither (temporary: try again with backoff).
type SendError struct {
	Code      string // the platform's error code, e.g. channel_not_found; safe to log
	Permanent bool
	Wait      time.Duration
	// Unreachable comes with Permanent and says that the person takes no messages from the bot: nothing that an operator could mend.
	Unreachable bool
	Err         error // underlying error, may be nil
}

// Error implements error. It holds the code only: underlying errors may hold addresses with tokens.
func (e *SendError) Error() string {
	switch {
	case e.Permanent:
		return fmt.Sprintf("permanently refused: %s", e.Code)
	case e.Wait > 0:
		return fmt.Sprintf("rate-limited for %s: %s", e.Wait, e.Code)
	}
	return fmt.Sprintf("temporarily refused: %s", e.Code)
}

// Unwrap returns the underlying error.
func (e *SendError) Unwrap() error { return e.Err }
