package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"tyreso.se/incidentbot/report"
	"tyreso.se/incidentbot/store"
)

type exportCommand struct {
	Register exportRegisterCommand `cmd:"" help:"Export the incident register."`
}

type exportRegisterCommand struct {
	Format string `required:"" enum:"csv,xlsx,json" help:"csv, xlsx or json."`
	Out    string `type:"path" placeholder:"FILE" help:"File to write; standard output when not given."`
}

// Run writes the register. It can be run while the bot is running.
func (c exportRegisterCommand) Run(ctx context.Context, cli *commands) error {
	return cli.withStore(ctx, false, func(s *store.Store) error { return c.write(ctx, s) })
}

func (c exportRegisterCommand) write(ctx context.Context, s *store.Store) (err error) {
	var out io.Writer = os.Stdout
	if c.Out != "" {
		// The register holds what people have told in confidence: nobody else may read the file.
		file, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		if err != nil {
			return fmt.Errorf("writing the register: %w", err)
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		out = file
	}
	return report.Register(ctx, s, c.Format, out, progress("cases"))
}

// progress counts on the terminal how much is done, and stays quiet when standard error is none.
func progress(what string) func(done int) {
	if !term.IsTerminal(int(os.Stderr.Fd())) {
		return nil
	}
	return func(done int) {
		if done%1000 == 0 {
			fmt.Fprintf(os.Stderr, "\r%d %s", done, what)
		}
	}
}
