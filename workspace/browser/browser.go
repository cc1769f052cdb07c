// Package browser drives a real browser on a page in tests, and takes the pictures that the documentation shows. It knows
// no page in particular.
package browser

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long one step may take.
const patience = 20 * time.Second

// Tab is a browser window on a page.
type Tab struct {
	t   testing.TB
	ctx context.Context
}

// Open starts chromium with a window of the given size in CSS pixels; it is closed when the test ends. The test fails on
// any exception that the page throws and any error that it logs.
func Open(t testing.TB, width, height int) *Tab {
	t.Helper()
	allocator, stop := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium()), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(width, height),
		chromedp.UserDataDir(t.TempDir()), chromedp.Flag("lang", "sv-SE"), chromedp.Env("LANGUAGE=sv", "TZ=Europe/Stockholm"),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("no-first-run", true))...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	// The first step starts the browser, which lives as long as its context; only what follows has a time limit.
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(int64(width), int64(height))); err != nil {
		t.Fatalf("starting chromium: %v", err)
	}
	err := chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			t.Errorf("the page threw: %s", e.ExceptionDetails.Text)
		case *runtime.EventConsoleAPICalled:
			if e.Type == "error" {
				t.Errorf("the page logged an error: %v", e.Args)
			}
		}
	})
	if err != nil {
		t.Fatalf("listening to the page: %v", err)
	}
	return &Tab{t, ctx}
}

// chromium is the browser to use: what INCIDENTBOT_TEST_CHROMIUM names, else Debian's.
func chromium() string {
	if path := os.Getenv("INCIDENTBOT_TEST_CHROMIUM"); path != "" {
		return path
	}
	return "/usr/bin/chromium"
}

// Do takes steps on the page, one after another.
func (b *Tab) Do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	for i, step := range steps {
		ctx, cancel := context.WithTimeout(b.ctx, patience)
		err := chromedp.Do(ctx, step)
		cancel()
		if err != nil {
			b.Shoot("failed")
			b.t.Fatalf("step %d on the page: %v", i+1, err)
		}
	}
}

// Get reads something from the page.
func Get[T any](b *Tab, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, action)
	if err != nil {
		b.t.Fatalf("reading the page: %v", err)
	}
	return v
}

// Shoot saves a picture when INCIDENTBOT_SCREENSHOTS names a folder, to be looked at by a person.
func (b *Tab) Shoot(name string) {
	b.t.Helper()
	folder := os.Getenv("INCIDENTBOT_SCREENSHOTS")
	if folder == "" {
		return
	}
	// What moves has come to rest before it is photographed.
	const still = `Promise.all(document.getAnimations().filter((a) => a.effect.getComputedTiming().endTime < Infinity)
		.map((a) => a.finished)).then(() => true, () => true)`
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](still, chromedp.EvalAwaitPromise)); err != nil {
		b.t.Errorf("waiting for the page to rest: %v", err)
	}
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Errorf("taking a picture: %v", err)
		return
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o644); err != nil {
		b.t.Errorf("saving a picture: %v", err)
	}
}

// Click presses the element that a selector finds, as soon as there is one that is not disabled. Finding and pressing are one step
// in the page: a page that is drawn anew by what happens elsewhere may replace an element between the two.
func Click(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.Poll[chromedp.Void](`(() => {
		const element = document.querySelector(` + strconv.Quote(selector) + `);
		if (!element || element.disabled) return false;
		element.click();
		return true;
	})()`)
}

// Type types text into the element that a selector finds, after what it holds, as soon as it is shown and not disabled; "\r" is the
// Enter key. It stands in for chromedp.SendKeys, which reads an element's attributes without the lock that their changes take.
func Type(selector, text string) chromedp.Action[chromedp.Void] {
	focus := chromedp.Poll[chromedp.Void](`(() => {
		const element = document.querySelector(` + strconv.Quote(selector) + `);
		if (!element || element.disabled || !element.checkVisibility()) return false;
		element.focus();
		const end = element.value?.length ?? 0;
		if (element.selectionStart !== null && element.setSelectionRange) element.setSelectionRange(end, end);
		return document.activeElement === element;
	})()`)
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := focus(ctx, t); err != nil {
			return err
		}
		_, err := chromedp.KeyEvent(text)(ctx, t)
		return err
	})
}

// ID is the selector of the element with a data-testid.
func ID(testID string) string { return `[data-testid="` + testID + `"]` }
