package main

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"tyreso.se/incidentbot/workspace/browser"
)

// Training, on a clock that the demo's page moves: somebody new has time, is reminded and takes the lesson and the quiz in the page; somebody
// who does not take his stands in the manager's digest; the manager says that a third is away; the CISO sees the whole.
func TestDemoTrains(t *testing.T) {
	bot := newDemoBot(t)
	working := time.Date(2026, 11, 24, 9, 0, 0, 0, bot.demo.location) // a Tuesday
	bot.demo.clock.ahead.Store(int64(time.Until(working)))
	bot.start()
	move := clockOf(t, bot.demo.page)
	b := browser.Open(t, 1280, 1000)
	b.Do(chromedp.Navigate(bot.demo.page+demoSlackPath+"/"), chromedp.WaitVisible(connected))
	const messages = `[data-testid="messages"]`
	direct := func(who string) {
		b.Do(become(who)...)
		b.Do(browser.Click(browser.ID("conversation-app")), browser.Click(browser.ID("tab-messages")))
	}
	// newest presses the newest button of an id, which holds some words.
	newest := func(id, words string) {
		b.Do(chromedp.Poll[chromedp.Void](`(() => {
			const all = [...document.querySelectorAll('[data-testid="messages"] [data-testid^="action-` + id + `"]')];
			const button = all.filter((b) => b.innerText.includes("` + words + `")).pop();
			button?.scrollIntoView();
			button?.click();
			return !!button;
		})()`))
	}

	direct(maja)
	b.Do(says(messages, "Du har en utbildning att gå"), says(messages, "Senast 2026-12-24"))
	b.Shoot("60-training-reminder")
	newest("training_start", "grunderna")
	b.Do(says(messages, "sida 1 av 4"))
	b.Shoot("61-training-lesson")
	for _, page := range []string{"2", "3", "4"} {
		newest("training_page", "Nästa sida")
		b.Do(says(messages, "sida "+page+" av 4"))
	}
	newest("training_quiz", "Till frågorna")
	b.Do(chromedp.WaitVisible(browser.ID("modal")))
	b.Do(choice("question0", "0"), choice("question1", "2"), choice("question2", "1"), choice("question3", "0"))
	b.Do(browser.Click(browser.ID("modal-submit")), says(browser.ID("modal"), "Inte riktigt. Det tar några sekunder"))
	b.Shoot("62-training-wrong")
	b.Do(choice("question0", "1"), browser.Click(browser.ID("modal-submit")), says(browser.ID("modal"), "Klart, bra jobbat!"))
	b.Shoot("63-training-done")
	b.Do(browser.Click(browser.ID("modal-cancel")), chromedp.WaitNotPresent(browser.ID("modal")))

	for range 2 {
		move("168h0m0s")
	}
	direct("U0ALI")
	b.Do(says(messages, "Så ligger det till med utbildningen"), says(messages, "Erik Sand"), says(messages, "försenad sedan"))
	b.Shoot("64-training-digest")
	newest("training_people", "Se läget just nu")
	b.Do(chromedp.WaitVisible(`[data-ephemeral="true"]`), says(`[data-ephemeral="true"]`, "Lena Frid"))
	b.Shoot("65-training-people")
	newest("training_person", "Lena Frid")
	b.Do(chromedp.WaitVisible(browser.ID("modal")), choice("mark", "absent"), chromedp.WaitVisible("#f-until"))
	b.Do(browser.Type("#f-until", "2027-02-01"), browser.Type("#f-until-time", "12:00"))
	b.Do(chromedp.Evaluate[chromedp.Void](`void document.querySelector("#f-until-time").dispatchEvent(new Event("change", {bubbles: true}))`))
	b.Shoot("66-training-absent")
	b.Do(browser.Click(browser.ID("modal-submit")), says(browser.ID("modal"), "Lena Frid är frånvarande till och med 2027-02-01"))
	b.Do(browser.Click(browser.ID("modal-cancel")), chromedp.WaitNotPresent(browser.ID("modal")))

	direct(karin)
	b.Do(browser.Click(browser.ID("conversation-"+demoGeneral)), browser.Type("#composer-text", "/incident utbildning\r"))
	b.Do(says(messages, "Hela kommunen"))
	b.Shoot("67-training-overview")
	newest("training_files", "Skicka bild")
	b.Do(browser.Click(browser.ID("conversation-app")), browser.Click(browser.ID("tab-messages")))
	b.Do(says(messages, ".png"), says(messages, ".xlsx"), says(messages, ".csv"))
	b.Shoot("68-training-files")
	if problems := bot.demo.slack.Problems(); len(problems) > 0 {
		t.Errorf("Slack's rules were broken: %v", problems)
	}
}
