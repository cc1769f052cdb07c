package handlers_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// eva is CISO and in the staff list, and her account is not known to be hers.
var eva = bot.Actor{Surface: "chat", ID: "U0EVA", Name: "eva_82"}

const evasAddress = "eva@example.org"

// linking opens a house where accounts can be linked, and returns the mailbox of all who have mail.
func (h *house) linking() *chat {
	h.t.Helper()
	mailbox := &chat{name: "mail", people: map[string]bot.Profile{}, files: map[string][]byte{}}
	h.Surfaces["mail"] = mailbox
	h.Settings.Roles[policy.CISO] = []handlers.Holder{{Email: evasAddress}}
	h.staff(store.Person{Email: evasAddress, Name: "Eva Ståhl", Kind: "employee", Locale: "sv", Active: true})
	return mailbox
}

func (h *house) staff(people ...store.Person) {
	h.t.Helper()
	h.write(func(tx *store.Tx) error {
		_, err := tx.ImportPeople(h.t.Context(), people)
		return err
	})
}

func (h *house) say(who bot.Actor, words string) bot.Reply {
	h.t.Helper()
	return h.ask(bot.Request{Kind: bot.Command, Actor: who, Text: words})
}

func (h *house) enter(who bot.Actor, code string) bot.Reply {
	h.t.Helper()
	return h.submit(who, "link_code", "", bot.Values{"code": {code}})
}

var sixDigits = regexp.MustCompile(`(?m)^\d{6}$`)

// code is the code in the newest mail to an address.
func code(t testing.TB, mailbox *chat, address string) string {
	t.Helper()
	letters := mailbox.to(bot.Address{Surface: "mail", User: address})
	if len(letters) == 0 {
		t.Fatalf("no mail to %s", address)
	}
	found := sixDigits.FindString(text(&letters[len(letters)-1].Message))
	if found == "" {
		t.Fatalf("no code in the mail:\n%s", text(&letters[len(letters)-1].Message))
	}
	return found
}

// other is a code that is another one.
func other(code string) string {
	return strings.Map(func(r rune) rune { return '0' + (r-'0'+1)%10 }, code)
}

// mayWork tells whether somebody may acknowledge a case.
func (h *house) mayWork(who bot.Actor) bool {
	h.t.Helper()
	c := h.report(maja, nil)
	h.press(who, "acknowledge", c.Ref)
	return h.now(c).Status == store.Acknowledged
}

func TestALinkedAccountHasTheRolesOfItsPerson(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		mailbox := h.linking()
		reply := h.say(eva, "koppla Eva@Example.org")
		same(t, "buttons", buttons(*reply.Message), []string{"link_code"})
		h.settle()
		same(t, "may work by claiming an address", h.mayWork(eva), false)
		right := code(t, mailbox, evasAddress)
		letter := mailbox.to(bot.Address{Surface: "mail", User: evasAddress})[0].Message
		if strings.Contains(letter.Summary, right) || strings.Contains(text(&letter), eva.Name) {
			t.Errorf("the mail has the code in its subject, or words of who asked:\n%s", text(&letter))
		}
		dialog := h.press(eva, "link_code", "").Dialog
		if dialog == nil || dialog.ID != "link_code" {
			t.Fatalf("dialog is %+v", dialog)
		}
		reply = h.enter(eva, right[:3]+" "+right[3:]+" ")
		if reply.Message == nil || !strings.Contains(text(reply.Message), "kopplat") {
			t.Fatalf("reply is %+v", reply)
		}
		account := h.account(eva)
		person, err := h.Store.PersonByEmail(t.Context(), evasAddress)
		if err != nil || account.Email != evasAddress || account.PersonID == nil || *account.PersonID != person.ID {
			t.Errorf("the account is %+v (%v)", account, err)
		}
		same(t, "may work when linked", h.mayWork(eva), true)
		same(t, "events", len(h.events("account.linked")), 1)
		same(t, "codes", h.rows(`SELECT code FROM link_codes`), []string{""})

		// What the chat tells later does not change it.
		h.chat.people[eva.ID] = bot.Profile{ID: eva.ID, Name: "Eva", Email: "private@example.com", Language: "sv"}
		if err := h.Identify(t.Context(), account.ID); err != nil {
			t.Fatal(err)
		}
		same(t, "may work after the chat told of another address", h.mayWork(eva), true)
		for _, e := range h.events("") {
			if strings.Contains(fmt.Sprint(e), "eva@") {
				t.Errorf("an event holds the address: %+v", e)
			}
		}
	})
}

