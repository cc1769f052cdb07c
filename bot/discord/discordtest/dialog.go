package discordtest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/bottest"
	workspace "tyreso.se/incidentbot/workspace/discord"
)

// walk is a person's way through a dialog: modal by modal, and from one to the next by the private message between them.
type walk struct {
	*Person

	dialog  *bot.Dialog
	left    bot.Values // answers to give yet
	uploads []bottest.Upload
}

// steps is more than any dialog takes.
const steps = 100

// Submit implements bottest.Platform.
func (p *Person) Submit(ctx context.Context, d *bot.Dialog, answers bot.Values, uploads []bottest.Upload) (bottest.Screen, error) {
	w := &walk{Person: p, dialog: d, left: maps.Clone(answers), uploads: uploads}
	for range steps {
		screen, sent, err := w.step(ctx)
		if err != nil || sent {
			w.told(&screen)
			return screen, err
		}
	}
	return bottest.Screen{}, errors.New("the dialog does not end")
}

// step takes one step. sent tells that the dialog was sent with it.
func (w *walk) step(ctx context.Context) (screen bottest.Screen, sent bool, err error) {
	if open := w.Workspace.Modal(w.id); open != nil {
		if screen, err = w.fill(ctx, open); err != nil {
			return screen, false, err
		}
		return screen, !w.shows(screen, w.dialog.Submit) && !w.shows(screen, w.text("discord.search_again", nil)), nil
	}
	if w.before == nil {
		return screen, false, errors.New("no dialog is open")
	}
	all, err := controls(*w.before)
	if err != nil {
		return screen, false, err
	}
	for _, b := range all.buttons {
		if w.leadsOn(b.Label) {
			screen, err = w.press(ctx, b.Label)
			return screen, false, err
		}
	}
	for _, menu := range all.menus {
		if chosen := w.choice(menu); chosen != "" {
			screen, err = w.do(ctx, func() (workspace.Seen, error) {
				return w.Workspace.Select(ctx, w.id, w.before.ID, menu.CustomID, chosen)
			})
			return screen, false, err
		}
	}
	screen, err = w.press(ctx, w.dialog.Submit)
	return screen, true, err
}

// shows tells whether a button stands on the screen.
func (w *walk) shows(screen bottest.Screen, text string) bool {
	return screen.Dialog || slices.Contains(screen.Buttons, text)
}

// leadsOn tells whether a button leads to more questions: those with errors, those not asked yet, and a search for an answer that
// is left.
func (w *walk) leadsOn(text string) bool {
	if text == w.text("discord.fix", nil) || text == w.text("discord.open", nil) {
		return true
	}
	for n := range w.dialog.Fields {
		if text == w.text("discord.more", map[string]any{"Count": n + 1}) {
			return true
		}
	}
	return slices.ContainsFunc(w.dialog.Fields, func(f bot.Field) bool {
		return f.Kind == bot.Lookup && len(w.left[f.ID]) > 0 && text == w.text("discord.search", map[string]any{"Label": f.Label})
	})
}

// choice is what to choose in a menu of the private message: what was searched for, or a question whose answer is left.
func (w *walk) choice(menu component) string {
	for _, f := range w.dialog.Fields {
		answer, left := w.left[f.ID]
		if !left {
			continue
		}
		for _, o := range menu.Options {
			switch {
			case f.Kind == bot.Lookup && len(answer) > 0 && o.Value == answer[0] && o.Label == answer[len(answer)-1]:
				delete(w.left, f.ID)
				return o.Value
			case o.Value == f.ID && o.Label == f.Label:
				return o.Value
			}
		}
	}
	return ""
}

// fill fills in a modal, and sends it.
func (w *walk) fill(ctx context.Context, open *workspace.Modal) (bottest.Screen, error) {
	labels, err := inputs(open)
	if err != nil {
		return bottest.Screen{}, err
	}
	values := map[string][]string{}
	var files []workspace.Upload
	for _, l := range labels {
		if l.Label == w.text("discord.search_label", nil) {
			values[l.Component.CustomID] = []string{w.query()}
			continue
		}
		i := slices.IndexFunc(w.dialog.Fields, func(f bot.Field) bool { return f.Label == l.Label })
		if i < 0 {
			return bottest.Screen{}, fmt.Errorf("the modal asks %q, which the dialog does not", l.Label)
		}
		f := w.dialog.Fields[i]
		if f.Kind == bot.Files {
			for _, u := range w.uploads {
				files = append(files, workspace.Upload{CustomID: l.Component.CustomID, Name: u.Name, Content: u.Content})
			}
			w.uploads = nil
			continue
		}
		answer, left := w.left[f.ID]
		if !left {
			continue
		}
		if values[l.Component.CustomID], err = w.answer(f, answer, *l.Component); err != nil {
			return bottest.Screen{}, err
		}
	}
	return w.do(ctx, func() (workspace.Seen, error) {
		return w.Workspace.SubmitModal(ctx, w.id, open.ID, values, files...)
	})
}

// answer is how an answer is given in a component. An answer that is not among what can be chosen is searched for, and left
// until it is found.
func (w *walk) answer(f bot.Field, answer []string, c component) ([]string, error) {
	switch f.Kind {
	case bot.DateTime:
		at := w.left.Time(f.ID)
		delete(w.left, f.ID)
		if at.IsZero() {
			return []string{}, nil
		}
		return []string{at.In(w.opts.Location).Format("2006-01-02 15:04")}, nil
	case bot.Lookup:
		if len(answer) == 0 {
			break
		}
		for _, o := range c.Options {
			if o.Value == answer[0] {
				delete(w.left, f.ID)
				return answer[:1], nil
			}
		}
		for _, o := range c.Options {
			if o.Label == w.text("discord.search_all", nil) {
				return []string{o.Value}, nil
			}
		}
		return nil, fmt.Errorf("%q is not among what can be chosen", answer)
	}
	delete(w.left, f.ID)
	return answer, nil
}

// query is what to search for: the label of the first answer that is left to be found.
func (w *walk) query() string {
	for _, f := range w.dialog.Fields {
		if answer := w.left[f.ID]; f.Kind == bot.Lookup && len(answer) > 0 {
			return answer[len(answer)-1]
		}
	}
	return ""
}

// told reads what is said to be wrong: the question, and after it what is wrong with its answer.
func (w *walk) told(screen *bottest.Screen) {
	if !slices.Contains(screen.Buttons, w.text("discord.fix", nil)) {
		return
	}
	screen.Errors = map[string]string{}
	for line := range strings.Lines(screen.Text) {
		for _, f := range w.dialog.Fields {
			if said, found := strings.CutPrefix(strings.TrimSuffix(line, "\n"), f.Label+" "); found {
				screen.Errors[f.ID] = said
			}
		}
	}
}
