package handlers_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
	"tyreso.se/incidentbot/store/storetest"
)

// anonymise lets what is on its way arrive, and anonymises what is due, as often as it takes.
func (h *house) anonymise() {
	h.t.Helper()
	h.settle()
	for more := true; more; {
		var err error
		if more, err = h.Anonymise(h.t.Context()); err != nil {
			h.t.Fatal(err)
		}
	}
	h.settle()
}

// toldWords are the words that people write in told; each stands in one text only.
func toldWords() []string {
	return []string{
		"Skogsrået", "Näcken", "Vittra", "Mylingen", "Bäckahästen", "Tomtegubben", "Lyktgubben", "Gastkramad", "Sjörået", "Lindormen", "Kyrkogrimmen",
	}
}

// told is a case with something in every place where people write, closed.
func (h *house) told() store.Incident {
	h.t.Helper()
	h.chat.files["F1"] = []byte("Lindormen på bild")
	h.typed(maja, bot.Change, h.clock.Now(), bot.Values{"stop": {"no"}, "text": {"Jag tappade Skogsr"}})
	c := h.report(maja, bot.Values{
		"text": {"Jag tappade Skogsråets journal på bussen"}, "done": {"Ringde Näcken"}, "personal": {"yes"}, "persons": {"10"},
		"system": {"omsorg"}, "sensitive": {"health"},
	}, bot.File{ID: "F1", Name: "Vittra.jpg", Type: "image/jpeg", Size: 17})
	h.settle()
	h.submit(karin, "severity", c.Ref, bot.Values{"severity": {"3"}, "reason": {"Mylingen är känslig"}})
	h.submit(karin, "message", c.Ref, bot.Values{"message": {"Bad du Bäckahästen spärra den?"}})
	h.submit(maja, "answer", c.Ref, bot.Values{"message": {"Ja, och Tomtegubben."}})
	h.submit(karin, "note", c.Ref, bot.Values{"message": {"Lyktgubben vet mer."}})
	h.submit(karin, "breach", c.Ref, bot.Values{"verdict": {"unlikely_risk"}, "reason": {"Kryptering som håller"}})
	for _, o := range []string{"gdpr-33-5"} {
		h.meet(c, o, "done", bot.Values{"reference": {"Diarienummer 7"}})
	}
	h.submit(karin, "close", c.Ref, bot.Values{"cause": {"knowledge"}, "lesson": {"Lås telefonen"}})
	h.submit(karin, "reopen", c.Ref, bot.Values{"reason": {"Gastkramad igen"}})
	h.submit(karin, "close", c.Ref, bot.Values{"cause": {"knowledge"}, "lesson": {"Lås telefonen"}})
	h.settle()
	if c = h.now(c); c.Status != store.Closed {
		h.t.Fatalf("the case is %s", c.Status)
	}
	return c
}

// figures are what must be the same before and after.
func (h *house) figures(c store.Incident) string {
	h.t.Helper()
	c = h.now(c)
	c.Version, c.ReporterID, c.Text, c.Done, c.SystemText, c.CategoryReasons, c.AnonymisedAt, c.ReporterRemoved = 0, nil, "", "", "", nil, nil, false
	if c.SeverityNote != "" {
		c.SeverityNote = "by hand"
	}
	at := fmt.Sprintf(" WHERE incident_id = %d ORDER BY id", c.ID)
	incident, err := json.Marshal(c)
	if err != nil {
		h.t.Fatal(err)
	}
	all := string(incident) + "\n"
	for _, query := range []string{
		`SELECT * FROM obligations` + at, `SELECT id, at, kind FROM notes` + at, `SELECT id, size, type FROM attachments` + at,
		fmt.Sprintf(`SELECT * FROM decisions WHERE incident_id = %d ORDER BY decision`, c.ID), fmt.Sprintf(`SELECT id, kind, sent_at FROM deliveries WHERE incident_id = %d AND kind <> 'card' ORDER BY id`, c.ID),
	} {
		all += strings.Join(h.rows(query), "\n") + "\n"
	}
	return all
}

