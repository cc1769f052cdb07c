package main

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/workspace/browser"
)

// demoBot is the bot of a demo whose chats go on while it is stopped and started.
type demoBot struct {
	t    *testing.T
	demo *demo
	app  *handlers.App // of the bot that runs
	stop func()
}

func newDemoBot(t *testing.T) *demoBot {
	t.Helper()
	d, err := openDemo(t.Context(), "127.0.0.1:0", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- d.serve() }()
	b := &demoBot{t: t, demo: d, stop: func() {}}
	t.Cleanup(func() {
		b.stop()
		d.close()
		if err := d.server.Close(); err != nil {
			t.Errorf("closing the demo's page: %v", err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return b
}

// start runs the bot until stop.
func (b *demoBot) start() {
	b.t.Helper()
	program, err := b.demo.assemble(b.t.Context(), true)
	if err != nil {
		b.t.Fatal(err)
	}
	b.app = program.app
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- program.run(ctx) }()
	b.stop = func() {
		cancel()
		if err := <-ended; err != nil {
			b.t.Errorf("the bot ended with %v", err)
		}
		b.stop = func() {}
	}
}

// button selects a button of a private message, by what it does.
func button(verb string) string { return `[data-testid^="action-` + verb + `|report|"]` }

// says waits until a part of the page reads so.
func says(selector, part string) chromedp.Action[chromedp.Void] {
	return chromedp.Poll[chromedp.Void](`document.querySelector(` + "`" + selector + "`" + `)?.innerText.includes("` + part + `")`)
}

// input selects where a question of the Discord page's dialog is answered; "s:" and its like tell how.
func input(id string) string { return `[id="f-` + id + `"]` }

// choose takes an option of a select in the dialog, and closes the list.
func choose(field, value string) []chromedp.Action[chromedp.Void] {
	list, option := input(field), input(field+"-"+value)
	return []chromedp.Action[chromedp.Void]{
		browser.Click(list), chromedp.WaitVisible(option), browser.Click(option),
		chromedp.Evaluate[chromedp.Void](`{const s = document.querySelector('` + list + `'); if (s.getAttribute("aria-expanded") === "true") s.click()}`),
		chromedp.WaitNotVisible(option),
	}
}

// One register behind two chats: a partner reports in Discord, in several steps and with the bot restarted between two of them,
// and the CISO works the case in Slack.
func TestDemoCarriesADiscordReportThroughARestartToSlack(t *testing.T) {
	bot := newDemoBot(t)
	bot.start()
	d := browser.Open(t, 1280, 860)
	d.Do(chromedp.Navigate(bot.demo.page+demoDiscordPath+"/"), chromedp.WaitVisible(connected))
	d.Do(become(demoAmir)...)
	d.Do(browser.Click(browser.ID("conversation-"+demoDiscordGeneral)), browser.Type("#composer-text", "/inc"))
	d.Do(chromedp.WaitVisible(`[data-testid="command-option"][data-name="incident rapportera"]`))
	d.Shoot("20-discord-command")

	// The first part of the dialog, with too little in it.
	text := input("t:text")
	d.Do(
		browser.Click(`[data-testid="command-option"][data-name="incident rapportera"]`), browser.Type("#composer-text", "\r"),
		chromedp.WaitVisible(text), browser.Type(text, "Fel lista"),
	)
	d.Shoot("21-discord-first-part")
	d.Do(browser.Click(browser.ID("modal-submit")), chromedp.WaitVisible(button("m")))
	const private = `article[data-ephemeral="true"]`
	d.Do(says(private, "Fel lista"))
	d.Shoot("22-discord-summary")

	bot.stop()
	d.Do(chromedp.WaitNotPresent(connected))
	bot.start()
	d.Do(chromedp.WaitVisible(connected))

	// The other parts, after the restart.
	left := map[string]string{"l:system": "filer", "s:form": "digital", "s:effects": "K", "s:personal": "yes", "s:persons": "10", "s:sensitive": "children"}
	for part := 0; len(left) > 0; part++ {
		if part == 5 {
			t.Fatalf("%v were never asked", left)
		}
		d.Do(browser.Click(button("m")), chromedp.WaitVisible(browser.ID("modal")))
		for field, value := range left {
			asked := `document.querySelector('` + input(field) + `') !== null`
			if !browser.Get(d, chromedp.Evaluate[bool](asked)) {
				continue
			}
			d.Do(choose(field, value)...)
			delete(left, field)
		}
		if part == 0 {
			d.Shoot("23-discord-second-part")
		}
		d.Do(browser.Click(browser.ID("modal-submit")), chromedp.WaitNotPresent(browser.ID("modal")))
	}
	d.Do(says(private, "Fel lista"), says(private, "Gemensamma filer"))

	// It is sent, and must be corrected.
	d.Do(browser.Click(button("s")), chromedp.WaitVisible(button("f")))
	d.Do(says(private, "Det här behöver rättas"))
	d.Shoot("24-discord-error")
	d.Do(browser.Click(button("f")), chromedp.WaitVisible(text))
	if typed := browser.Get(d, chromedp.Value(text)); typed != "Fel lista" {
		t.Errorf("what is to be corrected reads %q", typed)
	}
	d.Do(browser.Type(text, " är publicerad på vår webbplats: deltagarna på lägret, med telefonnummer."))
	d.Shoot("25-discord-correction")
	d.Do(browser.Click(browser.ID("modal-submit")), chromedp.WaitNotPresent(browser.ID("modal")))
	d.Do(says(private, "deltagarna på lägret"), browser.Click(button("s")), says(private, "INC-"))
	d.Do(chromedp.WaitNotPresent(button("s")))
	d.Shoot("26-discord-receipt")
	receipt := browser.Get(d, chromedp.Text(private))
	number := regexp.MustCompile(`INC-\d{4}-\d{4}`).FindString(receipt)
	if !strings.Contains(receipt, "Felpublicering") {
		t.Errorf("the receipt reads %q", receipt)
	}

	// The CISO works the case in Slack.
	s := browser.Open(t, 1280, 860)
	s.Do(chromedp.Navigate(bot.demo.page+demoSlackPath+"/"), chromedp.WaitVisible(connected))
	s.Do(become(karin)...)
	s.Do(browser.Click(browser.ID("conversation-"+demoTriage)), chromedp.WaitVisible(cardOf(number, "Ny")))
	s.Shoot("27-slack-card")
	d.Do(become(demoKarin)...)
	d.Do(browser.Click(browser.ID("conversation-"+demoDiscordTriage)), chromedp.WaitVisible(cardOf(number, "Ny")))
	d.Shoot("28-discord-card")
	s.Do(browser.Click(cardOf(number, "Ny")+` [data-testid^="action-acknowledge"]`), chromedp.WaitVisible(cardOf(number, "Mottagen")))
	s.Shoot("29-slack-acknowledged")
	d.Do(chromedp.WaitVisible(cardOf(number, "Mottagen")), chromedp.WaitNotPresent(cardOf(number, "Ny")))
	d.Shoot("30-discord-follows")

	// The reporter has had news in Discord.
	d.Do(become(demoAmir)...)
	d.Do(browser.Click(`[data-direct="true"]`), says(`[data-testid="messages"]`, "Någon arbetar nu med "+number))
	d.Shoot("31-discord-news")
	for name, problems := range map[string][]string{"Slack": bot.demo.slack.Problems(), "Discord": bot.demo.discord.Problems()} {
		if len(problems) > 0 {
			t.Errorf("%s's rules were broken: %v", name, problems)
		}
	}
}

// The start page shows both chats where there is room, and one of them where there is not.
func TestDemoStartPageShowsBothChats(t *testing.T) {
	page := startDemo(t, demoCommand{Empty: true})
	const bothConnected = `["slack", "discord"].every((id) => document.getElementById(id).contentDocument.querySelector("` + connected + `"))`
	for name, test := range map[string]struct {
		width, height int
		shown         []bool // Slack, Discord; before and after Discord was chosen
	}{
		"wide":   {1680, 920, []bool{true, true, true, true}},
		"narrow": {390, 844, []bool{true, false, false, true}},
	} {
		t.Run(name, func(t *testing.T) {
			b := browser.Open(t, test.width, test.height)
			b.Do(chromedp.Navigate(page), chromedp.Poll[chromedp.Void](bothConnected))
			b.Shoot("32-start-" + name)
			const shown = `["slack", "discord"].map((id) => document.getElementById(id).checkVisibility())`
			seen := browser.Get(b, chromedp.Evaluate[[]bool](shown))
			b.Do(browser.Click(browser.ID("show-discord")))
			if !test.shown[2] { // something else is shown than before
				b.Shoot("33-start-" + name + "-discord")
			}
			differs(t, "chats shown, before and after choosing Discord", append(seen, browser.Get(b, chromedp.Evaluate[[]bool](shown))...), test.shown)
			if browser.Get(b, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > window.innerWidth`)) {
				t.Error("the page is wider than the window")
			}
		})
	}
}
