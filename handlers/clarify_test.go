package handlers_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// between makes a case lie between two categories, as a model may have found it.
func (h *house) between(c store.Incident, suggested, other policy.Category) store.Incident {
	h.t.Helper()
	h.write(func(tx *store.Tx) (err error) {
		c, err = tx.UpdateIncident(h.t.Context(), c.ID, func(old store.Incident) (store.Incident, error) {
			old.Suggested, old.Category, old.Confidence = suggested, suggested, 0.4
			old.Aspects = suggested.DefaultAspects()
			old.Alternatives = []policy.Alternative{{Category: other, Confidence: 0.3}, {Category: policy.Other, Confidence: 0.1}}
			return old, nil
		})
		return err
	})
	return c
}

var clarifying = []string{"clarify_a", "clarify_b", "clarify_unknown"}

// asks tells which of the answers to the clarifying question stand in a message, by id.
func asks(m *bot.Message) (labels []string) {
	for _, b := range m.Blocks {
		row, _ := b.(bot.Buttons)
		for _, button := range row {
			if slices.Contains(clarifying, button.ID) {
				labels = append(labels, button.Text)
			}
		}
	}
	return labels
}

// doubtful is a report whose two likeliest categories lie close.
func (h *house) doubtful() string {
	h.t.Helper()
	for _, text := range []string{"Datorn är borta.", "Dokumentet delades med fel grupp.", "Mappen syns för alla."} {
		if s := h.Classifier.Classify(policy.Report{Text: text}); policy.Doubt(s.Confidence, s.Alternatives) != "" {
			return text
		}
	}
	h.t.Fatal("no text leaves the classifier in doubt")
	return ""
}

func TestTheReceiptAsksWhenTwoCategoriesLieClose(t *testing.T) {
	h := onSQLite(t)
	for name, test := range map[string]struct {
		values bot.Values
		want   bool
	}{
		"in doubt": {bot.Values{"text": {h.doubtful()}}, true}, "without doubt": {nil, false},
		"in doubt and nameless":             {bot.Values{"text": {h.doubtful()}, "anonymous": {"yes"}}, false},
		"about what may be Sweden's safety": {bot.Values{"stop": {"yes"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			values := bot.Values{"stop": {"no"}, "text": {lost}}
			for field, answers := range test.values {
				values[field] = answers
			}
			before := len(h.chat.to(direct(maja)))
			receipt := h.ask(bot.Request{Kind: bot.Submit, Actor: maja, Name: handlers.ReportDialog, Values: values})
			same(t, "answers in the reply", len(asks(receipt.Message)) == 3, test.want)
			h.settle()
			for _, p := range h.chat.to(direct(maja))[before:] {
				same(t, "answers in the direct message", asks(&p.Message), asks(receipt.Message))
			}
		})
	}
}

func TestEveryPairHasItsQuestion(t *testing.T) {
	h := onSQLite(t)
	for _, lang := range []string{"sv", "en"} {
		seen := map[string]bool{}
		for _, a := range policy.Categories() {
			for _, b := range policy.Categories() {
				if a == b {
					continue
				}
				c := store.Incident{
					Ref: "r", Status: store.New, ReporterID: new(int64), Suggested: a, Category: a, Confidence: 0.4,
					Alternatives: []policy.Alternative{{Category: b, Confidence: 0.3}},
				}
				m := bot.Message{Blocks: h.ClarifyingQuestion(lang, c)}
				labels := asks(&m)
				if len(labels) != 3 || labels[0] == labels[1] {
					t.Errorf("%s or %s in %s: %q", a, b, lang, labels)
				}
				for _, label := range labels {
					if len([]rune(label)) > 75 { // https://docs.slack.dev/reference/block-kit/block-elements/button-element
						t.Errorf("%q is too long for a button", label)
					}
				}
				seen[text(&m)] = true
			}
		}
		same(t, "questions with answers, in any order", len(seen), 15*14)
	}
}

func TestTheReportersAnswerSettlesTheCategory(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		for _, test := range []struct {
			button  string
			want    policy.Category
			aspects policy.Aspects
			says    string
		}{
			{"clarify_a", policy.Loss, policy.Confidentiality | policy.Availability, "spärra"},
			{"clarify_b", policy.Outage, policy.Availability, "reservrutin"},
			{"clarify_unknown", policy.Loss, policy.Confidentiality | policy.Availability, "gör inget"},
		} {
			// Level 3 for confidentiality, 1 for availability.
			c := h.between(h.report(maja, bot.Values{"system": {"omsorg"}}), policy.Loss, policy.Outage)
			reply := h.press(maja, test.button, c.Ref)
			if !strings.Contains(strings.ToLower(text(reply.Message)), test.says) {
				t.Errorf("%s is answered %s", test.button, text(reply.Message))
			}
			now := h.now(c)
			same(t, test.button+": suggested, category, aspects", []any{now.Suggested, now.Category, now.Aspects}, []any{test.want, test.want, test.aspects})
			severity := policy.Significant
			if test.button == "clarify_b" {
				severity = policy.Low
				same(t, "reasons, which were the other's", len(now.CategoryReasons), 0)
			}
			same(t, test.button+": severity", now.Severity, severity)
			same(t, test.button+": confirmed", now.ConfirmedAt == nil, true)
			same(t, test.button+": version", now.Version, c.Version+1)
			events := h.events("reporter.clarified")
			last := events[len(events)-1]
			if last.Actor != "chat:"+maja.ID || last.Subject != c.Number || !strings.Contains(last.Detail, `"answer":"`+test.button+`"`) ||
				!strings.Contains(last.Detail, `"new":"`+string(test.want)+`"`) || !strings.Contains(last.Detail, `"old":"loss"`) {
				t.Errorf("the audit chain says %+v", last)
			}
			for _, again := range clarifying {
				if reply := h.press(maja, again, c.Ref); !strings.Contains(text(reply.Message), "redan besvarad") {
					t.Errorf("%s once more is answered %s", again, text(reply.Message))
				}
			}
			same(t, "the case after the second answer", h.now(c), now)
		}
		same(t, "events", len(h.events("reporter.clarified")), 3)
	})
}

