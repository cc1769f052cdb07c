package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// file is the settings file while it is read and checked. The library decodes the single values; what is walked here is
// the structure around them, because the library's own strict mode stops at the first unknown key and forgets where a
// value stood, which the checks that come after need.
type file struct {
	name     string
	problems Problems
	at       map[string]*token.Position // where each value stands, by path: roles.ciso[0].email
	keyAt    map[string]*token.Position // where each key stands
	anchors  map[string]ast.Node
	given    map[string]bool // the paths of the single values that the file holds: 0 and not there differ
	unread   []string        // paths of values that could not be read: each mistake is told once
}

func newFile(name string) *file {
	return &file{
		name:    name,
		at:      map[string]*token.Position{},
		keyAt:   map[string]*token.Position{},
		given:   map[string]bool{},
		anchors: map[string]ast.Node{},
	}
}

// read fills into with what the text says, and notes a problem for everything in it that does not fit.
func (f *file) read(text []byte, into *Config) {
	parsed, err := parser.ParseBytes(text, 0)
	if err != nil {
		f.fail(err, "cannot be read as YAML")
		return
	}
	if len(parsed.Docs) > 1 {
		f.addAt(position(parsed.Docs[1]), `holds a second document; remove the line "---"`)
	}
	if len(parsed.Docs) > 0 && parsed.Docs[0].Body != nil {
		f.fill(parsed.Docs[0].Body, reflect.ValueOf(into).Elem(), "")
	}
}

func (f *file) fill(node ast.Node, into reflect.Value, path string) {
	if path != "" {
		f.at[path] = position(node)
	}
	switch n := node.(type) {
	case *ast.AnchorNode:
		f.anchors[n.Name.GetToken().Value] = n.Value
		f.fill(n.Value, into, path)
		return
	case *ast.AliasNode:
		name := n.Value.GetToken().Value
		target, ok := f.anchors[name]
		if !ok {
			f.unreadable(n, path, "no &%s stands above this", name)
			return
		}
		f.fill(target, into, path) // ends, also for an anchor within itself: the settings are not that deep
		return
	case *ast.NullNode, *ast.CommentGroupNode:
		return // a key with nothing after it: the default stands
	}
	switch into.Kind() {
	case reflect.Struct:
		f.fillStruct(node, into, path)
	case reflect.Map:
		f.fillMap(node, into, path)
	case reflect.Slice:
		f.fillSlice(node, into, path)
	default:
		f.fillValue(node, into, path)
	}
}

func (f *file) fillStruct(node ast.Node, into reflect.Value, path string) {
	fields := map[string]reflect.Value{}
	var known []string
	for i := range into.NumField() {
		if key := into.Type().Field(i).Tag.Get("yaml"); key != "-" {
			fields[key] = into.Field(i)
			known = append(known, key)
		}
	}
	for _, e := range f.entries(node, path) {
		key := e.Key.GetToken().Value
		field, ok := fields[key]
		if !ok {
			where := "here"
			if path != "" {
				where = "in " + path
			}
			f.addAt(position(e), "unknown key %q %s%s", key, where, suggest(key, known))
			continue
		}
		f.keyAt[join(path, key)] = position(e)
		f.fill(e.Value, field, join(path, key))
	}
}

func (f *file) fillMap(node ast.Node, into reflect.Value, path string) {
	for _, e := range f.entries(node, path) {
		key := e.Key.GetToken().Value
		f.keyAt[join(path, key)] = position(e)
		value := reflect.New(into.Type().Elem()).Elem()
		f.fill(e.Value, value, join(path, key))
		if into.IsNil() {
			into.Set(reflect.MakeMap(into.Type()))
		}
		into.SetMapIndex(reflect.ValueOf(key), value)
	}
}

func (f *file) fillSlice(node ast.Node, into reflect.Value, path string) {
	list, ok := node.(*ast.SequenceNode)
	if !ok {
		f.unreadable(node, path, "%s must be a list: a line beginning with \"- \" for each, or [] for none", path)
		return
	}
	values := reflect.MakeSlice(into.Type(), len(list.Values), len(list.Values))
	for i, n := range list.Values {
		f.fill(n, values.Index(i), fmt.Sprintf("%s[%d]", path, i))
	}
	into.Set(values)
}

