package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/bottest"
	"tyreso.se/incidentbot/bot/discord"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// Two CISOs, one in Slack and one in Discord, send different dialogs about a case at the same moment: both changes are made, one after the
// other, and every copy of the card in both chats shows both.
func TestTwoCISOsOnBothPlatformsAtTheSameMoment(t *testing.T) {
	h := openHouse(t, locale.Swedish, (*house).onSlack)
	inSlack := h.ciso
	h.also = inSlack
	h.onDiscord()
	inDiscord := h.ciso
	h.Surfaces[discord.Name] = recorder{inDiscord.Surface(), h}
	h.Settings.Surfaces = append(h.Settings.Surfaces, discord.Name)
	for _, who := range []bottest.Platform{inSlack, inDiscord} {
		holder := handlers.Holder{Accounts: map[string]string{who.Surface().Name(): who.Person().ID}}
		h.Settings.Roles[policy.CISO] = append(h.Settings.Roles[policy.CISO], holder)
	}
	for round := range 3 {
		c := h.report(fmt.Sprint("case ", round), bot.Values{"stop": {"no"}, "personal": {"yes"}, "near_miss": nil, "anonymous": nil, "text": {"Kort om något."}, "done": nil}, 0)
		assess, decide := h.openOn(inSlack, c, "severity"), h.openOn(inDiscord, c, "breach")
		var both sync.WaitGroup
		for _, deed := range []struct {
			who    bottest.Platform
			dialog *bot.Dialog
			given  bot.Values
		}{
			{inSlack, assess, bot.Values{"severity": {"4"}, "reason": {"Många berörs."}}},
			{inDiscord, decide, bot.Values{"verdict": {"risk"}, "reason": {"Röjt."}}},
		} {
			both.Go(func() {
				screen, err := deed.who.Submit(t.Context(), deed.dialog, answers(deed.dialog, deed.given), nil)
				if err != nil || len(screen.Errors) > 0 {
					t.Errorf("%s: %v %v", deed.dialog.ID, err, screen.Errors)
				}
			})
		}
		both.Wait()
		h.work()
		now, err := h.Store.IncidentByID(t.Context(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		decisions, err := h.Store.Decisions(t.Context(), c.ID)
		if err != nil || now.Severity != policy.Serious || len(decisions) != 1 || decisions[0].Verdict != "risk" || now.Version < c.Version+2 {
			t.Errorf("the case is %+v, decided %+v (%v)", now, decisions, err)
		}
		h.bothShow(c, "4 – ", "Anmälan till IMY", inSlack, inDiscord)
	}
	if _, err := h.Store.VerifyChain(t.Context()); err != nil {
		t.Error(err)
	}
}

// copiesOn are where a case's card stands for somebody: in the channels of their platform.
func (h *house) copiesOn(who bottest.Platform, c store.Incident) (refs []bot.Ref) {
	for _, ref := range h.order {
		if ref.Surface == who.Surface().Name() && buttonAt(h.posted[ref], ofCase(c, "severity")) >= 0 {
			refs = append(refs, ref)
		}
	}
	return refs
}

// openOn has somebody press a button of a case's card on their platform, and returns the dialog that it opens.
func (h *house) openOn(who bottest.Platform, c store.Incident, button string) *bot.Dialog {
	h.t.Helper()
	refs := h.copiesOn(who, c)
	if len(refs) == 0 {
		h.t.Fatalf("no card of %s stands in %s", c.Number, who.Surface().Name())
	}
	if _, err := who.Press(h.t.Context(), refs[0], buttonAt(h.posted[refs[0]], ofCase(c, button))); err != nil {
		h.t.Fatalf("pressing %s: %v", button, err)
	}
	d := h.latest().Dialog
	if d == nil || d.ID != button {
		h.t.Fatalf("%s opens %+v", button, h.latest())
	}
	return d
}

// bothShow holds every copy of a case's card on two platforms against what both changes say.
func (h *house) bothShow(c store.Incident, first, second string, people ...bottest.Platform) {
	h.t.Helper()
	for _, who := range people {
		refs := h.copiesOn(who, c)
		if len(refs) < 2 { // in two channels
			h.t.Errorf("%d copies stand in %s", len(refs), who.Surface().Name())
		}
		for _, ref := range refs {
			screen, err := who.Read(h.t.Context(), ref)
			if err != nil || !strings.Contains(screen.Text, first) || !strings.Contains(screen.Text, second) {
				h.t.Errorf("a copy in %s shows (%v):\n%s", who.Surface().Name(), err, screen.Text)
			}
		}
	}
}
