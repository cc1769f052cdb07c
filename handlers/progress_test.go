package handlers_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// latest is the newest message to somebody as it now looks, "" when there is none.
func (h *house) latest(to bot.Address) string {
	h.t.Helper()
	posts := h.chat.to(to)
	if len(posts) == 0 {
		return ""
	}
	return text(&posts[len(posts)-1].Message)
}

func TestStates(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c := h.report(maja, nil)
		for _, step := range []struct {
			button string
			want   store.Status
		}{
			{"acknowledge", store.Acknowledged}, {"start", store.InProgress}, {"start", store.InProgress}, {"resolve", store.Resolved},
			{"start", store.InProgress}, {"resolve", store.Resolved},
		} {
			h.press(karin, step.button, c.Ref)
			same(t, "status after "+step.button, h.now(c).Status, step.want)
		}
		same(t, "who has it in hand", h.now(c).Assignee, "karin@example.org")
		same(t, "when it was dealt with", *h.now(c).ResolvedAt, morning())
		same(t, "events", []int{len(h.events("incident.started")), len(h.events("incident.resolved"))}, []int{2, 2})
		h.submit(karin, "close", c.Ref, bot.Values{"cause": {"knowledge"}})
		same(t, "status after close", h.now(c).Status, store.Closed)
		if reply := h.press(karin, "start", c.Ref); !strings.Contains(text(reply.Message), "redan avslutad") {
			t.Errorf("starting on a closed case is answered %+v", reply)
		}
		h.submit(karin, "reopen", c.Ref, bot.Values{"reason": {"Det hände igen."}})
		if now := h.now(c); now.Status != store.Acknowledged || now.ResolvedAt != nil {
			t.Errorf("reopened it is %s, dealt with %v", now.Status, now.ResolvedAt)
		}
	})
}

func TestWhoStartsOnANewCaseTakesIt(t *testing.T) {
	h := onSQLite(t)
	c := h.report(maja, nil)
	h.settle()
	h.press(omar, "start", c.Ref)
	h.settle()
	now := h.now(c)
	if now.Status != store.InProgress || now.AcknowledgedAt == nil || now.Assignee != "chat:U0OMAR" {
		t.Errorf("the case is %s, acknowledged %v, in hand with %q", now.Status, now.AcknowledgedAt, now.Assignee)
	}
	if got := h.latest(direct(maja)); !strings.Contains(got, "tagit emot") && !strings.Contains(got, "Omar Said") {
		t.Errorf("the reporter is told: %s", got)
	}
	h.pass(4 * 24 * time.Hour)
	for _, p := range h.chat.to(direct(johan)) {
		if strings.Contains(text(&p.Message), "Ingen har tagit emot") {
			t.Error("the next in line is told that nobody has taken it")
		}
	}
}

func TestAssign(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.Settings.Roles[policy.Lawyer] = []handlers.Holder{{Email: "ali@example.org"}}
		h.listed(store.Person{Email: "ali@example.org", Name: "Ali Nouri"})
		c := h.report(maja, nil)
		h.settle()
		h.submit(karin, "assign", c.Ref, bot.Values{"assignee": {"ali@example.org"}})
		h.settle()
		now := h.now(c)
		same(t, "status", now.Status, store.Acknowledged) // a new case is taken thereby
		same(t, "who was drawn in", now.Involved, []policy.Role{policy.Lawyer})
		if got := h.latest(direct(ali)); !strings.Contains(got, "Du har fått ansvar för "+c.Number) {
			t.Errorf("Ali is told: %s", got)
		}
		if got := text(&h.chat.to(triage)[0].Message); !strings.Contains(got, "Har ärendet\nAli Nouri") {
			t.Errorf("the card says:\n%s", got)
		}
		h.submit(karin, "assign", c.Ref, bot.Values{"assignee": {"ali@example.org"}})
		same(t, "events", len(h.events("incident.assigned")), 1)
		h.press(omar, "start", c.Ref)
		same(t, "who has it when another starts", h.now(c).Assignee, "ali@example.org")
		letters := len(h.chat.to(direct(karin)))
		h.submit(karin, "assign", c.Ref, bot.Values{"assignee": {"karin@example.org"}})
		h.settle()
		same(t, "letters to who gave it to herself", len(h.chat.to(direct(karin))), letters)
	})
}

