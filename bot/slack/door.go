package slack

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/surface"
)

const (
	// signatureWindow is how far a request's time may lie from ours, either way:
	// https://docs.slack.dev/authentication/verifying-requests-from-slack
	signatureWindow = 5 * time.Minute
	// maxBody is more than any request of Slack's: a view with all that it holds is at most 250 kB.
	maxBody = 1 << 20
)

// Routes returns the HTTP handlers by http.ServeMux pattern; none without a signing secret. Every one of them refuses with 401,
// and does nothing else, what is not signed by Slack within five minutes of now, or was let in before.
func (s *Surface) Routes() map[string]http.Handler {
	if s.opts.SigningSecret == "" {
		return nil
	}
	return map[string]http.Handler{
		"POST /slack/commands":     s.door(formType, s.command),
		"POST /slack/interactions": s.door(formType, s.interaction),
		"POST /slack/events":       s.door("application/json", s.event),
	}
}

const formType = "application/x-www-form-urlencoded"

// response is what is written in answer to a request that was let in.
type response struct {
	ack
	status int
	text   string // instead of JSON
}

// door lets in what is signed, and hands the body to serve.
func (s *Surface) door(mediaType string, serve func(*http.Request, []byte, time.Time) response) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrived := s.opts.Clock()
		s.work.Start()
		defer s.work.Done()
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			s.refuse(w, r, http.StatusMethodNotAllowed, "method")
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			s.refuse(w, r, http.StatusRequestEntityTooLarge, "too_large")
			return
		}
		if err != nil {
			s.refuse(w, r, http.StatusBadRequest, "unreadable")
			return
		}
		if mediaType == formType && sslCheck(body) {
			w.WriteHeader(http.StatusOK)
			return
		}
		mac, reason := s.verify(r.Header, body, arrived)
		if reason != "" {
			s.refuse(w, r, http.StatusUnauthorized, reason)
			return
		}
		if !s.seen.Claim(mac, signedAt(r.Header), arrived) {
			s.refuse(w, r, http.StatusUnauthorized, "replay")
			return
		}
		// What did not end well may be sent again, also when a fault below ends in a panic.
		ended := http.StatusInternalServerError
		defer func() {
			if ended >= http.StatusMultipleChoices {
				s.seen.Forget(mac, signedAt(r.Header))
			}
		}()
		if got, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || got != mediaType {
			ended = http.StatusBadRequest
			s.refuse(w, r, ended, "content_type")
			return
		}
		answer := serve(r, body, arrived)
		ended = answer.status
		if ended == http.StatusBadRequest {
			s.refuse(w, r, ended, "malformed")
			return
		}
		s.write(w, r, answer)
		if after := answer.after; after != nil {
			ctx := r.Context()
			s.work.Run(func() { after(context.WithoutCancel(ctx)) })
		}
	})
}

// sslCheck tells whether Slack is only looking at our certificate, which it does without saying anything else:
// https://docs.slack.dev/interactivity/implementing-slash-commands. Whoever asks, it is safe to answer.
func sslCheck(body []byte) bool {
	const longest = 512 // a token and a flag
	if len(body) > longest || !bytes.Contains(body, []byte("ssl_check=1")) {
		return false
	}
	form, err := url.ParseQuery(string(body))
	return err == nil && form.Get("ssl_check") == "1" && !form.Has("command") && !form.Has("payload")
}

func (s *Surface) write(w http.ResponseWriter, r *http.Request, answer response) {
	body := answer.body
	switch {
	case answer.text != "":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		body = []byte(answer.text)
	case len(body) > 0:
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(answer.status)
	if _, err := w.Write(body); err != nil { // Slack hung up: it shows the person that, and what was saved is saved
		s.log.LogAttrs(r.Context(), slog.LevelWarn, "acknowledgement not delivered", slog.String("path", r.URL.Path))
	}
}

func (s *Surface) refuse(w http.ResponseWriter, r *http.Request, status int, reason string) {
	s.metrics.Refused(reason)
	s.log.LogAttrs(r.Context(), slog.LevelWarn, "request refused", slog.String("path", r.URL.Path), slog.String("reason", reason))
	http.Error(w, http.StatusText(status), status)
}

func (s *Surface) command(r *http.Request, body []byte, arrived time.Time) response {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return response{status: http.StatusBadRequest}
	}
	in, err := DecodeCommand(form)
	return s.respondTo(r, in, err, arrived)
}

func (s *Surface) interaction(r *http.Request, body []byte, arrived time.Time) response {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return response{status: http.StatusBadRequest}
	}
	in, err := DecodeInteraction([]byte(form.Get("payload")))
	return s.respondTo(r, in, err, arrived)
}

func (s *Surface) event(r *http.Request, body []byte, arrived time.Time) response {
	in, challenge, err := DecodeEvent(body)
	if challenge != "" {
		return response{status: http.StatusOK, text: challenge}
	}
	return s.respondTo(r, in, err, arrived)
}

func (s *Surface) respondTo(r *http.Request, in Incoming, decoding error, arrived time.Time) response {
	if errors.Is(decoding, ErrMalformed) {
		return response{status: http.StatusBadRequest}
	}
	in.Request.At = arrived
	a := s.answer(r.Context(), in, decoding)
	s.observe(in.Request.Kind, arrived)
	if a.again {
		return response{ack: a, status: http.StatusInternalServerError}
	}
	return response{ack: a, status: http.StatusOK}
}

func (s *Surface) observe(k bot.Kind, arrived time.Time) {
	s.metrics.Acknowledged(k, s.opts.Clock().Sub(arrived))
}

const (
	timestampHeader = "X-Slack-Request-Timestamp"
	signatureHeader = "X-Slack-Signature"
)

// verify checks a request's time and signature. The reason is empty when both hold.
// https://docs.slack.dev/authentication/verifying-requests-from-slack
func (s *Surface) verify(h http.Header, body []byte, now time.Time) (mac surface.Mark, reason string) {
	stamp := h.Get(timestampHeader)
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return mac, "signature"
	}
	// Compared as numbers: a time far off does not fit in a duration.
	if window, off := int64(signatureWindow/time.Second), now.Unix()-seconds; off > window || off < -window {
		return mac, "stale"
	}
	given := h.Get(signatureHeader)
	if len(given) != len("v0=")+hex.EncodedLen(len(mac)) || given[:3] != "v0=" {
		return mac, "signature"
	}
	if _, err := hex.Decode(mac[:], []byte(given[3:])); err != nil {
		return mac, "signature"
	}
	hash := hmac.New(sha256.New, []byte(s.opts.SigningSecret))
	hash.Write([]byte("v0:" + stamp + ":"))
	hash.Write(body)
	if !hmac.Equal(hash.Sum(nil), mac[:]) {
		return mac, "signature"
	}
	return mac, ""
}

func signedAt(h http.Header) int64 {
	seconds, _ := strconv.ParseInt(h.Get(timestampHeader), 10, 64) // verify has parsed it
	return seconds
}