func (h *house) verify() {
	h.t.Helper()
	if _, err := h.Store.VerifyChain(h.t.Context()); err != nil {
		h.t.Error(err)
	}
}

func TestAnonymise(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.Settings.RetentionMonths = 24
		h.Settings.Triage[0].Confidential = true
		c := h.told()
		other := h.report(maja, bot.Values{"text": {"Sjörået är öppet än"}})
		h.settle()
		stored := h.everything()
		for _, word := range toldWords()[:8] {
			if !strings.Contains(stored, word) {
				t.Errorf("%s is nowhere before: the test shows nothing", word)
			}
		}
		if got := h.cards(c); !strings.Contains(got, "Skogsråets") {
			t.Fatalf("the confidential card has no words:\n%s", got)
		}
		before := h.figures(c)

		h.clock.advance(time.Date(2028, 11, 23, 22, 59, 59, 0, time.UTC).Sub(h.clock.Now()))
		h.anonymise()
		same(t, "events before the day has passed", len(h.events("incident.anonymised")), 0)
		h.clock.advance(time.Second)
		h.anonymise()
		same(t, "events", len(h.events("incident.anonymised")), 1)
		same(t, "figures", h.figures(c), before)
		stored = h.everything()
		for _, word := range toldWords() {
			if strings.Contains(stored, word) != (word == "Sjörået") {
				t.Errorf("%s is in the register: %v", word, word != "Sjörået")
			}
		}
		for _, kept := range []string{"Lås telefonen", "Kryptering som håller", "Diarienummer 7"} {
			if !strings.Contains(stored, kept) {
				t.Errorf("%q is gone", kept)
			}
		}
		if c = h.now(c); c.ReporterID != nil || !c.ReporterRemoved || c.AnonymisedAt == nil || h.now(other).ReporterID == nil {
			t.Errorf("the reporter is %v (removed %v); that of the open case %v", c.ReporterID, c.ReporterRemoved, h.now(other).ReporterID)
		}
		for _, row := range h.rows(fmt.Sprintf(`SELECT * FROM deliveries WHERE incident_id = %d`, c.ID)) {
			if strings.Contains(row, maja.ID) {
				t.Errorf("a delivery names who reported: %s", row)
			}
		}
		for _, e := range h.events("") {
			if e.Subject == c.Number && strings.Contains(e.Actor+e.Detail, maja.ID) {
				t.Errorf("the audit chain says who reported: %+v", e)
			}
		}
		card := h.cards(c)
		if strings.Contains(card, "Skogsråets") || !strings.Contains(card, "togs bort 2028-11-24 00:00") || strings.Contains(card, "Anonym, går") {
			t.Errorf("the card is:\n%s", card)
		}
		shown := text(h.press(karin, "show", c.Ref).Message)
		if !strings.Contains(shown, "Borttagen") || !strings.Contains(shown, "Lås telefonen") || strings.Contains(shown, "Vittra") {
			t.Errorf("shown is:\n%s", shown)
		}
		if got := text(h.say(karin, c.Number).Message); strings.Contains(got, "Maja") || !strings.Contains(got, "Rapportören svarade") {
			t.Errorf("the timeline is:\n%s", got)
		}
		h.press(karin, "attachments", c.Ref)
		h.settle()
		same(t, "dead letters", h.stats().Dead, 0)
		if got := text(h.say(maja, "mina").Message); strings.Contains(got, c.Number) {
			t.Errorf("who reported still has it among theirs:\n%s", got)
		}
		h.anonymise()
		same(t, "events of a second run", len(h.events("incident.anonymised")), 1)
		h.verify()
	})
}

func TestNothingIsAnonymisedUnlessItWasDecided(t *testing.T) {
	h := onSQLite(t)
	c := h.told()
	h.clock.advance(50 * 366 * 24 * time.Hour)
	h.anonymise()
	same(t, "the case", h.now(c), c)
}