func TestAssignOffersEveryRoleHolderOnce(t *testing.T) {
	h := onSQLite(t)
	h.Settings.Roles[policy.Archivist] = h.Settings.Roles[policy.CISO]
	if err := h.IdentifyRoles(t.Context()); err != nil {
		t.Fatal(err)
	}
	d := h.press(karin, "assign", h.report(maja, nil).Ref).Dialog
	var labels []string
	for _, o := range d.Fields[0].Options {
		labels = append(labels, o.Label+": "+o.Help)
	}
	same(t, "who is offered", labels, []string{
		"Karin Holm: Informationssäkerhetssamordnare, Kommunarkivarie", "Omar Said: Ersättare för samordnaren", "Dora Ek: Dataskyddsombud",
		"Johan Lind: Säkerhetschef",
	})
}

func TestInvolve(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.Settings.Roles[policy.Lawyer] = []handlers.Holder{{Accounts: map[string]string{"chat": ali.ID}}}
		c := h.report(maja, nil)
		h.settle()
		h.submit(karin, "involve", c.Ref, bot.Values{"roles": {"lawyer"}, "message": {"Behöver vi anmäla? Ring 19640823-3234."}})
		h.settle()
		posts := h.chat.to(direct(ali))
		if len(posts) != 2 {
			t.Fatalf("the lawyer has %d messages, want the card and a letter", len(posts))
		}
		if got := text(&posts[0].Message); !strings.Contains(got, "Kategori\n") || !slices.Equal(buttons(posts[0].Message), []string{"show", "note", "more"}) {
			t.Errorf("the lawyer's card has %v:\n%s", buttons(posts[0].Message), got)
		}
		if got := text(&posts[1].Message); !strings.Contains(got, "Behöver vi anmäla?") || strings.Contains(got, "3234") {
			t.Errorf("the letter is:\n%s", got)
		}
		if reply := h.press(ali, "show", c.Ref); !strings.Contains(text(reply.Message), lost) {
			t.Errorf("the lawyer may not read the report: %+v", reply)
		}
		h.submit(karin, "involve", c.Ref, bot.Values{"roles": nil})
		h.settle()
		if got := text(&posts[0].Message); !strings.Contains(got, "rör dig inte längre") {
			t.Errorf("the copy of who was let go is:\n%s", got)
		}
		if reply := h.press(ali, "show", c.Ref); strings.Contains(text(reply.Message), lost) {
			t.Error("who was let go may read the report")
		}
		if reply := h.submit(karin, "involve", c.Ref, bot.Values{"roles": nil}); reply.Errors["roles"] == "" {
			t.Errorf("nobody chosen is answered %+v", reply)
		}
	})
}

// line has Maja's manager and the owner of a system known.
func (h *house) line() {
	h.t.Helper()
	h.Settings.Inform = []policy.Role{policy.SystemOwner, policy.UnitManager}
	h.listed(store.Person{Email: "maja@example.org", Name: "Maja Berg", ManagerEmail: "ali@example.org", Unit: "Hemtjänsten"})
	h.knownAs(maja, "maja@example.org")
	h.write(func(tx *store.Tx) error {
		_, err := tx.ImportSystems(h.t.Context(), []store.System{
			{Key: "omsorg", Name: "Omsorgssystemet", OwnerEmail: "johan@example.org", PersonalData: policy.Yes, Active: true},
		})
		return err
	})
	h.Settings.Roles[policy.SecurityChief] = nil
}

func TestTheOrdinaryLineIsDrawnInWhenACaseIsTaken(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.line()
		c := h.report(maja, bot.Values{"system": {"omsorg"}})
		h.settle()
		same(t, "messages before", len(h.chat.to(direct(ali)))+len(h.chat.to(direct(johan))), 0)
		h.press(karin, "acknowledge", c.Ref)
		h.settle()
		for _, who := range []bot.Actor{ali, johan} {
			cards := h.chat.to(direct(who))
			if len(cards) != 1 || strings.Contains(text(&cards[0].Message), lost) || len(buttons(cards[0].Message)) > 0 {
				t.Errorf("%s has %d cards, want one without the reporter's words and without buttons", who.Name, len(cards))
			}
			if reply := h.press(who, "show", c.Ref); strings.Contains(text(reply.Message), lost) {
				t.Errorf("%s may read the report", who.Name)
			}
			if reply := h.say(who, "ärende "+c.Number); !strings.Contains(text(reply.Message), "Allvarlighet") {
				t.Errorf("%s may not see the case: %s", who.Name, text(reply.Message))
			}
		}
		if reply := h.say(dora, "ärende "+c.Number); strings.Contains(text(reply.Message), "Allvarlighet") {
			t.Error("somebody whom it does not concern sees the case")
		}
	})
}