func TestAnAccountIsLinkedByWhoHasTheMailOnly(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		mailbox := h.linking()
		h.say(ali, "link "+evasAddress)
		h.settle()
		right := code(t, mailbox, evasAddress)
		for left := 4; left > 0; left-- {
			reply := h.enter(ali, other(right))
			if want := fmt.Sprint(left); left > 1 && !strings.Contains(reply.Errors["code"], want) || reply.Errors["code"] == "" {
				t.Errorf("with %d tries left: %+v", left, reply)
			}
		}
		if reply := h.enter(ali, other(right)); reply.Message == nil || !strings.Contains(text(reply.Message), "slut") {
			t.Errorf("the last try: %+v", reply)
		}
		refused := h.events("account.link_refused")
		if len(refused) != 1 || refused[0].Actor != "chat:"+ali.ID {
			t.Errorf("refusals in the audit chain: %+v", refused)
		}
		if reply := h.enter(ali, right); reply.Message == nil || !strings.Contains(text(reply.Message), "gäller inte") {
			t.Errorf("the right code, too late: %+v", reply)
		}
		if reply := h.press(ali, "link_code", ""); reply.Dialog != nil {
			t.Errorf("a dialog for a code that is used up: %+v", reply.Dialog)
		}
		h.enter(maja, right) // another account's
		for _, who := range []bot.Actor{ali, maja} {
			if a := h.account(who); a.PersonID != nil || a.Email != "" {
				t.Errorf("%s is linked: %+v", who.ID, a)
			}
			same(t, who.ID+" may work", h.mayWork(who), false)
		}
	})
}

func TestNobodyLearnsWhoIsInTheStaffList(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		mailbox := h.linking()
		h.staff(store.Person{Email: "slutat@example.org", Name: "Slutat", Locale: "sv"})
		// Everything that a person sees on the way.
		walk := func(who bot.Actor, address, wrong string) (seen []bot.Reply) {
			t.Helper()
			seen = append(seen, h.say(who, "koppla "+address), h.press(who, "link_code", ""))
			for range 6 {
				seen = append(seen, h.enter(who, wrong))
			}
			seen = append(seen, h.press(who, "link_code", ""))
			for range 3 {
				seen = append(seen, h.say(who, "koppla "+address))
			}
			h.settle()
			return seen
		}
		listed := walk(ali, evasAddress, "000000")
		same(t, "letters", len(mailbox.posts), 1) // of three, two had lost their point before they were sent
		for who, address := range map[bot.Actor]string{maja: "ingen@example.org", omar: "slutat@example.org"} {
			if diff := cmp.Diff(listed, walk(who, address, "000000")); diff != "" {
				t.Errorf("%s is told from one who is in the list:\n%s", address, diff)
			}
		}
		same(t, "letters", len(mailbox.posts), 1)
		if strings.Contains(h.everything(), "ingen@example.org") {
			t.Error("the register holds an address that was only asked for")
		}
		// Not even the right code, which was sent to nobody, links an account to nobody.
		h.say(johan, "koppla ingen@example.org")
		rows := h.rows(`SELECT code FROM link_codes WHERE code <> ''`)
		if reply := h.enter(johan, rows[len(rows)-1]); reply.Errors["code"] == "" {
			t.Errorf("the code of an address that is not in the list: %+v", reply)
		}
	})
}

