package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

type modelCommand struct {
	List   modelListCommand   `cmd:"" help:"List the models made of what has been decided, with how right they are."`
	Revert modelRevertCommand `cmd:"" help:"Categorise by an earlier model from now on; 0 is the program's own alone."`
}

type modelListCommand struct{}

// Run lists the models, the latest first.
func (modelListCommand) Run(ctx context.Context, cli *commands) error {
	return cli.withStore(ctx, readOnly, func(s *store.Store) error { return listModels(ctx, s, os.Stdout) })
}

func listModels(ctx context.Context, s *store.Store, out io.Writer) error {
	models, err := s.Models(ctx)
	if err != nil {
		return err
	}
	inForce, err := s.ModelInForce(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "version\tmade (UTC)\tdecisions\tright before\tright after\t")
	for _, m := range models {
		state := ""
		switch {
		case m.Version == inForce.Version:
			state = "in force"
		case !m.Better:
			state = "not better"
		}
		fmt.Fprintf(w, "%d\t%s\t%d\t%d\t%d\t%s\n",
			m.Version, m.TrainedAt.Format(time.DateTime), m.Examples, m.RightBefore, m.RightAfter, state)
	}
	own := "the program's own"
	if inForce.Version == 0 {
		own += ", in force"
	}
	fmt.Fprintf(w, "0\t\t\t\t\t%s\n", own)
	if err := w.Flush(); err != nil {
		return fmt.Errorf("printing the models: %w", err)
	}
	return nil
}

type modelRevertCommand struct {
	Version int64 `arg:"" help:"The version to categorise by; 0 is the program's own model alone."`
}

// Run puts a model in force by hand.
func (c modelRevertCommand) Run(ctx context.Context, cli *commands) error {
	return cli.withStore(ctx, beside, func(s *store.Store) error {
		if err := revertModel(ctx, s, c.Version); err != nil {
			return err
		}
		fmt.Printf("model %d is in force; no other takes its place before more has been decided\n", c.Version)
		return nil
	})
}

func revertModel(ctx context.Context, s *store.Store, version int64) error {
	var chosen store.Model
	if version != 0 {
		models, err := s.Models(ctx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(models, func(m store.Model) bool { return m.Version == version })
		if i < 0 {
			return fmt.Errorf("there is no model %d: incidentbot model list tells which there are", version)
		}
		chosen = models[i]
		weights, err := s.ModelWeights(ctx, version)
		if err != nil {
			return err
		}
		if _, err := policy.NewClassifier().With(weights); err != nil {
			return fmt.Errorf("model %d cannot be used: %w", version, err)
		}
	}
	return s.InTx(ctx, func(tx *store.Tx) error {
		old, err := tx.ModelInForce(ctx)
		if err != nil {
			return err
		}
		if old.Version == version {
			return fmt.Errorf("model %d is in force already", version)
		}
		if err := tx.PutInForce(ctx, store.ModelInForce{Version: version}); err != nil {
			return err
		}
		detail := fmt.Sprintf(`{"old":%d,"new":%d,"examples":%d,"right_before":%d,"right_after":%d}`,
			old.Version, version, chosen.Examples, chosen.RightBefore, chosen.RightAfter)
		return tx.Append(ctx, store.Event{Actor: "cli", Action: "model.reverted", Subject: fmt.Sprintf("model-%d", version), Detail: detail})
	})
}
