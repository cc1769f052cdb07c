package slack

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// delivery is something to tell the app: over Socket Mode as an envelope, or over HTTP as a signed request.
type delivery struct {
	kind    string // slash_commands, interactive or events_api
	options bool   // block_suggestion, which has a request URL of its own
	payload object
	accepts bool // the acknowledgement may carry a payload
	retry   int
	reason  string
}

// PersonError is what the platform tells a person when the app did not answer as it should. Code is the platform's word.
type PersonError struct {
	Code string // dispatch_failed, operation_timeout, http_service_error or invalid_response
	Text string // Swedish
}

// Error implements error.
func (e *PersonError) Error() string { return e.Code + ": " + e.Text }

func personError(code string) error {
	texts := map[string]string{
		"dispatch_failed":    "appen är inte igång just nu. Försök igen om en stund.",
		"operation_timeout":  "appen svarade inte i tid. Försök igen.",
		"http_service_error": "appen svarade med ett fel. Försök igen.",
		"invalid_response":   "appen svarade med något som inte går att visa.",
	}
	return &PersonError{Code: code, Text: texts[code]}
}

// deadline ends a context after d by the workspace's clock. With a clock of the test's own it looks at it again and again:
// there is no way to be told of its passing.
func (w *Workspace) deadline(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	if w.opt.Clock == nil {
		return context.WithTimeoutCause(ctx, d, errTimeout)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	end := w.now().Add(d)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		ticker := time.NewTicker(2 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				if !w.now().Before(end) {
					cancel(errTimeout)
					return
				}
			}
		}
	}()
	return ctx, func() { cancel(context.Canceled); <-stopped }
}

// deliver tells the app something and returns its answer, nil for an empty one. Its errors are *PersonError, or ctx's.
func (w *Workspace) deliver(ctx context.Context, d *delivery) (json.RawMessage, error) {
	inTime, cancel := w.deadline(ctx, acknowledgeWithin)
	defer cancel()
	answer, err := w.send(inTime, d)
	if err == nil {
		return answer, nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("delivering to the app: %w", ctx.Err())
	case errors.Is(err, errNoSocket):
		return nil, personError("dispatch_failed")
	case errors.Is(context.Cause(inTime), errTimeout):
		w.problem("%s not acknowledged within %s", d.name(), acknowledgeWithin)
		return nil, personError("operation_timeout")
	}
	var status statusError
	if errors.As(err, &status) {
		w.problem("%s answered with HTTP status %d", d.name(), int(status))
		return nil, personError("http_service_error")
	}
	return nil, personError("dispatch_failed")
}

// name is what a delivery is called in a problem.
func (d *delivery) name() string {
	kind, _ := d.payload["type"].(string)
	if event, ok := d.payload["event"].(object); ok {
		kind, _ = event["type"].(string)
	}
	if d.kind == "slash_commands" {
		kind, _ = d.payload["command"].(string)
	}
	return d.kind + " " + kind
}

type statusError int

func (e statusError) Error() string { return "HTTP status " + strconv.Itoa(int(e)) }

func (w *Workspace) send(ctx context.Context, d *delivery) (json.RawMessage, error) {
	w.mu.Lock()
	if d.kind != "events_api" && !d.options {
		w.last = d
	}
	target := map[string]string{
		"slash_commands": w.opt.CommandsURL, "interactive": w.opt.InteractionsURL, "events_api": w.opt.EventsURL,
	}[d.kind]
	if d.options {
		target = cmp.Or(w.opt.OptionsURL, target)
	}
	overHTTP := w.opt.CommandsURL+w.opt.InteractionsURL+w.opt.EventsURL != ""
	w.mu.Unlock()
	switch {
	case target != "":
		return w.postTo(ctx, target, d)
	case overHTTP:
		return nil, errors.New("the app has no request URL for " + d.kind)
	}
	return w.sendEnvelope(ctx, d)
}