func TestTheOrdinaryLineIsNotDrawnIn(t *testing.T) {
	for name, test := range map[string]struct {
		values bot.Values
		change func(h *house)
		want   []policy.Role
	}{
		"the manager, when it may be about a colleague or the manager": {bot.Values{"text": {"En kollega har läst i sin grannes journal utan att ha med det att göra."}}, nil, nil},
		"the manager, of who is nameless":                              {bot.Values{"anonymous": {"yes"}}, nil, nil},
		"anybody, when Sweden's security is concerned":                 {bot.Values{"stop": {"yes"}}, nil, nil},
		"who the settings leave out":                                   {bot.Values{"system": {"omsorg"}}, func(h *house) { h.Settings.Inform = nil }, nil},
		"the owner, when there is no system":                           {nil, nil, []policy.Role{policy.UnitManager}},
	} {
		t.Run(name, func(t *testing.T) {
			h := onSQLite(t)
			h.line()
			if test.change != nil {
				test.change(h)
			}
			c := h.report(maja, test.values)
			h.press(karin, "acknowledge", c.Ref)
			same(t, "who was drawn in", h.now(c).Involved, test.want)
		})
	}
}

func TestSecrecy(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.Settings.Triage[0].Confidential = true
		c := h.report(maja, bot.Values{"personal": {"yes"}})
		h.settle()
		if got := h.latest(direct(dora)); !strings.Contains(got, "Kategori\n") {
			t.Fatalf("the data protection officer has %q", got)
		}
		if reply := h.submit(karin, "secrecy", c.Ref, bot.Values{"secret": {"yes"}}); reply.Errors["reason"] == "" {
			t.Errorf("no reason is answered %+v", reply)
		}
		h.submit(karin, "secrecy", c.Ref, bot.Values{"secret": {"yes"}, "reason": {"Rör en anställd"}})
		h.settle()
		if got := h.latest(direct(dora)); strings.Contains(got, "Kategori\n") || !strings.Contains(got, "rör dig inte längre") {
			t.Errorf("the data protection officer's copy is:\n%s", got)
		}
		if got := h.latest(triage); strings.Contains(got, "Kategori\n") || strings.Contains(got, lost) || !strings.Contains(got, "sekretessmarkerat") {
			t.Errorf("the channel's copy is:\n%s", got)
		}
		if got := h.latest(direct(karin)); !strings.Contains(got, "Kategori\n") || !strings.Contains(got, "Markering\nSekretessmarkerat") {
			t.Errorf("the CISO's copy is:\n%s", got)
		}
		same(t, "the data protection officer may read it", strings.Contains(text(h.press(dora, "show", c.Ref).Message), lost), false)
		h.submit(karin, "involve", c.Ref, bot.Values{"roles": {"dpo"}})
		h.settle()
		same(t, "drawn in she may", strings.Contains(text(h.press(dora, "show", c.Ref).Message), lost), true)
		h.submit(karin, "secrecy", c.Ref, bot.Values{"secret": {"no"}, "reason": {"Utrett"}})
		h.settle()
		if got := h.latest(triage); !strings.Contains(got, "Kategori\n") {
			t.Errorf("the channel's copy, when the mark is taken away:\n%s", got)
		}
		for _, e := range h.events("incident.secrecy_set") {
			if strings.Contains(e.Detail, "anställd") {
				t.Error("the audit chain has the reason in words")
			}
		}
	})
}

func TestAttach(t *testing.T) {
	h := onSQLite(t)
	h.chat.files["F9"] = []byte("logg")
	c := h.report(maja, nil)
	h.settle()
	h.ask(bot.Request{Kind: bot.Submit, Actor: karin, Name: "attach", Subject: c.Ref, Files: []bot.File{{ID: "F9", Name: "logg.txt", Size: 4}}})
	h.settle()
	attachments, err := h.Store.Attachments(t.Context(), c.ID)
	if err != nil || len(attachments) != 1 || attachments[0].FetchedAt == nil {
		t.Errorf("the attachments are %+v (%v)", attachments, err)
	}
	if reply := h.ask(bot.Request{Kind: bot.Submit, Actor: karin, Name: "attach", Subject: c.Ref}); reply.Errors["files"] == "" {
		t.Errorf("no file is answered %+v", reply)
	}
}
