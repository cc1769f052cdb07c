package handlers_test

import (
	"strings"
	"testing"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

func TestFacts(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c := h.report(maja, bot.Values{"system": {"omsorg"}, "ongoing": {"yes"}})
		began, over := morning().Add(-26*time.Hour).Truncate(time.Minute), morning().Add(-time.Hour).Truncate(time.Minute)
		reply := h.submit(karin, "facts", c.Ref, bot.Values{
			"occurred": {began.Format(time.RFC3339)}, "ongoing": {"no"}, "over": {over.Format(time.RFC3339)}, "near_miss": {"yes"},
			"supplier": {"yes"}, "supplier_name": {" Molnbolaget "}, "crime": {"yes"}, "police": {"5000-K1-26"},
		})
		if len(reply.Errors) > 0 {
			t.Fatalf("refused: %v", reply.Errors)
		}
		now := h.now(c)
		same(t, "facts", []any{*now.OccurredAt, now.Ongoing, *now.EndedAt, now.NearMiss, now.Supplier, now.SupplierName, now.Crime, now.PoliceReport},
			[]any{began, policy.No, over, true, policy.Yes, "Molnbolaget", policy.Yes, "5000-K1-26"})
		if now.Severity >= c.Severity {
			t.Errorf("severity is %d, was %d: a near miss that is over is less severe", now.Severity, c.Severity)
		}
		h.submit(karin, "facts", c.Ref, bot.Values{"ongoing": {"yes"}, "near_miss": {"no"}, "supplier": {"no"}, "supplier_name": {"Molnbolaget"}, "crime": {"no"}})
		now = h.now(c)
		same(t, "what hangs on other answers is gone", []any{now.EndedAt, now.SupplierName, now.PoliceReport}, []any{(*time.Time)(nil), "", ""})
		same(t, "severity as before", now.Severity, c.Severity)
	})
}

func TestFactsAreRefusedWithWhatToMend(t *testing.T) {
	h := onSQLite(t)
	c := h.report(maja, nil)
	hour := func(ago time.Duration) []string { return []string{morning().Add(-ago).Format(time.RFC3339)} }
	reply := h.submit(karin, "facts", c.Ref, bot.Values{"occurred": hour(time.Hour), "ongoing": {"no"}, "over": hour(2 * time.Hour), "near_miss": {"no"}})
	if reply.Errors["over"] == "" {
		t.Errorf("ending before it happened is answered %+v", reply)
	}
	reply = h.submit(karin, "facts", c.Ref, bot.Values{"ongoing": {"no"}, "over": hour(-time.Hour), "near_miss": {"no"}})
	if reply.Errors["over"] == "" {
		t.Errorf("ending in the future is answered %+v", reply)
	}
	same(t, "version", h.now(c).Version, c.Version)
}

func TestFactsDoNotChangeASeveritySetByHand(t *testing.T) {
	h := onSQLite(t)
	c := h.report(maja, nil)
	h.submit(karin, "severity", c.Ref, bot.Values{"severity": {"4"}, "reason": {"Bedömt"}})
	h.submit(karin, "facts", c.Ref, bot.Values{"ongoing": {"no"}, "near_miss": {"yes"}})
	same(t, "severity", h.now(c).Severity, policy.Serious)
}

func TestSystem(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c := h.report(maja, bot.Values{"personal": {"no"}})
		h.submit(karin, "system", c.Ref, bot.Values{"system": {"omsorg", "Omsorgssystemet"}})
		linked := h.now(c)
		if linked.SystemID == nil || linked.Severity != policy.Significant {
			t.Errorf("system %v, severity %d: want the class level of Omsorgssystemet", linked.SystemID, linked.Severity)
		}
		h.submit(karin, "system", c.Ref, bot.Values{"new_system": {"  Trygghets\u00adlarm  Öst "}})
		added, err := h.Store.SystemByKey(t.Context(), "trygghets-larm-ost")
		if err != nil || added.Name == "" || !added.Active || added.Levels != nil {
			t.Fatalf("the new system is %+v (%v)", added, err)
		}
		same(t, "the case's system", *h.now(c).SystemID, added.ID)
		same(t, "severity of what is not classified", h.now(c).Severity, policy.Moderate)
		h.submit(karin, "system", c.Ref, bot.Values{"new_system": {"omsorgsSYSTEMET"}})
		if now := h.now(c); *now.SystemID != *linked.SystemID {
			t.Error("a name that is there already was added again")
		}
		h.submit(karin, "system", c.Ref, bot.Values{"system": {"-", "Vet inte"}})
		if now := h.now(c); now.SystemID != nil {
			t.Error("don't know leaves the system")
		}
		same(t, "events", []int{len(h.events("incident.system_set")), len(h.events("system.added"))}, []int{4, 1})
	})
}

