package handlers_test

import (
	"flag"
	"testing"
)

// checks is how many random stories a property test goes through, unless -rapid.checks says otherwise: each opens a register of its own.
const checks = "50"

func TestMain(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	if !given {
		if err := flag.Set("rapid.checks", checks); err != nil {
			panic(err) // rapid has no such flag any more
		}
	}
	m.Run()
}
