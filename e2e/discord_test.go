package e2e_test

import (
	"crypto/ed25519"
	"encoding/hex"
	"io"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"tyreso.se/incidentbot/bot/mail/mailtest"
	"tyreso.se/incidentbot/store/storetest"
)

// signedWith returns the request signed with a key at a time, in the way of Discord.
func (d delivered) signedWith(key ed25519.PrivateKey, at time.Time) delivered {
	stamp := strconv.FormatInt(at.Unix(), 10)
	d.header = d.header.Clone()
	d.header.Set("X-Signature-Timestamp", stamp)
	d.header.Set("X-Signature-Ed25519", hex.EncodeToString(ed25519.Sign(key, []byte(stamp+d.body))))
	return d
}

// TestDiscordOverHTTP works a case through the program's HTTP door, with nothing but the variables for that: a PING, when the platform
// is told the address; a command; a dialog; a button. What is forged, old or told again is refused.
func TestDiscordOverHTTP(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, database string) {
		s := newDiscordStage(t, database, play{})
		s.start()
		who := s.cast()
		tapped := listen(t, s.stage)
		if err := s.SetEndpoint(t.Context(), tapped.url+interactionsPath); err != nil {
			t.Fatalf("the PING: %v", err)
		}
		const text = "En lista över elever med skyddad identitet hänger i fönstret mot gården."
		alive := s.bot.alive
		if _, err := s.discord.command(alive, who.maja, "rapportera", nil); err != nil {
			t.Fatal(err)
		}
		if _, err := s.discord.fill(alive, who.maja, map[string]string{whatHappened: s.private(text)}); err != nil {
			t.Fatal(err)
		}

		// The report is sent, and does not come through: what others can make of that request must not come through either.
		before, shown := s.discord.before(who.maja)
		if !shown {
			t.Fatal("there is nothing to send the report with")
		}
		s.expected = append(s.expected, "HTTP status 502", "not acknowledged within")
		tapped.close(true)
		if _, err := s.Press(t.Context(), who.maja, before.id, button(before, sendReport)); err == nil {
			t.Fatal("the report was answered though nothing reached the program")
		}
		tapped.close(false)
		sent := tapped.last(t, interactionsPath, `"custom_id"`)
		events, now := s.audited(), time.Now()
		_, stranger, err := ed25519.GenerateKey(nil)
		if err != nil {
			t.Fatal(err)
		}
		unsigned := sent.signedWith(s.discord.key, now)
		unsigned.header.Del("X-Signature-Ed25519")
		changed := sent.signedWith(s.discord.key, now)
		changed.body = strings.Replace(changed.body, who.maja, who.ciso, 1)
		accepted := sent.signedWith(s.discord.key, now)
		for name, request := range map[string]delivered{
			"forged":                sent.signedWith(stranger, now),
			"unsigned":              unsigned,
			"changed after signing": changed,
			"from six minutes ago":  sent.signedWith(s.discord.key, now.Add(-6*time.Minute)),
			"from the future":       sent.signedWith(s.discord.key, now.Add(6*time.Minute)),
		} {
			s.step(name+" is refused", func(t *testing.T) {
				if got := s.status(request); got != http.StatusUnauthorized {
					t.Errorf("answered with %d, want 401", got)
				}
			})
		}
		s.step("nothing of it is stored", func(t *testing.T) {
			if register := s.register(); len(register) != 0 {
				t.Errorf("the register holds %+v", register)
			}
			if n := s.audited(); n != events {
				t.Errorf("the audit chain has %d events, want %d", n, events)
			}
		})
		s.step("rightly signed it is stored, once", func(t *testing.T) {
			if got := s.status(accepted); got != http.StatusOK {
				t.Errorf("answered with %d, want 200", got)
			}
			if got := s.status(accepted); got != http.StatusUnauthorized {
				t.Errorf("told again, answered with %d, want 401", got)
			}
			if register := s.register(); len(register) != 1 || register[0].Text != text {
				t.Errorf("the register holds %+v, want one report", register)
			}
		})
		s.step("a button works", func(t *testing.T) {
			register := s.register()
			if len(register) != 1 {
				t.Fatal("there is no report")
			}
			number := register[0].Number
			all := []string{number}
			s.awaitMessages(map[string][]string{
				who.triage: all, s.stage.DirectMessages(who.ciso): all, s.stage.DirectMessages(who.maja): all,
			})
			card := messageAbout(s.chat, who.triage, number)
			if err := s.press(t.Context(), who.ciso, who.triage, card.id, "Ta emot"); err != nil {
				t.Fatal(err)
			}
			s.awaitChat("the card is edited", func() bool { return messageAbout(s.chat, who.triage, number).edits > 0 })
			if register := s.register(); register[0].Status != "acknowledged" {
				t.Errorf("the status is %q", register[0].Status)
			}
		})
	})
}

