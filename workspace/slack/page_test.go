package slack_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"tyreso.se/incidentbot/workspace/browser"
	"tyreso.se/incidentbot/workspace/slack"
)

// reportBot is a tiny app: a command opens a modal, the modal turns into a receipt, and a card with buttons is posted.
func reportBot(s *server) {
	question := func(withCount bool) object {
		blocks := []object{
			{"type": "section", "text": markdown("Beskriv vad som hänt så gott du kan. *Skriv inga namn eller personnummer.*")},
			input("what", object{"type": "plain_text_input", "action_id": "v", "multiline": true, "min_length": 10, "max_length": 3000,
				"placeholder": plainText("Till exempel: jag råkade skicka ett mejl till fel mottagare")},
				object{"hint": plainText("Några meningar räcker.")}),
			input("system", object{"type": "external_select", "action_id": "v", "min_query_length": 1,
				"placeholder": plainText("Sök bland systemen")}, object{"optional": true}),
			input("personal", object{"type": "radio_buttons", "action_id": "v", "options": []object{
				opt("yes", "Ja"), opt("no", "Nej"), opt("unknown", "Vet inte")}}, object{"optional": true, "dispatch_action": true}),
		}
		if withCount {
			blocks = append(blocks, input("count", object{"type": "static_select", "action_id": "v", "options": []object{
				opt("few", "Färre än 10"), opt("many", "10 eller fler")}}))
		}
		return modal(append(blocks,
			input("aspects", object{"type": "checkboxes", "action_id": "v", "options": []object{
				opt("c", "Någon har sett det som hen inte ska se"), opt("a", "Det går inte att komma åt")}}, object{"optional": true}),
			input(
				"when", object{"type": "datetimepicker", "action_id": "v", "initial_date_time": 1786354200},
				object{"optional": true},
			),
			input("files", object{"type": "file_input", "action_id": "v", "max_files": 5}, object{"optional": true}))...)
	}
	card := func(acknowledged bool) []object {
		blocks := []object{
			{"type": "header", "text": plainText("INC-2026-0042 · Betydande")},
			{"type": "section", "fields": []object{
				markdown("*Kategori*\nFelskickad information"), markdown("*Aspekter*\nKonfidentialitet"),
				markdown("*System*\nTreserva (K3 R3 T2 S3)"), markdown("*Personuppgifter*\nJa, färre än 10"),
			}},
		}
		if acknowledged {
			return append(blocks, object{"type": "context", "elements": []object{markdown("Kvitterad av Bertil Ek")}})
		}
		return append(blocks, object{"type": "actions", "elements": []object{
			{"type": "button", "action_id": "acknowledge", "value": "x1", "style": "primary", "text": plainText("Kvittera")},
			{"type": "button", "action_id": "category", "value": "x1", "text": plainText("Ändra kategori")},
			{"type": "button", "action_id": "close", "value": "x1", "style": "danger", "text": plainText("Stäng ärendet"),
				"confirm": object{"title": plainText("Stänga ärendet?"), "text": plainText("Rapportören får besked."), "confirm": plainText("Stäng"), "deny": plainText("Avbryt")}},
		}})
	}
	s.connect().serve(func(e envelope) any {
		switch e.Payload["type"] {
		case nil:
			s.api("views.open", object{"trigger_id": e.Payload["trigger_id"], "view": question(false)})
		case "block_suggestion":
			return object{"options": []object{opt("treserva", "Treserva"), opt("lifecare", "Lifecare")}}
		case "block_actions":
			if view, inView := e.Payload["view"].(object); inView {
				s.api("views.update", object{"view_id": view["id"], "hash": view["hash"], "view": question(true)})
				return nil
			}
			message, _ := e.Payload["message"].(object)
			s.api("chat.update", object{"channel": general, "ts": message["ts"], "text": "INC-2026-0042", "blocks": card(true)})
		case "view_submission":
			s.api("chat.postMessage", object{"channel": general, "text": "Ny rapport: INC-2026-0042", "blocks": card(false)})
			s.api("chat.postMessage", object{"channel": anna, "text": "Tack! Din rapport har nummer *INC-2026-0042*."})
			return object{"response_action": "update", "view": object{"type": "modal", "title": plainText("Tack"), "close": plainText("Stäng"),
				"blocks": []object{{"type": "section", "text": markdown("Rapporten har nummer *INC-2026-0042*.")}}}}
		case "event_callback":
			s.api("views.publish", object{"user_id": anna, "view": object{"type": "home", "blocks": []object{
				{"type": "header", "text": plainText("Mina rapporter")},
				{
					"type": "actions",
					"elements": []object{
						{"type": "button", "action_id": "report", "style": "primary", "text": plainText("Rapportera en incident")},
					},
				},
				{"type": "divider"},
				{"type": "section", "text": markdown("*INC-2026-0042* · Kvitterad\nFelskickad information")},
			}}})
		}
		return nil
	})
}

// wantText checks that an element comes to read something.
func wantText(t *testing.T, b *browser.Tab, selector, part string) {
	t.Helper()
	if said := browser.Get(b, chromedp.Text(selector)); !strings.Contains(said, part) {
		t.Errorf("%s reads %q, want it to hold %q", selector, said, part)
	}
}

