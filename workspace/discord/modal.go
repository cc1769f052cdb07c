package discord

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// FieldErrors is what a person's own client says when a modal cannot be sent as it is filled in: the app hears nothing of it.
type FieldErrors struct {
	ByCustomID map[string]string // what is wrong, in Swedish, by the component's custom id
}

// Error implements error.
func (e *FieldErrors) Error() string {
	var words []string
	for _, id := range slices.Sorted(maps.Keys(e.ByCustomID)) {
		words = append(words, id+": "+e.ByCustomID[id])
	}
	return "the modal cannot be sent: " + strings.Join(words, "; ")
}

// opened returns the modal that a user has before them; the lock is held.
func (w *Workspace) opened(user, modal string) (*Modal, error) {
	if m := w.modals[user]; m != nil && m.ID == modal {
		return m, nil
	}
	return nil, fmt.Errorf("user %q has no modal %q open", user, modal)
}

// CloseModal closes a modal. The app is not told, and what was typed is gone.
func (w *Workspace) CloseModal(user, modal string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := w.opened(user, modal); err != nil {
		return err
	}
	delete(w.modals, user)
	w.touch()
	return nil
}

// SubmitModal fills in a modal and sends it. values are by custom id: one string for a text input, the values chosen for a
// select or a group, "true" or "false" for a checkbox. What is not given stays as the app filled it in. The error is a
// *FieldErrors when the client does not send it, a *PersonError when the app failed (the modal then stays open with what was
// typed), and any other when a person could not have done that.
// https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-modal-submit-data-structure
func (w *Workspace) SubmitModal(
	ctx context.Context, user, modal string, values map[string][]string, files ...Upload,
) (Seen, error) {
	w.mu.Lock()
	m, err := w.opened(user, modal)
	if err != nil {
		w.mu.Unlock()
		return Seen{}, err
	}
	s := &submission{w: w, modal: m, values: values, files: files, wrong: map[string]string{}, resolved: object{}}
	components := s.fill(parts(m.Components))
	if err := s.err(); err != nil {
		w.mu.Unlock()
		return Seen{}, err
	}
	data := object{"custom_id": m.CustomID, "components": components}
	if len(s.resolved) > 0 {
		data["resolved"] = s.resolved
	}
	i := w.newInteraction(interactionModal, user, m.Channel, data)
	i.source = m.source
	w.mu.Unlock()

	seen, err := w.invoke(ctx, i)
	w.mu.Lock()
	defer w.mu.Unlock()
	switch m.Failed = err != nil; {
	case m.Failed && w.modals[user] == m:
		m.Components = encode(s.kept(parts(m.Components)))
	case w.modals[user] == m:
		delete(w.modals, user)
	}
	w.touch()
	return seen, err
}

// submission fills in a modal. The workspace's lock is held.
type submission struct {
	w        *Workspace
	modal    *Modal
	values   map[string][]string
	files    []Upload
	known    []string // custom ids that the modal has
	wrong    map[string]string
	bad      error // what a person could not have done
	resolved object
}

// err returns what keeps the submission from being sent.
func (s *submission) err() error {
	for id := range s.values {
		if !slices.Contains(s.known, id) {
			return fmt.Errorf("modal %q has no component %q", s.modal.ID, id)
		}
	}
	for _, f := range s.files {
		if !slices.Contains(s.known, f.CustomID) {
			return fmt.Errorf("modal %q has no component %q", s.modal.ID, f.CustomID)
		}
	}
	if s.bad != nil {
		return s.bad
	}
	if len(s.wrong) > 0 {
		return &FieldErrors{s.wrong}
	}
	return nil
}

// fill returns components as a submission carries them: each with its type and number, and those that are filled in with
// their custom id and what was filled in.
func (s *submission) fill(components []object) []object {
	filled := []object{}
	for _, o := range components {
		out := object{"type": o["type"], "id": o["id"]}
		switch kindOf(o) {
		case textDisplay:
		case label:
			inner, _ := o["component"].(object)
			out["component"] = s.fill([]object{inner})[0]
		case actionRow:
			out["components"] = s.fill(objects(o["components"]))
		default:
			id, _ := o["custom_id"].(string)
			s.known = append(s.known, id)
			out["custom_id"] = id
			maps.Copy(out, s.input(id, o))
		}
		filled = append(filled, out)
	}
	return filled
}

