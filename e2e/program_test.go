package e2e_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// programVariable names the program under test; TestMain sets it to what it has built, unless somebody wants to test another.
const programVariable = "INCIDENTBOT_TEST_PROGRAM"

// atOnce is how many tests run beside each other unless -parallel says otherwise: more than there are processors, because
// they mostly wait.
const atOnce = 8

func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", strconv.Itoa(atOnce)); err != nil { // before the command line is read
		log.Fatal(err)
	}
	if os.Getenv(programVariable) == "" {
		dir, err := os.MkdirTemp("", "incidentbot-e2e-")
		if err != nil {
			log.Fatal(err)
		}
		defer os.RemoveAll(dir)
		path := filepath.Join(dir, "incidentbot")
		if out, err := exec.Command("go", "build", "-o", path, "tyreso.se/incidentbot").CombinedOutput(); err != nil {
			log.Panicf("building the program: %v\n%s", err, out) // not Fatal: the folder is removed
		}
		if err := os.Setenv(programVariable, path); err != nil {
			log.Panic(err)
		}
	}
	m.Run()
}

// logbook gathers what all processes of a test write on standard error.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logbook) add(line []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(line)
	l.text.WriteByte('\n')
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// process is a running "incidentbot serve".
type process struct {
	cmd     *exec.Cmd
	serving chan string     // gets the address, host:port, when the program says that it is running
	alive   context.Context // ends with the process
	err     error           // how it ended, once alive has
}

// command prepares the program with its arguments in an environment of its own.
func command(ctx context.Context, environ []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Getenv(programVariable), args...)
	cmd.Env = environ
	return cmd
}

// launch starts "incidentbot serve" and returns at once.
func launch(t *testing.T, environ []string, book *logbook) *process {
	t.Helper()
	alive, end := context.WithCancel(context.Background())
	p := &process{cmd: command(alive, environ, "serve"), serving: make(chan string, 1), alive: alive}
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("starting the program: %v", err)
	}
	book.add(fmt.Appendf(nil, "--- process %d started %s", p.cmd.Process.Pid, time.Now().UTC().Format(time.RFC3339Nano)))
	go func() {
		lines := bufio.NewReader(stderr)
		for {
			line, err := lines.ReadBytes('\n')
			if line = bytes.TrimSpace(line); len(line) > 0 {
				book.add(line)
				p.notice(line)
			}
			if err != nil {
				break
			}
		}
		p.err = p.cmd.Wait()
		book.add(fmt.Appendf(nil, "--- process %d ended: %v", p.cmd.Process.Pid, p.err))
		end()
	}()
	return p
}

// notice looks for the line that says where the program listens.
func (p *process) notice(line []byte) {
	var entry struct {
		Message string `json:"msg"`
		Address string `json:"address"`
	}
	if json.Unmarshal(line, &entry) == nil && entry.Message == "incidentbot is running" {
		p.serving <- entry.Address
	}
}

// kill ends the process as a power cut would, and waits for it.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended already
	<-p.alive.Done()
}

// terminate asks the process to end and returns how it ended.
func (p *process) terminate() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-p.alive.Done()
	return p.err
}

// outcome is what a command of the program came to.
type outcome struct {
	stdout, stderr string
	code           int // exit code
}

// runProgram runs a command of the program to its end.
func runProgram(t *testing.T, environ []string, args ...string) outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := command(ctx, environ, args...)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		t.Fatalf("incidentbot %s: %v", strings.Join(args, " "), err)
	}
	return outcome{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// with returns environ with some variables set anew, "" to unset them.
func with(environ []string, names map[string]string) []string {
	changed := slices.DeleteFunc(slices.Clone(environ), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		_, given := names[name]
		return given
	})
	for name, value := range names {
		if value != "" {
			changed = append(changed, name+"="+value)
		}
	}
	return changed
}

// lastPart is the end of a long text.
func lastPart(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return "…" + s[len(s)-n:]
}

func copyHeader(dst, src map[string][]string) {
	for name, values := range src {
		dst[name] = slices.Clone(values)
	}
}

func drain(r io.Reader) []byte {
	b, err := io.ReadAll(r)
	if err != nil {
		return nil
	}
	return b
}