func pageServer(t *testing.T, path string) *server {
	t.Helper()
	s := newServer(t, slack.Options{
		Path: path, Name: "Tyresö kommun", Command: slack.Command{
			Description: "Rapportera en informationssäkerhetsincident", Usage: "[status | mine | help]",
		},
		Shortcuts: []slack.Shortcut{{CallbackID: "report_message", Name: "Rapportera som incident"}},
	})
	s.AddChannel(
		slack.Channel{
			ID: "C0TRIAGE", Name: "infosäk-triage", Private: true, BotIsMember: true, Members: []string{bertil},
			Topic: "Nya rapporter",
		},
	)
	s.AddUser(slack.User{ID: "U0CHEF", Name: "cecilia", RealName: "Cecilia Norén", Title: "Enhetschef"})
	if _, err := s.Say(bertil, general, "God morgon! Påminner om dagens genomgång kl. 13."); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Say(anna, general, "Tack. Jag fick ett konstigt mejl i morse, vad gör jag?\nDet stod <script>alert(1)</script> & annat i det."); err != nil {
		t.Fatal(err)
	}
	reportBot(s)
	return s
}

func TestPageCarriesAReportFromCommandToAcknowledgement(t *testing.T) {
	picture := filepath.Join(t.TempDir(), "skärmbild.png")
	if err := os.WriteFile(picture, []byte("inte riktigt en bild"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := pageServer(t, "")
	b := browser.Open(t, 1280, 800)
	b.Do(
		chromedp.Navigate(s.url+"/"),
		chromedp.WaitVisible(browser.ID("message-"+s.Messages(general)[0].TS)),
		browser.Type("#composer-text", "/inc"),
	)
	wantText(t, b, browser.ID("messages"), "<script>alert(1)</script> & annat")
	wantText(t, b, browser.ID("command-option"), "Rapportera en informationssäkerhetsincident")
	b.Shoot("workspace-command")

	b.Do(
		browser.Type("#composer-text", "ident\r"),
		chromedp.WaitVisible(browser.ID("modal")),
		browser.Click(browser.ID("modal-submit")),
		chromedp.WaitVisible(browser.ID("error-what")),
	)
	wantText(t, b, browser.ID("error-what"), "Fyll i det här fältet.")
	b.Shoot("workspace-modal-error")

	b.Do(
		browser.Type("#f-what", "Jag skickade ett mejl med en patientlista till fel mottagare."),
		browser.Type("#f-system", "tre"),
		chromedp.WaitVisible(`[data-testid="lookup-option"][data-value="treserva"]`),
	)
	b.Shoot("workspace-lookup")
	b.Do(
		browser.Type("#f-system", "\r"),
		chromedp.WaitVisible(browser.ID("field-system")+" .chip"),
		browser.Click("#f-personal-yes"),
		chromedp.WaitVisible("#f-count"),
		chromedp.Evaluate[chromedp.Void](`const count = document.querySelector("#f-count"); count.value = "few"; count.dispatchEvent(new Event("change"))`),
		browser.Click("#f-aspects-c"),
		chromedp.SetUploadFiles("#f-files", []string{picture}),
		chromedp.WaitVisible(browser.ID("field-files")+" .file-chip"),
	)
	wantText(t, b, browser.ID("field-files"), "skärmbild.png")
	b.Shoot("workspace-modal")
	if typed := browser.Get(b, chromedp.Value("#f-what")); !strings.Contains(typed, "patientlista") {
		t.Errorf("after the view was updated the text reads %q", typed)
	}

	b.Do(
		browser.Click(browser.ID("modal-submit")),
		chromedp.WaitVisible(browser.ID("modal")+`:not([data-callback="report"])`),
	)
	wantText(t, b, browser.ID("modal"), "INC-2026-0042")
	b.Shoot("workspace-receipt")

	b.Do(
		browser.Click(browser.ID("modal-cancel")),
		chromedp.WaitNotPresent(browser.ID("modal")),
		browser.Click(browser.ID("person-"+bertil)),
		chromedp.WaitVisible(`body[data-me="`+bertil+`"]`),
		chromedp.WaitVisible(browser.ID("action-acknowledge")),
	)
	b.Shoot("workspace-channel")
	b.Do(browser.Click(browser.ID("action-acknowledge")), chromedp.WaitVisible(".edited"))
	wantText(t, b, browser.ID("messages"), "Kvitterad av Bertil Ek")
	b.Shoot("workspace-acknowledged")

	b.Do(
		browser.Click(browser.ID("person-"+anna)),
		chromedp.WaitVisible(`body[data-me="`+anna+`"]`),
		browser.Click(browser.ID("conversation-app")),
		browser.Click(browser.ID("tab-home")),
		chromedp.WaitVisible(browser.ID("action-report")),
	)
	b.Shoot("workspace-home")
	s.wantNoProblems()
}

func TestPageFitsAPhone(t *testing.T) {
	s := pageServer(t, "")
	b := browser.Open(t, 390, 844)
	b.Do(
		chromedp.Navigate(s.url+"/"),
		chromedp.WaitVisible(browser.ID("message-"+s.Messages(general)[0].TS)),
	)
	b.Shoot("workspace-phone-channel")
	b.Do(browser.Click("#menu"), chromedp.WaitVisible(browser.ID("conversation-app")))
	b.Shoot("workspace-phone-sidebar")
	b.Do(
		browser.Click(browser.ID("conversation-"+general)),
		browser.Type("#composer-text", "/incident\r"),
		chromedp.WaitVisible(browser.ID("modal")),
	)
	b.Shoot("workspace-phone-modal")
	if browser.Get(b, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > innerWidth`)) {
		t.Error("the page is wider than the screen")
	}
	size := browser.Get(b, chromedp.Evaluate[[]float64](`[document.querySelector("[data-testid=modal]").getBoundingClientRect()].flatMap((r) => [r.width, r.height])`))
	if diff := cmp.Diff([]float64{390, 844}, size); diff != "" {
		t.Errorf("the modal does not fill the screen (-want +got):\n%s", diff)
	}
}

func TestPageOffersTheShortcutAndAsksBeforeWhatCannotBeUndone(t *testing.T) {
	s := pageServer(t, "")
	ts := s.api("chat.postMessage", object{"channel": general, "text": "a", "blocks": []object{row(button(object{
		"action_id": "close", "style": "danger", "confirm": object{"title": plainText("Stänga ärendet?"),
			"text": plainText("Rapportören får besked."), "confirm": plainText("Stäng"), "deny": plainText("Avbryt")}}))}})["ts"].(string)
	b := browser.Open(t, 1280, 800)
	b.Do(
		chromedp.Navigate(s.url+"/"),
		chromedp.WaitVisible(browser.ID("action-close")),
		browser.Click(browser.ID("action-close")),
		chromedp.WaitVisible(browser.ID("confirm")),
	)
	b.Shoot("workspace-confirm")
	b.Do(browser.Click(browser.ID("confirm-deny")), chromedp.WaitNotPresent(browser.ID("confirm")))
	if m := s.Messages(general); m[len(m)-1].Edits != 0 {
		t.Error("the button acted in spite of the refusal")
	}
	b.Do(browser.Click(browser.ID("menu-"+ts)), chromedp.WaitVisible(browser.ID("shortcut-report_message")))
	b.Shoot("workspace-shortcut")
	b.Do(
		browser.Click(browser.ID("shortcut-report_message")),
		chromedp.WaitNotPresent(browser.ID("shortcut-report_message")),
		browser.Click(browser.ID("action-close")),
		browser.Click(browser.ID("confirm-ok")),
		chromedp.WaitVisible(".edited"),
	)
	s.wantNoProblems()
}

func TestPageAndApiWorkUnderAPath(t *testing.T) {
	s := pageServer(t, "/slack")
	b := browser.Open(t, 1280, 800)
	b.Do(
		chromedp.Navigate(s.url+"/"),
		chromedp.WaitVisible(browser.ID("message-"+s.Messages(general)[0].TS)),
		browser.Type("#composer-text", "/incident\r"), // there and back over a socket below the path
		chromedp.WaitVisible(browser.ID("modal")),
		browser.Click(browser.ID("modal-cancel")),
		chromedp.WaitNotPresent(browser.ID("modal")),
	)
	upload := s.form("files.getUploadURLExternal", "filename=handlingsplan.txt&length=3")
	link := s.form("chat.getPermalink", "channel="+general+"&message_ts="+s.Messages(general)[0].TS)["permalink"]
	for what, address := range map[string]any{"upload": upload["upload_url"], "permalink": link} {
		if got, _ := address.(string); !strings.HasPrefix(got, s.url+"/") {
			t.Errorf("the %s address is %q, want it below %s/", what, got, s.url)
		}
	}
	b.Do(chromedp.Navigate(link.(string)), chromedp.WaitVisible(browser.ID("message-"+s.Messages(general)[0].TS)))
	if at := browser.Get(b, chromedp.Location()); at != s.url+"/#"+general {
		t.Errorf("a permalink leads to %q, want the page with the channel open", at)
	}
	s.wantNoProblems()
}

func TestPageRefusesOtherOrigins(t *testing.T) {
	s := newServer(t, slack.Options{})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/page/do/say",
		strings.NewReader(`{"user":"`+anna+`","channel":"`+general+`","text":"hej"}`))
	if err != nil {
		t.Fatal(err)
	}
	for origin, want := range map[string]int{"https://elsewhere.example": http.StatusForbidden, s.url: http.StatusOK} {
		again := req.Clone(t.Context())
		again.Header.Set("Origin", origin)
		again.Body, _ = req.GetBody()
		resp, err := http.DefaultClient.Do(again)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want || !strings.Contains(resp.Header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("from %s: %d with policy %q, want %d", origin, resp.StatusCode, resp.Header.Get("Content-Security-Policy"), want)
		}
	}
	if n := len(s.Messages(general)); n != 1 {
		t.Errorf("%d messages, want the one from the page itself", n)
	}
}
