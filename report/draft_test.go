package report_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/report"
	"tyreso.se/incidentbot/store"
)

var update = flag.Bool("update", false, "write the golden files anew")

// draftTexts are the Swedish texts, so that the golden files can be read as people read them.
var draftTexts = map[string]string{
	"draft.mark":                          "UTKAST",
	"draft.gap":                           "SAKNAS",
	"draft.gaps":                          "Frågor där något saknas",
	"draft.made":                          "skapat",
	"draft.page":                          "Sida",
	"draft.page.of":                       "av",
	"draft.boxes":                         "Tecken som inte kan visas här har ersatts med □. I Markdown-filen finns hela texten.",
	"draft.needless":                      "Behöver inte besvaras.",
	"draft.not_needed":                    "Enligt beslut i ärendet behövs den inte.",
	"draft.no_delay":                      "Utan onödigt dröjsmål",
	"draft.sensitive":                     "Känsliga eller skyddade personuppgifter",
	"draft.personal.yes":                  "Personuppgifter berörs, enligt rapporten.",
	"draft.personal.no":                   "Personuppgifter berörs inte, enligt rapporten.",
	"draft.ongoing.yes":                   "Den pågick när den rapporterades.",
	"draft.ongoing.no":                    "Den pågick inte längre när den rapporterades.",
	"draft.began.gap":                     "Ta reda på när incidenten började. Går det inte att veta exakt, skriv ungefär när.",
	"draft.what.gap":                      "Beskriv vad som har hänt, utan namn och personnummer.",
	"draft.notice.check":                  "Det här är ett utkast ur incidentregistret. Läs igenom det, fyll i det som saknas och rätta det som inte stämmer innan du lämnar det vidare.",
	"draft.notice.public":                 "Det du lämnar blir en allmän handling hos myndigheten. Ta bort namn och annat som inte behövs.",
	"draft.notice.decides":                "Boten bedömer inte juridiken. Det gör ni, med juristen och dataskyddsombudet.",
	"draft.notice.stop":                   "Ärendet kan röra Sveriges säkerhet. Skriv inga detaljer här. Prata med säkerhetschefen innan något lämnas till en myndighet.",
	"draft.notice.near_miss":              "Ärendet är ett tillbud. Ett tillbud behöver normalt inte anmälas.",
	"draft.label.aspects":                 "Påverkar",
	"draft.label.category":                "Kategori i registret",
	"draft.label.cause":                   "Orsak i registret",
	"draft.label.clock":                   "Tiden räknas från",
	"draft.label.done":                    "Gjort när incidenten rapporterades",
	"draft.label.due":                     "Ska lämnas senast",
	"draft.label.email":                   "E-post",
	"draft.label.form":                    "Informationen fanns",
	"draft.label.handed_in":               "Lämnades",
	"draft.label.lesson":                  "Lärdom",
	"draft.label.limit":                   "72 timmar går ut",
	"draft.label.police":                  "Polisanmält",
	"draft.police.not_yet":                "Brott misstänks, men det är inte polisanmält än.",
	"draft.label.seriousness":             "Följderna för de registrerade",
	"draft.measure.open":                  "Planerat, klart senast",
	"draft.measure.done":                  "Gjort",
	"draft.measure.dropped":               "Görs inte, beslutat",
	"draft.label.persons":                 "Berörda personer",
	"draft.label.reason":                  "Skäl",
	"draft.label.reference":               "Mottagarens nummer",
	"draft.label.registered":              "Kom in till incidentregistret",
	"draft.label.report":                  "Enligt rapporten",
	"draft.label.sensitive":               "Känsligt, enligt rapporten",
	"draft.label.severity":                "Allvarlighet i registret",
	"draft.label.severity_note":           "Varför allvarligheten är ändrad",
	"draft.label.supplier":                "Leverantör",
	"draft.label.system":                  "System",
	"draft.label.unit":                    "Systemet hör till",
	"draft.label.verdict":                 "Beslut i ärendet",
	"draft.verdict.no_breach":             "Ingen personuppgiftsincident",
	"draft.verdict.unlikely_risk":         "Personuppgiftsincident, men en risk för de registrerade är osannolik",
	"draft.verdict.risk":                  "Personuppgiftsincident med risk för de registrerade",
	"draft.verdict.high_risk":             "Personuppgiftsincident med sannolikt hög risk för de registrerade",
	"draft.verdict.not_significant":       "Inte betydande enligt cybersäkerhetslagen",
	"draft.verdict.significant":           "Betydande enligt cybersäkerhetslagen",
	"draft.verdict.significant_to_public": "Betydande enligt cybersäkerhetslagen, även för dem som använder tjänsten",
	"draft.imy.title":                     "Anmälan av personuppgiftsincident till IMY",
	"draft.imy.notice.undecided":          "Det är inte beslutat om det här är en personuppgiftsincident och hur stor risken är. Besluta det först.",
	"draft.imy.notice.no_breach":          "Det är beslutat att det här inte är en personuppgiftsincident. Då behövs ingen anmälan.",
	"draft.imy.notice.unlikely":           "Det är beslutat att en risk för de registrerade är osannolik. Då behövs ingen anmälan, men incidenten ska dokumenteras.",
	"draft.imy.controller.heading":        "Personuppgiftsansvarig och kontakt",
	"draft.imy.controller":                "Vem är personuppgiftsansvarig?",
	"draft.imy.controller.gap":            "Skriv vilken nämnd eller vilket bolag som är personuppgiftsansvarig.",
	"draft.imy.address":                   "Vilket organisationsnummer och vilken postadress har den personuppgiftsansvarige?",
	"draft.imy.address.gap":               "Skriv organisationsnummer och postadress.",
	"draft.imy.reference":                 "Vilket är ert referensnummer?",
	"draft.imy.contact":                   "Vem kan IMY kontakta?",
	"draft.imy.contact.gap":               "Skriv kontaktpersonens namn, roll, telefonnummer och e-postadress.",
	"draft.imy.dpo":                       "Vem är dataskyddsombud?",
	"draft.imy.dpo.gap":                   "Skriv dataskyddsombudets namn och kontaktuppgifter.",
	"draft.imy.event.heading":             "Vad som har hänt",
	"draft.imy.type":                      "Vilken typ av incident är det?",
	"draft.imy.type.gap":                  "Välj den typ i formuläret som stämmer bäst. Är det osäkert om personuppgifter har drabbats, fråga dataskyddsombudet.",
	"draft.imy.began":                     "När började incidenten?",
	"draft.imy.ended":                     "När upphörde incidenten?",
	"draft.imy.ended.gap":                 "Skriv när den upphörde. Pågår den fortfarande, skriv det.",
	"draft.imy.discovered":                "När upptäckte ni incidenten?",
	"draft.imy.discovered.gap":            "Ta reda på när incidenten upptäcktes.",
	"draft.imy.how":                       "Hur upptäckte ni incidenten?",
	"draft.imy.how.gap":                   "Fråga den som rapporterade hur det upptäcktes och av vem, till exempel en medarbetare, en leverantör eller den som drabbades. Skriv ingen persons namn.",
	"draft.imy.what":                      "Vad har hänt?",
	"draft.imy.cause":                     "Varför hände det?",
	"draft.imy.cause.gap":                 "Skriv orsaken, till exempel ett mänskligt misstag, en rutin som saknas, ett tekniskt fel eller ett angrepp.",
	"draft.imy.late":                      "Varför kommer anmälan senare än 72 timmar efter upptäckten?",
	"draft.imy.late.gap":                  "Skriv skälen till att anmälan kommer senare än 72 timmar.",
	"draft.imy.late.no":                   "Behöver inte besvaras så länge 72 timmar inte har gått.",
	"draft.imy.persons.heading":           "De registrerade och uppgifterna",
	"draft.imy.groups":                    "Vilka grupper tillhör de registrerade?",
	"draft.imy.groups.gap":                "Skriv vilka grupper det gäller, till exempel anställda, elever, vårdnadshavare, brukare eller patienter.",
	"draft.imy.number":                    "Hur många registrerade berörs?",
	"draft.imy.number.gap":                "Ta reda på ungefär hur många personer det gäller. Det räcker med ett ungefärligt antal.",
	"draft.imy.kinds":                     "Vilka sorters personuppgifter har drabbats?",
	"draft.imy.kinds.gap":                 "Gå igenom vilka uppgifter det gäller och skriv sorterna, till exempel namn, kontaktuppgifter, personnummer, ekonomi, hälsa eller skyddad identitet.",
	"draft.imy.records":                   "Hur många personuppgifter har drabbats?",
	"draft.imy.records.gap":               "Uppskatta antalet poster, till exempel akter, rader eller meddelanden.",
	"draft.imy.consequences.heading":      "Konsekvenser",
	"draft.imy.consequences":              "Vad kan bli konsekvenserna för de registrerade?",
	"draft.imy.consequences.gap":          "Skriv vad som kan hända dem som uppgifterna handlar om, till exempel bedrägeri, identitetsstöld, kränkning, hot eller att någon inte får sin hjälp i tid.",
	"draft.imy.seriousness":               "Hur allvarlig är incidenten för de registrerades integritet?",
	"draft.imy.seriousness.gap":           "Bedöm risken tillsammans med dataskyddsombudet och skriv varför.",
	"draft.imy.measures.heading":          "Åtgärder",
	"draft.imy.measures":                  "Vad har ni gjort, och vad tänker ni göra?",
	"draft.imy.measures.gap":              "Skriv vad ni har gjort och planerar för att stoppa skadan, mildra den och hindra att det händer igen.",
	"draft.imy.informed.heading":          "Information till de registrerade",
	"draft.imy.informed":                  "Har ni informerat de registrerade?",
	"draft.imy.informed.yes":              "Ja.",
	"draft.imy.informed.no":               "Nej.",
	"draft.imy.informed.not_yet":          "Nej, inte än.",
	"draft.imy.informed.gap":              "Ta reda på om de registrerade är informerade.",
	"draft.imy.when":                      "När informerades de, eller när ska det ske?",
	"draft.imy.when.gap":                  "Skriv när de informerades, eller när ni tänker informera dem.",
	"draft.imy.why":                       "Varför informeras de inte?",
	"draft.imy.why.gap":                   "Ska de inte informeras, skriv varför.",
	"draft.imy.why.must":                  "Behöver inte besvaras: de ska informeras, utan onödigt dröjsmål.",
	"draft.imy.rest.heading":              "Sekretess och det som saknas",
	"draft.imy.secrecy":                   "Är det något i anmälan som bör omfattas av sekretess?",
	"draft.imy.secrecy.likely":            "Ärendet kan beröra offentlighets- och sekretesslagen, enligt registret.",
	"draft.imy.secrecy.gap":               "Gå igenom anmälan med juristen. Skriv vilka uppgifter ni anser bör omfattas av sekretess, eller att inga bör det.",
	"draft.imy.missing":                   "Vilka uppgifter saknas och lämnas senare?",
	"draft.imy.missing.nothing":           "Inget saknas.",
	"draft.csirt.title":                   "Rapport om betydande incident till CSIRT-enheten",
	"draft.csirt.notice.undecided":        "Det är inte beslutat om incidenten är betydande enligt cybersäkerhetslagen. Besluta det först.",
	"draft.csirt.notice.not_significant":  "Det är beslutat att incidenten inte är betydande enligt cybersäkerhetslagen. Då behövs ingen rapport.",
	"draft.csirt.operator.heading":        "Verksamhet och kontakt",
	"draft.csirt.operator":                "Vilken verksamhetsutövare gäller det?",
	"draft.csirt.operator.gap":            "Skriv vad organisationen heter.",
	"draft.csirt.reference":               "Vilket är ert referensnummer?",
	"draft.csirt.contact":                 "Vem kan CSIRT-enheten kontakta?",
	"draft.csirt.contact.gap":             "Skriv namn och ett telefonnummer där någon svarar dygnet runt.",
	"draft.csirt.warning.heading":         "Tidig varning inom 24 timmar",
	"draft.csirt.due":                     "När ska det lämnas?",
	"draft.csirt.due.gap":                 "Besluta om incidenten är betydande. Tiden räknas från att ni fick kännedom om den.",
	"draft.csirt.aware":                   "När fick ni kännedom om incidenten?",
	"draft.csirt.aware.gap":               "Ta reda på när ni fick kännedom om incidenten.",
	"draft.csirt.began":                   "När inträffade incidenten?",
	"draft.csirt.hostile":                 "Misstänks en olaglig eller avsiktligt fientlig handling?",
	"draft.csirt.hostile.likely":          "Ja, registret tyder på det. Ändra svaret om ni vet något annat.",
	"draft.csirt.hostile.gap":             "Fråga it-chefen om någon kan ha gjort det med avsikt, och svara ja, nej eller vet inte än.",
	"draft.csirt.cross_border":            "Kan incidenten påverka andra länder?",
	"draft.csirt.cross_border.gap":        "Ta reda på om system, leverantörer eller mottagare finns i andra länder och kan påverkas.",
	"draft.csirt.notification.heading":    "Incidentanmälan inom 72 timmar",
	"draft.csirt.assessment":              "Vad har hänt, och vilken är er inledande bedömning?",
	"draft.csirt.assessment.gap":          "Skriv er inledande bedömning och det som är nytt sedan den tidiga varningen.",
	"draft.csirt.severity":                "Hur allvarlig är incidenten?",
	"draft.csirt.severity.gap":            "Besluta om incidenten är betydande och skriv varför.",
	"draft.csirt.impact":                  "Vilka är konsekvenserna?",
	"draft.csirt.impact.gap":              "Skriv vilka verksamheter som påverkas, hur länge och hur många som berörs.",
	"draft.csirt.indicators":              "Vilka angreppsindikatorer finns?",
	"draft.csirt.indicators.gap":          "Be it-avdelningen om spår av angreppet, till exempel ip-adresser, domäner, kontrollsummor för filer och kontonamn. Finns inga, skriv det.",
	"draft.csirt.final.heading":           "Slutrapport inom en månad",
	"draft.csirt.final.due":               "Senast en månad efter incidentanmälan",
	"draft.csirt.final.ongoing":           "Pågår incidenten fortfarande då, lämna en lägesrapport. Slutrapporten lämnas inom en månad från att incidenten är hanterad.",
	"draft.csirt.description":             "Vad hände, i detalj?",
	"draft.csirt.description.see":         "Rapporten till registret står under",
	"draft.csirt.description.gap":         "Skriv händelseförloppet från början till slut, med hur allvarlig incidenten blev och vilka konsekvenserna blev.",
	"draft.csirt.cause":                   "Vilket hot eller vilken grundorsak låg bakom?",
	"draft.csirt.cause.gap":               "Ta reda på grundorsaken och skriv hur ni vet det.",
	"draft.csirt.measures":                "Vilka åtgärder har ni vidtagit, och vilka pågår?",
	"draft.csirt.measures.gap":            "Skriv vad ni har gjort och gör för att minska risken.",
	"draft.csirt.effects":                 "Vilka verkningar fick incidenten i andra länder?",
	"draft.csirt.effects.gap":             "Skriv vilka verkningar det blev i andra länder, eller att inga är kända.",

	"people.clients": "Brukare, patienter och klienter", "people.relatives": "Anhöriga",
	"data.health": "Hälsa", "data.contact": "Adress, telefon eller e-post", "seriousness.considerable": "Betydande",
	"report.persons.1": "1 person", "report.persons.2": "2–9 personer", "report.persons.10": "10–99 personer",
	"report.persons.100": "100–499 personer", "report.persons.500": "500 personer eller fler",
	"sensitive.health": "Hälsa, vård eller omsorg", "sensitive.children": "Barn eller elever",
	"aspect.K": "konfidentialitet", "aspect.R": "riktighet", "aspect.T": "tillgänglighet", "aspect.S": "spårbarhet",
	"severity.1": "Låg", "severity.2": "Måttlig", "severity.3": "Betydande", "severity.4": "Allvarlig",
	"form.digital": "Digitalt", "form.paper": "På papper",
	"cause.human_mistake": "Mänskligt misstag", "cause.attack": "Angrepp eller annan avsikt",
}

