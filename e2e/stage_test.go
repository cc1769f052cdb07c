package e2e_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tyreso.se/incidentbot/store/storetest"
)

// patience is how long a test waits for what must come, before it fails. No test asks how long something took, but where an issue
// demands a time.
const patience = 3 * time.Minute

// lookFor is how long a person looks at the screen for a dialog or an answer. What the platform gives up sooner, the chat tells by itself.
const lookFor = 30 * time.Second

// caseNumber finds the number of an incident.
var caseNumber = regexp.MustCompile(`INC-\d{4}-\d{4,}`)

// chat is a platform with people in it: what the tests need of one that go the same way on each. People and places are told by
// their ids there.
type chat interface {
	// name is what the platform is called in the configuration.
	name() string
	cast() cast
	// variables are what the program is told of the platform.
	variables() []string
	// secrets are what no log may hold.
	secrets() []string
	// attach tells the platform where the program listens, host:port, when it is reached over HTTP.
	attach(ctx context.Context, address string) error
	// attached tells whether what people do reaches a program.
	attached() bool
	// disturb lets every call of the platform fail now and then, until calm is called.
	disturb(d disturbance) (calm func())
	// failures counts the failed calls, by what failed and how.
	failures() map[string]int

	// join adds somebody who reports, and returns their id.
	join() string
	// report goes on with a person's report from what they have before them, until there is the receipt. The error is errNoDialog or
	// errNoReceipt when they were told something else; they can then try again. It gives up when alive ends.
	report(alive context.Context, person, text string) (number string, err error)
	// leave closes what a person has before them.
	leave(ctx context.Context, person string) error
	// press presses a button of a message by what stands on it.
	press(ctx context.Context, person, place, message, button string) error
	// write presses a button that opens a dialog with one field, and sends it with a text.
	write(ctx context.Context, person, place, message, button, text string) error
	// messages returns what lies in a place, oldest first.
	messages(place string) []said
	// shown is a text as it stands in said.text.
	shown(text string) string
	// fired are the mentions and previews that what the program wrote set off.
	fired() []string

	// remains returns a function that tells whether all has arrived that a killed program had sent; see wire.
	remains(ctx context.Context) (arrived func() bool, err error)

	DirectMessages(person string) string
	Until(ctx context.Context, holds func() bool) error
	Problems() []string
}

// cast are the people and places of every test, beside those who only report.
type cast struct {
	ciso, chief, maja string
	triage, general   string
}

// said is a message as people see it.
type said struct {
	id      string
	notice  string // what a notification shows
	text    string // what stands in the message itself
	private string // set: only this person sees it
	edits   int

	components json.RawMessage // what can be used in it, as the platform has it
}

// disturbance are the chances that a call of a platform fails: with 429, with 500 before the thing is done, and with 500 after it
// was done, which the caller cannot tell from the former.
type disturbance struct{ limited, broken, brokenAfter float64 }

// play says how a stage differs from the ordinary one, which is reached over HTTP and not rate-limited by the platform.
type play struct {
	socket       bool // the program opens the connection: Socket Mode, or the gateway
	confidential bool // the triage channel may hold the reporters' words
	limits       bool // the platform's documented rates hold, and the program's defaults
	people       int  // reporters beside maja
}

// stage is a chat with people in it, a register, and the program between them. Everything ends with the test, which fails when the
// platform's rules were broken or a reporter's words were logged.
type stage struct {
	chat      // the only one, or the first
	chats     []chat
	t         *testing.T
	config    string // path of the configuration file
	environ   []string
	book      *logbook
	bot       *process   // the latest
	processes []*process // all of them
	address   string     // where the latest listens, host:port
	people    []string   // everybody who reports
	expected  []string   // problems that the test expects, by parts of their texts

	mu    sync.Mutex
	words []string // what no log may hold
}

