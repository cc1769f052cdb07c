// Package bottest is the conformance suite of the surfaces. Every surface passes it, run for real against a strict stand-in of its
// platform: what a person answers in a dialog comes to the handler as it was given, what the bot says is read as it was
// written, and the platform has nothing to object to. It knows the chat vocabulary and no platform.
//
// A surface's test gives Run a function that starts the surface with a handler, and a Platform: the surface with a person who
// uses it. What a platform does to people's texts, and a surface cannot undo, is declared in Traits; nothing else may change.
package bottest

import (
	"context"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tyreso.se/incidentbot/bot"
)

// Platform is a surface that runs against a stand-in of its platform, and one person there. The methods do what the person
// does, in the platform's own way, and return when everything that follows has been done. An error means that the person could not
// have done it, or was told that it failed.
type Platform interface {
	// Surface is the surface.
	Surface() bot.Surface
	// Traits are what the platform does to what people write.
	Traits() Traits
	// Person is who the person is to the surface.
	Person() bot.Actor
	// Channel is a conversation that the person and the bot are in.
	Channel() bot.Address

	// Command gives the bot's command, with nothing after it.
	Command(ctx context.Context) (Screen, error)
	// Shortcut says something in the channel and uses the bot's shortcut on it.
	Shortcut(ctx context.Context, said string) (Screen, error)
	// Capture says something in a channel and uses the shortcut on it that keeps it.
	Capture(ctx context.Context, in bot.Address, said string) (Screen, error)
	// Submit goes through the dialog d, which is open, answers the questions in answers as they come up, and sends it in. An empty
	// answer empties the field; a question without an answer is left as it stands. A Lookup is found by searching for its label.
	// Uploads answer the question for files.
	Submit(ctx context.Context, d *bot.Dialog, answers bot.Values, uploads []Upload) (Screen, error)
	// Cancel closes the dialog d, which is open, without sending it, by the first way there is that the bot hears of.
	Cancel(ctx context.Context, d *bot.Dialog) (Screen, error)
	// Read looks at a message.
	Read(ctx context.Context, ref bot.Ref) (Screen, error)
	// Press presses a button of a message, counted from 0. A message that was answered with and is on the screen may have no ref.
	Press(ctx context.Context, ref bot.Ref, button int) (Screen, error)

	// Problems are what the platform has objected to so far.
	Problems() []string
}

// Traits are what a platform does to what people write.
type Traits struct {
	// InParts says that the surface shows dialogs in parts: bot.Request.InParts.
	InParts bool
	// Typed is what the platform delivers of what was typed in a text field; nil: all of it.
	Typed func(text string) string
	// Shown is what the platform shows of what was sent; nil: all of it.
	Shown func(text string) string
	// FileName is what the platform calls an uploaded file; nil: what the person calls it.
	FileName func(name string) string
	// WallClock is the place whose clock times are typed by: where the clock is put back, an hour's times mean one of two moments.
	// nil: a time is a moment.
	WallClock *time.Location
}

// Screen is what the person has before them after doing something: an open dialog, or a message.
type Screen struct {
	Dialog  bool     // a dialog is open
	Ref     bot.Ref  // of a message that only this person sees, to press its buttons; of several the last
	Title   string   // of the dialog or of what it turned into, where that stands apart from the text
	Text    string   // everything else there is to read; of an open dialog, the part that is seen
	Buttons []string // what stands on a message's buttons
	// Errors are what is said to be wrong with the answers, by field id.
	Errors map[string]string
	// Notice is what a notification of the message shows.
	Notice string
	// Alive are the parts of a message that do something by themselves: mentions that notify, links, previews. The bot writes none.
	Alive []string
}

// Upload is a file that a person attaches.
type Upload struct {
	Name    string
	Content []byte
}

// Start runs a surface with a handler until the test ends.
type Start func(t *testing.T, handler bot.Handler) Platform

// Run runs the suite.
func Run(t *testing.T, start Start) {
	t.Helper()
	for _, part := range []struct {
		name string
		test func(t *testing.T, s *stage)
	}{
		{"an answer of every kind arrives as it was given", answersArrive},
		{"what is filled in from the start arrives as it was", prefilledArrives},
		{"what is emptied arrives empty", emptiedArrives},
		{"a question that an answer hides stops nobody", hiddenIsNotRequired},
		{"questions come with the answers that lead to them", questionsFollow},
		{"a dialog of any length is gone through", anyLength},
		{"files arrive whole", filesArrive},
		{"an answer is found among many", answerIsFound},
		{"what is wrong is told and nothing that was typed is lost", errorsAreMended},
		{"one dialog has one key", oneKey},
		{"dialogs that lead to each other have a key each", keysOfTheirOwn},
		{"a dialog that is closed is cancelled", cancelled},
		{"a message that the shortcut is used on arrives as it was written", shortcutArrives},
		{"a message reads as it was written", messagesRead},
		{"a private answer reads as it was written", privateAnswersRead},
		{"a text that is too long is shortened at its end", longTextsAreShortened},
		{"a message that is edited reads as it was edited", editedReads},
		{"a message that is sent again lies there once", sentAgain},
		{"every button tells what it is and what it concerns", buttonsTell},
		{"a room is for its members", roomIsForItsMembers},
		{"a room that is opened again is the same", roomOpenedAgain},
		{"a room that is closed is silent", roomClosed},
		{"any dialog arrives as it was answered", anyDialogArrives},
		{"any message reads as it was written", anyMessageReads},
	} {
		t.Run(part.name, func(t *testing.T) {
			handler := NewHandler()
			s := &stage{Platform: start(t, handler), handler: handler}
			part.test(t, s)
			for _, fault := range handler.Faults() {
				t.Errorf("the surface broke the vocabulary: %s", fault)
			}
			for _, problem := range s.Problems() {
				t.Errorf("the platform objects: %s", problem)
			}
		})
	}
}

// stage is a platform with the suite's own handler behind it.
type stage struct {
	Platform

	handler *Handler
}

// checking is a test, or one case of a property test.
type checking interface {
	rapid.TB
	Context() context.Context
}
