package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"tyreso.se/incidentbot/workspace/browser"
)

// enter opens the conversation of a case's room, as soon as there is one.
func enter(number string) chromedp.Action[chromedp.Void] {
	return chromedp.Poll[chromedp.Void](`(() => {
		const room = [...document.querySelectorAll('[data-testid^="conversation-"]')].find((c) => c.innerText.includes("` + strings.ToLower(number) + `"));
		room?.click();
		return Boolean(room);
	})()`)
}

// raise sets the severity of the newest case with a card in the open channel to the highest.
func raise(card string) []chromedp.Action[chromedp.Void] {
	return []chromedp.Action[chromedp.Void]{
		browser.Click(card + ` [data-testid^="action-severity"]`), chromedp.WaitVisible(browser.ID("field-severity")),
		browser.Click("#f-severity-4"), browser.Type("#f-reason", "Det sprider sig."), browser.Click(browser.ID("modal-submit")),
		chromedp.WaitNotPresent(browser.ID("modal")),
	}
}

func TestDemoOpensAPrivateChannelForASeriousCase(t *testing.T) {
	page := startDemo(t, demoCommand{})
	b := browser.Open(t, 1280, 860)
	b.Do(chromedp.Navigate(page+demoSlackPath+"/"), chromedp.WaitVisible(connected))
	b.Do(become(karin)...)
	b.Do(browser.Click(browser.ID("conversation-"+demoTriage)), chromedp.WaitVisible(`[data-heading$=" · Ny"]`))
	heading := browser.Get(b, chromedp.Text(`[data-heading$=" · Ny"]`))
	number := regexp.MustCompile(`INC-\d{4}-\d{4}`).FindString(heading)
	card := cardOf(number, "Ny")
	b.Do(raise(card)...)
	b.Do(browser.Click(card+` [data-testid^="action-room"]`), enter(number))
	b.Do(says("[data-testid=messages]", "Privat kanal för "+number), chromedp.WaitVisible(cardOf(number, "Ny")))

	// Omar, the deputy, is in it; somebody says something, and Karin keeps it.
	b.Do(become("U0OMAR")...)
	b.Do(enter(number), says("[data-testid=messages]", "Privat kanal för "+number), browser.Type("#composer-text", "Skrivaren är avstängd sedan 10.31.\r"))
	b.Do(become(karin)...)
	b.Do(says("[data-testid=messages]", "avstängd"))
	b.Shoot("room-slack")
	b.Do(
		chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll('[data-testid^="menu-"]')].at(-1).click()`),
		chromedp.WaitVisible(browser.ID("shortcut-capture_message")), browser.Click(browser.ID("shortcut-capture_message")),
		says("[data-testid=messages]", "Meddelandet är sparat i "+number),
	)

	// Maja is not.
	b.Do(become(maja)...)
	b.Do(chromedp.WaitVisible(browser.ID("conversation-" + demoGeneral)))
	if all := browser.Get(b, chromedp.Text("#sidebar")); strings.Contains(all, strings.ToLower(number)) {
		t.Errorf("who is not in it sees %q", all)
	}
}

// The same case in the other chat: its room is opened where the button is pressed.
func TestDemoOpensAPrivateChannelOnDiscord(t *testing.T) {
	page := startDemo(t, demoCommand{})
	s := browser.Open(t, 1280, 860)
	s.Do(chromedp.Navigate(page+demoSlackPath+"/"), chromedp.WaitVisible(connected))
	s.Do(become(karin)...)
	s.Do(browser.Click(browser.ID("conversation-"+demoTriage)), chromedp.WaitVisible(`[data-heading$=" · Ny"]`))
	number := regexp.MustCompile(`INC-\d{4}-\d{4}`).FindString(browser.Get(s, chromedp.Text(`[data-heading$=" · Ny"]`)))
	s.Do(raise(cardOf(number, "Ny"))...)

	d := browser.Open(t, 1280, 860)
	d.Do(chromedp.Navigate(page+demoDiscordPath+"/"), chromedp.WaitVisible(connected))
	d.Do(become(demoKarin)...)
	press := cardOf(number, "Ny") + ` [data-testid^="action-b|room|"]`
	d.Do(browser.Click(browser.ID("conversation-"+demoDiscordTriage)), browser.Click(press), enter(number))
	d.Do(says("[data-testid=messages]", "Privat kanal för "+number), browser.Type("#composer-text", "Skrivaren är avstängd sedan 10.31.\r"))
	d.Do(says("[data-testid=messages]", "avstängd"))
	d.Shoot("room-discord")
	d.Do(
		chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll('[data-testid^="menu-"]')].at(-1).click()`),
		browser.Click(browser.ID("shortcut-Spara i ärendet")), says("[data-testid=messages]", "Meddelandet är sparat i "+number),
	)
	d.Do(become(demoAmir)...)
	d.Do(chromedp.WaitVisible(browser.ID("conversation-" + demoDiscordGeneral)))
	if all := browser.Get(d, chromedp.Text("#conversations")); strings.Contains(all, strings.ToLower(number)) {
		t.Errorf("who is not in it sees %q", all)
	}
}
