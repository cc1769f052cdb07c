package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"tyreso.se/incidentbot/bot/discord"
	"tyreso.se/incidentbot/config"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/scheduler"
	"tyreso.se/incidentbot/store"
)

type doctorCommand struct{}

// Run checks everything that must be right for the bot to work. It changes nothing and can be run beside a running bot.
func (doctorCommand) Run(ctx context.Context, cli *commands) error {
	texts, err := locale.New()
	if err != nil {
		return err
	}
	d := doctor{texts: texts, lang: terminalLanguage(os.Getenv), out: os.Stdout}
	cfg, err := cli.load()
	return d.examine(ctx, cfg, err)
}

// examine looks at everything that the settings name, or at what is wrong with the settings themselves: loading is the error
// that came of reading them.
func (d *doctor) examine(ctx context.Context, cfg config.Config, loading error) error {
	var problems config.Problems
	switch {
	case errors.As(loading, &problems):
		for _, p := range problems {
			d.wrong("doctor.config", locale.Data{"Problem": p.Error()})
		}
		return errFound // nothing else can be checked with settings that are wrong
	case loading != nil:
		return loading
	}
	d.right("doctor.config.ok", nil)
	d.checkRegister(ctx, cfg)
	d.checkRoles(cfg)
	d.checkTraining(cfg)
	if err := d.checkServices(ctx, cfg); err != nil {
		return err
	}
	if d.found {
		return errFound
	}
	return nil
}

// doctor tells what it finds, a line each, in the terminal's language.
type doctor struct {
	texts *locale.Texts
	lang  string
	out   io.Writer
	found bool // something is wrong
}

func (d *doctor) right(key string, data locale.Data) { d.tell("ok", key, data) }
func (d *doctor) note(key string, data locale.Data)  { d.tell("--", key, data) }
func (d *doctor) wrong(key string, data locale.Data) {
	d.found = true
	d.tell("!!", key, data)
}

func (d *doctor) tell(mark, key string, data locale.Data) {
	_, _ = fmt.Fprintf(d.out, "%s  %s\n", mark, d.texts.T(d.lang, key, data)) // a terminal that is gone needs no telling
}

// terminalLanguage is the language of whoever runs the program: Swedish unless the environment says otherwise.
func terminalLanguage(env func(string) string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := env(name); strings.HasPrefix(value, "en") {
			return locale.English
		} else if value != "" {
			return locale.Swedish
		}
	}
	return locale.Swedish
}

// deadLettersShown is how many messages that could not be delivered are listed.
const deadLettersShown = 10

func (d *doctor) checkRegister(ctx context.Context, cfg config.Config) {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	s, err := openStore(ctx, cfg, slog.New(slog.DiscardHandler), readOnly)
	if err != nil {
		d.wrong("doctor.database", locale.Data{"Address": cfg.Database.String(), "Error": err.Error()})
		return
	}
	defer s.Close()
	err = s.Current(ctx)
	if err == nil {
		err = scheduler.Current(ctx, s)
	}
	switch {
	case errors.Is(err, store.ErrNotMigrated):
		d.wrong("doctor.database.migrate", nil)
		return
	case err != nil:
		d.wrong("doctor.database", locale.Data{"Address": cfg.Database.String(), "Error": err.Error()})
		return
	}
	d.right("doctor.database.ok", locale.Data{"Address": cfg.Database.String()})
	dead, err := s.DeadLetters(ctx, deadLettersShown)
	if err != nil {
		d.wrong("doctor.database", locale.Data{"Address": cfg.Database.String(), "Error": err.Error()})
		return
	}
	for _, letter := range dead {
		d.wrong("doctor.dead_letter", locale.Data{
			"Kind": letter.Kind, "Lane": letter.Lane, "Code": letter.LastError,
			"Time": locale.Time(*letter.DeadAt, cfg.Organisation.Location()), "Do": d.advice(letter.Surface, letter.LastError, nil),
		})
	}
	systems, err := s.Systems(ctx)
	if err == nil && len(systems) == 0 {
		d.note("doctor.systems.none", nil)
	}
	d.checkLinks(ctx, cfg, s)
}

// checkLinks tells which role holders cannot be reached yet: those known by their e-mail address only, where the one chat in
// use tells nobody's address and they have not linked their account.
func (d *doctor) checkLinks(ctx context.Context, cfg config.Config, s *store.Store) {
	if cfg.Slack.BotToken != "" || cfg.Discord.BotToken == "" {
		return
	}
	for _, email := range emailsOf(cfg, func(p config.Person) bool { return p.Discord == "" }) {
		_, err := s.AccountByEmail(ctx, discord.Name, email)
		switch {
		case errors.Is(err, store.ErrNotFound):
			d.note("doctor.discord.unlinked", locale.Data{"What": email})
		case err != nil:
			d.wrong("doctor.database", locale.Data{"Address": cfg.Database.String(), "Error": err.Error()})
			return
		}
	}
}

func (d *doctor) checkRoles(cfg config.Config) {
	if len(cfg.Roles[config.CISO]) == 0 && len(cfg.Roles[config.DeputyCISO]) == 0 {
		d.wrong("doctor.roles.ciso", nil)
	}
	if len(cfg.Roles[config.SecurityChief]) == 0 {
		d.wrong("doctor.roles.security_chief", nil)
	}
}

// emailsOf are the e-mail addresses of the role holders that want holds for, in order.
func emailsOf(cfg config.Config, want func(config.Person) bool) []string {
	emails := map[string]bool{}
	for _, holders := range cfg.Roles {
		for _, p := range holders {
			if p.Email != "" && want(p) {
				emails[p.Email] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(emails))
}
