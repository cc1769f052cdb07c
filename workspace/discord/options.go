package discord

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"
)

// filling fills in the options of a slash command as a person's client does. The workspace's lock is held.
type filling struct {
	w        *Workspace
	user     string
	channel  string
	locale   string
	files    []Upload
	resolved object
	offered  int // type of the focused option
}

// options turns what was typed into the options of a payload. focused is the option being typed, "" when the command is used:
// then all that is required must be there.
func (f *filling) options(declared []CommandOption, typed map[string]string, focused string) ([]object, error) {
	given := []object{}
	taken := 0
	for _, o := range declared {
		value, is := typed[o.Name]
		if !is {
			value, is = typed[o.LocalName(f.locale)]
		}
		if is {
			taken++
		}
		if focused != "" && (o.Name == focused || o.LocalName(f.locale) == focused) {
			if !o.Autocomplete {
				return nil, fmt.Errorf("option %s has no autocomplete", o.Name)
			}
			f.offered = o.Type
			given = append(given, object{"name": o.Name, "type": o.Type, "value": value, "focused": true})
			continue
		}
		if o.Type == attachmentOption && focused == "" {
			is = slices.ContainsFunc(f.files, func(u Upload) bool { return u.CustomID == o.Name })
		}
		if !is {
			if o.Required && focused == "" {
				return nil, fmt.Errorf("option %s is required", o.Name)
			}
			continue
		}
		v, err := f.value(o, value)
		switch {
		case err != nil && focused != "":
			continue // what is not valid yet is left out while typing
		case err != nil:
			return nil, fmt.Errorf("option %s: %w", o.Name, err)
		}
		given = append(given, object{"name": o.Name, "type": o.Type, "value": v})
	}
	if taken != len(typed) || (focused != "" && f.offered == 0) {
		return nil, errors.New("an option that the command does not have")
	}
	return given, nil
}

// value reads what was typed for an option by its type.
func (f *filling) value(o CommandOption, typed string) (any, error) {
	if len(o.Choices) > 0 {
		for _, c := range o.Choices {
			if fmt.Sprint(c.Value) == typed || c.LocalName(f.locale) == typed {
				return c.Value, nil
			}
		}
		return nil, fmt.Errorf("no choice %q", typed)
	}
	between := func(n float64, least, most *float64) error {
		if (least != nil && n < *least) || (most != nil && n > *most) {
			return fmt.Errorf("%v is out of bounds", n)
		}
		return nil
	}
	switch o.Type {
	case stringOption:
		n := utf8.RuneCountInString(typed)
		if (o.MinLength != nil && n < *o.MinLength) || (o.MaxLength != nil && n > *o.MaxLength) || n > maxOptionLength || n == 0 {
			return nil, fmt.Errorf("%d characters are too few or too many", n)
		}
		return typed, nil
	case integerOption:
		n, err := strconv.ParseInt(typed, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("reading a whole number: %w", err)
		}
		return n, between(float64(n), o.MinValue, o.MaxValue)
	case numberOption:
		n, err := strconv.ParseFloat(typed, 64)
		if err != nil {
			return nil, fmt.Errorf("reading a number: %w", err)
		}
		return n, between(n, o.MinValue, o.MaxValue)
	case booleanOption:
		b, err := strconv.ParseBool(typed)
		if err != nil {
			return nil, fmt.Errorf("reading yes or no: %w", err)
		}
		return b, nil
	case attachmentOption:
		return f.attachment(o)
	}
	kind := map[int]int{userOption: userSelect, channelOption: channelSelect, roleOption: roleSelect, mentionOption: mentionSelect}[o.Type]
	if !f.w.resolve(f.resolved, kind, typed) {
		return nil, fmt.Errorf("nobody and nothing called %q", typed)
	}
	return typed, nil
}

// attachment takes in the file for an attachment option.
func (f *filling) attachment(o CommandOption) (any, error) {
	for _, u := range f.files {
		if u.CustomID != o.Name {
			continue
		}
		if len(u.Content) > maxFileBytes {
			return nil, fmt.Errorf("%s is larger than %d bytes", u.Name, maxFileBytes)
		}
		a := f.w.keep(f.channel, u.Name, u.ContentType, u.Content, true)
		f.resolved["attachments"] = object{a.ID: f.w.attachmentObject(a)}
		return a.ID, nil
	}
	return nil, errors.New("no file")
}

// plainValue writes a value of a choice.
func plainValue(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return fmt.Sprint(v)
}
