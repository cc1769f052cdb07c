package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/workspace/browser"
)

// One case, from report to closure, through every button that who works it can press.
func TestDemoWorksACaseThroughEveryButton(t *testing.T) {
	file, err := filepath.Abs("demo/staff.csv")
	if err != nil {
		t.Fatal(err)
	}
	page := startDemo(t, demoCommand{Empty: true})
	b := browser.Open(t, 1280, 1250)
	b.Do(chromedp.Navigate(page+demoSlackPath+"/"), chromedp.WaitVisible(connected))
	report := func(text string) {
		b.Do(browser.Click(browser.ID("conversation-"+demoGeneral)), browser.Type("#composer-text", "/incident\r"), chromedp.WaitVisible("#f-text"))
		b.Do(browser.Type("#f-text", text), browser.Click("#f-personal-yes"), chromedp.WaitVisible(browser.ID("field-persons")))
		b.Do(browser.Click(browser.ID("modal-submit")), chromedp.WaitVisible(`[data-testid="modal"]:not([data-callback="report"])`))
		b.Do(browser.Click(browser.ID("modal-cancel")), chromedp.WaitNotPresent(browser.ID("modal")))
	}
	b.Do(become("U0EMMA")...)
	report("Ingen på Ekskolan kommer in i lärplattformen. Vi ser varandras elever när vi väl är inne.")
	b.Do(become(maja)...)
	report("Lärplattformen visar fel elever på Ekskolan, och ingen kommer in i den.")

	b.Do(become(karin)...)
	const messages = `[data-testid="messages"]`
	b.Do(browser.Click(browser.ID("conversation-" + demoTriage)))
	pressed := []string{}
	t.Cleanup(func() { t.Logf("pressed %v", pressed) })
	// press presses the newest button with an id that stands in the channel.
	press := func(button string) {
		pressed = append(pressed, button)
		b.Do(chromedp.Poll[chromedp.Void](`(() => {
			const all = document.querySelectorAll('` + messages + ` [data-testid^="action-` + button + `"]');
			const found = [...all].filter((one) => new RegExp("^action-` + button + `(\\.\\d+)?$").test(one.dataset.testid));
			found.at(-1)?.click();
			return found.length > 0;
		})()`))
	}
	open := func(button string) {
		press(button)
		b.Do(chromedp.WaitVisible(browser.ID("modal")))
	}
	save := func() { b.Do(browser.Click(browser.ID("modal-submit")), chromedp.WaitNotPresent(browser.ID("modal"))) }
	tell := func(text string) { b.Do(says(messages, text)) }
	more := func(button string) {
		press("more")
		open(button)
	}
	tell("Liknar")
	b.Shoot("50-similar")
	press("acknowledge")
	tell("Mottagen av Karin Holm")
	press("start")
	tell("Har ärendet: Karin Holm")
	press("more")
	tell("Vad som är känt")
	b.Shoot("51-more")

	open("group")
	b.Shoot("52-group")
	number := browser.Get(b, chromedp.Evaluate[string](`document.querySelector('[id^="f-lead-INC-"]').id.slice("f-lead-".length)`))
	b.Do(choice("lead", number))
	save()
	tell("Hanteras under")
	more("group")
	b.Do(choice("lead", "-"))
	save()
	b.Do(chromedp.Poll[chromedp.Void](`!document.querySelector('` + messages + `').innerText.includes("Hanteras under")`))

	more("assign")
	b.Do(choice("assignee", "omar.said@exempelby.example"))
	save()
	tell("Har ärendet: Omar Said")
	more("system")
	b.Do(
		browser.Type("#f-system", "lär"), chromedp.WaitVisible(`[data-testid="lookup-option"][data-value="skola"]`),
		chromedp.Click(`[data-testid="lookup-option"][data-value="skola"]`), chromedp.WaitVisible(browser.ID("field-system")+" .chip"),
	)
	save()
	tell("System: Lärplattformen")
	more("facts")
	b.Do(choice("ongoing", "yes"), choice("near_miss", "no"), choice("supplier", "yes"), chromedp.WaitVisible("#f-supplier_name"),
		browser.Type("#f-supplier_name", "Skolmoln AB"), choice("crime", "no"))
	b.Shoot("53-facts")
	save()
	tell("Leverantör inblandad: Ja, Skolmoln AB")
	more("affected")
	b.Do(choice("people", "pupils"), browser.Type("#f-count", "312"), choice("kinds", "identity"), browser.Type("#f-records", "900"),
		browser.Type("#f-consequences", "Elever kan ha sett varandras omdömen."), choice("seriousness", "limited"), choice("informed", "will"))
	b.Shoot("54-affected")
	save()
	tell("Berörda: 312 personer; Elever")
	more("involve")
	b.Do(choice("roles", "security_chief"), browser.Type("#f-message", "Kan du kontrollera att leverantören har stängt felet?"))
	b.Shoot("55-involve")
	save()
	tell("Inkopplade: Säkerhetschef")
	more("attach")
	b.Do(chromedp.SetUploadFiles(`#f-files`, []string{file}), chromedp.WaitVisible(browser.ID("field-files")+" .chip"))
	save()
	tell("Bilagor: 1")

	press("more")
	press("measures")
	tell("Inga åtgärder är beslutade än.")
	open("measure")
	b.Do(browser.Type("#f-measure", "Be leverantören om en logg över vem som sett vad"), browser.Type("#f-owner", "Omar Said"), browser.Type("#f-due", "2099-12-31"))
	b.Shoot("56-measure")
	save()
	tell("Åtgärder: 0 av 1 klara, nästa 2099-12-31")
	press("more")
	press("measures")
	open("measure_end")
	b.Do(choice("outcome", "done"))
	save()
	tell("Åtgärder: 1 av 1 klara")

	more("secrecy")
	b.Do(choice("secret", "yes"), browser.Type("#f-reason", "Omdömena omfattas av sekretess."))
	save()
	tell("Ärendet är sekretessmarkerat.")
	b.Shoot("57-secret")
	press("room")
	tell("Den privata kanalen")
	more("secrecy")
	b.Do(choice("secret", "no"), browser.Type("#f-reason", "Omdömena visades inte."))
	save()
	tell("Berörda: 312 personer; Elever")

	more("risk_raise")
	b.Do(
		browser.Type("#f-risk", "Elever ser varandras uppgifter efter en uppdatering."), browser.Type("#f-unit", "Utbildningsförvaltningen"),
		browser.Type("#f-owner", "Ali Nouri"), browser.Click(browser.ID("modal-submit")), says(browser.ID("modal"), "inte bedömd än"),
		browser.Click(browser.ID("modal-cancel")), chromedp.WaitNotPresent(browser.ID("modal")),
	)
	tell("Risker: R1")

	more("hold")
	b.Do(browser.Type("#f-reason", "Vårdnadshavare har polisanmält."))
	save()
	tell("Rättsligt stopp sedan")
	more("lift_hold")
	b.Do(browser.Type("#f-reason", "Anmälan är nedlagd."))
	save()
	for _, dialog := range []struct {
		button string
		fill   []chromedp.Action[chromedp.Void]
	}{
		{"category", []chromedp.Action[chromedp.Void]{choice("category", "misconfiguration")}},
		{"severity", []chromedp.Action[chromedp.Void]{choice("severity", "2"), browser.Type("#f-reason", "Begränsade följder.")}},
		{"note", []chromedp.Action[chromedp.Void]{browser.Type("#f-message", "Leverantören vet om det.")}},
		{"breach", []chromedp.Action[chromedp.Void]{choice("verdict", "risk"), browser.Type("#f-reason", "Elever har sett varandras namn.")}},
		{"significant", []chromedp.Action[chromedp.Void]{choice("verdict", "not_significant"), browser.Type("#f-reason", "Under gränsen.")}},
		{"message", []chromedp.Action[chromedp.Void]{browser.Type("#f-message", "Ser ni fortfarande fel elever?")}},
	} {
		open(dialog.button)
		b.Do(dialog.fill...)
		save()
	}
	tell("Anmälan till IMY: Senast")
	b.Shoot("58-worked")
	b.Do(become(maja)...)
	b.Do(browser.Click(browser.ID("conversation-app")), browser.Click(browser.ID("tab-messages")))
	open("answer")
	b.Do(browser.Type("#f-message", "Nej, det fungerar nu."), browser.Click(browser.ID("modal-submit")))
	b.Do(says(browser.ID("modal"), "Ditt svar finns nu i INC-"), browser.Click(browser.ID("modal-cancel")), chromedp.WaitNotPresent(browser.ID("modal")))

	b.Do(become(karin)...)
	b.Do(browser.Click(browser.ID("conversation-" + demoTriage)))
	press("show")
	tell("Nej, det fungerar nu.")
	press("attachments")
	press("drafts")
	for _, step := range []string{"gdpr-33-1", "gdpr-33-5"} {
		open("obligation")
		b.Do(choice("step", step), choice("outcome", "not_needed"), chromedp.WaitVisible("#f-reason"), browser.Type("#f-reason", "Utrett."))
		save()
	}
	press("resolve")
	tell("· Åtgärdad")
	open("close")
	b.Do(choice("cause", "supplier"), browser.Type("#f-lesson", "Prova leverantörens ändringar i en testmiljö."))
	save()
	tell("· Avslutad")
	b.Shoot("59-closed")
	open("reopen")
	b.Do(browser.Type("#f-reason", "Felet kom tillbaka."))
	save()
	b.Do(browser.Type("#composer-text", "/incident ärende "+numberOf(browser.Get(b, chromedp.Text(messages)))+"\r"))
	tell("Det här har hänt")
	b.Shoot("60-timeline")

	ofNoCase := []string{
		"report", "mine", "link_code", "improve", "revise_start", "revise_revised", "revise_unchanged", "revise_postpone", "revise_basis",
		"followup_write", "followup_make", "inventory", "classify",
		"risk_new", "risks", "risk", "risk_change", "risk_estimate", "risk_estimate_after", "risk_measure", "risk_end", "risk_matrix", "measures_all",
		"clarify_a", "clarify_b", "clarify_unknown", // the reporter's
	}
	for _, id := range handlers.ButtonIDs() {
		if !slices.Contains(pressed, id) && !slices.Contains(ofNoCase, id) {
			t.Errorf("the button %q of a case was not pressed", id)
		}
	}
}

// numberOf is the last number of a case in a text.
func numberOf(text string) string {
	at := strings.LastIndex(text, "INC-")
	return text[at:][:len("INC-2026-0001")]
}
