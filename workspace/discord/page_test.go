package discord_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"tyreso.se/incidentbot/workspace/browser"
	"tyreso.se/incidentbot/workspace/discord"
)

// More people and places than the other tests have.
const (
	karin  = "1003"
	triage = "2002"
	ciso   = "3002"
)

// pageServer is a workspace under a path with a tiny app in it.
func pageServer(t *testing.T) *server {
	t.Helper()
	s := newServer(t, discord.Options{Path: "/discord", Name: "Föreningen Exempel"})
	s.AddRole(discord.Role{ID: ciso, Name: "CISO"})
	s.AddUser(discord.User{ID: karin, Name: "karin", GlobalName: "Karin Holm", Roles: []string{ciso}})
	s.AddChannel(discord.Channel{ID: general, Name: "allmänt", Topic: "För alla"})
	s.AddChannel(discord.Channel{ID: triage, Name: "incidenter", Topic: "Här tas rapporter emot", Overwrites: []discord.Overwrite{
		{ID: discord.GuildID, Deny: discord.ViewChannel}, {ID: ciso, Allow: discord.ViewChannel},
		{ID: discord.BotUserID, Member: true, Allow: discord.ViewChannel},
	}})
	if r := s.call(http.MethodPut, hooks, pageCommands()); r.status != http.StatusOK {
		t.Fatalf("registering: %d %s", r.status, r.raw)
	}
	for _, m := range [][2]string{
		{karin, "God morgon! Påminner om **dagens** genomgång kl. 13."},
		{anna, "Tack. Jag fick ett konstigt mejl i morse, vad gör jag?\nDet stod <script>alert(1)</script> & annat i det."},
	} {
		if _, err := s.Say(m[0], general, m[1]); err != nil {
			t.Fatal(err)
		}
	}
	app, _ := s.connect()
	app.serve(func(i object) {
		if kind, data := s.reportApp(i); kind != 0 {
			s.answer(i, kind, data)
		}
	})
	return s
}

func pageCommands() []object {
	return []object{
		{
			"type": 1, "name": "incident", "description": "Report an information security incident",
			"description_localizations": object{"sv-SE": "Rapportera en informationssäkerhetsincident"},
			"options": []object{
				{
					"type": 1, "name": "report", "description": "Report what has happened",
					"name_localizations": object{"sv-SE": "rapportera"}, "description_localizations": object{"sv-SE": "Rapportera vad som har hänt"},
					"options": []object{{
						"type": 3, "name": "system", "description": "Which system it concerns", "autocomplete": true,
						"description_localizations": object{"sv-SE": "Vilket system det gäller"},
					}},
				},
				{
					"type": 1, "name": "mine", "description": "My reports",
					"name_localizations": object{"sv-SE": "mina"}, "description_localizations": object{"sv-SE": "Mina rapporter"},
				},
			},
		},
		{"type": 1, "name": "larma", "description": "Larma jouren", "options": []object{
			{"type": 3, "name": "level", "description": "Hur bråttom det är", "required": true, "name_localizations": object{"sv-SE": "nivå"}, "choices": []object{
				{"name": "Genast", "value": "now"}, {"name": "I morgon", "value": "tomorrow"},
			}},
			{"type": 4, "name": "antal", "description": "Hur många det gäller", "min_value": 1},
			{"type": 5, "name": "tyst", "description": "Utan ljud"},
			{"type": 3, "name": "text", "description": "Vad som har hänt"},
		}},
		{"type": 3, "name": "Rapportera som incident"},
	}
}

func labelled(label string, component object) object {
	return object{"type": 18, "label": label, "component": component}
}

func choice(value, label, description string) object {
	o := object{"value": value, "label": label}
	if description != "" {
		o["description"] = description
	}
	return o
}

func pageModal(system string) object {
	systems := []object{choice("omsorg", "Omsorg", "Verksamhetssystem för vård och omsorg"), choice("skola", "Skola", "Frånvaro och betyg")}
	for _, o := range systems {
		o["default"] = o["value"] == system
	}
	return object{"custom_id": "report:1", "title": "Rapportera en incident", "components": []object{
		{"type": 10, "content": "Beskriv vad som hänt så gott du kan. **Skriv inga namn eller personnummer.**"},
		{
			"type": 18, "label": "Vad har hänt?", "description": "Några meningar räcker.", "component": object{
				"type": 4, "custom_id": "text", "style": 2, "min_length": 10, "max_length": 3000,
				"placeholder": "Till exempel: jag råkade skicka ett mejl till fel mottagare",
			},
		},
		labelled("System", object{"type": 3, "custom_id": "system", "required": false, "options": systems, "placeholder": "Välj ett system"}),
		labelled("Vad har påverkats?", object{"type": 3, "custom_id": "effects", "required": false, "min_values": 0, "max_values": 3, "options": []object{
			choice("K", "Någon har sett det som hen inte ska se", "Konfidentialitet"), choice("R", "Något stämmer inte", "Riktighet"),
			choice("T", "Det går inte att komma åt", "Tillgänglighet"),
		}}),
		labelled("Filer", object{"type": 19, "custom_id": "files", "required": false, "min_values": 0, "max_values": 3}),
	}}
}