// input returns what was filled in in one component.
func (s *submission) input(id string, o object) object {
	switch kindOf(o) {
	case textInput:
		return object{"value": s.text(id, o)}
	case fileUpload:
		return object{"values": s.uploads(id, o)}
	case checkbox:
		given, is := s.values[id]
		checked := o["default"] == true
		if is {
			checked = len(given) == 1 && given[0] == "true"
		}
		return object{"value": checked}
	}
	values := s.choices(id, o)
	if kindOf(o) != radioGroup {
		return object{"values": values}
	}
	if len(values) == 0 {
		return object{"value": nil}
	}
	return object{"value": values[0]}
}

// text is what was typed in a text input, or was there before.
func (s *submission) text(id string, o object) string {
	typed, _ := o["value"].(string)
	if given, is := s.values[id]; is {
		typed = strings.Join(given, "")
	}
	n := utf8.RuneCountInString(typed)
	least, most := count(o, "min_length", 0), count(o, "max_length", maxInputLength)
	switch {
	case n == 0 && o["required"] != false:
		s.wrong[id] = "Fyll i det här fältet."
	case n > 0 && n < least:
		s.wrong[id] = fmt.Sprintf("Skriv minst %d tecken.", least)
	case n > most:
		s.wrong[id] = fmt.Sprintf("Skriv högst %d tecken.", most)
	case count(o, "style", 1) == 1 && strings.ContainsAny(typed, "\r\n"):
		s.wrong[id] = "Skriv på en rad."
	}
	return typed
}

// choices are what was chosen in a select or a group, or was chosen before.
func (s *submission) choices(id string, o object) []string {
	values := []string{}
	for _, option := range objects(o["options"]) {
		if v, _ := option["value"].(string); option["default"] == true {
			values = append(values, v)
		}
	}
	for _, chosen := range objects(o["default_values"]) {
		v, _ := chosen["id"].(string)
		values = append(values, v)
	}
	if given, is := s.values[id]; is {
		values = append([]string{}, given...)
	}
	most := count(o, "max_values", 1)
	if kindOf(o) == checkboxGroup {
		most = count(o, "max_values", len(objects(o["options"])))
	}
	s.howMany(id, o, len(values), most)
	resolved, err := s.w.chosen(o, values)
	if err != nil {
		s.bad = fmt.Errorf("component %q: %w", id, err)
	}
	maps.Copy(s.resolved, resolved)
	return values
}

// howMany checks how many things were chosen or handed in; a component that is not required may be left alone.
func (s *submission) howMany(id string, o object, n, most int) {
	least := count(o, "min_values", 1)
	switch {
	case n == 0 && o["required"] != false:
		s.wrong[id] = "Välj minst ett alternativ."
	case n > 0 && n < least:
		s.wrong[id] = fmt.Sprintf("Välj minst %d.", least)
	case n > most:
		s.wrong[id] = fmt.Sprintf("Välj högst %d.", most)
	}
}

// uploads takes in the files for a file upload.
func (s *submission) uploads(id string, o object) []string {
	ids := []string{}
	files, _ := s.resolved["attachments"].(object)
	if files == nil {
		files = object{}
	}
	mine := slices.DeleteFunc(slices.Clone(s.files), func(f Upload) bool { return f.CustomID != id })
	s.howMany(id, o, len(mine), count(o, "max_values", 1))
	for _, f := range mine {
		if len(f.Content) > maxFileBytes {
			s.wrong[id] = fmt.Sprintf("Filen får vara högst %d MB.", maxFileBytes>>20)
			continue
		}
		a := s.w.keep(s.modal.Channel, f.Name, f.ContentType, f.Content, true)
		files[a.ID] = s.w.attachmentObject(a)
		ids = append(ids, a.ID)
	}
	if len(files) > 0 {
		s.resolved["attachments"] = files
	}
	return ids
}

// kept puts what was typed and chosen into the components of a modal that stays open.
func (s *submission) kept(components []object) []object {
	walk(components, func(o object) {
		id, _ := o["custom_id"].(string)
		given, is := s.values[id]
		if !is {
			return
		}
		switch kindOf(o) {
		case textInput:
			o["value"] = strings.Join(given, "")
		case checkbox:
			o["default"] = len(given) == 1 && given[0] == "true"
		case stringSelect, radioGroup, checkboxGroup:
			for _, option := range objects(o["options"]) {
				v, _ := option["value"].(string)
				option["default"] = slices.Contains(given, v)
			}
		}
	})
	return components
}