// takeover is how long nobody may hold the gateway after the process that did was killed.
const takeover = 30 * time.Second

// TestGatewayIsTakenOver kills the replica that is connected to the gateway. Another one connects, and nothing is done twice.
func TestGatewayIsTakenOver(t *testing.T) {
	t.Parallel()
	s := newDiscordStage(t, storetest.PostgresURL(t), play{socket: true})
	s.start()
	first := s.bot
	s.start()
	second := s.bot
	who := s.cast()
	if n := s.Sessions(); n != 1 {
		t.Fatalf("%d sessions with two replicas, want 1", n)
	}
	s.bot = first // the one that came first holds it
	number := s.report(who.maja, "Ett mejl med lösenordet till skrivaren gick till hela förvaltningen.")
	all := []string{number}

	first.kill()
	s.until("the session is gone", func() bool { return s.Sessions() == 0 })
	gone := time.Now()
	s.bot = second
	for s.Sessions() == 0 {
		if time.Since(gone) > takeover {
			t.Fatalf("nobody holds the gateway %s after the kill", takeover)
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Logf("taken over after %s", time.Since(gone).Round(time.Millisecond))

	// The platform tells the latest interaction, the sending of the report, once more. That it is answered once more is refused.
	s.expected = append(s.expected, "40060")
	if err := s.Redeliver(t.Context()); err != nil {
		t.Fatal(err)
	}
	all = append(all, s.report(who.maja, "Växelns hänvisningslista med hemnummer låg kvar på konferensbordet."))
	s.awaitMessages(map[string][]string{
		who.triage: all, s.stage.DirectMessages(who.ciso): all, s.stage.DirectMessages(who.maja): all,
	})
	if register := s.register(); len(register) != len(all) {
		t.Errorf("the register holds %d incidents, want %d", len(register), len(all))
	}
	if n := s.Sessions(); n != 1 {
		t.Errorf("%d sessions, want 1", n)
	}
	s.audited()
}

// mailedCode finds the code in the mail that links an account.
var mailedCode = regexp.MustCompile(`\b\d{6}\b`)

// TestLinkedByMail links an account to the staff list with the code that comes by mail.
func TestLinkedByMail(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, database string) {
		post := mailtest.Serve(t, nil)
		s := newDiscordStage(t, database, play{})
		s.environ = append(s.environ, "SMTP_URL=smtp+insecure://"+post.Addr())
		s.edit(t, "channels:", "mail: {from: \"Incidentbot <incident@exempel.example>\"}\nchannels:")
		const address = "maja.berg@exempel.example"
		staff := filepath.Join(t.TempDir(), "staff.csv")
		list := "email,name,unit,kind,manager_email,start_date,locale\n" + address + ",Maja Berg,Hemtjänsten,employee,,2021-03-01,sv\n"
		if err := os.WriteFile(staff, []byte(list), 0o600); err != nil {
			t.Fatal(err)
		}
		if out := runProgram(t, s.environ, "import", "staff", staff); out.code != 0 {
			t.Fatalf("importing the staff list: %s", out.stderr)
		}
		s.start()
		maja, alive := s.cast().maja, s.bot.alive

		if _, err := s.discord.command(alive, maja, "koppla", map[string]string{"address": "okänd@exempel.example"}); err != nil {
			t.Fatal(err)
		}
		told, err := s.discord.command(alive, maja, "koppla", map[string]string{"address": address})
		if err != nil {
			t.Fatal(err)
		}
		s.until("the mail has come", func() bool { return len(post.Taken()) > 0 })
		letter := post.Taken()[0]
		if len(post.Taken()) != 1 || letter.To != "<"+address+">" {
			t.Fatalf("%d letters, the first to %s; want one, to who is on the list", len(post.Taken()), letter.To)
		}
		code := mailedCode.FindString(body(t, letter.Data))
		wrong := "000000"
		if code == wrong {
			wrong = "000001"
		}
		open := func() {
			t.Helper()
			if _, err := s.Press(t.Context(), maja, told.id, button(told, "Skriv in koden")); err != nil {
				t.Fatal(err)
			}
		}
		open()
		said, err := s.discord.fill(alive, maja, map[string]string{"Koden i mejlet": wrong})
		if err != nil || !strings.Contains(said.text, "4försökkvar") {
			t.Errorf("a wrong code was answered with %q, %v", said.text, err)
		}
		open()
		said, err = s.discord.fill(alive, maja, map[string]string{"Koden i mejlet": code})
		if err != nil || !strings.Contains(said.text, "Dittkontoärkopplat") {
			t.Errorf("the code was answered with %q, %v", said.text, err)
		}
	})
}

// body returns what stands in a letter.
func body(t *testing.T, data string) string {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