func pageButton(style int, id, label string) object {
	return object{"type": 2, "style": style, "custom_id": id, "label": label}
}

func pageCard(state string) object {
	m := silent(object{"content": "Ny rapport", "embeds": []object{{
		"title": "INC-2026-0042 · " + state, "color": 0xf0b232, "description": "Ett mejl med en lista gick till **fel mottagare**.\n- Mejlet är återkallat\n- Mottagaren är ombedd att radera det",
		"fields": []object{
			{"name": "Kategori", "value": "Felskickad information", "inline": true}, {"name": "Aspekter", "value": "Konfidentialitet", "inline": true},
			{"name": "System", "value": "Omsorg (K3 R3 T2)", "inline": true}, {"name": "Att göra", "value": "Bedöm om det ska anmälas inom 72 timmar: <t:1795000000:f>", "inline": false},
		},
		"footer": object{"text": "Betydande"},
	}}})
	if state == "Ny" {
		m["components"] = []object{
			row(pageButton(1, "acknowledge:42", "Kvittera"), pageButton(2, "show:42", "Visa"), pageButton(4, "crash:42", "Stäng ärendet")),
			row(object{"type": 3, "custom_id": "assign:42", "placeholder": "Lämna över till", "options": []object{
				choice("omar", "Omar Said", "Ställföreträdande CISO"), choice("johan", "Johan Lind", "Säkerhetschef"),
			}}),
		}
	} else {
		m["components"] = []object{}
	}
	return m
}

const ephemeral = 1 << 6

// reportApp is a tiny app: a command opens a modal, the modal turns into a private summary, and a card with buttons is posted. It
// returns the answer's type and data; 0 when it does not answer in time.
func (s *server) reportApp(i object) (int, object) {
	data, _ := i["data"].(object)
	switch i["type"] {
	case 4.0:
		return 8, object{"choices": []object{{"name": "Omsorg", "value": "omsorg"}, {"name": "Skola", "value": "skola"}}}
	case 5.0:
		if strings.Contains(fmt.Sprint(data), "krasch") {
			return 0, nil
		}
		return 4, silent(object{
			"flags": ephemeral,
			"embeds": []object{{"title": "Din rapport", "fields": []object{
				{"name": "Vad har hänt?", "value": "Det du skrev"}, {"name": "System", "value": "-# Inte besvarad"},
			}}},
			"components": []object{row(pageButton(1, "send", "Skicka"), pageButton(2, "more", "Fler frågor (3)"))},
		})
	case 3.0:
		switch data["custom_id"] {
		case "send":
			s.call(http.MethodPost, "/channels/"+triage+"/messages", pageCard("Ny"))
			s.call(http.MethodPost, "/channels/"+s.DirectMessages(anna)+"/messages",
				silent(object{"content": "Tack! Din rapport har nummer **INC-2026-0042**."}))
			return 7, silent(object{
				"embeds":     []object{{"title": "Tack!", "description": "Rapporten har nummer **INC-2026-0042**."}},
				"components": []object{},
			})
		case "acknowledge:42", "assign:42":
			return 7, pageCard("Mottagen")
		case "show:42":
			return 5, object{"flags": ephemeral}
		}
		return 0, nil
	}
	switch data["name"] {
	case "Rapportera som incident":
		return 9, pageModal("")
	case "larma":
		given := []string{}
		for _, o := range data["options"].([]any) {
			option, _ := o.(object)
			given = append(given, fmt.Sprintf("%v=%v", option["name"], option["value"]))
		}
		slices.Sort(given)
		return 4, silent(object{"content": "Larmat: " + strings.Join(given, ", ")})
	}
	sub, _ := data["options"].([]any)[0].(object)
	if sub["name"] == "mine" {
		return 4, silent(object{"flags": ephemeral, "content": "You have no reports."})
	}
	system := ""
	if given, _ := sub["options"].([]any); len(given) > 0 {
		system, _ = given[0].(object)["value"].(string)
	}
	return 9, pageModal(system)
}