// postTo delivers over HTTP, signed. https://docs.slack.dev/authentication/verifying-requests-from-slack
func (w *Workspace) postTo(ctx context.Context, target string, d *delivery) (json.RawMessage, error) {
	media := "application/x-www-form-urlencoded"
	var body string
	switch d.kind {
	case "slash_commands":
		form := url.Values{}
		for k, v := range d.payload {
			form.Set(k, fmt.Sprint(v))
		}
		body = form.Encode()
	case "interactive":
		body = url.Values{"payload": {string(encode(d.payload))}}.Encode()
	default:
		media, body = "application/json", string(encode(d.payload))
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewBufferString(body))
	if err != nil {
		return nil, fmt.Errorf("making the request to the app: %w", err)
	}
	at := strconv.FormatInt(w.now().Unix(), 10)
	req.Header.Set("Content-Type", media)
	req.Header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	req.Header.Set("X-Slack-Request-Timestamp", at)
	req.Header.Set("X-Slack-Signature", Sign(w.opt.SigningSecret, at, body))
	if d.retry > 0 {
		req.Header.Set("X-Slack-Retry-Num", strconv.Itoa(d.retry))
		req.Header.Set("X-Slack-Retry-Reason", d.reason)
	}
	resp, err := w.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("delivering to the app: %w", err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxRequest))
	if err != nil {
		return nil, fmt.Errorf("reading the app's answer: %w", err)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, statusError(resp.StatusCode)
	}
	answer = bytes.TrimSpace(answer)
	if len(answer) == 0 {
		return nil, nil
	}
	if d.kind == "slash_commands" && !bytes.HasPrefix(answer, []byte("{")) {
		return encode(object{"text": string(answer)}), nil // plain text is allowed
	}
	return answer, nil
}

// Sign returns the signature of a request: v0 and the HMAC-SHA256 of "v0:timestamp:body" with the signing secret.
// https://docs.slack.dev/authentication/verifying-requests-from-slack
func Sign(secret, timestamp, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + timestamp + ":" + body)) // a hash never fails to be written to
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// event tells the app of an event, if it subscribes to its type, and tells it again when it does not acknowledge: at most
// three times. https://docs.slack.dev/apis/events-api/#retries
func (w *Workspace) event(name string, event object) {
	w.mu.Lock()
	subscribed := slices.Contains(w.opt.Events, name)
	now := w.now()
	payload := object{
		"type": "event_callback", "token": "local", "team_id": TeamID, "api_app_id": AppID, "event": event, "event_id": w.id("Ev"),
		"event_time":     now.Unix(),
		"authorizations": []object{{"team_id": TeamID, "user_id": BotUserID, "is_bot": true}},
	}
	w.mu.Unlock()
	if !subscribed {
		return
	}
	w.start(func() {
		ctx, cancel := w.whileOpen()
		defer cancel()
		d := &delivery{kind: "events_api", payload: payload}
		_, err := w.deliver(ctx, d)
		for i, wait := range eventRetries() {
			if err == nil || !w.pause(ctx, wait) {
				return
			}
			again := *d
			again.retry, again.reason = i+1, retryReason(err)
			_, err = w.deliver(ctx, &again)
		}
	})
}

// whileOpen returns a context that ends when the workspace is closed.
func (w *Workspace) whileOpen() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer cancel()
		select {
		case <-w.done:
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// retryReason words why an event is sent again. https://docs.slack.dev/apis/events-api/#retries
func retryReason(err error) string {
	var p *PersonError
	if errors.As(err, &p) {
		switch p.Code {
		case "operation_timeout":
			return "http_timeout"
		case "http_service_error":
			return "http_error"
		}
	}
	return "connection_failed"
}

// pause waits by the workspace's clock and tells whether ctx still holds.
func (w *Workspace) pause(ctx context.Context, d time.Duration) bool {
	if d > 0 {
		waiting, cancel := w.deadline(ctx, d)
		<-waiting.Done()
		cancel()
	}
	return ctx.Err() == nil
}

// Redeliver tells the app the latest command or interaction once more, letter for letter, as happens when a network in
// between repeats a request. A well-behaved app does nothing twice.
func (w *Workspace) Redeliver(ctx context.Context) error {
	w.mu.Lock()
	d := w.last
	w.mu.Unlock()
	if d == nil {
		return errors.New("delivering again: nothing was delivered yet")
	}
	again := *d
	_, err := w.deliver(ctx, &again)
	return err
}

// VerifyURL does what the platform does when a request URL for events is saved: it sends url_verification and wants the
// challenge back. https://docs.slack.dev/reference/events/url_verification
func (w *Workspace) VerifyURL(ctx context.Context) error {
	w.mu.Lock()
	target, challenge := w.opt.EventsURL, w.secret(16)
	w.mu.Unlock()
	d := &delivery{kind: "events_api", payload: object{"type": "url_verification", "token": "local", "challenge": challenge}}
	inTime, cancel := w.deadline(ctx, acknowledgeWithin)
	defer cancel()
	answer, err := w.postTo(inTime, target, d)
	if err != nil {
		return fmt.Errorf("verifying the request URL: %w", err)
	}
	var said struct {
		Challenge string `json:"challenge"`
	}
	if json.Unmarshal(answer, &said) != nil {
		said.Challenge = string(answer) // plain text is allowed
	}
	if said.Challenge != challenge {
		return errors.New("verifying the request URL: the challenge did not come back")
	}
	return nil
}
