package discord

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// checker goes through a request body and collects what is wrong with it, worded and nested as the platform does.
// https://discord.com/developers/docs/reference#error-messages
type checker struct {
	found     []formError
	unknown   []string // fields that the documentation does not have; the platform ignores them, here they are problems
	customIDs map[string]bool
	ids       map[int]bool
	count     int  // components so far
	shown     int  // characters in text displays so far
	modal     bool // the components are a modal's
	v2        bool // the message has IS_COMPONENTS_V2
}

func newChecker() *checker { return &checker{customIDs: map[string]bool{}, ids: map[int]bool{}} }

// formError is one thing that is wrong, at a path such as "components/0/custom_id".
type formError struct{ path, code, text string }

func (c *checker) fail(path, code, format string, a ...any) {
	c.found = append(c.found, formError{path, code, fmt.Sprintf(format, a...)})
}

// err returns what was found as a 50035; nil when nothing was.
func (c *checker) err() error {
	if len(c.found) == 0 {
		return nil
	}
	tree := object{}
	for _, e := range c.found {
		node := tree
		for _, key := range strings.Split(e.path, "/") {
			if key == "" {
				continue
			}
			next, ok := node[key].(object)
			if !ok {
				next = object{}
				node[key] = next
			}
			node = next
		}
		list, _ := node["_errors"].([]object)
		node["_errors"] = append(list, object{"code": e.code, "message": e.text})
	}
	return &refusal{status: 400, code: 50035, message: "Invalid Form Body", errors: tree, form: c.found}
}

// invalidForm is a 50035 with one thing wrong.
func invalidForm(path, code, text string) error {
	c := newChecker()
	c.fail(path, code, "%s", text)
	return c.err()
}

// rule checks one value.
type rule func(c *checker, v any, path string)

// property is one field of an object: required or not, with its rule.
type property struct {
	required bool
	rule     rule
}

func must(r rule) property { return property{true, r} }
func may(r rule) property  { return property{false, r} }

// shape is a kind of object: its fields, and what else holds for it.
type shape struct {
	fields map[string]property
	also   func(c *checker, o object, path string)
}