func TestAnAnswerReachesTheCardsAndThoseNewlyConcerned(t *testing.T) {
	h := onSQLite(t)
	h.Settings.Roles[policy.ITChief] = []handlers.Holder{{Accounts: map[string]string{"chat": ali.ID}}}
	c := h.report(maja, nil)
	h.settle()
	c = h.between(c, policy.Loss, policy.Outage)
	h.press(maja, "clarify_b", c.Ref)
	h.settle()
	if drawn := text(&h.chat.to(triage)[0].Message); !strings.Contains(drawn, h.Texts.T("sv", "category.outage")) {
		t.Errorf("the card is %s", drawn)
	}
	same(t, "cards for the IT head", len(h.chat.to(direct(ali))), 1)
	shown := h.ask(bot.Request{Kind: bot.Command, Actor: karin, Text: "ärende " + c.Number})
	if !strings.Contains(text(shown.Message), "apportören svarade på frågan") {
		t.Errorf("the timeline is %s", text(shown.Message))
	}
}

func TestAnAnswerIsTakenFromTheReporterWhileNobodyHasDecided(t *testing.T) {
	for name, test := range map[string]struct {
		who    bot.Actor
		before func(h *house, c store.Incident)
		says   string
	}{
		"somebody else's": {who: ali, says: "Bara den som rapporterade"},
		"the CISO's":      {who: karin, says: "Bara den som rapporterade"},
		"when somebody has taken the case": {who: maja, says: "redan besvarad",
			before: func(h *house, c store.Incident) { h.press(karin, "acknowledge", c.Ref) }},
		"when the category is confirmed": {who: maja, says: "redan besvarad", before: func(h *house, c store.Incident) {
			h.submit(karin, "category", c.Ref, bot.Values{"category": {"loss"}, "aspects": {"K", "T"}})
		}},
		"when the case is closed": {who: maja, says: "avslutad",
			before: func(h *house, c store.Incident) { h.submit(karin, "close", c.Ref, bot.Values{"cause": {"attack"}}) }},
	} {
		t.Run(name, func(t *testing.T) {
			h := onSQLite(t)
			h.report(ali, nil)
			c := h.between(h.report(maja, nil), policy.Loss, policy.Theft)
			if test.before != nil {
				test.before(h, c)
			}
			c = h.now(c)
			for _, button := range clarifying {
				if reply := h.press(test.who, button, c.Ref); !strings.Contains(text(reply.Message), test.says) {
					t.Errorf("%s is answered %s", button, text(reply.Message))
				}
			}
			same(t, "the case", h.now(c), c)
			same(t, "events", len(h.events("reporter.clarified")), 0)
		})
	}
}

func TestAReceiptThatComesLateDoesNotAskWhatIsAnswered(t *testing.T) {
	h := onSQLite(t)
	c := h.between(h.report(maja, nil), policy.Loss, policy.Theft)
	h.press(maja, "clarify_unknown", c.Ref)
	h.settle()
	for _, p := range h.chat.to(direct(maja)) {
		same(t, "answers to choose from", len(asks(&p.Message)), 0)
	}
}

func TestTheSameAnswerToldTwiceIsOneAnswer(t *testing.T) {
	h := onSQLite(t)
	c := h.between(h.report(maja, nil), policy.Loss, policy.Theft)
	h.clock.advance(time.Second)
	for range 2 {
		h.ask(bot.Request{Kind: bot.Press, Actor: maja, Name: "clarify_b", Subject: c.Ref, Key: "told twice"})
	}
	same(t, "events", len(h.events("reporter.clarified")), 1)
	same(t, "version", fmt.Sprint(h.now(c).Version), fmt.Sprint(c.Version+1))
}