// draftText gives the texts and notes those that are missing.
func draftText(t *testing.T) func(string) string {
	t.Helper()
	return func(key string) string {
		text, ok := draftTexts[key]
		if !ok {
			t.Errorf("the key %q has no text", key)
		}
		return text
	}
}

func draftMorning() time.Time { return time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC) }

func stockholm(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// rich is a case of which the register knows all that it can know.
func rich(t *testing.T) report.DraftInput {
	t.Helper()
	at := func(hours int) *time.Time {
		later := draftMorning().Add(time.Duration(hours) * time.Hour)
		return &later
	}
	account := int64(7)
	return report.DraftInput{
		Organisation: "Tyresö kommun", CISO: []string{"ciso@example.org", "ciso_jour@example.org"}, DPO: []string{"dso@example.org"},
		Category: "Felskick", Location: stockholm(t), Now: *at(4), Text: draftText(t),
		Affected: store.Affected{
			People: []string{"clients", "relatives"}, Persons: 3, Kinds: []string{"health", "contact"}, Records: 12, Informed: "yes", InformedAt: at(3),
			Consequences: "En utomstående vet att personen har hemtjänst.", Seriousness: "considerable",
		},
		Measures: []store.Measure{
			{Text: "Mottagaren har raderat brevet och bekräftat det", State: store.MeasureDone, EndedAt: at(2)},
			{Text: "Rutinen för utskick ses över", State: store.MeasureOpen, DueOn: "2026-12-01"},
			{Text: "Alla brev skickas digitalt", State: store.MeasureDropped, EndedAt: at(4), Reason: "Alla kan inte ta emot dem"},
		},
		System: &store.System{Name: "Omsorgssystemet", Unit: "Socialförvaltningen", Supplier: "Vård & Data AB", OwnerEmail: "agare@example.org"},
		Incident: store.Incident{
			ID: 1, Ref: "ref-1", Number: "INC-2026-0042", Status: store.Closed, ReporterID: &account, Surface: "slack", Language: "sv",
			Text: "Ett brev om beviljad hemtjänst gick till fel adress.\n\nMottagaren hörde av sig själv: \"Det här var inte till mig\".",
			Done: "Ringde mottagaren och bad om brevet tillbaka.", OccurredAt: at(-40), DiscoveredAt: *at(-2), RegisteredAt: *at(0),
			Form: policy.FormPaper, PersonalData: policy.Yes, Persons: 2, SensitiveData: true, SensitiveKinds: "health,children",
			Ongoing: policy.No, Category: policy.Misdelivery, Aspects: policy.Confidentiality,
			Regulations: []policy.Regulation{policy.GDPR, policy.Secrecy}, Severity: policy.Significant, SeverityNote: "Uppgifterna rör barn.",
			EndedAt: at(1), Crime: policy.Yes, PoliceReport: "5000-K1-26",
			Cause: policy.HumanMistake, Lesson: "Två personer läser adressen innan brevet läggs i kuvertet.",
		},
		Decisions: []store.Decision{
			{Decision: policy.BreachDecision, Verdict: policy.HighRisk, Reason: "Uppgifter om hälsa hos en utomstående.", At: *at(1)},
			{Decision: policy.SignificantDecision, Verdict: policy.IsSignificant, Reason: "Samma fel har hänt två gånger i år.", At: *at(1)},
		},
		Obligations: []store.Obligation{
			{Step: "gdpr-33-1", State: store.ObligationOpen, StartAt: *at(-1), StartReason: "Först då stod det klart vad brevet innehöll.", DueAt: at(71)},
			{Step: "gdpr-34", State: store.ObligationDone, StartAt: *at(-2), EndedAt: at(3)},
			{Step: "cyber-2-5", State: store.ObligationDone, StartAt: *at(-2), DueAt: at(22), EndedAt: at(2), Reference: "CSIRT-1177"},
			{Step: "cyber-2-6", State: store.ObligationOpen, StartAt: *at(-2), DueAt: at(70)},
		},
	}
}

// bare is a case of which the register knows as little as it can.
func bare(t *testing.T) report.DraftInput {
	t.Helper()
	return report.DraftInput{
		Organisation: "Tyresö kommun", Category: "Annat eller oklart", Location: stockholm(t), Now: draftMorning(), Text: draftText(t),
		Incident: store.Incident{
			Number: "INC-2026-0043", Status: store.New, Text: "Något är konstigt med datorn.", DiscoveredAt: draftMorning(), RegisteredAt: draftMorning(),
			PersonalData: policy.Unknown, Ongoing: policy.Unknown, Category: policy.Other, Severity: policy.Moderate,
		},
	}
}

func goldenDraft(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name + ".golden.md"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	same(t, path, got, string(want))
}

// drafts are both drafts, by name.
func drafts(in report.DraftInput) map[string]report.Draft {
	return map[string]report.Draft{"imy": report.IMYDraft(in), "csirt": report.CSIRTDraft(in)}
}

func TestDraftsLook(t *testing.T) {
	for name, in := range map[string]report.DraftInput{"rich": rich(t), "bare": bare(t)} {
		for kind, draft := range drafts(in) {
			goldenDraft(t, "draft_"+kind+"_"+name, draft.Markdown())
		}
	}
}

// answer is what stands under the question of a key.
func answer(t *testing.T, d report.Draft, key string) report.Row {
	t.Helper()
	for _, section := range d.Sections {
		for _, row := range section.Rows {
			if row.Question == draftTexts[key] {
				return row
			}
		}
	}
	t.Fatalf("nothing asks %q", draftTexts[key])
	return report.Row{}
}

// says tells what an answer says, a piece a line, gaps with a mark before them.
func says(r report.Row) string {
	var lines []string
	for _, p := range r.Parts {
		line := p.Text
		if p.Label != "" {
			line = p.Label + ": " + line
		}
		if p.Kind == report.Gap {
			line = "! " + line
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestDraftAnswers(t *testing.T) {
	hours := func(n int) time.Time { return draftMorning().Add(time.Duration(n) * time.Hour) }
	ended := hours(80)
	for name, test := range map[string]struct {
		change func(*report.DraftInput)
		csirt  bool
		key    string
		want   string
	}{
		"in the 72nd hour no reasons are asked for": {
			change: func(in *report.DraftInput) { in.Now = hours(72) }, key: "draft.imy.late",
			want: draftTexts["draft.imy.late.no"] + "\n72 timmar går ut: 2026-11-26 09:30 CET",
		},
		"after it they are": {
			change: func(in *report.DraftInput) { in.Now = hours(72).Add(time.Millisecond) }, key: "draft.imy.late",
			want: "72 timmar går ut: 2026-11-26 09:30 CET\n! " + draftTexts["draft.imy.late.gap"],
		},
		"what was handed in late is late ever after": {
			change: func(in *report.DraftInput) {
				in.Obligations = []store.Obligation{{Step: "gdpr-33-1", State: store.ObligationDone, StartAt: hours(0), EndedAt: &ended}}
			}, key: "draft.imy.late",
			want: "72 timmar går ut: 2026-11-26 09:30 CET\n! " + draftTexts["draft.imy.late.gap"],
		},
		"what was handed in on time stays so": {
			change: func(in *report.DraftInput) {
				in.Now = hours(500)
				in.Obligations = []store.Obligation{{Step: "gdpr-33-1", State: store.ObligationDone, StartAt: hours(10), EndedAt: &ended}}
			}, key: "draft.imy.late",
			want: draftTexts["draft.imy.late.no"] + "\n72 timmar går ut: 2026-11-26 19:30 CET",
		},
		"the time is the summer's in summer": {
			change: func(in *report.DraftInput) { in.Incident.DiscoveredAt = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC) }, key: "draft.imy.discovered",
			want: "2026-07-01 14:00 CEST",
		},
		"an interval without an end is no number": {
			change: func(in *report.DraftInput) { in.Incident.Persons = 500 }, key: "draft.imy.number",
			want: "Enligt rapporten: 500 personer eller fler\n! " + draftTexts["draft.imy.number.gap"],
		},
		"a number that the dialog does not offer": {
			change: func(in *report.DraftInput) { in.Incident.Persons = 37 }, key: "draft.imy.number", want: "Enligt rapporten: ≥ 37",
		},
		"a category that is no breach has no type": {
			change: func(in *report.DraftInput) {
				in.Incident.Category, in.Category = policy.DenialOfService, "Överbelastningsangrepp"
			},
			key: "draft.imy.type", want: "Kategori i registret: Överbelastningsangrepp\n! " + draftTexts["draft.imy.type.gap"],
		},
		"persons who are not to be told, with the reason": {
			change: func(in *report.DraftInput) {
				in.Obligations = []store.Obligation{{Step: "gdpr-34", State: store.ObligationNotNeeded, Reason: "Disken var krypterad."}}
			}, key: "draft.imy.why", want: "Disken var krypterad.",
		},
		"persons who are yet to be told": {
			change: func(in *report.DraftInput) {
				in.Obligations = []store.Obligation{{Step: "gdpr-34", State: store.ObligationOpen}}
			}, key: "draft.imy.informed", want: "Nej, inte än.",
		},
		"persons who need not be told": {
			change: func(in *report.DraftInput) {
				in.Decisions = []store.Decision{{Decision: policy.BreachDecision, Verdict: policy.Risk, Reason: "Bara namn."}}
			}, key: "draft.imy.why", want: "Beslut i ärendet: Personuppgiftsincident med risk för de registrerade\nSkäl: Bara namn.",
		},
		"persons who were told, without a duty to": {
			change: func(in *report.DraftInput) { in.Affected = store.Affected{Informed: "yes", InformedAt: &ended} }, key: "draft.imy.when",
			want: "2026-11-26 17:30 CET",
		},
		"persons who need not be told, by what was said of them": {
			change: func(in *report.DraftInput) { in.Affected = store.Affected{Informed: "no", InformedWhy: "Krypterat."} }, key: "draft.imy.why",
			want: "Krypterat.",
		},
		"a duty to tell them outweighs that": {
			change: func(in *report.DraftInput) {
				in.Affected = store.Affected{Informed: "no", InformedWhy: "Krypterat."}
				in.Obligations = []store.Obligation{{Step: "gdpr-34", State: store.ObligationOpen}}
			}, key: "draft.imy.why", want: draftTexts["draft.imy.why.must"],
		},
		"groups, kinds and numbers that are known are no gaps": {
			change: func(in *report.DraftInput) {
				in.Affected = store.Affected{People: []string{"clients"}, Kinds: []string{"health"}, Persons: 501, Records: 7}
				in.Incident.Persons = policy.ManyPersons
			}, key: "draft.imy.number", want: "501",
		},
		"when it ended": {
			change: func(in *report.DraftInput) { in.Incident.EndedAt, in.Incident.Ongoing = &ended, policy.No }, key: "draft.imy.ended",
			want: "2026-11-26 17:30 CET",
		},
		"measures, each with where it stands": {
			change: func(in *report.DraftInput) {
				in.Measures = []store.Measure{{Text: "Lås", State: store.MeasureOpen, DueOn: "2026-12-01"}, {Text: "Byt", State: store.MeasureDone, EndedAt: &ended}}
			}, key: "draft.imy.measures", want: "Planerat, klart senast 2026-12-01: Lås\nGjort 2026-11-26 17:30 CET: Byt",
		},
		"a suspected crime is suspected to be hostile": {
			change: func(in *report.DraftInput) { in.Incident.Crime = policy.Yes }, csirt: true, key: "draft.csirt.hostile",
			want: "Kategori i registret: Annat eller oklart\n" + draftTexts["draft.csirt.hostile.likely"],
		},
		"nobody knows whether persons were told": {
			change: func(*report.DraftInput) {}, key: "draft.imy.informed", want: "! " + draftTexts["draft.imy.informed.gap"],
		},
		"a system that is not in the inventory": {
			change: func(in *report.DraftInput) { in.Incident.SystemText = "Gula\npärmen" }, key: "draft.imy.what",
			want: "Enligt rapporten: Något är konstigt med datorn.\nSystem: Gula\npärmen",
		},
		"malware is suspected to be hostile": {
			change: func(in *report.DraftInput) { in.Incident.Category, in.Category = policy.Malware, "Skadlig kod" }, csirt: true, key: "draft.csirt.hostile",
			want: "Kategori i registret: Skadlig kod\n" + draftTexts["draft.csirt.hostile.likely"],
		},
		"an attack is, whatever the category": {
			change: func(in *report.DraftInput) { in.Incident.Cause = policy.Attack }, csirt: true, key: "draft.csirt.hostile",
			want: "Kategori i registret: Annat eller oklart\n" + draftTexts["draft.csirt.hostile.likely"],
		},
		"a mistake is asked about": {
			change: func(in *report.DraftInput) { in.Incident.Cause = policy.HumanMistake }, csirt: true, key: "draft.csirt.hostile",
			want: "Kategori i registret: Annat eller oklart\nOrsak i registret: Mänskligt misstag\n! " + draftTexts["draft.csirt.hostile.gap"],
		},
		"an unknown cause is a gap": {
			change: func(in *report.DraftInput) { in.Incident.Cause = policy.UnknownCause }, csirt: true, key: "draft.csirt.cause",
			want: "! " + draftTexts["draft.csirt.cause.gap"],
		},
		"a clock that was moved says why": {
			change: func(in *report.DraftInput) {
				in.Obligations = []store.Obligation{{Step: "cyber-2-5", State: store.ObligationOpen, StartAt: hours(-1), StartReason: "Larmet kom då."}}
			}, csirt: true, key: "draft.csirt.aware", want: "2026-11-23 08:30 CET\nSkäl: Larmet kom då.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			in := bare(t)
			test.change(&in)
			draft := report.IMYDraft(in)
			if test.csirt {
				draft = report.CSIRTDraft(in)
			}
			same(t, "the answer", says(answer(t, draft, test.key)), test.want)
		})
	}
}

func TestDraftNotices(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*report.DraftInput)
		kind   string
		want   string
	}{
		"a near miss":                    {func(in *report.DraftInput) { in.Incident.NearMiss = true }, "csirt", "draft.notice.near_miss"},
		"Sweden's security":              {func(in *report.DraftInput) { in.Incident.StopQuestion = true }, "imy", "draft.notice.stop"},
		"not decided about the breach":   {func(*report.DraftInput) {}, "imy", "draft.imy.notice.undecided"},
		"not decided about significance": {func(*report.DraftInput) {}, "csirt", "draft.csirt.notice.undecided"},
		"no breach": {func(in *report.DraftInput) {
			in.Decisions = []store.Decision{{Decision: policy.BreachDecision, Verdict: policy.NoBreach}}
		}, "imy", "draft.imy.notice.no_breach"},
		"an unlikely risk": {func(in *report.DraftInput) {
			in.Decisions = []store.Decision{{Decision: policy.BreachDecision, Verdict: policy.UnlikelyRisk}}
		}, "imy", "draft.imy.notice.unlikely"},
		"not significant": {func(in *report.DraftInput) {
			in.Decisions = []store.Decision{{Decision: policy.SignificantDecision, Verdict: policy.NotSignificant}}
		}, "csirt", "draft.csirt.notice.not_significant"},
	} {
		t.Run(name, func(t *testing.T) {
			in := bare(t)
			test.change(&in)
			if notices := drafts(in)[test.kind].Notices; !slices.Contains(notices, draftTexts[test.want]) {
				t.Errorf("%q is not among %q", draftTexts[test.want], notices)
			}
		})
	}
}

