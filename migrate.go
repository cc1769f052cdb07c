package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tyreso.se/incidentbot/scheduler"
	"tyreso.se/incidentbot/store"
)

// migrate brings our tables and the job queue's up to date.
func migrate(ctx context.Context, s *store.Store) error {
	if _, err := s.Migrate(ctx); err != nil {
		return err
	}
	return scheduler.Migrate(ctx, s)
}

type migrateCommand struct {
	Up     migrateUpCommand     `cmd:"" help:"Bring the database up to date."`
	Status migrateStatusCommand `cmd:"" help:"List the migrations; exit 1 when some are missing."`
}

type migrateUpCommand struct{}

// Run brings the database up to date.
func (migrateUpCommand) Run(ctx context.Context, cli *commands) error {
	return cli.withStore(ctx, writing, func(s *store.Store) error {
		if err := migrate(ctx, s); err != nil {
			return err
		}
		fmt.Println("the database is up to date")
		return nil
	})
}

type migrateStatusCommand struct{}

// Run lists the migrations.
func (migrateStatusCommand) Run(ctx context.Context, cli *commands) error {
	return cli.withStore(ctx, readOnly, func(s *store.Store) error {
		migrations, err := s.MigrationStatus(ctx)
		if err != nil {
			return err
		}
		missing := false
		for _, m := range migrations {
			state := "missing"
			if m.Applied {
				state = m.AppliedAt.Format(time.RFC3339)
			}
			missing = missing || !m.Applied
			fmt.Printf("%05d  %-40s %s\n", m.Version, m.Name, state)
		}
		if err := scheduler.Current(ctx, s); err != nil {
			fmt.Println("jobs   ", err)
			missing = true
		}
		if missing {
			return errors.New("the database is not up to date: run incidentbot migrate up")
		}
		return nil
	})
}
