package store

import (
	"maps"
	"slices"
)

// Statements returns what has been run so far, by the pools that ran it.
func Statements(s *Store) []string {
	var all []string
	for _, p := range []*pool{s.reader, s.writer} {
		p.mu.RLock()
		all = slices.AppendSeq(all, maps.Keys(p.prepared))
		p.mu.RUnlock()
	}
	return all
}