func TestHeldCaseIsKept(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.Settings.RetentionMonths = 1
		c := h.told()
		h.submit(karin, "hold", c.Ref, bot.Values{"reason": {"Kyrkogrimmen har polisanmält"}})
		h.settle()
		if got := h.cards(c); !strings.Contains(got, "Rättsligt stopp sedan 2026-11-23 10:30 (Karin Holm)") || strings.Contains(got, "Kyrkogrimmen") {
			t.Errorf("the card is:\n%s", got)
		}
		if got := text(h.press(omar, "show", c.Ref).Message); !strings.Contains(got, "Kyrkogrimmen har polisanmält") {
			t.Errorf("the reason is not shown to who works the case:\n%s", got)
		}
		h.submit(omar, "hold", c.Ref, bot.Values{"reason": {"En gång till"}})
		same(t, "events of holding it twice", len(h.events("incident.held")), 1)
		if h.press(omar, "hold", c.Ref).Dialog != nil {
			t.Error("a held case can be held")
		}
		h.clock.advance(366 * 24 * time.Hour)
		h.anonymise()
		same(t, "text", h.now(c).Text, c.Text)

		h.submit(omar, "lift_hold", c.Ref, bot.Values{"reason": {"Nedlagt"}})
		h.submit(karin, "lift_hold", c.Ref, bot.Values{"reason": {"Nedlagt"}})
		same(t, "events of lifting it twice", len(h.events("incident.hold_lifted")), 1)
		h.settle()
		if got := buttons(*h.press(karin, "more", c.Ref).Message); !slices.Contains(got, "hold") || slices.Contains(got, "lift_hold") {
			t.Errorf("what is offered is %v", got)
		}
		h.anonymise()
		same(t, "text when it is lifted", h.now(c).Text, "")
		if strings.Contains(h.everything(), "Kyrkogrimmen") {
			t.Error("the reason of a hold that was lifted is kept")
		}
		h.verify()
	})
}

// A case that is taken up again counts from its next closing, also when it was anonymised before.
func TestCaseThatIsTakenUpAgainIsAnonymisedAfterItsNextClosing(t *testing.T) {
	h := onSQLite(t)
	h.Settings.RetentionMonths = 1
	const month = 32 * 24 * time.Hour
	c := h.told()
	h.clock.advance(month / 2)
	h.submit(karin, "reopen", c.Ref, bot.Values{"reason": {"Det hände igen"}})
	h.clock.advance(month)
	h.anonymise()
	same(t, "text while it is open", h.now(c).Text, c.Text)
	h.submit(karin, "close", c.Ref, bot.Values{"cause": {"knowledge"}})
	h.clock.advance(month / 2)
	h.anonymise()
	same(t, "text before a month has passed", h.now(c).Text, c.Text)
	h.clock.advance(month)
	h.anonymise()
	same(t, "text", h.now(c).Text, "")

	h.submit(karin, "reopen", c.Ref, bot.Values{"reason": {"Och igen"}})
	h.submit(karin, "note", c.Ref, bot.Values{"message": {"Sjörået har ringt"}})
	if got := text(h.press(karin, "show", c.Ref).Message); !strings.Contains(got, "Sjörået") || strings.Contains(got, "Tomtegubben") {
		t.Errorf("a case without its first words shows:\n%s", got)
	}
	h.submit(karin, "close", c.Ref, bot.Values{"cause": {"knowledge"}})
	h.clock.advance(2 * month)
	h.anonymise()
	if strings.Contains(h.everything(), "Sjörået") {
		t.Error("what was written after it was taken up again is kept")
	}
	same(t, "events", len(h.events("incident.anonymised")), 2)
	if !h.now(c).ReporterRemoved {
		t.Error("it no longer says that the reporter was known")
	}
}

