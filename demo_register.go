package main

import (
	"context"
	"fmt"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/discord"
	"tyreso.se/incidentbot/bot/slack"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/store"
)

// fillDemo imports the demo's people and systems, and unless it is to be empty makes a handful of earlier cases through the same
// use cases as everybody's.
func fillDemo(ctx context.Context, p *program, clock *demoClock, empty bool) error {
	if known, err := p.store.People(ctx); err != nil || len(known) > 0 { // kept from before
		return err
	}
	staff, err := demoFiles.ReadFile("demo/staff.csv")
	if err != nil {
		return fmt.Errorf("reading the demo's staff list: %w", err)
	}
	people, err := parseStaff(staff)
	if err != nil {
		return fmt.Errorf("reading the demo's staff list: %w", err)
	}
	demoNewcomer(people, clock.now())
	inventory, err := demoFiles.ReadFile("demo/systems.csv")
	if err != nil {
		return fmt.Errorf("reading the demo's systems: %w", err)
	}
	systems, err := parseSystems(inventory)
	if err != nil {
		return fmt.Errorf("reading the demo's systems: %w", err)
	}
	err = p.store.InTx(ctx, func(tx *store.Tx) error {
		if _, err := tx.ImportPeople(ctx, people); err != nil {
			return err
		}
		if _, err := tx.ImportSystems(ctx, systems); err != nil {
			return err
		}
		return demoTrained(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("filling the demo's register: %w", err)
	}
	if empty {
		return nil
	}
	defer clock.back.Store(0)
	for i, past := range demoCases() {
		if err := past.make(ctx, p.app, clock, i); err != nil {
			return fmt.Errorf("making the demo's earlier cases: %w", err)
		}
	}
	return nil
}

// demoCase is a case that is in the register when the demo begins.
type demoCase struct {
	ago          time.Duration
	reporter     bot.Actor
	answers      bot.Values
	acknowledged bool
	cause        string // given: closed
	lesson       string
}

func demoCases() []demoCase {
	const day = 24 * time.Hour
	maja, emma, ali := onSlack("U0MAJA", "Maja Berg"), onSlack("U0EMMA", "Emma Jones"), onSlack("U0ALI", "Ali Nouri")
	amir := bot.Actor{Surface: discord.Name, ID: demoAmir, Name: "Amir Haddad"}
	return []demoCase{
		{ago: 19 * day, reporter: maja, acknowledged: true, cause: "human_mistake",
			lesson: "Två personer kontrollerar kuvert med beslut innan de skickas.",
			answers: bot.Values{
				"text":   {"Ett brev med beslut om hemtjänst hamnade hos fel mottagare. Grannen öppnade det och ringde oss."},
				"system": {"omsorg"}, "form": {"paper"}, "effects": {"K"}, "personal": {"yes"}, "persons": {"1"}, "sensitive": {"social"},
				"ongoing": {"no"}, "done": {"Hämtade brevet hos grannen."},
			}},
		{ago: 12 * day, reporter: emma, acknowledged: true, cause: "attack",
			lesson: "Påminn om att IT aldrig ber om lösenord i mejl.",
			answers: bot.Values{
				"text": {"Several of us got an e-mail that looked like it came from IT and asked us to log in. " +
					"Nobody clicked the link as far as I know."},
				"system": {"mejl"}, "form": {"digital"}, "near_miss": {"yes"}, "ongoing": {"no"},
			}},
		{ago: 5 * day, reporter: ali, acknowledged: true,
			answers: bot.Values{
				"text":   {"Planeringen för hemtjänsten gick inte att öppna på förmiddagen. Vi körde på papperslistor i tre timmar."},
				"system": {"planering"}, "form": {"digital"}, "effects": {"T"}, "personal": {"no"}, "ongoing": {"no"},
			}},
		{ago: 2 * day, reporter: maja, acknowledged: true,
			answers: bot.Values{
				"text":   {"Min jobbtelefon är borta sedan i går kväll. Den är låst med kod. Jag tror att jag glömde den på bussen."},
				"system": {"planering"}, "form": {"digital"}, "effects": {"K"}, "personal": {"unknown"}, "ongoing": {"yes"},
				"done": {"Ringt IT som har spärrat den."},
			}},
		{ago: 26 * time.Hour, reporter: amir, acknowledged: true,
			answers: bot.Values{
				"text":   {"Listan med ungdomarnas telefonnummer låg öppen för alla med länken. Vi delade länken i fel kanal i går kväll."},
				"system": {"filer"}, "form": {"digital"}, "effects": {"K"}, "personal": {"yes"}, "persons": {"10"},
				"sensitive": {"children"}, "ongoing": {"no"}, "done": {"Stängt av delningen och bytt länk."},
			}},
		{ago: 30 * time.Second, reporter: emma,
			answers: bot.Values{
				"text":   {"A list with pupils' names and allergies was left in the printer in the staff room over the weekend."},
				"system": {"skola"}, "form": {"paper"}, "effects": {"K"}, "personal": {"yes"}, "persons": {"10"},
				"sensitive": {"health", "children"}, "ongoing": {"no"},
			}},
	}
}

func onSlack(id, name string) bot.Actor { return bot.Actor{Surface: slack.Name, ID: id, Name: name} }

// make reports the case, and has the CISO work it as far as it got, each step at its own past time.
func (d demoCase) make(ctx context.Context, app *handlers.App, clock *demoClock, number int) error {
	clock.back.Store(int64(d.ago))
	ciso := onSlack("U0KARIN", "Karin Holm")
	do := func(req bot.Request, step string) error {
		req.Key, req.At = fmt.Sprintf("demo:%d:%s", number, step), clock.now()
		reply, err := app.Handle(ctx, req)
		if err == nil && len(reply.Errors) > 0 {
			err = fmt.Errorf("refused: %v", reply.Errors)
		}
		return err
	}
	d.answers["stop"] = []string{"no"}
	if err := do(bot.Request{Kind: bot.Submit, Actor: d.reporter, Name: handlers.ReportDialog, Values: d.answers}, "report"); err != nil {
		return err
	}
	if !d.acknowledged {
		return nil
	}
	open, err := app.Store.OpenIncidents(ctx, 1)
	if err != nil {
		return err
	}
	clock.back.Store(int64(d.ago - 20*time.Minute))
	if err := do(bot.Request{Kind: bot.Press, Actor: ciso, Name: "acknowledge", Subject: open[0].Ref}, "acknowledge"); err != nil {
		return err
	}
	if d.cause == "" {
		return nil
	}
	clock.back.Store(int64(d.ago - 26*time.Hour))
	values := bot.Values{"category": {string(open[0].Category)}, "cause": {d.cause}, "lesson": {d.lesson}}
	return do(bot.Request{Kind: bot.Submit, Actor: ciso, Name: "close", Subject: open[0].Ref, Values: values}, "close")
}
