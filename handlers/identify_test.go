package handlers_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

func (h *house) account(who bot.Actor) store.Account {
	h.t.Helper()
	a, err := h.Store.Account(h.t.Context(), who.Surface, who.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

func TestIdentify(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.chat.people[maja.ID] = bot.Profile{ID: maja.ID, Name: "Maja K. Berg", Email: "Maja@Example.org", Language: "en"}
		h.report(maja, nil)
		id := h.account(maja).ID
		if err := h.Identify(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		a := h.account(maja)
		same(t, "name, address, language", []string{a.Name, a.Email, a.Language}, []string{"Maja K. Berg", "maja@example.org", "en"})
		if a.CheckedAt == nil || !a.CheckedAt.Equal(h.clock.Now()) {
			t.Errorf("asked at %v", a.CheckedAt)
		}
		again := func(after time.Duration, want int) {
			t.Helper()
			h.clock.advance(after)
			before := h.chat.lookups
			if err := h.Identify(t.Context(), id); err != nil {
				t.Fatal(err)
			}
			same(t, "look-ups", h.chat.lookups-before, want)
		}
		again(6*24*time.Hour, 0)
		again(2*24*time.Hour, 1)
	})
}

func TestOnlyReportersWhoAreNotKnownAreIdentified(t *testing.T) {
	h := onSQLite(t)
	identify := func() (n int) {
		for _, j := range h.take() {
			if j.Kind == handlers.IdentifyJob {
				n++
				if err := h.Identify(t.Context(), j.ID); err != nil {
					t.Fatal(err)
				}
			}
		}
		return n
	}
	h.report(maja, nil)
	same(t, "jobs at the first report", identify(), 1)
	h.report(maja, nil)
	same(t, "jobs at the second", identify(), 0)
	h.report(ali, bot.Values{"anonymous": {"yes"}})
	same(t, "jobs for a nameless one", identify(), 0)
}

func TestWhoCannotBeIdentifiedKeepsTheirName(t *testing.T) {
	h := onSQLite(t)
	h.report(maja, nil)
	id := h.account(maja).ID
	h.chat.refuse = refusing("Profile", maja.ID, broken())
	if err := h.Identify(t.Context(), id); err == nil || h.account(maja).CheckedAt != nil {
		t.Errorf("a platform that is broken: error %v, asked at %v; want another attempt", err, h.account(maja).CheckedAt)
	}
	h.chat.refuse = refusing("Profile", maja.ID, limited())
	var refused *bot.SendError
	if err := h.Identify(t.Context(), id); !errors.As(err, &refused) || refused.Wait == 0 {
		t.Errorf("rate-limited: error is %v, want one that says how long to wait", err)
	}
	h.chat.refuse = refusing("Profile", maja.ID, &bot.SendError{Code: "user_not_found", Permanent: true})
	if err := h.Identify(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if a := h.account(maja); a.Name != maja.Name || a.CheckedAt == nil {
		t.Errorf("the account is %+v", a)
	}
}

func TestIdentifyRoles(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.Settings.Roles[policy.Lawyer] = []handlers.Holder{{Email: "ingen@example.org"}} // doctor tells of it
		if err := h.IdentifyRoles(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, who := range []bot.Actor{karin, omar, johan, dora} {
			if a := h.account(who); a.Name != who.Name || a.Email == "" {
				t.Errorf("%s is known as %+v", who.ID, a)
			}
		}
		before := h.chat.lookups
		if err := h.IdentifyRoles(t.Context()); err != nil {
			t.Fatal(err)
		}
		same(t, "look-ups the second time, for the one who was not found", h.chat.lookups-before, 1)

		h.clock.advance(8 * 24 * time.Hour)
		h.chat.refuse = refusing("Profile", karin.ID, broken())
		if err := h.IdentifyRoles(t.Context()); err == nil {
			t.Error("a failure is not told")
		}
		if a := h.account(dora); a.CheckedAt == nil || !a.CheckedAt.Equal(h.clock.Now()) {
			t.Error("one failure kept the others from being asked for")
		}
	})
}

func TestFetchAttachment(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		content := []byte("\x89PNG\x00\x01")
		h.chat.files = map[string][]byte{"F1": content, "F4": {}}
		c := h.report(maja, nil, bot.File{ID: "F1", Name: "bild.png", Size: int64(len(content))}, bot.File{ID: "F2", Size: 1001},
			bot.File{ID: "F3", Size: 10}, bot.File{ID: "F4"})
		h.chat.refuse = refusing("Fetch", "F3", &bot.SendError{Code: "file_deleted", Permanent: true})
		h.settle()
		attachments, err := h.Store.Attachments(t.Context(), c.ID)
		if err != nil || len(attachments) != 4 {
			t.Fatalf("attachments are %+v (%v)", attachments, err)
		}
		sum := sha256.Sum256(content)
		if a := attachments[0]; a.SHA256 != hex.EncodeToString(sum[:]) || a.FetchedAt == nil || a.Failure != "" {
			t.Errorf("the picture is %+v", a)
		}
		kept, err := h.Store.AttachmentContent(t.Context(), attachments[0].ID)
		if err != nil || string(kept) != string(content) {
			t.Errorf("its content is %q (%v)", kept, err)
		}
		for i, want := range map[int]string{1: "too_large", 2: "file_deleted", 3: ""} {
			a := attachments[i]
			same(t, "why "+a.FileID+" is not there", a.Failure, want)
			same(t, a.FileID+" fetched", a.FetchedAt != nil, want == "")
		}
		shown := text(h.press(karin, "show", c.Ref).Message)
		if !strings.Contains(shown, "gick inte att hämta") {
			t.Errorf("the failure is not shown:\n%s", shown)
		}
		h.chat.refuse = refusing("Fetch", "", gone())
		if err := h.FetchAttachment(t.Context(), attachments[0].ID); err != nil {
			t.Fatal(err)
		}
		again, err := h.Store.Attachment(t.Context(), attachments[0].ID)
		same(t, "an attachment that is fetched already", again, attachments[0])
		if err != nil {
			t.Error(err)
		}
	})
}

func TestFetchIsTriedAgain(t *testing.T) {
	h := onSQLite(t)
	h.chat.files = map[string][]byte{"F1": []byte("x")}
	h.chat.refuse = refusing("Fetch", "F1", broken())
	h.report(maja, nil, bot.File{ID: "F1", Size: 1})
	again, err := h.work()
	if len(again) != 1 || again[0].Kind != handlers.FetchJob || err == nil {
		t.Fatalf("jobs to run again: %v (%v)", again, err)
	}
	h.chat.refuse = nil
	if err := h.run(again[0]); err != nil {
		t.Fatal(err)
	}
	pending, err := h.Store.PendingAttachments(t.Context())
	if err != nil || len(pending) != 0 {
		t.Errorf("still pending: %+v (%v)", pending, err)
	}
}
