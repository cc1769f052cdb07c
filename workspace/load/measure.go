package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"
)

// outcome is what is printed as JSON.
type outcome struct {
	IdleRSS  float64  `json:"idle_rss_mib,omitempty"`
	Receipts int      `json:"receipts"` // with those of the warming up
	Runs     []result `json:"runs"`
}

// result is what a run came to. Times are in milliseconds, memory in MiB; 0 where nothing was measured.
type result struct {
	Run     string  `json:"run"`
	Flows   int     `json:"flows"`
	Failed  int     `json:"failed"`
	PerSec  float64 `json:"flows_per_second"`
	Command spread  `json:"command_ms"`
	Dialog  spread  `json:"dialog_ms"`
	Submit  spread  `json:"submission_ms"`
	RSS     float64 `json:"rss_mib,omitempty"`
	CPU     float64 `json:"cpu_ms_per_flow,omitempty"` // the bot's
	Direct  spread  `json:"direct_message_ms"`         // from the receipt to the message about it
	Channel spread  `json:"channel_message_ms"`        // likewise
	Refused int     `json:"posts_refused"`             // with 429
}

// spread is the middle and the slow end of many measurements.
type spread struct {
	N   int     `json:"n"`
	P50 float64 `json:"p50"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

// spreadOf sorts d.
func spreadOf(d []time.Duration) spread {
	if len(d) == 0 {
		return spread{}
	}
	slices.Sort(d)
	// Nearest rank: the smallest measurement that so many of a hundred do not exceed.
	rank := func(percent int) float64 { return milliseconds(d[(len(d)*percent+99)/100-1]) }
	return spread{N: len(d), P50: rank(50), P99: rank(99), Max: rank(100)}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func summarise(name string, s sample, p posts, used usage) result {
	r := result{
		Run: name, Flows: len(s.flows), Failed: s.failed, PerSec: float64(len(s.flows)) / s.elapsed.Seconds(), RSS: used.rss,
		CPU:    milliseconds(used.cpu) / float64(max(1, len(s.flows))),
		Direct: spreadOf(slices.Clone(p.direct)), Channel: spreadOf(slices.Clone(p.channel)), Refused: p.refused,
	}
	pick := func(of func(times) time.Duration) spread {
		d := make([]time.Duration, len(s.flows))
		for i, t := range s.flows {
			d[i] = of(t)
		}
		return spreadOf(d)
	}
	r.Command = pick(func(t times) time.Duration { return t.command })
	r.Dialog = pick(func(t times) time.Duration { return t.dialog })
	r.Submit = pick(func(t times) time.Duration { return t.submit })
	return r
}

// table prints the results for people.
func table(w io.Writer, idle float64, receipts int, results []result) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\tflows/s\tcommand p50\tp99\tdialog p50\tp99\tsubmission p50\tp99\tmax ms\tfailed\t"+
		"CPU ms/flow\tRSS MiB\tDMs\tp99\tposts\trefused\t")
	for _, r := range results {
		fmt.Fprintf(t, "%s\t%.0f\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\t%d\t%.2f\t%.0f\t%d\t%.0f\t%d\t%d\t\n", r.Run, r.PerSec,
			r.Command.P50, r.Command.P99, r.Dialog.P50, r.Dialog.P99, r.Submit.P50, r.Submit.P99, r.Submit.Max, r.Failed, r.CPU,
			r.RSS, r.Direct.N, r.Direct.P99, r.Channel.N, r.Refused)
	}
	if err := t.Flush(); err != nil {
		return err //nolint:wrapcheck // the caller says what was being done
	}
	_, err := fmt.Fprintf(w, "%d receipts, each with a number of its own; memory before the first flow: %.0f MiB\n", receipts, idle)
	return err //nolint:wrapcheck // likewise
}

// usage is what a process has used; zero where it is not known.
type usage struct {
	cpu time.Duration // since it began
	rss float64       // resident memory in MiB
}

// clockTick is the unit of /proc/PID/stat: a hundredth of a second on every Linux that Go runs on.
const clockTick = time.Second / 100

// usageOf reads https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
func usageOf(pid int) usage {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if pid == 0 || err != nil {
		return usage{}
	}
	// The second field is the program's name, which may hold anything but ends with the last parenthesis: fields[0] is the third.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	const user, system, resident = 14 - 3, 15 - 3, 24 - 3
	if len(fields) <= resident {
		return usage{}
	}
	number := func(field int) int64 {
		n, err := strconv.ParseInt(string(fields[field]), 10, 64)
		if err != nil {
			return 0
		}
		return n
	}
	return usage{
		cpu: time.Duration(number(user)+number(system)) * clockTick,
		rss: float64(number(resident)*int64(os.Getpagesize())) / (1 << 20),
	}
}
