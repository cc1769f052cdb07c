package surface_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/surface"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTheTrackerWaitsForAllThatIsUnderWay(t *testing.T) {
	var work surface.Tracker
	if err := work.Wait(t.Context()); err != nil {
		t.Errorf("with nothing under way: %v", err)
	}
	gates := []chan struct{}{make(chan struct{}), make(chan struct{})}
	for _, gate := range gates {
		work.Run(func() { <-gate })
	}
	impatient, cancel := context.WithCancel(t.Context())
	cancel()
	if err := work.Wait(impatient); !errors.Is(err, context.Canceled) {
		t.Errorf("with two under way: %v", err)
	}
	waited := make(chan error)
	go func() { waited <- work.Wait(context.Background()) }()
	close(gates[0])
	work.Start() // new work may begin while somebody waits
	close(gates[1])
	select {
	case err := <-waited:
		t.Fatalf("it did not wait: %v", err)
	default:
	}
	work.Done()
	if err := <-waited; err != nil {
		t.Error(err)
	}
}

// handle is a bot.Handler made of a function.
type handle func(ctx context.Context) (bot.Reply, error)

func (h handle) Handle(ctx context.Context, _ bot.Request) (bot.Reply, error) { return h(ctx) }

func TestAsk(t *testing.T) {
	reply := bot.Reply{More: true}
	failure := errors.New("the disk is full")
	tests := map[string]struct {
		handler handle
		want    surface.Answer
	}{
		"a reply":  {func(context.Context) (bot.Reply, error) { return reply, nil }, surface.Answer{Reply: reply}},
		"an error": {func(context.Context) (bot.Reply, error) { return bot.Reply{}, failure }, surface.Answer{Err: failure}},
		"a panic":  {func(context.Context) (bot.Reply, error) { panic("secret") }, surface.Answer{Err: surface.ErrPanicked}},
		"too slow": {func(ctx context.Context) (bot.Reply, error) {
			<-ctx.Done()
			return bot.Reply{}, ctx.Err()
		}, surface.Answer{Err: context.DeadlineExceeded}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var work surface.Tracker
			var log bytes.Buffer
			gone, cancel := context.WithCancel(t.Context())
			cancel() // the platform has hung up already
			logger := slog.New(slog.NewTextHandler(&log, nil))
			got := <-surface.Ask(gone, &work, logger, tt.handler, bot.Request{Key: "user-7"}, 50*time.Millisecond)
			if !errors.Is(got.Err, tt.want.Err) || (got.Err == nil) != (tt.want.Err == nil) || got.Reply.More != tt.want.Reply.More {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if err := work.Wait(t.Context()); err != nil {
				t.Error(err)
			}
			if text := log.String(); strings.Contains(text, "user-7") || strings.Contains(text, "panicked") != (name == "a panic") {
				t.Errorf("the log: %s", text)
			}
		})
	}
}

func TestReplaysAreRememberedForAsLongAsTheyWouldBeLetIn(t *testing.T) {
	const window = 5 * time.Minute
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	r := surface.NewReplays(window)
	mark := surface.Mark{1}
	early := noon.Add(window).Unix() // by a clock that is ahead: its time is let in for ten minutes
	if !r.Claim(mark, early, noon) {
		t.Fatal("the first is refused")
	}
	if !r.Claim(surface.Mark{2}, early, noon) {
		t.Error("another is refused")
	}
	for at := noon; !at.After(noon.Add(2 * window)); at = at.Add(time.Minute) {
		r.Claim(surface.Mark{3, byte(at.Minute())}, at.Unix(), at) // others come, and old minutes are forgotten
		if r.Claim(mark, early, at) {
			t.Fatalf("let in again at %s", at)
		}
	}
	r.Forget(mark, early)
	if !r.Claim(mark, early, noon.Add(2*window)) {
		t.Error("refused although it was forgotten")
	}
}

func TestDirectChannelsInUseAreRemembered(t *testing.T) {
	var d surface.DirectChannels
	if got := d.Get("U1"); got != "" {
		t.Errorf("before it is known: %q", got)
	}
	d.Put("U1", "D1")
	d.Put("U2", "D2")
	for i := range 12_000 {
		d.Put(fmt.Sprint("other", i), "D")
		if i%1000 == 0 && d.Get("U1") != "D1" {
			t.Fatalf("forgotten after %d others, though in use", i)
		}
	}
	if got := d.Get("U2"); got != "" {
		t.Errorf("what nobody used is still remembered: %q", got)
	}
}

func TestMetricsOfTwoSurfacesStandSideBySide(t *testing.T) {
	registry := prometheus.NewRegistry()
	for _, name := range []string{"slack", "discord"} {
		m, err := surface.NewMetrics(name, registry)
		if err != nil {
			t.Fatal(err)
		}
		m.Acknowledged(bot.Press, time.Second)
		m.Ended(bot.Submit, surface.Mend)
		m.Refused("stale")
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			labels := []string{}
			for _, l := range m.GetLabel() {
				labels = append(labels, l.GetName()+"="+l.GetValue())
			}
			got[f.GetName()] = append(got[f.GetName()], strings.Join(labels, " "))
		}
	}
	want := map[string][]string{
		"incidentbot_ack_seconds":            {"kind=press surface=discord", "kind=press surface=slack"},
		"incidentbot_requests_total":         {"kind=submit outcome=mend surface=discord", "kind=submit outcome=mend surface=slack"},
		"incidentbot_refused_requests_total": {"reason=stale surface=discord", "reason=stale surface=slack"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := surface.NewMetrics("slack", registry); err == nil {
		t.Error("the same metrics twice")
	}
	if _, err := surface.NewMetrics("slack", nil); err != nil {
		t.Errorf("without a registerer: %v", err)
	}
}

func TestEveryKindHasALabel(t *testing.T) {
	seen := map[string]bot.Kind{}
	for k := bot.Command; k <= bot.Home; k++ {
		label := surface.Label(k)
		if before, taken := seen[label]; taken || label == "other" {
			t.Errorf("kinds %d and %d are both %q", before, k, label)
		}
		seen[label] = k
	}
	if got := surface.Label(bot.Kind(-1)); got != "other" {
		t.Errorf("an unknown kind is %q", got)
	}
}

func TestRequestID(t *testing.T) {
	id := surface.RequestID("7:user-7")
	if id != surface.RequestID("7:user-7") || id == surface.RequestID("8:user-7") || strings.Contains(id, "user-7") || len(id) != 12 {
		t.Errorf("id %q", id)
	}
}