func TestDraftAnswersEveryQuestion(t *testing.T) {
	for name, in := range map[string]report.DraftInput{"rich": rich(t), "bare": bare(t), "empty": {Text: draftText(t)}} {
		for kind, draft := range drafts(in) {
			gaps := 0
			for _, section := range draft.Sections {
				for _, row := range section.Rows {
					if len(row.Parts) == 0 && name != "empty" {
						t.Errorf("%s, %s: nothing is said to %q, not even that it is missing", kind, name, row.Question)
					}
					if strings.Contains(says(row), "! ") {
						gaps++
					}
				}
			}
			same(t, fmt.Sprintf("%s, %s: questions with gaps", kind, name), draft.Gaps(), gaps)
			if strings.Contains(draft.Markdown(), "0001-") && name != "empty" {
				t.Errorf("%s, %s shows a time that is not known", kind, name)
			}
		}
	}
}

func TestIMYDraftListsWhatIsMissing(t *testing.T) {
	draft := report.IMYDraft(bare(t))
	listed := answer(t, draft, "draft.imy.missing")
	same(t, "how many are listed", len(listed.Parts), draft.Gaps()-1) // but what to keep secret
	same(t, "the first", listed.Parts[0].Text, "1.1 "+draftTexts["draft.imy.controller"])
}

