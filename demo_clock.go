package main

import (
	"context"
	"fmt"
	"html/template"
	"net/http"
	"sync/atomic"
	"time"

	"tyreso.se/incidentbot/locale"
)

// demoClock is the clock that the demo's register goes by: the real one, moved ahead by whoever plays with it, and put back while
// earlier cases are made.
type demoClock struct {
	back, ahead atomic.Int64 // nanoseconds
	// moved sends what is due after a move.
	moved atomic.Pointer[func(context.Context) error]
}

func (c *demoClock) now() time.Time {
	return time.Now().Add(time.Duration(c.ahead.Load() - c.back.Load()))
}

// demoStep is one of the ways in which the page can move the clock.
type demoStep struct {
	Label    string
	Duration time.Duration
}

// demoSteps are the ways in which the page can move the clock: what the reminders and deadlines are measured in.
func demoSteps() []demoStep {
	const day = 24 * time.Hour
	return []demoStep{
		{"+15 min", 15 * time.Minute}, {"+1 tim", time.Hour}, {"+12 tim", 12 * time.Hour}, {"+1 dygn", day}, {"+7 dygn", 7 * day},
		{"+30 dygn", 30 * day},
	}
}

const demoClockPath = "/clock"

// clockPage is the bar in the start page that shows the clock and moves it.
func (d *demo) clockPage(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		if err := d.moveClock(r); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		http.Redirect(w, r, demoClockPath, http.StatusSeeOther)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'")
	h.Set("X-Content-Type-Options", "nosniff")
	page := struct {
		Time  string
		Steps []demoStep
	}{locale.Deadline(d.clock.now(), d.location), demoSteps()}
	if err := demoClockTemplate.Execute(w, page); err != nil {
		return // whoever asked is gone
	}
}

// moveClock moves the clock by the step that was pressed, and has what is due then sent.
func (d *demo) moveClock(r *http.Request) error {
	chosen := r.PostFormValue("by")
	for _, step := range demoSteps() {
		if step.Duration.String() != chosen {
			continue
		}
		d.clock.ahead.Add(int64(step.Duration))
		if moved := d.clock.moved.Load(); moved != nil {
			return (*moved)(r.Context())
		}
		return nil
	}
	return fmt.Errorf("the clock cannot be moved by %q", chosen)
}

var demoClockTemplate = template.Must(template.ParseFS(demoFiles, "demo/page/clock.html")) //nolint:gochecknoglobals // read once
