package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"tyreso.se/incidentbot/workspace/browser"
)

// startDemo runs the demo as the command line does, and returns the address of its page.
func startDemo(t *testing.T, args demoCommand) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	args.Listen = listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	read, write := io.Pipe()
	args.out = write
	ended := make(chan error, 1)
	go func() {
		err := args.Run(ctx)
		_ = write.CloseWithError(errors.Join(err, io.EOF))
		ended <- err
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the demo ended with %v", err)
		}
	})
	line, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatalf("the demo did not start: %v", err)
	}
	if !strings.Contains(line, "http://"+args.Listen) {
		t.Fatalf("the demo printed %q, which is not the address of its page", line)
	}
	return "http://" + args.Listen
}

const (
	maja  = "U0MAJA"
	karin = "U0KARIN"
)

// connected selects what either chat shows while the bot is connected to it.
const connected = ".status .dot.on"

func become(who string) []chromedp.Action[chromedp.Void] {
	return []chromedp.Action[chromedp.Void]{
		browser.Click(browser.ID("person-" + who)), chromedp.WaitVisible(`body[data-me="` + who + `"]`),
	}
}

func TestDemoCarriesACaseFromReportToClosure(t *testing.T) {
	page := startDemo(t, demoCommand{})
	b := browser.Open(t, 1280, 860)
	b.Do(chromedp.Navigate(page+demoSlackPath+"/"), chromedp.WaitVisible(connected))
	b.Do(become(maja)...)
	b.Do(browser.Click(browser.ID("conversation-"+demoGeneral)), browser.Type("#composer-text", "/inc"))
	b.Do(chromedp.WaitVisible(browser.ID("command-option")))
	b.Shoot("01-command")

	// The employee reports.
	b.Do(browser.Type("#composer-text", "ident\r"), chromedp.WaitVisible("#f-text"))
	b.Shoot("02-dialog")
	b.Do(
		browser.Type("#f-text", "Jag skickade ett mejl med en lista över brukare till fel mottagare. Hon heter 19121212-1212."),
		browser.Type("#f-system", "omsorg"),
		chromedp.WaitVisible(`[data-testid="lookup-option"][data-value="omsorg"]`),
		chromedp.Click(`[data-testid="lookup-option"][data-value="omsorg"]`),
		chromedp.WaitVisible(browser.ID("field-system")+" .chip"),
		browser.Click("#f-effects-K"),
		browser.Click("#f-personal-yes"),
		chromedp.WaitVisible(browser.ID("field-persons")), // the conditional question appears in place
	)
	b.Shoot("03-dialog-filled")
	if typed := browser.Get(b, chromedp.Value("#f-text")); !strings.Contains(typed, "fel mottagare") {
		t.Errorf("after the dialog was redrawn its text reads %q", typed)
	}
	b.Do(browser.Click(browser.ID("modal-submit")), chromedp.WaitVisible(`[data-testid="modal"]:not([data-callback="report"])`))
	receipt := browser.Get(b, chromedp.Text(browser.ID("modal")))
	for _, part := range []string{"INC-", "Felskick", "Vi tog bort det som såg ut som personnummer"} {
		if !strings.Contains(receipt, part) {
			t.Errorf("the receipt reads %q, want it to hold %q", receipt, part)
		}
	}
	b.Shoot("04-receipt")
	b.Do(browser.Click(browser.ID("modal-cancel")), chromedp.WaitNotPresent(browser.ID("modal")))
	number := regexp.MustCompile(`INC-\d{4}-\d{4}`).FindString(receipt)

	// The CISO works the case.
	b.Do(become(karin)...)
	b.Do(browser.Click(browser.ID("conversation-" + demoTriage)))
	card := func(state string) string { return cardOf(number, state) }
	b.Do(chromedp.WaitVisible(card("Ny")))
	b.Shoot("05-card")
	b.Do(browser.Click(card("Ny")+` [data-testid^="action-acknowledge"]`), chromedp.WaitVisible(card("Mottagen")))
	b.Shoot("06-acknowledged")
	b.Do(
		browser.Click(card("Mottagen")+` [data-testid^="action-category"]`), chromedp.WaitVisible("#f-category"),
		chromedp.Evaluate[chromedp.Void](`{const c = document.querySelector("#f-category"); c.value = "publishing_error"; c.dispatchEvent(new Event("change", {bubbles: true}))}`),
	)
	b.Shoot("07-category")
	b.Do(browser.Click(browser.ID("modal-submit")), chromedp.WaitNotPresent(browser.ID("modal")))
	b.Do(chromedp.Poll[chromedp.Void](`document.querySelector("[data-testid=messages]").innerText.includes("Felpublicering")`))
	b.Do(browser.Click(card("Mottagen")+` [data-testid^="action-show"]`), chromedp.WaitVisible(`[data-ephemeral="true"]`))
	b.Shoot("08-shown")
	if words := browser.Get(b, chromedp.Text(`[data-ephemeral="true"]`)); !strings.Contains(words, "[personnummer borttaget]") || strings.Contains(words, "1212") {
		t.Errorf("the report reads %q, want the personal identity number removed", words)
	}
	b.Do(
		browser.Click(card("Mottagen")+` [data-testid^="action-close"]`), chromedp.WaitVisible(browser.ID("field-cause")),
		chromedp.Evaluate[chromedp.Void](`{const c = document.querySelector("#f-cause"); c.value = "human_mistake"; c.dispatchEvent(new Event("change", {bubbles: true}))}`),
		browser.Type("#f-lesson", "Kontrollera mottagaren innan du skickar."),
	)
	b.Shoot("09-close")
	b.Do(browser.Click(browser.ID("modal-submit")), chromedp.WaitVisible(card("Avslutad")))
	b.Shoot("10-closed")

	// The reporter has had news, and sees the case on the home page.
	b.Do(become(maja)...)
	b.Do(browser.Click(browser.ID("conversation-app")), browser.Click(browser.ID("tab-messages")))
	b.Do(chromedp.Poll[chromedp.Void](`document.body.innerText.includes("` + number + ` är avslutad")`))
	b.Shoot("11-news")
	b.Do(browser.Click(browser.ID("tab-home")), chromedp.WaitVisible(`[data-testid^="action-report"]`))
	b.Do(chromedp.Poll[chromedp.Void](`document.body.innerText.includes("` + number + ` · Avslutad")`))
	b.Shoot("12-home")
}

// cardOf selects the newest message whose heading is a case's number and state.
func cardOf(number, state string) string {
	return `[data-heading="` + number + ` · ` + state + `"]`
}

func TestDemoReportFitsAPhone(t *testing.T) {
	page := startDemo(t, demoCommand{Empty: true})
	b := browser.Open(t, 390, 844)
	b.Do(chromedp.Navigate(page+demoSlackPath+"/"), chromedp.WaitReady(connected))
	b.Do(browser.Type("#composer-text", "/incident\r"), chromedp.WaitVisible("#f-text"))
	b.Shoot("13-phone")
	wide := browser.Get(b, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > window.innerWidth`))
	if wide {
		t.Error("the dialog is wider than the phone")
	}
}
