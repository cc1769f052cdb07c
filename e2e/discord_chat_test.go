package e2e_test

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"tyreso.se/incidentbot/workspace/discord"
)

// The people and channels of the Discord server.
var discordCast = cast{
	ciso: "300000000000000001", chief: "300000000000000002", maja: "300000000000000003",
	triage: "200000000000000001", general: "200000000000000002",
}

// What stands on the buttons and questions that people meet on their way through a report.
const (
	sendReport   = "Skicka rapporten"
	whatHappened = "Vad har hänt?"
)

// discordChat is a Discord server with people in it.
type discordChat struct {
	*discord.Workspace
	*wire

	gateway bool
	key     ed25519.PrivateKey // signs what comes over HTTP
	joined  int
}

var _ chat = (*discordChat)(nil)

func openDiscord(t *testing.T, p play) chat { return newDiscordChat(t, p) }

// newDiscordChat opens a server until the test ends.
func newDiscordChat(t *testing.T, p play) *discordChat {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(nil)
	c := &discordChat{gateway: p.socket, key: key, wire: watch(server), Workspace: discord.New(discord.Options{
		NoRateLimits: !p.limits, Faults: discord.NewFaults(seed(t)), Host: server.Listener.Addr().String(), PrivateKey: key,
	})}
	server.Config.Handler = c.Workspace
	server.Start()
	t.Cleanup(func() {
		c.Close()
		server.Close()
	})
	who := discordCast
	for _, id := range []string{who.ciso, who.chief, who.maja} {
		c.AddUser(discord.User{ID: id, Name: "person" + id})
	}
	c.AddChannel(discord.Channel{ID: who.general, Name: "allmänt"})
	c.AddChannel(discord.Channel{ID: who.triage, Name: "incidenter", Overwrites: []discord.Overwrite{
		{ID: discord.GuildID, Deny: discord.ViewChannel}, // everyone
		{ID: who.ciso, Member: true, Allow: discord.ViewChannel},
		{ID: who.chief, Member: true, Allow: discord.ViewChannel},
		{ID: discord.BotUserID, Member: true, Allow: discord.ViewChannel},
	}})
	return c
}

func (c *discordChat) name() string { return "discord" }

func (c *discordChat) cast() cast { return discordCast }

func (c *discordChat) variables() []string {
	told := []string{
		"DISCORD_API_URL=" + c.url + "/api", "DISCORD_BOT_TOKEN=" + c.BotToken(),
		"DISCORD_APPLICATION_ID=" + discord.ApplicationID, "DISCORD_GUILD_ID=" + discord.GuildID,
	}
	if !c.gateway {
		told = append(told, "DISCORD_PUBLIC_KEY="+c.PublicKey())
	}
	return told
}

func (c *discordChat) secrets() []string { return []string{c.BotToken()} }

// interactionsPath is where the program takes interactions over HTTP.
const interactionsPath = "/discord/interactions"

func (c *discordChat) attach(ctx context.Context, address string) error {
	if c.gateway {
		return nil
	}
	return c.SetEndpoint(ctx, "http://"+address+interactionsPath) // which sends a PING
}

func (c *discordChat) attached() bool {
	return len(c.Commands()) > 0 && (!c.gateway || c.Sessions() > 0)
}

func (c *discordChat) disturb(d disturbance) (calm func()) {
	var ends []func()
	for _, fault := range []discord.Fault{
		{Limited: d.limited, RetryAfter: time.Second}, {Broken: d.broken}, {Broken: d.brokenAfter, AfterDoing: true},
	} {
		ends = append(ends, c.Faults().Add(fault))
	}
	return func() {
		for _, end := range ends {
			end()
		}
	}
}

func (c *discordChat) failures() map[string]int {
	failed := map[string]int{}
	for _, call := range c.Calls() {
		if call.Status >= 400 {
			failed[fmt.Sprintf("%s %s %d", call.Method, call.Route, call.Status)]++
		}
	}
	return failed
}

func (c *discordChat) join() string {
	c.joined++
	return c.AddUser(discord.User{Name: fmt.Sprintf("person%d", c.joined)})
}

func (c *discordChat) report(alive context.Context, person, text string) (number string, err error) {
	const steps = 10 // more than a report takes
	for range steps {
		seen, err := c.goOn(alive, person, text)
		if err != nil {
			return "", err
		}
		if number := caseNumber.FindString(seen.text); number != "" {
			return number, nil
		}
	}
	return "", fmt.Errorf("%w: the report does not end", errNoReceipt)
}

// goOn takes one step of a report, and returns what was said.
func (c *discordChat) goOn(alive context.Context, person, text string) (said, error) {
	if open := c.Modal(person); open != nil {
		return c.fill(alive, person, map[string]string{whatHappened: text})
	}
	before, shown := c.before(person)
	if !shown {
		m, err := c.command(alive, person, "rapportera", nil)
		if c.Modal(person) == nil && len(buttons(m)) == 0 {
			return m, cmp.Or(err, fmt.Errorf("%w: %.200q", errNoDialog, m.text))
		}
		return m, err
	}
	for _, label := range []string{sendReport, "Öppna formuläret", "Försök igen"} {
		if id := button(before, label); id != "" {
			return c.act(alive, person, func(ctx context.Context) (discord.Seen, error) { return c.Press(ctx, person, before.id, id) })
		}
	}
	return said{}, fmt.Errorf("%w: %.200q", errNoReceipt, before.text)
}