func TestCodesGrowOld(t *testing.T) {
	h := onSQLite(t)
	mailbox := h.linking()
	h.say(eva, "koppla "+evasAddress)
	h.settle()
	h.clock.advance(handlers.LinkCodeAge - time.Millisecond)
	if h.press(eva, "link_code", "").Dialog == nil {
		t.Error("a code is void too early")
	}
	h.clock.advance(time.Millisecond)
	if reply := h.press(eva, "link_code", ""); reply.Dialog != nil || !strings.Contains(text(reply.Message), "/incident koppla") {
		t.Errorf("opening the dialog: %+v", reply)
	}
	if reply := h.enter(eva, code(t, mailbox, evasAddress)); reply.Message == nil || !strings.Contains(text(reply.Message), "/incident koppla") {
		t.Errorf("an old code: %+v", reply)
	}
	same(t, "linked", h.account(eva).PersonID == nil, true)
}

func TestMailThatHasLostItsPointIsNotSent(t *testing.T) {
	for name, test := range map[string]struct {
		before func(h *house) // the mail is sent
		want   int
	}{
		"a code that is too old":  {func(h *house) { h.clock.advance(handlers.LinkCodeAge) }, 0},
		"a code that is replaced": {func(h *house) { h.say(eva, "koppla "+evasAddress) }, 1},
		"a code that is forgotten": {func(h *house) {
			h.write(func(tx *store.Tx) error {
				later := tx.Now.Add(time.Second)
				return tx.ExpireLinkCodes(h.t.Context(), later, later)
			})
		}, 0},
		"one that is good": {func(*house) {}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			h := onSQLite(t)
			mailbox := h.linking()
			h.say(eva, "koppla "+evasAddress)
			test.before(h)
			h.settle()
			same(t, "letters", len(mailbox.posts), test.want)
			same(t, "pending", h.stats().Pending, 0)
			same(t, "dead", h.stats().Dead, 0)
		})
	}
}

func TestCodesAreNotSentWithoutEnd(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		mailbox := h.linking()
		ask := func(who bot.Actor) string {
			t.Helper()
			words := text(h.say(who, "koppla "+evasAddress).Message)
			h.settle()
			return words
		}
		usual := ask(eva)
		same(t, "second", ask(eva), usual)
		same(t, "third", ask(eva), usual)
		same(t, "letters", len(mailbox.posts), 3)
		if words := ask(eva); !strings.Contains(words, "en timme") {
			t.Errorf("the fourth: %s", words)
		}
		// To others it looks as always, and the address gets no more.
		same(t, "another account", ask(ali), usual)
		same(t, "letters", len(mailbox.posts), 3)
		if reply := h.enter(ali, code(t, mailbox, evasAddress)); reply.Errors["code"] == "" {
			t.Errorf("a code that was sent for another account: %+v", reply)
		}
		h.clock.advance(handlers.LinkCodeWindow)
		same(t, "an hour later", ask(eva), usual)
		same(t, "letters", len(mailbox.posts), 4)
	})
}

func TestLinkingToldTwiceIsDoneOnce(t *testing.T) {
	h := onSQLite(t)
	mailbox := h.linking()
	req := bot.Request{Kind: bot.Command, Key: "told twice", Actor: eva, Text: "koppla " + evasAddress}
	same(t, "answer", h.ask(req), h.ask(req))
	same(t, "codes", len(h.rows(`SELECT * FROM link_codes`)), 1)
	h.settle()
	same(t, "letters", len(mailbox.posts), 1)
	right := code(t, mailbox, evasAddress)
	same(t, "answer", h.enter(eva, right), h.enter(eva, right))
	same(t, "events", len(h.events("account.linked")), 1)
	if reply := h.say(eva, "koppla "+evasAddress); !strings.Contains(text(reply.Message), "kopplat") || len(buttons(*reply.Message)) > 0 {
		t.Errorf("a linked account asks for a code: %+v", reply)
	}
	if reply := h.press(eva, "link_code", ""); reply.Dialog != nil || !strings.Contains(text(reply.Message), "kopplat") {
		t.Errorf("a linked account opens the dialog: %+v", reply)
	}
	h.settle()
	same(t, "letters", len(mailbox.posts), 1)
}

