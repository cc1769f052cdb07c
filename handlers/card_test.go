package handlers_test

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

var update = flag.Bool("update", false, "write the golden files anew")

const (
	secretText = "Jag tappade Göran Perssons journal på bussen i går"
	secretDone = "Ringde bussbolaget och Görans dotter"
)

// view is a card in one of the ways that it can look.
func view(status store.Status, confidential, stop, anonymous, unclassified, delayed bool) handlers.CardView {
	at := func(d time.Duration) *time.Time { later := morning().Add(d); return &later }
	account := int64(1)
	c := store.Incident{
		Ref: "ref-1", Number: "INC-2026-0042", Status: status, ReporterID: &account, Text: secretText, Done: secretDone,
		DiscoveredAt: morning().Add(-time.Hour), RegisteredAt: morning(), PersonalData: policy.Yes, Persons: 10, SensitiveData: true,
		SensitiveKinds: "health,children", Ongoing: policy.Unknown, NearMiss: true, Suggested: policy.Loss, Category: policy.Loss,
		Confidence: 0.834, CategoryReasons: []policy.Reason{{Category: policy.Loss, Sign: "tappade … journal", Weight: 3}},
		Aspects: policy.Confidentiality | policy.Availability, Regulations: []policy.Regulation{policy.GDPR, policy.Secrecy},
		Severity: policy.Significant, SeverityReasons: []policy.SeverityReason{
			{Code: "class_level", Level: 3, Aspect: "K"}, {Code: "sensitive"}, {Code: "raised"}, {Code: "near_miss"},
		},
		Lesson: "Göran ska få ny journal", Cause: policy.HumanMistake,
	}
	v := handlers.CardView{Attachments: 2, Confidential: confidential, System: &store.System{
		Name: "Omsorgssystemet", Levels: &policy.Levels{Confidentiality: 3, Integrity: 2, Availability: 1, Traceability: 2},
	}}
	if status != store.New {
		c.AcknowledgedAt, v.AcknowledgedBy = at(10*time.Minute), "Karin Holm"
	}
	if status == store.Closed {
		c.ClosedAt, v.ClosedBy = at(26*time.Hour), "Omar Said"
	}
	if stop {
		c.StopQuestion, c.Text, c.Done, c.CategoryReasons, c.Lesson = true, "", "", nil, ""
		v.Reporter = "Maja Berg"
	}
	if anonymous {
		c.ReporterID, v.Reporter = nil, ""
	}
	if unclassified {
		v.System.Levels = nil
		c.SeverityReasons = []policy.SeverityReason{{Code: "unclassified", Level: 2}}
	}
	if delayed {
		v.Delay = 17 * time.Minute
	}
	v.Incident = c
	return v
}

// withClocks has decisions and duties in every state on the card.
func withClocks(v handlers.CardView) handlers.CardView {
	at := func(d time.Duration) *time.Time { later := morning().Add(d); return &later }
	v.Decisions = []store.Decision{
		{Decision: policy.BreachDecision, Verdict: policy.HighRisk}, {Decision: policy.SignificantDecision, Verdict: policy.IsSignificant},
	}
	v.Obligations = []store.Obligation{
		{Step: "gdpr-33-1", State: store.ObligationDone, EndedAt: at(time.Hour), Reference: "IMY-2026-1"},
		{Step: "gdpr-33-5", State: store.ObligationOpen},
		{Step: "gdpr-34", State: store.ObligationNotNeeded, EndedAt: at(2 * time.Hour)},
		{Step: "cyber-2-5", State: store.ObligationOpen, DueAt: at(-90 * time.Minute)},
		{Step: "cyber-2-6", State: store.ObligationOpen, DueAt: at(46*time.Hour + 13*time.Minute)},
	}
	return v
}

// worked has all that those who work a case can add to it on the card.
func worked(v handlers.CardView) handlers.CardView {
	over := morning().Add(-30 * time.Minute)
	c := &v.Incident
	c.EndedAt, c.Supplier, c.SupplierName, c.Crime, c.PoliceReport = &over, policy.Yes, "Molnbolaget", policy.Yes, "5000-K1-26"
	c.Involved = []policy.Role{policy.Lawyer, policy.SystemOwner}
	v.Assignee = "Omar Said"
	v.Affected = &store.Affected{
		People: []string{"clients", "relatives"}, Persons: 137, Kinds: []string{"health", "contact"}, Informed: "will", Consequences: secretText,
	}
	v.Measures = []store.Measure{
		{State: store.MeasureDone, DueOn: "2026-11-24", Text: secretText, OwnerName: "Ali Nouri"},
		{State: store.MeasureOpen, DueOn: "2026-12-18", Text: secretText}, {State: store.MeasureOpen, DueOn: "2026-12-01", Text: secretText},
	}
	v.Members = []store.Incident{{Number: "INC-2026-0043", Text: secretText}, {Number: "INC-2026-0044"}}
	v.Similar = []store.Incident{{Number: "INC-2026-0040", Category: policy.Loss, Text: secretText}}
	return v
}