// before is the private message that a person has before them: the latest one with something to press.
func (c *discordChat) before(person string) (said, bool) {
	for _, m := range slices.Backward(c.Ephemerals(person)) {
		if seen := read(m); !m.Loading && len(buttons(seen)) > 0 {
			return seen, true
		}
	}
	return said{}, false
}

// command gives /incident with a subcommand.
func (c *discordChat) command(alive context.Context, person, subcommand string, options map[string]string) (said, error) {
	return c.act(alive, person, func(ctx context.Context) (discord.Seen, error) {
		return c.Command(ctx, person, discordCast.general, "incident", subcommand, options)
	})
}

// fill answers questions in the open modal, by their labels, and sends it. Those that it does not ask are left out.
func (c *discordChat) fill(alive context.Context, person string, answers map[string]string) (said, error) {
	open := c.Modal(person)
	if open == nil {
		return said{}, errNoDialog
	}
	values := map[string][]string{}
	for _, question := range decodeComponents(open.Components) {
		if answer, ok := answers[question.Label]; ok && question.Component != nil {
			values[question.Component.CustomID] = []string{answer}
		}
	}
	return c.act(alive, person, func(ctx context.Context) (discord.Seen, error) {
		return c.SubmitModal(ctx, person, open.ID, values)
	})
}

// act does something as a person, and returns what they were told: nothing when a modal opened. What is answered later is waited for.
// The error is errNoReceipt when the program did not answer.
func (c *discordChat) act(alive context.Context, person string, do func(context.Context) (discord.Seen, error)) (said, error) {
	ctx, cancel := context.WithTimeout(alive, lookFor) // ends with the program, which then answers no more
	defer cancel()
	edits := map[string]int{}
	for _, m := range c.Ephemerals(person) {
		edits[m.ID] = m.Edits
	}
	seen, err := do(ctx)
	if _, failed := errors.AsType[*discord.PersonError](err); failed {
		return said{}, fmt.Errorf("%w: %w", errNoReceipt, err)
	}
	if err != nil || seen.Modal != nil {
		return said{}, err
	}
	if !seen.Deferred {
		return read(*seen.Message), nil
	}
	var told said
	err = c.Until(ctx, func() bool {
		for _, m := range slices.Backward(c.Ephemerals(person)) {
			if known, is := edits[m.ID]; !m.Loading && (!is || m.Edits > known) {
				told = read(m)
				return true
			}
		}
		return false
	})
	if err != nil {
		return said{}, fmt.Errorf("%w: put off for good: %w", errNoReceipt, err)
	}
	return told, nil
}

func (c *discordChat) leave(_ context.Context, person string) error {
	if open := c.Modal(person); open != nil {
		if err := c.CloseModal(person, open.ID); err != nil {
			return err
		}
	}
	for _, m := range c.Ephemerals(person) {
		if err := c.Dismiss(person, m.ID); err != nil {
			return err
		}
	}
	return nil
}

func (c *discordChat) press(ctx context.Context, person, place, message, label string) error {
	for _, m := range c.messages(place) {
		if id := button(m, label); m.id == message && id != "" {
			_, err := c.Press(ctx, person, message, id)
			return err
		}
	}
	return fmt.Errorf("no message %s with a button %q in %s", message, label, place)
}

func (c *discordChat) write(ctx context.Context, person, place, message, button, text string) error {
	if err := c.press(ctx, person, place, message, button); err != nil {
		return err
	}
	open := c.Modal(person)
	if open == nil {
		return errNoDialog
	}
	answers := map[string]string{}
	for _, question := range decodeComponents(open.Components) {
		answers[question.Label] = text
	}
	told, err := c.fill(ctx, person, answers)
	if err == nil && len(buttons(told)) > 0 {
		err = fmt.Errorf("the dialog is not taken: %q", told.text)
	}
	return err
}

func (c *discordChat) messages(place string) (all []said) {
	for _, m := range c.Messages(place) {
		all = append(all, read(m))
	}
	return all
}

// shown is a text without its white space, which Discord keeps only in part.
func (c *discordChat) shown(text string) string { return strings.Join(strings.Fields(text), "") }

func (c *discordChat) fired() (fired []string) {
	for _, m := range c.AllMessages() {
		if m.Author == discord.BotUserID {
			fired = slices.Concat(fired, m.Fired, m.Previews)
		}
	}
	return fired
}

// discordStage is a stage whose only chat is Discord, for what is Discord's own.
type discordStage struct {
	*stage
	*discord.Workspace

	discord *discordChat
}

func newDiscordStage(t *testing.T, database string, p play) *discordStage {
	t.Helper()
	c := newDiscordChat(t, p)
	return &discordStage{stage: newStage(t, database, p, c), Workspace: c.Workspace, discord: c}
}
