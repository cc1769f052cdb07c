package handlers_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// deed is something that can be done with a case.
type deed struct {
	req    bot.Request
	action string // what the audit chain calls it when it is refused
}

func deeds() []deed {
	press := func(button, action string) deed {
		return deed{bot.Request{Kind: bot.Press, Name: button}, action}
	}
	submit := func(dialog, action string, v bot.Values) deed {
		return deed{bot.Request{Kind: bot.Submit, Name: dialog, Values: v}, action}
	}
	return []deed{
		press("acknowledge", "acknowledge"), press("show", "show_text"), press("attachments", "show_text"), press("drafts", "show_text"),
		press("category", "change_category"), submit("category", "change_category", bot.Values{"category": {"theft"}, "aspects": {"K"}}),
		press("severity", "change_severity"), submit("severity", "change_severity", bot.Values{"severity": {"1"}, "reason": {"Inte så farligt"}}),
		press("message", "message_reporter"), submit("message", "message_reporter", bot.Values{"message": {"Hej, ring mig"}}),
		press("note", "add_note"), submit("note", "add_note", bot.Values{"message": {"Ringt IT."}}),
		press("hold", "hold_case"), submit("hold", "hold_case", bot.Values{"reason": {"Polisanmält."}}),
		press("lift_hold", "hold_case"), submit("lift_hold", "hold_case", bot.Values{"reason": {"Nedlagt."}}),
		press("room", "open_room"),
		press("breach", "decide_breach"), submit("breach", "decide_breach", bot.Values{"verdict": {"risk"}, "reason": {"Uppgifter har röjts"}}),
		press("significant", "decide_significant"),
		submit("significant", "decide_significant", bot.Values{"verdict": {"not_significant"}, "reason": {"Under gränsen"}}),
		press("obligation", "meet_obligation"),
		submit("obligation", "meet_obligation", bot.Values{"step": {"gdpr-33-1"}, "outcome": {"not_needed"}, "reason": {"Ingen risk"}}),
		press("more", "see_card"), press("start", "progress"), press("resolve", "progress"),
		press("assign", "assign"), submit("assign", "assign", bot.Values{"assignee": {"chat:U0OMAR"}}),
		press("system", "set_system"), submit("system", "set_system", bot.Values{"system": {"omsorg"}}),
		press("facts", "change_facts"), submit("facts", "change_facts", bot.Values{"ongoing": {"no"}, "near_miss": {"no"}, "crime": {"yes"}}),
		press("affected", "describe_affected"), submit("affected", "describe_affected", bot.Values{"people": {"clients"}, "count": {"12"}}),
		press("measures", "see_measures"), press("measure", "add_measure"),
		submit("measure", "add_measure", bot.Values{"measure": {"Lås skåpet"}, "owner": {"karin@example.org"}, "due": {"2026-12-31"}}),
		press("risk_raise", "raise_risk"), submit("risk_raise", "raise_risk", describedRisk()),
		press("involve", "involve"), submit("involve", "involve", bot.Values{"roles": {"dpo"}, "message": {"Titta gärna"}}),
		press("group", "group"), submit("group", "group", bot.Values{"lead": {"-"}}),
		press("secrecy", "set_secrecy"), submit("secrecy", "set_secrecy", bot.Values{"secret": {"yes"}, "reason": {"Känsligt"}}),
		press("attach", "attach"), submit("attach", "attach", bot.Values{}),
		press("reopen", "reopen"), submit("reopen", "reopen", bot.Values{"reason": {"Det hände igen."}}),
		press("close", "close"), submit("close", "close", bot.Values{"category": {"loss"}, "cause": {"knowledge"}, "lesson": {"Öva mer"}}),
	}
}

