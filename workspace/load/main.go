// Command load drives a running bot through its real HTTP door and measures how it bears it.
//
// One flow is what a person who reports does: a signed /incident, waiting until the bot has opened its dialog at the Web
// API, and the signed submission of that very dialog, which must be answered with a receipt that holds a number. The
// command is Slack for the time being: it listens as a Web API that answers at once and remembers only what the flows
// need. For a stand-in that is as strict as Slack, see workspace/slack.
//
// It knows nothing of the bot but Slack's protocol, so that it can drive any other bot that does the same job.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return
		}
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1) //nolint:gocritic // stop only restores signal handling, and the process ends here
	}
}

// options are what is driven, how hard and for how long.
type options struct {
	bot, secret, command string
	api                  string
	inFlight, rates      []int
	duration, warmUp     time.Duration
	users                int
	limited              string
	pid                  int
	receipts             string
	asJSON               bool
}

const manual = `Drives a running bot through its HTTP door, and is its Slack meanwhile.

  SLACK_API_URL=http://127.0.0.1:9090/api/ … incidentbot serve &
  go run ./workspace/load --bot http://127.0.0.1:8080 --api 127.0.0.1:9090 --in-flight 1,16,128 --rate 100

The runs are made one after another, first those of --in-flight, then those of --rate. Exits with 1 when a flow failed.

`

func parse(args []string, out io.Writer) (options, error) {
	o := options{}
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.Usage = func() {
		fmt.Fprint(out, manual)
		flags.PrintDefaults()
	}
	flags.StringVar(&o.bot, "bot", "http://127.0.0.1:8080", "the bot's door, a `URL`")
	flags.StringVar(&o.secret, "secret", os.Getenv("SLACK_SIGNING_SECRET"), "the signing `secret` (default $SLACK_SIGNING_SECRET)")
	flags.StringVar(&o.command, "command", "/incident", "the slash command that opens the dialog")
	flags.StringVar(&o.api, "api", "127.0.0.1:9090", "`host:port` of the Web API that the bot is to be given as SLACK_API_URL")
	flags.Func("in-flight", "closed loop: how many flows at a time; several with commas", numbers(&o.inFlight))
	flags.Func("rate", "open loop: how many flows begin a second, whatever happens to those before; several with commas", numbers(&o.rates))
	flags.DurationVar(&o.duration, "duration", 10*time.Second, "how long each run takes")
	flags.DurationVar(&o.warmUp, "warm-up", 2*time.Second, "how long the bot is driven before the first run, not measured")
	flags.IntVar(&o.users, "users", 500, "how many people report")
	flags.StringVar(&o.limited, "limited-channel", "", "`id` of a channel where every post is refused with 429 and Retry-After 30")
	flags.IntVar(&o.pid, "pid", 0, "the bot's `process`, to measure its memory")
	flags.StringVar(&o.receipts, "receipts", "", "`file` to write the number of every receipt to, one a line")
	flags.BoolVar(&o.asJSON, "json", false, "print JSON instead of a table")
	if err := flags.Parse(args); err != nil {
		return o, err //nolint:wrapcheck // names the flag; flag.ErrHelp is asked for by identity
	}
	switch {
	case flags.NArg() > 0:
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case o.secret == "":
		return o, errors.New("a signing secret is needed: --secret or SLACK_SIGNING_SECRET")
	case o.users < 1:
		return o, errors.New("--users must be at least 1")
	case len(o.inFlight)+len(o.rates) == 0:
		o.inFlight = []int{16}
	}
	return o, nil
}

// numbers reads positive numbers with commas between them.
func numbers(into *[]int) func(string) error {
	return func(s string) error {
		for word := range strings.SplitSeq(s, ",") {
			n, err := strconv.Atoi(word)
			if err != nil || n < 1 {
				return fmt.Errorf("%q is not a positive number", word)
			}
			*into = append(*into, n)
		}
		return nil
	}
}

// garbagePercent lets this process collect its garbage seldom: it shares the processor with the bot that it measures.
const garbagePercent = 800

// botUpWithin is how long the bot may take until it accepts connections.
const botUpWithin = 30 * time.Second

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", o.api)
	if err != nil {
		return fmt.Errorf("listening as Slack's Web API: %w", err)
	}
	debug.SetGCPercent(garbagePercent)
	api := newAPI(o.limited)
	server := &http.Server{Handler: api, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener) // ends when it is closed; a flow fails if it ends before
	}()
	defer func() {
		_ = server.Close()
		<-served
	}()

	d := newDriver(o, api)
	defer d.client.CloseIdleConnections()
	if err := d.await(ctx, botUpWithin); err != nil {
		return err
	}
	var results []result
	idle := usageOf(o.pid).rss
	if o.warmUp > 0 {
		if _, err := d.closedLoop(ctx, 4, o.warmUp); err != nil {
			return fmt.Errorf("warming up: %w", err)
		}
	}
	measure := func(name string, loop func() (sample, error)) error {
		api.forgetPosts()
		before := usageOf(o.pid)
		s, err := loop()
		if err != nil {
			return err
		}
		used := usageOf(o.pid)
		used.cpu -= before.cpu
		results = append(results, summarise(name, s, api.posts(), used))
		return nil
	}
	for _, n := range o.inFlight {
		err := measure(strconv.Itoa(n)+" in flight", func() (sample, error) { return d.closedLoop(ctx, n, o.duration) })
		if err != nil {
			return err
		}
	}
	for _, n := range o.rates {
		err := measure(strconv.Itoa(n)+" a second", func() (sample, error) { return d.openLoop(ctx, n, o.duration) })
		if err != nil {
			return err
		}
	}
	if err := writeReceipts(o.receipts, d.numbers); err != nil {
		return err
	}
	if o.asJSON {
		encoder := json.NewEncoder(stdout)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(outcome{IdleRSS: idle, Receipts: len(d.numbers), Runs: results})
	} else {
		err = table(stdout, idle, len(d.numbers), results)
	}
	if err != nil {
		return fmt.Errorf("printing the outcome: %w", err)
	}
	return d.verdict()
}

// writeReceipts writes the numbers to a file, unless name is empty.
func writeReceipts(name string, numbers []string) error {
	if name == "" {
		return nil
	}
	f, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("writing the receipts: %w", err)
	}
	w := bufio.NewWriter(f)
	for _, number := range numbers {
		fmt.Fprintln(w, number) // Flush tells what went wrong
	}
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		return fmt.Errorf("writing the receipts: %w", err)
	}
	return nil
}
