package main

import (
	"testing"

	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

func TestSystemChangesAreTold(t *testing.T) {
	before := []store.System{
		{Key: "a", Name: "A", OwnerEmail: "x@example.org", Levels: &policy.Levels{Integrity: 1}, Active: true}, {Key: "b", Name: "B"},
	}
	after := []store.System{
		{Key: "a", Name: "A", OwnerEmail: "y@example.org", Levels: &policy.Levels{Integrity: 2}, Active: true}, {Key: "b", Name: "B"},
		{Key: "c", Name: "C"},
	}
	differs(t, "lines", systemChanges(before, after), []string{"~ a: owner_email, class levels", "+ c"})
	differs(t, "the second time", len(systemChanges(after, after)), 0)
}
