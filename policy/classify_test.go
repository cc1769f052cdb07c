package policy_test

import (
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tyreso.se/incidentbot/policy"
)

// reports are what people might write, one of each category and of the pairs that are easily confused.
var reports = []struct {
	name, text string
	want       policy.Category
}{
	{"a letter to the wrong family",
		"Brevet om avgiften skickades till fel familj, mottagaren ringde och sa det.", policy.Misdelivery},
	{"visible recipients", "Jag mejlade alla föräldrar och glömde dold kopia, så adresserna är synliga.", policy.Misdelivery},
	{"published unmasked", "Protokollet publicerades på hemsidan med personnummer omaskade.", policy.PublishingError},
	{"a phone lost on the bus", "Jag har tappat min jobbmobil, troligen på bussen i morse.", policy.Loss},
	{"a phone stolen from a bag", "Någon stal min tjänstetelefon ur väskan, jag har polisanmält.", policy.Theft},
	{"a break-in", "Inbrott i natt på expeditionen, rutan är krossad och två bärbara datorer är stulna.", policy.Theft},
	{"files in the rubbish", "Akter från familjeenheten låg slängda i en vanlig container i soprummet.", policy.DisposalError},
	{"a curious colleague",
		"En kollega har läst journalen om sin granne utan att ha någon vårdrelation.", policy.UnauthorisedAccess},
	{"a chat service", "Jag klistrade in ett läkarintyg i ChatGPT för att få det sammanfattat.", policy.DataMishandling},
	{"a shared password", "Vi delar lösenord på avdelningen, det sitter på en lapp vid skärmen.", policy.DataMishandling},
	{"a folder open to all",
		"Alla på förvaltningen kan öppna mappen med lönesamtal, behörigheten är för bred.", policy.Misconfiguration},
	{"a deceptive e-mail",
		"Fick ett bluffmejl som utger sig för att vara från banken. Ingen klickade på länken.", policy.Phishing},
	{"files encrypted", "Filerna på servern är krypterade och de kräver lösensumma i bitcoin.", policy.Malware},
	{"an account taken over", "Mitt konto är kapat, det har varit inloggningar från utlandet i natt.", policy.Intrusion},
	{"overloaded on purpose",
		"E-tjänsten utsätts för en överbelastningsattack med trafik från tusentals adresser.", policy.DenialOfService},
	{"a power failure", "Strömavbrott på äldreboendet, journalsystemet ligger nere och vi kör reservrutin.", policy.Outage},
	{"notes in the wrong file", "Jag dokumenterade på fel brukare, anteckningen hamnade i fel journal.", policy.IncorrectData},
	{"nothing to go by", "Hej, kan ni höra av er?", policy.Other},
	{"without diacritics", "Dataintrang hos oss, det ar allvarligt", policy.Intrusion},
	{"English: the wrong person", "The letter was mailed to the wrong patient by mistake.", policy.Misdelivery},
	{"English: stolen", "A laptop was stolen from an employee's car.", policy.Theft},
	{"English: lost", "I lost my work phone on the train this morning.", policy.Loss},
	{"English: ransomware", "Ransomware encrypted the files on our server.", policy.Malware},
	{"English: snooping",
		"A nurse accessed the medical records of her ex-husband without authorization.", policy.UnauthorisedAccess},
	{"English: denial of service", "The website was taken offline by a DDoS attack.", policy.DenialOfService},
}

func TestClassifyFindsTheCategoryOf(t *testing.T) {
	c := policy.NewClassifier()
	for _, test := range reports {
		t.Run(test.name, func(t *testing.T) {
			s := c.Classify(policy.Report{Text: test.text})
			if s.Category != test.want {
				t.Errorf("%s (%.2f), then %v, because of %v; want %s",
					s.Category, s.Confidence, s.Alternatives, s.Reasons, test.want)
			}
			if test.want != policy.Other && len(s.Reasons) == 0 {
				t.Error("no reasons")
			}
		})
	}
}

func TestClassifyLetsTheReportersAnswersCountForMost(t *testing.T) {
	c := policy.NewClassifier()
	text := "Journalen om en patient skickades till fel mottagare och det pågår fortfarande."
	told := c.Classify(policy.Report{Text: text})
	if told.PersonalData != policy.Yes || told.Ongoing != policy.Yes || told.NearMiss {
		t.Errorf("from the text: personal data %s, ongoing %s, near miss %v", told.PersonalData, told.Ongoing, told.NearMiss)
	}
	answered := c.Classify(policy.Report{Text: text, PersonalData: policy.No, Ongoing: policy.No, NearMiss: true,
		Aspects: policy.Availability})
	if answered.PersonalData != policy.No || answered.Ongoing != policy.No || !answered.NearMiss {
		t.Errorf("answered: personal data %s, ongoing %s, near miss %v", answered.PersonalData, answered.Ongoing, answered.NearMiss)
	}
	if !answered.Aspects.Has(policy.Availability | policy.Confidentiality) {
		t.Errorf("aspects %s lack the ticked T or the default K", answered.Aspects)
	}
}

