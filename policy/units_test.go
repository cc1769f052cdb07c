package policy_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tyreso.se/incidentbot/policy"
)

func TestUnits(t *testing.T) {
	got := policy.Units([]policy.Member{
		{Email: "boss", Unit: "Kansliet"},
		{Email: "clerk", Unit: "Kansliet", Manager: "boss"},
		{Email: "care", Unit: "Omsorgen", Manager: "boss"},
		{Email: "north", Unit: "Hemtjänsten", Manager: "care"},
		{Email: "n1", Unit: "Hemtjänsten", Manager: "north"},
		{Email: "n2", Unit: "Hemtjänsten", Manager: "north"},
		{Email: "s1", Unit: "Städet", Manager: "care"}, // managed from another unit
		{Email: "s2", Unit: "Städet", Manager: "care"},
		{Email: "chair", Unit: "Nämnden"},
		{Email: "member", Unit: "Nämnden", Manager: "chair"},
	})
	want := []policy.Unit{
		{Name: "Hemtjänsten", Parent: "Omsorgen", Manager: "north"}, {Name: "Kansliet", Manager: "boss"}, {Name: "Nämnden", Manager: "chair"},
		{Name: "Omsorgen", Parent: "Kansliet", Manager: "care"}, {Name: "Städet", Parent: "Omsorgen", Manager: "care"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("units differ (-want +got):\n%s", diff)
	}
}

func TestAdministrations(t *testing.T) {
	unit := func(name, parent string) policy.Unit { return policy.Unit{Name: name, Parent: parent} }
	for name, test := range map[string]struct {
		tree []policy.Unit
		want map[string]string
	}{
		"branches that meet at the top": {
			[]policy.Unit{unit("Kommunen", ""), unit("Vård", "Kommunen"), unit("Hemtjänsten", "Vård"), unit("Norr", "Hemtjänsten"), unit("Nämnden", "")},
			map[string]string{"Kommunen": "Kommunen", "Vård": "Vård", "Hemtjänsten": "Vård", "Norr": "Vård", "Nämnden": "Nämnden"},
		},
		"branches of their own": {
			[]policy.Unit{unit("Vård", ""), unit("Hemtjänsten", "Vård"), unit("Skola", ""), unit("Förskolan", "Skola")},
			map[string]string{"Vård": "Vård", "Hemtjänsten": "Vård", "Skola": "Skola", "Förskolan": "Skola"},
		},
		"a ring ends": {
			[]policy.Unit{unit("A", "B"), unit("B", "A")}, map[string]string{"A": "A", "B": "B"},
		},
		"none": {nil, map[string]string{}},
	} {
		if diff := cmp.Diff(test.want, policy.Administrations(test.tree)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Whatever the staff list says of managers, the units are a tree: every line upwards ends, and every unit has somebody responsible.
func TestUnitsAreATree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "people")
		members := make([]policy.Member, n)
		for i := range members {
			members[i] = policy.Member{Email: fmt.Sprint("p", i), Unit: fmt.Sprint("u", rapid.IntRange(0, 6).Draw(t, "unit"))}
			if m := rapid.IntRange(-1, n).Draw(t, "manager"); m >= 0 && m != i {
				members[i].Manager = fmt.Sprint("p", m)
			}
		}
		parents := map[string]string{}
		for _, u := range policy.Units(members) {
			parents[u.Name] = u.Parent
			if u.Manager == "" {
				t.Errorf("nobody is responsible for %s", u.Name)
			}
		}
		for name := range parents {
			steps := 0
			for up := name; up != ""; up = parents[up] {
				if steps++; steps > len(parents) {
					t.Fatalf("the line upwards from %s does not end: %v", name, parents)
				}
			}
			if !policy.Within(parents, name, name) {
				t.Errorf("%s is not within itself", name)
			}
		}
	})
}