func TestDraftsDoNotTellWhoReported(t *testing.T) {
	for kind, draft := range drafts(rich(t)) {
		for _, secret := range []string{"slack", "ref-1", "agare@"} {
			if strings.Contains(draft.Markdown(), secret) {
				t.Errorf("%s holds %q", kind, secret)
			}
		}
	}
}

// hostileMarkdown are texts that would do something if they were Markdown.
func hostileMarkdown() []string {
	return []string{
		"# Rubrik", "Rubrik\n======", "- [ ] punkt", "1. punkt", "> citat", "**fet** _kursiv_ ~~struken~~", "[länk](https://evil.example)",
		"![bild](https://evil.example/x.png)", "[SAKNAS]: https://evil.example", "<script>alert(1)</script>", "<https://evil.example>",
		"https://evil.example www.evil.example", "&lt;b&gt; &#35;", "a | b\n--|--\nc | d", "    kod", "---", "***", "`kod`",
		"```\n# ut ur blocket", "~~~\n# ut ur blocket", "````\n```\n# ut ur blocket", "\r```\r# ut ur blocket", "rad\\\nrad", "#SAKNAS @ciso",
		"<!-- ", "$$x$$", "\u202eabc", "\x1b[31m", "\x00", "\xff",
	}
}

// outside is what stands in a Markdown document outside its code blocks.
func outside(t *testing.T, markdown string) string {
	t.Helper()
	var out []string
	fence := ""
	for line := range strings.SplitSeq(markdown, "\n") {
		bare := strings.TrimSpace(line)
		switch {
		case fence == "" && strings.HasPrefix(bare, "```"):
			fence = bare
		case fence == "":
			out = append(out, line)
		case strings.Trim(bare, "`") == "" && len(bare) >= len(fence):
			fence = ""
		}
	}
	if fence != "" {
		t.Fatal("a code block does not end")
	}
	return strings.Join(out, "\n")
}

