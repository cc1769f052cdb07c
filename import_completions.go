package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"tyreso.se/incidentbot/config"
	"tyreso.se/incidentbot/store"
)

func completionColumns() []string { return []string{"email", "course", "completed_on"} }

type importCompletionsCommand struct {
	importFile
	skipBad
	Source string `default:"import" placeholder:"NAME" help:"What the file comes from, for example disa. It is kept with each completion."`
}

// Help names the columns.
func (importCompletionsCommand) Help() string {
	return "Columns, in any order: " + strings.Join(completionColumns(), ", ") +
		". A course is one of the configured keys; a person is one of the staff list, also one who has left."
}

// Run imports who has taken which course: all of it, or without skipBad nothing when a line is wrong.
func (c importCompletionsCommand) Run(ctx context.Context, cli *commands) error {
	content, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("reading the completions: %w", err)
	}
	return cli.withRegister(ctx, writing, func(cfg config.Config, s *store.Store) error { return c.bring(ctx, s, content, cfg.Courses) })
}

func (c importCompletionsCommand) bring(ctx context.Context, s *store.Store, content []byte, courses []config.Course) error {
	if err := migrate(ctx, s); err != nil {
		return err
	}
	known, err := s.People(ctx)
	if err != nil {
		return err
	}
	ids := make(map[string]int64, len(known))
	for _, p := range known {
		ids[p.Email] = p.ID
	}
	keys := make([]string, len(courses))
	for i, course := range courses {
		keys[i] = course.Key
	}
	completions, err := parseCompletions(content, ids, keys, s.Now())
	if err := c.judge(c.File, err); err != nil {
		return err
	}
	for i := range completions {
		completions[i].Source = "import:" + c.Source
	}
	return c.write(ctx, s, func(tx *store.Tx) (store.Changes, error) {
		added, err := tx.AddCompletions(ctx, completions)
		return store.Changes{Added: added, Unchanged: len(completions) - added}, err
	})
}

// parseCompletions returns the completions of the lines that are right, and what is wrong with the others. people are ids by e-mail
// address, courses the configured keys: without any, every key is taken.
func parseCompletions(content []byte, people map[string]int64, courses []string, now time.Time) ([]store.Completion, error) {
	var completions []store.Completion
	err := table(content, completionColumns(), func(_ int, r row) error {
		email := strings.ToLower(r.get("email"))
		c := store.Completion{PersonID: people[email], Course: r.get("course"), CompletedOn: r.get("completed_on")}
		var problems []error
		if c.PersonID == 0 {
			problems = append(problems, fmt.Errorf("email: %q is not in the staff list", email))
		}
		if len(courses) > 0 {
			problems = append(problems, oneOf("course", c.Course, courses...))
		} else if c.Course == "" {
			problems = append(problems, errors.New("course: it is empty"))
		}
		if err := date("completed_on", c.CompletedOn); err != nil {
			problems = append(problems, err)
		} else if c.CompletedOn == "" {
			problems = append(problems, errors.New("completed_on: it is empty"))
		} else if c.CompletedOn > now.AddDate(0, 0, 1).Format(time.DateOnly) { // a day ahead, for other time zones
			problems = append(problems, fmt.Errorf("completed_on: %q has not come yet", c.CompletedOn))
		}
		if err := errors.Join(problems...); err != nil {
			return err
		}
		completions = append(completions, c)
		return nil
	})
	return completions, err
}
