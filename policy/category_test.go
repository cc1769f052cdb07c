package policy_test

import (
	"strings"
	"testing"

	"tyreso.se/incidentbot/policy"
)

func TestEveryCategoryIsComplete(t *testing.T) {
	seen := map[policy.Category]bool{}
	for _, c := range policy.Categories() {
		t.Run(string(c), func(t *testing.T) {
			if !c.Valid() || seen[c] {
				t.Errorf("valid %v, seen before %v", c.Valid(), seen[c])
			}
			seen[c] = true
			if (c.DefaultAspects() == 0) != (c == policy.Other) {
				t.Errorf("default aspects %q", c.DefaultAspects())
			}
			if len(c.RSIT()) == 0 || len(c.VERIS()) == 0 || c.IMYType() == "" {
				t.Errorf("RSIT %q, VERIS %q, IMY %q: none may be empty", c.RSIT(), c.VERIS(), c.IMYType())
			}
			for _, name := range c.RSIT() {
				if strings.Count(name, ":") != 1 {
					t.Errorf("RSIT name %q is not class:type", name)
				}
			}
			for _, name := range c.VERIS() {
				if strings.Count(name, "/") != 1 {
					t.Errorf("VERIS name %q is not action/variety", name)
				}
			}
		})
	}
	if len(seen) != 15 {
		t.Errorf("%d categories, want 15", len(seen))
	}
}

func TestUnknownCategoryIsNotValid(t *testing.T) {
	for _, c := range []policy.Category{"", "Misdelivery", "felskick"} {
		if c.Valid() || c.DefaultAspects() != 0 || c.IMYType() != "" {
			t.Errorf("%q passes for a category", c)
		}
	}
}

func TestListsAreTheCallersOwn(t *testing.T) {
	policy.Categories()[0] = "changed"
	policy.Misdelivery.RSIT()[0] = "changed"
	policy.Actions()[0] = "changed"
	if policy.Categories()[0] != policy.Misdelivery || policy.Misdelivery.RSIT()[0] == "changed" ||
		policy.Actions()[0] != policy.SeeCard {
		t.Error("what a caller wrote came back to another")
	}
}

func TestCauseIsValidWhenListed(t *testing.T) {
	for _, c := range policy.Causes() {
		if !c.Valid() {
			t.Errorf("%q is listed and not valid", c)
		}
	}
	if policy.Cause("").Valid() || policy.Cause("weather").Valid() {
		t.Error("an unlisted cause is valid")
	}
}