func TestDraftMarkdownIsInert(t *testing.T) {
	words := func(text string) report.DraftInput { // in every place where people's own words go
		in := rich(t)
		c := &in.Incident
		c.Text, c.Done, c.SeverityNote, c.Lesson, in.Affected.Consequences = text, text, text, text, text
		for i := range in.Measures {
			in.Measures[i].Text = text
		}
		for i := range in.Decisions {
			in.Decisions[i].Reason = text
		}
		for i := range in.Obligations {
			in.Obligations[i].StartReason, in.Obligations[i].Reason = text, text
		}
		return in
	}
	for kind, plain := range drafts(words("Ett stillsamt ord")) {
		want := outside(t, plain.Markdown())
		for _, text := range append(hostileMarkdown(), strings.Join(hostileMarkdown(), "\n")) {
			markdown := drafts(words(text))[kind].Markdown()
			same(t, fmt.Sprintf("%s: what stands around %q", kind, text), outside(t, markdown), want)
			if strings.ContainsAny(markdown, "\r\x1b\x00") || !utf8.ValidString(markdown) {
				t.Errorf("%s: %q leaves what is no text", kind, text)
			}
		}
	}
	names := rich(t) // short texts that stand on a line of ours
	live := regexp.MustCompile("(?m)(^|[^\\\\])[`*_\\[\\]<>~|#]|^([-+=]|\\d+[.)](\\s|$))|[^\\\\]://|www\\.")
	for _, text := range hostileMarkdown() {
		names.Organisation, names.Category, names.System.Name, names.Obligations[2].Reference = text, text, text, text
		for _, draft := range drafts(names) {
			for line := range strings.SplitSeq(outside(t, draft.Markdown()), "\n") {
				line = strings.TrimPrefix(strings.ReplaceAll(line, `\&#`, ""), "**["+draftTexts["draft.gap"]+"]** ")
				line = regexp.MustCompile(`^(#{1,2} (\d+\. )?|### \d+\.\d+ |> |\*\*UTKAST\*\* )`).ReplaceAllString(line, "")
				if found := live.FindString(line); found != "" {
					t.Errorf("%q is alive in %q", found, line)
				}
			}
		}
	}
}