func TestLinkingInParts(t *testing.T) {
	h := onSQLite(t)
	mailbox := h.linking()
	h.ask(bot.Request{Kind: bot.Command, Actor: eva, Text: "link " + evasAddress, InParts: true})
	h.settle()
	right := code(t, mailbox, evasAddress)
	dialog := h.ask(bot.Request{Kind: bot.Press, Actor: eva, Name: "link_code", InParts: true}).Dialog
	send := func(code string) bot.Reply {
		return h.ask(bot.Request{
			Kind: bot.Submit, Key: "kept:" + dialog.Kept, Actor: eva, Name: "link_code", InParts: true, Kept: dialog.Kept, Values: bot.Values{"code": {code}},
		})
	}
	if reply := send(other(right)); reply.Errors["code"] == "" || reply.Dialog == nil {
		t.Errorf("a wrong code: %+v", reply)
	}
	if reply := send(right); reply.Message == nil {
		t.Errorf("the right code: %+v", reply)
	}
	same(t, "linked", h.account(eva).Email, evasAddress)
}

func TestWithoutMailTheAdministratorLinks(t *testing.T) {
	h := onSQLite(t)
	h.linking()
	delete(h.Surfaces, "mail")
	reply := h.say(eva, "koppla "+evasAddress)
	if reply.Message == nil || !strings.Contains(text(reply.Message), "personallistan") || len(buttons(*reply.Message)) > 0 {
		t.Errorf("reply is %+v", reply)
	}
	same(t, "codes", len(h.rows(`SELECT * FROM link_codes`)), 0)
}

func TestWhatIsTypedAfterLink(t *testing.T) {
	h := onSQLite(t)
	mailbox := h.linking()
	for words, want := range map[string]string{
		"koppla":                     "how",
		"Link":                       "how",
		"koppla eva":                 "how",
		"koppla <eva@example.org>":   "how",
		"koppla eva@example.org,b@c": "how",
		"  KOPPLA   EVA@example.org": "sent",
		"link i ett mejl ser konstig ut och jag tryckte på den": "report",
		"länk": "report",
	} {
		reply := h.say(eva, words)
		got := "report"
		if reply.Message != nil {
			got = map[bool]string{true: "sent", false: "how"}[slices.Contains(buttons(*reply.Message), "link_code")]
		}
		same(t, words, got, want)
	}
	h.settle()
	same(t, "letters", len(mailbox.posts), 1)
}

func TestMailThatIsRefusedIsADeadLetterWithoutAddress(t *testing.T) {
	h := onSQLite(t)
	mailbox := h.linking()
	mailbox.refuse = refusing("Send", "", &bot.SendError{Code: "smtp_550", Permanent: true})
	h.say(eva, "koppla "+evasAddress)
	h.settle()
	same(t, "dead", h.stats().Dead, 1)
	dead := h.events("delivery.dead")
	if len(dead) != 1 || strings.Contains(fmt.Sprint(dead[0]), "eva") {
		t.Errorf("in the audit chain: %+v", dead)
	}
}

func TestMailIsInTheLanguageOfWhoAsked(t *testing.T) {
	h := onSQLite(t)
	mailbox := h.linking()
	english := eva
	english.Language = "en"
	h.say(english, "link "+evasAddress)
	h.settle()
	if letter := mailbox.posts[0].Message; !strings.Contains(letter.Summary, "Your code") {
		t.Errorf("the mail is\n%s", text(&letter))
	}
}
