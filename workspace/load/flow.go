package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// driver makes flows.
type driver struct {
	options options
	api     *api
	client  *http.Client
	origin  string       // makes the ids of this process differ from those of earlier ones
	flows   atomic.Int64 // begun so far

	mu      sync.Mutex
	numbers []string // of the receipts
	failed  int
	failure error // the first one
}

// Slack gives up after three seconds; a flow that fails by that is still waited for a little, to see how late it was.
const patience = 10 * time.Second

func newDriver(o options, a *api) *driver {
	transport := &http.Transport{MaxIdleConnsPerHost: 1024, DisableCompression: true}
	return &driver{
		options: o, api: a, client: &http.Client{Transport: transport, Timeout: patience},
		origin: strconv.FormatInt(time.Now().UnixNano(), 36),
	}
}

// await returns when the bot accepts connections.
func (d *driver) await(ctx context.Context, within time.Duration) error {
	door, err := url.Parse(d.options.bot)
	if err != nil || door.Host == "" {
		return fmt.Errorf("--bot %q is not a URL", d.options.bot)
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	for {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", door.Host)
		if err == nil {
			return conn.Close() //nolint:wrapcheck // closing an unused connection does not fail
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the bot does not answer: %w", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// verdict is the error of the flows that failed, nil when none did.
func (d *driver) verdict() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	seen := make(map[string]bool, len(d.numbers))
	for _, n := range d.numbers {
		if seen[n] {
			return fmt.Errorf("the number %s stood on two receipts", n)
		}
		seen[n] = true
	}
	if len(d.numbers)+d.failed == 0 {
		return errors.New("no flow was made in the time given")
	}
	if d.failed > 0 {
		return fmt.Errorf("%d flows failed, the first one: %w", d.failed, d.failure)
	}
	return nil
}

// times are how long the steps of a flow took.
type times struct {
	command time.Duration // until /incident was acknowledged
	dialog  time.Duration // until the dialog was opened
	submit  time.Duration // until the receipt was there
}

// sample is what one run came to.
type sample struct {
	flows   []times
	failed  int
	elapsed time.Duration
}

// closedLoop makes flows for a while, n at a time: each begins when one before it has ended.
func (d *driver) closedLoop(ctx context.Context, n int, during time.Duration) (sample, error) {
	began := time.Now()
	var workers sync.WaitGroup
	c := collector{}
	for range n {
		workers.Go(func() {
			for time.Since(began) < during && ctx.Err() == nil {
				c.add(d.flow(ctx, time.Now()))
			}
		})
	}
	workers.Wait()
	return c.sample(time.Since(began)), ctx.Err()
}

// openLoop begins rate flows a second for a while, however the others fare: people do not wait for each other. A flow's
// times are counted from when it should have begun, so that a bot that stalls is not spared the ones that it held up.
func (d *driver) openLoop(ctx context.Context, rate int, during time.Duration) (sample, error) {
	began := time.Now()
	var flows sync.WaitGroup
	c := collector{}
	for i := range int(during.Seconds() * float64(rate)) {
		due := began.Add(time.Duration(float64(i) / float64(rate) * float64(time.Second)))
		select {
		case <-time.After(time.Until(due)):
		case <-ctx.Done():
			flows.Wait()
			return sample{}, ctx.Err()
		}
		flows.Go(func() { c.add(d.flow(ctx, due)) })
	}
	flows.Wait()
	return c.sample(max(during, time.Since(began))), ctx.Err()
}

// collector gathers what came of flows.
type collector struct {
	mu     sync.Mutex
	flows  []times
	failed int
}

func (c *collector) add(t times, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		c.failed++
		return
	}
	c.flows = append(c.flows, t)
}

func (c *collector) sample(elapsed time.Duration) sample {
	c.mu.Lock()
	defer c.mu.Unlock()
	return sample{flows: c.flows, failed: c.failed, elapsed: elapsed}
}

// flow makes one flow and keeps its receipt.
func (d *driver) flow(ctx context.Context, due time.Time) (times, error) {
	t, number, err := d.report(ctx, d.flows.Add(1), due)
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case err == nil:
		d.numbers = append(d.numbers, number)
	case ctx.Err() == nil:
		if d.failed++; d.failure == nil {
			d.failure = err
		}
	}
	return t, err
}

// report is one flow: a person who reports.
func (d *driver) report(ctx context.Context, n int64, due time.Time) (t times, number string, err error) {
	user := fmt.Sprintf("U%06d", n%int64(d.options.users))
	trigger := fmt.Sprintf("%d.%s.load", n, d.origin)
	opened := d.api.expect(trigger)
	defer d.api.forget(trigger)

	answer, err := d.post(ctx, "/slack/commands", url.Values{
		"token": {"x"}, "team_id": {"T1"}, "team_domain": {"example"}, "channel_id": {"C0GENERAL"}, "channel_name": {"general"},
		"user_id": {user}, "user_name": {strings.ToLower(user)}, "command": {d.options.command}, "text": {""}, "api_app_id": {"A1"},
		"is_enterprise_install": {"false"}, "response_url": {"http://" + d.options.api + "/response/" + trigger}, "trigger_id": {trigger},
	}.Encode())
	if err != nil {
		return t, "", fmt.Errorf("command: %w", err)
	}
	t.command = time.Since(due)
	if len(answer) > 0 {
		return t, "", fmt.Errorf("command: answered with %.200q instead of a dialog", answer)
	}
	var shown dialog
	select {
	case shown = <-opened:
	case <-time.After(patience):
		return t, "", errors.New("no dialog was opened")
	case <-ctx.Done():
		return t, "", ctx.Err()
	}
	t.dialog = time.Since(due)
	if shown.err != nil {
		return t, "", shown.err
	}

	payload, err := submission(shown, user, d.origin, n)
	if err != nil {
		return t, "", err
	}
	sent := time.Now()
	if answer, err = d.post(ctx, "/slack/interactions", "payload="+url.QueryEscape(string(payload))); err != nil {
		return t, "", fmt.Errorf("submission: %w", err)
	}
	told := time.Now()
	t.submit = told.Sub(sent)
	// Not decoded: what the driver does takes from what the bot can do on the same cores.
	number = string(caseNumber.Find(answer))
	if !bytes.Contains(answer, []byte(`"response_action":"update"`)) || number == "" {
		return t, "", fmt.Errorf("submission: no receipt in %.300q", answer)
	}
	d.api.receipt(number, told)
	return t, number, nil
}

// submission is the payload of a dialog that was sent: https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
func submission(shown dialog, user, origin string, n int64) ([]byte, error) {
	view, found := bytes.CutPrefix(bytes.TrimSpace(shown.view), []byte("{"))
	if !found {
		return nil, errors.New("the dialog is not a JSON object")
	}
	id := shown.id + origin // never used before, also not by an earlier process on the same register
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"type":"view_submission","team":{"id":"T1","domain":"example"},"user":{"id":%q,"username":%q,"name":%q,`+
		`"team_id":"T1"},"api_app_id":"A1","token":"x","trigger_id":"%d.%s.sent","view":{"id":%q,"team_id":"T1","app_id":"A1",`+
		`"app_installed_team_id":"T1","bot_id":"B1","hash":"1764000000.abcdefgh","root_view_id":%q,"previous_view_id":null,`+
		`"external_id":"","state":{"values":`, user, strings.ToLower(user), strings.ToLower(user), n, origin, id, id)
	b.Write(shown.form.before)
	fmt.Fprintf(&b, "%q", words(n))
	b.Write(shown.form.after)
	b.WriteString(`},`)
	b.Write(view)
	b.WriteString(`,"response_urls":[],"is_enterprise_install":false,"enterprise":null}`)
	return b.Bytes(), nil
}

// words are what a person reports, a different text each time.
func words(n int64) string {
	reports := [...]string{
		"Jag skickade en lista med personuppgifter till fel mottagare i ett mejl, och hon har svarat att hon fick den.",
		"Min tjänstemobil blev stulen på bussen. Den var låst med kod, men mejlen var öppen i bakgrunden.",
		"Flera kollegor har fått ett mejl som säger sig komma från IT och vill att man loggar in på en okänd sida.",
		"Journalsystemet har legat nere sedan morgonen, och vi skriver på papper så länge.",
		"En pärm med utredningar låg framme i kopieringsrummet över helgen.",
	}
	return reports[n%int64(len(reports))] + " (" + strconv.FormatInt(n, 10) + ")"
}

// maxAnswer is more than any answer holds.
const maxAnswer = 1 << 20

// post sends a signed form to the bot and returns the answer's body. Signed as in
// https://docs.slack.dev/authentication/verifying-requests-from-slack
func (d *driver) post(ctx context.Context, path, form string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(d.options.bot, "/")+path, strings.NewReader(form))
	if err != nil {
		return nil, fmt.Errorf("making a request: %w", err)
	}
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(d.options.secret))
	_, _ = io.WriteString(mac, "v0:"+stamp+":"+form) // a hash takes anything
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Slack-Request-Timestamp", stamp)
	req.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	resp, err := d.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("asking the bot: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("reading the bot's answer: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the bot answers %s", resp.Status)
	}
	return body, nil
}
