package store_test

import (
	"testing"

	"tyreso.se/incidentbot/store"
	"tyreso.se/incidentbot/store/storetest"
)

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t *testing.T) *store.Store { return storetest.SQLite(t) })
}