func TestSystemIsRefusedWithWhatToMend(t *testing.T) {
	h := onSQLite(t)
	c := h.report(maja, nil)
	for name, test := range map[string]struct{ typed, says string }{
		"nothing":                      {"", "Välj ett system"},
		"no letter in it":              {"***", "bokstäver eller siffror"},
		"too like one that is there":   {"bygglov!", "nästan samma namn"},
		"longer than a name should be": {strings.Repeat("a", 81), "80"},
	} {
		t.Run(name, func(t *testing.T) {
			reply := h.submit(karin, "system", c.Ref, bot.Values{"new_system": {test.typed}})
			if !strings.Contains(reply.Errors["new_system"], test.says) {
				t.Errorf("the reply is %+v, want %q", reply, test.says)
			}
		})
	}
	same(t, "version", h.now(c).Version, c.Version)
}

func TestAffected(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c := h.report(maja, bot.Values{"personal": {"unknown"}})
		h.settle()
		reply := h.submit(karin, "affected", c.Ref, bot.Values{
			"people": {"clients", "relatives"}, "count": {"1 200"}, "kinds": {"health", "contact"}, "records": {"3000"},
			"consequences": {"Grannar kan få veta. 19640823-3234"}, "seriousness": {"limited"}, "informed": {"no"}, "informed_why": {"Krypterat"},
		})
		if len(reply.Errors) > 0 {
			t.Fatalf("refused: %v", reply.Errors)
		}
		h.settle()
		got, err := h.Store.Affected(t.Context(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "who is affected", got, store.Affected{
			IncidentID: c.ID, People: []string{"clients", "relatives"}, Persons: 1200, Kinds: []string{"health", "contact"}, Records: 3000,
			Consequences: "Grannar kan få veta. " + policy.MaskedNumber, Seriousness: "limited", Informed: "no", InformedWhy: "Krypterat",
		})
		now := h.now(c)
		same(t, "what follows", []any{now.PersonalData, now.Persons, now.SensitiveData}, []any{policy.Yes, policy.ManyPersons, true})
		if now.Severity <= c.Severity {
			t.Errorf("severity is %d, was %d", now.Severity, c.Severity)
		}
		if card := h.latest(direct(dora)); !strings.Contains(card, "1200 personer") || strings.Contains(card, "Grannar") {
			t.Errorf("the card of the data protection officer, whom it now concerns, is:\n%s", card)
		}
		if shown := text(h.press(karin, "show", c.Ref).Message); !strings.Contains(shown, "Grannar kan få veta.") {
			t.Errorf("the consequences are not shown:\n%s", shown)
		}
		for _, e := range h.events("incident.affected_described") {
			if strings.Contains(e.Detail, "Grannar") || strings.Contains(e.Detail, "Krypterat") {
				t.Error("the audit chain has what was written")
			}
		}
		again := h.press(karin, "affected", c.Ref).Dialog
		same(t, "the dialog knows it", []string{again.Values.Get("count"), again.Values.Get("consequences"), again.Values.Get("informed_why")},
			[]string{"1200", "Grannar kan få veta. " + policy.MaskedNumber, "Krypterat"})
	})
}

func TestAffectedIsRefusedWithWhatToMend(t *testing.T) {
	h := onSQLite(t)
	c := h.report(maja, nil)
	for field, answer := range map[string]string{"count": "många", "records": "-3"} {
		if reply := h.submit(karin, "affected", c.Ref, bot.Values{"people": {"clients"}, field: {answer}}); reply.Errors[field] == "" || len(reply.Errors) != 1 {
			t.Errorf("%s %q is answered %+v", field, answer, reply)
		}
	}
	if reply := h.submit(karin, "affected", c.Ref, bot.Values{"informed": {"yes"}}); reply.Errors["informed_at"] == "" {
		t.Errorf("told, but not when, is answered %+v", reply)
	}
	same(t, "version", h.now(c).Version, c.Version)
}