func TestDraftKeepsWordsToTheLetter(t *testing.T) {
	in := rich(t)
	for name, text := range hard() {
		in.Incident.Text = text
		if !strings.Contains(report.IMYDraft(in).Markdown(), "\n"+text+"\n") {
			t.Errorf("%s: the text has changed", name)
		}
	}
}

func pdf(t *testing.T, d report.Draft) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := d.WritePDF(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

var pageObject = regexp.MustCompile(`/Type /Page\b`)

func pages(t *testing.T, d report.Draft) int {
	t.Helper()
	return len(pageObject.FindAll(pdf(t, d), -1))
}

func TestDraftPDF(t *testing.T) {
	long := rich(t)
	long.Incident.Text = strings.Repeat("Åsa såg ärendet på skärmen i receptionen. ", 72) // the 3,000 characters that a report may have
	for name, test := range map[string]struct {
		in         report.DraftInput
		imy, csirt int
	}{
		"rich": {rich(t), 4, 3},
		"bare": {bare(t), 4, 2},
		"long": {long, 5, 4},
	} {
		t.Run(name, func(t *testing.T) {
			for kind, want := range map[string]int{"imy": test.imy, "csirt": test.csirt} {
				draft := drafts(test.in)[kind]
				if !bytes.HasPrefix(pdf(t, draft), []byte("%PDF-")) {
					t.Errorf("%s is no PDF", kind)
				}
				same(t, kind+" has pages", pages(t, draft), want)
			}
		})
	}
}

func TestDraftPDFIsTheSameEveryTime(t *testing.T) {
	draft := report.IMYDraft(rich(t))
	first := pdf(t, draft)
	for range 5 {
		if !bytes.Equal(pdf(t, draft), first) {
			t.Fatal("the same draft gave other bytes")
		}
	}
	if !bytes.Contains(first, []byte("/CreationDate (D:20261123133000)")) {
		t.Error("it is not dated with the time of the draft")
	}
}

func TestDraftPDFOfHardTexts(t *testing.T) {
	many := append(hostileMarkdown(), "{nb} {nb}", "A\u030a a\u0308 o\u0308", "\U0010FFFF \uFFFE \xed\x9f\xbf \xf0\x9f", "Привет Ελληνικά 漢字")
	for _, text := range hard() {
		many = append(many, text)
	}
	in := rich(t)
	for name, text := range map[string]string{
		"many": strings.Join(many, "\n"), "a word of 3,000 characters": strings.Repeat("x", 3000), "3,000 lacking characters": strings.Repeat("漢🙂", 1500),
		"lines": strings.Repeat("\n", 2999) + "x", "a broken character": "x\xff",
	} {
		in.Organisation, in.Category, in.System.Name, in.Incident.Text, in.Measures[0].Text, in.Incident.Number = text, text, text, text, text, text
		if n := pages(t, report.IMYDraft(in)); n < 3 {
			t.Errorf("%s gave %d pages", name, n)
		}
	}
}
