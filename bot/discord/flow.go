package discord

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/surface"
)

// How a dialog goes on. Every step begins by asking the handler for the dialog with all that was answered so far, so that it is
// drawn as it is now, whoever answers and however long after.

// errNoDialog means that the handler answered without a dialog where there must be one.
var errNoDialog = errors.New("the handler gave no dialog back")

// keptRequest is a request about the dialog of the step.
func (t *turn) keptRequest(kind bot.Kind) bot.Request {
	req := t.request(kind, t.step.dialog, t.step.subject)
	req.Kept = t.step.kept
	if kind == bot.Submit {
		req.Key = "kept:" + t.step.kept // sent twice, it is the same doing
	}
	return req
}

// stepOn answers a button or a select of a dialog's private message. chosen is what was chosen in a select.
func (t *turn) stepOn(ctx context.Context, chosen []string) (answer, error) {
	switch t.step.verb {
	case send:
		return t.send(ctx, t.keptRequest(bot.Submit))
	case cancel:
		reply, err := t.ask(ctx, t.keptRequest(bot.Cancel))
		if err != nil {
			return answer{}, err
		}
		if reply.Message == nil {
			m := t.w.note("discord.cancelled")
			reply.Message = &m
		}
		return t.say(*reply.Message), nil
	case search:
		of := *t.step
		of.verb = searchFor
		return answer{modal: t.w.searchModal(of)}, nil
	case takeResult:
		return t.takeResult(ctx, chosen)
	}
	d, instead, err := t.change(ctx, nil, nil)
	if d == nil || err != nil {
		return instead, err
	}
	switch t.step.verb {
	case askMore:
		return t.askNext(ctx, d, *t.step)
	case askFields:
		return t.askThese(ctx, d, *t.step, t.step.fields.among(visible(d)))
	case askChosen:
		these := slices.DeleteFunc(visible(d), func(q question) bool { return !slices.Contains(chosen, q.ID) })
		return t.askThese(ctx, d, *t.step, these)
	case review:
		return t.review(ctx, d, *t.step, "")
	}
	return answer{}, fmt.Errorf("%w: %q on a message", errNotUnderstood, t.step.verb)
}

// change adds answers to what is kept, and returns the dialog with all of them. Without a dialog, the answer is what the handler
// said instead.
func (t *turn) change(ctx context.Context, v bot.Values, files []bot.File) (*bot.Dialog, answer, error) {
	req := t.keptRequest(bot.Change)
	req.Values, req.Files = v, files
	reply, err := t.ask(ctx, req)
	switch {
	case err != nil:
		return nil, answer{}, err
	case reply.Dialog != nil:
		return reply.Dialog, answer{}, nil
	case reply.Message != nil:
		return nil, t.say(*reply.Message), nil
	}
	return nil, answer{}, errNoDialog
}

// send sends the dialog, and shows the receipt or what there is to mend.
func (t *turn) send(ctx context.Context, req bot.Request) (answer, error) {
	reply, err := t.ask(ctx, req)
	switch {
	case err != nil:
		return answer{}, err
	case len(reply.Errors) > 0:
		at := *t.step
		at.asked |= at.fields
		return t.private(t.w.mend(reply.Dialog, at, reply.Errors), surface.Mend), nil
	case reply.Message != nil:
		return t.say(*reply.Message), nil
	}
	m := t.w.note("discord.done")
	return t.say(m), nil
}

// private is the answer that a dialog's private message turns into.
func (t *turn) private(p page, outcome string) answer {
	return answer{pages: []page{p}, plain: t.w.note("discord.too_late"), outcome: outcome}
}

// askNext asks what has not been asked yet.
func (t *turn) askNext(ctx context.Context, d *bot.Dialog, at step) (answer, error) {
	all := visible(d)
	return t.askThese(ctx, d, at, (maskOf(all) &^ at.asked).among(all))
}

// askThese opens a modal with as many of the questions as fit, or shows the summary when there are none.
func (t *turn) askThese(ctx context.Context, d *bot.Dialog, at step, these []question) (answer, error) {
	if err := askable(d, at); err != nil {
		return answer{}, err
	}
	if len(these) == 0 {
		return t.review(ctx, d, at, "")
	}
	these = t.w.fit(d, these)
	searched, err := t.searchAll(ctx, d, these)
	if err != nil {
		return answer{}, err
	}
	of := at.to(sendPart)
	if at.verb != askChosen && whole(d, these) {
		of = at.to(sendWhole)
	}
	modal, err := t.w.modal(d, of, these, searched)
	if err != nil {
		return answer{}, err
	}
	instead := t.w.summary(d, at, nil, t.w.text("discord.late"))
	return answer{modal: modal, instead: &instead, plain: t.w.note("discord.too_late")}, nil
}

// askable tells what is wrong with a dialog whose steps have no room in a custom id.
func askable(d *bot.Dialog, at step) error {
	all := questions(d.Fields)
	if len(all) > maxQuestions {
		return fmt.Errorf("drawing dialog %q: more than %d questions", d.ID, maxQuestions)
	}
	at.asked = maskOf(all)
	if length(at.with(at.asked).pack()) > maxCustomID {
		return fmt.Errorf("drawing dialog %q: its ids take more than %d characters together", d.ID, maxCustomID)
	}
	return nil
}

// review shows what has been answered so far.
func (t *turn) review(ctx context.Context, d *bot.Dialog, at step, hint string) (answer, error) {
	if err := askable(d, at); err != nil {
		return answer{}, err
	}
	var wide []question
	for _, q := range at.asked.among(visible(d)) {
		f, err := t.find(ctx, d, q.Field, "")
		if err != nil { // the rest of the dialog does not depend on it
			t.logSearch(ctx, q.ID, err)
		}
		if f.more || len(f.options) > maxOptions {
			wide = append(wide, q)
		}
	}
	return t.private(t.w.summary(d, at, wide, hint), ""), nil
}