// secret is a view of a case that is marked as secret, in a channel when nobody in particular reads it.
func secret(v handlers.CardView, readers ...policy.Role) handlers.CardView {
	v.Incident.Secret, v.Roles = true, readers
	return v
}

func states() []store.Status {
	return []store.Status{store.New, store.Acknowledged, store.InProgress, store.Resolved, store.Closed}
}

func TestCardLooks(t *testing.T) {
	h := onSQLite(t)
	for _, lang := range []string{"sv", "en"} {
		var all strings.Builder
		for _, status := range states() {
			for _, look := range []struct {
				name                                              string
				confidential, stop, anonymous, unclassified, late bool
				unreached                                         bool
			}{
				{name: "ordinary"},
				{name: "in a confidential channel", confidential: true},
				{name: "stop question", stop: true},
				{name: "anonymous", anonymous: true},
				{name: "unclassified system", unclassified: true},
				{name: "delayed", late: true},
				{name: "of a reporter who takes no messages", unreached: true},
			} {
				fmt.Fprintf(&all, "== %s, %s\n", status, look.name)
				v := view(status, look.confidential, look.stop, look.anonymous, look.unclassified, look.late)
				v.Unreached = look.unreached
				draw(&all, h.DrawCard(lang, v))
			}
			fmt.Fprintf(&all, "== %s, with clocks\n", status)
			draw(&all, h.DrawCard(lang, withClocks(view(status, false, false, false, false, false))))
			fmt.Fprintf(&all, "== %s, the data protection officer's\n", status)
			officers := withClocks(view(status, false, false, false, false, false))
			officers.Roles = []policy.Role{policy.DPO}
			draw(&all, h.DrawCard(lang, officers))
			fmt.Fprintf(&all, "== %s, held and anonymised\n", status)
			kept := view(status, true, false, true, false, false)
			later := morning().AddDate(2, 0, 0)
			kept.Incident.Text, kept.Incident.Done, kept.Incident.ReporterRemoved, kept.Incident.AnonymisedAt = "", "", true, &later
			kept.Hold, kept.HeldBy = &store.Hold{Reason: secretText, HeldAt: later}, "Karin Holm"
			draw(&all, h.DrawCard(lang, kept))
			fmt.Fprintf(&all, "== %s, worked\n", status)
			draw(&all, h.DrawCard(lang, worked(view(status, false, false, false, false, false))))
			fmt.Fprintf(&all, "== %s, secret, in a confidential channel\n", status)
			draw(&all, h.DrawCard(lang, secret(worked(view(status, true, false, false, false, false)))))
			fmt.Fprintf(&all, "== %s, secret, the CISO's\n", status)
			draw(&all, h.DrawCard(lang, secret(view(status, false, false, false, false, false), policy.CISO)))
			fmt.Fprintf(&all, "== %s, bare\n", status)
			draw(&all, h.DrawCard(lang, handlers.CardView{Incident: store.Incident{
				Ref: "ref-1", Number: "INC-2026-0042", Status: status, DiscoveredAt: morning(), RegisteredAt: morning(), Cause: policy.UnknownCause,
				PersonalData: policy.Unknown, Ongoing: policy.No, Category: policy.Other, Suggested: policy.Other, Severity: policy.Moderate,
				SeverityNote: "Därför att",
			}}))
		}
		golden(t, "card_"+lang, all.String())
	}
}

// Whatever combination of looks, each part stands where it should.
func TestCardInEveryCombination(t *testing.T) {
	h := onSQLite(t)
	for bits := range 32 {
		has := func(bit int) bool { return bits&(1<<bit) != 0 }
		confidential, stop, anonymous, unclassified, late := has(0), has(1), has(2), has(3), has(4)
		for _, status := range states() {
			name := fmt.Sprintf("%s confidential %v stop %v anonymous %v unclassified %v late %v", status, confidential, stop, anonymous, unclassified, late)
			t.Run(name, func(t *testing.T) {
				m := h.DrawCard("sv", view(status, confidential, stop, anonymous, unclassified, late))
				got := text(&m)
				for what, want := range map[string]bool{
					"INC-2026-0042":                   true,
					secretText:                        confidential && !stop,
					secretDone:                        confidential && !stop,
					"Görans":                          confidential && !stop,
					"ny journal":                      false,
					"Maja Berg":                       stop && !anonymous,
					"Omsorgssystemet":                 !stop,
					"K3 R2 T1 S2":                     !stop && !unclassified,
					"17 minuter":                      late,
					"Karin Holm":                      status != store.New,
					"Omar Said":                       status == store.Closed,
					"83 %":                            !stop && status == store.New,
					"2026-11-23 10:30 CET":            true,
					h.Texts.T("sv", "card.anonymous"): !stop && anonymous,
				} {
					if strings.Contains(got, what) != want {
						t.Errorf("%q: stands there is %v, want %v, in:\n%s", what, !want, want, got)
					}
				}
				var want []string
				add := func(when bool, ids ...string) {
					if when {
						want = append(want, ids...)
					}
				}
				open := status != store.Closed
				add(status == store.New, "acknowledge")
				add(status == store.Acknowledged, "start")
				add(status == store.InProgress, "resolve")
				add(!stop, "show")
				add(!open, "reopen")
				add(open && !stop, "category", "severity", "breach", "significant")
				add(open && !anonymous, "message")
				add(open && !stop, "note")
				add(true, "more")
				add(open, "close")
				if got := buttons(m); !slices.Equal(got, want) {
					t.Errorf("buttons are %v, want %v", got, want)
				}
			})
		}
	}
}