// elsewhere are what is done with something else than a case, and where who may is tested: with the action that policy's table has, if any.
var elsewhere = []string{"report", "mine", "link_code", "answer", "measure_end", "clarify_a", "clarify_b", "clarify_unknown",
	"improve", "revise_start", "revise_revised", "revise_unchanged", "revise_postpone", "revise_basis", "followup_write", "followup_make", "inventory", "classify",
	"risk_new", "risks", "risk", "risk_change", "risk_estimate", "risk_estimate_after", "risk_measure", "risk_end", "risk_matrix", "measures_all"}

// What any surface can send is in deeds, and what deeds does is in policy's table: an action without a row fails.
func TestEveryActionHasARow(t *testing.T) {
	pressed, submitted := map[string]bool{}, map[string]bool{}
	for _, d := range deeds() {
		map[bot.Kind]map[string]bool{bot.Press: pressed, bot.Submit: submitted}[d.req.Kind][d.req.Name] = true
		if !slices.Contains(policy.Actions(), policy.Action(d.action)) {
			t.Errorf("%q has no row in policy's table", d.action)
		}
	}
	for _, id := range handlers.ButtonIDs() {
		if !pressed[id] && !slices.Contains(elsewhere, id) {
			t.Errorf("nobody has said who may press the button %q", id)
		}
	}
	for _, id := range handlers.DialogIDs() {
		if !submitted[id] && !slices.Contains(elsewhere, id) {
			t.Errorf("nobody has said who may send the dialog %q", id)
		}
	}
	done := map[policy.Action]bool{policy.EndMeasure: true} // tested with the measures
	for _, d := range deeds() {
		done[policy.Action(d.action)] = true
	}
	for _, action := range policy.Actions() {
		if !done[action] {
			t.Errorf("the action %q has a row, and nothing asks for it", action)
		}
	}
}

func TestAuthorisation(t *testing.T) {
	h := onSQLite(t)
	h.write(func(tx *store.Tx) error { // Dora is known to hold her role: it just is not one of those that work cases
		a, err := tx.EnsureAccount(t.Context(), "chat", dora.ID, dora.Name)
		if err != nil {
			return err
		}
		a.Email = "dora@example.org"
		return tx.UpdateAccount(t.Context(), a)
	})
	nobody := bot.Actor{Surface: "chat"}
	elsewhere := bot.Actor{Surface: "other", ID: karin.ID} // the same id on another surface is another person
	people := []struct {
		who            bot.Actor
		ordinary, stop bool
	}{
		{maja, false, false}, {ali, false, false}, {dora, false, false}, {nobody, false, false}, {elsewhere, false, false},
		{karin, true, true}, {omar, true, true}, {johan, false, true},
	}
	for _, stop := range []string{"no", "yes"} {
		untouched := h.report(maja, bot.Values{"stop": {stop}}) // by those who are refused
		for _, person := range people {
			for _, d := range deeds() {
				// The head of security stands in the line of those who take a case that nobody takes. What concerns Sweden's security
				// is no matter of other authorities than the security police.
				allowed := person.ordinary || person.who == johan && d.action == "acknowledge"
				if stop == "yes" {
					allowed = person.stop && slices.Contains([]string{
						"see_card", "show_text", "acknowledge", "progress", "change_category", "change_severity", "message_reporter", "close", "reopen",
					}, d.action)
					allowed = allowed || d.action == "hold_case" && person.ordinary // to keep a case is the CISO's
				}
				kind := map[bot.Kind]string{bot.Press: "button", bot.Submit: "dialog"}[d.req.Kind]
				name := fmt.Sprintf("stop %s, %s %s by %s:%s is allowed: %v", stop, kind, d.req.Name, person.who.Surface, person.who.ID, allowed)
				t.Run(name, func(t *testing.T) {
					c := untouched
					if allowed {
						c = h.report(maja, bot.Values{"stop": {stop}})
					}
					h.take()
					refusals := len(h.refusals(c))
					h.asked++
					req := d.req
					req.Actor, req.Subject, req.Key = person.who, c.Ref, fmt.Sprintf("deed-%d", h.asked)
					reply := h.ask(req)
					refused := strings.Contains(text(reply.Message), h.Texts.T("sv", "refused"))
					if refused == allowed {
						t.Fatalf("refused is %v; the reply is %+v", refused, reply)
					}
					if allowed {
						same(t, "refusals in the audit chain", len(h.refusals(c)), 0)
						return
					}
					same(t, "the case", h.now(c), c)
					same(t, "notes", len(h.notes(c)), 0)
					same(t, "what follows", len(h.take()), 0)
					if reply.Dialog != nil || len(reply.Errors) > 0 {
						t.Errorf("the refusal also says %+v", reply)
					}
					h.ask(req) // the platform tells it again
					events := h.refusals(c)
					if len(events) != refusals+1 {
						t.Fatalf("the audit chain has %d new refusals, want one", len(events)-refusals)
					}
					last := events[len(events)-1]
					same(t, "who, about what, what",
						[]string{last.Actor, last.Subject, last.Detail},
						[]string{person.who.Surface + ":" + person.who.ID, c.Number, `{"action":"` + d.action + `"}`})
				})
			}
		}
	}
}

