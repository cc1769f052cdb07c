package e2e_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"tyreso.se/incidentbot/store/storetest"
)

// outage is a database that can be taken away and given back.
type outage struct {
	address     string
	begin, end  func(t *testing.T)
	unreachable bool // readyz tells of it
}

// TestDatabaseAway takes the database away while people have the dialog open, and gives it back.
func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		make func(t *testing.T) outage
	}{
		{"sqlite/locked by another program", lockedSQLite},
		{"postgres/stopped", stoppedPostgres},
		{"postgres/silent", silentPostgres},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			away := test.make(t)
			s := newSlackStage(t, away.address, play{people: 5})
			s.start()
			before := s.report(maja, "Journalsystemet har legat nere sedan morgonen, och vi skriver på papper så länge.")
			s.awaitMessages(map[string][]string{triage: {before}, s.DirectMessages(ciso): {before}, s.DirectMessages(maja): {before}})
			views := map[string]string{}
			for _, person := range s.people {
				view, err := s.openDialog(person)
				if err != nil {
					t.Fatalf("%s typed /incident: %v", person, err)
				}
				views[person] = view
			}
			text := func(person string) string {
				return "Min tjänstemobil blev stulen på bussen i morse. (" + person + ")"
			}

			away.begin(t)
			told := s.everybody(func(person string) error {
				_, err := s.submit(person, views[person], text(person))
				return err
			})
			for person, err := range told {
				// Not a timeout, which the workspace would count among the problems: an answer, in the dialog.
				if !errors.Is(err, errNoReceipt) || !strings.Contains(err.Error(), "Det gick inte att spara just nu") {
					t.Errorf("%s was told %v, want that it was not saved", person, err)
				}
				open := s.Views(person)
				if len(open) != 1 || open[0].ID != views[person] || !strings.Contains(string(open[0].Values), text(person)) {
					t.Errorf("%s no longer has what they typed", person)
				}
			}
			if t.Failed() {
				return // what follows would only wait in vain
			}
			if away.unreachable {
				s.until("the program says that it is not ready", func() bool { return s.get("/readyz") == http.StatusServiceUnavailable })
			}
			if status := s.get("/healthz"); status != http.StatusOK {
				t.Errorf("healthz answers %d, want 200: a restart would not help", status)
			}
			// Who begins only now can write their report all the same.
			if view, err := s.openDialog(chief); err != nil {
				t.Errorf("no dialog opens while the database is away: %v", err)
			} else {
				views[chief] = view
			}

			away.end(t)
			s.until("the program is ready again", func() bool { return s.get("/readyz") == http.StatusOK })
			s.people = append(s.people, chief)
			var mu sync.Mutex
			numbers := map[string]string{}
			for person, err := range s.everybody(func(person string) error {
				number, err := s.insistently(person, views[person], text(person))
				mu.Lock()
				defer mu.Unlock()
				numbers[person] = number
				return err
			}) {
				if err != nil {
					t.Errorf("%s sent the dialog again: %v", person, err)
				}
			}

			register := s.register()
			if len(register) != 1+len(s.people) {
				t.Errorf("the register holds %d incidents, want %d", len(register), 1+len(s.people))
			}
			all := []string{before}
			places := map[string][]string{}
			for _, person := range s.people {
				all = append(all, numbers[person])
				places[s.DirectMessages(person)] = append(places[s.DirectMessages(person)], numbers[person])
				if !slices.ContainsFunc(register, func(e entry) bool { return e.Number == numbers[person] && e.Text == text(person) }) {
					t.Errorf("%s has the receipt %s, and the register does not hold it", person, numbers[person])
				}
			}
			places[s.DirectMessages(maja)] = append(places[s.DirectMessages(maja)], before)
			places[triage], places[s.DirectMessages(ciso)] = all, all
			s.awaitMessages(places)
			s.audited()
			if err := s.bot.alive.Err(); err != nil {
				t.Error("the program ended")
			}
		})
	}
}

// everybody lets all people do something at the same time.
func (s *stage) everybody(do func(person string) error) map[string]error {
	var mu sync.Mutex
	told := map[string]error{}
	var all sync.WaitGroup
	for _, person := range s.people {
		all.Go(func() {
			err := do(person)
			mu.Lock()
			defer mu.Unlock()
			told[person] = err
		})
	}
	all.Wait()
	return told
}

// insistently sends a dialog as often as the text in it asks for, which is no more than a few times with a database that is back.
func (s *slackStage) insistently(person, view, text string) (number string, err error) {
	for range 5 {
		if number, err = s.submit(person, view, text); !errors.Is(err, errNoReceipt) {
			return number, err
		}
	}
	return "", err
}