// A copy that has gone from the chat since is not posted anew for it.
func TestOldCaseIsNoNewsBecauseItIsAnonymised(t *testing.T) {
	h := onSQLite(t)
	h.Settings.RetentionMonths = 1
	h.told()
	posts := len(h.chat.posts)
	h.chat.refuse = refusing("Edit", "", gone())
	h.clock.advance(90 * 24 * time.Hour)
	h.anonymise()
	same(t, "messages", len(h.chat.posts), posts)
	same(t, "dead letters", h.stats().Dead, 0)
}

// One that fails holds up none of the others, and each is whole or not at all.
func TestAnonymisingGoesOnWhereItEnded(t *testing.T) {
	h := onSQLite(t)
	h.Settings.RetentionMonths = 1
	for range 23 {
		c := h.report(maja, nil)
		h.submit(karin, "close", c.Ref, bot.Values{"cause": {"knowledge"}})
	}
	h.settle()
	h.clock.advance(90 * 24 * time.Hour)
	h.broken = fmt.Errorf("the queue is away")
	if _, err := h.Anonymise(t.Context()); err == nil || !strings.Contains(err.Error(), "INC-2026-0001") {
		t.Errorf("the failure is told as %v", err)
	}
	same(t, "anonymised while it fails", len(h.events("incident.anonymised")), 0)
	same(t, "texts left", len(h.rows(`SELECT id FROM incidents WHERE text <> ''`)), 23)
	h.broken = nil
	more, err := h.Anonymise(t.Context())
	if err != nil || !more {
		t.Fatalf("some of many: more is %v (%v)", more, err)
	}
	same(t, "anonymised at once", len(h.events("incident.anonymised")), 10)
	h.anonymise()
	same(t, "anonymised in all", len(h.events("incident.anonymised")), 23)
}

// The files of the database hold nothing of what was emptied, in whatever corner.
func TestNothingIsLeftInTheFile(t *testing.T) {
	t.Parallel() // long
	path := filepath.Join(t.TempDir(), "register.db")
	h := open(t, "sqlite://"+path)
	h.Settings.RetentionMonths = 1
	found := func() (words []string) {
		for _, file := range []string{path, path + "-wal"} {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, word := range toldWords()[:10] {
				// What was typed by half in a draft as well.
				if bytes.Contains(content, []byte(word[:len(word)-2])) {
					words = append(words, word)
				}
			}
		}
		return words
	}
	for i := range 30 { // so that pages are filled, split and emptied, with texts of every length
		h.told()
		long := strings.Repeat("Sjörået sjöng. ", i*i)[:min(i*i*16, 2800)]
		d := h.report(ali, bot.Values{"text": {"Sjörået sjunger. " + long}})
		h.submit(karin, "note", d.Ref, bot.Values{"message": {"Sjörået igen. " + long}})
		h.submit(karin, "close", d.Ref, bot.Values{"cause": {"knowledge"}})
	}
	h.settle()
	if len(found()) < 8 {
		t.Fatalf("only %v are found before: the test shows nothing", found())
	}
	h.clock.advance(90 * 24 * time.Hour)
	h.write(func(tx *store.Tx) error { // as the sweep does every minute
		_, err := tx.ExpireDrafts(t.Context(), tx.Now.Add(-time.Hour))
		return err
	})
	h.anonymise()
	same(t, "anonymised", len(h.events("incident.anonymised")), 60)
	if left := found(); len(left) > 0 {
		t.Errorf("the files still hold %v", left)
	}
}

