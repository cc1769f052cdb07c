package main

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"tyreso.se/incidentbot/workspace/browser"
)

// The year's wheel, on a clock that the demo's page moves: a risk is seen in a case and estimated by the register's figures, a system's
// owner is asked to classify it anew, the follow-up is asked for in January, the revision in August on the first working day, those who
// answer for it are reminded until it is decided in September, and the follow-up is compiled.
func TestDemoGoesThroughTheYear(t *testing.T) {
	bot := newDemoBot(t)
	begin := time.Date(2026, 11, 23, 10, 0, 0, 0, bot.demo.location) // a Monday
	bot.demo.clock.ahead.Store(int64(time.Until(begin)))
	bot.start()
	// One case that is closed: open ones would be told of all through the year, and nobody would find the rest.
	if err := demoCases()[0].make(t.Context(), bot.app, &bot.demo.clock, 0); err != nil {
		t.Fatal(err)
	}
	bot.demo.clock.back.Store(0)
	step := clockOf(t, bot.demo.page)
	// move moves the clock by so many steps of days: 1, 7 or 30.
	move := func(days string, times int) {
		by := map[string]string{"1": "24h0m0s", "7": "168h0m0s", "30": "720h0m0s"}[days]
		for range times {
			step(by)
		}
	}
	b := browser.Open(t, 1280, 1000)
	b.Do(chromedp.Navigate(bot.demo.page+demoSlackPath+"/"), chromedp.WaitVisible(connected))
	const messages = `[data-testid="messages"]`
	direct := func(who string) {
		b.Do(become(who)...)
		b.Do(browser.Click(browser.ID("conversation-app")), browser.Click(browser.ID("tab-messages")))
	}
	// press presses the newest button of an id, in the dialog when one is open.
	press := func(id string) {
		b.Do(chromedp.Poll[chromedp.Void](`(() => {
			const place = document.querySelector('[data-testid="modal"]') ?? document.querySelector('[data-testid="messages"]');
			const all = [...place.querySelectorAll('[data-testid^="action-` + id + `"]')];
			const button = all.filter((one) => new RegExp("^action-` + id + `(\\.\\d+)?$").test(one.dataset.testid)).pop();
			button?.scrollIntoView();
			button?.click();
			return !!button;
		})()`))
	}
	say := func(words string) {
		b.Do(browser.Click(browser.ID("conversation-"+demoGeneral)), browser.Type("#composer-text", words+"\r"))
	}
	send := func(then string) { b.Do(browser.Click(browser.ID("modal-submit")), says(browser.ID("modal"), then)) }
	shut := func() { b.Do(browser.Click(browser.ID("modal-cancel")), chromedp.WaitNotPresent(browser.ID("modal"))) }

	// A risk that was seen in a case.
	b.Do(become(karin)...)
	b.Do(browser.Click(browser.ID("conversation-"+demoTriage)), says(messages, "Avslutad"))
	press("more")
	b.Do(says(messages, "Lära av det som hände"))
	press("risk_raise")
	b.Do(chromedp.WaitVisible("#f-risk"))
	b.Do(browser.Type("#f-risk", "Beslut om hemtjänst skickas till fel person när kuvert packas i brådska."),
		browser.Type("#f-unit", "Socialförvaltningen"), browser.Type("#f-owner", "Ali Nouri"))
	b.Shoot("70-risk")
	send("inte bedömd än")
	press("risk_estimate")
	b.Do(says(browser.ID("modal"), "Registret för"), says(browser.ID("modal"), "Du avgör"))
	b.Do(choice("likelihood", "4"), choice("consequence", "4"), browser.Type("#f-reason", "Det händer när många beslut går ut samtidigt."))
	b.Shoot("71-risk-estimate")
	send("mycket hög: sannolikhet 4 × konsekvens 4 = 16")
	press("risk_measure")
	b.Do(chromedp.WaitVisible("#f-measure"), browser.Type("#f-measure", "Två kontrollerar varje kuvert med beslut"), browser.Type("#f-owner", "Ali Nouri"),
		browser.Type("#f-due", "2027-03-01"))
	send("Två kontrollerar varje kuvert")
	press("risk_estimate_after")
	b.Do(says(browser.ID("modal"), "Bedöm hur det blir"), choice("likelihood", "2"), choice("consequence", "4"),
		browser.Type("#f-reason", "Felet upptäcks innan brevet går."))
	send("medel: sannolikhet 2 × konsekvens 4 = 8")
	b.Shoot("72-risk-shown")
	shut()
	say("/incident risker")
	b.Do(says(messages, "mycket hög: sannolikhet 4 × konsekvens 4 = 16"))
	b.Shoot("73-risks")
	press("risk_matrix")
	direct(karin)
	b.Do(says(messages, "Riskmatris 2026-11-23.png"))
	b.Shoot("74-risk-matrix")
	say("/incident åtgärder")
	b.Do(says(messages, "Två kontrollerar varje kuvert"))
	b.Shoot("75-measures")

	// The follow-up is asked for in January, and the classification of a system when it is a year old.
	move("30", 3)
	move("1", 1) // 2027-02-22, a Monday
	direct(karin)
	b.Do(says(messages, "Dags att sammanställa uppföljningen för 2026"))
	direct("U0ALI")
	b.Do(says(messages, "Du äger Omsorgssystemet"), says(messages, "klassades senast 2026-02-10"), says(messages, "Du har fått ansvar för risken R"))
	press("classify")
	b.Do(chromedp.WaitVisible(browser.ID("modal")), browser.Type("#f-reason", "Inget har ändrats sedan förra året."))
	b.Shoot("76-classify")
	send("är nu klassat")
	shut()

	// The revision: asked for on Monday the 2nd, because the 1st of August is a Sunday.
	move("30", 5)
	move("7", 1)
	move("1", 3) // 2027-08-01
	b.Do(become(karin)...)
	channel := func() {
		b.Do(browser.Click(browser.ID("conversation-" + demoTriage)))
	}
	channel()
	if browser.Get(b, chromedp.Evaluate[bool](`document.querySelector('`+messages+`').innerText.includes("Revidering av")`)) {
		t.Error("the revision is asked for on a Sunday")
	}
	move("1", 1)
	b.Do(says(messages, "Revidering av Informationssäkerhetspolicy 2027 – dags att börja"), says(messages, "2027-08-31"),
		says(messages, "varav mycket höga 1"), says(messages, "Att gå igenom"))
	b.Shoot("77-revision")
	press("revise_start")
	b.Do(says(messages, "Revidering av Informationssäkerhetspolicy 2027 – pågår"))
	move("7", 1)
	direct(karin)
	b.Do(says(messages, "Påminnelse: revidera Informationssäkerhetspolicy 2027"), says(messages, "Den ska vara klar senast 2027-08-31"))
	direct("U0GUNILLA")
	if browser.Get(b, chromedp.Evaluate[bool](`document.querySelector('`+messages+`').innerText.includes("revidera")`)) {
		t.Error("the chief executive is told before the last day")
	}
	move("7", 3)
	move("1", 1) // Tuesday the 31st
	b.Do(says(messages, "Påminnelse: revidera Informationssäkerhetspolicy 2027"))
	move("7", 1)
	b.Do(says(messages, "Revideringen skulle ha varit klar 2027-08-31"))
	b.Shoot("78-revision-overdue")
	b.Do(become(karin)...)
	channel()
	// The channel, and no more the direct messages, which have such a card as well.
	b.Do(chromedp.Poll[chromedp.Void](`!document.querySelector("[data-testid=messages]").innerText.includes("Påminnelse: revidera")`),
		says(messages, "Revidering av Informationssäkerhetspolicy 2027 – pågår"))
	press("revise_revised")
	b.Do(chromedp.WaitVisible("#f-edition"), browser.Type("#f-edition", "2027"), browser.Type("#f-decided", "2027-09-06"),
		browser.Type("#f-decided-time", "09:00"), browser.Type("#f-reference", "KS 2027/123"))
	b.Do(chromedp.Evaluate[chromedp.Void](`void document.querySelector("#f-decided-time").dispatchEvent(new Event("change", {bubbles: true}))`))
	b.Shoot("79-revised")
	b.Do(browser.Click(browser.ID("modal-submit")), chromedp.WaitNotPresent(browser.ID("modal")))
	b.Do(says(messages, "Dokumentet har reviderats."))

	// What was revised is to be attested anew, and the follow-up is made.
	b.Do(become("U0ALI")...)
	say("/incident utbildning")
	b.Do(says(messages, "Informationssäkerhetspolicyn"), says(messages, "senast 2027-10-07"))
	b.Do(become(karin)...)
	say("/incident uppföljning 2027")
	b.Do(says(messages, "uppföljningen för 2027"))
	b.Shoot("80-followup")
	press("followup_make")
	direct(karin)
	b.Do(says(messages, ".pdf"), says(messages, ".docx"))
	if problems := bot.demo.slack.Problems(); len(problems) > 0 {
		t.Errorf("Slack's rules were broken: %v", problems)
	}
}