func (f *file) fillValue(node ast.Node, into reflect.Value, path string) {
	if _, ok := node.(ast.ScalarNode); !ok {
		f.unreadable(node, path, "%s must be %s", path, describe(into.Kind()))
		return
	}
	f.given[path] = true
	if into.Kind() == reflect.String {
		// As it was written: an id of digits is text, whatever number it would make.
		into.SetString(node.GetToken().Value)
		if literal, ok := node.(*ast.LiteralNode); ok {
			into.SetString(literal.Value.Value)
		}
		return
	}
	err := yaml.NodeToValue(node, into.Addr().Interface(), yaml.Strict())
	if _, whole := node.(*ast.IntegerNode); err != nil || into.Kind() == reflect.Int && !whole { // the library would cut 1.5 to 1
		f.unreadable(node, path, "%s must be %s, not %q", path, describe(into.Kind()), node.GetToken().Value)
	}
}

// entries returns the keys and values of a mapping.
func (f *file) entries(node ast.Node, path string) []*ast.MappingValueNode {
	switch n := node.(type) {
	case *ast.MappingNode:
		return n.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}
	}
	what := path
	if what == "" {
		what = "the file"
	}
	f.unreadable(node, path, `%s must hold keys and values: "key: value"`, what)
	return nil
}

// fail notes an error from the library, with the place it names.
func (f *file) fail(err error, what string) {
	var located yaml.Error
	if errors.As(err, &located) && located.GetToken() != nil {
		f.addAt(located.GetToken().Position, "%s: %s", what, located.GetMessage())
		return
	}
	f.problems = append(f.problems, Problem{Where: f.name, Text: what + ": " + err.Error()})
}

// unreadable notes that the value at path could not be read.
func (f *file) unreadable(node ast.Node, path, format string, args ...any) {
	f.unread = append(f.unread, path)
	f.addAt(position(node), format, args...)
}

// add notes a problem with the value at path, or with the nearest thing around it that the file holds. What could not be
// read is empty only for that reason and is not judged.
func (f *file) add(path, format string, args ...any) {
	if slices.ContainsFunc(f.unread, func(u string) bool { return within(path, u) || within(u, path) }) {
		return
	}
	for p := path; p != ""; p = parent(p) {
		if at, ok := f.at[p]; ok {
			f.addAt(at, format, args...)
			return
		}
	}
	f.problems = append(f.problems, Problem{Where: f.name, Text: fmt.Sprintf(format, args...)})
}

// addKey notes a problem with the key at the end of path.
func (f *file) addKey(path, format string, args ...any) { f.addAt(f.keyAt[path], format, args...) }

func (f *file) addAt(at *token.Position, format string, args ...any) {
	p := Problem{Where: f.name, Text: fmt.Sprintf(format, args...)}
	if at != nil {
		p.Line, p.Column = at.Line, at.Column
	}
	f.problems = append(f.problems, p)
}

// sorted returns the problems from the top of the file to its bottom.
func (f *file) sorted() Problems {
	slices.SortStableFunc(f.problems, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return f.problems
}

// position returns where a node begins: a mapping at its first key, not at the colon that the parser names.
func position(node ast.Node) *token.Position {
	switch n := node.(type) {
	case *ast.DocumentNode:
		if n.Start != nil {
			return n.Start.Position
		}
		return position(n.Body)
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return position(n.Values[0])
		}
	case *ast.MappingValueNode:
		return n.Key.GetToken().Position
	}
	if t := node.GetToken(); t != nil {
		return t.Position
	}
	return nil
}

// describe puts a kind of value in an operator's words.
func describe(k reflect.Kind) string {
	switch k {
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a whole number"
	default:
		return "a number"
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// within tells whether the value at path is the one at outer or lies in it.
func within(path, outer string) bool {
	rest, ok := strings.CutPrefix(path, outer)
	return ok && (outer == "" || rest == "" || rest[0] == '.' || rest[0] == '[')
}

// parent returns the path of what a value lies in, "" for the file itself.
func parent(path string) string { return path[:max(0, strings.LastIndexAny(path, ".["))] }
