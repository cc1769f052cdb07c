package discord

import (
	"encoding/json"
	"strconv"
)

// childrenOf returns the components inside another.
func childrenOf(o object) []object {
	inside := objects(o["components"])
	for _, name := range []string{"component", "accessory"} {
		if child, ok := o[name].(object); ok {
			inside = append(inside, child)
		}
	}
	return inside
}

// walk visits components and those inside them, outer ones first.
func walk(components []object, visit func(object)) {
	for _, o := range components {
		visit(o)
		walk(childrenOf(o), visit)
	}
}

// find returns the component with a custom id; nil when there is none.
func find(components []object, id string) object {
	var found object
	walk(components, func(o object) {
		if o["custom_id"] == id {
			found = o
		}
	})
	return found
}

// keptComponents is how components are kept and returned: each with a number, those that were not given one in turn.
// https://discord.com/developers/docs/components/reference#anatomy-of-a-component
func keptComponents(v any) []any {
	taken, next := map[int]bool{}, 1
	walk(objects(v), func(o object) { taken[count(o, "id", 0)] = true })
	walk(objects(v), func(o object) {
		if count(o, "id", 0) != 0 {
			return
		}
		for taken[next] {
			next++
		}
		o["id"] = json.Number(strconv.Itoa(next))
		next++
	})
	all, _ := v.([]any)
	return all
}
