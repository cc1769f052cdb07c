package main

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"tyreso.se/incidentbot/workspace/browser"
)

// choice takes an option of a radio group or a menu in the Slack page's dialog.
func choice(field, value string) chromedp.Action[chromedp.Void] {
	return chromedp.Poll[chromedp.Void](`(() => {
		const radio = document.getElementById("f-` + field + `-` + value + `");
		if (radio) { radio.click(); return true; }
		const menu = document.getElementById("f-` + field + `");
		if (!menu) return false;
		menu.value = "` + value + `";
		menu.dispatchEvent(new Event("change", {bubbles: true}));
		return menu.value === "` + value + `";
	})()`)
}

// clockOf opens the demo's clock, and returns what moves it by one of its steps.
func clockOf(t *testing.T, page string) (move func(by string)) {
	t.Helper()
	clock := browser.Open(t, 900, 120)
	clock.Do(chromedp.Navigate(page + demoClockPath))
	return func(by string) {
		t.Helper()
		before := browser.Get(clock, chromedp.Text(browser.ID("clock")))
		// Not in the same breath: pressing leaves the page that it is asked for in.
		clock.Do(
			chromedp.Evaluate[chromedp.Void](`void setTimeout(() => document.querySelector('`+browser.ID("clock-"+by)+`').click())`),
			chromedp.WaitVisible(`[data-testid="clock"]:not([data-time="`+before+`"])`),
		)
	}
}

// The legal clocks of a case, on a clock that the demo's page moves: nobody takes it and the next in line is told; the decision opens
// the clocks; the reminder comes; the duty is done; the case is closed.
func TestDemoMovesTheClock(t *testing.T) {
	page := startDemo(t, demoCommand{Empty: true})
	move := clockOf(t, page)
	b := browser.Open(t, 1280, 1000)
	b.Do(chromedp.Navigate(page+demoSlackPath+"/"), chromedp.WaitVisible(connected))
	b.Do(become(maja)...)
	b.Do(browser.Click(browser.ID("conversation-"+demoGeneral)), browser.Type("#composer-text", "/incident\r"), chromedp.WaitVisible("#f-text"))
	b.Do(
		browser.Type("#f-text", "Listan med alla brukares koder till trygghetslarmet låg öppen på vår webbplats i helgen."),
		browser.Type("#f-system", "omsorg"), chromedp.WaitVisible(`[data-testid="lookup-option"][data-value="omsorg"]`),
		chromedp.Click(`[data-testid="lookup-option"][data-value="omsorg"]`), chromedp.WaitVisible(browser.ID("field-system")+" .chip"),
		browser.Click("#f-effects-K"), browser.Click("#f-personal-yes"), chromedp.WaitVisible(browser.ID("field-persons")),
		choice("persons", "500"),
	)
	b.Do(browser.Click(browser.ID("modal-submit")), chromedp.WaitVisible(`[data-testid="modal"]:not([data-callback="report"])`))
	b.Do(browser.Click(browser.ID("modal-cancel")), chromedp.WaitNotPresent(browser.ID("modal")))

	move("15m0s")
	b.Do(become("U0OMAR")...)
	b.Do(browser.Click(browser.ID("conversation-app")), browser.Click(browser.ID("tab-messages")))
	b.Do(says(`[data-testid="messages"]`, "Ingen har tagit emot INC-"))
	b.Shoot("40-escalation")

	b.Do(become(karin)...)
	b.Do(browser.Click(browser.ID("conversation-" + demoTriage)))
	open := func(button string) {
		b.Do(browser.Click(`[data-testid="messages"] [data-testid^="action-`+button+`"]`), chromedp.WaitVisible(browser.ID("modal")))
	}
	save := func() { b.Do(browser.Click(browser.ID("modal-submit")), chromedp.WaitNotPresent(browser.ID("modal"))) }
	b.Do(browser.Click(`[data-testid="messages"] [data-testid^="action-acknowledge"]`), says(`[data-testid="messages"]`, "Mottagen"))
	open("breach")
	b.Do(choice("verdict", "high_risk"), browser.Type("#f-reason", "Koderna släpper in vem som helst hos våra brukare."))
	b.Shoot("41-breach")
	save()
	b.Do(says(`[data-testid="messages"]`, "Anmälan till IMY: Senast"))
	open("significant")
	b.Do(says(browser.ID("modal"), "Skyddade uppgifter om 500 personer"), choice("verdict", "not_significant"), browser.Type("#f-reason", "Det är en sida, ingen tjänst."))
	b.Shoot("42-significant")
	save()
	b.Do(says(`[data-testid="messages"]`, "Cybersäkerhetslagen: Inte betydande"))
	b.Shoot("43-clocks")

	// channel shows the triage channel in place of the direct messages with what they hold.
	channel := func(gone string) {
		b.Do(
			browser.Click(browser.ID("conversation-"+demoTriage)),
			chromedp.Poll[chromedp.Void](`!document.querySelector("[data-testid=messages]").innerText.includes("`+gone+`")`),
		)
	}
	move("24h0m0s")
	move("12h0m0s")
	b.Do(browser.Click(browser.ID("conversation-app")), browser.Click(browser.ID("tab-messages")))
	b.Do(says(`[data-testid="messages"]`, "Klockan går: INC-"))
	b.Shoot("44-reminder")

	channel("Klockan går")
	open("close")
	b.Do(choice("cause", "human_mistake"), browser.Click(browser.ID("modal-submit")), says(browser.ID("modal"), "Ärendet kan inte avslutas än"))
	b.Shoot("45-stop")
	b.Do(browser.Click(browser.ID("modal-cancel")), chromedp.WaitNotPresent(browser.ID("modal")))

	open("obligation")
	b.Do(choice("step", "gdpr-33-1"), choice("outcome", "done"), chromedp.WaitVisible("#f-reference"), browser.Type("#f-reference", "IMY-2026-4711"))
	b.Shoot("46-done")
	save()
	b.Do(says(`[data-testid="messages"]`, "IMY-2026-4711"))
	for _, step := range []string{"gdpr-33-5", "gdpr-34"} {
		open("obligation")
		b.Do(choice("step", step), choice("outcome", "not_needed"), chromedp.WaitVisible("#f-reason"), browser.Type("#f-reason", "Koderna byttes innan någon hann använda dem."))
		save()
	}
	b.Do(browser.Click(`[data-testid="messages"] [data-testid^="action-drafts"]`))
	b.Do(browser.Click(browser.ID("conversation-app")), browser.Click(browser.ID("tab-messages")))
	b.Do(says(`[data-testid="messages"]`, "imy.pdf"), says(`[data-testid="messages"]`, "imy.md"))
	b.Shoot("47-drafts")
	channel("imy.pdf")
	open("close")
	b.Do(choice("cause", "human_mistake"), browser.Type("#f-lesson", "Granska listor innan de läggs ut."))
	save()
	b.Do(says(`[data-testid="messages"]`, "Avslutad"))
	b.Shoot("48-closed")
	if card := browser.Get(b, chromedp.Text(browser.ID("messages"))); strings.Contains(card, "trygghetslarmet låg öppen") {
		t.Error("the channel shows what the reporter wrote")
	}
}