// onBoth runs a test on each database. Most of the time tests wait, so they do it beside each other.
func onBoth(t *testing.T, test func(t *testing.T, database string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, storetest.SQLiteURL(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, storetest.PostgresURL(t))
	})
}

// everywhere runs a test on each platform with each database.
func everywhere(t *testing.T, p play, test func(t *testing.T, s *stage)) {
	t.Helper()
	for name, open := range map[string]func(*testing.T, play) chat{"slack": openSlack, "discord": openDiscord} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onBoth(t, func(t *testing.T, database string) { test(t, newStage(t, database, p, open(t, p))) })
		})
	}
}

// newStage sets the stage; the program is not yet running.
func newStage(t *testing.T, database string, p play, chats ...chat) *stage {
	t.Helper()
	s := &stage{chat: chats[0], chats: chats, t: t, book: &logbook{}, people: []string{chats[0].cast().maja}}
	dir := t.TempDir()
	s.config = filepath.Join(dir, "incidentbot.yaml")
	s.configure(p)
	s.environ = []string{
		"HOME=" + dir, "TMPDIR=" + dir, "DATABASE_URL=" + database, "INCIDENTBOT_CONFIG=" + s.config,
		"INCIDENTBOT_LISTEN=127.0.0.1:0", "LOG_FORMAT=json", "LOG_LEVEL=debug",
	}
	for _, c := range chats {
		s.environ = append(s.environ, c.variables()...)
	}
	for range p.people {
		s.people = append(s.people, s.join())
	}
	t.Cleanup(s.strike)
	return s
}

// seed makes the random numbers of a test, told in its log so that a failure can be looked into. INCIDENTBOT_TEST_SEED sets it.
func seed(t *testing.T) uint64 {
	t.Helper()
	given, err := strconv.ParseUint(os.Getenv("INCIDENTBOT_TEST_SEED"), 10, 64)
	if err != nil {
		given = uint64(time.Now().UnixNano())
	}
	t.Logf("INCIDENTBOT_TEST_SEED=%d", given)
	return given
}