// refusals are the events of somebody having been refused something about a case.
func (h *house) refusals(c store.Incident) []store.Event {
	h.t.Helper()
	events, err := h.Store.EventsBySubject(h.t.Context(), c.Number)
	if err != nil {
		h.t.Fatal(err)
	}
	return slices.DeleteFunc(events, func(e store.Event) bool { return e.Action != "access.refused" })
}

func TestRoleByEmail(t *testing.T) {
	h := onSQLite(t)
	h.Settings.Roles["ciso"] = []handlers.Holder{{Email: "karin@example.org"}}
	c := h.report(maja, nil)
	h.press(karin, "acknowledge", c.Ref)
	same(t, "status while nobody knows her address", h.now(c).Status, store.New)
	if err := h.IdentifyRoles(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.press(karin, "acknowledge", c.Ref)
	same(t, "status when the surface has told it", h.now(c).Status, store.Acknowledged)
}

func TestAnAccountWithoutAddressHoldsNoRoleWithoutAddress(t *testing.T) {
	h := onSQLite(t)
	h.Settings.Roles["ciso"] = []handlers.Holder{{Accounts: map[string]string{"other": "1001"}}}
	h.report(maja, nil) // makes an account without an address
	c := h.report(ali, nil)
	h.press(maja, "acknowledge", c.Ref)
	h.press(bot.Actor{Surface: "chat"}, "acknowledge", c.Ref) // nor does nobody
	same(t, "status", h.now(c).Status, store.New)
}

func TestEveryButtonAndDialogIsHandled(t *testing.T) {
	h := onSQLite(t)
	h.governed("2026-08-03 09:00")
	stale := func(reply bot.Reply) bool {
		return strings.Contains(text(reply.Message), h.Texts.T("sv", "stale_button"))
	}
	for _, button := range handlers.ButtonIDs() {
		if reply := h.press(karin, button, h.subject(button)); stale(reply) {
			t.Errorf("nobody handles the button %q", button)
		}
		if slices.Contains([]string{"report", "mine", "link_code", "improve", "risk_new", "risks", "risk_matrix", "measures_all"}, button) {
			continue // about nothing that is there or not
		}
		if reply := h.press(karin, button, "no-such-case"); !stale(reply) {
			t.Errorf("%q about a case that is not there is answered %+v", button, reply)
		}
	}
	for _, dialog := range handlers.DialogIDs() {
		if dialog == "followup_write" {
			continue // may be kept empty: there is time to write
		}
		reply, err := h.try(bot.Request{Kind: bot.Submit, Actor: karin, Name: dialog, Subject: h.subject(dialog)})
		if err != nil || len(reply.Errors) == 0 {
			t.Errorf("the empty dialog %q is answered %+v (%v), want what to mend", dialog, reply, err)
		}
	}
	if reply := h.press(maja, "a button of tomorrow", ""); !stale(reply) {
		t.Errorf("an unknown button is answered %+v", reply)
	}
	if _, err := h.try(bot.Request{Kind: bot.Submit, Actor: maja, Name: "a dialog of tomorrow"}); err == nil {
		t.Error("an unknown dialog is taken, and what was written in it is lost")
	}
	if _, err := h.try(bot.Request{Kind: 99, Actor: maja}); err == nil {
		t.Error("an unknown kind of request is taken")
	}
}

// subject is something that a button or dialog can be about: a new case, its measure, or the revision that is under way.
func (h *house) subject(id string) string {
	if strings.HasPrefix(id, "revise_") {
		return h.revision().Ref
	}
	if strings.HasPrefix(id, "followup_") {
		return "2026"
	}
	if id == "inventory" || id == "classify" {
		return "bygglov"
	}
	if ofRisk(id) {
		return h.risk().Ref
	}
	ref := h.report(maja, nil).Ref
	if id == "measure_end" {
		return h.measure(ref)
	}
	return ref
}

// What stands in messages and dialogs is handled, and nothing is handled that stands nowhere.
func TestButtonsAndDialogsThatPeopleMeet(t *testing.T) {
	h := onSQLite(t)
	h.to("2026-08-03 09:00")
	c := h.report(maja, nil)
	h.governed("2026-08-03 09:00")
	met := map[string]bool{}
	meet := func(m *bot.Message) {
		if m != nil {
			for _, id := range buttons(*m) {
				met[id] = true
			}
		}
	}
	h.report(maja, bot.Values{"text": {h.doubtful()}})
	h.settle()
	for _, p := range h.chat.posts {
		meet(&p.Message)
	}
	for _, id := range clarifying {
		same(t, "somebody meets "+id, met[id], true)
	}
	meet(h.ask(bot.Request{Kind: bot.Command, Actor: maja, Text: "hjälp"}).Message)
	meet(h.ask(bot.Request{Kind: bot.Home, Actor: maja}).Message)
	h.Surfaces["mail"] = h.chat
	meet(h.ask(bot.Request{Kind: bot.Command, Actor: karin, Text: "koppla karin@example.org"}).Message)
	for id := range met {
		if !slices.Contains(handlers.ButtonIDs(), id) {
			t.Errorf("the button %q stands in a message and is not listed", id)
		}
	}
	h.submit(karin, "breach", c.Ref, bot.Values{"verdict": {"risk"}, "reason": {"Uppgifter har röjts"}})
	opened := map[string]bool{h.ask(bot.Request{Kind: bot.Command, Actor: maja}).Dialog.ID: true}
	closed := h.report(maja, nil)
	h.submit(karin, "close", closed.Ref, bot.Values{"cause": {"knowledge"}})
	held := h.report(maja, nil)
	h.submit(karin, "hold", held.Ref, bot.Values{"reason": {"Polisanmält."}})
	for _, id := range handlers.ButtonIDs() {
		who, ref := karin, c.Ref
		switch id {
		case "lift_hold":
			ref = held.Ref
		case "answer":
			who = maja
		case "reopen":
			ref = closed.Ref
		case "measure_end":
			ref = h.measure(ref)
		}
		if strings.HasPrefix(id, "revise_") || strings.HasPrefix(id, "followup_") || id == "classify" || ofRisk(id) {
			ref = h.subject(id)
		}
		if d := h.press(who, id, ref).Dialog; d != nil {
			opened[d.ID] = true
			same(t, "what the dialog concerns", d.Subject == ref, !slices.Contains([]string{"report", "link_code", "improve", "risk_new"}, id))
		}
	}
	for _, id := range handlers.DialogIDs() {
		if !opened[id] {
			t.Errorf("nothing opens the dialog %q", id)
		}
		delete(opened, id)
	}
	same(t, "dialogs that are opened and not listed", len(opened), 0)
}
