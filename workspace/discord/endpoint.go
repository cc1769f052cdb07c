package discord

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
)

// neverFollow keeps deliveries from following redirections.
func neverFollow(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// request is one interaction as it is sent over HTTP.
type request struct {
	body      []byte
	timestamp string
	signature string
}

// sign signs a body as an interaction sent over HTTP is signed: the timestamp followed by the body, with the application's
// key. https://discord.com/developers/docs/interactions/overview#setting-up-an-endpoint-validating-security-request-headers
func (w *Workspace) sign(body []byte) request {
	at := strconv.FormatInt(w.now().Unix(), 10)
	return request{body, at, hex.EncodeToString(ed25519.Sign(w.key, append([]byte(at), body...)))}
}

// Signed returns the headers and the body of the latest interaction as it would be sent over HTTP now; for tests that play
// with them. It is empty before the first interaction.
func (w *Workspace) Signed() (body []byte, timestamp, signature string) {
	w.mu.Lock()
	last := w.last
	w.mu.Unlock()
	if last == nil {
		return nil, "", ""
	}
	r := w.sign(last.sent)
	return r.body, r.timestamp, r.signature
}

// response is what the endpoint answered.
type response struct {
	status int
	header http.Header
	body   []byte
}

// postSigned sends a request to the endpoint.
func (w *Workspace) postSigned(ctx context.Context, endpoint string, r request) (response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, bytes.NewReader(r.body))
	if err != nil {
		return response{}, fmt.Errorf("making the request to the app: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Discord-Interactions/1.0 (+https://discord.com)")
	req.Header.Set("X-Signature-Ed25519", r.signature)
	req.Header.Set("X-Signature-Timestamp", r.timestamp)
	resp, err := w.client.Do(req)
	if err != nil {
		return response{}, fmt.Errorf("delivering to the app: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxRequestBytes))
	if err != nil {
		return response{}, fmt.Errorf("reading the app's answer: %w", err)
	}
	return response{resp.StatusCode, resp.Header, body}, nil
}

// postInteraction sends an interaction to the endpoint and takes the answer in its response, if there is one: with status 202
// and no body the app answers by call. Its errors are *PersonError; none does not mean that there was an answer.
// https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-callback
func (w *Workspace) postInteraction(ctx context.Context, endpoint string, i *interaction) error {
	r := w.sign(i.sent)
	bad := w.faults.draw(AtEndpoint, "")
	resp, err := w.postSigned(ctx, endpoint, r)
	if bad.repeat && err == nil {
		_, _ = w.postSigned(ctx, endpoint, r) // what comes of the second time is for the app alone
	}
	switch {
	case errors.Is(context.Cause(ctx), errTimeout):
		return nil // too late is told by who waits
	case err != nil:
		w.log.Warn("the interactions endpoint was not reached", "error", err)
		return i.personError("not_reached")
	case resp.status == http.StatusAccepted && len(resp.body) == 0:
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.takeAnswer(resp, i); err != nil {
		w.problem("the answer to an interaction over HTTP: %s", err)
		return i.personError("refused")
	}
	return nil
}

// takeAnswer reads the answer to an interaction from the response to its request; the lock is held.
func (w *Workspace) takeAnswer(resp response, i *interaction) error {
	if resp.status != http.StatusOK {
		return fmt.Errorf("HTTP status %d", resp.status)
	}
	c := &call{w: w, r: &http.Request{
		Method: http.MethodPost, Header: resp.header, Body: io.NopCloser(bytes.NewReader(resp.body)),
		ContentLength: int64(len(resp.body)),
	}}
	if err := c.read(); err != nil {
		return err
	}
	o, err := c.object()
	if err != nil {
		return err
	}
	return w.answer("HTTP answer", i, o, c.files)
}

// SetEndpoint saves the interactions endpoint URL of the application as the developer portal does: the endpoint must answer a
// PING with a PONG and a badly signed one with 401. "" goes back to the gateway, unchecked. The error says what is wrong.
// https://discord.com/developers/docs/interactions/overview#setting-up-an-endpoint
func (w *Workspace) SetEndpoint(ctx context.Context, endpoint string) error {
	if endpoint != "" {
		if err := w.checkEndpoint(ctx, endpoint); err != nil {
			return fmt.Errorf("saving the interactions endpoint URL: %w", err)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.endpoint = endpoint
	w.touch()
	return nil
}

func (w *Workspace) checkEndpoint(ctx context.Context, endpoint string) error {
	w.mu.Lock()
	ping := encode(object{
		"id": w.snowflake(), "application_id": ApplicationID, "type": interactionPing, "token": w.secret(32), "version": 1,
		"entitlements": []any{}, "authorizing_integration_owners": object{}, "attachment_size_limit": maxFileBytes,
		"app_permissions": allPermissions.String(), "user": w.userObject(ownerID),
	})
	w.mu.Unlock()
	inTime, cancel := w.deadline(ctx, acknowledgeWithin)
	defer cancel()
	good := w.sign(ping)
	forged := good
	forged.signature = hex.EncodeToString(ed25519.Sign(w.key, []byte("something else")))
	resp, err := w.postSigned(inTime, endpoint, forged)
	if err != nil {
		return err
	}
	if resp.status != http.StatusUnauthorized {
		return fmt.Errorf("a badly signed request was answered with status %d, not 401", resp.status)
	}
	if resp, err = w.postSigned(inTime, endpoint, good); err != nil {
		return err
	}
	media, _, err := mime.ParseMediaType(resp.header.Get("Content-Type"))
	if err != nil || media != "application/json" || resp.status != http.StatusOK {
		return fmt.Errorf("the PING was answered with status %d and content type %q", resp.status, resp.header.Get("Content-Type"))
	}
	v, err := decode(resp.body)
	if o, ok := v.(object); err != nil || !ok || count(o, "type", 0) != answerPong {
		return errors.New("the PING was not answered with a PONG")
	}
	return nil
}