// However cases are closed, taken up again and held, and however the clock jumps: exactly those that are due are anonymised.
func TestExactlyWhatIsDueIsAnonymised(t *testing.T) {
	t.Parallel() // long
	rapid.Check(t, func(r *rapid.T) {
		h := open(t, storetest.MigratedSQLiteURL(t))
		h.Settings.RetentionMonths = rapid.IntRange(0, 14).Draw(r, "months")
		type kept struct {
			store.Incident
			closed     *time.Time
			held, gone bool
			figures    string
		}
		var cases []*kept
		for range rapid.IntRange(1, 15).Draw(r, "steps") {
			var c *kept
			step := rapid.SampledFrom([]string{"report", "close", "close", "reopen", "hold", "lift_hold", "pass", "pass", "anonymise"}).Draw(r, "step")
			if len(cases) == 0 {
				step = "report"
			} else {
				c = cases[rapid.IntRange(0, len(cases)-1).Draw(r, "case")]
			}
			reason := bot.Values{"reason": {"Därför att"}}
			switch step {
			case "report":
				anonymous := bot.Values{}
				if rapid.Bool().Draw(r, "anonymous") {
					anonymous["anonymous"] = []string{"yes"}
				}
				cases = append(cases, &kept{Incident: h.report(maja, anonymous)})
			case "close":
				h.submit(karin, "close", c.Ref, bot.Values{"cause": {"knowledge"}, "lesson": {"Öva"}})
				if c.closed == nil {
					c.closed = h.now(c.Incident).ClosedAt
				}
			case "reopen":
				h.submit(karin, "reopen", c.Ref, reason)
				c.closed = nil
			case "hold":
				h.submit(karin, "hold", c.Ref, reason)
				c.held = true
			case "lift_hold":
				h.submit(karin, "lift_hold", c.Ref, reason)
				c.held = false
			case "pass":
				h.clock.advance(time.Duration(rapid.IntRange(1, 400*24).Draw(r, "hours")) * time.Hour)
			case "anonymise":
				h.settle()
				for _, c := range cases {
					c.figures = h.figures(c.Incident)
				}
				h.anonymise()
				for _, c := range cases {
					due := h.Settings.RetentionMonths > 0 && c.closed != nil && !c.held &&
						!h.clock.Now().Before(policy.AnonymiseAt(*c.closed, h.Settings.RetentionMonths, h.Settings.Location))
					c.gone = c.gone || due
					if got := h.now(c.Incident).Text == ""; got != c.gone {
						r.Fatalf("%s: the text is gone is %v, want %v", c.Number, got, c.gone)
					}
					if diff := cmp.Diff(c.figures, h.figures(c.Incident)); diff != "" {
						r.Fatalf("%s: figures before and after:\n%s", c.Number, diff)
					}
				}
				h.verify()
			}
		}
	})
}