// shape checks o against s.
func (c *checker) shape(s shape, o object, path string) {
	for _, name := range slices.Sorted(maps.Keys(o)) {
		if _, known := s.fields[name]; !known && o[name] != nil {
			c.unknown = append(c.unknown, below(path, name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.fields)) {
		p := s.fields[name]
		switch v := o[name]; {
		case v != nil:
			p.rule(c, v, below(path, name))
		case p.required:
			c.fail(below(path, name), "BASE_TYPE_REQUIRED", "This field is required")
		}
	}
	if s.also != nil {
		s.also(c, o, path)
	}
}

func below(path, name string) string {
	if path == "" {
		return name
	}
	return path + "/" + name
}

func text(lowest, highest int) rule {
	return func(c *checker, v any, path string) {
		s, ok := v.(string)
		n := utf8.RuneCountInString(s)
		switch {
		case !ok:
			c.fail(path, "STRING_TYPE_CONVERT", "Could not interpret %q as string.", fmt.Sprint(v))
		case lowest > 0 && n == 0:
			c.fail(path, "BASE_TYPE_REQUIRED", "This field is required")
		case lowest > 0 && (n < lowest || n > highest):
			c.fail(path, "BASE_TYPE_BAD_LENGTH", "Must be between %d and %d in length.", lowest, highest)
		case n > highest:
			c.fail(path, "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length.", highest)
		}
	}
}

// trimmed is text whose leading and trailing white space does not count.
func trimmed(lowest, highest int) rule {
	check := text(lowest, highest)
	return func(c *checker, v any, path string) {
		if s, ok := v.(string); ok {
			v = strings.TrimSpace(s)
		}
		check(c, v, path)
	}
}

func number(lowest, highest int) rule {
	return func(c *checker, v any, path string) {
		i, ok := whole(v)
		switch {
		case !ok:
			c.fail(path, "NUMBER_TYPE_COERCE", "Value %q is not int.", fmt.Sprint(v))
		case i < lowest:
			c.fail(path, "NUMBER_TYPE_MIN", "int value should be greater than or equal to %d.", lowest)
		case i > highest:
			c.fail(path, "NUMBER_TYPE_MAX", "int value should be less than or equal to %d.", highest)
		}
	}
}

// numberOf is one of a few numbers.
func numberOf(values ...int) rule {
	return func(c *checker, v any, path string) {
		if i, ok := whole(v); !ok || !slices.Contains(values, i) {
			c.fail(path, "BASE_TYPE_CHOICES", "Value must be one of %v.", values)
		}
	}
}

// whole returns a JSON value as a whole number.
func whole(v any) (int, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	i, err := strconv.Atoi(n.String())
	return i, err == nil
}

// count returns a field as a whole number, or otherwise when it is absent.
func count(o object, name string, otherwise int) int {
	if i, ok := whole(o[name]); ok {
		return i
	}
	return otherwise
}

func flag(c *checker, v any, path string) {
	if _, ok := v.(bool); !ok {
		c.fail(path, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
	}
}

// never is a field that is documented and may not be used here.
func never(why string) rule {
	return func(c *checker, _ any, path string) { c.fail(path, "BASE_TYPE_CHOICES", "%s", why) }
}

// ignored is a field that the platform reads past, in this place.
func ignored(*checker, any, string) {}

// empty is a field that library structs carry along without a value.
func empty(c *checker, v any, path string) {
	if list, ok := v.([]any); (ok && len(list) == 0) || v == "" || v == false {
		return
	}
	c.unknown = append(c.unknown, path)
}

func snowflake(c *checker, v any, path string) {
	s, ok := v.(string)
	if !ok || !isSnowflake(s) {
		c.fail(path, "NUMBER_TYPE_COERCE", "Value %q is not snowflake.", fmt.Sprint(v))
	}
}

func isSnowflake(s string) bool {
	_, err := strconv.ParseUint(s, 10, 64)
	return err == nil
}

func list(lowest, highest int, each rule) rule {
	return func(c *checker, v any, path string) {
		l, ok := v.([]any)
		switch {
		case !ok:
			c.fail(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
			return
		case len(l) < lowest || (lowest > 0 && len(l) > highest):
			c.fail(path, "BASE_TYPE_BAD_LENGTH", "Must be between %d and %d in length.", lowest, highest)
		case len(l) > highest:
			c.fail(path, "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length.", highest)
		}
		for i, item := range l {
			each(c, item, below(path, strconv.Itoa(i)))
		}
	}
}

func with(s shape) rule {
	return func(c *checker, v any, path string) {
		dictionary(c, v, path)
		if o, ok := v.(object); ok {
			c.shape(s, o, path)
		}
	}
}

// dictionary is an object of any kind.
func dictionary(c *checker, v any, path string) {
	if _, ok := v.(object); !ok {
		c.fail(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
	}
}

// address is a URL of one of the schemes.
func address(highest int, schemes ...string) rule {
	check := text(1, highest)
	return func(c *checker, v any, path string) {
		check(c, v, path)
		s, _ := v.(string)
		scheme, rest, ok := strings.Cut(s, "://")
		if !ok || rest == "" || !slices.Contains(schemes, strings.ToLower(scheme)) {
			c.fail(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
		}
	}
}

// emoji is a partial emoji object. https://discord.com/developers/docs/resources/emoji#emoji-object
func emoji(c *checker, v any, path string) {
	with(shape{fields: map[string]property{"id": may(snowflake), "name": may(text(1, 32)), "animated": may(flag)}})(c, v, path)
}

// decode reads one JSON value, keeping numbers as they are written.
func decode(data []byte) (any, error) {
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("reading JSON: %w", err)
	}
	if d.More() {
		return nil, errors.New("reading JSON: more than one value")
	}
	return v, nil
}

// encode writes a value that came from JSON, or is made of the same types: it cannot fail.
func encode(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Errorf("writing JSON of a decoded value: %w", err))
	}
	return b
}

// objects returns a list of objects as such.
func objects(v any) []object {
	l, _ := v.([]any)
	all := make([]object, 0, len(l))
	for _, item := range l {
		if o, ok := item.(object); ok {
			all = append(all, o)
		}
	}
	return all
}

// parts reads back an encoded list of objects.
func parts(raw json.RawMessage) []object {
	if raw == nil {
		return nil
	}
	v, err := decode(raw)
	if err != nil {
		panic(fmt.Errorf("reading JSON written here: %w", err))
	}
	return objects(v)
}
