package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
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
	Systems  exportSystemsCommand  `cmd:"" help:"Export the systems inventory."`
	Measures exportMeasuresCommand `cmd:"" help:"Export the measures of all cases and risks."`
	Risks    exportRisksCommand    `cmd:"" help:"Export the risks."`
	Audit    exportAuditCommand    `cmd:"" help:"Export the audit chain."`
	Person   exportPersonCommand   `cmd:"" help:"Export what the register holds about a person, for that person (GDPR article 15)."`
}

// exportTable is a table of the register on its way to a file.
type exportTable struct {
	Format string `required:"" enum:"csv,xlsx,json" help:"csv, xlsx or json."`
	Out    string `type:"path" placeholder:"FILE" help:"File to write; standard output when not given."`
}

type (
	exportRegisterCommand struct{ exportTable }
	exportSystemsCommand  struct{ exportTable }
	exportMeasuresCommand struct{ exportTable }
	exportRisksCommand    struct{ exportTable }
	exportAuditCommand    struct{ exportTable }
)

// Run writes the register. It can be run while the bot is running.
func (c exportRegisterCommand) Run(ctx context.Context, cli *commands) error {
	return c.run(ctx, cli, "cases", report.Register)
}

// Run writes the systems inventory. It can be run while the bot is running.
func (c exportSystemsCommand) Run(ctx context.Context, cli *commands) error {
	return c.run(ctx, cli, "systems", report.Systems)
}

// Run writes the measures. It can be run while the bot is running.
func (c exportMeasuresCommand) Run(ctx context.Context, cli *commands) error {
	return c.run(ctx, cli, "measures", report.Measures)
}

// Run writes the risks. It can be run while the bot is running.
func (c exportRisksCommand) Run(ctx context.Context, cli *commands) error {
	return c.run(ctx, cli, "risks", report.Risks)
}

// Run writes the audit chain. It can be run while the bot is running.
func (c exportAuditCommand) Run(ctx context.Context, cli *commands) error {
	return c.run(ctx, cli, "events", report.Audit)
}

// tableWriter writes a table of the register in a format.
type tableWriter func(ctx context.Context, s *store.Store, format string, w io.Writer, progress func(done int)) error

func (c exportTable) run(ctx context.Context, cli *commands, what string, write tableWriter) error {
	return cli.withStore(ctx, readOnly, func(s *store.Store) error {
		return writeTo(c.Out, func(w io.Writer) error { return write(ctx, s, c.Format, w, progress(what)) })
	})
}

// writeTo writes to the file at path, or to standard output when path is "".
func writeTo(path string, write func(io.Writer) error) (err error) {
	if path == "" {
		return write(os.Stdout)
	}
	// The register holds what people have told in confidence: nobody else may read the file.
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("opening the file to write: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return write(file)
}

type exportPersonCommand struct {
	Email string `required:"" help:"The person's e-mail address, as in the staff list or the chat."`
	Out   string `type:"path" placeholder:"FILE" help:"File to write; standard output when not given."`
}

// Run writes what is held about a person as JSON. It can be run while the bot is running.
func (c exportPersonCommand) Run(ctx context.Context, cli *commands) error {
	return cli.withStore(ctx, beside, func(s *store.Store) error { return c.write(ctx, s) })
}

// write notes in the audit chain that it was done, before anything is handed out, and under a digest: the chain holds no addresses.
func (c exportPersonCommand) write(ctx context.Context, s *store.Store) error {
	if err := s.Current(ctx); err != nil {
		return err
	}
	data, err := report.Person(ctx, s, c.Email)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(data.Email))
	err = s.InTx(ctx, func(tx *store.Tx) error {
		return tx.Append(ctx, store.Event{Actor: "cli", Action: "person.exported", Subject: hex.EncodeToString(sum[:]), Detail: "{}"})
	})
	if err != nil {
		return fmt.Errorf("recording that a person's data was exported: %w", err)
	}
	return writeTo(c.Out, data.Write)
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