func TestClassifyTellsWhenTheTextSpeaksOf(t *testing.T) {
	c := policy.NewClassifier()
	t.Run("no personal data", func(t *testing.T) {
		s := c.Classify(policy.Report{Text: "Ritningen skickades till fel mottagare, den innehåller inga personuppgifter."})
		if s.PersonalData != policy.No {
			t.Errorf("personal data %s", s.PersonalData)
		}
	})
	t.Run("a near miss", func(t *testing.T) {
		if s := c.Classify(policy.Report{Text: "Ett bluffmejl kom till enheten, ingen klickade på länken."}); !s.NearMiss {
			t.Error("not a near miss")
		}
	})
	t.Run("an end", func(t *testing.T) {
		if s := c.Classify(policy.Report{Text: "Systemet låg nere i två timmar men är nu igång igen."}); s.Ongoing != policy.No {
			t.Errorf("ongoing %s", s.Ongoing)
		}
	})
	t.Run("nothing of the kind", func(t *testing.T) {
		s := c.Classify(policy.Report{Text: "Hej, kan ni höra av er?"})
		if s.PersonalData != policy.Unknown || s.Ongoing != policy.Unknown || s.NearMiss {
			t.Errorf("personal data %s, ongoing %s, near miss %v", s.PersonalData, s.Ongoing, s.NearMiss)
		}
	})
}