// lockedSQLite is a SQLite file that another program keeps locked, as a backup or a curious administrator might. The driver
// comes with storetest.
func lockedSQLite(t *testing.T) outage {
	address := storetest.SQLiteURL(t)
	var conn *sql.Conn
	return outage{
		address: address,
		begin: func(t *testing.T) {
			db, err := sql.Open("sqlite", strings.TrimPrefix(address, "sqlite://")+"?_pragma=busy_timeout(20000)")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			if conn, err = db.Conn(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := conn.ExecContext(t.Context(), "BEGIN EXCLUSIVE"); err != nil {
				t.Fatalf("locking the database: %v", err)
			}
		},
		end: func(t *testing.T) {
			if _, err := conn.ExecContext(t.Context(), "ROLLBACK"); err != nil {
				t.Fatalf("unlocking the database: %v", err)
			}
			if err := conn.Close(); err != nil {
				t.Fatal(err)
			}
		},
	}
}

// stoppedPostgres is a PostgreSQL server of the test's own that is stopped and started again.
func stoppedPostgres(t *testing.T) outage {
	c := newCluster(t)
	c.start(t)
	return outage{address: c.address(), begin: c.stop, end: c.start, unreachable: true}
}

// cluster is a PostgreSQL cluster of a test's own.
type cluster struct {
	bin, dir string
	port     int
	owner    *syscall.Credential // who runs it; nil: who runs the test
	password string
}

// newCluster makes a cluster, in the way of .ci/with-postgres: as the user postgres for root, whom PostgreSQL does not serve.
func newCluster(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{password: rand.Text(), port: freePort(t)}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		path, err := exec.LookPath("initdb")
		if err != nil {
			t.Fatal("no PostgreSQL server is installed: run .ci/install")
		}
		found = []string{path}
	}
	c.bin = filepath.Dir(slices.Max(found))
	if c.dir, err = os.MkdirTemp("/tmp", "incidentbot-e2e-postgres-"); err != nil { //nolint:usetesting // the user postgres may not enter t.TempDir
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(c.dir) })
	secret := filepath.Join(c.dir, "password")
	if err := os.WriteFile(secret, []byte(c.password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() == 0 {
		c.owner = postgresUser(t)
		for _, path := range []string{c.dir, secret} {
			if err := os.Chown(path, int(c.owner.Uid), int(c.owner.Gid)); err != nil {
				t.Fatal(err)
			}
		}
	}
	c.run(t, "initdb", "--pgdata="+c.data(), "--username=postgres", "--pwfile="+secret, "--auth=password",
		"--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
	t.Cleanup(func() {
		_ = c.command(context.Background(), "pg_ctl", "--pgdata="+c.data(), "--mode=immediate", "stop").Run()
	}) // it may be stopped
	return c
}

func postgresUser(t *testing.T) *syscall.Credential {
	t.Helper()
	account, err := user.Lookup("postgres")
	if err != nil {
		t.Fatal(err)
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func (c *cluster) data() string { return filepath.Join(c.dir, "data") }

func (c *cluster) address() string {
	return fmt.Sprintf("postgres://postgres:%s@127.0.0.1:%d/postgres?sslmode=disable", c.password, c.port)
}

func (c *cluster) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(c.bin, name), args...)
	cmd.Dir = c.dir
	if c.owner != nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.owner}
	}
	return cmd
}

func (c *cluster) run(t *testing.T, name string, args ...string) {
	t.Helper()
	// To a file: a pipe would be held open by the server that pg_ctl leaves running.
	out, err := os.Create(filepath.Join(t.TempDir(), name+".log"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd := c.command(t.Context(), name, args...)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		said, _ := os.ReadFile(out.Name())
		t.Fatalf("%s: %v\n%s", name, err, said)
	}
}

func (c *cluster) start(t *testing.T) {
	t.Helper()
	c.run(t, "pg_ctl", "--pgdata="+c.data(), "--wait", "--log="+filepath.Join(c.dir, "log"), "start",
		fmt.Sprintf("--options=-c listen_addresses=127.0.0.1 -c port=%d -c unix_socket_directories=%s -c fsync=off", c.port, c.dir))
}

func (c *cluster) stop(t *testing.T) {
	t.Helper()
	c.run(t, "pg_ctl", "--pgdata="+c.data(), "--mode=immediate", "--wait", "stop")
}

// freePort is a port that nobody listens on at the moment, and below those that Linux gives away by itself, from 32768 on: a server that
// starts later, or anew, finds it free then too.
func freePort(t *testing.T) int {
	t.Helper()
	const lowest, highest, tries = 20_000, 32_767, 100
	var err error
	for range tries {
		port := lowest + mathrand.IntN(highest-lowest+1)
		var l net.Listener
		if l, err = new(net.ListenConfig).Listen(t.Context(), "tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			l.Close()
			return port
		}
	}
	t.Fatal(err)
	return 0
}
