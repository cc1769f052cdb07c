package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tyreso.se/incidentbot/workspace/slack"
)

// The people and channels of the Slack workspace.
const (
	ciso    = "U0CISO"
	chief   = "U0CHEF"
	maja    = "U0MAJA"
	triage  = "C0TRIAGE"
	general = "C0ALLMANT"
)

// slackChat is a Slack workspace with people in it.
type slackChat struct {
	*slack.Workspace
	*wire

	socket bool
	joined int
}

var _ chat = (*slackChat)(nil)

func openSlack(t *testing.T, p play) chat { return newSlackChat(t, p) }

// newSlackChat opens a workspace until the test ends.
func newSlackChat(t *testing.T, p play) *slackChat {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	c := &slackChat{socket: p.socket, wire: watch(server), Workspace: slack.New(slack.Options{
		NoRateLimits: !p.limits, Faults: slack.NewFaults(seed(t)), Host: server.Listener.Addr().String(),
		Shortcuts: []slack.Shortcut{{CallbackID: "report_message", Name: "Rapportera som incident"}},
	})}
	server.Config.Handler = c.Workspace
	server.Start()
	t.Cleanup(func() {
		c.Close()
		server.Close()
	})
	for _, id := range []string{ciso, chief, maja} {
		c.add(id)
	}
	c.AddChannel(slack.Channel{ID: general, Name: "allmänt"})
	c.AddChannel(slack.Channel{ID: triage, Name: "incidenter", Private: true, BotIsMember: true, Members: []string{ciso, chief}})
	return c
}

func (c *slackChat) add(id string) {
	c.AddUser(slack.User{ID: id, Name: strings.ToLower(id), Email: strings.ToLower(id) + "@example.org"})
}

func (c *slackChat) name() string { return "slack" }

func (c *slackChat) cast() cast { return cast{ciso, chief, maja, triage, general} }

func (c *slackChat) variables() []string {
	door := "SLACK_SIGNING_SECRET=" + c.SigningSecret()
	if c.socket {
		door = "SLACK_APP_TOKEN=" + c.AppToken()
	}
	return []string{"SLACK_API_URL=" + c.url + "/api/", "SLACK_BOT_TOKEN=" + c.BotToken(), door}
}

func (c *slackChat) secrets() []string {
	return []string{c.BotToken(), c.AppToken(), c.SigningSecret()}
}

func (c *slackChat) attach(_ context.Context, address string) error {
	if !c.socket {
		base := "http://" + address + "/slack/"
		c.SetURLs(base+"events", base+"commands", base+"interactions", "")
	}
	return nil
}

func (c *slackChat) attached() bool { return !c.socket || c.Sockets() > 0 }