func TestClassifyNamesTheRegulations(t *testing.T) {
	tests := []struct {
		name   string
		report policy.Report
		want   []policy.Regulation
	}{
		{"GDPR for personal data", policy.Report{Text: "Det blev fel.", PersonalData: policy.Yes}, []policy.Regulation{policy.GDPR}},
		{"GDPR and secrecy for sensitive data", policy.Report{Text: "Det blev fel.", SensitiveData: true},
			[]policy.Regulation{policy.GDPR, policy.Secrecy}},
		{"cybersecurity for an outage", policy.Report{Text: "Strömavbrott, servern kraschade.", PersonalData: policy.No},
			[]policy.Regulation{policy.Cybersecurity}},
		{"not cybersecurity for a near miss",
			policy.Report{Text: "Strömavbrott, servern kraschade.", PersonalData: policy.No, NearMiss: true}, nil},
		{"contract for a supplier's fault",
			policy.Report{Text: "Leverantören har råkat göra fel.", PersonalData: policy.No}, []policy.Regulation{policy.Contract}},
		{"protective security for Sweden's security",
			policy.Report{Text: "Det är säkerhetsskyddsklassat.", PersonalData: policy.No},
			[]policy.Regulation{policy.ProtectiveSecurity}},
		{"none", policy.Report{Text: "Hej", PersonalData: policy.No}, nil},
	}
	c := policy.NewClassifier()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if d := cmp.Diff(test.want, c.Classify(test.report).Regulations); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestClassifyReadsWhatHasBeenDone(t *testing.T) {
	c := policy.NewClassifier()
	with := c.Classify(policy.Report{Text: "Min dator är borta.", Done: "Polisanmält inbrottet, låset var uppbrutet."})
	if with.Category != policy.Theft {
		t.Errorf("%s, want theft: %v", with.Category, with.Reasons)
	}
}

func TestClassifyHeedsANegation(t *testing.T) {
	c := policy.NewClassifier()
	weight := func(text string) float64 {
		for _, r := range c.Classify(policy.Report{Text: text}).Reasons {
			if r.Category == policy.Theft {
				return r.Weight
			}
		}
		return 0
	}
	if plain, denied := weight("Det var ett inbrott."), weight("Det var inte ett inbrott."); denied >= plain {
		t.Errorf("weight %.2f when denied, %.2f when not", denied, plain)
	}
}

func TestClassifyForgivesATypingError(t *testing.T) {
	s := policy.NewClassifier().Classify(policy.Report{Text: "Dörren var uppburten i morse."})
	if !slices.ContainsFunc(s.Reasons, func(r policy.Reason) bool { return strings.Contains(r.Sign, "uppburten") }) {
		t.Errorf("reasons %v", s.Reasons)
	}
}

func TestReasonsHoldNoWordsBetweenTheSigns(t *testing.T) {
	s := policy.NewClassifier().Classify(policy.Report{Text: "Jag skickade Kim Testssons kallelse till fel mottagare."})
	for _, r := range s.Reasons {
		if strings.Contains(r.Sign, "Kim") || strings.Contains(r.Sign, "Testsson") {
			t.Errorf("sign %q holds a name", r.Sign)
		}
	}
}

func TestConfidenceGrowsWithEveryFurtherSign(t *testing.T) {
	c := policy.NewClassifier()
	one := c.Classify(policy.Report{Text: "Ett inbrott."})
	two := c.Classify(policy.Report{Text: "Ett inbrott. Datorerna är stulna."})
	if one.Category != policy.Theft || two.Category != policy.Theft || two.Confidence <= one.Confidence {
		t.Errorf("%s %.3f, then %s %.3f", one.Category, one.Confidence, two.Category, two.Confidence)
	}
}

// checkSuggestion tells what no suggestion may break, whatever the report.
func checkSuggestion(t interface{ Errorf(string, ...any) }, r policy.Report, s policy.Suggestion) {
	sum := s.Confidence
	last := s.Confidence
	for _, a := range s.Alternatives {
		if !a.Category.Valid() || a.Category == s.Category || a.Confidence > last || a.Confidence < 0 {
			t.Errorf("alternative %v after %.3f for %s", a, last, s.Category)
		}
		sum, last = sum+a.Confidence, a.Confidence
	}
	if !s.Category.Valid() || s.Confidence <= 0 || sum > 1+1e-9 || math.IsNaN(sum) || len(s.Alternatives) != 2 {
		t.Errorf("category %q, confidence %v, alternatives %v", s.Category, s.Confidence, s.Alternatives)
	}
	if !s.Aspects.Has(r.Aspects) {
		t.Errorf("aspects %s lack the ticked %s", s.Aspects, r.Aspects)
	}
	if !slices.Contains([]policy.Answer{policy.Yes, policy.No, policy.Unknown}, s.PersonalData) ||
		!slices.Contains([]policy.Answer{policy.Yes, policy.No, policy.Unknown}, s.Ongoing) {
		t.Errorf("personal data %q, ongoing %q", s.PersonalData, s.Ongoing)
	}
	for _, reason := range s.Reasons {
		if reason.Category != s.Category || reason.Weight <= 0 || utf8.RuneCountInString(reason.Sign) > 40 {
			t.Errorf("reason %v for %s", reason, s.Category)
		}
		for _, part := range strings.Split(strings.TrimSuffix(reason.Sign, "…"), " … ") {
			for word := range strings.FieldsSeq(part) {
				if !strings.Contains(r.Text+"\n"+r.Done, word) {
					t.Errorf("sign %q is not in the report", reason.Sign)
				}
			}
		}
	}
}

func TestSuggestionIsSoundForAnyReport(t *testing.T) {
	c := policy.NewClassifier()
	rapid.Check(t, func(t *rapid.T) {
		text := func(name string) string {
			parts := rapid.SliceOfN(rapid.OneOf(
				rapid.Custom(func(t *rapid.T) string { return reports[rapid.IntRange(0, len(reports)-1).Draw(t, "report")].text }),
				rapid.String()), 0, 4).Draw(t, name)
			return strings.Join(parts, " ")
		}
		answer := rapid.SampledFrom([]policy.Answer{"", policy.Yes, policy.No, policy.Unknown})
		r := policy.Report{
			Text: text("text"), Done: text("done"),
			Form:         rapid.SampledFrom([]string{"", policy.FormDigital, policy.FormPaper, policy.FormSpeech}).Draw(t, "form"),
			Aspects:      policy.Aspects(rapid.IntRange(0, 15).Draw(t, "aspects")),
			PersonalData: answer.Draw(t, "personal data"), Ongoing: answer.Draw(t, "ongoing"),
			NearMiss: rapid.Bool().Draw(t, "near miss"), SensitiveData: rapid.Bool().Draw(t, "sensitive"),
		}
		s := c.Classify(r)
		checkSuggestion(t, r, s)
		if d := cmp.Diff(s, c.Classify(r)); d != "" {
			t.Errorf("the second time (-first +second):\n%s", d)
		}
	})
}

func FuzzClassify(f *testing.F) {
	for _, r := range reports {
		f.Add(r.text)
	}
	f.Add("e-\xff'å\u0301 ... - 'x' İ ẞ")
	c := policy.NewClassifier()
	f.Fuzz(func(t *testing.T, text string) {
		r := policy.Report{Text: text}
		checkSuggestion(t, r, c.Classify(r))
	})
}

func TestClassifierServesManyAtOnce(t *testing.T) {
	c := policy.NewClassifier()
	want := make([]policy.Suggestion, len(reports))
	for i, r := range reports {
		want[i] = c.Classify(policy.Report{Text: r.text})
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i, r := range reports {
				if d := cmp.Diff(want[i], c.Classify(policy.Report{Text: r.text})); d != "" {
					t.Errorf("%s (-alone +together):\n%s", r.name, d)
				}
			}
		})
	}
	all.Wait()
}

// A slip may lie between two signs. Which of them it is taken for must not depend on the day.
func TestEveryClassifierSaysTheSame(t *testing.T) {
	texts := []string{ // försvann or försvunnen, unattended or unintended
		"Telefonen försvrn på bussen i går.", "The letter was left unittend on the desk of the clinic.",
	}
	for _, r := range reports {
		texts = append(texts, r.text)
	}
	first := policy.NewClassifier()
	for range 20 {
		again := policy.NewClassifier()
		for _, text := range texts {
			if d := cmp.Diff(first.Classify(policy.Report{Text: text}), again.Classify(policy.Report{Text: text})); d != "" {
				t.Fatalf("%q (-first +again):\n%s", text, d)
			}
		}
	}
}

func BenchmarkClassify(b *testing.B) {
	c := policy.NewClassifier()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c.Classify(policy.Report{Text: reports[i%len(reports)].text})
	}
}

func BenchmarkNewClassifier(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		policy.NewClassifier()
	}
}