// searchAll finds what the search fields among the questions can be answered with before anything is typed.
func (t *turn) searchAll(ctx context.Context, d *bot.Dialog, these []question) (map[string]found, error) {
	all := map[string]found{}
	for _, q := range these {
		f, err := t.find(ctx, d, q.Field, "")
		if err != nil {
			return nil, err
		}
		all[q.ID] = f
	}
	return all, nil
}

// find finds options for a field that is searched in: the handler's for a Lookup, its own for a Choice with more of them than a
// select holds. Other fields have none.
func (t *turn) find(ctx context.Context, d *bot.Dialog, f bot.Field, text string) (found, error) {
	switch {
	case f.Kind == bot.Choice && len(f.Options) > maxOptions:
		return found{options: matching(f.Options, text)}, nil
	case f.Kind != bot.Lookup:
		return found{}, nil
	}
	req := t.request(bot.Search, d.ID, d.Subject)
	req.Kept, req.Field, req.Text = d.Kept, f.ID, text
	reply, err := t.ask(ctx, req)
	if err != nil {
		return found{}, fmt.Errorf("searching for field %q: %w", f.ID, err)
	}
	return found{options: reply.Options, more: reply.More}, nil
}

// submitted takes what a modal was sent with.
func (t *turn) submitted(ctx context.Context, data discordgo.ModalSubmitInteractionData) (answer, error) {
	var err error
	t.sent, err = decodeModal(data, t.arrived, t.s.opts.Location)
	t.typed = typedIn(data)
	if err != nil {
		return answer{}, err
	}
	if t.step.verb == searchFor {
		return t.search(ctx, t.sent.values.Get(searchField))
	}
	if t.step.fields.count() > 1 {
		// Files cannot be drawn again in a modal: among other fields, none chosen means those from before. Alone, it means none.
		for field, answers := range t.sent.values {
			if len(answers) == 0 && isFiles(data, field) {
				delete(t.sent.values, field)
			}
		}
	}
	if err := t.label(ctx); err != nil {
		return answer{}, err
	}
	if t.step.verb == sendWhole && len(t.sent.search) == 0 {
		req := t.keptRequest(bot.Submit)
		req.Values, req.Files = t.sent.values, t.sent.files
		return t.send(ctx, req)
	}
	d, instead, err := t.change(ctx, t.sent.values, t.sent.files)
	if d == nil || err != nil {
		return instead, err
	}
	at := *t.step
	at.asked |= at.fields
	hint := ""
	if len(t.sent.search) > 0 {
		hint = t.w.text("discord.search_hint")
	}
	return t.review(ctx, d, at, hint)
}

// label puts the labels to what was chosen in search fields.
func (t *turn) label(ctx context.Context) error {
	for _, field := range t.sent.labels {
		value := t.sent.values.Get(field)
		of := &bot.Dialog{ID: t.step.dialog, Subject: t.step.subject, Kept: t.step.kept}
		f, err := t.find(ctx, of, bot.Field{ID: field, Kind: bot.Lookup}, "")
		if err != nil {
			return err
		}
		if at := slices.IndexFunc(f.options, func(o bot.Option) bool { return o.Value == value }); at >= 0 {
			t.sent.values[field] = []string{value, f.options[at].Label}
			continue
		}
		// It stood in the select because it was chosen before.
		d, _, err := t.change(ctx, nil, nil)
		if err != nil {
			return err
		}
		if d != nil && d.Values.Get(field) == value {
			delete(t.sent.values, field)
		}
	}
	return nil
}

// search shows what was found.
func (t *turn) search(ctx context.Context, text string) (answer, error) {
	d, q, instead, err := t.searched(ctx)
	if d == nil || err != nil {
		return instead, err
	}
	f, err := t.find(ctx, d, q.Field, text)
	if err != nil {
		return answer{}, err
	}
	return t.private(t.w.results(q, *t.step, text, f), ""), nil
}

// searched returns the dialog and the question of the step that is searched for.
func (t *turn) searched(ctx context.Context) (*bot.Dialog, question, answer, error) {
	d, instead, err := t.change(ctx, nil, nil)
	if d == nil || err != nil {
		return nil, question{}, instead, err
	}
	these := t.step.fields.among(visible(d))
	if len(these) == 0 { // it is hidden by now
		a, err := t.review(ctx, d, *t.step, "")
		return nil, question{}, a, err
	}
	return d, these[0], answer{}, nil
}

// takeResult takes what was chosen among what was found.
func (t *turn) takeResult(ctx context.Context, chosen []string) (answer, error) {
	d, q, instead, err := t.searched(ctx)
	if d == nil || err != nil {
		return instead, err
	}
	if len(chosen) == 0 {
		return t.review(ctx, d, *t.step, "")
	}
	value := []string{chosen[0]}
	if label := labelIn(t.in.Message, chosen[0]); q.Kind == bot.Lookup && label != "" {
		value = append(value, label)
	}
	if d, instead, err = t.change(ctx, bot.Values{q.ID: value}, nil); d == nil || err != nil {
		return instead, err
	}
	at := *t.step
	at.asked |= at.fields
	return t.review(ctx, d, at, "")
}

// matching are the options whose label holds text, in whatever case.
func matching(options []bot.Option, text string) []bot.Option {
	text = strings.ToLower(strings.TrimSpace(text))
	var list []bot.Option
	for _, o := range options {
		if strings.Contains(strings.ToLower(o.Label), text) {
			list = append(list, o)
		}
	}
	return list
}
