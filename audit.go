package main

import (
	"context"
	"fmt"

	"tyreso.se/incidentbot/store"
)

type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"Walk the audit chain and name the first broken event; exit 1 when there is one."`
}

type auditVerifyCommand struct{}

// Run walks the audit chain from its beginning.
func (auditVerifyCommand) Run(ctx context.Context, cli *commands) error {
	return cli.withStore(ctx, readOnly, func(s *store.Store) error {
		verified, err := s.VerifyChain(ctx)
		if err != nil {
			return err
		}
		fmt.Printf("the audit chain is whole: %d events\n", verified)
		return nil
	})
}
