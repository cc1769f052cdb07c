package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"tyreso.se/incidentbot/config"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/report"
	"tyreso.se/incidentbot/store"
)

type reportCommand struct {
	Annual reportAnnualCommand `cmd:"" help:"Compile the follow-up of a year for the municipality's board, as PDF or DOCX."`
}

type reportAnnualCommand struct {
	Year     int    `required:"" help:"The year that it is about."`
	Out      string `required:"" type:"path" placeholder:"FILE" help:"File to write; .pdf or .docx says what it becomes."`
	Language string `default:"sv" enum:"sv,en" help:"sv or en."`
}

// Run writes the follow-up. It can be run while the bot is running.
func (c reportAnnualCommand) Run(ctx context.Context, cli *commands) error {
	texts, err := locale.New()
	if err != nil {
		return err
	}
	return cli.withRegister(ctx, readOnly, func(cfg config.Config, s *store.Store) error { return c.write(ctx, cfg, texts, s) })
}

func (c reportAnnualCommand) write(ctx context.Context, cfg config.Config, texts *locale.Texts, s *store.Store) error {
	if c.Year < 2000 || c.Year > s.Now().Year() {
		return fmt.Errorf("the year %d is none that has begun", c.Year)
	}
	content, err := followups(cfg, texts, s)(ctx, c.Year, strings.TrimPrefix(strings.ToLower(filepath.Ext(c.Out)), "."), c.Language)
	if err != nil {
		return err
	}
	return writeTo(c.Out, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

// followups returns what makes the follow-up of a year in a format, "pdf" or "docx".
func followups(cfg config.Config, texts *locale.Texts, register *store.Store) func(
	ctx context.Context, year int, format, language string,
) ([]byte, error) {
	return func(ctx context.Context, year int, format, language string) ([]byte, error) {
		write := map[string]func(report.Followup, io.Writer) error{"pdf": report.Followup.WritePDF, "docx": report.Followup.WriteDOCX}[format]
		if write == nil {
			return nil, fmt.Errorf("a follow-up is written as .pdf or .docx, not as %q", format)
		}
		in, err := followupInput(ctx, cfg, texts, register, year, language)
		if err != nil {
			return nil, err
		}
		f, err := report.CompileFollowup(ctx, register, in)
		if err != nil {
			return nil, err
		}
		var content bytes.Buffer
		if err := write(f, &content); err != nil {
			return nil, err
		}
		return content.Bytes(), nil
	}
}

// proposals returns what puts in words what a year's figures suggest.
func proposals(cfg config.Config, texts *locale.Texts, register *store.Store) func(
	ctx context.Context, year int, language string,
) ([]string, error) {
	return func(ctx context.Context, year int, language string) ([]string, error) {
		in, err := followupInput(ctx, cfg, texts, register, year, language)
		if err != nil {
			return nil, err
		}
		return report.Proposals(ctx, register, in)
	}
}

func followupInput(
	ctx context.Context, cfg config.Config, texts *locale.Texts, register *store.Store, year int, language string,
) (in report.FollowupInput, err error) {
	in = report.FollowupInput{
		Year: year, Organisation: cfg.Organisation.Name, Language: language, Location: cfg.Organisation.Location(),
		Recurring: cfg.Significant.SameCauseTime(), TrainingDay: register.Now(), RiskLimits: settingsFrom(cfg).RiskLimits,
		Text: func(key string, data map[string]any) string { return texts.T(language, key, data) },
	}
	if end := time.Date(year, time.December, 31, 12, 0, 0, 0, in.Location); end.Before(in.TrainingDay) {
		in.TrainingDay = end
	}
	rows, courses, err := trainingOn(ctx, cfg, register, in.TrainingDay)
	if err != nil {
		return in, err
	}
	tree, err := register.Units(ctx)
	in.Training, in.TrainingOf = trainingShares(rows, courses), trainingOfUnits(rows, tree)
	return in, err
}