// configure writes the configuration file.
func (s *stage) configure(p play) {
	s.t.Helper()
	everywhere := func(id func(cast) string) string {
		var ids []string
		for _, c := range s.chats {
			ids = append(ids, fmt.Sprintf("%s: %s", c.name(), strconv.Quote(id(c.cast()))))
		}
		return strings.Join(ids, ", ")
	}
	text := fmt.Sprintf(`organisation: {name: Tyresö kommun, timezone: Europe/Stockholm, language: sv}
roles:
  ciso: [{%s}]
  security_chief: [{%s}]
channels:
  triage: {%s, confidential: %t}
`, everywhere(func(c cast) string { return c.ciso }), everywhere(func(c cast) string { return c.chief }),
		everywhere(func(c cast) string { return c.triage }), p.confidential)
	if !p.limits {
		var fast []string
		for _, c := range s.chats {
			fast = append(fast, c.name()+": {posts_per_second_per_channel: 100, posts_per_minute: 3000}")
		}
		text += "limits: {" + strings.Join(fast, ", ") + "}\n"
	}
	if err := os.WriteFile(s.config, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// requestLine is the log's line about a request that went well: the tests make many.
var requestLine = regexp.MustCompile(`(?m)^.*"level":"DEBUG","msg":"request".*\n`)

// strike ends the program and looks at what must hold after every test.
func (s *stage) strike() {
	for _, p := range s.processes {
		p.kill()
	}
	logged := s.book.String()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, words := range s.words {
		if quoted := strconv.Quote(words); strings.Contains(logged, words) || strings.Contains(logged, quoted[1:len(quoted)-1]) {
			s.t.Errorf("a log holds a reporter's words: %.80q", words)
		}
	}
	for _, c := range s.chats {
		for _, secret := range c.secrets() {
			if strings.Contains(logged, secret) {
				s.t.Errorf("a log holds a secret, %.9s…", secret)
			}
		}
		for _, problem := range c.Problems() {
			if !slices.ContainsFunc(s.expected, func(part string) bool { return strings.Contains(problem, part) }) {
				s.t.Errorf("the rules of %s were broken: %s", c.name(), problem)
			}
		}
		if fired := c.fired(); len(fired) > 0 {
			s.t.Errorf("messages in %s fired %q", c.name(), fired)
		}
	}
	if s.t.Failed() {
		s.t.Logf("the program's log:\n%s", lastPart(requestLine.ReplaceAllString(logged, ""), 60_000))
	}
}

// step runs a part of the test as a subtest: what fails in it fails that.
func (s *stage) step(name string, do func(t *testing.T)) {
	whole := s.t
	whole.Run(name, func(t *testing.T) {
		s.t = t
		defer func() { s.t = whole }()
		do(t)
	})
}

// begin starts the program and returns at once: it is not yet serving.
func (s *stage) begin() *process {
	s.t.Helper()
	s.bot = launch(s.t, s.environ, s.book)
	s.processes = append(s.processes, s.bot)
	return s.bot
}

// restart kills the program, begins the next, and returns it when all that the killed one sent has arrived.
func (s *stage) restart() *process {
	s.t.Helper()
	s.bot.kill()
	var waits []func() bool
	for _, c := range s.chats {
		arrived, err := c.remains(s.t.Context())
		if err != nil {
			s.t.Fatalf("looking at the connections to %s: %v", c.name(), err)
		}
		waits = append(waits, arrived)
	}
	next := s.begin()
	for _, arrived := range waits {
		s.until("what the killed program sent has arrived", arrived)
	}
	return next
}

// start starts the program and returns when it is ready.
func (s *stage) start() {
	s.t.Helper()
	if s.begin(); !s.awaitServing() {
		s.t.Fatalf("the program ended instead of serving: %v", s.bot.err)
	}
	s.until("the program is ready", func() bool { return s.get("/readyz") == http.StatusOK })
	for _, c := range s.chats {
		s.awaitIn(c, "people reach the program", c.attached)
	}
}

// awaitServing waits until the program listens and tells the platforms where; false when the program ended first.
func (s *stage) awaitServing() bool {
	s.t.Helper()
	select {
	case s.address = <-s.bot.serving:
	case <-s.bot.alive.Done():
		return false
	case <-time.After(patience):
		s.t.Fatal("the program does not say that it is running")
	}
	for _, c := range s.chats {
		if err := c.attach(s.t.Context(), s.address); err != nil {
			s.t.Fatalf("telling %s where the program is: %v", c.name(), err)
		}
	}
	return true
}

// get asks the program's web server and returns the status, 0 when it does not answer.
func (s *stage) get(path string) int {
	status, _ := s.fetch(path)
	return status
}

func (s *stage) fetch(path string) (status int, body string) {
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, "http://"+s.address+path, http.NoBody)
	if err != nil {
		s.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, ""
	}
	defer resp.Body.Close()
	return resp.StatusCode, string(drain(resp.Body))
}

// until waits for something that can only be asked for again and again.
func (s *stage) until(what string, holds func() bool) {
	s.t.Helper()
	deadline := time.Now().Add(patience)
	for !holds() {
		if time.Now().After(deadline) {
			s.t.Fatalf("waited in vain until %s", what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// awaitChat waits for something in the chat.
func (s *stage) awaitChat(what string, holds func() bool) {
	s.t.Helper()
	s.awaitIn(s.chat, what, holds)
}

// awaitIn waits for something in one of the chats.
func (s *stage) awaitIn(c chat, what string, holds func() bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	if err := c.Until(ctx, holds); err != nil {
		s.t.Fatalf("waited in vain until %s: %v", what, err)
	}
}

// private marks words that no log may hold, and returns them.
func (s *stage) private(words string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.words = append(s.words, words)
	return words
}

// What a person may be told instead of what they asked for.
var (
	errNoDialog  = errors.New("no dialog")
	errNoReceipt = errors.New("no receipt")
)

// report is a whole report by a person whom nothing gets in the way of. It returns the number.
func (s *stage) report(person, text string) string {
	s.t.Helper()
	number, err := s.attempt(s.bot, person, text)
	if err != nil {
		s.t.Fatalf("%s reported: %v", person, err)
	}
	s.leave(person)
	return number
}

// leave closes what a person has before them.
func (s *stage) leave(person string) {
	if err := s.chat.leave(s.t.Context(), person); err != nil {
		s.t.Errorf("%s closed what was open: %v", person, err)
	}
}

// attempt is an attempt at a report, while the program may be killed and started anew: bot is the one that is asked.
func (s *stage) attempt(bot *process, person, text string) (number string, err error) {
	return s.chat.report(bot.alive, person, s.private(text))
}

// entry is a row of the exported register, as far as the tests read it.
type entry struct {
	Number    string `json:"number"`
	Status    string `json:"status"`
	Text      string `json:"text"`
	Anonymous bool   `json:"anonymous"`
}

// register returns the register as "incidentbot export register" tells it, beside the running program.
func (s *stage) register() []entry {
	s.t.Helper()
	out := runProgram(s.t, s.environ, "export", "register", "--format", "json")
	if out.code != 0 {
		s.t.Fatalf("exporting the register: exit code %d: %s", out.code, out.stderr)
	}
	var entries []entry
	if err := json.Unmarshal([]byte(out.stdout), &entries); err != nil {
		s.t.Fatalf("the exported register is no JSON: %v", err)
	}
	return entries
}

var eventCount = regexp.MustCompile(`(\d+) events`)

// audited lets the program verify its audit chain and returns how many events it has.
func (s *stage) audited() int {
	s.t.Helper()
	out := runProgram(s.t, s.environ, "audit", "verify")
	found := eventCount.FindStringSubmatch(out.stdout)
	if out.code != 0 || found == nil {
		s.t.Fatalf("the audit chain: exit code %d: %s%s", out.code, out.stdout, out.stderr)
	}
	n, err := strconv.Atoi(found[1])
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// told counts the messages about each incident in a place, other than those for one person's eyes.
func (s *stage) told(place string) map[string]int {
	counts := map[string]int{}
	for _, number := range s.order(place) {
		counts[number]++
	}
	return counts
}

// order returns the numbers of the incidents that a place was told of, in that order.
func (s *stage) order(place string) (numbers []string) {
	for _, m := range s.messages(place) {
		if number := caseNumber.FindString(m.notice); number != "" && m.private == "" {
			numbers = append(numbers, number)
		}
	}
	return numbers
}

// messageAbout returns the first message about an incident in a place.
func messageAbout(c chat, place, number string) said {
	for _, m := range c.messages(place) {
		if m.private == "" && caseNumber.FindString(m.notice) == number {
			return m
		}
	}
	return said{}
}

// awaitMessages waits until every place has a message about every incident that belongs there, and fails when one has two.
// places are channels and direct messages, with the numbers of the incidents that belong there.
func (s *stage) awaitMessages(places map[string][]string) {
	s.t.Helper()
	var missing string
	deadline := time.Now().Add(patience)
	ctx, cancel := context.WithDeadline(s.t.Context(), deadline)
	defer cancel()
	err := s.Until(ctx, func() bool {
		for place, numbers := range places {
			told := s.told(place)
			for _, number := range numbers {
				if told[number] == 0 {
					missing = number + " in " + place
					return false
				}
			}
		}
		return true
	})
	if err != nil {
		s.t.Fatalf("a message never arrived: %s", missing)
	}
	for place, numbers := range places {
		told := s.told(place)
		for number, times := range told {
			if times > 1 {
				s.t.Errorf("%d messages about %s in %s", times, number, place)
			}
			if !slices.Contains(numbers, number) {
				s.t.Errorf("a message about %s in %s, where none belongs", number, place)
			}
		}
	}
}