func (c *slackChat) disturb(d disturbance) (calm func()) {
	var ends []func()
	for _, fault := range []slack.Fault{
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

func (c *slackChat) failures() map[string]int {
	failed := map[string]int{}
	for _, call := range c.Calls() {
		if !call.OK {
			failed[call.Method+" "+call.Error]++
		}
	}
	return failed
}

func (c *slackChat) join() string {
	id := fmt.Sprintf("U0PERSON%d", c.joined)
	c.joined++
	c.add(id)
	return id
}

func (c *slackChat) report(alive context.Context, person, text string) (number string, err error) {
	view, err := c.openDialog(alive, person)
	if err != nil {
		return "", err
	}
	if number, err = c.submit(alive, person, view, text); err != nil {
		return "", fmt.Errorf("dialog %s: %w", view, err)
	}
	return number, nil
}

// openDialog types /incident and returns the id of the dialog that opens, or of the one that is open. The error is errNoDialog when
// the person was told something else.
func (c *slackChat) openDialog(alive context.Context, person string) (view string, err error) {
	open := func() bool {
		views := c.Views(person)
		if len(views) > 0 {
			view = views[len(views)-1].ID
		}
		return view != ""
	}
	if open() {
		return view, nil
	}
	ctx, cancel := context.WithTimeout(alive, lookFor) // ends with the program: then no dialog will open
	defer cancel()
	before := c.notices(person)
	if _, err := c.Command(ctx, person, general, ""); err != nil {
		return "", err
	}
	if err := c.Until(ctx, func() bool { return open() || c.notices(person) > before }); err != nil {
		return "", err
	}
	if view == "" {
		return "", errNoDialog
	}
	return view, nil
}

// notices counts what the program has told a person alone.
func (c *slackChat) notices(person string) (n int) {
	for _, m := range c.Messages(general) {
		if m.Ephemeral == person {
			n++
		}
	}
	return n
}

// submit sends the dialog and returns the number on the receipt. With errNoReceipt the dialog is still there.
func (c *slackChat) submit(ctx context.Context, person, view, text string) (number string, err error) {
	seen, err := c.SubmitView(ctx, person, view, slack.Values{"text": text})
	if err != nil {
		return "", fmt.Errorf("%w: %w", errNoReceipt, err)
	}
	if len(seen.Errors) > 0 {
		return "", fmt.Errorf("%w: %v", errNoReceipt, seen.Errors)
	}
	if seen.View == nil {
		return "", fmt.Errorf("%w: the dialog is gone", errNoReceipt)
	}
	if number = caseNumber.FindString(seen.View.Text()); number == "" || seen.View.Submit != "" {
		return "", fmt.Errorf("%w: the dialog says %.200q", errNoReceipt, seen.View.Text())
	}
	return number, nil
}

func (c *slackChat) leave(ctx context.Context, person string) error { return c.CloseAll(ctx, person) }

func (c *slackChat) press(ctx context.Context, person, place, message, button string) error {
	for _, m := range c.Messages(place) {
		if m.TS != message {
			continue
		}
		for _, element := range elements(m.Blocks) {
			if label, _ := element["text"].(map[string]any); element["type"] == "button" && label["text"] == button {
				action, _ := element["action_id"].(string)
				_, err := c.PressButton(ctx, person, place, message, action)
				return err
			}
		}
	}
	return fmt.Errorf("no message %s with a button %q in %s", message, button, place)
}

func (c *slackChat) write(ctx context.Context, person, place, message, button, text string) error {
	if err := c.press(ctx, person, place, message, button); err != nil {
		return err
	}
	if err := c.Until(ctx, func() bool { return len(c.Views(person)) == 1 }); err != nil {
		return err
	}
	seen, err := c.SubmitView(ctx, person, c.Views(person)[0].ID, slack.Values{"message": text})
	if err == nil && len(seen.Errors) > 0 {
		err = fmt.Errorf("the dialog is not taken: %v", seen.Errors)
	}
	return err
}

func (c *slackChat) messages(place string) (all []said) {
	for _, m := range c.Messages(place) {
		var texts []string
		for _, element := range elements(m.Blocks) {
			if text, ok := element["text"].(string); ok {
				texts = append(texts, text)
			}
		}
		all = append(all, said{id: m.TS, notice: m.Text, text: strings.Join(texts, "\n"), private: m.Ephemeral, edits: m.Edits})
	}
	return all
}

// elements returns every object in blocks.
func elements(blocks json.RawMessage) (found []map[string]any) {
	var walk func(any)
	walk = func(x any) {
		switch x := x.(type) {
		case []any:
			for _, item := range x {
				walk(item)
			}
		case map[string]any:
			found = append(found, x)
			for _, value := range x {
				walk(value)
			}
		}
	}
	var parsed any
	if len(blocks) > 0 && json.Unmarshal(blocks, &parsed) == nil { // the workspace has checked them
		walk(parsed)
	}
	return found
}

func (c *slackChat) shown(text string) string { return text }

func (c *slackChat) fired() (fired []string) {
	for _, m := range c.AllMessages() {
		fired = append(fired, m.Fired...)
	}
	return fired
}

// slackStage is a stage whose only chat is Slack, for what is Slack's own.
type slackStage struct {
	*stage
	*slack.Workspace

	slack *slackChat
}

func newSlackStage(t *testing.T, database string, p play) *slackStage {
	t.Helper()
	c := newSlackChat(t, p)
	return &slackStage{stage: newStage(t, database, p, c), Workspace: c.Workspace, slack: c}
}

// openDialog types /incident and returns the id of the dialog that opens.
func (s *slackStage) openDialog(person string) (view string, err error) {
	return s.slack.openDialog(s.bot.alive, person)
}

// submit sends the dialog and returns the number on the receipt.
func (s *slackStage) submit(person, view, text string) (number string, err error) {
	return s.slack.submit(s.t.Context(), person, view, s.private(text))
}
