package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"tyreso.se/incidentbot/bot/discord"
	"tyreso.se/incidentbot/config"
	"tyreso.se/incidentbot/store"
)

func staffColumns() []string {
	return []string{"email", "name", "unit", "kind", "manager_email", "start_date", "locale"}
}

// Columns of the staff list that may be missing: which Discord account is whose, and the last day of an absence.
const (
	discordColumn = "discord_id"
	absentColumn  = "absent_until"
)

type importStaffCommand struct {
	importFile
	skipBad
	ConfirmRemovals bool `help:"Import although more than one in ten of the people would leave."`
}

// Help names the columns.
func (importStaffCommand) Help() string {
	return "Columns, in any order: " + strings.Join(staffColumns(), ", ") + ". The column " + discordColumn +
		" may be there as well: the person's Discord user id, or nothing. So may " + absentColumn +
		": the last day of an absence, like 2026-11-23; nothing leaves what is known. Whoever is in the register and not in the file has left."
}

// Run imports the staff list: all of it, or without skipBad nothing when a line is wrong.
func (c importStaffCommand) Run(ctx context.Context, cli *commands) error {
	content, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("reading the staff list: %w", err)
	}
	people, err := parseStaff(content)
	if err := c.judge(c.File, err); err != nil {
		return err
	}
	return cli.withStore(ctx, writing, func(s *store.Store) error { return c.bring(ctx, s, people, os.Stdout) })
}

// removalShare is from what part of the people on that whoever leaves is asked for: a file that was cut off must not empty the register.
const removalShare = 10

// bring shows what will change, and applies it in one transaction.
func (c importStaffCommand) bring(ctx context.Context, s *store.Store, people []store.Person, out io.Writer) error {
	if err := migrate(ctx, s); err != nil {
		return err
	}
	plan, err := s.PlanPeople(ctx, people)
	if err != nil {
		return err
	}
	showPlan(out, plan)
	if len(plan.Left)*removalShare > plan.Active && !c.ConfirmRemovals && !c.DryRun {
		return fmt.Errorf("%d of %d people would leave: is the file whole? If it is, give --confirm-removals. Nothing was imported",
			len(plan.Left), plan.Active)
	}
	return c.write(ctx, s, func(tx *store.Tx) (store.Changes, error) {
		return tx.ImportStaff(ctx, people, progressBar("people", len(plan.Added)+len(plan.Changed)+len(plan.Left)))
	})
}

// shownChanges is how many lines of each kind of change are shown.
const shownChanges = 20

func showPlan(out io.Writer, plan store.StaffPlan) {
	for _, part := range []struct {
		mark   string
		people []store.Person
	}{{"+", plan.Added}, {"~", plan.Changed}, {"-", plan.Left}} {
		for i, p := range part.people {
			if i == shownChanges {
				fmt.Fprintf(out, "%s … and %d more\n", part.mark, len(part.people)-i)
				break
			}
			fmt.Fprintf(out, "%s %s, %s\n", part.mark, p.Email, p.Unit)
		}
	}
}

// progressBar shows on the terminal how much of a whole is done, and stays quiet when standard error is none.
func progressBar(what string, total int) func(done int) {
	const width = 30
	if !term.IsTerminal(int(os.Stderr.Fd())) || total == 0 {
		return nil
	}
	return func(done int) {
		full := width * done / total
		fmt.Fprintf(os.Stderr, "\r[%s%s] %d of %d %s", strings.Repeat("#", full), strings.Repeat(" ", width-full), done, total, what)
		if done == total {
			fmt.Fprintln(os.Stderr)
		}
	}
}

// parseStaff returns the people of the lines that are right, and what is wrong with the others.
func parseStaff(content []byte) ([]store.Person, error) {
	var people []store.Person
	lineOf := map[string]int{}
	holderOf := map[string]int{}
	err := table(content, staffColumns(), func(n int, r row) error {
		get := r.get
		p := store.Person{
			Email: strings.ToLower(get("email")), Name: get("name"), Unit: get("unit"), Kind: get("kind"),
			ManagerEmail: strings.ToLower(get("manager_email")), StartDate: get("start_date"), Locale: get("locale"), Active: true,
			AbsentUntil: get(absentColumn),
		}
		id := get(discordColumn)
		if r.has(discordColumn) {
			p.Accounts = map[string]string{discord.Name: id}
		}
		if p.Name == "" {
			return errors.New("name: it is empty")
		}
		if before, twice := lineOf[p.Email]; twice {
			return fmt.Errorf("email: it stands on line %d as well", before)
		}
		lineOf[p.Email] = n
		if before, twice := holderOf[id]; twice && id != "" {
			return fmt.Errorf("%s: it stands on line %d as well", discordColumn, before)
		}
		holderOf[id] = n
		err := errors.Join(
			snowflake(discordColumn, id), date(absentColumn, p.AbsentUntil),
			address("email", p.Email, true), address("manager_email", p.ManagerEmail, false), date("start_date", p.StartDate),
			oneOf("kind", p.Kind, config.Audiences()...), oneOf("locale", p.Locale, "sv", "en"))
		if err == nil {
			people = append(people, p)
		}
		return err
	})
	return people, err
}