// wantText checks that an element comes to read something.
func wantText(t *testing.T, b *browser.Tab, selector, part string) {
	t.Helper()
	if said := browser.Get(b, chromedp.Text(selector)); !strings.Contains(said, part) {
		t.Errorf("%s reads %q, want it to hold %q", selector, said, part)
	}
}

func becomePerson(id string) []chromedp.Action[chromedp.Void] {
	return []chromedp.Action[chromedp.Void]{browser.Click(browser.ID("person-" + id)), chromedp.WaitVisible(`body[data-me="` + id + `"]`)}
}

func TestPageCarriesAReportFromCommandToAcknowledgement(t *testing.T) {
	picture := filepath.Join(t.TempDir(), "skärmbild.png")
	if err := os.WriteFile(picture, []byte("inte riktigt en bild"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := pageServer(t)
	b := browser.Open(t, 1280, 820)
	b.Do(chromedp.Navigate(s.url+"/"), chromedp.WaitVisible(browser.ID("message-"+s.Messages(general)[0].ID)), browser.Type("#composer-text", "/inc"))
	b.Do(chromedp.WaitVisible(browser.ID("command-option")))
	wantText(t, b, browser.ID("messages"), "<script>alert(1)</script> & annat")
	wantText(t, b, browser.ID("command-option"), "/incident rapportera")
	wantText(t, b, browser.ID("command-option"), "Rapportera vad som har hänt")
	b.Shoot("discord-command")

	b.Do(browser.Type("#composer-text", "\r"), browser.Type("#composer-text", "system:om"), chromedp.WaitVisible(browser.ID("autocomplete-option")))
	b.Shoot("discord-autocomplete")
	b.Do(
		browser.Click(`[data-testid="autocomplete-option"][data-name="omsorg"]`), browser.Type("#composer-text", "\r"),
		chromedp.WaitVisible(browser.ID("modal")),
	)
	wantText(t, b, browser.ID("select-system"), "Omsorg")
	b.Do(browser.Click(browser.ID("modal-submit")), chromedp.WaitVisible(browser.ID("error-text")))
	wantText(t, b, browser.ID("error-text"), "Det här fältet är obligatoriskt.")
	b.Shoot("discord-modal-error")

	b.Do(
		browser.Type("#f-text", "Jag skickade en lista till fel mottagare, och sedan kom en krasch."),
		chromedp.WaitNotVisible(browser.ID("error-text")),
		browser.Click("#f-effects"), chromedp.WaitVisible("#f-effects-K"), browser.Click("#f-effects-K"), browser.Click("#f-effects-T"),
	)
	b.Shoot("discord-modal-select")
	b.Do(
		browser.Click("#f-effects"), chromedp.WaitNotVisible("#f-effects-K"),
		chromedp.SetUploadFiles("#f-files", []string{picture}), chromedp.WaitVisible(browser.ID("field-files")+" .file-chip"),
		browser.Click(browser.ID("modal-submit")), chromedp.WaitVisible(browser.ID("modal-error")),
	)
	wantText(t, b, browser.ID("modal-error"), "Något gick fel. Försök igen.")
	wantText(t, b, browser.ID("field-files"), "skärmbild.png")
	b.Shoot("discord-modal-failed")
	if typed := browser.Get(b, chromedp.Value("#f-text")); !strings.Contains(typed, "fel mottagare") {
		t.Errorf("after a failed submission the text reads %q", typed)
	}

	b.Do(
		chromedp.Evaluate[chromedp.Void](`{const f = document.querySelector("#f-text"); f.value = "Jag skickade en lista till fel mottagare."; f.dispatchEvent(new Event("input"))}`),
		browser.Click(browser.ID("modal-submit")), chromedp.WaitNotPresent(browser.ID("modal")),
		chromedp.WaitVisible(`article[data-ephemeral="true"][data-heading="Din rapport"]`),
	)
	wantText(t, b, `article[data-ephemeral="true"]`, "Bara du kan se det här")
	b.Shoot("discord-summary")
	b.Do(browser.Click(browser.ID("action-more")), chromedp.WaitVisible(`[data-heading="Din rapport"] .failed`))
	wantText(t, b, `[data-heading="Din rapport"] .failed`, "Den här interaktionen misslyckades")
	b.Shoot("discord-interaction-failed")
	b.Do(browser.Click(browser.ID("action-send")), chromedp.WaitVisible(`article[data-heading="Tack!"]`))
	b.Shoot("discord-receipt")
	b.Do(browser.Click(`article[data-heading="Tack!"] [data-testid^="dismiss-"]`), chromedp.WaitNotPresent(`article[data-heading="Tack!"]`))
	b.Do(browser.Click(`[data-direct="true"]`), chromedp.WaitVisible(`article[data-author="`+discord.BotUserID+`"]`))
	wantText(t, b, browser.ID("messages"), "Din rapport har nummer INC-2026-0042.")
	b.Shoot("discord-direct")

	b.Do(becomePerson(karin)...)
	b.Do(browser.Click(browser.ID("conversation-"+triage)), chromedp.WaitVisible(`article[data-heading="INC-2026-0042 · Ny"]`))
	b.Shoot("discord-card")
	b.Do(browser.Click(browser.ID("action-show:42")), chromedp.WaitVisible(".thinking"))
	wantText(t, b, ".thinking", "incidentbot tänker …")
	b.Shoot("discord-thinking")
	b.Do(browser.Click(browser.ID("select-assign:42")), browser.Click(browser.ID("option-assign:42-omar")),
		chromedp.WaitVisible(`article[data-heading="INC-2026-0042 · Mottagen"]`))
	wantText(t, b, `article[data-heading="INC-2026-0042 · Mottagen"]`, "(redigerad)")
	b.Shoot("discord-acknowledged")
	want := []string{"interaction of type 5 not acknowledged within 3s", "interaction of type 3 not acknowledged within 3s"}
	if diff := cmp.Diff(want, s.Problems()); diff != "" { // those that the app failed on purpose
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestPageSpeaksThePersonsLanguage(t *testing.T) {
	s := pageServer(t)
	b := browser.Open(t, 1280, 800)
	b.Do(chromedp.Navigate(s.url+"/"), chromedp.WaitVisible("#composer-text"))
	b.Do(becomePerson(bertil)...)
	b.Do(browser.Type("#composer-text", "/"), chromedp.WaitVisible(`[data-testid="command-option"][data-name="incident mine"]`))
	wantText(t, b, `[data-testid="command-option"][data-name="incident mine"]`, "My reports")
	b.Do(browser.Type("#composer-text", "incident mine\r"), chromedp.WaitVisible(`article[data-ephemeral="true"]`))
	for _, part := range []string{"Only you can see this", "Dismiss", "Bertil Ek used /incident mine"} {
		wantText(t, b, `article[data-ephemeral="true"]`, part)
	}
	b.Shoot("discord-english")
	b.Do(
		browser.Type("#composer-text", "/incident report\r"), chromedp.WaitVisible("#f-text"), browser.Type("#f-text", "Too short"),
		browser.Click(browser.ID("modal-submit")), chromedp.WaitVisible(browser.ID("error-text")),
	)
	wantText(t, b, browser.ID("error-text"), "Write at least 10 characters.")
	b.Do(browser.Click(browser.ID("modal-cancel")), chromedp.WaitNotPresent(browser.ID("modal")))
	b.Do(becomePerson(anna)...)
	if browser.Get(b, chromedp.Evaluate[bool](`document.querySelector('[data-ephemeral="true"]') !== null`)) {
		t.Error("a private answer is shown to somebody else")
	}
	b.Do(browser.Click(browser.ID("takes-direct")), chromedp.WaitVisible(browser.ID("takes-direct")+":not(:checked)"))
	if _, err := s.Say(bertil, general, "Good morning"); err != nil {
		t.Fatal(err)
	}
	b.Do(chromedp.Poll[chromedp.Void](`document.querySelector("[data-testid=messages]").innerText.includes("Good morning")`))
	s.wantNoProblems()
}

func TestPageFillsInACommandsOptions(t *testing.T) {
	s := pageServer(t)
	b := browser.Open(t, 1280, 800)
	b.Do(
		chromedp.Navigate(s.url+"/"), chromedp.WaitVisible(browser.ID("message-"+s.Messages(general)[0].ID)),
		browser.Type("#composer-text", "/larma antal:3"), browser.Type("#composer-text", "\r"), chromedp.WaitVisible(browser.ID("command-error")),
	)
	wantText(t, b, browser.ID("command-error"), "Fyll i nivå.")
	b.Shoot("discord-option-missing")
	b.Do(
		chromedp.Evaluate[chromedp.Void](`{const f = document.querySelector("#composer-text"); f.value = ""; f.dispatchEvent(new Event("input"))}`),
		browser.Type("#composer-text", "/lar\r"), // takes the command, with its required option
		chromedp.WaitVisible(`[data-testid="autocomplete-option"][data-name="tomorrow"]`),
	)
	b.Shoot("discord-choices")
	b.Do(
		browser.Click(`[data-testid="autocomplete-option"][data-name="tomorrow"]`),
		browser.Click(`[data-testid="command-argument"][data-name="tyst"]`), browser.Type("#composer-text", "Sa\r"),
		browser.Type("#composer-text", "text:kl. 14:05: strömmen gick"),
	)
	b.Shoot("discord-options")
	b.Do(browser.Type("#composer-text", "\r"), chromedp.WaitVisible(`article[data-author="`+discord.BotUserID+`"]`))
	wantText(t, b, `article[data-author="`+discord.BotUserID+`"]`, "Larmat: level=tomorrow, text=kl. 14:05: strömmen gick, tyst=true")
	s.wantNoProblems()
}

func TestPageOffersMessageCommandsAndFitsAPhone(t *testing.T) {
	s := pageServer(t)
	b := browser.Open(t, 390, 844)
	message := s.Messages(general)[1].ID
	b.Do(chromedp.Navigate(s.url+"/"), chromedp.WaitVisible(browser.ID("message-"+message)))
	b.Shoot("discord-phone-channel")
	b.Do(browser.Click("#menu"), chromedp.WaitVisible(browser.ID("conversation-"+general)))
	b.Shoot("discord-phone-side")
	b.Do(
		browser.Click(browser.ID("conversation-"+general)), chromedp.WaitNotVisible(browser.ID("conversation-"+general)),
		browser.Click(browser.ID("menu-"+message)), chromedp.WaitVisible(browser.ID("shortcut-Rapportera som incident")),
	)
	b.Shoot("discord-phone-shortcut")
	b.Do(browser.Click(browser.ID("shortcut-Rapportera som incident")), chromedp.WaitVisible(browser.ID("modal")))
	b.Shoot("discord-phone-modal")
	size := browser.Get(b, chromedp.Evaluate[[]float64](`[document.querySelector("[data-testid=modal]").getBoundingClientRect()].flatMap((r) => [r.width, r.height])`))
	if diff := cmp.Diff([]float64{390, 844}, size); diff != "" {
		t.Errorf("the modal does not fill the screen (-want +got):\n%s", diff)
	}
	b.Do(browser.Click(browser.ID("modal-cancel")), chromedp.WaitNotPresent(browser.ID("modal")))
	s.call(http.MethodPost, "/channels/"+triage+"/messages", pageCard("Ny"))
	b.Do(becomePerson(karin)...)
	b.Do(browser.Click(browser.ID("conversation-"+triage)), chromedp.WaitVisible(browser.ID("action-acknowledge:42")))
	b.Shoot("discord-phone-card")
	if browser.Get(b, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > innerWidth`)) {
		t.Error("the page is wider than the screen")
	}
	s.wantNoProblems()
}

func TestPageShowsFilesAndPreviews(t *testing.T) {
	s := pageServer(t)
	b := browser.Open(t, 1280, 800)
	r := s.upload(http.MethodPost, posts, silent(object{"content": "Bilagan, från https://example.org/sida"}),
		file{"files[0]", "lista över ärenden.txt", "innehåll"})
	if r.status != http.StatusOK {
		t.Fatalf("posting a file: %d %s", r.status, r.raw)
	}
	message := browser.ID("message-" + r.id())
	b.Do(chromedp.Navigate(s.url+"/"), chromedp.WaitVisible(message))
	wantText(t, b, message+" .file", "lista_över_ärenden.txt")
	wantText(t, b, message+" .preview", "https://example.org/sida")
	got := browser.Get(b, chromedp.Evaluate[string](`fetch(document.querySelector(".file").href).then((r) => r.text())`, chromedp.EvalAwaitPromise))
	if got != "innehåll" {
		t.Errorf("the file holds %q", got)
	}
	b.Shoot("discord-file")
	s.wantNoProblems()
}

// TestPageDrawsTextAsTheClientsDo compares what is drawn, as HTML without the attributes.
func TestPageDrawsTextAsTheClientsDo(t *testing.T) {
	s := pageServer(t)
	b := browser.Open(t, 800, 600)
	b.Do(chromedp.Navigate(s.url+"/"), chromedp.WaitVisible("#composer-text"))
	for source, want := range map[string]string{
		"plain <b>&amp;":                      "plain &lt;b&gt;&amp;amp;",
		"**bold** *it* _it_ __under__ ~~no~~": "<strong>bold</strong> <em>it</em> <em>it</em> <u>under</u> <s>no</s>",
		"***both*** and **a *b* c**":          "<strong><em>both</em></strong> and <strong>a <em>b</em> c</strong>",
		`\*\*not bold\*\* \_ \~ \| \> \# \\`:  `**not bold** _ ~ | &gt; # \`,
		`\a stays`:                            `\a stays`,
		"snake_case_name 2 * 3 * 4":           "snake_case_name 2 * 3 * 4",
		"`**code**` ``a`b``":                  "<code>**code**</code> <code>a`b</code>",
		"**a `**` b**":                        "<strong>a <code>**</code> b</strong>",
		"[words](https://example.org)":        "<a>words</a>",
		`\[words\](https://example.org)`:      "[words](<a>https://example.org</a>)",
		`\[words](https\://example.org)`:      "[words](https://example.org)",
		"[https://a.se](https://b.se)":        "[<a>https://a.se](https://b.se</a>)", // no mask: what is shown is where it leads
		"see https://example.org/a?b=1, yes":  "see <a>https://example.org/a?b=1</a>, yes",
		"<https://example.org>":               "<a>https://example.org</a>",
		"<@1001> <@&3002> <#2001> @everyone":  "<span>@Anna Lind</span> <span>@CISO</span> <span>#allmänt</span> <span>@everyone</span>",
		`\<@1001> @` + "\u200b" + "everyone":  "&lt;@1001&gt; @\u200beveryone",
		"||secret||":                          "<span><span>secret</span></span>",
		"</incident mine:1> <:wave:1>":        "<span>/incident mine</span> <span>:wave:</span>",
	} {
		t.Run(source, func(t *testing.T) {
			if got := drawn(b, source); got != "<div>"+want+"</div>" {
				t.Errorf("drawn as %s, want %s", got, want)
			}
		})
	}
	for source, want := range map[string]string{
		"# One\n## Two\n-# small\nplain": "<p>One</p><p>Two</p><p>small</p><div>plain</div>",
		"#hashtag\n\\# not":              "<div>#hashtag\n# not</div>",
		"- a\n- b\n1. c":                 "<ul><li>a</li><li>b</li></ul><ol><li>c</li></ol>",
		"\\- a\n1\\. b":                  "<div>- a\n1. b</div>",
		"> a\n> b\nc":                    "<blockquote><div>a\nb</div></blockquote><div>c</div>",
		">>> a\nb":                       "<blockquote><div>a\nb</div></blockquote>",
		"before\n```go\n**x**\n```after": "<div>before</div><pre>**x**</pre><div>after</div>",
		"\\`\\`\\`\n**x**\n\\`\\`\\`":    "<div>```\n<strong>x</strong>\n```</div>",
	} {
		t.Run(source, func(t *testing.T) {
			if got := drawn(b, source); got != want {
				t.Errorf("drawn as %s, want %s", got, want)
			}
		})
	}
}

func drawn(b *browser.Tab, source string) string {
	encoded, _ := json.Marshal(source)
	return browser.Get(b, chromedp.Evaluate[string](`Promise.all([import("./page/markdown.js"), import("./page/client.js")])
		.then(([m, c]) => m.markdown(`+string(encoded)+`, c.around()).innerHTML.replace(/<(\w+)( [^>]*)>/g, "<$1>"))`, chromedp.EvalAwaitPromise))
}

func TestPageRefusesOtherOrigins(t *testing.T) {
	s := pageServer(t)
	for origin, want := range map[string]int{"https://elsewhere.example": http.StatusForbidden, strings.TrimSuffix(s.url, "/discord"): http.StatusOK} {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		if err := form.WriteField("deed", `{"user":"`+anna+`","channel":"`+general+`","text":"hej"}`); err != nil {
			t.Fatal(err)
		}
		if err := form.Close(); err != nil {
			t.Fatal(err)
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/page/do/say", &body)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", form.FormDataContentType())
		req.Header.Set("Origin", origin)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want || !strings.Contains(resp.Header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("from %s: %d with policy %q, want %d", origin, resp.StatusCode, resp.Header.Get("Content-Security-Policy"), want)
		}
	}
	if n := len(s.Messages(general)); n != 3 {
		t.Errorf("%d messages, want the one from the page itself beside the first two", n)
	}
}
