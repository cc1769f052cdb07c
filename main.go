// Command incidentbot takes incident reports in a municipality's chat and sees them through to their end.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"tyreso.se/incidentbot/config"
	"tyreso.se/incidentbot/store"
)

// version is set when the program is built for release.
var version = "0.1.0-dev"

// commands are the command line; each one's Run is in the file of its name.
type commands struct {
	Config string `help:"Configuration file; INCIDENTBOT_CONFIG when not given." type:"path" placeholder:"FILE"`

	Demo        demoCommand        `cmd:"" help:"Try it in the browser: a local chat, sample data, no accounts, no network."`
	Serve       serveCommand       `cmd:"" help:"Run the bot."`
	Migrate     migrateCommand     `cmd:"" help:"Bring the database up to date, or tell whether it is."`
	Doctor      doctorCommand      `cmd:"" help:"Check database, tokens, scopes, channels and roles; say what to mend."`
	Manifest    manifestCommand    `cmd:"" help:"Print what to paste when creating the app."`
	Import      importCommand      `cmd:"" help:"Import the staff list, the systems inventory or who has taken which course from a CSV file."`
	Export      exportCommand      `cmd:"" help:"Export the register."`
	Report      reportCommand      `cmd:"" help:"Compile reports from the register."`
	Policy      policyCommand      `cmd:"" help:"Print, clause by clause of the policy, what is done for it and what there is to show today."`
	Classify    classifyCommand    `cmd:"" help:"Categorise reports: JSON lines {\"id\",\"text\"} in, JSON lines out."`
	Model       modelCommand       `cmd:"" help:"List the models made of what has been decided, or choose which is in force."`
	Audit       auditCommand       `cmd:"" help:"Verify the audit chain."`
	Version     versionCommand     `cmd:"" help:"Print the version."`
	Healthcheck healthcheckCommand `cmd:"" hidden:"" help:"Ask a running bot whether it is up, for containers."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var cli commands
	parser := kong.Parse(&cli, kong.Name("incidentbot"), kong.UsageOnError(),
		kong.Description("Incident reporting in chat for a municipality's information security."),
		kong.BindTo(ctx, (*context.Context)(nil)))
	if err := parser.Run(&cli); err != nil {
		fmt.Fprintln(os.Stderr, "incidentbot:", err)
		os.Exit(1) //nolint:gocritic // stop only restores signal handling, and the process ends here
	}
}

// load reads and checks the configuration.
func (c *commands) load() (config.Config, error) {
	return config.Load(c.Config, os.LookupEnv, os.ReadFile)
}

// withStore opens the register as configured and closes it when do has returned.
func (c *commands) withStore(ctx context.Context, how access, do func(s *store.Store) error) error {
	return c.withRegister(ctx, how, func(_ config.Config, s *store.Store) error { return do(s) })
}

// withRegister is withStore for who needs the configuration too.
func (c *commands) withRegister(ctx context.Context, how access, do func(cfg config.Config, s *store.Store) error) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	s, err := openStore(ctx, cfg, newLogger(cfg.Log), how)
	if err != nil {
		return err
	}
	return errors.Join(do(cfg, s), s.Close())
}

// access is how a command opens the register.
type access int

const (
	readOnly access = iota
	writing         // for itself
	beside          // to write a little, also while the bot runs
)

// openStore opens the register as configured.
func openStore(ctx context.Context, cfg config.Config, log *slog.Logger, how access) (*store.Store, error) {
	return store.Open(ctx, string(cfg.Database), store.Options{
		Location: cfg.Organisation.Location(), Logger: log, Clock: time.Now, ReadOnly: how == readOnly, Beside: how == beside,
	})
}

// newLogger is the log as configured, on standard error.
func newLogger(cfg config.Log) *slog.Logger {
	opts := &slog.HandlerOptions{Level: cfg.Level}
	if cfg.Format == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, opts))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, opts))
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run() error {
	_, err := fmt.Println("incidentbot", version)
	return err
}

// errFound says that a check found something wrong and has already told what.
var errFound = errors.New("something needs mending, see above")
