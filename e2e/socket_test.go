package e2e_test

import (
	"strings"
	"testing"
	"time"

	"tyreso.se/incidentbot/store/storetest"
	"tyreso.se/incidentbot/workspace/slack"
)

func TestReportOverSocketMode(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, database string) {
		s := newSlackStage(t, database, play{socket: true})
		s.start()
		var all []string
		report := func(text string) string {
			number := s.report(maja, text)
			all = append(all, number)
			s.awaitMessages(map[string][]string{triage: all, s.DirectMessages(ciso): all, s.DirectMessages(maja): all})
			return number
		}

		s.step("is in the register and on the cards", func(t *testing.T) {
			const text = "Någon ringde och sa att de var från IT-avdelningen och ville ha min kod."
			number := report(text)
			if register := s.register(); len(register) != 1 || register[0].Number != number || register[0].Text != text {
				t.Errorf("the register holds %+v, want %s with the very text", register, number)
			}
		})
		s.step("told twice is stored once", func(t *testing.T) {
			view, err := s.openDialog(maja)
			if err != nil {
				t.Fatal(err)
			}
			number, err := s.submit(maja, view, "Ett kuvert med sjukintyg låg i fel postfack.")
			if err != nil {
				t.Fatal(err)
			}
			events := s.audited()
			if err := s.Redeliver(t.Context()); err != nil {
				t.Fatal(err)
			}
			s.leave(maja)
			all = append(all, number)
			s.awaitMessages(map[string][]string{triage: all, s.DirectMessages(ciso): all, s.DirectMessages(maja): all})
			if n := len(s.register()); n != len(all) {
				t.Errorf("the register holds %d incidents, want %d", n, len(all))
			}
			if n := s.audited(); n != events {
				t.Errorf("the audit chain has %d events, want %d", n, events)
			}
		})
		s.step("works on after the platform has asked for a new connection", func(*testing.T) {
			opened := s.SocketsOpened()
			s.Disconnect("refresh_requested")
			s.awaitChat("the program is connected again, and the old connection is gone", func() bool { return s.Reconnected(opened) })
			report("Behörigheten till personalsystemet är kvar fast jag har bytt enhet.")
		})
		s.step("works on after the connection was cut", func(*testing.T) {
			opened := s.SocketsOpened()
			s.DropSockets()
			s.awaitChat("the program is connected again, and the old connection is gone", func() bool { return s.Reconnected(opened) })
			report("Ett USB-minne med protokoll saknas sedan i går.")
		})
		s.step("an event that was not acknowledged is told again, and the home page is drawn", func(*testing.T) {
			end := s.Faults().Add(slack.Fault{Method: "socket", Drop: 1})
			opened := s.SocketsOpened()
			s.OpenHome(maja)
			s.awaitChat("the connection is gone, and another takes its place", func() bool { return s.SocketsOpened() > opened })
			end()
			s.awaitChat("the home page lists the reports", func() bool {
				home := s.Home(maja)
				return home != nil && strings.Contains(home.Text(), all[0])
			})
		})
		s.step("a message becomes a report by the shortcut, to the letter", func(t *testing.T) {
			said, err := s.Say(maja, general, s.private("Har <!channel> sett & förstått det här? *Nej*, &lt;inte&gt; alls."))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Shortcut(t.Context(), maja, general, said.TS, ""); err != nil {
				t.Fatal(err)
			}
			s.awaitChat("the dialog opens", func() bool { return len(s.Views(maja)) == 1 })
			seen, err := s.SubmitView(t.Context(), maja, s.Views(maja)[0].ID, nil)
			if err != nil || len(seen.Errors) > 0 {
				t.Fatalf("sending the prefilled dialog: %v %v", err, seen.Errors)
			}
			register := s.register()
			if got := register[len(register)-1].Text; got != "Har <!channel> sett & förstått det här? *Nej*, &lt;inte&gt; alls." {
				t.Errorf("the register holds %q", got)
			}
		})
	})
}

// TestGracefulStop tells the program to stop while a report is being stored, which is made to take its time. It runs before the parallel
// tests, and one part after another: of the platform's three seconds it uses a whole one up itself.
func TestGracefulStop(t *testing.T) {
	for _, socket := range []bool{false, true} {
		door := "http"
		if socket {
			door = "socket"
		}
		for name, slow := range map[string]func(*testing.T) outage{"sqlite": lockedSQLite, "postgres": silentPostgres} {
			t.Run(door+"/"+name, func(t *testing.T) {
				away := slow(t)
				s := newSlackStage(t, away.address, play{socket: socket})
				s.start()
				view, err := s.openDialog(maja)
				if err != nil {
					t.Fatal(err)
				}
				const text = "Någon har delat en länk till elevlistan på en öppen sida."
				away.begin(t)
				type answer struct {
					number string
					err    error
				}
				answered := make(chan answer)
				go func() {
					number, err := s.submit(maja, view, text)
					answered <- answer{number, err}
				}()
				// The report is on its way and the program is told to stop; well within the three seconds that the platform
				// waits, the database answers.
				time.Sleep(500 * time.Millisecond)
				ended := make(chan error)
				go func() { ended <- s.bot.terminate() }()
				time.Sleep(500 * time.Millisecond)
				select {
				case a := <-answered:
					t.Fatalf("answered %+v while the database was away", a)
				default:
				}
				away.end(t)
				a := <-answered
				if a.err != nil {
					t.Errorf("the report was not answered: %v", a.err)
				}
				if err := <-ended; err != nil {
					t.Errorf("the program ended with %v, want exit code 0", err)
				}
				if register := s.register(); len(register) != 1 || register[0].Number != a.number || register[0].Text != text {
					t.Errorf("the register holds %+v, want %s", register, a.number)
				}
				s.start()
				all := []string{a.number}
				s.awaitMessages(map[string][]string{triage: all, s.DirectMessages(ciso): all, s.DirectMessages(maja): all})
			})
		}
	}
}

func TestSecondProcess(t *testing.T) {
	t.Parallel()
	s := newSlackStage(t, storetest.SQLiteURL(t), play{})
	s.start()
	second := runProgram(t, s.environ, "serve")
	if second.code != 1 || !strings.Contains(second.stderr, "in use by process") || !strings.Contains(second.stderr, "PostgreSQL") {
		t.Errorf("a second process on the same file ended with %d and said %q", second.code, second.stderr)
	}
	s.report(maja, "Den första processen arbetar vidare som om inget hade hänt.")
}

func TestStart(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, database string) {
		s := newSlackStage(t, database, play{})
		s.start()
		if err := s.bot.terminate(); err != nil {
			t.Fatalf("the program ended with %v, want exit code 0", err)
		}
		began := time.Now()
		s.start()
		t.Logf("ready on an up-to-date database after %s", time.Since(began).Round(time.Millisecond))
	})
}