// Every column that may hold what a person wrote has been thought of. A new one is decided on here: is it emptied, or kept, and why?
func TestEveryTextIsEmptiedOrKeptOnPurpose(t *testing.T) {
	const (
		emptied = "emptied by Anonymise"
		brief   = "deleted after hours or days by the sweep"
		code    = "a code, key, number or digest"
		staff   = "of the staff list, the inventory or an account, no case's"
		yearly  = "of the governing documents, the follow-up, the risks or the inventory, no case's"
		kept    = "kept on purpose, see docs/adr/0016-retention.md"
	)
	decided := map[string]string{
		"incidents.text": emptied, "incidents.done": emptied, "incidents.system_text": emptied, "incidents.category_reasons": emptied,
		"incidents.severity_note": emptied, "notes.text": emptied, "attachments.name": emptied, "attachments.file_id": emptied,
		"attachments.sha256": emptied, "attachment_contents.content": emptied, "deliveries.user_id": emptied, "deliveries.lane": emptied,
		"models.weights": "of words that several reports share, by their digests; never of one report's",
		"holds.reason":   "deleted when the hold is lifted, and nothing is emptied before",

		"incidents.lesson": kept, "decisions.reason": kept, "obligations.reason": kept, "obligations.start_reason": kept,
		"obligations.reference": kept, "incidents.supplier_name": kept, "incidents.police_report": kept, "affected.consequences": kept,
		"affected.informed_why": kept, "measures.text": kept, "measures.reason": kept, "measures.owner_email": kept, "measures.owner_name": kept,

		"revisions.title": yearly, "revisions.reason": yearly, "revisions.postponed_why": yearly, "revisions.approved_by": yearly,
		"revisions.edition": yearly, "revisions.reference": yearly, "revisions.link": yearly, "improvements.text": yearly,
		"followups.changes": yearly, "followups.goals": yearly, "followups.recommendations": yearly, "classifications.reason": yearly,
		"risks.text": yearly, "risks.unit": yearly, "risks.owner_email": yearly, "risks.owner_name": yearly, "risks.reason": yearly,
		"risks.reason_after": yearly, "risks.ended_why": yearly,

		"drafts.answers": brief, "kept_dialogs.answers": brief, "kept_dialogs.files": brief, "kept_dialogs.subject": brief, "kept_dialogs.ref": brief,
		"claims.key": brief, "claims.outcome": brief, "link_codes.code": brief, "link_codes.address_sha256": brief,

		"people_history.since": staff, "people_history.unit": staff, "people_history.kind": staff, "people_history.start_date": staff,
		"people_history.absent_until": staff, "units.name": staff, "units.parent": staff, "units.manager_email": staff,

		"absences.holder": staff, "incidents.assignee": staff, "cards.lane": staff, "cards.channel": code, "deliveries.email": staff, "deliveries.channel": code,
		"audit_events.actor": "an account that works cases; who reported is never named", "audit_events.detail": code,
	}
	for _, column := range []string{
		"incidents.ref", "incidents.number", "incidents.status", "incidents.surface", "incidents.language", "incidents.form",
		"incidents.reported_aspects", "incidents.personal_data", "incidents.sensitive_kinds", "incidents.ongoing", "incidents.suggested",
		"incidents.category", "incidents.aspects", "incidents.regulations", "incidents.severity_reasons", "incidents.cause",
		"notes.kind", "attachments.surface", "attachments.type", "attachments.failure", "drafts.dialog", "kept_dialogs.dialog",
		"deliveries.surface", "deliveries.kind", "deliveries.last_error", "cards.surface", "cards.message_id",
		"decisions.decision", "decisions.verdict", "obligations.step", "obligations.state", "reminders.key", "reminders.clock",
		"reminders.kind", "reminders.stage", "audit_events.action", "audit_events.subject", "audit_events.prev_hash", "audit_events.hash",
		"incidents.supplier", "incidents.crime", "incidents.involved", "incidents.alternatives", "affected.people", "affected.kinds", "affected.seriousness",
		"affected.informed", "measures.ref", "measures.due_on", "measures.state",
		"documents.key", "revisions.ref", "revisions.document", "revisions.owner", "revisions.state", "revisions.due_on", "revisions.decided_on",
		"classifications.levels", "risks.ref", "risks.category", "risks.cause",
		"completions.course", "completions.version", "completions.completed_on", "completions.source", "training_progress.course",
		"training_progress.deadline", "training_progress.reminded_on", "training_progress.later_on", "training_notices.day",
		"training_notices.kind", "training_notices.courses", "training_rounds.kind", "training_rounds.day",
		"notes.source", "rooms.surface", "rooms.channel", "rooms.failure", "audit_head.hash", "counters.name", "leases.name", "leases.holder",
	} {
		decided[column] = code
	}
	h := onSQLite(t)
	for _, column := range h.rows(`SELECT m.name || '.' || c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c ` +
		`WHERE m.type = 'table' AND c.type IN ('TEXT', 'BLOB') AND m.name NOT LIKE 'goose%'`) {
		table, _, _ := strings.Cut(column, ".")
		if _, ok := decided[column]; !ok && !slices.Contains([]string{"people", "systems", "accounts"}, table) {
			t.Errorf("nobody has decided whether %s is emptied when a case is anonymised", column)
		}
		delete(decided, column)
	}
	same(t, "columns that are decided on and not there", decided, map[string]string{}, cmpopts.EquateEmpty())
}
