package store_test

import (
	"testing"

	"tyreso.se/incidentbot/store"
	"tyreso.se/incidentbot/store/storetest"
)

func TestPostgres(t *testing.T) {
	storetest.Run(t, func(t *testing.T) *store.Store { return storetest.Postgres(t) })
}

func TestPostgresWithTwoProcesses(t *testing.T) {
	address := storetest.PostgresURL(t)
	first, second := storetest.Open(t, address), storetest.Open(t, address)
	if _, err := first.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	storetest.Drain(t, []*store.Store{first, second}, 60)
	if n, err := second.VerifyChain(t.Context()); err != nil || n != 60 {
		t.Errorf("verified %d events, %v", n, err)
	}
}
