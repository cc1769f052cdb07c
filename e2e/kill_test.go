package e2e_test

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// kills returns how many times the program is killed on each database: INCIDENTBOT_KILLS, or a few.
func kills(t *testing.T) int {
	t.Helper()
	const few = 6
	given := cmp.Or(os.Getenv("INCIDENTBOT_KILLS"), strconv.Itoa(few))
	n, err := strconv.Atoi(given)
	if err != nil || n < 1 {
		t.Fatalf("INCIDENTBOT_KILLS is %q, want a number from 1", given)
	}
	return n
}

// receipts are what was promised to people: texts by the number of the receipt.
type receipts struct {
	mu       sync.Mutex
	textOf   map[string]string
	numbers  map[string][]string // by reporter
	failures map[string][]error  // by text: what was said to a command or submission that was not answered as it should
	enough   chan struct{}       // closed when who has not got a receipt by now is to give up
}

// keep remembers a receipt and tells whether its number is new.
func (r *receipts) keep(user, number, text string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, given := r.textOf[number]
	r.textOf[number] = text
	r.numbers[user] = append(r.numbers[user], number)
	return !given
}

func (r *receipts) failed(text string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures[text] = append(r.failures[text], fmt.Errorf("%s %w", time.Now().Format("05.000"), err))
}

// TestKilled kills the program at random moments while people report. Whoever does not get a receipt goes on with the same report,
// as the text before them asks them to. It runs before the parallel tests, not among them: starting the program over and over takes
// all of a small machine, and others measure themselves against the platform's three seconds.
func TestKilled(t *testing.T) { //nolint:tparallel // see above
	for _, test := range []struct {
		name  string
		open  func(*testing.T, play) chat
		play  play
		share int // of the kills, in per cent: after each one, nobody reaches the gateway until the lease has run out
	}{
		{"slack", openSlack, play{people: 7}, 100},
		{"discord", openDiscord, play{people: 7}, 40},
		{"discord gateway", openDiscord, play{people: 7, socket: true}, 10},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			onBoth(t, func(t *testing.T, database string) {
				s := newStage(t, database, test.play, test.open(t, test.play))
				s.survive(max(1, kills(t)*test.share/100), test.play.socket)
			})
		})
	}
}

// survive kills the program n times.
func (s *stage) survive(n int, socket bool) {
	t := s.t
	if socket {
		// Over HTTP the platform is told at once that nobody is there; over a connection that is gone it waits in vain.
		// What the program sent just before it was killed may arrive when the platform has already given the interaction up.
		s.expected = append(s.expected, "not acknowledged within", "10062 Unknown interaction")
	}
	random := rand.New(rand.NewPCG(seed(t), 0))
	s.start()
	promised := &receipts{textOf: map[string]string{}, numbers: map[string][]string{}, failures: map[string][]error{}, enough: make(chan struct{})}
	over := make(chan struct{})
	var reporters sync.WaitGroup
	bots := &current{bot: s.bot}
	for _, person := range s.people {
		pace := rand.New(rand.NewPCG(random.Uint64(), 1))
		reporters.Go(func() { s.reportUntil(over, person, pace, bots, promised) })
	}

	began := time.Now()
	for i := range n {
		// Half of the time the program is killed while it starts or finds its feet, half of the time at work.
		if i%2 == 1 {
			s.until("the program is ready", func() bool { return s.get("/readyz") == 200 })
		}
		if socket {
			s.awaitChat("the program is connected", s.attached)
		}
		time.Sleep(time.Duration(random.IntN(400)) * time.Millisecond)
		bots.set(s.restart())
		if i%4 == 3 { // killed before it serves
			time.Sleep(time.Duration(random.IntN(200)) * time.Millisecond)
			bots.set(s.restart())
		}
		if !s.awaitServing() {
			t.Fatalf("the program did not start after a kill: %v", s.bot.err)
		}
	}
	close(over)
	giveUp := time.AfterFunc(patience, func() { close(promised.enough) })
	defer giveUp.Stop()
	reporters.Wait()
	killed := time.Since(began)
	if len(promised.textOf) == 0 || len(promised.failures) == 0 {
		t.Fatalf("%d receipts and %d failures: the kills did not hit any work", len(promised.textOf), len(promised.failures))
	}

	register := s.register()
	inRegister := map[string]string{}
	for i, incident := range register {
		if other := inRegister[incident.Text]; other != "" {
			t.Errorf("one report is in the register twice, as %s and %s; its reporter was told:\n%v",
				other, incident.Number, errors.Join(promised.failures[incident.Text]...))
		}
		inRegister[incident.Text] = incident.Number
		if want := fmt.Sprintf("INC-%d-%04d", time.Now().Year(), i+1); incident.Number != want {
			t.Errorf("incident %d has the number %s, want %s", i+1, incident.Number, want)
		}
	}
	var all []string
	for number, text := range promised.textOf {
		all = append(all, number)
		if inRegister[text] != number {
			t.Errorf("the receipt said %s for a report that is in the register as %q", number, inRegister[text])
		}
	}
	if len(register) != len(all) {
		t.Errorf("%d incidents in the register, %d receipts", len(register), len(all))
	}
	slices.Sort(all)
	places := map[string][]string{s.cast().triage: all, s.DirectMessages(s.cast().ciso): all}
	for person, numbers := range promised.numbers {
		places[s.DirectMessages(person)] = numbers
	}
	s.awaitMessages(places)
	events := s.audited()
	t.Logf("%d kills in %s, %d receipts, %d reports that did not get theirs at once; the last message came after %s; %d audited events",
		n+n/4, killed.Round(time.Millisecond), len(all), len(promised.failures), time.Since(began).Round(time.Millisecond), events)
}

// current is the program that runs at the moment, for those who use it while it is killed and started anew.
type current struct {
	mu  sync.Mutex
	bot *process
}

func (c *current) set(p *process) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bot = p
}

func (c *current) get() *process {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.bot
}

// reportUntil makes one report after another until over, each until its receipt is there.
func (s *stage) reportUntil(over <-chan struct{}, person string, pace *rand.Rand, bots *current, promised *receipts) {
	for i := 0; ; i++ {
		text := fmt.Sprintf("Flera kollegor har fått ett mejl som ber dem logga in på en okänd sida. (%s-%d)", person, i)
		number := s.insist(person, text, pace, bots, promised)
		if number == "" {
			return
		}
		if !promised.keep(person, number, text) {
			s.t.Errorf("the number %s stood on two receipts", number)
		}
		s.dismiss(person)
		select {
		case <-over:
			return
		case <-time.After(time.Duration(100+pace.IntN(200)) * time.Millisecond):
		}
	}
}

// insist reports, and tries again until there is a receipt.
func (s *stage) insist(person, text string, pace *rand.Rand, bots *current, promised *receipts) (number string) {
	for {
		number, err := s.attempt(bots.get(), person, text)
		if err == nil {
			return number
		}
		promised.failed(text, err)
		select {
		case <-promised.enough:
			s.t.Errorf("%s never got a receipt for %q: %v", person, text, err)
			return ""
		case <-time.After(time.Duration(20+pace.IntN(80)) * time.Millisecond):
		}
	}
}

// dismiss closes the receipt. The program may be gone: it is not asked.
func (s *stage) dismiss(person string) {
	_ = s.chat.leave(s.t.Context(), person)
}