// overlap is how many characters of what people wrote must stand together to tell something.
const overlap = 12

// quoted returns a run of overlap characters of secret that stands in shown, or "".
func quoted(secret, shown string) string {
	runes := []rune(secret)
	for i := 0; i+overlap <= len(runes); i++ {
		if run := string(runes[i : i+overlap]); strings.Contains(shown, run) {
			return run
		}
	}
	return ""
}

func TestReportsWordsNeverStandOnAnOpenCard(t *testing.T) {
	h := onSQLite(t)
	words := rapid.OneOf(rapid.StringN(overlap, 200, -1), rapid.StringOfN(rapid.RuneFrom([]rune("abcåäö <>&*_@#!\n'\"")), overlap, 200, -1))
	rapid.Check(t, func(t *rapid.T) {
		status := rapid.SampledFrom(states()).Draw(t, "status")
		v := view(status, false, false, rapid.Bool().Draw(t, "anonymous"), rapid.Bool().Draw(t, "unclassified"), rapid.Bool().Draw(t, "late"))
		secrets := map[string]*string{
			"text": &v.Incident.Text, "done": &v.Incident.Done, "note": &v.Incident.SeverityNote,
			"lesson": &v.Incident.Lesson, "system text": &v.Incident.SystemText,
		}
		for what, into := range secrets {
			*into = words.Draw(t, what)
		}
		v.Incident.CategoryReasons = []policy.Reason{{Category: policy.Loss, Sign: v.Incident.Text, Weight: 1}}
		lang := rapid.SampledFrom([]string{"sv", "en"}).Draw(t, "language")
		shown := h.DrawCard(lang, v)
		for what, secret := range secrets {
			if run := quoted(*secret, text(&shown)); run != "" {
				t.Fatalf("%q, of the %s, stands on the card", run, what)
			}
		}
		v.Confidential = true
		confidential := h.DrawCard(lang, v)
		for _, b := range confidential.Blocks {
			switch b := b.(type) {
			case bot.Quote:
			default:
				one := bot.Message{Blocks: []bot.Block{b}}
				if run := quoted(v.Incident.Text, text(&one)); run != "" {
					t.Fatalf("%q stands outside the quotation", run)
				}
			}
		}
		if run := quoted(v.Incident.Text, confidential.Summary); run != "" {
			t.Fatalf("%q stands in the notification", run)
		}
	})
}

func TestSecretCaseShowsNothingInAChannel(t *testing.T) {
	h := onSQLite(t)
	for _, status := range states() {
		m := h.DrawCard("sv", secret(worked(withClocks(view(status, true, false, false, false, false)))))
		got := text(&m)
		for _, fact := range []string{secretText, "Förlorad", "Omsorgssystemet", "Molnbolaget", "5000-K1-26", "Ali Nouri", "INC-2026-0043", "Kommunjurist", "IMY", "Utkast"} {
			if strings.Contains(got, fact) {
				t.Errorf("%s: %q stands there, in:\n%s", status, fact, got)
			}
		}
	}
}

func TestDelayIsToldFromAMinute(t *testing.T) {
	h := onSQLite(t)
	for delay, want := range map[time.Duration]string{
		time.Minute:                   "",
		time.Minute + time.Second:     "Det här meddelandet är en minut försenat.",
		2*time.Minute + 1*time.Second: "Det här meddelandet är 2 minuter försenat.",
		72 * time.Hour:                "Det här meddelandet är 4320 minuter försenat.",
	} {
		v := view(store.New, false, false, false, false, false)
		v.Delay = delay
		m := h.DrawCard("sv", v)
		if got := text(&m); strings.Contains(got, "försenat") != (want != "") || !strings.Contains(got, want) {
			t.Errorf("after %s the card says:\n%s", delay, got)
		}
	}
}

func TestSuggestionIsNeverCertain(t *testing.T) {
	h := onSQLite(t)
	v := view(store.New, false, false, false, false, false)
	v.Incident.Confidence = 0.9999
	if m := h.DrawCard("sv", v); !strings.Contains(text(&m), "99 % säkert") {
		t.Errorf("the card says:\n%s", text(&m))
	}
}
