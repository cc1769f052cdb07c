package bottest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"tyreso.se/incidentbot/bot"
)

// perSearch is how many options a search gives.
const perSearch = 24

// Handler is a bot.Handler that answers what a test tells it to, and remembers what it was asked. For a surface that shows
// dialogs in parts it keeps what was answered between them, as bot.Request has it.
type Handler struct {
	mu sync.Mutex

	reply     bot.Reply // to Command, Shortcut and Press
	receipt   bot.Message
	refuse    func(req bot.Request) map[string]string // Submit: what is wrong
	inventory []bot.Option                            // Search

	asked  []bot.Request          // with all that was answered, also in earlier parts
	kept   map[string]bot.Request // by bot.Request.Kept
	faults []string
}

// NewHandler makes a handler that answers nothing.
func NewHandler() *Handler {
	return &Handler{kept: map[string]bot.Request{}, receipt: Receipt()}
}

// Receipt is what a handler answers a dialog with that was sent in.
func Receipt() bot.Message {
	return bot.Message{Summary: "Tack för din rapport", Blocks: []bot.Block{bot.Paragraph("Vi har tagit emot den.")}}
}

// Answer sets the answer to what follows: a command, a shortcut or a button.
func (h *Handler) Answer(reply bot.Reply) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.reply = reply
}

// Thank sets what a dialog that was sent in is answered with, in place of Receipt.
func (h *Handler) Thank(m bot.Message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.receipt = m
}

// Refuse sets what finds fault with a dialog that is sent in; nil: nothing does.
func (h *Handler) Refuse(refuse func(req bot.Request) map[string]string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.refuse = refuse
}

// Stock sets what can be searched for.
func (h *Handler) Stock(inventory []bot.Option) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.inventory = inventory
}

// Asked returns the requests of a kind so far, oldest first.
func (h *Handler) Asked(kind bot.Kind) []bot.Request {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(h.asked), func(r bot.Request) bool { return r.Kind != kind })
}

// Forget forgets the requests so far. What is kept of open dialogs stays.
func (h *Handler) Forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked = nil
}

// Faults returns what in the requests so far was not as the vocabulary has it.
func (h *Handler) Faults() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.faults)
}

// Handle implements bot.Handler.
func (h *Handler) Handle(_ context.Context, req bot.Request) (bot.Reply, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.check(req)
	if req.Kind == bot.Search {
		h.asked = append(h.asked, req)
		return h.search(req.Text), nil
	}
	if req.InParts && (req.Kind == bot.Change || req.Kind == bot.Submit || req.Kind == bot.Cancel) {
		req = h.merge(req)
	}
	h.asked = append(h.asked, req)
	switch req.Kind {
	case bot.Command, bot.Shortcut, bot.Press:
		return h.open(req), nil
	case bot.Change:
		return bot.Reply{Dialog: h.dialog(req)}, nil
	case bot.Submit:
		return h.submit(req), nil
	}
	return bot.Reply{}, nil // Cancel: nothing to say. Home: no page
}

func (h *Handler) open(req bot.Request) bot.Reply {
	reply := h.reply
	if reply.Dialog == nil {
		return reply
	}
	dialog := *reply.Dialog
	if req.InParts {
		dialog.Kept = fmt.Sprintf("kept-%d", len(h.kept)+1)
		h.kept[dialog.Kept] = bot.Request{
			Name: dialog.ID, Subject: dialog.Subject, Kept: dialog.Kept, Values: maps.Clone(dialog.Values),
		}
	}
	reply.Dialog = &dialog
	return reply
}

func (h *Handler) submit(req bot.Request) bot.Reply {
	if h.refuse != nil {
		if wrong := h.refuse(req); len(wrong) > 0 {
			reply := bot.Reply{Errors: wrong}
			if req.InParts {
				reply.Dialog = h.dialog(req)
			}
			return reply
		}
	}
	return bot.Reply{Message: &h.receipt}
}

// merge adds a part to what is kept, and returns the request with all of it.
func (h *Handler) merge(req bot.Request) bot.Request {
	kept, known := h.kept[req.Kept]
	if !known || h.reply.Dialog == nil {
		h.fault("a request about what is not kept: %q", req.Kept)
		return req
	}
	values := maps.Clone(kept.Values)
	if values == nil {
		values = bot.Values{}
	}
	files := kept.Files
	for id, answers := range req.Values {
		if f := h.reply.Dialog.Field(id); f != nil && f.Kind == bot.Files {
			if files = req.Files; len(files) == 0 {
				delete(values, id)
			}
			continue
		}
		if values[id] = slices.Clone(answers); len(answers) == 0 {
			delete(values, id)
		}
	}
	if len(req.Files) > 0 {
		files = req.Files
		for _, f := range h.reply.Dialog.Fields {
			if f.Kind == bot.Files {
				values[f.ID] = names(files)
			}
		}
	}
	kept.Values, kept.Files = values, files
	h.kept[req.Kept] = kept
	req.Values, req.Files = maps.Clone(values), slices.Clone(files)
	return req
}

func names(files []bot.File) []string {
	all := make([]string, len(files))
	for i, f := range files {
		all[i] = f.Name
	}
	return all
}

// dialog is the open dialog with all answers of a request.
func (h *Handler) dialog(req bot.Request) *bot.Dialog {
	if h.reply.Dialog == nil {
		return nil
	}
	dialog := *h.reply.Dialog
	dialog.Values, dialog.Kept = req.Values, req.Kept
	return &dialog
}

func (h *Handler) search(text string) bot.Reply {
	var reply bot.Reply
	for _, o := range h.inventory {
		if !strings.Contains(strings.ToLower(o.Label), strings.ToLower(strings.TrimSpace(text))) {
			continue
		}
		if len(reply.Options) == perSearch {
			reply.More = true
			break
		}
		reply.Options = append(reply.Options, o)
	}
	return reply
}

// check looks for what no request may lack.
func (h *Handler) check(req bot.Request) {
	switch {
	case req.Actor.Surface == "" || req.Actor.ID == "":
		h.fault("a request of kind %d without a person", req.Kind)
	case req.At.IsZero():
		h.fault("a request of kind %d without a time", req.Kind)
	case req.Key == "" && req.Kind != bot.Search:
		h.fault("a request of kind %d without a key", req.Kind)
	}
	inDialog := req.Kind == bot.Change || req.Kind == bot.Submit || req.Kind == bot.Cancel
	d := h.reply.Dialog
	if d == nil || !inDialog && req.Kind != bot.Search {
		return
	}
	if inDialog && (req.Name != d.ID || req.Subject != d.Subject) {
		h.fault("a request about the dialog %q of %q, and not %q of %q", req.Name, req.Subject, d.ID, d.Subject)
	}
	if f := d.Field(req.Field); req.Kind == bot.Search && (f == nil || f.Kind != bot.Lookup) {
		h.fault("a search in the field %q, which is none to search in", req.Field)
	}
	for id := range req.Values {
		if f := d.Field(id); f == nil || f.Kind == bot.Note {
			h.fault("an answer to %q, which the dialog does not ask", id)
		}
	}
}

func (h *Handler) fault(format string, a ...any) {
	h.faults = append(h.faults, fmt.Sprintf(format, a...))
}
