// Package migrations holds the register's schema as SQL files, a folder per database. It knows nothing else: who runs
// the files, and when, is the store's business.
//
// The two folders hold the same migrations under the same names, and lead to the same tables, columns and indexes; a
// test in the store holds them against each other. Migrations go forward only: what was registered is never taken back
// by a schema change, so there are no "down" parts.
package migrations

import "embed"

// FS holds sqlite/*.sql and postgres/*.sql in the format of goose (https://pressly.github.io/goose/documentation/annotations/).
//
//go:embed sqlite/*.sql postgres/*.sql
var FS embed.FS
